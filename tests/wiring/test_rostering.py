"""Made, proved, taught and made again; mended with a proof. With the real solver and the real verifier."""

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.rosters import free_turns
from dutyroom.core.rostering.rules import AwayRule, Span
from dutyroom.interpreters.verify import verify
from dutyroom.wiring.rostering import Absence, Folder, make, mend, read_folder, stands

REFERENCE = Path(__file__).parents[2] / "plans" / "sanitation-project"
FIRST, LAST = date(2027, 2, 1), date(2027, 2, 10)


@pytest.fixture(scope="module")
def folder() -> Folder:
    found = read_folder(REFERENCE, "people-60.xlsx")
    assert found.findings == () and found.sources is not None
    return found


def with_rules(folder: Folder, **changed: object) -> Folder:
    assert folder.sources is not None
    rules = replace(folder.sources.rules, **changed)  # type: ignore[arg-type]
    return replace(folder, sources=replace(folder.sources, rules=rules))


def with_roster(folder: Folder, roster: object) -> Folder:
    assert folder.sources is not None
    return replace(folder, sources=replace(folder.sources, before=roster))  # type: ignore[arg-type]


def test_a_hole_that_the_proof_finds_teaches_the_next_roster(folder: Folder) -> None:
    """The rules ask one at the superior's desk; the proof shows that one is not enough."""
    made = make(folder, FIRST, LAST, 1)
    assert made.problem is not None and made.assignment is not None and made.roster is not None
    assert made.rounds == 2 and made.beyond == () and made.proof is not None and made.proof.holds
    assert {made.problem.turn[name].post for name in made.lessons.raised} == {"superior_duty"}
    assert broken(made.problem, made.assignment) == ()
    span = (made.proof.starts, made.proof.ends)
    assert verify(folder.rules(made.roster), span, 1).holes == (), "proved anew, from nothing"


def test_what_a_fortnight_teaches_is_tried_on_a_long_stretch_at_once(folder: Folder) -> None:
    made = make(folder, FIRST, date(2027, 4, 15), 1)
    assert made.rounds == 1 and made.proof is not None and made.proof.holds
    assert {name.split("@")[0] for name in made.lessons.raised} == {"superior_duty"}
    assert any(name > "superior_duty@2027-04" for name in made.lessons.raised)


def test_a_lesson_too_dear_for_the_whole_is_dropped_and_learnt_turn_by_turn(folder: Folder) -> None:
    """From March on three of the four at the superior's desk are away: two a turn cannot be had there."""
    assert folder.sources is not None
    span = Span(datetime.fromisoformat("2027-03-01"), datetime.fromisoformat("2027-04-20"))
    away = tuple(AwayRule(who, span) for who in ("S002", "S003", "S004"))
    others = tuple(one for one in folder.sources.rules.away if not one.person.startswith("S"))
    made = make(with_rules(folder, away=(*others, *away)), FIRST, date(2027, 4, 15), 1)
    assert made.roster is None and made.conflict_problem is not None
    assert {one.person for one in made.conflict if one.what == "away"} <= {"S002", "S003", "S004"}
    assert {one.turn.split("@")[0] for one in made.conflict if one.what == "cover"} == {"superior_duty"}


def test_without_the_lesson_there_would_be_a_hole(folder: Folder) -> None:
    made = make(folder, FIRST, LAST, None)
    assert made.rounds == 1 and made.proof is None and made.roster is not None
    starts = free_turns(made.problem)[0].starts_at if made.problem else 0
    assert verify(folder.rules(made.roster), (starts, starts + 9 * DAY), 1).holes != ()


def test_what_lies_in_the_plan_is_said_to_lie_there(folder: Folder) -> None:
    """With three silent no roster helps: standing posts of one person are the plan's and the organisation's."""
    made = make(folder, FIRST, date(2027, 2, 2), 3)
    assert made.roster is not None and made.proof is not None
    assert made.beyond and made.beyond == made.proof.holes


def test_a_roster_that_cannot_be_is_explained(folder: Folder) -> None:
    posts = dict(folder.sources.rules.posts) if folder.sources else {}
    posts["safety_officer"] = replace(posts["safety_officer"], least=5)
    made = make(with_rules(folder, posts=posts), FIRST, LAST, 1)
    assert made.roster is None and made.conflict_problem is not None
    assert {one.what for one in made.conflict} >= {"cover"}
    assert {made.conflict_problem.turn[one.turn].post for one in made.conflict if one.what == "cover"} == {
        "safety_officer"
    }


