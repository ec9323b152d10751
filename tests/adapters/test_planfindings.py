"""Findings as text, JSON and SARIF; files that a plan refers to; what became of each clause."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dutyroom.adapters.planfindings import coverage, examined, mend, open_clauses
from dutyroom.adapters.planfolder import reference_files
from dutyroom.core.checks import examine
from tests.core.checks.faults import CLEAN, FAULTS

PLANS = Path(__file__).parents[2] / "plans"


def spoiled(tmp_path: Path) -> Path:
    file = tmp_path / "plan.yaml"
    file.write_text(CLEAN.replace("after: [review]", "after: [reveiw]"), encoding="utf-8")
    return file


def test_json_says_where_what_and_how_to_mend(tmp_path: Path) -> None:
    file = spoiled(tmp_path)
    body = examined(file).as_json("en")
    (one,) = body["findings"]
    line = CLEAN[: CLEAN.index("after: [review]")].count("\n") + 1
    assert (one["code"], one["severity"], one["clause"]) == ("check.unknown_step", "error", "C10")
    assert (one["file"], one["line"], one["column"]) == (str(file), line, 5)
    assert one["mend"] == "Name an existing step."
    assert one["text"].endswith(one["mend"])
    assert body["counts"] == {"error": 1, "warning": 0, "note": 0}
    json.dumps(body)


def test_every_clause_of_the_reference_plan_is_mapped_or_marked() -> None:
    plan = examined(PLANS / "sanitation-project" / "plan.yaml").plan
    assert plan is not None
    counted = coverage(plan)
    assert (counted["clauses"], counted["open"], open_clauses(plan)) == (27, 0, ())
    assert counted["mapped"] + counted["marked"] == 27
    assert [clause.id for clause in plan.clauses] == [f"S{number}" for number in range(1, 28)]


def test_a_clause_that_nothing_carries_out_is_counted_as_open() -> None:
    text = CLEAN.replace(", runs_as: product, note: {zh: 场所设置, en: The site}", "")
    plan = examine(text.encode()).plan
    assert plan is not None
    assert open_clauses(plan) == ("C0",)


def test_sarif_has_the_form_that_the_standard_asks_for(tmp_path: Path) -> None:
    """The parts of SARIF 2.1.0 that are required (sections 3.13, 3.14, 3.18, 3.19, 3.27, 3.30)."""
    for fault in FAULTS[::12]:
        file = tmp_path / "plan.yaml"
        file.write_text(fault.text, encoding="utf-8")
        log = examined(file).as_sarif("zh")
        assert log["version"] == "2.1.0"
        assert log["$schema"].endswith("sarif-2.1.0.json")
        (run,) = log["runs"]
        driver = run["tool"]["driver"]
        assert driver["name"]
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        assert run["results"]
        for result in run["results"]:
            assert ids[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in ("none", "note", "warning", "error")
            assert result["message"]["text"]
            (location,) = result["locations"]
            region = location["physicalLocation"]["region"]
            assert region["startLine"] >= 1 and region["startColumn"] >= 1
            assert location["physicalLocation"]["artifactLocation"]["uri"] == file.as_posix()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_ends_with_how_to_mend_it(lang: str) -> None:
    from dutyroom.wording.narrate import tell

    for fault in FAULTS:
        for finding in examine(fault.text.encode()).findings:
            text = tell(finding, lang)
            assert mend(text)
            if finding.code.startswith("check."):
                assert mend(text) != text, finding.code


def test_files_that_a_plan_refers_to(tmp_path: Path) -> None:
    plan = examine(CLEAN.encode()).plan
    assert plan is not None
    assert [one.code for one in reference_files(tmp_path, plan)] == ["check.file_missing"] * 2
    (tmp_path / "flash.docx").write_bytes(b"form")
    (tmp_path / "aid.pdf").write_bytes(b"agreement")
    assert reference_files(tmp_path, plan) == ()
    digest = hashlib.sha256(b"agreement").hexdigest()
    for sha, codes in ((digest, []), ("0" * 64, ["check.file_changed"])):
        pinned = examine(CLEAN.replace("file: aid.pdf", f"file: aid.pdf, sha256: '{sha}'").encode()).plan
        assert pinned is not None
        assert [one.code for one in reference_files(tmp_path, pinned)] == codes
    outside = examine(CLEAN.replace("file: aid.pdf", "file: ../aid.pdf").encode()).plan
    assert outside is not None
    assert [one.code for one in reference_files(tmp_path, outside)] == ["check.file_outside"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("/etc/hostname", "check.file_outside"),
        ("out/aid.pdf", "check.file_outside"),
        ("circle", "check.file_missing"),
        ("a\0b", "check.file_missing"),
        ("x" * 5_000, "check.file_missing"),
        ("\ud800", "check.file_missing"),
    ],
)
def test_a_plan_makes_nobody_read_what_is_not_beside_it(tmp_path: Path, file: str, code: str) -> None:
    plan, folder = examine(CLEAN.encode()).plan, tmp_path / "plan"
    assert plan is not None
    folder.mkdir()
    (tmp_path / "aid.pdf").write_bytes(b"secret")
    (folder / "out").symlink_to(tmp_path)
    (folder / "circle").symlink_to("circle")
    one = replace(next(iter(plan.references.values())), file=file, sha256="0" * 64)
    assert [one.code for one in reference_files(folder, replace(plan, references={one.id: one}))] == [code]
