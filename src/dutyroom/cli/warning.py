"""`dutyroom warning receive FILE --site CODE`: hand a warning in as a file; `list` shows what came.

For a server that fetches warnings by itself (a timer and curl), and for trying one out. What follows is the plan's, as
on the page.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutyroom.store.alerts import Kept

NAME = "warning"
NEEDS_DATABASE = True
HELP = "接收外部预警 / take in outside warnings"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True)
    receive = verbs.add_parser("receive", help="一条预警 / one warning", allow_abbrev=False)
    receive.add_argument(
        "file", type=Path, help="CAP、国内预警信息或 JSON / CAP, Chinese form or JSON; - for standard input"
    )
    listing = verbs.add_parser("list", help="收到过的 / what came", allow_abbrev=False)
    for one in (receive, listing):
        one.add_argument("--site", required=True, metavar="CODE", help="场所代码 / code of the site")
        one.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")


def run(args: argparse.Namespace) -> int:
    """0: taken in; 1: there is something wrong with it, told; 2: no such site or file."""
    return _receive(args) if args.what == "receive" else _list(args)


def _receive(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.adapters.alerts import LARGEST
    from dutyroom.cli import UserError
    from dutyroom.store.alerts import feed_of
    from dutyroom.wiring.heeding import receive
    from dutyroom.wording import say

    site = _site(args.site)
    try:
        if str(args.file) == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with args.file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
    except OSError as error:
        raise UserError("alert.no_file", file=str(args.file), problem=error.strerror or str(error)) from None
    try:
        answer = receive(site, content, "command", feed_of(wiring.pool(), site), language=args.lang)
    except LookupError:
        raise UserError("alert.no_plan", site=args.site) from None
    findings = answer if isinstance(answer, tuple) else answer.findings
    for one in findings:
        severity = say(f"severity.{one.severity}", args.lang)
        print(f"{args.file}:{one.place} {severity} {one.code} {say(one.code, args.lang, **one.fields)}")
    if isinstance(answer, tuple):
        return 1
    if answer.again:
        print(say("warnings.said.again", args.lang))
    for kept in answer.kept:
        print(_line(kept, args.lang))
    return 0


def _list(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.store.alerts import newest

    for kept in newest(wiring.pool(), _site(args.site), 50):
        print(f"{kept.identifier}  {_line(kept, args.lang)}")
    return 0


def _line(kept: "Kept", lang: str) -> str:
    from dutyroom.wording import say

    words = (
        kept.hazard or kept.event,
        say(f"warnings.colour.{kept.colour}", lang) if kept.colour else "",
        say(f"warnings.state.{kept.state}", lang),
        kept.case_code or kept.asking_code,
    )
    return "  ".join(word for word in words if word)


def _site(code: str) -> str:
    from dutyroom import wiring
    from dutyroom.cli import UserError
    from dutyroom.store.sites import Sites

    card = Sites(wiring.pool()).of_code(code)
    if card is None:
        raise UserError("alert.no_site", site=code)
    return card.id
