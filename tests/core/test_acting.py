"""The four verbs, authority, voluntary steps, answers, promises, waiving: what a person may do and what follows."""

# ruff: noqa: E501  (tables read better with a case on a line)

import pytest

from dutyroom.core import events as e
from dutyroom.core.commands import Act, OpenCase
from dutyroom.core.decide import decide
from dutyroom.core.decide.acting import Offer, offers, waivable
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Condition, Field, FieldType, Join, Owes, Verb
from dutyroom.core.state import Case
from tests.core.builder import MOVES, START, START_STEP, Play, hard, minutes, plan, step, words

SCENE = step(
    "scene",
    clocks={Verb.RECEIVED: hard(5), Verb.TAKEN: hard(10), Verb.ON_SCENE: hard(40), Verb.DONE: hard(60)},
    ladder=("a",),
)
PLAN = plan(START_STEP, SCENE, moves=MOVES[:1])


def marked(play: Play, key: str = "scene#1") -> dict[str, str]:
    return {verb.value: mark.by for verb, mark in play.case.obligations[key].marks.items()}


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_the_four_verbs_one_after_the_other() -> None:
    play = Play(PLAN)
    for verb in (Verb.RECEIVED, Verb.TAKEN, Verb.ON_SCENE, Verb.DONE):
        play.act("O1", "scene#1", verb)
    assert play.case.obligations["scene#1"].status == "done"
    assert play.open() == []


def test_a_later_verb_implies_the_earlier_but_never_on_scene() -> None:
    play = Play(PLAN)
    play.act("O1", "scene#1", Verb.TAKEN)
    assert marked(play) == {"received": "O1", "taken": "O1"}
    assert code(play.act("O1", "scene#1", Verb.DONE)) == "act.not_on_scene"
    play.act("O1", "scene#1", Verb.ON_SCENE)
    play.act("O1", "scene#1", Verb.DONE)
    assert play.open() == []


def test_on_scene_implies_taken() -> None:
    play = Play(PLAN)
    play.act("O2", "scene#1", Verb.ON_SCENE)
    assert marked(play) == {"received": "O2", "taken": "O2", "on_scene": "O2"}
    assert code(play.act("O2", "scene#1", Verb.ON_SCENE)) == "act.no_scene"


def test_only_holders_deputies_and_the_called_may_act() -> None:
    play = Play(PLAN)
    assert code(play.act("A1", "scene#1", Verb.RECEIVED)) == "act.not_yours"
    assert code(play.act("nobody", "scene#1", Verb.RECEIVED)) == "act.not_yours"
    play.until(5)  # received is missed: the next rung is asked; the deputy first, then crew a
    play.until(15)
    assert "A1" in play.case.obligations["scene#1"].asked
    play.act("A1", "scene#1", Verb.TAKEN)
    assert marked(play)["taken"] == "A1"


def test_what_is_taken_stays_with_its_taker_until_a_deadline_is_missed() -> None:
    play = Play(PLAN)
    play.act("O1", "scene#1", Verb.TAKEN)
    assert code(play.act("O1", "scene#1", Verb.TAKEN)) == "act.taken_already"
    assert code(play.act("O2", "scene#1", Verb.TAKEN)) == "act.taken_already"
    play.until(41)
    play.act("O2", "scene#1", Verb.TAKEN)
    assert marked(play) == {"received": "O1", "taken": "O2"}


def test_a_missed_deadline_escalates_and_names_the_verb() -> None:
    play = Play(PLAN)
    play.act("O1", "scene#1", Verb.RECEIVED)
    play.until(10)
    missed = play.of(e.DeadlineMissed)
    assert [(one.verb, play.minute(one.due_at), one.while_down) for one in missed] == [
        (Verb.TAKEN, 10, False)
    ]
    assert [(up.role, up.why) for up in play.of(e.Escalated)] == [("second", "taken")]


def test_reported_in_time_and_received_late_is_no_miss() -> None:
    play = Play(PLAN)
    play.until(12)
    play.act("O1", "scene#1", Verb.TAKEN, reported=4)
    excused = {(one.verb, play.minute(one.reported_at)) for one in play.of(e.MissExcused)}
    assert excused == {(Verb.RECEIVED, 4), (Verb.TAKEN, 4)}, "taking it implies having received it"
    assert play.case.obligations["scene#1"].excused == (Verb.RECEIVED, Verb.TAKEN)


