"""The numbers that Word counts by itself and does not write into the text: `Counter.number(paragraph)`.

Levels count up, and start again when a higher one moves; the pattern (第%1章, %1.%2) is the list's own.
"""

from typing import Any

from docx.oxml.ns import qn

_DEEPEST = 8  # Word has nine levels; a number from a stranger's file is not counted up to
_CHINESE = "零一二三四五六七八九"


class Counter:
    """Counts the list levels of one file while it is read in order."""

    def __init__(self, word: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        try:
            self._learn(word.part.numbering_part.element)
        except (KeyError, NotImplementedError, AttributeError):
            return  # a file without lists has no such part

    def _learn(self, numbering: Any) -> None:
        for abstract in numbering.findall(qn("w:abstractNum")):
            name = abstract.get(qn("w:abstractNumId"))
            for level in abstract.findall(qn("w:lvl")):
                at = int(level.get(qn("w:ilvl"), "0"))
                parts = [level.find(qn(f"w:{one}")) for one in ("numFmt", "lvlText", "start")]
                form, text, start = ("" if part is None else part.get(qn("w:val"), "") for part in parts)
                self._levels[name, at] = (form, text, int(start) if start.isdigit() else 1)
        for number in numbering.findall(qn("w:num")):
            used = number.find(qn("w:abstractNumId"))
            if used is not None:
                self._abstract[number.get(qn("w:numId"))] = used.get(qn("w:val"))

    def number(self, paragraph: Any, style: Any) -> str:
        """The number shown before the paragraph, with a space; empty for none and for bullets."""
        found = _numbering(paragraph) or (_numbering(style.element) if style is not None else None)
        if found is None or found[0] not in self._abstract:
            return ""
        name, at = self._abstract[found[0]], found[1]
        form, text, start = self._levels.get((name, at), ("", "", 1))
        self._counts[name, at] = self._counts.get((name, at), start - 1) + 1
        for deeper in [key for key in self._counts if key[0] == name and key[1] > at]:
            del self._counts[deeper]
        if form in ("bullet", "none", "") or not text:
            return ""
        for level in range(at + 1):
            style_of, _, first = self._levels.get((name, level), ("decimal", "", 1))
            text = text.replace(f"%{level + 1}", _written(self._counts.get((name, level), first), style_of))
        return f"{text} "


def _numbering(element: Any) -> tuple[str, int] | None:
    properties = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if properties is None:
        return None
    number, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
    if number is None:
        return None
    at = int(level.get(qn("w:val"), "0")) if level is not None else 0
    return number.get(qn("w:val"), ""), max(0, min(at, _DEEPEST))


def _written(value: int, form: str) -> str:
    if form.startswith(("chineseCounting", "taiwaneseCounting", "ideographTraditional", "japaneseCounting")):
        tens, ones = divmod(value, 10)
        return ("" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens % 10]}十") + (
            _CHINESE[ones] if ones or not tens else ""
        )
    if form == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(ord("①") + value - 1)
    if form in ("lowerLetter", "upperLetter") and 1 <= value <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + value - 1)
    return str(value)
