"""A plan in which one step alone is owed, from the report on: `alone(plan, step)`; so its ladder runs on the real core.

Clocks, ladder, roles, deputies and the organisation's defaults are the plan's own; everything that decides whether and
when the step is owed (phases, joins, conditions, levels, moves, warnings) is taken away, and so is what follows from
it (promises, confirmations, repeats). Refuses to know who answers; that is for whoever runs the slice.
"""

from dataclasses import replace

from dutyroom.core.instants import DAY, SECOND
from dutyroom.core.phases import READINESS
from dutyroom.core.plan import Clock, ClockKind, Join, Plan, Step, Verb
from dutyroom.core.surroundings import Warnings


def alone(plan: Plan, step: str, role: str = "", again: bool = False) -> Plan:
    """The plan in which only this step is owed, by `role` (of a step that each member owes; else its first actor).

    `again` is a later round of a repeated step, from its reminder on: the call begins when the reminder does, and the
    only deadline is that round's. The round counts as opened when the one before it fell due.
    Raises KeyError for a step the plan does not have, ValueError for `again` of a step that is not repeated.
    """
    one = plan.step[step]
    owner = role or owners(plan, one)[0]
    if again and one.repeat is None:
        raise ValueError(f"{step} is not repeated")
    sliced = replace(
        one,
        who=(owner,),
        phases=(READINESS,),
        after=Join(),
        when="true",
        levels=(),
        clocks=_round(one) if again else one.clocks,
        repeat=None,
        each=False,
        quorum=0,
        requires=(),
        owes=(),
        confirm=None,
        separate_from=(),
        voluntary=False,
        command="",
        report=None,
        uses=(),
    )
    defaults = plan.defaults
    if again and one.repeat is not None:
        # How long the last rung is left alone counts from when the round was opened, a whole interval before.
        pause = max(defaults.ring_again, SECOND, min(one.repeat.interval // 15, DAY))
        defaults = replace(defaults, ring_again=pause)
    return replace(
        plan,
        defaults=defaults,
        steps=(sliced,),
        moves=(),
        packs=(),
        quotas=(),
        calendar=(),
        warnings=Warnings(),
        assisting=None,
    )


def owners(plan: Plan, step: Step) -> tuple[str, ...]:
    """The roles that owe the step: its first actor, or every member where each owes it."""
    if step.each:
        return tuple(dict.fromkeys(member for who in step.who for member in plan.members(who)))
    return step.who[:1]


def _round(step: Step) -> dict[Verb, Clock]:
    kind = step.clocks[Verb.DONE].kind if Verb.DONE in step.clocks else ClockKind.HARD
    return {Verb.DONE: Clock(kind, step.repeat.reminder if step.repeat else 0)}
