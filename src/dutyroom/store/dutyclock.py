"""Which days of duty are opened at which site, and what the worker that opens them has to know of a site.

A site runs its duty from the first day on which a worker sees an edition in force there. Refuses to know what a day
holds: `core.duties.occurring` says that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.codec import load_case
from dutyroom.core.duties.handing import held
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.steps import HANDOVER
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.people import roster_of
from dutyroom.core.roster import Roster
from dutyroom.core.state import Case
from dutyroom.store.handovers import waiting
from dutyroom.store.held import held_at
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction

Pool = ConnectionPool[Connection[DictRow]]

_SITES = """
SELECT s.id::text AS site, s.tenant::text, s.zone, s.version, c.began_on, c.opened_until, c.site_version,
  c.edition::text AS known_edition, e.id::text AS edition, e.in_force_at
FROM store_site s LEFT JOIN store_dutyclock c ON c.site_id = s.id JOIN LATERAL
  (SELECT id, in_force_at FROM store_edition WHERE site_id = s.id AND in_force_at <= %(now)s
   ORDER BY in_force_at DESC, id LIMIT 1) e ON true
WHERE coalesce(s.ends_at, 'infinity') > %(now)s ORDER BY s.path
"""
_SET = """
INSERT INTO store_dutyclock (tenant, site_id, began_on, opened_until, site_version, edition)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (site_id) DO UPDATE SET opened_until = EXCLUDED.opened_until,
  site_version = greatest(store_dutyclock.site_version, EXCLUDED.site_version),
  edition = coalesce(EXCLUDED.edition, store_dutyclock.edition)
"""
_OF_DAYS = """
SELECT id::text, closed_at IS NULL AS open, state FROM store_case WHERE site_id = %s AND kind = %s
  AND opened_at > %s ORDER BY opened_at, id
"""
_ACCEPTED = """
SELECT DISTINCT ON (o.role) o.role, o.owner_id::text AS person, o.begins_at FROM store_obligation o
WHERE o.site_id = %s AND o.step LIKE %s AND o.status = 'done' AND o.owner_id IS NOT NULL AND o.begins_at > %s
ORDER BY o.role, o.begins_at DESC
"""
_OWNED = """
SELECT o.case_id::text AS case, o.key, o.role, o.owner_id::text AS owner FROM store_obligation o
WHERE o.site_id = %s AND o.status = 'open' AND o.owner_id IS NOT NULL AND o.role = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class SiteDuty:
    """How far a site's duty is opened. `since` is the first day on which it ran, `edition_since` its plan's.

    `is_new`: nothing was ever opened here. `is_stale`: roster, people, periods or edition changed since the last look.
    """

    site: str
    tenant: str
    zone: str
    version: int
    since: date
    edition_since: date
    opened_until: date
    is_new: bool
    is_stale: bool
    edition: str
    is_other_edition: bool

    def days_due(self, today: date) -> Sequence[date]:
        """The days to open, oldest first."""
        count = (today - self.opened_until).days
        return [self.opened_until + timedelta(days=number) for number in range(1, count + 1)]


def sites_due(pool: Pool, now: Instant) -> list[SiteDuty]:
    """The sites at which a day is to be opened, or today's to be worked out again."""
    with pool.connection() as connection:
        rows = connection.execute(_SITES, {"now": to_datetime(now)}).fetchall()
    found = []
    for row in rows:
        today = day_of(now, row["zone"])
        new = row["opened_until"] is None
        one = SiteDuty(
            row["site"], row["tenant"], row["zone"], row["version"],
            today if new else row["began_on"],
            day_of(from_datetime(row["in_force_at"]), row["zone"]),
            # A clock that ran ahead has opened days to come: from today on they are opened again, which is once.
            today - timedelta(days=1) if new or row["opened_until"] > today else row["opened_until"],
            new, row["site_version"] != row["version"] or row["known_edition"] != row["edition"],
            row["edition"], row["known_edition"] != row["edition"],
        )  # fmt: skip
        if one.is_stale or one.opened_until < today:
            found.append(one)
    return found


def note_opened(pool: Pool, one: SiteDuty, until: date, version: int) -> None:
    """Days up to `until` are opened, worked out as the site's `version` says; 0: it is looked at again.

    A new day can hold a handover, so whoever keeps the site's roster reads it anew.
    """
    with transaction(pool) as connection:
        edition = one.edition if version else None
        connection.execute(_SET, [one.tenant, one.site, one.since, until, version, edition])
        if not version:
            connection.execute("UPDATE store_site SET version = version + 1 WHERE id = %s", [one.site])


def roster_around(pool: Pool, one: SiteDuty, day: date) -> Roster:
    """Who is on duty around a local day of the site, past or to come."""
    starts = instant_of(day, "00:00", one.zone)
    with pool.connection() as connection:
        rostered = held_at(connection, one.site, starts - DAY, starts + 3 * DAY)
        return held(roster_of(rostered, starts, starts + DAY), waiting(connection, one.site))


def cases_of(pool: Pool, site: str, kind: str, days: Sequence[date], now: Instant) -> list[tuple[bool, Case]]:
    """The site's cases of a kind that belong to one of the days: whether each is still open, oldest first.

    Looked for among those opened since a week before; a case is opened on its day, or when the server is back.
    """
    wanted = {str(day) for day in days}
    with pool.connection() as connection:
        rows = connection.execute(_OF_DAYS, [site, kind, to_datetime(now - 7 * DAY)]).fetchall()
    found = [(bool(row["open"]), load_case(row["state"])) for row in rows]
    return [(is_open, case) for is_open, case in found if case.day in wanted]


@dataclass(frozen=True, slots=True)
class Passing:
    """An open promise of somebody who has handed over the duty, and who has accepted it, of the turn of `turn_at`."""

    case: str
    key: str
    was: str
    to: str
    turn_at: Instant


def passing(pool: Pool, site: str, roster: Roster, now: Instant) -> tuple[Passing, ...]:
    """The promises that pass with the duty: their owner no longer holds the post, somebody has accepted it."""
    with pool.connection() as connection:
        rows = connection.execute(_ACCEPTED, [site, f"{HANDOVER}.%", to_datetime(now - 2 * DAY)]).fetchall()
        accepted = {row["role"]: (row["person"], from_datetime(row["begins_at"])) for row in rows}
        owned = connection.execute(_OWNED, [site, list(accepted)]).fetchall() if accepted else []
    return tuple(
        Passing(row["case"], row["key"], row["owner"], *accepted[row["role"]])
        for row in owned
        if not row["key"].startswith(HANDOVER + ".")
        and row["owner"] not in roster.planned(row["role"], now)
        and accepted[row["role"]][0] in roster.planned(row["role"], now)
    )
