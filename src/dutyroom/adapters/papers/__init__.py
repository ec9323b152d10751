"""Written plans in: .docx, .pdf, .txt and .md bytes -> a neutral `Document`, or one `Finding` that says why not.

One module a format. Whatever a file holds, reading never raises; what the words mean is `core.drafting`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dutyroom.adapters.papers.lengths import short
from dutyroom.adapters.papers.pdf import read_pdf
from dutyroom.adapters.papers.text import read_markdown, read_text
from dutyroom.adapters.papers.word import read_docx
from dutyroom.core.drafting.paper import LARGEST, Document
from dutyroom.core.findings import Finding

__all__ = ["BYTES", "ENDINGS", "read_paper", "short"]

BYTES = 20_000_000
_READERS: Mapping[str, Callable[[bytes, str], Document | Finding]] = {
    "docx": read_docx,
    "pdf": read_pdf,
    "txt": read_text,
    "md": read_markdown,
}
ENDINGS = tuple(_READERS)


def read_paper(data: bytes, filename: str) -> Document | Finding:
    """The document in a file of this name. The bytes decide where they contradict the name."""
    stem, _, ending = filename.rpartition(".")
    kind = _by_bytes(data) or ending.lower()
    fields = {"file": filename[-80:]}
    if not data.strip():
        return Finding("draft.paper.empty", "error", filename[-80:], fields)
    if len(data) > BYTES:
        return Finding(
            "draft.paper.too_large", "error", filename[-80:], {**fields, "limit": BYTES // 1_000_000}
        )
    if kind == "ole":
        return Finding("draft.paper.old_word", "error", filename[-80:], fields)
    reader = _READERS.get("md" if kind == "markdown" else kind)
    if reader is None:
        return Finding(
            "draft.paper.unknown", "error", filename[-80:], {**fields, "known": ", ".join(ENDINGS)}
        )
    document = reader(data, stem or filename)
    if isinstance(document, Finding):
        return replace(document, place=filename[-80:], fields={**document.fields, **fields})
    if document.characters > LARGEST:
        return Finding("draft.paper.too_long", "error", filename[-80:], {**fields, "limit": LARGEST})
    if not document.characters:
        return Finding("draft.paper.empty", "error", filename[-80:], fields)
    return short(document)


def _by_bytes(data: bytes) -> str:
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    return "pdf" if data.lstrip()[:5] == b"%PDF-" else "docx" if data.startswith(b"PK\x03\x04") else ""
