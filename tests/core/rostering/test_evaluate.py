"""The evaluator: a good roster has no finding; each test breaks one rule and names what is found."""

from dataclasses import replace

import pytest

from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.rostering.evaluate import broken, cost
from dutyroom.core.rostering.problem import (
    ALL,
    HOLIDAY,
    SCALE,
    Assignment,
    Away,
    Held,
    Limits,
    PostRule,
    Problem,
    Wish,
    WorkingTime,
)
from dutyroom.wording import say
from tests.core.rostering.small import START, person, problem, turn

DAYS = [turn("desk", day) for day in range(4)]
REST = {"desk": PostRule("desk", 24 * HOUR)}
GOOD = problem(DAYS, [person("P1"), person("P2"), person("P3")], posts=REST)
ROTA: Assignment = {"desk@0.8": ("P1",), "desk@1.8": ("P2",), "desk@2.8": ("P3",), "desk@3.8": ("P1",)}


def codes(asked: Problem, assignment: Assignment) -> list[tuple[str, str, str]]:
    """Code, turn and person of everything found; every finding has a sentence."""
    found = broken(asked, assignment)
    for one in found:
        assert say(one.code, "zh", **one.fields) and say(one.code, "en", **one.fields)
    return [
        (one.code.removeprefix("rostering."), one.place, str(one.fields.get("person", ""))) for one in found
    ]


def limited(limits: Limits, *others: str) -> Problem:
    return problem(DAYS, [person("P1", limits=limits), *(person(one) for one in others)])


def test_a_roster_that_keeps_the_rules_has_no_finding() -> None:
    assert codes(GOOD, ROTA) == []


def test_too_few_and_too_many() -> None:
    assert codes(GOOD, {**ROTA, "desk@1.8": ()}) == [("too_few", "desk@1.8", "")]
    assert codes(GOOD, {**ROTA, "desk@3.8": ("P1", "P2")}) == [("too_many", "desk@3.8", "")]


def test_the_same_person_twice_on_one_turn() -> None:
    two = replace(GOOD, turns=tuple(replace(one, ideal=2) for one in GOOD.turns))
    assert ("twice", "desk@0.8", "P1") in codes(two, {**ROTA, "desk@0.8": ("P1", "P1")})


def test_somebody_unknown_and_somebody_of_another_post() -> None:
    assert codes(GOOD, {**ROTA, "desk@1.8": ("P9",)}) == [("unknown_person", "desk@1.8", "P9")]
    other = replace(GOOD, people=(*GOOD.people, person("P4", "field")))
    assert codes(other, {**ROTA, "desk@1.8": ("P4",)}) == [("not_of_post", "desk@1.8", "P4")]


def test_a_qualification_must_be_held_for_the_whole_turn() -> None:
    posts = {"desk": PostRule("desk", 0, ("trained",))}
    ends = DAYS[2].ends_at
    people = [person(one, qualifications=(Held("trained"),)) for one in ("P1", "P2")]
    short = person("P3", qualifications=(Held("trained", START, ends - 1),))
    assert codes(problem(DAYS, [*people, short], posts=posts), ROTA) == [("unqualified", "desk@2.8", "P3")]
    enough = person("P3", qualifications=(Held("trained", START, ends),))
    assert codes(problem(DAYS, [*people, enough], posts=posts), ROTA) == []


@pytest.mark.parametrize("span", [{"ends_at": DAYS[2].ends_at - 1}, {"starts_at": DAYS[2].starts_at + 1}])
def test_nobody_stands_before_they_come_or_after_they_leave(span: dict[str, int]) -> None:
    asked = problem(DAYS, [person("P1"), person("P2"), person("P3", **span)], posts=REST)
    assert codes(asked, ROTA) == [("not_employed", "desk@2.8", "P3")]


def test_somebody_away_and_the_instant_before_and_after() -> None:
    def away(starts: int, ends: int) -> Problem:
        return problem(
            DAYS, [person("P1"), person("P2"), person("P3", away=(Away(starts, ends),))], posts=REST
        )

    third = DAYS[2]
    assert codes(away(third.ends_at - 1, third.ends_at), ROTA) == [("away", "desk@2.8", "P3")]
    assert (
        codes(away(START, third.starts_at), ROTA) == codes(away(third.ends_at, START + 9 * DAY), ROTA) == []
    )


def test_rest_after_duty_counts_to_the_hour() -> None:
    early = {**ROTA, "desk@1.8": ("P1",)}
    assert codes(GOOD, early) == [("rest", "desk@1.8", "P1")]
    (found,) = broken(GOOD, early)
    assert (found.fields["have"], found.fields["least"], found.fields["other_at"]) == (
        "0",
        "24",
        "2027-01-01 08:00",
    )
    assert codes(GOOD, {**ROTA, "desk@2.8": ("P1",), "desk@3.8": ("P2",)}) == []


