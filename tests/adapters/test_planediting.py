"""Single values of a plan's text changed; the rest, comments too, stays as it was written."""

from pathlib import Path

import pytest

from dutyroom.adapters.planediting import Change, patch

TEXT = """# top
plan: {id: p, version: "1"}  # head
roles:
  # the officer
  officer: {name: 值班员, clauses: [S1]}
steps:
  - id: a   # first
    clocks: {received: 立即, done: {default: 20 min}}
    ladder:
      - officer
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Change(("plan", "version"), "2"), 'version: "1"', 'version: "2"'),
        (Change(("steps", 0, "clocks", "received"), "5 min"), "received: 立即", "received: 5 min"),
        (Change(("steps", 0, "clocks", "done", "default"), "30 min"), "default: 20 min", "default: 30 min"),
        (Change(("steps", 0, "clocks", "received"), None), "received: 立即, ", ""),
        (
            Change(("roles", "officer", "deputies"), ("chief", "other")),
            "clauses: [S1]}",
            "clauses: [S1], deputies: [chief, other]}",
        ),
    ],
)
def test_one_value_changes_and_nothing_else(change: Change, before: str, after: str) -> None:
    assert before in TEXT
    assert patch(TEXT, [change]) == TEXT.replace(before, after)


def test_nothing_to_take_away_is_no_change() -> None:
    assert patch(TEXT, [Change(("steps", 0, "confirm", "who"), None)]) == TEXT


@pytest.mark.parametrize("text", ["", "- a\n", "plan: [", "a: &x 1\nb: *x\n", "\t", "plan：1"])
def test_what_no_form_can_change_is_said_so(text: str) -> None:
    assert patch(text, [Change(("plan", "version"), "2")]) is None


@pytest.mark.parametrize(
    "path", [("steps", 9, "who"), ("plan", "id", "x"), ("steps", "x"), ("plan", "id", "x", "y")]
)
def test_a_place_that_is_not_there(path: tuple[str | int, ...]) -> None:
    assert patch(TEXT, [Change(path, "x")]) is None


def test_the_reference_plan_keeps_its_hand() -> None:
    text = (Path(__file__).parents[2] / "plans" / "sanitation-project" / "plan.yaml").read_text("utf-8")
    written = patch(text, [Change(("plan", "number"), "YJ-2")])
    assert written is not None
    changed = [pair for pair in zip(text.split("\n"), written.split("\n"), strict=True) if pair[0] != pair[1]]
    assert [pair[1].strip() for pair in changed] == ["number: YJ-2"]


def test_a_text_beyond_reason_is_not_taken_apart() -> None:
    text = "plan: {id: p}\n" + "# 说明\n" * 100_000
    assert patch(text, [Change(("plan", "id"), "q")]) is None


def test_many_lines_that_are_the_same_are_compared_all_the_same() -> None:
    text = "plan: {id: p}  # 注\nclauses:\n" + "  - a\n" * 20_000
    changed = patch(text, [Change(("plan", "id"), "q")])
    assert changed is not None and changed.startswith("plan: {id: q}  # 注\n") and len(changed) == len(text)
