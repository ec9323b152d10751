"""Planned against happened, by step: from when it was owed to its limit, and when it was done. One bent scale for all.

The drawing repeats what the text beside it says. Names posts, never people.
"""

from dataclasses import dataclass

from dutyroom.core.audited import GroupAudit
from dutyroom.core.instants import HOUR
from dutyroom.core.judging import Judgement, judge
from dutyroom.core.plan import Plan
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case
from dutyroom.web.planning.timeline import Scale, Tick
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import role_name, span, step_title

MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One deadline: the planned span, where it was done, and the words of both. `verdict` as the core has it."""

    title: str
    role: str
    clauses: tuple[str, ...]
    planned: str
    happened: str
    verdict: str
    left: str
    width: str
    done: str
    over_left: str
    over: str


@dataclass(frozen=True, slots=True)
class Drawn:
    rows: tuple[Row, ...]
    more: int
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """Time lost at a step over many cases."""

    title: str
    width: str
    lost: str
    median: str
    late: int
    cases: int


def draw(plan: Plan, case: Case, shown: Shown) -> Drawn:
    """Every deadline of the case with a verdict, in the order in which they began."""
    found = [
        one for one in judge(plan, case) if one.verdict is not Verdict.OPEN or one.due.due_at < shown.now
    ]
    ends = max(
        [case.opened_at + HOUR, *(one.due.due_at for one in found), *(one.done_at or 0 for one in found)]
    )
    scale = Scale(case.opened_at, ends)
    rows = tuple(_row(plan, case, one, scale, shown) for one in found[:MOST_ROWS])
    return Drawn(rows, max(0, len(found) - MOST_ROWS), tuple(scale.ticks(shown.language)))


def bars(plan: Plan, group: GroupAudit, language: str) -> tuple[Bar, ...]:
    """The steps at which time was lost, the most first, on one straight scale."""
    most = max((one.lost for one in group.steps), default=0)
    return tuple(
        Bar(
            step_title(plan, one.step, language),
            f"{max(0.6, 100 * one.lost / most):.2f}%",
            span(one.lost, language),
            span(one.median, language),
            one.late,
            one.cases,
        )
        for one in group.steps
        if one.lost
    )


def _row(plan: Plan, case: Case, one: Judgement, scale: Scale, shown: Shown) -> Row:
    opened = case.obligations[one.key].opened_at
    left, due = scale.at(opened), scale.at(one.due.due_at)
    done = scale.at(one.done_at) if one.done_at is not None else None
    late = one.verdict is Verdict.LATE and done is not None
    return Row(
        step_title(plan, one.key, shown.language),
        role_name(plan, one.role, shown.language),
        one.clauses,
        shown.say("audited.planned", verb=shown.say(f"verb.{one.due.verb}"), at=shown.time(one.due.due_at)),
        _happened(one, shown),
        one.verdict.value,
        f"{left:.2f}%",
        f"{max(0.4, due - left):.2f}%",
        "" if done is None else f"{done:.2f}%",
        f"{due:.2f}%" if late else "",
        f"{max(0.4, (done or 0) - due):.2f}%" if late else "",
    )


def _happened(one: Judgement, shown: Shown) -> str:
    fields = {"at": shown.time(one.done_at), "late": span(one.late, shown.language)}
    return shown.say(f"audited.verdict.{one.verdict.value}", **fields)
