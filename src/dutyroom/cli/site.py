"""`dutyroom site`: add a site, or bring its plan, roster and people up to date from a plan folder."""

import argparse
from pathlib import Path

NAME = "site"
NEEDS_DATABASE = True
HELP = "建立或更新场所 / add a site or bring it up to date"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="上报地址 /r/CODE / address of the report page")
    parser.add_argument(
        "--plan", type=Path, help="预案文件夹 / plan folder (plan.yaml, roster.yaml, people.xlsx)"
    )
    parser.add_argument(
        "--kind",
        default="project",
        choices=("group", "company", "project", "crew"),
        help="集团、公司、项目、班组 / what it is",
    )
    parser.add_argument("--parent", default="", help="上级场所代码 / code of the site above")
    parser.add_argument("--name-zh", required=True, help="中文名称 / Chinese name")
    parser.add_argument("--name-en", required=True, help="英文名称 / English name")
    parser.add_argument(
        "--duty-phone", required=True, help="值班电话，印在报告页上 / the duty phone on the report page"
    )
    parser.add_argument(
        "--lang", default="zh", choices=("zh", "en"), help="检查结果的语言 / language of the findings"
    )


def run(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.cli import UserError
    from dutyroom.store.organise import SiteText, add_site
    from dutyroom.wiring.organising import set_up
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    site = SiteText(args.code, args.kind, args.name_zh, args.name_en, args.duty_phone, args.parent)
    try:
        if args.plan is None:
            add_site(wiring.pool(), site, wiring.new_id())
            return 0
        done = set_up(args.plan, site)
    except LookupError:
        raise UserError("site.no_parent", parent=args.parent) from None
    except OSError as error:
        raise UserError("site.unreadable", file=str(error.filename)) from None
    for found in done.findings:
        print(found.place, found.severity, found.code, tell(found, args.lang))
    if done.site:
        print(say("site.done", args.lang, holders=done.holders, headcount=done.headcount))
    return 0 if done.site else 1
