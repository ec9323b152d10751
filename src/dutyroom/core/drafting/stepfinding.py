"""Steps, reports, activation, the end, and duties of the calendar: sentences that somebody can carry out.

A sentence becomes a step where two of three are written: who acts, by when, and that it must be done. How sure that
is follows from how much is written. Nothing that is missing is filled in.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from dataclasses import replace
from typing import Any

from dutyroom.core.drafting.acting import (
    actor_of,
    acts_of,
    asks_for_act,
    is_bidding,
    is_report,
    parts_of,
    recipients,
)
from dutyroom.core.drafting.bodies import bodies_in, propose_body
from dutyroom.core.drafting.chaining import find_chain
from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.proposal import DUTY, HIGH, LOW, MEDIUM, STEP, Reading
from dutyroom.core.drafting.rolefinding import bare
from dutyroom.core.drafting.times import Moment, limits, rhythm, soft_words, time_of_day

_PHASES = {"3.1": "readiness", "3.2": "readiness", "3.3": "readiness", "4": "recovery"}
_NEVER_STEPS = ("1", "1.1", "1.2", "A1", "A2", "A3", "A5", "A6")
_ACTIVATES = re.compile(
    r"(决定|宣布|下令|下达|批准|发布)[^，。；]{0,12}(启动|进入)[^，。；]{0,16}(响应|预案)|(立即|即)启动[^，。；]{0,14}(响应|预案)|activates? (the|this) [^.]{0,20}plan",
    re.I,
)
_ENDS = re.compile(
    r"(宣布|决定|下达|批准|发布)[^，。；]{0,20}(终止|结束|解除)|declare[^.]{0,30}(over|ended|all.clear)|(all.clear|terminat\w+)[^.]{0,40}\b(by|issued|given)",
    re.I,
)
_END_CONDITION = re.compile(
    r"(得到|已|全部|基本|彻底|消除|脱险|控制|恢复|排除|结束|无[^，。；]{0,8}(危险|可能|隐患))|\b(complete|controlled|clear\w*|safe|verif\w+|authoriz\w+)",
    re.I,
)
_CONTENTS = re.compile(
    r"(报告|上报|通报|报警|续报|接报|信息)[^，。；：]{0,14}(内容|要素|应?包括|应?说明|讲清|要点)|(应|要|须)(说明|讲清|讲明|报告清楚)|information to (provide|report)|report (shall|must|should) (include|contain|state)",
    re.I,
)
_ITEM = re.compile(r"(措施|情况|原因|判断|事项|人数|损失|经过|地点|时间|单位|电话)[。；;]?$")
_NUMBER_LINE = re.compile(r"^[^，。；,;]{2,30}[：:]\s*\d{3,5}\s*$")
_WRITTEN = re.compile(r"书面|文字报告|written|in writing|form\b", re.I)
_SYSTEM = re.compile(r"系统|平台|online|portal|e-?mail", re.I)
_KINDS = (
    (r"演练|演习|drill|exercise", "drill"), (r"培训|教育|train", "training"), (r"备案|filing|filed", "filing"),
    (r"评审|修订|评估|review|revis|updat", "review"), (r"交接", "handover"), (r"报告|汇报|上报|report", "daily_report"),
    (r"检查|维护|保养|巡查|检测|inspect|check|test|maintain", "check"),
)  # fmt: skip


def find_steps(reading: Reading) -> None:
    """Read every passage for acts, reports, rhythms and the end of the response."""
    contents_for, listing = "", ""
    for passage in reading.passages:
        if passage.cells:
            continue
        for body in bodies_in(passage.text):
            if body[3] or passage.general not in _NEVER_STEPS:
                propose_body_only(reading, passage, body)
        if _NUMBER_LINE.match(bare(passage.text)):
            if any(True for _ in bodies_in(passage.text)):
                reading.use(passage, HIGH)
            continue
        if (head := _told_first(bare(passage.text))) and (
            step := _steps(reading, replace(passage, text=head))
        ):
            contents_for = step
            _contents(reading, passage, step, goes_on=False)
            continue
        if _contents(reading, passage, contents_for, goes_on=listing == passage.heading != ""):
            listing = passage.heading
            continue
        listing = ""
        if _calendar(reading, passage) or _ending(reading, passage):
            continue
        if not find_chain(reading, passage):
            contents_for = _steps(reading, passage) or contents_for


def _steps(reading: Reading, passage: Passage) -> str:
    """Every act of the passage as a step; the id of the last. Who acted first acts on until another is named."""
    last = ""
    for part in parts_of(bare(passage.text)):
        actor = ""
        for act in acts_of(part):
            step = _step(reading, replace(passage, text=act), actor)
            actor = (reading.proposals[f"{STEP}.{step}"].entry.get("who", "") if step else "") or actor
            if not step and (limits(act) or soft_words(act)):
                actor = actor or actor_of(reading, replace(passage, text=act))
            last = step or last
    return last


def _told_first(text: str) -> str:
    """What stands before the words on a report's contents, if that alone tells somebody."""
    match = _CONTENTS.search(text)
    head = text[: match.start()].rstrip("，,。； ") if match else ""
    return (
        head if len(head) >= 6 and re.search("[，,。；]", text[len(head) :][:2]) and is_report(head) else ""
    )