def test_two_posts_at_one_time_only_where_they_do_not_exclude_each_other() -> None:
    turns = [turn("desk", 0), turn("field", 0, at=20)]
    both = {"desk@0.8": ("P1",), "field@0.20": ("P1",)}
    asked = problem(turns, [person("P1", "desk", "field")])
    assert codes(asked, both) == [("overlap", "field@0.20", "P1")]
    assert codes(replace(asked, excludes=frozenset()), both) == []
    assert codes(replace(asked, excludes=frozenset({frozenset({"desk", "field"})})), both) != []


def test_days_in_a_row() -> None:
    two = {one.id: ("P1",) if number < 3 else ("P2",) for number, one in enumerate(DAYS)}
    assert codes(limited(Limits(in_row=2), "P2"), two) == [("in_row", "desk@2.8", "P1")]
    assert codes(limited(Limits(in_row=3), "P2"), two) == []


@pytest.mark.parametrize(
    ("limits", "code", "place"),
    [
        (Limits(week_turns=2), "week_turns", "desk@2.8"),
        (Limits(month_turns=3), "month_turns", "desk@3.8"),
        (Limits(week_hours=71), "week_hours", "desk@2.8"),
        (Limits(month_hours=95), "month_hours", "desk@3.8"),
    ],
)
def test_limits_of_a_week_and_a_month(limits: Limits, code: str, place: str) -> None:
    """2027-01-01 was a Friday: three of the four turns begin in its week, the fourth on Monday."""
    alone = {one.id: ("P1",) for one in DAYS}
    assert codes(limited(limits), alone) == [(code, place, "P1")]
    more = replace(limits, **{code: getattr(limits, code) + 1})
    assert codes(limited(more), alone) == []


def test_fixed_forbidden_and_no_good() -> None:
    assert codes(replace(GOOD, fixed=frozenset({("P2", "desk@0.8")})), ROTA) == [
        ("not_fixed", "desk@0.8", "P2")
    ]
    assert codes(replace(GOOD, forbidden=frozenset({("P1", "desk@0.8")})), ROTA) == [
        ("forbidden", "desk@0.8", "P1")
    ]
    bad = frozenset({frozenset({("P1", "desk@0.8"), ("P2", "desk@1.8")})})
    assert codes(replace(GOOD, no_goods=bad), ROTA) == [("no_good", "desk@0.8", "P1")]
    assert codes(replace(GOOD, no_goods=bad), {**ROTA, "desk@1.8": ("P3",), "desk@2.8": ("P2",)}) == []


SHIFTS = [turn("desk", day, hours=8) for day in range(3, 10)]  # Monday to Sunday


def test_the_law_counts_posts_that_are_working_time_and_no_others() -> None:
    law = WorkingTime(frozenset({"desk"}), 11, 1, {"2027-01": 48})
    alone = {one.id: ("P1",) for one in SHIFTS}
    asked = problem(SHIFTS, [person("P1")], working=law)
    assert codes(asked, alone) == [("law_month", "desk@9.8", "P1"), ("law_rest_day", "desk@9.8", "P1")]
    assert codes(replace(asked, working=replace(law, posts=frozenset({"field"}))), alone) == []
    six = {**alone, "desk@9.8": ()}
    assert codes(asked, six) == [("too_few", "desk@9.8", "")]


def test_the_law_of_a_day() -> None:
    turns = [turn("desk", 0, at=8, hours=8), turn("desk", 0, at=20, hours=4)]
    asked = problem(turns, [person("P1")], working=WorkingTime(frozenset({"desk"}), 11, 0, {}))
    assert codes(asked, {one.id: ("P1",) for one in turns}) == [("law_day", "desk@0.20", "P1")]


def test_what_was_served_is_no_fault_but_counts() -> None:
    past = replace(GOOD, frozen={"desk@0.8": ("P1",), "desk@1.8": ("P1",)})
    assert codes(past, {"desk@2.8": ("P2",), "desk@3.8": ("P3",)}) == []
    assert codes(past, {"desk@2.8": ("P1",), "desk@3.8": ("P3",)}) == [("rest", "desk@2.8", "P1")]


def test_cost_of_empty_places_wishes_and_fairness() -> None:
    turns = [turn("desk", day, ideal=2, classes=(ALL, HOLIDAY) if day == 0 else (ALL,)) for day in range(2)]
    free = Wish(DAYS[0].starts_at, DAYS[0].ends_at, False, 3)
    duty = Wish(DAYS[1].starts_at, DAYS[1].ends_at, True, 5)
    people = [person("P1", wishes=(free,), carried={ALL: 1}), person("P2", wishes=(duty,), share=50)]
    asked = problem(turns, people, weights={ALL: 1, HOLIDAY: 4}, empty_weight=7)
    found = cost(asked, {"desk@0.8": ("P1",), "desk@1.8": ("P1",)})
    assert found.empty == 2 * 7 * SCALE
    assert found.wishes == (3 + 5) * SCALE
    assert found.fairness == {ALL: 9 * SCALE, HOLIDAY: 4 * SCALE}
    better = cost(asked, {"desk@0.8": ("P2",), "desk@1.8": ("P2", "P1")})
    assert (better.wishes, better.empty) == (0, 7 * SCALE)
    assert better.fairness == {ALL: 4 * SCALE + 4 * 2 * SCALE, HOLIDAY: 4 * 2 * SCALE}
