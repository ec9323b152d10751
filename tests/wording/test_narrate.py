"""Words for the core: every code its source uses has a sentence, every event and refusal is said in both languages."""

import re
from pathlib import Path
from typing import Any

import pytest

from dutyroom.core import events as e
from dutyroom.core.events import EVENTS
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.phases import PHASES
from dutyroom.core.plan import ClockKind, Plan, Verb
from dutyroom.core.planfile import read_plan
from dutyroom.wording import codes, say
from dutyroom.wording.narrate import narrate, refuse, span, step_title, tell
from tests.core.samples import NOW, SAMPLES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plan() -> Plan:
    found, findings = read_plan((ROOT / "plans/sanitation-project/plan.yaml").read_text(encoding="utf-8"))
    assert found is not None, findings
    return found


def used_in_source() -> set[str]:
    """Codes given to Finding, Refusal and the helpers that make them, anywhere in the core and in the drill."""
    pattern = re.compile(r'"((?:plan|check|case|act|waive|drill)\.[a-z_]+)"')
    files = [
        *(ROOT / "src/dutyroom/core").rglob("*.py"),
        *(ROOT / "src/dutyroom/interpreters/drill").rglob("*.py"),
    ]
    return {code for file in files for code in pattern.findall(file.read_text(encoding="utf-8"))}


def test_every_code_of_the_source_has_a_sentence() -> None:
    used = used_in_source()
    assert {
        "plan.unknown_key",
        "check.personal_data",
        "case.exists",
        "act.unmet",
        "waive.no_reason",
        "drill.when",
    } <= used
    assert used - codes() == set()


def test_every_word_of_the_vocabulary_is_there() -> None:
    wanted = {f"verb.{verb}" for verb in Verb} | {f"verb.{verb}.act" for verb in Verb}
    wanted |= {f"clock.{kind}" for kind in ClockKind} | {f"phase.{phase}" for phase in PHASES}
    wanted |= {f"status.{status}" for status in ("open", "done", "waived", "withdrawn", "lapsed")}
    wanted |= {f"field.{fault}" for fault in ("missing", "wrong", "unknown", "past")} | {"condition.unmet"}
    assert wanted - codes() == set()


def test_there_is_a_sample_of_every_event() -> None:
    assert {type(event).__name__ for event in SAMPLES} == set(EVENTS)


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_is_one_sentence_in_both_languages(event: e.Event, plan: Plan) -> None:
    zh, en = (narrate(plan, event, lang, lambda person: f"<{person}>") for lang in ("zh", "en"))
    assert zh != en
    for told in (zh, en):
        assert told.strip() == told != ""
        assert "\n" not in told
        assert "None" not in told


def told(plan: Plan, event: e.Event, lang: str = "en") -> str:
    return narrate(plan, event, lang, lambda person: person)


def test_a_sentence_speaks_of_the_plan_not_of_identifiers(plan: Plan) -> None:
    assert told(plan, SAMPLES[4], "zh") == (
        "值班员应办“接报并核实情况”：立即收到（本单位约定 5 分钟），1 小时内接手，1 天内完成（缺省，预案未写）"
    )
    assert told(plan, SAMPLES[2]) == "Report received (report page): 东门; {烟}"


def test_where_a_missed_number_came_from_is_said(plan: Plan) -> None:
    def missed(kind: ClockKind, down: bool = False) -> str:
        return told(
            plan, e.DeadlineMissed(NOW, "verify#1", "verify", Verb.DONE, NOW, kind, "duty_officer", down)
        )

    assert len({missed(kind) for kind in ClockKind}) == 3
    assert "the plan's deadline" in missed(ClockKind.HARD)
    assert "not the plan's" in missed(ClockKind.DEFAULT)
    assert missed(ClockKind.HARD, True).endswith("the server was down when it fell due")


def test_a_report_that_was_late_to_arrive_says_by_how_much(plan: Plan) -> None:
    late = next(event for event in SAMPLES if isinstance(event, e.ActMarked) and event.answers)
    assert told(plan, late) == (
        "P1 has done: Take the report and check the facts (Kind: Fire; Danger now: yes; How it was checked: phone; "
        "level: II; 1 more under seal) [reported 12 min before it reached us]"
    )


@pytest.mark.parametrize(
    ("fields", "unmet"),
    [
        ({"step": "propose_close"}, ("condition:danger", "field:summary:missing", "field:colour:unknown")),
        ({"step": "commitment"}, ("field:due:past", "field:owner:wrong")),
        ({"step": "gone", "role": "gone"}, ("condition:gone", "field:gone:wrong")),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_names_everything_that_stands_against_it(
    fields: dict[str, Any], unmet: tuple[str, ...], lang: str, plan: Plan
) -> None:
    lines = refuse(plan, Refusal("act.unmet", fields, unmet), lang)
    assert len(lines) == 1 + len(unmet)
    if fields["step"] != "gone" and lang == "zh":
        assert not any(item.split(":")[1] in line for item, line in zip(unmet[:2], lines[1:], strict=False))


def test_every_refusal_can_be_said(plan: Plan) -> None:
    fields: dict[str, Any] = {
        "key": "verify#1",
        "step": "verify",
        "role": "duty_officer",
        "phase": "closing",
        "status": "done",
    }
    refusals = [code for code in codes() if re.match(r"(case|act|waive)\.[a-z_]+$", code)]
    refusals = [code for code in refusals if code in used_in_source()]
    assert len(refusals) >= 14
    for code in refusals:
        zh, en = (refuse(plan, Refusal(code, fields), lang)[0] for lang in ("zh", "en"))
        assert zh != en
        assert "verify" not in zh.replace("verify#1", "")


def test_lengths_of_time() -> None:
    assert span(0, "en") == "0 s"
    assert span(-5, "en") == "0 s"
    assert span(90 * MINUTE, "zh") == "1 小时 30 分钟"
    assert span(2 * DAY + 3 * HOUR + 4 * MINUTE, "en") == "2 d 3 h"


def test_titles_carry_the_number_and_whose_it_is(plan: Plan) -> None:
    assert step_title(plan, "progress#1", "en") == "Progress report"
    assert step_title(plan, "progress#3", "en") == "Progress report (no. 3)"
    assert step_title(plan, "keep_service#1@crew_2_leader", "zh") == "各班保障路段作业与人员安全（二班班长）"
    assert step_title(plan, "gone#1", "zh") == "gone"


def test_a_finding_without_a_near_name_does_not_offer_one() -> None:
    near = tell(Finding("plan.unknown_key", "error", "1:1", {"key": "woh", "near": "who"}), "en")
    alone = tell(Finding("plan.unknown_key", "error", "1:1", {"key": "woh", "near": ""}), "en")
    assert "Nearest" in near
    assert "Nearest" not in alone
    assert say("plan.unknown_key.alone", "zh", key="x")
