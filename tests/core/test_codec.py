"""The record's JSON: every event and a whole case come back exactly; what does not fit is refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.codec import dump_case, dump_event, event_type, load_case, load_event
from dutyroom.core.commands import Act, Times
from dutyroom.core.decide import decided
from dutyroom.core.events import EVENTS, Event
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, iso, parse_duration, parse_iso
from dutyroom.core.plan import Clock, ClockKind, Join, Verb
from dutyroom.core.roster import PlanInForce
from tests.core.builder import MOVES, START_STEP, Play, people, plan, roster, step
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


# A snapshot as the version before the larger language wrote it: without `assisting`, `times` and `done_at`.
OLD_CASE = """
{"case":"K-1","site":"site","plan":"small","edition":"00","phase":"response","level":"II",
 "opened_at":"2026-11-23T02:00:00.000Z","last_at":"2026-11-23T02:05:00.000Z","closed_at":null,"exercise":false,
 "facts":{"affected":12,"over":false},"obligations":{"look#1":{"key":"look#1","step":"look","occurrence":1,
 "role":"officer","opened_at":"2026-11-23T02:00:00.000Z","dues":[{"verb":"done","due_at":"2026-11-23T02:30:00.000Z",
 "kind":"hard","word":""}],"next_call_at":null,"not_before":null,"text":"","parent":"","status":"open","rung":0,
 "rung_role":"officer","ring":0,"calls":1,"called":[["O1","sms"]],"asked":["O1"],"marks":{"received":{"by":"O1",
 "at":"2026-11-23T02:01:00.000Z","recorded_at":"2026-11-23T02:05:00.000Z"}},"missed":[],"excused":[],"facts":{},
 "answers":{}}},"done":{"start":1},"done_before":{},"phases":["readiness","response"],"doers":{"start":["O1"]},
 "commands":["command-1","command-2"],"events":7}
"""


def test_a_case_recorded_by_the_version_before_goes_on() -> None:
    case = load_case(OLD_CASE)
    assert (case.assisting, case.times, case.done_at) == (False, None, {})
    late = replace(
        step("late"), clocks={Verb.DONE: Clock(ClockKind.HARD, HOUR, since="happened")}, after=Join(("look",))
    )
    rules = PlanInForce(plan(START_STEP, step("look"), late, moves=MOVES[:1]), roster(), people())
    now = NOW + 10 * MINUTE
    answer = decided(rules, case, Act("command-3", "O1", "look#1", Verb.DONE, Times(now, now)), now)
    assert not isinstance(answer, Refusal)
    assert answer[1].obligations["late#1"].dues[0].due_at == now + HOUR, (
        "the times of its report are not known"
    )
    assert load_case(dump_case(answer[1])) == answer[1]


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
    "text", ["", "30", "min", "-5 min", "1.5 h", "P", "PT", "P1M", "soon", "30 minute s", "半小小时"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)
