"""Rosters being made, as work: asked for, claimed by a worker, made; proposed, approved by a second person, published.

Publishing replaces the turns that have not begun, of the posts and the span that the roster has, in one transaction
with the entry on the site's chain. Whether a roster is good is not known here: its findings are handed in.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection
from psycopg.errors import ExclusionViolation
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import Instant, iso
from dutyroom.core.roster import DutyPeriod
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import Row, transaction
from dutyroom.store.rostering import set_exclusions
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]
Place = tuple[str, int]  # the post, and which of its places
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed making: for which site and span, and what it was told."""

    id: str
    site: str
    starts_at: Instant
    ends_at: Instant
    wanted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a making: the roster as it is written, what is wrong with it, and sums over the whole of it."""

    text: str
    findings: tuple[Finding, ...]
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Publishing:
    """A roster to put in force: its turns with person ids, and the posts' groups of exclusion."""

    draft: str
    periods: tuple[DutyPeriod, ...]
    excludes: Mapping[str, str]
    by: str


def ask(
    pool: Pool,
    site: str,
    identity: str,
    span: tuple[Instant, Instant],
    wanted: Mapping[str, Any],
    by: str,
    now: Instant,
) -> Refusal | None:
    """Put a making on the list of the workers. One at a time for a site."""
    with transaction(pool) as connection:
        _lock(connection, site)
        waits = connection.execute(
            "SELECT FROM store_rosterdraft WHERE site_id = %s AND state IN ('queued', 'running')", [site]
        ).fetchone()
        if waits is not None:
            return Refusal("rosterpages.making_waits")
        _insert(connection, site, identity, span, "solver", "queued", wanted, by, now)
        connection.execute("SELECT pg_notify('dutyroom', '')")
    return None


def enter(
    pool: Pool,
    site: str,
    identity: str,
    span: tuple[Instant, Instant],
    made: Made,
    by: str,
    now: Instant,
) -> None:
    """Keep a roster that somebody wrote as a draft."""
    with transaction(pool) as connection:
        _insert(connection, site, identity, span, "file", "draft", {}, by, now)
        connection.execute(
            "UPDATE store_rosterdraft SET text = %s, findings = %s, result = %s, made_at = %s WHERE id = %s",
            [made.text, _found(made.findings), json.dumps(dict(made.result)), to_datetime(now), identity],
        )


def waits(pool: Pool) -> bool:
    """Whether a making is on the list."""
    with pool.connection() as connection:
        found = connection.execute("SELECT FROM store_rosterdraft WHERE state = 'queued' LIMIT 1")
        return found.fetchone() is not None


def claim(pool: Pool, lock: int) -> Work | None:
    """The making that waits longest, now this worker's."""
    with transaction(pool) as connection:
        row = connection.execute(
            "UPDATE store_rosterdraft SET state = 'running', lease_lock = %s, progress = 0 WHERE id = (SELECT id "
            "FROM store_rosterdraft WHERE state = 'queued' ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED) "
            "RETURNING id::text, site_id::text AS site, starts_at, ends_at, wanted",
            [lock],
        ).fetchone()
    if row is None:
        return None
    span = (from_datetime(row["starts_at"]), from_datetime(row["ends_at"]))
    return Work(row["id"], row["site"], *span, row["wanted"])


def progress(pool: Pool, draft: str, percent: int, doing: str) -> None:
    """So far it is, and busy with this (the code of a sentence)."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rosterdraft SET progress = %s, doing = %s WHERE id = %s AND state = 'running'",
            [max(0, min(100, percent)), doing, draft],
        )


def finish(pool: Pool, draft: str, made: Made, now: Instant) -> None:
    """The roster is made."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'draft', text = %s, findings = %s, result = %s, made_at = %s, "
            "progress = 100, lease_lock = NULL WHERE id = %s AND state = 'running'",
            [
                made.text,
                _found(made.findings),
                json.dumps(dict(made.result), ensure_ascii=False),
                to_datetime(now),
                draft,
            ],
        )


def impossible(pool: Pool, draft: str, findings: Sequence[Finding], failure: str, now: Instant) -> None:
    """There is no such roster; the findings say what stands against it."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'failed', failure = %s, findings = %s, ended_at = %s, "
            "lease_lock = NULL WHERE id = %s AND state = 'running'",
            [failure, _found(findings), to_datetime(now), draft],
        )


def fail(pool: Pool, lock: int, failure: str, now: Instant) -> None:
    """What this worker was making came to nothing."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'failed', failure = %s, ended_at = %s, lease_lock = NULL "
            "WHERE state = 'running' AND lease_lock = %s",
            [failure, to_datetime(now), lock],
        )


