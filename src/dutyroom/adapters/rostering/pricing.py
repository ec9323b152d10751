"""The cheapest work pattern of each person under given prices of turns: shortest paths, all people of a kind at once.

A pattern is a walk through the days. Where a person stands after a day is: at rest for so many days, or at work in a
shift for so many days in a row, and what minutes, weekends and counted shifts are used up (`resources`). One day is a
handful of whole-array steps over states x places x people, which is why no compiler is needed. Shifts that the rules
cannot tell apart share a state; the cheapest of them is taken.

A counter for a shift whose limit hardly ever binds is left out: what no pattern can beat stays true without it.
Patterns that break such a limit are dropped, and only a person who has no other is priced again with the counter.
"""

from dataclasses import dataclass

import numpy as np

from dutyroom.adapters.rostering.arrays import OFF, SATURDAY, SUNDAY, Arrays, Bools, Floats, Ints
from dutyroom.adapters.rostering.resources import Resources, resources

OFTEN = (
    3  # a limit below this part of what a person could work at most binds often enough to be counted always
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One person's turns over the horizon and the value at which they were found."""

    person: int
    value: float
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """Patterns, the cheapest of each person first, and for each person what no pattern can beat."""

    patterns: list[Pattern]
    least: dict[int, float]


class Pricer:
    """Prices patterns of any people of one problem; keeps the tables of each kind of people."""

    def __init__(self, problem: Arrays) -> None:
        self.problem = problem
        possible = problem.max_minutes[:, None] // np.maximum(problem.minutes, 1)[None, :]
        possible = np.minimum(possible, problem.size[1])
        limited = (problem.max_shifts > 0) & (problem.max_shifts < possible)
        self._counted = limited & (problem.max_shifts * OFTEN <= possible)
        self._kinds: dict[tuple[object, ...], Kind] = {}

    def price(self, prices: Floats, people: Ints, each: int = 1) -> Priced:
        """Up to `each` patterns a person, at least one unless there is none. `prices[p, day, shift]` a turn."""
        good: list[Pattern] = []
        least: dict[int, float] = {}
        counted, waiting = self._counted.copy(), people
        while len(waiting):
            broken: set[int] = set()
            for kind, some in self._by_kind(waiting, counted):
                for one in kind.price(prices, some, each):
                    least[one.person] = min(one.value, least.get(one.person, np.inf))
                    over = self._over(one)
                    if over.any():
                        counted[one.person] |= over
                        broken.add(one.person)
                    else:
                        good.append(one)
            waiting = np.array(sorted(broken - {one.person for one in good}), dtype=np.int64)
            for person in waiting.tolist():
                del least[person]
        return Priced(sorted(good, key=lambda one: (one.person, one.value)), least)

    def _over(self, one: Pattern) -> Bools:
        """Which shifts the pattern has too often."""
        turns = np.array(one.turns)
        counts = np.bincount(turns[turns != OFF], minlength=self.problem.size[2])
        return np.asarray(counts > self.problem.max_shifts[one.person])

    def _by_kind(self, people: Ints, counted: Bools) -> list[tuple["Kind", Ints]]:
        problem = self.problem
        sorts: dict[tuple[int, int, int, tuple[int, ...]], list[int]] = {}
        for person in people.tolist():
            key = (
                int(problem.max_run[person]),
                int(problem.min_run[person]),
                int(problem.min_rest[person]),
                tuple(np.flatnonzero(counted[person]).tolist()),
            )
            sorts.setdefault(key, []).append(person)
        found = []
        for key, some in sorts.items():
            members = np.array(some, dtype=np.int64)
            found.append((self._kind(key, members), members))
        return found

    def _kind(self, key: tuple[int, int, int, tuple[int, ...]], members: Ints) -> "Kind":
        """Tables wide enough for these people, made once for all who share the rules."""
        problem = self.problem
        limits = (
            int(problem.max_minutes[members].max()),
            int(problem.max_weekends[members].max()),
            *(int(problem.max_shifts[members, shift].max()) for shift in key[3]),
        )
        known = self._kinds.get(key)
        if known is None or any(a > b for a, b in zip(limits, known.limits, strict=True)):
            known = self._kinds[key] = Kind(problem, key, limits)
        return known


class Kind:
    """People with the same limits on runs and the same counted shifts: one table of states for all of them."""

    def __init__(
        self, problem: Arrays, key: tuple[int, int, int, tuple[int, ...]], limits: tuple[int, ...]
    ) -> None:
        days = problem.size[1]
        self.problem, self.limits = problem, limits
        self.longest = max(1, min(key[0], days))
        self.min_run = max(1, min(key[1], self.longest + 1))
        self.rests = max(1, min(key[2], days))
        self.counted = key[3]
        self.classes = _classes(problem, self.counted)
        firsts = [some[0] for some in self.classes]
        self.joins = problem.follows[np.ix_(firsts, firsts)]  # [class before, class after]
        steps = np.zeros((len(firsts), 2 + len(self.counted)), dtype=np.int64)
        steps[:, 0] = problem.minutes[firsts]
        for place, shift in enumerate(self.counted):
            steps[[shift in some for some in self.classes], 2 + place] = 1
        self.table: Resources = resources(steps, np.array(limits))
        self.states = self.rests + len(self.classes) * self.longest
        self._befores()

    def _befores(self) -> None:
        """For each state the states one day before, padded with itself; which of them hold is a matter of the day."""
        lists: list[list[int]] = []
        for rest in range(self.rests):
            some = [rest - 1] if rest else list(range(self.rests, self.states))
            if rest == self.rests - 1:
                some = [*some, rest]
            lists.append(some)
        for number in range(len(self.classes)):
            for run in range(self.longest):
                if run == 0:
                    lists.append(list(range(self.rests)))
                else:
                    lists.append(
                        [self._state(c, run - 1) for c in np.flatnonzero(self.joins[:, number]).tolist()]
                    )
        width = max(1, max(map(len, lists)))
        self.behind = np.zeros((self.states, width), dtype=np.int64)
        self.is_behind = np.zeros((self.states, width), dtype=bool)
        for state, some in enumerate(lists):
            self.behind[state, : len(some)] = some
            self.is_behind[state, : len(some)] = True

    def _state(self, number: int, run: int) -> int:
        return self.rests + number * self.longest + run

    def price(self, prices: Floats, people: Ints, each: int) -> list[Pattern]:
        """Forward through the days, then back along the best ends."""
        costs, picks = self._costs(prices, people)
        rest_costs = np.where(self.problem.may_rest[people], 0.0, np.inf).T  # [D, P]
        layers = self._forward(costs, rest_costs)
        ends = layers[-1][:, :-1].min(axis=0)  # [R, P]
        ends = np.where(self._ends_well(people), ends, np.inf)
        if each < len(ends):
            places = np.argpartition(ends, each - 1, axis=0)[:each]
        else:
            places = np.repeat(np.arange(len(ends))[:, None], len(people), axis=1)
        columns = np.repeat(np.arange(len(people))[None, :], len(places), axis=0)
        places, columns = places.ravel(), columns.ravel()
        values = ends[places, columns]
        real = np.isfinite(values)
        places, columns, values = places[real], columns[real], values[real]
        turns = self._back(layers, picks, places, columns)
        return [
            Pattern(int(people[column]), float(value), tuple(row))
            for column, value, row in zip(columns, values, turns.tolist(), strict=True)
        ]

    def _costs(self, prices: Floats, people: Ints) -> tuple[Floats, Ints]:
        """The cheapest shift of each class, and which it is: [D, C, P]."""
        able = self.problem.allowed[people] & (self.problem.max_run[people] > 0)[:, None, None]
        own = np.where(able, prices[people], np.inf)
        costs, picks = [], []
        for some in self.classes:
            part = own[:, :, some]
            best = part.argmin(axis=2)
            costs.append(np.take_along_axis(part, best[:, :, None], axis=2)[:, :, 0].T)
            picks.append(np.array(some, dtype=np.int64)[best].T)
        return np.stack(costs, axis=1), np.stack(picks, axis=1)

    def _ends_well(self, people: Ints) -> Bools:
        """At which places each of these people may end: [R, P]."""
        problem, used = self.problem, self.table.used
        minutes, weekends = used[:, 0, None], used[:, 1, None]
        good = (minutes >= problem.min_minutes[people]) & (minutes <= problem.max_minutes[people])
        good &= weekends <= problem.max_weekends[people]
        for place, shift in enumerate(self.counted):
            good &= used[:, 2 + place, None] <= problem.max_shifts[people, shift]
        return np.asarray(good)

    def _forward(self, costs: Floats, rest_costs: Floats) -> list[Floats]:
        """The least cost of standing in each state at each place after each day: [state, place, person] a day."""
        days, classes, people = costs.shape
        shape = (self.states, self.table.nowhere + 1, people)
        first = np.full(shape, np.inf)
        first[0, 0] = rest_costs[0]
        begins = int(self.problem.weekday(0) in (SATURDAY, SUNDAY))
        for number in range(classes):
            place = np.flatnonzero(self.table.before[number, begins] == 0)
            first[self._state(number, 0), place] = costs[0, number]
        layers = [first]
        for day in range(1, days):
            layers.append(self._step(layers[-1], day, costs[day], rest_costs[day]))
        return layers

    def _step(self, old: Floats, day: int, costs: Floats, rest_costs: Floats) -> Floats:
        new = np.empty_like(old)
        rests, runs = (
            old[: self.rests],
            old[self.rests :].reshape(len(self.classes), self.longest, *old.shape[1:]),
        )
        self._rest(new, rests, runs, day)
        new[: self.rests] += rest_costs
        ready = rests[-1]
        if day < self.rests:  # at rest since the first day: the least rest is waived
            ready = np.minimum(ready, rests[day - 1])
        weekday = self.problem.weekday(day)
        fresh, going = int(weekday in (SATURDAY, SUNDAY)), int(weekday == SATURDAY)
        ahead = new[self.rests :].reshape(runs.shape)
        joined: dict[bytes, Floats] = {}
        for number in range(len(self.classes)):
            before = self.table.before[number]
            np.take(ready, before[fresh], axis=0, out=ahead[number, 0])
            if self.longest > 1:
                best = self._joined(joined, runs, number)
                np.take(best, before[going], axis=1, out=ahead[number, 1:])
            ahead[number] += costs[number]
        return new

    def _rest(self, new: Floats, rests: Floats, runs: Floats, day: int) -> None:
        """Those who stop working today, and those who rest on."""
        stopping = runs[:, self.min_run - 1 :].min(axis=(0, 1), initial=np.inf)
        if day < self.min_run and day <= self.longest:  # at work since the first day: the least run is waived
            stopping = np.minimum(stopping, runs[:, day - 1].min(axis=0))
        new[0] = stopping
        new[1 : self.rests] = rests[: self.rests - 1]
        np.minimum(new[self.rests - 1], rests[-1], out=new[self.rests - 1])

    def _joined(self, joined: dict[bytes, Floats], runs: Floats, number: int) -> Floats:
        """The cheapest run, one day shorter, of any class that this one may follow."""
        some = self.joins[:, number]
        key = some.tobytes()
        if key not in joined:
            best = np.full(runs[0, :-1].shape, np.inf)
            for before in np.flatnonzero(some).tolist():
                np.minimum(best, runs[before, :-1], out=best)
            joined[key] = best
        return joined[key]

    def _back(self, layers: list[Floats], picks: Ints, places: Ints, columns: Ints) -> Ints:
        """The turns of each walk, from its end to its beginning."""
        days = len(layers)
        turns = np.full((len(places), days), OFF, dtype=np.int64)
        states = layers[-1][:, places, columns].argmin(axis=0)
        for day in range(days - 1, -1, -1):
            number, run = np.divmod(states - self.rests, self.longest)
            at_work = states >= self.rests
            turns[at_work, day] = picks[day, number[at_work], columns[at_work]]
            if day == 0:
                break
            weekday = self.problem.weekday(day)
            begins = np.where(run == 0, weekday in (SATURDAY, SUNDAY), weekday == SATURDAY).astype(np.int64)
            places = np.where(at_work, self.table.before[np.maximum(number, 0), begins, places], places)
            values = layers[day - 1][self.behind[states], places[:, None], columns[:, None]]
            values = np.where(self._holds(states, day), values, np.inf)
            states = self.behind[states, values.argmin(axis=1)]
        return turns

    def _holds(self, states: Ints, day: int) -> Bools:
        """Which of the listed states before may really come before these states on this day."""
        behind, holds = self.behind[states], self.is_behind[states]
        run = (behind - self.rests) % self.longest
        working = behind >= self.rests
        resting = (states < self.rests)[:, None]
        stops = (run >= self.min_run - 1) | (run == day - 1)
        rested = (behind == self.rests - 1) | (behind == day - 1)
        return np.asarray(holds & np.where(resting, ~working | stops, working | rested))


def _classes(problem: Arrays, counted: tuple[int, ...]) -> list[list[int]]:
    """Shifts that no rule tells apart."""
    sorts: dict[tuple[object, ...], list[int]] = {}
    for shift in range(problem.size[2]):
        key = (
            problem.follows[shift].tobytes(),
            problem.follows[:, shift].tobytes(),
            int(problem.minutes[shift]),
            shift if shift in counted else OFF,
        )
        sorts.setdefault(key, []).append(shift)
    return list(sorts.values())
