"""What is wrong with the meaning of a plan: `check(plan) -> findings`, all at once, sorted by place.

A plan without findings of severity "error" can run: every name it uses exists, every condition can be evaluated,
every step has somebody to act, every phase an exit. `examine` reads a text and checks it; `check_holders` judges a plan
together with its roster and people. One module a family.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dutyroom.core.checks.clocks import clocks
from dutyroom.core.checks.completeness import completeness
from dutyroom.core.checks.expressions import expressions
from dutyroom.core.checks.flow import flow
from dutyroom.core.checks.holders import check_holders
from dutyroom.core.checks.law import law
from dutyroom.core.checks.levels import levels
from dutyroom.core.checks.people import people
from dutyroom.core.checks.refused import refusals
from dutyroom.core.checks.sheet import Sheet
from dutyroom.core.checks.targets import targets
from dutyroom.core.checks.texts import comments, texts
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import decode, read_plan

__all__ = ["Examined", "check", "check_holders", "examine"]

FAMILIES: tuple[Callable[[Sheet], Iterator[Finding]], ...] = (
    people,
    clocks,
    flow,
    expressions,
    levels,
    targets,
    law,
    texts,
    completeness,
    refusals,
)


@dataclass(frozen=True, slots=True)
class Examined:
    """A text that was read and checked. `text` is what the bytes say; `plan` is None if its shape is broken."""

    text: str
    plan: Plan | None
    findings: tuple[Finding, ...]


def examine(data: bytes) -> Examined:
    """Everything that is wrong with a plan file, from its encoding to its meaning. Never raises."""
    text, encoding = decode(data)
    if not text and encoding:
        return Examined(text, None, encoding)
    plan, findings = read_plan(text)
    found = (*encoding, *findings, *comments(text), *(check(plan) if plan else ()))
    return Examined(text, plan, _sorted(found))


def check(plan: Plan) -> tuple[Finding, ...]:
    """Every finding on the plan's meaning, in the order of the file."""
    sheet = Sheet(plan)
    return _sorted(tuple(found for family in FAMILIES for found in family(sheet)))


def _sorted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    unique = {(one.code, one.place, tuple(one.fields.items())): one for one in findings}
    return tuple(sorted(unique.values(), key=_by_place))


def _by_place(finding: Finding) -> tuple[int, int, str]:
    line, _, column = finding.place.partition(":")
    return int(line), int(column or 1), finding.code
