"""A plan folder read for rostering: plan, rules, calendar, people, the roster so far, and what is wrong in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dutyroom.adapters.planfolder import PEOPLE, PLAN, ROSTER, responder
from dutyroom.adapters.staff import read_staff
from dutyroom.core.calendar.calendarfile import CalendarFile, check_calendar, read_calendar
from dutyroom.core.calendar.official import calendar_of_file
from dutyroom.core.checks import examine
from dutyroom.core.findings import Finding
from dutyroom.core.roster import PlanInForce, Responder, Roster
from dutyroom.core.rosterfile import read_roster
from dutyroom.core.rostering.building import Sources
from dutyroom.core.rostering.rulesfile import check_rules, read_rules

RULES, CALENDAR = "rostering.yaml", "calendar.yaml"


@dataclass(frozen=True)
class Folder:
    """A plan folder read for rostering. `sources` is None where something in it is an error."""

    sources: Sources | None
    people: Mapping[str, Responder] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def rules(self, roster: Roster) -> PlanInForce:
        assert self.sources is not None
        return PlanInForce(self.sources.plan, roster, self.people)


def read_folder(folder: Path, people: str = PEOPLE, roster: str = ROSTER) -> Folder:
    """Plan, rules, calendar, people and roster of a folder. Raises OSError for a file that is not there."""
    examined = examine((folder / PLAN).read_bytes())
    plan, found = examined.plan, list(_within(PLAN, _errors(examined.findings)))
    if plan is None:
        return Folder(None, findings=tuple(found))
    staff = read_staff(
        (folder / people).read_bytes(), {role.name.zh: role.id for role in plan.roles.values()}
    )
    numbers = {holder.number for holder in staff.holders}
    rules, faults = read_rules((folder / RULES).read_text(encoding="utf-8-sig"), plan.id)
    before, roster_faults = read_roster((folder / roster).read_text(encoding="utf-8-sig"), plan.id)
    own, calendar_faults = _calendar_file(folder)
    found += [
        *_within(people, _errors(staff.findings)),
        *_within(RULES, faults),
        *_within(roster, roster_faults),
    ]
    found += _within(CALENDAR, _errors(calendar_faults))
    if rules is not None and staff.holders:
        found += _within(RULES, check_rules(rules, plan, numbers))
    if own is not None:
        found += _within(CALENDAR, check_calendar(own, plan))
    if found or rules is None:
        return Folder(None, findings=tuple(found))
    holders = {holder.number: frozenset(holder.roles) for holder in staff.holders}
    declared = own.declared if own else ()
    sources = Sources(plan, rules, holders, calendar_of_file(own), declared, before)
    responders = {holder.number: responder(holder) for holder in staff.holders}
    return Folder(sources, responders, {holder.number: holder.name for holder in staff.holders})


def _calendar_file(folder: Path) -> tuple[CalendarFile | None, tuple[Finding, ...]]:
    try:
        text = (folder / CALENDAR).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, ()
    return read_calendar(text)


def _errors(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity == "error"]


def _within(file: str, findings: Sequence[Finding]) -> list[Finding]:
    return [replace(one, place=f"{file}:{one.place}") for one in findings]
