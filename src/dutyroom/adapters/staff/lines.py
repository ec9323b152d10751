"""The rows of one sheet below its heading, read cell by cell, with what is wrong collected by cell.

Knows which column holds which field, and what no field may hold; nothing of what the fields mean.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from dutyroom.adapters.staff.cells import Cell
from dutyroom.adapters.staff.dates import NoDay, read_day
from dutyroom.adapters.staff.heading import Heading
from dutyroom.core.findings import Finding

_UNSEEN = ("Cc", "Cf")  # pasted with text from chats and web pages
# 17 digits and a check character; the date of birth in the middle keeps other long numbers out.
IDENTITY_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx](?!\d)"
)


@dataclass(slots=True)
class Lines:
    """One pass over the rows of one sheet, collecting what is wrong."""

    heading: Heading
    findings: list[Finding] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.heading.columns

    def cell(self, row: int, name: str) -> Cell | None:
        column = self.heading.columns.get(name)
        return self.heading.sheet.rows[row].get(column) if column else None

    def text(self, row: int, name: str) -> str:
        """The cell as clean text of one width; empty when there is none or it shows a formula or an error."""
        cell = self.cell(row, name)
        if cell is None or cell.kind in "ef":
            return ""
        value = cell.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return cleaned(str(value))

    def kind(self, row: int, name: str) -> str:
        cell = self.cell(row, name)
        return cell.kind if cell is not None else ""

    def at(self, row: int, name: str) -> str:
        return self.heading.sheet.place(row, self.heading.columns[name])

    def find(self, code: str, row: int, name: str, severity: str = "error", **fields: str | int) -> None:
        self.findings.append(Finding(f"staff.{code}", severity, self.at(row, name), fields))

    def readable(self, row: int) -> bool:
        """Whether every cell that is taken over holds a value of its own.

        A formula's last result may be out of date; an identity number is not taken over, wherever it stands.
        """
        good = True
        for name, column in self.heading.columns.items():
            cell = self.cell(row, name)
            if cell is None:
                continue
            if cell.kind in "ef":
                self.find("cell.formula" if cell.kind == "f" else "cell.error", row, name)
                good = False
            elif IDENTITY_NUMBER.search(self.text(row, name)):
                self.find("cell.identity", row, name)
                good = False
            elif name in ("number", "name", "mobile") and (row, column) in self.heading.sheet.merged:
                self.find("cell.merged", row, name)
                good = False
        return good

    def day(self, row: int, name: str) -> date | None:
        """The day in the cell; None for an empty one, one that says there is no end, and one that is wrong."""
        cell = self.cell(row, name)
        if cell is None or not self.text(row, name):
            return None
        read = read_day(cell)
        if isinstance(read, NoDay):
            self.find(f"date.{read.fault}", row, name)
            return None
        if read.how == "serial" and read.on is not None:
            self.find("date.serial", row, name, "note", date=read.on.isoformat())
        return read.on


def cleaned(written: str) -> str:
    """One width, without what cannot be seen."""
    text = unicodedata.normalize("NFKC", written).replace("\r", "\n")
    return "".join(each for each in text if each == "\n" or unicodedata.category(each) not in _UNSEEN).strip()


def repeated(rows: Iterable[int], key: Callable[[int], str]) -> Iterator[tuple[int, int, str]]:
    """(first row, later row, value) for each value that comes again; empty values do not count."""
    first: dict[str, int] = {}
    for row in rows:
        value = key(row)
        if value and first.setdefault(value, row) != row:
            yield first[value], row, value
