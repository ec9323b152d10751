"""What comes from outside during a drill: a changed fact, an outside warning, a slow or closed road.

A fact reaches the case only as it would in earnest: somebody does a step of the plan that asks for it. Refuses to write
it there itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dutyroom.core.commands import Act, Answer, Times, Volunteer
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.state import Obligation
from dutyroom.core.supposing import Answers, doers
from dutyroom.core.yamltree import place_of
from dutyroom.interpreters.drill.clockwork import Clockwork

AS_EVER = 1_000
_TIMES = re.compile(r"^\s*[x×]\s*(\d{1,2})(?:\.(\d{1,3}))?\s*$")


@dataclass(frozen=True, slots=True)
class Inject:
    """At `at` from the report: new `facts`; or until `until` the way takes `travel` thousandths as long, or is closed.

    `facts` are named after the fields in which a step asks for them.
    """

    at: Milliseconds
    until: Milliseconds | None = None
    facts: Mapping[str, Answer] = field(default_factory=dict)
    travel: int = AS_EVER
    closed: bool = False

    @property
    def of_the_road(self) -> bool:
        """Whether it changes how long the way takes."""
        return self.closed or self.travel != AS_EVER


def widened(value: Any) -> Any:
    """`travel: x1.5`, or 2, as thousandths; anything else as it stands, for the shape to refuse."""
    if not isinstance(value, Mapping):
        return value
    wide = dict(value)
    travel = wide.get("travel")
    found = _TIMES.match(travel) if isinstance(travel, str) else None
    if isinstance(travel, int) and not isinstance(travel, bool):
        wide["travel"] = travel * AS_EVER
    elif found:
        wide["travel"] = int(found[1]) * 1_000 + int((found[2] or "").ljust(3, "0"))
    return wide


def faults(tree: Any, injects: Sequence[Inject], plan: Plan) -> Iterator[Finding]:
    """What is wrong with the injects of a script, apart from their shape."""
    for number, one in enumerate(injects):
        place = place_of(tree, ("injects", number))
        if bool(one.facts) == one.of_the_road:
            yield Finding("drill.inject_what", "error", place)
        elif one.of_the_road and (one.until is None or one.until <= one.at or one.travel <= 0):
            yield Finding("drill.inject_until", "error", place)
        elif one.facts and one.until is not None:
            yield Finding("drill.inject_until_facts", "error", place)
        elif one.facts and not list(asking(plan, one)):
            yield Finding("drill.inject_no_step", "error", place, {"facts": ", ".join(one.facts)})


def asking(plan: Plan, inject: Inject) -> Iterator[Step]:
    """The steps that ask for all of the inject's facts; those that nobody has to wait for come first."""
    wanted = set(inject.facts)
    fits = [step for step in plan.steps if wanted <= {one.id for one in step.asks}]
    yield from (step for step in fits if step.voluntary)
    yield from (step for step in fits if not step.voluntary)


def bring(
    clock: Clockwork, inject: Inject, now: Instant, present: Callable[[str], bool], name: Callable[[], str]
) -> tuple[str, str]:
    """Let somebody who is `present` do a step with the new facts among its answers: who, and which; or nobody."""
    for step in asking(clock.rules.plan, inject):
        answers = Answers(clock.rules.plan, inject.facts).to(clock.case, step, now) | dict(inject.facts)
        for owed, roles in _ways(clock, step):
            for person in doers(clock.rules, clock.case, step, roles, owed, now):
                if present(person) and clock.ask(_act(name(), person, step, owed, answers, now), now) is None:
                    return person, step.id
    return "", ""


def _ways(clock: Clockwork, step: Step) -> Iterator[tuple[Obligation | None, tuple[str, ...]]]:
    """Unasked where the step is voluntary, else by each of its open obligations; with the roles that may."""
    plan = clock.rules.plan
    if step.voluntary:
        yield None, tuple(member for who in step.who for member in plan.members(who))
    for owed in [one for one in clock.case.open_obligations() if one.step == step.id]:
        yield owed, (owed.role,)


def _act(
    name: str, by: str, step: Step, owed: Obligation | None, answers: Mapping[str, Answer], now: Instant
) -> Act | Volunteer:
    times = Times(now, now)
    if owed is None:
        return Volunteer(name, by, step.id, times, answers)
    return Act(name, by, owed.key, Verb.DONE, times, answers)


def on_the_way(injects: Sequence[Inject], leaves: Milliseconds, usual: Milliseconds) -> Milliseconds:
    """How long the way takes for who leaves at `leaves` (from the report): slower, or begun when the road opens."""
    waits, at = 0, leaves
    roads = sorted((one for one in injects if one.of_the_road), key=lambda one: one.at)
    for one in roads:
        if one.closed and one.until is not None and one.at <= at < one.until:
            waits += one.until - at
            at = one.until
    slow = max((one.travel for one in roads if one.until and one.at <= at < one.until), default=AS_EVER)
    return waits + usual * slow // AS_EVER
