"""A PDF with a text layer to a document: lines joined to paragraphs, page headers and footers dropped.

A scan has no text and says so; a locked or damaged file likewise. Tables are not drawn in the text layer, so a row is
a line of cells where the file keeps their distance.
"""

import io
import logging
import re
import time
from collections import Counter
from collections.abc import Iterator

from pypdf import PdfReader, apply_configuration

from dutyroom.core.drafting.numbering import number_of
from dutyroom.core.drafting.paper import LARGEST, Document, Paragraph, Table
from dutyroom.core.findings import Finding

PAGES = 400
STREAM = 8_000_000  # bytes of one unpacked stream: a page of text has some 50,000
OPERATIONS = 1_000_000  # drawing operations of the whole file: a page of text has some 2,000
SECONDS = 30
_OPEN = re.compile(r"[^。；！？：:.;!?)）]$")
_WIDE = re.compile(r"\s{3,}|\t")
_LABELLED = re.compile(r"^[^：:，。]{2,16}[：:]")


def read_pdf(data: bytes, name: str) -> Document | Finding:
    """The text in order, or why there is none."""
    with apply_configuration(
        zlib_maximum_output_length=STREAM,
        lzw_maximum_output_length=STREAM,
        run_length_maximum_output_length=STREAM,
        array_based_stream_maximum_output_length=STREAM,
    ):
        return _read(data, name)


def _read(data: bytes, name: str) -> Document | Finding:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on a stranger's file help nobody
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Finding("draft.paper.locked", "error", name, {"file": name})
        if len(reader.pages) > PAGES:
            return Finding("draft.paper.too_many_pages", "error", name, {"file": name, "limit": PAGES})
        pages = list(_pages(reader))
    except Exception:  # a damaged file fails in zlib, in pypdf or in Python: to the user it is one fault
        return Finding("draft.paper.damaged", "error", name, {"file": name})
    if sum(len(re.findall(r"\w", page)) for page in pages) < len(pages):
        return Finding("draft.paper.scanned", "error", name, {"file": name})
    return Document(tuple(_blocks(pages)), name)


class _Patience:
    """Called before each drawing operation: a few bytes of forms that draw each other can ask for billions."""

    def __init__(self) -> None:
        self._left = OPERATIONS
        self._until = time.monotonic() + SECONDS

    def __call__(self, *operation: object) -> None:
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._until:
            raise ValueError("more drawing than any plan has")


def _pages(reader: PdfReader) -> Iterator[str]:
    total = 0
    patience = _Patience()
    for page in reader.pages:
        text = page.extract_text(visitor_operand_before=patience) or ""
        total += len(text)
        yield text
        if total > LARGEST:
            return


def _blocks(pages: list[str]) -> Iterator[Paragraph | Table]:
    furniture = _furniture(pages)
    rows: list[tuple[str, ...]] = []
    joined, page_of = "", 0
    for number, page in enumerate(pages, 1):
        for line in page.splitlines():
            text = line.strip()
            if not text or _same(text) in furniture:
                continue
            cells = tuple(cell.strip() for cell in _WIDE.split(text))
            if (len(cells) >= 3 and number_of(text) is None) or (rows and len(cells) == len(rows[0])):
                if joined:
                    yield Paragraph(joined, page=page_of)
                    joined = ""
                rows.append(cells)
                continue
            if rows:
                yield (
                    Table(tuple(rows), number) if len(rows) > 1 else Paragraph(" ".join(rows[0]), page=number)
                )
                rows = []
            if joined and _goes_on(joined, text):
                joined += ("" if joined[-1] > "⺀" or text[0] > "⺀" else " ") + text
                continue
            if joined:
                yield Paragraph(joined, page=page_of)
            joined, page_of = text, number
    if joined:
        yield Paragraph(joined, page=page_of)
    if rows:
        yield Table(tuple(rows), len(pages))


def _goes_on(before: str, text: str) -> bool:
    """A line continues the one before when that was long and open, and this begins nothing of its own."""
    if number_of(text) is not None or _LABELLED.match(text) or text[0] in "•-–●":
        return False
    wide = sum(2 if sign > "⺀" else 1 for sign in before[-400:])
    return bool(_OPEN.search(before)) and wide >= 50


def _furniture(pages: list[str]) -> frozenset[str]:
    """Lines at the edges of pages that come on most of them: headers, footers, page numbers."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        seen.update({_same(line) for line in (*lines[:2], *lines[-2:])})
    return frozenset(line for line, count in seen.items() if len(pages) >= 3 and count * 2 > len(pages))


def _same(line: str) -> str:
    return re.sub(r"\d+", "#", line)
