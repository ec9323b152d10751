"""From rules to turns: shapes, numbers by period, classes by the official calendar, what is carried, what is fact."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.calendar.official import official_calendar
from dutyroom.core.calendar.periods import Declared
from dutyroom.core.checks import examine
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rostering.building import Sources, problem_of, unmatched_seats
from dutyroom.core.rostering.evaluate import local
from dutyroom.core.rostering.problem import Problem, Turn
from dutyroom.core.rostering.rosters import free_turns
from dutyroom.core.rostering.rulesfile import read_rules

PLANS = Path(__file__).parents[3] / "plans" / "sanitation-project"
PLAN = examine((PLANS / "plan.yaml").read_bytes()).plan


def sources(posts: str, more: str = "", people: str = "P1 P2 P3", **rest: object) -> Sources:
    """The example plan with rules of its own; holidays are those of 2026."""
    rules, findings = read_rules(f"rostering: {{plan: p, zone: Asia/Shanghai}}\nposts:\n  {posts}\n{more}")
    assert rules is not None and PLAN is not None, findings
    holders = {one: frozenset(rules.posts) for one in people.split()}
    return Sources(PLAN, rules, holders, official_calendar(), **rest)  # type: ignore[arg-type]


def built(asked: Sources, first: str, last: str) -> Problem:
    return problem_of(asked, date.fromisoformat(first), date.fromisoformat(last))


def shown(problem: Problem) -> list[tuple[str, str]]:
    return [(local(problem, one.starts_at), local(problem, one.ends_at)[5:]) for one in free_turns(problem)]


def one(problem: Problem, name: str) -> Turn:
    return problem.turn[name]


@pytest.mark.parametrize(
    ("rule", "turns"),
    [
        ('handover: "00:00"', ["02 00:00", "03 00:00", "04 00:00"]),
        (
            'handover: ["08:00", "20:00"]',
            ["02 00:00", "02 08:00", "02 20:00", "03 08:00", "03 20:00", "04 08:00"],
        ),
        ('handover: "08:00", weekdays: mon', ["02 00:00", "02 08:00", "09 08:00"]),
        ('handover: "18:00", weekdays: [tue, fri]', ["02 00:00", "03 18:00", "06 18:00"]),
    ],
)
def test_turns_of_every_shape(rule: str, turns: list[str]) -> None:
    """2026-03-02 was a Monday. What runs into the first day is filled as well, from midnight."""
    found = shown(built(sources(f"safety_officer: {{{rule}}}"), "2026-03-02", "2026-03-03"))
    assert [starts[8:] for starts, _ in found] == turns[:-1]
    assert [ends[3:] for _, ends in found] == turns[1:]


def test_a_turn_may_be_shorter_than_the_time_to_the_next() -> None:
    asked = sources('safety_officer: {handover: "08:00", length: 10 h}')
    assert shown(built(asked, "2026-03-02", "2026-03-03")) == [
        ("2026-03-02 08:00", "03-02 18:00"),
        ("2026-03-03 08:00", "03-03 18:00"),
    ]


def test_what_the_roster_before_says_is_a_fact_and_not_filled_again() -> None:
    asked = sources('safety_officer: {handover: "08:00"}')
    first = built(asked, "2026-03-01", "2026-03-01")
    (begun,) = [turn for turn in free_turns(first) if turn.id.endswith("T08:00")]
    before = Roster({}, (DutyPeriod("safety_officer", "P1", begun.starts_at, begun.ends_at),))
    problem = built(replace(asked, before=before), "2026-03-02", "2026-03-02")
    assert dict(problem.frozen) == {begun.id: ("P1",)}
    assert [turn.id for turn in free_turns(problem)] == ["safety_officer@2026-03-02T08:00"]


def test_numbers_come_from_plan_rules_and_period_the_largest_holds() -> None:
    """The plan asks two duty officers; the rules three on major holidays; lessons may ask more of one turn."""
    asked = sources('duty_officer: {handover: "18:00", in_period: {major_holidays: 3}}')
    problem = built(asked, "2026-04-02", "2026-04-05")
    least = {turn.id[-16:-6]: turn.least for turn in free_turns(problem) if turn.id.endswith("18:00")}
    # Qingming 2026: 4 to 6 April; the turn of the 3rd runs into the 4th.
    assert least == {"2026-04-02": 2, "2026-04-03": 3, "2026-04-04": 3, "2026-04-05": 3}
    raised = replace(asked, raised={"duty_officer@2026-04-02T18:00": 4})
    assert one(built(raised, "2026-04-02", "2026-04-02"), "duty_officer@2026-04-02T18:00").least == 4


def test_a_declared_period_counts() -> None:
    asked = sources('duty_officer: {handover: "00:00", in_period: {special_period: 5}}')
    plain = built(asked, "2026-03-02", "2026-03-02")
    starts = free_turns(plain)[0].starts_at
    called = replace(asked, declared=(Declared("special_period", starts + HOUR, starts + 2 * HOUR),))
    assert [turn.least for turn in free_turns(plain)] == [2]
    assert [turn.least for turn in free_turns(built(called, "2026-03-02", "2026-03-02"))] == [5]


def test_classes_follow_the_official_calendar() -> None:
    """2026: 14 February is a Saturday that is worked; 15 to 23 February are off for Spring Festival."""
    problem = built(sources('safety_officer: {handover: "00:00"}'), "2026-02-13", "2026-02-24")
    by_day = {turn.id[-16:-6][-2:]: set(turn.classes) - {"all", "night"} for turn in free_turns(problem)}
    assert by_day["13"] == by_day["14"] == by_day["24"] == set()
    assert by_day["15"] == {"weekend"} and by_day["17"] == {"holiday"}
    nights = {turn.id[-16:-6][-2:] for turn in free_turns(problem) if "night" in turn.classes}
    assert len(nights) == 12


def test_a_turn_belongs_to_the_day_that_holds_half_of_it() -> None:
    problem = built(sources('safety_officer: {handover: "18:00"}'), "2026-03-06", "2026-03-08")
    kinds = {turn.id[-16:]: "weekend" in turn.classes for turn in free_turns(problem)}
    assert kinds == {
        "2026-03-06T00:00": False,  # Friday until 18:00
        "2026-03-06T18:00": True,  # into Saturday
        "2026-03-07T18:00": True,
        "2026-03-08T18:00": False,  # Sunday evening into Monday
    }
    shifts = built(
        sources('safety_officer: {handover: ["08:00", "16:00"], length: 8 h}'), "2026-03-02", "2026-03-02"
    )
    assert [turn.classes for turn in free_turns(shifts)] == [("all",), ("all",)]


def test_a_year_without_a_notice_is_an_error_by_name() -> None:
    with pytest.raises(YearMissing) as caught:
        built(sources('safety_officer: {handover: "08:00"}'), "2026-12-01", "2041-01-05")
    assert caught.value.year in range(2027, 2042)


def test_points_are_carried_for_a_rolling_year_and_no_longer() -> None:
    asked = sources('safety_officer: {handover: "00:00"}')
    days = free_turns(built(asked, "2025-01-01", "2025-12-31"))
    periods = tuple(DutyPeriod("safety_officer", "P1", turn.starts_at, turn.ends_at) for turn in days)
    problem = built(replace(asked, before=Roster({}, periods)), "2026-01-01", "2026-01-31")
    counted = sum("all" in problem.turn[name].classes for name in problem.frozen)
    assert problem.person["P1"].carried["all"] + counted == 365 - 31
    whole = built(replace(asked, before=Roster({}, periods)), "2026-01-01", "2026-12-31")
    assert dict(whole.person["P1"].carried) == {}
    assert sum("all" in whole.turn[name].classes for name in whole.frozen) == 0


def test_shares_spans_and_limits_of_people() -> None:
    more = "limits: {in_row: 4}\npeople:\n  P1: {until: 2026-07-01}\n  P2: {share: 50, week_turns: 2}\n"
    problem = built(sources('safety_officer: {handover: "00:00"}', more), "2026-01-01", "2026-12-31")
    assert [one.share for one in problem.people] == [50, 50, 100]
    assert problem.person["P1"].limits.in_row == 4 and problem.person["P2"].limits.in_row == 0
    assert problem.person["P1"].ends_at == problem.turn["safety_officer@2026-07-01T00:00"].ends_at


def test_only_posts_that_rotate_make_people_of_the_problem() -> None:
    asked = sources('safety_officer: {handover: "00:00"}')
    asked = replace(
        asked,
        holders={"P1": frozenset({"safety_officer", "spokesperson"}), "P2": frozenset({"spokesperson"})},
    )
    problem = built(asked, "2026-03-02", "2026-03-02")
    assert [(one.id, set(one.posts)) for one in problem.people] == [("P1", {"safety_officer"})]


def test_seats_find_their_turn_by_day_or_by_time_and_strays_are_named() -> None:
    more = (
        "fixed:\n  - {who: P1, post: safety_officer, on: 2026-03-02}\n"
        "forbidden:\n  - {who: P2, post: safety_officer, on: 2026-03-02 20:00}\n"
        "  - {who: P3, post: safety_officer, on: 2026-03-02 21:00}\n"
    )
    asked = sources('safety_officer: {handover: "20:00"}', more)
    problem = built(asked, "2026-03-01", "2026-03-02")
    assert problem.fixed == {("P1", "safety_officer@2026-03-02T20:00")}
    assert problem.forbidden == {("P2", "safety_officer@2026-03-02T20:00")}
    strays = unmatched_seats(asked, problem, date(2026, 3, 1), date(2026, 3, 2))
    assert [(one.code, one.fields["person"]) for one in strays] == [("rostering.no_such_turn", "P3")]


def test_the_laws_month_is_its_working_days_and_the_overtime() -> None:
    more = "working_time: {posts: [safety_officer]}\n"
    problem = built(
        sources('safety_officer: {handover: "08:00", length: 8 h}', more), "2026-02-01", "2026-02-28"
    )
    calendar = official_calendar()
    worked = sum(calendar.is_workday(date(2026, 2, day)) for day in range(1, 29))
    assert problem.working is not None
    assert dict(problem.working.month_hours) == {"2026-02": 8 * worked + 36}
    assert (problem.working.day_hours, problem.working.rest_days) == (11, 1)


def test_a_day_of_summer_time_has_the_hours_it_has() -> None:
    asked = sources('safety_officer: {handover: "00:00"}')
    rules = replace(asked.rules, zone="Europe/Berlin")
    problem = built(replace(asked, rules=rules), "2026-03-29", "2026-03-29")
    assert free_turns(problem)[0].ends_at - free_turns(problem)[0].starts_at == DAY - HOUR
