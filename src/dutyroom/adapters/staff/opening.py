"""From the bytes of an uploaded file to sheets of cells, or to the one reason why not.

The file is a stranger's: it is measured before it is parsed, because a small zip can hold gigabytes and one
line of XML can stand for a million cells. openpyxl reads it as a stream (`read_only`), which never expands
merged ranges or hyperlinks; merged ranges are therefore read here. Knows nothing of people or of headings.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from dutyroom.adapters.staff.cells import Cell, Sheet
from dutyroom.adapters.staff.tables import COLUMNS, looks_like_table, open_table
from dutyroom.core.findings import Finding

PACKED_BYTES = 10_000_000
UNPACKED_BYTES = 50_000_000
PARTS = 2_000
TAGS = 1_000_000  # of all parts: some 100,000 filled cells, read in a few seconds
TAGS_OF_SHEETS = 5_000_000  # times the number of sheets, which may all name the same part
MERGED_ROWS = 200  # no unit of a project department is larger; a merged column is not a unit
ROWS = 1_048_576  # the last row that Excel has

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and an .xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^<>]*\bhidden\s*=\s*["'](?:1|true)["'])[^<>]*?\br\s*=\s*["']([0-9]{1,9})["']"""
)
_COLUMN = re.compile(rb"""<(?:\w+:)?col\s([^<>]*)>""")
_ATTRIBUTE = re.compile(rb"""\b(min|max|hidden)\s*=\s*["'](\w+)["']""")
_COMMENTS = re.compile(r"xl/(threadedComments/|comments)", re.IGNORECASE)
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']([0-9]{1,9})["']""")
_MERGE = re.compile(rb"""mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")


def open_sheets(data: bytes) -> tuple[Sheet, ...] | Finding:
    """The workbook's sheets in order, or the only one of a text table. Never raises for what a file holds."""
    refused = _foreign(data)
    if refused is not None:
        return refused
    if not data.startswith(_ZIP):
        table = open_table(data)
        return table if isinstance(table, Finding) else (table,)
    try:
        return _measured(data) or _read(data)
    except Exception as error:
        # zipfile, expat and openpyxl raise some twenty types for damaged files, bare KeyError among them.
        return _fault("broken", reason=type(error).__name__)


def _fault(code: str, **fields: str | int) -> Finding:
    return Finding(f"staff.file.{code}", "error", "workbook", fields)


def _foreign(data: bytes) -> Finding | None:
    """Whether the first bytes are those of something else, or there are too many of them."""
    if not data:
        return _fault("empty")
    if len(data) > PACKED_BYTES:
        return _fault("too_large", megabytes=PACKED_BYTES // 1_000_000)
    if data.startswith(_OLE):
        return _fault("encrypted" if _ENCRYPTED in data else "old_xls")
    if data.startswith(_ZIP):
        return None
    return None if looks_like_table(data) else _fault("not_xlsx")


def _measured(data: bytes) -> Finding | None:
    """Whether the zip is too much to parse. zipfile never unpacks more of a part than the part declares."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
            return _fault("bomb", megabytes=UNPACKED_BYTES // 1_000_000)
        if not {"[Content_Types].xml", "xl/workbook.xml"} <= {part.filename for part in parts}:
            return _fault("not_xlsx")
        tags = sheets = 0
        for part in parts:
            content = archive.read(part)
            tags += content.count(b"<")
            sheets += len(_SHEET.findall(content))
            if not part.filename.startswith("xl/media/") and any(each in content for each in _DOCTYPES):
                return _fault("doctype")
        return _fault("too_many_cells") if tags > TAGS or tags * sheets > TAGS_OF_SHEETS else None


def _read(data: bytes) -> tuple[Sheet, ...]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            return tuple(_sheet(archive, page) for page in book.worksheets)
        finally:
            book.close()


def _sheet(archive: zipfile.ZipFile, page: Any) -> Sheet:
    """`page` is a ReadOnlyWorksheet, whose part's path openpyxl keeps in a private name."""
    part = archive.read(page._worksheet_path)
    numbers = [int(number) for number in _ROW.findall(part)]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ValueError("rows out of order")  # openpyxl would leave some of them out and say nothing
    rows: dict[int, dict[int, Cell]] = {}
    before: object = None
    for line in page.iter_rows(min_row=1, max_row=ROWS, max_col=COLUMNS):
        if line is before:  # one and the same tuple stands for every row that the file does not hold
            continue
        before = line
        filled = [cell for cell in line if cell.value is not None and cell.value != ""]
        if filled:
            rows[filled[0].row] = {cell.column: Cell(cell.value, cell.data_type) for cell in filled}
    merged = set()
    for column, top, end in _merged(part):
        cell = rows.get(top, {}).get(column)
        if cell is not None:
            for row in range(top + 1, min(end, top + MERGED_ROWS) + 1):
                if column not in rows.setdefault(row, {}):
                    rows[row][column] = cell
                    merged.add((row, column))
    return Sheet(
        page.title,
        page.sheet_state != "visible",
        dict(sorted(rows.items())),
        frozenset(merged),
        frozenset(int(number) for number in _HIDDEN_ROW.findall(part)),
        frozenset(_hidden_columns(part)),
        any(_COMMENTS.match(name) for name in archive.namelist()),
    )


def _hidden_columns(part: bytes) -> Iterator[int]:
    for match in _COLUMN.finditer(part):
        said = dict(_ATTRIBUTE.findall(match[1]))
        if said.get(b"hidden") in (b"1", b"true") and said.get(b"min", b"").isdigit():
            first = int(said[b"min"])
            last = int(said[b"max"]) if said.get(b"max", b"").isdigit() else first
            yield from range(first, min(last, COLUMNS) + 1)


def _merged(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Each merged range as (first column, first row, last row)."""
    for match in _MERGE.finditer(part):
        first_column, first_row, _, last_row = range_boundaries(match[1].decode("ascii"))
        if first_column and first_row and last_row:
            yield first_column, first_row, last_row
