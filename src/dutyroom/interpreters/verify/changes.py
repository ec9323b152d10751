"""What a change of roster or people list touches: the stretches of time in which a role is held or reached otherwise.

`touched(before, after).of(question, span)` are the starts whose runs could see a difference. Looks at roles and spans,
never at why they changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import BEGINNING, END, DutyPeriod, PlanInForce, Responder, Roster
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


def touched(before: PlanInForce, after: PlanInForce) -> Touched:
    """Where the two differ: duty periods that are not the same, changed standing holders, people reached otherwise.

    A stretch may be named in which nothing differs in the end; none in which something does is left out.
    """
    found: dict[str, list[Span]] = {}
    for period in _unlike(before.roster.periods, after.roster.periods):
        found.setdefault(period.role, []).append((period.starts_at, period.ends_at))
    always = (BEGINNING, END)
    for role in {*before.roster.standing, *after.roster.standing}:
        if before.roster.standing.get(role, ()) != after.roster.standing.get(role, ()):
            found.setdefault(role, []).append(always)
    people = set() if before.people is after.people else _reached_otherwise(before.people, after.people)
    for role, stretch in _held_by(people, after.roster) if people else ():
        found.setdefault(role, []).append(stretch)
    return Touched({role: merged(spans) for role, spans in found.items()})


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


def _reached_otherwise(before: Mapping[str, Responder], after: Mapping[str, Responder]) -> set[str]:
    people = {*before, *after}
    return {one for one in people if _reached(before.get(one)) != _reached(after.get(one))}


def _reached(responder: Responder | None) -> object:
    return responder and responder.channels


def _unlike(one: Sequence[DutyPeriod], other: Sequence[DutyPeriod]) -> Iterator[DutyPeriod]:
    """The periods of only one of the two rosters."""
    if len(one) == len(other):
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not b and a != b]
        one, other = [a for a, _ in pairs], [b for _, b in pairs]
    yield from set(one) ^ set(other)


def _held_by(people: set[str], roster: Roster) -> Iterator[tuple[str, Span]]:
    for role, persons in roster.standing.items():
        if not people.isdisjoint(persons):
            yield role, (BEGINNING, END)
    for period in roster.periods:
        if period.person in people:
            yield period.role, (period.starts_at, period.ends_at)
