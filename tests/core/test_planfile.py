"""Reading and checking a plan: a good plan has no findings; every other test spoils one thing and names the finding."""

# ruff: noqa: E501  (tables read better with a case on a line)

import re
from pathlib import Path

import pytest

from dutyroom.core.checks import check
from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR, MINUTE
from dutyroom.core.plan import ClockKind, Plan, Verb
from dutyroom.core.planfile import read_plan
from dutyroom.wording import codes
from dutyroom.wording.narrate import tell

GOOD = """\
plan: {id: small, number: N-1, version: 1, title: {zh: 小, en: small}, unit: {zh: 单位, en: unit}}
defaults:
  words:
    立即: {name: {zh: 立即, en: at once}, within: 5 min}
  ask_again: 2 min
  ring_again: 10 min
  done: 24 h
  last_rung: leader
roles:
  officer: {name: {zh: 员, en: Officer}, deputies: [leader], clauses: [C1]}
  leader: {name: {zh: 长, en: Leader}}
groups: {all: [officer, leader]}
kinds: {other: {zh: 其他, en: Other}}
facts:
  affected: {default: 0, name: {zh: 人数, en: Affected}}
levels:
  - {id: I, rank: 1, name: {zh: 一级, en: Level I}, when: facts.affected >= 3}
moves:
  - {source: readiness, target: response, after: [begin]}
  - {source: response, target: closing, after: [task]}
  - {source: closing, target: recovery, after: [begin]}
  - {source: recovery, target: closed, after: [task]}
steps:
  - id: begin
    title: {zh: 开始, en: Begin}
    clauses: [C1]
    who: officer
    phases: [readiness]
    clocks: {received: 立即, taken: at once, on_scene: {default: 30 min}, done: PT1H}
    asks:
      - {id: affected, label: {zh: 人数, en: Affected}, type: count, fact: true}
      - {id: owner, label: {zh: 谁, en: Who}, type: role, required: false}
      - {id: due, label: {zh: 何时, en: When}, type: time, required: false}
      - {id: said, label: {zh: 内容, en: What}, required: false}
    owes: [{step: promise, owner_field: owner, by_field: due, text_field: said, when: answers.affected > 0}]
  - {id: promise, title: {zh: 诺, en: Promise}, clauses: [C1], who: officer, phases: [response]}
  - id: task
    title: {zh: 事, en: Task}
    clauses: [C1]
    who: officer
    phases: [response]
    after: begin
    when: rank <= 2
    repeat: {every: 30 min, until: "'begin' in done"}
    requires: [{id: few, text: {zh: 人少, en: Few}, when: facts.affected < 100}]
clauses:
  - {id: C1, text: {zh: 条, en: clause}}
  - {id: C2, text: {zh: 附, en: annex}, runs_as: judgement, note: {zh: 人, en: a person}}
"""

# The lines of the steps.
BEGIN, PROMISE, TASK = (
    next(
        number
        for number, line in enumerate(GOOD.splitlines(), 1)
        if f"- id: {name}" in line or f"{{id: {name}" in line
    )
    for name in ("begin", "promise", "task")
)


def judged(text: str) -> tuple[Finding, ...]:
    plan, findings = read_plan(text)
    assert (plan is None) == any(finding.severity == "error" for finding in findings)
    return (*findings, *(check(plan) if plan else ()))


def test_a_good_plan_has_no_findings() -> None:
    assert judged(GOOD) == ()


def test_the_reference_plan_has_no_findings() -> None:
    text = (Path(__file__).parents[2] / "plans/sanitation-project/plan.yaml").read_text(encoding="utf-8")
    assert judged(text) == ()


def test_the_short_forms_of_the_file() -> None:
    plan, _ = read_plan(GOOD)
    assert isinstance(plan, Plan)
    begin = plan.step["begin"]
    assert begin.who == ("officer",)
    assert plan.step["task"].after.all == ("begin",)
    assert (begin.line, plan.step["promise"].line, plan.step["task"].line) == (BEGIN, PROMISE, TASK)
    clocks = {verb: (clock.kind, clock.within, clock.word) for verb, clock in begin.clocks.items()}
    assert clocks == {
        Verb.RECEIVED: (ClockKind.SOFT, 5 * MINUTE, "立即"),
        Verb.TAKEN: (ClockKind.SOFT, 5 * MINUTE, "立即"),
        Verb.ON_SCENE: (ClockKind.DEFAULT, 30 * MINUTE, ""),
        Verb.DONE: (ClockKind.HARD, HOUR, ""),
    }
    assert plan.defaults.ask_again == 2 * MINUTE
    assert len(plan.source_sha256) == 64


