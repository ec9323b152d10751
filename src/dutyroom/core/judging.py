"""How each obligation of a case was met: kept, late by so much, missed, waived, still open. The one rule for it.

Pages, the review and the audit ask here. A verdict belongs to an obligation, never to a person. Lateness counts from
the time a fact was reported, so what was written in time without signal is in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.events import Due
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case, Obligation


@dataclass(frozen=True, slots=True)
class Judgement:
    """One deadline of one obligation and how it ended. `late` is milliseconds past the deadline, 0 unless late."""

    key: str
    step: str
    clauses: tuple[str, ...]
    role: str
    due: Due
    done_at: Instant | None
    verdict: Verdict
    late: int = 0


def judge(plan: Plan, case: Case) -> tuple[Judgement, ...]:
    """Every deadline of the case, in the order in which the obligations were opened."""
    return tuple(found for owed in case.obligations.values() for found in _deadlines(plan, case, owed))


def _deadlines(plan: Plan, case: Case, owed: Obligation) -> Iterator[Judgement]:
    step = plan.step[owed.step]
    for due in owed.dues:
        mark = owed.marks.get(due.verb)
        verdict, late = _verdict(owed, due, mark.at if mark else None)
        if verdict is not None:
            done_at = mark.at if mark else None
            yield Judgement(owed.key, owed.step, step.clauses, owed.role, due, done_at, verdict, late)


def _verdict(owed: Obligation, due: Due, done_at: Instant | None) -> tuple[Verdict | None, int]:
    """First match wins. Nothing is said of what was withdrawn before its deadline: it was no longer owed."""
    if done_at is not None:
        late = done_at - due.due_at
        return (Verdict.LATE, late) if late > 0 else (Verdict.KEPT, 0)
    if owed.status == "waived":
        return Verdict.WAIVED, 0
    if due.verb in owed.missed:
        return Verdict.MISSED, 0
    return (Verdict.OPEN, 0) if owed.is_open else (None, 0)
