"""The duty table: what stands in it, as PDF and as a workbook, read back by programs that are not ours."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from dutyroom.adapters.documents.dutytable import Asked, duty_table, table_pdf, table_workbook
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.calendar.official import calendar_of_file, official_calendar
from dutyroom.core.calendar.periods import Declared
from dutyroom.core.instants import HOUR, parse_iso
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import DutyPeriod, Roster

FOLDER = Path(__file__).parents[2] / "plans" / "sanitation-project"
ZONE = ZoneInfo("Asia/Shanghai")
START = parse_iso("2026-09-01T18:00:00+08:00")
NAMES = {"P1": "张三", "P2": "李四", "P3": "王五", "P4": "=1+1"}


def turns(days: int, *, hours: int = 24) -> tuple[DutyPeriod, ...]:
    people = ("P1", "P2", "P3", "P4")
    return tuple(
        DutyPeriod(
            "duty_officer",
            people[number % 4],
            START + number * hours * HOUR,
            START + (number + 1) * hours * HOUR,
        )
        for number in range(days * 24 // hours)
    )


def asked(**changed: object) -> Asked:
    plan, _ = read_plan((FOLDER / "plan.yaml").read_text("utf-8"))
    assert plan is not None
    roster = Roster({"project_manager": ("P1",)}, turns(61))
    given = Asked(
        plan, roster, official_calendar(), (), NAMES, ("project_manager", "duty_officer", "operations_manager"),
        date(2026, 9, 1), date(2026, 10, 31), ZONE, "示例项目部", "010-5550-0000", date(2026, 8, 20),
    )  # fmt: skip
    return replace(given, **changed)  # type: ignore[arg-type]


def test_a_turn_stands_on_the_day_it_begins() -> None:
    table = duty_table(asked())
    september, october = table.months
    assert (len(september.rows), len(october.rows)) == (30, 31)
    assert september.rows[0].cells == ("张三", "张三", "—")
    assert september.rows[1].cells == ("张三", "李四", "—")
    assert table.columns[:2] == ("日期", "星期") and table.columns[3:] == ("值班员", "运营主管", "备注")


def test_days_off_and_periods_stand_beside() -> None:
    declared = (
        Declared("special_period", parse_iso("2026-10-20T00:00+08:00"), parse_iso("2026-10-21T00:00+08:00")),
    )
    _, october = duty_table(asked(declared=declared)).months
    assert october.rows[0].remark.startswith("国庆节") and october.rows[0].kind == "holiday"
    assert october.rows[9].remark == "调休上班"
    assert october.rows[19].remark and not october.rows[20].remark
    english = duty_table(asked(language="en")).months[1]
    assert english.rows[0].remark.startswith("National Day") and english.rows[0].date == "10-01"


def test_several_turns_a_day_stand_with_their_hours() -> None:
    given = asked(roster=Roster({}, turns(61, hours=12)), posts=("duty_officer",))
    assert duty_table(given).months[0].rows[1].cells == ("06:00–18:00 李四\n18:00–06:00 王五",)


def test_two_on_one_turn_stand_in_order_of_place() -> None:
    two = (
        DutyPeriod("duty_officer", "P2", START, START + 24 * HOUR, 1),
        DutyPeriod("duty_officer", "P1", START, START + 24 * HOUR, 0),
    )
    assert duty_table(asked(roster=Roster({}, two), posts=("duty_officer",))).months[0].rows[0].cells == (
        "张三、李四",
    )


def test_a_turn_that_runs_when_the_table_begins_is_not_lost() -> None:
    given = asked(first=date(2026, 9, 2), last=date(2026, 9, 3), posts=("duty_officer",))
    assert duty_table(given).months[0].rows[0].cells[0].count("\n") == 1


def test_a_provisional_and_a_missing_year_are_said() -> None:
    file, _ = read_calendar((FOLDER / "calendar.yaml").read_text("utf-8"))
    span = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
    assert any("暂定" in note for note in duty_table(asked(calendar=calendar_of_file(file), **span)).notes)
    assert any("没有 2027 年的放假通知" in note for note in duty_table(asked(**span)).notes)


@pytest.mark.parametrize(("first", "last"), [("2026-09-02", "2026-09-01"), ("2026-01-01", "2028-01-01")])
def test_a_span_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(ValueError, match="no span"):
        duty_table(asked(first=date.fromisoformat(first), last=date.fromisoformat(last)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pdf_has_a_page_a_month_and_every_name(language: str) -> None:
    table = duty_table(asked(language=language))
    content = table_pdf(table)
    assert content == table_pdf(table)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 2
    text = "".join(page.extract_text() for page in pages)
    for name in ("张三", "李四", "010-5550-0000"):
        assert name in text


def test_the_workbook_has_a_sheet_a_month_and_no_formulas() -> None:
    book = load_workbook(io.BytesIO(table_workbook(duty_table(asked()))))
    assert book.sheetnames == ["2026-09", "2026-10"]
    sheet = book["2026-09"]
    assert sheet["A1"].value == "示例项目部值班表"
    assert [sheet.cell(4, column).value for column in (1, 2, 4)] == ["9月1日", "二", "张三"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(cell.value == "=1+1" for cell in cells)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$1:$3"
    assert any("010-5550-0000" in str(cell.value) for cell in cells)


def test_no_other_telephone_can_stand_on_it() -> None:
    """The table is made of names of people and one number, the duty room's."""
    numbers = {name for name in Asked.__dataclass_fields__ if "phone" in name or "channel" in name}
    assert numbers == {"phone"}
