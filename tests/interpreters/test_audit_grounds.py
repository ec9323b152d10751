"""Facts for the four grounds: of posts, from the four times and the verdicts, each with how strong its evidence is."""

import dataclasses
from dataclasses import replace

from dutyroom.core import events as e
from dutyroom.core.audited import GroundFact
from dutyroom.core.commands import OpenCase, Times
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND
from dutyroom.core.plan import Verb
from dutyroom.core.settle import settle
from dutyroom.core.state import Case
from dutyroom.interpreters.audit import audit
from tests.interpreters.audit_injections import replace_case
from tests.interpreters.audit_player import STARTS, Player, in_force

RULES = in_force("sanitation-project")
LEVEL = RULES.plan.levels[0].id


def facts(player: Player) -> tuple[GroundFact, ...]:
    return audit(player.rules, player.events).facts


def played(**changes: object) -> Player:
    return Player(RULES, {}, level=LEVEL, **changes).play()  # type: ignore[arg-type]


def test_who_was_in_time_has_no_facts() -> None:
    assert facts(played()) == ()


def test_a_late_report_upward_is_a_fact_of_reporting() -> None:
    (one,) = facts(played(delays={("phone_superior", Verb.DONE): 20 * MINUTE}))
    assert (one.ground, one.role, one.step, one.what, one.grade) == (
        "reporting", "duty_officer", "phone_superior", "late.done", "record",
    )  # fmt: skip
    assert one.due_at is not None
    assert one.reported_at == one.due_at + 20 * MINUTE
    assert one.answer == ""


def test_a_measure_that_came_late_is_a_fact_of_measures_and_a_call_nobody_answered_one_of_duty() -> None:
    assert [one.ground for one in facts(played(delays={("scene_plan", Verb.DONE): MINUTE}))] == ["measures"]
    unanswered = facts(played(delays={("dispatch", Verb.RECEIVED): MINUTE}))
    assert [(one.ground, one.what) for one in unanswered] == [("duty", "late.received")]


def test_what_fell_due_while_the_server_was_down_is_not_theirs() -> None:
    case, events = opened()
    back = STARTS + 2 * HOUR
    case, passed = settle(RULES, case, back, [(STARTS + MINUTE, back)])
    found = audit(RULES, (*events, *passed), outages=[(STARTS + MINUTE, back)])
    assert found.cost == 0
    assert found.facts
    assert {one.grade for one in found.facts} == {"not_theirs"}


def test_what_nobody_was_there_for_is_not_theirs() -> None:
    empty = replace(RULES, roster=replace(RULES.roster, standing={}, periods=()))
    answer = decided(empty, Case(), OpenCase("c", "K", "site", Times(STARTS, STARTS), {}, {}), STARTS)
    assert not isinstance(answer, Refusal)
    _, passed = settle(empty, answer[1], STARTS + HOUR)
    found = audit(empty, (*answer[0], *passed))
    assert {one.grade for one in found.facts} == {"not_theirs"}
    assert any(isinstance(event, e.RoleEmpty) for event in passed)


def test_a_time_that_somebody_stated_is_a_statement() -> None:
    player = played(delays={("phone_superior", Verb.DONE): 20 * MINUTE})
    place = next(
        n for n, one in enumerate(player.events)
        if isinstance(one, e.ActMarked) and one.step == "phone_superior" and one.verb is Verb.DONE
    )  # fmt: skip
    act = player.events[place]
    assert isinstance(act, e.ActMarked)
    stated = replace(act, times=replace(act.times, reported_at=act.at - 5 * MINUTE))
    found = audit(RULES, (*player.events[:place], stated, *player.events[place + 1 :]))
    assert [(one.what, one.grade) for one in found.facts] == [("late.done", "statement")]
    sealed = replace(act, sealed=("photo",))
    found = audit(RULES, (*player.events[:place], sealed, *player.events[place + 1 :]))
    assert [(one.what, one.grade) for one in found.facts] == [("late.done", "document")]


def opened(times: Times | None = None) -> tuple[Case, tuple[e.Event, ...]]:
    answer = decided(
        RULES, Case(), OpenCase("c", "K", "site", times or Times(STARTS, STARTS), {}, {}), STARTS
    )
    assert not isinstance(answer, Refusal)
    return answer[1], answer[0]


def test_the_four_times_of_a_report_speak_for_themselves() -> None:
    known_long = Times(STARTS, STARTS, STARTS - 3 * HOUR, STARTS - 2 * HOUR)
    known_after = Times(STARTS, STARTS, STARTS - HOUR, STARTS - 2 * HOUR)
    said = {}
    for name, times in (
        ("long", known_long),
        ("after", known_after),
        ("soon", Times(STARTS, STARTS, None, STARTS)),
    ):
        _, events = opened(times)
        said[name] = [(one.ground, one.what, one.grade) for one in audit(RULES, events).facts]
    assert said == {
        "long": [("reporting", "reported_late", "statement")],
        "after": [("reporting", "times_disagree", "statement")],
        "soon": [],
    }


def test_the_answers_on_record_stand_beside() -> None:
    player = played(delays={("phone_superior", Verb.DONE): 20 * MINUTE})
    moves = [e.PhaseMoved(0, "closing", "recovery")]
    closing = next(
        number
        for number, decision in enumerate(player.decisions)
        if any(replace_at(one) in moves for one in decision)
    )
    going = replace_case(player, player.decisions[: closing + 1])
    case = going.case
    going.volunteer(RULES.plan.step["answer_facts"], case.last_at + SECOND)
    found = audit(RULES, going.events)
    assert [one.answer for one in found.facts] == ["—"]


def replace_at(event: e.Event) -> e.Event:
    return replace(event, at=0)


def test_no_fact_has_a_person() -> None:
    names = {one.name for one in dataclasses.fields(GroundFact)}
    assert names & {"person", "by", "name", "owner"} == set()
    player = played(delays={("dispatch", Verb.RECEIVED): DAY // 4})
    told = repr(facts(player))
    assert [person for person in RULES.people if f"'{person}'" in told] == []
