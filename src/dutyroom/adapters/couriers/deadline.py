"""How a sending ends on time: a total deadline, held even against a gateway that drips a byte a second.

A socket's time-out is not a deadline: it starts anew with each byte. So the work runs in a thread of its
own, the caller waits no longer than the deadline, and then the line is cut: the socket is shut under the
waiting thread, which ends with an error that nobody reads. What cannot be cut (looking up a name) keeps
its slot until it ends by itself, so that a hanging gateway holds a fixed number of threads of its own
channel and none of any other. A thread that is done waits for the next sending: starting one costs more
than half of what a message does.

It knows nothing of protocols: whoever opens a connection tells the line how to cut it.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

from dutyroom.ports import Outcome, Verdict

TIMEOUT = Outcome(Verdict.FAILED, "timeout")
BUSY = Outcome(Verdict.FAILED, "busy")

Scissors = Callable[[], None]
Slots = threading.BoundedSemaphore


class Line:
    """The one connection that a sending is using now, and the scissors."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scissors: Scissors | None = None
        self._cut = False

    def watch(self, scissors: Scissors) -> None:
        """What ends the connection in use from now on. Raises TimeoutError when the line was cut before."""
        with self._lock:
            if self._cut:
                raise TimeoutError("the deadline has passed")
            self._scissors = scissors

    def cut(self) -> None:
        """End whatever waits on the connection, now and for good."""
        with self._lock:
            self._cut = True
            scissors, self._scissors = self._scissors, None
        if scissors is not None:
            with suppress(OSError):  # already closed by the other side
                scissors()


class Handle:
    """A second handle on a connection, which still reaches it when the first is wrapped for TLS."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected.dup()

    def cut(self) -> None:
        """End the connection under whoever waits on it."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handle back."""
        self._socket.close()


def within(deadline_seconds: float, slots: Slots, work: Callable[[Line], Outcome]) -> Outcome:
    """The outcome of `work`, or a failure when it is not there in time; what `work` raises is raised here."""
    ends = time.monotonic() + deadline_seconds
    if not slots.acquire(timeout=max(deadline_seconds, 0)):
        return BUSY
    sending = _Sending(work, slots)
    try:
        _hand().give(sending.run)
    except RuntimeError:  # the machine has no thread left
        slots.release()
        return BUSY
    sending.finished.wait(max(ends - time.monotonic(), 0))
    return sending.settle()


_idle: list["_Hand"] = []


def _hand() -> "_Hand":
    """A thread that has nothing to do. Raises RuntimeError when there can be none."""
    try:
        return _idle.pop()
    except IndexError:
        hand = _Hand()
        hand.start()
        return hand


class _Hand(threading.Thread):
    """Does one sending after the other; the interpreter does not wait for it at exit."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self._given: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def give(self, work: Callable[[], None]) -> None:
        self._given.put(work)

    def run(self) -> None:
        while True:
            self._given.get()()
            _idle.append(self)


class _Sending:
    """One try."""

    def __init__(self, work: Callable[[Line], Outcome], slots: Slots) -> None:
        self.finished = threading.Event()
        self._line = Line()
        self._work = work
        self._slots = slots
        self._outcome: Outcome | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._outcome = self._work(self._line)
        except Exception as error:  # carried to the caller's thread, not swallowed
            self._error = error
        finally:
            self._slots.release()
            self.finished.set()

    def settle(self) -> Outcome:
        if not self.finished.is_set():
            self._line.cut()
            return TIMEOUT
        if self._error is not None:
            raise self._error
        return self._outcome or TIMEOUT
