"""Short forms of a plan file widened to the shape of `plan.Plan`: `widen(tree) -> mapping`, for pydantic to check.

Whatever does not have the form it should have is passed on as it is: the check of shapes names it at its place. Only
a clock whose text is no duration is named here, since only here is it known which words the organisation defined.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dutyroom.core.instants import parse_duration
from dutyroom.core.yamltree import positions

HEAD = (
    "id", "number", "version", "title", "unit", "issued", "approved_by", "signs",
    "type", "trade", "parent", "signed_by", "revise_when",
)  # fmt: skip
NAMED = ("roles", "facts", "outside", "places", "resources", "periods", "posts", "references")
LISTED = ("levels", "quotas", "clauses", "packs")
TOP = (
    "plan", "packs", "defaults", "roles", "groups", "posts", "periods", "outside", "places", "resources",
    "quotas", "kinds", "facts", "warnings", "levels", "moves", "assisting", "steps", "calendar", "references",
    "clauses",
)  # fmt: skip

Path = tuple[str | int, ...]


class Misfit(Exception):
    """A short form that cannot be widened; becomes a finding at its place."""

    def __init__(self, path: Path, code: str, **fields: str) -> None:
        super().__init__(code)
        self.path, self.code, self.fields = path, code, fields


class Widening:
    """One file being widened; collects what does not fit on the way."""

    def __init__(
        self, tree: Mapping[str, Any], words: Mapping[str, Any] | None = None, *, stored: bool = False
    ) -> None:
        self.tree, self.stored = tree, stored
        self.words = words if words is not None else mapping(mapping(tree, "defaults"), "words")
        self.misfits: list[Misfit] = []

    def plan(self) -> dict[str, Any]:
        """What `Plan` is made of."""
        tree, head = self.tree, mapping(self.tree, "plan")
        return {
            **head,
            **{name: str(head[name]) for name in ("version", "number", "issued") if _simple(head.get(name))},
            "defaults": tree.get("defaults", {}),
            "kinds": tree.get("kinds") or {},
            "groups": self._groups(),
            **{name: _named(tree, name) for name in NAMED},
            **{name: tree.get(name) or [] for name in LISTED},
            "moves": self.each("moves", lambda move, _: {**move, "after": _join(move.get("after"))}),
            "steps": self.each("steps", self.step),
            "calendar": self.each("calendar", self.calendar_duty),
            "warnings": self._warnings(),
            "assisting": tree.get("assisting"),
            "marks": dict(positions(tree)),
        }

    def each(self, name: str, widen: Callable[[Mapping[str, Any], Path], Any]) -> Any:
        """Widen every mapping of a list; whatever else stands there is left for the check of shapes to name."""
        value = self.tree.get(name) or []
        if not isinstance(value, list):
            return value
        return [
            widen(one, (name, number)) if isinstance(one, Mapping) else one
            for number, one in enumerate(value)
        ]

    def step(self, step: Mapping[str, Any], path: Path) -> Any:
        """A step: one role for a list, `each` for who and a mark, a join, clocks, conditions that say all or any."""
        wide = _owners(step, path)
        wide["after"] = _join(wide.get("after"))
        clocks = wide.get("clocks")
        if isinstance(clocks, Mapping):
            wide["clocks"] = {
                verb: self.clock(value, (*path, "clocks", verb)) for verb, value in clocks.items()
            }
        elif clocks is None:
            wide.pop("clocks", None)
        self._requirements(wide, path)
        confirm = wide.get("confirm")
        if isinstance(confirm, Mapping) and "within" in confirm:
            rest = {name: value for name, value in confirm.items() if name != "within"}
            wide["confirm"] = {**rest, "clock": self.clock(confirm["within"], (*path, "confirm", "within"))}
        wide["report"] = _report(wide.get("report"))
        return wide

    def calendar_duty(self, duty: Mapping[str, Any], path: Path) -> Any:
        """A calendar duty: `each` for who and a mark."""
        wide = _owners(duty, path)
        who = wide["who"]
        wide["who"] = who[0] if isinstance(who, list) and len(who) == 1 else who
        wide["report"] = _report(wide.get("report"))
        return wide

    def clock(self, value: Any, path: Path) -> Any:
        """`30 min` is hard; `立即` is soft, by the organisation's words; `{default: 30 min}` is Dutyroom's own."""
        if isinstance(value, Mapping) and "default" in value:
            rest = {name: one for name, one in value.items() if name != "default"}
            return {"kind": "default", "within": self._duration(value["default"], path), **rest}
        if isinstance(value, Mapping):
            rest = {name: one for name, one in value.items() if name != "within"}
            return {**self.clock(value.get("within"), path), **rest}
        text = "" if value is None else str(value)
        for word, meaning in self.words.items():
            if text == word or text in mapping(meaning, "name").values():
                within = meaning.get("within") if isinstance(meaning, Mapping) else None
                return {"kind": "soft", "within": within, "word": word}
        return {"kind": "hard", "within": self._duration(text, path)}

    def _duration(self, value: Any, path: Path) -> Any:
        try:
            return parse_duration(str(value))
        except ValueError:
            known = ", ".join(self.words)
            self.misfits.append(Misfit(path, "plan.unknown_duration", value=str(value)[:80], words=known))
            return 0

    def _requirements(self, wide: dict[str, Any], path: Path) -> None:
        """`requires: {all: [...]}` or `{any: [...]}`; a bare list may hold one condition only, for two need a word.

        In editions stored before there was a word, a bare list meant all.
        """
        value = wide.get("requires")
        if isinstance(value, Mapping):
            wide["requires_any"] = "any" in value
            wide["requires"] = value.get("any") or value.get("all") or []
            for name in value:
                if name not in ("all", "any") or len(value) > 1:
                    self.misfits.append(Misfit((*path, "requires", name), "plan.all_or_any"))
                    break
        elif isinstance(value, list) and len(value) > 1 and not self.stored:
            self.misfits.append(Misfit((*path, "requires"), "plan.all_or_any"))

    def _groups(self) -> Any:
        value = self.tree.get("groups") or {}
        if not isinstance(value, Mapping):
            return value
        return {
            name: {"id": name, **(one if isinstance(one, Mapping) else {"members": one})}
            for name, one in value.items()
        }

    def _warnings(self) -> Any:
        value = self.tree.get("warnings") or {}
        return {**value, "hazards": _named(value, "hazards")} if isinstance(value, Mapping) else value


def mapping(tree: Any, name: str) -> Mapping[str, Any]:
    """The mapping under a name; an empty one if there is none."""
    value = tree.get(name) if isinstance(tree, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _simple(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _owners(entry: Mapping[str, Any], path: Path) -> dict[str, Any]:
    wide = dict(entry)
    each = wide.pop("each", None)
    who = each if each is not None else wide.get("who")
    wide["who"] = [who] if isinstance(who, str) else (who or [])
    wide["each"] = each is not None
    wide["line"] = getattr(entry, "at", (0, 0))[0]
    return wide


def _report(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    to = value.get("to")
    return {**value, "to": [to] if isinstance(to, str) else to}


def _join(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value
    return {"all": [value] if isinstance(value, str) else value or []}


def _named(tree: Any, part: str) -> Any:
    """Entries written under their id, with the id put into each."""
    value = (tree.get(part) if isinstance(tree, Mapping) else None) or {}
    if not isinstance(value, Mapping):
        return value
    return {name: {"id": name, **one} if isinstance(one, Mapping) else one for name, one in value.items()}


def known_path(widened: Sequence[str | int]) -> Path:
    """Where a part of the widened shape stands in the file."""
    path = tuple(widened)
    if path and path[0] in HEAD:
        return ("plan", *path)
    if path[:1] == ("steps",) and len(path) > 2 and path[2] == "who":
        return path[:3]
    return path
