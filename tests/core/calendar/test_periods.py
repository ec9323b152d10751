"""Periods in force: seasons across New Year and leap days, holidays, declared spans, local days in every zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dutyroom.core.calendar.days import Calendar, YearMissing
from dutyroom.core.calendar.official import official_calendar
from dutyroom.core.calendar.periods import Declared, day_span, local_day, periods_at, periods_on
from dutyroom.core.instants import parse_iso
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import Period
from dutyroom.core.words import Words
from tests.core.builder import plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = sorted(available_timezones())
CALENDAR = official_calendar()
NAME = Words("x", "x")
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
# Spans of instants that a site can live through; older clocks did stranger things.
INSTANTS = st.integers(parse_iso("2015-01-01T00:00Z"), parse_iso("2040-01-01T00:00Z"))


def with_periods(*periods: Period) -> Plan:
    return replace(plan(), periods={one.id: one for one in periods})


HOLIDAYS = Period("holidays", NAME, holidays=True)
SEASON = Period("season", NAME, starts="06-01", ends="09-30")
WINTER = Period("winter", NAME, starts="11-15", ends="03-15")
EVENT = Period("event", NAME, starts="2026-09-25", ends="2026-10-02")
ALL = with_periods(HOLIDAYS, SEASON, WINTER, EVENT)


def on(day: str, *declared: Declared, of: Plan = ALL) -> tuple[str, ...]:
    return periods_on(of, CALENDAR, declared, date.fromisoformat(day), SHANGHAI)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-05-31", ()),
        ("2026-06-01", ("season",)),
        ("2026-09-24", ("season",)),
        ("2026-09-25", ("holidays", "season", "event")),  # Mid-Autumn
        ("2026-09-30", ("season", "event")),
        ("2026-10-01", ("holidays", "event")),
        ("2026-10-10", ()),  # a Saturday worked in exchange is no holiday
        ("2026-11-14", ()),
        ("2026-11-15", ("winter",)),
        ("2026-12-31", ("winter",)),
        ("2026-01-01", ("holidays", "winter")),
        ("2026-03-15", ("winter",)),
        ("2026-03-16", ()),
    ],
)
def test_periods_overlap_and_cross_new_year(day: str, expected: tuple[str, ...]) -> None:
    assert on(day) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "within", "outside"),
    [
        ("02-29", "03-05", ["2024-02-29", "2023-03-01"], ["2023-02-28", "2024-02-28"]),
        ("02-20", "02-29", ["2024-02-29", "2023-02-28"], ["2023-03-01", "2024-03-01"]),
        ("02-29", "02-29", ["2024-02-29"], ["2023-02-28", "2023-03-01"]),
    ],
)
def test_the_leap_day_as_a_border(starts: str, ends: str, within: list[str], outside: list[str]) -> None:
    leaps = with_periods(Period("leap", NAME, starts=starts, ends=ends))
    assert [on(day, of=leaps) for day in within] == [("leap",)] * len(within)
    assert [on(day, of=leaps) for day in outside] == [()] * len(outside)


def test_a_declared_period_counts_on_every_day_it_touches_and_at_its_instants_only() -> None:
    starts, ends = parse_iso("2026-04-10T18:00+08:00"), parse_iso("2026-04-12T06:00+08:00")
    one = Declared("season", starts, ends, "superior", NAME)
    assert [on(f"2026-04-{day:02}", one) for day in (9, 10, 11, 12, 13)] == [
        (), ("season",), ("season",), ("season",), (),
    ]  # fmt: skip
    for instant, expected in ((starts - 1, ()), (starts, ("season",)), (ends - 1, ("season",)), (ends, ())):
        assert periods_at(ALL, CALENDAR, [one], instant, SHANGHAI) == expected


def test_a_declared_period_of_another_plan_is_not_in_force() -> None:
    assert on("2026-04-10", Declared("unheard_of", 0, parse_iso("2030-01-01T00:00Z"))) == ()


def test_a_year_without_a_notice_stops_holidays_and_nothing_else() -> None:
    with pytest.raises(YearMissing):
        on("2027-06-01")
    assert on("2027-06-01", of=with_periods(SEASON)) == ("season",)
    with pytest.raises(YearMissing):
        periods_at(ALL, Calendar(), [], parse_iso("2026-06-01T00:00Z"), SHANGHAI)


@given(DAYS, st.sampled_from(["01", "02", "06", "11", "12"]), st.integers(1, 28))
def test_a_yearly_span_and_the_rest_of_the_year_share_out_the_days(
    day: date, month: str, number: int
) -> None:
    """What lies from one day to another, and from the day after the second to the day before the first."""
    other = date(2023, 7, 15)
    start = date(2023, int(month), number)
    assume(start not in (other, other + timedelta(1)))
    one = Period("one", NAME, starts=f"{start:%m-%d}", ends=f"{other:%m-%d}")
    rest = Period("rest", NAME, starts=f"{other + timedelta(1):%m-%d}", ends=f"{start - timedelta(1):%m-%d}")
    assume(f"{day:%m-%d}" != "02-29")  # a rest that ends on 28 February leaves the leap day out, as it says
    assert len(periods_on(with_periods(one, rest), CALENDAR, (), day, SHANGHAI)) == 1


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_instant_lies_within_its_local_day_in_every_zone(instant: int, name: str) -> None:
    zone = ZoneInfo(name)
    starts_at, ends_at = day_span(local_day(instant, zone), zone)
    assert starts_at <= instant < ends_at


@pytest.mark.parametrize("name", ZONES)
def test_days_follow_each_other_without_gap_and_begin_on_their_own_date(name: str) -> None:
    zone = ZoneInfo(name)
    ends_before = None
    for number in range(2 * 366):
        day = date(2027, 1, 1) + timedelta(number)
        starts_at, ends_at = day_span(day, zone)
        assert ends_before in (None, starts_at)
        assert local_day(starts_at, zone) == day and local_day(starts_at - 1, zone) == day - timedelta(1)
        ends_before = ends_at


def test_a_day_that_a_zone_left_out_is_empty() -> None:
    starts_at, ends_at = day_span(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    assert starts_at == ends_at


def test_a_midnight_that_clocks_skip() -> None:
    """Cairo sets clocks from 00:00 to 01:00: the day begins with the jump, an hour shorter."""
    starts_at, ends_at = day_span(date(2026, 4, 24), ZoneInfo("Africa/Cairo"))
    assert (ends_at - starts_at) == 23 * 3_600_000
    assert datetime.fromtimestamp(starts_at / 1000, UTC).astimezone(ZoneInfo("Africa/Cairo")).hour == 1


@given(DAYS, st.sampled_from(ZONES))
def test_what_holds_at_noon_holds_on_the_day(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    starts_at, ends_at = day_span(day, zone)
    noon = (starts_at + ends_at) // 2
    assert periods_at(ALL, CALENDAR, (), noon, zone) == periods_on(ALL, CALENDAR, (), day, zone)
