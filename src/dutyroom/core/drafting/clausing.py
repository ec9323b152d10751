"""A document cut into clauses: every sentence and every table row, word for word, with its number and its headings.

What is dropped: contents pages, page numbers and empty lines. A heading becomes no clause of its own but stands over
those that follow it; whatever could be a sentence is kept as one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from dutyroom.core.drafting.chaptering import chapter_of, general_chapter, type_of
from dutyroom.core.drafting.numbering import Number, Outline, number_of
from dutyroom.core.drafting.paper import Document, Paragraph, Table
from dutyroom.core.drafting.posts import group_in

_ENDS = re.compile(r"(?<=[。！？；])(?![”’）)])|(?<=[a-z)\]%][.!?;])\s+(?=[A-Z(“\"])")
_RINGS = re.compile(r"(?=[①-⑳])|(?=(?:(?<=[：:。；;，,])|(?<=\s))[（(]\d{1,2}[）)])")
_CONTENTS_LINE = re.compile(r".{1,60}?(?:[.．·…]{4,}|\t+)\s*\d{1,3}\s*$")
_PAGE_LINE = re.compile(
    r"[-—–\s]*(?:第\s*)?\d{1,3}\s*(?:页)?(?:\s*[/共]\s*\d{1,3}\s*页?)?[-—–\s]*$|Page \d+( of \d+)?$"
)
_HEADING_STYLES = ("chapter", "section", "decimal", "comma", "brackets", "figure", "plain", "small")
_SAYS = re.compile(r"[。；！？：:，,;!?]|\.\s*$")
_LABEL_ONLY = re.compile(r"[^：:。；]{2,30}[：:]\s*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence or table row: what a clause is made from.

    `headings` are those above it, highest first; `general` is its chapter in a general plan's order; `label` is the
    short line with a colon that introduces the list it stands in.
    """

    id: str
    text: str
    chapter: str = ""
    general: str = ""
    headings: tuple[str, ...] = ()
    label: str = ""
    page: int = 0
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The nearest heading."""
        return self.headings[-1] if self.headings else ""


@dataclass(frozen=True, slots=True)
class Cut:
    """The whole paper, cut: its title, its type, its passages."""

    title: str
    type: str
    passages: tuple[Passage, ...]


def cut(document: Document) -> Cut:
    """The passages of a paper in order, each with an id of its own."""
    title, rest = _title(document)
    cutter = _Cutter(type_of(title))
    lines = list(_lines(rest))
    for at, block in enumerate(lines):
        if isinstance(block, Table):
            cutter.table(block)
        else:
            cutter.line(block, lines[at + 1] if at + 1 < len(lines) else None)
    return Cut(title, cutter.type, tuple(cutter.passages))


def _title(document: Document) -> tuple[str, tuple[Paragraph | Table, ...]]:
    """The first short line without a number that names a plan; it is no clause. Else the file's name."""
    for at, block in enumerate(document.blocks[:12]):
        if not isinstance(block, Paragraph):
            continue
        text = " ".join(block.text.split())
        if re.search(r"预案|方案|处置卡|\bplan\b|procedure", text, re.IGNORECASE) and 3 < len(text) < 80:
            if number_of(text) is None and not re.search(r"[。；：:，]", text):
                return text, (*document.blocks[:at], *document.blocks[at + 1 :])
            if block.heading == 1 and number_of(text) is None:
                return text, (*document.blocks[:at], *document.blocks[at + 1 :])
    return document.name, document.blocks


