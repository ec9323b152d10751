"""The ladder: who is called, on which channel, in which order, and that it never ends in silence."""

from dutyroom.core import events as e
from dutyroom.core.decide.calling import ladder, with_deputies
from dutyroom.core.plan import Role, Verb
from dutyroom.core.roster import Channel, DutyPeriod, Responder
from tests.core.builder import (
    MOVES,
    PEOPLE,
    START,
    START_STEP,
    Play,
    hard,
    minutes,
    people,
    plan,
    roster,
    step,
    words,
)

TASK = step("task", clocks={Verb.DONE: hard(150)}, ladder=("a",))
PLAN = plan(START_STEP, TASK, moves=MOVES[:1])


def calls(play: Play) -> list[tuple[float, str, str]]:
    return [(play.minute(call.at), call.person, call.channel) for call in play.of(e.PersonCalled)]


def test_each_person_on_each_channel_then_deputies_ladder_and_last_rung() -> None:
    play = Play(PLAN)
    play.until(12)
    assert calls(play) == [
        (0, "O1", "sms"), (2, "O1", "voice"), (4, "O2", "sms"), (6, "O2", "voice"),
        (8, "S1", "sms"), (10, "S1", "voice"), (12, "A1", "sms"),
    ]  # fmt: skip
    play.until(18)
    assert calls(play)[7:] == [(14, "A1", "voice"), (16, "L1", "sms"), (18, "L1", "voice")]
    assert [(up.role, up.rung, up.why) for up in play.of(e.Escalated)] == [
        ("second", 1, "silent"), ("a", 2, "silent"), ("leader", 3, "silent"),
    ]  # fmt: skip


def test_behind_the_last_rung_it_rings_again_for_ever_and_says_so() -> None:
    play = Play(PLAN)
    play.until(60)
    rounds = [
        (play.minute(one.at), one.ring, play.minute(one.next_call_at)) for one in play.of(e.LadderExhausted)
    ]
    assert rounds == [(20, 1, 30), (34, 2, 44), (48, 3, 58)]
    assert calls(play)[10:13] == [(30, "L1", "sms"), (32, "L1", "voice"), (44, "L1", "sms")]


def test_a_channel_may_have_its_own_wait() -> None:
    slow = {**people(), "O1": Responder("O1", "zh", (Channel("sms", minutes(7)), Channel("voice")))}
    play = Play(PLAN, the_people=slow)
    play.until(8)
    assert calls(play) == [(0, "O1", "sms"), (7, "O1", "voice")]


def test_an_empty_role_is_left_at_once_and_on_record() -> None:
    play = Play(PLAN, roster({**PEOPLE, "officer": ()}), started=False)
    play.volunteer("S1", "start")
    assert [(empty.role, empty.rung) for empty in play.of(e.RoleEmpty)] == [("officer", 0)]
    assert play.of(e.Escalated)[0].why == "empty"
    assert calls(play) == [(0, "S1", "sms")]


def test_a_person_without_a_channel_does_not_fill_a_role() -> None:
    mute = {**people(), "S1": Responder("S1")}
    play = Play(PLAN, roster({**PEOPLE, "officer": ()}), mute, started=False)
    play.volunteer("S1", "start")
    assert [empty.role for empty in play.of(e.RoleEmpty)] == ["officer", "second"]
    assert calls(play) == [(0, "A1", "sms")]


def test_everybody_gone_keeps_ringing_and_finds_who_comes_later() -> None:
    play = Play(PLAN)
    play.staffed({})
    play.until(25)
    assert {empty.role for empty in play.of(e.RoleEmpty)} == {"officer", "second", "a", "leader"}
    assert play.of(e.LadderExhausted)
    play.staffed({"leader": ("L1",)})
    play.until(40)
    assert calls(play)[-1][1] == "L1"


