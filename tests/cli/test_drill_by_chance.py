"""`dutyroom drill --runs`: what it prints, its files, its exit codes; and that a demand not kept fails the command."""

import json
from pathlib import Path

import pytest

from dutyroom.cli import main
from dutyroom.core.sampled import read_comparison, read_sample

FOLDER = Path(__file__).parents[2] / "plans/sanitation-project"
ALONE = """\
drill: {id: alone, title: {zh: 只演核实, en: Verify alone}, starts: "2026-11-23T22:30:00+08:00", language: en}
report: {facts: {kind: fire}, story: {what: smoke}}
people: {silent: [duty_officer]}
channels: {use: [sms, voice]}
alone: verify
must: [{does: verify, verb: received, within: WITHIN}]
until: 1 h
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "alone.yaml"
    file.write_text(ALONE.replace("WITHIN", "1 min"), encoding="utf-8")
    return file


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_it_prints_milestones_and_the_worst_deadlines(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["drill", str(FOLDER), "--script", str(script), "--runs", "60"]
    assert main(arguments) == 0
    first = told(capsys)
    assert "Random drill: Verify alone, 60 incidents" in first
    assert "First received" in first
    assert "deadlines broken most often" in first
    assert main(arguments) == 0
    assert told(capsys) == first
    assert main([*arguments, "--seed", "8"]) == 0
    assert told(capsys) != first
    assert main([*arguments, "--lang", "zh"]) == 0
    assert "最常守不住的" in told(capsys)


def test_json_and_plots(script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "图 1"
    arguments = [
        "--runs",
        "40",
        "--compare",
        "40",
        "--plots",
        str(folder),
        "--format",
        "json",
        "--lang",
        "zh",
    ]
    assert main(["drill", str(FOLDER), "--script", str(script), *arguments]) == 0
    found = json.loads(told(capsys))
    assert read_sample(found["sample"]).runs == 40
    assert read_comparison(found["comparison"]).effects
    names = {"distribution", "gantt", "lost-time", "differences"}
    assert {file.name for file in folder.iterdir()} == {
        f"{name}.zh.{kind}" for name in names for kind in ("svg", "tsv")
    }


def test_own_chances_are_used_and_named(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chances = tmp_path / "chances.yaml"
    chances.write_text("chances: {absent: 100 %}\n", encoding="utf-8")
    arguments = ["drill", str(FOLDER), "--script", str(script), "--runs", "3", "--chances", str(chances)]
    assert main(arguments) == 0
    text = told(capsys)
    assert "Your own figures for: who is absent" in text
    assert "100.0 %" in text
    chances.write_text("chances: {absent: some}\n", encoding="utf-8")
    assert main(arguments) == 1
    assert "chances.yaml:1:11 error chances.percent" in told(capsys)


def test_without_a_script_the_first_of_the_folder_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", str(FOLDER), "--runs", "2", "--lang", "en"]) == 0
    assert "One injured at night" in told(capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--runs", "0"],
        ["--runs", "many"],
        ["--runs", "9999999"],
        ["--runs", "1", "--processes", "0"],
        ["--runs", "1", "--compare", "-3"],
        ["--runs", "1", "--compare", "29"],
        ["--runs", "1", "--update"],
        ["--plots", "x"],
        ["--compare"],
        ["--format", "json"],
        ["--runs", "1", "--chances", "nowhere.yaml"],
        ["--runs", "1", "--script", "nowhere.yaml"],
    ],
)
def test_what_does_not_fit_is_said_in_both_languages(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", str(FOLDER), *arguments]) == 2
    zh, en = capsys.readouterr().err.strip().splitlines()
    assert zh != en


def test_a_folder_without_scripts_or_without_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", str(tmp_path), "--runs", "1"]) == 2
    assert main(["drill", str(tmp_path / "nowhere"), "--runs", "1"]) == 2
    (tmp_path / "file").write_text("")
    assert main(["drill", str(FOLDER), "--runs", "1", "--plots", str(tmp_path / "file")]) == 2


@pytest.mark.parametrize(("within", "code"), [("1 min", 1), ("10 min", 0)])
def test_a_demand_not_kept_fails_the_command(
    within: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text(ALONE.replace("WITHIN", within), encoding="utf-8")
    assert main(["drill", str(FOLDER), "--script", str(file)]) == code
    assert ("The drill fails" in told(capsys)) is (code == 1)
