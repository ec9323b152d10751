"""The whole roster, or some of its cells, as a CP-SAT model: exact where it is small, a neighbourhood where it is not.

Cells that are not free keep the turns of a given roster. Solved with a share of deterministic time, so that the same
seed gives the same roster, and with seconds besides, which only ever cut short.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from dutyroom.adapters.rostering.arrays import OFF, Arrays, Bools, Ints, cover_cost, wish_costs, worked

Literal = Any  # a variable of CP-SAT, or the number 0 or 1


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to try: seconds, deterministic time (none: as long as the seconds), threads, and the seed."""

    seconds: float
    steps: float | None = None
    threads: int = 1
    seed: int = 0
    interleaved: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """The best roster found, if any, the least that any could cost, and whether that is proved."""

    roster: Ints | None
    bound: int | None
    proved: bool
    impossible: bool = False


def solve_cells(problem: Arrays, roster: Ints | None, free: Bools, effort: Effort) -> Answer:
    """The best roster that differs from the given one in free cells only; the given one is the hint."""
    model = _Model(problem, roster, free)
    return model.solve(effort)


def solve_whole(problem: Arrays, effort: Effort, hint: Ints | None = None) -> Answer:
    """The whole roster in one model."""
    return solve_cells(problem, hint, np.ones(problem.size[:2], dtype=bool), effort)


