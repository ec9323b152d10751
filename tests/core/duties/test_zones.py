"""Local days in every zone: each day's duties exist exactly once, in order, at the local time that the plan says.

All zones of the zone database, on and around each day on which their clocks change, 2020 to 2035. And days off that
are worked in exchange, by the official notices.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from dutyroom.core.calendar.days import DayKind
from dutyroom.core.calendar.official import official_calendar
from dutyroom.core.calendar.periods import periods_on
from dutyroom.core.duties.localtime import instant_of, local_of
from dutyroom.core.duties.occurring import Day, cases_on, items_of
from dutyroom.core.instants import HOUR, MINUTE
from dutyroom.core.roster import DutyPeriod, Roster
from tests.core.duties.days import ZONE, reference_plan, reference_roster

PLAN, WRITTEN = reference_plan(), reference_roster()
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
SPECIAL = ("special_period",)
# Two in every hundred days of change are looked at whole in each run; another part by chance.
SHARE = 50
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CREWS = {f"crew_{number}_leader" for number in range(1, 7)}


@cache
def changes(zone: str) -> tuple[date, ...]:
    """The local days of the zone on which its clocks change."""
    place, found = ZoneInfo(zone), []
    day = FIRST
    while day < LAST:
        later = min(day + timedelta(days=7), LAST)
        if _offset(place, day) != _offset(place, later):
            found.append(
                next(
                    one
                    for one in _days(day, later)
                    if _offset(place, one) != _offset(place, one + timedelta(1))
                )
            )
        day = later
    return tuple(found)


def _offset(place: ZoneInfo, day: date) -> timedelta | None:
    return datetime.combine(day, time(), place).utcoffset()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days))


@cache
def around_changes() -> tuple[tuple[str, date], ...]:
    return tuple((zone, day) for zone in sorted(available_timezones()) for day in changes(zone))


def roster_of(zone: str, day: date) -> Roster:
    """Turns of a day each, handed over at 18:00 local time, around the day."""
    days = [day + timedelta(days=number) for number in range(-2, 4)]
    turns = [instant_of(one, "18:00", zone) for one in days]
    people = (("P010", "P011"), ("P012", "P013"), ("P014", "P015"))
    return Roster(
        WRITTEN.standing,
        tuple(
            DutyPeriod("duty_officer", person, starts, ends, place)
            for number, (starts, ends) in enumerate(pairwise(turns))
            for place, person in enumerate(people[number % 3])
        ),
    )


def holds_in(zone: str, day: date) -> None:
    """What must be true of the day, whatever its clocks do."""
    roster = roster_of(zone, day)
    three = [items_of(PLAN, roster, Day(day + timedelta(days=n), zone, SPECIAL)) for n in (-1, 0, 1)]
    names = [(item.step, item.role, item.due_at) for items in three for item in items]
    assert len(names) == len(set(names)), "nothing belongs to two days"
    items = three[1]
    assert [item.call_at for item in items] == sorted(item.call_at for item in items)
    reports = [item for item in items if item.step == "calendar.evening_report"]
    assert {item.role for item in reports} == CREWS and len(reports) == 6, "one report of each crew"
    assert len([item for item in items if item.step == "handover.duty_officer"]) == 1, "one handover"
    starts, ends = (instant_of(one, "00:00", zone) for one in (day, day + timedelta(days=1)))
    assert 20 * HOUR <= ends - starts <= 28 * HOUR
    for item in items:
        begins = item.not_before if item.not_before is not None else item.call_at
        assert starts - HOUR <= begins <= item.call_at <= item.due_at, item
        assert item.step.startswith("summary") or starts <= item.call_at < ends, item
    for item in reports:
        assert local_of(item.due_at - HOUR, zone).replace(tzinfo=None) == datetime.combine(day, time(18))
    handover = next(item for item in items if item.step == "handover.duty_officer")
    assert handover.call_at == instant_of(day, "18:00", zone)
    three_days = [min(item.due_at for item in one if item.step == "calendar.evening_report") for one in three]
    assert three_days == sorted(set(three_days)), "from day to day later"


def some_changes() -> list[tuple[str, date]]:
    """Always the same part, spread over all zones; and each change to another offset that is no whole hour."""
    return [
        (zone, day)
        for zone, day in around_changes()
        if zlib.crc32(f"{zone}/{day}".encode()) % SHARE == 0
        or zone in ("Australia/Lord_Howe", "Antarctica/Troll")
    ]


def test_every_zone_on_days_when_its_clocks_change() -> None:
    looked_at = some_changes()
    assert len({zone for zone, _ in around_changes()}) > 150 and len(looked_at) > 100
    for zone, day in looked_at:
        for near in (-1, 0, 1):
            holds_in(zone, day + timedelta(days=near))


def test_every_zone_on_an_ordinary_day() -> None:
    for zone in sorted(available_timezones()):
        holds_in(zone, date(2027, 7, 15))


@settings(max_examples=60, deadline=None, phases=PHASES)
@given(st.data())
def test_any_zone_on_any_day(data: st.DataObject) -> None:
    zone, day = data.draw(st.sampled_from(around_changes()))
    holds_in(zone, day + timedelta(days=data.draw(st.integers(-1, 1))))


# ---- a time that is skipped, or comes twice


@settings(max_examples=200, deadline=None, phases=PHASES)
@given(st.data(), st.integers(0, 24 * 60 - 1))
@example(None, 0)
def test_a_skipped_time_is_when_the_clocks_went_on_and_a_repeated_one_its_first(
    data: st.DataObject | None, minute: int
) -> None:
    zone, day = (
        ("Europe/Berlin", date(2027, 3, 28)) if data is None else data.draw(st.sampled_from(around_changes()))
    )
    at = f"{minute // 60:02d}:{minute % 60:02d}"
    resolved_as_documented(zone, day, at)


def test_eighteen_hundred_where_a_zone_skips_or_repeats_any_time() -> None:
    """For some zones and every quarter of an hour of the day on which they change."""
    for zone, day in some_changes()[::6]:
        instants = []
        for minute in range(0, 24 * 60, 15):
            resolved_as_documented(zone, day, f"{minute // 60:02d}:{minute % 60:02d}")
            instants.append(instant_of(day, f"{minute // 60:02d}:{minute % 60:02d}", zone))
        assert instants == sorted(instants), "later times of day are later instants"


def resolved_as_documented(zone: str, day: date, at: str) -> None:
    """Compared with the instants themselves: the first at which the clock shows the time, or has passed it."""
    found = instant_of(day, at, zone)
    wanted = datetime.combine(day, time.fromisoformat(at))
    shown = local_of(found, zone).replace(tzinfo=None)
    assert shown >= wanted, "never before its time"
    before = local_of(found - 1, zone).replace(tzinfo=None)
    if shown == wanted:
        earlier = [found - minutes * MINUTE for minutes in (30, 60, 120)]
        assert all(local_of(one, zone).replace(tzinfo=None) != wanted for one in earlier), "the first of two"
    else:
        assert before < wanted < shown, "the clocks went on at that very instant"
        assert local_of(found, zone).utcoffset() != local_of(found - 1, zone).utcoffset()


# ---- days off, and days worked in exchange


def official_days() -> list[date]:
    calendar = official_calendar()
    return [date(year, 1, 1) + timedelta(days=n) for year in calendar.years() for n in range(365)]


def test_reports_are_owed_on_days_off_by_the_notice_and_not_on_days_worked_in_exchange() -> None:
    calendar, zone = official_calendar(), ZoneInfo(ZONE)
    counted = dict.fromkeys(DayKind, 0)
    for day in official_days():
        kind = calendar.kind(day)
        counted[kind] += 1
        periods = periods_on(PLAN, calendar, (), day, zone)
        found = cases_on(PLAN, roster_of(ZONE, day), Day(day, ZONE, periods))
        reports = {i.role for one in found for i in one.items if i.step == "calendar.evening_report"}
        if kind in (DayKind.HOLIDAY, DayKind.REST):
            assert "major_holidays" in periods and reports == CREWS, day
        else:
            assert "major_holidays" not in periods, day
            assert bool(reports) == ("special_period" in periods), day
        if kind is DayKind.ADJUSTED_WORKDAY:
            assert day.weekday() >= 5 and calendar.is_workday(day), day
    assert all(count > 20 for count in counted.values()), counted


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(official_days()), st.integers(0, 40))
@example(date(2024, 10, 11), 1)
def test_working_days_are_counted_as_they_are_worked(day: date, count: int) -> None:
    calendar = official_calendar()
    if day.year == max(calendar.years()) and day.month > 9:
        return  # the next notice is not out
    reached = calendar.working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (reached - day).days + 1)]
    assert sum(calendar.kind(one).is_worked for one in between) == count
    assert count == 0 or calendar.kind(reached).is_worked


@pytest.mark.parametrize("moment", [datetime(2027, 12, 31, 16, tzinfo=UTC)])
def test_a_day_begins_at_its_own_midnight_not_at_that_of_the_server(moment: datetime) -> None:
    instant = int(moment.timestamp() * 1000)
    assert local_of(instant, "Asia/Shanghai").date() == date(2028, 1, 1)
    assert local_of(instant, "America/Los_Angeles").date() == date(2027, 12, 31)
