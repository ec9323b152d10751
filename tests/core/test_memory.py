"""What the core remembers changes nothing: with and without its memory the same is decided, and the same holds."""

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroom.adapters.planfolder import load
from dutyroom.core.codec import dump_case, load_case
from dutyroom.core.commands import Act, Answer, Command, OpenCase, Times, Volunteer
from dutyroom.core.conditions import context, holds, true_of
from dutyroom.core.decide import decided
from dutyroom.core.decide.acting import offers
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE, Instant
from dutyroom.core.plan import Field, FieldType, Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case

PLANS = Path(__file__).parents[2] / "plans"
START = 1_795_399_200_000
ACTS = 45


@cache
def rules_of(name: str) -> PlanInForce:
    rules = load(PLANS / name).in_force()
    assert rules is not None
    return rules


# ---- conditions

EXPRESSIONS = (
    "true", "false", "facts.dead > 0", "facts.dead > 0 && facts.power_off", "facts.nosuch", "size(facts) > 3",
    "facts['dead'] == 1", "facts.size() > 3", "has(facts.nosuch) || facts.power_off", "facts.power_off == true",
    "facts.dead == 1", "'dead' in unknown", "size(unknown) > 0", "'a' in done", "'a' in done || 'b' in done",
    "!('a' in done)", "phase + 'a' in done", "'a' in done + open", "'b' in done.map(x, 'b')", "done[0] == 'b'",
    "size(done) == 2", "done.exists(x, x == 'b')", "'a' in open", "size(open) == 0", "rank <= 2", "level == 'II'",
    "assisting && phase == 'response'", "answers.agrees", "answers.agrees == facts.power_off", "size(answers) == 1",
    "facts.dead > 0 // facts", "1 / facts.dead > 0", "not CEL at all (", "nosuch == 1",
)  # fmt: skip


@cache
def plan_with_steps() -> Plan:
    plan = rules_of("electric-shock-or-fall").plan
    first = plan.steps[0]
    return replace(plan, steps=tuple(replace(first, id=name, each=False, confirm=None) for name in "abc"))


@settings(max_examples=400)
@given(
    st.sampled_from(EXPRESSIONS),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)),
    st.dictionaries(
        st.sampled_from(("dead", "injured", "power_off", "other")),
        st.sampled_from((0, 1, 2, True, False, "unknown", "2+", "1-3", "text")),
    ),
    st.sampled_from(("", "I", "II", "nosuch")),
    st.booleans(),
    st.dictionaries(st.just("agrees"), st.sampled_from((True, False, 1, "yes"))),
)
def test_a_condition_comes_to_what_it_comes_to_when_it_is_run(
    expression: str,
    done: dict[str, int],
    facts: dict[str, Answer],
    level: str,
    assisting: bool,
    answers: dict[str, Answer],
) -> None:
    plan = plan_with_steps()
    case = Case(phase="response", level=level, facts=facts, done=done, assisting=assisting)
    afresh = holds(expression, context(plan, case, answers))
    assert [true_of(plan, case, expression, answers) for _ in range(2)] == [afresh, afresh]


# ---- decisions


@pytest.mark.parametrize(
    ("name", "seed"), [("sanitation-project", 1), ("severe-weather", 2), ("snow-ice", 3), ("heat", 4)]
)
def test_a_decision_is_the_same_with_and_without_memory(name: str, seed: int) -> None:
    """One who remembers nothing reads the case from its JSON and the plan anew before every decision."""
    chance, rules = random.Random(seed), restless(rules_of(name), seed)
    case, now = Case(), START
    for number in range(ACTS):
        command, now = wish(chance, rules, case, now, f"c{number}")
        case, _ = settle(rules, case, now)
        anew = replace(rules, plan=replace(rules.plan))
        afresh = decided(anew, load_case(dump_case(case)), command, now)
        answer = decided(rules, case, command, now)
        assert answer == afresh
        case = case if isinstance(answer, Refusal) else answer[1]
    assert case.events > ACTS
    alone = settle(rules, load_case(dump_case(case)), now + 90 * MINUTE)
    assert settle(rules, case, now + 90 * MINUTE) == alone


def restless(rules: PlanInForce, seed: int) -> PlanInForce:
    """The plan with conditions and levels strewn over it that call steps off and on again."""
    chance, ids = random.Random(seed), [step.id for step in rules.plan.steps]

    def stirred(step: Step) -> Step:
        other = chance.choice(ids)
        match chance.randrange(9):
            case 0:
                return replace(step, when=f"'{other}' in done || size(done) > 8")
            case 1:
                return replace(step, when=f"!('{other}' in open)")
            case 2 if step.repeat is not None:
                return replace(step, repeat=replace(step.repeat, until=f"'{other}' in done"))
            case 3:
                levels = tuple(level.id for level in rules.plan.levels[::2])
                return replace(step, on_level_change="stop", levels=levels)
        return step

    return replace(rules, plan=replace(rules.plan, steps=tuple(stirred(step) for step in rules.plan.steps)))


def wish(
    chance: random.Random, rules: PlanInForce, case: Case, now: Instant, name: str
) -> tuple[Command, Instant]:
    """The report, and then by chance something of what people are offered. Nobody stands down before it begins."""
    if not case.case:
        return OpenCase(name, "K", "site", Times(now, now), {"kind": sorted(rules.plan.kinds)[0]}, {}), now
    due = next_due(case)
    now = max(now, due[0]) if due and chance.random() < 0.3 else now + chance.randrange(4) * MINUTE
    people = sorted(rules.people)
    open_to = [(person, one) for person in people for one in offers(rules, case, person, now)]
    open_to = [(person, one) for person, one in open_to if one.key or case.phase != "readiness"]
    done = [(person, one) for person, one in open_to if one.verb is Verb.DONE and not one.unmet]
    person, one = chance.choice(done or open_to)
    step, times = rules.plan.step[one.step], Times(now, now)
    answers = {field.id: answer(chance, rules.plan, field, now) for field in step.asks}
    if one.key:
        return Act(name, person, one.key, one.verb, times, answers if one.verb is Verb.DONE else {}), now
    return Volunteer(name, person, one.step, times, answers), now


def answer(chance: random.Random, plan: Plan, field: Field, now: Instant) -> Answer:
    match field.type:
        case FieldType.COUNT:
            return chance.choice((0, 1, 3, "unknown", "2+"))
        case FieldType.CHOICE:
            return chance.choice(sorted(field.options))
        case FieldType.BOOL:
            return chance.random() < 0.6
        case FieldType.TIME:
            return now + 60 * MINUTE
        case FieldType.ROLE:
            return chance.choice(sorted(plan.roles))
        case FieldType.LEVEL:
            return chance.choice([level.id for level in plan.levels])
        case FieldType.KIND:
            return chance.choice(sorted(plan.kinds))
        case FieldType.WARNING:
            return ""
    return "text"
