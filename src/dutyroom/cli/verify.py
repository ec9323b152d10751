"""`dutyroom verify FOLDER`: is there always somebody who takes it in time? A proof, or every hole and what closes it.

Reads the folder and prints; needs no database and calls nobody. Exit code 0: proved; 1: there are holes, or the folder
has errors; 2: what was asked for cannot be done.
"""

import argparse
import csv
import json
import re
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dutyroom.core.findings import Finding
    from dutyroom.core.instants import Instant
    from dutyroom.core.proof import Assumptions, Proof

NAME = "verify"
HELP = "证明随时有人接手,或列出全部漏洞 / prove that somebody always takes it, or list every hole"

_YEARS = range(2020, 2100)
_MOST_MISSING = 4


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, help="预案文件夹 / plan folder (plan.yaml, roster.yaml, people.xlsx)")
    add("--missing", default="1", metavar="K", help="同时几人不应答(默认 1)/ how many people fail at once")
    add("--year", metavar="2027", help="证明这一年 / the year to prove")
    add("--from", dest="starts", metavar="DATE", help="从这一天起 / from this day (2027-01-01)")
    add("--until", metavar="DATE", help="到这一天止(含)/ until this day, included")
    add("--together", action="store_true", help="人与通道同时失效 / people and channels fail together")
    add("--idle", action="store_true", help="有人应答却不办 / people answer and then do nothing")
    add(
        "--evidence",
        type=Path,
        metavar="FILE",
        help="应答记录 CSV:工号,通道,时间 / answers: number,channel,time",
    )
    add(
        "--answer-after",
        default="1 min",
        metavar="TIME",
        help="多久应答(默认 1 min)/ how long an answer takes",
    )
    add(
        "--outage", action="append", default=[], metavar="NAME=sms,voice", help="一起失效的通道 / fail as one"
    )
    add(
        "--scripts",
        type=Path,
        metavar="FOLDER",
        help="把漏洞写成演练脚本 / write each hole as a drill script",
    )
    add("--format", choices=("text", "json"), default="text", help="输出格式 / form of the output")
    add("--lang", choices=("zh", "en"), default="zh", help="语言 / language")


def run(args: argparse.Namespace) -> int:
    from dutyroom.adapters.planfolder import ROSTER, load
    from dutyroom.cli import UserError
    from dutyroom.core.proof import proof_data
    from dutyroom.core.rosterfile import roster_zone
    from dutyroom.interpreters.verify import verify
    from dutyroom.wording.proving import tell_proof

    missing, assumptions = _missing(args.missing), _assumptions(args)
    try:
        loaded = load(args.folder)
    except OSError as error:
        raise UserError("drill.no_file", file=str(error.filename)) from None
    rules = loaded.in_force()
    if rules is None:
        return _tell(args.folder, loaded.findings, args.lang)
    zone = roster_zone(loaded.texts[ROSTER]) or "UTC"
    proof = verify(rules, _span(args, ZoneInfo(zone)), missing, assumptions, _progress, zone)
    if args.scripts:
        _write(args.scripts, proof)
    if args.format == "json":
        print(json.dumps(proof_data(proof), ensure_ascii=False, indent=2))
    else:
        print(tell_proof(rules.plan, proof, args.lang, zone))
    return 0 if proof.holds else 1


def _missing(text: str) -> int:
    from dutyroom.cli import UserError

    if not text.isascii() or not text.isdecimal() or int(text) > _MOST_MISSING:
        raise UserError("verify.bad_missing", got=text[:40], most=_MOST_MISSING)
    return int(text)


def _assumptions(args: argparse.Namespace) -> "Assumptions":
    from dutyroom.core.proof import Assumptions

    return Assumptions(
        answer_after=_duration(args.answer_after),
        evidence=_evidence(args.evidence) if args.evidence else None,
        outages=dict(_outage(one) for one in args.outage),
        together=args.together,
        idle=args.idle,
    )


def _duration(text: str) -> int:
    from dutyroom.cli import UserError
    from dutyroom.core.instants import DAY, parse_duration

    try:
        found = parse_duration(text)
    except ValueError:
        found = -1
    if not 0 <= found <= DAY:
        raise UserError("verify.bad_duration", got=text[:40])
    return found


def _outage(text: str) -> tuple[str, tuple[str, ...]]:
    from dutyroom.cli import UserError

    name, equals, kinds = text.partition("=")
    found = tuple(one.strip() for one in kinds.split(",") if one.strip())
    if not name.strip() or not equals or not found:
        raise UserError("verify.bad_outage", got=text[:80])
    return name.strip(), found


def _evidence(file: Path) -> "dict[tuple[str, str], Instant]":
    """When each person last answered on each channel. The first line may be a heading."""
    from dutyroom.cli import UserError
    from dutyroom.core.instants import parse_iso

    found: dict[tuple[str, str], Instant] = {}
    try:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UserError("verify.no_evidence", file=str(file)) from None
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        try:
            person, channel, at = cells
            found[person, channel] = max(parse_iso(at), found.get((person, channel), 0))
        except ValueError:
            if number > 1 or any(re.search(r"\d{4}-\d", cell) for cell in cells):
                raise UserError("verify.bad_evidence", file=str(file), line=number) from None
    return found


def _span(args: argparse.Namespace, zone: ZoneInfo) -> "tuple[Instant, Instant]":
    """The days asked for, in the roster's zone; without any, a year from today."""
    from dutyroom.adapters.clock import SystemClock
    from dutyroom.cli import UserError

    if args.year:
        if not (args.year.isascii() and args.year.isdecimal() and int(args.year) in _YEARS):
            raise UserError("verify.bad_year", got=args.year[:20])
        first, last = date(int(args.year), 1, 1), date(int(args.year), 12, 31)
    else:
        today = datetime.fromtimestamp(SystemClock().now() / 1_000, zone).date()
        first = _day(args.starts) if args.starts else today
        last = _day(args.until) if args.until else first + timedelta(days=364)
    if last < first or last - first > timedelta(days=3_660):
        raise UserError("verify.bad_span", first=str(first), last=str(last))
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def _day(text: str) -> date:
    from dutyroom.cli import UserError

    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UserError("verify.bad_day", got=text[:40]) from None
    if found.year not in _YEARS:
        raise UserError("verify.bad_day", got=text[:40])
    return found


def _midnight(day: date, zone: ZoneInfo) -> "Instant":
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1_000


def _progress(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{whole}", end="\n" if done == whole else "", file=sys.stderr, flush=True)


def _write(folder: Path, proof: "Proof") -> None:
    from dutyroom.cli import UserError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for hole in proof.holes:
            (folder / f"hole-{hole.id}.yaml").write_text(hole.script, encoding="utf-8")
    except OSError as error:
        raise UserError(
            "verify.no_folder", folder=str(folder), problem=error.strerror or str(error)
        ) from None


def _tell(folder: Path, findings: "tuple[Finding, ...]", lang: str) -> int:
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    for one in findings:
        print(f"{folder}/{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}")
    return 1
