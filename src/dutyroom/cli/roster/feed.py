"""`dutyroom roster feed FOLDER --person P001 --out duty.ics`: turns of duty as an iCalendar file.

Exit code 0: written; 1: the folder has errors; 2: what was asked for cannot be done.
"""

import argparse
from pathlib import Path

from dutyroom.cli import UserError
from dutyroom.cli.roster._written import add_folder, written
from dutyroom.wording import say

NAME = "feed"
HELP = "值班日历文件（iCalendar）/ turns of duty as an iCalendar file"


def configure(parser: argparse.ArgumentParser) -> None:
    add_folder(parser)
    add = parser.add_argument
    add("--person", default="", metavar="NUMBER", help="只要这个人的 / of this person only")
    add("--post", default="", metavar="ID", help="只要这个岗位的 / of this post only")
    add("--out", type=Path, required=True, metavar="FILE", help="写到这个文件（.ics）/ write it there")


def run(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.adapters.calendars.ical import feed, turns_of

    found = written(args)
    if found is None:
        return 1
    plan = found.plan
    posts = {role.id: role.name.in_language(args.lang) for role in plan.roles.values()}
    now = wiring.clock().now()
    turns = turns_of(found.roster, plan.id, found.names, posts, now, person=args.person, post=args.post)
    if not turns:
        raise UserError("dutytable.no_turns", who=args.person or args.post or plan.id)
    title = say("dutytable.title", args.lang).strip()
    try:
        args.out.write_bytes(feed(turns, title, found.zone, now))
    except OSError as error:
        raise UserError(
            "rostering.cannot_write", file=str(args.out), problem=error.strerror or str(error)
        ) from None
    print(say("dutytable.feed_written", args.lang, file=str(args.out), turns=len(turns)))
    return 0
