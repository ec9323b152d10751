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
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster, outward
from dutyroom.core.rosterfile import check_roster, read_roster
from dutyroom.core.surroundings import Reference

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
    headcounts: Mapping[str, int] = field(default_factory=dict)

    def in_force(self) -> PlanInForce | None:
        """Plan, roster and people together, unless something in them is wrong."""
        if self.plan is None or self.roster is None or any(one.severity == "error" for one in self.findings):
            return None
        return PlanInForce(self.plan, self.roster, self.people)


def load(folder: Path, people: str = PEOPLE) -> LoadedPlan:
    """Read the folder, with that people workbook. Raises OSError for a file that is not there."""
    examined = examine((folder / PLAN).read_bytes())
    texts = {PLAN: examined.text, ROSTER: (folder / ROSTER).read_text(encoding="utf-8-sig")}
    workbook = (folder / people).read_bytes()
    plan, found = examined.plan, _within(PLAN, examined.findings)
    if plan is None:
        return LoadedPlan(None, None, texts=texts, findings=found)
    staff = read_staff(workbook, {role.name.zh: role.id for role in plan.roles.values()})
    roster, faults = read_roster(texts[ROSTER], plan.id)
    known = {holder.number: responder(holder) for holder in staff.holders}
    found += (*_within(PLAN, reference_files(folder, plan)), *_within(people, staff.findings))
    found += _within(ROSTER, faults)
    # A workbook with an error yields nobody; to say so of every post would bury the one thing to mend.
    if roster is not None and not any(one.severity == "error" for one in staff.findings):
        found += _within(ROSTER, check_roster(roster, set(known), plan))
        found += _within(PLAN, check_holders(plan, roster, known))
    names = {holder.number: holder.name for holder in staff.holders}
    return LoadedPlan(plan, roster, known, names, texts, found, staff.holders, staff.counts)


def reference_files(folder: Path, plan: Plan) -> tuple[Finding, ...]:
    """References whose file is not beside the plan, or is another file than the one that was pinned."""
    found = []
    for one in plan.references.values():
        fault = _fault_of(folder, one) if one.file else None
        if fault is not None:
            line, column = plan.place(f"references.{one.id}.file")
            severity = "warning" if fault == "check.file_missing" else "error"
            found.append(
                Finding(fault, severity, f"{line}:{column}", {"name": one.id, "file": one.file[:200]})
            )
    return tuple(found)


def _fault_of(folder: Path, one: Reference) -> str | None:
    try:
        file = (folder / one.file).resolve()
        if not file.is_relative_to(folder.resolve()):
            return "check.file_outside"
        if not file.is_file():
            return "check.file_missing"
        if not one.sha256:
            return None
        with file.open("rb") as opened:
            same = hashlib.file_digest(opened, "sha256").hexdigest() == one.sha256.lower()
    except (
        OSError,
        ValueError,
        RuntimeError,
    ):  # no file can be called that, links in a circle, not ours to read
        return "check.file_missing"
    return None if same else "check.file_changed"


def scripts(folder: Path) -> tuple[Path, ...]:
    """The drill scripts of the folder, by name."""
    return tuple(sorted((folder / DRILLS).glob("*.yaml")))


def responder(holder: Holder) -> Responder:
    """A line of the people workbook as the core knows it: a staff number and kinds of channels."""
    return Responder(holder.number, holder.language, outward(Channel(kind) for kind, _ in holder.channels))


def _within(file: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(one, place=f"{file}:{one.place}") for one in findings)
