"""The command for the people of a site: a list taken in whole or not at all, given out, somebody who leaves."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom.cli import main
from tests.web.builder import PLAN_FOLDER, House, house, one, rows

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def open_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    django_db_blocker.unblock()


@pytest.fixture
def site(open_database: None) -> House:
    return house()


def edited(file: Path, change: Callable[[Worksheet], object]) -> Path:
    """The list in the file after a change to its people's sheet."""
    book = load_workbook(io.BytesIO(file.read_bytes()))
    change(book["花名册"])
    book.save(file)
    return file


def exported(site: House, folder: Path) -> Path:
    file = folder / "people.xlsx"
    assert main(["people", "export", "--site", site.code, "--out", str(file)]) == 0
    return file


def row_of(sheet: Worksheet, number: str) -> int:
    (found,) = (cells[0].row for cells in sheet.iter_rows() if cells[0].value == number)
    return int(found or 0)


def version(site: House) -> int:
    return int(one("SELECT version FROM store_site WHERE id = %s", site.site)["version"])


def entries(site: House) -> list[str]:
    found = rows(
        "SELECT type FROM store_entry WHERE site_id = %s AND case_id IS NULL "
        "AND type ~ '^(Person|People|Leave)' ORDER BY case_seq",
        site.site,
    )
    return [each["type"] for each in found]


def test_what_was_given_out_changes_nothing_when_it_is_taken_in(
    site: House, tmp_path: Path, capsys: Capture
) -> None:
    before = version(site)
    assert main(["people", "import", str(exported(site, tmp_path)), "--site", site.code]) == 0
    assert "没有改动" in capsys.readouterr().out
    assert version(site) == before
    assert entries(site) == []


def test_the_original_list_is_what_is_known(site: House, capsys: Capture) -> None:
    assert main(["people", "import", str(PLAN_FOLDER / "people.xlsx"), "--site", site.code]) == 0
    assert "没有改动" in capsys.readouterr().out


def test_joins_changes_and_leaves_are_previewed_and_then_done(
    site: House, tmp_path: Path, capsys: Capture
) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.append(["P099", "新同事", "质安部", "安全员", "13800000099", None, None, None, "中文、英文"])
        sheet.cell(row_of(sheet, "P005"), 5).value = "13800000055"
        sheet.delete_rows(row_of(sheet, "P006"))

    file = edited(exported(site, tmp_path), change)
    capsys.readouterr()
    before = version(site)
    assert main(["people", "import", str(file), "--site", site.code, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "加入：P099" in said and "离任：P006" in said and "改动：P005" in said and "联系方式" in said
    assert version(site) == before and entries(site) == []
    assert main(["people", "import", str(file), "--site", site.code]) == 0
    assert version(site) > before
    assert sorted(entries(site)) == ["PeopleListTaken", "PersonChanged", "PersonJoined", "PersonLeft"]
    joined = one(
        "SELECT posts, unit, second_language FROM store_person WHERE number = 'P099' AND tenant = %s",
        site.tenant,
    )
    assert joined == {"posts": ["safety_officer"], "unit": "质安部", "second_language": "en"}
    assert one("SELECT ends_at FROM store_person WHERE number = 'P006' AND tenant = %s", site.tenant)[
        "ends_at"
    ]
    assert main(["people", "import", str(file), "--site", site.code]) == 0
    assert "没有改动" in capsys.readouterr().out


def test_a_bad_row_is_named_by_its_cell_and_nothing_is_taken_over(
    site: House, tmp_path: Path, capsys: Capture
) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.append(["P099", "新同事", "质安部", "安全员", "1.38E+10"])
        sheet.append(["P098", "又一位", "质安部", "安全员", "13800000098"])

    file = edited(exported(site, tmp_path), change)
    before = version(site)
    assert main(["people", "import", str(file), "--site", site.code, "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "花名册!E30 error staff.mobile.rounded" in said and "Nothing was taken over" in said
    assert version(site) == before and entries(site) == []
    assert not rows(
        "SELECT 1 FROM store_person WHERE tenant = %s AND number IN ('P098', 'P099')", site.tenant
    )


def test_somebody_leaves_and_stays_in_the_record(site: House, capsys: Capture) -> None:
    assert main(["people", "leave", "P005", "--site", site.code, "--on", "2099年1月31日"]) == 0
    ends = one("SELECT ends_at::text FROM store_person WHERE tenant = %s AND number = 'P005'", site.tenant)
    assert ends["ends_at"].startswith("2099-01-31 16:00")
    assert entries(site) == ["PersonLeft"]
    assert main(["people", "list", "--site", site.code]) == 0
    said = capsys.readouterr().out
    assert "→ 2099-01-31" in said and "承担值班岗位 28 人" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["leave", "X999"], "X999"),
        (["leave", "P005", "--on", "2月30日"], "2月30日"),
        (["leave", "P005", "--on", "2001-01-01"], "到岗日期"),
        (["import", "/nowhere/none.xlsx"], "none.xlsx"),
        (["export", "--out", "/nowhere/none.xlsx"], "none.xlsx"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    site: House, arguments: list[str], code: str, capsys: Capture
) -> None:
    assert main(["people", arguments[0], "--site", site.code, *arguments[1:]]) == 2
    assert code in capsys.readouterr().err


def test_an_unknown_site_is_named(open_database: None, capsys: Capture) -> None:
    assert main(["people", "list", "--site", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
