"""Whether the plan says all it has to, and nothing against itself: chapters, annexes, the press, who decides.

The chapters of GB/T 29639-2020 are asked of a plan that gives its type or places a clause in a chapter; it is a
recommended standard, so what is missing is a warning. A chapter is filled by its clauses, or by the part of the plan
that prints there.
"""

import re
from collections.abc import Iterator

from dutyroom.core.chapters import chapters
from dutyroom.core.checks.sheet import Sheet, head
from dutyroom.core.findings import Finding
from dutyroom.core.phases import CLOSED, CLOSING, READINESS, RECOVERY, RESPONSE
from dutyroom.core.plan import Clause, Plan
from dutyroom.core.surroundings import ReportBy

_ANNEX = re.compile(
    r"(?:见|详见|参见|按照?)?附(?:件|录|表|图)\s*([0-9０-９一二三四五六七八九十A-H]{1,3})|\b[Aa]nnex\s+([0-9A-H]{1,3})\b"
)
_MAY_SPEAK = re.compile(
    r"(?:负责|可以?|应|由)[^，。；]{0,16}(?:接受[^，。；]{0,6}采访|(?:向|对)(?:媒体|新闻|记者)[^，。；]{0,8}|对外发布|发布信息)"
    r"|\b(?:may|speaks?|talks?|informs?|answers?)\b[^.;]{0,20}\b(?:press|media|journalists)\b",
    re.IGNORECASE,
)
_NOBODY_SPEAKS = re.compile(
    r"(?:任何(?:人|单位|个人|岗位)|所有人员?|全体人员?|一律)"
    r"[^。；]{0,16}(?:不得|不准|严禁|禁止)[^。；]{0,12}(?:采访|媒体|记者|对外发布|对外披露)"
    r"|(?:严禁|禁止)[^。；]{0,6}(?:接受采访|对外发布|向媒体)"
    r"|\b(?:nobody|no one|(?:everyone is|all staff are) forbidden to)\b[^.;]{0,30}\b(?:press|media|journalists)\b",
    re.IGNORECASE,
)
_UNLESS = re.compile(
    r"未经|除[^。；]{0,12}外|以外|授权|擅自"
    r"|\b(?:except|unless|without (?:leave|permission|approval)|other than)\b",
    re.IGNORECASE,
)
_DECIDES = re.compile(
    r"由([^，。；、]{2,10}?)(?:负责)?(宣布|决定|批准|下令)(?:的)?(启动|结束|终止|解除)(?:本预案|预案|应急)?(响应|预警)?"
    r"|\bthe ([a-z ]{3,30}?) (?:alone )?(declares|decides on|orders|approves)"
    r" the (start|end)(?:ing)? of the (response|warning)",
    re.IGNORECASE,
)
_NO_AGREEMENT = re.compile(
    r"(?:未|没有|尚未)(?:与[^，。；]{1,12})?签[订署][^，。；]{0,8}协议"
    r"|\bno (?:mutual[- ]aid )?agreement (?:is|was|has been) signed",
    re.IGNORECASE,
)


