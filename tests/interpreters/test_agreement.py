"""Drill, live and audit agree on random plans and random lives, not only on those that somebody thought of.

A plan is drawn from the steps of the corpus's small plan, with other clocks, waits and levels; a life under it is drawn
from a number. What three interpreters make of the same commands must be the same entries and the same judgements.
"""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyroom.core.evolve import replay
from dutyroom.core.instants import MINUTE
from dutyroom.core.judging import judge
from dutyroom.core.plan import Plan, Step
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.audit import replayed
from tests.core.builder import START, people, roster
from tests.interpreters.corpus import small_plan
from tests.interpreters.lives import life
from tests.interpreters.playing import LiveRun, MemoryRecord, Stepped

WHOLE = small_plan()
NEEDED = {"start", "look", "close", "sign_a", "sign_b", "end", "anew"}  # what moves and other steps name
OPTIONAL = sorted(
    {step.id.removesuffix("_confirmed") for step in WHOLE.steps} - NEEDED - {"promise", "second_look"}
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    left_out = draw(st.sets(st.sampled_from(OPTIONAL), max_size=8))
    steps = [step for step in WHOLE.steps if step.id.removesuffix("_confirmed") not in left_out]
    clocks = draw(st.lists(st.integers(1, 90), min_size=len(steps), max_size=len(steps)))
    waits = {name: draw(st.integers(1, 15)) * MINUTE for name in ("ask_again", "ring_again")}
    timed = (_clocked(step, minutes) for step, minutes in zip(steps, clocks, strict=True))
    return replace(WHOLE, steps=tuple(timed), defaults=replace(WHOLE.defaults, **waits))


def _clocked(step: Step, minutes: int) -> Step:
    clocks = {verb: replace(clock, within=minutes * MINUTE) for verb, clock in step.clocks.items()}
    return replace(step, clocks=clocks)


@given(plan=plans(), seed=st.integers(0, 10_000), down=st.booleans())
@settings(max_examples=40, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_plan_any_life_the_same_in_all_three(plan: Plan, seed: int, down: bool) -> None:
    outages = ((START + 7 * MINUTE, START + 31 * MINUTE),) if down else ()
    piece = life("random", PlanInForce(plan, roster(), people()), START, seed, 25, outages)
    record = MemoryRecord(piece.rules, outages)
    answers = LiveRun(record, Stepped(), outages).play(piece.asked, piece.ended_at, "life")
    assert tuple(record.events) == piece.events
    assert answers == [one.refusal for one in piece.asked]
    again = replayed(piece.rules, piece.events)
    assert again == piece.events
    judged = judge(plan, piece.case)
    assert judge(plan, record.case) == judge(plan, replay(again)) == judged
