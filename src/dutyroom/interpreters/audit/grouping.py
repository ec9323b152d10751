"""Many cases of one plan: which clauses are never kept, which only one crew keeps, and where time is lost.

A clause that is never kept says something of the plan, not of anybody. Posts are named, persons never: the values it
makes have no field that could hold one.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

from dutyroom.core.audited import Audit, ClauseInGroup, ClauseResult, GroupAudit, StepInGroup
from dutyroom.core.judging import judge
from dutyroom.core.plan import Plan
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case

_APPLIES = ("kept", "late", "missed", "deviates", "open", "waived")
_BROKEN = ("missed", "deviates")
_ENOUGH = 2  # cases: one alone says nothing of the plan


def audit_group(plan: Plan, audits: Sequence[Audit], cases: Sequence[Case]) -> GroupAudit:
    """The audits of some cases of the plan, taken together; `cases` are the same cases as explained."""
    kept_by = _kept_by(plan, cases)
    clauses = tuple(
        one
        for clause in plan.clauses
        if (one := _clause(clause.id, [_of(audit, clause.id) for audit in audits], kept_by)).cases
    )
    return GroupAudit(
        plan.id,
        len(audits),
        clauses,
        _steps(plan, cases),
        tuple(one.clause for one in clauses if one.cases >= _ENOUGH and one.kept == 0),
        tuple(one.clause for one in clauses if len(one.only_kept_by) == 1),
    )


def _of(audit: Audit, clause: str) -> ClauseResult | None:
    return next((one for one in audit.clauses if one.clause == clause), None)


def _clause(
    clause: str, results: Iterable[ClauseResult | None], kept_by: Mapping[str, tuple[str, ...]]
) -> ClauseInGroup:
    found = [one.result for one in results if one is not None and one.result in _APPLIES]
    return ClauseInGroup(
        clause,
        len(found),
        found.count("kept"),
        found.count("late"),
        sum(one in _BROKEN for one in found),
        kept_by.get(clause, ()),
    )


def _kept_by(plan: Plan, cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """For clauses that several posts owe alike (each crew its own): those that kept it, where some did not."""
    owing: dict[str, dict[str, list[bool]]] = {}
    for case in cases:
        for one in judge(plan, case):
            if plan.step[one.step].each and one.verdict is not Verdict.OPEN:
                for clause in one.clauses:
                    kept = one.verdict in (Verdict.KEPT, Verdict.WAIVED)
                    owing.setdefault(clause, {}).setdefault(one.role, []).append(kept)
    found = {}
    for clause, posts in owing.items():
        keeping = tuple(sorted(post for post, kept in posts.items() if all(kept)))
        if keeping and len(keeping) < len(posts):
            found[clause] = keeping
    return found


def _steps(plan: Plan, cases: Sequence[Case]) -> tuple[StepInGroup, ...]:
    """Steps by the time lost at them, the most first."""
    late: dict[str, list[int]] = {}
    seen: dict[str, set[int]] = {}
    for number, case in enumerate(cases):
        for one in judge(plan, case):
            seen.setdefault(one.step, set()).add(number)
            if one.verdict is Verdict.LATE:
                late.setdefault(one.step, []).append(one.late)
    found = [
        StepInGroup(step, len(seen[step]), len(times), sum(times), median_low(times))
        for step, times in late.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.lost, one.step)))
