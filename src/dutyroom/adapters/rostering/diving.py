"""From shares of patterns to a roster: fix the clearest, price everybody else's anew, and so on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

import numpy as np

from dutyroom.adapters.rostering.arrays import Ints
from dutyroom.adapters.rostering.master import Master, Relaxed
from dutyroom.adapters.rostering.responding import empty

HASTY = 0.5  # a share that is clear enough when the time is short


@dataclass(frozen=True, slots=True)
class Way:
    """How a dive goes: rounds of pricing after each fixing, patterns a person in each, what is clear, and so on."""

    rounds: int = 25
    each: int = 2
    clear: float = 0.95
    jitter: float = 0.1  # chance among nearly equal shares, so that dives differ
    slack: float = 0.003  # how far above the bound is near enough to fix the next
    kept: int = 40  # patterns a person that a narrowed programme begins with
    few: int = 5  # people left at the end, whose turns CP-SAT finds all together
    narrow: float = 0.8  # narrowed when so few of its people are left


def dive(
    master: Master, relaxed: Relaxed, way: Way, draw: Random, goes_on: Callable[[Relaxed], bool]
) -> tuple[Ints, list[int]]:
    """A roster with turns for all but a few, and those few, to whom the others' turns leave little to choose.

    When it is not to go on as it began (the time is short, or it already costs too much) nothing is priced any more and
    less clear patterns are fixed as well, so that it ends soon.
    """
    left, enough = master.people, max(master.bound, 1.0) * (1 + way.slack)
    roster = empty(master.problem)
    programme = master.narrowed(relaxed, left, way.kept)
    relaxed = programme.solve()
    while len(left) > way.few:
        if not goes_on(relaxed):
            way = replace(way, rounds=0, clear=HASTY)
        chosen = _clearest(programme, relaxed, left, draw, way)
        programme.fix(chosen)
        for column in chosen:
            one = programme.patterns[column]
            roster[one.person] = one.turns
        left = np.setdiff1d(left, programme.owner[chosen])
        if 0 < len(left) <= way.narrow * len(programme.people):
            programme = programme.narrowed(programme.solve(), left, way.kept)
        if len(left):
            relaxed = programme.grow(left, way.rounds, way.each, partial(goes_on, relaxed), enough)
    return roster, left.tolist()


def _clearest(master: Master, relaxed: Relaxed, left: Ints, draw: Random, way: Way) -> list[int]:
    """The patterns that the programme all but takes whole; at least one."""
    shares = relaxed.shares
    best: dict[int, tuple[float, int]] = {}
    among = set(left.tolist())
    for column in np.flatnonzero(shares > 1e-6).tolist():
        person = int(master.owner[column])
        if person in among:
            best[person] = max(best.get(person, (0.0, -1)), (float(shares[column]), column))
    chosen = [column for share, column in best.values() if share > way.clear]
    if chosen:
        return chosen
    return [max((share + draw.uniform(0, way.jitter), column) for share, column in best.values())[1]]
