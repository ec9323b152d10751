"""Which characters of a text the PDF's fonts cannot draw: a PDF is silent about them, so we are not.

Reads the fonts' own character map (OpenType `cmap`, subtable format 12). It refuses to know shapes and
layout.
"""

import struct
from dataclasses import astuple
from functools import cache
from pathlib import Path
from unicodedata import category

from dutyroom.adapters.documents.layout import lay_out
from dutyroom.core.findings import Finding
from dutyroom.core.review import Review

FONTS = Path(__file__).parent / "fonts"
GETA = "〓"  # what Chinese and Japanese printers set where a character is not at hand


def missing_glyphs(review: Review, lang: str = "zh") -> tuple[Finding, ...]:
    """One warning that lists the characters the PDF will show as 〓; nothing when there are none."""
    missing = sorted(set("".join(_texts(astuple(lay_out(review, lang))))) - drawable() - _UNDRAWN)
    if not missing:
        return ()
    listed = " ".join(f"{each} (U+{ord(each):04X})" for each in missing)
    return (Finding("document.glyph_missing", "warning", "review.pdf", {"characters": listed}),)


def drawn(text: str) -> str:
    """The text as the fonts can draw it: others as 〓, control and joining characters left out."""
    known = drawable()
    kept = (each for each in text if each in known or each == "\n" or category(each)[0] not in "CM")
    return "".join(each if each in known or each == "\n" else GETA for each in kept)


@cache
def drawable() -> frozenset[str]:
    """Every character that both weights have."""
    regular, bold = (
        _characters((FONTS / f"NotoSansSC-{weight}.ttf").read_bytes()) for weight in ("Regular", "Bold")
    )
    return regular & bold


_UNDRAWN = frozenset("\n\r\t\ufe0e\ufe0f\u200b\u200c\u200d\u2060\ufeff")


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for each in value for text in _texts(each)] if isinstance(value, tuple) else []


def _characters(font: bytes) -> frozenset[str]:
    table = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    found: set[str] = set()
    for place in range(count):
        (offset,) = struct.unpack_from(">I", table, 4 + place * 8 + 4)
        if struct.unpack_from(">H", table, offset) == (12,):
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", table, offset + 16 + group * 12)
                found.update(map(chr, range(first, last + 1)))
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(count):
        name, _, offset, length = struct.unpack_from(">4sIII", font, 12 + place * 16)
        if name == tag:
            return font[offset : offset + length]
    raise ValueError(f"the font has no {tag!r} table")
