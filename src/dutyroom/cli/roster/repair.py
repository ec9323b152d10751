"""`dutyroom roster repair FOLDER --sick P010 --from "2027-02-05 20:00" --until 2027-02-12`: the smallest changes.

Shows up to three ways, each with who takes which turn instead of whom and whether cover is still proved; `--choose`
writes one of them. Exit code 0: it can be mended, or nothing needs to be; 1: nobody can step in, or the folder has
errors; 2: what was asked for cannot be done.
"""

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroom.cli import UserError
from dutyroom.cli.roster import _common
from dutyroom.wording import say

if TYPE_CHECKING:
    from dutyroom.wiring.rostering import Absence, Alternative, Folder, Mended

NAME = "repair"
HELP = "有人不能到岗:动最少的人补上 / somebody cannot come: mend it with the fewest people"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_folder(parser)
    add = parser.add_argument
    add("--sick", required=True, metavar="P010", help="不能到岗的工号 / who is missing")
    add("--from", dest="starts", required=True, metavar="TIME", help="从什么时候起 / from when")
    add("--until", dest="ends", required=True, metavar="TIME", help="到什么时候止;日期含当天 / until when")
    add("--lost", metavar="NAME", default="", help="只是失去这项资格 / only this qualification is lost")
    add("--now", metavar="TIME", help="以这一刻为准;不写就是现在 / as of this time, else now")
    add("--prove", metavar="K", default="1", help="改后证明任意 K 人不应答(默认 1)/ prove with K silent")
    add("--choose", type=int, metavar="N", help="选第几种办法 / which way to take")
    add("--out", type=Path, metavar="FILE", help="写到这个文件 / write it to this file")


def run(args: argparse.Namespace) -> int:
    from dutyroom.cli.verify import _missing
    from dutyroom.wiring.rostering import mend

    missing = _missing(args.prove)
    folder = _common.opened(args)
    if folder.sources is None:
        return 1
    absence = _absence(args, folder)
    mended = mend(folder, absence, _now(args, folder), missing)
    if args.choose is not None:
        _write(args, folder, mended)
    if args.format == "json":
        print(json.dumps(_data(mended), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(args, folder, mended)))
    if mended.findings:
        _common.tell_findings(args.folder, mended.findings, args.lang)
    return 1 if mended.findings or (mended.lost and not mended.alternatives) else 0


def _absence(args: argparse.Namespace, folder: "Folder") -> "Absence":
    from dutyroom.wiring.rostering import Absence

    assert folder.sources is not None
    zone = folder.sources.zone
    if args.sick not in folder.sources.holders:
        raise UserError("rostering.nobody_like_that", person=args.sick[:40])
    starts = _common.instant(args.starts, zone)
    ends = _common.instant(args.ends, zone, timedelta(days=1))
    if ends <= starts or ends - starts > _common.LONGEST / timedelta(milliseconds=1):
        raise UserError("rostering.bad_span", first=args.starts, last=args.ends)
    return Absence(args.sick, starts, ends, args.lost)


def _now(args: argparse.Namespace, folder: "Folder") -> int:
    from dutyroom.adapters.clock import SystemClock

    assert folder.sources is not None
    return _common.instant(args.now, folder.sources.zone) if args.now else SystemClock().now()


def _write(args: argparse.Namespace, folder: "Folder", mended: "Mended") -> None:
    from dutyroom.adapters.rostering.rostertext import roster_text

    if not 1 <= args.choose <= len(mended.alternatives):
        raise UserError("rostering.bad_choice", got=args.choose, count=len(mended.alternatives))
    assert folder.sources is not None
    rules = folder.sources.rules
    note = say("rostermaking.note.mended", args.lang, person=args.sick, first=args.starts, last=args.ends)
    names = _common.holiday_names(folder.sources.calendar, args.lang)
    chosen = mended.alternatives[args.choose - 1]
    text = roster_text(chosen.roster, rules.plan, rules.zone, args.lang, names, [note])
    _common.write(args.out or args.folder / args.roster, text)


def _told(args: argparse.Namespace, folder: "Folder", mended: "Mended") -> list[str]:
    from dutyroom.wording.rostering import tell_conflict

    assert folder.sources is not None
    lang = args.lang
    names = _common.post_names(folder.sources.plan, lang)
    if mended.findings or mended.problem is None:
        return []
    if not mended.lost:
        return [say("rostermaking.mend.nothing", lang, person=args.sick)]
    if not mended.alternatives:
        head = say("rostermaking.mend.none", lang, count=len(mended.conflict))
        assert mended.conflict_problem is not None
        return [
            head,
            *(f"- {one}" for one in tell_conflict(mended.conflict_problem, mended.conflict, lang, names)),
        ]
    lines = [
        say(
            "rostermaking.mend.lost",
            lang,
            person=args.sick,
            first=args.starts,
            last=args.ends,
            count=len(mended.lost),
            ways=len(mended.alternatives),
        )
    ]
    for number, way in enumerate(mended.alternatives, 1):
        lines += _way(mended, number, way, lang, names)
    if args.choose is not None:
        lines.append(say("rostermaking.written", lang, file=args.out or args.folder / args.roster))
    return lines


def _way(mended: "Mended", number: int, way: "Alternative", lang: str, names: Any) -> list[str]:
    from dutyroom.wording.rostering import tell_finding, tell_moves

    assert mended.problem is not None
    if way.proof is None:
        proof = say("rostermaking.mend.unasked", lang)
    elif way.proof.holes:
        proof = say("rostermaking.mend.unproved", lang, holes=len(way.proof.holes))
    else:
        proof = say("rostermaking.mend.proved", lang)
    turns = len({move.turn for move in way.moves})
    head = say(
        "rostermaking.mend.way", lang, number=number, people=len(way.disturbed), turns=turns, proof=proof
    )
    return [
        head,
        *tell_moves(mended.problem, way.moves, lang, names),
        *(tell_finding(one, lang, names) for one in way.findings),
    ]


def _data(mended: "Mended") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "lost": list(mended.lost),
        "ways": [
            {
                "disturbed": list(way.disturbed),
                "moves": [asdict(move) for move in way.moves],
                "proved": way.proof is not None and not way.proof.holes,
                "holes": len(way.proof.holes) if way.proof else None,
                "cost": asdict(way.cost),
                "findings": [asdict(one) for one in way.findings],
            }
            for way in mended.alternatives
        ],
        "conflict": [asdict(one) for one in mended.conflict],
        "findings": [asdict(one) for one in mended.findings],
    }
