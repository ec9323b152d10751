"""`dutyroom invite CODE NUMBER`: a fresh sign-in link for a holder of duty, printed once.

The first leader of a new site comes in this way; everybody else can be invited on the pages. Refuses to know whether
the person should have it: whoever may run commands on the server decides that.
"""

import argparse

NAME = "invite"
NEEDS_DATABASE = True
HELP = "为值班人员签发登录链接 / print a sign-in link for a holder of duty"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="场所代码 / code of the site")
    parser.add_argument("number", help="工号 / staff number")


def run(args: argparse.Namespace) -> int:
    """Print the link on a line of its own; only its hash is kept."""
    from dutyroom import settings, wiring
    from dutyroom.adapters.clock import SystemClock
    from dutyroom.adapters.vault import new_token
    from dutyroom.cli import UserError
    from dutyroom.core.instants import DAY
    from dutyroom.store.links import holder, invite
    from dutyroom.wording import LANGUAGES, say

    person = holder(wiring.pool(), args.code, args.number)
    if person is None:
        raise UserError("site.nobody", site=args.code, number=args.number)
    token, stored = new_token()
    invite(wiring.pool(), person, stored, SystemClock().now() + 3 * DAY)
    for language in LANGUAGES:
        print(say("site.invitation", language, number=args.number, days=3))
    print(f"{settings.BASE_URL}/in/{token}")
    return 0
