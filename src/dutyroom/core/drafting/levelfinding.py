"""Response levels and what starts each: Ⅰ级, 一级, Level 2; 死亡3人以上10人以下, losses, colours, beyond us.

以上 includes its number and 以下 excludes it, as the law reads them. A level whose criteria are not numbers has none:
a person judges it. Nothing is concluded from a neighbouring level.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from collections.abc import Iterator
from typing import Any

from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.numerals import read_number
from dutyroom.core.drafting.proposal import HAZARD, HIGH, LEVEL, MEDIUM, Reading
from dutyroom.core.drafting.rolefinding import bare

_NAMED = re.compile(
    r"(?<![一二三四五六七八九十第])([ⅠⅡⅢⅣⅤ]|IV|I{1,3}|[一二三四])\s*级(?!及|以)|\bLevel\s+(\d|I{1,3}|IV)\b",
    re.IGNORECASE,
)
_GRADES = (("特别重大", 1), ("重大", 2), ("较大", 3), ("一般", 4))
_GRADE = re.compile(
    r"(特别重大|(?<!特别)重大|较大|一般)(?:（[^）]*）)?(?:[一-龥]{0,10})(?:事故|事件|灾害|险情|隐患)"
)
_COLOURS = {"红色": "red", "橙色": "orange", "黄色": "yellow", "蓝色": "blue"}
_HAZARDS = (
    ("暴雨", "rainstorm"), ("台风", "typhoon"), ("暴雪", "snowstorm"), ("道路结冰", "road_ice"), ("高温", "heat"),
    ("大风", "gale"), ("雷电", "lightning"), ("寒潮", "cold_wave"), ("大雾", "fog"), ("冰雹", "hail"), ("霾", "haze"),
    ("重污染", "air_pollution"), ("洪水", "flood"), ("地质灾害", "landslide"), ("沙尘", "sand_storm"),
)  # fmt: skip
# Fact, how a plan names it, what it is counted in.
_MEASURED = (
    ("dead", "死亡|遇难|fatalit|deaths?", "死亡人数"), ("seriously_injured", "重伤|急性(?:工业)?中毒", "重伤人数"),
    ("missing", "失踪|失联|下落不明|missing", "失联人数"), ("trapped", "被困|trapped", "被困人数"),
    ("endangered", "涉险|危及", "涉险人数"), ("evacuated", "疏散|转移|evacuat", "疏散转移人数"),
    ("injured", "轻伤|受伤|伤亡|伤员|中毒|injur", "受伤人数"),
    ("affected", "聚集|参与|上访|涉及|围堵|受影响|people affected", "涉及人数"),
)  # fmt: skip
_NUMBER = r"(\d{1,6}|[一二三四五六七八九十百两]{1,4})"
_PEOPLE = re.compile(
    rf"{_NUMBER}\s*(?:人|名)(?P<edge>\s*（?含?[^，。；）]{{0,6}}）?\s*(?:及)?以上|以下)?"
    rf"(?:[、，,至-]?\s*(?:且)?\s*(?P<top>\d{{1,6}}|[一二三四五六七八九十百两]{{1,4}})\s*(?:人|名)\s*(?P<below>以下|以内))?"
)
_RANGE = re.compile(r"(\d{1,5})\s*(?:人|名)?\s*[-—~～至到]\s*(\d{1,5})\s*(?:人|名)")
_LOSS = re.compile(
    r"(?:直接)?经济损失[^\d。；]{0,8}(\d{1,6})\s*(万|亿)元\s*(?P<edge>（?含?）?\s*以上|以下)?"
    r"(?:[、，,]?\s*(?:且|不满|不足|低于)?\s*(?P<top>\d{1,6})\s*(?P<unit>万|亿)元\s*(?:以下)?)?"
)
_BEYOND = re.compile(
    r"超出[^，。；]{0,16}(能力|范围)|(无法|不能)(独立|自行)?(解决|处置|控制)|(难以|无法|不能)[^，。；]{0,8}(控制|处置|应对)|beyond (our|the|its)[^.,;]{0,20}(ability|capacit|control)",
    re.I,
)


_LISTS = re.compile(r"(以下|下列)[^。；]{0,30}[：:]?$|之一的?[，：:]|列为[^。；]{0,8}[：:]$|[：:]$")


def find_levels(reading: Reading) -> None:
    """Every level, its name and criteria; hazards and warning rules where a colour is tied to a level."""
    numbered = any(_NAMED.search(passage.text) for passage in reading.passages)
    current: tuple[int, str] | None = None
    heading, listing = "", False
    for passage in reading.passages:
        if passage.heading != heading:
            heading, current, listing = passage.heading, None, False
            if (found := _level_in(bare(heading), numbered)) and _about_levels(passage):
                current = found[0]
                _read(reading, passage, current, heading, True)
        text = _row(passage) if passage.cells else passage.text
        named = _level_in(text, numbered)
        if named and _about_levels(passage):
            opens = _opening(named, bare(text)) or _LISTS.search(text)
            if opens or passage.cells:
                current = named[-1] if _LISTS.search(text) else named[0]
            if len(named) == 1 or opens:
                _read(reading, passage, current if opens and current else named[0], text, True)
            else:
                for one in named:
                    _read(reading, passage, one, "", True)
            listing = bool(_LISTS.search(text))
        elif current and (_measures(text) or _BEYOND.search(text)):
            _read(reading, passage, current, text, True)
        elif current and listing and len(text) <= 80:
            _case(reading, passage, current, text)
    _whole_numbers(reading)


def _case(reading: Reading, passage: Passage, level: tuple[int, str], text: str) -> None:
    """A kind of event in a level's list: true or false, by the word of whoever leads."""
    known = reading.propose(LEVEL, f"L{level[0]}", {"rank": level[0], "name": level[1]}, passage, MEDIUM)
    criteria = known.entry.setdefault("any", [])
    fact = f"level_{level[0]}_case_{len(criteria) + 1}"
    reading.facts[fact] = (False, bare(text).rstrip("。；;"), "")
    judged = {"judged_by": reading.chief} if reading.chief else {}
    criteria.append({"fact": fact, "true": True, **judged})


