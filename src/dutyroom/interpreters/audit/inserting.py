"""Acts that may be missing from a record: what somebody entitled could have done in a state of the case.

Nobody is blamed by it: the act is put in without a person that matters, only so that what the record tells next can
follow. What was filled in is unknown; answers are taken that let the plan go on, levels one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core import events as e
from dutyroom.core.commands import Act, Answer, Command, Times, Volunteer
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.plan import FieldType, Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation
from dutyroom.core.supposing import Answers, doers

_MOST_FILLINGS = 8


@dataclass(frozen=True, slots=True)
class Inserted:
    """An act that could have been done, and what would have followed from it."""

    step: str
    key: str
    role: str
    verb: Verb
    events: tuple[e.Event, ...]
    after: Case


def possible(rules: PlanInForce, case: Case, at: Instant, *, key: str = "") -> Iterator[Inserted]:
    """What could have been done at the instant, owed acts first; only on the obligation `key` where it is given."""
    for owed in [one for one in case.open_obligations() if key in ("", one.key)]:
        for verb in Verb:
            if verb not in owed.marks:
                yield from _done(rules, case, at, rules.plan.step[owed.step], owed, verb)
    if not key:
        for step in rules.plan.steps_of_phase.get(case.phase, ()):
            if step.voluntary:
                yield from _done(rules, case, at, step, None, Verb.DONE)


def _done(
    rules: PlanInForce, case: Case, at: Instant, step: Step, owed: Obligation | None, verb: Verb
) -> Iterator[Inserted]:
    times, role = Times(at, at), owed.role if owed else rules.plan.members(step.who[0])[0]
    fillings = list(answers(rules.plan, case, step, at)) if verb is Verb.DONE else [{}]
    for number, given in enumerate(fillings[:_MOST_FILLINGS]):
        name = f"inserted-{case.events}-{owed.key if owed else step.id}-{verb.value}-{number}"
        for person in entitled(rules, case, step, owed, at):
            command: Command = (
                Act(name, person, owed.key, verb, times, given)
                if owed
                else Volunteer(name, person, step.id, times, given)
            )
            new = decided(rules, case, command, at)
            if not isinstance(new, Refusal):
                key = (
                    owed.key if owed else next(one.key for one in new[0] if isinstance(one, e.ActVolunteered))
                )
                yield Inserted(step.id, key, role, verb, *new)
                break


def entitled(
    rules: PlanInForce, case: Case, step: Step, owed: Obligation | None, at: Instant
) -> tuple[str, ...]:
    """Who may do it, the likeliest first."""
    roles = (owed.role,) if owed else tuple(one for who in step.who for one in rules.plan.members(who))
    return doers(rules, case, step, roles, owed, at)


def answers(plan: Plan, case: Case, step: Step, at: Instant) -> Iterator[dict[str, Answer]]:
    """Ways to fill in the step: what lets the plan go on, once for each level, then with the other yes and no."""
    graded = any(one.type is FieldType.LEVEL for one in step.asks)
    for level in [level.id for level in plan.levels] if graded else [""]:
        given = Answers(plan, {}, level).to(case, step, at)
        yield given
    turned = {one.id for one in step.asks if one.type is FieldType.BOOL and one.fact}
    if turned:
        yield {name: not value if name in turned else value for name, value in given.items()}


def bearing(plan: Plan, names: frozenset[str]) -> frozenset[str]:
    """The steps that these rest on, by the plan's own relations, and what those rest on, to the end."""
    found: set[str] = set()
    waiting = [name for name in names if name in plan.step]
    while waiting:
        step = plan.step[waiting.pop()]
        if step.id not in found:
            found.add(step.id)
            waiting += [name for name in _rests_on(plan, step) if name in plan.step]
    return frozenset(found)


def _rests_on(plan: Plan, step: Step) -> Iterator[str]:
    yield from (*step.after.all, *step.after.any)
    conditions = " ".join([step.when, *(need.when for need in step.requires)])
    for other in plan.steps:
        opens = any(owes.step == step.id for owes in other.owes)
        asked = any(one.fact and f"facts.{one.id}" in conditions for one in other.asks)
        graded = bool(step.levels) and any(one.type is FieldType.LEVEL for one in other.asks)
        if opens or asked or graded or f'"{other.id}"' in conditions:
            yield other.id
    for move in plan.moves:
        if move.target in step.phases and move.source not in step.phases:
            yield from (*move.after.all, *move.after.any)
