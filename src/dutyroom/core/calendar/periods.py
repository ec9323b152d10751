"""Which of a plan's periods are in force: `periods_on` a day, `periods_at` an instant. Several may be at once.

A plan says what its periods are: the public holidays, the same span each year (MM-DD, also across New Year), or dates.
On top, a superior, a warning or the organisation itself declares one for a span. A day is a day of the site's zone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dutyroom.core.calendar.days import Calendar
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import Period
from dutyroom.core.words import Words

SOURCES = ("superior", "warning", "organisation")
NO_REASON = Words("", "")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARLY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Declared:
    """A period of the plan put in force from `starts_at` until `ends_at` (exclusive), by whom and why."""

    period: str
    starts_at: Instant
    ends_at: Instant
    source: str = "organisation"
    reason: Words = NO_REASON


def local_day(instant: Instant, zone: ZoneInfo) -> date:
    """The date a clock in that zone shows."""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).date()


def day_span(day: date, zone: ZoneInfo) -> tuple[Instant, Instant]:
    """When the local day begins and ends; equal for a day that the zone left out (Samoa, 30 December 2011).

    Where midnight itself is skipped, the day begins at the jump: Python's earlier reading of the gap is that instant.
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def periods_on(
    plan: Plan, calendar: Calendar, declared: Iterable[Declared], day: date, zone: ZoneInfo
) -> tuple[str, ...]:
    """The periods in force on that day, or a part of it, in the plan's order.

    Raises YearMissing where the plan has a holiday period and the year's notice is not known.
    """
    starts_at, ends_at = day_span(day, zone)
    called = {one.period for one in declared if one.starts_at < ends_at and starts_at < one.ends_at}
    return tuple(_in_force(plan, calendar, called, day))


def periods_at(
    plan: Plan, calendar: Calendar, declared: Iterable[Declared], instant: Instant, zone: ZoneInfo
) -> tuple[str, ...]:
    """The periods in force at that instant, in the plan's order. Raises YearMissing like `periods_on`."""
    called = {one.period for one in declared if one.starts_at <= instant < one.ends_at}
    return tuple(_in_force(plan, calendar, called, local_day(instant, zone)))


def _in_force(plan: Plan, calendar: Calendar, called: set[str], day: date) -> Iterator[str]:
    for period in plan.periods.values():
        # Asked even where it is declared, so that a missing year is found on every day alike.
        own = is_within(period, calendar, day)
        if own or period.id in called:
            yield period.id


def is_within(period: Period, calendar: Calendar, day: date) -> bool:
    """Whether the plan's own definition of the period covers the day. Raises YearMissing for holidays."""
    if period.holidays and calendar.holiday(day) is not None:
        return True
    if _YEARLY.fullmatch(period.starts) and _YEARLY.fullmatch(period.ends):
        return _within_year(period.starts, period.ends, f"{day:%m-%d}")
    dates = _dates(period)
    return dates is not None and dates[0] <= day <= dates[1]


def _within_year(starts: str, ends: str, day: str) -> bool:
    """MM-DD compare as texts: in a common year a span from 02-29 begins on 1 March, one until 02-29 ends before it."""
    if starts <= ends:
        return starts <= day <= ends
    return day >= starts or day <= ends


def _dates(period: Period) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(period.starts), date.fromisoformat(period.ends)
    except ValueError:
        return None


def instant_of(moment: datetime, zone: ZoneInfo) -> Instant:
    """The instant at which a clock in that zone shows the (naive) time; the earlier of two."""
    return (moment.replace(tzinfo=zone) - _EPOCH) // timedelta(milliseconds=1)


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return instant_of(datetime.combine(day, time.min), zone)