def completeness(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on what is missing and what contradicts itself."""
    yield from _chapters(sheet)
    yield from _annexes(sheet)
    yield from _press(sheet)
    yield from _authority(sheet)
    yield from _agreements(sheet)


def _chapters(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    filled = {clause.chapter for clause in plan.clauses if clause.chapter}
    if not filled and head("type") not in plan.marks:
        return
    filled |= _printed(plan)
    known = chapters(plan.type)
    for chapter in known:
        below = f"{chapter.number}."
        parts = [one.number for one in known if one.number.startswith(below)]
        if not chapter.required or parts or chapter.number in filled:
            continue
        fields = {"chapter": chapter.number, "title_zh": chapter.title.zh, "title_en": chapter.title.en}
        yield sheet.find("clauses", "chapter_missing", "warning", **fields)


def _printed(plan: Plan) -> set[str]:
    """Chapters that print from the plan's own parts, whether or not a clause stands in them."""
    phases = {phase for step in plan.steps for phase in step.phases}
    reports = any(step.report for step in plan.steps)
    has = {"organisation": True, "start": True, "measures": RESPONSE in phases, "risk": bool(plan.kinds)}
    if plan.type == "scene":
        return {
            number
            for number, part in zip("123", ("risk", "organisation", "measures"), strict=True)
            if has[part]
        }
    if plan.type == "special":
        return {"2", "3", *(["4"] if has["measures"] else []), *_supplies(plan, "A4")}
    found = {"2", "3.3", "A5", *(["1.2"] if plan.levels else []), *(["3.4"] if RESPONSE in phases else [])}
    found |= {"3.1.1", "3.1.2"} if reports or READINESS in phases else set()
    found |= {"3.2.1", "3.2.2"} if plan.warnings.rules or READINESS in phases else set()
    found |= (
        {"3.2.3"} if any((one.source, one.target) == (READINESS, CLOSED) for one in plan.moves) else set()
    )
    found |= {"3.5"} if plan.outside or plan.assisting else set()
    found |= {"3.6"} if any(move.target in (CLOSING, RECOVERY) for move in plan.moves) else set()
    found |= {"4"} if RECOVERY in phases else set()
    found |= {"5.1"} if plan.posts else set()
    found |= {"5.2"} if plan.groups or plan.quotas else set()
    return found | set(_supplies(plan, "5.3", "A4"))


def _supplies(plan: Plan, *numbers: str) -> tuple[str, ...]:
    return (*numbers, "A5") if plan.resources else ("A5",)


def _annexes(sheet: Sheet) -> Iterator[Finding]:
    """Annexes that a clause sends the reader to and that the plan does not have."""
    known = " ".join(
        f"{one.number} {one.title.zh} {one.title.en} {one.id}" for one in sheet.plan.references.values()
    )
    numbers = {_plain(one) for found in _ANNEX.findall(known) for one in found if one}
    numbers |= {_plain(one.number) for one in sheet.plan.references.values() if one.number}
    numbers |= {
        clause.chapter.removeprefix("A") for clause in sheet.plan.clauses if clause.chapter.startswith("A")
    }
    for number, clause in enumerate(sheet.plan.clauses):
        cited = {_plain(one) for found in _ANNEX.findall(clause.text.zh) for one in found if one}
        cited |= {_plain(one) for found in _ANNEX.findall(clause.text.en) for one in found if one}
        for annex in sorted(cited - numbers):
            if not clause.see:
                yield sheet.find(f"clauses.{number}.text", "annex_missing", "warning", clause.id, annex=annex)


def _plain(number: str) -> str:
    digits = dict(zip("一二三四五六七八九０１２３４５６７８９", "1234567890123456789", strict=True))
    return "10" if number == "十" else "".join(digits.get(sign, sign) for sign in number).removeprefix("A")


def _press(sheet: Sheet) -> Iterator[Finding]:
    """One clause lets a post speak to the press, another forbids everybody to; or two posts publish statements."""
    free = [one for one in sheet.plan.clauses if _says(_MAY_SPEAK, one) and not _says(_NOBODY_SPEAKS, one)]
    for number, clause in enumerate(sheet.plan.clauses):
        if free and _says(_NOBODY_SPEAKS, clause) and not _says(_UNLESS, clause):
            fields = {"cited": clause.id, "other": free[0].id}
            yield sheet.find(f"clauses.{number}.text", "press_contradiction", "warning", clause.id, **fields)
    first = ""
    for step in sheet.own_steps:
        if step.report and step.report.by is ReportBy.STATEMENT and len(step.who) == 1:
            if first and step.who[0] != first:
                yield sheet.at(step, "who", "two_spokespersons", "warning", role=step.who[0], other=first)
            first = first or step.who[0]


def _authority(sheet: Sheet) -> Iterator[Finding]:
    """Two clauses give the same decision to two different posts."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for number, clause in enumerate(sheet.plan.clauses):
        for text in dict.fromkeys((clause.text.zh, clause.text.en)):
            for found in _DECIDES.finditer(text):
                who, act = (found[1] or found[5]).strip(), (found[3] or found[7], found[4] or found[8] or "")
                other, before = first.setdefault(act, (clause.id, who))
                if before != who:
                    fields = {"act": "".join(act), "who": who, "other": other, "before": before}
                    yield sheet.find(
                        f"clauses.{number}.text", "two_authorities", "warning", clause.id, **fields
                    )


def _agreements(sheet: Sheet) -> Iterator[Finding]:
    signed = [body.id for body in sheet.plan.outside.values() if body.agreement]
    signed += [one.id for one in sheet.plan.references.values() if one.kind == "agreement"]
    for number, clause in enumerate(sheet.plan.clauses):
        if signed and _says(_NO_AGREEMENT, clause):
            yield sheet.find(
                f"clauses.{number}.text", "agreement_denied", "warning", clause.id, name=signed[0]
            )


def _says(pattern: re.Pattern[str], clause: Clause) -> bool:
    return bool(pattern.search(clause.text.zh) or pattern.search(clause.text.en))