def propose_body_only(reading: Reading, passage: Passage, body: tuple[str, str, str, str, int]) -> None:
    """Name the body without calling the sentence a rule for that."""
    used = dict(reading.used)
    propose_body(reading, passage, body)
    reading.used.clear()
    reading.used.update(used)


def _step(reading: Reading, passage: Passage, carried: str = "") -> str:
    text = bare(passage.text)
    if passage.general in _NEVER_STEPS or len(text) < 4 or _is_prohibition(text):
        return ""
    numbered, soft = limits(text), soft_words(text)
    report = is_report(text)
    if not (asks_for_act(text) or report):
        return ""
    in_duties = passage.general == "2" and not (numbered or report or _ACTIVATES.search(text))
    if in_duties or (passage.id in reading.used and passage.general == "2" and not (numbered or report)):
        return ""
    actor = actor_of(reading, passage) or carried
    told = recipients(reading, passage) if report else ()
    told = tuple(one for one in told if one != actor)
    confidence = _confidence(bool(actor), bool(numbered or soft), bool(told) or is_bidding(text), bool(told))
    if not confidence or (passage.general == "2" and not (told or numbered)):
        return ""
    entry = _entry(passage, text, actor, _clocks(reading, numbered, soft), told)
    if _ACTIVATES.search(text):
        entry["phases"] = ["readiness"]
    wish = _name(text, told)
    return reading.propose(STEP, reading.free_id(STEP, wish), entry, passage, confidence).id


def _confidence(actor: bool, clock: bool, must: bool, told: bool) -> str:
    if actor and clock:
        return HIGH
    if (actor and must) or (clock and must):
        return MEDIUM
    return LOW if actor or clock or told else ""


def _is_prohibition(text: str) -> bool:
    return bool(re.match(r"(严禁|禁止|不得|任何[^，。]{0,10}不得|do not|never)", text, re.I))


def _entry(
    passage: Passage, text: str, actor: str, clocks: dict[str, Any], told: tuple[str, ...]
) -> dict[str, Any]:
    chapter = passage.general
    phase = next((phase for prefix, phase in _PHASES.items() if chapter.startswith(prefix)), "response")
    entry: dict[str, Any] = {"title": title_of(text)}
    if actor:
        entry["who"] = actor
    entry["phases"] = [phase]
    if clocks:
        entry["clocks"] = clocks
    if told:
        by = "written" if _WRITTEN.search(text) else "system" if _SYSTEM.search(text) else "phone"
        entry["report"] = {"to": list(told), "by": by}
    return entry


def _clocks(reading: Reading, numbered: tuple[Moment, ...], soft: tuple[Moment, ...]) -> dict[str, Any]:
    """A number is when it must be done; a word beside it is when it must be taken up."""
    clocks: dict[str, Any] = {}
    for moment in soft[:1]:
        reading.words.setdefault(moment.word, moment.within)
        clocks["received" if numbered else "done"] = moment.word
    for moment in numbered[:1]:
        clocks["done"] = {"within": moment.within, "since": moment.since} if moment.since else moment.within
    return clocks


def title_of(text: str) -> str:
    """A short title in the paper's own words: its first part that says an act."""
    plain = re.sub(r"\s+", " ", text).strip(" 。；;.，,")
    if len(plain) <= 36:
        return plain
    parts = [part.strip() for part in re.split(r"[，。；：,;:]", plain) if part.strip()]
    acts = [part for part in parts if asks_for_act(part) and len(part) >= 4]
    told = [part for part in acts if is_report(part) or is_bidding(part)]
    chosen = (told or acts or [plain])[0]
    return chosen if len(chosen) <= 60 else chosen[:58].rstrip() + "…"


