"""How reports are written: many at a time, each with its record, obligations and deliveries, one flush for all.

Group commit with a leader: whoever finds nobody writing takes everything that waits and writes it in one transaction;
the others wait for that transaction. Nobody is answered before the flush. If a report of the group was sent before, the
group is written one by one, so that a repeat gets its first receipt and spoils nothing for its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.state import Case
from dutyroom.ports import Clock, Opening, Receipt
from dutyroom.store.failpoints import hit
from dutyroom.store.rows import Row, case_row, code_of, decision_rows
from dutyroom.store.writing import insert

LARGEST_GROUP = 64
# Between a leader's last look and its letting go, a newcomer may find neither: it looks again after this long.
_RACE_SECONDS = 0.002


@dataclass
class Waiting:
    """A report that waits for its group's transaction."""

    opening: Opening
    tenant: str
    rows: dict[str, list[Row]]
    done: Event = field(default_factory=Event)
    receipt: Receipt | None = None
    error: BaseException | None = None


class Intake:
    """See the module. Safe to call from any number of threads."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._waiting: list[Waiting] = []
        self._queue = Lock()
        self._leading = Lock()

    def write(self, opening: Opening, tenant: str, edition: str) -> Receipt:
        """Write the report with whichever group is next; return after the commit. Raises what the database raises."""
        mine = Waiting(opening, tenant, self._rows(opening, tenant, edition))
        with self._queue:
            self._waiting.append(mine)
        while not mine.done.is_set():
            if self._leading.acquire(blocking=False):
                try:
                    self._lead()
                finally:
                    self._leading.release()
            else:
                mine.done.wait(_RACE_SECONDS)
        if mine.error is not None:
            raise mine.error
        if mine.receipt is None:
            raise AssertionError("a group ended without a receipt or an error")
        return mine.receipt

    def _lead(self) -> None:
        """Write groups until nobody waits: whoever arrives meanwhile is in the next one."""
        while True:
            with self._queue:
                group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
            if not group:
                return
            self._commit(group)

    def _commit(self, group: list[Waiting]) -> None:
        try:
            self._insert(group)
        except UniqueViolation:
            if len(group) == 1:
                self._repeat(group[0])
            else:
                for one in group:
                    self._commit([one])
                return
        except BaseException as error:  # every waiting thread must learn of it, whatever it is
            for one in group:
                one.error = error
        for one in group:
            if one.receipt is None and one.error is None:
                one.receipt = Receipt(one.opening.case.case, code_of(one.opening.case.case))
            one.done.set()

    def _insert(self, group: Sequence[Waiting]) -> None:
        hit("report.before_insert")
        # Begin, five inserts and commit travel together: one wait for the whole group.
        with self._pool.connection() as connection, connection.pipeline(), connection.transaction():
            for table in ("case", "command", "entry", "obligation", "delivery"):
                insert(connection, f"store_{table}", [row for one in group for row in one.rows[table]])
            connection.execute("SELECT pg_notify('dutyroom', '')")
            hit("report.before_commit")
        hit("report.after_commit")

    def _repeat(self, one: Waiting) -> None:
        """The same command was carried out before: give its receipt again."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT case_id::text AS case FROM store_command WHERE tenant = %s AND command = %s",
                [one.tenant, one.opening.command],
            ).fetchone()
        if row is None:
            one.error = LookupError(one.opening.command)
        else:
            one.receipt = Receipt(row["case"], code_of(row["case"]), again=True)

    def _rows(self, opening: Opening, tenant: str, edition: str) -> dict[str, list[Row]]:
        rows = decision_rows(tenant, Case(), opening.events, opening.case, "", self._clock.now())
        return {
            "case": [case_row(tenant, edition, opening.case, rows.head)],
            "command": [{"tenant": tenant, "command": opening.command, "case_id": opening.case.case}],
            "entry": rows.entries,
            "obligation": rows.obligations,
            "delivery": rows.deliveries,
        }
