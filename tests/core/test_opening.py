"""What a case owes as it changes: moves, joins, quorum, conditions, clocks, repeats, and what time does to them."""

from dataclasses import replace

import pytest

from dutyroom.core import events as e
from dutyroom.core.commands import LetPass
from dutyroom.core.grading import proposed_level
from dutyroom.core.obligations import obligations
from dutyroom.core.plan import Clock, ClockKind, Field, FieldType, Join, Move, Repeat, Verb
from dutyroom.core.settle import next_due, settle
from tests.core.builder import END_STEP, MOVES, START, START_STEP, Play, hard, minutes, plan, step, words


def test_a_report_opens_the_first_steps_and_keeps_only_declared_facts() -> None:
    play = Play(plan(step("check", phases=("readiness",))), facts={"affected": 12, "colour": "red"})
    assert [type(event).__name__ for event in play.events] == [
        "CaseOpened", "ReportReceived", "ObligationOpened", "PersonCalled",
    ]  # fmt: skip
    assert play.case.facts == {"affected": 12}
    assert play.case.phase == "readiness"
    assert proposed_level(play.rules.plan, play.case) == "II"


def test_the_clocks_of_an_obligation_and_where_each_number_comes_from() -> None:
    soft = Clock(ClockKind.SOFT, minutes(5), "at once")
    play = Play(plan(START_STEP, step("task", clocks={Verb.RECEIVED: soft}), moves=MOVES[:1]))
    dues = play.of(e.ObligationOpened)[0].dues
    assert [(due.verb, due.kind.value, due.word, play.minute(due.due_at)) for due in dues] == [
        ("received", "soft", "at once", 5), ("done", "default", "", 24 * 60),
    ]  # fmt: skip


def test_steps_after_others_wait_for_all_or_any_of_them() -> None:
    steps = (
        step("p"), step("q"),
        step("both", after=Join(all=("p", "q"))), step("either", after=Join(any=("p", "q"))),
    )  # fmt: skip
    play = Play(plan(START_STEP, *steps, moves=MOVES[:1]))
    assert play.open() == ["p#1", "q#1"]
    play.act("O1", "p#1")
    assert play.open() == ["q#1", "either#1"]
    play.act("O1", "q#1")
    assert play.open() == ["either#1", "both#1"]


def test_a_condition_opens_its_step_when_it_comes_true_and_not_again() -> None:
    grave = step("grave", when="facts.affected >= 10")
    count = step("count", voluntary=True, asks=(Field("affected", words("n"), FieldType.COUNT, fact=True),))
    play = Play(plan(START_STEP, grave, count, moves=MOVES[:1]), facts={"affected": 3})
    assert play.open() == []
    play.volunteer("O1", "count", affected=10)
    assert play.open() == ["grave#1"]
    play.act("O1", "grave#1")
    play.volunteer("O1", "count", affected=11)
    assert play.open() == []


@pytest.mark.parametrize(
    "condition", ["1 / facts.affected == 1", "facts.affected + 9223372036854775807 > 0", "facts.kind > 3"]
)
def test_a_condition_without_a_value_does_not_hold_and_stops_nothing(condition: str) -> None:
    odd = step("odd", when=condition)
    play = Play(
        plan(START_STEP, odd, step("task"), moves=MOVES[:1]), facts={"affected": 0 if "/" in condition else 1}
    )
    assert play.open() == ["task#1"]


def test_each_member_owes_it_and_the_quorum_releases_the_rest() -> None:
    play = Play(plan(START_STEP, step("watch", "crew", each=True, quorum=2), moves=MOVES[:1]))
    assert play.open() == ["watch#1@a", "watch#1@b", "watch#1@c"]
    play.act("A1", "watch#1@a")
    assert play.open() == ["watch#1@b", "watch#1@c"]
    play.act("C1", "watch#1@c")
    assert play.open() == []
    assert [(one.key, one.why) for one in play.of(e.Withdrawn)] == [("watch#1@b", "quorum")]


def test_without_a_quorum_all_members_must() -> None:
    steps = (step("watch", "crew", each=True), step("then", after=Join(all=("watch",))))
    play = Play(plan(START_STEP, *steps, moves=MOVES[:1]))
    for person, role in (("A1", "a"), ("B1", "b")):
        play.act(person, f"watch#1@{role}")
    assert play.open() == ["watch#1@c"]
    play.act("C1", "watch#1@c")
    assert play.open() == ["then#1"]


