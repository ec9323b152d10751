"""Names and phone numbers moved out of a paper: a people workbook in the form that `adapters.staff` reads.

Numbers of persons are given here (P001, P002); they are ours and mean nothing. Outside bodies stand on a sheet of
their own, since they hold none of our posts.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom.adapters.staff.heading import SHEET
from dutyroom.core.drafting.proposal import ROLE, Draft
from dutyroom.wording import LANGUAGES, say

_HEADINGS = ("工号", "姓名", "部门/班组", "值班岗位", "手机", "语言", "备注")
_WIDTHS = (10, 14, 22, 22, 16, 8, 40)


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of the workbook. `roles` are the plan's roles whose names stand in the post's cell."""

    number: str
    name: str
    unit: str
    posts: tuple[str, ...]
    roles: tuple[str, ...]
    mobile: str
    note: str


def listed(draft: Draft) -> tuple[Listed, ...]:
    """Everybody the paper names, each once, with all posts and the numbers found."""
    by_name: dict[str, list[tuple[str, str, str]]] = {}
    for one in draft.contacts:
        if one.name and not one.body:
            by_name.setdefault(one.name, []).append((one.post, one.unit, one.phone))
    roles = {one.entry["name"]: one.id for one in draft.proposals if one.part == ROLE}
    return tuple(
        _person(number, name, rows, roles, draft.language)
        for number, (name, rows) in enumerate(by_name.items(), 1)
    )


def _person(
    number: int, name: str, rows: list[tuple[str, str, str]], roles: dict[str, str], language: str
) -> Listed:
    posts = tuple(dict.fromkeys(post for post, _, _ in rows if post))
    units = [unit for _, unit, _ in rows if unit]
    phones = list(dict.fromkeys(part for _, _, phone in rows for part in phone.split(" / ") if part))
    mobiles = [
        plain
        for one in phones
        if (plain := "".join(filter(str.isdigit, one)))[:1] == "1" and len(plain) == 11
    ]
    others = [one for one in phones if "".join(filter(str.isdigit, one)) not in mobiles[:1]]
    known = tuple(roles[post] for post in posts if post in roles)
    unit = units[0] if units else "项目部" if language == "zh" else "—"
    return Listed(
        f"P{number:03d}", name, unit, posts, known, mobiles[0] if mobiles else "", " / ".join(others)
    )


def workbook(draft: Draft) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new workbook has one sheet
    sheet.title = SHEET
    _fill(sheet, _HEADINGS, _rows(draft))
    for column, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    bodies = [one for one in draft.contacts if one.body or not one.name]
    if bodies:
        outside = book.create_sheet("外部联系 Outside")
        heading = ("机构或岗位 Body or post", "联系人所在 Unit", "号码 Numbers")
        _fill(outside, heading, ((one.unit or one.post, one.post, one.phone) for one in bodies))
        for column, width in zip("ABC", (36, 24, 30), strict=True):
            outside.column_dimensions[column].width = width
    notes = book.create_sheet("说明 Notes")
    for lang in LANGUAGES:
        notes.append([say("draft.people.note", lang)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    language = "中文" if draft.language == "zh" else "英文"
    for one in listed(draft):
        yield (one.number, one.name, one.unit, "、".join(one.posts), one.mobile, language, one.note)


def _fill(sheet: Worksheet, heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    sheet.append(heading)
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
            cell.data_type = "s"  # a paper's text must never become a formula
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _safe(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")
