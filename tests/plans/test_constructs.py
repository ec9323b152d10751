"""Every construct that written plans ask for is used by a starter plan, and its example is that plan's own text."""

import re
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from docs.making.constructs import CONSTRUCTS, PLANS, Construct, snippet, source
from dutyroom.core.checks import check
from dutyroom.core.findings import Finding
from dutyroom.core.packs import pack
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan


def tree(text: str) -> Any:
    return YAML(typ="safe").load(text)


@cache
def whole(plan: str) -> Any:
    return tree(source(plan))


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        listed = isinstance(value, list)
        value = next(one for one in value if one["id"] == part) if listed else value[part]
    return value


@cache
def judged(text: str) -> tuple[Finding, ...]:
    plan, findings = read_plan(text)
    return (*findings, *(check(plan) if plan else ()))


@cache
def plan_of(name: str) -> Plan | None:
    return read_plan(source(name))[0]


def named(one: Construct) -> str:
    return one.en.replace(" ", "-")[:40]


def test_the_table_holds_each_construct_once_and_all_tiers() -> None:
    assert len({one.en for one in CONSTRUCTS}) == len(CONSTRUCTS) == len({one.zh for one in CONSTRUCTS})
    needed = [one for one in CONSTRUCTS if one.tier in ("must", "should")]
    assert len(needed) >= 64
    assert {one.plan for one in CONSTRUCTS} == {file.parent.name for file in PLANS.glob("*/plan.yaml")}


@pytest.mark.parametrize("one", CONSTRUCTS, ids=named)
def test_the_example_reads_as_the_plan_says_it_inside_a_clean_plan(one: Construct) -> None:
    example = tree(snippet(one))
    assert list(example) == [one.path.rpartition(".")[2]]
    assert example[one.path.rpartition(".")[2]] == at(whole(one.plan), one.path)
    assert [found.code for found in judged(source(one.plan)) if found.severity == "error"] == []


@pytest.mark.parametrize("one", [one for one in CONSTRUCTS if "`" in one.how], ids=named)
def test_the_keys_that_are_named_stand_in_the_plan(one: Construct) -> None:
    """Of the keys a row names, the first stands in the example, or is its own key, or its value."""
    words = re.findall(r"`([\w.]+)[^`]*`", one.how)
    if words[0].startswith("check."):
        return
    around = f"{one.path.replace('.', ' ')} {snippet(one)}"
    assert any(word.rpartition(".")[2] in around for word in words), words


@pytest.mark.parametrize("one", [one for one in CONSTRUCTS if "." in one.path], ids=named)
def test_a_plan_without_the_example_is_another_plan(one: Construct) -> None:
    """The piece is read and counts: taken out or spoiled, the plan that is read differs or does not read."""
    text, cut = source(one.plan), snippet(one)
    key = one.path.rpartition(".")[2]
    first = cut.splitlines()[0 if len(cut.splitlines()) == 1 else 1].strip()
    body = first.removeprefix(f"{key}: ") if len(cut.splitlines()) == 1 else first
    assert body in text
    before = plan_of(one.plan)
    after, findings = read_plan(text.replace(body, "{}", 1))
    assert before is not None
    assert findings or after != before


def test_a_blank_left_in_a_plan_is_a_finding() -> None:
    text = source("heat").replace("zh: 示例环卫作业公司", "zh: ____公司", 1)
    assert "check.placeholder" in {found.code for found in judged(text)} - {
        one.code for one in judged(source("heat"))
    }


def test_filing_comes_from_the_law_and_binds_the_trade() -> None:
    plan, _ = read_plan(source("electric-shock-or-fall"))
    assert plan is not None
    filing = next(duty for duty in plan.calendar if duty.id == "law_filing")
    found = pack("cn-plan-management")
    assert found is not None and filing.law is not None
    assert filing.law.article in found.articles
    assert filing.who == "safety"
    cleaning, _ = read_plan(source("sanitation-project"))
    assert cleaning is not None
    assert "law_filing" not in {duty.id for duty in cleaning.calendar}, "street cleaning is not listed"
