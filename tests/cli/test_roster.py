"""`dutyroom roster`: a stretch made and proved, mended, explained and shown; every wrong option has a sentence."""

import json
import shutil
from pathlib import Path

import pytest

from dutyroom.cli import USER_FAULT, main
from dutyroom.core.rosterfile import read_roster

REFERENCE = Path(__file__).parents[2] / "plans" / "sanitation-project"
DAYS = ["--from", "2027-02-01", "--until", "2027-02-10"]
WITH = ["--people", "people-60.xlsx"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("plan.yaml", "rostering.yaml", "roster.yaml", "people-60.xlsx", "calendar.yaml"):
        shutil.copy(REFERENCE / name, tmp_path / name)
    return tmp_path


def made(folder: Path, *more: str) -> Path:
    out = folder / "made.yaml"
    assert main(["roster", "make", str(folder), *WITH, *DAYS, "--out", str(out), *more]) == 0
    return out


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "rostering.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_roster_is_made_proved_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = made(folder, "--prove", "1")
    told = capsys.readouterr()
    assert "排好了" in told.out and "已证明任意 1 人不应答" in told.out and "上级值班有" in told.out
    assert "第 2 轮" in told.err
    text = out.read_text("utf-8")
    roster, findings = read_roster(text, "sanitation-project")
    assert findings == () and roster is not None
    assert "已证明" in text and "春节" in text
    assert all(len(roster.holders("duty_officer", one)) == 3 for one in roster.changes("duty_officer")[4:7])
    assert set(roster.standing) == {
        "project_manager", "quality_safety_supervisor", "spokesperson", "labour_representative",
    }  # fmt: skip


def test_the_same_seed_gives_the_same_file_and_another_another(folder: Path) -> None:
    first = made(folder).read_bytes()
    assert made(folder).read_bytes() == first
    assert made(folder, "--seed", "5").read_bytes() != first


def test_without_a_file_the_roster_itself_is_the_output(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roster", "make", str(folder), *WITH, *DAYS, "--lang", "en"]) == 0
    told = capsys.readouterr()
    roster, findings = read_roster(told.out, "sanitation-project")
    assert findings == () and roster is not None
    assert "Done" in told.err and "Cover was not proved" in told.err


def test_json_has_every_turn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roster", "make", str(folder), *WITH, *DAYS, "--prove", "1", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["made"] and data["proved"] and data["rounds"] == 2
    officers = [one for one in data["turns"] if one["post"] == "duty_officer"]
    assert len(officers) == 10 and all(len(one["persons"]) >= 2 for one in officers)
    assert set(data["raised"].values()) == {2}


def test_somebody_falls_ill_and_the_roster_is_mended(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = made(folder, "--prove", "1")
    roster, _ = read_roster(out.read_text("utf-8"))
    assert roster is not None
    tonight = roster.changes("duty_officer")[5]
    ill = roster.holders("duty_officer", tonight)[1]
    capsys.readouterr()
    repair = ["roster", "repair", str(folder), *WITH, "--roster", "made.yaml", "--sick", ill]
    when = ["--from", "2027-02-05 17:00", "--until", "2027-02-06", "--now", "2027-02-05 16:00"]
    assert main([*repair, *when]) == 0
    told = capsys.readouterr().out
    assert "办法 1" in told and f"代替 {ill}" in told and "改后仍然证明得了" in told
    assert read_roster(out.read_text("utf-8"))[0] == roster, "only a choice is written"
    mended = folder / "mended.yaml"
    assert main([*repair, *when, "--choose", "1", "--out", str(mended), "--lang", "en"]) == 0
    assert "Written to" in capsys.readouterr().out
    after, findings = read_roster(mended.read_text("utf-8"))
    assert findings == () and after is not None
    assert ill not in after.holders("duty_officer", tonight)
    changed = sum(
        roster.holders(role, at) != after.holders(role, at)
        for role in {one.role for one in roster.periods}
        for at in roster.changes(role)
    )
    assert changed == 1
    assert main([*repair, *when, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ways"][0]["moves"][0]["leaves"] == ill and data["ways"][0]["proved"]


def test_who_has_no_turn_leaves_everything_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder)
    absent = ["--sick", "P117", "--from", "2027-04-05", "--until", "2027-04-06", "--now", "2027-02-01"]
    assert main(["roster", "repair", str(folder), *WITH, "--roster", "made.yaml", *absent]) == 0
    assert "没有班" in capsys.readouterr().out


def test_when_nobody_can_step_in_it_is_said_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, "wishes:", "  - {who: P031, from: 2027-02-02, until: 2027-02-20}\n"
         "  - {who: P121, from: 2027-02-02, until: 2027-02-20}\nwishes:")  # fmt: skip
    out = folder / "made.yaml"
    days = ["--from", "2027-01-25", "--until", "2027-02-10"]
    assert main(["roster", "make", str(folder), *WITH, *days, "--out", str(out)]) == 0
    capsys.readouterr()
    absent = ["--sick", "P122", "--from", "2027-02-08 08:00", "--until", "2027-02-14", "--now", "2027-02-05"]
    assert main(["roster", "repair", str(folder), *WITH, "--roster", "made.yaml", *absent]) == 1
    told = capsys.readouterr().out
    assert "没有人能顶上" in told and "一班班长 2027-02-08 18:00 的班至少要 2 人" in told and "不在" in told


def test_a_roster_that_cannot_be_is_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, "in_period: {major_holidays: 3}", "in_period: {major_holidays: 6}")
    assert main(["roster", "make", str(folder), *WITH, *DAYS, "--lang", "en"]) == 1
    told = capsys.readouterr().out
    assert "There is no roster" in told and "Duty officer" in told and "48 h of rest" in told


def test_explain_and_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder)
    capsys.readouterr()
    with_made = [*WITH, "--roster", "made.yaml", *DAYS]
    assert main(["roster", "explain", str(folder), *with_made]) == 0
    assert "每条规则都守住" in capsys.readouterr().out
    assert main(["roster", "explain", str(folder), *WITH, *DAYS, "--lang", "en"]) == 1
    told = capsys.readouterr().out
    assert "breaks rules" in told and "Safety officer" in told and "A roster by these rules exists" in told
    assert main(["roster", "table", str(folder), *with_made]) == 0
    table = capsys.readouterr().out
    assert "值班员" in table and "每人" in table and "P010" in table
    assert main(["roster", "table", str(folder), *with_made, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data["turns"]) == sorted(data["turns"]), "by staff number, never by count"


@pytest.mark.parametrize(
    "given",
    [
        ["make"], ["make", "--year", "27"], ["make", "--from", "2027-01-01"], ["make", *DAYS, "--people", "none.xlsx"],
        ["make", "--from", "2027-02-01", "--until", "2027-01-01"], ["make", *DAYS, "--prove", "many"],
        ["make", "--from", "soon", "--until", "2027-01-01"], ["explain"], ["table", "--year", "x"],
        ["repair", "--sick", "X9", "--from", "2027-01-01", "--until", "2027-01-02"],
        ["repair", "--sick", "P010", "--from", "soon", "--until", "2027-01-02"],
        ["repair", "--sick", "P010", "--from", "2027-01-02", "--until", "2026-01-02"],
        ["repair", "--sick", "P010", "--from", "2027-01-02T08:00+08:00", "--until", "2027-01-03"],
    ],
)  # fmt: skip
def test_a_wrong_option_is_answered_in_both_languages(
    folder: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    people = [] if "--people" in given else WITH
    assert main(["roster", given[0], str(folder), *given[1:], *people]) == USER_FAULT
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 2 and "Traceback" not in "".join(told)


def test_a_way_that_is_not_there_and_a_file_that_cannot_be_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(folder)
    absent = ["--sick", "P117", "--from", "2027-04-05", "--until", "2027-04-06", "--now", "2027-02-01"]
    repair = ["roster", "repair", str(folder), *WITH, "--roster", "made.yaml", *absent]
    assert main([*repair, "--choose", "1"]) == USER_FAULT
    assert (
        main(["roster", "make", str(folder), *WITH, *DAYS, "--out", str(folder / "no" / "where")])
        == USER_FAULT
    )
    assert "no/where" in capsys.readouterr().err


def test_errors_in_the_folder_are_all_told_with_their_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "rest: 48 h", "rest: long")
    edit(folder, "rest: 24 h", "rust: 24 h")
    assert main(["roster", "make", str(folder), *WITH, *DAYS]) == 1
    told = capsys.readouterr()
    assert told.out.count("rostering.yaml:") == 2 and "rostering.bad_duration" in told.out
    assert "改好之前不能排班" in told.err


def test_a_year_without_its_notice_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calendar.yaml").unlink()
    assert main(["roster", "make", str(folder), *WITH, *DAYS]) == 1
    assert "2027" in capsys.readouterr().out
