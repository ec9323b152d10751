"""Long work beside the worker: one child at low priority that takes what waits, and is started anew when it dies.

A child that died takes its task with it: the same would only kill the next. What waits, and how a task fails, is the
store's; what is done with it is the child's own module.
"""

import os
import subprocess
import sys
import threading
from typing import Protocol

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom import wiring
from dutyroom.core.instants import Instant

LOOK_SECONDS = 2.0
Pool = ConnectionPool[Connection[DictRow]]


class Queue(Protocol):
    """Tasks as the store keeps them. `lock` is the worker's advisory lock."""

    def waits(self, pool: Pool) -> bool: ...
    def release(self, pool: Pool, lock: int) -> object: ...
    def release_dead(self, pool: Pool, lock: int) -> object: ...
    def fail(self, pool: Pool, lock: int, failure: str, now: Instant) -> object: ...


class Beside:
    """One worker's hand for tasks of a kind. `module` is run as the child, `stopped` the code of a task it died of."""

    def __init__(self, lock: int, queue: Queue, module: str, stopped: str) -> None:
        self.lock, self.queue, self.module, self.stopped = lock, queue, module, stopped
        self.child: subprocess.Popen[bytes] | None = None

    def ask(self) -> None:
        """Put into the queue what is due by itself; nothing, unless a kind of work knows better."""

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Keep the tasks going, until told to stop."""
        while not stop.is_set():
            wake.clear()
            self.queue.release_dead(wiring.pool(), self.lock)
            self.ask()
            self._keep()
            wake.wait(LOOK_SECONDS)
            stop.wait(0.1)
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait(10)
            self.queue.release(wiring.pool(), self.lock)

    def _keep(self) -> None:
        if self.child is not None and self.child.poll() is not None:
            if self.child.returncode:
                self.queue.fail(wiring.pool(), self.lock, self.stopped, wiring.clock().now())
            self.child = None
        if self.child is None and self.queue.waits(wiring.pool()):
            self.child = subprocess.Popen(
                [sys.executable, "-m", self.module, str(self.lock)],
                env={**os.environ, "DUTYROOM_PARENT": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
            )
