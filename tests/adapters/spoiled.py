"""Lists as offices really hand them in: each is spoiled in one way, made as the bytes of a real file.

Every entry says what must come of it: the findings by cell, and whether the list can still be taken over.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = (
    "工号", "姓名", "部门/班组", "值班岗位", "手机", "邮箱", "企业微信", "语言", "资格证书", "代班人", "到岗日期",
    "离岗日期",
)  # fmt: skip
CERTIFICATE = "安全员C证（2027-06-30）"
ROWS = (
    ("P001", "沈国梁", "项目部", "项目经理", "13800000001", None, None, "中文", None, None, None, None),
    ("P002", "陆文喆", "质安部", "质安主管", "13800000002", None, None, "中文", CERTIFICATE, "P005", None, None),
    ("P005", "龚龑", "质安部", "安全员", "13800000005", "gong.yan@example.com", None, "中文", None, None, None, None),
    ("P006", "毕海涛", "质安部", "安全员", "13800000006", None, None, "英文", None, None, "2026-03-01", None),
    ("C029", "李春生", "一班", None, None, None, None, None, None, None, None, None),
    ("C030", "王秀英", "一班", None, None, None, None, None, None, None, None, None),
)  # fmt: skip
Change = Callable[[Workbook, Worksheet], object]
Found = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Spoiled:
    """`found`: (code without `staff.`, place). `taken`: it is harmless, so the list is taken over and it is said."""

    data: bytes
    found: Found
    taken: bool = False


def book(
    change: Change | None = None,
    rows: Sequence[Sequence[object]] = ROWS,
    headings: Sequence[str] = HEADINGS,
    above: int = 0,
) -> bytes:
    """A list on the sheet 人员, with `above` rows before its heading, after one change."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "人员"
    for number in range(above):
        sheet.append([f"{'某某项目部' if number == 0 else ''}人员花名册" if number == 0 else None])
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    if change:
        change(made, sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def cell(place: str, value: object, number_format: str = "") -> bytes:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet[place] = value  # type: ignore[assignment]
        if number_format:
            sheet[place].number_format = number_format

    return book(change)


def merged(place: str) -> bytes:
    return book(lambda _, sheet: sheet.merge_cells(place))


def table(separator: str, encoding: str, rows: Sequence[Sequence[object]] = ROWS) -> bytes:
    """The list as a text table."""
    lines = [separator.join(str(each or "") for each in line) for line in (HEADINGS, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def beside(title: str, *rows: Sequence[object]) -> bytes:
    """The list with another sheet beside it."""

    def change(made: Workbook, _: Worksheet) -> None:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))

    return book(change)


def more_columns(**titles: tuple[str, object]) -> bytes:
    """Further columns from M on, by letter: the heading and what stands in row 2."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        for letter, (title, value) in titles.items():
            sheet[f"{letter}1"], sheet[f"{letter}2"] = title, value  # type: ignore[assignment]

    return book(change)


def with_part(data: bytes, name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts edited."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, edit(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    return out.getvalue()


def two_heading_rows() -> bytes:
    """联系方式 over 手机 and 邮箱, everything else merged over both rows."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        for column, title in enumerate(HEADINGS, 1):
            sheet.cell(1, column).value = title
        sheet["E1"], sheet["F1"] = "联系方式", None
        sheet.merge_cells("E1:F1")
        for letter in "ABCDGHIJKL":
            sheet[f"{letter}2"] = None
            sheet.merge_cells(f"{letter}1:{letter}2")

    return book(change)


def hide(_: Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["E"].hidden = True


def comment(_: Workbook, sheet: Worksheet) -> None:
    sheet["B4"].comment = Comment("家住城东，有高血压", "办公室")


def empty_rows(_: Workbook, sheet: Worksheet) -> None:
    """Ten thousand rows that only have a format, as dragging down a border leaves them."""
    for row in range(10, 10_010):
        sheet.cell(row, 1).number_format = "@"
        sheet.cell(row, 12).number_format = "@"


def doubled(number: str, name: str, post: str = "安全员", mobile: str = "13800000077") -> bytes:
    return book(rows=(*ROWS, (number, name, "质安部", post, mobile)))


LEAVE = ("工号", "姓名", "类型", "开始日期", "结束日期")
OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENCRYPTED = OLD_XLS + "EncryptedPackage".encode("utf-16-le")
PLAIN = table(",", "utf-8")

SPOILED: dict[str, Spoiled] = {
    "merged name": Spoiled(merged("B4:B5"), (("cell.merged", "人员!B5"),)),
    "merged title and unit": Spoiled(merged("C3:C5"), (), taken=True),
    "date as text": Spoiled(cell("K4", "2026年３月1日"), (), taken=True),
    "date as a date": Spoiled(cell("K4", date(2026, 3, 1), "yyyy-mm-dd"), (), taken=True),
    "date as a serial number": Spoiled(cell("K4", 46082), (("date.serial", "人员!K4"),), taken=True),
    "date without a year": Spoiled(cell("K4", "3月1日"), (("date.no_year", "人员!K4"),)),
    "30 February": Spoiled(cell("L4", "2027年2月30日"), (("date.impossible", "人员!L4"),)),
    "30 February of a certificate": Spoiled(cell("I3", "安全员C证（2027-02-30）"), (("date.impossible", "人员!I3"),)),
    "last day before the first": Spoiled(cell("L5", "2026-01-31"), (("date.reversed", "人员!L5"),)),
    "phone rounded": Spoiled(cell("E4", "1.38E+10"), (("mobile.rounded", "人员!E4"),)),
    "phone rounded to a number": Spoiled(cell("E4", 13_800_000_000.0), (("mobile.rounded", "人员!E4"),)),
    "phone as a decimal": Spoiled(cell("E4", "13800001234.0"), (("mobile.repaired", "人员!E4"),), taken=True),
    "phone without its first digit": Spoiled(cell("E4", 3800000005), (("mobile.lost_leading", "人员!E4"),)),
    "landline without its zero": Spoiled(cell("E4", 1055512345), (("mobile.landline", "人员!E4"),)),
    "full-width digits": Spoiled(cell("E4", "１３８０００００００５"), (), taken=True),
    "spaces and dashes": Spoiled(cell("E4", " 138-0000 0005\u200b"), (), taken=True),
    "two phones in a cell": Spoiled(cell("E4", "13800000005/13900000005"), (("mobile.several", "人员!E4"),)),
    "the same person twice": Spoiled(doubled("P005", "龚龑", mobile="13800000005"), (("number.twice", "人员!A8"),)),
    "two numbers, one person": Spoiled(doubled("P077", "龚龑", mobile="13800000005"), (("person.twice", "人员!B8"),)),
    "one number, two names": Spoiled(doubled("P005", "汤玉芬"), (("number.two_names", "人员!A8"),)),
    "namesakes": Spoiled(doubled("P077", "龚龑"), (("name.twice", "人员!B8"),), taken=True),
    "two people, one phone": Spoiled(
        doubled("P077", "汤玉芬", mobile="13800000005"), (("mobile.twice", "人员!E8"),), taken=True
    ),
    "wrong sheet": Spoiled(book(lambda made, sheet: sheet.delete_rows(1, 9)), (("sheet.none", "workbook"),)),
    "no duty post at all": Spoiled(book(rows=ROWS[4:]), (("no_holders", "人员"),)),
    "heading in row 5": Spoiled(book(above=4), (), taken=True),
    "two heading rows": Spoiled(two_heading_rows(), (), taken=True),
    "hidden row and column": Spoiled(
        book(hide), (("hidden.rows", "人员!4:4"), ("hidden.column", "人员!E1")), taken=True
    ),
    "empty workbook": Spoiled(book(rows=(), headings=()), (("sheet.none", "workbook"),)),
    "encrypted": Spoiled(ENCRYPTED, (("file.encrypted", "workbook"),)),
    "old .xls": Spoiled(OLD_XLS, (("file.old_xls", "workbook"),)),
    "CSV in GBK": Spoiled(table(",", "gbk"), (), taken=True),
    "CSV in GB18030 with a rare character": Spoiled(
        table(",", "gb18030", (*ROWS, ("P088", "𠮷野", "质安部", "安全员", "13800000088"))), (), taken=True
    ),
    "CSV with semicolons": Spoiled(table(";", "utf-8-sig"), (), taken=True),
    "CSV in UTF-16": Spoiled(table("\t", "utf-16"), (), taken=True),
    "CSV with full-width commas": Spoiled(table("，", "gbk"), (("file.wide_commas", "CSV"),)),
    "CSV with a rounded phone": Spoiled(
        PLAIN.replace(b"13800000005", b"1.38E+10"), (("mobile.rounded", "CSV!E4"),)
    ),
    "unknown post": Spoiled(cell("D4", "出纳"), (("post.unknown", "人员!D4"),)),
    "post mistyped": Spoiled(cell("D4", "安金员"), (("post.unknown_near", "人员!D4"),)),
    "post of another plan": Spoiled(cell("D4", "除雪队队长"), (("post.other_plan", "人员!D4"),)),
    "unknown language": Spoiled(cell("H4", "世界语"), (("language.unknown", "人员!H4"),), taken=True),
    "channel nobody carries": Spoiled(cell("G4", "GongYan"), (("channel.no_wecom", "人员!G1"),), taken=True),
    "formula": Spoiled(cell("E4", "=VLOOKUP(A4,X!A:B,2,0)"), (("cell.formula", "人员!E4"),)),
    "reference gone": Spoiled(cell("A4", "#REF!"), (("cell.error", "人员!A4"),)),
    "10,000 empty rows": Spoiled(book(empty_rows), (), taken=True),
    "zip bomb": Spoiled(bomb(), (("file.bomb", "workbook"),)),
    "huge file": Spoiled(b"\0" * 10_000_001, (("file.too_large", "workbook"),)),
    "broken file": Spoiled(book()[:2_000], (("file.broken", "workbook"),)),
    "column of identity numbers": Spoiled(
        more_columns(M=("身份证号", "110101199003071234")), (("column.identity", "人员!M1"),), taken=True
    ),
    "identity number in a cell": Spoiled(cell("I4", "110101199003071234"), (("cell.identity", "人员!I4"),)),
    "other personal columns": Spoiled(
        more_columns(M=("民族", "汉"), N=("家庭住址", "城东路 1 号")), (("column.personal", "人员!M1"),), taken=True
    ),
    "remarks with personal data": Spoiled(more_columns(M=("备注", "家里有病人 13912345678")), (), taken=True),
    "comments": Spoiled(book(comment), (("comments", "人员"),), taken=True),
    "phone in the name column": Spoiled(cell("B4", "13800000005"), (("name.phone", "人员!B4"),)),
    "number missing": Spoiled(cell("A4", None), (("number.missing", "人员!A4"),)),
    "deputy nobody knows": Spoiled(cell("J3", "P404"), (("deputies.nobody", "人员!J3"),)),
    "column missing": Spoiled(cell("E1", "其他"), (("header.missing", "人员!1:1"),)),
    "column twice": Spoiled(more_columns(M=("手机", None)), (("header.twice", "人员!M1"),)),
    "leave that overlaps": Spoiled(
        beside(
            "休假",
            LEAVE,
            ("P005", "龚龑", "年假", "2099-12-01", "2099-12-05"),
            ("P005", "龚龑", "病假", "2099-12-05", "2099-12-06"),
        ),
        (("leave.overlap", "休假!D3"),),
    ),
    "leave that ends before it begins": Spoiled(
        beside("请假表", LEAVE, ("P005", "龚龑", "年假", "2099-12-05", "2099-12-01")),
        (("leave.reversed", "请假表!E2"),),
    ),
    "leave on a day that is none": Spoiled(
        beside("休假", LEAVE, ("P005", "龚龑", "年假", "2099-02-29", "2099-03-01")), (("date.impossible", "休假!D2"),)
    ),
    "leave of nobody": Spoiled(
        beside("休假", LEAVE, ("P404", "某人", "年假", "2099-12-01", "2099-12-05")), (("besides.nobody", "休假!A2"),)
    ),
    "leave with a diagnosis": Spoiled(
        beside("休假", LEAVE, ("P005", "龚龑", "病假（阑尾炎）", "2099-12-01", "2099-12-05")),
        (("leave.detail", "休假!C2"),), taken=True,
    ),
    "leave of an unknown kind": Spoiled(
        beside("休假", LEAVE, ("P005", "龚龑", "阑尾炎", "2099-12-01", "2099-12-05")), (("leave.kind", "休假!C2"),)
    ),
}  # fmt: skip
