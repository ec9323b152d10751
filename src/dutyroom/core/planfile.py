"""Plan text to `Plan`, keeping line numbers for every fault: `read_plan(text) -> (Plan | None, findings)`.

The file is YAML 1.2 with short forms (a soft word as a clock, a role instead of a list); this module widens them to
the shape of `plan.Plan` and lets pydantic check the shape, so that all faults come at once. It knows nothing of files.
"""

import dataclasses
import difflib
import hashlib
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from dutyroom.core import plan as shapes
from dutyroom.core.findings import Finding
from dutyroom.core.instants import parse_duration
from dutyroom.core.plan import Plan

_TOP = ("plan", "defaults", "roles", "groups", "kinds", "facts", "levels", "moves", "steps", "clauses")
_HEAD = ("id", "number", "version", "title", "unit", "issued", "approved_by", "signs")
_NAMED: Mapping[str, type] = {"roles": shapes.Role, "facts": shapes.Fact}
_LISTED: Mapping[str, type] = {
    "levels": shapes.Level,
    "moves": shapes.Move,
    "steps": shapes.Step,
    "clauses": shapes.Clause,
}
_LARGEST = 2_000_000

Path = tuple[str | int, ...]


def read_plan(text: str) -> tuple[Plan | None, tuple[Finding, ...]]:
    """The plan and what is wrong with its shape. No plan if anything is; meaning is judged by `checks`."""
    tree, findings = parse_yaml(text)
    if tree is None:
        return None, findings
    digest = hashlib.sha256(text.encode()).hexdigest()
    findings = (*findings, *_unknown_keys(tree))
    try:
        plan = TypeAdapter(Plan).validate_python(_widen(tree) | {"source_sha256": digest})
    except ValidationError as error:
        return None, (*findings, *(_misfit(tree, fault) for fault in error.errors()))
    except _Misfit as misfit:
        return None, (*findings, misfit.finding(tree))
    return (None if findings else plan), findings


def parse_yaml(text: str) -> tuple[Any, tuple[Finding, ...]]:
    """The YAML tree of a mapping, or None with the findings that say where it is not one."""
    if len(text) > _LARGEST:
        return None, (Finding("plan.too_large", "error", "1:1", {"limit": _LARGEST}),)
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        code = "plan.duplicate_key" if type(error).__name__ == "DuplicateKeyError" else "plan.not_yaml"
        return None, (Finding(code, "error", place, {"problem": str(error.problem or "")[:200]}),)
    except (YAMLError, ValueError, RecursionError) as error:
        return None, (Finding("plan.not_yaml", "error", "1:1", {"problem": str(error)[:200]}),)
    if not isinstance(tree, Mapping):
        return None, (Finding("plan.not_a_plan", "error", "1:1"),)
    return tree, ()


class _Misfit(Exception):
    """A short form that cannot be widened; becomes a finding at its place."""

    def __init__(self, path: Path, code: str, **fields: str) -> None:
        self.path, self.code, self.fields = path, code, fields

    def finding(self, tree: Any) -> Finding:
        return Finding(self.code, "error", place_of(tree, self.path), self.fields)


def place_of(tree: Any, path: Sequence[str | int]) -> str:
    """`line:column` of the deepest part of the path that the file has."""
    line, column = 0, 0
    for name in path:
        if not isinstance(tree, CommentedBase):
            break
        try:
            where = tree.lc.data.get(name) if tree.lc.data else None
            tree = tree[name]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
        line, column = (where[0], where[1]) if where else (line, column)
    return f"{line + 1}:{column + 1}"


def _widen(tree: Mapping[str, Any]) -> dict[str, Any]:
    head = _mapping(tree, "plan")
    words = _mapping(_mapping(tree, "defaults"), "words")
    return {
        **{name: head[name] for name in _HEAD if name in head},
        "version": str(head.get("version", "")),
        "issued": str(head.get("issued", "")),
        "defaults": tree.get("defaults", {}),
        "roles": _named(tree, "roles"),
        "groups": tree.get("groups") or {},
        "kinds": tree.get("kinds") or {},
        "facts": _named(tree, "facts"),
        "levels": tree.get("levels") or [],
        "moves": _each(tree, "moves", lambda move, _: {**move, "after": _join(move.get("after"))}),
        "steps": _each(tree, "steps", lambda step, path: _step(words, step, path)),
        "clauses": tree.get("clauses") or [],
    }


def _each(tree: Mapping[str, Any], name: str, widen: Callable[[Mapping[str, Any], Path], Any]) -> Any:
    """Widen every mapping of a list; whatever else stands there is left for the check of shapes to name."""
    value = tree.get(name) or []
    if not isinstance(value, list):
        return value
    return [
        widen(one, (name, number)) if isinstance(one, Mapping) else one for number, one in enumerate(value)
    ]


