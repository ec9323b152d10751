"""The record's vocabulary, every finding in words, and the picture of the phases."""

import inspect
import re
import tomllib
import types
import typing
from functools import cache
from html import escape
from importlib.resources import files

from dutyroom.core.events import EVENTS
from dutyroom.core.phases import LEGAL, PHASES
from dutyroom.wording import say

_EVENTS = """\
# 记录里的事件 / Events of the record

> 本页由 `core/events.py` 生成：`python -m docs.making`。 / Made from the program.

一个事件（event）说明发生了什么；写下之后不再改动，更正是新的事件。案件的全部状态都由它的事件推出。
时刻（instant）在程序里是毫秒整数，在记录里是带 `Z` 的 ISO 8601。

An event says what happened. Once written it is never changed; a correction is a new event, and a case is nothing but
the fold of its events. Instants are ISO 8601 in UTC in the record. `Times` are the four times of a fact:
`happened_at` 发生, `known_at` 知悉, `reported_at` 报告, `received_at` 收到.
"""
FIELDS = {
    "at": ("判定时刻", "the instant at which it was decided"),
    "case": ("案件编号", "the case"),
    "site": ("场所编号", "the site"),
    "plan": ("预案编号", "the plan"),
    "edition": ("预案版本", "the plan's edition"),
    "facts": ("案件事实的变化", "facts of the case that it states"),
    "exercise": ("是否演练", "whether it is an exercise"),
    "command": ("命令编号，由客户端产生，重复只算一次", "the client-made id: the same again is once"),
    "by": ("谁", "the person"),
    "via": ("途径：网页、电话、纸面、接口", "the way in: page, phone, paper, api"),
    "times": ("四个时间", "the four times"),
    "story": ("报告原话，个人信息已遮去", "the report's own words, personal data masked"),
    "sealed": ("封存内容的编号与承诺值", "ids and commitments of what is sealed"),
    "key": ("责任编号：步骤#次数", "the obligation: step#occurrence"),
    "step": ("预案步骤", "the plan's step"),
    "occurrence": ("第几次", "which time it is owed"),
    "role": ("岗位", "the role"),
    "dues": ("各动作的时限及其来源", "each verb's deadline and where it comes from"),
    "next_call_at": ("下一次呼叫的时刻", "when the next call is made"),
    "not_before": ("不得早于", "not to be done before"),
    "text": ("承诺或整改的原文", "the promise's own text"),
    "parent": ("由哪项责任产生", "the obligation that made it"),
    "person": ("被呼叫的人", "who is called"),
    "channel": ("渠道", "the channel"),
    "rung": ("阶梯第几级", "the place on the ladder"),
    "ring": ("第几轮", "the round"),
    "call": ("第几次呼叫", "the number of the call"),
    "why": ("原因", "the reason"),
    "verb": ("四个动作之一", "one of the four acts"),
    "answers": ("步骤要求填写的内容", "what the step asked for"),
    "level": ("级别", "the level"),
    "was": ("原级别；承诺转交时是原负责人", "the level before; of a promise that passed, whose it was"),
    "due_at": ("时限", "when it was due"),
    "kind": (
        "时限种类；值班日开案时是案件种类",
        "the clock's kind; of a case that the calendar opened, what it is",
    ),
    "day": ("从哪一天起", "the local day it begins on"),
    "zone": ("时区", "the time zone"),
    "periods": ("当时生效的时期", "the periods in force"),
    "quiet": ("夜间不打扰的时段", "the hours in which nobody is called"),
    "while_down": ("当时系统没有运行", "nobody was there to see it pass"),
    "reported_at": ("报告时刻", "when it was reported"),
    "reason": ("理由", "the reason"),
    "deviation": ("偏离的编号（对照结果里的）", "the deviation, as the audit names it"),
    "change": ("是否提出修改预案", "whether the plan should change"),
    "successor": ("接替它的那一次", "the occurrence that follows it"),
    "source": ("原阶段", "the phase before"),
    "target": ("新阶段", "the phase after"),
}
_FINDINGS = """\
# 检查结果与拒绝理由 / Findings and refusals

> 本页由程序的用语生成：`python -m docs.making`。 / Made from the program's wording.

检查预案、值班表、人员表、渠道和档案时，问题一次全部列出，每条有编号（code）和位置。命令不能执行时，给出全部理由。
花括号是填入的内容。

Findings come all at once, each with a code and a place; a refusal names every reason. Braces are filled in.
"""
FAMILIES = (
    ("plan", "预案文件的写法", "How a plan file is written"),
    ("check", "预案的意思", "What a plan means"),
    ("roster", "值班表", "The roster"),
    ("rostering", "排班", "Making rosters by rules"),
    ("rosterpages", "值班表的页面", "Pages of the roster"),
    ("staff", "人员表", "The people workbook"),
    ("people", "人员、休假、场所", "People, leave, sites"),
    ("calendar", "节假日与特殊时期", "Holidays and special periods"),
    ("dutytable", "打印的值班表", "The printed duty table"),
    ("alert", "外部预警", "Outside warnings"),
    ("courier", "渠道设置", "Channels"),
    ("courier.callback", "网关回执", "Callbacks of gateways"),
    ("courier.detail", "一次发送的结局", "How a sending ended"),
    ("act", "不能这样做", "An act that is refused"),
    ("waive", "不能免除", "A waiver that is refused"),
    ("justify", "不能说明理由", "A justification that is refused"),
    ("case", "案件", "The case"),
    ("field", "填写的内容", "What was filled in"),
    ("condition", "预案的条件", "Conditions of the plan"),
    ("input", "报告表单", "The report form"),
    ("upload", "随报告上传", "Files sent with a report"),
    ("photo", "照片", "Photos"),
    ("voice", "录音", "Voice notes"),
    ("error", "页面", "Pages"),
    ("archive", "档案", "Archives"),
    ("ledger", "记录的链", "The record's chain"),
    ("auditing", "记录与预案对照", "Audits"),
    ("drill", "演练", "Drills"),
    ("chance", "随机演练", "Random drills"),
    ("chances", "随机演练的概率", "The chances of random drills"),
    ("year", "值班一年的脚本", "The scenario of a year of duty"),
    ("verify", "人手的证明", "Proofs of cover"),
    ("document", "打印的文书", "Documents"),
    ("site", "场所", "Sites"),
    ("shiftfile", "公开的排班实例文件", "Files of public roster instances"),
    ("demo", "演示", "The demo"),
    ("postgres", "内嵌数据库", "The embedded database"),
    ("cli", "命令行", "The command line"),
    ("planning", "修改和批准预案", "Changing and approving a plan"),
    ("draft.paper", "读不了的文稿", "Papers that cannot be read"),
    ("draft.folder", "起草写入的文件夹", "Folders a draft is written to"),
    ("draft.desk", "从文稿起草的页面", "The page from paper to draft"),
)
# Sentences of these families that are said, but say nothing is wrong.
PLAIN = re.compile(
    r"plan\.check\..*|archive\.(good|bad|readme|severity\..*)|demo\.(?!bad_|port_).*|site\.done|error\..*_way"
    r"|drill\.(heading|plan|starts|ended|table.*|counted|left|scripts|refused.*|surprise|yes|no)"
    r"|drill\.(alone|alone\.again|must\..*|inject\.(closed|slow|facts))"
)
# Only these of the case's page are findings; the rest is what stands on the page.
CASE = ("case.unknown", "case.exists", "case.command_used", "case.needs_full")
# Only these of the roster's pages refuse something or find fault; the rest is what stands on the pages.
ROSTERPAGES = re.compile(
    r"rosterpages\.(change_over|not_asked|not_yours|not_agreed|own_swap|excluded|nothing_moves|turn_over|hard"
    r"|reason_needed|changed_meanwhile|making_waits|draft_over|draft_errors|own_draft|not_approved|roster_excluded"
    r"|unknown_numbers|span_unread|span_bad|away_span|away_none|away_no_way|year_missing|left_empty|holes_left"
    r"|unfilled|entered_nothing|other_turns|passed_over|feed\.unknown_post|failed\.(stopped|none)|(fault|demand)\..*)"
)
# Of people's pages and commands, likewise.
PEOPLE = re.compile(
    r"people\.(import\..*|leave\.(nobody|before_start|not_open|own|kind|reversed|too_long|over|overlap|too_many)"
    r"|site\.(no_parent|parent_ended|kind|code|code_taken|fields|ended|needed)|me\.address|day"
    r"|page\.(no_file|no_plan|stale)|cli\.(no_site|no_plan|unreadable|unwritable|day))"
)
PLANNING = tuple(
    f"planning.{name}"
    for name in (
        "errors_stand", "no_draft", "no_form", "not_checked", "nothing_new", "own_draft", "past_date",
        "saved_meanwhile", "version_used",
    )
)  # fmt: skip
CHANCE = tuple(f"chance.{name}" for name in ("needs_runs", "no_folder", "no_script", "no_update", "runs"))
VERIFY = tuple(
    f"verify.{name}"
    for name in (
        "bad_day", "bad_duration", "bad_evidence", "bad_missing", "bad_outage", "bad_span", "bad_year", "no_evidence",
        "no_folder",
    )
)  # fmt: skip
BY_COMMAND = ("case.cli.answer", "case.cli.nobody", "case.cli.unknown")


