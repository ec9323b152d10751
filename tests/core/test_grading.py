"""Levels by half-open criteria, uncertain counts and outside warnings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.grading import (
    OutsideWarning,
    met,
    possible_levels,
    proposed_level,
    read_warning,
    warning_rules,
    warnings_in_force,
)
from dutyroom.core.plan import Criterion, Fact, Field, FieldType, Level, Plan
from dutyroom.core.state import Case
from dutyroom.core.surroundings import Hazard, WarningRule, Warnings
from tests.core.builder import MOVES, START_STEP, Play, plan, step, words

LEVELS = (
    Level(
        "I", 1, words("I"),
        any=(
            Criterion(fact="dead", at_least=3),
            Criterion(fact="affected", at_least=50),
            Criterion(fact="over", true=True, judged_by="leader"),
        ),
    ),
    Level("II", 2, words("II"), any=(Criterion(fact="dead", at_least=1, below=3), Criterion(kinds=("fire",)))),
    Level(
        "III", 3, words("III"),
        all=(Criterion(fact="affected", at_least=10), Criterion(when="facts.kind != 'fire'")),
    ),
)  # fmt: skip
WARNINGS = Warnings(
    hazards={
        "rain": Hazard("rain", words("rain")),
        "heat": Hazard("heat", words("heat"), ("yellow", "orange", "red")),
    },
    areas={"east": words("east"), "west": words("west")},
    rules=(
        WarningRule("rain", "orange", "II"),
        WarningRule("rain", "red", "I", automatic=True, areas=("east",)),
    ),
)
ASK = step("ask", voluntary=True, phases=("readiness", "response"), clocks={}, asks=(
    Field("dead", words("dead"), FieldType.COUNT, fact=True, required=False),
    Field("warning", words("warning"), FieldType.WARNING, required=False),
))  # fmt: skip


def the_plan() -> Plan:
    made = plan(START_STEP, ASK, moves=MOVES[:1], levels=LEVELS, warnings=WARNINGS)
    return replace(made, facts={**made.facts, "dead": Fact("dead", 0, words("dead"))})


def graded(**facts: object) -> tuple[str, tuple[str, ...]]:
    case = Case(phase="response", facts=facts)  # type: ignore[arg-type]
    return proposed_level(the_plan(), case), possible_levels(the_plan(), case)


@pytest.mark.parametrize(
    ("facts", "proposed", "possible"),
    [
        ({}, "", ()), ({"dead": 1}, "II", ()), ({"dead": 2}, "II", ()), ({"dead": 3}, "I", ()),
        ({"affected": 9}, "", ()), ({"affected": 10}, "III", ()), ({"affected": 49}, "III", ()),
        ({"affected": 50}, "I", ()), ({"kind": "fire"}, "II", ()), ({"over": True}, "I", ()),
        ({"affected": 10, "kind": "fire"}, "II", ()),
        ({"dead": "unknown"}, "", ("I", "II")), ({"dead": "2-4"}, "", ("I", "II")), ({"dead": "1-2"}, "II", ()),
        ({"dead": "3+"}, "I", ()), ({"affected": "10+"}, "III", ("I",)),
    ],
)  # fmt: skip
def test_edges_are_half_open_and_an_uncertain_count_leaves_levels_open(
    facts: dict[str, object], proposed: str, possible: tuple[str, ...]
) -> None:
    assert graded(**facts) == (proposed, possible)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (0, False),
        (1, True),
        (2, True),
        (3, False),
        ("2-3", None),
        ("1-2", True),
        ("3+", False),
        ("0-1", None),
    ],
)
def test_a_number_that_is_below_is_left_out(value: int | str, answer: bool | None) -> None:
    assert met([Criterion(fact="dead", at_least=1, below=3)], {"dead": value}, {}) == [answer]


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_level_never_falls_because_a_count_became_unknown(dead: int, affected: int) -> None:
    play = Play(the_plan(), facts={"dead": dead, "affected": affected})
    ranks = {"I": 1, "II": 2, "III": 3, "": 9}
    before = ranks[proposed_level(play.rules.plan, play.case)]
    play.volunteer("O1", "ask", dead="unknown")
    after = ranks[proposed_level(play.rules.plan, play.case)]
    could_be = min([after, *(ranks[name] for name in possible_levels(play.rules.plan, play.case))])
    assert could_be <= before


def test_each_area_keeps_its_own_warning_and_the_gravest_comes_first() -> None:
    play = Play(the_plan(), started=False)
    play.volunteer("O1", "ask", warning="rain:west:orange")
    play.volunteer("O1", "ask", warning="heat:east:yellow")
    assert warnings_in_force(play.case.facts) == (
        OutsideWarning("rain", "west", "orange"), OutsideWarning("heat", "east", "yellow"),
    )  # fmt: skip
    assert [rule.level for rule in warning_rules(play.rules.plan, play.case.facts)] == ["II"]
    assert proposed_level(play.rules.plan, play.case) == "II"
    assert play.case.phase == "readiness", "a person confirms first"
    play.volunteer("O1", "ask", warning="rain:west:none")
    assert proposed_level(play.rules.plan, play.case) == ""


def test_a_warning_the_plan_answers_without_waiting_starts_the_response() -> None:
    play = Play(the_plan(), started=False)
    play.volunteer("O1", "ask", warning="rain:west:red")
    assert play.case.phase == "readiness", "another area"
    play.volunteer("O1", "ask", warning="rain:east:red")
    assert (play.case.phase, play.case.level) == ("response", "I")


@pytest.mark.parametrize(
    "text", ["rain:east", "hail:east:red", "rain:north:red", "heat:east:blue", "rain:east:pink", 3]
)
def test_a_warning_that_does_not_fit_the_plan_is_none(text: object) -> None:
    assert read_warning(the_plan(), text) is None  # type: ignore[arg-type]
