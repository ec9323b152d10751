"""A conflict is really smallest: as a whole it cannot be met, and without any one of its demands it can. By force."""

import random
from dataclasses import replace

import pytest

from dutyroom.core.instants import DAY
from dutyroom.core.rostering.conflict import (
    AWAY,
    COVER,
    REST,
    Demand,
    demands,
    hindrances,
    only,
    smallest,
    window,
)
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Away, PostRule, Problem
from dutyroom.wording.rostering import tell_conflict
from tests.core.rostering.small import START, drawn, person, problem, rosters, turn


def possible(asked: Problem) -> bool:
    return any(not broken(asked, one) for one in rosters(asked))


@pytest.mark.parametrize("seed", range(60))
def test_a_conflict_breaks_as_a_whole_and_holds_without_any_part(seed: int) -> None:
    asked = drawn(random.Random(seed))
    found = smallest(asked, possible)
    if possible(asked):
        assert found == ()
        return
    assert found and not possible(only(asked, found))
    for one in found:
        assert possible(only(asked, [other for other in found if other != one])), one


def test_all_demands_together_are_the_problem() -> None:
    for seed in range(60):
        asked = drawn(random.Random(seed))
        assert possible(only(asked, demands(asked))) == possible(asked)


def crowded() -> Problem:
    """Two are needed on the sixth; of five, three are away and two come from duty."""
    turns = [turn("desk", 4, least=2, ideal=2), turn("desk", 5, least=2, ideal=2)]
    leave = (Away(START + 5 * DAY, START + 7 * DAY),)
    people = [person(f"P{number}", away=leave if number < 4 else ()) for number in range(1, 6)]
    asked = problem(turns, people, posts={"desk": PostRule("desk", DAY)})
    return replace(asked, frozen={"desk@4.8": ("P4", "P5")})


def test_the_conflict_is_told_with_who_is_away_and_who_rests() -> None:
    asked = crowded()
    found = smallest(asked, possible)
    assert Demand(COVER, turn="desk@5.8") in found and Demand(REST, name="desk") in found
    assert len({one.person for one in found if one.what == AWAY} & {"P1", "P2", "P3"}) == 2, (
        "one could come: not enough"
    )
    told = "\n".join(tell_conflict(asked, found, "zh", lambda post: "值班员"))
    assert "值班员 2027-01-06 08:00 的班至少要 2 人" in told
    assert "能担任的有 5 人：3 人不在（P1、P2、P3）；2 人刚下班要休息（P4、P5）" in told
    assert "resting after a turn" in "\n".join(tell_conflict(asked, found, "en", lambda post: "desk"))


def test_each_person_of_the_post_is_named_with_what_keeps_them() -> None:
    asked = crowded()
    why = {one.person: one.why for one in hindrances(asked, demands(asked), "desk@5.8")}
    assert why == {"P1": "away", "P2": "away", "P3": "away", "P4": "rest", "P5": "rest"}


def test_a_post_that_nobody_holds_is_a_conflict_of_one() -> None:
    asked = problem([turn("desk", 0), turn("field", 0)], [person("P1", "desk")])
    found = smallest(asked, possible)
    assert found == (Demand(COVER, turn="field@0.8"),)
    assert "没有人担任" in tell_conflict(asked, found, "zh", str)[0]


def test_a_window_asks_nothing_of_turns_outside() -> None:
    asked = problem(
        [turn("desk", day) for day in range(5)], [person("P1")], fixed=frozenset({("P1", "desk@4.8")})
    )
    part = window(asked, START + DAY, START + 3 * DAY)
    assert [one.id for one in part.turns] == ["desk@1.8", "desk@2.8"]
    assert part.fixed == frozenset()
