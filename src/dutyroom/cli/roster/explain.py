"""`dutyroom roster explain FOLDER --year 2027`: does the roster keep the rules, and can any roster keep them?

Exit code 0: the roster keeps every rule; 1: it breaks some, or no roster can keep them all.
"""

import argparse
import json
from typing import Any

from dutyroom.cli.roster import _common
from dutyroom.wording import say

NAME = "explain"
HELP = "值班表违反哪些规则;排不出时是哪几条冲突 / which rules a roster breaks; which rules conflict"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_folder(parser)
    _common.add_days(parser)


def run(args: argparse.Namespace) -> int:
    from dutyroom.wiring.rostering import judge

    first, last = _common.days(args)
    folder = _common.opened(args)
    if folder.sources is None:
        return 1
    judged = judge(folder, first, last, _common.progress(args.lang))
    if args.format == "json":
        print(json.dumps(_data(judged), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(judged, first, last, folder, args.lang)))
    return 1 if judged.findings or judged.conflict else 0


def _told(judged: Any, first: Any, last: Any, folder: Any, lang: str) -> list[str]:
    from dutyroom.wording.narrate import tell
    from dutyroom.wording.rostering import tell_conflict, tell_finding

    names = _common.post_names(folder.sources.plan, lang)
    span = {"first": first, "last": last}
    if judged.problem is None:
        return [tell(one, lang) for one in judged.findings]
    if not judged.findings:
        return [say("rostermaking.explained", lang, turns=len(judged.assignment), **span)]
    lines = [say("rostermaking.broken", lang, count=len(judged.findings), **span)]
    lines += [f"- {tell_finding(one, lang, names)}" for one in judged.findings[:MOST_SHOWN]]
    if len(judged.findings) > MOST_SHOWN:
        lines.append("- …")
    if not judged.conflict:
        return [
            *lines,
            say("rostermaking.possible" if judged.possible else "rostermaking.undecided", lang, **span),
        ]
    told = tell_conflict(judged.conflict_problem, judged.conflict, lang, names)
    head = say("rostermaking.impossible", lang, count=len(judged.conflict))
    return [*lines, head, *(f"- {one}" for one in told)]


MOST_SHOWN = 30


def _data(judged: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "kept": not judged.findings,
        "possible": judged.possible,
        "findings": [asdict(one) for one in judged.findings],
        "conflict": [asdict(one) for one in judged.conflict],
    }
