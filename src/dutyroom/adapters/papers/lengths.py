"""No paragraph longer than a person would write: what reads a paper looks at each for many things, some of them slow.

A longer one is cut into pieces; nothing of it is lost. Says nothing about the length of a whole paper.
"""

from collections.abc import Iterable, Iterator

from dutyroom.core.drafting.paper import Document, Paragraph, Table

LONGEST = 2_000  # characters; the longest paragraphs of published plans have some 800


def shortened(lines: Iterable[str]) -> Iterator[str]:
    """The lines, long ones in pieces."""
    for line in lines:
        yield from (line[at : at + LONGEST] for at in range(0, len(line) or 1, LONGEST))


def short(document: Document) -> Document:
    """The document with long paragraphs in pieces; a table with a long cell is no table, its cells are paragraphs."""
    return Document(tuple(_short(document)), document.name)


def _short(document: Document) -> Iterator[Paragraph | Table]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for piece in shortened([block.text]):
                yield Paragraph(piece, block.heading, block.page)
        elif all(len(cell) <= LONGEST for row in block.rows for cell in row):
            yield block
        else:
            for piece in shortened(cell for row in block.rows for cell in row if cell):
                yield Paragraph(piece, 0, block.page)
