"""By which day a calendar duty is next owed: `next_due(duty, issued, on) -> date`, days of the calendar only.

The first turn of a duty runs from the day on which the plan was published. Who has done what is not known here; so the
answer is the end of the turn that `on` lies in, or, for what is owed once an edition, its one day.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from dutyroom.core.instants import DAY
from dutyroom.core.packs import Pack
from dutyroom.core.surroundings import CalendarDuty

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "three_years": 36}
DAYS = {"day": 1, "week": 7}


def duties_of(packs: Iterable[Pack], trade: str) -> Iterator[CalendarDuty]:
    """The calendar duties of the packs that bind the trade, in the order of the packs."""
    for pack in packs:
        yield from (one.duty for one in pack.bound if one.duty is not None and one.binds(trade))


def next_due(duty: CalendarDuty, issued: date, on: date) -> date:
    """The last day of the duty's turn that `on` lies in; before the plan is issued, of its first.

    Raises ValueError for an `every` that is no interval.
    """
    if duty.every == "edition":
        return issued + timedelta(days=duty.within // DAY)
    turns = 1
    while (end := _after(issued, duty.every, turns)) < on:
        turns += 1
    return end


def standing(duty: CalendarDuty, issued: date, on: date, held: date | None) -> tuple[date, str]:
    """By which day the duty is owed next, and how it stands on a day: "done", "due" or "overdue".

    `held` is when it was last carried out. A turn that passed without it stays owed when the next one has begun.
    Raises ValueError for an `every` that is no interval.
    """
    first = next_due(duty, issued, issued)
    if held is None:
        return first, "overdue" if first < on else "due"
    carried = next_due(duty, issued, max(held, issued))
    if duty.every == "edition":
        return carried, "done" if held >= issued else "overdue" if carried < on else "due"
    if held >= issued and carried >= next_due(duty, issued, on):
        return carried, "done"
    owed = next_due(duty, issued, carried + timedelta(days=1)) if held >= issued else first
    return owed, "overdue" if owed < on else "due"


def _after(start: date, every: str, turns: int) -> date:
    if every in DAYS:
        return start + timedelta(days=DAYS[every] * turns)
    if every not in MONTHS:
        raise ValueError(f"not an interval: {every!r}")
    months = start.year * 12 + start.month - 1 + MONTHS[every] * turns
    year, month = divmod(months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
