"""`dutyroom case`: list and show cases, do and waive what the pages offer, with the same words when it is refused.

Works on the database that DATABASE_URL names, as the operator: whoever may run it may act as any holder of a duty, and
the record says as whom. Knows no rule; `decide` is asked through the live engine.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dutyroom.cli import UserError
from dutyroom.wording import LANGUAGES, say

NAME = "case"
NEEDS_DATABASE = True
HELP = "查看和办理案件 / look at cases and act on them"
MOST_LISTED = 50


@dataclass(frozen=True)
class Found:
    """A case by its code or id, with what acting on it needs."""

    id: str
    tenant: str
    site: str
    edition: str
    code: str
    zone: ZoneInfo
    state: str


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True)
    listing = _verb(verbs, "list", "进行中的案件 / open cases")
    listing.add_argument("--all", action="store_true", help="包括已结案的 / closed ones too")
    show = _verb(verbs, "show", "一个案件 / one case")
    do = _verb(verbs, "do", "办理 / mark a verb, or do a voluntary step")
    waive = _verb(verbs, "waive", "免除 / release an obligation")
    for command in (show, do, waive):
        command.add_argument("case", help="案件编号或短码 / id or short code of the case")
        command.add_argument(
            "--as",
            dest="person",
            required=command is not show,
            default="",
            metavar="NUMBER",
            help="工号 / staff number",
        )
    for command in (do, waive):
        command.add_argument(
            "key", help="待办编号，或自愿步骤的编号 / key of the obligation, or id of a voluntary step"
        )
        command.add_argument(
            "--command",
            default="",
            help="命令编号，同一编号只办一次 / the same identifier is carried out once",
        )
    do.add_argument("verb", choices=("received", "taken", "on_scene", "done"))
    do.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="完成时的填写项 / what the step asks",
    )
    waive.add_argument("--reason", default="", help="理由 / reason")


def run(args: argparse.Namespace) -> int:
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list, "show": _show, "do": _do, "waive": _waive,
    }  # fmt: skip
    return actions[args.what](args)


def _verb(verbs: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words, allow_abbrev=False)
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    return parser


def _list(args: argparse.Namespace) -> int:
    from dutyroom.store.instants import from_datetime

    rows = _rows(
        "SELECT c.code, c.phase, c.level, c.opened_at, s.code AS site, s.zone FROM store_case c JOIN store_site s "
        "ON s.id = c.site_id WHERE (%s OR c.closed_at IS NULL) AND c.kind = 'incident' "
        "ORDER BY c.opened_at DESC LIMIT %s",
        [args.all, MOST_LISTED],
    )
    for row in rows:
        when = _time(from_datetime(row["opened_at"]), ZoneInfo(row["zone"]))
        print(row["code"], when, row["site"], say(f"phase.{row['phase']}", args.lang), row["level"] or "-")
    if not rows:
        print(say("case.cli.none", args.lang))
    return 0


def _show(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.core.codec import load_case
    from dutyroom.core.decide.acting import offers
    from dutyroom.core.duties.answering import announced
    from dutyroom.core.obligations import obligations
    from dutyroom.wording.narrate import role_name, step_title

    found = _find(args.case)
    rules = wiring.record().rules_of(found.site, found.edition)
    case = announced(load_case(found.state), wiring.clock().now())
    print(found.code, say(f"phase.{case.phase}", args.lang), case.level or "-", found.id)
    for owed in obligations(rules.plan, case):
        overdue = say("board.overdue", args.lang) if owed.overdue else ""
        due, kind = _time(owed.due.due_at, found.zone), say(f"clock.short.{owed.due.kind}", args.lang)
        parts = [
            owed.key,
            step_title(rules.plan, owed.key, args.lang),
            role_name(rules.plan, owed.role, args.lang),
        ]
        print(
            " ",
            *parts,
            say(f"verb.{owed.verb}", args.lang),
            say("case.due", args.lang, due=due, kind=kind),
            overdue,
        )
    if args.person:
        print(say("case.acts", args.lang))
        for offer in offers(rules, case, _person(found, args.person), wiring.clock().now()):
            key = offer.key or offer.step
            print(" ", key, offer.verb, step_title(rules.plan, key, args.lang))
    return 0


def _do(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.core.codec import load_case
    from dutyroom.core.commands import Act, Times, Volunteer
    from dutyroom.core.plan import Verb
    from dutyroom.wording.typed import read_answers

    found = _find(args.case)
    plan = wiring.record().rules_of(found.site, found.edition).plan
    owed = load_case(found.state).obligations.get(args.key)
    step = plan.step.get(owed.step if owed else args.key)
    typed = dict(_pair(text) for text in args.answer)
    answers = read_answers(step, typed, found.zone) if step else {}
    person, now = _person(found, args.person), wiring.clock().now()
    command, times = args.command or wiring.new_id(), Times(now, now)
    if owed is None and step is not None and step.voluntary:
        return _carry_out(args, found, Volunteer(command, person, step.id, times, answers))
    return _carry_out(args, found, Act(command, person, args.key, Verb(args.verb), times, answers))


def _waive(args: argparse.Namespace) -> int:
    from dutyroom import wiring
    from dutyroom.core.commands import Times, Waive

    found, now = _find(args.case), wiring.clock().now()
    person, command = _person(found, args.person), args.command or wiring.new_id()
    return _carry_out(args, found, Waive(command, person, args.key, args.reason, Times(now, now)))


def _carry_out(args: argparse.Namespace, found: Found, command: Any) -> int:
    """Exit 0 when it is on record, 1 when it was refused; the reasons are the pages' own."""
    from dutyroom import wiring
    from dutyroom.core.codec import load_case
    from dutyroom.core.commands import Act
    from dutyroom.core.findings import Refusal
    from dutyroom.wiring.upkeep import not_yet
    from dutyroom.wording.narrate import refuse

    early = not_yet(load_case(found.state), command.key, command.verb) if isinstance(command, Act) else None
    after = early or wiring.live().act(found.id, command)
    if isinstance(after, Refusal):
        plan = wiring.record().rules_of(found.site, found.edition).plan
        print(*refuse(plan, after, args.lang), sep="\n")
        return 1
    print(
        say("case.recorded", args.lang),
        _time(after.last_at, found.zone),
        say(f"phase.{after.phase}", args.lang),
    )
    return 0


