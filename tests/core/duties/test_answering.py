"""What one answer settles: roll calls first, the report whose time it is, and never more than was said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.duties.answering import (
    OTHER,
    REPORT,
    Waits,
    announced,
    is_unannounced,
    report_meant,
    to_do,
)
from dutyroom.core.duties.replies import read_reply
from dutyroom.core.duties.steps import ROLL_CALL
from dutyroom.core.events import Due
from dutyroom.core.instants import HOUR, MINUTE
from dutyroom.core.owing import Obligation, Obligations
from dutyroom.core.plan import ClockKind, Verb
from dutyroom.core.state import Case

NOW = 1_800_000_000_000


def owed(key: str, begins: int, within: int = HOUR) -> Obligation:
    dues = (Due(Verb.DONE, begins + within, ClockKind.HARD),)
    return Obligation(key, key.partition("#")[0], 1, "r", NOW - 12 * HOUR, dues, begins, begins_at=begins)


def waiting(kind: str, key: str, begins: int = NOW - MINUTE) -> Waits:
    return Waits("case", owed(key, begins), kind)


CALL = waiting(ROLL_CALL, "rollcall.office#1")
EVENING = waiting(REPORT, "calendar.evening#1")
INCIDENT = waiting(OTHER, "verify#1")


def settled(text: str, *found: Waits, at: int = NOW) -> list[tuple[str, Verb]]:
    return [(one.waits.owed.key, one.verb) for one in to_do(read_reply(text), found, at)]


@pytest.mark.parametrize(
    ("text", "found", "wanted"),
    [
        ("0", (EVENING,), [("calendar.evening#1", Verb.DONE)]),
        ("1", (EVENING,), [("calendar.evening#1", Verb.RECEIVED)]),
        ("1", (CALL, EVENING), [("rollcall.office#1", Verb.DONE)]),
        ("0", (CALL, EVENING), [("rollcall.office#1", Verb.DONE), ("calendar.evening#1", Verb.DONE)]),
        ("东门树倒", (EVENING, CALL), [("rollcall.office#1", Verb.DONE), ("calendar.evening#1", Verb.DONE)]),
        ("1", (INCIDENT,), [("verify#1", Verb.RECEIVED)]),
        ("好的马上到", (INCIDENT,), [("verify#1", Verb.RECEIVED)]),
        ("0", (INCIDENT,), []),
        ("0", (INCIDENT, EVENING), [("calendar.evening#1", Verb.DONE)]),
        ("", (CALL, EVENING, INCIDENT), []),
        ("0", (), []),
    ],
)
def test_what_is_meant(text: str, found: tuple[Waits, ...], wanted: list[tuple[str, Verb]]) -> None:
    assert settled(text, *found) == wanted


def test_the_answers_of_a_report() -> None:
    def said(text: str) -> dict[str, object]:
        return dict(to_do(read_reply(text), (EVENING,), NOW)[0].answers)

    assert said("12人 0") == {"nothing": True, "present": 12}
    assert said("8 树倒") == {"what": "树倒", "present": 8}
    assert said("无事") == {"nothing": True}


def test_a_report_belongs_to_the_time_at_which_it_was_written() -> None:
    noon, evening = waiting(REPORT, "noon#1", NOW - 6 * HOUR), waiting(REPORT, "evening#1", NOW - MINUTE)
    later = waiting(REPORT, "later#1", NOW + MINUTE)
    assert report_meant((noon, later, evening), NOW) is evening
    assert report_meant((noon, later, evening), NOW - HOUR) is noon
    assert report_meant((later,), NOW) is None


def test_what_has_not_begun_is_not_settled() -> None:
    assert settled("1", waiting(ROLL_CALL, "rollcall.office#2", NOW + 1)) == []


def test_a_roll_call_to_come_is_not_in_the_case_that_is_shown() -> None:
    come, ahead = owed("rollcall.a#1", NOW), owed("rollcall.a#2", NOW + 1)
    case = replace(Case(), obligations=Obligations.of([come, ahead, owed("calendar.x#1", NOW + HOUR)]))
    assert [is_unannounced(one, NOW) for one in (come, ahead)] == [False, True]
    assert list(announced(case, NOW).obligations) == ["rollcall.a#1", "calendar.x#1"]
    assert announced(case, NOW + 1) is case


@given(st.text(max_size=30), st.lists(st.integers(0, 2), unique=True))
def test_nothing_but_a_report_and_a_roll_call_is_ever_finished(text: str, places: list[int]) -> None:
    doing = to_do(read_reply(text), [(CALL, EVENING, INCIDENT)[place] for place in places], NOW)
    assert all(one.verb is Verb.RECEIVED for one in doing if one.waits.kind == OTHER)
    assert len({one.waits.owed.key for one in doing}) == len(doing)
