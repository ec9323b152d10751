"""Plain text and Markdown to a document. Encodings: UTF-8, UTF-16 with its mark, GB 18030 (so GBK and GB 2312).

Tables are Markdown's, or lines of cells between tabs. Lines are paragraphs: plans are written line by line.
"""

import re
from collections.abc import Iterator

from dutyroom.adapters.papers.lengths import shortened
from dutyroom.core.drafting.paper import Document, Paragraph, Table
from dutyroom.core.findings import Finding
from dutyroom.core.planfile import decode

_RULE = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_MARKS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)")


def read_text(data: bytes, name: str) -> Document | Finding:
    """A .txt file."""
    text, found = decode(data)
    if (not text and found) or "\x00" in text:
        return Finding("draft.paper.not_text", "error", name, {"file": name})
    return Document(tuple(_blocks(text, markdown=False)), name)


def read_markdown(data: bytes, name: str) -> Document | Finding:
    """A .md file: its headings are headings, its tables are tables, its marks of emphasis are dropped."""
    text, found = decode(data)
    if (not text and found) or "\x00" in text:
        return Finding("draft.paper.not_text", "error", name, {"file": name})
    return Document(tuple(_blocks(text, markdown=True)), name)


def _blocks(text: str, *, markdown: bool) -> Iterator[Paragraph | Table]:
    rows: list[tuple[str, ...]] = []
    for line in shortened(text.splitlines()):
        cells = _cells(line, markdown=markdown)
        if cells:
            rows.append(cells)
            continue
        if _RULE.match(line.strip()) and (rows or set(line.strip()) == {"-"}):
            continue
        if rows:
            yield from _table(rows)
            rows = []
        if line.strip() in ("```", "---", "***") or line.strip().startswith("```"):
            continue
        heading = _HEADING.match(line.strip()) if markdown else None
        plain = _MARKS.sub("", heading[2] if heading else line) if markdown else line
        if plain.strip():
            yield Paragraph(re.sub(r"^\s*[-*+•]\s+", "", plain).strip(), len(heading[1]) if heading else 0)
    if rows:
        yield from _table(rows)


def _table(rows: list[tuple[str, ...]]) -> Iterator[Paragraph | Table]:
    if len(rows) > 1:
        yield Table(tuple(rows))
    else:
        yield Paragraph(" ".join(cell for cell in rows[0] if cell))


def _cells(line: str, *, markdown: bool) -> tuple[str, ...]:
    if line.count("|") >= 2 and (markdown or line.strip().startswith("|")) and not _RULE.match(line.strip()):
        cells = line.strip().strip("|").split("|")
    elif line.strip("\t").count("\t") >= 1 and not re.search(r"\t\s*\d{1,3}\s*$", line):
        cells = re.split(r"\t+", line.strip("\t"))
    else:
        return ()
    return tuple(_MARKS.sub("", cell).strip() for cell in cells)
