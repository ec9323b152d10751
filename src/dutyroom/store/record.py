"""The Record port on PostgreSQL: one transaction a decision, append-only entries, due work claimed with SKIP LOCKED."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.codec import load_case
from dutyroom.core.events import Event
from dutyroom.core.outsiders import outsiders
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import INCIDENT, Case
from dutyroom.ports import Clock, HeldCase, Opening, Receipt
from dutyroom.store import pulse
from dutyroom.store.failpoints import hit
from dutyroom.store.handovers import note_handovers
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.intake import Intake
from dutyroom.store.pool import transaction
from dutyroom.store.reached import note_answers
from dutyroom.store.rows import Rows, case_row, decision_rows
from dutyroom.store.rules import Rules
from dutyroom.store.writing import insert

# NO KEY UPDATE: whoever writes a row that points to the case, an outbox row or a link, need not wait for the decision
# (and cannot wait in a ring with it).
_HOLD = (
    "SELECT c.id::text, c.tenant::text, c.site_id::text AS site, c.edition_id::text AS edition, c.state, c.head, "
    "s.version FROM store_case c JOIN store_site s ON s.id = c.site_id WHERE c.id = ANY(%s::uuid[]) "
    "ORDER BY array_position(%s::uuid[], c.id) FOR NO KEY UPDATE OF c"
)
# The case rows are locked, passing over those somebody else is deciding about just now.
_DUE = (
    "SELECT c.id::text FROM store_case c JOIN (SELECT case_id, min(timer_at) AS due FROM (SELECT case_id, timer_at "
    "FROM store_obligation WHERE timer_at <= %s ORDER BY timer_at LIMIT %s) o GROUP BY case_id) d ON d.case_id = c.id "
    "ORDER BY d.due FOR NO KEY UPDATE OF c SKIP LOCKED"
)


@dataclass
class Held:
    """A locked case and what this decision adds to it."""

    rules: PlanInForce
    case: Case
    tenant: str
    edition: str
    head: str
    before: Case
    outages: Sequence[tuple[int, int]] = ()
    events: list[Event] = field(default_factory=list)

    def append(self, events: tuple[Event, ...], case: Case) -> None:
        self.events.extend(events)
        self.case = case


class PostgresRecord:
    """See `ports.Record`."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._rules = Rules()
        self._intake = Intake(pool, clock)

    def rules(self, site: str) -> PlanInForce:
        # When many report at once nearly all of this is known already, and a connection would only be waited for.
        now, row = self._clock.now(), self._rules.fresh(site)
        known = self._rules.bound(site, row["edition"], row["version"], now) if row else None
        if known is not None:
            return known
        with self._pool.connection() as connection:
            row = self._rules.site(connection, site, now)
            return self._rules.in_force(connection, site, row["edition"], row["version"], now)

    def open(self, opening: Opening) -> Receipt:
        site = self._rules.fresh(opening.site)
        if site is None:
            with self._pool.connection() as connection:
                site = self._rules.site(connection, opening.site, self._clock.now())
        # Another edition may have come into force between the decision and now.
        edition = self._rules.edition_of(opening.site, opening.rules) or site["edition"]
        return self._intake.write(opening, site["tenant"], edition)

    @contextmanager
    def hold(self, case: str) -> Iterator[HeldCase]:
        with transaction(self._pool) as connection:
            held = self._lock(connection, [case])
            if not held:
                raise LookupError(case)
            hit("act.after_lock")
            yield held[0]
            self._write(connection, held)
            hit("act.before_commit")
        hit("act.after_commit")

    @contextmanager
    def hold_due(self, now: int, limit: int) -> Iterator[Sequence[HeldCase]]:
        with transaction(self._pool) as connection:
            due = connection.execute(_DUE, [to_datetime(now), limit]).fetchall()
            held = self._lock(connection, [row["id"] for row in due])
            hit("settle.after_claim")
            yield held
            self._write(connection, held)
            hit("settle.before_commit")
        hit("settle.after_commit")

    def plan(self, edition: str) -> Plan:
        """The plan of a stored edition. Raises LookupError for an unknown one."""
        with self._pool.connection() as connection:
            return self._rules.plan(connection, edition)

    def rules_of(self, site: str, edition: str) -> PlanInForce:
        """An edition bound to the site's duty and people now: what a running case follows."""
        with self._pool.connection() as connection:
            now = self._clock.now()
            version = self._rules.site(connection, site, now)["version"]
            return self._rules.in_force(connection, site, edition, version, now)

    def next_timer(self) -> int | None:
        """The instant of the first timer there is, for the worker's sleep."""
        with self._pool.connection() as connection:
            row = connection.execute("SELECT min(timer_at) AS first FROM store_obligation").fetchone()
        return from_datetime(row["first"]) if row and row["first"] else None

    def _lock(self, connection: Connection[DictRow], cases: list[str]) -> list[Held]:
        if not cases:
            return []
        now = self._clock.now()
        rows = connection.execute(_HOLD, [cases, cases]).fetchall()
        held_cases = [self._held(connection, row, now) for row in rows]
        # Read on the connection that holds the lock: whoever took a second one under it could wait for those who wait.
        since = min((held.case.last_at for held in held_cases), default=now)
        spans = pulse.outages(connection, since, now, self._clock.speed)
        for held in held_cases:
            held.outages = spans
        return held_cases

    def _held(self, connection: Connection[DictRow], row: dict[str, Any], now: int) -> Held:
        rules = self._rules.in_force(connection, row["site"], row["edition"], row["version"], now)
        case = load_case(row["state"])
        return Held(rules, case, row["tenant"], row["edition"], row["head"], case)

    def _write(self, connection: Connection[DictRow], cases: Sequence[Held]) -> None:
        now = self._clock.now()
        changed = [held for held in cases if held.events]
        if not changed:
            return
        writing = [
            (
                held,
                decision_rows(
                    held.tenant,
                    held.before,
                    tuple(held.events),
                    held.case,
                    held.head,
                    now,
                    outsiders(held.rules),
                ),
            )
            for held in changed
        ]
        with connection.pipeline():
            for table, name in (
                ("entry", "entries"),
                ("obligation", "obligations"),
                ("delivery", "deliveries"),
            ):
                insert(
                    connection, f"store_{table}", [row for _, rows in writing for row in getattr(rows, name)]
                )
            insert(connection, "store_command", [row for held in changed for row in _commands(held)])
            for held, rows in writing:
                _update_case(connection, held, rows)
                note_answers(connection, held.case.case, held.events)
                if held.case.kind != INCIDENT:
                    note_handovers(connection, held.rules, held.tenant, held.case, held.events)
            connection.execute("SELECT pg_notify('dutyroom', '')")


def _commands(held: Held) -> list[dict[str, str]]:
    new = held.case.commands[len(held.before.commands) :]
    return [{"tenant": held.tenant, "command": command, "case_id": held.case.case} for command in new]


def _update_case(connection: Connection[DictRow], held: Held, rows: Rows) -> None:
    row = case_row(held.tenant, held.edition, held.case, rows.head)
    connection.execute(
        "UPDATE store_case SET phase = %(phase)s, level = %(level)s, closed_at = %(closed_at)s, "
        "version = %(version)s, state = %(state)s, head = %(head)s WHERE id = %(id)s",
        row,
    )
    if rows.answered:
        # Nobody needs to be called any more about what was answered; what is already on its way may still arrive.
        connection.execute(
            "UPDATE store_delivery SET state = 'cancelled' WHERE case_id = %s AND key = ANY(%s) AND state = 'queued'",
            [held.case.case, rows.answered],
        )
