"""The plan in force at a site, from its edition, duty and people rows; kept until the site's version changes."""

import time
from threading import Lock
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.duties.handing import held
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.people import roster_of
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster, outward
from dutyroom.store.handovers import waiting
from dutyroom.store.held import held_at
from dutyroom.store.instants import to_datetime

# A report need not ask whether the roster changed a moment ago: for this long (real seconds) the last look counts.
_FRESH_SECONDS = 1.0


class Rules:
    """Reads and remembers. Parsed plans are kept by their hash; bound rules by site, version and hour."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._bound: dict[tuple[str, str], tuple[int, int, PlanInForce]] = {}
        self._sites: dict[str, tuple[float, dict[str, Any]]] = {}
        self._editions: dict[tuple[str, str], str] = {}
        self._lock = Lock()

    def site(self, connection: Connection[DictRow], site: str, now: int) -> dict[str, Any]:
        """Tenant, version and the edition in force at `now` of a site, at most a second old. Raises LookupError.

        An edition approved for a later day is found by this look as soon as its instant has come, and not before.
        """
        known = self.fresh(site)
        if known is not None:
            return known
        row = connection.execute(
            "SELECT s.id::text, s.tenant::text, s.version, e.id::text AS edition FROM store_site s JOIN LATERAL "
            "(SELECT id FROM store_edition WHERE site_id = s.id AND in_force_at <= %s "
            "ORDER BY in_force_at DESC, id LIMIT 1) e ON true WHERE s.id = %s",
            [to_datetime(now), site],
        ).fetchone()
        if row is None:
            raise LookupError(site)
        self._sites[site] = (time.monotonic(), row)
        return row

    def fresh(self, site: str) -> dict[str, Any] | None:
        """As `site`, without a look at the database; None where the last one is too old."""
        known = self._sites.get(site)
        return known[1] if known and time.monotonic() - known[0] < _FRESH_SECONDS else None

    def bound(self, site: str, edition: str, version: int, now: int) -> PlanInForce | None:
        """As `in_force`, without a look at the database; None where something has changed."""
        known = self._bound.get((site, edition))
        return known[2] if known and known[:2] == (version, now // HOUR) else None

    def in_force(
        self, connection: Connection[DictRow], site: str, edition: str, version: int, now: int
    ) -> PlanInForce:
        """The edition bound to the duty and people of the site around `now`."""
        known = self.bound(site, edition, version, now)
        if known is not None:
            return known
        with self._lock:
            rules = PlanInForce(self.plan(connection, edition), *_people(connection, site, now))
            self._bound[(site, edition)] = (version, now // HOUR, rules)
            self._editions[(site, rules.plan.source_sha256)] = edition
        return rules

    def edition_of(self, site: str, rules: PlanInForce) -> str | None:
        """Which of the site's editions these rules were read from: a decision is stored under no other."""
        return self._editions.get((site, rules.plan.source_sha256))

    def plan(self, connection: Connection[DictRow], edition: str) -> Plan:
        """The parsed plan of an edition, kept for good: editions never change. Raises LookupError."""
        if edition not in self._plans:
            row = connection.execute("SELECT text FROM store_edition WHERE id = %s", [edition]).fetchone()
            if row is None:
                raise LookupError(edition)
            plan, findings = read_plan(row["text"], stored=True)
            if plan is None:
                raise ValueError(f"the stored edition {edition} no longer reads: {findings[:3]}")
            self._plans[edition] = plan
        return self._plans[edition]


def _people(connection: Connection[DictRow], site: str, now: int) -> tuple[Roster, dict[str, Responder]]:
    """Standing holders, the duty periods of the days around now, and the channels of everybody among them."""
    rostered = held_at(connection, site, now - DAY, now + 2 * DAY)
    roster = held(roster_of(rostered, now, now + HOUR), waiting(connection, site))
    return roster, responders(connection, {one.person for one in rostered})


def responders(connection: Connection[DictRow], people: set[str]) -> dict[str, Responder]:
    """The persons with the kinds of their channels in order, as they stand now."""
    rows = connection.execute(
        "SELECT p.id::text AS person, p.language, c.kind, c.wait_seconds FROM store_person p "
        "JOIN store_channel c ON c.person_id = p.id WHERE p.id = ANY(%s::uuid[]) ORDER BY p.id, c.place",
        [list(people)],
    ).fetchall()
    channels: dict[str, list[Channel]] = {}
    languages = {row["person"]: row["language"] for row in rows}
    for row in rows:
        channels.setdefault(row["person"], []).append(Channel(row["kind"], row["wait_seconds"] * 1000))
    return {
        person: Responder(person, languages[person], outward(kinds)) for person, kinds in channels.items()
    }
