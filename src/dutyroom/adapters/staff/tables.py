"""A text table (.csv) as a sheet: its encoding and its separator found out, or the one reason why not.

Excel and WPS in China write GBK, "Unicode text" is UTF-16 with tabs, newer programs write UTF-8. A text table has no
number cells, so no digit is lost by reading it; what the program that wrote it lost stays lost and is told by the cell.
"""

import csv
import io
from collections import Counter

from dutyroom.adapters.staff.cells import Cell, Sheet
from dutyroom.core.findings import Finding

NAME = "CSV"
COLUMNS = 100  # columns further right are not looked at
ROWS = 20_000
LONGEST_CELL = 4_000
_SEPARATORS = ",;\t，|"
_HEAD_LINES = 30


def open_table(data: bytes) -> Sheet | Finding:
    """The table's only sheet. Never raises for what a file holds."""
    text = _text(data)
    if text is None:
        return Finding("staff.file.encoding", "error", "CSV")
    separator = _separator(text)
    if separator == "，":
        return Finding("staff.file.wide_commas", "error", "CSV")
    rows: dict[int, dict[int, Cell]] = {}
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        for number, line in enumerate(csv.reader(io.StringIO(lines), delimiter=separator), 1):
            if number > ROWS:
                return Finding("staff.file.too_many_cells", "error", "CSV")
            filled = {
                column: Cell(_value(cell)[:LONGEST_CELL], _kind(cell))
                for column, cell in enumerate(line[:COLUMNS], 1)
                if cell.strip()
            }
            if filled:
                rows[number] = filled
    except csv.Error as error:
        return Finding("staff.file.broken", "error", "CSV", {"reason": type(error).__name__})
    return Sheet(NAME, False, rows)


def looks_like_table(data: bytes) -> bool:
    """Text whose first lines are cut by a separator, in an encoding that office programs write."""
    text = _text(data[:4_000] if not _is_wide(data) else data[: 4_000 // 2 * 2], partly=True)
    if text is None or "\0" in text or text.lstrip().startswith(("<", "%PDF", "{")):
        return False
    lines = [line for line in text.splitlines() if line.strip()][:_HEAD_LINES]
    return any(separator in line for line in lines for separator in _SEPARATORS)


def _is_wide(data: bytes) -> bool:
    return data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _text(data: bytes, partly: bool = False) -> str | None:
    """Decoded whole; `partly` is for a beginning that may end within a character."""
    if _is_wide(data):
        encodings = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        for cut in range(4 if partly else 1):
            try:
                return data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _separator(text: str) -> str:
    """The one that cuts most of the first lines into the same number of cells."""
    lines = [line for line in text.splitlines() if line.strip()][:_HEAD_LINES]

    def weight(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in lines if separator in line)
        often = counts.most_common(1)
        return (often[0][1], often[0][0]) if often else (0, 0)

    return max(_SEPARATORS, key=weight)


def _value(cell: str) -> str:
    """Without the `="…"` and the `'` or tab by which programs keep digits."""
    text = cell.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 3:
        return text[2:-1]
    return text.removeprefix("'") if text.startswith("'") else text


def _kind(cell: str) -> str:
    text = cell.strip()
    if text.startswith("#") and text.rstrip("!?").upper() in ("#REF", "#N/A", "#VALUE", "#NAME", "#DIV/0"):
        return "e"
    if text.startswith("=") and not (text.startswith('="') and "(" not in text):
        return "f"
    return "s"
