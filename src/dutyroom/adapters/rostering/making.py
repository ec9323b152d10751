"""A roster within a budget of time, and a bound that no roster can beat: the steps in order, the best kept.

1. Everybody in turn takes the best pattern that is left: a whole roster in moments.
2. Column generation: the bound, and shares of good patterns.
3. Dives from those shares, as many at once as there are workers.
4. The whole model for a moment, on a small problem.
5. Neighbourhoods; when they gain nothing for long, other dives, and once the whole model on a small problem.

What comes next depends on results and counts alone, so that the same seed gives the same roster with as many workers,
as long as the time does not cut a step short.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from dutyroom.adapters.rostering.arrays import Arrays, Bools, Ints, breaches, cost
from dutyroom.adapters.rostering.crew import Alone, Crew, Desk, Left, Together
from dutyroom.adapters.rostering.diving import Way, dive
from dutyroom.adapters.rostering.master import Master, Relaxed
from dutyroom.adapters.rostering.model import Answer, Effort, solve_cells, solve_whole
from dutyroom.adapters.rostering.neighbourhoods import PEOPLE, Sizes, freed
from dutyroom.adapters.rostering.pricing import Pattern, Pricer
from dutyroom.adapters.rostering.regrouping import regrouped
from dutyroom.adapters.rostering.responding import empty, filled, settled

EACH = 2  # patterns a person that one pricing adds
KNOWN = 8  # patterns a person that every regrouping begins with
STALLS = 8  # rounds of neighbourhoods without a gain before something else is tried
SMALL = 450  # cells (people x days) up to which the whole model may prove what neighbourhoods cannot
TRY = 3.0  # deterministic time of the whole model at first, which is enough where it is easy
STEPS = 1.0  # deterministic time of a neighbourhood, about as many seconds
HURRY = 0.45  # part of what was left at its beginning from which a dive hurries
EARLY = 0.05  # seconds that stay for handing over


@dataclass(frozen=True, slots=True)
class Moment:
    """How far it was after so many seconds."""

    seconds: float
    step: str
    cost: int
    bound: int | None


@dataclass(frozen=True, eq=False)
class Made:
    """The roster (none where somebody has no possible turns: `stuck`), its cost, the bound, and the way there."""

    roster: Ints | None
    cost: int | None
    bound: int | None
    stuck: tuple[int, ...] = ()
    moments: tuple[Moment, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether nothing better exists."""
        return self.cost is not None and self.bound is not None and self.cost <= self.bound


def make(
    problem: Arrays,
    seconds: float,
    workers: int = 1,
    seed: int = 0,
    now: Callable[[], float] = time.monotonic,
) -> Made:
    """The best roster that so many workers find in so many seconds."""
    ends = now() + seconds
    making = _Making(problem, seed, lambda: ends - now() - EARLY, seconds)
    return making.run(workers)


