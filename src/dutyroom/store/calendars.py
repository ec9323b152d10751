"""The calendar a site works by: official notices, the tenant's own, and the special periods declared at the site.

What is entered, declared or withdrawn goes on the site's chain in the same transaction and makes the site's version
new, so that whoever holds rules, rosters or proofs of it looks again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.calendar.calendarfile import CalendarFile, read_calendar
from dutyroom.core.calendar.days import Calendar, Notice, merged
from dutyroom.core.calendar.official import official_notices
from dutyroom.core.calendar.periods import Declared, periods_at, periods_on
from dutyroom.core.instants import Instant, iso
from dutyroom.core.plan import Plan
from dutyroom.core.words import Words
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]

# What was withdrawn held until then: whoever looks back must find it.
_DECLARED = """
SELECT period, starts_at, least(ends_at, coalesce(withdrawn_at, ends_at)) AS ends_at, source, reason
FROM store_declaredperiod WHERE site_id = %s AND starts_at < coalesce(withdrawn_at, 'infinity')
ORDER BY starts_at, id
"""


@dataclass(frozen=True, slots=True)
class SiteCalendar:
    """What `periods_at` and `periods_on` need to know of a site."""

    calendar: Calendar
    declared: tuple[Declared, ...]
    zone: ZoneInfo

    def periods_at(self, plan: Plan, instant: Instant) -> tuple[str, ...]:
        """The plan's periods in force. Raises YearMissing where the plan has holidays and the year's notice lacks."""
        return periods_at(plan, self.calendar, self.declared, instant, self.zone)

    def periods_on(self, plan: Plan, day: date) -> tuple[str, ...]:
        """As `periods_at`, for a whole local day."""
        return periods_on(plan, self.calendar, self.declared, day, self.zone)


@dataclass(frozen=True, slots=True)
class Declaring:
    """A period to be declared: at `site`, with identifier `id`."""

    id: str
    site: str
    period: str
    starts_at: Instant
    ends_at: Instant
    source: str
    reason: str
    by: str = ""


def calendar_of(pool: Pool, site: str) -> SiteCalendar:
    """The site's calendar. Raises LookupError for a site that is not known."""
    with pool.connection() as connection:
        return read_calendar_of(connection, site)


def read_calendar_of(connection: Connection[DictRow], site: str) -> SiteCalendar:
    """As `calendar_of`, within the caller's transaction."""
    row = connection.execute("SELECT tenant, zone FROM store_site WHERE id = %s", [site]).fetchone()
    if row is None:
        raise LookupError(site)
    declared = connection.execute(_DECLARED, [site]).fetchall()
    return SiteCalendar(
        merged(official_notices(), _own_notices(connection, str(row["tenant"]))),
        tuple(
            Declared(
                one["period"],
                from_datetime(one["starts_at"]),
                from_datetime(one["ends_at"]),
                one["source"],
                Words(one["reason"], one["reason"]),
            )
            for one in declared
        ),
        ZoneInfo(row["zone"]),
    )


def declare(pool: Pool, periods: Sequence[Declaring], now: Instant) -> None:
    """Put each on record and in force, all in one transaction. Raises LookupError for an unknown site."""
    with transaction(pool) as connection:
        for one in periods:
            declare_within(connection, one, now)


def declare_within(connection: Connection[DictRow], one: Declaring, now: Instant) -> None:
    """As `declare`, for one, within the caller's transaction."""
    tenant = _changed(connection, one.site)
    connection.execute(
        "INSERT INTO store_declaredperiod (tenant, id, site_id, period, starts_at, ends_at, source, reason, "
        "declared_by_id, declared_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            tenant, one.id, one.site, one.period, to_datetime(one.starts_at), to_datetime(one.ends_at), one.source,
            one.reason, one.by or None, to_datetime(now),
        ],
    )  # fmt: skip
    body = {
        "declared": one.id, "period": one.period, "starts_at": iso(one.starts_at), "ends_at": iso(one.ends_at),
        "source": one.source, "reason": one.reason,
    }  # fmt: skip
    append_site_entry(connection, tenant, one.site, "PeriodDeclared", body, now, one.by)


