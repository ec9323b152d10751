"""`audit(rules, events)`: one record against its plan. Joins the explanation, the verdicts, the clauses and the facts.

Verdicts on deadlines are `core.judging`'s, on the case as the cheapest explanation leaves it. What is late only because
something before it was is not a cause, and not listed as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dutyroom.core import events as e
from dutyroom.core.audited import Audit, Deviation, Kind
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.judging import Judgement, judge
from dutyroom.core.plan import Plan, implied
from dutyroom.core.review import Verdict
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import Outage
from dutyroom.core.state import Case
from dutyroom.interpreters.audit.asking import asked
from dutyroom.interpreters.audit.blocks import ACTS, Block, blocks
from dutyroom.interpreters.audit.clauses import clause_results
from dutyroom.interpreters.audit.grounds import ground_facts
from dutyroom.interpreters.audit.positions import Positions
from dutyroom.interpreters.audit.repairs import Repair
from dutyroom.interpreters.audit.replaying import Replay
from dutyroom.interpreters.audit.search import Explained, explain


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts that may be relied on, and which of them are causes of their own."""

    all: tuple[Judgement, ...]
    causes: tuple[Judgement, ...]


def audit(
    plan_rules: PlanInForce,
    events: Sequence[e.Event],
    *,
    exact: bool = True,
    outages: Sequence[Outage] = (),
) -> Audit:
    """As `audited`, the audit alone."""
    return audited(plan_rules, events, exact=exact, outages=outages)[0]


def audited(
    plan_rules: PlanInForce,
    events: Sequence[e.Event],
    *,
    exact: bool = True,
    outages: Sequence[Outage] = (),
) -> tuple[Audit, Case]:
    """The record held against the plan, its roster and its people as they stood then; and the case as explained.

    Without `exact`, who could be reached is not known: calls are taken as they were recorded. So they are where the
    people given are plainly not those of then, and no explanation is found; the answer's `exact` says so. `outages` are
    the spans in which nobody was there to notice; what the record says of them itself is known without.
    """
    replay, explained = _explained(plan_rules, events, exact, outages)
    positions = Positions.of(events)
    judged = _judged(plan_rules.plan, explained)
    found = [_of_repair(plan_rules.plan, one) for one in explained.repairs]
    found += [_of_verdict(one, positions) for one in judged.causes]
    deviations = tuple(_justified(events, _named(found)))
    first = events[0] if events and isinstance(events[0], e.CaseOpened | e.DutyOpened) else None
    result = Audit(
        case=first.case if first else "",
        plan=plan_rules.plan.id,
        edition=first.edition if first else "",
        entries=len(events),
        exact=replay.exact,
        cost=explained.cost,
        deviations=deviations,
        clauses=clause_results(plan_rules.plan, explained.case, judged.all, deviations, positions),
        facts=ground_facts(
            plan_rules.plan, explained.case, events, judged.all, deviations, positions, replay.down
        ),
        exercise=first.exercise if first else False,
        stuck_at=explained.stuck_at,
    )
    return result, explained.case


def _explained(
    rules: PlanInForce, events: Sequence[e.Event], exact: bool, outages: Sequence[Outage]
) -> tuple[Replay, Explained]:
    """The cheapest explanation; where there is none with calls judged, the one without."""
    cut = tuple(blocks(events))
    replay = Replay(rules, cut, outages, exact)
    explained = explain(replay)
    if exact and explained.stuck_at:
        without = Replay(rules, cut, outages, exact=False)
        other = explain(without)
        if not other.stuck_at:
            return without, other
    return replay, explained


def replayed(rules: PlanInForce, events: Sequence[e.Event]) -> tuple[e.Event, ...]:
    """The record made again by the core from the commands behind it alone; a clean record comes back as it was.

    A decision that the core refuses, or that nothing could have led, leaves nothing.
    """
    case, again = Case(), list[e.Event]()
    waiting = list(blocks(events))[::-1]
    while waiting:
        block = waiting.pop()
        command = None if block.orphan else asked(rules.plan, case, block)
        new = decided(rules, case, command, block.at) if command is not None else None
        if new is not None and not isinstance(new, Refusal) and new[0]:  # the same command twice is once
            again.extend(new[0])
            case = new[1]
            _pass_over(waiting, block, len(new[0]))
    return tuple(again)


def _pass_over(waiting: list[Block], block: Block, count: int) -> None:
    """Go on behind as many entries as followed: a boundary between decisions may have been seen early or late."""
    while count > len(block.events) and waiting and not isinstance(waiting[-1].lead, ACTS):
        count, block = count - len(block.events), waiting.pop()
    if count < len(block.events):
        waiting.append(block.without(count))


def _judged(plan: Plan, explained: Explained) -> Judged:
    """Left out: what was put in, and what opened at an instant that is not known."""
    put_in = {
        (one.key, verb)
        for one in explained.repairs
        if one.inserted and one.verb
        for verb in implied(one.verb)
    }
    known = tuple(
        one
        for one in judge(plan, explained.case)
        if (one.key, one.due.verb) not in put_in and one.key not in explained.loose
    )
    broken = [one for one in known if one.verdict in (Verdict.LATE, Verdict.MISSED)]
    opened = explained.case.obligations
    causes = [one for one in broken if one.due.due_at > opened[one.key].opened_at]
    # With nothing before it to be late for, what was late from the start is a cause itself.
    return Judged(known, tuple(causes or (() if explained.repairs else broken)))


def _of_repair(plan: Plan, one: Repair) -> Deviation:
    step = plan.step.get(one.step)
    clauses = step.clauses if step else ()
    return Deviation(
        "", one.kind, one.step, one.key, clauses, one.role, one.entries, one.at, one.verb, None, one.due_at,
        abs(one.at - one.due_at) if one.due_at is not None else 0, one.expected, one.found,
    )  # fmt: skip


def _of_verdict(one: Judgement, positions: Positions) -> Deviation:
    kind = Kind.LATE if one.verdict is Verdict.LATE else Kind.MISSED
    at = one.done_at if one.done_at is not None else one.due.due_at
    return Deviation(
        "", kind, one.step, one.key, one.clauses, one.role, positions.of_deadline(one.key, one.due.verb), at,
        one.due.verb, one.due.kind, one.due.due_at, one.late,
    )  # fmt: skip


def _named(found: Sequence[Deviation]) -> Iterator[Deviation]:
    """Each with an id made of what it is: the same record and plan always give the same."""
    count: dict[str, int] = {}
    for one in sorted(found, key=lambda one: (one.entries or (0,))[0]):
        name = ":".join(
            [one.kind.value, one.key or one.step or "case", *([one.verb.value] if one.verb else [])]
        )
        count[name] = count.get(name, 0) + 1
        yield replace(one, id=name if count[name] == 1 else f"{name}:{count[name]}")


def _justified(events: Sequence[e.Event], found: Iterator[Deviation]) -> Iterator[Deviation]:
    said: Mapping[str, e.DeviationJustified] = {
        one.deviation: one for one in events if isinstance(one, e.DeviationJustified)
    }
    for one in found:
        reason = said.get(one.id)
        yield replace(one, justified=reason.reason, change_wanted=reason.change) if reason else one
