"""What the larger language adds to the engine: each construct at work in a case."""

from dataclasses import replace

from dutyroom.core import events as e
from dutyroom.core.commands import OpenCase, Times
from dutyroom.core.joining import complete
from dutyroom.core.plan import (
    Assisting,
    Clock,
    ClockKind,
    Condition,
    Confirm,
    Field,
    FieldType,
    Move,
    Plan,
    Repeat,
    Step,
    Verb,
)
from tests.core.builder import END_STEP, MOVES, START, START_STEP, Play, hard, minutes, plan, step, words

NOTE = Field("note", words("note"))
GRADE = step("grade", voluntary=True, clocks={}, asks=(Field("level", words("level"), FieldType.LEVEL),))


def joined(*steps: Step, **rest: object) -> Plan:
    made, findings = complete(plan(*steps, **rest))  # type: ignore[arg-type]
    assert made is not None, findings
    return made


def test_an_act_that_needs_a_second_person_counts_only_when_they_confirm() -> None:
    confirm = Confirm("leader", words("confirm"), hard(10))
    steps = (
        step("switch_on", confirm=confirm),
        step("after", after=replace(END_STEP.after, all=("switch_on",))),
    )
    play = Play(joined(START_STEP, *steps, moves=MOVES[:1]))
    play.act("O1", "switch_on#1")
    assert play.open() == ["switch_on_confirmed#1"], "one person's word is not enough"
    assert play.refused(play_act(play, "O1", "switch_on_confirmed#1")).code == "act.not_yours"
    play.act("L1", "switch_on_confirmed#1")
    assert play.open() == ["after#1"]


def test_the_second_person_is_never_the_first() -> None:
    confirm = Confirm("leader", words("confirm"))
    play = Play(joined(START_STEP, step("switch_on", "leader", confirm=confirm), moves=MOVES[:1]))
    play.act("L1", "switch_on#1")
    assert play.refused(play_act(play, "L1", "switch_on_confirmed#1")).code == "act.same_person"


def test_others_command_and_the_command_comes_back() -> None:
    steps = (
        step("decide"), step("help"),
        step("hand", voluntary=True, clocks={}, command="hand_over"),
        step("back", voluntary=True, clocks={}, command="take_back"),
        step("say", voluntary=True, clocks={}),
    )  # fmt: skip
    play = Play(plan(START_STEP, *steps, moves=MOVES[:1], assisting=Assisting("officer", ("decide", "say"))))
    assert play.refused(play_volunteer(play, "back")).code == "act.not_yet"
    play.volunteer("O1", "hand")
    assert play.case.assisting
    assert play.open() == ["help#1"]
    assert [w.why for w in play.of(e.Withdrawn)] == ["assisting"]
    assert play.refused(play_volunteer(play, "say")).code == "act.assisting"
    assert play.refused(play_volunteer(play, "hand")).code == "act.not_yet"
    play.volunteer("O1", "back")
    assert not play.case.assisting
    assert play.open() == ["help#1", "decide#2"]


def test_a_step_of_certain_levels_opens_with_them_and_goes_on_or_stops_as_it_says() -> None:
    grave = step("grave", levels=("I", "II"))
    only = step("only", levels=("I",), on_level_change="stop")
    play = Play(plan(START_STEP, GRADE, grave, only, moves=MOVES[:1]))
    assert play.open() == []
    play.volunteer("O1", "grade", level="I")
    assert play.open() == ["grave#1", "only#1"]
    play.volunteer("O1", "grade", level="III")
    assert play.open() == ["grave#1"]
    assert [w.why for w in play.of(e.Withdrawn)] == ["level"]


def test_a_clock_runs_from_what_it_names_and_falls_back_to_the_next_time_that_is_known() -> None:
    clocks = {
        Verb.RECEIVED: Clock(ClockKind.HARD, minutes(10), since="happened"),
        Verb.DONE: Clock(ClockKind.HARD, minutes(60), since="known"),
    }
    after = step("after", clocks={Verb.DONE: Clock(ClockKind.HARD, minutes(30), since="task")})
    play = Play(plan(START_STEP, step("task", clocks=clocks), after, moves=MOVES[:1]), started=False)
    play.case = type(play.case)()
    play.events.clear()
    times = Times(START, START - minutes(1), happened_at=START - minutes(5))
    play.do(OpenCase("again", "K-2", "site", times, {}, {}))
    play.volunteer("O1", "start")
    dues = {
        opened.step: [play.minute(due.due_at) for due in opened.dues]
        for opened in play.of(e.ObligationOpened)
    }
    assert dues["task"] == [5, 59], (
        "since it happened; since it was reported, for when it was known nobody said"
    )
    assert dues["after"] == [30], "the step it counts from is not done: from its own opening"


def test_nothing_new_is_a_report() -> None:
    repeat = Repeat(minutes(30), nothing_new=True)
    play = Play(plan(START_STEP, step("progress", repeat=repeat, asks=(NOTE,)), moves=MOVES[:1]))
    assert play.refused(play_act(play, "O1", "progress#1")).unmet == ("field:note:missing",)
    play.act("O1", "progress#1", nothing_new=True)
    assert play.open() == ["progress#2"]
    strict = Play(
        plan(START_STEP, step("progress", repeat=Repeat(minutes(30)), asks=(NOTE,)), moves=MOVES[:1])
    )
    assert not strict.of(e.ActMarked)
    assert (
        "field:nothing_new:unknown"
        in strict.refused(play_act(strict, "O1", "progress#1", nothing_new=True)).unmet
    )


