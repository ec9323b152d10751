"""What the days of a calendar are: today, weekend, holiday, worked in exchange, in a special period, with a hole.

The calendar and the periods are the core's, holes are what the last proof left open. Judges nothing itself.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dutyroom.core.calendar.days import DayKind, YearMissing
from dutyroom.core.calendar.periods import day_span
from dutyroom.core.covering import causes
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.proof import read_proof
from dutyroom.store.calendars import SiteCalendar
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import CoverHole, Site
from dutyroom.web.showing import Shown

WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day as it is marked. `kind` is empty where no notice of its year is known."""

    date: date
    number: str
    weekday: str
    kind: str
    kind_text: str
    holiday: str
    periods: tuple[str, ...]
    today: bool
    hole: bool

    @property
    def off(self) -> bool:
        return self.kind in ("weekend", "holiday", "rest")

    @property
    def marks(self) -> tuple[str, ...]:
        """In words, what is special about it."""
        named = (self.holiday or self.kind_text,) if self.kind not in ("", "workday", "weekend") else ()
        return (*named, *self.periods)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week."""
    first = day - timedelta(days=day.weekday())
    return first, first + (WEEK - 1) * _DAY


def dates(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _DAY


def days_of(
    plan: Plan,
    calendar: SiteCalendar,
    span: tuple[date, date],
    holes: Iterable[tuple[Instant, Instant]],
    shown: Shown,
) -> tuple[Day, ...]:
    """The days of the span with their marks."""
    left = list(holes)
    return tuple(_day(plan, calendar, day, left, shown) for day in dates(*span))


def open_spans(site: Site) -> tuple[tuple[Instant, Instant], ...]:
    """The spans in which the newest proof left a hole open that nobody has accepted."""
    rows = list(CoverHole.objects.filter(site=site, state="open").select_related("proof"))
    if not rows:
        return ()
    keys = {row.key for row in rows}
    try:
        proof = read_proof(json.loads(max((row.proof for row in rows), key=lambda one: one.asked_at).result))
    except ValueError:  # kept by a version that told it otherwise: the rows still know from when to when
        return tuple((from_datetime(row.opens_at), from_datetime(row.closes_at)) for row in rows)
    return tuple(span for cause in causes(proof) if cause.key in keys for span in cause.spans)


def _day(
    plan: Plan,
    known: SiteCalendar,
    day: date,
    holes: Sequence[tuple[Instant, Instant]],
    shown: Shown,
) -> Day:
    calendar, language = known.calendar, shown.language
    starts, ends = day_span(day, shown.zone)
    try:
        kind, holiday = calendar.kind(day), calendar.holiday(day)
        periods = known.periods_on(plan, day)
    except YearMissing:
        kind, holiday, periods = None, None, ()
    off = kind is not None and kind not in (DayKind.WORKDAY, DayKind.WEEKEND)
    return Day(
        day,
        str(day.day),
        shown.say(f"rosterpages.weekday.{day.weekday()}"),
        str(kind) if kind else "",
        shown.say(f"rosterpages.kind.{kind}") if off else "",
        holiday.name.in_language(language) if holiday else "",
        tuple(plan.periods[one].name.in_language(language) for one in periods),
        day == shown.today(),
        any(since < ends and starts < until for since, until in holes),
    )
