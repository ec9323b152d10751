"""What a mobile number is, however a spreadsheet has mangled it, and when it must not be guessed.

A number is repaired only where no digit can have been lost; otherwise the fault says what happened to it.
Chinese mobile numbers have 11 digits and begin with 13 to 19 (the national numbering plan); numbers of other
countries are not read.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from dutyroom.adapters.staff.cells import Cell

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SPACING = re.compile(r"[\s()‐-―−-]")
_SEVERAL = re.compile(r"[/、,;或]|\n|\s{2,}")
_POWER = re.compile(r"([0-9](?:\.[0-9]+)?)E\+?([0-9]{1,2})", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]{11})\.0*")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}$)")
_AREA_WITHOUT_ZERO = re.compile(r"10|2[0-57-9]")  # of Beijing and the other cities with eight-digit numbers
_DIGITS = 11
_ROUNDED_ZEROS = 5  # 1.38000E+10 is the longest form that sheets show by themselves


@dataclass(frozen=True, slots=True)
class Mobile:
    """`number` has 11 digits; `repaired` says it was written as a decimal or with an exponent."""

    number: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """`fault` is the last part of a finding's code; `digits` how many digits the cell holds."""

    fault: str  # "several" | "rounded" | "lost_leading" | "not_mobile" | "landline" | "bad"
    digits: int


def read_mobile(cell: Cell) -> Mobile | Unreadable:
    """The mobile number in a cell that holds a text or a number."""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return _from_number(cell.value)
    return _from_text(str(cell.value))


def _from_number(value: int | float) -> Mobile | Unreadable:
    """A number made from a text such as 1.38E+10 looks whole, so many zeros at its end are not believed."""
    if not 0 < value < 10**15 or value != int(value):
        return Unreadable("bad", sum(each.isdigit() for each in repr(value)))
    digits = str(int(value))
    if digits.endswith("0" * _ROUNDED_ZEROS):
        return Unreadable("rounded", len(digits))
    return _judged(_COUNTRY.sub("", digits), repaired=isinstance(value, float))


def _from_text(value: str) -> Mobile | Unreadable:
    text = unicodedata.normalize("NFKC", value).strip()
    parts = [part for part in _SEVERAL.split(text) if sum(each.isdigit() for each in part) >= 7]
    if len(parts) > 1:
        return Unreadable("several", sum(each.isdigit() for each in text))
    close = "".join(each for each in _SPACING.sub("", text) if unicodedata.category(each) not in ("Cc", "Cf"))
    power = _POWER.fullmatch(close)
    if power:
        return _from_power(power[1], int(power[2]))
    whole = _WHOLE.fullmatch(close)
    if whole:
        return _judged(whole[1], repaired=True)
    return _judged(_COUNTRY.sub("", close), repaired=False)


def _from_power(mantissa: str, exponent: int) -> Mobile | Unreadable:
    """Exact only if the mantissa shows as many digits as the number has."""
    shown = sum(each.isdigit() for each in mantissa)
    if shown < exponent + 1:
        return Unreadable("rounded", shown)
    return _judged(str(int(Decimal(mantissa).scaleb(exponent))), repaired=True)


def _judged(text: str, repaired: bool) -> Mobile | Unreadable:
    if _MOBILE.fullmatch(text):
        return Mobile(text, repaired)
    digits = sum(each.isdigit() for each in text)
    if text.isdecimal() and digits == _DIGITS - 1 and text[0] in "3456789":
        return Unreadable("lost_leading", digits)
    if text.isdecimal() and text.startswith("0") and digits >= 10:
        return Unreadable("not_mobile", digits)
    if text.isdecimal() and digits == _DIGITS - 1 and _AREA_WITHOUT_ZERO.match(text):
        return Unreadable("landline", digits)
    return Unreadable("bad", digits)