def release(pool: Pool, lock: int) -> None:
    """Give back what this worker was making."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'queued', lease_lock = NULL "
            "WHERE state = 'running' AND lease_lock = %s",
            [lock],
        )


def release_dead(pool: Pool, own: int) -> None:
    """Give back what dead workers were making. A live worker's session holds its advisory lock."""
    with transaction(pool) as connection:
        rows = connection.execute(
            "SELECT DISTINCT lease_lock AS lock FROM store_rosterdraft WHERE state = 'running' AND lease_lock <> %s",
            [own],
        ).fetchall()
        for row in rows:
            free = connection.execute(
                "SELECT pg_try_advisory_xact_lock(%s) AS free", [row["lock"]]
            ).fetchone()
            if free and free["free"]:
                connection.execute(
                    "UPDATE store_rosterdraft SET state = 'queued', lease_lock = NULL "
                    "WHERE state = 'running' AND lease_lock = %s",
                    [row["lock"]],
                )


def propose(pool: Pool, draft: str, person: str) -> Refusal | None:
    """Put a finished roster before a second person. One with errors is not proposed."""
    with transaction(pool) as connection:
        row = _row(connection, draft)
        if row is None or row["state"] != "draft":
            return Refusal("rosterpages.draft_over")
        if any(one["severity"] == "error" for one in row["findings"]):
            return Refusal("rosterpages.draft_errors")
        connection.execute("UPDATE store_rosterdraft SET state = 'proposed' WHERE id = %s", [draft])
    return None


def approve(pool: Pool, draft: str, person: str, reason: str, now: Instant) -> Refusal | None:
    """A second person approves; in spite of warnings only with a reason."""
    with transaction(pool) as connection:
        row = _row(connection, draft)
        if row is None or row["state"] != "proposed":
            return Refusal("rosterpages.draft_over")
        if row["made_by"] == person:
            return Refusal("rosterpages.own_draft")
        if not reason and any(one["severity"] == "warning" for one in row["findings"]):
            return Refusal("rosterpages.reason_needed")
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'approved', approved_by_id = %s, approved_at = %s, reason = %s "
            "WHERE id = %s",
            [person, to_datetime(now), reason[:LONGEST_REASON], draft],
        )
    return None


def reject(pool: Pool, draft: str, person: str, reason: str, now: Instant) -> Refusal | None:
    """The roster is not taken; the row stays, with who said so and why."""
    with transaction(pool) as connection:
        row = _row(connection, draft)
        if row is None or row["state"] not in ("draft", "proposed", "approved"):
            return Refusal("rosterpages.draft_over")
        connection.execute(
            "UPDATE store_rosterdraft SET state = 'rejected', ended_at = %s, reason = %s, "
            "result = result || jsonb_build_object('rejected_by', %s::text) WHERE id = %s",
            [to_datetime(now), reason[:LONGEST_REASON], person, draft],
        )
    return None


def publish(pool: Pool, one: Publishing, now: Instant) -> Refusal | None:
    """Put an approved roster in force: what has begun stays, the rest of its posts and span is replaced."""
    try:
        with transaction(pool) as connection:
            row = _row(connection, one.draft)
            if row is None or row["state"] != "approved":
                return Refusal("rosterpages.not_approved")
            _lock(connection, row["site"])
            since = max(now, from_datetime(row["starts_at"]))
            until = from_datetime(row["ends_at"])
            connection.execute("SET CONSTRAINTS ALL DEFERRED")
            set_exclusions(connection, row["site"], one.excludes, now)
            _replace(connection, row["site"], one.periods, (since, until))
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _published(connection, row, one, (since, until), now)
            return None
    except ExclusionViolation:
        return Refusal("rosterpages.roster_excluded")


def taking_force(
    periods: Iterable[DutyPeriod], held: Mapping[Place, Instant | None], span: tuple[Instant, Instant]
) -> list[DutyPeriod]:
    """The turns that come of a roster, each from when it can begin.

    `held` says until when somebody stands at a place already (None: without an end). A turn that should have begun by
    now waits for that end, so that the place is not empty between what goes and what comes.
    """
    found = []
    for one in periods:
        starts = one.starts_at
        if starts < span[0]:
            until = held.get((one.role, one.place), span[0])
            starts = one.ends_at if until is None else until
        if starts < min(one.ends_at, span[1]):
            found.append(replace(one, starts_at=starts))
    return found


def _replace(
    connection: Connection[DictRow], site: str, periods: Sequence[DutyPeriod], span: tuple[Instant, Instant]
) -> None:
    """Turns to come of these posts in the span go. One that has begun stays, to the first new turn of its place."""
    roles = sorted({one.role for one in periods if one.ends_at > span[0] and one.starts_at < span[1]})
    connection.execute(
        "DELETE FROM store_duty WHERE site_id = %s AND role = ANY(%s) AND NOT standing AND starts_at >= %s "
        "AND starts_at < %s",
        [site, roles, to_datetime(span[0]), to_datetime(span[1])],
    )
    held = {
        (row["role"], row["place"]): from_datetime(row["ends_at"]) if row["ends_at"] else None
        for row in connection.execute(
            "SELECT role, place, ends_at FROM store_duty WHERE site_id = %s AND role = ANY(%s) AND NOT standing "
            "AND starts_at < %s AND coalesce(ends_at, 'infinity') > %s",
            [site, roles, to_datetime(span[0]), to_datetime(span[0])],
        ).fetchall()
    }
    rows = json.dumps([_new_row(one) for one in taking_force(periods, held, span)])
    connection.execute(_END_STANDING, {"rows": rows, "site": site})
    connection.execute(_CUT, {"rows": rows, "site": site, "since": to_datetime(span[0])})
    connection.execute(_ENTER, {"rows": rows, "site": site})


