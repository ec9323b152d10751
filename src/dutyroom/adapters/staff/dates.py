"""What day a cell means: a date, Excel's number of days, or a date as offices write it. Nothing is guessed.

A day that the calendar does not have is told as such; a day without its year is not given one.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dutyroom.adapters.staff.cells import Cell

_EPOCH = date(1899, 12, 30)  # day 0 of Excel's calendar, for days after its false 29 February 1900
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: what a list of people can mean
_WRITTEN = re.compile(
    r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*(?:日|号)?(?:[ T]0{1,2}:00(?::00)?)?"
)
_CLOSE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*月?")
_YEARLESS = re.compile(r"\d{1,2}\s*(?:月|[-/.])\s*\d{1,2}\s*(?:日|号)?")
_WITHOUT_END = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "至今", "无", "在职", "-", "—", "none", "always"}
)


@dataclass(frozen=True, slots=True)
class Day:
    """The day; None: it says that there is no end. `how` is how it was written: a serial number, a text, or a date."""

    on: date | None
    how: str = "date"  # "date" | "text" | "serial"


@dataclass(frozen=True, slots=True)
class NoDay:
    """`fault` is the last part of a finding's code."""

    fault: str  # "impossible" | "no_year" | "no_day" | "bad"


def read_day(cell: Cell) -> Day | NoDay:
    """The day in a cell that holds a date, a number or a text."""
    value = cell.value
    if isinstance(value, datetime):
        return Day(value.date())
    if isinstance(value, date):
        return Day(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return day_of(str(value)) if isinstance(value, str) else NoDay("bad")


def day_of(written: str) -> Day | NoDay:
    """The day that a text means."""
    text = unicodedata.normalize("NFKC", written).strip()
    if text.lower() in _WITHOUT_END:
        return Day(None, "text")
    match = _WRITTEN.fullmatch(text) or _CLOSE.fullmatch(text)
    if match:
        return _judged(int(match[1]), int(match[2]), int(match[3]))
    if text.isdecimal() and int(text) in _SERIALS:
        return _from_number(int(text))
    if _MONTH.fullmatch(text):
        return NoDay("no_day")
    return NoDay("no_year" if _YEARLESS.fullmatch(text) else "bad")


def _from_number(value: int | float) -> Day | NoDay:
    if value == int(value) and len(str(int(value))) == 8:
        digits = str(int(value))
        return _judged(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if int(value) not in _SERIALS:
        return NoDay("bad")
    return Day(_EPOCH + timedelta(days=int(value)), "serial")


def _judged(year: int, month: int, day: int) -> Day | NoDay:
    if not 1950 <= year <= 2119:
        return NoDay("bad")
    try:
        return Day(date(year, month, day), "text")
    except ValueError:
        return NoDay("impossible")
