"""Random incidents a second on one core: the real core, against a sketch of the same incidents in SimPy.

The sketch has the plan's ladder, clocks, joins and phases and draws the same chances, but decides nothing: no
conditions, no authority, no answers, no record, no state that could be kept or replayed. Without conditions it takes a
somewhat other course, so both are also compared by what they do (calls, marks, misses) in a second. `agree` says in how
many incidents of the first step alone both give the same moment of the first answer: it is the same model that is
timed. Both run turn by turn, so that they meet the same load; time is the processor's.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import simpy

from dutyroom.adapters.planfolder import load
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import DAY, SECOND
from dutyroom.core.phases import CLOSED, CLOSING, PHASES, READINESS, RESPONSE
from dutyroom.core.plan import VERBS, Plan, Step, Verb, implied
from dutyroom.core.roster import Responder
from dutyroom.core.slicing import owners
from dutyroom.interpreters.drill import default_chances, read_script, set_up
from dutyroom.interpreters.drill.draws import MILLION, Draws
from dutyroom.interpreters.drill.incident import Incident, Setup
from dutyroom.interpreters.drill.script import Alone

FOLDER = Path(__file__).resolve().parents[1] / "plans/sanitation-project"
SEED = 7


def run(small: bool) -> dict[str, Any]:
    """Incidents a second of the first step alone, of the whole incident, and growth over the number of runs."""
    whole, first = _setup(), first_step()
    return {
        "first_step": compared(first, 60 if small else 1_000),
        "whole": compared(whole, 10 if small else 200),
        "agree_first_answer": agree(first, 60 if small else 500),
        "grown": grown(first, (100, 300) if small else (100, 1_000, 10_000)),
    }


def first_step() -> Setup:
    """The plan's first step alone: one ladder."""
    return _setup(Alone("verify"))


def _setup(alone: Alone | None = None) -> Setup:
    rules = load(FOLDER).in_force()
    if rules is None:
        raise AssertionError("the reference plan does not check")
    text = (FOLDER / "drills/wage-dispute.yaml").read_text(encoding="utf-8")
    script, findings = read_script(text, rules.plan, rules.roster)
    if script is None:
        raise AssertionError(findings)
    if alone is not None:
        own = tuple(act for act in script.acts if act.does == alone.step)
        script = replace(script, alone=alone, acts=own)
    return set_up(script, rules, default_chances(), SEED)


