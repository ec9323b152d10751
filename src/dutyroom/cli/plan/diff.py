"""`dutyroom plan diff OLD NEW`: what changed between two editions, clause by clause, in words."""

import argparse
from pathlib import Path

from dutyroom.core.plan import Plan

NAME = "diff"
HELP = "两版预案逐条比较 / what changed between two editions, by clause"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="旧版 plan.yaml 或文件夹 / the older plan.yaml or folder")
    parser.add_argument("new", type=Path, help="新版 plan.yaml 或文件夹 / the newer plan.yaml or folder")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 whether or not they differ; 2 for a file that cannot be read as a plan."""
    from dutyroom.core.differing import compare
    from dutyroom.wording import say
    from dutyroom.wording.differing import tell_change

    old, new = (_plan(path) for path in (args.old, args.new))
    changes = compare(old, new)
    if not changes:
        print(say("diff.same", args.lang))
        return 0
    grouped: dict[tuple[str, ...], list[str]] = {}
    for change in changes:
        grouped.setdefault(change.clauses, []).append(tell_change(old, new, change, args.lang))
    for clauses, lines in grouped.items():
        print(" ".join(clauses) or say("diff.no_clause", args.lang))
        print("\n".join(f"  {line}" for line in lines))
    touched = {clause for clauses in grouped for clause in clauses}
    order = dict.fromkeys(clause.id for plan in (old, new) for clause in plan.clauses)
    cited = " ".join(clause for clause in order if clause in touched)
    print(say("diff.summary", args.lang, count=len(changes), clauses=cited or say("diff.nothing", args.lang)))
    return 0


def _plan(path: Path) -> Plan:
    from dutyroom.cli import UserError
    from dutyroom.core.planfile import decode, read_plan
    from dutyroom.wording.narrate import tell

    file = path / "plan.yaml" if path.is_dir() else path
    try:
        text, findings = decode(file.read_bytes())
    except OSError as error:
        raise UserError("plan.unreadable", file=str(file), problem=error.strerror or str(error)) from None
    plan, faults = (None, findings) if findings else read_plan(text)
    if plan is None:
        first = faults[0]
        raise UserError("plan.unreadable", file=f"{file}:{first.place}", problem=tell(first, "zh"))
    return plan
