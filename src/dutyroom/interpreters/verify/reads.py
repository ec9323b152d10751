"""What of a case the plan's course can depend on: everything its conditions, joins and moves read, and no more.

Two cases with the same key owe the same, and go on in the same way. Counts are kept only as far as a join looks.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.conditions import names_in
from dutyroom.core.plan import CONFIRMED, FieldType, Plan, Step
from dutyroom.core.state import Case
from dutyroom.interpreters.verify.domains import facts_in

_ANSWER = re.compile(r"\banswers\.(\w+)")


@dataclass(frozen=True)
class Reads:
    """For one plan: the conditions, the facts and answers they read, and the steps whose doing makes a difference."""

    plan: Plan
    conditions: tuple[str, ...]
    facts: frozenset[str]
    answers: frozenset[str]
    enabling: frozenset[str]
    visible: frozenset[str]
    telling: frozenset[str]
    separate: frozenset[str]
    most: dict[str, int]

    @classmethod
    def of(cls, plan: Plan) -> "Reads":
        """Everything the plan reads."""
        conditions = tuple(dict.fromkeys(_conditions(plan)))
        facts = frozenset(fact for one in conditions for fact in facts_in(one))
        answers = frozenset(found for one in conditions for found in _ANSWER.findall(one))
        separate = frozenset(name for step in plan.steps for name in step.separate_from)
        most = {step.id: _members(plan, step) if step.each else 1 for step in plan.steps}
        none = frozenset[str]()
        enabling = frozenset(name for step in plan.steps for name in (*step.after.all, *step.after.any))
        bare = cls(plan, conditions, facts, answers, enabling, none, none, separate, most)
        return cls(
            plan,
            conditions,
            facts,
            answers,
            enabling,
            frozenset(step.id for step in plan.steps if step.voluntary or bare.matters(step)),
            frozenset(step.id for step in plan.steps if step.id in enabling or bare.matters(step)),
            separate,
            most,
        )

    def matters(self, step: Step) -> bool:
        """Whether the order in which the step is done, against others, can make a difference.

        It does where the step can move the case on, change what a condition reads, or make a promise; where a
        condition asks what is done; and where a join of a later phase asks whether it was done before its phase was
        left. A step for which none of this is true can only make more steps fall due in its own phase, or none; it
        commutes with every other act. So it is done at once, and courses that do it later or never add nothing: what
        it would have made due is itself a choice.
        """
        if step.command or step.owes or step.confirm or step.id in self.separate:
            return True
        if step.separate_from or step.requires or step.id.endswith(CONFIRMED) or step.outlives:
            return True
        if any(one.type is FieldType.LEVEL or self.read(one.id) for one in step.asks):
            return True
        if any(names_in(one) & {"done", "open"} and step.id in one for one in self.conditions):
            return True
        if any(step.id in (*move.after.all, *move.after.any) for move in self.plan.moves):
            return True
        return any(self._asks_later(step, other) for other in self.plan.steps)

    def read(self, field: str) -> bool:
        """Whether a condition reads the answer, as a fact or as an answer."""
        return field in self.facts or field in self.answers

    def _asks_later(self, step: Step, other: Step) -> bool:
        joined = step.id in (*other.after.all, *other.after.any)
        return joined and not (set(other.phases) <= set(step.phases) and len(step.phases) == 1)

    def key(self, case: Case) -> object:
        """What makes two cases the same state."""
        counted = [(name, count) for name, count in case.done.items() if name in self.telling]
        done = tuple(sorted((name, min(count, self.most.get(name, 1))) for name, count in counted))
        since = tuple(
            sorted(
                (name, min(count - case.done_before.get(name, 0), self.most.get(name, 1)))
                for name, count in counted
            )
        )
        owed = [one for one in case.obligations.values() if one.role]
        still = Counter((one.step, one.role) for one in owed if one.is_open)
        last = {one.step: _state(one.status) for one in owed}
        return (
            case.phase,
            case.level,
            case.assisting,
            tuple(sorted((name, str(value)) for name, value in case.facts.items() if name in self.facts)),
            done,
            since if case.done_before else (),
            frozenset(still.items()),
            frozenset((one.step, one.role, _state(one.status)) for one in owed if not one.is_open),
            frozenset(last.items()),
            tuple(sorted((name, frozenset(case.doers.get(name, ()))) for name in self.separate)),
        )


def bounded(case: Case) -> bool:
    """Whether no more than two promises of one kind are open to one role: a third adds nothing but its number."""
    still = Counter((one.step, one.role) for one in case.open_obligations())
    return all(count <= _OPEN for count in still.values())


def exactly(case: Case) -> object:
    """Everything of a case but its times and who did what: for holding `key` to it."""
    owed = frozenset((one.key, one.status) for one in case.obligations.values() if one.role)
    return (
        case.phase,
        case.level,
        case.assisting,
        tuple(sorted((name, str(value)) for name, value in case.facts.items())),
        tuple(sorted((name, min(count, _OPEN)) for name, count in case.done.items())),
        tuple(sorted((name, min(count, _OPEN)) for name, count in case.done_before.items())),
        owed,
    )


_OPEN = 2


def _state(status: str) -> str:
    """What a later decision can tell apart of what is over."""
    return status if status in ("open", "withdrawn", "waived") else "over"


def _members(plan: Plan, step: Step) -> int:
    return sum(len(plan.members(who)) for who in step.who)


def _conditions(plan: Plan) -> Iterator[str]:
    for move in plan.moves:
        yield move.when
    for step in plan.steps:
        yield step.when
        yield from (need.when for need in step.requires)
        yield from (owes.when for owes in step.owes)
        if step.repeat is not None:
            yield step.repeat.until
