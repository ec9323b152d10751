"""A difference between two editions in words: `tell_change(old, new, change, lang)`, and what a key is called."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from dutyroom.core import plan as shapes
from dutyroom.core.differing import Change
from dutyroom.core.plan import Clock, Criterion, Plan
from dutyroom.core.words import Words
from dutyroom.wording import codes, say
from dutyroom.wording.criteria import listed, tell_criterion
from dutyroom.wording.narrate import role_name, span

_SHAPES = {
    "roles": "Role", "groups": "Group", "facts": "Fact", "outside": "Outside", "places": "Place",
    "resources": "Resource", "periods": "Period", "posts": "Post", "references": "Reference", "levels": "Level",
    "steps": "Step", "calendar": "CalendarDuty", "clauses": "Clause", "packs": "PackUse", "plan": "Plan",
    "moves": "Move", "quotas": "Quota",
}  # fmt: skip


def tell_change(old: Plan, new: Plan, change: Change, lang: str) -> str:
    """One sentence: which thing, what of it, what it was and what it is."""
    plan = old if change.kind == "removed" else new
    thing = _thing(plan, change, lang)
    if not change.field and change.part != "plan":
        return say(f"diff.{change.kind}", lang, thing=thing)
    fields = {
        "thing": thing,
        "field": _field_label(change, lang),
        "before": _field_value(old, change.field, change.before, lang),
        "after": _field_value(new, change.field, change.after, lang),
    }
    return say(f"diff.field.{change.kind}", lang, **fields)


_SPANS = frozenset(
    {"within", "ask_again", "ring_again", "done", "not_before", "remind", "every", "reached_within"}
)


def _field_value(plan: Plan, field: str, value: Any, lang: str) -> str:
    """A number of milliseconds is a span; whatever else it is says itself."""
    if isinstance(value, int) and field.rpartition(".")[2] in _SPANS:
        return span(value, lang)
    return value_text(plan, value, lang)


def key_text(shape: str, key: str, lang: str) -> str:
    """What a key of the plan language means, as an editor shows it."""
    code = f"language.{shape}.{key}"
    return say(code if code in codes() else f"language.{key}", lang)


def label(shape: str, key: str, lang: str) -> str:
    """What a key is called: its meaning up to the colon."""
    return key_text(shape, key, lang).replace("：", ":").partition(":")[0]


def value_text(plan: Plan, value: Any, lang: str) -> str:
    """A value of the plan as a person reads it: names for ids, spans for milliseconds."""
    if value is None or value == "" or value == ():
        return say("diff.nothing", lang)
    if isinstance(value, Words):
        return f"“{value.in_language(lang)}”"
    if isinstance(value, Clock):
        return _clock_text(plan, value, lang)
    if isinstance(value, bool):
        return say("answer.yes" if value else "answer.no", lang)
    if isinstance(value, Criterion):
        return tell_criterion(plan, value, lang)
    if isinstance(value, tuple):
        return listed((value_text(plan, one, lang) for one in value), lang)
    if isinstance(value, Mapping):
        return listed((f"{k}: {value_text(plan, v, lang)}" for k, v in value.items()), lang)
    if dataclasses.is_dataclass(value):
        return _shape_text(plan, value, lang)
    return _named(plan, str(value), lang)


def _thing(plan: Plan, change: Change, lang: str) -> str:
    if change.part == "plan":
        return label("Plan", "plan", lang)
    kind = label("Plan", change.part, lang)
    if not change.id:
        return f"{kind} {_shape_text(plan, change.after or change.before, lang)}"
    return say("diff.thing", lang, kind=kind, name=_name_of(plan, change, lang))


def _name_of(plan: Plan, change: Change, lang: str) -> str:
    if change.part == "clauses":
        return change.id
    parts = getattr(plan, change.part)
    found = (
        parts.get(change.id)
        if isinstance(parts, Mapping)
        else next((one for one in parts if one.id == change.id), None)
    )
    words = found if isinstance(found, Words) else getattr(found, "title", getattr(found, "name", None))
    return words.in_language(lang) if isinstance(words, Words) else change.id


def _field_label(change: Change, lang: str) -> str:
    """`clocks.done` as the label of the key and what is inside it."""
    first, *rest = change.field.split(".") if change.field else [change.part]
    shape = _SHAPES.get(change.part, "Plan")
    parts = [label(shape, first, lang) if _known(shape, first) else first]
    for one in rest:
        verb = f"verb.{one}"
        parts.append(say(verb, lang) if verb in codes() else _inner_label(first, one, lang))
    return " · ".join(parts)


def _inner_label(outer: str, key: str, lang: str) -> str:
    shape = {"defaults": "Defaults", "warnings": "Warnings", "assisting": "Assisting", "report": "Report",
             "repeat": "Repeat", "confirm": "Confirm", "after": "Join"}.get(outer, "")  # fmt: skip
    return label(shape, key, lang) if _known(shape, key) else key


def _known(shape: str, key: str) -> bool:
    return f"language.{shape}.{key}" in codes() or f"language.{key}" in codes()


def _clock_text(plan: Plan, clock: Clock, lang: str) -> str:
    word = plan.defaults.words.get(clock.word)
    name = word.name.in_language(lang) if word else ""
    kind = say(f"clock.{clock.kind}", lang)
    since = "" if clock.since == shapes.OPENED else say("diff.since", lang, start=_start(plan, clock, lang))
    return f"{span(clock.within, lang)} · {kind}{f' “{name}”' if name else ''}{since}"


def _start(plan: Plan, clock: Clock, lang: str) -> str:
    if clock.since in plan.step:
        return plan.step[clock.since].title.in_language(lang)
    return say(f"diff.start.{clock.since}", lang) if clock.since in shapes.STARTS else clock.since


def _shape_text(plan: Plan, value: Any, lang: str) -> str:
    """The parts of a shape that say something, with their labels."""
    shape = type(value).__name__
    said = [
        f"{label(shape, one.name, lang)} {_field_value(plan, one.name, getattr(value, one.name), lang)}"
        for one in dataclasses.fields(value)
        if one.name != "line" and getattr(value, one.name) not in (one.default, None, (), "", {})
    ]
    return listed(said, lang)


def _named(plan: Plan, text: str, lang: str) -> str:
    """The name behind an id, wherever the plan keeps it."""
    if text in plan.roles:
        return role_name(plan, text, lang)
    if text in plan.step:
        return f"“{plan.step[text].title.in_language(lang)}”"
    if f"phase.{text}" in codes():
        return say(f"phase.{text}", lang)
    for part in (plan.kinds, plan.groups, plan.outside, plan.places, plan.resources, plan.periods,
                 plan.warnings.hazards, plan.warnings.areas):  # fmt: skip
        if text in part:
            found = part[text]
            words = found if isinstance(found, Words) else getattr(found, "name", None)
            return words.in_language(lang) if isinstance(words, Words) else text
    return text
