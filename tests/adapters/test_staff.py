"""The people workbook: the example reads clean; one spoiled cell is one finding; no file whatever raises."""

import io
import random
import re
import runpy
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom.adapters.staff import Holder, StaffList, read_staff
from dutyroom.adapters.staff.mobiles import Mobile, Unreadable, read_mobile
from dutyroom.adapters.staff.opening import Cell
from dutyroom.core.rosterfile import read_roster
from dutyroom.wording import LANGUAGES, say

FOLDER = Path(__file__).parents[2] / "plans" / "sanitation-project"
EXAMPLE = (FOLDER / "people.xlsx").read_bytes()
with zipfile.ZipFile(io.BytesIO(EXAMPLE)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}
SHEET_PART = "xl/worksheets/sheet1.xml"
POSTS = {
    "项目经理": "project_manager",
    "质安主管": "quality_safety_supervisor",
    "运营主管": "operations_manager",
    "值班员": "duty_officer",
    "安全员": "safety_officer",
    "新闻发言人": "spokesperson",
    "职工代表": "labour_representative",
    "上级值班": "superior_duty",
    **{f"{crew}班班长": f"crew_{number}_leader" for number, crew in enumerate("一二三四五六", 1)},
}


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def changed(change: Callable[[Worksheet], object]) -> bytes:
    """The example after one change to its first sheet, as Excel would store it."""
    book = load_workbook(io.BytesIO(EXAMPLE))
    change(book["花名册"])
    return saved(book)


def with_cell(place: str, value: object) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet[place] = value  # type: ignore[assignment]

    return changed(change)


