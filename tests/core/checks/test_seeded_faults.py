"""Every seeded fault is named by its code, at its line, with its clause, and nothing else is called an error."""

import ast
from pathlib import Path

import pytest

from dutyroom.core.checks import examine
from dutyroom.core.findings import Finding
from dutyroom.wording import codes
from dutyroom.wording.narrate import tell
from tests.core.checks.faults import CLEAN, FAULTS, Fault

SOURCE = Path(__file__).parents[3] / "src/dutyroom/core"


def judged(text: str) -> tuple[Finding, ...]:
    return examine(text.encode()).findings


def test_the_clean_plan_has_no_findings() -> None:
    assert judged(CLEAN) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{number}-{one.code}" for number, one in enumerate(FAULTS)])
def test_a_seeded_fault_is_named_with_its_line_and_clause(fault: Fault) -> None:
    findings = judged(fault.text)
    named = [one for one in findings if one.code == fault.code]
    assert named, findings
    assert (named[0].place.split(":")[0], named[0].clause) == (str(fault.line), fault.clause), named
    assert [one for one in findings if one.severity == "error" and one.code != fault.code] == []
    for finding in findings:
        assert tell(finding, "zh")
        assert tell(finding, "en")


def test_there_are_sixty_faults_and_every_code_of_the_checker_is_among_them() -> None:
    assert len(FAULTS) >= 60
    worded = {code for code in codes() if code.startswith("check.")}
    elsewhere = {
        "check.one_person_does_both", "check.person_in_two_places", "check.nobody_has_a_number",
        "check.nobody_at_night", "check.phase_never_reached", "check.nothing_at_level", "check.pack_out_of_force",
        "check.repeats_less_than_law", "check.no_pack_for_trade", "check.file_missing",
        "check.file_changed", "check.file_outside",
    }  # fmt: skip
    assert (
        worded - {fault.code for fault in FAULTS} == elsewhere
    )  # tests of their own: test_checks.py, test_planfindings.py


def test_every_code_of_the_checker_has_its_sentence() -> None:
    used = set()
    for source in (SOURCE / "checks").glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                used |= {
                    f"check.{one.value}" for one in node.args[_CODE_AT.get(name, slice(0))] if _is_text(one)
                }
    assert len(used) > 80
    assert used - set(codes()) == set()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


# Which argument is the code.
_CODE_AT = {"find": slice(1, 2), "at": slice(2, 3), "on": slice(2, 3), "_missing": slice(2, 3)}
