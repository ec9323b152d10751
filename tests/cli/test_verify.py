"""`dutyroom verify`: the answer, the stories, the JSON, the scripts; every wrong option is answered with a sentence."""

import json
import shutil
from pathlib import Path

import pytest

from dutyroom.cli import USER_FAULT, main
from dutyroom.core.proof import read_proof

REFERENCE = Path(__file__).parents[2] / "plans" / "sanitation-project"
DAYS = ["--from", "2027-01-01", "--until", "2027-01-02"]


def test_holes_are_told_with_their_course_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(REFERENCE), *DAYS, "--missing", "2", "--lang", "en"]) == 1
    told = capsys.readouterr().out
    first = told.splitlines()[0]
    assert "holes" in first and "2027-01-01 00:00" in first and "2027-01-03 00:00" in first
    assert "P010, P011" in told and "What this rests on" in told and "If it begins at" in told
    assert main(["verify", str(REFERENCE), *DAYS, "--missing", "2"]) == 1
    assert "不应答时" in capsys.readouterr().out


def test_json_is_the_whole_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(REFERENCE), *DAYS, "--missing", "2", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    proof = read_proof(data)
    assert proof.missing == 2 and proof.holes and data["holds"] is False
    assert {hole.question for hole in proof.holes} <= {question.id for question in proof.questions}


def test_each_hole_is_written_as_a_drill_that_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(REFERENCE), *DAYS, "--missing", "2", "--scripts", str(tmp_path)]) == 1
    written = sorted(tmp_path.glob("hole-*.yaml"))
    assert written
    later = [script for script in written if '"again": true' in script.read_text(encoding="utf-8")]
    assert later, "later rounds of what repeats have holes, too"
    for script in {*written[:2], later[0]}:
        assert main(["drill", str(REFERENCE), "--script", str(script)]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_nobody_missing_is_a_question_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", str(REFERENCE), *DAYS, "--missing", "0", "--format", "json"])
    proof = read_proof(json.loads(capsys.readouterr().out))
    assert all(not hole.silent for hole in proof.holes)


def test_a_year_beyond_the_roster_says_from_when_nobody_is_rostered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["verify", str(REFERENCE), "--from", "2027-12-30", "--until", "2028-01-05", "--lang", "en"])
    assert "from 2028-01-01 18:00 nobody is rostered" in capsys.readouterr().out


def test_evidence_that_is_not_there_is_not_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("工号,通道,时间\nP010,voice,2026-12-31T08:00:00+08:00\n", encoding="utf-8")
    assert main(["verify", str(REFERENCE), *DAYS, "--evidence", str(file), "--format", "json"]) == 1
    proof = read_proof(json.loads(capsys.readouterr().out))
    assert any(not hole.silent and not hole.down for hole in proof.holes)


@pytest.mark.parametrize(
    "given",
    [
        ["--missing", "many"], ["--missing", "-1"], ["--missing", "99"], ["--missing", "²"], ["--year", "27"],
        ["--year", "二〇二七"], ["--from", "tomorrow"], ["--from", "2027-02-30"], ["--answer-after", "soon"],
        ["--answer-after", "3 d"], ["--outage", "sms"], ["--outage", "=sms"], ["--outage", "gateway="],
        ["--from", "2027-02-01", "--until", "2027-01-01"], ["--evidence", "no-such-file.csv"],
    ],
)  # fmt: skip
def test_a_wrong_option_is_answered_in_both_languages(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(REFERENCE), *given]) == USER_FAULT
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 2 and any("一" <= sign <= "鿿" for sign in told[0])


@pytest.mark.parametrize(
    "line", ["P010,voice", "P010,voice,yesterday", "P010,voice,2026-12-31T08:00:00", "\x00"]
)
def test_a_wrong_line_of_evidence_is_named(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(f"P010,sms,2026-12-31T08:00:00+08:00\n{line}\n", encoding="utf-8")
    assert main(["verify", str(REFERENCE), *DAYS, "--evidence", str(file)]) == USER_FAULT
    assert "2" in capsys.readouterr().err


def test_a_folder_with_errors_is_not_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(REFERENCE, folder)
    roster = folder / "roster.yaml"
    roster.write_text(roster.read_text(encoding="utf-8").replace("[P001]", "[P999]"), encoding="utf-8")
    assert main(["verify", str(folder), *DAYS]) == 1
    assert "roster.unknown_person" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "nowhere"), *DAYS]) == USER_FAULT
