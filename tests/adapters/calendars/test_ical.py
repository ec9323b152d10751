"""Feeds checked by parsers that are not ours: `icalendar`, `ical`, and an expansion compared with the roster."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from dutyroom.adapters.calendars.ical import Turn, feed, turns_of, uid_of
from dutyroom.core.instants import HOUR, parse_iso
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rosterfile import read_roster

PLANS = Path(__file__).parents[3] / "plans"
MADE = parse_iso("2026-11-28T00:00Z")
SHANGHAI = "Asia/Shanghai"


def turn(starts: str, ends: str, **rest: object) -> Turn:
    given = {"uid": starts, "summary": "值班员 张三", "changed_at": MADE} | rest
    return Turn(starts_at=parse_iso(starts), ends_at=parse_iso(ends), **given)  # type: ignore[arg-type]


def spans_by_icalendar(content: bytes) -> list[tuple[int, int]]:
    events = Calendar.from_ical(content).walk("VEVENT")
    return sorted((_ms(one["dtstart"].dt), _ms(one["dtend"].dt)) for one in events)


def spans_by_ical(content: bytes) -> list[tuple[int, int]]:
    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    return sorted((_ms(one.dtstart), _ms(one.dtend)) for one in calendar.events)  # type: ignore[arg-type]


def spans_by_expansion(content: bytes) -> list[tuple[int, int]]:
    events = recurring_ical_events.of(Calendar.from_ical(content)).between(
        datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    )
    return sorted((_ms(one["dtstart"].dt), _ms(one["dtend"].dt)) for one in events)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


READERS = (spans_by_icalendar, spans_by_ical, spans_by_expansion)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("plan", ["sanitation-project", "holiday-duty", "severe-weather"])
def test_a_roster_comes_back_from_every_parser(plan: str, read: object) -> None:
    roster, findings = read_roster((PLANS / plan / "roster.yaml").read_text("utf-8"))
    assert roster is not None, findings
    turns = turns_of(roster, "site", {}, {}, MADE)
    found = read(feed(turns, "值班表", SHANGHAI, MADE))  # type: ignore[operator]
    assert found == sorted((one.starts_at, one.ends_at) for one in roster.periods) and found


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "zone", [SHANGHAI, "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
def test_a_year_of_turns_across_changes_of_the_clocks(zone: str, read: object) -> None:
    start = parse_iso("2026-12-31T10:00Z")
    turns = [
        Turn(f"u{number}", "x", start + number * 12 * HOUR, start + (number + 1) * 12 * HOUR, MADE)
        for number in range(2 * 366)
    ]
    found = read(feed(turns, "t", zone, MADE))  # type: ignore[operator]
    assert found == [(one.starts_at, one.ends_at) for one in turns]


@pytest.mark.parametrize("read", READERS)
def test_the_hour_that_comes_twice_is_not_mistaken(read: object) -> None:
    """In New York 01:30 comes twice on 1 November 2026, at 05:30 and at 06:30 UTC."""
    turns = [
        turn("2026-11-01T05:30:00+00:00", "2026-11-01T06:30:00+00:00"),
        turn("2026-11-01T06:30:00+00:00", "2026-11-01T14:00:00+00:00"),
    ]
    found = read(feed(turns, "t", "America/New_York", MADE))  # type: ignore[operator]
    assert found == [(one.starts_at, one.ends_at) for one in turns]


def test_times_stand_in_the_zone_with_its_rules() -> None:
    text = feed(
        [turn("2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00")], "t", SHANGHAI, MADE
    ).decode()
    assert "DTSTART;TZID=Asia/Shanghai:20261201T180000\r\n" in text
    assert "DTEND;TZID=Asia/Shanghai:20261202T080000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in text and "TZOFFSETTO:+0800" in text


def test_lines_are_at_most_75_octets_and_break_between_characters() -> None:
    long = turn(
        "2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00", summary="质量安全监督值班员，带班；" * 20
    )
    content = feed([long], "环卫作业项目部值班表" * 9, SHANGHAI, MADE)
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert str(Calendar.from_ical(content).walk("VEVENT")[0]["summary"]) == long.summary


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
@settings(max_examples=60)
def test_any_name_comes_back(name: str) -> None:
    content = feed(
        [turn("2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00", summary=name)], "t", SHANGHAI, MADE
    )
    assert str(Calendar.from_ical(content).walk("VEVENT")[0]["summary"]) == name
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_name_cannot_add_lines_of_its_own() -> None:
    evil = "x\r\nATTENDEE:mailto:a@example.org\nBEGIN:VALARM"
    content = feed(
        [turn("2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00", summary=evil)], "t", SHANGHAI, MADE
    )
    assert not [line for line in content.split(b"\r\n") if line.startswith((b"ATTENDEE", b"BEGIN:VALARM"))]


def test_a_change_keeps_the_uid_and_counts_up_and_a_removal_is_cancelled() -> None:
    old = turn("2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00", uid="u")
    gone = Turn("u", old.summary, old.starts_at, old.ends_at, MADE + 1000, 2, cancelled=True)
    event = Calendar.from_ical(feed([gone], "t", SHANGHAI, MADE)).walk("VEVENT")[0]
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == ("u", 2, "CANCELLED")


def test_a_turn_keeps_its_uid_whoever_takes_it() -> None:
    def uid(person: str) -> str:
        roster = Roster({}, (DutyPeriod("officer", person, 0, HOUR),))
        return turns_of(roster, "s", {}, {}, MADE)[0].uid

    assert uid("P1") == uid("P2") == uid_of("s", "officer", 0, 0)
    assert uid_of("s", "officer", 0, 0) != uid_of("s", "officer", 0, 1) != uid_of("other", "officer", 0, 1)


def test_a_persons_feed_holds_that_persons_turns_and_no_other_name() -> None:
    periods = (DutyPeriod("officer", "P1", 0, HOUR), DutyPeriod("officer", "P2", HOUR, 2 * HOUR))
    turns = turns_of(
        Roster({}, periods), "s", {"P1": "张三", "P2": "李四"}, {"officer": "值班员"}, MADE, person="P1"
    )
    text = feed(turns, "t", SHANGHAI, MADE).decode()
    assert "值班员 张三" in text and "李四" not in text
    assert not any(name in text for name in ("ATTENDEE", "ORGANIZER", "mailto"))


def test_the_same_gives_the_same_bytes_and_nothing_gives_a_valid_feed() -> None:
    turns = [turn("2026-12-01T18:00:00+08:00", "2026-12-02T08:00:00+08:00")]
    assert feed(turns, "t", SHANGHAI, MADE) == feed(turns, "t", SHANGHAI, MADE)
    for read in READERS:
        assert read(feed([], "t", SHANGHAI, MADE)) == []
