"""`dutyroom sites`: the tree of sites, and the end of a node. Adding one is `dutyroom site`.

Nothing is deleted: a node ends by a last day, and what happened there stays.
"""

import argparse
from typing import Any

from dutyroom.cli import UserError
from dutyroom.wording import LANGUAGES, say

NAME = "sites"
NEEDS_DATABASE = True
HELP = "场所树：查看、结束 / the tree of sites: see it, end a node"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True)
    _verb(verbs, "list", "集团、公司、项目、班组 / group, company, project, crew")
    ending = _verb(verbs, "end", "结束一个场所，不删除 / end a node; nothing is deleted")
    ending.add_argument("code", help="场所代码 / code of the site")
    ending.add_argument(
        "--on", default="", help="最后一天，缺省今天 / the last day; without it today (2027-06-30)"
    )


def run(args: argparse.Namespace) -> int:
    return _end(args) if args.what == "end" else _list(args)


def _verb(verbs: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words, allow_abbrev=False)
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 / language")
    return parser


def _list(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.store.tree import nodes
    from dutyroom.wording.columns import aligned

    rows = [
        (
            "  " * one.depth + one.code,
            say(f"people.site.kind.{one.kind}", args.lang),
            one.name(args.lang),
            say("people.site.counts", args.lang, holders=one.holders, others=one.others),
            say("people.site.ends", args.lang, at=one.ends_at.date()) if one.ends_at else "",
        )
        for one in nodes(wiring.pool(), "/", wiring.clock().now())
    ]
    for line in aligned(rows):
        print(line)
    return 0


def _end(args: argparse.Namespace) -> int:
    from zoneinfo import ZoneInfo

    from dutyroom import wiring
    from dutyroom.adapters.staff.dates import Day, day_of
    from dutyroom.core.findings import Refusal
    from dutyroom.store.instants import to_datetime
    from dutyroom.store.tree import end_node
    from dutyroom.wiring.staffing import site_named

    site, now = site_named(args.code), wiring.clock().now()
    if site is None:
        raise UserError("people.cli.no_site", site=args.code)
    day = day_of(args.on) if args.on else Day(to_datetime(now).astimezone(ZoneInfo(site["zone"])).date())
    if not isinstance(day, Day) or day.on is None:
        raise UserError("people.cli.day", day=args.on)
    ended = end_node(wiring.pool(), site["id"], day.on, now)
    if isinstance(ended, Refusal):
        raise UserError(ended.code, **ended.fields)
    print(say("people.cli.ended", args.lang, site=args.code, day=day.on.isoformat()))
    return 0
