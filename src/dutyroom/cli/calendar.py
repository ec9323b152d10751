"""`dutyroom calendar`: show a year, check a calendar file; declare and withdraw a special period, enter a notice.

`show` and `check` read files and need no database; with `--site` a running site's calendar is shown. Whoever may run
commands on the server may act as any leader; the record says as whom (`--as`).
"""

import argparse
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroom.cli import UserError
from dutyroom.wording import say

if TYPE_CHECKING:
    from dutyroom.core.calendar.days import Calendar
    from dutyroom.store.sites import SiteCard

NAME = "calendar"
HELP = "节假日与特殊时期 / holidays and special periods"
FILE = "calendar.yaml"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True)
    show = verbs.add_parser("show", help="一年的日历 / a year", allow_abbrev=False)
    show.add_argument(
        "folder", nargs="?", type=Path, help="预案文件夹或日历文件 / plan folder or calendar file"
    )
    show.add_argument("--site", default="", metavar="CODE", help="运行中的场所 / a running site")
    show.add_argument("--year", type=int, required=True, help="年份 / year")
    check = verbs.add_parser("check", help="检查日历文件 / check a calendar file", allow_abbrev=False)
    check.add_argument("folder", type=Path, help="预案文件夹或日历文件 / plan folder or calendar file")
    declare = verbs.add_parser("declare", help="宣布特殊时期 / declare a special period", allow_abbrev=False)
    declare.add_argument("period", help="预案里的时期代号 / id of a period of the plan")
    declare.add_argument("--from", dest="starts", required=True, metavar="TIME", help="2027-03-01T08:00")
    declare.add_argument("--until", dest="ends", required=True, metavar="TIME", help="2027-03-15T18:00")
    declare.add_argument(
        "--source", choices=("superior", "organisation"), default="organisation", help="谁要求 / who asks"
    )
    declare.add_argument("--reason", required=True, help="原因 / why")
    withdraw = verbs.add_parser("withdraw", help="撤销 / withdraw", allow_abbrev=False)
    withdraw.add_argument("id", help="编号 / identifier")
    notice = verbs.add_parser("notice", help="录入放假通知 / enter a year's notice", allow_abbrev=False)
    notice.add_argument("file", type=Path, help="一年的通知 / one year's notice")
    for one in (declare, withdraw, notice):
        one.add_argument("--site", required=True, metavar="CODE", help="场所代码 / code of the site")
        one.add_argument("--as", dest="person", required=True, metavar="NUMBER", help="工号 / staff number")
    for one in (show, check, declare, withdraw, notice):
        one.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")


def run(args: argparse.Namespace) -> int:
    """0: done; 1: something is wrong with the file, told; 2: it cannot be done as asked."""
    if args.what == "check":
        return _check(args)
    if args.what == "show" and not args.site:
        return _show(args, _from_file(args))
    from dutyroom.cli._database import run_again_with_database

    code = run_again_with_database(sys.argv[1:])
    if code is not None:
        return code
    acts = {"show": _show_site, "declare": _declare, "withdraw": _withdraw, "notice": _notice}
    return acts[args.what](args)


def _check(args: argparse.Namespace) -> int:
    from dutyroom.cli._findings import tell_findings
    from dutyroom.core.calendar.calendarfile import check_calendar, read_calendar
    from dutyroom.core.planfile import read_plan

    file = args.folder / FILE if args.folder.is_dir() else args.folder
    found, findings = read_calendar(_read(file))
    beside = file.parent / "plan.yaml"
    if found is not None and beside.is_file():
        plan, _ = read_plan(_read(beside))
        findings = (*findings, *(check_calendar(found, plan) if plan else ()))
    tell_findings(file, findings, args.lang)
    if found is None or any(one.severity == "error" for one in findings):
        return 1
    years = ", ".join(
        f"{one.year} ({say(f'calendar.status.{one.status}', args.lang)})" for one in found.notices
    )
    print(say("calendar.checked", args.lang, years=years or "-", periods=len(found.declared)))
    return 0


def _from_file(args: argparse.Namespace) -> "Calendar":
    from dutyroom.cli._findings import tell_findings
    from dutyroom.core.calendar.calendarfile import read_calendar
    from dutyroom.core.calendar.official import calendar_of_file

    file = args.folder / FILE if args.folder is not None and args.folder.is_dir() else args.folder
    if file is None or (not file.is_file() and args.folder.is_dir()):
        return calendar_of_file(None)
    found, findings = read_calendar(_read(file))
    if found is None:
        tell_findings(file, findings, args.lang)
        raise UserError("calendar.faulty", file=str(file))
    return calendar_of_file(found)


