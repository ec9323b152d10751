"""An Employee Shift Scheduling instance as text, read into arrays, or findings that name the line and the remedy.

The format (T. Curtois): sections of comma-separated rows, `#` opens a comment. Requests and cover are soft; days off,
maximum shifts (0: may not), minutes, runs and weekends are hard. Day 0 is a Monday.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from dutyroom.adapters.rostering.arrays import Arrays
from dutyroom.core.findings import Finding

HORIZON, SHIFTS, STAFF = "SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF"
DAYS_OFF, COVER = "SECTION_DAYS_OFF", "SECTION_COVER"
WANTED, UNWANTED = "SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS"
COLUMNS = {HORIZON: 1, SHIFTS: 3, STAFF: 8, DAYS_OFF: 2, WANTED: 4, UNWANTED: 4, COVER: 5}
NEEDED = (HORIZON, SHIFTS, STAFF, COVER)
LONGEST, MOST_CELLS = 3_660, 50_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a section and the line it stands on."""

    line: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What was read so far: rows by section, and what is wrong."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, code: str, line: int, **fields: str | int) -> None:
        """Note a fault at a line."""
        self.findings.append(Finding(f"shiftfile.{code}", "error", str(line), {"line": line, **fields}))

    def number(self, row: Row, text: str, most: int = 10**9) -> int:
        """A whole number from 0, or a fault."""
        if text.isascii() and text.isdigit() and int(text[:12]) <= most:
            return int(text)
        self.fault("number", row.line, value=text[:40], most=most)
        return 0

    def known(self, row: Row, text: str, names: dict[str, int], kind: str) -> int:
        """The place of a name that a section before declared, or a fault."""
        if text in names:
            return names[text]
        self.fault(f"unknown_{kind}", row.line, value=text[:40])
        return 0


def read(text: str) -> tuple[Arrays | None, tuple[Finding, ...]]:
    """The instance, or what is wrong with it, every fault at once."""
    reading = Reading()
    _split(reading, text)
    for section in NEEDED:
        if not reading.rows.get(section):
            reading.fault("no_section", len(text.splitlines()) or 1, section=section)
    if reading.findings:
        return None, tuple(reading.findings)
    problem = _arrays(reading)
    return (None if reading.findings else problem), tuple(reading.findings)


def _split(reading: Reading, text: str) -> None:
    section = ""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("SECTION_"):
            section = bare
            if section not in COLUMNS:
                reading.fault("unknown_section", number, section=bare[:60])
            reading.rows.setdefault(section, [])
            continue
        cells = tuple(cell.strip() for cell in bare.split(","))
        if not section:
            reading.fault("no_heading", number)
        elif section in COLUMNS and not _fits(section, len(cells)):
            reading.fault("columns", number, section=section, found=len(cells), needs=COLUMNS[section])
        else:
            reading.rows[section].append(Row(number, cells))


def _fits(section: str, count: int) -> bool:
    """Days off are as many as there are; every other row has its number of columns."""
    needs = COLUMNS[section]
    return count >= needs if section == DAYS_OFF else count == needs


def _arrays(reading: Reading) -> Arrays | None:
    first = reading.rows[HORIZON][0]
    days = reading.number(first, first.cells[0], LONGEST)
    shifts = _names(reading, SHIFTS)
    people = _names(reading, STAFF)
    if days == 0:
        reading.fault("no_days", first.line)
    if len(people) * len(shifts) * days > MOST_CELLS:
        reading.fault("too_large", first.line, most=MOST_CELLS)
    if reading.findings:
        return None
    return _filled(reading, days, shifts, people)


def _names(reading: Reading, section: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for row in reading.rows[section]:
        if not row.cells[0] or row.cells[0] in names:
            reading.fault("name_twice", row.line, value=row.cells[0][:40])
        names[row.cells[0]] = len(names)
    return names


def _filled(reading: Reading, days: int, shifts: dict[str, int], people: dict[str, int]) -> Arrays:
    staff = np.array(list(_staff(reading, shifts)), dtype=np.int64)
    minutes, follows = _shift_rules(reading, shifts)
    max_shifts = staff[:, 6:]
    allowed = np.repeat((max_shifts > 0)[:, None, :], days, axis=1)
    for row in reading.rows.get(DAYS_OFF, ()):
        person = reading.known(row, row.cells[0], people, "person")
        for cell in row.cells[1:]:
            allowed[person, reading.number(row, cell, days - 1)] = False
    wishes, granted = _wishes(reading, days, shifts, people)
    required, under, over = _cover(reading, days, shifts)
    return Arrays(
        people=tuple(people), shifts=tuple(shifts), minutes=minutes, follows=follows, max_shifts=max_shifts,
        max_minutes=staff[:, 0], min_minutes=staff[:, 1], max_run=staff[:, 2], min_run=staff[:, 3],
        min_rest=staff[:, 4], max_weekends=staff[:, 5], allowed=allowed,
        may_rest=np.ones((len(people), days), dtype=bool), wishes=wishes, granted=granted,
        required=required, under=under, over=over,
    )  # fmt: skip


def _staff(reading: Reading, shifts: dict[str, int]) -> Iterator[list[int]]:
    """Six limits, then the most of each shift; a shift that is not named has no limit of its own."""
    for row in reading.rows[STAFF]:
        limits = [reading.number(row, cell) for cell in row.cells[2:]]
        if limits[1] > limits[0]:
            reading.fault("minutes_order", row.line, least=limits[1], most=limits[0])
        most = [10**6] * len(shifts)
        for part in filter(None, row.cells[1].split("|")):
            name, _, value = part.partition("=")
            most[reading.known(row, name.strip(), shifts, "shift")] = reading.number(row, value.strip())
        yield [*limits, *most]


def _shift_rules(reading: Reading, shifts: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    minutes = np.zeros(len(shifts), dtype=np.int64)
    follows = np.ones((len(shifts), len(shifts)), dtype=bool)
    for number, row in enumerate(reading.rows[SHIFTS]):
        minutes[number] = reading.number(row, row.cells[1], 7 * 1_440)
        for name in filter(None, row.cells[2].split("|")):
            follows[number, reading.known(row, name.strip(), shifts, "shift")] = False
    return minutes, follows


def _wishes(
    reading: Reading, days: int, shifts: dict[str, int], people: dict[str, int]
) -> tuple[np.ndarray, int]:
    wishes = np.zeros((len(people), days, len(shifts)), dtype=np.int64)
    granted = 0
    for section, sign in ((WANTED, -1), (UNWANTED, 1)):
        for row in reading.rows.get(section, ()):
            person = reading.known(row, row.cells[0], people, "person")
            day = reading.number(row, row.cells[1], days - 1)
            shift = reading.known(row, row.cells[2], shifts, "shift")
            weight = reading.number(row, row.cells[3], 10**6)
            wishes[person, day, shift] += sign * weight
            granted += weight if sign < 0 else 0
    return wishes, granted


def _cover(reading: Reading, days: int, shifts: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = np.zeros((3, days, len(shifts)), dtype=np.int64)
    seen: set[tuple[int, int]] = set()
    for row in reading.rows[COVER]:
        day = reading.number(row, row.cells[0], days - 1)
        shift = reading.known(row, row.cells[1], shifts, "shift")
        if (day, shift) in seen:
            reading.fault("cover_twice", row.line, day=day, shift=row.cells[1][:40])
        seen.add((day, shift))
        table[:, day, shift] = [reading.number(row, cell, 10**6) for cell in row.cells[2:]]
    return table[0], table[1], table[2]