@dataclass(slots=True)
class _Cutter:
    type: str
    outline: Outline = field(default_factory=Outline)
    headings: list[tuple[int, str]] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    label: str = ""

    def line(self, block: Paragraph, following: Paragraph | Table | None) -> None:
        """One line of the paper; what follows it says whether a short one is a heading."""
        number = number_of(block.text)
        if _is_heading(block, number) or (number and _stands_over(block.text[number.length :], following)):
            self._heading(block, number)
            return
        if number:
            self.outline.enter(number)
        rest, before = block.text[number.length if number else 0 :], self.label
        for place, sentence in enumerate(_sentences(block.text)):
            self._passage(sentence, block.page)
            if not place and (group := group_in(rest)):
                self.label = f"{group}："  # what follows in the line is said of the group it began with
        self.label = before
        if _LABEL_ONLY.match(block.text):
            self.label = block.text
        elif number is None:
            self.label = ""

    def _heading(self, block: Paragraph, number: Number | None) -> None:
        self.label = ""
        if number:
            self.outline.enter(number)
        depth = block.heading or len(self.outline.path) or 1
        if number and not block.heading:
            depth = len(self.outline.path)
        self.headings = [one for one in self.headings if one[0] < depth]
        self.headings.append((depth, block.text))

    def _passage(
        self, text: str, page: int, cells: tuple[str, ...] = (), columns: tuple[str, ...] = ()
    ) -> None:
        headings = tuple(one for _, one in self.headings)
        self.passages.append(
            Passage(
                self._id(),
                text,
                self._chapter(headings),
                next((found for one in reversed(headings) if (found := general_chapter(one))), ""),
                headings,
                self.label if self.label != text else "",
                page,
                cells,
                columns,
            )
        )

    def _chapter(self, headings: tuple[str, ...]) -> str:
        return next((found for one in reversed(headings) if (found := chapter_of(one, self.type))), "")

    def _id(self) -> str:
        """The number of the place; of several sentences there, each has its own."""
        name = self.outline.name or "0"
        count = self.taken[name] = self.taken.get(name, 0) + 1
        return name if count == 1 and name != "0" else f"{name}-{count}"

    def table(self, table: Table) -> None:
        rows = [tuple(" ".join(cell.split()) for cell in row) for row in table.rows]
        rows = [row for row in rows if any(row)]
        columns = rows[0] if len(rows) > 1 else ()
        for row in rows[1:] if columns else rows:
            text = " | ".join(cell for cell in row if cell)
            self._passage(text, table.page, row, columns)


def _lines(blocks: Iterable[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    """Tables, and paragraphs line by line, without contents pages, page numbers and empty lines."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            continue
        for line in block.text.split("\n"):
            text = re.sub(r"[ \t\u3000\xa0]+", " ", line).strip()
            if text and not _CONTENTS_LINE.match(line.strip()) and not _PAGE_LINE.match(text):
                yield replace(block, text=text)


def _stands_over(text: str, following: Paragraph | Table | None) -> bool:
    """A short line without a stop, over running text that has no number of its own."""
    return (
        2 <= len(text) <= 12
        and not _SAYS.search(text)
        and not text.isascii()
        and isinstance(following, Paragraph)
        and number_of(following.text) is None
        and (len(following.text) > 20 or following.text.startswith("由"))
    )


def _is_heading(block: Paragraph, number: Number | None) -> bool:
    """A styled heading, or a short numbered line that says nothing: no stop, no comma, no colon."""
    text = block.text[number.length :] if number else block.text
    if block.heading:
        return len(text) <= 60 and not re.search(r"[。；]", text)
    if number is None:
        return len(text) <= 12 and not _SAYS.search(text) and not text.isascii() and _names_a_chapter(text)
    if number.style not in _HEADING_STYLES or len(text) > 26 or not text:
        return False
    if _SAYS.search(text.rstrip("：:")):
        return False
    if number.style in ("figure", "brackets", "plain") and text.isascii():
        return text.isupper() or text.istitle()
    return number.style in ("chapter", "section", "decimal", "comma") or _names_a_chapter(text)


def _names_a_chapter(text: str) -> bool:
    return (
        len(text) <= 20
        and (
            general_chapter(text) != ""
            or bool(re.search(r"(组|队|办公室|指挥部|小组|中心)(的?职责)?$", text))
        )
        and not re.search(r"^(立即|及时|迅速|组织(?!机构|体系|指挥|架构)|负责|做好|对|向|按|将|由|在)", text)
    )


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph; a list run into one paragraph gives one each item."""
    parts = _RINGS.split(text) if len(_RINGS.findall(text)) > 1 else [text]
    for part in parts:
        for sentence in _ENDS.split(part):
            if re.search(r"\w", sentence):
                yield sentence.strip()
