"""One person at a time: the best turns for each, given everybody else's. A first roster, and the last small gains."""

from collections.abc import Callable

import numpy as np

from dutyroom.adapters.rostering.arrays import OFF, Arrays, Floats, Ints, cost, worked
from dutyroom.adapters.rostering.pricing import Pricer


def marginal(problem: Arrays, count: Ints) -> Floats:
    """What one more person at each shift costs or saves in cover: [D, S]."""
    return np.where(count < problem.required, -problem.under, problem.over).astype(np.float64)


def filled(problem: Arrays, pricer: Pricer, roster: Ints, people: list[int]) -> tuple[Ints, list[int]]:
    """The roster with these people given turns one after another; and those whom no turns at all would suit."""
    roster, stuck = roster.copy(), []
    count = worked(problem, roster)
    for person in people:
        before = worked(problem, roster[[person]])
        patterns = _best(problem, pricer, person, count - before)
        if patterns is None:
            stuck.append(person)
            continue
        roster[person] = patterns
        count += worked(problem, roster[[person]]) - before
    return roster, stuck


def settled(problem: Arrays, pricer: Pricer, roster: Ints, goes_on: Callable[[], bool]) -> Ints:
    """The roster after as many rounds of single replies as gain something."""
    value, before = cost(problem, roster), np.inf
    while value < before:
        before = value
        for person in range(problem.size[0]):
            if not goes_on():
                return roster
            roster, _ = filled(problem, pricer, roster, [person])
        value = cost(problem, roster)
    return roster


def _best(problem: Arrays, pricer: Pricer, person: int, count: Ints) -> tuple[int, ...] | None:
    prices = np.zeros(problem.size)
    prices[person] = problem.wishes[person] + marginal(problem, count)
    patterns = pricer.price(prices, np.array([person]), 1).patterns
    return patterns[0].turns if patterns else None


def empty(problem: Arrays) -> Ints:
    """Nobody works."""
    return np.full(problem.size[:2], OFF, dtype=np.int64)
