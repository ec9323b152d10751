"""`dutyroom roster make FOLDER --year 2027 --prove 1 --out roster-2027.yaml`: a roster by the rules, proved.

Exit code 0: made (and proved, if asked for); 1: the folder has errors, there is none, or cover is not proved; 2: what
was asked for cannot be done.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroom.cli.roster import _common
from dutyroom.wording import say

if TYPE_CHECKING:
    from dutyroom.wiring.rostering import Folder, Made

NAME = "make"
HELP = "排班:按规则排好并证明 / make a roster by the rules, and prove it"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_folder(parser)
    _common.add_days(parser)
    add = parser.add_argument
    add("--prove", metavar="K", help="证明任意 K 人不应答都有人接手 / prove cover with any K people silent")
    add(
        "--seed",
        type=int,
        default=0,
        help="种子:同样的输入和种子,同样的结果 / same input and seed, same roster",
    )
    add("--out", type=Path, metavar="FILE", help="写到这个文件 / write it to this file")


def run(args: argparse.Namespace) -> int:
    from dutyroom.cli.verify import _missing
    from dutyroom.wiring.rostering import make

    first, last = _common.days(args)
    missing = _missing(args.prove) if args.prove is not None else None
    folder = _common.opened(args)
    if folder.sources is None:
        return 1
    made = make(folder, first, last, missing, args.seed, _common.progress(args.lang))
    text = _text(folder, made, first, last, args) if made.roster is not None else ""
    if args.out and text:
        _common.write(args.out, text)
    if args.format == "json":
        print(json.dumps(_data(made), ensure_ascii=False, indent=2))
    else:
        if text and not args.out:
            print(text)
        _tell(folder, made, first, last, missing, args)
    return 0 if made.roster is not None and not made.beyond else 1


def _text(folder: "Folder", made: "Made", first: date, last: date, args: argparse.Namespace) -> str:
    from dutyroom.adapters.rostering.rostertext import roster_text

    assert folder.sources is not None and made.roster is not None
    notes = [say("rostermaking.note.made", args.lang, first=first, last=last, seed=args.seed)]
    if made.proof is not None and not made.beyond:
        notes.append(say("rostermaking.note.proved", args.lang, missing=made.proof.missing))
    names = _common.holiday_names(folder.sources.calendar, args.lang)
    rules = folder.sources.rules
    return roster_text(made.roster, rules.plan, rules.zone, args.lang, names, notes)


def _tell(
    folder: "Folder", made: "Made", first: date, last: date, missing: int | None, args: argparse.Namespace
) -> None:
    """The last sentence, on the other stream where the roster itself is printed."""
    assert folder.sources is not None
    for line in _told(folder, made, first, last, missing, args.lang):
        print(line, file=sys.stdout if args.out or made.roster is None else sys.stderr)
    if made.findings:
        _common.tell_findings(args.folder, made.findings, args.lang)
    if args.out and made.roster is not None:
        print(say("rostermaking.written", args.lang, file=args.out))


def _told(
    folder: "Folder", made: "Made", first: date, last: date, missing: int | None, lang: str
) -> list[str]:
    from dutyroom.core.rostering.rosters import free_turns
    from dutyroom.wording.proving import tell_proof
    from dutyroom.wording.rostering import tell_conflict

    assert folder.sources is not None
    plan = folder.sources.plan
    names = _common.post_names(plan, lang)
    if made.findings or made.problem is None:
        return []
    if made.conflict and made.conflict_problem is not None:
        head = say("rostermaking.impossible", lang, count=len(made.conflict))
        return [
            head,
            *(f"- {one}" for one in tell_conflict(made.conflict_problem, made.conflict, lang, names)),
        ]
    if made.assignment is None:
        return [say("rostermaking.unknown", lang, turns=", ".join(made.unfilled[:10]) or "-")]
    lines = _lessons(made, lang, names)
    if made.beyond and made.proof is not None:
        head = say("rostermaking.done.beyond", lang, holes=len(made.beyond))
        return [*lines, tell_proof(plan, made.proof, lang, folder.sources.rules.zone), head]
    fields = {
        "plan": plan.title.in_language(lang),
        "first": first,
        "last": last,
        "people": len(folder.people),
        "turns": len(free_turns(made.problem)),
        "missing": missing,
        "rounds": made.rounds,
    }
    code = "unproved" if missing is None else "proved"
    return [*lines, say(f"rostermaking.done.{code}", lang, **fields)]


def _lessons(made: "Made", lang: str, names: Any) -> list[str]:
    assert made.problem is not None
    raised = Counter((made.problem.turn[turn].post, least) for turn, least in made.lessons.raised.items())
    lines = [
        say("rostermaking.raised", lang, post=names(post), turns=turns, least=least)
        for (post, least), turns in sorted(raised.items())
    ]
    apart: dict[tuple[str, ...], int] = defaultdict(int)
    for no_good in made.lessons.no_goods:
        apart[tuple(sorted({made.problem.turn[turn].post for _, turn in no_good}))] += 1
    joint = "、" if lang == "zh" else ", "
    for posts, count in sorted(apart.items()):
        lines.append(say("rostermaking.apart", lang, posts=joint.join(map(names, posts)), count=count))
    return lines


def _data(made: "Made") -> dict[str, Any]:
    from dataclasses import asdict

    from dutyroom.core.instants import iso
    from dutyroom.core.proof import proof_data

    turns = (
        []
        if made.assignment is None or made.problem is None
        else [
            {
                "turn": name,
                "post": made.problem.turn[name].post,
                "starts_at": iso(made.problem.turn[name].starts_at),
                "ends_at": iso(made.problem.turn[name].ends_at),
                "persons": list(persons),
            }
            for name, persons in made.assignment.items()
        ]
    )
    return {
        "made": made.roster is not None,
        "proved": made.proof is not None and not made.beyond,
        "rounds": made.rounds,
        "turns": turns,
        "cost": asdict(made.cost) if made.cost else None,
        "raised": dict(made.lessons.raised),
        "conflict": [asdict(one) for one in made.conflict],
        "findings": [asdict(one) for one in made.findings],
        "proof": proof_data(made.proof) if made.proof else None,
    }