def test_reported_late_is_a_miss_and_is_not_excused_twice() -> None:
    play = Play(PLAN)
    play.until(12)
    play.act("O1", "scene#1", Verb.RECEIVED, reported=6)
    assert play.of(e.MissExcused) == []
    play.act("O1", "scene#1", Verb.RECEIVED, reported=4)
    play.act("O1", "scene#1", Verb.RECEIVED, reported=3)
    assert len(play.of(e.MissExcused)) == 1


def test_a_device_clock_that_runs_ahead_is_cut_at_receipt() -> None:
    play = Play(PLAN)
    play.act("O1", "scene#1", Verb.RECEIVED, reported=500)
    assert play.of(e.ActMarked)[0].times.reported_at == START


def test_the_same_command_twice_is_once() -> None:
    play = Play(PLAN)
    command = Act("same", "O1", "scene#1", Verb.RECEIVED, play.times())
    assert play.do(command) != ()
    assert play.do(command) == ()
    report = OpenCase("command-1", "K-1", "site", play.times(), {}, {})
    assert play.do(report) == (), "the report itself"
    assert code(play.do(OpenCase("other", "K-1", "site", play.times(), {}, {}))) == "case.exists"


def test_a_case_that_is_not_open_and_an_act_that_is_not_there() -> None:
    play = Play(PLAN)
    unknown = decide(play.rules, Case(), Act("x", "O1", "scene#1", Verb.DONE, play.times()), START)
    assert code(unknown) == "case.unknown"
    assert code(play.act("O1", "other#1")) == "act.unknown"
    assert code(play.volunteer("O1", "scene")) == "act.unknown", "an owed step is not voluntary"
    assert code(play.volunteer("O1", "none")) == "act.unknown"
    play.act("O1", "scene#1", Verb.ON_SCENE)
    play.act("O1", "scene#1")
    assert code(play.act("O1", "scene#1")) == "act.not_open"


def test_time_does_not_run_backwards() -> None:
    play = Play(PLAN)
    play.until(20)
    events = decide(play.rules, play.case, Act("late", "O1", "scene#1", Verb.RECEIVED, play.times()), START)
    assert not isinstance(events, Refusal)
    assert {event.at for event in events} == {play.case.last_at}


# ---- answers and conditions

FIELDS = (
    Field("count", words("count"), FieldType.COUNT, fact=True),
    Field("note", words("note"), required=False),
    Field("ok", words("ok"), FieldType.BOOL, required=False),
    Field("when", words("when"), FieldType.TIME, required=False),
    Field("pick", words("pick"), FieldType.CHOICE, required=False, options={"x": words("x")}),
    Field("role", words("role"), FieldType.ROLE, required=False),
    Field("level", words("level"), FieldType.LEVEL, required=False),
    Field("kind", words("kind"), FieldType.KIND, required=False),
)
ASKING = plan(START_STEP, step("ask", asks=FIELDS), moves=MOVES[:1], facts={})