def _step(words: Mapping[str, Any], step: Mapping[str, Any], path: Path) -> Any:
    wide = dict(step)
    each = wide.pop("each", None)
    who = each if each is not None else wide.get("who")
    wide["who"] = [who] if isinstance(who, str) else (who or [])
    wide["each"] = each is not None
    wide["after"] = _join(wide.get("after"))
    clocks = wide.get("clocks") or {}
    if isinstance(clocks, Mapping):
        wide["clocks"] = {
            verb: _clock(words, value, (*path, "clocks", verb)) for verb, value in clocks.items()
        }
    wide["line"] = step.lc.line + 1 if isinstance(step, CommentedBase) else 0
    return wide


def _clock(words: Mapping[str, Any], value: Any, path: Path) -> dict[str, Any]:
    """`30 min` is hard; `立即` is soft, by the organisation's words; `{default: 30 min}` is Dutyroom's own."""
    if isinstance(value, Mapping):
        return {"kind": "default", "within": value.get("default")}
    text = str(value)
    for word, meaning in words.items():
        if text == word or text in _mapping(meaning, "name").values():
            within = meaning.get("within") if isinstance(meaning, Mapping) else None
            return {"kind": "soft", "within": within, "word": word}
    try:
        return {"kind": "hard", "within": parse_duration(text)}
    except ValueError:
        known = ", ".join(words)
        raise _Misfit(path, "plan.unknown_duration", value=text, words=known) from None


def _join(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value
    return {"all": [value] if isinstance(value, str) else value or []}


def _named(tree: Mapping[str, Any], part: str) -> Any:
    """Entries written under their id, with the id put into each."""
    value = tree.get(part) or {}
    if not isinstance(value, Mapping):
        return value
    return {name: {"id": name, **one} if isinstance(one, Mapping) else one for name, one in value.items()}


def _mapping(tree: Any, name: str) -> Mapping[str, Any]:
    value = tree.get(name) if isinstance(tree, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _misfit(tree: Any, fault: Any) -> Finding:
    path = tuple(part for part in fault["loc"])
    # The head of the file is flattened into the plan's own fields, so its faults are looked for under `plan`.
    where = ("plan", *path) if path and path[0] in _HEAD else path
    fields = {"path": ".".join(map(str, where)), "got": str(fault.get("input"))[:80]}
    code = {"missing": "plan.missing", "enum": "plan.not_a_choice"}.get(fault["type"], "plan.wrong_shape")
    return Finding(code, "error", place_of(tree, where), fields | {"problem": fault["msg"]})


def _unknown_keys(tree: Mapping[str, Any]) -> tuple[Finding, ...]:
    found = list(_strangers(tree, tree, (), _TOP))
    found += _strangers(tree, _mapping(tree, "plan"), ("plan",), _HEAD)
    found += _against(tree, _mapping(tree, "defaults"), ("defaults",), shapes.Defaults)
    for part, named in _NAMED.items():
        for key, value in _mapping(tree, part).items():
            found += _against(tree, value, (part, key), named)
    for part, listed in _LISTED.items():
        values = tree.get(part)
        for number, value in enumerate(values if isinstance(values, list) else []):
            found += _against(tree, value, (part, number), listed)
    return tuple(found)


def _against(tree: Any, value: Any, path: Path, shape: type) -> list[Finding]:
    """Keys of the value, and of the values inside it, that the shape does not have."""
    if not isinstance(value, Mapping):
        return []
    fields = {field.name: field for field in dataclasses.fields(shape)}
    found = _strangers(tree, value, path, tuple(fields))
    hints = typing.get_type_hints(shape)
    for key, inner in value.items():
        part = next((arg for arg in _inside(hints.get(key)) if dataclasses.is_dataclass(arg)), None)
        if isinstance(part, type) and isinstance(inner, list):
            for number, item in enumerate(inner):
                found += _against(tree, item, (*path, key, number), part)
        elif part in (shapes.Words, shapes.SoftWord) and typing.get_origin(hints[key]) is Mapping:
            for name, item in inner.items() if isinstance(inner, Mapping) else ():
                found += _against(tree, item, (*path, key, name), part)
        elif part is shapes.Words:
            found += _against(tree, inner, (*path, key), part)
    return found


def _inside(hint: Any) -> tuple[Any, ...]:
    return (hint, *typing.get_args(hint)) if hint is not None else ()


def _strangers(tree: Any, value: Any, path: Path, known: Sequence[str]) -> list[Finding]:
    if not isinstance(value, Mapping):
        return []
    return [
        Finding(
            "plan.unknown_key",
            "error",
            place_of(tree, (*path, key)),
            {"key": str(key), "near": next(iter(difflib.get_close_matches(str(key), known, 1)), "")},
        )
        for key in value
        if key not in known
    ]
