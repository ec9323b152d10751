"""The cheapest explanation of a record, by uniform-cost search over its repairs (Dijkstra 1959).

A path of the search is a replay with some repairs. The cheapest is followed until it parts from the record; every
repair that may mend that place makes a new path; the first path that reaches the end is a cheapest explanation. Ties go
to the repair that is tried first, in the order of this file. Two bounds keep it finite, and both are stated in what is
found: a repair that lets SETTLED further decisions follow is taken as right, and after MOST partings without getting
that far the search gives up, says where, and explains nothing.
"""

import heapq
from dataclasses import dataclass

from dutyroom.core.evolve import evolve
from dutyroom.core.state import Case
from dutyroom.interpreters.audit.mending import Mending
from dutyroom.interpreters.audit.repairs import Repair, listed
from dutyroom.interpreters.audit.replaying import Parted, Path, Replay

SETTLED = 100  # decisions
MOST = 200  # partings


@dataclass(frozen=True, slots=True)
class Explained:
    """The repairs of a cheapest explanation and the case they lead to; `stuck_at` is 0, or where the search gave up."""

    repairs: tuple[Repair, ...]
    cost: int
    case: Case
    loose: frozenset[str]
    stuck_at: int = 0


class _Heap:
    """Paths by cost; at a tie the one that has come further, then the one that was found first."""

    def __init__(self) -> None:
        self.paths: list[tuple[int, int, int, Path]] = []
        self.number = 0

    def push(self, path: Path) -> None:
        self.number += 1
        heapq.heappush(self.paths, (path.cost, -path.place, self.number, path))

    def pop(self) -> Path:
        return heapq.heappop(self.paths)[-1]


def explain(replay: Replay) -> Explained:
    """The cheapest explanation of the record that the replay follows."""
    heap, mending, partings = _Heap(), Mending(replay), 0
    heap.push(Path())
    seen: dict[tuple[int, int, int], list[Path]] = {}
    farthest = Path()
    while heap.paths and partings < MOST:
        path = heap.pop()
        came = replay.follow(path)
        if isinstance(came, Path):
            left = list(mending.left_over(came))
            if not left:
                return Explained(listed(came.trail), came.cost, came.case, frozenset().union(*came.loose))
            for other in left:
                heap.push(other)
            continue
        partings += 1
        if came.path.place >= farthest.place + SETTLED:
            heap.paths.clear()
            seen.clear()
            partings = 1
        if came.path.place >= farthest.place:
            farthest = came.path
        for other in () if _known(seen, came) else mending.ways(came):
            heap.push(other)
    stuck = replay.blocks[farthest.place].first if farthest.place < len(replay.blocks) else 1
    return Explained((), 0, _as_recorded(replay), frozenset(), stuck)


def _as_recorded(replay: Replay) -> Case:
    """The case as its entries leave it, by no rule; those that fit nothing are passed over."""
    case, steps = Case(), replay.rules.plan.step
    for event in (event for block in replay.blocks for event in block.events):
        if getattr(event, "step", next(iter(steps), "")) not in steps:
            continue
        try:
            case = evolve(case, event)
        except (KeyError, ValueError, AttributeError):
            continue
    return case


def _known(seen: dict[tuple[int, int, int], list[Path]], parted: Parted) -> bool:
    """Whether a path that was no dearer has come to the same place with the same case."""
    path = parted.path
    place = (path.place, len(path.rest.events) if path.rest else 0, len(path.held))
    others = seen.setdefault(place, [])
    for other in others:
        same = (other.held, other.loose, other.late) == (path.held, path.loose, path.late)
        if same and other.case == path.case:
            return True
    others.append(path)
    return False
