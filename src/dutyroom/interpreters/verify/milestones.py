"""The longest time from the report to each milestone when every deadline is just kept, by kind and level.

Counted along the plan's joins: a step ends at its deadline, and what waits for it begins then. Where something nobody
owes stands in between (proposing the end), there is no longest time. A plan's numbers only; nothing is run here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dutyroom.core.instants import Milliseconds
from dutyroom.core.phases import CLOSED, CLOSING, READINESS, RESPONSE
from dutyroom.core.plan import Join, Plan, Step, Verb
from dutyroom.core.proof import Milestone
from dutyroom.interpreters.verify.domains import kinds_of

Length = Milliseconds | None  # None: no longest time


def milestones(plan: Plan) -> tuple[Milestone, ...]:
    """Received, activated, on scene, closing, closed, for every kind and level."""
    possible = {step.id: kinds_of(plan, step) for step in plan.steps}
    return tuple(
        Milestone(what, kind, level, worst)
        for kind in plan.kinds
        for level in plan.rank
        for what, worst in _Reckoning(plan, kind, level, possible).all()
    )


@dataclass
class _Reckoning:
    plan: Plan
    kind: str
    level: str
    possible: dict[str, tuple[str, ...]]
    known: dict[str, Length] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)

    def all(self) -> Iterator[tuple[str, Length]]:
        first = [
            step
            for step in self.steps()
            if READINESS in step.phases and not (step.after.all or step.after.any)
        ]
        answered = [self.first_clock(step) for step in first if not step.voluntary]
        yield "received", min(answered, default=None)
        yield "activated", self.entered(RESPONSE)
        scenes = [self.at(step, Verb.ON_SCENE) for step in self.steps() if Verb.ON_SCENE in step.clocks]
        yield "on_scene", min((one for one in scenes if one is not None), default=None)
        yield "closing", self.entered(CLOSING)
        yield "closed", self.entered(CLOSED)

    def steps(self) -> Iterator[Step]:
        """The steps that can be owed for this kind at this level."""
        for step in self.plan.steps:
            if step.holds_at(self.level) and self.kind in (self.possible[step.id] or (self.kind,)):
                yield step

    def first_clock(self, step: Step) -> Milliseconds:
        stated = [clock.within for verb, clock in step.clocks.items()]
        return min(stated, default=self.plan.defaults.done)

    def entered(self, phase: str) -> Length:
        """When the phase is entered at the latest."""
        if phase == READINESS:
            return 0
        name = f"phase:{phase}"
        if name not in self.known:
            if name in self.under_way:
                return None
            self.under_way.add(name)
            ways = [self.moved(move.source, move.after) for move in self.plan.moves if move.target == phase]
            found = [way for way in ways if way is not None]
            self.known[name] = max(found) if found else None
            self.under_way.discard(name)
        return self.known[name]

    def moved(self, source: str, after: Join) -> Length:
        """Joined steps count from the report already, so the later of the two it is."""
        entered, joined = self.entered(source), self.joined(after)
        return None if entered is None or joined is None else max(entered, joined)

    def joined(self, join: Join) -> Length:
        every = [self.ended(name) for name in join.all]
        either = [self.ended(name) for name in join.any]
        if None in every or (either and all(one is None for one in either)):
            return None
        least = min((one for one in either if one is not None), default=0)
        return max([least, *(one for one in every if one is not None)])

    def ended(self, name: str) -> Length:
        """When the step is done at the latest."""
        step = self.plan.step.get(name)
        if step is None or step.voluntary:
            return None
        return self.at(step, Verb.DONE)

    def at(self, step: Step, verb: Verb) -> Length:
        key = f"{step.id}:{verb}"
        if key not in self.known:
            if key in self.under_way:
                return None
            self.under_way.add(key)
            clock = step.clocks.get(verb)
            within = clock.within if clock else self.plan.defaults.done
            opened = self.opened(step)
            self.known[key] = None if opened is None else opened + within
            self.under_way.discard(key)
        return self.known[key]

    def opened(self, step: Step) -> Length:
        entries = [self.entered(phase) for phase in step.phases]
        entered = min((one for one in entries if one is not None), default=None)
        joined = self.joined(step.after)
        return None if entered is None or joined is None else max(entered, joined)
