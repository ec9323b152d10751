"""The linear programme over work patterns, and its growth: which patterns, how much of each, and a lower bound.

Each person takes one pattern; cover is met, missed or exceeded at its weights. The programme with every pattern is far
too large to write down, so it begins with a few and asks the pricer for the cheapest others (column generation). At
any prices of cover within its weights, the sum of everybody's cheapest pattern is a bound that no roster can beat;
prices are drawn towards the best ones so far, which saves rounds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

import highspy
import numpy as np

from dutyroom.adapters.rostering import quiet
from dutyroom.adapters.rostering.arrays import OFF, Arrays, Floats, Ints, wish_costs, worked
from dutyroom.adapters.rostering.pricing import Pattern, Priced, Pricer

INTEGRAL = 1e-6
SMOOTH = 0.6
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4


@dataclass(frozen=True, eq=False)
class Relaxed:
    """One solution of the programme: its value, how much of each pattern, prices of cover and of each person."""

    value: float
    shares: Floats
    cover: Floats  # [D, S]
    persons: dict[int, float]


class Master:
    """The programme for some people (the others' turns stand), its patterns, and the best bound so far."""

    def __init__(self, problem: Arrays, pricer: Pricer, people: Ints, standing: Ints | None = None) -> None:
        _, days, shifts = problem.size
        self.problem, self.pricer, self.people = problem, pricer, people
        self.cells = days * shifts
        self.required, self.spent = problem.required, problem.granted
        if standing is not None:
            others = np.setdiff1d(np.arange(problem.size[0]), people)
            self.required = problem.required - worked(problem, standing[others])
            self.spent += int(wish_costs(problem, standing)[others].sum())
        self.patterns: list[Pattern] = []
        self.owner = np.zeros(0, dtype=np.int64)
        self.bound = -np.inf
        self._row = {int(person): self.cells + place for place, person in enumerate(people)}
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._fixed: list[int] = []
        self._highs = _empty(problem, self.required, len(people))
        self._strategy = PRIMAL_SIMPLEX
        self._centre: Floats | None = None

    def add(self, patterns: list[Pattern]) -> int:
        """Take in the patterns that are new; how many."""
        fresh = []
        for one in patterns:
            key = (one.person, one.turns)
            if key not in self._known:
                self._known.add(key)
                fresh.append(one)
        if fresh:
            self._add_columns(fresh)
            self.patterns += fresh
            self.owner = np.array([one.person for one in self.patterns], dtype=np.int64)
        return len(fresh)

    def _add_columns(self, fresh: list[Pattern]) -> None:
        problem = self.problem
        _, days, shifts = problem.size
        turns = np.array([one.turns for one in fresh], dtype=np.int64)
        owners = np.array([one.person for one in fresh], dtype=np.int64)
        at_work = turns != OFF
        rows = np.where(at_work, np.arange(days) * shifts + turns, -1)
        rows_of = np.array([self._row[one.person] for one in fresh], dtype=np.int64)
        whole = np.concatenate([rows, rows_of[:, None]], axis=1)
        lengths = (whole >= 0).sum(axis=1)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        wishes = problem.wishes[owners[:, None], np.arange(days), np.maximum(turns, 0)]
        costs = np.where(at_work, wishes, 0).sum(axis=1).astype(float)
        index = whole[whole >= 0]
        count = len(fresh)
        self._highs.addCols(
            count, costs, np.zeros(count), np.full(count, highspy.kHighsInf), len(index),
            starts.astype(np.int32), index.astype(np.int32), np.ones(len(index)),
        )  # fmt: skip

    def solve(self) -> Relaxed:
        """The programme as it stands."""
        self._highs.setOptionValue("simplex_strategy", self._strategy)
        self._highs.run()
        self._strategy = PRIMAL_SIMPLEX
        found = self._highs.getSolution()
        values = np.array(found.col_value)
        duals = np.array(found.row_dual)
        _, days, shifts = self.problem.size
        return Relaxed(
            float(self._highs.getInfo().objective_function_value) + self.spent,
            values[2 * self.cells :],
            duals[: self.cells].reshape(days, shifts),
            dict(zip(self.people.tolist(), duals[self.cells :].tolist(), strict=True)),
        )

    def fix(self, columns: list[int]) -> None:
        """Give these people these patterns from now on; their other patterns leave the programme."""
        owners = self.owner[columns]
        self._bound_columns(np.flatnonzero(np.isin(self.owner, owners)), 0.0, 0.0)
        self._bound_columns(np.array(columns), 1.0, 1.0)
        self._fixed += columns

    def _bound_columns(self, columns: Ints, lower: float, upper: float) -> None:
        count = len(columns)
        index = (2 * self.cells + columns).astype(np.int32)
        self._highs.changeColsBounds(count, index, np.full(count, lower), np.full(count, upper))
        self._strategy = DUAL_SIMPLEX

    def whole(self, seconds: float, nodes: int) -> tuple[list[Pattern], bool]:
        """One pattern for each person, the best of those here as far as the search goes; and whether it ended.

        The programme is of no use afterwards.
        """
        count = len(self.patterns)
        index = (2 * self.cells + np.arange(count)).astype(np.int32)
        self._highs.changeColsIntegrality(count, index, np.array([highspy.HighsVarType.kInteger] * count))
        for name, value in (("presolve", "on"), ("time_limit", seconds), ("mip_max_nodes", nodes)):
            self._highs.setOptionValue(name, value)
        self._highs.run()
        ended = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        values = np.array(self._highs.getSolution().col_value)[2 * self.cells :]
        return [self.patterns[column] for column in np.flatnonzero(values > 0.5).tolist()], ended

    def grow(
        self, people: Ints, rounds: int, each: int, goes_on: Callable[[], bool], enough: float = -np.inf
    ) -> Relaxed:
        """Solve and price in turn for these people until nothing is gained, or it is enough, or the time is over."""
        whole = len(people) == len(self.people)
        centre = self._centre if whole else None
        local, relaxed = -np.inf, self.solve()
        smooth = SMOOTH
        for _ in range(rounds):
            if relaxed.value <= enough or not goes_on():
                break
            cover = relaxed.cover if centre is None else smooth * centre + (1 - smooth) * relaxed.cover
            priced = self.pricer.price(self.problem.wishes - cover[None], people, each)
            bound = self._bound_at(cover, priced, people)
            if bound > local or centre is None:
                local, centre = max(bound, local), cover
            if whole and local > self.bound:
                self.bound, self._centre = local, centre
            if relaxed.value - local < _close(relaxed.value):
                break
            fresh = self.add([one for one in priced.patterns if self._gain(one, relaxed) < -INTEGRAL])
            if not fresh and smooth == 0.0:
                break
            smooth = SMOOTH if fresh else 0.0
            relaxed = self.solve()
        return relaxed

    def narrowed(self, relaxed: Relaxed, people: Ints, each: int) -> "Master":
        """A fresh, small programme for these people, with their most promising patterns; the others' are fixed."""
        standing = np.full(self.problem.size[:2], OFF, dtype=np.int64)
        for column in self._fixed:
            standing[self.patterns[column].person] = self.patterns[column].turns
        kept = [one for one in map(int, self.people) if one not in set(people.tolist())]
        smaller = Master(self.problem, self.pricer, people)
        smaller.required = self.required - worked(self.problem, standing[kept])
        smaller.spent = self.spent + int(wish_costs(self.problem, standing)[kept].sum())
        smaller._highs = _empty(self.problem, smaller.required, len(people))
        smaller.add(self.promising(relaxed, people, each))
        return smaller

    def promising(self, relaxed: Relaxed, people: Ints, each: int) -> list[Pattern]:
        """For each of these people the patterns that the programme takes most of, or would take next."""
        found: list[Pattern] = []
        for person in people.tolist():
            own = np.flatnonzero(self.owner == person).tolist()
            own.sort(key=lambda column: (-relaxed.shares[column], self._gain(self.patterns[column], relaxed)))
            found += [self.patterns[column] for column in own[:each]]
        return found

    def _gain(self, one: Pattern, relaxed: Relaxed) -> float:
        """The pattern's reduced cost at the programme's own prices."""
        gain = -relaxed.persons[one.person]
        for day, shift in enumerate(one.turns):
            if shift != OFF:
                gain += self.problem.wishes[one.person, day, shift] - relaxed.cover[day, shift]
        return float(gain)

    def _bound_at(self, cover: Floats, priced: Priced, people: Ints) -> float:
        """What no roster can beat at these prices; those whose pattern is fixed count with it."""
        problem = self.problem
        clipped = np.clip(cover, -problem.over, problem.under)
        total = (
            float((self.required * clipped).sum())
            + sum(priced.least.get(one, np.inf) for one in people.tolist())
            + self.spent
        )
        for column in self._fixed:
            one = self.patterns[column]
            for day, shift in enumerate(one.turns):
                if shift != OFF:
                    total += problem.wishes[one.person, day, shift] - clipped[day, shift]
        return total

    def whole_bound(self) -> int:
        """The bound as a whole number, as all weights are."""
        return ceil(self.bound - 1e-4)


def _close(value: float) -> float:
    """When a bound is near enough to the programme's value: nothing whole lies between."""
    return max(0.05, abs(value) * 2e-5)


def _empty(problem: Arrays, required: Ints, people: int) -> Any:
    """Rows for cover and for people, and the columns of missing and surplus people."""
    cells = problem.required.size
    highs = quiet.highs()
    for lower in (*required.ravel().tolist(), *[1.0] * people):
        highs.addRow(float(lower), float(lower), 0, np.zeros(0, dtype=np.int32), np.zeros(0))
    costs = np.concatenate([problem.under.ravel(), problem.over.ravel()]).astype(float)
    index = np.concatenate([np.arange(cells), np.arange(cells)]).astype(np.int32)
    values = np.concatenate([np.ones(cells), -np.ones(cells)])
    count = 2 * cells
    highs.addCols(
        count, costs, np.zeros(count), np.full(count, highspy.kHighsInf), count,
        np.arange(count, dtype=np.int32), index, values,
    )  # fmt: skip
    return highs
