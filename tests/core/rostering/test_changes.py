"""Swaps, overrides and absences: pure changes, judged by the evaluator; what has begun is refused."""

from dataclasses import replace

import pytest

from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rostering.changes import (
    Changed,
    Move,
    applied,
    difference,
    override,
    swap,
    without_person,
    without_qualification,
)
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Held, PostRule
from dutyroom.core.rostering.rosters import (
    as_it_stands,
    as_rostered,
    assignment_of,
    free_turns,
    frozen_until,
    misfits,
    roster_with,
)
from dutyroom.wording.rostering import tell_moves
from tests.core.rostering.small import START, person, problem, turn

TURNS = [turn("desk", day) for day in range(4)]
ASKED = problem(
    TURNS, [person("P1"), person("P2"), person("P3")], posts={"desk": PostRule("desk", 24 * HOUR)}
)
ROTA = {"desk@0.8": ("P1",), "desk@1.8": ("P2",), "desk@2.8": ("P3",), "desk@3.8": ("P1",)}


def test_a_swap_moves_both_and_says_what_it_breaks() -> None:
    changed = swap(ASKED, ROTA, ("P2", "desk@1.8"), ("P3", "desk@2.8"), START)
    assert isinstance(changed, Changed)
    assert changed.assignment["desk@1.8"] == ("P3",) and changed.assignment["desk@2.8"] == ("P2",)
    assert changed.moves == (Move("desk@1.8", "P2", "P3"), Move("desk@2.8", "P3", "P2"))
    assert changed.findings == ()
    tight = swap(ASKED, ROTA, ("P2", "desk@1.8"), ("P1", "desk@3.8"), START)
    assert isinstance(tight, Changed)
    assert [one.code for one in tight.findings] == ["rostering.rest"]


def test_an_override_puts_somebody_else_there() -> None:
    changed = override(ASKED, ROTA, ("P2", "desk@1.8"), "P3", START)
    assert isinstance(changed, Changed)
    assert changed.assignment["desk@1.8"] == ("P3",)
    assert [(one.code, one.place) for one in changed.findings] == [("rostering.rest", "desk@2.8")]
    stranger = override(ASKED, ROTA, ("P2", "desk@1.8"), "P9", START)
    assert isinstance(stranger, Changed)
    assert [one.code for one in stranger.findings] == ["rostering.unknown_person"]


@pytest.mark.parametrize(
    ("seat", "now", "code"),
    [
        (("P1", "desk@0.8"), TURNS[0].starts_at, "rostering.begun"),
        (("P1", "desk@9.8"), START, "rostering.no_turn"),
        (("P3", "desk@0.8"), START, "rostering.not_holder"),
    ],
)
def test_what_has_begun_is_not_there_or_is_not_theirs_is_refused(
    seat: tuple[str, str], now: int, code: str
) -> None:
    refused = override(ASKED, ROTA, seat, "P2", now)
    assert isinstance(refused, Refusal) and refused.code == code


def test_findings_that_were_there_before_are_not_blamed_on_the_change() -> None:
    bad = {**ROTA, "desk@1.8": ("P1",)}
    changed = override(ASKED, bad, ("P1", "desk@3.8"), "P2", START)
    assert isinstance(changed, Changed)
    assert broken(ASKED, bad) and changed.findings == ()


def test_the_difference_applied_gives_the_other() -> None:
    before = {"a": ("P1", "P2"), "b": ("P3",), "c": ("P1",)}
    after = {"a": ("P2", "P4"), "b": (), "c": ("P1", "P5")}
    moves = difference(before, after, ["a", "b", "c"])
    assert moves == (Move("a", "P1", "P4"), Move("b", "P3", ""), Move("c", "", "P5"))
    assert applied(before, moves) == {"a": ("P4", "P2"), "b": (), "c": ("P1", "P5")}


def test_moves_are_told_in_both_languages() -> None:
    moves = (Move("desk@1.8", "P2", "P3"), Move("desk@2.8", "P3", ""), Move("desk@3.8", "", "P2"))
    assert "P3 代替 P2" in tell_moves(ASKED, moves, "zh", str)[0]
    assert [line.split()[-1] for line in tell_moves(ASKED, moves, "en", str)] == ["P2", "there)", "well"]


