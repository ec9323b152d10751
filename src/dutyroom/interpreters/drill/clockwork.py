"""The virtual clock of a drill: the case, a queue of what people will do, and every timer fired at its own instant.

The rules are `decide` and `settle`, as in earnest. Knows neither scripts nor chance; what is played says in `happened`
what follows from an event.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dutyroom.core import events as e
from dutyroom.core.commands import Command
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.phases import CLOSED
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import Outage, next_due, settle
from dutyroom.core.state import Case

Deed = Callable[[Instant], object]


@dataclass(order=True, slots=True)
class _Happening:
    at: Instant
    order: int
    run: Deed = field(compare=False)


class Clockwork:
    """One case under a virtual clock. While the server is down (`outages`) nothing is noticed: it waits."""

    def __init__(self, rules: PlanInForce, outages: Sequence[Outage] = ()) -> None:
        self.rules = rules
        self.outages = tuple(outages)
        self.case = Case()
        self._queue: list[_Happening] = []
        self._orders = 0

    def happened(self, events: tuple[e.Event, ...]) -> None:
        """What follows from the events, such as who hears a call. The case is already as they left it."""
        raise NotImplementedError

    def run(self, starts: Instant, ends: Instant) -> Instant:
        """Play until the case is closed or `ends` has come; when that was."""
        now = starts
        while self.case.phase != CLOSED:
            instant = self._next_instant()
            if instant is None or instant > ends:
                return ends
            now = instant
            self._advance(now)
        return now

    def later(self, at: Instant, run: Deed) -> None:
        """Do it at that instant, behind what was put there before."""
        heapq.heappush(self._queue, _Happening(at, self.number(), run))

    def ask(self, command: Command, now: Instant) -> Refusal | None:
        """Decide the command; the refusal, if it is refused."""
        answer = decided(self.rules, self.case, command, now)
        if isinstance(answer, Refusal):
            return answer
        events, self.case = answer
        self.happened(events)
        return None

    def number(self) -> int:
        """The next number of the drill, never given twice."""
        self._orders += 1
        return self._orders

    def _next_instant(self) -> Instant | None:
        due = next_due(self.case)
        times = [self._when_up(due[0])] if due else []
        times += [self._when_up(self._queue[0].at)] if self._queue else []
        return min(times, default=None)

    def _advance(self, now: Instant) -> None:
        """People first: who acts at the very instant of a deadline is in time."""
        while self._queue and self._queue[0].at <= now:
            heapq.heappop(self._queue).run(now)
        self.case, events = settle(self.rules, self.case, now, self.outages)
        if events:
            self.happened(events)

    def _when_up(self, at: Instant) -> Instant:
        return next((end for start, end in self.outages if start <= at < end), at)
