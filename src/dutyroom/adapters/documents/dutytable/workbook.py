"""The duty table as .xlsx: a sheet a month, printable as it is. Every cell is a text, so that nothing is a formula."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom.adapters.documents.dutytable.model import DutyTable, MonthTable
from dutyroom.wording import say

_SHADES = {"holiday": "F3DCDC", "rest": "F8EBEB", "weekend": "F1F1F1", "adjusted_workday": "DDE7F2"}
_LINE = Border(*(Side(style="thin", color="333333"),) * 4)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)


def table_workbook(table: DutyTable) -> bytes:
    """The workbook; sheets are named `2027-01`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for month in table.months:
        _fill(book.create_sheet(f"{month.rows[0].day:%Y-%m}"), table, month)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _fill(sheet: Worksheet, table: DutyTable, month: MonthTable) -> None:
    width = len(table.columns)
    _across(sheet, 1, width, f"{table.site}{table.title}", Font(size=16, bold=True))
    _across(sheet, 2, width, month.title, Font(size=12))
    for column, name in enumerate(table.columns, 1):
        _cell(sheet, 3, column, name, bold=True, shade="E6E6E6")
        sheet.column_dimensions[get_column_letter(column)].width = 10 if column < 3 else 22
    for number, row in enumerate(month.rows, 4):
        texts = (row.date, row.weekday, *row.cells, row.remark)
        for column, value in enumerate(texts, 1):
            _cell(sheet, number, column, value, shade=_SHADES.get(row.kind, ""))
        sheet.row_dimensions[number].height = 18 * (1 + max(text.count("\n") for text in texts))
    last = 4 + len(month.rows)
    lines = [say("dutytable.phone", table.language, phone=table.phone)] if table.phone else []
    lines += [*table.notes, say("dutytable.issued", table.language, day=f"{table.issued_on:%Y-%m-%d}")]
    for number, line in enumerate(lines, last):
        _across(sheet, number, width, line, Font(bold=number == last and bool(table.phone)), left=True)
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.orientation = "landscape" if width > 7 else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(
    sheet: Worksheet, row: int, column: int, value: str, *, bold: bool = False, shade: str = ""
) -> None:
    cell = sheet.cell(row, column, value)
    cell.data_type = "s"
    cell.alignment, cell.border, cell.font = _MIDDLE, _LINE, Font(bold=bold)
    if shade:
        cell.fill = PatternFill("solid", fgColor=shade)


def _across(sheet: Worksheet, row: int, width: int, value: str, font: Font, *, left: bool = False) -> None:
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    cell = sheet.cell(row, 1, value)
    cell.data_type = "s"
    cell.font = font
    cell.alignment = Alignment(horizontal="left" if left else "center", vertical="center", wrap_text=True)
