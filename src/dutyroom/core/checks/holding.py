"""Whether conditions can hold at all: `can_hold(sheet, texts, …)`, by trying every value that their text distinguishes.

A condition compares a handful of facts, answers and finished steps with a handful of values. All combinations of these
are tried, up to a bound; beyond it the answer is yes, because the checker never accuses on a guess.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import Any

from dutyroom.core.checks.sheet import Sheet
from dutyroom.core.conditions import CANNOT_EVALUATE, compiled, evaluated
from dutyroom.core.plan import FieldType, Step

_TRIES = 3_000
_FACT = re.compile(r"\bfacts\.(\w+)")
_ANSWER = re.compile(r"\banswers\.(\w+)")
_LISTED = re.compile(r"""(['"])(\w+)\1\s+in\s+(done|open|unknown)\b""")
_NUMBER = re.compile(r"(?<![\w.])(\d{1,9})(?![\w.])")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_BEYOND = re.compile(
    r"facts\[|answers\[|\bhas\(|\.(?:all|exists|exists_one|map|filter)\(|size\(done|size\(unknown"
)
_OTHER = "(other)"


def can_hold(
    sheet: Sheet,
    texts: Sequence[str],
    step: Step | None = None,
    level: str = "",
    undone: Iterable[str] = (),
) -> bool:
    """Whether one state of a case makes all of the conditions hold. `undone` are steps that are never done in it."""
    texts = [text for text in texts if text != "true"]
    whole = "\n".join(texts)
    strange = set(_FACT.findall(whole)) - set(sheet.plan.facts)  # told elsewhere
    if not texts or strange or _BEYOND.search(whole):
        return True
    slots = _slots(sheet, whole, step, level, frozenset(undone))
    size = 1
    for _, _, values in slots:
        size *= len(values)
    programs = [compiled(text) for text in texts]
    if any(
        _holds(sheet, programs, slots, values, level)
        for values in islice(product(*(s[2] for s in slots)), _TRIES)
    ):
        return True
    return size > _TRIES


def _slots(sheet: Sheet, text: str, step: Step | None, level: str, undone: frozenset[str]) -> list[Any]:
    """(part, name, values) for everything the text reads, the likeliest value first."""
    found: list[Any] = []
    for name in sorted(set(_FACT.findall(text))):
        fact = sheet.plan.facts.get(name)
        if fact is not None:
            values = _values(text, fact.default) if name in sheet.asked else [fact.default]
            found.append(("facts", name, values))
    types = {field.id: field.type for field in step.asks} if step else {}
    for name in sorted(set(_ANSWER.findall(text))):
        sample = {FieldType.BOOL: True, FieldType.COUNT: 1, FieldType.TIME: 1}.get(
            types.get(name, FieldType.TEXT), ""
        )
        found.append(("answers", name, _values(text, sample)))
    for _, name, part in sorted(set(_LISTED.findall(text))):
        never = part == "done" and name in undone
        found.append((part, name, [False] if never else [True, False]))
    if re.search(r"size\(open", text):
        found.append(("open", _OTHER, [False, True]))
    if not level and re.search(r"\b(rank|level)\b", text):
        found.append(("level", "", ["", *sheet.levels]))
    if re.search(r"\bphase\b", text):
        found.append(("phase", "", list(step.phases) if step else list(_PHASES)))
    if re.search(r"\bassisting\b", text):
        found.append(("assisting", "", [False, True]))
    return found


_PHASES = ("readiness", "response", "closing", "recovery", "closed")


def _values(text: str, sample: object) -> list[Any]:
    if isinstance(sample, bool):
        return [True, False]
    if isinstance(sample, int):
        numbers = {int(number) for number in _NUMBER.findall(text)}
        return sorted({0, *numbers, *(n + 1 for n in numbers), *(n - 1 for n in numbers if n)}, reverse=True)
    return [*dict.fromkeys(one or two for one, two in _QUOTED.findall(text)), _OTHER]


def _holds(
    sheet: Sheet, programs: Sequence[Any], slots: list[Any], values: Sequence[Any], level: str
) -> bool:
    seen: dict[str, Any] = {"phase": "response", "level": level, "assisting": False, "answers": {}}
    seen |= {"facts": {}, "done": [], "open": [], "unknown": []}
    for (part, name, _), value in zip(slots, values, strict=True):
        if part in ("facts", "answers"):
            seen[part][name] = value
        elif part in ("done", "open", "unknown"):
            seen[part] += [name] if value else []
        else:
            seen[part] = value
    seen["rank"] = sheet.plan.rank.get(seen["level"], 0)
    try:
        return all(evaluated(program, seen) is True for program in programs)
    except CANNOT_EVALUATE:
        return False
