"""`dutyroom people`: the holders of duty of a site; a list taken in whole or not at all, given out, one who leaves.

Knows no rule of its own: what a list would change, and what stands against it, is `wiring.staffing`'s.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroom.cli import UserError
from dutyroom.wording import LANGUAGES, say

if TYPE_CHECKING:
    from dutyroom.store.listing import Changes
    from dutyroom.wiring.staffing import Looked

NAME = "people"
NEEDS_DATABASE = True
HELP = "值班人员名单：导入、导出、离任 / the people list: take in, give out, leave"
LARGEST = 10_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True)
    taking = _verb(verbs, "import", "按名单更新人员：全部或全不 / take a list in: all of it or nothing")
    taking.add_argument("file", type=Path, help="名单（.xlsx 或 .csv） / the list (.xlsx or .csv)")
    taking.add_argument("--dry-run", action="store_true", help="只看会改什么 / only say what would change")
    giving = _verb(verbs, "export", "导出名单，可再导入 / write the list, to be taken in again")
    giving.add_argument("--out", type=Path, required=True, help="写到哪个文件 / the file to write (.xlsx)")
    leaving = _verb(verbs, "leave", "离任：留下记录，不删除 / somebody leaves; nothing is deleted")
    leaving.add_argument("number", help="工号 / staff number")
    leaving.add_argument(
        "--on", default="", help="最后一天，缺省今天 / the last day; without it today (2027-06-30)"
    )
    _verb(verbs, "list", "现有人员 / who is there")


def run(args: argparse.Namespace) -> int:
    actions: dict[str, Callable[[argparse.Namespace, Any], int]] = {
        "import": _import, "export": _export, "leave": _leave, "list": _list,
    }  # fmt: skip
    from dutyroom.wiring.staffing import site_named

    site = site_named(args.site)
    if site is None:
        raise UserError("people.cli.no_site", site=args.site)
    try:
        return actions[args.what](args, site)
    except LookupError:
        raise UserError("people.cli.no_plan", site=args.site) from None


def _verb(verbs: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words, allow_abbrev=False)
    parser.add_argument("--site", required=True, help="场所代码 / code of the site")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 / language")
    return parser


def _import(args: argparse.Namespace, site: Any) -> int:
    """Exit 0 when it is done or would be, 1 when something stands against it; then nothing was changed."""
    from dutyroom.core.findings import Refusal
    from dutyroom.wiring import staffing

    looked = staffing.look(_read(args.file), site["id"])
    _tell(looked, args.lang)
    if not looked.possible or looked.given is None or looked.changes is None:
        print(say("people.cli.refused", args.lang))
        return 1
    _show(looked.changes, args.lang)
    if args.dry_run or looked.changes.nothing:
        print(say("people.cli.dry" if args.dry_run else "people.cli.nothing", args.lang))
        return 0
    done = staffing.carry_out(looked.given, site["id"], looked.changes.known)
    if isinstance(done, Refusal) or not done.possible:
        print(say("people.import.changed_meanwhile", args.lang), file=sys.stderr)
        return 1
    print(say("people.cli.done", args.lang))
    return 0


def _export(args: argparse.Namespace, site: Any) -> int:
    from dutyroom.wiring import staffing

    data = staffing.export(site["id"])
    try:
        args.out.write_bytes(data)
    except OSError as error:
        raise UserError("people.cli.unwritable", file=str(args.out), reason=error.strerror or "") from None
    print(say("people.cli.written", args.lang, file=str(args.out)))
    return 0


def _leave(args: argparse.Namespace, site: Any) -> int:
    from zoneinfo import ZoneInfo

    from dutyroom import wiring
    from dutyroom.adapters.staff.dates import Day, day_of
    from dutyroom.core.findings import Refusal
    from dutyroom.store.instants import to_datetime
    from dutyroom.store.staffing import leave_site

    now = wiring.clock().now()
    day = day_of(args.on) if args.on else Day(to_datetime(now).astimezone(ZoneInfo(site["zone"])).date())
    if not isinstance(day, Day) or day.on is None:
        raise UserError("people.cli.day", day=args.on)
    ends = leave_site(wiring.pool(), site["id"], args.number, day.on, now)
    if isinstance(ends, Refusal):
        raise UserError(ends.code, **ends.fields)
    print(say("people.cli.left", args.lang, number=args.number, day=day.on.isoformat()))
    return 0


def _list(args: argparse.Namespace, site: Any) -> int:
    from dutyroom import wiring
    from dutyroom.store.people import known
    from dutyroom.wiring.staffing import posts_of
    from dutyroom.wording.columns import aligned

    with wiring.pool().connection() as connection:
        there = known(connection, site["id"], wiring.clock().now())
    names = {role: name for name, role in posts_of(wiring.record().rules(site["id"]).plan).items()}
    rows = [
        (
            one.number,
            one.name,
            one.unit,
            "、".join(names.get(role, role) for role in one.posts),
            f"→ {one.ends_on}" if one.ends_on else "",
        )
        for one in there.people.values()
    ]
    for line in aligned(rows):
        print(line)
    print(say("people.cli.count", args.lang, holders=len(rows), others=sum(there.headcounts.values())))
    return 0


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise UserError("people.cli.unreadable", file=str(file), reason=error.strerror or "") from None


def _tell(looked: "Looked", language: str) -> None:
    from dutyroom.wording.narrate import tell

    for one in looked.findings:
        print(one.place, one.severity, one.code, tell(one, language))


def _show(changes: "Changes", language: str) -> None:
    """Who joins, returns, leaves, and what changes, one a line; then the counts of people who are not taken over."""
    for one in changes.joins:
        print(say("people.line.joins", language, number=one.number, name=one.name))
    for one in changes.returns:
        print(say("people.line.returns", language, number=one.number, name=one.name))
    for one in changes.leaves:
        print(say("people.line.leaves", language, number=one.number, name=one.name))
    for change in changes.changed:
        fields = "、".join(say(f"people.field.{name}", language) for name in change.fields)
        print(
            say(
                "people.line.changes",
                language,
                number=change.after.number,
                name=change.after.name,
                fields=fields,
            )
        )
    for span in changes.leave:
        print(say("people.line.leave", language, number=span.number, first=span.first_on, last=span.last_on))
    print(say("people.line.unchanged", language, count=changes.unchanged))
    for unit, count in (changes.headcounts or {}).items():
        before = (changes.counts_before or {}).get(unit, 0)
        print(say("people.line.count", language, unit=unit or "—", count=count, before=before))
