"""What is supposed of people where nobody says it: who does a step, what they answer, what they do unasked.

Shared by whatever plays a plan without real people. Refuses to know when anybody acts: that is the player's. Nothing
here decides anything; an act that is supposed goes through `decide` like any other and may be refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dutyroom.core.commands import Answer
from dutyroom.core.conditions import joined, true_of
from dutyroom.core.decide.acting import unmet
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.phases import CLOSED, READINESS, RESPONSE
from dutyroom.core.plan import Field, FieldType, Plan, Step
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation


def doers(
    rules: PlanInForce, case: Case, step: Step, roles: tuple[str, ...], owed: Obligation | None, now: Instant
) -> tuple[str, ...]:
    """Who could do the step, the likeliest first: holders of the roles, of their deputies, then whoever was called.

    Those who may not do it because they did what must be done by another come last. Empty: nobody is there.
    """
    named = [name for role in roles for name in with_deputies(rules.plan, role)]
    found = [person for name in named for person in rules.roster.holders(name, now)]
    found += list(owed.asked) if owed else []
    apart = barred(case, step)
    return tuple(dict.fromkeys([*(one for one in found if one not in apart), *found]))


def barred(case: Case, step: Step) -> frozenset[str]:
    """The persons who may not do the step because it must be another's than what they did."""
    return frozenset(person for other in step.separate_from for person in case.doers.get(other, ()))


def leaving(plan: Plan, case: Case) -> Iterator[Step]:
    """Unowed steps that the next phase waits for and that are possible now.

    From readiness nobody stands down, and from closing nobody goes back: then there would be nothing to see.
    """
    for move in plan.moves:
        if move.source != case.phase or move.target == RESPONSE:
            continue
        if move.target == CLOSED and move.source == READINESS:
            continue
        for name in (*move.after.all, *move.after.any):
            step = plan.step.get(name)
            if step is not None and step.voluntary and possible(plan, case, step):
                yield step


def possible(plan: Plan, case: Case, step: Step) -> bool:
    """Whether nothing in the case stands against the step, whoever does it."""
    allowed = case.phase in step.phases and joined(plan, case, step.after)
    return allowed and true_of(plan, case, step.when) and not unmet(plan, case, step)


@dataclass(frozen=True)
class Answers:
    """Answers that let the plan go on: the supposed facts and level, yes to what is asked, text as needed."""

    plan: Plan
    facts: Mapping[str, Answer]
    level: str = ""

    def to(self, case: Case, step: Step, now: Instant) -> dict[str, Answer]:
        """What is answered when the step is done at `now`."""
        return {one.id: answer for one in step.asks if (answer := self._answer(case, one, now)) != ""}

    def _answer(self, case: Case, one: Field, now: Instant) -> Answer:
        plan, known = self.plan, case.facts.get(one.id)
        match one.type:
            case FieldType.LEVEL:
                return self.level or next(iter(plan.rank), "")
            case FieldType.KIND:
                return case.facts.get("kind") or next(iter(plan.kinds), "")
            case FieldType.COUNT:
                return known if known is not None else 0
            case FieldType.BOOL:
                return self._yes_or_no(one)
            case FieldType.TIME:
                return now + DAY
            case FieldType.ROLE:
                return next(iter(plan.roles))
            case FieldType.CHOICE:
                return next(iter(one.options), "")
            case FieldType.WARNING:
                return ""
        return "—"

    def _yes_or_no(self, one: Field) -> bool:
        """What was supposed of the fact; else yes, where the plan waits for a yes, and no where it does not."""
        if one.id in self.facts:
            return self.facts[one.id] is True
        return not one.fact or f"facts.{one.id}" in self._awaited

    @cached_property
    def _awaited(self) -> str:
        """Every condition that stands before an act or a move."""
        needs = [need.when for step in self.plan.steps for need in step.requires]
        return " ".join([*needs, *(move.when for move in self.plan.moves)])
