"""What happens if: the plan's own engine under a virtual clock; every plan that checks can be played."""

from pathlib import Path

import pytest

from dutyroom.adapters.planfolder import load
from dutyroom.core.instants import HOUR, MINUTE, parse_iso
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.interpreters.whatif import Played, Supposed, what_if

PLANS = Path(__file__).parents[2] / "plans"
STARTS = parse_iso("2026-12-01T02:00:00+08:00")


@pytest.fixture(scope="module")
def rules() -> PlanInForce:
    found = load(PLANS / "sanitation-project").in_force()
    assert found is not None
    return found


def play(rules: PlanInForce, kind: str, level: str, **facts: int | bool) -> Played:
    return what_if(rules, Supposed(STARTS, {"kind": kind, **facts}, level))


def steps(played: Played) -> set[str]:
    return {task.step for task in played.tasks}


def test_everybody_is_just_in_time_and_the_case_closes(rules: PlanInForce) -> None:
    played = play(rules, "injury", "I")
    assert [passage.target for passage in played.passages] == ["response", "closing", "recovery", "closed"]
    assert not any(task.missed for task in played.tasks)
    first = played.tasks[0]
    assert first.step == "verify"
    assert first.done_at == next(due.due_at for due in first.dues if due.verb is Verb.DONE)


@pytest.mark.parametrize(
    ("kind", "level", "there", "not_there"),
    [
        ("injury", "I", "phone_superior", "open_dialogue"),
        ("injury", "III", "dispatch", "phone_superior"),
        ("collective_dispute", "II", "open_dialogue", "stand_down"),
    ],
)
def test_what_is_owed_follows_kind_and_level(
    rules: PlanInForce, kind: str, level: str, there: str, not_there: str
) -> None:
    found = steps(play(rules, kind, level))
    assert there in found and not_there not in found


def test_the_law_comes_in_with_its_facts(rules: PlanInForce) -> None:
    """Nobody hurt, nothing to report by the accident rules; one dead, and the hour runs."""
    lawful = {step.id for step in rules.plan.steps if step.law}
    assert lawful & steps(play(rules, "injury", "I", dead=1, injured=1))
    assert not lawful & steps(play(rules, "public_complaint", "III"))


def test_a_longer_response_repeats_more(rules: PlanInForce) -> None:
    def reports(hours: int) -> int:
        played = what_if(rules, Supposed(STARTS, {"kind": "injury"}, "III", hours * HOUR))
        return sum(task.step == "progress" for task in played.tasks)

    assert reports(1) < reports(24)


def test_an_empty_post_is_said_to_be_empty(rules: PlanInForce) -> None:
    standing = {role: people for role, people in rules.roster.standing.items() if role != "safety_officer"}
    holes = PlanInForce(rules.plan, Roster(standing, rules.roster.periods), rules.people)
    empty = {task.step for task in play(holes, "injury", "I").tasks if task.empty}
    assert "dispatch" in empty and "verify" not in empty


def test_without_anybody_it_still_ends(rules: PlanInForce) -> None:
    nobody = PlanInForce(rules.plan, Roster({}), {})
    played = play(nobody, "injury", "I")
    assert played.phase == "readiness" and all(task.empty for task in played.tasks)


def test_the_same_supposition_gives_the_same_answer(rules: PlanInForce) -> None:
    assert play(rules, "fire", "II", injured=3) == play(rules, "fire", "II", injured=3)


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in PLANS.glob("*/plan.yaml")))
def test_every_starter_plan_can_be_played(folder: str) -> None:
    rules = load(PLANS / folder).in_force()
    assert rules is not None, "a starter plan that does not check is no starter"
    for kind in rules.plan.kinds:
        for level in rules.plan.rank:
            played = play(rules, kind, level)
            assert played.tasks and played.ended_at >= STARTS + MINUTE, (folder, kind, level)