def test_leaving_a_phase_withdraws_what_does_not_outlive_it() -> None:
    steps = (step("task"), step("stay", outlives=True), step("close", voluntary=True))
    play = Play(plan(START_STEP, *steps, moves=MOVES[:2]))
    play.volunteer("O1", "close")
    assert [(one.key, one.why) for one in play.of(e.Withdrawn)] == [("task#1", "phase")]
    assert play.open() == ["stay#1"]


def test_a_case_closes_when_nothing_is_owed() -> None:
    steps = (step("close", voluntary=True), *(step(s, phases=("closing",)) for s in ("sign_a", "sign_b")))
    late = step("review", phases=("recovery",))
    play = Play(plan(START_STEP, *steps, late, END_STEP, moves=MOVES))
    play.volunteer("O1", "close")
    play.act("O1", "sign_a#1")
    play.act("O1", "sign_b#1")
    play.volunteer("L1", "end")
    assert play.case.phase == "recovery"
    assert play.case.closed_at is None
    play.act("O1", "review#1")
    assert (play.case.phase, play.case.closed_at) == ("closed", play.now)
    assert next_due(play.case) is None


def test_a_phase_that_comes_back_owes_again_what_it_had_not_done_and_what_it_takes_to_leave() -> None:
    moves = (*MOVES[:3], Move("closing", "response", Join(all=("flare",))))
    signs = (step("sign_a", phases=("closing",)), step("sign_b", phases=("closing",)))
    loose = (step("close", voluntary=True), step("flare", phases=("closing",), voluntary=True))
    play = Play(plan(START_STEP, step("once"), step("undone"), *loose, *signs, moves=moves))
    play.act("O1", "once#1")
    play.volunteer("O1", "close")
    play.act("O1", "sign_a#1")
    play.volunteer("O1", "flare")
    assert play.case.phase == "response"
    assert play.open() == ["undone#2"], "what was done is not asked twice"
    play.volunteer("O1", "close")
    assert play.case.phase == "closing"
    assert play.open() == ["sign_a#2", "sign_b#2"], "an old signature closes nothing a second time"
    play.act("O1", "sign_a#2")
    assert play.case.phase == "closing"
    play.act("O1", "sign_b#2")
    assert play.case.phase == "recovery"


# ---- repeats

PROGRESS = step("progress", clocks={Verb.DONE: hard(30)}, repeat=Repeat(minutes(30), "facts.over"))


def repeating() -> Play:
    play = Play(plan(START_STEP, PROGRESS, moves=MOVES[:1]))
    play.act("O1", "progress#1", Verb.RECEIVED)
    return play


def test_a_repeat_keeps_the_cadence_of_the_first_however_early_it_is_done() -> None:
    play = repeating()
    play.until(10)
    play.act("O1", "progress#1")
    play.until(40)
    play.act("O1", "progress#2")
    dues = [play.minute(one.dues[-1].due_at) for one in play.of(e.ObligationOpened)]
    assert dues == [30, 60, 90]


def test_reports_in_haste_do_not_buy_silence() -> None:
    play = repeating()
    for number in range(1, 6):
        play.act("O1", f"progress#{number}")
    assert play.minute(play.case.obligations["progress#6"].dues[-1].due_at) == 60


def test_a_repeat_is_quiet_until_its_reminder() -> None:
    play = repeating()
    play.act("O1", "progress#1")
    assert play.until(54.9) == ()
    play.until(55)
    assert play.minute(play.of(e.PersonCalled)[-1].at) == 55


def test_a_missed_repeat_opens_its_successor_and_stays_owed_until_overtaken() -> None:
    play = repeating()
    play.until(30)
    assert play.open() == ["progress#1", "progress#2"]
    assert play.of(e.Escalated)[-1].why == "done"
    play.until(60)
    assert [(one.key, one.successor) for one in play.of(e.Lapsed)] == [("progress#1", "progress#2")]
    assert play.open() == ["progress#2", "progress#3"]
    assert play.case.obligations["progress#1"].status == "lapsed"


