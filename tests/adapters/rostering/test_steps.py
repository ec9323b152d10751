"""Single steps of the engine: tables of used-up resources, dives, regrouping, merging of two answers, late workers."""

import time
from random import Random

import numpy as np
import pytest

from dutyroom.adapters.rostering.arrays import OFF, Arrays, breaches, cost
from dutyroom.adapters.rostering.crew import Desk, Left, Together
from dutyroom.adapters.rostering.diving import Way, dive
from dutyroom.adapters.rostering.master import Master
from dutyroom.adapters.rostering.model import Effort, solve_cells, solve_whole
from dutyroom.adapters.rostering.neighbourhoods import SHAPES, Sizes, freed
from dutyroom.adapters.rostering.pricing import Pricer
from dutyroom.adapters.rostering.regrouping import regrouped
from dutyroom.adapters.rostering.resources import resources
from dutyroom.adapters.rostering.responding import empty, filled, settled
from dutyroom.adapters.rostering.shiftfile import read
from tests.adapters.rostering.test_making import month


@pytest.fixture
def problem() -> Arrays:
    found, findings = read(month())
    assert found is not None, findings
    return found


def test_only_what_can_be_reached_has_a_place_and_every_place_knows_the_one_before() -> None:
    table = resources(np.array([[480, 0, 0], [600, 0, 1]]), np.array([1_200, 1, 1]))
    used = [tuple(row) for row in table.used.tolist()]
    assert len(used) == len(set(used)) == 9  # minutes 0, 480, 960 without, 600, 1080 with the counted shift
    assert {row[0] for row in used} == {0, 480, 600, 960, 1_080}
    for turn, step in enumerate(((480, 0, 0), (600, 0, 1))):
        for begins in (0, 1):
            for place, row in enumerate(used):
                behind = (row[0] - step[0], row[1] - begins, row[2] - step[2])
                found = table.before[turn, begins, place]
                assert (used[found] == behind) if found < table.nowhere else (behind not in used)


def test_a_dive_ends_with_a_few_and_regrouping_gives_some_good_turns(problem: Arrays) -> None:
    everybody, pricer = np.arange(4), Pricer(problem)
    master = Master(problem, pricer, everybody)
    master.add(pricer.price(problem.wishes.astype(float), everybody, 2).patterns)
    relaxed = master.grow(everybody, 100, 2, lambda: True)
    roster, few = dive(master, relaxed, Way(few=2), Random(1), lambda _: True)
    assert len(few) <= 2
    few = [1, 2]
    roster[few] = OFF
    greedy, stuck = filled(problem, pricer, roster, few)
    assert not stuck and breaches(problem, greedy) == 0
    better, ended = regrouped(problem, pricer, greedy, few, [], lambda: 60.0)
    assert ended and breaches(problem, better) == 0
    free = np.zeros((4, 14), dtype=bool)
    free[few] = True
    exact = solve_cells(problem, greedy, free, Effort(60.0, threads=1))
    assert exact.proved and exact.roster is not None
    assert cost(problem, greedy) >= cost(problem, better) >= cost(problem, exact.roster)
    standing = np.setdiff1d(everybody, few)
    assert (better[standing] == roster[standing]).all()
    whole = solve_whole(problem, Effort(60.0, threads=1))
    assert whole.roster is not None and master.whole_bound() <= cost(problem, whole.roster)


def test_nothing_outside_the_freed_cells_changes(problem: Arrays) -> None:
    roster, _ = filled(problem, Pricer(problem), empty(problem), list(range(4)))
    for number, shape in enumerate(SHAPES):
        free = freed(problem, roster, shape, 20.0, Random(number))
        assert free.any()
        answer = solve_cells(problem, roster, free, Effort(60.0, threads=1))
        assert answer.roster is not None and breaches(problem, answer.roster) == 0
        assert (answer.roster[~free] == roster[~free]).all()
        assert cost(problem, answer.roster) <= cost(problem, roster)


def test_single_replies_never_make_it_worse(problem: Arrays) -> None:
    pricer = Pricer(problem)
    roster, _ = filled(problem, pricer, empty(problem), [3, 2, 1, 0])
    better = settled(problem, pricer, roster, lambda: True)
    assert breaches(problem, better) == 0 and cost(problem, better) <= cost(problem, roster)


def test_a_size_grows_when_the_search_ended_and_shrinks_when_it_did_not() -> None:
    sizes = Sizes()
    before = sizes.cells[SHAPES[0]]
    sizes.learn(SHAPES[0], proved=True, gained=False)
    assert sizes.cells[SHAPES[0]] > before
    for _ in range(50):
        sizes.learn(SHAPES[0], proved=False, gained=False)
    assert 20.0 <= sizes.cells[SHAPES[0]] < before


def test_an_answer_that_is_late_is_nothing_and_the_others_keep_their_places(problem: Arrays) -> None:
    crew = Together(problem, 2)
    try:
        ready = crew.run(_slowly, [0.0, 0.0], lambda: 60.0)  # both processes have begun
        assert ready == [(0.0, 4), (0.0, 4)]
        assert crew.run(_slowly, [30.0, 0.0], _counting_down(2.0)) == [None, (0.0, 4)]
    finally:
        crew.close()


def _slowly(desk: Desk, seconds: float, left: Left) -> tuple[float, int]:
    time.sleep(seconds)
    return seconds, len(desk.problem.people)


def _counting_down(seconds: float) -> Left:
    """So much is left when the tasks are given out and while the first is waited for."""
    ends = time.monotonic() + seconds
    return lambda: ends - time.monotonic()