def events_page() -> str:
    """Every event of the record: what it means, its fields, the sentence of the timeline."""
    parts = [_EVENTS]
    for name, kind in EVENTS.items():
        meaning = " ".join((inspect.getdoc(kind) or "").split())
        lines = [f"## `{name}`", "", meaning, ""]
        if f"event.{name}" in sentences():
            _, chinese, english = sentences()[f"event.{name}"]
            lines += [f"{chinese} / {english}", ""]
        lines += ["| 字段 / field | 类型 / type | 含义 / meaning |", "| --- | --- | --- |"]
        for field, hint in typing.get_type_hints(kind, include_extras=True).items():
            zh, en = FIELDS[field]
            lines.append(f"| `{field}` | `{_type(hint)}` | {zh} / {en} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _type(hint: object) -> str:
    """The type as a reader of JSON needs it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return "instant"
    if origin in (typing.Union, types.UnionType):
        if type(None) in inner:
            return _type(next(arg for arg in inner if arg is not type(None))) + ", null"
        return ", ".join(_type(arg) for arg in inner)
    if origin is tuple:
        return f"[{_type(inner[0])}, …]"
    if origin is not None and len(inner) == 2:
        return f"{{{_type(inner[0])}: {_type(inner[1])}}}"
    return {"str": "text", "int": "number"}.get(
        getattr(hint, "__name__", ""), getattr(hint, "__name__", "text")
    )


def findings_page() -> str:
    """Every code of a finding or refusal with its sentence in both languages."""
    parts = [_FINDINGS]
    for family, zh, en in FAMILIES:
        lines = [f"## {zh} / {en}", "", "| 编号 / code | 中文 | English |", "| --- | --- | --- |"]
        for code in family_codes(family):
            _, chinese, english = sentences()[code]
            lines.append(f"| `{code}` | {_line(chinese)} | {_line(english)} |")
        if len(lines) > 4:
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def family_codes(family: str) -> list[str]:
    """The codes that belong to the family, and to no more special one."""
    special = tuple(other + "." for other, _, _ in FAMILIES if other.startswith(family + "."))
    found = [code for code in sentences() if code.startswith(family + ".") and not PLAIN.fullmatch(code)]
    found = [code for code in found if not code.startswith(special)] if special else found
    words = {
        "plan": ("plan", "reading"),
        "drill": ("drill", "drillscript"),
        "calendar": ("calendar",),
        "dutytable": ("calendar",),
    }.get(family)  # pages have words that begin alike
    found = [code for code in found if words is None or sentences()[code][0] in words]
    only = {"case": (*CASE, *BY_COMMAND), "planning": PLANNING, "chance": CHANCE, "verify": VERIFY}.get(
        family
    )
    faults = {"rosterpages": ROSTERPAGES, "people": PEOPLE}.get(family)
    if faults is not None:
        return sorted(code for code in found if faults.fullmatch(code))
    return sorted(code for code in found if only is None or code in only)


@cache
def sentences() -> dict[str, tuple[str, str, str]]:
    """Code → the wording file it stands in, its Chinese and its English sentence, as they are written."""
    found = {}
    for file in files("dutyroom.wording").iterdir():
        if file.name.endswith(".toml"):
            for code, said in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[code] = (file.name.removesuffix(".toml"), said["zh"], said["en"])
    return found


def _line(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>").replace("<", "&lt;").replace("&lt;br>", "<br>")


_WIDE, _HIGH, _GAP, _TOP = 150, 64, 60, 90
_SAID = {  # what each legal move means, above or below its arrow
    ("readiness", "response"): ("启动预案", "activated"),
    ("readiness", "closed"): ("不构成事件，解除", "stood down: no incident"),
    ("response", "closing"): ("提出结束", "closing proposed"),
    ("closing", "response"): ("又起变化", "flared up again"),
    ("closing", "recovery"): ("两人签字", "two have signed"),
    ("recovery", "closed"): ("总结、归档、兑现", "reviewed, archived, kept"),
}


def phases_picture() -> str:
    """The phases as boxes in their order, and an arrow for every legal move."""
    moves = sorted(LEGAL, key=lambda move: (PHASES.index(move[0]), PHASES.index(move[1])))
    width = len(PHASES) * (_WIDE + _GAP) + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 260" role="img" font-family="sans-serif">',
        "<title>案件的阶段 / The phases of a case</title>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 10 5 0 10z" fill="#334"/></marker></defs>',
        f'<rect width="{width}" height="260" fill="#fff"/>',
        *(_box(phase) for phase in PHASES),
        *(_arrow(*move) for move in moves),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _left(phase: str) -> int:
    return _GAP + PHASES.index(phase) * (_WIDE + _GAP)


def _box(phase: str) -> str:
    x, middle = _left(phase), _left(phase) + _WIDE // 2
    return (
        f'<g id="{phase}"><rect x="{x}" y="{_TOP}" width="{_WIDE}" height="{_HIGH}" rx="8" fill="#eef2f7" '
        f'stroke="#334"/><text x="{middle}" y="{_TOP + 28}" text-anchor="middle" font-size="20">'
        f'{say(f"phase.{phase}", "zh")}</text><text x="{middle}" y="{_TOP + 50}" text-anchor="middle" font-size="14">'
        f"{phase}</text></g>"
    )


def _arrow(source: str, target: str) -> str:
    """To the next box straight; further on in a bow above; back in a bow below."""
    start, end = PHASES.index(source), PHASES.index(target)
    zh, en = _SAID[(source, target)]
    if end == start + 1:
        x, y = _left(source) + _WIDE, _TOP + _HIGH // 2
        path, label, below = f"M{x} {y}H{_left(target) - 2}", (x + _GAP // 2, _TOP + _HIGH + 20), 1
        return _drawn(source, target, path, label, (zh, en), below)
    side, bow = (_TOP, -60) if end > start else (_TOP + _HIGH, 60)
    x1, x2 = _left(source) + _WIDE // 2, _left(target) + _WIDE // 2
    path = f"M{x1} {side}C{x1} {side + bow} {x2} {side + bow} {x2} {side + (-2 if bow < 0 else 2)}"
    label = ((x1 + x2) // 2, side + bow - (4 if bow < 0 else -22))
    return _drawn(source, target, path, label, (zh, en), 1)


def _drawn(
    source: str, target: str, path: str, label: tuple[int, int], says: tuple[str, str], below: int
) -> str:
    x, y = label
    return (
        f'<g data-move="{source} {target}"><path d="{path}" fill="none" stroke="#334" stroke-width="1.5" '
        f'marker-end="url(#tip)"/><text x="{x}" y="{y}" text-anchor="middle" font-size="13">{escape(says[0])}</text>'
        f'<text x="{x}" y="{y + 15 * below}" text-anchor="middle" font-size="11">{escape(says[1])}</text></g>'
    )