def test_an_unknown_year_is_a_finding(folder: Folder) -> None:
    made = make(folder, date(2031, 1, 1), date(2031, 1, 5), None)
    assert [one.code for one in made.findings] == ["calendar.year_missing"] and made.roster is None


def test_an_absence_is_mended_proved_and_nothing_begun_moves(folder: Folder) -> None:
    made = make(folder, FIRST, LAST, 1)
    assert made.roster is not None and made.problem is not None and made.assignment is not None
    inside = [one for one in free_turns(made.problem) if one.post == "duty_officer"]
    tonight = inside[4]
    ill = made.assignment[tonight.id][0]
    now = tonight.starts_at - HOUR
    site = with_roster(folder, made.roster)
    mended = mend(site, Absence(ill, now, now + 3 * DAY), now)
    assert mended.lost[0] == tonight.id and 1 <= len(mended.alternatives) <= 3
    for way in mended.alternatives:
        assert way.proof is not None and way.proof.holes == () and way.findings == ()
        assert all(made.problem.turn[move.turn].starts_at > now for move in way.moves)
        assert ill not in way.roster.holders("duty_officer", tonight.starts_at)
        for turn in free_turns(made.problem):
            if turn.starts_at <= now:
                assert way.roster.holders(turn.post, now) == made.roster.holders(turn.post, now)
    first = mended.alternatives[0]
    assert {move.turn for move in first.moves} == set(mended.lost)


def test_a_turn_that_is_under_way_stays_with_who_began_it(folder: Folder) -> None:
    made = make(folder, FIRST, LAST, None)
    assert made.roster is not None and made.problem is not None and made.assignment is not None
    turn = next(one for one in free_turns(made.problem) if one.post == "duty_officer")
    ill = made.assignment[turn.id][0]
    mended = mend(
        with_roster(folder, made.roster), Absence(ill, turn.starts_at + HOUR, turn.ends_at), turn.starts_at
    )
    assert mended.lost == () and mended.alternatives == ()


def test_a_lost_qualification_is_mended_too(folder: Folder) -> None:
    made = make(folder, FIRST, LAST, None)
    assert made.roster is not None and made.problem is not None and made.assignment is not None
    turn = [one for one in free_turns(made.problem) if one.post == "safety_officer"][3]
    who = made.assignment[turn.id][0]
    absence = Absence(who, turn.starts_at, turn.ends_at, "first_aid")
    mended = mend(with_roster(folder, made.roster), absence, turn.starts_at - DAY, None)
    assert mended.lost == (turn.id,) and mended.alternatives
    assert mended.alternatives[0].moves[0].leaves == who


def test_a_roster_by_hand_that_follows_other_turns_is_not_touched(folder: Folder) -> None:
    """The reference roster has safety officers standing; its duty officers follow the same turns as the rules."""
    assert folder.sources is not None and folder.sources.before is not None
    odd = replace(
        folder.sources.before,
        periods=tuple(
            replace(one, starts_at=one.starts_at + HOUR, ends_at=one.ends_at + HOUR)
            for one in folder.sources.before.periods
        ),
    )
    now = odd.periods[100].starts_at
    mended = mend(with_roster(folder, odd), Absence("P010", now, now + 9 * DAY), now)
    assert [one.code for one in mended.findings] == ["rostering.other_turns"]


def test_what_stands_in_a_roster_is_judged_by_the_rules(folder: Folder) -> None:
    judged = stands(folder, FIRST, LAST)
    codes = {one.code for one in judged.findings}
    assert codes == {"rostering.too_few"} | codes
    made = make(folder, FIRST, LAST, 1)
    assert made.roster is not None
    assert stands(with_roster(folder, made.roster), FIRST, LAST).findings == ()


@pytest.mark.parametrize("missing", ["rostering.yaml", "plan.yaml", "roster.yaml"])
def test_a_file_that_is_not_there_is_an_error_of_the_world(tmp_path: Path, missing: str) -> None:
    for name in ("plan.yaml", "rostering.yaml", "roster.yaml", "people-60.xlsx", "calendar.yaml"):
        shutil.copy(REFERENCE / name, tmp_path / name)
    (tmp_path / missing).unlink()
    with pytest.raises(OSError):
        read_folder(tmp_path, "people-60.xlsx")
