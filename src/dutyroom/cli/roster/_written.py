"""A roster as it is written, with its plan, the names of its people and its calendar: what printing and feeds need.

No rules of rostering are asked for: a roster written by hand can be printed too.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroom.cli import UserError
from dutyroom.cli._findings import tell_findings

if TYPE_CHECKING:
    from dutyroom.core.calendar.days import Calendar
    from dutyroom.core.calendar.periods import Declared
    from dutyroom.core.findings import Finding
    from dutyroom.core.plan import Plan
    from dutyroom.core.roster import Roster


@dataclass(frozen=True, slots=True)
class Written:
    """`names` are of people by staff number; `zone` is the roster's."""

    plan: "Plan"
    roster: "Roster"
    names: Mapping[str, str]
    zone: str
    calendar: "Calendar"
    declared: "tuple[Declared, ...]"


def add_folder(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, help="预案文件夹 / plan folder (plan.yaml, roster.yaml, people.xlsx)")
    add("--people", default="people.xlsx", metavar="FILE", help="人员表 / the people list")
    add("--roster", default="roster.yaml", metavar="FILE", help="值班表 / the roster")
    add("--lang", choices=("zh", "en"), default="zh", help="语言 / language")


def written(args: argparse.Namespace) -> Written | None:
    """The folder's roster; None where a file has errors, which are told."""
    from dutyroom.adapters.planfolder import PLAN
    from dutyroom.adapters.staff import read_staff
    from dutyroom.core.calendar.calendarfile import CalendarFile, read_calendar
    from dutyroom.core.calendar.official import calendar_of_file
    from dutyroom.core.checks import examine
    from dutyroom.core.rosterfile import read_roster, roster_zone

    try:
        plan_bytes = (args.folder / PLAN).read_bytes()
        roster_text = (args.folder / args.roster).read_text(encoding="utf-8-sig")
        people = (args.folder / args.people).read_bytes()
        own_file = args.folder / "calendar.yaml"
        own_text = own_file.read_text(encoding="utf-8-sig") if own_file.is_file() else ""
    except OSError as error:
        raise UserError("rostering.no_file", file=str(error.filename)) from None
    except UnicodeDecodeError:
        raise UserError("rostering.no_file", file=str(args.folder)) from None
    examined = examine(plan_bytes)
    plan = examined.plan
    found = _errors(PLAN, examined.findings)
    if plan is None:
        tell_findings(args.folder, found, args.lang)
        return None
    roster, faults = read_roster(roster_text, plan.id)
    staff = read_staff(people, {role.name.zh: role.id for role in plan.roles.values()})
    own, calendar_faults = read_calendar(own_text) if own_text else (CalendarFile(), ())
    found += _errors(args.roster, faults) + _errors(args.people, staff.findings)
    found += _errors("calendar.yaml", calendar_faults)
    if found or roster is None or own is None:
        tell_findings(args.folder, found, args.lang)
        return None
    names = {holder.number: holder.name for holder in staff.holders}
    return Written(plan, roster, names, roster_zone(roster_text), calendar_of_file(own), own.declared)


def _errors(file: str, findings: "tuple[Finding, ...]") -> "tuple[Finding, ...]":
    return tuple(replace(one, place=f"{file}:{one.place}") for one in findings if one.severity == "error")
