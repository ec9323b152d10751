"""Who may justify a deviation, when, and what it changes: nothing but the record."""

import pytest

from dutyroom.core.commands import Justify, Times
from dutyroom.core.decide import decide
from dutyroom.core.decide.justifying import justifiers
from dutyroom.core.events import DeviationJustified
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from tests.core.builder import MOVES, START_STEP, Play, plan, step

SIGN = step("sign_a", "officer", phases=("closing",), voluntary=True, clocks={})


def justify(
    play: Play, by: str, reason: str = "the road was closed", deviation: str = "late:task#1:done"
) -> object:
    times = Times(play.case.last_at, play.case.last_at)
    command = Justify(f"j-{by}-{reason}", by, deviation, reason, True, times)
    return decide(play.rules, play.case, command, play.case.last_at + 1)


def test_who_signs_the_end_may_and_the_last_rung_where_nobody_signs() -> None:
    assert justifiers(plan(START_STEP, SIGN, signs=("sign_a",))) == ("officer",)
    assert justifiers(plan(START_STEP, SIGN)) == ("leader",)


def test_it_is_noted_and_changes_nothing_else() -> None:
    play = Play(plan(START_STEP, step("task"), SIGN, moves=MOVES[:1], signs=("sign_a",)))
    events = justify(play, "O1")
    assert isinstance(events, tuple)
    assert [type(one) for one in events] == [DeviationJustified]
    after = replay(events, play.case)
    assert after.obligations == play.case.obligations
    assert (after.phase, after.facts, after.done) == (play.case.phase, play.case.facts, play.case.done)
    assert (
        decide(play.rules, after, Justify("j-O1-the road was closed", "O1", "x", "y", False, Times(0, 0)), 0)
        == ()
    )


@pytest.mark.parametrize(
    ("by", "reason", "deviation", "code"),
    [
        ("S1", "why", "late:x", "justify.not_yours"),
        ("O1", "  ", "late:x", "justify.no_reason"),
        ("O1", "why", " ", "justify.no_deviation"),
    ],
)
def test_refused(by: str, reason: str, deviation: str, code: str) -> None:
    play = Play(plan(START_STEP, SIGN, moves=MOVES[:1], signs=("sign_a",)))
    refused = justify(play, by, reason, deviation)
    assert isinstance(refused, Refusal)
    assert refused.code == code
