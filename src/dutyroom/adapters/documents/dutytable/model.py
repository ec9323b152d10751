"""What stands in a duty table: `duty_table(asked) -> DutyTable`, in words, ready for any form.

A turn stands on the day on which it begins, as offices write it. Only the duty room's telephone stands on the table,
which hangs where everybody passes; nobody's own. What is not rostered stands as a dash, never as nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom.core.calendar.days import Calendar, DayKind, YearMissing
from dutyroom.core.calendar.periods import Declared, day_span, local_day, periods_on
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.wording import say

LONGEST = 400  # days: a year, with the month begun before it
_NOBODY = "—"


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a table is made of. `posts` are the columns in order; `names` are of people by the roster's identifiers.

    `issued_on` is the day that stands on it, `phone` the duty room's number.
    """

    plan: Plan
    roster: Roster
    calendar: Calendar
    declared: tuple[Declared, ...]
    names: Mapping[str, str]
    posts: tuple[str, ...]
    first: date
    last: date
    zone: ZoneInfo
    site: str
    phone: str
    issued_on: date
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day: date, weekday, a cell a post, and what the day is. `kind` is a `DayKind`, or "" where it is not known."""

    day: date
    date: str
    weekday: str
    cells: tuple[str, ...]
    remark: str
    kind: str


@dataclass(frozen=True, slots=True)
class MonthTable:
    title: str
    rows: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class DutyTable:
    """The table in words. `notes` stand under each month."""

    title: str
    site: str
    columns: tuple[str, ...]
    months: tuple[MonthTable, ...]
    phone: str
    notes: tuple[str, ...]
    issued_on: date
    language: str


def duty_table(asked: Asked) -> DutyTable:
    """The table from `first` to `last`, both counted. Raises ValueError for a span that is empty or over `LONGEST`."""
    days = (asked.last - asked.first).days + 1
    if not 0 < days <= LONGEST:
        raise ValueError(f"no span for a duty table: {days} days")
    language = asked.language
    names = tuple(_post(asked.plan, post, language) for post in asked.posts)
    before = (say("dutytable.date", language), say("dutytable.weekday", language))
    columns = (*before, *names, say("dutytable.remark", language))
    return DutyTable(
        say("dutytable.title", language),
        asked.site,
        columns,
        tuple(_months(asked)),
        asked.phone,
        tuple(_notes(asked)),
        asked.issued_on,
        language,
    )


def _months(asked: Asked) -> Iterator[MonthTable]:
    by_post = {post: _turns_by_day(asked, post) for post in asked.posts}
    day = asked.first
    while day <= asked.last:
        rows = []
        month = (day.year, day.month)
        while day <= asked.last and (day.year, day.month) == month:
            rows.append(_row(asked, day, by_post))
            day += timedelta(days=1)
        yield MonthTable(say("dutytable.month", asked.language, year=month[0], month=month[1]), tuple(rows))


def _row(asked: Asked, day: date, by_post: Mapping[str, Mapping[date, list[DutyPeriod]]]) -> DayRow:
    language = asked.language
    return DayRow(
        day,
        say("dutytable.day", language, month=day.month, day=day.day),
        say(f"calendar.weekday.{day.weekday()}", language),
        tuple(_cell(asked, post, by_post[post].get(day, [])) for post in asked.posts),
        _remark(asked, day),
        _kind(asked, day),
    )


def _turns_by_day(asked: Asked, post: str) -> dict[date, list[DutyPeriod]]:
    since, until = day_span(asked.first, asked.zone)[0], day_span(asked.last, asked.zone)[1]
    found: dict[date, list[DutyPeriod]] = {}
    for one in asked.roster.periods:
        if one.role == post and one.starts_at < until and one.ends_at > since:
            # A turn that was running when the table begins stands on its first day: somebody is on duty then.
            begins = max(asked.first, local_day(one.starts_at, asked.zone))
            found.setdefault(begins, []).append(one)
    return found


def _cell(asked: Asked, post: str, turns: list[DutyPeriod]) -> str:
    """Names; with their hours where more than one turn begins that day. Standing holders where there are no turns."""
    if not turns:
        standing = asked.roster.standing.get(post, ())
        return _joined(asked, standing) if standing else _NOBODY
    spans: dict[tuple[Instant, Instant], list[tuple[int, str]]] = {}
    for one in turns:
        spans.setdefault((one.starts_at, one.ends_at), []).append((one.place, one.person))
    lines = []
    for (starts_at, ends_at), people in sorted(spans.items()):
        said = _joined(asked, tuple(person for _, person in sorted(people)))
        hours = f"{_clock(starts_at, asked.zone)}–{_clock(ends_at, asked.zone)} "
        lines.append(f"{hours if len(spans) > 1 else ''}{said}")
    return "\n".join(lines)


def _joined(asked: Asked, people: tuple[str, ...]) -> str:
    return say("dutytable.comma", asked.language).join(asked.names.get(one, one) for one in people)


def _remark(asked: Asked, day: date) -> str:
    parts = []
    try:
        holiday = asked.calendar.holiday(day)
        if holiday is not None:
            parts.append(holiday.name.in_language(asked.language))
        elif asked.calendar.kind(day) is DayKind.ADJUSTED_WORKDAY:
            parts.append(say("calendar.kind.adjusted_workday", asked.language))
        named = {*periods_on(asked.plan, asked.calendar, asked.declared, day, asked.zone)}
        shown = [one for one in asked.plan.periods.values() if one.id in named and not one.holidays]
        parts += [one.name.in_language(asked.language) for one in shown]
    except YearMissing:
        pass  # said once, in the notes
    return say("dutytable.comma", asked.language).join(parts)


def _kind(asked: Asked, day: date) -> str:
    try:
        return str(asked.calendar.kind(day))
    except YearMissing:
        return ""


def _notes(asked: Asked) -> Iterator[str]:
    language = asked.language
    hours = sorted(
        {_clock(one.starts_at, asked.zone) for one in asked.roster.periods if one.role in asked.posts}
    )
    if hours:
        yield say("dutytable.handover", language, hours=say("dutytable.comma", language).join(hours))
    for year in range(asked.first.year, asked.last.year + 1):
        if year not in asked.calendar.years():
            yield say("calendar.year_missing", language, year=year)
        elif asked.calendar.notice(year).is_provisional:
            yield say("dutytable.provisional", language, year=year)


def _post(plan: Plan, post: str, language: str) -> str:
    role = plan.roles.get(post)
    return role.name.in_language(language) if role else post


def _clock(instant: Instant, zone: ZoneInfo) -> str:
    return f"{(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(zone):%H:%M}"
