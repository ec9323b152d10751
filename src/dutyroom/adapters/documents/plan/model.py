"""A printed plan as neutral blocks in one language: what the PDF and the .docx both draw.

It refuses to know paper, fonts and file formats; text in it is plain, and no block is left to one of the two formats.
"""

from dataclasses import dataclass

from dutyroom.adapters.documents.plan.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stands in the contents; `level` 1 to 3."""

    text: str
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `lead` stands before it in bold (the number of a clause); `small` is for notes."""

    text: str
    lead: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, the columns repeated on every page; without columns the first cell of a row is its label.

    `widths` are shares of the page's width, one a column. A cell's lines are parted by line feeds.
    """

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its caption; `alt` says in words what it shows."""

    drawing: Drawing
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """A page of its own that is cut out and carried: a heading of the contents, a title bar, parts below it."""

    heading: str
    title: str
    parts: tuple["Text | Table", ...]


Block = Heading | Text | Table | Figure | Card


@dataclass(frozen=True, slots=True)
class Cover:
    """Number and version above, unit, title and date in the middle; `state` says what a draft is."""

    facts: tuple[tuple[str, str], ...]
    unit: str
    title: str
    date: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class SignaturePage:
    """A page to be signed by hand: a text, then a line a signer under the columns."""

    heading: str
    text: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """The whole document; the contents follow the first page to sign.

    `page` is the footer's page number with {p} and {n} in it.
    """

    lang: str
    title: str
    cover: Cover
    signatures: tuple[SignaturePage, ...]
    contents: str
    footer: str
    page: str
    blocks: tuple[Block, ...]
    date: tuple[int, int, int]
