"""Makes people.xlsx, the people list of the example project department. Everybody in it is invented.

Run `python plans/sanitation-project/make_people.py [PATH]`; the same list comes out each time. Phone numbers
have the pattern 1380000xxxx and are not to be called; mail addresses end in example.com, which nobody reads.
"""

import io
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = (
    "序号", "工号", "姓名", "部门/班组", "职务", "值班岗位", "手机", "邮箱", "企业微信", "语言", "备注",
)  # fmt: skip
WIDTHS = (6, 9, 10, 16, 16, 14, 15, 24, 14, 8, 26)


class Person(NamedTuple):
    number: str
    name: str
    unit: str
    job: str
    post: str = ""
    mail: str = ""  # the part before @example.com
    wecom: str = ""
    language: str = "中文"
    note: str = ""


HOLDERS = (
    Person("P001", "沈国梁", "项目部", "项目经理", "项目经理", "shen.guoliang", "ShenGuoliang"),
    Person("P002", "陆文喆", "质安部", "质安主管", "质安主管", "lu.wenzhe", "LuWenzhe"),
    Person("P003", "韩秋萍", "运营部", "运营主管", "运营主管", "han.qiuping", "HanQiuping"),
    Person("P004", "邵一帆", "运营部", "运营副主管", "运营主管", "shao.yifan", "ShaoYifan", note="第二顺位"),
    Person("P005", "龚龑", "质安部", "安全员", "安全员", "gong.yan", "GongYan"),
    Person("P006", "毕海涛", "质安部", "安全员", "安全员", "bi.haitao", "BiHaitao", note="第二顺位"),
    Person("P007", "裴晓岚", "综合办", "综合办主任", "新闻发言人", "pei.xiaolan", "PeiXiaolan"),
    Person(
        "P008", "汤玉芬", "工会小组", "职工代表", "职工代表", "tang.yufen", "", note="职工大会推选，参与调解"
    ),
    Person("P010", "冯建明", "值班室", "值班员", "值班员", "feng.jianming", "FengJianming"),
    Person("P011", "苗若琳", "值班室", "值班员", "值班员", "miao.ruolin", "MiaoRuolin"),
    Person("P012", "祝长河", "值班室", "值班员", "值班员", "zhu.changhe", "ZhuChanghe"),
    Person("P013", "欧阳澍", "值班室", "值班员", "值班员", "ouyang.shu", "OuyangShu"),
    Person("P014", "樊立春", "值班室", "值班员", "值班员", "fan.lichun", "FanLichun"),
    Person("P015", "柯念慈", "值班室", "值班员", "值班员", "ke.nianci", "KeNianci"),
    Person("P021", "马大勇", "一班", "班长", "一班班长", "", "MaDayong"),
    Person("P022", "罗桂香", "二班", "班长", "二班班长", "", "LuoGuixiang"),
    Person("P023", "田福生", "三班", "班长", "三班班长", "", "TianFusheng"),
    Person("P024", "曾海生", "四班", "班长", "四班班长", "", "ZengHaisheng"),
    Person("P025", "彭德厚", "五班", "班长", "五班班长", "", "PengDehou"),
    Person("P026", "姜翠莲", "六班", "班长", "六班班长", "", "JiangCuilian"),
    Person("P031", "徐广林", "一班", "副班长", "一班班长", note="第二顺位"),
    Person("P032", "何秀兰", "二班", "副班长", "二班班长", note="第二顺位"),
    Person("P033", "邓铁柱", "三班", "副班长", "三班班长", note="第二顺位"),
    Person("P034", "吕堃", "四班", "副班长", "四班班长", note="第二顺位"),
    Person("P035", "蒋赟", "五班", "副班长", "五班班长", note="第二顺位"),
    Person("P036", "万小满", "六班", "副班长", "六班班长", note="第二顺位"),
    Person("S001", "秦昭宇", "上级主管部门", "值班主任", "上级值班", "qin.zhaoyu", "QinZhaoyu"),
    Person(
        "S002", "戴维安", "上级主管部门", "值班员", "上级值班", "dai.weian", "DaiWeian", "英文", "第二顺位"
    ),
)

