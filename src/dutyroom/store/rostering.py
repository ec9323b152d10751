"""Changes of turns on top of a site's roster: asked, agreed to, approved, carried out; and posts that exclude.

A change is a list of moves, each of a span of one post: who leaves it, who takes it. What has passed never moves; a
turn that has begun is cut at the instant. Whether a change is good is not known here: what it breaks is handed in as it
was shown, and what the database refuses comes back as a refusal. Every change that is done stands on the site's chain.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection
from psycopg.errors import ExclusionViolation
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import Instant, iso
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import Row, transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]

SWAP, OVERRIDE, REPAIR = "swap", "override", "repair"
ENTRIES = {SWAP: "DutySwapped", OVERRIDE: "DutyOverridden", REPAIR: "DutyRepaired"}
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Move:
    """A span of a post: who leaves it and who takes it, by person ids. Empty `leaves`: nobody stood there."""

    role: str
    place: int
    starts_at: Instant
    ends_at: Instant
    leaves: str
    takes: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it is asked for: what kind, which moves, who asks, why, and what it was seen to break."""

    kind: str
    moves: tuple[Move, ...]
    by: str
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def concerned(self) -> tuple[str, ...]:
        """Everybody whose turns it moves."""
        people = [one for move in self.moves for one in (move.leaves, move.takes) if one]
        return tuple(dict.fromkeys(people))

    @property
    def own(self) -> bool:
        """Whether a turn of who asks is among those given away: nobody decides about that alone."""
        return any(move.leaves == self.by for move in self.moves)


def ask(pool: Pool, site: str, identity: str, change: Change, now: Instant) -> Refusal | None:
    """Put a change before everybody concerned; who asks agrees by asking."""
    with transaction(pool) as connection:
        refusal = _why_not(connection, site, change, now)
        if refusal is None:
            _write(connection, site, identity, change, now, "asked")
            _ask_everybody(connection, identity, change, now)
        return refusal


def answer(pool: Pool, change: str, person: str, agrees: bool, now: Instant) -> Refusal | None:
    """One of those concerned agrees or not; once all have agreed the change waits for a leader."""
    with transaction(pool) as connection:
        row = _open_row(connection, change)
        if row is None or row["state"] != "asked":
            return Refusal("rosterpages.change_over")
        written = connection.execute(
            "UPDATE store_dutyconsent SET agrees = %s, answered_at = %s "
            "WHERE change_id = %s AND person_id = %s AND answered_at IS NULL",
            [agrees, to_datetime(now), change, person],
        ).rowcount
        if not written:
            return Refusal("rosterpages.not_asked")
        if not agrees:
            _end(connection, change, "refused", now)
        elif not _waits(connection, change):
            connection.execute("UPDATE store_dutychange SET state = 'agreed' WHERE id = %s", [change])
    return None


def withdraw(pool: Pool, change: str, person: str, now: Instant) -> Refusal | None:
    """Who asked takes it back, as long as it has not been carried out."""
    with transaction(pool) as connection:
        row = _open_row(connection, change)
        if row is None:
            return Refusal("rosterpages.change_over")
        if row["asked_by"] != person:
            return Refusal("rosterpages.not_yours")
        _end(connection, change, "withdrawn", now)
    return None


def refuse(pool: Pool, change: str, now: Instant) -> Refusal | None:
    """A leader does not approve."""
    with transaction(pool) as connection:
        if _open_row(connection, change) is None:
            return Refusal("rosterpages.change_over")
        _end(connection, change, "refused", now)
    return None


