"""The plan language as a JSON Schema (draft 2020-12) for editors: keys to complete, hover texts in both languages.

Made from the shapes the program reads with, so it cannot fall behind them; the short forms a file may use are added
here. The schema helps while typing; what is right is decided by reading and checking alone.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from dutyroom.core import plan as shapes
from dutyroom.core import surroundings, widening
from dutyroom.core.instants import Milliseconds
from dutyroom.core.phases import PHASES
from dutyroom.core.words import Words
from dutyroom.wording.differing import key_text

Schema = dict[str, Any]

# Written by the program, never by hand.
_NOT_WRITTEN = frozenset({"line", "law", "requires_any", "marks", "source_sha256"})
_CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Clause", "runs_as"): shapes.RUNS_AS,
    ("Step", "on_level_change"): ("go_on", "stop"),
    ("Step", "command"): ("hand_over", "take_back"),
    ("Step", "confidence"): ("high", "medium", "low"),
    ("Clause", "confidence"): ("high", "medium", "low"),
    ("Outside", "kind"): surroundings.OUTSIDE_KINDS,
    ("Place", "kind"): surroundings.PLACE_KINDS,
    ("Reference", "kind"): surroundings.REFERENCE_KINDS,
    ("CalendarDuty", "kind"): surroundings.CALENDAR_KINDS,
    ("CalendarDuty", "every"): surroundings.EVERY,
    ("WarningRule", "colour"): surroundings.COLOURS,
    ("Criterion", "colour"): surroundings.COLOURS,
    ("WarningRule", "state"): ("readiness", "response"),
    ("Move", "source"): PHASES,
    ("Move", "target"): PHASES,
    ("Plan", "type"): ("general", "special", "scene"),
}
_TEXT: Schema = {"type": "string"}
_DURATION: Schema = {"type": "string", "examples": ["30 min", "2 h", "7 d", "30分钟"]}
_ROLES: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def plan_schema() -> Schema:
    """The schema of a plan file."""
    hints = typing.get_type_hints(shapes.Plan, include_extras=True)
    head = {name: _described("Plan", name, _of(hints[name], "Plan", name)) for name in widening.HEAD}
    head |= {name: {**head[name], "type": ["string", "number"]} for name in ("number", "version")}
    parts = {name: _described("Plan", name, _part(name, hints)) for name in widening.TOP}
    parts["plan"] = {
        **_described("Plan", "plan", {}),
        **_object(head, ("id", "number", "version", "title", "unit")),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dutyroom 预案文件 / plan file",
        **_object(parts, ("plan", "defaults", "roles", "steps", "clauses")),
        "$defs": {"Words": _words(), "Clock": _clock(), "Step": _step(), "CalendarDuty": _calendar_duty()},
    }


def _part(name: str, hints: Mapping[str, Any]) -> Schema:
    """A top part as the file writes it: named entries without their id, the rest as the shape has it."""
    if name == "plan":
        return {}
    shape = _of(hints[name], "Plan", name)
    if name == "groups":
        long = _without(shape["additionalProperties"], "id")
        return {**shape, "additionalProperties": {"oneOf": [{"type": "array", "items": _TEXT}, long]}}
    if name in widening.NAMED:
        return {**shape, "additionalProperties": _without(shape["additionalProperties"], "id")}
    if name == "warnings":
        hazards = shape["properties"]["hazards"]
        short = {**hazards, "additionalProperties": _without(hazards["additionalProperties"], "id")}
        return {**shape, "properties": {**shape["properties"], "hazards": short}}
    return shape


def _of(hint: Any, owner: str, key: str) -> Schema:
    """The schema of a type hint; `owner.key` is whose it is, for the keys that have a list of choices."""
    choices = _CHOICES.get((owner, key))
    if hint == Milliseconds:
        return _DURATION
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kinds = [one for one in inside if one is not type(None)]
        return _of(kinds[0], owner, key) if len(kinds) == 1 else {"type": ["boolean", "integer", "string"]}
    if origin is tuple:
        return {"type": "array", "items": _of(inside[0], owner, key)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(inside[1], owner, key)}
    if hint is str:
        return {"enum": list(choices)} if choices else _TEXT
    return _of_class(hint)


def _of_class(kind: Any) -> Schema:
    for simple, schema in ((Words, "Words"), (shapes.Clock, "Clock"), (shapes.Step, "Step")):
        if kind is simple:
            return {"$ref": f"#/$defs/{schema}"}
    if kind is surroundings.CalendarDuty:
        return {"$ref": "#/$defs/CalendarDuty"}
    if kind is shapes.Join:
        return {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}, _shape(kind)]}
    if kind is shapes.Confirm:
        return _confirm()
    if kind is surroundings.Report:
        return _with(_shape(kind), to=_described("Report", "to", _ROLES))
    if dataclasses.is_dataclass(kind):
        return _shape(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.value for one in kind]}
    return {bool: {"type": "boolean"}, int: {"type": "integer"}}[kind]


def _shape(kind: Any) -> Schema:
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = [one for one in dataclasses.fields(kind) if one.name not in _NOT_WRITTEN]
    parts = {
        one.name: _described(kind.__name__, one.name, _of(hints[one.name], kind.__name__, one.name))
        for one in fields
    }
    needed = [
        one.name
        for one in fields
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
    ]
    return _object(parts, needed)


def _step() -> Schema:
    schema = _with(
        _shape(shapes.Step),
        who=_described("Step", "who", _ROLES),
        each=_described("Step", "each", _TEXT),
        requires=_described("Step", "requires", _requirements()),
    )
    verbs = {verb.value: _described("Verb", verb, _of_class(shapes.Clock)) for verb in shapes.VERBS}
    schema["properties"]["clocks"] = _described("Step", "clocks", _object(verbs, ()))
    phases = {"type": "array", "items": {"enum": list(PHASES)}}
    schema["properties"]["phases"] = _described("Step", "phases", phases)
    return {**schema, "required": [name for name in schema["required"] if name != "who"]}


def _requirements() -> Schema:
    """One condition in a list, or several under a word that says all or any."""
    needs = {"type": "array", "items": _shape(shapes.Condition)}
    words = [_object({word: _described("Join", word, needs)}, (word,)) for word in ("all", "any")]
    return {"oneOf": [{**needs, "maxItems": 1}, *words]}


def _calendar_duty() -> Schema:
    schema = _with(_shape(surroundings.CalendarDuty), each=_described("CalendarDuty", "each", _TEXT))
    return {**schema, "required": [name for name in schema["required"] if name != "who"]}


def _confirm() -> Schema:
    parts = {"who": _TEXT, "title": _of_class(Words), "within": _of_class(shapes.Clock)}
    return _object({key: _described("Confirm", key, one) for key, one in parts.items()}, ("who", "title"))


def _clock() -> Schema:
    since = _described("Clock", "since", _TEXT)
    hard = _object({"within": _described("Clock", "within", _DURATION), "since": since}, ("within",))
    default = _object({"default": _described("Clock", "default", _DURATION), "since": since}, ("default",))
    return {"oneOf": [_DURATION, hard, default]}


def _words() -> Schema:
    both = _object({"zh": _described("", "zh", _TEXT), "en": _described("", "en", _TEXT)}, ("zh", "en"))
    return {"oneOf": [_TEXT, both]}


def _described(shape: str, key: str, schema: Schema) -> Schema:
    return {"description": f"{key_text(shape, key, 'zh')}\n{key_text(shape, key, 'en')}", **schema}


def _object(properties: Mapping[str, Schema], required: typing.Sequence[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _with(schema: Schema, **properties: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], **properties}}


def _without(schema: Schema, key: str) -> Schema:
    kept = {name: one for name, one in schema["properties"].items() if name != key}
    return {**schema, "properties": kept, "required": [name for name in schema["required"] if name != key]}
