"""Leave: wished for by the person, noted by who leads, taken back; and what counts of it on duty.

A leave that is noted while it runs begins now, and one that is taken back while it runs ends now: who was asked before
is a fact. Every site where the person holds duty is read and proved anew.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.people import LEAVE_KINDS
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.people import Known, Pool, Span, end_instant, first_instant
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

MOST_DAYS = 400
MOST_WISHES = 20  # of one person, not answered yet


def note_in(
    connection: Connection[DictRow], there: Known, person: str, span: Span, now: Instant, actor: str
) -> None:
    """Write leave that was found to fit, within the caller's transaction. One with the same days gets its kind."""
    same = connection.execute(
        "UPDATE store_leave SET kind = %s WHERE person_id = %s AND state = 'noted' AND first_on = %s AND last_on = %s "
        "AND ends_at > %s RETURNING id::text",
        [span.kind, person, span.first_on, span.last_on, to_datetime(now)],
    ).fetchone()
    leave = same["id"] if same else _insert(connection, there.tenant, there.zone, person, span, "noted", now)
    _record(connection, there.tenant, there.site, "LeaveNoted", leave, person, now, actor)


def wish(pool: Pool, person: str, kind: str, first_on: date, last_on: date, now: Instant) -> str | Refusal:
    """The person's own wish; it counts once somebody who leads has noted it. The id."""
    with transaction(pool) as connection:
        row = _person(connection, person)
        span = Span(row["number"], kind, first_on, last_on)
        refused = _unfit(connection, person, span, row["zone"], now, ("noted", "wished"))
        if refused is not None:
            return refused
        leave = _insert(connection, row["tenant"], ZoneInfo(row["zone"]), person, span, "wished", now)
        _record(connection, row["tenant"], row["site"], "LeaveWished", leave, person, now, person)
    return leave


def note(
    pool: Pool, person: str, kind: str, first_on: date, last_on: date, now: Instant, actor: str = ""
) -> str | Refusal:
    """Leave that counts from the first day on; nobody notes the own. The id."""
    if actor == person:
        return Refusal("people.leave.own")
    with transaction(pool) as connection:
        row = _person(connection, person)
        span = Span(row["number"], kind, first_on, last_on)
        refused = _unfit(connection, person, span, row["zone"], now, ("noted",))
        if refused is not None:
            return refused
        leave = _insert(connection, row["tenant"], ZoneInfo(row["zone"]), person, span, "noted", now)
        _record(connection, row["tenant"], row["site"], "LeaveNoted", leave, person, now, actor)
        touch(connection, [person], now)
    return leave


def answer(pool: Pool, leave: str, granted: bool, now: Instant, actor: str) -> str | Refusal:
    """Note a wish, or decline it; a wish that is over, taken back or answered already is refused."""
    with transaction(pool) as connection:
        row = _leave(connection, leave)
        if row is None or row["state"] != "wished":
            return Refusal("people.leave.not_open")
        if granted and actor == row["person"]:
            return Refusal("people.leave.own")
        if granted:
            refused = _unfit(connection, row["person"], _span(row), row["zone"], now, ("noted",))
            if refused is not None:
                return refused
        starts = max(now, first_instant(row["first_on"], ZoneInfo(row["zone"])))
        connection.execute(
            "UPDATE store_leave SET state = %s, starts_at = least(%s, ends_at) WHERE id = %s",
            ["noted" if granted else "declined", to_datetime(starts), leave],
        )
        kind = "LeaveNoted" if granted else "LeaveDeclined"
        _record(connection, row["tenant"], row["site"], kind, leave, row["person"], now, actor)
        if granted:
            touch(connection, [row["person"]], now)
    return leave


def take_back(pool: Pool, leave: str, now: Instant, actor: str) -> str | Refusal:
    """The person is there after all: a leave that runs ends now, one to come is withdrawn."""
    with transaction(pool) as connection:
        row = _leave(connection, leave)
        if row is None or row["state"] not in ("wished", "noted") or from_datetime(row["ends_at"]) <= now:
            return Refusal("people.leave.not_open")
        if row["state"] == "noted" and from_datetime(row["starts_at"]) < now:
            today = to_datetime(now).astimezone(ZoneInfo(row["zone"])).date()
            connection.execute(
                "UPDATE store_leave SET ends_at = %s, last_on = greatest(first_on, %s) WHERE id = %s",
                [to_datetime(now), today, leave],
            )
        else:
            connection.execute("UPDATE store_leave SET state = 'withdrawn' WHERE id = %s", [leave])
        _record(connection, row["tenant"], row["site"], "LeaveTakenBack", leave, row["person"], now, actor)
        touch(connection, [row["person"]], now)
    return leave


