"""Which parts of a text look like personal data: identity numbers, phones, plates, bank cards, e-mails.

It warns at every free text outside compartments and is the last look before an archive leaves the house. It
reads patterns, not meaning: it refuses to know names, places, or who is meant.

Policy on errors. A hit costs one more look by the writer, a miss is on record for good: so what has the exact
shape is reported, even when it may be a contract's number. But a warning that comes with every time of day is
soon not read any more, so the shapes of counts, times, dates, identifiers and public numbers are left alone:

* identity numbers must have a possible birth date and region, the 18-digit ones the right check digit;
* bank cards need the Luhn digit and a card network's first digits and length;
* a number inside a longer run of letters, digits or underscores (a hash, a file name) is not looked at;
* local phones of 7 or 8 digits count only after a word such as 电话; 110, 119, 120, 12345, 400 and 800
  numbers are public and never count;
* plates need three digits, so that words in capitals after 云 or 新 pass; plates of the company's own
  vehicles are reported too, since the text does not tell whose they are.

Full-width digits and letters, and spaces, dots or dashes between groups, are read like plain ones.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from unicodedata import category, normalize

MASK = "***"


@dataclass(frozen=True, slots=True)
class Found:
    """One stretch of text, `text[start:end]`, that looks like personal data of a `kind`.

    Kinds: `id_number`, `phone`, `plate`, `bank_card`, `email`.
    """

    kind: str
    start: int
    end: int


def find_personal(text: str) -> tuple[Found, ...]:
    """Every stretch that looks like personal data, in order and without overlaps."""
    plain = _plain(text)
    found: list[Found] = []
    # The first kind that fits a stretch has it: an identity number is not also a phone.
    for kind, pattern, holds in _KINDS:
        for match in pattern.finditer(plain):
            start, end = match.span("it")
            free = all(end <= other.start or other.end <= start for other in found)
            if free and holds(match["it"]):
                found.append(Found(kind, start, end))
    return tuple(sorted(found, key=lambda each: each.start))


def mask(text: str) -> tuple[str, tuple[Found, ...]]:
    """The text with each such stretch replaced by `***`, whatever its length, and what was found."""
    found = find_personal(text)
    return "".join(_masked(text, found)), found


def _masked(text: str, found: tuple[Found, ...]) -> Iterator[str]:
    place = 0
    for each in found:
        yield text[place : each.start] + MASK
        place = each.end
    yield text[place:]


def _plain(text: str) -> str:
    """The same text, place for place, with plain digits, letters, dashes and spaces."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    kind = category(character)
    if kind == "Zs":
        return " "
    if kind == "Pd" or character == "\u2212":
        return "-"
    folded = normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


_REGIONS = {
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
    71, 81, 82, 83,
}  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643: 2**(17 - i) mod 11


def _is_identity_number(text: str) -> bool:
    digits = re.sub(r"[ .-]", "", text).upper()
    if int(digits[:2]) not in _REGIONS:
        return False
    if len(digits) == 15:  # issued until 1999, without century and check digit
        return _is_date("19" + digits[6:12])
    check = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True)) % 11
    return _is_date(digits[6:14]) and "10X98765432"[check] == digits[17]


def _is_date(digits: str) -> bool:
    try:
        return 1850 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


_CARDS = re.compile(r"62\d{14,17}|(?:4|5[1-5]|2[2-7]|35)\d*(?<=^\d{16})|3[47]\d{13}")


def _is_bank_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not _CARDS.fullmatch(digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_plate(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= 3


def _always(_: str) -> bool:
    return True


def _is_international(text: str) -> bool:
    return 8 <= sum(character.isdigit() for character in text) <= 15  # ITU-T E.164


# A number counts only when it stands alone: not in a longer word, hash, amount or file name.
_ALONE, _END = r"(?<![0-9A-Za-z_])(?<![0-9]\.)", r"(?![0-9A-Za-z_])(?!\.[0-9])"
_AFTER_SIGN = r"(?<![0-9A-Za-z_])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PHONE_WORDS = "电话|手机|座机|热线|号码|联系方式|tel|phone|mobile|call"


def _kind(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.ASCII)


# Every repetition has a bound, so that reading takes time in proportion to the text's length.
_EMAIL = _kind(r"(?<![\w.+-])(?P<it>[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,20})")
_IDENTITY = _kind(rf"{_ALONE}(?P<it>\d{{6}}[ .-]?\d{{8}}[ .-]?\d{{3}}[ .-]?[\dX]|\d{{15}}){_END}")
_MOBILE = _kind(
    rf"""{_AFTER_SIGN}(?P<it>(?:(?:\+|00)?86[ -]{{0,3}})?1[3-9]\d[ .-]?
    (?:\d{{4}}[ .-]?\d{{4}}|\d{{3}}[ .-]?\d{{5}}|\d{{2}}[ -]\d{{3}}[ -]\d{{3}})){_END}"""
)
_CARD = _kind(
    rf"""{_ALONE}(?P<it>\d{{15,19}}|\d{{4}}(?P<gap>[ -])\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{3,4}}
    (?:(?P=gap)?\d{{1,3}})?){_END}"""
)
_AREA = r"(?:010|02\d|0[3-9]\d\d)"
_LANDLINE = _kind(rf"{_ALONE}(?P<it>(?:\({_AREA}\)|{_AREA})[ -]{{0,3}}[2-9]\d{{2,3}}[ -]?\d{{4}}){_END}")
_INTERNATIONAL = _kind(rf"(?<![0-9A-Za-z_+])(?P<it>\+[1-9]\d{{0,14}}(?:[ -]\d{{2,8}}){{0,6}}){_END}")
_LOCAL = _kind(rf"(?:{_PHONE_WORDS})[\s:：是为]{{0,4}}(?P<it>[2-9]\d{{2,3}}[ -]?\d{{4}}){_END}")
_PLATE = _kind(
    rf"""(?P<it>[{_PROVINCES}][A-HJ-NP-Z][ ·•・.-]?
    (?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[挂学警港澳领])){_END}"""
)

_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", _EMAIL, _always),
    ("id_number", _IDENTITY, _is_identity_number),
    ("phone", _MOBILE, _always),
    ("bank_card", _CARD, _is_bank_card),
    ("phone", _LANDLINE, _always),
    ("phone", _INTERNATIONAL, _is_international),
    ("phone", _LOCAL, _always),
    ("plate", _PLATE, _is_plate),
)
