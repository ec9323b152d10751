"""How a calendar is written: YAML text -> `CalendarFile`, each fault with its line and column.

An organisation adds the notice of a year that the program does not bring yet, or replaces one, and may declare special
periods (for drills and rehearsals; a running site declares them on its page). Times of periods are local, in the zone
the file names. Knows no clock.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from dutyroom.core.calendar.days import OFFICIAL, STATUSES, Holiday, Notice
from dutyroom.core.calendar.periods import SOURCES, Declared, instant_of
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.treereading import Path, TreeReading
from dutyroom.core.words import Words
from dutyroom.core.yamltree import Branch, place_of, read_tree

CHARACTERS = 200_000  # sixty years of notices
LONGEST = 20  # days of one holiday; a longer one is a slip in the month
EDGE = timedelta(days=7)  # a notice may reach this far into the year before or after (New Year)

_DATE = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d)", re.ASCII)
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a calendar file holds: notices, and periods declared in the zone it names."""

    zone: str = ""
    notices: tuple[Notice, ...] = ()
    declared: tuple[Declared, ...] = ()


def read_calendar(text: str) -> tuple[CalendarFile | None, tuple[Finding, ...]]:
    """The calendar a text holds and what is wrong with it, at `line:column`; None if anything is an error."""
    if len(text) > CHARACTERS:
        return None, (Finding("calendar.too_large", "error", "1:1", {"limit": CHARACTERS}),)
    tree, faults = read_tree(text)
    if tree is None or faults:
        return None, faults
    reading = _Reading(tree)
    parts = reading.keys((), ("calendar",), ("calendar", "notices", "periods"))
    zone = _zone(reading)
    notices = tuple(_notices(reading)) if "notices" in parts else ()
    declared = tuple(_declared(reading, zone)) if "periods" in parts else ()
    findings = tuple(sorted(reading.findings, key=_position))
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    return CalendarFile(str(zone or ""), notices, declared), findings


def check_calendar(found: CalendarFile, plan: Plan) -> tuple[Finding, ...]:
    """Declared periods that the plan does not know."""
    names = ", ".join(plan.periods) or "-"
    return tuple(
        Finding("calendar.unknown_period", "error", one.period, {"period": one.period, "known": names})
        for one in found.declared
        if one.period not in plan.periods
    )


class _Reading(TreeReading):
    """One pass over one tree, collecting faults. A path leads to each value, so that a fault knows its line."""

    __slots__ = ()
    area: ClassVar[str] = "calendar"

    def word(self, path: Path, allowed: tuple[str, ...]) -> str:
        value = self.at(path)
        if value not in allowed:
            self.find("not_one_of", path, value=str(value)[:40], known=", ".join(allowed))
            return allowed[0]
        return str(value)

    def words(self, path: Path) -> Words:
        value = self.at(path)
        if isinstance(value, str) and value.strip():
            return Words(value, value)
        if (
            isinstance(value, Branch)
            and set(value) == {"zh", "en"}
            and all(isinstance(one, str) for one in value.values())
        ):
            return Words(value["zh"], value["en"])
        self.find("not_words", path)
        return Words("", "")

    def day(self, path: Path) -> date | None:
        value = self.at(path)
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.find("bad_date", path, value=str(value)[:40])
        return None

    def days(self, path: Path) -> tuple[date, ...]:
        found = (self.day(each) for each in self.items(path))
        return tuple(day for day in found if day is not None)


def _zone(reading: _Reading) -> ZoneInfo | None:
    if "calendar" not in reading.tree:
        return None
    parts = reading.keys(("calendar",), ("zone",), ("zone",))
    if "zone" not in parts:
        return None
    try:
        return ZoneInfo(parts["zone"])
    except (
        KeyError,
        ValueError,
        OSError,
        TypeError,
    ):  # unknown; no plain key; a folder of the zone database; no text
        reading.find("unknown_zone", ("calendar", "zone"), zone=str(parts["zone"])[:40])
        return None


def _notices(reading: _Reading) -> Iterator[Notice]:
    years: dict[int, str] = {}
    for path in reading.items(("notices",)):
        notice = _notice(reading, path)
        if notice is None:
            continue
        if notice.year in years:
            reading.find("year_twice", path, year=notice.year, line=years[notice.year])
        years.setdefault(notice.year, place_of(reading.tree, path).split(":")[0])
        yield notice


def _notice(reading: _Reading, path: Path) -> Notice | None:
    known = ("year", "number", "published", "status", "note", "holidays", "workdays")
    parts = reading.keys(path, ("year", "status", "holidays"), known)
    year = parts.get("year")
    if year is None or "holidays" not in parts:
        return None
    if not isinstance(year, int) or not 2000 <= year <= 2099:
        reading.find("bad_year", (*path, "year"), value=str(year)[:40])
        return None
    before = len(reading.findings)
    notice = Notice(
        year,
        str(parts.get("number", "")),
        reading.day((*path, "published")) if "published" in parts else None,
        reading.word((*path, "status"), STATUSES) if "status" in parts else OFFICIAL,
        tuple(_holidays(reading, (*path, "holidays"), year)),
        reading.days((*path, "workdays")) if "workdays" in parts else (),
        reading.words((*path, "note")) if "note" in parts else None,
    )
    _workdays(reading, path, notice)
    _days_twice(reading, path, notice)
    _status(reading, path, notice)
    if len(reading.findings) == before:
        _balance(reading, path, notice)
    return notice


