"""Every pack reads, says where each number comes from, and joins a plan that binds its posts."""

import re

import pytest

from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.packs import names, pack
from dutyroom.core.plan import ClockKind, Plan, Verb
from dutyroom.core.planfile import read_plan

PLAN = """\
plan: {id: small, number: N-1, version: 1, title: {zh: 小, en: small}, unit: {zh: 单位, en: unit}, trade: TRADE}
packs: [{id: cn-accident-report, roles: {unit_head: leader, reporter: officer, authority: county, province: province}}]
defaults: {words: {}, ask_again: 2 min, ring_again: 10 min, done: 24 h, last_rung: leader}
roles: {officer: {name: {zh: 员, en: Officer}}, leader: {name: {zh: 长, en: Leader}}}
outside: {county: {name: County, kind: authority}, province: {name: Province, kind: authority}}
kinds: {other: {zh: 其他, en: Other}}
steps: []
clauses: []
"""


@pytest.mark.parametrize("name", names())
def test_every_number_has_an_article_in_words_a_source_and_dates(name: str) -> None:
    found = pack(name)
    assert found is not None
    assert found.id == name
    assert found.source.zh and found.source.en
    cited = [*found.classes, *found.measures, *(one.law for one in found.bound)]
    assert {one.article for one in cited} <= set(found.articles)
    for day in (found.valid_from, found.checked_on):
        # Empty where nobody has compared it with the official text yet, which is said wherever it is shown.
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", day) or day == "" == found.checked_on
    assert found.checked_on == "" or found.valid_from < found.checked_on
    management = pack("cn-plan-management")
    assert management is not None
    for bound in found.bound:
        assert set(bound.trades) <= {*found.trades, *management.trades}, "a trade that no pack knows"


@pytest.mark.parametrize("name", names())
def test_a_pack_speaks_only_of_posts_it_declares(name: str) -> None:
    found = pack(name)
    assert found is not None
    for bound in found.bound:
        step, duty = bound.step, bound.duty
        named = {*step.who, *step.ladder} if step else set()
        named |= {duty.who, *duty.ladder} if duty else set()
        for one in (step, duty):
            if one is not None and one.report is not None:
                named |= set(one.report.to)
        assert named <= set(found.roles)


def joined(text: str) -> Plan:
    plan, findings = read_plan(text)
    assert plan is not None, findings
    return plan


def test_the_law_joins_the_plan_with_the_plans_own_posts() -> None:
    county = joined(PLAN).step["law_report_county"]
    assert county.who == ("leader",)
    assert county.report is not None and county.report.to == ("county",)
    assert (county.clocks[Verb.DONE].within, county.clocks[Verb.DONE].since) == (HOUR, "received")
    assert county.law is not None and (county.law.pack, county.law.article) == ("cn-accident-report", "493-9")


def test_casualties_are_kept_up_to_date_after_the_case_is_closed() -> None:
    plan = joined(PLAN)
    for name, days in (("law_casualties_final", 30), ("law_casualties_final_road_fire", 7)):
        step = plan.step[name]
        assert step.outlives
        assert (step.clocks[Verb.DONE].within, step.clocks[Verb.DONE].since) == (days * DAY, "happened")


def test_a_step_of_the_plan_stands_in_for_the_packs_own() -> None:
    own = "steps: [{id: ours, title: 报, clauses: [], who: leader, phases: [readiness], fulfils: law_report_county}]"
    plan = joined(PLAN.replace("steps: []", own))
    assert "law_report_county" not in plan.step
    assert "law_report_province" in plan.step


def test_a_post_that_is_not_bound_is_named() -> None:
    plan, findings = read_plan(PLAN.replace(", province: province}}]", "}}]"))
    assert plan is None
    assert [(one.code, one.fields["post"]) for one in findings] == [("plan.unbound_post", "province")]


@pytest.mark.parametrize(
    ("trade", "expected"),
    [
        (
            "construction",
            {"law_drill_reported", "law_filing", "law_evaluation", "law_duty_watch", "law_review"},
        ),
        ("crowded_venue", {"law_drill_reported", "law_filing"}),
        ("street_cleaning", set()),
    ],
)
def test_duties_of_listed_trades_bind_those_trades(trade: str, expected: set[str]) -> None:
    management = (
        "packs: [{id: cn-plan-management, roles: "
        "{unit_head: leader, safety: officer, watch: officer, authority: county}}]"
    )
    text = re.sub("packs: .*", management, PLAN).replace("TRADE", trade)
    everybody = {"law_drill_plan", "law_drill_scene", "law_training", "law_supplies"}
    assert {duty.id for duty in joined(text).calendar} == everybody | expected


def test_at_once_in_the_law_means_what_the_plan_says_it_means() -> None:
    words = "words: {立即: {name: {zh: 立即, en: at once}, within: 2 min}}"
    ours = joined(PLAN.replace("words: {}", words)).step["law_report_head"].clocks[Verb.DONE]
    assert (ours.within, ours.word, ours.kind) == (2 * MINUTE, "立即", ClockKind.SOFT)