def approve(
    pool: Pool, change: str, leader: str, reason: str, findings: Sequence[Finding], now: Instant
) -> Refusal | None:
    """A leader who is none of those concerned approves what all agreed to, and it is carried out."""
    try:
        with transaction(pool) as connection:
            row = _open_row(connection, change)
            if row is None:
                return Refusal("rosterpages.change_over")
            if row["state"] != "agreed":
                return Refusal("rosterpages.not_agreed")
            asked = _read(connection, row)
            if leader in asked.concerned:
                return Refusal("rosterpages.own_swap")
            asked = replace(asked, reason=reason or asked.reason, findings=tuple(findings))
            refusal = _why_not(connection, row["site"], asked, now)
            if refusal is None:
                _carry_out(connection, row["site"], change, asked, leader, now)
            return refusal
    except ExclusionViolation:
        return Refusal("rosterpages.excluded")


def carry_out(pool: Pool, site: str, identity: str, change: Change, now: Instant) -> Refusal | None:
    """A leader's own change, asked, approved and carried out in one: somebody steps in, a hole is repaired."""
    if change.own:
        return Refusal("rosterpages.own_swap")
    try:
        with transaction(pool) as connection:
            refusal = _why_not(connection, site, change, now)
            if refusal is None:
                _write(connection, site, identity, change, now, "agreed")
                _carry_out(connection, site, identity, change, change.by, now)
            return refusal
    except ExclusionViolation:
        return Refusal("rosterpages.excluded")


def set_exclusions(
    connection: Connection[DictRow], site: str, groups: Mapping[str, str], now: Instant
) -> None:
    """From now on the posts of the site belong to these groups of exclusion; a post that is not named to none."""
    rows = json.dumps([{"role": role, "excludes": group} for role, group in sorted(groups.items())])
    connection.execute(
        "UPDATE store_postexclusion SET excludes = '' WHERE site_id = %s AND NOT role = ANY(%s)",
        [site, list(groups)],
    )
    connection.execute(
        "INSERT INTO store_postexclusion (tenant, site_id, role, excludes) SELECT s.tenant, s.id, g.role, g.excludes "
        "FROM store_site s, jsonb_to_recordset(%s::jsonb) AS g(role text, excludes text) WHERE s.id = %s "
        "ON CONFLICT (site_id, role) DO UPDATE SET excludes = EXCLUDED.excludes",
        [rows, site],
    )
    # The database gives each row its post's group when it is written: what is still to come is written again.
    connection.execute(
        "UPDATE store_duty SET role = role WHERE site_id = %s AND coalesce(ends_at, 'infinity') > %s",
        [site, to_datetime(now)],
    )


