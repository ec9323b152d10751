"""Boxes, lines and labels on a sheet measured in millimetres, and the same as SVG.

Texts are wrapped here, with widths estimated on the wide side, so that every program draws the same lines. It refuses
to know what the boxes mean.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

LINE = 1.32  # the height of a line in sizes of its letters
_NEVER_FIRST = "，。、；：）》”’！？」』】,.;:)!?%"
_NARROW = {" ": 0.28, "i": 0.3, "l": 0.3, "j": 0.32, "t": 0.4, "f": 0.38, "r": 0.42, "m": 0.93, "w": 0.84}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `size` in millimetres."""

    text: str
    size: float = 2.6
    bold: bool = False
    grey: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with lines of text from its top; `look`: plain, head, soft (dashed), bar (filled), bare (no edge)."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...] = ()
    look: str = "plain"
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, with an arrow at its end unless told otherwise."""

    points: tuple[tuple[float, float], ...]
    arrow: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands on the sheet, in the order in which it is drawn."""

    width: float
    height: float
    parts: tuple[Box | Path, ...]

    def svg(self) -> str:
        """The drawing as SVG in the fonts that are shipped; the same drawing gives the same text."""
        body = "".join(_box(part) if isinstance(part, Box) else _path(part) for part in self.parts)
        size = f'width="{self.width:g}mm" height="{self.height:g}mm"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width:g} {self.height:g}" '
            f'font-family="Noto Sans SC">{body}</svg>'
        )


def text_width(text: str, size: float) -> float:
    """About how wide the text is, in the unit of `size`; rather too wide than too narrow."""
    return size * sum(_em(each) for each in text)


def wrapped(text: str, width: float, size: float, bold: bool = False, grey: bool = False) -> tuple[Line, ...]:
    """The text in lines no wider than `width`. Western words stay whole unless one alone is too wide."""
    lines, line = [], ""
    for piece in _pieces(text, width, size):
        if line and text_width(line + piece.rstrip(), size) > width and piece not in _NEVER_FIRST:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.rstrip())
    return tuple(Line(one, size, bold, grey) for one in lines if one)


def text_height(lines: Iterable[Line]) -> float:
    """How high the lines stand together."""
    return sum(line.size * LINE for line in lines)


def _em(each: str) -> float:
    if east_asian_width(each) in "WFA":
        return 1.0
    return _NARROW.get(each, 0.7 if each.isupper() else 0.58)


def _pieces(text: str, width: float, size: float) -> Iterator[str]:
    """What must not be broken: a Chinese character, or a western word with the space after it."""
    word = ""
    for each in text.replace("\n", " "):
        if east_asian_width(each) in "WF" or text_width(word + each, size) > width:
            if word:
                yield word
            word = ""
        if east_asian_width(each) in "WF":
            yield each
        elif each == " ":
            yield word + each
            word = ""
        else:
            word += each
    if word:
        yield word


_FILLS = {"plain": "#ffffff", "head": "#e6edf5", "soft": "#fafafa", "bar": "#33475b"}


def _box(box: Box) -> str:
    dash = ' stroke-dasharray="1.2 0.9"' if box.look == "soft" else ""
    shape = "" if box.look == "bare" else _rectangle(box, dash)
    if not box.lines:
        return shape
    y = box.y + (box.height - text_height(box.lines)) / 2
    return shape + "".join(_lines(box, y))


def _rectangle(box: Box, dash: str) -> str:
    return (
        f'<rect x="{box.x:.2f}" y="{box.y:.2f}" width="{box.width:.2f}" height="{box.height:.2f}" rx="0.8" '
        f'fill="{_FILLS[box.look]}" stroke="#33475b" stroke-width="0.25"{dash}/>'
    )


def _lines(box: Box, y: float) -> Iterator[str]:
    for line in box.lines:
        y += line.size * LINE
        fill = "#ffffff" if box.look == "bar" else "#555555" if line.grey else "#111111"
        x = box.x + box.width / 2 if box.centred else box.x + 1.4
        anchor = ' text-anchor="middle"' if box.centred else ""
        weight = ' font-weight="700"' if line.bold else ""
        yield (
            f'<text x="{x:.2f}" y="{y - line.size * 0.3:.2f}" font-size="{line.size:g}" '
            f'fill="{fill}"{anchor}{weight}>{escape(line.text)}</text>'
        )


def _path(path: Path) -> str:
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in path.points)
    dash = ' stroke-dasharray="1.2 0.9"' if path.dashed else ""
    line = f'<polyline points="{points}" fill="none" stroke="#33475b" stroke-width="0.35"{dash}/>'
    return line + _arrow(path.points[-2], path.points[-1]) if path.arrow else line


def _arrow(source: tuple[float, float], target: tuple[float, float]) -> str:
    """A head at the end of a line that runs along an axis."""
    (x0, y0), (x, y) = source, target
    along_x, along_y = (x > x0) - (x < x0), (y > y0) - (y < y0)
    back_x, back_y = x - 1.8 * along_x, y - 1.8 * along_y
    points = (
        (x, y),
        (back_x - 0.9 * along_y, back_y - 0.9 * along_x),
        (back_x + 0.9 * along_y, back_y + 0.9 * along_x),
    )
    return f'<polygon points="{" ".join(f"{a:.2f},{b:.2f}" for a, b in points)}" fill="#33475b"/>'
