"""Fires what has fallen due, in due order, until nothing is left: how time enters a case."""

from collections.abc import Sequence

from dutyroom.core.commands import LetPass
from dutyroom.core.decide import decided
from dutyroom.core.events import Event
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import SECOND, Instant
from dutyroom.core.owing import Timer
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case

# A timer fired within this is on time and carries its due instant, so that a worker's milliseconds do not add up
# along a ladder. A later one carries the instant at which it was really noticed: nobody was called before.
GRACE = 5 * SECOND

Outage = tuple[Instant, Instant]


def next_due(case: Case) -> tuple[Instant, str, str] | None:
    """The first timer that will run out: (due instant, obligation, timer), or None if nothing is owed."""
    owed = case.obligations
    return _named(min((*owed.deadlines.values(), *owed.calls.values()), default=None))


def _fallen_due(case: Case, now: Instant, calls: Instant) -> tuple[Instant, str, str] | None:
    """The timer to fire next: deadlines passed by `now` in due order, then calls due by `calls` in due order.

    After an outage this spares people calls about what is already overtaken; with a worker that keeps up it changes
    nothing, for there the two never wait together.
    """
    for timers, until in ((case.obligations.deadlines, now), (case.obligations.calls, calls)):
        first = min(timers.values(), default=None)
        if first is not None and first[0] <= until:
            return _named(first)
    return None


def _named(timer: Timer | None) -> tuple[Instant, str, str] | None:
    return (timer[0], timer[2], timer[3]) if timer else None


def settle(
    rules: PlanInForce, case: Case, now: Instant, outages: Sequence[Outage] = ()
) -> tuple[Case, tuple[Event, ...]]:
    """The case and the events after every timer due by `now` has run out.

    `outages` are the spans in which nobody was there to notice: a timer that fell due in one is marked so.
    """
    return _settle(rules, case, now, now, now, outages)


def settle_before(
    rules: PlanInForce,
    case: Case,
    now: Instant,
    outages: Sequence[Outage] = (),
    made_at: Instant | None = None,
) -> tuple[Case, tuple[Event, ...]]:
    """As `settle`, before what a person did is decided at `now`: who acts at the very instant of a timer is in time.

    What fell due in an outage that ends at `now` is noticed at that instant too, and so not before the act; but a
    deadline that had passed before the act was made (`made_at`) was missed, whoever notices it when.
    """
    starts = [start for start, end in outages if end == now]
    missed = min([now, *(start if made_at is None else max(start, made_at) for start in starts)]) - 1
    return _settle(rules, case, missed, min([now, *starts]) - 1, now, outages)


def _settle(
    rules: PlanInForce, case: Case, until: Instant, calls: Instant, now: Instant, outages: Sequence[Outage]
) -> tuple[Case, tuple[Event, ...]]:
    """Every deadline passed by `until` and every call due by `calls` runs out; whoever notices it late does so now."""
    events: list[Event] = []
    while due := _fallen_due(case, until, calls):
        due_at, key, timer = due
        down = any(start <= due_at < end for start, end in outages)
        at = due_at if not down and now - due_at <= GRACE else now
        new = decided(rules, case, LetPass(key, timer, due_at, down), at)
        if isinstance(new, Refusal) or not new[0]:
            raise AssertionError(f"timer {timer} of {key} at {due_at} did not settle: {new}")
        events.extend(new[0])
        case = new[1]
    return case, tuple(events)
