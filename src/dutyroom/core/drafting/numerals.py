"""Numbers as plans write them: 3, 三, 十二, ③, Ⅲ, three -> int, or None. Refuses to guess at 数, 若干, several."""

import unicodedata

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_ENGLISH = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}


def read_number(text: str) -> int | None:
    """The number a short text states; None where it states none."""
    plain = unicodedata.normalize("NFKC", text).strip(" ()")
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        return int(plain)
    if plain.upper() in _ROMAN:
        return _ROMAN[plain.upper()]
    if plain.lower() in _ENGLISH:
        return _ENGLISH[plain.lower()]
    return _chinese(plain)


def _chinese(text: str) -> int | None:
    """Numbers below 1,000 in Chinese signs."""
    if not text or any(sign not in _DIGITS and sign not in "十百" for sign in text):
        return None
    total, digit = 0, None
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (1 if digit is None else digit) * (10 if sign == "十" else 100)
            digit = None
    return total + (digit or 0)