def _holidays(reading: _Reading, path: Path, year: int) -> Iterator[Holiday]:
    for each in reading.items(path):
        keys = ("id", "name", "from", "until")
        parts = reading.keys(each, keys, (*keys, "statutory"))
        if not all(key in parts for key in keys):
            continue
        if not isinstance(parts["id"], str) or not _ID.fullmatch(parts["id"]):
            reading.find("bad_id", (*each, "id"), value=str(parts["id"])[:40])
        first, last = reading.day((*each, "from")), reading.day((*each, "until"))
        statutory = reading.days((*each, "statutory")) if "statutory" in parts else ()
        name = reading.words((*each, "name"))
        if first is not None and last is not None and _is_span(reading, each, year, first, last):
            days = tuple(first + number * _DAY for number in range((last - first).days + 1))
            _statutory(reading, each, statutory, days)
            yield Holiday(str(parts["id"]), name, days, statutory)


def _is_span(reading: _Reading, path: Path, year: int, first: date, last: date) -> bool:
    if last < first:
        reading.find("reversed", (*path, "from"), first=str(first), last=str(last))
    elif (last - first).days >= LONGEST:
        reading.find("holiday_too_long", (*path, "until"), days=LONGEST)
    elif not _is_of_year(first, year) or not _is_of_year(last, year):
        strange = last if _is_of_year(first, year) else first
        reading.find("other_year", (*path, "from"), year=year, day=str(strange))
    else:
        return True
    return False


def _is_of_year(day: date, year: int) -> bool:
    return date(year, 1, 1) - EDGE <= day <= date(year, 12, 31) + EDGE


def _statutory(reading: _Reading, path: Path, statutory: tuple[date, ...], days: tuple[date, ...]) -> None:
    for number, day in enumerate(statutory):
        if day not in days:
            reading.find("statutory_outside", (*path, "statutory", number), day=str(day))


def _workdays(reading: _Reading, path: Path, notice: Notice) -> None:
    """A day worked in exchange is a Saturday or a Sunday near the year; anything else is a slip."""
    for number, day in enumerate(notice.workdays):
        place = (*path, "workdays", number)
        if day.weekday() < _SATURDAY:
            reading.find("workday_not_weekend", place, day=str(day))
        elif not _is_of_year(day, notice.year):
            reading.find("other_year", place, year=notice.year, day=str(day))


def _days_twice(reading: _Reading, path: Path, notice: Notice) -> None:
    seen: set[date] = set()
    for day in [*(day for one in notice.holidays for day in one.days), *notice.workdays]:
        if day in seen:
            reading.find("day_twice", path, year=notice.year, day=str(day))
        seen.add(day)


def _status(reading: _Reading, path: Path, notice: Notice) -> None:
    """A provisional notice holds what the law fixes and no more; an official one can be looked up."""
    if notice.is_provisional:
        if notice.workdays:
            reading.find("provisional_exchange", (*path, "workdays"), year=notice.year)
        if any(set(one.days) != set(one.statutory) for one in notice.holidays):
            reading.find("provisional_rest", (*path, "holidays"), year=notice.year)
    elif not notice.number or notice.published is None:
        reading.find("no_source", path, year=notice.year)


def _balance(reading: _Reading, path: Path, notice: Notice) -> None:
    """Days off on weekdays = statutory days + days worked in exchange, when nothing was mistyped or given on top.

    A statutory day on a weekend is made up for by a weekday; so is each weekend day that is worked.
    """
    off = sum(1 for one in notice.holidays for day in one.days if day.weekday() < _SATURDAY)
    owed = sum(len(one.statutory) for one in notice.holidays) + len(notice.workdays)
    if off != owed and not notice.is_provisional:
        reading.find("balance", path, "warning", year=notice.year, off=off, owed=owed)


def _declared(reading: _Reading, zone: ZoneInfo | None) -> Iterator[Declared]:
    keys = ("period", "from", "until", "source")
    for path in reading.items(("periods",)):
        parts = reading.keys(path, keys, (*keys, "reason"))
        if not all(key in parts for key in keys):
            continue
        source = reading.word((*path, "source"), SOURCES)
        reason = reading.words((*path, "reason")) if "reason" in parts else Words("", "")
        starts = _moment(reading, (*path, "from"), lambda day: day)
        ends = _moment(reading, (*path, "until"), lambda day: day + _DAY)
        if starts is None or ends is None or zone is None:
            continue
        if ends <= starts:
            reading.find("reversed", (*path, "from"), first=str(parts["from"]), last=str(parts["until"]))
            continue
        yield Declared(str(parts["period"]), instant_of(starts, zone), instant_of(ends, zone), source, reason)


def _moment(reading: _Reading, path: Path, border: Callable[[date], date]) -> datetime | None:
    """A local date and time, or the border of a whole day: its own midnight, or the one after for a last day."""
    value = reading.at(path)
    timed = _TIME.fullmatch(value) if isinstance(value, str) else None
    if timed is None:
        day = reading.day(path)
        return None if day is None else datetime.combine(border(day), time.min)
    try:
        return datetime.fromisoformat(f"{timed[1]} {timed[2]}")
    except ValueError:
        reading.find("bad_date", path, value=value[:40])
        return None


def _position(finding: Finding) -> tuple[int, int]:
    line, column = finding.place.split(":")
    return int(line), int(column)
