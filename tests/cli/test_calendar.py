"""`dutyroom calendar`, `dutyroom warning` and the printed roster: what they say, keep and refuse."""

import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from dutyroom import wiring
from dutyroom.cli import FAILED, USER_FAULT, main
from dutyroom.core.instants import DAY, iso
from tests.web.builder import House, house, one, rows

REFERENCE = Path(__file__).parents[2] / "plans" / "sanitation-project"
GOOD = Path(__file__).parents[1] / "adapters" / "alerts" / "good"


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock():
        yield house()


def number(home: House) -> str:
    person = home.holder("project_manager")
    return next(number for number, id in home.people.items() if id == person)


def test_a_year_is_shown_by_its_notice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "show", "--year", "2026"]) == 0
    told = capsys.readouterr().out
    assert "国办发明电〔2025〕7号" in told and "2026-02-14" in told and "调休上班" in told
    assert len(told.splitlines()) == 1 + 33 + 6


def test_a_provisional_year_says_so_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "show", str(REFERENCE), "--year", "2027", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Provisional.") and len(lines) == 14


def test_a_year_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "show", "--year", "2031"]) == 1
    assert "没有 2031 年的放假通知" in capsys.readouterr().err


def test_a_good_calendar_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "check", str(REFERENCE)]) == 0
    assert "2027 (暂定)" in capsys.readouterr().out


def test_a_faulty_calendar_file_is_told_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(
        "calendar: {zone: Asia/Shanghai}\nnotices:\n  - {year: 2027, status: sure, holidays: []}\n", "utf-8"
    )
    assert main(["calendar", "check", str(file)]) == FAILED
    assert "calendar.yaml:3:18" in capsys.readouterr().out
    file.write_bytes(b"\xff\xfe")
    assert main(["calendar", "check", str(file)]) == USER_FAULT
    assert main(["calendar", "check", str(tmp_path / "none.yaml")]) == USER_FAULT


def test_a_period_the_plan_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("plan.yaml", "calendar.yaml"):
        (tmp_path / name).write_bytes((REFERENCE / name).read_bytes())
    with (tmp_path / "calendar.yaml").open("a") as file:
        file.write(
            "periods:\n  - {period: unheard_of, from: 2027-01-01, until: 2027-01-02, source: superior}\n"
        )
    assert main(["calendar", "check", str(tmp_path)]) == FAILED
    assert "calendar.unknown_period" in capsys.readouterr().out


def test_declare_show_and_withdraw(home: House, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--site", home.code, "--as", number(home)]
    span = ["--from", "2030-03-01T08:00", "--until", "2030-03-05T18:00"]
    assert main(["calendar", "declare", "special_period", *span, "--reason", "检查", *common]) == 0
    identity = capsys.readouterr().out.strip()
    assert main(["calendar", "show", "--site", home.code, "--year", "2026"]) == 0
    assert "2030-03-01T00:00:00.000Z 2030-03-05T10:00:00.000Z special_period 检查" in capsys.readouterr().out
    assert main(["calendar", "withdraw", identity, *common]) == 0
    assert main(["calendar", "withdraw", identity, *common]) == USER_FAULT
    assert main(["calendar", "withdraw", "x", *common]) == USER_FAULT


@pytest.mark.parametrize(
    ("period", "starts", "ends"),
    [
        ("unheard_of", "2030-03-01T08:00", "2030-03-05T18:00"),
        ("special_period", "2030-03-05T08:00", "2030-03-01T18:00"),
        ("special_period", "soon", "2030-03-01T18:00"),
        ("special_period", "2020-03-01", "2020-03-02"),
    ],
)
def test_what_cannot_be_declared(home: House, period: str, starts: str, ends: str) -> None:
    common = ["--site", home.code, "--as", number(home), "--reason", "x"]
    assert main(["calendar", "declare", period, "--from", starts, "--until", ends, *common]) == USER_FAULT


def test_who_or_where_is_not_known(home: House) -> None:
    span = ["--from", "2030-03-01", "--until", "2030-03-05", "--reason", "x"]
    assert (
        main(["calendar", "declare", "special_period", *span, "--site", home.code, "--as", "none"])
        == USER_FAULT
    )
    assert main(["calendar", "declare", "special_period", *span, "--site", "none", "--as", "x"]) == USER_FAULT


def test_a_notice_is_entered(home: House, capsys: pytest.CaptureFixture[str]) -> None:
    made = house()
    common = ["--site", made.code, "--as", number(made)]
    assert main(["calendar", "notice", str(REFERENCE / "calendar.yaml"), *common]) == 0
    assert (
        one("SELECT status FROM store_calendarnotice WHERE tenant = %s", made.tenant)["status"]
        == "provisional"
    )


def test_a_warning_is_handed_in(home: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "w.xml"
    now = iso(wiring.clock().now() + DAY).replace("Z", "+00:00")
    text = (GOOD / "cap-rainstorm.xml").read_text("utf-8").replace("2026-07-20T22:00:00+08:00", now)
    file.write_text(text, "utf-8")
    assert main(["warning", "receive", str(file), "--site", home.code]) == 0
    assert "仅记录" in capsys.readouterr().out  # the reference plan has no rules about warnings
    assert main(["warning", "receive", str(file), "--site", home.code]) == 0
    assert "以前收过" in capsys.readouterr().out
    assert main(["warning", "list", "--site", home.code, "--lang", "en"]) == 0
    assert "example-2026-07-20-001" in capsys.readouterr().out
    assert len(rows("SELECT id FROM store_receivedwarning WHERE site_id = %s", home.site)) == 1


def test_a_bad_warning_is_told(home: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "w.xml"
    file.write_text("<alert/>")
    assert main(["warning", "receive", str(file), "--site", home.code]) == FAILED
    assert "alert.missing" in capsys.readouterr().out
    assert main(["warning", "receive", str(tmp_path / "none"), "--site", home.code]) == USER_FAULT
    assert main(["warning", "receive", str(file), "--site", uuid.uuid4().hex]) == USER_FAULT


def test_the_roster_is_printed_and_fed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ["--from", "2026-12-01", "--until", "2026-12-31"]
    for name in ("t.pdf", "t.xlsx"):
        assert (
            main(["roster", "print", str(REFERENCE), *span, "--out", str(tmp_path / name), "--phone", "1"])
            == 0
        )
    assert (tmp_path / "t.pdf").read_bytes().startswith(b"%PDF")
    book = load_workbook(io.BytesIO((tmp_path / "t.xlsx").read_bytes()))
    assert book.sheetnames == ["2026-12"]
    assert (
        main(["roster", "feed", str(REFERENCE), "--post", "duty_officer", "--out", str(tmp_path / "t.ics")])
        == 0
    )
    assert Calendar.from_ical((tmp_path / "t.ics").read_bytes()).walk("VEVENT")
    assert main(["roster", "print", str(REFERENCE), *span, "--out", str(tmp_path / "t.doc")]) == USER_FAULT
    assert (
        main(["roster", "print", str(REFERENCE), *span, "--posts", "x", "--out", str(tmp_path / "t.pdf")])
        == USER_FAULT
    )
    assert (
        main(["roster", "feed", str(REFERENCE), "--person", "none", "--out", str(tmp_path / "t.ics")])
        == USER_FAULT
    )
