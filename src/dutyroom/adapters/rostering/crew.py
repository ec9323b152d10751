"""Who does the heavy steps: this process alone, or some processes at once. The answers come in the order of the tasks.

A task is a function of this package, its arguments, and the seconds that are left. What a process keeps between tasks
(tables of the pricer) changes how fast it is, never what it answers.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, Protocol

from dutyroom.adapters.rostering.arrays import Arrays
from dutyroom.adapters.rostering.pricing import Pricer

Left = Callable[[], float]  # seconds


@dataclass(eq=False)
class Desk:
    """What one process knows of the problem."""

    problem: Arrays
    pricer: Pricer = field(init=False)

    def __post_init__(self) -> None:
        self.pricer = Pricer(self.problem)


Task = Callable[[Desk, Any, Left], Any]


class Crew(Protocol):
    """Runs one task for each of some arguments."""

    size: int

    def run(self, task: Task, arguments: Sequence[Any], left: Left) -> list[Any]:
        """The answers, in order."""

    def close(self) -> None:
        """Let the processes go."""


class Alone:
    """This process, one task after another."""

    size = 1

    def __init__(self, problem: Arrays) -> None:
        self.desk = Desk(problem)

    def run(self, task: Task, arguments: Sequence[Any], left: Left) -> list[Any]:
        """The answers, in order."""
        return [task(self.desk, one, left) for one in arguments]

    def close(self) -> None:
        """Nothing to let go."""


class Together:
    """Some processes, started afresh so that nothing of this one is shared."""

    def __init__(self, problem: Arrays, size: int) -> None:
        self.size = size
        self._pool = ProcessPoolExecutor(size, get_context("spawn"), _sit_down, (problem,))
        for _ in range(size):
            self._pool.submit(_ready)

    def run(self, task: Task, arguments: Sequence[Any], left: Left) -> list[Any]:
        """The answers, in order."""
        waiting = [self._pool.submit(_work, task, one, left()) for one in arguments]
        return [one.result() for one in waiting]

    def close(self) -> None:
        """Let the processes go."""
        self._pool.shutdown(wait=True, cancel_futures=True)


_desks: list[Desk] = []


def _sit_down(problem: Arrays) -> None:
    _desks[:] = [Desk(problem)]


def _ready() -> None:
    """Begin early what takes long to begin."""
    import highspy  # noqa: F401
    from ortools.sat.python import cp_model  # noqa: F401


def _work(task: Task, argument: Any, seconds: float) -> Any:
    ends = time.monotonic() + seconds
    return task(_desks[0], argument, lambda: ends - time.monotonic())
