"""The rules file: the example reads clean; every other test breaks one thing and names line and finding."""

from pathlib import Path

import pytest

from dutyroom.core.checks import examine
from dutyroom.core.instants import HOUR
from dutyroom.core.rostering.rules import DEFAULT_WEIGHTS, RosterRules
from dutyroom.core.rostering.rulesfile import check_rules, read_rules
from dutyroom.wording import say

PLANS = Path(__file__).parents[3] / "plans" / "sanitation-project"
GOOD = """\
rostering: {plan: p, zone: Asia/Shanghai}
posts:
  desk:
    handover: ["08:00", "20:00"]
    weekdays: [mon, sat]
    length: 12 h
    least: 2
    ideal: 3
    in_period: {flood: 4}
    rest: 24 h
    needs: trained
  field: {handover: "8:00"}
limits: {in_row: 5, week_turns: 3}
excludes: [[desk, field]]
fairness: {all: 1, holiday: 9}
working_time: {posts: [field], day_hours: 9}
qualifications:
  trained: [P1, {who: P2, from: 2027-02-01, until: 2027-02-28}]
people:
  P2: {until: 2027-06-30, share: 50, month_turns: 4}
away:
  - {who: P1, from: 2027-01-05, until: 2027-01-06}
wishes:
  - {who: P1, wish: free, from: "2027-01-01 08:00", until: 2027-01-01, weight: 3, post: desk}
fixed:
  - {who: P1, post: desk, on: 2027-01-02}
forbidden:
  - {who: P2, post: desk, on: "2027-01-02 20:00"}
"""


def good() -> RosterRules:
    rules, findings = read_rules(GOOD, "p")
    assert findings == () and rules is not None
    return rules


def test_everything_that_can_be_said_is_read() -> None:
    rules = good()
    desk = rules.posts["desk"]
    assert [f"{at:%H:%M}" for at in desk.handover] == ["08:00", "20:00"]
    assert (desk.weekdays, desk.length, desk.least, desk.ideal) == ((0, 5), 12 * HOUR, 2, 3)
    assert (dict(desk.in_period), desk.rest, desk.needs) == ({"flood": 4}, 24 * HOUR, ("trained",))
    assert (rules.limits.in_row, rules.limits.week_turns, rules.limits.month_turns) == (5, 3, 0)
    assert rules.excludes == {frozenset({"desk", "field"})}
    assert rules.weights == {"all": 1, "holiday": 9}
    assert rules.working is not None and (rules.working.day_hours, rules.working.month_overtime) == (9, 36)
    assert [(one.person, str(one.span.ends)) for one in rules.qualified] == [
        ("P1", "None"), ("P2", "2027-03-01 00:00:00"),
    ]  # fmt: skip
    own = rules.people["P2"]
    assert own.limits is not None and (own.share, own.limits.month_turns, own.limits.in_row) == (50, 4, 0)
    assert str(rules.away[0].span.starts) == "2027-01-05 00:00:00"
    assert str(rules.away[0].span.ends) == "2027-01-07 00:00:00", "the last day is included"
    assert (rules.wishes[0].want, rules.wishes[0].weight) == (False, 3)
    assert rules.fixed[0].at is None and str(rules.forbidden[0].at) == "20:00:00"


def test_what_is_left_out_has_a_default() -> None:
    rules, _ = read_rules('rostering: {plan: p, zone: UTC}\nposts: {desk: {handover: "08:00"}}\n')
    assert rules is not None
    assert rules.excludes is None and rules.weights == DEFAULT_WEIGHTS and rules.working is None


def test_the_example_reads_and_fits_its_plan() -> None:
    plan = examine((PLANS / "plan.yaml").read_bytes()).plan
    assert plan is not None
    rules, findings = read_rules((PLANS / "rostering.yaml").read_text("utf-8"), plan.id)
    assert findings == () and rules is not None
    named = {one.person for one in (*rules.qualified, *rules.away)} | set(rules.people)
    assert check_rules(rules, plan, named | {"P010", "P013", "P101", "P106", "P113", "P111"}) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("plan: p,", "plan: q,", "other_plan", 1),
        ("Asia/Shanghai", "Asia/Nowhere", "unknown_zone", 1),
        ("{plan: p, zone: Asia/Shanghai}", "p", "not_mapping", 1),
        ("limits:", "limit:", "unknown_key", 13),
        ('["08:00", "20:00"]', '["20:00", "08:00"]', "handover_order", 4),
        ('"8:00"', '"25:00"', "bad_time", 12),
        ("[mon, sat]", "[mon, someday]", "bad_weekday", 5),
        ("length: 12 h", "length: soon", "bad_duration", 6),
        ("least: 2", "least: 0", "bad_number", 7),
        ("least: 2", "least: two", "bad_number", 7),
        ("ideal: 3", "ideal: 1", "ideal_below_least", 8),
        ("rest: 24 h", "rest: 61 d", "bad_duration", 10),
        ("in_row: 5", "in_row: 0", "bad_number", 13),
        ("[[desk, field]]", "desk", "not_list", 14),
        ("{all: 1, holiday: 9}", "{all: 1, monday: 9}", "unknown_key", 15),
        ("[P1, {who: P2", "[张三, {who: P2", "bad_person", 18),
        ("share: 50", "share: 0", "bad_number", 20),
        ("2027-01-05, until: 2027-01-06", "2027-01-05, until: 2027-01-03", "reversed", 22),
        ("from: 2027-01-05, until: 2027-01-06", "from: 2027-01-05", "missing_key", 22),
        ("from: 2027-01-05, until", "from: 2027-02-30, until", "bad_date", 22),
        ("wish: free", "wish: holiday", "bad_wish", 24),
        ("on: 2027-01-02}\nfor", "on: someday}\nfor", "bad_date", 26),
        ("who: P2, post", "who: [P2], post", "bad_person", 28),
    ],
)  # fmt: skip
def test_each_fault_has_its_line_and_both_sentences(old: str, new: str, code: str, line: int) -> None:
    assert GOOD.count(old) >= 1
    rules, findings = read_rules(GOOD.replace(old, new, 1), "p")
    assert rules is None
    assert (f"rostering.{code}", line) in [(one.code, int(one.place.split(":")[0])) for one in findings]
    for one in findings:
        assert say(one.code, "zh", **one.fields) and say(one.code, "en", **one.fields)


def test_a_name_is_never_repeated_and_a_telephone_is_found_in_a_comment_too() -> None:
    _, findings = read_rules(GOOD.replace("who: P1, from: 2027-01-05", "who: 王小明, from: 2027-01-05"))
    assert all("王小明" not in str(one) for one in findings) and findings
    _, findings = read_rules(GOOD + "# 13800001234\n")
    assert [one.code for one in findings] == ["roster.contact"]


def test_rules_against_the_plan_and_the_people() -> None:
    plan = examine((PLANS / "plan.yaml").read_bytes()).plan
    assert plan is not None
    text = GOOD.replace("field", "safety_officer").replace(
        "post: desk, on: 2027-01-02}", "post: nobody, on: 2027-01-02}"
    )
    rules, findings = read_rules(text)
    assert rules is not None, findings
    found = {(one.code.removeprefix("rostering."), one.place) for one in check_rules(rules, plan, {"P1"})}
    assert found == {
        ("unknown_post", "desk"), ("unknown_period", "desk"), ("post_not_rotating", "nobody"), ("unknown_number", "P2"),
    }  # fmt: skip
