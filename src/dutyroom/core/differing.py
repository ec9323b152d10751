"""What two editions of a plan differ in, clause by clause: `compare(old, new) -> changes`, as values.

Parts are found again by their id, so that a step that moved in the file has not changed. How the text is laid out is
no difference. The sentences are `wording.differing`'s.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dutyroom.core.plan import Plan

# Where a part stands, or which text it was read from, is not what it says.
_NOT_SAID = frozenset({"line", "marks", "source_sha256", "law"})
_KEYED = (
    "roles", "groups", "kinds", "facts", "outside", "places", "resources", "periods", "posts", "references",
)  # fmt: skip
_LISTED = ("levels", "steps", "calendar", "clauses", "packs")
_UNNAMED = ("moves", "quotas")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `part` and `id` name the thing, `field` what of it (`clocks.done`; empty: the whole of it).

    `kind` is added, removed or changed; `before` and `after` are values of the plan, None where there is none.
    """

    part: str
    id: str
    field: str
    kind: str
    before: Any
    after: Any
    clauses: tuple[str, ...] = ()


def compare(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Every difference between two editions, in the order of the plan's parts; empty if they say the same."""
    return tuple(_compare(old, new))


def _compare(old: Plan, new: Plan) -> Iterator[Change]:
    for field in dataclasses.fields(Plan):
        name, before, after = field.name, getattr(old, field.name), getattr(new, field.name)
        if name in _NOT_SAID or before == after:
            continue
        if name in _KEYED:
            yield from _parts(name, before, after)
        elif name in _LISTED:
            yield from _parts(name, {one.id: one for one in before}, {one.id: one for one in after})
        elif name in _UNNAMED:
            yield from _unnamed(name, before, after)
        else:
            yield from _values("plan", "", name, before, after, ())


def _parts(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change(part, name, "", "removed", before[name], None, _clauses(part, before[name]))
        elif name not in before:
            yield Change(part, name, "", "added", None, after[name], _clauses(part, after[name]))
        elif before[name] != after[name]:
            cited = (*_clauses(part, before[name]), *_clauses(part, after[name]))
            clauses = tuple(dict.fromkeys(cited))
            yield from _values(part, name, "", before[name], after[name], clauses)


def _unnamed(part: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Change]:
    for one in before:
        if one not in after:
            yield Change(part, "", "", "removed", one, None, _clauses(part, one))
    for one in after:
        if one not in before:
            yield Change(part, "", "", "added", None, one, _clauses(part, one))


def _values(
    part: str, name: str, field: str, before: Any, after: Any, clauses: tuple[str, ...]
) -> Iterator[Change]:
    """The fields in which two values differ: shapes of one kind and mappings are entered, all else is said whole."""
    if before == after:
        return
    if _is_shape(before) and type(before) is type(after) and type(before).__name__ not in ("Words", "Clock"):
        for one in dataclasses.fields(before):
            if one.name not in _NOT_SAID:
                inner = f"{field}.{one.name}" if field else one.name
                values = getattr(before, one.name), getattr(after, one.name)
                yield from _values(part, name, inner, *values, clauses)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{field}.{key}" if field else str(key)
            yield from _values(part, name, inner, before.get(key), after.get(key), clauses)
    else:
        yield Change(part, name, field, _kind(before, after), before, after, clauses)


def _kind(before: Any, after: Any) -> str:
    empty = (None, "", ())
    return "added" if before in empty else ("removed" if after in empty else "changed")


def _is_shape(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _clauses(part: str, value: Any) -> tuple[str, ...]:
    if part == "clauses":
        return (str(value.id),)
    return tuple(getattr(value, "clauses", ()))
