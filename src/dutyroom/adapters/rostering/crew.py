"""Who does the heavy steps: this process alone, or some processes at once. The answers come in the order of the tasks.

A task is a function of this package, its arguments, and the seconds that are left. What a process keeps between tasks
(tables of the pricer) changes how fast it is, never what it answers.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import TimeoutError, get_context
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
        self._pool = get_context("spawn").Pool(size, _sit_down, (problem,))

    def run(self, task: Task, arguments: Sequence[Any], left: Left) -> list[Any]:
        """The answers, in order; nothing in the place of one that is not there when the time is over."""
        ends = time.monotonic() + left()  # of the whole machine, so that a late start does not move it
        waiting = [self._pool.apply_async(_work, (task, one, ends)) for one in arguments]
        answers = []
        for one in waiting:
            try:
                answers.append(one.get(timeout=max(0.0, left())))
            except TimeoutError:
                answers.append(None)
        return answers

    def close(self) -> None:
        """Let the processes go, whatever they are at."""
        self._pool.terminate()
        self._pool.join()


_desks: list[Desk] = []


def _sit_down(problem: Arrays) -> None:
    """Make ready, and load early what takes long to load."""
    for name in ("highspy", "ortools.sat.python.cp_model"):
        import_module(name)
    _desks[:] = [Desk(problem)]


def _work(task: Task, argument: Any, ends: float) -> Any:
    return task(_desks[0], argument, lambda: ends - time.monotonic())