def compared(setup: Setup, runs: int) -> dict[str, Any]:
    """Both, in ten turns each."""
    steps, some = _steps_of(setup), range(min(20, runs))
    of_core = sum(_deeds(setup, number) for number in some) / len(some)
    of_sketch = sum(Sketch(setup, number, steps).play() for number in some) / len(some)
    core = sketch = 0.0
    part = max(1, runs // 10)
    for begin in range(0, runs, part):
        numbers = range(begin, min(runs, begin + part))
        core += _seconds(partial(_core, setup, numbers))
        sketch += _seconds(partial(_sketch, setup, numbers, steps))
    return {
        "runs": runs,
        "deeds_of_core": round(of_core),
        "deeds_of_simpy": round(of_sketch),
        "core_per_second": round(runs / core, 1),
        "simpy_per_second": round(runs / sketch, 1),
        "times_simpy": round(sketch / core, 2),
        "times_simpy_by_deeds": round((of_core / core) / (of_sketch / sketch), 2),
    }


def _deeds(setup: Setup, number: int) -> int:
    """Calls, marks and misses of one incident of the core."""
    owed = Incident(setup, number).play().case.obligations.values()
    return sum(one.calls + len(one.marks) + len(one.missed) for one in owed)


def grown(setup: Setup, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Milliseconds an incident over the number of incidents: level, if nothing is kept that grows."""
    found = []
    for size in sizes:
        seconds = _seconds(partial(_core, setup, range(size)))
        found.append({"runs": size, "ms_per_incident": round(seconds / size * 1_000, 3)})
    return found


def agree(setup: Setup, runs: int) -> str:
    """In how many incidents core and sketch have the first answer at the same moment."""
    steps, same = _steps_of(setup), 0
    for number in range(runs):
        case = Incident(setup, number).play().case
        marks = [
            one.marks[Verb.RECEIVED].at for one in case.obligations.values() if Verb.RECEIVED in one.marks
        ]
        sketch = Sketch(setup, number, steps)
        sketch.play()
        first = min(marks) - setup.script.starts if marks else None
        same += first == sketch.first_answer
    return f"{same} of {runs}"


def _core(setup: Setup, numbers: range) -> None:
    for number in numbers:
        Incident(setup, number).play()


def _sketch(setup: Setup, numbers: range, steps: tuple[Step, ...]) -> None:
    for number in numbers:
        Sketch(setup, number, steps).play()


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _steps_of(setup: Setup) -> tuple[Step, ...]:
    """The steps that an incident opens, as the middle of a few shows."""
    opened = {
        one.step for number in range(3) for one in Incident(setup, number).play().case.obligations.values()
    }
    leaving = setup.to_leave
    return tuple(
        step for step in setup.rules.plan.steps if step.id in (leaving if step.voluntary else opened)
    )


# ---- the sketch


@dataclass
class Owed:
    """One obligation of the sketch."""

    step: Step
    role: str
    key: str
    opened: int
    dues: list[tuple[int, Verb]]
    wake: simpy.Event
    done: simpy.Event
    marks: dict[Verb, int] = field(default_factory=dict)
    owner: str = ""
    rung: int = 0
    called: set[tuple[str, str]] = field(default_factory=set)
    calling: bool = True


class Sketch:
    """One incident in SimPy: a process for each obligation's calls, each of its deadlines, and each person's work."""

    def __init__(self, setup: Setup, run: int, steps: tuple[Step, ...]) -> None:
        self.setup, self.steps = setup, steps
        self.plan: Plan = setup.rules.plan
        self.env = simpy.Environment()
        self.draws = Draws(setup.seed, run)
        self.finished: dict[str, simpy.Event] = {step.id: self.env.event() for step in steps}
        self.phase: dict[str, simpy.Event] = {phase: self.env.event() for phase in PHASES}
        self.deeds = 0
        self.times: dict[tuple[str, str, str], int] = {}
        self.first_answer: int | None = None

    @property
    def now(self) -> int:
        """Milliseconds since the report."""
        return int(self.env.now)

    def play(self) -> int:
        """Play it; how many calls, marks and misses there were."""
        self.phase["readiness"].succeed()
        for move in self.plan.moves:
            if (move.source, move.target) in ((READINESS, CLOSED), (CLOSING, RESPONSE)):
                continue  # nobody stands down or goes back, as in the core's incidents
            self.env.process(self.move(move.source, move.target, move.after.all))
        for step in self.steps:
            self.env.process(self.step(step))
        self.env.run(until=self.env.any_of([self.phase["closed"], self.env.timeout(self.setup.script.until)]))
        return self.deeds

    def move(self, source: str, target: str, after: tuple[str, ...]) -> Generator[Any, Any, None]:
        waits = [self.finished[name] for name in after if name in self.finished]
        if waits:
            yield self.env.all_of([self.phase[source], *waits])
            if not self.phase[target].triggered:
                self.phase[target].succeed()

    def step(self, step: Step) -> Generator[Any, Any, None]:
        after = [self.finished[name] for name in step.after.all if name in self.finished]
        some = [self.finished[name] for name in step.after.any if name in self.finished]
        begun = self.env.any_of([self.phase[phase] for phase in step.phases])
        yield self.env.all_of([begun, *after, *([self.env.any_of(some)] if some else [])])
        if step.voluntary:
            yield from self.unasked(step)
            return
        number = 1
        while True:
            members = owners(self.plan, step)
            owed = [self.owe(step, role, number) for role in members]
            yield self.env.all_of([one.done for one in owed])
            if not self.finished[step.id].triggered:
                self.finished[step.id].succeed()
            if step.repeat is None or self.phase["closing"].triggered:
                return
            yield self.env.timeout(max(0, owed[0].opened + step.repeat.every - self.now))
            number += 1

    def unasked(self, step: Step) -> Generator[Any, Any, None]:
        acts = self.setup.answered.get(step.id, ())
        at = min((at for act in acts for at in act.at), default=0)
        wait = self.draws.value(self.setup.chances.unasked, step.id, "0", "unasked")
        yield self.env.timeout(max(0, at - self.now) + wait)
        self.finished[step.id].succeed()

    def owe(self, step: Step, role: str, number: int) -> Owed:
        now = self.now
        dues = [(now + step.clocks[verb].within, verb) for verb in VERBS if verb in step.clocks]
        if Verb.DONE not in step.clocks:
            dues.append((now + self.plan.defaults.done, Verb.DONE))
        key = f"{step.id}#{number}" + (f"@{role}" if step.each else "")
        owed = Owed(step, role, key, now, dues, self.env.event(), self.env.event())
        self.env.process(self.call_out(owed))
        for at, verb in dues:
            self.env.process(self.deadline(owed, at, verb))
        return owed

    def rungs(self, owed: Owed) -> tuple[str, ...]:
        after = [member for role in owed.step.ladder for member in self.plan.members(role)]
        return tuple(
            dict.fromkeys([*with_deputies(self.plan, owed.role), *after, self.plan.defaults.last_rung])
        )

    def call_out(self, owed: Owed) -> Generator[Any, Any, None]:
        defaults, rungs = self.plan.defaults, self.rungs(owed)
        patience = max(SECOND, min((min(at for at, _ in owed.dues) - owed.opened) // 15, DAY))
        while not owed.done.triggered:
            if not owed.calling:
                yield owed.wake
                continue
            target = next(self.targets(owed, rungs[owed.rung]), None)
            if target is not None:
                person, kind, wait = target
                owed.called.add((person, kind))
                self.deeds += 1
                self.env.process(self.hear(owed, rungs[owed.rung], person, kind))
                pause = wait or max(defaults.ask_again, patience)
            elif owed.rung + 1 < len(rungs):
                owed.rung, owed.called = owed.rung + 1, set()
                continue
            else:
                owed.called = set()
                pause = max(defaults.ring_again, patience)
            yield self.env.any_of([self.env.timeout(pause), owed.wake])

    def targets(self, owed: Owed, role: str) -> Iterator[tuple[str, str, int]]:
        people: tuple[Responder, ...] = self.setup.rules.reachable(role, self.setup.script.starts + self.now)
        for one in people:
            for channel in one.channels:
                if (one.person, channel.kind) not in owed.called:
                    yield one.person, channel.kind, channel.wait

    def hear(self, owed: Owed, role: str, person: str, kind: str) -> Generator[Any, Any, None]:
        script, chances = self.setup.script, self.setup.chances
        nth = self.times.get((person, kind, owed.key), 0)
        self.times[person, kind, owed.key] = nth + 1
        if person in script.people.silent or role in script.people.silent:
            return
        if self.draws.happens(chances.absent, person, "absent"):
            return
        minute = ((script.starts + self.now) // 60_000 + script.offset_minutes) % 1_440
        reach = chances.reach(kind, minute)
        name = (person, kind, owed.key, str(nth))
        if not self.draws.happens(reach.heard, *name, "heard"):
            return
        yield self.env.timeout(self.draws.value(reach.answer, *name, "answer"))
        if owed.done.triggered or not owed.calling:
            return
        self.mark(owed, Verb.RECEIVED, person)
        self.first_answer = self.now if self.first_answer is None else self.first_answer
        owed.calling = False
        self.awake(owed)
        yield from self.work(owed, person)

    def work(self, owed: Owed, person: str) -> Generator[Any, Any, None]:
        chances = self.setup.chances
        if self.draws.happens(chances.idle, person, owed.key, "idle"):
            return
        yield self.env.timeout(self.draws.value(chances.taken, person, owed.key, "taken"))
        self.mark(owed, Verb.TAKEN, person)
        if Verb.ON_SCENE in owed.step.clocks:
            yield self.env.timeout(self.draws.value(chances.travel, person, owed.key, "travel"))
            self.mark(owed, Verb.ON_SCENE, person)
        given = max(at for at, _ in owed.dues) - owed.opened
        share = self.draws.value(chances.work, person, owed.key, "work")
        yield self.env.timeout(given * share // MILLION)
        if not owed.done.triggered:
            self.mark(owed, Verb.DONE, person)
            owed.done.succeed()
            self.awake(owed)

    def mark(self, owed: Owed, verb: Verb, person: str) -> None:
        owed.owner = person
        for one in implied(verb):
            if one not in owed.marks:
                self.deeds += 1
                owed.marks[one] = self.now

    def deadline(self, owed: Owed, at: int, verb: Verb) -> Generator[Any, Any, None]:
        yield self.env.timeout(at - self.now)
        if owed.done.triggered or verb in owed.marks:
            return
        self.deeds += 1
        owed.rung = min(owed.rung + 1, len(self.rungs(owed)) - 1)
        owed.called, owed.calling = set(), True
        self.awake(owed)

    def awake(self, owed: Owed) -> None:
        owed.wake.succeed()
        owed.wake = self.env.event()