class _Model:
    def __init__(self, problem: Arrays, roster: Ints | None, free: Bools) -> None:
        self.problem, self.roster, self.free = problem, roster, free
        self.model = cp_model.CpModel()
        self.turn: dict[tuple[int, int], list[Literal]] = {}
        self.work: dict[tuple[int, int], Literal] = {}
        self.terms: list[Any] = []
        self.weights: list[int] = []
        self.constant = problem.granted
        self.people = np.flatnonzero(free.any(axis=1)).tolist()
        for person in self.people:
            self._cells(person)
            self._person(person)
        self._others()
        self._cover()
        self.model.minimize(cp_model.LinearExpr.weighted_sum(self.terms, self.weights) + self.constant)

    def _cells(self, person: int) -> None:
        problem = self.problem
        for day in range(problem.size[1]):
            if not self.free[person, day] and self.roster is not None:
                shift = int(self.roster[person, day])
                self.turn[person, day] = [int(one == shift) for one in range(problem.size[2])]
                self.work[person, day] = int(shift != OFF)
                if shift != OFF:
                    self.constant += int(problem.wishes[person, day, shift])
                continue
            turns: list[Literal] = []
            for shift in range(problem.size[2]):
                if not problem.allowed[person, day, shift]:
                    turns.append(0)
                    continue
                var = self.model.new_bool_var("")
                turns.append(var)
                if self.roster is not None:
                    self.model.add_hint(var, int(self.roster[person, day] == shift))
                if problem.wishes[person, day, shift]:
                    self._pay(var, int(problem.wishes[person, day, shift]))
            self.turn[person, day] = turns
            self.work[person, day] = self._some(turns, bool(problem.may_rest[person, day]))

    def _some(self, turns: list[Literal], may_rest: bool) -> Literal:
        """Whether one of the turns is worked; at most one is."""
        real = [one for one in turns if not isinstance(one, int)]
        if not real:
            if not may_rest:
                self.model.add_bool_or([])
            return 0
        work = self.model.new_bool_var("")
        if not may_rest:
            self.model.add(work == 1)
        self.model.add_exactly_one([*real, work.negated()])
        return work

    def _pay(self, var: Any, weight: int) -> None:
        self.terms.append(var)
        self.weights.append(weight)

    def _person(self, person: int) -> None:
        problem, days = self.problem, range(self.problem.size[1])
        turns = [self.turn[person, day] for day in days]
        minutes = [int(one) for one in problem.minutes]
        total = cp_model.LinearExpr.weighted_sum([one for row in turns for one in row], minutes * len(days))
        self.model.add_linear_constraint(
            total, int(problem.min_minutes[person]), int(problem.max_minutes[person])
        )
        for shift in range(problem.size[2]):
            if 0 < problem.max_shifts[person, shift] < len(days):
                self.model.add(sum(row[shift] for row in turns) <= int(problem.max_shifts[person, shift]))
        self._successions(turns)
        self._runs([self.work[person, day] for day in days], person)
        self._weekends(person)

    def _successions(self, turns: list[list[Literal]]) -> None:
        for before, after in pairwise(turns):
            for shift in range(self.problem.size[2]):
                barred = [after[one] for one in np.flatnonzero(~self.problem.follows[shift]).tolist()]
                barred = [one for one in barred if not _is(one, 0)]
                if barred and not _is(before[shift], 0):
                    self.model.add_at_most_one([before[shift], *barred])

    def _runs(self, work: list[Literal], person: int) -> None:
        problem, days = self.problem, len(work)
        longest = int(problem.max_run[person])
        for day in range(days - longest):
            self.model.add_bool_or([_not(one) for one in work[day : day + longest + 1]])
        for length in range(1, int(problem.min_run[person])):
            for day in range(1, days - length):
                inside = [_not(one) for one in work[day : day + length]]
                self.model.add_bool_or([work[day - 1], *inside, work[day + length]])
        for length in range(1, int(problem.min_rest[person])):
            for day in range(1, days - length):
                inside = work[day : day + length]
                self.model.add_bool_or([_not(work[day - 1]), *inside, _not(work[day + length])])

    def _weekends(self, person: int) -> None:
        pairs = self.problem.weekends()
        if self.problem.max_weekends[person] >= len(pairs):
            return
        weekends = []
        for pair in pairs:
            weekend = self.model.new_bool_var("")
            for day in pair:
                self.model.add_implication(self.work[person, day], weekend)
            weekends.append(weekend)
        self.model.add(sum(weekends) <= int(self.problem.max_weekends[person]))

    def _others(self) -> None:
        others = np.setdiff1d(np.arange(self.problem.size[0]), self.people)
        if self.roster is None or not len(others):
            self.standing = np.zeros_like(self.problem.required)
            return
        self.standing = worked(self.problem, self.roster[others])
        self.constant += int(wish_costs(self.problem, self.roster)[others].sum())

    def _cover(self) -> None:
        problem, (_, days, shifts) = self.problem, self.problem.size
        fixed = np.zeros((days, shifts), dtype=bool)
        count = self.standing.copy()
        for day in range(days):
            for shift in range(shifts):
                cells = [self.turn[person, day][shift] for person in self.people]
                real = [one for one in cells if not isinstance(one, int)]
                count[day, shift] += sum(one for one in cells if isinstance(one, int))
                fixed[day, shift] = not real
                if real:
                    self._balance(real, day, shift, int(problem.required[day, shift] - count[day, shift]))
        spared = np.where(fixed, count, problem.required)
        self.constant += cover_cost(problem, spared)

    def _balance(self, cells: list[Any], day: int, shift: int, needed: int) -> None:
        """What is missing or too many here, at its weight."""
        problem = self.problem
        short = self.model.new_int_var(0, max(0, needed), "")
        spare = self.model.new_int_var(0, max(0, len(cells) - needed), "")
        self.model.add(sum(cells) + short - spare == needed)
        self._pay(short, int(problem.under[day, shift]))
        self._pay(spare, int(problem.over[day, shift]))

    def solve(self, effort: Effort) -> Answer:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
        solver.parameters.num_workers = effort.threads
        solver.parameters.random_seed = effort.seed
        if effort.steps is not None:
            solver.parameters.max_deterministic_time = effort.steps
        if effort.interleaved:
            solver.parameters.interleave_search = True
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return Answer(None, None, True, impossible=True)
        bound = ceil(solver.best_objective_bound - 1e-6) if status != cp_model.MODEL_INVALID else None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, bound, False)
        return Answer(self._read(solver), bound, status == cp_model.OPTIMAL)

    def _read(self, solver: cp_model.CpSolver) -> Ints:
        size = self.problem.size[:2]
        found = np.full(size, OFF, dtype=np.int64) if self.roster is None else self.roster.copy()
        for (person, day), turns in self.turn.items():
            found[person, day] = OFF
            for shift, one in enumerate(turns):
                if solver.boolean_value(one) if not isinstance(one, int) else one:
                    found[person, day] = shift
        return found


def _is(one: Literal, value: int) -> bool:
    return isinstance(one, int) and one == value


def _not(one: Literal) -> Literal:
    return 1 - one if isinstance(one, int) else one.negated()
