"""Kinds of days: every day of the packaged years against two independent libraries; years unknown; counting on."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.calendar.days import Calendar, DayKind, Holiday, Notice, YearMissing, merged
from dutyroom.core.calendar.official import calendar_of_file, official_calendar, official_notices
from dutyroom.core.words import Words

PLANS = Path(__file__).parents[3] / "plans"
CALENDAR = official_calendar()
FIRST, LAST = date(2020, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
KNOWN = st.dates(FIRST, LAST)


def provisional_2027() -> Calendar:
    text = (PLANS / "sanitation-project" / "calendar.yaml").read_text("utf-8")
    found, findings = read_calendar(text)
    assert found is not None and findings == ()
    return calendar_of_file(found)


def statutory(year: int) -> set[date]:
    """The days fixed by law, by the `holidays` library; it also lists days moved, and the epidemic's of 2020."""
    named = holidays.country_holidays("CN", years=year, observed=False)
    return {
        day for day, name in named.items() if not name.startswith("Day off") and "Extended" not in name
    } | ({date(2020, 10, 1)} if year == 2020 else set())


def test_every_day_is_worked_or_not_as_chinesecalendar_says() -> None:
    assert [day for day in DAYS if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_days_worked_in_exchange_are_those_of_chinesecalendar() -> None:
    ours = {day for day in DAYS if CALENDAR.kind(day) is DayKind.ADJUSTED_WORKDAY}
    assert ours == {day for day in chinese_calendar.constants.workdays if FIRST <= day <= LAST}
    assert len(ours) == 46


def test_days_off_are_those_of_chinesecalendar() -> None:
    """It also counts 30 and 31 December 2023, a plain weekend before New Year that the notice does not name."""
    ours = {day for day in DAYS if CALENDAR.holiday(day) is not None}
    theirs = {day for day in chinese_calendar.constants.holidays if FIRST <= day <= LAST}
    assert theirs - ours == {date(2023, 12, 30), date(2023, 12, 31)}
    assert ours - theirs == set()
    assert CALENDAR.kind(date(2023, 12, 30)) is DayKind.WEEKEND


@pytest.mark.parametrize("year", range(2020, 2027))
def test_statutory_days_are_those_of_holidays(year: int) -> None:
    ours = {day for day in DAYS if day.year == year and CALENDAR.kind(day) is DayKind.HOLIDAY}
    assert ours == statutory(year)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_weekdays_off_are_those_of_holidays(year: int) -> None:
    """The library's observed and moved days, and its statutory ones, are all weekdays we have off, and the reverse."""
    theirs = {day for day in holidays.country_holidays("CN", years=year) if day.weekday() < 5}
    ours = {
        day for day in DAYS if day.year == year and day.weekday() < 5 and not CALENDAR.kind(day).is_worked
    }
    assert ours == theirs


def test_a_year_without_a_notice_is_an_error_by_name_and_never_guessed() -> None:
    for ask in (CALENDAR.kind, CALENDAR.holiday, CALENDAR.is_workday, CALENDAR.is_provisional):
        with pytest.raises(YearMissing) as missing:
            ask(date(2027, 3, 3))
        assert missing.value.finding.code == "calendar.year_missing"
        assert missing.value.finding.fields == {"year": 2027}
    assert [f.place for f in CALENDAR.missing(date(2026, 12, 1), date(2028, 2, 1))] == ["2027", "2028"]
    with pytest.raises(YearMissing):
        CALENDAR.working_days_after(date(2026, 12, 30), 5)


def test_the_last_days_of_a_year_can_be_off_by_the_next_years_notice() -> None:
    assert CALENDAR.kind(date(2022, 12, 31)) is DayKind.REST
    assert CALENDAR.holiday(date(2022, 12, 31)).id == "new_year"


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # Friday; Saturday is worked in exchange
        ("2026-02-14", 1, "2026-02-24"),  # the long Spring Festival
        ("2026-02-14", 5, "2026-02-28"),  # Tuesday to Friday, then a worked Saturday
        ("2026-09-18", 1, "2026-09-20"),  # a worked Sunday
        ("2024-02-28", 1, "2024-02-29"),  # leap day
        ("2023-12-29", 1, "2024-01-02"),  # across New Year
        ("2026-03-07", 0, "2026-03-07"),
    ],
)
def test_working_days_after(day: str, n: int, then: str) -> None:
    assert CALENDAR.working_days_after(date.fromisoformat(day), n) == date.fromisoformat(then)


@given(st.dates(FIRST, date(2026, 6, 1)), st.integers(1, 60))
def test_exactly_n_days_are_worked_up_to_the_nth(day: date, n: int) -> None:
    then = CALENDAR.working_days_after(day, n)
    between = [day + timedelta(number) for number in range(1, (then - day).days + 1)]
    assert sum(CALENDAR.is_workday(each) for each in between) == n
    assert CALENDAR.is_workday(then)


@given(KNOWN)
def test_each_kind_means_what_it_says(day: date) -> None:
    kind, weekend = CALENDAR.kind(day), day.weekday() >= 5
    assert kind not in (DayKind.WEEKEND, DayKind.ADJUSTED_WORKDAY) or weekend
    assert kind is not DayKind.WORKDAY or not weekend
    assert (CALENDAR.holiday(day) is not None) == (kind in (DayKind.HOLIDAY, DayKind.REST))
    assert CALENDAR.is_workday(day) == kind.is_worked


def test_2027_is_provisional_and_holds_the_thirteen_days_of_the_law() -> None:
    calendar = provisional_2027()
    days = [date(2027, 1, 1) + timedelta(n) for n in range(365)]
    off = {day for day in days if calendar.kind(day) is DayKind.HOLIDAY}
    assert off == statutory(2027) and len(off) == 13
    assert {calendar.kind(day) for day in days} == {DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY}
    assert calendar.is_provisional(date(2027, 6, 1)) and not calendar.is_provisional(date(2026, 6, 1))


def test_2027_is_not_packaged_before_its_notice_is_known() -> None:
    assert [notice.year for notice in official_notices()] == list(range(2020, 2027))
    assert not any(notice.is_provisional for notice in official_notices())


def test_official_goes_before_provisional_and_later_before_earlier() -> None:
    old, new = Notice(2027, "1", status="provisional"), Notice(2027, "2", FIRST)
    assert merged([new], [old]).notice(2027) is new
    assert merged([old], [new]).notice(2027) is new
    again = Notice(2027, "3", FIRST)
    assert merged([new], [again]).notice(2027) is again


def test_a_replaced_notice_leaves_nothing_behind() -> None:
    day = date(2027, 3, 3)
    old = Notice(2027, "1", FIRST, holidays=(Holiday("x", Words("x", "x"), (day,), (day,)),))
    assert merged([old], [Notice(2027, "2", FIRST)]).kind(day) is DayKind.WORKDAY
