"""Which cells of a roster to free next, so that a better whole is found in about a second.

Three shapes: some people over the whole horizon (regrouped by patterns), everybody over a few days, some people over a
week or two (both by CP-SAT). Each keeps a size that grows when the search came to its end and shrinks when it did not.
"""

from dataclasses import dataclass, field
from random import Random

import numpy as np

from dutyroom.adapters.rostering.arrays import Arrays, Bools, Ints, worked

PEOPLE, DAYS, BLOCK = "people", "days", "block"
SHAPES = (PEOPLE, DAYS, BLOCK)
GROWS, SHRINKS = 1.15, 0.8


@dataclass(slots=True)
class Sizes:
    """How many cells each shape frees at present, and how often it gained."""

    cells: dict[str, float] = field(default_factory=lambda: {PEOPLE: 250.0, DAYS: 120.0, BLOCK: 140.0})
    gains: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SHAPES, 1.0))

    def learn(self, shape: str, proved: bool, gained: bool) -> None:
        """Take in how it went."""
        self.cells[shape] = min(4_000.0, max(20.0, self.cells[shape] * (GROWS if proved else SHRINKS)))
        self.gains[shape] = max(0.15, 0.9 * self.gains[shape] + (1.0 if gained else 0.0))

    def shape(self, draw: Random) -> str:
        """A shape by chance, those that gained more often."""
        return draw.choices(SHAPES, [self.gains[one] for one in SHAPES])[0]


def freed(problem: Arrays, roster: Ints, shape: str, cells: float, draw: Random) -> Bools:
    """The cells to free: [P, D]."""
    people, days, _ = problem.size
    free = np.zeros((people, days), dtype=bool)
    if shape == DAYS:
        length = min(days, max(2, round(cells / people)))
        first = draw.randrange(0, days - length + 1)
        free[:, first : first + length] = True
    elif shape == PEOPLE:
        free[_people(problem, roster, max(2, round(cells / days)), draw)] = True
    else:
        length = min(days, draw.choice((7, 10, 14)))
        first = draw.randrange(0, days - length + 1)
        some = _people(problem, roster, max(3, round(cells / length)), draw)
        free[np.ix_(some, range(first, first + length))] = True
    return free


def _people(problem: Arrays, roster: Ints, count: int, draw: Random) -> list[int]:
    """People by chance, or those who could mend a cell where somebody is missing or one too many."""
    everybody = list(range(problem.size[0]))
    if count >= len(everybody):
        return everybody
    if draw.random() < 0.5:
        return sorted(draw.sample(everybody, count))
    wrong = worked(problem, roster) != problem.required
    weights = np.where(wrong, np.maximum(problem.under, problem.over), 0).ravel()
    if not weights.any():
        return sorted(draw.sample(everybody, count))
    cell = draw.choices(range(len(weights)), weights.tolist())[0]
    day, shift = divmod(cell, problem.size[2])
    able = [one for one in everybody if problem.allowed[one, day, shift]]
    chosen = draw.sample(able, min(len(able), max(1, count * 2 // 3)))
    others = [one for one in everybody if one not in set(chosen)]
    return sorted(chosen + draw.sample(others, count - len(chosen)))
