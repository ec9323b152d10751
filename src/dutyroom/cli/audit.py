"""`dutyroom audit WHAT`: a record against its plan: an archive, a folder of archives, or a case of the database.

A path that exists is an archive and is audited offline, without a database; its integrity is verified first, and a
broken one is said aloud. Anything else is the number, code or id of a case. Exit 0 when there is no deviation, 1 when
there is.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroom.cli import UserError
from dutyroom.wording import LANGUAGES, say

if TYPE_CHECKING:
    from dutyroom.adapters.archive.reading import Archived
    from dutyroom.core.audited import Audit
    from dutyroom.core.events import Event
    from dutyroom.core.plan import Plan
    from dutyroom.core.roster import PlanInForce
    from dutyroom.core.state import Case

NAME = "audit"
HELP = "把记录与预案逐条对照 / hold a record against its plan"
_CHINA = timezone(
    timedelta(hours=8)
)  # an archive does not name its zone; its times are shown as the plan's readers do


@dataclass(frozen=True)
class Source:
    """A record from wherever it came, with its audit."""

    name: str
    rules: "PlanInForce"
    events: "Sequence[Event]"
    audit: "Audit"
    case: "Case"
    name_of: Callable[[str], str]
    zone: tzinfo
    broken: int = 0


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="+",
        help="档案（文件夹或 .zip）、放档案的文件夹，或案件编号 / archive, folder of archives, or a case's code or id",
    )
    parser.add_argument(
        "--group",
        action="store_true",
        help="合在一起看：该改预案的条款 / taken together: what the plan should learn",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="输出格式 / how it is printed"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 / language")


def run(args: argparse.Namespace) -> int:
    """Audit what was named; several archives one after the other, or as a group."""
    cases = [what for what in args.what if not Path(what).exists()]
    for what in cases:
        if Path(what).name != what or what.endswith(".zip"):
            raise UserError("auditing.path", path=what)
    if cases:
        from dutyroom.cli._database import run_again_with_database

        code = run_again_with_database(_again(args))
        if code is not None:
            return code
    sources: list[Source] = []
    for what in args.what:
        sources += _of_case(what) if what in cases else _of_path(Path(what))
    return _group(sources, args) if args.group else _each(sources, args)


def _again(args: argparse.Namespace) -> list[str]:
    """The same command line, for the run beside a database."""
    group = ["--group"] if args.group else []
    return [NAME, *args.what, *group, "--format", args.format, "--lang", args.lang]


def _of_path(path: Path) -> list[Source]:
    from dutyroom.adapters.archive.reading import archives_in, is_archive, read_archive
    from dutyroom.core.findings import Finding

    found = [path] if is_archive(path) else list(archives_in(path))
    if not found:
        raise UserError("auditing.no_archives", path=str(path))
    sources = []
    for one in found:
        try:
            read = read_archive(one)
        except OSError:
            raise UserError("auditing.path", path=str(one)) from None
        if isinstance(read, Finding):
            raise UserError(read.code, **dict(read.fields))
        sources.append(_archived(one, read))
    return sources


def _archived(path: Path, read: "Archived") -> Source:
    from dutyroom.interpreters.audit import audited

    found, case = audited(read.rules, read.events, exact=read.exact, outages=read.outages)
    broken = sum(one.severity == "error" for one in read.faults)
    name_of = _names(read.names)
    return Source(str(path), read.rules, read.events, found, case, name_of, _CHINA, broken)


def _of_case(what: str) -> list[Source]:
    from dutyroom.cli.case import _find
    from dutyroom.interpreters.audit import audited
    from dutyroom.wiring.auditing import recorded

    read = recorded(_find(what).id)
    found, case = audited(read.rules, read.events, exact=read.exact, outages=read.outages)
    return [
        Source(
            what,
            read.rules,
            read.events,
            found,
            case,
            lambda person: read.names.get(person, person),
            read.zone,
        )
    ]


def _names(names: Mapping[str, str]) -> Callable[[str], str]:
    return lambda person: names.get(person, person)


def _each(sources: Sequence[Source], args: argparse.Namespace) -> int:
    from dutyroom.wording.auditing import audit_data, audit_text

    if args.format == "json":
        data = [{**audit_data(one.audit), "source": one.name, "broken": one.broken} for one in sources]
        _print_json(data[0] if len(data) == 1 else data)
    else:
        for one in sources:
            if len(sources) > 1:
                print(f"== {one.name}")
            _warn(one, args.lang)
            print(audit_text(one.rules.plan, one.audit, args.lang, one.name_of, _clock(one.zone)))
    return 1 if any(one.audit.deviations or one.audit.stuck_at or one.broken for one in sources) else 0


def _group(sources: Sequence[Source], args: argparse.Namespace) -> int:
    from dutyroom.interpreters.audit import audit_group
    from dutyroom.wording.auditing import audit_data, group_text

    plan = _one_plan(sources)
    group = audit_group(plan, [one.audit for one in sources], [one.case for one in sources])
    if args.format == "json":
        _print_json(audit_data(group))
    else:
        for one in sources:
            _warn(one, args.lang)
        print(group_text(plan, group, args.lang), end="")
    return 1 if group.never_kept or any(one.broken for one in sources) else 0


def _one_plan(sources: Sequence[Source]) -> "Plan":
    """The plan of all of them, in the edition of the newest case."""
    plans = sorted({one.rules.plan.id for one in sources})
    if len(plans) > 1:
        raise UserError("auditing.several_plans", plans=", ".join(plans))
    return max(sources, key=lambda one: one.events[0].at if one.events else 0).rules.plan


def _warn(one: Source, lang: str) -> None:
    if one.broken:
        print(say("auditing.broken", lang, path=one.name, errors=one.broken))


def _clock(zone: tzinfo) -> Callable[[int], str]:
    return lambda at: f"{datetime.fromtimestamp(at / 1_000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))
