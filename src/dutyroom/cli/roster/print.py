"""`dutyroom roster print FOLDER --year 2027 --out table.pdf`: the duty table to post, as .pdf or as .xlsx.

Exit code 0: written; 1: the folder has errors; 2: what was asked for cannot be done.
"""

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

from dutyroom.cli import UserError
from dutyroom.cli.roster import _common
from dutyroom.cli.roster._written import add_folder, written
from dutyroom.wording import say

NAME = "print"
HELP = "打印值班表（PDF 或 Excel）/ the duty table to post, PDF or Excel"


def configure(parser: argparse.ArgumentParser) -> None:
    add_folder(parser)
    _common.add_days(parser)
    add = parser.add_argument
    add("--posts", default="", metavar="ID,ID", help="列：岗位代号，默认为轮值的岗位 / columns: ids of posts")
    add("--phone", default="", help="值班电话 / the duty room's telephone")
    add("--site", default="", metavar="NAME", help="单位名称 / name of the unit")
    add("--out", type=Path, required=True, metavar="FILE", help="写到这个文件（.pdf、.xlsx）/ write it there")


def run(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.adapters.documents.dutytable import Asked, duty_table, table_pdf, table_workbook
    from dutyroom.core.calendar.periods import local_day

    forms = {".pdf": table_pdf, ".xlsx": table_workbook}
    if args.out.suffix.lower() not in forms:
        raise UserError("dutytable.bad_form", file=str(args.out))
    first, last = _common.days(args)
    found = written(args)
    if found is None:
        return 1
    zone, roster = ZoneInfo(found.zone), found.roster
    rotating = tuple(dict.fromkeys(one.role for one in roster.periods))
    posts = tuple(one.strip() for one in args.posts.split(",") if one.strip()) or rotating
    for post in posts:
        if post not in found.plan.roles:
            raise UserError("dutytable.unknown_post", post=post[:60], known=", ".join(found.plan.roles))
    site = args.site or found.plan.unit.in_language(args.lang)
    today = local_day(wiring.clock().now(), zone)
    asked = Asked(
        found.plan, roster, found.calendar, found.declared, found.names, posts, first, last, zone, site,
        args.phone, today, args.lang,
    )  # fmt: skip
    try:
        content = forms[args.out.suffix.lower()](duty_table(asked))
    except ValueError:
        raise UserError("rostering.bad_span", first=str(first), last=str(last)) from None
    try:
        args.out.write_bytes(content)
    except OSError as error:
        raise UserError(
            "rostering.cannot_write", file=str(args.out), problem=error.strerror or str(error)
        ) from None
    print(say("dutytable.written", args.lang, file=str(args.out), days=(last - first).days + 1))
    return 0
