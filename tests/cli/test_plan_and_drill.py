"""`dutyroom plan check` and `dutyroom drill`: what they print, their exit codes, and that they need no Django."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dutyroom.cli import main

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "plans/sanitation-project"


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    text = (FOLDER / "plan.yaml").read_text(encoding="utf-8")
    file = tmp_path / "预案 1.yaml"
    file.write_text(text.replace("after: [verify]", "after: [verfy]", 1), encoding="utf-8")
    return file


@pytest.mark.parametrize("path", [FOLDER, FOLDER / "plan.yaml"])
def test_a_good_plan_prints_what_became_of_its_clauses(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "check", str(path), "--lang", "en"]) == 0
    clauses, covered, summary = capsys.readouterr().out.splitlines()
    assert clauses.startswith("27 clauses: ")
    found = re.match(
        r"Coverage: of 27 clauses (\d+) are carried out by rules, (\d+) are marked .*, 0 are open", covered
    )
    assert found
    assert int(found[1]) + int(found[2]) == 27
    assert summary == "0 errors, 0 warnings"


def test_a_spoiled_plan_names_file_line_and_code(spoiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "check", str(spoiled)]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    line = spoiled.read_text(encoding="utf-8").split("after: [verfy]")[0].count("\n  - id:")
    assert first.startswith(f"{spoiled}:")
    assert " 错误 check.unknown_step 这里提到的步骤“verfy”不存在" in first
    assert line > 0


def test_findings_as_json(spoiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "check", str(spoiled), "--format", "json", "--lang", "en"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in body["findings"]] == ["check.unknown_step"]
    assert sum(body["clauses"].values()) == 27


@pytest.mark.parametrize(
    "arguments", [["plan", "check", "nowhere.yaml"], ["drill", "nowhere", "--script", "x.yaml"]]
)
def test_a_file_that_is_not_there_is_said_and_is_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "nowhere" in capsys.readouterr().err


def test_without_a_script_the_folder_s_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", str(FOLDER)]) == 0
    assert "--script drills/wage-dispute.yaml" in capsys.readouterr().out


def test_a_drill_prints_its_transcript(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", str(FOLDER), "--script", "drills/night-injury.yaml", "--lang", "en"]) == 0
    assert capsys.readouterr().out == (FOLDER / "drills/night-injury.en.txt").read_text(encoding="utf-8")


def test_update_writes_both_transcripts(tmp_path: Path) -> None:
    script = Path(shutil.copy(FOLDER / "drills/night-injury.yaml", tmp_path))
    assert main(["drill", str(FOLDER), "--script", str(script), "--update"]) == 0
    for lang in ("zh", "en"):
        expected = (FOLDER / f"drills/night-injury.{lang}.txt").read_text(encoding="utf-8")
        assert (tmp_path / f"night-injury.{lang}.txt").read_text(encoding="utf-8") == expected


def test_a_bad_script_is_findings_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "bad.yaml"
    script.write_text("drill: {id: x}\nuntil: 3 h\n", encoding="utf-8")
    assert main(["drill", str(FOLDER), "--script", str(script)]) == 1
    assert "bad.yaml:1:1 错误 drill.no_start" in capsys.readouterr().out


def test_an_unforeseen_refusal_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (FOLDER / "drills/night-injury.yaml").read_text(encoding="utf-8")
    script = tmp_path / "other.yaml"
    script.write_text(text.replace(", expect: refused", ""), encoding="utf-8")
    assert main(["drill", str(FOLDER), "--script", str(script), "--lang", "en"]) == 1
    assert capsys.readouterr().out.endswith(
        "Some acts did not go as the script expects; see the lines marked above.\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [["plan", "check", str(FOLDER)], ["drill", str(FOLDER), "--script", "drills/night-injury.yaml"]],
)
def test_neither_command_loads_django(arguments: list[str]) -> None:
    program = (
        "import sys; from dutyroom.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
