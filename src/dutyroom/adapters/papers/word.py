"""A .docx file to a document: paragraphs with their outline level and the numbers Word counts itself, and tables.

The file is a stranger's: it is measured before it is unpacked. Headers, footers and text boxes are not read; deleted
text is left out, inserted text is kept.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document as open_docx
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from dutyroom.adapters.papers.counting import Counter
from dutyroom.core.drafting.paper import Document, Paragraph, Table
from dutyroom.core.findings import Finding

UNPACKED = 100_000_000
# Of these what can be read as XML: every byte of markup costs twenty of memory. 100 pages have some 5,000,000.
MARKUP = 12_000_000
PARTS = 3_000
COLUMNS = 200  # a cell that claims to be merged over more would be laid out a column at a time
# A bracket or white space in any encoding, or the mark of one: UTF-8, UTF-16, UTF-32, EBCDIC.
_XML_BEGINS = tuple(bytes([sign]) for sign in b"<\xef\xfe\x00L \t\r\n")
_STYLE_LEVEL = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


def read_docx(data: bytes, name: str) -> Document | Finding:
    """The paragraphs and tables in order, or why the file cannot be read."""
    damaged = Finding("draft.paper.damaged", "error", name, {"file": name})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if (
                len(parts) > PARTS
                or sum(part.file_size for part in parts) > UNPACKED
                or _markup(packed) > MARKUP
            ):
                return Finding(
                    "draft.paper.too_large", "error", name, {"file": name, "limit": UNPACKED // 1_000_000}
                )
            if "word/document.xml" not in packed.namelist():
                return Finding(
                    "draft.paper.unknown", "error", name, {"file": name, "known": "docx, pdf, txt, md"}
                )
        word = open_docx(io.BytesIO(data))
        if any(
            int(span.get(qn("w:val"), "1")) > COLUMNS for span in word.element.body.iter(qn("w:gridSpan"))
        ):
            return damaged
        return Document(tuple(_blocks(word)), name)
    except MemoryError:
        raise
    except Exception:  # a damaged archive fails in zip, XML, python-docx or lxml: to the user it is one fault
        return damaged


def _markup(packed: zipfile.ZipFile) -> int:
    """Bytes of the parts that an XML reader could take, whatever their names say: pictures begin otherwise."""
    total = 0
    for part in packed.infolist():
        with packed.open(part) as opened:
            first = opened.read(2)
        if first[:1] in _XML_BEGINS or first == b"\xff\xfe":
            total += part.file_size
    return total


def _blocks(word: Any) -> Iterator[Paragraph | Table]:
    counter = Counter(word)
    for child in word.element.body.iterchildren():
        yield from _block(child, word, counter)


def _block(child: Any, word: Any, counter: Counter) -> Iterator[Paragraph | Table]:
    if child.tag == qn("w:p"):
        paragraph = WordParagraph(child, word)
        text = _text(child)
        if text.strip():
            style = (paragraph.style.name or "") if paragraph.style is not None else ""
            if not style.lower().startswith("toc"):
                yield Paragraph(counter.number(child, paragraph.style) + text, _level(style, child))
    elif child.tag == qn("w:tbl"):
        yield Table(tuple(_rows(WordTable(child, word))))
    elif child.tag == qn("w:sdt"):
        content = child.find(qn("w:sdtContent"))
        for inner in content.iterchildren() if content is not None else ():
            yield from _block(inner, word, counter)


def _text(element: Any) -> str:
    """Text with its line breaks and tabs; what was deleted under tracking is not text."""
    parts = []
    for node in element.iter():
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag in (qn("w:br"), qn("w:cr")):
            parts.append("\n")
        elif node.tag == qn("w:tab") and node.getparent().tag == qn("w:r"):
            parts.append("\t")
    return "".join(parts)


def _level(style: str, element: Any) -> int:
    match = _STYLE_LEVEL.search(style)
    if match:
        return int(match[1])
    outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = int(outline.get(qn("w:val"), "9")) if outline is not None else 9
    return value + 1 if value < 9 else 0


def _rows(table: WordTable) -> Iterator[tuple[str, ...]]:
    """Cells of each row; a cell merged over columns stands once."""
    for row in table.rows:
        seen: list[Any] = []
        cells = []
        for cell in row.cells:
            if cell._tc not in seen:
                seen.append(cell._tc)
                cells.append("\n".join(_text(p._p) for p in cell.paragraphs).strip())
        yield tuple(cells)
