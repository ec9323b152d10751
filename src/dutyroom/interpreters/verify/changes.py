"""What a change of roster or people list touches: the stretches of time in which a role is held or reached otherwise.

`touched(before, after, span).of(question)` are the starts whose runs could see a difference. Looks at roles and spans,
never at why they changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce, Responder
from dutyroom.interpreters.verify.questions import Asked

Span = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class Touched:
    """The changed stretches of each role, ascending."""

    spans: Mapping[str, tuple[Span, ...]]

    def of(self, asked: Asked, span: Span) -> tuple[Span, ...]:
        """The starts within the span from which a run of the question may see a change, merged."""
        reach = asked.question.limit
        found = [
            (max(span[0], starts - reach), min(span[1], ends))
            for role in roles(asked.plan)
            for starts, ends in self.spans.get(role, ())
        ]
        return merged(one for one in found if one[0] < one[1])


def touched(before: PlanInForce, after: PlanInForce, span: Span) -> Touched:
    """Where the two differ, for every role, from the start of the span on."""
    people = {
        person
        for person in {*before.people, *after.people}
        if _reached(before.people.get(person)) != _reached(after.people.get(person))
    }
    names = sorted({*before.plan.roles, *before.roster.standing, *after.roster.standing})
    found = {role: _differing(before, after, role, span, people) for role in names}
    return Touched({role: spans for role, spans in found.items() if spans})


def roles(plan: Plan) -> tuple[str, ...]:
    """Every role that a run on the plan of one step can ask for."""
    step = plan.steps[0]
    after = [member for role in step.ladder for member in plan.members(role)]
    return tuple(dict.fromkeys([*with_deputies(plan, step.who[0]), *after, plan.defaults.last_rung]))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that meet made one."""
    result: list[Span] = []
    for starts, ends in sorted(spans):
        if result and starts <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends))
        else:
            result.append((starts, ends))
    return tuple(result)


def _reached(responder: Responder | None) -> object:
    return responder and responder.channels


def _differing(
    before: PlanInForce, after: PlanInForce, role: str, span: Span, people: set[str]
) -> tuple[Span, ...]:
    old, new = before.roster, after.roster
    if not people and old.changes(role) == new.changes(role) and _same(before, after, role):
        return ()
    found: list[Span] = []
    at = span[0]
    horizon: Milliseconds = span[1] + _LONGEST
    while at < horizon:
        holders, _, old_until = old.holders_span(role, at)
        others, _, new_until = new.holders_span(role, at)
        until = min(old_until, new_until, horizon)
        if holders != others or not people.isdisjoint(holders):
            found.append((at, until))
        at = until
    return merged(found)


_LONGEST = 400 * 24 * 3_600_000  # no deadline of a plan is longer


def _same(before: PlanInForce, after: PlanInForce, role: str) -> bool:
    """Whether the role is held by the same persons throughout: asked once in each of its spans."""
    instants = before.roster.changes(role)
    first = instants[0] - 1 if instants else 0
    return all(before.roster.holders(role, at) == after.roster.holders(role, at) for at in (first, *instants))
