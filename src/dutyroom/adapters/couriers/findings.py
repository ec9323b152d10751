"""From a validator's errors to findings: a code of ours, the place in the file, and what the sentence needs.

It takes no value from the file into a finding, since any value could be a secret in the wrong place.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dutyroom.core.findings import Finding

_KINDS = ("smtp", "gateway", "wecom", "dingtalk", "feishu", "apprise")

_WANTED = {
    "string_type": "text",
    "int_type": "number",
    "int_parsing": "number",
    "int_from_float": "number",
    "bool_type": "true/false",
    "bool_parsing": "true/false",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
    "list_type": "list",
}


def from_validation(error: ValidationError) -> tuple[Finding, ...]:
    """Every error, in the order of the file's tables, as findings of severity "error"."""
    found = [_finding(each) for each in error.errors(include_input=False, include_url=False)]
    return _distinct(found)


def _distinct(findings: list[Finding]) -> tuple[Finding, ...]:
    """A value that could be of two types gives two errors of one place: one is enough."""
    by_place: dict[tuple[str, str], Finding] = {}
    for each in findings:
        by_place.setdefault((each.place, each.code), each)
    return tuple(by_place.values())


def _finding(error: ErrorDetails) -> Finding:
    steps = _steps(error["loc"])
    context: Mapping[str, Any] = error.get("ctx", {})
    code, fields = _judgement(error["type"], steps[-1] if steps else "", context)
    if error["type"] == "union_tag_not_found":
        steps = [*steps, "kind"]
    return Finding(code, "error", ".".join(steps), fields)


def _steps(location: tuple[int | str, ...]) -> list[str]:
    """The place as the file's author sees it: without the validator's own markers for keys and kinds."""
    steps = [str(step) for step in location if step not in ("[key]",)]
    if len(steps) > 2 and steps[0] == "channels" and steps[2] in _KINDS:
        del steps[2]
    return [step for step in steps if step not in ("str", "int", "bool") and "[" not in step]


def _judgement(kind: str, last: str, context: Mapping[str, Any]) -> tuple[str, dict[str, str | int]]:
    if kind.startswith("courier."):
        return kind, {name: value for name, value in context.items() if isinstance(value, str | int)}
    if kind in ("missing", "union_tag_not_found"):
        return "courier.missing", {"field": last if kind == "missing" else "kind"}
    if kind == "extra_forbidden":
        return "courier.unknown_key", {"field": last}
    if kind in ("union_tag_invalid", "literal_error"):
        known = ", ".join(_KINDS) if kind == "union_tag_invalid" else str(context.get("expected", ""))
        return "courier.not_one_of", {"known": known.replace(" or ", ", ").replace("'", "")}
    if kind in _WANTED:
        return "courier.wrong_type", {"wanted": _WANTED[kind]}
    if kind in ("greater_than_equal", "less_than_equal"):
        return "courier.out_of_range", {"limit": int(context.get("ge", context.get("le", 0)))}
    if kind in ("string_too_short", "too_short"):
        return "courier.empty", {}
    return "courier.invalid", {"rule": kind}