def touch(connection: Connection[DictRow], people: Sequence[str], now: Instant) -> None:
    """Who is on duty may be another where these people hold duty: it is read, and proved, anew there."""
    connection.execute(
        "UPDATE store_site SET version = version + 1 WHERE id IN (SELECT site_id FROM store_duty "
        "WHERE person_id = ANY(%(people)s::uuid[]) AND coalesce(ends_at, 'infinity') > %(now)s "
        "UNION SELECT site_id FROM store_person WHERE id = ANY(%(people)s::uuid[]))",
        {"people": list(people), "now": to_datetime(now)},
    )


def _unfit(
    connection: Connection[DictRow], person: str, span: Span, zone: str, now: Instant, among: tuple[str, ...]
) -> Refusal | None:
    """Why the span cannot be leave of the person. Locks the person, so that two of them cannot cross."""
    connection.execute("SELECT 1 FROM store_person WHERE id = %s FOR UPDATE", [person])
    if span.kind not in LEAVE_KINDS:
        return Refusal("people.leave.kind")
    if span.last_on < span.first_on:
        return Refusal("people.leave.reversed")
    if span.last_on - span.first_on > timedelta(days=MOST_DAYS):
        return Refusal("people.leave.too_long", {"days": MOST_DAYS})
    if end_instant(span.last_on, ZoneInfo(zone)) <= now:
        return Refusal("people.leave.over")
    row = connection.execute(
        "SELECT min(first_on) FILTER (WHERE first_on <= %(last)s AND last_on >= %(first)s) AS first_on, "
        "min(last_on) FILTER (WHERE first_on <= %(last)s AND last_on >= %(first)s) AS last_on, "
        "count(*) FILTER (WHERE state = 'wished') AS wishes "
        "FROM store_leave WHERE person_id = %(person)s AND state = ANY(%(among)s) AND ends_at > %(now)s",
        {
            "person": person,
            "first": span.first_on,
            "last": span.last_on,
            "among": list(among),
            "now": to_datetime(now),
        },
    ).fetchone()
    if row and row["first_on"]:
        return Refusal("people.leave.overlap", {"first": f"{row['first_on']}", "last": f"{row['last_on']}"})
    if row and row["wishes"] >= MOST_WISHES:
        return Refusal("people.leave.too_many", {"most": MOST_WISHES})
    return None


def _insert(
    connection: Connection[DictRow],
    tenant: str,
    zone: ZoneInfo,
    person: str,
    span: Span,
    state: str,
    now: Instant,
) -> str:
    ends = end_instant(span.last_on, zone)
    starts = min(ends, max(now, first_instant(span.first_on, zone)))
    row = connection.execute(
        "INSERT INTO store_leave (tenant, id, person_id, kind, first_on, last_on, starts_at, ends_at, state) "
        "VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s) RETURNING id::text",
        [
            tenant,
            person,
            span.kind,
            span.first_on,
            span.last_on,
            to_datetime(starts),
            to_datetime(ends),
            state,
        ],
    ).fetchone()
    assert row is not None
    return str(row["id"])


def _person(connection: Connection[DictRow], person: str) -> dict[str, Any]:
    row = connection.execute(
        "SELECT p.tenant::text, p.site_id::text AS site, p.number, s.zone FROM store_person p "
        "JOIN store_site s ON s.id = p.site_id WHERE p.id = %s",
        [person],
    ).fetchone()
    if row is None:
        raise LookupError(person)
    return row


def _leave(connection: Connection[DictRow], leave: str) -> dict[str, Any] | None:
    return connection.execute(
        "SELECT l.tenant::text, p.site_id::text AS site, l.person_id::text AS person, p.number, l.kind, l.first_on, "
        "l.last_on, l.starts_at, l.ends_at, l.state, s.zone FROM store_leave l JOIN store_person p "
        "ON p.id = l.person_id JOIN store_site s ON s.id = p.site_id WHERE l.id = %s FOR UPDATE OF l",
        [leave],
    ).fetchone()


def _span(row: dict[str, Any]) -> Span:
    return Span(row["number"], row["kind"], row["first_on"], row["last_on"])


def _record(
    connection: Connection[DictRow],
    tenant: str,
    site: str,
    kind: str,
    leave: str,
    person: str,
    now: Instant,
    actor: str,
) -> None:
    append_site_entry(connection, tenant, site, kind, {"leave": leave, "person": person}, now, actor)
