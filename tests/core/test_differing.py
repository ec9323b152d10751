"""Two editions compared: by clause, by id, in words of both languages."""

from pathlib import Path

import pytest

from dutyroom.core.differing import Change, compare
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.wording.differing import tell_change

TEXT = (Path(__file__).parents[2] / "plans/sanitation-project/plan.yaml").read_text(encoding="utf-8")


def read(text: str) -> Plan:
    plan, findings = read_plan(text)
    assert plan is not None, findings
    return plan


OLD = read(TEXT)


def changes(before: str, after: str) -> tuple[Plan, tuple[Change, ...]]:
    assert before in TEXT
    new = read(TEXT.replace(before, after, 1))
    return new, compare(OLD, new)


def test_comments_spaces_and_order_are_no_difference() -> None:
    steps = TEXT.index("\nsteps:\n")
    moved = TEXT[:steps].replace("\nroles:", "\n# a remark\nroles:") + "\n\n" + TEXT[steps:]
    assert compare(OLD, read(moved)) == ()


@pytest.mark.parametrize(
    ("before", "after", "part", "name", "field", "kind", "clause", "told"),
    [
        ("on_scene: {default: 40 min}", "on_scene: 30 min", "steps", "dispatch", "clocks.on_scene", "changed", "S21",
         "40 分钟 · 缺省时限 → 30 分钟 · 硬性时限"),
        ("at_least: 50, unit", "at_least: 30, unit", "levels", "I", "any", "changed", "S2", "30 人以上"),
        ("    quorum: 4\n", "", "steps", "keep_service", "quorum", "changed", "S9", "4 → 0"),
        ("deputies: [quality_safety_supervisor, operations_manager]", "deputies: [operations_manager]",
         "roles", "project_manager", "deputies", "changed", "S6", "质安主管、运营主管 → 运营主管"),
        ("version: \"2026.1\"", "version: \"2026.2\"", "plan", "", "version", "changed", "", "2026.1 → 2026.2"),
        ("ring_again: 10 min", "ring_again: 20 min", "plan", "", "defaults.ring_again", "changed", "",
         "10 分钟 → 20 分钟"),
    ],
)  # fmt: skip
def test_one_change_is_one_difference_under_its_clause(
    before: str, after: str, part: str, name: str, field: str, kind: str, clause: str, told: str
) -> None:
    new, found = changes(before, after)
    assert len(found) == 1, found
    assert (found[0].part, found[0].id, found[0].field, found[0].kind) == (part, name, field, kind)
    assert clause in found[0].clauses or not clause
    assert told in tell_change(OLD, new, found[0], "zh")
    assert "{" not in tell_change(OLD, new, found[0], "en")


def test_a_step_more_and_a_step_less() -> None:
    extra = (
        "  - {id: walk, title: {zh: 巡, en: Walk}, clauses: [S3], who: duty_officer, "
        "phases: [response], voluntary: true}\n"
    )
    new = read(TEXT.replace("\nsteps:\n", "\nsteps:\n" + extra, 1))
    (added,) = compare(OLD, new)
    (removed,) = compare(new, OLD)
    assert (added.kind, removed.kind, added.id, added.clauses) == ("added", "removed", "walk", ("S3",))
    assert tell_change(OLD, new, added, "zh") == "新增步骤“巡”"
    assert tell_change(new, OLD, removed, "en") == "Removed: steps “Walk”"