CLEANERS = {
    "一班": ("李春生", "王秀英", "张有田", "刘玉梅", "陈满仓", "杨桂芝"),
    "二班": ("赵来福", "黄美凤", "周根宝", "吴翠花", "孙守业", "朱腊梅"),
    "三班": ("胡继文", "林月娥", "郭保国", "高素珍", "梁水生"),
    "四班": ("宋金锁", "唐菊香", "许长顺", "傅凤仙", "程远"),
    "五班": ("曹连喜", "袁桃花", "董铁成", "潘银娣", "余冬生"),
    "六班": ("杜双全", "叶彩云", "魏有才", "苏荷香", "卢望海"),
}

EXPLANATION = (
    ("花名册填写说明", ""),
    (
        "",
        "本表人员均为虚构，号码为 1380000xxxx 形式的示例号码，请勿拨打。Everybody in this list is invented.",
    ),
    ("导入范围", "只导入“值班岗位”一栏有内容的人员；其他人员只按班组计数，不保存姓名和任何个人信息。"),
    ("", "Only rows with a duty post are taken over. Everybody else is counted per crew and never stored."),
    ("工号", "每人唯一，单元格格式为“文本”，以免丢失前面的 0 或字母。"),
    ("部门/班组", "人员所在的部门或班组；人数按这一栏统计。"),
    (
        "值班岗位",
        "与预案中的岗位名称一致；一人多岗用“、”隔开，写在同一格。副班长与班长填同一岗位，先后在值班表中排。",
    ),
    ("手机", "11 位手机号，一格一个，单元格格式为“文本”。有值班岗位的人员必填。"),
    ("邮箱、企业微信", "有就填；接到呼叫的顺序：站内消息、短信、语音电话、企业微信、邮件。"),
    ("语言", "中文或英文；不填按中文。"),
    ("公式", "导入的各栏请勿使用公式，应粘贴为数值。"),
)


def people() -> Iterator[tuple[object, ...]]:
    """All rows of the list in order, each as the cells of its row."""
    for index, person in enumerate(HOLDERS, 1):
        mail = f"{person.mail}@example.com" if person.mail else None
        phone = f"1380000{index:04d}"
        yield (
            index, person.number, person.name, person.unit, person.job, person.post, phone, mail,
            person.wecom or None, person.language, person.note or None,
        )  # fmt: skip
    index = len(HOLDERS)
    for unit, names in CLEANERS.items():
        for name in names:
            index += 1
            yield (index, f"C{index:03d}", name, unit, "保洁员", None, None, None, None, None, None)


def make(rows: Iterable[tuple[object, ...]] | None = None, unit: str = "城区环卫作业项目部") -> bytes:
    """The workbook of this project department, or of the rows and the unit given.

    Dates inside it are fixed, so that it only changes when the list does.
    """
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    _fill_people(book.active, people() if rows is None else rows, unit)
    _fill_explanation(book.create_sheet("说明"))
    book.properties.creator = unit
    made = io.BytesIO()
    book.save(made)
    return _undated(made.getvalue())


def _fill_people(sheet: Worksheet, rows: Iterable[tuple[object, ...]], unit: str) -> None:
    sheet.title = "花名册"
    side = Side(style="thin", color="FF999999")
    line = Border(left=side, right=side, top=side, bottom=side)
    sheet.append([f"{unit}人员花名册（示例，均为虚构）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append(list(row))
    for cells in sheet.iter_rows(min_row=2, max_col=len(HEADINGS)):
        for cell in cells:
            cell.border = line
            cell.number_format = "General" if cell.column == 1 else "@"
    for column, width in enumerate(WIDTHS, 1):
        cell = sheet.cell(2, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE7EEF5")
        cell.alignment = Alignment(horizontal="center")
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "D3"


def _fill_explanation(sheet: Worksheet) -> None:
    for row in EXPLANATION:
        sheet.append(row)
    sheet["A1"].font = Font(size=14, bold=True)
    sheet.column_dimensions["A"].width = 16
    sheet.column_dimensions["B"].width = 100


def _undated(workbook: bytes) -> bytes:
    undated = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(undated, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-11-01T00:00:00Z", content)
            dated = zipfile.ZipInfo(part.filename, (2026, 11, 1, 0, 0, 0))
            new.writestr(dated, content, zipfile.ZIP_DEFLATED)
    return undated.getvalue()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("people.xlsx")
    target.write_bytes(make())
