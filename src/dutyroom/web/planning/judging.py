"""What is wrong with a plan's text, for a page: each finding with its line, the part it concerns, and its sentence.

The checks are the core's. Here they are only put beside the step, clause or level in whose lines they stand.
"""

import bisect
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dutyroom.core.checks import check
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Roster
from dutyroom.core.rosterfile import check_roster, read_roster
from dutyroom.wording import say
from dutyroom.wording.narrate import tell

_PARTS = ("steps", "clauses", "levels", "moves", "calendar", "quotas", "packs")
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as a page shows it. `part` is what it concerns (`step:ID`, `clause:ID`), or empty."""

    severity: str
    severity_name: str
    line: int
    column: int
    part: str
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A text as it reads. `plan` is None where its form is wrong."""

    plan: Plan | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return sum(1 for one in self.findings if one.severity == "error")

    @property
    def warnings(self) -> int:
        return sum(1 for one in self.findings if one.severity == "warning")


@lru_cache(maxsize=32)
def judge(text: str, roster_text: str) -> Judged:
    """The plan and every finding on its form, its meaning, and on whether all its posts are held."""
    plan, findings = read_plan(text)
    if plan is None:
        return Judged(None, _in_order(findings))
    held = _unheld(plan, roster_text) if roster_text else ()
    return Judged(plan, _in_order((*findings, *check(plan), *held)))


def shown(judged: Judged, language: str) -> tuple[ShownFinding, ...]:
    """The findings in words, gravest first, then by line."""
    starts = _starts(judged.plan) if judged.plan else []
    return tuple(_shown(judged.plan, starts, one, language) for one in judged.findings)


@lru_cache(maxsize=16)
def roster_of(text: str) -> Roster | None:
    """The roster of an edition; None where its text no longer reads."""
    return read_roster(text)[0]


def _unheld(plan: Plan, roster_text: str) -> tuple[Finding, ...]:
    """Posts of the plan that nobody holds, or that the roster names and the plan no longer has: to be mended there."""
    roster = roster_of(roster_text)
    if roster is None:
        return ()
    found = check_roster(roster, _everybody(roster), plan)
    return tuple(
        replace(one, severity="warning", place=_post_place(plan, one))
        for one in found
        if one.code in ("roster.nobody", "roster.unknown_post", "roster.unknown_post_near")
    )


def _everybody(roster: Roster) -> Collection[str]:
    standing = {person for people in roster.standing.values() for person in people}
    return standing | {period.person for period in roster.periods}


def _post_place(plan: Plan, one: Finding) -> str:
    line, column = plan.place(f"roles.{one.fields.get('role', '')}")
    return f"{line}:{column}"


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (_ORDER.get(one.severity, 3), place_of(one))))


def place_of(finding: Finding) -> tuple[int, int]:
    """Line and column of a finding."""
    line, _, column = finding.place.partition(":")
    return (int(line) if line.isdigit() else 1, int(column) if column.isdigit() else 1)


def _shown(plan: Plan | None, starts: list[tuple[int, str]], one: Finding, language: str) -> ShownFinding:
    line, column = place_of(one)
    part = _part(plan, starts, one, line) if plan else ""
    clause = str(getattr(one, "clause", "") or one.fields.get("clause", ""))
    name = say(f"severity.{one.severity}", language)
    return ShownFinding(one.severity, name, line, column, part, clause, tell(one, language))


def _part(plan: Plan, starts: list[tuple[int, str]], one: Finding, line: int) -> str:
    """Named by the finding itself, else whatever part of the file begins last before its line."""
    if one.fields.get("step") in plan.step:
        return f"step:{one.fields['step']}"
    at = bisect.bisect_right(starts, (line, "\uffff")) - 1
    return starts[at][1] if at >= 0 and line > 1 else ""


def _starts(plan: Plan) -> list[tuple[int, str]]:
    """Where each part begins. Top-level keys begin parts without a name, so that nothing is put beside a stranger."""
    found = []
    for path, (line, _) in plan.marks.items():
        head, _, rest = path.partition(".")
        if not rest:
            found.append((line, ""))
        elif "." not in rest and head in _PARTS and rest.isdigit():
            found.append((line, _name(plan, head, int(rest))))
        elif "." not in rest and head == "roles":
            found.append((line, f"role:{rest}"))
    return sorted(found)


def _name(plan: Plan, head: str, number: int) -> str:
    kind = {"steps": "step", "clauses": "clause", "levels": "level"}.get(head, "")
    if not kind:
        return ""
    line = plan.marks[f"{head}.{number}"][0]
    if head == "steps":
        return next((f"step:{one.id}" for one in plan.steps if one.line == line and one.law is None), "")
    parts = plan.clauses if head == "clauses" else plan.levels
    return f"{kind}:{parts[number].id}" if number < len(parts) else ""
