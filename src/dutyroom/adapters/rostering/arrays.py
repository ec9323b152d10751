"""What the solvers know of a roster: people x days x shifts as arrays, with the rules of one person and of cover.

It refuses to know where the numbers came from, and no clock. A roster is an array [person, day] of shift numbers, or
`OFF`. The rules of one person hang on one person alone; only cover joins people, and it is soft.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

OFF = -1
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, eq=False)
class Arrays:
    """One roster to make. Sizes: P people, D days, S shifts; weights are whole numbers."""

    people: tuple[str, ...]
    shifts: tuple[str, ...]
    minutes: Ints  # [S] length of a shift
    follows: Bools  # [S, S] may the second shift be worked on the day after the first
    max_shifts: Ints  # [P, S] over the whole horizon; 0: may not
    max_minutes: Ints  # [P]
    min_minutes: Ints  # [P]
    max_run: Ints  # [P] days worked in a row, counted inside the horizon
    min_run: Ints  # [P] days worked in a row; waived at both ends of the horizon
    min_rest: Ints  # [P] days off in a row; waived likewise
    max_weekends: Ints  # [P] weekends with a shift on Saturday or Sunday
    allowed: Bools  # [P, D, S] leave, qualification and fixed turns
    may_rest: Bools  # [P, D] false where a turn is fixed
    wishes: Ints  # [P, D, S] what this turn costs, or saves when negative
    granted: int  # what the roster costs before any turn is given: every wish for a turn still open
    required: Ints  # [D, S]
    under: Ints  # [D, S] weight of each one missing
    over: Ints  # [D, S] weight of each one too many
    first_weekday: int = 0  # 0: day 0 is a Monday

    @property
    def size(self) -> tuple[int, int, int]:
        """People, days, shifts."""
        people, days, shifts = self.allowed.shape
        return people, days, shifts

    def weekday(self, day: int) -> int:
        """0 is Monday."""
        return (self.first_weekday + day) % 7

    def weekends(self) -> list[list[int]]:
        """The days of each weekend inside the horizon: both, or the one at an end."""
        found: list[list[int]] = []
        for day in range(self.size[1]):
            if self.weekday(day) == SATURDAY or (self.weekday(day) == SUNDAY and day == 0):
                found.append([day])
            elif self.weekday(day) == SUNDAY:
                found[-1].append(day)
        return found


def worked(problem: Arrays, roster: Ints) -> Ints:
    """How many work each shift on each day: [D, S]."""
    shifts = np.arange(problem.size[2])
    return np.asarray((roster[:, :, None] == shifts).sum(axis=0), dtype=np.int64)


def cover_cost(problem: Arrays, count: Ints) -> int:
    """What missing and surplus people cost."""
    missing = np.maximum(problem.required - count, 0)
    surplus = np.maximum(count - problem.required, 0)
    return int((missing * problem.under + surplus * problem.over).sum())


def wish_costs(problem: Arrays, roster: Ints) -> Ints:
    """What each person's turns cost or save in wishes: [P]."""
    costs = np.take_along_axis(problem.wishes, np.maximum(roster, 0)[:, :, None], axis=2)[:, :, 0]
    return np.asarray(np.where(roster == OFF, 0, costs).sum(axis=1), dtype=np.int64)


def cost(problem: Arrays, roster: Ints) -> int:
    """The whole cost of a roster, hard rules apart."""
    wishes = int(wish_costs(problem, roster).sum())
    return problem.granted + wishes + cover_cost(problem, worked(problem, roster))


def breaches(problem: Arrays, roster: Ints) -> int:
    """How many of the hard rules of persons are broken; what the solvers hold themselves to."""
    people, days, shifts = problem.size
    at_work = roster != OFF
    broken = 0
    for person in range(people):
        turns = roster[person]
        some = np.flatnonzero(at_work[person])
        counts = np.bincount(turns[some], minlength=shifts)
        total = int(problem.minutes[turns[some]].sum())
        broken += int((counts > problem.max_shifts[person]).sum())
        broken += not problem.min_minutes[person] <= total <= problem.max_minutes[person]
        broken += int((~problem.allowed[person, some, turns[some]]).sum())
        broken += int((~at_work[person] & ~problem.may_rest[person]).sum())
        broken += sum(
            not problem.follows[turns[day], turns[day + 1]]
            for day in some
            if day + 1 < days and at_work[person, day + 1]
        )
        weekends = sum(bool(at_work[person, pair].any()) for pair in problem.weekends())
        broken += weekends > problem.max_weekends[person]
        broken += _runs_broken(problem, person, at_work[person])
    return int(broken)


def _runs_broken(problem: Arrays, person: int, at_work: Bools) -> int:
    days, broken, begun = len(at_work), 0, 0
    for day in range(1, days + 1):
        if day < days and at_work[day] == at_work[begun]:
            continue
        length, inside = day - begun, begun > 0 and day < days
        if at_work[begun]:
            broken += length > problem.max_run[person]
            broken += inside and length < problem.min_run[person]
        else:
            broken += inside and length < problem.min_rest[person]
        begun = day
    return broken