def test_an_answer_stops_the_calling_until_a_deadline_passes() -> None:
    play = Play(plan(START_STEP, step("task", clocks={Verb.DONE: hard(30)}), moves=MOVES[:1]))
    play.until(1)
    play.act("O1", "task#1", Verb.RECEIVED)
    assert play.until(29) == ()
    play.until(30)
    assert play.of(e.Escalated)[-1].why == "done"
    assert calls(play)[-2:] == [(30, "O1", "sms"), (30, "S1", "sms")], (
        "its owner is told, the next one is asked"
    )


def test_who_has_missed_it_cannot_silence_the_call_to_the_next_one() -> None:
    play = Play(plan(START_STEP, step("task", clocks={Verb.DONE: hard(30)}), moves=MOVES[:1]))
    play.act("O1", "task#1", Verb.TAKEN)
    play.until(30.5)
    play.act("O1", "task#1", Verb.RECEIVED)
    play.until(32)
    assert calls(play)[-1] == (32, "S1", "voice")
    play.act("S1", "task#1", Verb.RECEIVED)
    assert play.until(42) == (play.events[-1],)
    assert calls(play)[-1] == (42, "S1", "sms"), "overdue and only received: it is called again"


def test_what_was_given_days_is_called_again_by_the_hour_not_by_the_minute() -> None:
    play = Play(plan(START_STEP, step("task", clocks={Verb.DONE: hard(3 * 24 * 60)}), moves=MOVES[:1]))
    play.act("O1", "task#1", Verb.TAKEN)
    play.until(3 * 24 * 60)
    play.act("S1", "task#1", Verb.RECEIVED)
    before = len(calls(play))
    play.until(3 * 24 * 60 + 719)
    assert len(calls(play)) == before
    play.until(3 * 24 * 60 + 720)
    assert len(calls(play)) == before + 1


def test_a_failed_call_goes_on_to_the_next_channel_at_once() -> None:
    play = Play(PLAN)
    play.until(0.5)
    play.call_fails("task#1", "O1", "sms")
    assert [(failed.person, failed.channel) for failed in play.of(e.CallFailed)] == [("O1", "sms")]
    assert calls(play)[-1] == (0.5, "O1", "voice")


def test_a_failure_told_too_late_changes_nothing() -> None:
    play = Play(PLAN)
    play.until(3)
    assert play.call_fails("task#1", "O1", "sms") == ()
    play.act("O1", "task#1", Verb.TAKEN)
    assert play.call_fails("task#1", "O1", "voice") == ()
    assert play.call_fails("nothing#1", "O1", "voice") == ()


def test_holders_are_those_of_the_moment_of_the_call() -> None:
    periods = [
        DutyPeriod("officer", "O1", START - minutes(60), START + minutes(3)),
        DutyPeriod("officer", "A1", START + minutes(3), START + minutes(60)),
    ]
    play = Play(PLAN, roster({"leader": ("L1",), "second": ("S1",)}, periods))
    play.until(5)
    assert calls(play) == [(0, "O1", "sms"), (2, "O1", "voice"), (4, "A1", "sms")]


def test_a_loop_of_deputies_ends() -> None:
    roles = {name: Role(name, words(name), (other,)) for name, other in (("x", "y"), ("y", "x"))}
    roles["leader"] = Role("leader", words("leader"))
    looped = plan(step("task", "x", phases=("readiness",)), roles=roles)
    assert with_deputies(looped, "x") == ("x", "y")
    play = Play(looped)
    assert ladder(looped, play.case.obligations["task#1"]) == ("x", "y", "leader")
    assert calls(play) == [(0, "L1", "sms")]


def test_a_promise_for_tomorrow_does_not_ring_the_whole_ladder_tonight() -> None:
    patient = {name: Responder(name, "zh", (Channel("sms"), Channel("voice"))) for name in people()}
    task = step("task", clocks={Verb.DONE: hard(24 * 60)})
    play = Play(plan(START_STEP, task, moves=MOVES[:1]), the_people=patient)
    play.until(95)
    assert calls(play) == [(0, "O1", "sms")]
    play.until(96)
    assert calls(play)[1:] == [(96, "O1", "voice")]
