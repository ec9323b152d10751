"""The plan's own course: planted faults are found, and leaving out orders of acts loses none."""

import random

from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Field, FieldType, Join, Move, Owes, Plan, Step, Verb
from dutyroom.core.proof import FlowFault
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.interpreters.verify.flow import Exploration, flow_of
from tests.core.builder import END_STEP, MOVES, START_STEP, hard, people, plan, roster, step, words

SOUND = plan(
    START_STEP,
    step("fight"),
    step("close", voluntary=True, clocks={}),
    step("sign_a", phases=("closing",)),
    step("sign_b", "leader", phases=("closing",)),
    END_STEP,
    moves=MOVES,
)


def changed(*, without: str = "", **steps: Step) -> Plan:
    """The sound plan with steps put in the place of their namesakes, or left out."""
    kept = [steps.pop(one.id, one) for one in SOUND.steps if one.id != without]
    return plan(*kept, *steps.values(), moves=MOVES)


def faults(of: Plan) -> set[tuple[str, str, str]]:
    flow = flow_of(PlanInForce(of, roster(), people()))
    assert flow.whole
    return {(one.what, one.step, one.phase) for one in flow.faults}


def test_a_sound_plan_has_no_faults_and_its_states_are_all_seen() -> None:
    flow = flow_of(PlanInForce(SOUND, roster(), people()))
    assert flow.whole and not flow.faults and flow.states > 5


def test_a_phase_that_cannot_be_left_is_found() -> None:
    needs = step("close", voluntary=True, clocks={}, after=Join(all=("sign_a",)))
    assert ("no_end", "", "readiness") in faults(changed(close=needs))


def test_a_step_that_must_be_done_before_its_phase_is_left_is_found() -> None:
    """Who closes before the fight is over can never sign: the signature waits for a step that is gone."""
    late = step("sign_a", phases=("closing",), after=Join(all=("fight",)))
    found = flow_of(PlanInForce(changed(sign_a=late), roster(), people())).faults
    assert [(one.what, one.phase) for one in found] == [("stuck", "closing")]
    assert found[0].steps[:2] == ("start", "close")


def test_a_step_that_no_course_comes_to_is_found() -> None:
    idle = step("idle", when="facts.affected > 5 && facts.affected < 3")
    assert faults(changed(idle=idle)) == {("never", "idle", "")}


def test_an_answer_on_either_side_of_a_number_is_tried() -> None:
    asks = (Field("affected", words("affected"), FieldType.COUNT, fact=True),)
    fight = step("fight", asks=asks)
    assert not faults(changed(fight=fight, many=step("many", when="facts.affected >= 30")))


def test_a_ladder_that_nobody_holds_is_found() -> None:
    nobody = PlanInForce(SOUND, Roster({"officer": ("O1",)}), people())
    assert FlowFault("no_owner", "sign_b") in flow_of(nobody).faults
    assert FlowFault("no_owner", "sign_a") not in flow_of(nobody).faults


def test_leaving_out_orders_of_acts_loses_no_fault() -> None:
    compared = fewer = faulty = 0
    for seed in range(120):
        one = tiny(seed)
        full, reduced = (Exploration(one, reduced=how).explore(20_000) for how in (False, True))
        assert full.whole and reduced.whole, seed
        assert _told(reduced) == _told(full), f"tiny({seed})"
        compared += 1
        fewer += reduced.looked < full.looked
        faulty += bool(_told(full))
    assert fewer > compared / 4 and compared / 10 < faulty < compared


def _told(found: Exploration) -> set[tuple[str, str, str]]:
    return {(one.what, one.step, one.phase) for one in found.faults()}


def tiny(seed: int) -> Plan:
    """A small plan of this number: steps of the response and of closing that wait for each other as it happens."""
    chance = random.Random(seed)
    steps: list[Step] = [START_STEP]
    names: list[str] = []
    for number in range(chance.randint(2, 4)):
        phases = chance.choice((("response",), ("response",), ("closing",), ("response", "closing")))
        waits = tuple(name for name in names if chance.random() < 0.4)
        after = Join(any=waits) if chance.random() < 0.3 else Join(all=waits)
        asks = (Field("over", words("over"), FieldType.BOOL, fact=True),) if chance.random() < 0.3 else ()
        when = chance.choice(("true", "true", "true", "facts.over", "!facts.over"))
        owes = (Owes("kept"),) if chance.random() < 0.4 else ()
        steps.append(step(f"s{number}", phases=phases, after=after, asks=asks, when=when, owes=owes))
        names.append(f"s{number}")
    close = step(
        "close",
        voluntary=True,
        clocks={},
        after=Join(all=tuple(one for one in names[:1] if chance.random() < 0.3)),
    )
    moves = (
        Move("readiness", "response", Join(all=("start",))),
        Move("response", "closing", Join(all=("close",))),
        Move("closing", "recovery", Join(all=(chance.choice((*names, "sign")),))),
        Move("recovery", "closed", Join(all=("end",)), chance.choice(("true", "size(open) == 0"))),
    )
    steps.append(step("kept", phases=("response", "closing", "recovery")))
    return plan(*steps, close, step("sign", phases=("closing",)), END_STEP, moves=moves)


def test_milestones_are_the_sums_of_the_deadlines_on_the_way() -> None:
    begin = step("begin", phases=("readiness",), clocks={Verb.RECEIVED: hard(5), Verb.DONE: hard(20)})
    start = step("start", phases=("readiness",), after=Join(all=("begin",)), clocks={Verb.DONE: hard(15)})
    scene = step("fight", clocks={Verb.ON_SCENE: hard(40), Verb.DONE: hard(90)})
    one = plan(begin, start, scene, step("close", voluntary=True, clocks={}), END_STEP, moves=MOVES)
    found = {
        one.what: one.worst
        for one in flow_of(PlanInForce(one, roster(), people())).milestones
        if one.level == "I"
    }
    assert found == {
        "received": 5 * MINUTE, "activated": 35 * MINUTE, "on_scene": 75 * MINUTE, "closing": None, "closed": None,
    }  # fmt: skip
