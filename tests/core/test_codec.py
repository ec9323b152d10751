"""The record's JSON: every event and a whole case come back exactly; what does not fit is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.codec import dump_case, dump_event, event_type, load_case, load_event
from dutyroom.core.events import EVENTS, Event
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, iso, parse_duration, parse_iso
from tests.core.builder import MOVES, START_STEP, Play, plan, step
from tests.core.samples import NOW, SAMPLES


def test_there_is_a_sample_of_every_event() -> None:
    assert {type(event).__name__ for event in SAMPLES} == set(EVENTS)


@pytest.mark.parametrize("event", SAMPLES, ids=event_type)
def test_every_event_comes_back_exactly(event: Event) -> None:
    body = json.loads(json.dumps(dump_event(event), ensure_ascii=False))
    assert body["at"] == "2026-11-23T02:00:00.000Z", "an instant is written as a text that people can read"
    back = load_event(event_type(event), body)
    assert back == event
    assert type(back) is type(event)


@pytest.mark.parametrize("event", SAMPLES, ids=event_type)
def test_an_event_with_a_field_lost_is_refused(event: Event) -> None:
    body = dump_event(event)
    del body["at"]
    with pytest.raises(ValueError, match="at"):
        load_event(event_type(event), body)


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(KeyError):
        load_event("Forgotten", {})


def test_a_case_comes_back_exactly() -> None:
    play = Play(plan(START_STEP, step("task"), step("crew", "crew", each=True, quorum=2), moves=MOVES[:1]))
    play.act("O1", "task#1", "taken")
    play.until(40)
    assert load_case(dump_case(play.case)) == play.case


# ---- instants and durations


@given(st.integers(0, 253_402_300_799_999).filter(lambda instant: instant >= 0))
def test_an_instant_comes_back_exactly(instant: int) -> None:
    assert parse_iso(iso(instant)) == instant


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    assert parse_iso("2026-11-23T10:00:00+08:00") == NOW


def test_a_time_without_an_offset_names_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_iso("2026-11-23T10:00:00")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 min", 30 * MINUTE), ("30min", 30 * MINUTE), ("2 h", 2 * HOUR), ("7 d", 7 * DAY), ("45 s", 45 * SECOND),
        ("30分钟", 30 * MINUTE), ("24 小时", DAY), ("14天", 14 * DAY), ("500 ms", 500),
        ("PT30M", 30 * MINUTE), ("P1DT2H", DAY + 2 * HOUR), ("PT1H30M5S", HOUR + 30 * MINUTE + 5 * SECOND),
    ],
)  # fmt: skip
def test_a_duration(text: str, length: int) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "30", "min", "-5 min", "1.5 h", "P", "PT", "P1M", "soon", "30 minute s", "半小时"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)