@dataclass(eq=False)
class _Making:
    problem: Arrays
    seed: int
    left: Left
    seconds: float
    best: Ints | None = None
    best_cost: int = 0
    bound: int | None = None
    known: list[Pattern] = field(
        default_factory=list
    )  # good patterns, to begin with where people are regrouped
    moments: list[Moment] = field(default_factory=list)
    sizes: Sizes = field(default_factory=Sizes)
    rounds: int = 0
    dives: int = 0

    def run(self, workers: int) -> Made:
        pricer = Pricer(self.problem)
        roster, stuck = filled(self.problem, pricer, empty(self.problem), list(range(self.problem.size[0])))
        if stuck:
            return Made(None, None, None, tuple(stuck))
        self.take(roster, "first")
        crew: Crew = Alone(self.problem) if workers == 1 else Together(self.problem, workers)
        try:
            self.improve(pricer, crew)
        finally:
            crew.close()
        return Made(self.best, self.best_cost, self.bound, (), tuple(self.moments))

    def take(self, roster: Ints, step: str) -> bool:
        """Keep it if it is the best so far."""
        value = cost(self.problem, roster)
        if self.best is not None and value >= self.best_cost:
            return False
        if breaches(self.problem, roster):
            raise AssertionError(f"a roster of the step {step} breaks a hard rule")
        self.best, self.best_cost = roster, value
        self.note(step)
        return True

    def note(self, step: str) -> None:
        self.moments.append(Moment(self.seconds - self.left(), step, self.best_cost, self.bound))

    def goes_on(self) -> bool:
        return self.left() > 0 and (self.bound is None or self.best_cost > self.bound)

    def improve(self, pricer: Pricer, crew: Crew) -> None:
        master, relaxed = self.generate(pricer)
        self.dive(master, relaxed, crew)
        whole = self.problem.allowed[:, :, 0].size <= SMALL
        if whole and self.goes_on():
            self.prove(TRY)
        while self.goes_on():
            self.neighbourhoods(crew)
            if whole and self.goes_on():
                self.prove(None)
                whole = False
            elif self.goes_on():
                self.dive(master, relaxed, crew)

    def generate(self, pricer: Pricer) -> tuple[Master, Relaxed]:
        """Column generation, from the patterns of the first roster and everybody's dearest wish."""
        problem, everybody = self.problem, np.arange(self.problem.size[0])
        assert self.best is not None
        master = Master(problem, pricer, everybody)
        master.add([Pattern(one, 0.0, tuple(row)) for one, row in enumerate(self.best.tolist())])
        master.add(pricer.price(problem.wishes.astype(float), everybody, EACH).patterns)
        relaxed = master.grow(everybody, 1_000, EACH, lambda: self.left() > 0.5 * self.seconds)
        if np.isfinite(master.bound):
            self.bound = master.whole_bound()
        self.note("bound")
        self.known = master.promising(relaxed, everybody, KNOWN)
        return master, relaxed

    def dive(self, master: Master, relaxed: Relaxed, crew: Crew) -> None:
        """As many dives at once as there are workers."""
        way = Way()
        patterns = master.promising(relaxed, master.people, way.kept)
        tasks = [
            (patterns, master.bound, way, self.best_cost, self.seed * 1_000 + self.dives + one)
            for one in range(crew.size)
        ]
        self.dives += crew.size
        for roster in crew.run(_dive, tasks, self.left):
            if roster is not None:
                self.take(roster, "dive")

    def neighbourhoods(self, crew: Crew) -> None:
        """Rounds of one neighbourhood a worker, until many in a row gain nothing."""
        idle = 0
        while idle < STALLS and self.goes_on():
            assert self.best is not None
            chosen = [self.choose(one) for one in range(crew.size)]
            tasks = [(self.best, shape, free, self.known, seed) for shape, free, seed in chosen]
            answers = crew.run(_neighbourhood, tasks, self.left)
            gained = self.merge([shape for shape, _, _ in chosen], answers)
            idle = 0 if gained else idle + 1
            self.rounds += 1

    def choose(self, worker: int) -> tuple[str, Bools, int]:
        assert self.best is not None
        seed = self.seed * 100_000 + self.rounds * 16 + worker
        draw = Random(seed)
        shape = self.sizes.shape(draw)
        free = freed(self.problem, self.best, shape, self.sizes.cells[shape], draw)
        return shape, free, seed % 2**31

    def merge(self, shapes: list[str], answers: list[Answer | None]) -> bool:
        """Keep the best of a round, and of the others what changes other people and still gains."""
        before, gained = self.best, False
        assert before is not None
        found = [(shape, one) for shape, one in zip(shapes, answers, strict=True) if one is not None]
        found.sort(key=lambda one: self.value(one[1]))
        for shape, answer in found:
            took = answer.roster is not None and self.take(self.joined(before, answer.roster), shape)
            self.sizes.learn(shape, answer.proved, took)
            gained = gained or took
        return gained

    def value(self, answer: Answer) -> float:
        return np.inf if answer.roster is None else cost(self.problem, answer.roster)

    def joined(self, before: Ints, roster: Ints) -> Ints:
        """The best roster with the changes of another, where both changed different people."""
        assert self.best is not None
        changed = (roster != before).any(axis=1)
        if (self.best != before).any(axis=1)[changed].any():
            return roster
        return np.where(changed[:, None], roster, self.best)

    def prove(self, steps: float | None) -> None:
        """The whole model, for so much deterministic time, or for what is left of the time."""
        effort = Effort(max(0.1, self.left()), steps, threads=8, seed=self.seed, interleaved=True)
        answer = solve_whole(self.problem, effort, self.best)
        if answer.roster is not None:
            self.take(answer.roster, "whole")
        if answer.bound is not None:
            self.bound = max(answer.bound, self.bound if self.bound is not None else answer.bound)
        self.note("whole")


def _dive(desk: Desk, task: Any, left: Left) -> Ints:
    patterns, bound, way, best, seed = task
    master = Master(desk.problem, desk.pricer, np.arange(desk.problem.size[0]))
    master.add(patterns)
    master.bound = bound
    begun = left()
    roster, few = dive(
        master, master.solve(), way, Random(seed), lambda now: left() > HURRY * begun and now.value < best
    )
    roster, _ = filled(desk.problem, desk.pricer, roster, few)
    if 0 < len(few) <= 2 * way.few and left() > EARLY:
        roster, _ = regrouped(desk.problem, desk.pricer, roster, few, patterns, left)
    return settled(desk.problem, desk.pricer, roster, lambda: left() > 0.2 * begun)


def _neighbourhood(desk: Desk, task: Any, left: Left) -> Answer:
    roster, shape, free, known, seed = task
    if left() < 0.02:
        return Answer(None, None, False)
    if shape == PEOPLE:
        people = np.flatnonzero(free[:, 0]).tolist()
        found, ended = regrouped(desk.problem, desk.pricer, roster, people, known, left)
        return Answer(found, None, ended)
    effort = Effort(min(left(), 6 * STEPS), STEPS, 1, seed)
    return solve_cells(desk.problem, roster, free, effort)
