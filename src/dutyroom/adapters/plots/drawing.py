"""The small means of every plot: `Plot` and `Table`, text, lines, marks and patterns as SVG without a library.

Presentation attributes only, no styles and no scripts, so that a page with a strict content policy shows it. Colours
are Okabe and Ito's (2008), told apart by colour-blind readers; whatever a colour says, a pattern, a dash or a shape
says too, so that a grey print loses nothing.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, Milliseconds
from dutyroom.wording.narrate import span

INK, FAINT, PAPER = "#1a1a1a", "#c8c8c8", "#ffffff"
BLUE, ORANGE, GREEN, RED, SKY, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
SIZE = 13  # of the type, in pixels
WIDTH = 900
KINDS = ("hard", "soft", "default")
KIND_COLOURS = {"hard": BLUE, "soft": ORANGE, "default": SKY}

_STEPS = (
    SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
    20 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY,
    100 * DAY, 400 * DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a plot: a heading and rows, all of them texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing as a whole SVG document, its title, and its numbers."""

    svg: str
    table: Table
    title: str


def document(title: str, height: float, parts: Sequence[str]) -> str:
    """The SVG. Its title is read to those who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {number(height)}" width="{WIDTH}" '
        f'height="{number(height)}" role="img" font-family="sans-serif" font-size="{SIZE}" fill="{INK}">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{WIDTH}" height="{number(height)}" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def patterns(plot: str) -> str:
    """The fills of hard, soft and default clocks and of lateness, under ids of this plot's own."""
    return (
        "<defs>"
        + "".join(
            f'<pattern id="{plot}-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{ground}"/>{sign}</pattern>'
            for name, ground, sign in (
                ("hard", BLUE, ""),
                (
                    "soft",
                    PAPER,
                    f'<rect width="8" height="8" fill="{ORANGE}" fill-opacity="0.45"/>'
                    f'<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke="{INK}" stroke-width="1.2"/>',
                ),
                ("default", PAPER, f'<circle cx="4" cy="4" r="1.5" fill="{INK}"/>'),
                (
                    "late",
                    PAPER,
                    f'<rect width="8" height="8" fill="{RED}" fill-opacity="0.5"/>'
                    f'<path d="M-2 6l4 4M0 0l8 8M6-2l4 4" stroke="{INK}" stroke-width="1.4"/>',
                ),
            )
        )
        + "</defs>"
    )


def number(value: float) -> str:
    """A coordinate with one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(
    x: float, y: float, words: str, anchor: str = "start", *, bold: bool = False, size: int = SIZE
) -> str:
    """Words whose baseline is at `y`."""
    weight = ' font-weight="bold"' if bold else ""
    scale = f' font-size="{size}"' if size != SIZE else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{weight}{scale}>{escape(words)}</text>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1, dash: str = ""
) -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    points = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {points} stroke="{colour}" stroke-width="{number(width)}"{dashed}/>'


def box(x: float, y: float, width: float, height: float, fill: str, *, edge: str = INK) -> str:
    """A rectangle, never too thin to be seen."""
    size = f'width="{number(max(width, 1.2))}" height="{number(height)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} fill="{fill}" stroke="{edge}" stroke-width="0.8"/>'


def mark(shape: str, x: float, y: float, fill: str = INK) -> str:
    """A small sign: circle, ring, square, diamond, triangle, cross or bar, 10 pixels across."""
    a, b = number(x), number(y)
    if shape in ("circle", "ring"):
        inside = PAPER if shape == "ring" else fill
        return f'<circle cx="{a}" cy="{b}" r="4.5" fill="{inside}" stroke="{fill}" stroke-width="1.6"/>'
    path = {
        "square": "m-4-4h8v8h-8z",
        "diamond": "m0-6l6 6l-6 6l-6-6z",
        "triangle": "m0-5.5l5.5 9.5h-11z",
        "cross": "m-4.5-4.5l9 9m0-9l-9 9",
        "bar": "m0-7v14",
    }[shape]
    inside = "none" if shape in ("cross", "bar") else fill
    ring = f'stroke="{fill}" stroke-width="2.4"' if inside == "none" else f'stroke="{INK}" stroke-width="0.8"'
    return f'<path d="M{a} {b}{path}" fill="{inside}" {ring}/>'


def wide(words: str, size: int = SIZE) -> float:
    """About how wide the words are in a sans-serif type."""
    return sum(
        size if unicodedata.east_asian_width(sign) in "WF" else 0.56 * size for sign in words
    )  # a little too much rather than too little


def fitted(words: str, width: float, size: int = SIZE) -> str:
    """The words, cut off with a sign where they are wider."""
    if wide(words, size) <= width:
        return words
    while words and wide(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def label(right: float, middle: float, words: str, width: float) -> str:
    """Words that end at `right`, in one line or two around `middle`; what is longer still is cut off."""
    if wide(words) <= width:
        return text(right, middle + 4.5, words, "end")
    cut = next((place for place in range(len(words), 0, -1) if wide(words[:place]) <= width), 1)
    blank = words.rfind(" ", cut // 2, cut + 1)
    cut = blank if blank > 0 else cut
    rest = fitted(words[cut:].lstrip(), width)
    return text(right, middle - 3, words[:cut].rstrip(), "end") + text(right, middle + 12, rest, "end")


def ticks(longest: Milliseconds, most: int = 8) -> Iterator[Milliseconds]:
    """Round times from zero to the longest, evenly spaced."""
    step = next((one for one in _STEPS if longest / one <= most), _STEPS[-1])
    yield from range(0, longest + 1, step)


def tick_label(time: Milliseconds, lang: str) -> str:
    """A round time in words; zero as a number."""
    return span(time, lang) if time else "0"


def legend(left: float, y: float, entries: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Signs (drawn around their origin) with words, in lines; and where the lines end."""
    parts, x = [], left
    for sign, words in entries:
        width = 34 + wide(words) + 16
        if x + width > WIDTH - 8 and x > left:
            x, y = left, y + 22
        parts.append(f'<g transform="translate({number(x + 12)} {number(y - 4)})">{sign}</g>')
        parts.append(text(x + 30, y, words))
        x += width
    return "".join(parts), y
