"""A written plan as a neutral document: numbered paragraphs and tables, in their order.

Knows neither file formats nor what the text means. Readers of formats make it; recognisers read it.
"""

from dataclasses import dataclass

LARGEST = 300_000  # characters; a county's general plan has some 30,000


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. `heading` is 1 for the highest heading and 0 for running text; `page` is 0 where unknown."""

    text: str
    heading: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as text; the first row is usually the heading."""

    rows: tuple[tuple[str, ...], ...]
    page: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """The paper in reading order. `name` is what the file was called, without its ending."""

    blocks: tuple[Paragraph | Table, ...]
    name: str = ""

    @property
    def characters(self) -> int:
        """How long the text is, tables included."""
        return sum(
            len(one.text)
            if isinstance(one, Paragraph)
            else sum(len(cell) for row in one.rows for cell in row)
            for one in self.blocks
        )