@pytest.mark.parametrize(
    "answers",
    [
        {"count": -1}, {"count": 1_000_001}, {"count": True}, {"count": "3"},
        {"count": 1, "note": "x" * 4_001}, {"count": 1, "note": 3},
        {"count": 1, "ok": "yes"}, {"count": 1, "ok": 1},
        {"count": 1, "when": "soon"}, {"count": 1, "when": -1}, {"count": 1, "when": 10**18}, {"count": 1, "when": True},
        {"count": 1, "pick": "y"}, {"count": 1, "role": "king"}, {"count": 1, "level": "IV"}, {"count": 1, "kind": "war"},
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named(answers: dict[str, str | int | bool]) -> None:
    wrong = [name for name in answers if name != "count"] or ["count"]
    refusal = Play(ASKING).act("O1", "ask#1", **answers)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.unmet) == ("act.unmet", (f"field:{wrong[0]}:wrong",))


def test_every_fault_of_the_answers_at_once() -> None:
    refusal = Play(ASKING).act("O1", "ask#1", note=1, colour="red", count="")
    assert isinstance(refusal, Refusal)
    assert refusal.unmet == ("field:count:missing", "field:note:wrong", "field:colour:unknown")


def test_answers_that_are_facts_change_the_case_and_the_level_is_set() -> None:
    play = Play(ASKING)
    play.act("O1", "ask#1", count=12, note="n", level="II", when=START)
    assert play.case.facts["count"] == 12
    assert play.case.obligations["ask#1"].answers == {"note": "n", "level": "II", "when": START}
    assert [(one.by, one.level, one.was) for one in play.of(e.LevelSet)] == [("O1", "II", "")]
    assert play.case.level == "II"


def test_an_unmet_condition_lists_all_that_is_unmet() -> None:
    needs = tuple(Condition(name, words(name), f"facts.{name}") for name in ("one", "two"))
    close = step("close", voluntary=True, requires=needs, asks=(Field("note", words("note")),))
    play = Play(plan(START_STEP, close, moves=MOVES[:1]))
    refusal = play.volunteer("O1", "close")
    assert isinstance(refusal, Refusal)
    assert refusal.unmet == ("condition:one", "condition:two", "field:note:missing")
    assert offers(play.rules, play.case, "O1", play.now) == (
        Offer("close", Verb.DONE, unmet=("condition:one", "condition:two")),
    )


def test_a_condition_may_read_the_answers_and_is_asked_only_once_there_are_some() -> None:
    agrees = Condition("agrees", words("agrees"), "answers.yes")
    sign = step("sign", requires=(agrees,), asks=(Field("yes", words("yes"), FieldType.BOOL),))
    play = Play(plan(START_STEP, sign, moves=MOVES[:1]))
    done = [offer for offer in offers(play.rules, play.case, "O1", play.now) if offer.verb is Verb.DONE]
    assert done[0].unmet == ()
    refusal = play.act("O1", "sign#1", yes=False)
    assert isinstance(refusal, Refusal)
    assert refusal.unmet == ("condition:agrees",)
    assert not isinstance(play.act("O1", "sign#1", yes=True), Refusal)


# ---- voluntary steps


def test_a_voluntary_step_as_often_as_needed_by_its_roles_in_its_phase() -> None:
    note = step("note", ("officer", "crew"), voluntary=True)
    play = Play(plan(START_STEP, note, moves=MOVES[:1]), started=False)
    assert code(play.volunteer("O1", "note")) == "act.wrong_phase"
    play.volunteer("O1", "start")
    for person in ("O1", "S1", "A1", "B1"):
        play.volunteer(person, "note")
    assert [(one.by, one.occurrence) for one in play.of(e.ActVolunteered)[1:]] == [
        ("O1", 1), ("S1", 2), ("A1", 3), ("B1", 4),
    ]  # fmt: skip
    assert code(play.volunteer("L1", "note")) == "act.not_yours"


@pytest.mark.parametrize("join", [Join(all=("p", "q")), Join(any=("p", "q"))])
def test_a_voluntary_step_waits_for_its_join(join: Join) -> None:
    steps = (step("p", voluntary=True), step("q", voluntary=True), step("v", voluntary=True, after=join))
    play = Play(plan(START_STEP, *steps, moves=MOVES[:1]))
    assert code(play.volunteer("O1", "v")) == "act.not_yet"
    play.volunteer("O1", "p")
    assert isinstance(play.volunteer("O1", "v"), Refusal) == bool(join.all)
    play.volunteer("O1", "q")
    assert not isinstance(play.volunteer("O1", "v"), Refusal)


def test_two_signatures_are_of_two_persons() -> None:
    signs = (
        step("sign_a", phases=("closing",), separate_from=("sign_b",)),
        step("sign_b", phases=("closing",), separate_from=("sign_a",)),
    )
    play = Play(plan(START_STEP, step("close", voluntary=True), *signs, moves=MOVES[:3]))
    play.volunteer("O1", "close")
    assert play.case.phase == "closing"
    play.act("O1", "sign_a#1")
    assert code(play.act("O1", "sign_b#1")) == "act.same_person"
    play.act("O2", "sign_b#1")
    assert play.case.phase == "recovery"


# ---- promises


def promising(**owes: str) -> Play:
    fields = (
        Field("promise", words("promise")),
        Field("owner", words("owner"), FieldType.ROLE, required=False),
        Field("due", words("due"), FieldType.TIME, required=False),
        Field("good", words("good"), FieldType.BOOL, required=False),
    )
    promise = Owes("keep", owner_field="owner", by_field="due", text_field="promise", **owes)
    commit = step("commit", voluntary=True, asks=fields, owes=(promise,))
    keep = step("keep", "officer", clocks={Verb.RECEIVED: hard(15)})
    return Play(plan(START_STEP, commit, keep, moves=MOVES[:1]))


def test_an_answer_makes_a_promise_with_owner_date_and_words() -> None:
    play = promising()
    assert play.open() == [], "a promised step is not owed before it is promised"
    play.volunteer("O1", "commit", promise="pay the wages", owner="a", due=START + minutes(90))
    play.volunteer("O1", "commit", promise="fix the lamp")
    kept = play.of(e.ObligationOpened)
    assert [(one.key, one.role, one.text, one.parent) for one in kept] == [
        ("keep#1", "a", "pay the wages", "commit#1"), ("keep#2", "officer", "fix the lamp", "commit#2"),
    ]  # fmt: skip
    assert [(due.verb, play.minute(due.due_at)) for due in kept[0].dues] == [
        (Verb.RECEIVED, 15),
        (Verb.DONE, 90),
    ]
    assert [(due.verb, due.kind.value) for due in kept[1].dues] == [
        (Verb.RECEIVED, "hard"),
        (Verb.DONE, "default"),
    ]


def test_a_promise_for_the_past_is_refused() -> None:
    play = promising()
    play.until(10)
    refusal = play.volunteer("O1", "commit", promise="p", due=START + minutes(10))
    assert isinstance(refusal, Refusal)
    assert refusal.unmet == ("field:due:past",)


def test_a_promise_only_when_its_condition_holds() -> None:
    play = promising(when="answers.good")
    play.volunteer("O1", "commit", promise="no", good=False)
    play.volunteer("O1", "commit", promise="unsaid")
    assert play.open() == []
    play.volunteer("O1", "commit", promise="yes", good=True)
    assert play.open() == ["keep#1"]


# ---- waiving

WAIVABLE = plan(
    START_STEP,
    step("task", waivable_by=("leader",)),
    step("next", after=Join(all=("task",))),
    moves=MOVES[:1],
)


def test_waiving_needs_authority_and_a_reason_and_counts_as_done() -> None:
    play = Play(WAIVABLE)
    assert code(play.waive("O1", "task#1")) == "waive.not_yours"
    assert code(play.waive("L1", "task#1", "  ")) == "waive.no_reason"
    assert code(play.waive("L1", "none#1")) == "act.unknown"
    play.waive("L1", "task#1", "not on site")
    assert play.of(e.Waived)[0].reason == "not on site"
    assert play.open() == ["next#1"], "what waited for it goes on"
    assert code(play.waive("L1", "task#1")) == "act.not_open"


def test_who_may_waive_is_told_even_where_the_act_is_not_theirs() -> None:
    play = Play(WAIVABLE)
    assert waivable(play.rules, play.case, "L1", play.now) == ("task#1",)
    assert offers(play.rules, play.case, "L1", play.now) == ()
    assert waivable(play.rules, play.case, "O1", play.now) == ()


def test_an_act_before_its_time_is_refused() -> None:
    play = Play(plan(START_STEP, step("wait", not_before=minutes(10)), moves=MOVES[:1]))
    assert code(play.act("O1", "wait#1")) == "act.too_early"
    play.until(10)
    assert not isinstance(play.act("O1", "wait#1"), Refusal)


def test_offers_follow_the_marks() -> None:
    play = Play(PLAN)

    def seen(person: str) -> list[str]:
        return [offer.verb.value for offer in offers(play.rules, play.case, person, play.now)]

    assert seen("O1") == ["received", "taken", "on_scene"], "done only after the arrival"
    assert seen("A1") == []
    play.act("O1", "scene#1", Verb.TAKEN)
    assert seen("O1") == ["on_scene"]
    play.act("O1", "scene#1", Verb.ON_SCENE)
    assert seen("O1") == ["done"]
