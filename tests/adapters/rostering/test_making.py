"""The engine against every roster there is, on instances small enough; its bound, its seed, its budget."""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.roster_judge import judge
from dutyroom.adapters.rostering.arrays import OFF, Arrays, breaches, cost
from dutyroom.adapters.rostering.making import Made, make
from dutyroom.adapters.rostering.pricing import Pricer
from dutyroom.adapters.rostering.shiftfile import read
from tests.adapters.rostering.tiny import least, tiny

MINUTE = 60.0  # far more than any of these needs: the time never cuts here


def read_well(text: str) -> Arrays:
    problem, findings = read(text)
    assert problem is not None, findings
    return problem


def named(problem: Arrays, made: Made) -> dict[str, list[str]]:
    assert made.roster is not None
    return {
        person: ["" if turn == OFF else problem.shifts[turn] for turn in made.roster[number].tolist()]
        for number, person in enumerate(problem.people)
    }


@pytest.mark.parametrize("seed", range(16))
def test_the_engine_finds_the_best_of_all_rosters_and_proves_it(seed: int) -> None:
    text = tiny(seed)
    problem, best = read_well(text), least(text)
    made = make(problem, MINUTE, seed=seed)
    if best is None:
        assert made.roster is None and made.stuck
        return
    verdict = judge(text, named(problem, made))
    assert verdict.broken == ()
    assert (verdict.penalty, made.cost, made.bound, made.proved) == (best, best, best, True)


def test_some_tiny_instances_are_possible_and_some_are_not() -> None:
    possible = [least(tiny(seed)) is not None for seed in range(16)]
    assert any(possible) and not all(possible)


@pytest.mark.parametrize("seed", range(6))
def test_a_pattern_is_worth_what_its_turns_are_and_no_bound_is_above_the_best(seed: int) -> None:
    text = tiny(seed)
    problem = read_well(text)
    prices = np.random.default_rng(seed).integers(-50, 50, problem.size).astype(float)
    priced = Pricer(problem).price(prices, np.arange(problem.size[0]), each=5)
    for one in priced.patterns:
        worth = sum(prices[one.person, day, turn] for day, turn in enumerate(one.turns) if turn != OFF)
        assert one.value == pytest.approx(worth)
        assert priced.least[one.person] <= one.value + 1e-9


def test_the_same_seed_gives_the_same_roster_with_one_worker_and_with_two() -> None:
    problem = read_well(month())
    for workers in (1, 2):
        first, second = (make(problem, MINUTE, workers, seed=5) for _ in range(2))
        assert first.roster is not None and second.roster is not None
        assert (first.roster == second.roster).all()
        assert first.bound == second.bound


def test_a_budget_that_is_over_at_once_still_gives_a_roster_without_a_broken_rule() -> None:
    text = month()
    problem = read_well(text)
    made = make(problem, 1.0, now=ticking(2.0))
    assert made.cost == judge(text, named(problem, made)).penalty
    assert judge(text, named(problem, made)).broken == ()
    assert made.moments[0].step == "first"
    assert "whole" not in [one.step for one in made.moments]


def test_more_time_by_the_same_clock_never_makes_it_worse() -> None:
    problem = read_well(month())
    made = [make(problem, seconds, now=ticking(0.05)) for seconds in (0.1, 2.0, 1_000.0)]
    costs = [one.cost for one in made if one.cost is not None]
    assert len(costs) == 3
    assert sorted(costs, reverse=True) == costs


def test_a_fixed_turn_stands_and_a_person_without_possible_turns_is_named() -> None:
    text = month()
    problem = read_well(text)
    problem.may_rest[0, 9] = False
    problem.allowed[0, 9] = [False, True]
    made = make(problem, MINUTE)
    assert made.roster is not None
    assert made.roster[0, 9] == 1
    assert breaches(problem, made.roster) == 0 and made.cost == cost(problem, made.roster)
    problem.allowed[1] = False
    assert make(problem, MINUTE).stuck == (1,)


def ticking(step: float) -> Callable[[], float]:
    """A clock that goes on by so many seconds each time that somebody looks."""
    looks = [0.0]

    def now() -> float:
        looks[0] += step
        return looks[0]

    return now


def month() -> str:
    """Four people, two shifts, two weeks."""
    lines = ["SECTION_HORIZON", "14", "SECTION_SHIFTS", "E,480,", "L,480,E", "SECTION_STAFF"]
    lines += [f"P{one},E=14|L=4,4320,3360,5,2,2,1" for one in range(4)]
    lines += ["SECTION_DAYS_OFF", "P0,0", "P1,5", "SECTION_SHIFT_ON_REQUESTS", "P2,3,E,3", "P3,8,L,2"]
    lines += ["SECTION_COVER"]
    lines += [f"{day},{shift},1,100,1" for day in range(14) for shift in ("E", "L")]
    return "\n".join(lines) + "\n"