def _name(text: str, told: tuple[str, ...]) -> str:
    text = re.sub("(应急|抢险)救援|急救(中心|电话)", "", text)
    if _ACTIVATES.search(text):
        return "activate"
    if told:
        return f"report_{told[0]}"
    topics = (
        ("疏散|撤离|evacuat", "evacuate"), ("警戒|封锁|cordon", "cordon"), ("救治|抢救|急救|first aid", "first_aid"),
        ("赶赴|赶到|前往", "go_to_scene"), ("核实|研判", "verify"), ("调查|investigat", "investigate"),
        ("总结|评估|review", "review"), ("清理|恢复|restor|clean", "restore"), ("清点|account for|head ?count", "head_count"),
        ("灭火|扑救|extinguish", "fight_fire"), ("切断|关闭|shut|turn off", "shut_off"), ("抢险|救援|rescue", "rescue"),
    )  # fmt: skip
    return next((id for words, id in topics if re.search(words, text, re.I)), "act")


def _contents(reading: Reading, passage: Passage, step: str, *, goes_on: bool) -> bool:
    """What a report must contain belongs to the report before it."""
    around = f"{passage.heading} {passage.label}"
    text = bare(passage.text)
    inline = _CONTENTS.search(text)
    listed = _CONTENTS.search(around) and passage.general.startswith("3.1")
    listed = listed or (goes_on and len(text) <= 60 and (not asks_for_act(text) or bool(_ITEM.search(text))))
    asked = re.search(r"information to (provide|report)", passage.label or passage.heading, re.I)
    if not (inline or listed or asked):
        return False
    target = reading.proposals.get(f"{STEP}.{step}")
    if target is None or "report" not in target.entry:
        candidates = [one for one in reading.of(STEP) if "report" in one.entry]
        target = candidates[-1] if candidates else None
    if target is None:
        return False
    rest = (
        re.split(r"[：:]|包括|说明|讲清|内容为|include[s]?|contain[s]?", text, maxsplit=1)[-1]
        if inline
        else text
    )
    rest = re.split(r"等[，。；]|等$", rest)[0]
    wanted = [part.strip(" ：:。；;.等-*") for part in re.split(r"[、，；;]|, ", rest)]
    contents = target.entry["report"].setdefault("contents", [])
    contents += [part for part in wanted if 1 < len(part) <= 80 and part not in contents]
    if not contents:
        target.entry["report"].pop("contents")
        return bool(inline) and text.endswith(("：", ":"))
    target.clauses.append(passage.id)
    reading.use(passage, HIGH if inline else MEDIUM)
    return not (limits(text) or (soft_words(text) and re.search("续报|补报", text)))


def _calendar(reading: Reading, passage: Passage) -> bool:
    """A rhythm with a topic: drills, training, reviews, checks, daily reports."""
    text = bare(passage.text)
    every = rhythm(text)
    kind = next((kind for words, kind in _KINDS if re.search(words, text, re.I)), "")
    if not every or not kind or passage.general in ("1.2", "A2", "1", "1.1"):
        return False
    actor = actor_of(reading, passage)
    entry: dict[str, Any] = {"title": title_of(text), "who": actor, "every": every, "kind": kind}
    if at := time_of_day(text):
        entry["at"] = at
    name = reading.free_id(DUTY, f"{kind}_each_{every}")
    reading.propose(DUTY, name, entry, passage, HIGH if actor else MEDIUM)
    return True


def _ending(reading: Reading, passage: Passage) -> bool:
    """Who ends the response, and the conditions under which it may end."""
    text = bare(passage.text)
    decides = _ENDS.search(text) and not re.search(r"预警", text)
    if not decides and not (passage.general == "3.6" and _END_CONDITION.search(text)):
        return False
    if not decides and re.match(r"(应急)?(响应)?(终止|结束)(的)?条件|(符合|满足|具备)下列", text):
        return False
    known = reading.proposals.get(f"{STEP}.end_response")
    entry: dict[str, Any] = known.entry if known else {"title": title_of(text), "phases": ["response"]}
    if decides:
        entry["title"] = title_of(text)
        if actor := actor_of(reading, passage):
            entry["who"] = actor
    else:
        fact = f"end_condition_{len(entry.get('requires', {}).get('all', [])) + 1}"
        reading.facts[fact] = (False, text.rstrip("。；;"), "")
        needs = entry.setdefault("requires", {"all": []})
        needs["all"].append({"id": fact, "text": text, "when": f"facts.{fact}"})
        entry.setdefault("asks", []).append({"id": fact, "label": text, "type": "bool", "fact": True})
    reading.propose(STEP, "end_response", entry, passage, HIGH if decides else MEDIUM)
    return True
