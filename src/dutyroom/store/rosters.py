"""A site's whole roster and people by staff number, as far as it is written; and which channels were last answered.

What runs live needs the days around now (`store.rules`); what looks ahead needs all of it. Staff numbers stand for
people here, as in rosters and drill scripts, so that what is found can be rehearsed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.core.people import roster_of
from dutyroom.core.plan import Plan
from dutyroom.core.roster import END, Channel, PlanInForce, Responder, Roster, outward
from dutyroom.store.held import held_at
from dutyroom.store.instants import from_datetime, to_datetime

# As rostered: who leaves or is away at the end of it leaves a hole there, not a shorter roster.
_LAST = """
SELECT max(ends_at) AS ends_at FROM store_duty WHERE site_id = %s AND NOT standing AND ends_at > %s
"""
_CHANNELS = """
SELECT p.number AS person, p.language, c.kind, c.wait_seconds, c.answered_at
FROM store_person p JOIN store_channel c ON c.person_id = p.id
WHERE p.tenant = (SELECT tenant FROM store_site WHERE id = %s) AND p.number = ANY(%s) ORDER BY p.number, c.place
"""


@dataclass(frozen=True, slots=True)
class WholeRoster:
    """The site's duty from `since` on. `evidence`: when a person last answered on a kind of channel.

    `until` is the end of the last turn of duty; None where every post is standing.
    """

    roster: Roster
    people: dict[str, Responder]
    evidence: dict[tuple[str, str], Instant]
    until: Instant | None

    def rules(self, plan: Plan) -> PlanInForce:
        """The plan bound to it."""
        return PlanInForce(plan, self.roster, self.people)


def whole_roster(
    pool: ConnectionPool[Connection[DictRow]], site: str, since: Instant, also: Iterable[str] = ()
) -> WholeRoster:
    """Everything rostered at the site that has not ended at `since`, and how to reach those in it and `also` these."""
    with pool.connection() as connection:
        held = held_at(connection, site, since, by_number=True)
        channels = connection.execute(
            _CHANNELS, [site, sorted({*also, *(one.person for one in held)})]
        ).fetchall()
        last = connection.execute(_LAST, [site, to_datetime(since)]).fetchone()
    # A standing post that ends, or whose holder leaves or is on leave, is a turn of duty to whoever looks ahead.
    roster = roster_of(held, since, END - 1)
    until = from_datetime(last["ends_at"]) if last and last["ends_at"] else None
    evidence = {
        (row["person"], row["kind"]): from_datetime(row["answered_at"])
        for row in channels
        if row["answered_at"]
    }
    return WholeRoster(roster, _responders(channels), evidence, until)


def _responders(rows: Sequence[DictRow]) -> dict[str, Responder]:
    channels: dict[str, list[Channel]] = {}
    languages = {row["person"]: row["language"] for row in rows}
    for row in rows:
        channels.setdefault(row["person"], []).append(Channel(row["kind"], row["wait_seconds"] * 1000))
    return {
        person: Responder(person, languages[person], outward(kinds)) for person, kinds in channels.items()
    }


def ids_of(pool: ConnectionPool[Connection[DictRow]], site: str) -> dict[str, str]:
    """The person behind each staff number of the site's tenant."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT number, id::text FROM store_person WHERE tenant = (SELECT tenant FROM store_site WHERE id = %s)",
            [site],
        ).fetchall()
    return {row["number"]: row["id"] for row in rows}
