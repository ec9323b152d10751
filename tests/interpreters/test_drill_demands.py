"""What a script demands (`must`), and one step rehearsed alone (`alone`)."""

from pathlib import Path

import pytest

from dutyroom.adapters.planfolder import load
from dutyroom.core import events as e
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.drill import Drilled, read_script, rehearse, transcript
from dutyroom.interpreters.drill.injects import Inject, on_the_way, widened
from dutyroom.wording.narrate import tell

FOLDER = Path(__file__).parents[2] / "plans/sanitation-project"

SMALL = """\
drill: {id: small, title: {zh: 小演练, en: Small}, starts: "2026-11-23T10:00:00+08:00"}
report: {facts: {kind: fire}, story: {what: smoke}}
people: {answer_after: 30 s}
channels: {use: [sms, voice]}
acts:
  - {at: 3 min, by: duty_officer, does: verify, verb: taken}
until: 40 min
"""


@pytest.fixture(scope="module")
def rules() -> PlanInForce:
    in_force = load(FOLDER).in_force()
    assert in_force is not None
    return in_force


def play(text: str, rules: PlanInForce) -> Drilled:
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is not None, [tell(finding, "en") for finding in findings]
    return rehearse(script, rules)


def faults(text: str, rules: PlanInForce) -> list[str]:
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is None
    for finding in findings:
        assert all(tell(finding, lang) for lang in ("zh", "en"))
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("must", "kept"),
    [
        ("{does: verify, verb: received}", True),
        ("{does: verify, verb: received, within: 30 s}", True),
        ("{does: verify, verb: received, within: 29 s}", False),
        ("{does: verify, verb: taken, within: 3 min}", True),
        ("{does: verify, verb: taken, within: 2 min}", False),
        ("{does: verify}", False),
        ("{does: verify, within: 50 min}", True),
        ("{does: activate, verb: received}", False),
    ],
)
def test_a_drill_fails_by_what_it_demands(must: str, kept: bool, rules: PlanInForce) -> None:
    drilled = play(SMALL + f"must: [{must}]\n", rules)
    assert drilled.as_scripted
    assert drilled.passed is kept
    for lang, word in (("zh", "演练不合格"), ("en", "The drill fails")):
        assert (word in transcript(drilled, lang)) is not kept


def test_every_member_of_a_group_must(rules: PlanInForce) -> None:
    whole = (FOLDER / "drills/wage-dispute.yaml").read_text(encoding="utf-8")
    drilled = play(whole + "must: [{does: keep_service, within: 41 min}]\n", rules)
    assert [one.role for one in drilled.unkept] == ["crew_4_leader"]
    assert play(whole + "must: [{does: keep_service, within: 45 min}]\n", rules).passed


def test_one_step_alone_is_owed_from_the_report_on(rules: PlanInForce) -> None:
    text = SMALL.replace("acts:\n  - {at: 3 min, by: duty_officer, does: verify, verb: taken}\n", "")
    drilled = play(
        text + "alone: {step: activate}\nmust: [{does: activate, verb: received, within: 1 min}]\n", rules
    )
    assert {one.step for one in drilled.case.obligations.values()} == {"activate"}
    assert drilled.passed
    alone = play(text + "alone: activate\n", rules)
    assert alone.events == drilled.events


def test_a_later_round_alone_begins_with_its_reminder(rules: PlanInForce) -> None:
    text = SMALL.replace("acts:\n  - {at: 3 min, by: duty_officer, does: verify, verb: taken}\n", "")
    drilled = play(text + "alone: progress\nagain: true\n", rules)
    (owed,) = drilled.case.obligations.values()
    assert [due.verb for due in owed.dues] == [Verb.DONE]
    assert owed.dues[0].due_at - drilled.script.starts == 5 * 60_000
    assert any(isinstance(one, e.PersonCalled) and one.at == drilled.script.starts for one in drilled.events)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("must: [{does: verfy}]", "drill.unknown_step"),
        ("must: [{does: demand}]", "drill.must_voluntary"),
        ("must: [{does: verify, verb: on_scene}]", "drill.must_no_clock"),
        ("must: [{does: verify, verb: read}]", "plan.wrong_shape"),
        ("must: [{does: verify, when: 3 min}]", "plan.unknown_key"),
        ("alone: verfy", "drill.unknown_step"),
        ("alone: activate", "drill.alone_act"),
        ("alone: verify\nagain: true", "drill.alone_again"),
        ("alone: {step: verify, role: spokesperson}", "drill.alone_role"),
        ("alone: {step: verify, rolle: spokesperson}", "plan.unknown_key"),
        ("alone: verify\nmust: [{does: activate}]", "drill.alone_act"),
        ("again: true", "plan.unknown_key"),
    ],
)
def test_what_is_wrong_with_them_is_said_in_words(more: str, code: str, rules: PlanInForce) -> None:
    assert code in faults(SMALL + more + "\n", rules)


