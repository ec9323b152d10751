"""What kind of day a day is: `Calendar.kind(day)`, by the official notice of its year.

In China the State Council's General Office orders each year which days are off and which weekend days are worked in
exchange (调休); nothing but that notice can tell, so a year without one is an error by name and is never guessed. A
notice may be provisional (暂定): then it holds the days fixed by law alone, without any exchange, and says so.

Knows no clock and no zone: a day is a date of the site's own calendar.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from dutyroom.core.findings import Finding
from dutyroom.core.words import Words

OFFICIAL, PROVISIONAL = "official", "provisional"
STATUSES = (OFFICIAL, PROVISIONAL)

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # fixed by law
    REST = "rest"  # off by the notice, though not fixed by law: moved, or the weekend between
    ADJUSTED_WORKDAY = "adjusted_workday"  # a weekend day that is worked in exchange

    @property
    def is_worked(self) -> bool:
        return self in (DayKind.WORKDAY, DayKind.ADJUSTED_WORKDAY)


class YearMissing(LookupError):
    """A year was asked about for which no notice is known. `finding` says which, and how to mend it."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year

    @property
    def finding(self) -> Finding:
        return year_missing(self.year)


def year_missing(year: int) -> Finding:
    return Finding("calendar.year_missing", "error", str(year), {"year": year})


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of a notice: all days off, and those among them that the law fixes (paid threefold)."""

    id: str
    name: Words
    days: tuple[date, ...]
    statutory: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """The order for one year. Its days may lie in the last days of the year before (New Year 2023)."""

    year: int
    number: str = ""
    published: date | None = None
    status: str = OFFICIAL
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[date, ...] = ()
    note: Words | None = None

    @property
    def is_provisional(self) -> bool:
        return self.status == PROVISIONAL


def merged(*sources: Iterable[Notice]) -> "Calendar":
    """One calendar of several sources: for a year an official notice goes before a provisional, then the later one."""
    chosen: dict[int, Notice] = {}
    for source in sources:
        for notice in source:
            before = chosen.get(notice.year)
            if before is None or before.is_provisional or not notice.is_provisional:
                chosen[notice.year] = notice
    return Calendar(tuple(chosen[year] for year in sorted(chosen)))


@dataclass(frozen=True)
class Calendar:
    """The notices that are known, one a year."""

    notices: tuple[Notice, ...] = field(default=())

    def notice(self, year: int) -> Notice:
        """Raises YearMissing."""
        found = self._by_year.get(year)
        if found is None:
            raise YearMissing(year)
        return found

    def years(self) -> tuple[int, ...]:
        return tuple(self._by_year)

    def missing(self, first: date, last: date) -> tuple[Finding, ...]:
        """A finding for each year from `first` to `last` without a notice, for those who ask before they compute."""
        years = range(first.year, last.year + 1)
        return tuple(year_missing(year) for year in years if year not in self._by_year)

    def is_provisional(self, day: date) -> bool:
        """Raises YearMissing."""
        return self.notice(day.year).is_provisional

    def kind(self, day: date) -> DayKind:
        """Raises YearMissing."""
        self.notice(day.year)
        if day in self._workdays:
            return DayKind.ADJUSTED_WORKDAY
        if (holiday := self._holidays.get(day)) is not None:
            return DayKind.HOLIDAY if day in holiday.statutory else DayKind.REST
        return DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKDAY

    def holiday(self, day: date) -> Holiday | None:
        """The holiday whose days off include this one. Raises YearMissing."""
        self.notice(day.year)
        return self._holidays.get(day)

    def is_workday(self, day: date) -> bool:
        """Raises YearMissing."""
        return self.kind(day).is_worked

    def workdays_from(self, day: date) -> Iterator[date]:
        """The days worked after `day`, in order, for as long as notices are known; then raises YearMissing."""
        while True:
            day += _DAY
            if self.is_workday(day):
                yield day

    def working_days_after(self, day: date, n: int) -> date:
        """The n-th day worked after `day` (which itself does not count); `day` itself for 0. Raises YearMissing."""
        if n < 0:
            raise ValueError(f"not a number of days: {n}")
        worked = self.workdays_from(day)
        for _ in range(n):
            day = next(worked)
        return day

    @cached_property
    def _by_year(self) -> dict[int, Notice]:
        return {notice.year: notice for notice in self.notices}

    @cached_property
    def _holidays(self) -> dict[date, Holiday]:
        return {day: one for notice in self.notices for one in notice.holidays for day in one.days}

    @cached_property
    def _workdays(self) -> frozenset[date]:
        return frozenset(day for notice in self.notices for day in notice.workdays)