def _whole_numbers(reading: Reading) -> None:
    """`10人以上29人以下` beside `30人以上`: where the levels only meet if 29 counts, the paper counts it in."""
    levels = reading.of(LEVEL)
    starts = {
        (one["fact"], one["at_least"])
        for level in levels
        for one in level.entry.get("any", [])
        if "at_least" in one
    }
    for level in levels:
        for one in level.entry.get("any", []):
            top = (one["fact"], one.get("below", -1)) if one.get("unit") == "人" else ("", -1)
            if (top[0], top[1] + 1) in starts and top not in starts:
                one["below"] += 1
                level.confidence = MEDIUM


def _row(passage: Passage) -> str:
    return "；".join(
        f"{column}：{cell}" for column, cell in zip(passage.columns, passage.cells, strict=False)
    )


def _about_levels(passage: Passage) -> bool:
    """Chapters that define levels, or a table that has a column for them."""
    around = " ".join((*passage.headings, passage.label, *passage.columns, passage.text))
    return bool(re.search(r"分级|等级|级别|级响应|级预警|级（?事|响应|level|classif", around, re.I))


def _level_in(text: str, numbered: bool) -> list[tuple[int, str]]:
    """(rank, how the paper names it) for every level a text names, in order."""
    found: dict[int, tuple[int, str]] = {}
    for match in _NAMED.finditer(text):
        if match[0][0] in "二三四" and re.search(r"(分为|分成|划为|共)$", text[: match.start()]):
            continue  # 分为三级 says how many there are, not which
        rank = read_number(match[1] or match[2])
        if rank and 1 <= rank <= 5:
            found.setdefault(rank, (rank, re.sub(r"\s+", " ", match[0].strip())))
    if not found and not numbered:  # a paper that numbers its levels means by 重大 what everybody means
        for match in _GRADE.finditer(text):
            rank = dict(_GRADES)[match[1]]
            found.setdefault(rank, (rank, match[0]))
    return list(found.values())