# ---- what comes from outside


def test_news_comes_in_by_a_step_that_asks_for_it(rules: PlanInForce) -> None:
    whole = (FOLDER / "drills/wage-dispute.yaml").read_text(encoding="utf-8")
    drilled = play(whole + "injects: [{at: 60 min, facts: {injured: 2}}]\n", rules)
    assert drilled.as_scripted
    assert any(
        isinstance(one, e.ActVolunteered | e.ActMarked)
        and one.facts.get("injured") == 2
        and one.at - drilled.script.starts == 60 * 60_000
        for one in drilled.events
    )
    for lang, word in (("zh", "外部情况：injured = 2"), ("en", "From outside: injured = 2")):
        assert word in transcript(drilled, lang)


def test_news_that_no_step_can_bring_in_fails_the_drill(rules: PlanInForce) -> None:
    text = SMALL + "injects: [{at: 1 min, facts: {demands_answered: true}}]\n"
    drilled = play(text, rules)
    assert not drilled.passed
    assert "no step could bring it" in transcript(drilled, "en")


def test_the_road_is_said(rules: PlanInForce) -> None:
    text = (
        SMALL
        + "injects: [{at: 5 min, until: 20 min, travel: x2.5}, {at: 8 min, until: 9 min, closed: true}]\n"
    )
    drilled = play(text, rules)
    assert [(type(one), one.at) for one in drilled.events] == [
        (type(one), one.at) for one in play(SMALL, rules).events
    ]
    told = transcript(drilled, "en")
    assert "2.5 times as long" in told
    assert "the road is closed until 2026-11-23 10:09" in told


@pytest.mark.parametrize(
    ("inject", "code"),
    [
        ("{at: 1 min}", "drill.inject_what"),
        ("{at: 1 min, facts: {injured: 1}, closed: true, until: 3 min}", "drill.inject_what"),
        ("{at: 1 min, closed: true}", "drill.inject_until"),
        ("{at: 3 min, until: 1 min, travel: x2}", "drill.inject_until"),
        ("{at: 1 min, until: 3 min, travel: double}", "plan.wrong_shape"),
        ("{at: 1 min, until: 3 min, travel: 0}", "drill.inject_until"),
        ("{at: 1 min, until: 3 min, facts: {injured: 1}}", "drill.inject_until_facts"),
        ("{at: 1 min, facts: {rain: 1}}", "drill.inject_no_step"),
        ("{at: 1 min, road: closed}", "plan.unknown_key"),
    ],
)
def test_a_wrong_inject_is_said_in_words(inject: str, code: str, rules: PlanInForce) -> None:
    assert code in faults(SMALL + f"injects: [{inject}]\n", rules)


def test_the_way_takes_longer_or_waits_for_the_road() -> None:
    slow, closed = Inject(10, 20, travel=2_000), Inject(30, 50, closed=True)
    roads = (slow, closed)
    assert [on_the_way(roads, leaves, 7) for leaves in (9, 10, 19, 20, 29, 30, 49, 50)] == [
        7, 14, 14, 7, 7, 27, 8, 7,
    ]  # fmt: skip
    assert on_the_way((closed, Inject(50, 60, closed=True)), 45, 7) == 22, "from one closure into the next"
    assert widened({"travel": "x1.25"}) == {"travel": 1_250}
    assert widened({"travel": 3}) == widened({"travel": "×3"}) == {"travel": 3_000}
