"""The weeks, months, quarters and years of calendar duties: which span a day belongs to.

Weeks begin on Monday; three years are counted from the year in which the plan was issued. What is owed once an edition
(filing, telling the people) is owed from the day on which that edition came into force.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dutyroom.core.instants import DAY
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import CalendarDuty

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_EDITION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day of it, both inclusive."""

    first: date
    last: date


def span_at(plan: Plan, duty: CalendarDuty, day: date, since: date | None = None) -> Span | None:
    """The span of the duty that holds the day; None for daily duties, and where the day belongs to none.

    A plan that came into force within a span owes it from that day (`since`) on.
    """
    span = _span(plan, duty, day, since)
    if span is None or since is None or span.last < since:
        return span if since is None else None
    return Span(max(span.first, since), span.last)


def _span(plan: Plan, duty: CalendarDuty, day: date, since: date | None) -> Span | None:
    if duty.every == "week":
        first = day - timedelta(days=day.weekday())
        return Span(first, first + timedelta(days=6))
    if duty.every in _MONTHS:
        months = _MONTHS[duty.every]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        return Span(first, _months_on(first, months) - timedelta(days=1))
    if duty.every == "three_years":
        anchor = _year(plan.issued, day.year)
        first = date(day.year - (day.year - anchor) % 3, 1, 1)
        return Span(first, date(first.year + 2, 12, 31))
    if duty.every == "edition":
        begins = since or day
        days = duty.within // DAY or _EDITION_DAYS
        return Span(begins, begins + timedelta(days=days - 1)) if day >= begins else None
    return None


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    return date(first.year + year, month + 1, 1)


def _year(issued: str, otherwise: int) -> int:
    return int(issued[:4]) if issued[:4].isdigit() else otherwise
