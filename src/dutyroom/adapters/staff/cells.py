"""Cells and sheets as values, whatever file they came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils.cell import get_column_letter


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell. `kind` is openpyxl's: s text, n number, d date, b boolean, f formula, e error."""

    value: object
    kind: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Filled cells by row and column, counted from 1. A cell merged over rows stands in each of them.

    `merged` are the (row, column) that only a merged range fills; `commented`: the workbook holds comments.
    """

    name: str
    hidden: bool
    rows: Mapping[int, Mapping[int, Cell]]
    merged: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    commented: bool = False

    def place(self, row: int, column: int) -> str:
        """As Excel names it: `花名册!G12`."""
        return f"{self.name}!{get_column_letter(column)}{row}"