def test_any_of_several_conditions_is_enough_where_the_plan_says_any() -> None:
    needs = (Condition("a", words("a"), "facts.over"), Condition("b", words("b"), "facts.affected < 5"))
    both = step("both", requires=needs)
    either = step("either", requires=needs, requires_any=True)
    play = Play(plan(START_STEP, both, either, moves=MOVES[:1]))
    assert play.refused(play_act(play, "O1", "both#1")).unmet == ("condition:a",)
    play.act("O1", "either#1")
    assert play.open() == ["both#1"]


def test_what_outlives_the_case_is_owed_after_it_is_closed_and_does_not_hold_it_open() -> None:
    later = step("casualties", phases=("response",), outlives=True, clocks={Verb.DONE: hard(30 * 24 * 60)})
    moves = (MOVES[0], Move("response", "closing", replace(END_STEP.after, all=("close",))),
             Move("closing", "recovery", when="true"), Move("recovery", "closed", when="size(open) == 0"))  # fmt: skip
    play = Play(plan(START_STEP, later, step("close", voluntary=True, clocks={}), moves=moves))
    play.volunteer("O1", "close")
    assert play.case.phase == "closed"
    assert play.open() == ["casualties#1"]
    play.act("O1", "casualties#1", Verb.RECEIVED)
    play.until(30 * 24 * 60 + 1)
    assert [missed.step for missed in play.of(e.DeadlineMissed)] == ["casualties"]
    play.act("O1", "casualties#1")
    assert play.open() == []


def test_who_took_it_is_reminded_before_it_is_due() -> None:
    play = Play(plan(START_STEP, step("task", remind=minutes(10)), moves=MOVES[:1]))
    play.act("O1", "task#1", Verb.TAKEN)
    play.until(19)
    assert len(play.of(e.PersonCalled)) == 1
    play.until(20.5)
    assert [play.minute(call.at) for call in play.of(e.PersonCalled)] == [0, 20]


def play_act(play: Play, by: str, key: str, **answers: object):
    from dutyroom.core.commands import Act

    return Act(play.command(), by, key, Verb.DONE, play.times(), answers)  # type: ignore[arg-type]


def play_volunteer(play: Play, name: str):
    from dutyroom.core.commands import Volunteer

    return Volunteer(play.command(), "O1", name, play.times(), {})


def test_an_act_whose_confirmation_went_with_its_phase_is_owed_again_when_the_phase_comes_back() -> None:
    confirm = Confirm("leader", words("confirm"), hard(10))
    steps = (
        step("close", voluntary=True, clocks={}),
        step("reopen", phases=("closing",), voluntary=True, clocks={}),
    )
    back = Move("closing", "response", replace(END_STEP.after, all=("reopen",)))
    the_plan = joined(START_STEP, step("switch_on", confirm=confirm), *steps, moves=(*MOVES[:2], back))
    play = Play(the_plan)
    play.act("O1", "switch_on#1")
    play.volunteer("O1", "close")
    assert [w.key for w in play.of(e.Withdrawn)] == ["switch_on_confirmed#1"]
    play.volunteer("O1", "reopen")
    assert play.open() == ["switch_on#2"], "nobody ever confirmed it"
    play.act("O1", "switch_on#2")
    play.act("L1", "switch_on_confirmed#2")
    assert play.open() == []


def test_who_is_released_from_an_act_is_released_from_its_confirmation() -> None:
    confirm = Confirm("leader", words("confirm"))
    waivable = step("switch_on", confirm=confirm, waivable_by=("leader",))
    play = Play(
        joined(
            START_STEP,
            waivable,
            step("after", after=replace(END_STEP.after, all=("switch_on",))),
            moves=MOVES[:1],
        )
    )
    play.waive("L1", "switch_on#1")
    assert play.open() == ["after#1"], "a confirmation of nothing would hold the case for ever"


def test_a_handing_over_that_needs_a_second_person_waits_for_them() -> None:
    confirm = Confirm("leader", words("confirm"))
    hand = step("hand", voluntary=True, clocks={}, command="hand_over", confirm=confirm)
    back = step("back", voluntary=True, clocks={}, command="take_back")
    play = Play(joined(START_STEP, hand, back, moves=MOVES[:1]))
    play.volunteer("O1", "hand")
    assert not play.case.assisting and play.open() == ["hand_confirmed#1"]
    play.act("L1", "hand_confirmed#1")
    assert play.case.assisting and [one.step for one in play.of(e.CommandHandedOver)] == ["hand"]
    play.volunteer("O1", "back")
    assert not play.case.assisting


def test_a_repeat_without_a_pause_and_calls_without_one_come_to_an_end() -> None:
    often = step("watch", repeat=Repeat(0))
    defaults = replace(plan(START_STEP).defaults, ask_again=0, ring_again=0)
    play = Play(plan(START_STEP, often, moves=MOVES[:1], defaults=defaults))
    play.act("O1", "watch#1")
    play.until(60)
    assert 20 < len(play.of(e.ObligationOpened)) < 80
