"""Which sheet holds the people, which row is its heading, and which column holds what.

Offices name columns in their own way and put titles above them, so the heading is the row that names most of
the fields. Knows the names of fields, nothing of their values.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.adapters.staff.opening import Cell, Sheet
from dutyroom.core.findings import Finding

SHEET = "花名册"
SEARCHED_ROWS = 30

# Each field's names, the best first: where a sheet has two of them, the earlier name wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "number": ("工号", "员工号", "职工号", "员工编号", "人员编号", "编号", "staffnumber", "staffno"),
    "name": ("姓名", "员工姓名", "人员姓名", "名字", "name"),
    "unit": ("部门/班组", "部门班组", "班组", "所在班组", "部门", "所属部门", "单位", "unit", "crew"),
    "post": ("值班岗位", "值班职务", "应急岗位", "应急职务", "预案岗位", "dutypost", "post"),
    "mobile": (
        "手机", "手机号", "手机号码", "移动电话", "联系手机", "联系电话", "电话", "电话号码", "联系方式",
        "mobile", "mobilephone", "phone",
    ),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "email", "e-mail"),
    "wecom": ("企业微信", "企业微信号", "企业微信id", "企微", "wecom"),
    "language": ("语言", "使用语言", "language"),
}  # fmt: skip
NEEDED = ("number", "name", "unit", "post", "mobile")

_ASIDE = re.compile(r"\(.*?\)|（.*?）|\[.*?\]|【.*?】|[\s*:：]")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the people of a sheet stand: columns by field, and the last row of the heading."""

    sheet: Sheet
    columns: Mapping[str, int]
    row: int


def plain(value: object) -> str:
    """A heading as it is compared: one width, no spaces, no remarks in brackets, no case."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", str(value))).lower()


def find_heading(sheets: tuple[Sheet, ...]) -> tuple[Heading | None, tuple[Finding, ...]]:
    """The heading of the people's sheet, with what is wrong with it; None when it cannot be read from."""
    found = [heading for heading in map(_best, sheets) if heading]
    if not found:
        names = "、".join(sheet.name for sheet in sheets) or "—"
        return None, (Finding("staff.sheet.none", "error", "workbook", {"sheets": names}),)
    found.sort(key=lambda each: (each.sheet.hidden, plain(each.sheet.name) != SHEET, -len(each.columns)))
    heading, *others = found
    findings = [*_twice(heading), *_missing(heading)]
    if others and plain(heading.sheet.name) != SHEET:
        fields = {"sheet": heading.sheet.name, "others": "、".join(each.sheet.name for each in others)}
        findings.append(Finding("staff.sheet.several", "error", "workbook", fields))
    return (None if findings else heading), tuple(findings)


def _best(sheet: Sheet) -> Heading | None:
    """The row that names most fields; of two in a row (a heading of two lines) the lower one."""
    best: Heading | None = None
    for row in list(sheet.rows)[:SEARCHED_ROWS]:
        columns = _columns(sheet.rows[row])
        if "name" not in columns or len(columns) < 3:
            continue
        follows = best is not None and row == best.row + 1
        if (
            best is None
            or len(columns) > len(best.columns)
            or (follows and len(columns) == len(best.columns))
        ):
            best = Heading(sheet, columns, row)
    return best


def _columns(cells: Mapping[int, Cell]) -> dict[str, int]:
    texts = {column: plain(cell.value) for column, cell in cells.items()}
    columns: dict[str, int] = {}
    for name, known in NAMES.items():
        ranked = sorted((known.index(text), column) for column, text in texts.items() if text in known)
        if ranked:
            columns[name] = ranked[0][1]
    return columns


def _twice(heading: Heading) -> list[Finding]:
    """A second column with the very same heading: nobody can tell which of them is kept up."""
    findings = []
    sheet, row = heading.sheet, heading.row
    for name, first in heading.columns.items():
        text = plain(sheet.rows[row][first].value)
        for column, cell in sheet.rows[row].items():
            if column > first and plain(cell.value) == text:
                fields = {"column": NAMES[name][0], "other": sheet.place(row, first)}
                findings.append(Finding("staff.header.twice", "error", sheet.place(row, column), fields))
    return findings


def _missing(heading: Heading) -> list[Finding]:
    place = f"{heading.sheet.name}!{heading.row}:{heading.row}"
    return [
        Finding(
            "staff.header.missing",
            "error",
            place,
            {"column": NAMES[name][0], "names": "、".join(NAMES[name])},
        )
        for name in NEEDED
        if name not in heading.columns
    ]