def with_part(name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The example with one of its parts edited by hand and the zip made again."""
    return zipped({part: edit(content) if part == name else content for part, content in PARTS.items()})


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_stored(place: str, value: str) -> bytes:
    """The example with a number cell whose value stands in the file exactly so."""

    def edit(part: bytes) -> bytes:
        stored = rb'<c r="%s" s="\1"><v>%s</v></c>' % (place.encode(), value.encode())
        edited, count = re.subn(rb'<c r="%s" s="(\d+)"[^>]*>.*?</c>' % place.encode(), stored, part)
        assert count == 1
        return edited

    return with_part(SHEET_PART, edit)


def read(data: bytes) -> StaffList:
    """The list, after holding what is true of every list."""
    staff = read_staff(data, POSTS)
    for finding in staff.findings:
        for language in LANGUAGES:
            assert say(finding.code, language, **finding.fields)
    if any(each.severity == "error" for each in staff.findings):
        assert staff.holders == ()
    return staff


def told(data: bytes) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity, each.place) for each in read(data).findings]


def holder(staff: StaffList, number: str) -> Holder:
    (found,) = (each for each in staff.holders if each.number == number)
    return found


# ---- the good file


def test_the_example_reads_without_a_finding() -> None:
    staff = read(EXAMPLE)
    assert staff.findings == ()
    assert len(staff.holders) == 28
    assert staff.counts == {"一班": 6, "二班": 6, "三班": 5, "四班": 5, "五班": 5, "六班": 5}
    assert sum(staff.counts.values()) + len(staff.holders) == 60
    assert {role for each in staff.holders for role in each.roles} == set(POSTS.values())


def test_a_holder_has_channels_in_the_order_of_use() -> None:
    assert holder(read(EXAMPLE), "P005") == Holder(
        number="P005",
        name="龚龑",
        roles=("safety_officer",),
        language="zh",
        channels=(
            ("inbox", "P005"),
            ("sms", "13800000005"),
            ("voice", "13800000005"),
            ("wecom", "GongYan"),
            ("email", "gong.yan@example.com"),
        ),
        unit="质安部",
    )
    assert [kind for kind, _ in holder(read(EXAMPLE), "P031").channels] == ["inbox", "sms", "voice"]
    assert holder(read(EXAMPLE), "S002").language == "en"


def test_nobody_without_a_duty_post_is_kept() -> None:
    kept = repr(read(EXAMPLE))
    for unit in ("李春生", "卢望海", "C029", "C060"):
        assert unit not in kept


def test_the_example_and_its_roster_name_the_same_people() -> None:
    """Whoever the roster names is in the list, with that post in the 值班岗位 column."""
    roster, findings = read_roster((FOLDER / "roster.yaml").read_text(encoding="utf-8"))
    assert roster is not None, findings
    listed = {(role, each.number) for each in read(EXAMPLE).holders for role in each.roles}
    rostered = {(post, person) for post, persons in roster.standing.items() for person in persons}
    rostered |= {(period.role, period.person) for period in roster.periods}
    assert rostered == listed


def test_the_example_is_what_its_script_makes() -> None:
    made = runpy.run_path(str(FOLDER / "make_people.py"))["make"]()
    for name in ("花名册", "说明"):
        old, new = (list(load_workbook(io.BytesIO(data))[name].values) for data in (EXAMPLE, made))
        assert old == new


def test_the_example_is_invented() -> None:
    for each in read(EXAMPLE).holders:
        for kind, address in each.channels:
            assert kind not in ("sms", "voice") or re.fullmatch(r"1380000\d{4}", address)
            assert kind != "email" or address.endswith("@example.com")


# ---- one spoiled cell


@pytest.mark.parametrize(
    ("place", "value", "code", "severity"),
    [
        ("B7", None, "staff.number.missing", "error"),
        ("B7", "P 005", "staff.number.bad", "error"),
        ("B7", "张三", "staff.number.bad", "error"),
        ("B7", 5, "staff.number.lost_leading", "error"),
        ("B7", "P004", "staff.number.two_names", "error"),
        ("B7", "p004", "staff.number.two_names", "error"),
        ("B31", "P004", "staff.number.two_names", "error"),  # a cleaner with a holder's number
        ("B32", "C029", "staff.number.two_names", "warning"),  # two cleaners
        ("B31", 29, "staff.number.lost_leading", "warning"),
        ("C7", None, "staff.name.missing", "error"),
        ("C31", None, "staff.name.missing", "warning"),
        ("D7", None, "staff.unit.missing", "warning"),
        ("D31", None, "staff.unit.missing", "warning"),
        ("F7", "安金员", "staff.post.unknown_near", "error"),
        ("F7", "安全员、出纳", "staff.post.unknown", "error"),
        ("G7", None, "staff.mobile.missing", "error"),
        ("G7", "  ", "staff.mobile.missing", "error"),
        ("G7", "13800000004", "staff.mobile.twice", "warning"),
        ("G7", "13800000005.0", "staff.mobile.repaired", "note"),
        ("G7", "1.3800000005E10", "staff.mobile.repaired", "note"),
        ("G7", "1.3800000005E+10", "staff.mobile.repaired", "note"),
        ("G7", 13800000000, "staff.mobile.rounded", "error"),
        ("G7", "1.38E+10", "staff.mobile.rounded", "error"),
        ("G7", "3800000005", "staff.mobile.lost_leading", "error"),
        ("G7", 3800000005, "staff.mobile.lost_leading", "error"),
        ("G7", "13800000005/13800000055", "staff.mobile.several", "error"),
        ("G7", "13800000005、13800000055", "staff.mobile.several", "error"),
        ("G7", "010-12345678", "staff.mobile.not_mobile", "error"),
        ("G7", "1380000005", "staff.mobile.bad", "error"),
        ("G7", "138000000055", "staff.mobile.bad", "error"),
        ("G7", "12800000005", "staff.mobile.bad", "error"),
        ("G7", 13800000005.5, "staff.mobile.bad", "error"),
        ("G7", True, "staff.mobile.bad", "error"),
        ("G7", "没有", "staff.mobile.bad", "error"),
        ("H7", "gong.yan", "staff.email.bad", "error"),
        ("H7", "gong yan@example.com", "staff.email.bad", "error"),
        ("H7", "a@example.com\nBcc: b@example.com", "staff.email.bad", "error"),
        ("I7", "龚龑", "staff.wecom.bad", "error"),
        ("J7", "世界语", "staff.language.unknown", "warning"),
        ("B7", '="P"&"005"', "staff.cell.formula", "error"),
        ("F7", '=IF(1,"安全员","")', "staff.cell.formula", "error"),
        ("F31", '=IF(1,"","安全员")', "staff.cell.formula", "error"),
        ("G7", "=VLOOKUP(B7,说明!A:B,2,0)", "staff.cell.formula", "error"),
        ("G7", "#N/A", "staff.cell.error", "error"),
    ],
)
def test_one_spoiled_cell_is_one_finding(place: str, value: object, code: str, severity: str) -> None:
    assert told(with_cell(place, value)) == [(code, severity, f"花名册!{place}")]


@pytest.mark.parametrize("value", ["1.3800000005E10", "13800000005.0"])
def test_an_exact_number_is_repaired_in_a_text_and_in_a_number(value: str) -> None:
    for data in (with_cell("G7", value), with_stored("G7", value)):
        assert told(data) == [("staff.mobile.repaired", "note", "花名册!G7")]
        assert ("sms", "13800000005") in holder(read(data), "P005").channels


@pytest.mark.parametrize("value", ["1.38E10", "1.38e+10", "13800000000.0", "13800000000"])
def test_a_rounded_number_is_not_guessed(value: str) -> None:
    assert told(with_stored("G7", value)) == [("staff.mobile.rounded", "error", "花名册!G7")]


def test_a_number_with_zeros_is_believed_as_a_text() -> None:
    assert told(with_cell("G7", "13800000000")) == []


@pytest.mark.parametrize(
    "value",
    [
        13800000005,
        8613800000005,
        "138 0000 0005",
        "138-0000-0005",
        "+86 13800000005",
        "0086-138-0000-0005",
        "8613800000005",
        "１３８０００００００５",
        "\u200b13800000005\n",
    ],
)
def test_a_number_written_in_another_way_is_the_same_number(value: object) -> None:
    staff = read(with_cell("G7", value))
    assert staff.findings == ()
    assert ("sms", "13800000005") in holder(staff, "P005").channels


def test_the_findings_say_what_is_meant_and_where_the_other_is() -> None:
    assert read(with_cell("F15", "一班長")).findings[0].fields == {"post": "一班長", "near": "一班班长"}
    assert read(with_cell("B7", "P004")).findings[0].fields == {"number": "P004", "other": "花名册!B6"}
    assert read(with_cell("G8", "13800000005")).findings[0].fields == {"other": "花名册!G7"}


def test_every_fault_is_told_at_once_and_nothing_is_half_imported() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["G7"], sheet["F8"], sheet["B9"] = None, "出纳", None

    staff = read(changed(change))
    assert [each.place for each in staff.findings] == ["花名册!G7", "花名册!F8", "花名册!B9"]
    assert staff.holders == ()


def test_a_sheet_wrong_from_top_to_bottom_is_told_in_two_hundred_findings() -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(63, 400):
            sheet[f"C{row}"], sheet[f"D{row}"] = "某人", None
        sheet["G7"] = None

    staff = read(changed(change))
    assert len(staff.findings) == 201
    assert staff.findings[0].code == "staff.mobile.missing"  # errors come before warnings
    assert (staff.findings[-1].code, staff.findings[-1].fields) == ("staff.more", {"count": 338 - 200})
    assert staff.holders == ()


def test_findings_repeat_no_name_and_no_phone() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["G7"], sheet["G8"], sheet["G9"], sheet["B10"] = "12800000005", "13800000007", 1.38e10, None

    findings = read(changed(change)).findings
    said = repr(findings) + "".join(say(each.code, "zh", **each.fields) for each in findings)
    assert not re.search(r"\d{7}", said)
    assert not any(name in said for name in ("龚龑", "毕海涛", "裴晓岚", "汤玉芬"))


def test_names_and_posts_are_read_as_people_write_them() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C7"], sheet["C8"], sheet["C9"] = " 龚　龑 ", "阿卜杜拉·买买提", "María López"
        sheet["F7"], sheet["F8"], sheet["F31"] = "安全员 / 职工代表、安全员", "安全员；", "无"

    staff = read(changed(change))
    assert staff.findings == ()
    assert holder(staff, "P005").name == "龚龑"
    assert holder(staff, "P006").name == "阿卜杜拉·买买提"
    assert holder(staff, "P007").name == "María López"
    assert holder(staff, "P005").roles == ("safety_officer", "labour_representative")
    assert holder(staff, "P006").roles == ("safety_officer",)
    assert staff.counts["一班"] == 6


def test_posts_that_differ_only_in_brackets_stay_apart() -> None:
    posts = {**POSTS, "安全员（夜班）": "night_safety"}
    staff = read_staff(with_cell("F7", "安全员(夜班)"), posts)
    assert holder(staff, "P005").roles == ("night_safety",)


# ---- sheets, headings, rows


def test_the_heading_is_found_where_and_as_it_is_written() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.unmerge_cells("A1:K1")
        sheet.insert_rows(1, 4)
        for place, text in {
            "B6": "员工编号 *",
            "D6": "班组",
            "G6": "手机号\n（必填）",
            "H6": "Ｅｍａｉｌ",
        }.items():
            sheet[place] = text

    staff = read(changed(change))
    assert staff.findings == ()
    assert staff.holders == read(EXAMPLE).holders


def test_a_heading_of_two_lines_with_merged_cells_is_read() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(3)
        for column in range(1, 12):
            sheet.cell(3, column).value = sheet.cell(2, column).value if 7 <= column <= 9 else None
        sheet["G2"] = "联系方式"
        sheet["H2"] = sheet["I2"] = None
        sheet.merge_cells("G2:I2")
        for letter in "ABCDEFJK":
            sheet.merge_cells(f"{letter}2:{letter}3")

    staff = read(changed(change))
    assert staff.findings == ()
    assert staff.holders == read(EXAMPLE).holders


def test_a_unit_merged_over_its_people_counts_them_all() -> None:
    staff = read(changed(lambda sheet: sheet.merge_cells("D31:D36")))
    assert staff.findings == ()
    assert staff.counts["一班"] == 6


def test_rows_that_are_nobody_are_passed_over() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A64"] = 61  # a number prepared for the next person
        sheet["A66"], sheet["G66"] = "制表人：综合办", "2026年11月"
        sheet["B67"] = "本表只作值班联系之用"
        for column in range(1, 12):  # the heading once more, for the second printed page
            sheet.cell(65, column).value = sheet.cell(2, column).value

    staff = read(changed(change))
    assert staff.findings == ()
    assert staff == read(EXAMPLE)


@pytest.mark.parametrize(
    ("column", "name"), [("B", "工号"), ("F", "值班岗位"), ("G", "手机"), ("D", "部门/班组")]
)
def test_a_missing_column_is_named(column: str, name: str) -> None:
    data = with_cell(f"{column}2", "其他")
    assert told(data) == [("staff.header.missing", "error", "花名册!2:2")]
    assert read(data).findings[0].fields["column"] == name


def test_a_column_that_comes_twice_is_named() -> None:
    assert told(with_cell("K2", "手机")) == [("staff.header.twice", "error", "花名册!K2")]


def test_of_two_names_for_one_field_the_better_one_is_read() -> None:
    assert read(with_cell("K2", "联系电话")).holders == read(EXAMPLE).holders


def test_a_workbook_without_a_people_sheet_is_named() -> None:
    book = load_workbook(io.BytesIO(EXAMPLE))
    del book["花名册"]
    assert told(saved(book)) == [("staff.sheet.none", "error", "workbook")]
    assert told(saved(Workbook())) == [("staff.sheet.none", "error", "workbook")]


def test_the_sheet_named_for_it_is_read_and_two_others_are_not_guessed() -> None:
    book = load_workbook(io.BytesIO(EXAMPLE))
    book.copy_worksheet(book["花名册"]).title = "离职人员"
    assert read(saved(book)).holders == read(EXAMPLE).holders
    book["花名册"].title = "在职人员"
    assert told(saved(book)) == [("staff.sheet.several", "error", "workbook")]


def test_a_list_without_any_duty_post_is_named() -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(3, 63):
            sheet.cell(row, 6).value = None

    assert told(changed(change)) == [("staff.no_holders", "error", "花名册")]


# ---- what is not a workbook, or too much of one


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0" * 10_000_001, "too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("工号，姓名，手机\nP001，沈国梁，13800000001\n".encode("gb18030"), "wide_commas"),
        (b"a,b,c\n" * 1_000 + b"\xff\xff\xff,\x81\n", "encoding"),
        (b"<html><table><tr><td>1,2</td></tr></table></html>", "not_xlsx"),
        (b"%PDF-1.7", "not_xlsx"),
        (b"PK\x03\x04" + b"\0" * 200, "broken"),
        (EXAMPLE[:3_000], "broken"),
    ],
)
def test_a_file_of_another_kind_is_named(data: bytes, code: str) -> None:
    place = "CSV" if code in ("wide_commas", "encoding") else "workbook"
    assert told(data) == [(f"staff.file.{code}", "error", place)]


def test_a_zip_that_is_no_workbook_is_named() -> None:
    assert told(zipped({"mimetype": b"application/vnd.oasis"})) == [
        ("staff.file.not_xlsx", "error", "workbook")
    ]


def test_a_small_file_that_unpacks_to_much_is_refused() -> None:
    bomb = zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b" " * 50_000_001})
    assert len(bomb) < 100_000
    assert told(bomb) == [("staff.file.bomb", "error", "workbook")]
    assert told(zipped({f"xl/{number}": b"" for number in range(2_001)})) == [
        ("staff.file.bomb", "error", "workbook")
    ]


def test_a_zip_that_lies_about_its_size_is_not_believed() -> None:
    """The declared sizes are made small; what is unpacked then stops there and fails its checksum."""
    bomb = bytearray(zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b" " * 60_000_000}))
    for at in range(len(bomb) - 4):
        if int.from_bytes(bomb[at : at + 4], "little") == 60_000_000:
            bomb[at : at + 4] = (1_000).to_bytes(4, "little")
    assert told(bytes(bomb)) == [("staff.file.broken", "error", "workbook")]


def test_cells_beyond_reason_are_refused() -> None:
    cells = b'<row r="9"><c r="A9"><v>1</v></c></row>' * 180_000
    data = with_part(SHEET_PART, lambda part: part.replace(b"</sheetData>", cells + b"</sheetData>"))
    assert told(data) == [("staff.file.too_many_cells", "error", "workbook")]


def test_many_sheets_in_one_part_are_refused() -> None:
    cells = b'<row r="99"><c r="A99"><v>1</v></c></row>' * 50_000
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(9, 99))
    parts = dict(PARTS)
    parts[SHEET_PART] = parts[SHEET_PART].replace(b"</sheetData>", cells + b"</sheetData>")
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", sheets + b"</sheets>")
    assert told(zipped(parts)) == [("staff.file.too_many_cells", "error", "workbook")]


def test_a_declaration_of_entities_is_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = with_part(SHEET_PART, lambda part: part.replace(b"<worksheet", laughs + b"<worksheet", 1))
    assert told(data) == [("staff.file.doctype", "error", "workbook")]


def test_a_merged_range_as_large_as_the_sheet_is_not_expanded() -> None:
    data = with_part(SHEET_PART, lambda part: part.replace(b'ref="A1:K1"', b'ref="A1:XFD1048576"'))
    assert read(data).holders == read(EXAMPLE).holders


def test_a_row_at_the_very_end_of_the_sheet_is_read() -> None:
    cell = '<c r="{}1048576" t="inlineStr"><is><t>{}</t></is></c>'
    row = f'<row r="1048576">{cell.format("C", "卢望海")}{cell.format("D", "六班")}</row></sheetData>'
    data = with_part(SHEET_PART, lambda part: part.replace(b"</sheetData>", row.encode()))
    assert read(data).counts["六班"] == 6


def test_rows_out_of_order_are_not_left_out() -> None:
    """openpyxl passes over a row whose number has gone by; somebody would be missing and nobody would know."""
    data = with_part(SHEET_PART, lambda part: part.replace(b'<row r="7"', b'<row r="6"'))
    assert told(data) == [("staff.file.broken", "error", "workbook")]


# ---- whatever the bytes are


@pytest.mark.parametrize("seed", range(150))
def test_damaged_bytes_give_findings(seed: int) -> None:
    """The zip's checksums find nearly every change; whatever gets through is a list like any other."""
    chance = random.Random(seed)
    data = bytearray(EXAMPLE)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        way = chance.randrange(4)
        if way == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            del data[at : at + chance.randint(1, 64)]
        elif way == 2:
            data[at:at] = chance.randbytes(chance.randint(1, 64))
        else:
            data[at : at + 4] = chance.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"PK\x05\x06"])
    read(bytes(data))