def _opening(named: list[tuple[int, str]], text: str) -> bool:
    """The text begins with the one level it defines."""
    at = text.find(named[0][1])
    return 0 <= at <= 16 and (len(named) == 1 or text.find(named[1][1]) > at + 18)


def _read(reading: Reading, passage: Passage, level: tuple[int, str], text: str, defines: bool) -> None:
    if not defines:
        return
    rank, name = level
    known = reading.propose(
        LEVEL, f"L{rank}", {"rank": rank, "name": name}, passage, HIGH if _measures(text) else MEDIUM
    )
    criteria = known.entry.setdefault("any", [])
    for criterion in _criteria(reading, passage, text):
        if criterion not in criteria:
            criteria.append(criterion)
    _warning(reading, passage, known.id, text)


def _measures(text: str) -> bool:
    return any(True for _ in _counts(text)) or bool(_LOSS.search(text)) or bool(_colour(text))


def _criteria(reading: Reading, passage: Passage, text: str) -> Iterator[dict[str, Any]]:
    for fact, name, low, top in _counts(text):
        reading.facts.setdefault(fact, (0, name, "人"))
        yield {"fact": fact, **_bounds(low, top), "unit": "人"}
    for match in _LOSS.finditer(text):
        times = {"万": 1, "亿": 10_000}
        low = int(match[1]) * times[match[2]]
        top = int(match["top"]) * times[match["unit"]] if match["top"] else None
        if match["edge"] and "以下" in match["edge"]:
            low, top = 0, low
        reading.facts.setdefault("loss", (0, "直接经济损失", "万元"))
        yield {"fact": "loss", **_bounds(low, top), "unit": "万元"}
    if _BEYOND.search(text):
        reading.facts.setdefault("beyond_ability", (False, "超出本单位处置能力", ""))
        judged = {"judged_by": reading.chief} if reading.chief else {}
        yield {"fact": "beyond_ability", "true": True, **judged}
    if found := _colour(text):
        yield {"hazard": found[0], "colour": found[1]}


def _bounds(low: int | None, top: int | None) -> dict[str, int]:
    return {name: value for name, value in (("at_least", low), ("below", top)) if value}


def _counts(text: str) -> Iterator[tuple[str, str, int | None, int | None]]:
    """(fact, its name, at least, below) for each number of people whose kind the text says beside it."""
    for match in _RANGE.finditer(text):
        if kind := _kind(text, match.start(), match.end()):
            yield *kind, int(match[1]), int(match[2]) + 1
    for match in _PEOPLE.finditer(text):
        kind = _kind(text, match.start(), match.end())
        first, top = read_number(match[1]), read_number(match["top"] or "")
        edge = match["edge"] or ""
        if kind is None or first is None or not (edge or top):
            continue
        if "以下" in edge:
            yield *kind, None, first
        else:
            yield *kind, first, top


def _kind(text: str, start: int, end: int) -> tuple[str, str] | None:
    """What is counted: the nearest word before the number in its part of the sentence, else right after it."""
    before = re.split(r"[，。；;：:]|(?<!以上)、|或者?|，", text[max(0, start - 14) : start])[-1]
    after = re.split(r"[，。；;]|、|或", text[end : end + 8])[0]
    for part in (before, after, text[max(0, start - 14) : start]):
        for fact, words, name in _MEASURED:
            if re.search(words, part, re.IGNORECASE):
                return fact, name
    return None


def _colour(text: str) -> tuple[str, str, str] | None:
    """(hazard, colour, the hazard's name) of an outside warning the text names."""
    for match in re.finditer(
        r"([一-龥]{0,6})(红色|橙色|黄色|蓝色)(?:（[^）]*）)?(?:及以上)?[一-龥]{0,4}(?:预警|信号|警报)", text
    ):
        for name, id in _HAZARDS:
            if name in text[max(0, match.start() - 6) : match.end()]:
                return id, _COLOURS[match[2]], name
    return None


def _warning(reading: Reading, passage: Passage, level: str, text: str) -> None:
    """The hazard of a colour that starts the level."""
    if found := _colour(text):
        reading.propose(HAZARD, found[0], {"name": found[2]}, passage, HIGH)
