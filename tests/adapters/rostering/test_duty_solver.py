"""The duty solver against every roster there is, on small problems; and its local search on larger ones.

Whatever it gives is judged by the core's evaluator, which shares no code with it.
"""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.adapters.rostering.duty_state import State, Tables
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.rostering.conflict import demands, only, smallest
from dutyroom.core.rostering.evaluate import broken, cost, points, served_turns
from dutyroom.core.rostering.problem import ALL, HOLIDAY, Away, Limits, PostRule, Problem
from tests.core.rostering.small import START, best, drawn, person, problem, turn

EXACT, LOCAL = DutySolver(), DutySolver(small=-1)


@pytest.mark.parametrize("seed", range(150))
def test_it_finds_a_roster_if_there_is_one_and_the_cheapest(seed: int) -> None:
    asked = drawn(random.Random(seed))
    least = best(asked)
    found = EXACT.solve(asked)
    if least is None:
        assert found.assignment is None and found.impossible
        assert EXACT.possible(asked) is False
        return
    assert found.assignment is not None and found.optimal
    assert broken(asked, found.assignment) == ()
    assert cost(asked, found.assignment).total == least
    assert EXACT.possible(asked) is True


@given(seed=st.integers(1_000, 10**9))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_local_search_keeps_every_rule_and_finds_a_roster_exactly_where_there_is_one(seed: int) -> None:
    asked = drawn(random.Random(seed))
    found = LOCAL.solve(asked, seed)
    assert (found.assignment is None) == (best(asked) is None)
    if found.assignment is not None:
        assert broken(asked, found.assignment) == ()


def year(people: int = 12, days: int = 200) -> Problem:
    """Two posts day by day, one of them by two; holidays, leave, limits, rest."""
    turns = []
    for day in range(days):
        classes = (ALL, HOLIDAY) if day % 30 < 3 else (ALL,)
        turns.append(turn("desk", day, at=18, least=2, ideal=2, classes=classes))
        turns.append(turn("field", day, classes=classes))
    staff = [
        person(
            f"P{number:02d}",
            *(("desk",) if number % 3 else ("desk", "field")),
            away=(Away(START + number * 9 * DAY, START + (number * 9 + 7) * DAY),),
            limits=Limits(week_turns=4),
        )
        for number in range(people)
    ]
    posts = {"desk": PostRule("desk", 24 * HOUR), "field": PostRule("field")}
    return problem(turns, staff, posts=posts, weights={ALL: 1, HOLIDAY: 4})


def test_a_longer_stretch_keeps_every_rule_and_is_shared_evenly() -> None:
    asked = year()
    found = LOCAL.solve(asked, 1)
    assert found.assignment is not None and broken(asked, found.assignment) == ()
    served = served_turns(asked, found.assignment)
    totals = [points(asked, served, one, ALL) for one in asked.people]
    holidays = [points(asked, served, one, HOLIDAY) for one in asked.people]
    assert max(totals) - min(totals) <= 2 and max(holidays) - min(holidays) <= 2


def test_the_same_problem_and_seed_give_the_same_roster_and_another_seed_another() -> None:
    asked = year(days=60)
    assert LOCAL.solve(asked, 7) == LOCAL.solve(asked, 7)
    assert LOCAL.solve(asked, 7) != LOCAL.solve(asked, 8)
    small = year(days=8)
    assert EXACT.solve(small, 3) == EXACT.solve(small, 3)


def test_a_corner_that_filling_in_order_runs_into_is_opened_again() -> None:
    """Taken in order P1 (who stood least) would get the first day; but only P1 can do the second, after rest."""
    turns = [turn("desk", 0), turn("field", 1)]
    people = [person("P1", "desk", "field"), person("P2", "desk", carried={ALL: 9})]
    asked = problem(turns, people, posts={name: PostRule(name, 24 * HOUR) for name in ("desk", "field")})
    found = LOCAL.solve(asked)
    assert found.assignment == {"desk@0.8": ("P2",), "field@1.8": ("P1",)}


def test_an_impossible_week_in_a_long_stretch_is_found_and_its_conflict_is_smallest() -> None:
    asked = year(days=120)
    away = (Away(START + 40 * DAY, START + 43 * DAY),)
    people = tuple(replace(one, away=away) if "field" in one.posts else one for one in asked.people)
    asked = replace(asked, people=people)
    found = LOCAL.solve(asked)
    assert found.assignment is None and found.impossible and found.unfilled
    core = smallest(asked, EXACT.possible)
    assert EXACT.possible(only(asked, core)) is False
    for one in core:
        assert EXACT.possible(only(asked, [other for other in core if other != one])) is True
    assert {one.what for one in core} == {"cover", "away"} and len(core) == 1 + 4 < len(demands(asked))


@pytest.mark.parametrize("seed", range(40))
def test_a_state_says_of_every_seat_what_the_evaluator_says(seed: int) -> None:
    """Put people at random where the state allows it; the evaluator never finds a rule of a person broken."""
    chance = random.Random(seed)
    asked = replace(drawn(chance), fixed=frozenset())
    state = State(Tables(asked))
    for _ in range(60):
        who, where = chance.randrange(len(asked.people)), chance.choice(state.tables.free or [0])
        if where not in state.tables.free or len(state.seats[where]) >= asked.turns[where].ideal:
            continue
        before = dict(state.assignment())
        name = asked.turns[where].id
        after = {**before, name: (*before.get(name, ()), asked.people[who].id)}
        known = {(one.code, one.place) for one in broken(asked, before)}
        new = [one for one in broken(asked, after) if (one.code, one.place) not in known]
        allowed = state.can(who, where)
        assert allowed == (new == []), (asked.people[who].id, name, new)
        if allowed:
            price = state.price(who, where) + state.wish_price(who, where)
            state.put(who, where)
            empty = cost(asked, after).empty - cost(asked, before).empty
            assert cost(asked, after).total - cost(asked, before).total == price + empty
