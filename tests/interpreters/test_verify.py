"""The proof of cover on rosters whose holes were planted by hand: all are found, none is invented, each replays."""

from dataclasses import replace
from pathlib import Path

import pytest

from dutyroom.core.events import PersonCalled
from dutyroom.core.instants import DAY, HOUR, MINUTE, parse_iso
from dutyroom.core.plan import Defaults, Repeat, Role, Verb
from dutyroom.core.proof import Assumptions, Proof, proof_data, read_proof
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.rosterfile import read_roster
from dutyroom.core.slicing import alone
from dutyroom.interpreters.drill import read_script, rehearse
from dutyroom.interpreters.verify import prove, reprove, verify
from tests.core.builder import START, Play, hard, plan, step, words
from tests.interpreters.brute import small

HOLES = Path(__file__).parent / "holes"
VOICE, SMS = (Channel("voice", 2 * MINUTE),), (Channel("sms", 2 * MINUTE),)
PEOPLE = {
    one: Responder(one, "zh", VOICE if one in ("O1", "O2", "L1") else SMS)
    for one in ("O1", "O2", "O3", "S1", "L1", "L2")
}
# Called at once, after two minutes and after four; each answers a minute later: three people within the limit.
PLAN = plan(
    step("answer", "officer", clocks={Verb.RECEIVED: hard(5), Verb.DONE: hard(60)}),
    roles={
        "officer": Role("officer", words("officer"), ("second",)),
        "second": Role("second", words("second")),
        "leader": Role("leader", words("leader")),
    },
    groups={},
    defaults=Defaults({}, "leader", 2 * MINUTE, 10 * MINUTE, DAY),
)  # fmt: skip


def day(text: str) -> int:
    """A local time of March 2027: `03 08:00`."""
    return parse_iso(f"2027-03-{text.replace(' ', 'T')}:00+08:00")


SPAN = (day("01 08:00"), day("07 08:00"))
EXPECTED = {
    "0-covered": [],
    "1-gap": [(("L1", "S1"), "", "03 08:00", "03 20:00")],
    "2-two-posts": [
        # Before 08:00 the next officer is called meanwhile; from 07:56 on the next second is.
        (("L1", "O2"), "", "02 08:00", "03 07:56"),
        ((), "voice", "02 07:58", "03 07:56"),
    ],
    "3-two-minutes": [
        (("L1", "O2"), "", "04 11:58", "04 12:00"),
        ((), "voice", "04 11:58", "04 12:00"),
    ],
    "4-one-channel": [((), "sms", "05 08:00", "06 07:56")],
    "5-ends": [(("L1", "S1"), "", "06 08:00", "07 08:00")],
}  # fmt: skip


def rostered(name: str) -> PlanInForce:
    roster, faults = read_roster((HOLES / f"{name}.yaml").read_text(encoding="utf-8"), "small")
    assert roster is not None, faults
    return PlanInForce(PLAN, roster, PEOPLE)


@pytest.mark.parametrize("name", EXPECTED)
def test_planted_holes_are_found_and_none_is_invented(name: str) -> None:
    proof = verify(rostered(name), SPAN, 2)
    found = {(hole.silent, hole.down, hole.spans) for hole in proof.holes}
    assert found == {(silent, down, ((day(a), day(b)),)) for silent, down, a, b in EXPECTED[name]}
    assert len(proof.holes) == len(found)
    assert proof.covered_until == min((day(one[2]) for one in EXPECTED[name]), default=SPAN[1])


@pytest.mark.parametrize("name", EXPECTED)
def test_each_planted_hole_replays_as_a_failing_drill(name: str) -> None:
    rules = rostered(name)
    for hole in verify(rules, SPAN, 2).holes:
        assert not kept(hole.script, rules)
        harmless = hole.script.replace(f'"silent": {_listed(hole.silent)}', '"silent": []')
        harmless = harmless.replace(f'"unheard": ["{hole.down}"]', '"unheard": []')
        assert harmless != hole.script
        assert kept(harmless, rules), "without its failure the drill must pass, or it shows nothing"


def test_holes_of_random_plans_replay_as_failing_drills() -> None:
    replayed = 0
    for seed in range(24):
        case = small(seed)
        proof = verify(case.rules, (START, START + 20 * MINUTE), case.missing, case.assumptions)
        for hole in proof.holes:
            assert not kept(hole.script, case.rules), f"small({seed})"
            replayed += 1
    assert replayed > 12


def kept(script: str, rules: PlanInForce) -> bool:
    """Whether a drill of the script goes as it must."""
    read, faults = read_script(script, rules.plan, rules.roster)
    assert read is not None, faults
    return rehearse(read, rules).passed


def _listed(persons: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in persons) + "]"


