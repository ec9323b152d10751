"""`dutyroom plan print FOLDER`: the plan as a document, PDF/A and .docx, made from the rules that run.

Reads a plan folder or a single plan file; needs no database. A folder without roster or people list prints without
those annexes.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutyroom.adapters.planfolder import LoadedPlan

NAME = "print"
HELP = "打印预案：PDF 和 Word 文档 / print a plan: PDF and Word document"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="预案文件夹或 plan.yaml / plan folder or plan.yaml")
    parser.add_argument("--to", choices=("pdf", "docx", "both"), default="both", help="格式 / format")
    parser.add_argument(
        "--out", type=Path, default=Path(), help="写到哪个文件夹（缺省为当前文件夹） / folder to write to"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")
    parser.add_argument(
        "--public", action="store_true", help="公开版：不印姓名和电话 / leave out names and phone numbers"
    )
    parser.add_argument("--cards", action="store_true", help="只印处置卡 / print the cards only")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if the plan does not read; a plan with errors is printed as a draft."""
    from dutyroom.adapters.documents.plan import print_plan
    from dutyroom.cli import UserError
    from dutyroom.wording import say

    try:
        loaded = _loaded(args.source)
        errors = _tell(args.source, loaded, args.lang)
        if loaded.plan is None:
            print(say("print.cannot", args.lang))
            return 1
        if errors:
            print(say("print.with_errors", args.lang, errors=errors))
        printed = print_plan(loaded, args.lang, args.public, cards_only=args.cards)
        args.out.mkdir(parents=True, exist_ok=True)
        for kind, data in (("pdf", printed.pdf), ("docx", printed.docx)):
            if args.to in (kind, "both"):
                file = args.out / f"{_name(loaded)}{'-cards' if args.cards else ''}.{args.lang}.{kind}"
                file.write_bytes(data)
                print(say("print.done", args.lang, file=file))
    except OSError as error:
        problem = error.strerror or str(error)
        raise UserError("plan.unreadable", file=str(error.filename or args.source), problem=problem) from None
    return 0


def _name(loaded: "LoadedPlan") -> str:
    """The plan's id as a file name: what is not a letter, digit or dash becomes a dash."""
    plan_id = loaded.plan.id if loaded.plan else ""
    return "".join(each if each.isalnum() or each in "-_" else "-" for each in plan_id)[:80] or "plan"


def _loaded(source: Path) -> "LoadedPlan":
    """The folder with its annexes where they are there, else the plan file alone."""
    from dutyroom.adapters.planfolder import PEOPLE, PLAN, ROSTER, LoadedPlan, load
    from dutyroom.core.checks import examine

    file = source / PLAN if source.is_dir() else source
    if file.name == PLAN and all((file.parent / name).exists() for name in (ROSTER, PEOPLE)):
        try:
            return load(file.parent)
        except UnicodeDecodeError:  # the roster's encoding: print without the annexes
            pass
    examined = examine(file.read_bytes())
    found = tuple(replace(one, place=f"{file.name}:{one.place}") for one in examined.findings)
    return LoadedPlan(examined.plan, None, findings=found)


def _tell(source: Path, loaded: "LoadedPlan", lang: str) -> int:
    """Print every finding that is an error; how many there are."""
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    errors = [one for one in loaded.findings if one.severity == "error"]
    for one in errors:
        print(f"{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}")
    return len(errors)