# The shape of the file; its meaning is tests/core/checks.
SPOILED = [
    ("who: officer\n    phases: [readiness]", "woh: officer\n    phases: [readiness]", "plan.unknown_key", BEGIN + 3),
    ("received: 立即", "received: 马上", "plan.unknown_duration", BEGIN + 5),
    ("done: PT1H", "done: 1 fortnight", "plan.unknown_duration", BEGIN + 5),
    ("id: I, rank: 1", "id: I, rank: first", "plan.wrong_shape", 17),
    ("number: N-1, ", "", "plan.missing", 1),
    ("type: count", "type: number", "plan.not_a_choice", BEGIN + 7),
    ("roles:\n", "roles:\n  officer: {name: {zh: a, en: a}}\n", "plan.duplicate_key", 11),
    ("groups: {all", "groups: {{all", "plan.not_a_key", 12),
    ("groups: {all", "groups: }{all", "plan.not_yaml", 12),
    ("defaults:\n", "defaults:\n  colour: red\n", "plan.unknown_key", 3),
    ("title: {zh: 开始, en: Begin}", "title: {zh: 开始, en: Begin, fr: Debut}", "plan.unknown_key", BEGIN + 1),
    ("type: count, fact: true", "type: count, fact: true, colour: red", "plan.unknown_key", BEGIN + 7),
    ("groups: {all", "groups: &g {all", "plan.alias", 12),
    ("groups: {all", "groups: !!map {all", "plan.tag", 12),
    ("steps:\n", "---\nsteps:\n", "plan.second_document", BEGIN - 1),
    ("groups: {all: [officer, leader]}", "groups: " + "[" * 60 + "]" * 60, "plan.too_deep", 12),
    ("    who: officer\n    phases: [readiness]", "\twho: officer\n    phases: [readiness]", "plan.tab", BEGIN + 3),
    ("    repeat: {", "    repeat： {", "plan.full_width_colon", TASK + 7),
    ("requires: [{id: few,", "requires: [{id: x, text: x, when: 'true'}, {id: few,", "plan.all_or_any", TASK + 8),
    ("roles:\n", "packs: [{id: no-such-pack}]\nroles:\n", "plan.unknown_pack", 9),
    ("roles:\n", "packs: [{id: cn-petitions, roles: {unit_head: leader}}]\nroles:\n", "plan.unbound_post", 9),
    ("roles:\n", "packs: [{id: cn-petitions, roles: {unit_head: king, labour: leader}}]\nroles:\n", "plan.unknown_post", 9),
]  # fmt: skip


@pytest.mark.parametrize(
    ("good", "bad", "code", "line"), SPOILED, ids=[f"{s[2]}-{n}" for n, s in enumerate(SPOILED)]
)
def test_one_thing_spoiled_is_one_finding_at_its_line(good: str, bad: str, code: str, line: int) -> None:
    assert good in GOOD
    findings = judged(GOOD.replace(good, bad, 1))
    found = [finding for finding in findings if finding.code == code]
    assert found, findings
    assert found[0].place.split(":")[0] == str(line), found
    for finding in findings:
        assert tell(finding, "zh")
        assert tell(finding, "en")


def test_every_finding_code_of_reading_has_its_test() -> None:
    source = Path(__file__).parents[2] / "src/dutyroom/core"
    files = ("planfile.py", "widening.py", "yamltree.py", "joining.py")
    used = {
        code
        for name in files
        for code in re.findall(r'"(plan\.[a-z_]+)"', (source / name).read_text(encoding="utf-8"))
        if code in codes()
    }
    tested = {code for _, _, code, _ in SPOILED}
    assert used == tested | {"plan.too_large", "plan.not_a_plan", "plan.encoding", "plan.no_text"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "plan.not_a_plan"), ("- a\n- b", "plan.not_a_plan"), ("x" * 2_000_001, "plan.too_large")],
)
def test_a_text_that_is_no_plan(text: str, code: str) -> None:
    plan, findings = read_plan(text)
    assert plan is None
    assert [finding.code for finding in findings] == [code]


@pytest.mark.parametrize(
    "part", ["plan", "defaults", "roles", "groups", "kinds", "facts", "levels", "moves", "steps", "clauses"]
)
@pytest.mark.parametrize(
    "wrong", ["text", "3", "[1, 2]", "{a: 1}", "null", "[{a: 1}]", "[null]", "{a: null}"]
)
def test_a_part_of_the_wrong_kind_is_a_finding_never_a_traceback(part: str, wrong: str) -> None:
    judged(_with_part(part, wrong))


@pytest.mark.parametrize("odd", [None, "3", "[{a: 1}]", "{a: [1]}"])
def test_a_line_lost_or_spoiled_is_never_a_traceback(odd: str | None) -> None:
    lines = GOOD.splitlines()
    for number, line in enumerate(lines):
        key, colon, _ = line.partition(": ")
        spoiled = [f"{key}: {odd}"] if odd and colon else []
        judged("\n".join([*lines[:number], *spoiled, *lines[number + 1 :]]))


RECORDS = Path(__file__).parents[1] / "records"


def test_a_stored_edition_of_the_first_language_still_reads() -> None:
    text = (RECORDS / "plan-of-the-first-language.yaml").read_text(encoding="utf-8")
    assert read_plan(text)[0] is None, "a new draft must say all or any"
    plan, findings = read_plan(text, stored=True)
    assert plan is not None and not findings
    several = [step for step in plan.steps if len(step.requires) > 1]
    assert several and not any(step.requires_any for step in several), "a bare list has always meant all"


def test_a_stored_edition_outlives_changes_of_its_packs() -> None:
    gone, unbound = GOOD + "\npacks: [{id: repealed-law}]\n", GOOD + "\npacks: [{id: cn-accident-report}]\n"
    for text in (gone, unbound):
        assert "\npacks:" not in GOOD and read_plan(text)[0] is None
        plan, findings = read_plan(text, stored=True)
        assert plan is not None and not findings
        assert {role for step in plan.steps for role in step.who} <= {*plan.roles, *plan.groups}


def _with_part(part: str, value: str) -> str:
    """The good plan with one top-level part replaced."""
    lines, skipping, kept = GOOD.splitlines(), False, []
    for line in lines:
        if not line.startswith(" "):
            skipping = line.startswith(f"{part}:")
            if skipping:
                kept.append(f"{part}: {value}")
        if not skipping:
            kept.append(line)
    return "\n".join(kept)
