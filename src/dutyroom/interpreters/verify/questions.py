"""What must be answered in time: each step with an actor, once for every member where each owes it, grouped.

Steps that ask the same ladder with the same deadlines and waits are one question: their runs would be one and the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import Milliseconds
from dutyroom.core.plan import VERBS, Plan, Step, Verb
from dutyroom.core.proof import Question
from dutyroom.core.slicing import alone, owners
from dutyroom.interpreters.verify.domains import kinds_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the plan in which it alone is owed."""

    question: Question
    plan: Plan


def questions(plan: Plan, idle: bool = False) -> tuple[Asked, ...]:
    """Every question of the plan, in its order. `idle` asks who takes it, not who answers."""
    grouped: dict[object, Asked] = {}
    for one in _all(plan, idle):
        key = _same(one)
        known = grouped.get(key)
        grouped[key] = (
            one if known is None else replace(known, question=_joined(known.question, one.question))
        )
    return tuple(grouped.values())


def _all(plan: Plan, idle: bool) -> Iterator[Asked]:
    for step in plan.steps:
        if step.voluntary:
            continue
        for role in owners(plan, step):
            yield _asked(plan, step, role, again=False, idle=idle)
            if step.repeat is not None:
                yield _asked(plan, step, role, again=True, idle=idle)


def _asked(plan: Plan, step: Step, role: str, *, again: bool, idle: bool) -> Asked:
    sliced = alone(plan, step.id, role, again)
    verb, limit = _limit(sliced, idle)
    name = step.id + (f"@{role}" if step.each else "") + ("+again" if again else "")
    question = Question(
        name, step.id, (step.id,), role, verb, limit, step.phases, step.levels, kinds_of(plan, step), again
    )
    return Asked(question, sliced)


def _limit(plan: Plan, idle: bool) -> tuple[Verb, Milliseconds]:
    """The verb that is watched and by when: the plan's first deadline.

    Who answers and then does nothing is found out by the deadline for taking, if there is one, and the ladder goes on
    from there: so with idle people the question is whether it is taken before the last deadline.
    """
    step = plan.steps[0]
    stated = {verb: step.clocks[verb].within for verb in VERBS if verb in step.clocks}
    within = stated or {Verb.DONE: plan.defaults.done}
    if idle and set(within) != {Verb.RECEIVED}:
        return Verb.TAKEN, max(within.values())
    verb = next(iter(within))
    return verb, within[verb]


def _same(one: Asked) -> object:
    """What makes two questions one: everything that calling reads."""
    step, defaults = one.plan.steps[0], one.plan.defaults
    after = tuple(member for role in step.ladder for member in one.plan.members(role))
    ladder = tuple(dict.fromkeys([*with_deputies(one.plan, one.question.role), *after]))
    clocks = tuple((verb, step.clocks[verb].within) for verb in VERBS if verb in step.clocks)
    return ladder, clocks, step.remind, defaults.ask_again, defaults.ring_again, one.question.limit


def _joined(known: Question, more: Question) -> Question:
    return replace(
        known,
        steps=tuple(dict.fromkeys((*known.steps, *more.steps))),
        phases=tuple(dict.fromkeys((*known.phases, *more.phases))),
        levels=_either(known.levels, more.levels),
        kinds=_either(known.kinds, more.kinds),
    )


def _either(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Where it can be owed; empty stands for everywhere."""
    return tuple(dict.fromkeys((*one, *other))) if one and other else ()
