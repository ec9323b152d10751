"""Which sheet holds the people, which row is its heading, and which column holds what.

Offices name columns in their own way and put titles above them, so the heading is the row that names most of
the fields. Knows the names of fields, nothing of their values.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.adapters.staff.cells import Cell, Sheet
from dutyroom.core.findings import Finding

SHEET = "花名册"
SEARCHED_ROWS = 30

# Each field's names, the best first: where a sheet has two of them, the earlier name wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "number": (
        "工号", "员工号", "职工号", "员工编号", "人员编号", "职工编号", "人员工号", "员工工号", "人员代码", "编号",
        "staffnumber", "staffno", "employeeid",
    ),
    "name": ("姓名", "员工姓名", "人员姓名", "职工姓名", "名字", "name", "fullname"),
    "unit": (
        "部门/班组", "部门班组", "班组", "所在班组", "部门", "所属部门", "所在部门", "科室", "单位", "所属单位",
        "unit", "crew", "department",
    ),
    "post": (
        "值班岗位", "值班职务", "应急岗位", "应急职务", "预案岗位", "应急值守岗位", "值守岗位", "dutypost", "post",
    ),
    "mobile": (
        "手机", "手机号", "手机号码", "移动电话", "联系手机", "联系电话", "电话", "电话号码", "联系方式", "联系号码",
        "本人手机", "mobile", "mobilephone", "mobilenumber", "phone",
    ),
    "voice": ("语音电话", "语音呼叫电话", "voice"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "email", "e-mail"),
    "wecom": ("企业微信", "企业微信号", "企业微信id", "企业微信账号", "企微", "wecom"),
    "language": ("语言", "使用语言", "通知语言", "language"),
    "certificates": (
        "资格证书", "资格", "资质", "证书", "持证情况", "持有证书", "上岗证", "资格证", "qualifications",
    ),
    "deputies": ("代班人", "替班人", "代理人", "代班人工号", "替班人工号", "deputies"),
    "starts": ("到岗日期", "上岗日期", "入职日期", "到岗时间", "入职时间", "到职日期", "startdate"),
    "ends": ("离岗日期", "离职日期", "离岗时间", "离职时间", "调离日期", "enddate"),
}  # fmt: skip
NEEDED = ("number", "name", "unit", "post", "mobile")

# Leave and certificates kept on sheets of their own: their fields, and what such sheets are called.
LEAVE: Mapping[str, tuple[str, ...]] = {
    "number": NAMES["number"],
    "first": ("开始日期", "开始时间", "起始日期", "休假开始", "请假开始", "开始", "自", "from", "firstday"),
    "last": ("结束日期", "结束时间", "截止日期", "终止日期", "休假结束", "请假结束", "结束", "至", "until", "lastday"),
    "kind": ("休假类型", "请假类型", "假别", "休假类别", "请假类别", "类型", "类别", "kind"),
}  # fmt: skip
CERTIFICATES: Mapping[str, tuple[str, ...]] = {
    "number": NAMES["number"],
    "certificate": ("证书名称", "资格证书", "证书", "资格名称", "资格", "资质", "证件名称", "certificate"),
    "until": ("有效期至", "有效期", "到期日期", "有效截止日期", "截止日期", "有效期限", "validuntil"),
}
COUNTS: Mapping[str, tuple[str, ...]] = {
    "unit": NAMES["unit"],
    "count": ("其他人数", "人数", "无值班岗位人数", "count"),
}
LEAVE_SHEETS = frozenset({"休假", "请假", "休假表", "请假表", "休假登记", "请假登记", "休假计划", "leave"})
CERTIFICATE_SHEETS = frozenset({"资格证书", "证书", "资质", "持证情况", "证书台账", "certificates"})
COUNT_SHEETS = frozenset({"人数", "班组人数", "其他人数", "counts"})

# Columns with data that has no business here: nothing of them is read, and it is said which.
IDENTITY = frozenset({
    "身份证", "身份证号", "身份证号码", "公民身份号码", "证件号", "证件号码", "居民身份证号", "护照号", "护照号码",
    "idcard", "idnumber", "idno", "passport",
})  # fmt: skip
PERSONAL = frozenset({
    "出生日期", "出生年月", "生日", "年龄", "性别", "民族", "籍贯", "户籍", "户籍地址", "家庭住址", "家庭地址", "住址",
    "现住址", "政治面貌", "宗教信仰", "婚姻状况", "健康状况", "病史", "血型", "银行卡号", "银行账号", "开户行", "工资",
    "薪资", "紧急联系人", "紧急联系人电话", "家属", "家属电话", "照片", "车牌号", "微信号", "qq", "qq号", "birthday",
    "age", "sex", "gender", "ethnicity", "homeaddress", "salary", "emergencycontact",
})  # fmt: skip

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
    besides = {id(one.sheet) for one in (*leave_headings(sheets), *certificate_headings(sheets))}
    found = [one for one in map(_people, sheets) if one and id(one.sheet) not in besides]
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


def leave_headings(sheets: tuple[Sheet, ...]) -> tuple[Heading, ...]:
    """The sheets of leave: they say for each staff number from which day to which."""
    found = (_best(sheet, LEAVE, {"number", "first", "last"}, 3) for sheet in sheets)
    return tuple(one for one in found if one and _plays(one, LEAVE_SHEETS))


def certificate_headings(sheets: tuple[Sheet, ...]) -> tuple[Heading, ...]:
    """The sheets of certificates: they say for each staff number what for, and until when."""
    found = (_best(sheet, CERTIFICATES, {"number", "certificate"}, 2) for sheet in sheets)
    return tuple(one for one in found if one and plain(one.sheet.name) in CERTIFICATE_SHEETS)


def count_headings(sheets: tuple[Sheet, ...]) -> tuple[Heading, ...]:
    """The sheets that say how many people without a duty post each unit has."""
    found = (_best(sheet, COUNTS, {"unit", "count"}, 2) for sheet in sheets)
    return tuple(one for one in found if one and plain(one.sheet.name) in COUNT_SHEETS)


def _plays(heading: Heading, titles: frozenset[str]) -> bool:
    """Called so, or anyway no list of posts and telephones."""
    names = set(_columns(heading.sheet.rows[heading.row], NAMES))
    return plain(heading.sheet.name) in titles or not names & {"post", "mobile"}


def _people(sheet: Sheet) -> Heading | None:
    return _best(sheet, NAMES, {"name"}, 3)


def _best(
    sheet: Sheet, known: Mapping[str, tuple[str, ...]], needed: set[str], fewest: int
) -> Heading | None:
    """The row that names most fields; of two in a row (a heading of two lines) the lower one."""
    best: Heading | None = None
    for row in list(sheet.rows)[:SEARCHED_ROWS]:
        columns = _columns(sheet.rows[row], known)
        if needed - set(columns) or len(columns) < fewest:
            continue
        follows = best is not None and row == best.row + 1
        if (
            best is None
            or len(columns) > len(best.columns)
            or (follows and len(columns) == len(best.columns))
        ):
            best = Heading(sheet, columns, row)
    return best


def _columns(cells: Mapping[int, Cell], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    texts = {column: plain(cell.value) for column, cell in cells.items()}
    columns: dict[str, int] = {}
    for name, names in known.items():
        ranked = sorted((names.index(text), column) for column, text in texts.items() if text in names)
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


def find_refused(heading: Heading) -> tuple[Finding, ...]:
    """The columns of personal data that are not read; identity numbers by name, the others together."""
    sheet, cells = heading.sheet, heading.sheet.rows[heading.row]
    titles = {column: plain(cell.value) for column, cell in cells.items()}
    findings = [
        Finding("staff.column.identity", "warning", sheet.place(heading.row, column))
        for column, title in titles.items()
        if title in IDENTITY
    ]
    personal = [column for column, title in titles.items() if title in PERSONAL]
    if personal:
        names = "、".join(" ".join(str(cells[column].value).split())[:20] for column in personal)
        place = sheet.place(heading.row, personal[0])
        findings.append(Finding("staff.column.personal", "note", place, {"columns": names}))
    return tuple(findings)
