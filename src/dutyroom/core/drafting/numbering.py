"""Which number a line of a plan carries, and where that puts it: 第一章, 一、, （一）, 1.1, 1), ①, (a).

Plans nest these styles in every order, so the order is learnt from the paper itself: a style seen before closes
everything under it, a new one goes deeper. Knows nothing of what the line says.
"""

import re
from dataclasses import dataclass, field

from dutyroom.core.drafting.numerals import read_number

_CHINESE = "[一二三四五六七八九十百零〇两]{1,4}"
_DECIMAL = r"\d{1,2}(?:[.．]\d{1,2}){1,5}"
STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第\s*({_CHINESE}|\d{{1,3}})\s*[章篇部]分?[\s、.．:：]*")),
    ("section", re.compile(rf"第\s*({_CHINESE}|\d{{1,3}})\s*[节条]分?[\s、.．:：]*")),
    ("decimal", re.compile(rf"({_DECIMAL})(?![\d.．]*\s*(?:%|％|[°℃度米万亿元]|[mk]m\b|倍))[\s、.．:：]*")),
    ("comma", re.compile(rf"({_CHINESE})\s*、\s*")),
    ("brackets", re.compile(rf"[（(]\s*({_CHINESE})\s*[）)][\s、.．:：]*")),
    ("figure", re.compile(r"(\d{1,2})\s*(?:、|[.．](?!\d))\s*")),
    ("plain", re.compile(r"(\d{1,2})\s+(?=[^\d\s年月日:：分小时人])")),
    ("round", re.compile(r"[（(]\s*(\d{1,2})\s*[）)][\s、.．:：]*")),
    ("small", re.compile(r"([⑴-⒇])[\s、.．:：]*")),
    ("half", re.compile(r"(\d{1,2})\s*[）)]\s*")),
    ("ring", re.compile(r"([①-⑳])[\s、.．:：]*")),
    ("letter", re.compile(r"[（(]?([a-zA-Z])[）)]\s*")),
)
_STEP = re.compile(r"[Ss]tep\s+(\d{1,2})\s*[:.]\s*")


@dataclass(frozen=True, slots=True)
class Number:
    """The style of a number, its value or values, and how many characters of the line it takes."""

    style: str
    values: tuple[int, ...]
    length: int


def number_of(line: str) -> Number | None:
    """The number at the start of a line."""
    for style, pattern in (*STYLES, ("step", _STEP)):
        match = pattern.match(line)
        if match is None:
            continue
        values = _values(style, match[1])
        if values:
            return Number(style, values, match.end())
    return None


def _values(style: str, text: str) -> tuple[int, ...]:
    if style == "decimal":
        return tuple(int(part) for part in re.split("[.．]", text))
    if style == "letter":
        return (ord(text.lower()) - ord("a") + 1,)
    value = read_number(text)
    return () if value is None else (value,)


@dataclass(slots=True)
class Outline:
    """Where in the paper we are: a path of (style, value), fed with one number after the other."""

    path: list[tuple[str, int]] = field(default_factory=list)

    def enter(self, number: Number) -> str:
        """Move to the number and answer its full path as `3.1.2`."""
        if number.style == "decimal" or self._next_chapter(number):
            self.path = [("decimal", value) for value in number.values]
        else:
            self._leave(number.style)
            self.path.append((number.style, number.values[0]))
        return self.name

    def _next_chapter(self, number: Number) -> bool:
        """`2 Organisation` after 1.4.3: a chapter whose sections are decimals has its number without a mark."""
        decimal = not self.path or self.path[0][0] == "decimal"
        last = self.path[0][1] if self.path else 0
        return number.style == "plain" and decimal and number.values[0] == last + 1

    def _leave(self, style: str) -> None:
        """Close what the style closes. Chapters close all; a plain figure follows its decimals' first part."""
        styles = [one for one, _ in self.path]
        if style == "chapter":
            self.path.clear()
        elif style in styles:
            del self.path[styles.index(style) :]
        elif style == "comma" and "chapter" not in styles and "section" not in styles:
            self.path.clear()

    @property
    def name(self) -> str:
        return ".".join(str(value) for _, value in self.path)
