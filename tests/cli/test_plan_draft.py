"""`plan draft`: a folder with a plan that reads, people that import, a roster that fits; and clear refusals."""

from pathlib import Path

import pytest

from dutyroom.adapters.staff import read_staff
from dutyroom.cli import main
from dutyroom.core.planfile import read_plan
from dutyroom.core.rosterfile import check_roster, read_roster
from tests.core.drafting.papers import CHINESE


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "River plan.txt"
    file.write_bytes(CHINESE.encode("gbk"))
    return file


def test_the_folder_reads_as_a_plan_with_people_and_roster(
    paper: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["plan", "draft", str(paper), "--out", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "条成为规则（待确认）" in told
    text = (folder / "plan.yaml").read_text("utf-8")
    plan, findings = read_plan(text)
    assert plan is not None, findings
    assert plan.id == "river-plan"
    assert "# [4.1]" in text or "# [3.1.1]" in text, "the source sentence stands above its rule"
    staff = read_staff(
        (folder / "people.xlsx").read_bytes(), {one.name.zh: one.id for one in plan.roles.values()}
    )
    assert [(one.name, one.roles) for one in staff.holders] == [("沈国梁", ("project_manager",))]
    roster, faults = read_roster((folder / "roster.yaml").read_text("utf-8"), plan.id)
    assert roster is not None, faults
    codes = {one.code for one in check_roster(roster, {one.number for one in staff.holders}, plan)}
    assert not codes & {"roster.unknown_person", "roster.unknown_post"}


def test_nothing_is_overwritten_unasked(
    paper: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["plan", "draft", str(paper), "--out", str(folder), "--lang", "en"]) == 0
    before = (folder / "plan.yaml").read_bytes()
    assert main(["plan", "draft", str(paper), "--out", str(folder), "--id", "other"]) == 2
    assert "--replace" in capsys.readouterr().err
    assert (folder / "plan.yaml").read_bytes() == before
    assert main(["plan", "draft", str(paper), "--out", str(folder), "--id", "other", "--replace"]) == 0
    assert (folder / "plan.yaml").read_bytes() != before


@pytest.mark.parametrize("name", ["gone.txt", "old.doc", "plan.xyz"])
def test_what_cannot_be_read_is_told_in_both_languages(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name != "gone.txt":
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" if name == "old.doc" else b"text")
    assert main(["plan", "draft", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert len(told.strip().splitlines()) == 2
    assert not (tmp_path / "out").exists()