def _show_site(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.core.instants import iso
    from dutyroom.store.calendars import calendar_of

    found = calendar_of(wiring.pool(), _site(args.site).id)
    code = _show(args, found.calendar)
    for one in found.declared:
        print(f"{iso(one.starts_at)} {iso(one.ends_at)} {one.period} {one.reason.in_language(args.lang)}")
    return code


def _show(args: argparse.Namespace, calendar: "Calendar") -> int:
    if args.year not in calendar.years():
        print(say("calendar.year_missing", args.lang, year=args.year), file=sys.stderr)
        return 1
    notice = calendar.notice(args.year)
    if notice.is_provisional:
        print(say("calendar.provisional", args.lang), say("calendar.provisional.means", args.lang))
    else:
        published = f"{notice.published:%Y-%m-%d}" if notice.published else ""
        print(say("calendar.by_notice", args.lang, number=notice.number, published=published))
    day = date(args.year, 1, 1)
    while day.year == args.year:
        kind, holiday = calendar.kind(day), calendar.holiday(day)
        if holiday is not None or kind == "adjusted_workday":
            words = (
                say(f"calendar.weekday.{day.weekday()}", args.lang),
                say(f"calendar.kind.{kind}", args.lang),
            )
            print(
                f"{day}  {'  '.join(words)}  {holiday.name.in_language(args.lang) if holiday else ''}".rstrip()
            )
        day += timedelta(days=1)
    return 0


def _declare(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.core.privacy import mask
    from dutyroom.store.calendars import Declaring, declare

    site = _site(args.site)
    try:
        plan = wiring.record().rules(site.id).plan
    except LookupError:
        raise UserError("alert.no_plan", site=args.site) from None
    if args.period not in plan.periods:
        raise UserError("calendar.unknown_period", period=args.period, known=", ".join(plan.periods) or "-")
    starts_at, ends_at = _instant(args.starts, site.zone), _instant(args.ends, site.zone)
    now = wiring.clock().now()
    if ends_at <= max(starts_at, now):
        raise UserError("calendar.reversed", first=args.starts, last=args.ends)
    reason = mask(args.reason[:400])[0]
    one = Declaring(
        wiring.new_id(), site.id, args.period, starts_at, ends_at, args.source, reason, _person(args)
    )
    declare(wiring.pool(), [one], now)
    print(one.id)
    return 0


def _withdraw(args: argparse.Namespace) -> int:
    from uuid import UUID

    from dutyroom import wiring
    from dutyroom.store.calendars import withdraw

    site, person = _site(args.site), _person(args)
    try:
        identity = str(UUID(args.id))
    except ValueError:
        raise UserError("calendar.no_declared", id=args.id[:40]) from None
    if not withdraw(wiring.pool(), site.id, identity, person, wiring.clock().now()):
        raise UserError("calendar.no_declared", id=args.id[:40])
    print(say("calendar.said.withdrawn", args.lang))
    return 0


def _notice(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.cli._findings import tell_findings
    from dutyroom.core.calendar.calendarfile import read_calendar
    from dutyroom.store.calendars import enter_notice

    site, person, text = _site(args.site), _person(args), _read(args.file)
    found, findings = read_calendar(text)
    tell_findings(args.file, findings, args.lang)
    if found is None:
        return 1
    if len(found.notices) != 1:
        raise UserError("calendar.one_notice", count=len(found.notices))
    enter_notice(
        wiring.pool(), site.id, wiring.new_id(), found.notices[0], text, person, wiring.clock().now()
    )
    print(say("calendar.said.entered", args.lang))
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise UserError("alert.no_file", file=str(file), problem=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise UserError("calendar.not_utf8", file=str(file)) from None


def _instant(text: str, zone: str) -> int:
    from zoneinfo import ZoneInfo

    from dutyroom.core.calendar.periods import instant_of

    try:
        moment = datetime.fromisoformat(text)
        return (
            instant_of(moment, ZoneInfo(zone)) if moment.tzinfo is None else round(moment.timestamp() * 1000)
        )
    except (ValueError, OverflowError):
        raise UserError("calendar.bad_date", value=text[:40]) from None


def _site(code: str) -> "SiteCard":
    from dutyroom import wiring
    from dutyroom.store.sites import Sites

    card = Sites(wiring.pool()).of_code(code)
    if card is None:
        raise UserError("alert.no_site", site=code)
    return card


def _person(args: argparse.Namespace) -> str:
    from dutyroom import wiring
    from dutyroom.store.links import holder

    person = holder(wiring.pool(), args.site, args.person)
    if person is None:
        raise UserError("site.nobody", site=args.site, number=args.person)
    return person
