"""What a person has used up so far, as the places of a table: minutes, weekends, and turns of each counted shift.

Only what can be reached has a place, so that lengths of 480 and 600 minutes do not need a place for every 120. All of
it only grows; a limit is therefore looked at once, at the end. The last place is nowhere: what leads over every
limit.
"""

from dataclasses import dataclass

import numpy as np

from dutyroom.adapters.rostering.arrays import Ints


@dataclass(frozen=True, eq=False)
class Resources:
    """The places, and for each kind of turn the place before: `before[turn, weekend_begins, place]`."""

    used: Ints  # [R, 2 + counted]: minutes, weekends, then counters
    before: Ints  # [C, 2, R + 1]

    @property
    def nowhere(self) -> int:
        """The place that costs without end."""
        return len(self.used)


def resources(steps: Ints, limits: Ints) -> Resources:
    """Every place within the limits, reached by turns that each use a row of `steps` (weekends come apart)."""
    weekend = np.zeros(steps.shape[1], dtype=np.int64)
    weekend[1] = 1
    moves = [(tuple(step), tuple(step + weekend)) for step in steps]
    start = (0,) * steps.shape[1]
    places, order = {start: 0}, [start]
    most = tuple(int(limit) for limit in limits)
    for place in order:
        for pair in moves:
            for move in pair:
                there = tuple(a + b for a, b in zip(place, move, strict=True))
                if there not in places and all(a <= b for a, b in zip(there, most, strict=True)):
                    places[there] = len(order)
                    order.append(there)
    return Resources(np.array(order, dtype=np.int64), _before(places, moves))


def _before(places: dict[tuple[int, ...], int], moves: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> Ints:
    nowhere = len(places)
    before = np.full((len(moves), 2, nowhere + 1), nowhere, dtype=np.int64)
    for turn, pair in enumerate(moves):
        for begins, move in enumerate(pair):
            for place, number in places.items():
                behind = tuple(int(a - b) for a, b in zip(place, move, strict=True))
                before[turn, begins, number] = places.get(behind, nowhere)
    return before