def test_an_absence_voids_what_was_fixed_in_it_and_nothing_else() -> None:
    fixed = replace(ASKED, fixed=frozenset({("P1", "desk@0.8"), ("P1", "desk@3.8")}))
    asked = without_person(fixed, "P1", TURNS[3].starts_at, TURNS[3].ends_at)
    assert asked.fixed == {("P1", "desk@0.8")}
    assert [one.code for one in broken(asked, ROTA)] == ["rostering.away"]


def test_a_lost_qualification_is_lost_for_its_span() -> None:
    held = Held("trained", START, START + 9 * DAY)
    people = [person("P1", qualifications=(held,)), person("P2", qualifications=(held,))]
    asked = problem(TURNS, people, posts={"desk": PostRule("desk", 0, ("trained",))})
    lost = without_qualification(asked, "P1", "trained", START + DAY, START + 2 * DAY)
    assert lost.person["P1"].qualifications == (
        Held("trained", START, START + DAY),
        Held("trained", START + 2 * DAY, START + 9 * DAY),
    )
    all_first = {one.id: ("P1",) for one in TURNS}
    assert [one.place for one in broken(lost, all_first)] == ["desk@0.8", "desk@1.8"]


# --- between rosters and assignments -------------------------------------------------------------------------


def periods(assignment: dict[str, tuple[str, ...]]) -> tuple[DutyPeriod, ...]:
    return tuple(
        DutyPeriod(ASKED.turn[name].post, who, ASKED.turn[name].starts_at, ASKED.turn[name].ends_at, place)
        for name, persons in assignment.items()
        for place, who in enumerate(persons)
    )


def test_a_roster_and_its_assignment_are_the_same() -> None:
    roster = Roster({"chief": ("C1",)}, periods(ROTA))
    assert assignment_of(ASKED, roster) == ROTA
    assert roster_with(ASKED, ROTA, roster) == roster
    assert misfits(ASKED, roster) == ()


def test_a_post_that_takes_turns_has_no_standing_holders_any_more() -> None:
    made = roster_with(ASKED, ROTA, Roster({"desk": ("P1",), "chief": ("C1",)}))
    assert made.standing == {"chief": ("C1",)}
    assert made.holders("desk", TURNS[1].starts_at) == ("P2",)


def test_only_free_turns_are_taken_from_an_assignment() -> None:
    before = Roster({}, periods(ROTA))
    begun = frozen_until(ASKED, ROTA, TURNS[1].starts_at)
    assert [one.id for one in free_turns(begun)] == ["desk@2.8", "desk@3.8"]
    made = roster_with(begun, {one.id: ("P9",) for one in TURNS}, before)
    assert [made.holders("desk", one.starts_at) for one in TURNS] == [("P1",), ("P2",), ("P9",), ("P9",)]


def test_periods_that_no_turn_makes_are_found() -> None:
    odd = DutyPeriod("desk", "P1", TURNS[0].starts_at, TURNS[0].starts_at + HOUR)
    assert misfits(ASKED, Roster({}, (odd,))) == (odd,)


def test_more_people_than_wanted_are_wanted_where_they_stand() -> None:
    more = {**ROTA, "desk@1.8": ("P2", "P4")}
    asked = as_rostered(replace(ASKED, people=(*ASKED.people, person("P4"))), more)
    assert broken(asked, more) == () and asked.turn["desk@1.8"].least == 1


def test_what_was_short_or_empty_before_is_left_as_it_stands() -> None:
    short = replace(ASKED, turns=tuple(replace(one, least=2, ideal=2) for one in ASKED.turns))
    stood = as_it_stands(short, {**ROTA, "desk@3.8": ()})
    assert [one.id for one in stood.turns] == ["desk@0.8", "desk@1.8", "desk@2.8"]
    assert broken(stood, {name: persons for name, persons in ROTA.items() if name != "desk@3.8"}) == ()
