"""Which clause a place of the file carries out: `cite(tree, findings)`, for faults found before there is a plan.

The entry of a section (a step, a post, a level) in which the place lies names its clauses; a clause names itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from dutyroom.core.findings import Finding
from dutyroom.core.yamltree import Branch, Listing, Position


def cite(tree: Branch, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the first clause of the entry in which it lies."""
    entries = sorted(_entries(tree), key=lambda entry: entry[0])
    starts = [start for start, _ in entries]
    return tuple(_with_clause(one, starts, entries) for one in findings)


def _with_clause(finding: Finding, starts: list[Position], entries: list[tuple[Position, str]]) -> Finding:
    line, _, column = finding.place.partition(":")
    number = bisect_right(starts, (int(line), int(column or 1))) - 1
    return replace(finding, clause=entries[number][1]) if number >= 0 and not finding.clause else finding


def _entries(tree: Branch) -> Iterator[tuple[Position, str]]:
    """Where each section and each of its entries begins, and the clause it carries out; a section none."""
    for section, value in tree.items():
        yield tree.keys_at[section], ""
        if isinstance(value, Listing):
            yield from ((at, _clause(section, one)) for at, one in zip(value.items_at, value, strict=True))
        elif isinstance(value, Branch):
            yield from ((value.keys_at[name], _clause(section, one)) for name, one in value.items())


def _clause(section: str, entry: Any) -> str:
    if not isinstance(entry, Branch):
        return ""
    if section == "clauses":
        return str(entry.get("id") or "")[:80]
    cited = entry.get("clauses")
    return str(cited[0])[:80] if isinstance(cited, Listing) and cited else ""
