"""A plan folder (plan.yaml, roster.yaml, people.xlsx) read and checked as one: `load(folder) -> LoadedPlan`.

Knows file names and nothing of what is done with the values. Sites are set up from the same folder elsewhere; this
reading needs no database, so a drill or a check runs anywhere.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dutyroom.adapters.staff import Holder, read_staff
from dutyroom.core.checks import check_holders, examine
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.rosterfile import check_roster, read_roster

PLAN, ROSTER, PEOPLE, DRILLS = "plan.yaml", "roster.yaml", "people.xlsx", "drills"


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """What the folder holds. `plan` or `roster` is None where its file has errors; places begin with the file."""

    plan: Plan | None
    roster: Roster | None
    people: Mapping[str, Responder] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    holders: tuple[Holder, ...] = ()

    def in_force(self) -> PlanInForce | None:
        """Plan, roster and people together, unless something in them is wrong."""
        if self.plan is None or self.roster is None or any(one.severity == "error" for one in self.findings):
            return None
        return PlanInForce(self.plan, self.roster, self.people)


def load(folder: Path) -> LoadedPlan:
    """Read the folder. Raises OSError for a file that is not there."""
    examined = examine((folder / PLAN).read_bytes())
    texts = {PLAN: examined.text, ROSTER: (folder / ROSTER).read_text(encoding="utf-8-sig")}
    workbook = (folder / PEOPLE).read_bytes()
    plan, found = examined.plan, _within(PLAN, examined.findings)
    if plan is None:
        return LoadedPlan(None, None, texts=texts, findings=found)
    staff = read_staff(workbook, {role.name.zh: role.id for role in plan.roles.values()})
    roster, faults = read_roster(texts[ROSTER], plan.id)
    people = {holder.number: responder(holder) for holder in staff.holders}
    found += (*_within(PLAN, reference_files(folder, plan)), *_within(PEOPLE, staff.findings))
    found += _within(ROSTER, faults)
    if roster is not None:
        found += _within(ROSTER, check_roster(roster, set(people), plan))
        found += _within(PLAN, check_holders(plan, roster, people))
    names = {holder.number: holder.name for holder in staff.holders}
    return LoadedPlan(plan, roster, people, names, texts, found, staff.holders)


def reference_files(folder: Path, plan: Plan) -> tuple[Finding, ...]:
    """References whose file is not beside the plan, or is another file than the one that was pinned."""
    found = []
    for one in plan.references.values():
        file = (folder / one.file).resolve()
        if not one.file:
            continue
        line, column = plan.place(f"references.{one.id}.file")
        place, fields = f"{line}:{column}", {"name": one.id, "file": one.file}
        if not file.is_relative_to(folder.resolve()):
            found.append(Finding("check.file_outside", "error", place, fields))
        elif not file.is_file():
            found.append(Finding("check.file_missing", "warning", place, fields))
        elif one.sha256 and hashlib.sha256(file.read_bytes()).hexdigest() != one.sha256.lower():
            found.append(Finding("check.file_changed", "error", place, fields))
    return tuple(found)


def scripts(folder: Path) -> tuple[Path, ...]:
    """The drill scripts of the folder, by name."""
    return tuple(sorted((folder / DRILLS).glob("*.yaml")))


def responder(holder: Holder) -> Responder:
    """A line of the people workbook as the core knows it: a staff number and kinds of channels."""
    return Responder(holder.number, holder.language, tuple(Channel(kind) for kind, _ in holder.channels))


def _within(file: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(one, place=f"{file}:{one.place}") for one in findings)
