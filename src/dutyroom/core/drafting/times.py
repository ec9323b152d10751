"""Time phrases: a number with a unit, a word that is none, a time of day, a rhythm. Never a number nobody wrote.

10分钟内 and `within 10 minutes` are durations; 立即 and `immediately` are words the organisation must read itself;
每日18:00, 每半年 and `quarterly` are rhythms of the calendar.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from dataclasses import dataclass

from dutyroom.core.drafting.numerals import read_number

_COUNT = r"(\d{1,3}|[一二三四五六七八九十两百]{1,4})"
_EN_COUNT = r"(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNITS = {
    "分钟": "min", "分": "min", "小时": "h", "个小时": "h", "时": "h", "日": "d", "天": "d",
    "h": "h", "minute": "min", "min": "min", "hour": "h", "hr": "h", "day": "d",
}  # fmt: skip
_WITHIN = re.compile(
    rf"(?<!满)(?:(?P<half>半)个?小时|{_COUNT}\s*(?P<unit>分钟|个?小时|日|天|h|min))\s*(?:之|以)?内"
    rf"|(?:最迟|最晚)?(?:不得?超过(?:事故|事件)?(?:发生后)?|不晚于|不迟于)\s*(?:(?P<half2>半)个?小时|{_COUNT}\s*(?P<unit2>分钟|个?小时|日|天|h|min))"
    rf"|(?<=[内间])\s*[（(]\s*{_COUNT}\s*(?P<unit3>分钟|个?小时|h|min)\s*[）)]"
)
_WITHIN_EN = re.compile(
    rf"(?:within|no later than|not later than|in (?:less|no more) than|at most)\s+(?:the (?:first|next)\s+)?"
    rf"{_EN_COUNT}\s*(?:\(\d+\)\s*)?[- ]?(minute|min|hour|hr|day)s?\b",
    re.IGNORECASE,
)
_WORKING = re.compile(r"个?工作日|working days?|business days?", re.IGNORECASE)

# Words that bind without saying how long. The reading beside each family is a first proposal for the organisation.
_SOFT: tuple[tuple[str, str, str], ...] = (
    (
        r"立即|立刻|马上|即刻|第一时间|迅速|火速|随即|迅即|当即|从速|急速|最短(?:的)?时间|以最快(?:的)?速度",
        "5 min",
        "zh",
    ),
    (r"immediately|at once|right away|without delay", "5 min", "en"),
    (r"及时|尽早", "30 min", "zh"),
    (r"promptly|in (?:a )?time(?:ly manner)?\b", "30 min", "en"),
    (r"尽快|尽可能快", "60 min", "zh"),
    (r"as soon as (?:possible|practicable|it is safe)|quickly", "60 min", "en"),
)
_SOFT_PATTERNS = tuple((re.compile(words, re.IGNORECASE), within) for words, within, _ in _SOFT)

_SINCE: tuple[tuple[str, str], ...] = (
    (r"(接到|收到|接|receiv\w*)[^，。；,;]{0,12}(报告|报警|通知|信息|指令|命令|report|call|notice)[^，。；,;]{0,6}", "received"),
    (r"(事故|事件|险情|灾害|伤亡)[^，。；]{0,6}(发生|出现)(之)?(后|起|时(?!间))", "happened"),
    (r"发生[^，。；]{0,10}(事故|事件|险情|灾害)(之)?(后|时(?!间))?", "happened"),
    (r"(自)?发生之日|of the (incident|accident|event|occurrence|injury)|after (the|an|it) (incident|accident|event|occur)", "happened"),
    (r"(发现|获悉|得知|获知)[^，。；]{0,12}(后|时(?!间))|(discover|becoming aware|learning)", "known"),
)  # fmt: skip
_SINCE_PATTERNS = tuple((re.compile(words, re.IGNORECASE), start) for words, start in _SINCE)

_RHYTHM: tuple[tuple[str, str], ...] = (
    (r"每三年|三年(至少)?一次|every three years|every 3 years", "three_years"),
    (r"每半年|半年(至少)?一次|每年(至少|不少于)?(组织|开展|进行)?[^，。；]{0,8}(两|二|2)次|every six months|every 6 months|semi-?annual|twice (a|per) year|half-yearly", "half_year"),
    (r"每(个)?季度|每季|季度(至少)?一次|quarterly|every (three|3) months|every quarter", "quarter"),
    (r"每(个)?月|月度|monthly|every month", "month"),
    (r"每周|每星期|weekly|every week", "week"),
    (r"每年|年度|一年(至少)?一次|annual(ly)?|yearly|every year|once a year", "year"),
    (r"每(日|天)|每班|daily|every day|each day|each shift", "day"),
)  # fmt: skip
_RHYTHM_PATTERNS = tuple((re.compile(words, re.IGNORECASE), every) for words, every in _RHYTHM)
_OF_DAY = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s*[:：时点]\s*([0-5]\d)?(?!\d)(?!间)")


@dataclass(frozen=True, slots=True)
class Moment:
    """One limit in a sentence: `within` as a plan writes it (30 min), or a soft `word` with its proposed reading."""

    within: str
    word: str = ""
    since: str = ""


def limits(text: str) -> tuple[Moment, ...]:
    """Every numbered limit of the sentence, in order."""
    since = start_of(text)
    found = []
    for match in _WITHIN.finditer(text):
        half = match["half"] or match["half2"]
        count = read_number(match[2] or match[5] or match[7] or "") if not half else None
        unit = match["unit"] or match["unit2"] or match["unit3"] or ""
        if _WORKING.match(text, match.end() - 1):
            continue
        if half:
            found.append(Moment("30 min", since=since))
        elif count:
            found.append(Moment(f"{count} {_UNITS[unit]}", since=since))
    for match in _WITHIN_EN.finditer(text):
        count = read_number(match[1])
        if count:
            found.append(Moment(f"{count} {_UNITS[match[2].lower()]}", since=since))
    return tuple(found)


def soft_words(text: str) -> tuple[Moment, ...]:
    """The words of the sentence that bind without a number, in order, each once."""
    found = {
        match.start(): Moment(within, match[0].lower())
        for pattern, within in _SOFT_PATTERNS
        for match in pattern.finditer(text)
    }
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


def start_of(text: str) -> str:
    """From when the clock runs, if the sentence says so: received, happened or known."""
    return next((start for pattern, start in _SINCE_PATTERNS if pattern.search(text)), "")


def rhythm(text: str) -> str:
    """How often the calendar asks for it; empty if it does not."""
    return next((every for pattern, every in _RHYTHM_PATTERNS if pattern.search(text)), "")


def time_of_day(text: str) -> str:
    """A fixed time of day such as 18:00."""
    match = _OF_DAY.search(text)
    return f"{int(match[1]):02d}:{match[2] or '00'}" if match else ""
