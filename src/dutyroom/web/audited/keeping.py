"""Audits of cases, kept in memory by the case's version: a record that has not grown is not audited twice.

The auditor audits; a page must not wait for it long, so what takes too long is left for the next look.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from dutyroom.core.audited import Audit
from dutyroom.core.evolve import replay
from dutyroom.core.state import Case as CaseState
from dutyroom.interpreters.audit import audit
from dutyroom.store.models import Case
from dutyroom.wiring.auditing import Recorded, recorded

# A longer record is audited by the command, not while somebody waits for a page.
MOST_ENTRIES = 2_000
BUDGET_SECONDS = 0.7
_KEPT = 128


@dataclass(frozen=True, slots=True)
class Audited:
    """A case's audit with the record it was made from, and the case as the record left it."""

    audit: Audit
    record: Recorded
    state: CaseState


class Audits:
    """The newest audits of this process."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], Audited] = OrderedDict()
        self._lock = Lock()

    def of(self, row: Case) -> Audited | None:
        """The audit of the case as it stands; None where its record is too long for a page."""
        key = (str(row.pk), row.version)
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        record = recorded(str(row.pk))
        if len(record.events) > MOST_ENTRIES:
            return None
        found = audit(record.rules, record.events, exact=record.exact, outages=record.outages)
        made = Audited(found, record, replay(record.events))
        with self._lock:
            self._known[key] = made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return made

    def of_many(self, rows: Iterable[Case]) -> tuple[list[Audited], int]:
        """As many as there is time for, those made before first of all; and how many are left for the next look."""
        began, made, left = time.monotonic(), list[Audited](), 0
        for row in rows:
            known = (str(row.pk), row.version) in self._known
            if not known and time.monotonic() - began > BUDGET_SECONDS:
                left += 1
                continue
            found = self.of(row)
            if found is not None:
                made.append(found)
        return made, left


AUDITS = Audits()
