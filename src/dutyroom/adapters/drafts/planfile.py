"""A draft as plan.yaml: above each proposed rule the sentence it was read from and how sure that reading is.

Written by hand rather than by a YAML library, because the comments are half of the file. Every value is a plain word
or a JSON string, which YAML reads as it stands.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dutyroom.core.drafting.proposal import (
    BODY,
    DUTY,
    GROUP,
    HAZARD,
    LEVEL,
    RESOURCE,
    ROLE,
    STEP,
    Draft,
    DraftClause,
    Proposal,
)
from dutyroom.wording import LANGUAGES, say

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_DURATION = re.compile(r"\d{1,3} (min|h|d)\Z")
_SOURCE = 160  # characters of a source sentence in a comment; the whole of it stands among the clauses


def plan_text(draft: Draft, id: str, unit: str = "") -> str:
    """The whole file. `id` is the plan's identifier; `unit` is used where the paper names none."""
    return "\n".join([*_head(draft, id, unit), *_defaults(draft), *_body(draft), *_clauses(draft)]) + "\n"


def _head(draft: Draft, id: str, unit: str) -> Iterator[str]:
    yield from _comment("draft.file.head")
    yield ""
    yield "plan:"
    yield f"  id: {flow(id)}"
    for name, value in (("number", draft.number), ("version", draft.version)):
        yield f"  {name}: {flow(value or '0')}" + ("" if value else f"  {_beside('draft.file.set_this')}")
    yield f"  title: {flow(draft.title or id)}"
    held = draft.unit or unit
    yield f"  unit: {flow(held or say('draft.file.no_unit', draft.language))}" + (
        "" if held else f"  {_beside('draft.file.set_this')}"
    )
    yield f"  type: {draft.type}"
    if draft.chief:
        yield f"  approved_by: {draft.chief}  {_beside('draft.file.set_this')}"


def _defaults(draft: Draft) -> Iterator[str]:
    yield ""
    yield from _comment("draft.file.defaults")
    yield "defaults:"
    if draft.words:
        yield "  words:"
        for word, within in draft.words.items():
            yield f"    {flow(word)}: {{name: {flow(word)}, within: {within}}}"
    else:
        yield "  words: {}"
    for name, value in (("ask_again", "1 min"), ("ring_again", "10 min"), ("done", "24 h")):
        yield f"  {name}: {value}"
    yield f"  last_rung: {flow(draft.chief)}"


def _body(draft: Draft) -> Iterator[str]:
    clauses = {one.id: one for one in draft.clauses}
    for part in (ROLE, GROUP, BODY, RESOURCE):
        yield from _named(draft, part, clauses)
    yield ""
    yield f"kinds: {flow(dict(draft.kinds))}"
    yield ""
    yield "facts:"
    for id, (default, name, unit) in draft.facts.items():
        entry = {"default": default, "name": name} | ({"unit": unit} if unit else {})
        yield f"  {id}: {flow(entry)}"
    yield from _warnings(draft, clauses)
    yield from _listed(draft, LEVEL, clauses)
    yield from _moves(draft)
    yield from _listed(draft, STEP, clauses)
    yield from _listed(draft, DUTY, clauses)


def _named(draft: Draft, part: str, clauses: Mapping[str, DraftClause]) -> Iterator[str]:
    found = [one for one in draft.proposals if one.part == part]
    if not found:
        return
    yield ""
    yield f"{part}:"
    for one in found:
        yield from _source(one, clauses, "  ")
        yield f"  {one.id}: {flow({**one.entry, 'clauses': one.clauses})}"


def _warnings(draft: Draft, clauses: Mapping[str, DraftClause]) -> Iterator[str]:
    hazards = [one for one in draft.proposals if one.part == HAZARD]
    if not hazards:
        return
    yield ""
    yield "warnings:"
    yield "  hazards:"
    for one in hazards:
        yield from _source(one, clauses, "    ")
        yield f"    {one.id}: {flow(one.entry)}"


def _listed(draft: Draft, part: str, clauses: Mapping[str, DraftClause]) -> Iterator[str]:
    found = [one for one in draft.proposals if one.part == part]
    if part == LEVEL:
        found.sort(key=lambda one: one.entry["rank"])
    if not found:
        return
    yield ""
    yield f"{part}:"
    for one in found:
        yield from _source(one, clauses, "  ")
        entry = {name: value for name, value in one.entry.items() if value != []}
        if part == STEP:
            entry = {**entry, "clauses": one.clauses} | (
                {"confidence": one.confidence} if one.confidence else {}
            )
        else:
            entry["clauses"] = one.clauses
        yield f"  - id: {one.id}"
        yield from (f"    {name}: {_value(name, value)}" for name, value in entry.items())


def _value(name: str, value: Any) -> str:
    if name == "clocks":
        return "{" + ", ".join(f"{verb}: {_clock(clock)}" for verb, clock in value.items()) + "}"
    return flow(value)


def _clock(value: Any) -> str:
    return flow(value)


def _moves(draft: Draft) -> Iterator[str]:
    """Only what the paper says: a move that no step of it makes is left for the writer."""
    steps = {one.id for one in draft.proposals if one.part == STEP}
    moves = [("readiness", "response", "activate"), ("response", "closing", "end_response")]
    yield ""
    yield from _comment("draft.file.moves")
    known = [one for one in moves if one[2] in steps]
    yield "moves:" if known else "moves: []"
    for source, target, step in known:
        yield f"  - {{source: {source}, target: {target}, after: [{step}]}}"


def _clauses(draft: Draft) -> Iterator[str]:
    yield ""
    yield from _comment("draft.file.clauses")
    yield "clauses:" if draft.clauses else "clauses: []"
    above: tuple[str, ...] = ()
    for one in draft.clauses:
        yield from (f"  # {_one_line(heading)}" for heading in new_headings(one.headings, above))
        above = one.headings
        entry: dict[str, Any] = {
            "id": one.id,
            "text": one.text,
            "chapter": one.chapter,
            "runs_as": one.runs_as,
        }
        if one.confidence:
            entry["confidence"] = one.confidence
        if one.reason:
            entry["note"] = {lang: say(one.reason, lang) for lang in LANGUAGES}
        yield f"  - {flow(entry)}"


def new_headings(headings: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of a clause from the first on that the clause before it did not have."""
    same = 0
    while same < min(len(headings), len(above)) and headings[same] == above[same]:
        same += 1
    return headings[same:]


def _source(one: Proposal, clauses: Mapping[str, DraftClause], indent: str) -> Iterator[str]:
    """The sentence a rule was read from, and our confidence, as comments."""
    for id in one.clauses[:3]:
        if id in clauses:
            text = _one_line(clauses[id].text)
            yield f"{indent}# [{id}] {text[:_SOURCE]}{'…' if len(text) > _SOURCE else ''}"
    if one.confidence:
        yield f"{indent}# " + " / ".join(
            say(f"draft.confidence.{one.confidence}", lang) for lang in LANGUAGES
        )


def _comment(code: str) -> Iterator[str]:
    for lang in LANGUAGES:
        for line in say(code, lang).splitlines():
            yield f"# {line}"


def _beside(code: str) -> str:
    return "# " + " / ".join(say(code, lang) for lang in LANGUAGES)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def flow(value: Any) -> str:
    """A value on one line, as YAML and JSON both read it; plain words stay plain."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        plain = _PLAIN.match(value) and value.lower() not in _WORDS
        return value if plain or _DURATION.match(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