def test_a_repeat_done_late_does_not_open_its_successor_a_second_time() -> None:
    play = repeating()
    play.until(31)
    play.act("O1", "progress#2")
    assert play.open() == ["progress#1", "progress#3"]
    play.act("O1", "progress#1")
    assert play.open() == ["progress#3"]
    assert play.case.obligations["progress#2"].status == "done", "what was done is not asked again"


def test_waiving_one_report_leaves_the_next_owed() -> None:
    play = Play(plan(START_STEP, replace(PROGRESS, waivable_by=("leader",)), moves=MOVES[:1]))
    play.waive("L1", "progress#1")
    assert play.open() == ["progress#2"]


def test_a_repeat_ends_when_its_condition_holds() -> None:
    over = step("over", voluntary=True, asks=(Field("over", words("over"), FieldType.BOOL, fact=True),))
    play = Play(plan(START_STEP, PROGRESS, over, moves=MOVES[:1]))
    play.volunteer("O1", "over", over=True)
    assert [(one.key, one.why) for one in play.of(e.Withdrawn)] == [("progress#1", "ended")]
    assert play.open() == []


# ---- time


def test_after_an_outage_misses_are_marked_and_a_repeat_is_called_once() -> None:
    play = repeating()
    before = len(play.of(e.PersonCalled))
    play.until(400, down=(20, 400))
    missed = play.of(e.DeadlineMissed)
    assert [play.minute(one.due_at) for one in missed] == [30 * n for n in range(1, 14)]
    assert all(one.while_down for one in missed)
    assert {play.minute(one.at) for one in missed} == {400}, "it carries the time at which it was noticed"
    assert len(play.of(e.PersonCalled)) == before + 1
    assert play.open() == ["progress#13", "progress#14"]


def test_a_deadline_in_the_outage_is_marked_and_one_after_it_is_not() -> None:
    play = Play(
        plan(START_STEP, step("task", clocks={Verb.RECEIVED: hard(5), Verb.DONE: hard(60)}), moves=MOVES[:1])
    )
    play.until(70, down=(1, 30))
    assert [(one.verb, one.while_down, play.minute(one.at)) for one in play.of(e.DeadlineMissed)] == [
        ("received", True, 30), ("done", False, 60),
    ]  # fmt: skip


def test_a_timer_that_no_longer_runs_changes_nothing() -> None:
    play = Play(plan(START_STEP, step("task"), moves=MOVES[:1]))
    due = next_due(play.case)
    assert due is not None
    play.act("O1", "task#1", Verb.TAKEN)
    play.until(5)
    assert play.do(LetPass("task#1", "call", due[0])) == ()
    assert play.do(LetPass("task#1", "done", START)) == ()
    assert play.do(LetPass("none#1", "done", START)) == ()
    play.act("O1", "task#1")
    assert play.do(LetPass("task#1", "done", START + minutes(30))) == ()


@pytest.mark.parametrize("late", [0, 4, 6])
def test_a_worker_a_little_late_does_not_shift_the_ladder(late: int) -> None:
    play = Play(plan(START_STEP, step("task"), moves=MOVES[:1]))
    _, events = settle(play.rules, play.case, START + minutes(2) + late * 1_000)
    assert events[0].at == START + minutes(2) + (late * 1_000 if late > 5 else 0)


# ---- what a person sees first


def test_the_list_of_obligations_shows_the_overdue_first_and_who_is_next() -> None:
    steps = (
        step("soon", clocks={Verb.DONE: hard(10)}),
        step("later"),
        step("first", clocks={Verb.DONE: hard(5)}),
    )
    play = Play(plan(START_STEP, *steps, moves=MOVES[:1]))
    play.act("O2", "later#1", Verb.TAKEN)
    play.until(6)
    seen = obligations(play.rules.plan, play.case)
    assert [(one.key, one.overdue, one.owner, one.next_role) for one in seen] == [
        ("first#1", True, "", "leader"), ("soon#1", False, "", "second"), ("later#1", False, "O2", "second"),
    ]  # fmt: skip


def test_every_step_is_opened_however_many_fall_due_at_once() -> None:
    play = Play(plan(START_STEP, *(step(f"s{n}") for n in range(300)), moves=MOVES[:1]))
    assert len(play.open()) == 300
