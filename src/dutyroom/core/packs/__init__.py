"""Statutory numbers as dated rule packs: `pack(id) -> Pack | None`, each number with source, article and dates.

A pack is a YAML file beside this module, written in the plan language: facts, accident classes, measures, steps and
calendar duties, each entry with its `article` and, where it binds only some, its `trades`. A plan names the packs it is
under; `joining` puts their obligations among the plan's own. The files are part of the program, read once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from dutyroom.core.plan import Criterion, Fact, Step
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.core.widening import Widening
from dutyroom.core.words import Law, Strict, Words
from dutyroom.core.yamltree import read_tree


@dataclass(frozen=True, slots=True)
class Class(Strict):
    """A class the law defines by numbers (accident classes of order 493): criteria as in a plan's levels."""

    id: str
    rank: int
    name: Words
    article: str
    any: tuple[Criterion, ...] = ()
    all: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure(Strict):
    """What the law asks while its criteria hold (no outdoor work from 40 degrees on)."""

    id: str
    article: str
    all: tuple[Criterion, ...]
    text: Words
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound(Strict):
    """An obligation of the pack and whom it binds: `trades` empty means everybody; `law` says where it comes from."""

    law: Law
    trades: tuple[str, ...] = ()
    step: Step | None = None
    duty: CalendarDuty | None = None

    def binds(self, trade: str) -> bool:
        return not self.trades or trade in self.trades


@dataclass(frozen=True, slots=True)
class Pack(Strict):
    """One rule as data. `roles` are the posts it speaks of; the plan says which of its own posts they are."""

    id: str
    title: Words
    source: Words
    valid_from: str
    checked_on: str
    valid_until: str = ""
    trades: tuple[str, ...] = ()
    roles: Mapping[str, Words] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    classes: tuple[Class, ...] = ()
    measures: tuple[Measure, ...] = ()
    bound: tuple[Bound, ...] = ()
    articles: Mapping[str, Words] = field(default_factory=dict)


@cache
def names() -> tuple[str, ...]:
    """The packs that this version brings."""
    found = (one.name for one in files(__package__).iterdir() if one.name.endswith(".yaml"))
    return tuple(sorted(name.removesuffix(".yaml") for name in found))


@cache
def pack(name: str) -> Pack | None:
    """The pack of that name, or None. Raises ValueError for one of ours that does not read."""
    if name not in names():
        return None
    tree, findings = read_tree(files(__package__).joinpath(f"{name}.yaml").read_text("utf-8"))
    if tree is None or findings:
        raise ValueError(f"{name}: {findings}")
    return _pack(tree)


def _pack(tree: Any) -> Pack:
    head = tree["pack"]
    widening = Widening(tree, words={})
    facts = {name: {"id": name, **one} for name, one in (tree.get("facts") or {}).items()}
    bound = [
        *(_bound(head, one, "step", widening.step) for one in tree.get("steps") or ()),
        *(_bound(head, one, "duty", widening.calendar_duty) for one in tree.get("calendar") or ()),
    ]
    parts = {name: tree.get(name) or () for name in ("classes", "measures")}
    articles = tree.get("articles") or {}
    return TypeAdapter(Pack).validate_python(
        {**head, "facts": facts, "bound": bound, "articles": articles, **parts}
    )


def _bound(head: Any, entry: Any, kind: str, widen: Any) -> dict[str, Any]:
    """An entry with its source: `article` and `trades` are the pack's, the rest is written as in a plan."""
    law = {
        "pack": head["id"],
        "article": str(entry["article"]),
        **{name: head[name] for name in ("source", "valid_from")},
        # Empty where nobody has compared the entry with the official text yet: said aloud wherever it is shown.
        "checked_on": entry.get("checked_on", head["checked_on"]),
    }
    rest = {name: value for name, value in entry.items() if name not in ("article", "trades", "checked_on")}
    rest.setdefault("clauses", [])
    wide = widen(rest, ())
    return {"law": law, "trades": entry.get("trades") or (), kind: {**wide, "law": law}}