def withdraw(pool: Pool, site: str, declared: str, by: str, now: Instant) -> bool:
    """End a declared period now; False where it has ended, was withdrawn before, or is another site's."""
    with transaction(pool) as connection:
        done = connection.execute(
            "UPDATE store_declaredperiod SET withdrawn_at = %(now)s, withdrawn_by_id = %(by)s WHERE id = %(id)s "
            "AND site_id = %(site)s AND withdrawn_at IS NULL AND ends_at > %(now)s RETURNING period",
            {"now": to_datetime(now), "by": by or None, "id": declared, "site": site},
        ).fetchone()
        if done is None:
            return False
        tenant = _changed(connection, site)
        body = {"declared": declared, "period": done["period"]}
        append_site_entry(connection, tenant, site, "PeriodWithdrawn", body, now, by)
    return True


def enter_notice(
    pool: Pool, site: str, identity: str, notice: Notice, text: str, by: str, now: Instant
) -> None:
    """Keep the notice for the whole tenant of the site, in place of an earlier one for the year.

    The entry stands on the chain of the tenant's root; every site of the tenant gets a new version.
    """
    with transaction(pool) as connection:
        tenant = _tenant(connection, site)
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('notice' || %s, 0))", [tenant])
        connection.execute(
            "UPDATE store_calendarnotice SET superseded_at = %s WHERE tenant = %s AND year = %s "
            "AND superseded_at IS NULL",
            [to_datetime(now), tenant, notice.year],
        )
        connection.execute(
            "INSERT INTO store_calendarnotice (tenant, id, year, text, status, entered_by_id, entered_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [tenant, identity, notice.year, text, notice.status, by or None, to_datetime(now)],
        )
        connection.execute("UPDATE store_site SET version = version + 1 WHERE tenant = %s", [tenant])
        body = {"notice": identity, "year": notice.year, "status": notice.status, "number": notice.number}
        append_site_entry(connection, tenant, _root(connection, tenant), "NoticeEntered", body, now, by)


def take_in_notices(
    pool: Pool, site: str, notices: Sequence[Notice], text: str, new_id: Callable[[], str], now: Instant
) -> None:
    """Keep the notices of a calendar file for the site's tenant, except for years that it has a notice of already."""
    with pool.connection() as connection:
        known = {notice.year for notice in _own_notices(connection, _tenant(connection, site))}
    for notice in notices:
        if notice.year not in known:
            enter_notice(pool, site, new_id(), notice, text, "", now)


def _own_notices(connection: Connection[DictRow], tenant: str) -> tuple[Notice, ...]:
    rows = connection.execute(
        "SELECT year, text FROM store_calendarnotice WHERE tenant = %s AND superseded_at IS NULL ORDER BY year",
        [tenant],
    ).fetchall()
    found = ((row["year"], read_calendar(row["text"])[0] or CalendarFile()) for row in rows)
    # A text may hold more years than the row is for: each row speaks for its own.
    return tuple(notice for year, one in found for notice in one.notices if notice.year == year)


def _tenant(connection: Connection[DictRow], site: str) -> str:
    row = connection.execute("SELECT tenant::text FROM store_site WHERE id = %s", [site]).fetchone()
    if row is None:
        raise LookupError(site)
    return str(row["tenant"])


def _root(connection: Connection[DictRow], tenant: str) -> str:
    row = connection.execute(
        "SELECT id::text FROM store_site WHERE tenant = %s AND parent_id IS NULL ORDER BY path LIMIT 1",
        [tenant],
    ).fetchone()
    return str(row["id"]) if row else tenant


def _changed(connection: Connection[DictRow], site: str) -> str:
    """The site's tenant, its version made new. Raises LookupError."""
    row = connection.execute(
        "UPDATE store_site SET version = version + 1 WHERE id = %s RETURNING tenant::text", [site]
    ).fetchone()
    if row is None:
        raise LookupError(site)
    return str(row["tenant"])