_GIVEN = (
    "jsonb_to_recordset(%(rows)s::jsonb) AS given(role text, person uuid, place int, starts_at timestamptz, "
    "ends_at timestamptz)"
)
_CUT = (
    "UPDATE store_duty d SET ends_at = f.starts_at FROM (SELECT role, place, min(starts_at) AS starts_at "  # noqa: S608
    f"FROM {_GIVEN} GROUP BY role, place) f WHERE d.site_id = %(site)s AND NOT d.standing AND d.role = f.role "
    "AND d.place = f.place AND d.starts_at < %(since)s AND coalesce(d.ends_at, 'infinity') > f.starts_at"
).encode()
# Whoever held a post of these all the time takes turns from now on, or none.
_END_STANDING = (
    "UPDATE store_duty d SET ends_at = f.starts_at FROM (SELECT role, min(starts_at) AS starts_at "  # noqa: S608
    f"FROM {_GIVEN} GROUP BY role) f WHERE d.site_id = %(site)s AND d.standing AND d.role = f.role "
    "AND d.starts_at < f.starts_at AND coalesce(d.ends_at, 'infinity') > f.starts_at"
).encode()
_ENTER = (
    "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "  # noqa: S608
    f"SELECT s.tenant, s.id, role, person, place, false, starts_at, given.ends_at FROM store_site s, {_GIVEN} "
    "WHERE s.id = %(site)s"
).encode()


def _new_row(one: DutyPeriod) -> dict[str, Any]:
    span = {"starts_at": iso(one.starts_at), "ends_at": iso(one.ends_at)}
    return {"role": one.role, "person": one.person, "place": one.place, **span}


def _published(
    connection: Connection[DictRow], row: Row, one: Publishing, span: tuple[Instant, Instant], now: Instant
) -> None:
    connection.execute(
        "UPDATE store_rosterdraft SET state = 'published', ended_at = %s WHERE id = %s",
        [to_datetime(now), one.draft],
    )
    connection.execute("UPDATE store_site SET version = version + 1 WHERE id = %s", [row["site"]])
    body: dict[str, object] = {
        "roster": one.draft,
        "from": iso(span[0]),
        "until": iso(span[1]),
        "posts": sorted({period.role for period in one.periods}),
        "turns": len(one.periods),
        "sha256": row["sha256"],
        "made_by": row["made_by"],
        "approved_by": row["approved_by"],
        "in_spite_of": sorted({each["code"] for each in row["findings"] if each["severity"] == "warning"}),
    }
    append_site_entry(connection, row["tenant"], row["site"], "RosterPublished", body, now, one.by)


def _insert(
    connection: Connection[DictRow],
    site: str,
    identity: str,
    span: tuple[Instant, Instant],
    how: str,
    state: str,
    wanted: Mapping[str, Any],
    by: str,
    now: Instant,
) -> None:
    connection.execute(
        "INSERT INTO store_rosterdraft (tenant, id, site_id, starts_at, ends_at, how, state, wanted, text, result, "
        "findings, progress, doing, failure, asked_at, made_by_id, reason) SELECT tenant, %s, id, %s, %s, %s, %s, "
        "%s, '', '{}', '[]', 0, '', '', %s, %s, '' FROM store_site WHERE id = %s",
        [
            identity,
            to_datetime(span[0]),
            to_datetime(span[1]),
            how,
            state,
            json.dumps(dict(wanted), ensure_ascii=False),
            to_datetime(now),
            by,
            site,
        ],
    )


def _row(connection: Connection[DictRow], draft: str) -> Row | None:
    return connection.execute(
        "SELECT id::text, tenant::text, site_id::text AS site, state, starts_at, ends_at, findings, "
        "encode(sha256(convert_to(text, 'UTF8')), 'hex') AS sha256, made_by_id::text AS made_by, "
        "approved_by_id::text AS approved_by FROM store_rosterdraft WHERE id = %s FOR UPDATE",
        [draft],
    ).fetchone()


def _lock(connection: Connection[DictRow], site: str) -> None:
    """What two who change a roster at once wait for."""
    if connection.execute("SELECT id FROM store_site WHERE id = %s FOR UPDATE", [site]).fetchone() is None:
        raise LookupError(site)


def _found(findings: Sequence[Finding]) -> str:
    shown = [
        {"code": one.code, "severity": one.severity, "place": one.place, "fields": dict(one.fields)}
        for one in findings
    ]
    return json.dumps(shown, ensure_ascii=False)
