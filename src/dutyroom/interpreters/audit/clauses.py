"""Each clause of the plan against the record: kept, late, missed, deviates, waived, open, not applicable, judgement."""

from collections.abc import Iterable, Sequence

from dutyroom.core.audited import ClauseResult, Deviation, Kind
from dutyroom.core.judging import Judgement
from dutyroom.core.plan import Clause, ClockKind, Plan, Verb
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.audit.positions import Positions

# A clause that is worked by hand, by a part of the product, or not at all: the record alone cannot tell.
_NO_PROGRAM = ("judgement", "product", "not_executed", "waits")
_BY_VERDICT = (Kind.LATE, Kind.MISSED)


def clause_results(
    plan: Plan, case: Case, judged: Sequence[Judgement], deviations: Sequence[Deviation], positions: Positions
) -> tuple[ClauseResult, ...]:
    """In the plan's order. A clause is as bad as the worst of what its steps came to."""
    owed_of: dict[str, list[Obligation]] = {}
    for owed in case.obligations.values():
        owed_of.setdefault(owed.step, []).append(owed)
    return tuple(
        _result(
            clause,
            tuple(step.id for step in plan.steps if clause.id in step.clauses),
            owed_of,
            [one for one in judged if clause.id in one.clauses],
            [one for one in deviations if clause.id in one.clauses],
            positions,
        )
        for clause in plan.clauses
    )


def _result(
    clause: Clause,
    steps: tuple[str, ...],
    owed_of: dict[str, list[Obligation]],
    judged: Sequence[Judgement],
    deviations: Sequence[Deviation],
    positions: Positions,
) -> ClauseResult:
    owed = [one for step in steps for one in owed_of.get(step, ())]
    result = _worst(clause, owed, judged, deviations)
    entries = {position for one in owed for position in positions.of_key(one.key)}
    entries |= {position for one in deviations for position in one.entries}
    return ClauseResult(
        clause.id,
        result,
        steps,
        tuple(sorted(entries)),
        _longest(judged, (ClockKind.HARD,)),
        # What Dutyroom supplied is not the plan's number either, so it stands with the soft ones.
        _longest(judged, (ClockKind.SOFT, ClockKind.DEFAULT)),
        tuple(one.id for one in deviations),
    )


def _worst(
    clause: Clause, owed: Sequence[Obligation], judged: Sequence[Judgement], deviations: Sequence[Deviation]
) -> str:
    """First match wins."""
    if any(one.kind not in _BY_VERDICT for one in deviations):
        return "deviates"
    verdicts = {one.verdict for one in judged}
    for verdict in (Verdict.MISSED, Verdict.LATE, Verdict.OPEN):
        if verdict in verdicts:
            return verdict.value
    if any(one.status == "done" or Verb.DONE in one.marks for one in owed):
        return "kept"
    if any(one.status == "waived" for one in owed):
        return "waived"
    if clause.runs_as in _NO_PROGRAM and not owed:
        return "judgement"
    return "not_applicable"


def _longest(judged: Iterable[Judgement], kinds: tuple[ClockKind, ...]) -> int:
    return max((one.late for one in judged if one.due.kind in kinds), default=0)
