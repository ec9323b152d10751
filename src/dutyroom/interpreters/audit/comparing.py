"""Where a recorded decision differs from the one that follows: the fewest entries changed, missing or added.

Refuses to know why. Both lists are short, so the classical table of edit distances is exact and cheap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from dutyroom.core import events as e
from dutyroom.core.codec import event_type
from dutyroom.core.instants import iso

CHANGED, MISSING, EXTRA = 2, 3, 3


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference: the entry that should stand there, and the place (from 0) of the one that does, if any."""

    expected: e.Event | None
    found: e.Event | None
    place: int

    @property
    def cost(self) -> int:
        if self.expected is None:
            return EXTRA
        return CHANGED if self.found is not None else MISSING


def edits(expected: Sequence[e.Event], found: Sequence[e.Event]) -> tuple[Edit, ...]:
    """The cheapest differences; at a tie changed comes before missing, and missing before added."""
    rows, columns = len(expected), len(found)
    cost = [[EXTRA * column for column in range(columns + 1)]]
    for row in range(1, rows + 1):
        cost.append([MISSING * row])
        for column in range(1, columns + 1):
            swap = _swap(expected[row - 1], found[column - 1])
            cost[row].append(
                min(
                    cost[row - 1][column - 1] + swap,
                    cost[row - 1][column] + MISSING,
                    cost[row][column - 1] + EXTRA,
                )
            )
    return tuple(_walked_back(cost, expected, found))


def _walked_back(cost: list[list[int]], expected: Sequence[e.Event], found: Sequence[e.Event]) -> list[Edit]:
    row, column, back = len(expected), len(found), list[Edit]()
    while row or column:
        here = cost[row][column]
        if row and column and here == cost[row - 1][column - 1] + _swap(expected[row - 1], found[column - 1]):
            row, column = row - 1, column - 1
            if expected[row] != found[column]:
                back.append(Edit(expected[row], found[column], column))
        elif row and here == cost[row - 1][column] + MISSING:
            row -= 1
            back.append(Edit(expected[row], None, column))
        else:
            column -= 1
            back.append(Edit(None, found[column], column))
    return back[::-1]


def _swap(expected: e.Event, found: e.Event) -> int:
    if expected == found:
        return 0
    return CHANGED if type(expected) is type(found) else MISSING + EXTRA + 1  # never one instead of the other


def same_but_for_time(expected: Sequence[e.Event], found: Sequence[e.Event]) -> bool:
    """Whether two decisions are the same, had they been made at the same instant."""
    return list(map(_timeless, expected)) == list(map(_timeless, found))


def shifts(expected: Sequence[e.Event], found: Sequence[e.Event]) -> tuple[int, ...]:
    """By how much the deadlines and calls of the one are later than those of the other, each figure once."""
    by: dict[int, None] = {}
    for one, other in zip(expected, found, strict=False):
        if type(one) is type(other):
            by.update(
                (theirs - ours, None) for ours, theirs in zip(_instants(one), _instants(other), strict=False)
            )
    by.pop(0, None)
    return tuple(by)


def _instants(event: e.Event) -> list[int]:
    dues = [due.due_at for due in event.dues] if isinstance(event, e.ObligationOpened) else []
    return [*dues, *([at] if (at := getattr(event, "next_call_at", None)) is not None else [])]


def _timeless(event: e.Event) -> e.Event:
    changes: dict[str, Any] = {
        name: 0 for name in ("at", "next_call_at", "not_before") if getattr(event, name, None) is not None
    }
    if isinstance(event, e.ObligationOpened):
        changes["dues"] = tuple(replace(due, due_at=0) for due in event.dues)
    return replace(event, **changes)


def difference(edit: Edit) -> tuple[str, str]:
    """What should stand there and what does, as `field=value` pairs of what differs; or the entry's name alone."""
    if edit.expected is None or edit.found is None:
        return _name(edit.expected), _name(edit.found)
    names = [
        name
        for name in _names(type(edit.expected))
        if getattr(edit.expected, name) != getattr(edit.found, name)
    ]
    return _pairs(edit.expected, names), _pairs(edit.found, names)


def _name(event: e.Event | None) -> str:
    return event_type(event) if event is not None else ""


def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _pairs(event: e.Event, names: Sequence[str]) -> str:
    return ", ".join(f"{name}={_text(name, getattr(event, name))}" for name in names)


def _text(name: str, value: Any) -> str:
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return iso(value)
    if isinstance(value, tuple) and value and hasattr(value[0], "due_at"):
        return "; ".join(f"{due.verb} {iso(due.due_at)} {due.kind}" for due in value)
    return str(value)