def test_a_hole_is_told_minute_by_minute() -> None:
    hole = next(one for one in verify(rostered("2-two-posts"), SPAN, 2).holes if one.silent == ("L1", "O2"))
    told = [(one.offset // MINUTE, one.what, one.person) for one in hole.course if one.offset <= 5 * MINUTE]
    assert told == [
        (0, "called", "O2"), (0, "silent", "O2"),
        (2, "escalated", ""), (2, "called", "L1"), (2, "silent", "L1"),
        (4, "escalated", ""), (4, "called", "L1"), (4, "silent", "L1"),
        (5, "missed", ""), (5, "exhausted", ""), (5, "called", "L1"), (5, "silent", "L1"),
    ]  # fmt: skip
    assert hole.answered_after is None  # the last rung is rung on and on, and it is silent


def test_repairs_close_the_hole_when_they_are_made() -> None:
    rules = rostered("1-gap")
    hole = verify(rules, SPAN, 2).holes[0]
    assert [one.cost for one in hole.repairs] == sorted(one.cost for one in hole.repairs)
    second = next(one for one in hole.repairs if one.what == "second")
    standing = {**rules.roster.standing, second.role: (*rules.roster.standing.get(second.role, ()), "NEW")}
    people = {**rules.people, "NEW": Responder("NEW", "zh", VOICE)}
    mended = PlanInForce(PLAN, Roster(standing, rules.roster.periods), people)
    after = verify(mended, SPAN, 2)
    assert not any(one.silent == hole.silent and one.down == hole.down for one in after.holes)


def test_idle_people_break_what_silent_people_do_not() -> None:
    """Who answers stops the calling: one who then does nothing is enough, where three silent ones were needed."""
    proof = verify(rostered("0-covered"), SPAN, 1, Assumptions(idle=True))
    assert {hole.silent for hole in proof.holes} == {("O1",), ("O2",)}


def test_only_channels_answered_lately_count() -> None:
    rules = rostered("0-covered")
    fresh = {(person, one.kind): SPAN[0] - HOUR for person, each in PEOPLE.items() for one in each.channels}
    everything = verify(rules, SPAN, 2, Assumptions(evidence=fresh, evidence_life=2 * DAY))
    assert not everything.holes
    assert everything.evidence_until == SPAN[0] - HOUR + 2 * DAY
    # The last call of the three must still reach somebody, four minutes after the start.
    assert everything.without_renewal == SPAN[0] - HOUR + 2 * DAY - 4 * MINUTE
    nothing_from_s1 = {pair: at for pair, at in fresh.items() if pair[0] != "S1"}
    holes = verify(rules, SPAN, 2, Assumptions(evidence=nothing_from_s1)).holes
    assert {hole.silent for hole in holes} == {("L1", "O1"), ("L1", "O2"), ("O1", "O2"), ()}
    assert all(one.repairs[0].what == "renew" for one in holes if one.silent != ("O1", "O2"))
    assert all(not kept(hole.script, rules) for hole in holes)


def test_a_proof_is_written_and_read_back() -> None:
    evidence = {("O1", "voice"): SPAN[0]}
    for assumptions in (Assumptions(), Assumptions(evidence=evidence, outages={"gateway": ("sms", "voice")})):
        proof = verify(rostered("2-two-posts"), SPAN, 2, assumptions)
        assert read_proof(proof_data(proof)) == proof


def test_a_named_outage_that_holds_one_that_fails_alone_is_not_minimal() -> None:
    proof = verify(rostered("4-one-channel"), SPAN, 0, Assumptions(outages={"gateway": ("sms", "voice")}))
    assert {(hole.down, hole.spans[0]) for hole in proof.holes} >= {
        ("sms", (day("05 08:00"), day("06 07:56")))
    }
    assert not any(
        starts < day("06 07:56") and day("05 08:00") < ends
        for hole in proof.holes if hole.down == "gateway" for starts, ends in hole.spans
    )  # fmt: skip


def test_the_end_of_the_roster_is_said() -> None:
    assert verify(rostered("5-ends"), SPAN, 1).empty_from == {"officer": day("06 08:00")}


@pytest.mark.parametrize("name", EXPECTED)
def test_proving_anew_equals_proving_afresh(name: str) -> None:
    rules = rostered("0-covered")
    proved = prove(rules, SPAN, 2)
    for after in (
        rostered(name),
        PlanInForce(PLAN, rules.roster, {**PEOPLE, "O1": Responder("O1", "zh", SMS)}),
    ):
        proved = reprove(proved, after)
        assert bare(proved.proof) == bare(verify(after, SPAN, 2))


def test_proving_anew_equals_proving_afresh_on_random_changes() -> None:
    for seed in range(0, 40, 2):
        one, other = small(seed), small(seed + 1)
        span = (START, START + 20 * MINUTE)
        rules = PlanInForce(one.rules.plan, other.rules.roster, one.rules.people)
        again = reprove(prove(one.rules, span, 2, one.assumptions), rules)
        assert bare(again.proof) == bare(verify(rules, span, 2, one.assumptions)), f"small({seed})"


def bare(proof: Proof) -> Proof:
    """The proof without the counts of how it was found."""
    return replace(proof, moments=0, runs=0)


def test_a_later_round_alone_is_called_like_the_real_one() -> None:
    """The slice of a repeated step against the plan itself: the same calls at the same times from the reminder on."""
    repeated = step(
        "answer", "officer", clocks={Verb.DONE: hard(60)}, repeat=Repeat(HOUR), phases=("readiness",)
    )
    whole = replace(PLAN, steps=(repeated,))
    roster = Roster({"officer": ("O1",), "second": ("S1",), "leader": ("L1",)})
    people = {one: Responder(one, "zh", (Channel("voice"), Channel("sms"))) for one in ("O1", "S1", "L1")}
    real = Play(whole, roster, people, started=False)
    real.until(60)  # the first round is missed, and the second opens when it was due
    real.until(119)
    alone_ = Play(alone(whole, "answer", again=True), roster, people, started=False)
    alone_.until(4)
    calls = _calls(real, "answer#2", 115)
    assert calls and calls == _calls(alone_, "answer#1", 0)


def _calls(play: Play, key: str, since: float) -> list[tuple[float, str]]:
    """The calls of an obligation: minutes since, and who is called."""
    return [(play.minute(one.at) - since, one.person) for one in play.of(PersonCalled) if one.key == key]
