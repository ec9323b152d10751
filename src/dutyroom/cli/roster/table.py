"""`dutyroom roster table FOLDER --year 2027`: who stands how often.

Per post and class of turn the least and the most that anybody stands; of each person only the number of own turns, by
staff number. There is no order by merit, and none can be asked for.
"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from dutyroom.cli.roster import _common
from dutyroom.wording import say

if TYPE_CHECKING:
    from dutyroom.core.rostering.problem import Assignment, Problem

NAME = "table"
HELP = "各岗位班次摊得匀不匀,各人有几班 / how evenly turns are shared, and everybody's own turns"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_folder(parser)
    _common.add_days(parser)


def run(args: argparse.Namespace) -> int:
    from dutyroom.wiring.rostering import stands

    first, last = _common.days(args)
    folder = _common.opened(args)
    if folder.sources is None:
        return 1
    stood = stands(folder, first, last)
    if stood.problem is None:
        _common.tell_findings(args.folder, stood.findings, args.lang)
        return 1
    if args.format == "json":
        print(json.dumps(_data(stood.problem, stood.assignment), ensure_ascii=False, indent=2))
    else:
        names = _common.post_names(folder.sources.plan, args.lang)
        print("\n".join(_told(stood.problem, stood.assignment, args.lang, names)))
    return 0


def _told(problem: "Problem", assignment: "Assignment", lang: str, names: Any) -> list[str]:
    from dutyroom.core.rostering.fairness import own_turns, spreads

    lines: list[str] = []
    counts = own_turns(problem, assignment)
    for spread in spreads(problem, assignment):
        lines.append(say("rostermaking.table.post", lang, post=names(spread.post), people=spread.people))
        for kind, (least, most) in spread.least_most.items():
            told = say(f"rostermaking.class.{kind}", lang)
            lines.append(say("rostermaking.table.spread", lang, kind=told, least=least, most=most))
    lines.append(say("rostermaking.table.people", lang))
    lines += [
        say("rostermaking.table.own", lang, person=person, count=count) for person, count in counts.items()
    ]
    return lines


def _data(problem: "Problem", assignment: "Assignment") -> dict[str, Any]:
    from dutyroom.core.rostering.fairness import own_turns, spreads

    return {
        "posts": [
            {
                "post": one.post,
                "people": one.people,
                **{kind: list(each) for kind, each in one.least_most.items()},
            }
            for one in spreads(problem, assignment)
        ],
        "turns": dict(own_turns(problem, assignment)),
    }
