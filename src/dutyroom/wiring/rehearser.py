"""A worker's hand for simulated drills: it claims one and has a child process carry it out (`wiring.rehearsing`).

The child runs at low priority, so that a drill of ten thousand runs never holds up a real call; it ends with its
worker, and then the drill is begun anew elsewhere.
"""

import os
import subprocess
import sys
import threading

from dutyroom import wiring
from dutyroom.store import rehearsals

LOOK_SECONDS = 1.0


class Rehearser:
    """One worker's hand for drills: one at a time, in a process of its own."""

    def __init__(self, lock: int) -> None:
        self.lock = lock

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Carry out what waits, until told to stop."""
        while not stop.is_set():
            wake.clear()
            rehearsals.release_dead(wiring.pool(), self.lock)
            rehearsals.withhold_hushed(wiring.pool())
            claimed = rehearsals.claim(wiring.pool(), self.lock)
            if claimed:
                self._carry_out(claimed, stop)
            else:
                wake.wait(LOOK_SECONDS)

    def _carry_out(self, rehearsal: str, stop: threading.Event) -> None:
        child = subprocess.Popen(
            [sys.executable, "-m", "dutyroom.wiring.rehearsing", rehearsal],
            env={**os.environ, "DUTYROOM_PARENT": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        while child.poll() is None:
            if stop.wait(0.1):
                child.terminate()
                child.wait(10)
                rehearsals.release(wiring.pool(), rehearsal)
                return
        if child.returncode:
            rehearsals.fail(wiring.pool(), rehearsal, "drills.failed.stopped", wiring.clock().now())
