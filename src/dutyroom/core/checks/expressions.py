"""CEL conditions: that they can be read and evaluated, name only what exists, and can hold at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dutyroom.core.checks.holding import can_hold
from dutyroom.core.checks.sheet import Sheet, near
from dutyroom.core.conditions import CANNOT_EVALUATE, NAMES, compiled, context, evaluated, names_in
from dutyroom.core.findings import Finding
from dutyroom.core.plan import FieldType, Plan, Step
from dutyroom.core.state import Case

_FACT = re.compile(r"\bfacts\.(\w+)")
_WHOLE = re.compile(r"\bfacts\b(?!\.\w)|\bhas\(")
_STEPS = re.compile(r"""(['"])(\w+)\1\s+in\s+(?:done|open)\b""")


@dataclass(frozen=True)
class Written:
    """A condition of the plan and where it stands; `step` is the step it belongs to, if any."""

    text: str
    path: str
    step: Step | None = None
    clause: str = ""
    must_hold: bool = True


def expressions(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on the conditions of the plan's own parts."""
    seen = context(sheet.plan, Case(phase="response"))
    for one in written(sheet):
        faults = list(_faults(sheet, one, seen))
        yield from faults
        if not faults and one.must_hold and not can_hold(sheet, (one.text,), one.step):
            yield _find(sheet, one, "never_holds")


def readable(plan: Plan, text: str) -> bool:
    """Whether a condition compiles and reads nothing but names that exist."""
    try:
        compiled(text)
    except ValueError:
        return False
    return not names_in(text) - NAMES


def written(sheet: Sheet) -> Iterator[Written]:
    """Every condition of the plan, those of rule packs aside."""
    for step in sheet.own_steps:
        path = sheet.paths[step.id]
        yield Written(step.when, f"{path}.when", step)
        word = "any" if step.requires_any else "all"
        for number, need in enumerate(step.requires):
            exact = f"{path}.requires.{word}.{number}.when"
            yield Written(
                need.when, exact if exact in sheet.plan.marks else f"{path}.requires.{number}.when", step
            )
        for number, owes in enumerate(step.owes):
            yield Written(owes.when, f"{path}.owes.{number}.when", step)
        if step.repeat:
            yield Written(step.repeat.until, f"{path}.repeat.until", step, must_hold=False)
    for number, level in enumerate(sheet.plan.levels):
        clause = level.clauses[0] if level.clauses else ""
        if level.when:
            yield Written(level.when, f"levels.{number}.when", None, clause)
        for part, several in (("any", level.any), ("all", level.all)):
            for item, one in enumerate(several):
                if one.when:
                    yield Written(one.when, f"levels.{number}.{part}.{item}.when", None, clause)
    for number, move in enumerate(sheet.plan.moves):
        yield Written(move.when, f"moves.{number}.when", None, move.clauses[0] if move.clauses else "")


def _find(sheet: Sheet, one: Written, code: str, **fields: str | int) -> Finding:
    fields = {**fields, "condition": one.text[:200]}
    if one.step is None:
        return sheet.find(one.path, code, "error", one.clause, **fields)
    return sheet.at(one.step, one.path.removeprefix(f"{sheet.paths[one.step.id]}."), code, **fields)


def _faults(sheet: Sheet, one: Written, seen: dict[str, Any]) -> Iterator[Finding]:
    if one.text in ("true", "false"):
        return
    try:
        program = compiled(one.text)
    except ValueError as error:
        yield _find(sheet, one, "not_cel", problem=str(error).split("\n")[0][:160])
        return
    strangers = sorted(names_in(one.text) - NAMES)
    for name in strangers:
        yield _find(sheet, one, "unknown_name", name=name)
    for _, name in _STEPS.findall(one.text):
        if name not in sheet.plan.step:
            yield _find(
                sheet, one, "unknown_step_in_condition", other=name, nearest=near(name, sheet.plan.step)
            )
    if not strangers:
        answers = {field.id: _sample(field.type) for field in one.step.asks} if one.step else {}
        yield from _value(sheet, one, program, {**seen, "facts": _read(one.text, seen), "answers": answers})


def _read(text: str, seen: dict[str, Any]) -> dict[str, Any]:
    """The facts that a condition names; all of them where it reads the whole. Handing over fewer is much faster."""
    facts: dict[str, Any] = seen["facts"]
    if _WHOLE.search(text):
        return facts
    return {name: facts[name] for name in _FACT.findall(text) if name in facts}


def _value(sheet: Sheet, one: Written, program: Any, seen: dict[str, Any]) -> Iterator[Finding]:
    try:
        value = evaluated(program, seen)
    except CANNOT_EVALUATE as error:
        yield _find(sheet, one, "cannot_evaluate", problem=str(error)[:160])
        return
    if not isinstance(value, bool):
        yield _find(sheet, one, "not_a_condition")


def _sample(kind: FieldType) -> str | int | bool:
    return {FieldType.BOOL: True, FieldType.COUNT: 1, FieldType.TIME: 1}.get(kind, "text")
