"""A year month by month: what kind of day each is, which holiday, and which periods of the plan are in force.

Every mark stands in words too, so that nothing is said by colour alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dutyroom.core.calendar.days import DayKind, YearMissing
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import Period
from dutyroom.store.calendars import SiteCalendar

COLOURS = 5  # of bars; a plan with more periods repeats them, their names stand in the legend


@dataclass(frozen=True, slots=True)
class DayView:
    """A day's cell. `sign` is the one letter that posted calendars use (休 班); `bars` number the periods in force."""

    number: int
    kind: str
    sign: str
    said: str
    bars: tuple[int, ...]
    today: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    name: str
    weeks: tuple[tuple[DayView | None, ...], ...]


def months(
    found: SiteCalendar, plan: Plan | None, year: int, today: date, say: Callable[..., str]
) -> Iterator[MonthView]:
    """The twelve months; a year without a notice shows weekdays and weekends only, unmarked."""
    for month in range(1, 13):
        first = date(year, month, 1)
        days: list[DayView | None] = [None] * first.weekday()
        day = first
        while day.month == month:
            days.append(_day(found, plan, day, today, say))
            if day == date.max:
                break
            day += timedelta(days=1)
        days += [None] * (-len(days) % 7)
        weeks = tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))
        yield MonthView(say(f"calendar.month.{month}"), weeks)


def in_force(found: SiteCalendar, plan: Plan, day: date) -> tuple[str, ...]:
    """The periods of a day; without a notice for its year, those that are no holidays."""
    try:
        return found.periods_on(plan, day)
    except YearMissing:
        others: dict[str, Period] = {one.id: one for one in plan.periods.values() if not one.holidays}
        return found.periods_on(replace(plan, periods=others), day)


def _day(found: SiteCalendar, plan: Plan | None, day: date, today: date, say: Callable[..., str]) -> DayView:
    periods = in_force(found, plan, day) if plan else ()
    order = list(plan.periods) if plan else []
    bars = tuple(order.index(one) % COLOURS for one in periods)
    try:
        kind = found.calendar.kind(day)
    except YearMissing:
        return DayView(day.day, "unknown", "", say("calendar.kind.unknown"), bars, day == today)
    holiday = found.calendar.holiday(day)
    name = holiday.name.in_language(say("calendar.language")) if holiday else ""
    said = " ".join(part for part in (say(f"calendar.kind.{kind}"), name) if part)
    sign = say(f"calendar.sign.{kind}") if kind not in (DayKind.WORKDAY, DayKind.WEEKEND) else ""
    return DayView(day.day, kind, sign, said, bars, day == today)
