"""`dutyroom drill FOLDER --year`: what a person types, and what is answered."""

import json
import shutil
from pathlib import Path

import pytest

from dutyroom.cli import main

FOLDER = Path(__file__).parents[2] / "plans" / "sanitation-project"
WEEK = "year: {from: 2027-02-01, until: 2027-02-07}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the plan folder without scenarios of its own."""
    copy = tmp_path / "plan"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("years"))
    return copy


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["drill", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_week_of_duty_is_told_in_both_languages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "week.yaml"
    file.write_text(WEEK, encoding="utf-8")
    for lang, word in (("zh", "交接班"), ("en", "Handovers")):
        code, out, err = run(capsys, str(folder), "--year", "2027", "--scenario", "week.yaml", "--lang", lang)
        assert (code, err) == (0, "")
        assert word in out and "7/7" in out


def test_json_holds_all_numbers_and_the_seed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "week.yaml"
    file.write_text(WEEK, encoding="utf-8")
    arguments = [str(folder), "--year", "2027", "--scenario", str(file), "--format", "json", "--seed", "12"]
    code, out, _ = run(capsys, *arguments)
    data = json.loads(out)
    assert code == 0 and data["seed"] == 12
    assert data["totals"]["handover"]["opened"] == 7
    assert all(one["broken"] == 0 for one in data["rules"].values())


def test_update_writes_both_transcripts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "week.yaml"
    file.write_text(WEEK, encoding="utf-8")
    code, out, _ = run(capsys, str(folder), "--year", "2027", "--scenario", str(file), "--update")
    assert code == 0
    assert (folder / "week.zh.txt").read_text(encoding="utf-8") == out
    assert (folder / "week.en.txt").read_text(encoding="utf-8") != out


def test_a_year_without_a_notice_is_not_guessed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(folder), "--year", "2031", "--lang", "en")
    assert code == 1
    assert "calendar.year_missing" in out and "2031" in out


def test_a_fault_of_the_scenario_names_file_line_and_remedy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "week.yaml"
    file.write_text(
        WEEK + "sick:\n  - {person: P999, from: 2027-02-01, until: 2027-02-02}\n", encoding="utf-8"
    )
    code, out, _ = run(capsys, str(folder), "--year", "2027", "--scenario", str(file), "--lang", "en")
    assert code == 1
    assert f"{file}:3:6" in out and "P999" in out


def test_a_broken_calendar_is_answered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calendar.yaml").write_text("calendar: {zone: Moon/Sea}\n", encoding="utf-8")
    code, out, _ = run(capsys, str(folder), "--year", "2027")
    assert code == 1 and "calendar.unknown_zone" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--year", "MMXXVII"),
        ("--year", "27"),
        ("--scenario", "week.yaml"),
        ("--year", "2027", "--runs", "5"),
        ("--year", "2027", "--script", "drills/wage-dispute.yaml"),
        ("--year", "2027", "--scenario", "nowhere.yaml"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_both_languages(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, str(folder), *arguments)
    assert code == 2 and out == ""
    assert len(err.strip().splitlines()) == 2


def test_a_scenario_of_another_year_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "week.yaml"
    file.write_text(WEEK, encoding="utf-8")
    code, _, err = run(capsys, str(folder), "--year", "2026", "--scenario", str(file))
    assert code == 2 and "2027-02-01" in err
