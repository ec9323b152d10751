"""What is wrong between the rows of a people list, and between the list and what stands around it.

The same number or telephone twice, one person in two rows, deputies that nobody is, hidden rows, channels that nothing
carries. Says so by cell; decides nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from dutyroom.adapters.staff.lines import IDENTITY_NUMBER, Lines, repeated
from dutyroom.adapters.staff.mobiles import Unreadable, read_mobile
from dutyroom.adapters.staff.people import Holder
from dutyroom.core.findings import Finding

# Which column an address on each kind of channel comes from.
COLUMN_OF: Mapping[str, str] = {"sms": "mobile", "voice": "mobile", "wecom": "wecom", "email": "email"}
LONGEST_SHOWN = 32
MOST_ROWS_SHOWN = 20
_LETTER_OR_ZERO = re.compile(r"[A-Za-z0]")


def find_between(lines: Lines, rows: list[int], holders: set[int]) -> None:
    """Everything between rows. `holders` are the rows that are taken over: what concerns only others is a warning."""
    _find_lost_leading(lines, rows, holders)
    _find_same_numbers(lines, rows, holders)
    _find_same_mobiles(lines, holders)
    _find_same_names(lines, holders)
    _find_hidden(lines, rows)


def _find_lost_leading(lines: Lines, rows: list[int], holders: set[int]) -> None:
    """A number cell among longer texts that begin with a letter or a zero: its beginning was eaten."""
    texts = [lines.text(row, "number") for row in rows if lines.kind(row, "number") == "s"]
    like = max((text for text in texts if _LETTER_OR_ZERO.match(text)), key=len, default="")
    for row in rows:
        number = lines.text(row, "number")
        if lines.kind(row, "number") == "n" and len(like) > len(number):
            severity = "error" if row in holders else "warning"
            lines.find("number.lost_leading", row, "number", severity, number=number, like=like)


def _find_same_numbers(lines: Lines, rows: list[int], holders: set[int]) -> None:
    for first, row, number in repeated(rows, lambda row: _own(lines, row, "number").upper()):
        severity = "error" if {first, row} & holders else "warning"
        shown = "…" if IDENTITY_NUMBER.search(number) or len(number) > LONGEST_SHOWN else number
        same = lines.text(first, "name") == lines.text(row, "name")
        code = "number.twice" if same else "number.two_names"
        lines.find(code, row, "number", severity, number=shown, other=lines.at(first, "number"))


def _find_same_mobiles(lines: Lines, holders: set[int]) -> None:
    for first, row, _ in repeated(sorted(holders), lambda row: _mobile(lines, row)):
        if lines.text(first, "name") != lines.text(row, "name"):
            lines.find("mobile.twice", row, "mobile", "warning", other=lines.at(first, "mobile"))


def _find_same_names(lines: Lines, holders: set[int]) -> None:
    """Namesakes exist; with the same telephone they are one person with two staff numbers."""
    for first, row, _ in repeated(sorted(holders), lambda row: _own(lines, row, "name")):
        if lines.text(first, "number").upper() == lines.text(row, "number").upper():
            continue
        one = _mobile(lines, first) == _mobile(lines, row) != ""
        code, severity = ("person.twice", "error") if one else ("name.twice", "warning")
        lines.find(code, row, "name", severity, other=lines.at(first, "name"))


def _own(lines: Lines, row: int, name: str) -> str:
    """The cell's text; empty where a merged range filled it, which is told by itself."""
    merged = (row, lines.heading.columns[name]) in lines.heading.sheet.merged
    return "" if merged else lines.text(row, name)


def _mobile(lines: Lines, row: int) -> str:
    cell = lines.cell(row, "mobile")
    read = read_mobile(cell) if cell is not None else None
    return "" if read is None or isinstance(read, Unreadable) else read.number


def _find_hidden(lines: Lines, rows: list[int]) -> None:
    """Hidden rows and columns are read like the others, since a filter hides people too; but it is said."""
    sheet = lines.heading.sheet
    hidden = sorted(sheet.hidden_rows & set(rows))
    if hidden:
        more = "…" if len(hidden) > MOST_ROWS_SHOWN else ""
        fields = {"rows": "、".join(map(str, hidden[:MOST_ROWS_SHOWN])) + more}
        place = f"{sheet.name}!{hidden[0]}:{hidden[-1]}"
        lines.findings.append(Finding("staff.hidden.rows", "warning", place, fields))
    for name, column in lines.heading.columns.items():
        if column in sheet.hidden_columns:
            lines.find("hidden.column", lines.heading.row, name, "warning")
    if sheet.commented:
        lines.findings.append(Finding("staff.comments", "note", sheet.name))


def find_not_carried(lines: Lines, holders: set[int], carried: frozenset[str] | None) -> None:
    """What nothing here carries is said once a channel, at its column: nobody is called on it."""
    for kind, name in COLUMN_OF.items():
        if carried is None or kind in carried or not lines.has(name):
            continue
        filled = sum(1 for row in holders if lines.text(row, name))
        if filled:
            lines.find(f"channel.no_{kind}", lines.heading.row, name, "warning", count=filled)


def resolved_deputies(lines: Lines, holders: list[Holder], rows: set[int]) -> list[Holder]:
    """Deputies are written as staff numbers of the list, or as names that only one person has.

    `rows` are all rows with a post, also those with a fault; where one lacks its number, nobody can be missed.
    """
    numbers = {lines.text(row, "number").upper(): [lines.text(row, "number")] for row in rows}
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(lines.text(row, "name"), []).append(lines.text(row, "number"))
    at = {lines.at(row, "number"): row for row in rows}
    found = []
    for one in holders:
        deputies: list[str] = []
        for written in one.deputies:
            meant = numbers.get(written.upper()) or named.get(written, [])
            if len(meant) != 1 and "" not in numbers:
                lines.find("deputies.nobody", at[one.place], "deputies")
            elif meant == [one.number]:
                lines.find("deputies.self", at[one.place], "deputies")
            else:
                deputies += meant
        found.append(replace(one, deputies=tuple(dict.fromkeys(deputies))))
    return found
