"""How reports are written: many at a time, each with its record, obligations and deliveries, one flush for all.

Group commit with a leader: whoever finds nobody writing takes everything that waits and writes it in one transaction,
then hands the lead to the first of those who came meanwhile. Nobody is answered before the flush. If a report of the
group was sent before, the group is written one by one, so that a repeat gets its first receipt and spoils nothing for
its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.outsiders import outsiders
from dutyroom.core.state import Case
from dutyroom.ports import Clock, Opening, Receipt
from dutyroom.store.failpoints import hit
from dutyroom.store.rows import Row, case_row, code_of, decision_rows
from dutyroom.store.writing import insert

LARGEST_GROUP = 64


@dataclass
class Waiting:
    """A report that waits for its group's transaction, or for its turn to lead one: `woken` is set for both."""

    opening: Opening
    tenant: str
    rows: dict[str, list[Row]]
    woken: Event = field(default_factory=Event)
    receipt: Receipt | None = None
    error: BaseException | None = None

    @property
    def ended(self) -> bool:
        return self.receipt is not None or self.error is not None


class Intake:
    """See the module. Safe to call from any number of threads."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._waiting: list[Waiting] = []
        self._queue = Lock()
        self._led = False

    def write(self, opening: Opening, tenant: str, edition: str) -> Receipt:
        """Write the report with whichever group is next; return after the commit. Raises what the database raises."""
        mine = Waiting(opening, tenant, self._rows(opening, tenant, edition))
        with self._queue:
            self._waiting.append(mine)
            follows, self._led = self._led, True
        if follows:
            mine.woken.wait()
        if not mine.ended:
            self._lead()
        if mine.error is not None:
            raise mine.error
        if mine.receipt is None:
            raise AssertionError("a group ended without a receipt or an error")
        return mine.receipt

    def _lead(self) -> None:
        """Write one group, of which the caller's report is the first, and hand the lead on or lay it down."""
        with self._queue:
            group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
        try:
            self._commit(group)
        except BaseException as error:  # every waiting thread must learn of it, whatever it is
            for one in group:
                one.error = one.error or (None if one.receipt else error)
        with self._queue:
            heir = self._waiting[0] if self._waiting else None
            self._led = heir is not None
        if heir is not None:
            heir.woken.set()
        for one in group:
            one.woken.set()

    def _commit(self, group: Sequence[Waiting]) -> None:
        try:
            self._insert(group)
        except UniqueViolation:
            if len(group) == 1:
                group[0].receipt = self._first_receipt(group[0])
                return
            for one in group:
                try:
                    self._commit([one])
                except Exception as error:  # this one's own; its neighbours may still be stored
                    one.error = error
            return
        for one in group:
            one.receipt = Receipt(one.opening.case.case, code_of(one.opening.case.case))

    def _insert(self, group: Sequence[Waiting]) -> None:
        hit("report.before_insert")
        # Begin, five inserts and commit travel together: one wait for the whole group.
        with self._pool.connection() as connection, connection.pipeline(), connection.transaction():
            for table in ("case", "command", "entry", "obligation", "delivery"):
                insert(connection, f"store_{table}", [row for one in group for row in one.rows[table]])
            connection.execute("SELECT pg_notify('dutyroom', '')")
            hit("report.before_commit")
        hit("report.after_commit")

    def _first_receipt(self, one: Waiting) -> Receipt:
        """The same command was carried out before: its receipt again. Raises LookupError if it was not that."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT case_id::text AS case FROM store_command WHERE tenant = %s AND command = %s",
                [one.tenant, one.opening.command],
            ).fetchone()
        if row is None:
            raise LookupError(one.opening.command)
        return Receipt(row["case"], code_of(row["case"]), again=True)

    def _rows(self, opening: Opening, tenant: str, edition: str) -> dict[str, list[Row]]:
        outside = outsiders(opening.rules)
        rows = decision_rows(tenant, Case(), opening.events, opening.case, "", self._clock.now(), outside)
        return {
            "case": [case_row(tenant, edition, opening.case, rows.head)],
            "command": [{"tenant": tenant, "command": opening.command, "case_id": opening.case.case}],
            "entry": rows.entries,
            "obligation": rows.obligations,
            "delivery": rows.deliveries,
        }