def rostered(pool: Pool, site: str, since: Instant) -> Roster:
    """The site's turns as they stand in the roster, by staff number, whether or not their holders are there."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT d.role, p.number, d.place, d.standing, d.starts_at, d.ends_at FROM store_duty d "
            "JOIN store_person p ON p.id = d.person_id WHERE d.site_id = %s AND coalesce(d.ends_at, 'infinity') > %s "
            "ORDER BY d.role, d.place, d.starts_at",
            [site, to_datetime(since)],
        ).fetchall()
    standing: dict[str, tuple[str, ...]] = {}
    periods = []
    for row in rows:
        if row["standing"]:
            standing[row["role"]] = (*standing.get(row["role"], ()), row["number"])
        else:
            span = (from_datetime(row["starts_at"]), from_datetime(row["ends_at"]))
            periods.append(DutyPeriod(row["role"], row["number"], *span, row["place"]))
    return Roster(standing, tuple(periods))


def move(connection: Connection[DictRow], site: str, moves: Sequence[Move], now: Instant) -> None:
    """Move the turns as they stand, whatever has passed left alone. Raises ExclusionViolation, LookupError."""
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    for one in moves:
        since = max(one.starts_at, now)
        if since < one.ends_at:
            _move(connection, site, replace(one, starts_at=since))
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _move(connection: Connection[DictRow], site: str, one: Move) -> None:
    if one.leaves:
        _leave(connection, site, one)
    if one.takes:
        connection.execute(
            "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "
            "SELECT tenant, id, %s, %s, %s, false, %s, %s FROM store_site WHERE id = %s",
            [one.role, one.takes, one.place, to_datetime(one.starts_at), to_datetime(one.ends_at), site],
        )


def _leave(connection: Connection[DictRow], site: str, one: Move) -> None:
    """Cut the span out of the turn that holds it: what lies before and behind stays."""
    row = connection.execute(
        "SELECT id, starts_at, ends_at FROM store_duty WHERE site_id = %s AND role = %s AND place = %s "
        "AND person_id = %s AND NOT standing AND starts_at <= %s AND ends_at >= %s FOR UPDATE",
        [site, one.role, one.place, one.leaves, to_datetime(one.starts_at), to_datetime(one.ends_at)],
    ).fetchone()
    if row is None:
        raise LookupError(one.role)
    starts, ends = from_datetime(row["starts_at"]), from_datetime(row["ends_at"])
    if starts < one.starts_at:
        connection.execute(
            "UPDATE store_duty SET ends_at = %s WHERE id = %s", [to_datetime(one.starts_at), row["id"]]
        )
    else:
        connection.execute("DELETE FROM store_duty WHERE id = %s", [row["id"]])
    if one.ends_at < ends:
        connection.execute(
            "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "
            "SELECT tenant, id, %s, %s, %s, false, %s, %s FROM store_site WHERE id = %s",
            [one.role, one.leaves, one.place, to_datetime(one.ends_at), to_datetime(ends), site],
        )


def _why_not(connection: Connection[DictRow], site: str, change: Change, now: Instant) -> Refusal | None:
    """What stands against it that the database would not say as well; the site's row is what two changes wait for."""
    if connection.execute("SELECT id FROM store_site WHERE id = %s FOR UPDATE", [site]).fetchone() is None:
        raise LookupError(site)
    if not change.moves:
        return Refusal("rosterpages.nothing_moves")
    if any(one.ends_at <= now for one in change.moves):
        return Refusal("rosterpages.turn_over")
    if not all(_stands(connection, site, one, now) for one in change.moves if one.leaves):
        return Refusal("rosterpages.changed_meanwhile")
    if any(one.severity == "error" for one in change.findings):
        return Refusal("rosterpages.hard")
    warned = any(one.severity == "warning" for one in change.findings)
    if not change.reason and (change.kind == OVERRIDE or (warned and change.kind != SWAP)):
        return Refusal("rosterpages.reason_needed")
    return None


def _stands(connection: Connection[DictRow], site: str, one: Move, now: Instant) -> bool:
    since = max(one.starts_at, now)
    found = connection.execute(
        "SELECT FROM store_duty WHERE site_id = %s AND role = %s AND place = %s AND person_id = %s AND NOT standing "
        "AND starts_at <= %s AND ends_at >= %s",
        [site, one.role, one.place, one.leaves, to_datetime(since), to_datetime(one.ends_at)],
    )
    return found.fetchone() is not None


def _write(
    connection: Connection[DictRow], site: str, identity: str, change: Change, now: Instant, state: str
) -> None:
    connection.execute(
        "INSERT INTO store_dutychange (tenant, id, site_id, kind, state, reason, findings, asked_by_id, asked_at) "
        "SELECT tenant, %s, id, %s, %s, %s, %s, %s, %s FROM store_site WHERE id = %s",
        [
            identity,
            change.kind,
            state,
            change.reason[:LONGEST_REASON],
            _found(change.findings),
            change.by,
            to_datetime(now),
            site,
        ],
    )
    rows = [_move_row(number, one) for number, one in enumerate(change.moves)]
    connection.execute(
        "INSERT INTO store_dutymove (tenant, change_id, number, role, place, starts_at, ends_at, leaves_id, takes_id) "
        "SELECT c.tenant, c.id, number, role, place, starts_at, ends_at, leaves, takes FROM store_dutychange c, "
        "jsonb_to_recordset(%s::jsonb) AS given(number int, role text, place int, starts_at timestamptz, "
        "ends_at timestamptz, leaves uuid, takes uuid) WHERE c.id = %s",
        [json.dumps(rows), identity],
    )