READ_PARTS = [name for name in PARTS if not name.startswith(("docProps", "xl/theme"))]
VALUES = [
    b"", b"0", b"-1", b"99", b"99999999999999999999", b"1E999", b"nan", b"1.5", b"x", b"&#10;", b"\xe9\xbe\x91",
    b"s", b"b", b"d", b"e", b"n", b"inlineStr", b"A0", b"XFD1048577", b"G7", b"1:1", b"rId9", b"../x.xml", b"hidden",
]  # fmt: skip
PIECES = [b"<", b">", b'"', b"&", b"&#0;", b"<f>A1</f>", b"<row>", b"</c>", b"<v/>", b"\xff", b""]


@pytest.mark.parametrize("seed", range(240))
def test_damaged_parts_give_findings(seed: int) -> None:
    """Changes inside the XML, with the checksums made right again, so that they reach the reader.

    Three in four keep the XML well formed: another attribute value or text, or an element left out or doubled.
    """
    chance = random.Random(seed)
    pattern, pieces = [
        (rb'(?<==")[^"]*(?=")', VALUES),
        (rb"(?<=>)[^<>]+(?=<)", VALUES),
        (rb"<(\w+)\b[^<>]*?(?:/>|>[^<>]*</\1>)", [b""]),
        (rb"[A-Za-z0-9:_.]+|[^A-Za-z0-9:_.]", PIECES),
    ][seed % 4]

    def damage(part: bytes) -> bytes:
        for _ in range(chance.randint(1, 4)):
            found = chance.choice(list(re.finditer(pattern, part)) or [None])
            if found is not None:
                piece = chance.choice([*pieces, found[0] + found[0]])
                part = part[: found.start()] + piece + part[found.end() :]
        return part

    read(with_part(chance.choice([*READ_PARTS, SHEET_PART, SHEET_PART]), damage))


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.sampled_from(["=1/0", "=A1", "#REF!", "安全员", "、、", "-", "1.38E99", "1E+10", "１３８", "姓名"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("BCDFGHIJ"), st.integers(2, 8), CELLS), min_size=1, max_size=6))
def test_no_value_in_a_cell_raises(edits: list[tuple[str, int, object]]) -> None:
    def change(sheet: Worksheet) -> None:
        for column, row, value in edits:
            sheet[f"{column}{row}"] = value  # type: ignore[assignment]

    read(changed(change))


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.decimals(), st.booleans()))
def test_no_value_is_read_as_a_number_that_is_not_one(value: object) -> None:
    found = read_mobile(Cell(value, "s"))
    assert isinstance(found, Unreadable) or re.fullmatch(r"1[3-9][0-9]{9}", found.number)


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_a_number_survives_however_it_was_stored(number: int) -> None:
    digits = str(number)
    for text in (digits, f"{digits}.0", f"+86{digits}", f"{digits[0]}.{digits[1:]}E10"):
        found = read_mobile(Cell(text, "s"))
        assert isinstance(found, Mobile) and found.number == digits
    rounded = Unreadable("rounded", 11) if digits.endswith("00000") else None
    assert read_mobile(Cell(number, "n")) == (rounded or Mobile(digits))
    assert read_mobile(Cell(float(number), "n")) == (rounded or Mobile(digits, repaired=True))
