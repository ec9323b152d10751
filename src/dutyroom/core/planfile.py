"""Plan text to `Plan`, keeping line numbers for every fault: `read_plan(text) -> (Plan | None, findings)`.

The file is YAML 1.2 (`yamltree`) with short forms (`widening`); pydantic checks the shape, so that all faults come at
once; then second confirmations and the obligations of rule packs join the plan's own steps. Knows nothing of files.
"""

import dataclasses
import difflib
import hashlib
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dutyroom.core.citing import cite
from dutyroom.core.findings import Finding
from dutyroom.core.joining import complete
from dutyroom.core.plan import Plan
from dutyroom.core.widening import HEAD, TOP, Widening, known_path
from dutyroom.core.yamltree import place_of, read_tree

_UNITS = "min, h, d, 分钟, 小时, 天"


def read_plan(text: str, *, stored: bool = False) -> tuple[Plan | None, tuple[Finding, ...]]:
    """The plan and what is wrong with its shape. No plan if anything is; meaning is judged by `checks`.

    A `stored` edition was approved by the rules of its day and is never refused for a rule that came later: several
    `requires` in a bare list are all required, and a post that a pack has gained since is the last rung's.
    """
    tree, found = read_tree(text)
    if tree is None:
        return None, found
    findings = [*found, *_strangers(tree)]
    widening = Widening(tree, stored=stored)
    widened = widening.plan() | {"source_sha256": hashlib.sha256(text.encode()).hexdigest()}
    findings += [Finding(one.code, "error", place_of(tree, one.path), one.fields) for one in widening.misfits]
    try:
        plan = plan_shape().validate_python(widened)
    except ValidationError as error:
        return None, cite(tree, sorted((*findings, *_misfits(tree, error)), key=_by_place))
    if findings:
        return None, cite(tree, sorted(findings, key=_by_place))
    return complete(plan, stored=stored)


def decode(data: bytes) -> tuple[str, tuple[Finding, ...]]:
    """The text of a plan file. In another encoding than UTF-8 it is named, and read as what it seems to be."""
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    for encoding, mark in (("utf-16", (b"\xff\xfe", b"\xfe\xff")), ("gb18030", (b"",))):
        try:
            if data.startswith(mark):
                return data.decode(encoding), (
                    Finding("plan.encoding", "error", "1:1", {"encoding": encoding}),
                )
        except UnicodeDecodeError:
            continue
    return "", (Finding("plan.no_text", "error", "1:1"),)


@cache
def plan_shape() -> TypeAdapter[Plan]:
    """The shape of a plan; building it takes longer than reading a plan with it."""
    return TypeAdapter(Plan)


def _by_place(finding: Finding) -> tuple[int, int]:
    line, _, column = finding.place.partition(":")
    return int(line), int(column or 1)


def _strangers(tree: Mapping[str, Any]) -> list[Finding]:
    return [_stranger(tree, (key,), TOP) for key in tree if key not in TOP]


def _stranger(tree: Any, path: Sequence[str | int], known: Sequence[str]) -> Finding:
    near = next(iter(difflib.get_close_matches(str(path[-1]), known, 1, 0.5)), "")
    return Finding(
        "plan.unknown_key", "error", place_of(tree, path), {"key": str(path[-1])[:80], "near": near}
    )


def _misfits(tree: Any, error: ValidationError) -> list[Finding]:
    return [_misfit(tree, fault) for fault in error.errors(include_url=False)]


_CODES = {"missing": "plan.missing", "enum": "plan.not_a_choice"}


def _misfit(tree: Any, fault: Any) -> Finding:
    where = known_path(fault["loc"])
    if fault["type"] == "unexpected_keyword_argument":
        known = HEAD if len(where) == 2 and where[0] == "plan" else keys_at(fault["loc"][:-1])
        return _stranger(tree, where if where[0] != where[-1] else ("plan", *where), known)
    fields = {"path": ".".join(map(str, where)), "got": str(fault.get("input"))[:80], "problem": fault["msg"]}
    code = _CODES.get(fault["type"], "plan.wrong_shape")
    if "not a duration" in fault["msg"]:
        code, fields = "plan.unknown_duration", {"value": fields["got"], "words": _UNITS}
    return Finding(code, "error", place_of(tree, where), fields)


def keys_at(path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the shape knows at a path of the widened plan; none where it takes any."""
    shape: Any = Plan
    for name in path:
        if dataclasses.is_dataclass(shape) and isinstance(shape, type):
            shape = typing.get_type_hints(shape).get(str(name))
        else:
            inner = [one for one in typing.get_args(shape) if one is not Ellipsis and one is not type(None)]
            shape = inner[-1] if inner else None
        if type(None) in typing.get_args(shape):  # an optional part
            shape = next(one for one in typing.get_args(shape) if one is not type(None))
    known = dataclasses.is_dataclass(shape) and isinstance(shape, type)
    return tuple(field.name for field in dataclasses.fields(shape)) if known else ()