def _move_row(number: int, one: Move) -> dict[str, Any]:
    span = {"starts_at": iso(one.starts_at), "ends_at": iso(one.ends_at)}
    whose = {"leaves": one.leaves or None, "takes": one.takes or None}
    return {"number": number, "role": one.role, "place": one.place, **span, **whose}


def _ask_everybody(connection: Connection[DictRow], identity: str, change: Change, now: Instant) -> None:
    for person in change.concerned:
        own = person == change.by
        connection.execute(
            "INSERT INTO store_dutyconsent (tenant, change_id, person_id, agrees, answered_at) "
            "SELECT tenant, id, %s, %s, %s FROM store_dutychange WHERE id = %s",
            [person, True if own else None, to_datetime(now) if own else None, identity],
        )
    if not _waits(connection, identity):
        connection.execute("UPDATE store_dutychange SET state = 'agreed' WHERE id = %s", [identity])


def _waits(connection: Connection[DictRow], change: str) -> bool:
    """Whether somebody has not agreed yet."""
    found = connection.execute(
        "SELECT FROM store_dutyconsent WHERE change_id = %s AND agrees IS NOT TRUE LIMIT 1", [change]
    )
    return found.fetchone() is not None


def _carry_out(
    connection: Connection[DictRow], site: str, identity: str, change: Change, leader: str, now: Instant
) -> None:
    move(connection, site, change.moves, now)
    connection.execute(
        "UPDATE store_dutychange SET state = 'done', approved_by_id = %s, ended_at = %s, reason = %s, findings = %s "
        "WHERE id = %s",
        [leader, to_datetime(now), change.reason[:LONGEST_REASON], _found(change.findings), identity],
    )
    site_row = connection.execute(
        "UPDATE store_site SET version = version + 1 WHERE id = %s RETURNING tenant::text", [site]
    ).fetchone()
    moves = [_move_row(number, one) for number, one in enumerate(change.moves)]
    body: dict[str, object] = {
        "change": identity,
        "asked_by": change.by,
        "approved_by": leader,
        "moves": moves,
        "in_spite_of": sorted({one.code for one in change.findings if one.severity == "warning"}),
    }
    tenant = str((site_row or {})["tenant"])
    append_site_entry(connection, tenant, site, ENTRIES[change.kind], body, now, leader)


def _end(connection: Connection[DictRow], change: str, state: str, now: Instant) -> None:
    connection.execute(
        "UPDATE store_dutychange SET state = %s, ended_at = %s WHERE id = %s",
        [state, to_datetime(now), change],
    )


def _open_row(connection: Connection[DictRow], change: str) -> Row | None:
    return connection.execute(
        "SELECT id::text, site_id::text AS site, kind, state, reason, asked_by_id::text AS asked_by "
        "FROM store_dutychange WHERE id = %s AND state IN ('asked', 'agreed') FOR UPDATE",
        [change],
    ).fetchone()


def _read(connection: Connection[DictRow], row: Row) -> Change:
    moves = connection.execute(
        "SELECT role, place, starts_at, ends_at, coalesce(leaves_id::text, '') AS leaves, "
        "coalesce(takes_id::text, '') AS takes FROM store_dutymove WHERE change_id = %s ORDER BY number",
        [row["id"]],
    ).fetchall()
    read = tuple(
        Move(
            one["role"],
            one["place"],
            from_datetime(one["starts_at"]),
            from_datetime(one["ends_at"]),
            one["leaves"],
            one["takes"],
        )
        for one in moves
    )
    return Change(row["kind"], read, row["asked_by"], row["reason"])


def _found(findings: Sequence[Finding]) -> str:
    """Findings as a row keeps them."""
    shown = [
        {"code": one.code, "severity": one.severity, "place": one.place, "fields": dict(one.fields)}
        for one in findings
    ]
    return json.dumps(shown, ensure_ascii=False)