def _find(text: str) -> Found:
    """The case of an id or a short code. Raises UserError for none, or for a short code that two cases have."""
    rows = _rows(
        "SELECT c.id::text, c.tenant::text, c.site_id::text AS site, c.edition_id::text AS edition, c.code, c.state, "
        "s.zone FROM store_case c JOIN store_site s ON s.id = c.site_id WHERE c.id::text = %s OR c.code = %s",
        [text.lower(), text.upper()],
    )
    if len(rows) != 1:
        raise UserError("case.cli.unknown", case=text)
    row = rows[0]
    return Found(
        row["id"],
        row["tenant"],
        row["site"],
        row["edition"],
        row["code"],
        ZoneInfo(row["zone"]),
        row["state"],
    )


def _person(found: Found, number: str) -> str:
    rows = _rows(
        "SELECT id::text FROM store_person WHERE tenant = %s AND number = %s", [found.tenant, number]
    )
    if not rows:
        raise UserError("case.cli.nobody", number=number)
    return str(rows[0]["id"])


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError("case.cli.answer", answer=text)
    return name.strip(), value


def _rows(statement: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    from dutyroom import wiring

    with wiring.pool().connection() as connection:
        return connection.execute(statement.encode(), values).fetchall()


def _time(instant: int, zone: ZoneInfo) -> str:
    from dutyroom.store.instants import to_datetime

    return f"{to_datetime(instant).astimezone(zone):%Y-%m-%d %H:%M:%S}"
