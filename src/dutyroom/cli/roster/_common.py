"""What the subcommands of `roster` share: the folder and its files, days and times, how findings are told."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dutyroom.cli import UserError
from dutyroom.wording import say

if TYPE_CHECKING:
    from dutyroom.core.calendar.days import Calendar
    from dutyroom.core.findings import Finding
    from dutyroom.core.instants import Instant
    from dutyroom.core.plan import Plan
    from dutyroom.wiring.rostering import Folder

LONGEST = timedelta(days=731)
_YEARS = range(2020, 2100)


def add_folder(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "folder",
        type=Path,
        help="预案文件夹 / plan folder (plan.yaml, rostering.yaml, roster.yaml, people.xlsx)",
    )
    add("--people", default="people.xlsx", metavar="FILE", help="人员表 / the people list")
    add("--roster", default="roster.yaml", metavar="FILE", help="现在的值班表 / the roster so far")
    add("--format", choices=("text", "json"), default="text", help="输出格式 / form of the output")
    add("--lang", choices=("zh", "en"), default="zh", help="语言 / language")


def add_days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", metavar="2027", help="排这一年 / this year")
    parser.add_argument("--from", dest="starts", metavar="DATE", help="从这一天起 / from this day")
    parser.add_argument("--until", metavar="DATE", help="到这一天止(含)/ until this day, included")


def opened(args: argparse.Namespace) -> "Folder":
    """The folder; its errors are told, and nothing is done."""
    from dutyroom.wiring.rostering import read_folder

    try:
        folder = read_folder(args.folder, args.people, args.roster)
    except OSError as error:
        raise UserError("rostering.no_file", file=str(error.filename)) from None
    except UnicodeDecodeError:
        raise UserError("rostering.no_file", file=str(args.folder)) from None
    if folder.sources is None:
        tell_findings(args.folder, folder.findings, args.lang)
        print(say("rostering.errors", args.lang), file=sys.stderr)
    return folder


def tell_findings(folder: Path, findings: "Sequence[Finding]", lang: str) -> None:
    from dutyroom.wording.narrate import tell

    for one in findings:
        print(f"{folder}/{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}")


def days(args: argparse.Namespace) -> tuple[date, date]:
    """The first and the last day asked for."""
    if args.year:
        if not (args.year.isascii() and args.year.isdecimal() and int(args.year) in _YEARS):
            raise UserError("verify.bad_year", got=args.year[:20])
        return date(int(args.year), 1, 1), date(int(args.year), 12, 31)
    if not args.starts or not args.until:
        raise UserError("rostering.no_span")
    first, last = _day(args.starts), _day(args.until)
    if last < first or last - first > LONGEST:
        raise UserError("rostering.bad_span", first=str(first), last=str(last))
    return first, last


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UserError("verify.bad_day", got=text[:40]) from None
    if found.year not in _YEARS:
        raise UserError("verify.bad_day", got=text[:40])
    return found


def instant(text: str, zone: ZoneInfo, later: timedelta = timedelta(0)) -> "Instant":
    """A local time; a day stands for its beginning, moved by `later`."""
    from dutyroom.core.calendar.periods import instant_of

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UserError("rostering.bad_moment", got=text[:40]) from None
    if found.tzinfo is not None or found.year not in _YEARS:
        raise UserError("rostering.bad_moment", got=text[:40])
    return instant_of(found + later if len(text) <= len("2027-02-05") else found, zone)


def post_names(plan: "Plan", lang: str) -> Callable[[str], str]:
    from dutyroom.wording.narrate import role_name

    return lambda post: role_name(plan, post, lang)


def holiday_names(calendar: "Calendar", lang: str) -> Callable[[date], str]:
    """The holiday of a day; nothing where it has none, or its year is not known."""
    from dutyroom.core.calendar.days import YearMissing

    def named(day: date) -> str:
        try:
            holiday = calendar.holiday(day)
        except YearMissing:
            return ""
        return holiday.name.in_language(lang) if holiday else ""

    return named


def progress(lang: str) -> Callable[[str, Mapping[str, str | int]], None]:
    def told(code: str, fields: Mapping[str, str | int]) -> None:
        print(say(code, lang, **fields), file=sys.stderr, flush=True)

    return told


def write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            "rostering.cannot_write", file=str(file), problem=error.strerror or str(error)
        ) from None
