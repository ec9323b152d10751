"""A repair disturbs the fewest people, then the fewest turns, then costs least: compared with every roster there is."""

import random
from dataclasses import replace

import pytest

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.rostering.changes import difference, without_person
from dutyroom.core.rostering.evaluate import broken, cost
from dutyroom.core.rostering.problem import Assignment, PostRule, Problem
from tests.core.rostering.small import START, drawn, person, problem, rosters, turn

SOLVER = DutySolver()


def measure(asked: Problem, before: Assignment, after: Assignment, ill: str) -> tuple[int, int, int, int]:
    """Places left empty, people disturbed, turns changed, cost."""
    empty = sum(max(0, len(before[one]) - len(after[one])) for one in before)
    gone = {(ill, name) for name, persons in before.items() if ill in persons}
    disturbed = {
        who
        for name in before
        for who in {*before[name]} ^ {*after[name]}
        if (who, name) not in gone or who in after[name]
    }
    turns = sum(set(before[name]) != set(after[name]) for name in before)
    return empty, len(disturbed), turns, cost(asked, after).total


@pytest.mark.parametrize("seed", range(120))
def test_nothing_there_is_disturbs_fewer(seed: int) -> None:
    chance = random.Random(seed)
    asked = drawn(chance)
    solved = SOLVER.solve(asked)
    if solved.assignment is None:
        return
    before = solved.assignment
    held = sorted({who for persons in before.values() for who in persons})
    if not held:
        return
    ill = chance.choice(held)
    after = without_person(asked, ill, START - 9 * DAY, START + 99 * DAY)
    ways = SOLVER.repair(after, before, 3)
    valid = [one for one in rosters(after) if not broken(after, one)]
    if not valid:
        assert ways == []
        return
    assert ways and all(broken(after, one) == () for one in ways)
    least = min(measure(after, before, one, ill) for one in valid)
    assert measure(after, before, ways[0], ill)[:3] == least[:3]
    moves = [difference(before, one, before) for one in ways]
    assert len({tuple(one) for one in moves}) == len(ways), "each way is another"


def test_one_person_who_can_take_all_goes_before_two() -> None:
    turns = [turn("desk", day) for day in (0, 3, 6)]
    people = [person("P1"), person("P2", carried={"all": 9}), person("P3"), person("P4")]
    asked = problem(turns, people)
    before = {one.id: ("P1",) for one in turns}
    (first, *_) = SOLVER.repair(without_person(asked, "P1", START, START + 9 * DAY), before, 3)
    assert len({who for persons in first.values() for who in persons}) == 1


def test_a_chain_of_moves_is_found_where_no_direct_replacement_is() -> None:
    """Only P2 may stand in at the desk; P2 rests after the field, so P3 takes the field."""
    turns = [turn("field", 0), turn("desk", 1)]
    people = [person("P1", "desk"), person("P2", "desk", "field"), person("P3", "field")]
    asked = problem(turns, people, posts={name: PostRule(name, 24 * HOUR) for name in ("desk", "field")})
    before = {"field@0.8": ("P2",), "desk@1.8": ("P1",)}
    (found, *_) = SOLVER.repair(without_person(asked, "P1", START, START + 9 * DAY), before, 1)
    assert found == {"field@0.8": ("P3",), "desk@1.8": ("P2",)}


def test_who_comes_takes_the_place_of_who_leaves_and_begun_turns_stay() -> None:
    turns = [turn("desk", day, least=2, ideal=2) for day in range(2)]
    asked = problem(turns, [person(f"P{number}") for number in range(1, 5)])
    asked = replace(asked, frozen={"desk@0.8": ("P1", "P2")})
    ill = without_person(asked, "P1", START, START + 9 * DAY)
    (found, *_) = SOLVER.repair(ill, {"desk@1.8": ("P1", "P2")}, 1)
    assert found["desk@1.8"][1] == "P2" and found["desk@1.8"][0] in ("P3", "P4")
    assert "desk@0.8" not in found


def test_nobody_lost_nothing_changed() -> None:
    asked = problem([turn("desk", 0)], [person("P1"), person("P2")])
    assert SOLVER.repair(asked, {"desk@0.8": ("P1",)}, 3) == [{"desk@0.8": ("P1",)}]


def test_a_turn_with_more_than_the_rules_ask_keeps_its_number_and_one_that_was_short_stays_so() -> None:
    """Somebody put a second one there, as the proof taught; elsewhere one place was empty before: no matter of this."""
    turns = [turn("desk", 0), turn("desk", 3, least=2, ideal=2), turn("desk", 6)]
    asked = problem(turns, [person(f"P{number}") for number in range(1, 5)])
    before = {"desk@0.8": ("P1", "P2"), "desk@3.8": ("P3",), "desk@6.8": ()}
    ways = SOLVER.repair(without_person(asked, "P1", START, START + 9 * DAY), before, 3)
    for found in ways[:2]:
        assert len(found["desk@0.8"]) == 2 and "P2" in found["desk@0.8"] and "P1" not in found["desk@0.8"]
        assert found["desk@3.8"] == ("P3",) and found["desk@6.8"] == ()
