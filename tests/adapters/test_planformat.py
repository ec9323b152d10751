"""Tidying a plan's text: comments stay, meaning stays, and what is mechanical is mended."""

from pathlib import Path

import pytest

from dutyroom.adapters.planformat import tidy
from dutyroom.core.planfile import read_plan
from dutyroom.core.yamltree import read_tree

PLANS = sorted((Path(__file__).parents[2] / "plans").glob("*/plan.yaml"))


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_every_plan_we_ship_is_tidy(file: Path) -> None:
    assert not tidy(file.read_bytes()).changed


def test_tidying_keeps_every_comment_and_the_plan_and_is_done_once() -> None:
    text = next(file for file in PLANS if file.parent.name == "sanitation-project").read_text(
        encoding="utf-8"
    )
    untidy = (
        text.replace("\n  - id: grade\n", "\n  - id:   grade   # 重要\n").replace("\n", "\r\n") + "\r\n\r\n"
    )
    tidied = tidy(untidy.encode())
    assert tidied.changed and not tidied.findings
    assert "# 重要" in tidied.text
    assert [line.strip() for line in text.splitlines() if line.strip().startswith("#")] == [
        line.strip() for line in tidied.text.splitlines() if line.strip().startswith("#")
    ]
    before, _ = read_plan(text)
    after, _ = read_plan(tidied.text)
    assert before is not None and after is not None
    assert before.steps == after.steps or [s.id for s in before.steps] == [s.id for s in after.steps]
    assert not tidy(tidied.text.encode()).changed


def test_gbk_tabs_and_the_colons_of_a_chinese_keyboard_are_mended() -> None:
    text = "plan：\r\n\tid： x # 注：说明\r\n\ttitle: 甲：乙\r\nroles： {a：{name：甲}}\r\n"
    tidied = tidy(text.encode("gb18030"))
    tree, findings = read_tree(tidied.text)
    assert findings == () and tidied.findings == ()
    assert tree == {"plan": {"id": "x", "title": "甲：乙"}, "roles": {"a": {"name": "甲"}}}
    assert "注：说明" in tidied.text


@pytest.mark.parametrize("data", [b"\xff\x00\x81", b"\x89PNG\r\n\x1a\n\x00\xff\xff", b"a: [1,\n", b""])
def test_what_cannot_be_read_comes_back_with_its_finding(data: bytes) -> None:
    tidied = tidy(data)
    assert tidied.findings
