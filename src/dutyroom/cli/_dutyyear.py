"""`dutyroom drill FOLDER --year 2027 [--scenario FILE] [--seed N]`: a year of duty, rehearsed in seconds."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroom.cli._findings import tell_findings

if TYPE_CHECKING:
    from dutyroom.adapters.planfolder import LoadedPlan
    from dutyroom.core.calendar.calendarfile import CalendarFile
    from dutyroom.core.calendar.days import Calendar
    from dutyroom.core.findings import Finding
    from dutyroom.core.roster import PlanInForce, Roster
    from dutyroom.interpreters.drill.year import Account, Scenario

YEARS, CALENDAR, ROSTER = "years", "calendar.yaml", "roster.yaml"


def configure(parser: argparse.ArgumentParser) -> None:
    year = parser.add_argument_group("值班一年 / a year of duty")
    year.add_argument("--year", metavar="YYYY", help="演练一整年的值班 / rehearse duty for a whole year")
    year.add_argument(
        "--scenario", type=Path, help="这一年会出的事；默认 years/YYYY.yaml / what goes wrong in it"
    )


def fitting(args: argparse.Namespace) -> None:
    """Refuse options that do not go with a year."""
    from dutyroom.cli import UserError

    other = {"--script": args.script, "--runs": args.runs, "--chances": args.chances, "--compare": args.compare,
             "--plots": args.plots}  # fmt: skip
    for option, value in other.items():
        if value is not None:
            raise UserError("year.not_with", option=option)


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if something is wrong with a file, or a rule did not hold in the year."""
    from dutyroom.adapters.planfolder import load
    from dutyroom.cli import UserError
    from dutyroom.interpreters.drill.year import play_year

    lang, year = args.lang or "zh", _year(args.year)
    try:
        loaded = load(args.folder)
    except OSError as error:
        raise UserError("drill.no_file", file=str(error.filename)) from None
    rules = loaded.in_force()
    if rules is None:
        return tell_findings(args.folder, loaded.findings, lang)
    calendar, faults = _calendar(args.folder, rules)
    if faults:
        return tell_findings(args.folder / CALENDAR, faults, lang)
    file = _file(args, year)
    scenario, faults = _scenario(file, year, rules, loaded)
    if scenario is None:
        return tell_findings(file or args.folder, faults, lang)
    scenario = scenario if args.seed is None else replace(scenario, seed=args.seed)
    known, missing = _known_days(calendar, scenario, rules)
    if missing:
        return tell_findings(args.folder / CALENDAR, missing, lang)
    account = play_year(scenario, rules, known, calendar.declared if calendar else ())
    if args.update and file is not None:
        _write(file, account, rules.roster)
    _print(args, account, rules.roster, lang)
    return 1 if account.broken else 0


def _year(text: str) -> int:
    from dutyroom.cli import UserError

    if not (len(text) == 4 and text.isascii() and text.isdigit() and "2000" <= text <= "2099"):
        raise UserError("year.bad_year", got=text[:40])
    return int(text)


def _file(args: argparse.Namespace, year: int) -> Path | None:
    """The scenario as given, else inside the plan folder, else the folder's own of that year if there is one."""
    given: Path | None = args.scenario
    if given is not None:
        inside: Path = args.folder / given
        return inside if not given.exists() and inside.exists() else given
    own: Path = args.folder / YEARS / f"{year}.yaml"
    return own if own.exists() else None


def _scenario(
    file: Path | None, year: int, rules: "PlanInForce", loaded: "LoadedPlan"
) -> tuple["Scenario | None", tuple["Finding", ...]]:
    from dutyroom.cli import UserError
    from dutyroom.core.rosterfile import roster_zone
    from dutyroom.interpreters.drill.year import plain_year, read_scenario

    zone = roster_zone(loaded.texts[ROSTER])
    if not zone:
        raise UserError("year.no_zone")
    if file is None:
        return plain_year(year, zone), ()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UserError("drill.no_file", file=str(file)) from None
    scenario, faults = read_scenario(text, rules.plan, rules.roster, zone)
    if scenario is not None and not scenario.first.year <= year <= scenario.last.year:
        raise UserError("year.other_year", first=str(scenario.first), last=str(scenario.last), year=year)
    return scenario, faults


def _calendar(folder: Path, rules: "PlanInForce") -> tuple["CalendarFile | None", tuple["Finding", ...]]:
    """The folder's own days off and periods, if it has any."""
    from dutyroom.cli import UserError
    from dutyroom.core.calendar.calendarfile import check_calendar, read_calendar

    file = folder / CALENDAR
    if not file.exists():
        return None, ()
    try:
        found, faults = read_calendar(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise UserError("drill.no_file", file=str(file)) from None
    errors = tuple(one for one in faults if one.severity == "error")
    return found, errors if found is None else check_calendar(found, rules.plan)


def _known_days(
    calendar: "CalendarFile | None", scenario: "Scenario", rules: "PlanInForce"
) -> tuple["Calendar", tuple["Finding", ...]]:
    """The days off, and the years of the scenario of which none are known though the plan asks for them."""
    from dutyroom.core.calendar.official import calendar_of_file

    known = calendar_of_file(calendar)
    holidays = any(period.holidays for period in rules.plan.periods.values())
    return known, known.missing(scenario.first, scenario.last) if holidays else ()


def _print(args: argparse.Namespace, account: "Account", roster: "Roster", lang: str) -> None:
    from dutyroom.interpreters.drill.year import year_data, year_transcript
    from dutyroom.wording import say

    if args.format == "json":
        print(json.dumps(year_data(account), ensure_ascii=False))
        return
    print(year_transcript(account, posts_of(roster), lang), end="")
    if account.broken:
        print(say("dutyyear.not_held", lang))


def _write(file: Path, account: "Account", roster: "Roster") -> None:
    """The transcripts beside the scenario, in both languages."""
    from dutyroom.interpreters.drill.year import year_transcript

    for lang in ("zh", "en"):
        told = year_transcript(account, posts_of(roster), lang)
        file.with_suffix(f".{lang}.txt").write_text(told, encoding="utf-8")


def posts_of(roster: "Roster") -> Mapping[str, tuple[str, ...]]:
    """The posts of each person, standing ones first."""
    found: dict[str, dict[str, None]] = {}
    for role, held in roster.standing.items():
        for person in held:
            found.setdefault(person, {})[role] = None
    for period in roster.periods:
        found.setdefault(period.person, {})[period.role] = None
    return {person: tuple(roles) for person, roles in found.items()}
