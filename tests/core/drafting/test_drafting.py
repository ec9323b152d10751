"""What a paper becomes: each recogniser on an invented plan, and what must hold for every paper whatever."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyroom.adapters.drafts import coverage, listed, plan_text, roster_text
from dutyroom.core.drafting import Draft, draft
from dutyroom.core.planfile import read_plan
from dutyroom.core.rosterfile import read_roster
from tests.core.drafting.papers import CHINESE, ENGLISH, chinese, document


@pytest.fixture(scope="module")
def drafted() -> Draft:
    return draft(chinese())


def entry(one: Draft, part: str, **like: Any) -> dict[str, Any]:
    """The one proposal of the part that has these values."""
    found = [
        each.entry
        for each in one.proposals
        if each.part == part and all(each.entry.get(name) == value for name, value in like.items())
    ]
    assert len(found) == 1, (part, like, [each.entry for each in one.proposals if each.part == part])
    return found[0]


def names(one: Draft, part: str) -> dict[str, str]:
    return {each.entry["name"]: each.id for each in one.proposals if each.part == part}


def test_the_head_is_read(drafted: Draft) -> None:
    assert drafted.title == "河湾环卫项目部突发事件应急预案"
    assert (drafted.number, drafted.unit, drafted.type) == ("HW-YJ-07", "河湾环卫项目部", "general")


def test_posts_groups_and_who_leads(drafted: Draft) -> None:
    roles = names(drafted, "roles")
    assert {
        "项目经理",
        "质安主管",
        "安全员",
        "各班班长",
        "抢险救援组",
        "医疗救护组",
        "现场人员",
        "班长",
    } <= set(roles)
    group = entry(drafted, "groups", name="应急领导小组")
    assert (group["leader"], group["deputy"]) == (roles["项目经理"], roles["质安主管"])
    assert group["members"] == [roles[name] for name in ("项目经理", "质安主管", "安全员", "各班班长")]
    assert drafted.chief == roles["项目经理"]
    assert entry(drafted, "roles", name="项目经理")["deputies"] == [roles["质安主管"]]
    assert "负责现场抢险" in entry(drafted, "roles", name="抢险救援组")["duties"]


def test_levels_are_half_open_and_measured(drafted: Draft) -> None:
    people = {"unit": "人"}
    assert entry(drafted, "levels", rank=1)["any"] == [
        {"fact": "dead", "at_least": 3, "below": 10, **people},
        {"fact": "seriously_injured", "at_least": 10, **people},
    ]
    assert entry(drafted, "levels", rank=2)["any"] == [
        {"fact": "dead", "at_least": 1, "below": 3, **people},
        {"fact": "loss", "at_least": 100, "unit": "万元"},
    ]
    third = entry(drafted, "levels", rank=3)["any"]
    assert {"fact": "injured", "at_least": 3, **people} in third
    assert {"hazard": "rainstorm", "colour": "red"} in third
    assert any(one.get("fact") == "beyond_ability" for one in third)


def test_a_sentence_with_two_reports_gives_two(drafted: Draft) -> None:
    roles = names(drafted, "roles")
    first = entry(drafted, "steps", who=roles["现场人员"])
    assert (first["clocks"], first["report"]["to"]) == ({"done": "立即"}, [roles["班长"]])
    second = entry(drafted, "steps", who=roles["班长"])
    assert second["clocks"] == {"done": {"within": "10 min", "since": "received"}}
    assert second["report"]["to"] == [roles["项目经理"]]


def test_a_report_outside_has_its_hour_and_its_contents(drafted: Draft) -> None:
    report = next(
        one.entry
        for one in drafted.proposals
        if "emergency_bureau" in one.entry.get("report", {}).get("to", [])
    )
    assert report["clocks"] == {"done": "1 h"}
    assert report["report"]["to"] == ["emergency_bureau", "housing_bureau"]
    assert report["report"]["contents"] == ["时间", "地点", "伤亡人数", "简要经过"]
    bodies = names(drafted, "outside")
    assert bodies["区应急管理局"] == "emergency_bureau"
    assert entry(drafted, "outside", number="119")["kind"] == "emergency_service"


def test_start_and_end(drafted: Draft) -> None:
    steps = {one.id: one.entry for one in drafted.proposals if one.part == "steps"}
    assert steps["activate"]["phases"] == ["readiness"]
    assert [need["text"] for need in steps["end_response"]["requires"]["all"]] == [
        "伤员全部送医；",
        "现场险情已消除。",
    ]
    assert steps["end_response"]["who"] == drafted.chief


def test_the_calendar(drafted: Draft) -> None:
    drill = entry(drafted, "calendar", kind="drill")
    assert (drill["every"], drill["who"]) == ("half_year", "")  # the paper does not say who
    daily = entry(drafted, "calendar", every="day")
    assert (daily["kind"], daily["at"]) == ("daily_report", "18:00")


def test_supplies_without_a_number_wait(drafted: Draft) -> None:
    stock = {one.entry["name"]: one.entry["quantity"] for one in drafted.proposals if one.part == "resources"}
    assert stock == {"灭火器": 20, "雨衣": 40}
    assert any("若干" in one.text and one.runs_as == "waits" for one in drafted.clauses)


def test_what_is_refused_is_never_a_rule(drafted: Draft) -> None:
    (clause,) = [one for one in drafted.clauses if one.runs_as == "not_executed"]
    assert "思想动态" in clause.text
    assert not any(clause.id in one.clauses for one in drafted.proposals)


def test_names_and_phones_leave_the_plan_for_the_people(drafted: Draft) -> None:
    text = plan_text(drafted, "sample") + roster_text(drafted, "sample")
    for secret in ("沈国梁", "陆文喆", "龚龑", "13800000001", "13800000002", "138 0000 0003"):
        assert secret not in text
    people = {one.name: (one.mobile, one.roles) for one in listed(drafted)}
    roles = names(drafted, "roles")
    assert people["沈国梁"] == ("13800000001", (roles["项目经理"],))
    assert people["龚龑"] == ("13800000003", (roles["安全员"],))
    assert "项目经理（姓名见人员表）不在时由质安主管报告" in text


def test_soft_words_are_kept_as_words(drafted: Draft) -> None:
    assert set(drafted.words) == {"立即", "及时"}
    plan, findings = read_plan(plan_text(drafted, "sample"))
    assert plan is not None, findings
    assert {clock.kind for step in plan.steps for clock in step.clocks.values()} == {"soft", "hard"}


def test_every_sentence_stands_word_for_word(drafted: Draft) -> None:
    there = plan_text(drafted, "sample")
    for line in CHINESE.splitlines()[3:]:
        for part in re.findall(r"[一-龥]{4,}", line):
            assert part in there or "沈国梁" in line, part


def test_the_coverage_adds_up(drafted: Draft) -> None:
    counts = coverage(drafted)
    assert counts["rules"] + counts["waits"] + counts["refused"] == counts["total"] == len(drafted.clauses)
    assert counts["refused"] == 1


def test_clauses_that_wait_are_in_no_rule(drafted: Draft) -> None:
    ruled = {clause for one in drafted.proposals for clause in one.clauses}
    for clause in drafted.clauses:
        assert (clause.runs_as == "rules") == bool(clause.confidence)
        if clause.runs_as == "waits":
            assert not {
                one.id for one in drafted.proposals if clause.id in one.clauses and one.part == "steps"
            }
    assert ruled <= {clause.id for clause in drafted.clauses}


def test_an_english_paper() -> None:
    one = draft(document(ENGLISH))
    roles = names(one, "roles")
    assert {"Project Manager", "Emergency Coordinator"} <= set(roles)
    osha = next(each.entry for each in one.proposals if "osha" in each.entry.get("report", {}).get("to", []))
    assert osha["clocks"] == {"done": {"within": "8 h", "since": "happened"}}
    assert osha["who"] == roles["Emergency Coordinator"]
    assert osha["report"]["contents"] == ["place", "time", "number injured"]
    assert entry(one, "calendar", kind="drill")["every"] == "quarter"
    assert "Alan Ferris" not in plan_text(one, "x")


@pytest.mark.parametrize("text", [CHINESE, ENGLISH, "", "预案", "1.\n1.1\n①\n（一）", "组长：\n成员：、、，"])
def test_the_draft_and_its_roster_read(text: str) -> None:
    one = draft(document(text))
    plan, findings = read_plan(plan_text(one, "sample"))
    assert plan is not None, findings
    assert len(plan.clauses) == len({clause.id for clause in plan.clauses}) == len(one.clauses)
    roster, faults = read_roster(roster_text(one, "sample"), "sample")
    assert roster is not None, faults


_PIECES = (
    "组长 ： 项目经理 李卫东 、 ， 。 ； 1. （一） ① 第三章 3.1 应在 10分钟内 立即 报告 向 "
    "区应急管理局 Ⅰ级 死亡 3人以上 10人以下 每半年 演练 负责 抢险救援组 \n # : - { [ \" ' \\ | 120 电话 %x "
    "\x00 \ud83d Level 1 within 2 hours must notify the Manager 宣布 启动 响应 终止 报告内容包括 成员 "
    "红色预警 暴雨 万元 经济损失 100"
)
_WORDS = st.sampled_from(_PIECES.split(" "))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_WORDS, st.text(max_size=6)), max_size=60).map("".join))
def test_whatever_the_paper_the_draft_reads(text: str) -> None:
    one = draft(document(text))
    plan, findings = read_plan(plan_text(one, "sample"))
    assert plan is not None, (findings, plan_text(one, "sample"))


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("应急救援领导小组组长：王建国（项目经理）13800000011", {"王建国": "13800000011"}),
        ("副组长：李四平  安全员：赵小云", {"李四平": "", "赵小云": ""}),
        ("成员：周一鸣 吴双 郑三丰", {"周一鸣": "", "吴双": "", "郑三丰": ""}),
        ("联系人：陈晓东，电话：0000-80000012。", {"陈晓东": ""}),  # a landline stands in the remarks
        ("总指挥由项目经理刘大海担任，联系电话 138-0000-0012。", {"刘大海": "13800000012"}),
        ("Site Manager: Alan Ferris, 13800000013", {"Alan Ferris": "13800000013"}),
    ],
)
def test_people_leave_however_the_paper_names_them(line: str, people: dict[str, str]) -> None:
    heading = "Plan\n2. ROLES" if line.isascii() else "预案\n二、组织机构及职责"
    one = draft(document(f"{heading}\n{line}"))
    assert {person.name: person.mobile for person in listed(one)} == people
    text = plan_text(one, "x") + roster_text(one, "x")
    for name, mobile in people.items():
        assert name not in text
        assert not mobile or mobile not in text
    assert not re.search(r"\d{7,}|\d{3}-\d{4}", text)
