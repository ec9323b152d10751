"""The roster benchmark at its smallest: its judge names each broken rule, and the engine's roster pleases it."""

import json
from pathlib import Path

import pytest

from benchmarks import rosters
from benchmarks.roster_judge import judge

TEXT = """SECTION_HORIZON
14

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
A,E=14|L=2,3600,1440,3,2,2,1
B,E=14|L=0,3600,960,5,2,2,1

SECTION_DAYS_OFF
A,13

SECTION_SHIFT_ON_REQUESTS
A,1,E,4

SECTION_SHIFT_OFF_REQUESTS
B,8,E,2

SECTION_COVER
1,E,1,100,1
8,E,2,100,1
9,L,1,30,7
"""
GOOD = {"A": " EE    EE     ", "B": "EEEEE         "}


def verdict(**changed: str) -> tuple[int, tuple[str, ...]]:
    rows = {name: [turn.strip() for turn in row] for name, row in {**GOOD, **changed}.items()}
    found = judge(TEXT, rows)
    return found.penalty, found.broken


def test_a_good_roster_costs_what_its_cover_and_wishes_say() -> None:
    penalty = 1 + 100 + 30  # two instead of one on day 1; one of two on day 8; none instead of one on day 9
    assert verdict() == (penalty, ())
    assert verdict(A="  EE   EE     ")[0] == penalty - 1 + 4  # the wish for day 1 not kept


@pytest.mark.parametrize(
    ("person", "row", "rule"),
    [
        ("A", " EEEE  EE     ", "max-run A 1"),
        ("A", " E     EE     ", "min-run A 1"),
        ("A", " EE EE EE     ", "min-rest A 3"),
        ("A", " EE    EL   LL", "day-off A 13"),
        ("A", " LE    EE     ", "succession A 1"),
        ("A", "  LL   LL     ", "max-shifts A L"),
        ("B", "  L   LL      ", "max-shifts B L"),
        ("A", " E            ", "min-minutes A"),
        ("B", "EEEEE   EEEE  ", "max-minutes B"),
        ("B", "     EE    EE ", "max-weekends B"),
        ("B", "      EE    EE", "max-weekends B"),
        ("A", " EE    EE    ", "horizon A"),
    ],
)
def test_each_broken_rule_is_named(person: str, row: str, rule: str) -> None:
    assert rule in verdict(**{person: row})[1]


def test_runs_at_both_ends_may_go_on_outside() -> None:
    assert verdict(A="E    EE E    ".ljust(14))[1] != ()
    assert verdict(A="E   EEL       ")[1] == ()
    assert verdict(B="E  EE        E")[1] == ()


def test_the_command_reads_a_folder_solves_and_judges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Instance7.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "best_known.csv").write_text(
        "instance,best_known_solution\nInstance7,131\n", encoding="utf-8"
    )
    arguments = [str(tmp_path), "--seconds", "20", "--workers", "1", "--no-scaling", "--baseline"]
    assert rosters.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    row = json.loads(lines[0])
    assert row["size"] == "2×2×2" and row["broken"] == 0 and row["proved"]
    assert row["value"] == row["bound"] == row["cpsat_alone"]["value"]
    assert row["gap_percent"] == round(100 * (row["value"] - 131) / 131, 2)
    assert lines[1].split()[:4] == ["instance", "size", "best_known", "value"]


def test_a_spoiled_file_is_answered_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Instance1.txt").write_text(TEXT.replace("A,13", "A,14"), encoding="utf-8")
    (tmp_path / "Instance2.txt").write_bytes(b"\xff\xfe\x00\x81")
    assert rosters.main([str(tmp_path), "--no-scaling"]) == 1
    told = capsys.readouterr().out
    assert "Instance1.txt:13: " in told and "第 13 行" in told and "Line 13" in told
    assert "Instance2.txt" in told
    assert rosters.main([str(tmp_path / "none"), "--no-scaling"]) == 1


def test_the_large_duty_roster_breaks_nothing_hard() -> None:
    found = rosters.run(small=True)
    assert found["hard_broken"] == found["hard_broken_bettered"] == 0
    assert found["duties"] == 240 and found["spread"] <= 3
