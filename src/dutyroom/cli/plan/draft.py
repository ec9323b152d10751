"""`dutyroom plan draft FILE --out FOLDER`: a written plan read into a plan file, a people workbook and a roster.

Reads one file and writes three; needs neither a database nor a network. Nothing it writes is in force.
"""

import argparse
import re
from pathlib import Path

NAME = "draft"
HELP = "把写好的预案（docx、pdf、txt、md）读成预案文件草稿 / read a written plan into a draft plan file"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="文稿 / the paper: .docx, .pdf, .txt, .md")
    parser.add_argument("--out", type=Path, required=True, help="写入的文件夹 / the folder to write to")
    parser.add_argument("--id", default="", help="预案标识 / the plan's identifier (a-z, 0-9, -)")
    parser.add_argument(
        "--replace", action="store_true", help="覆盖已有文件 / overwrite files that are there"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 once the folder is written, however much of the plan is open; 2 for a paper that cannot be read."""
    from dutyroom.adapters.drafts import coverage_lines, plan_text, roster_text, workbook
    from dutyroom.adapters.papers import read_paper
    from dutyroom.cli import UserError
    from dutyroom.core.drafting import draft
    from dutyroom.core.findings import Finding
    from dutyroom.wording import say

    try:
        data = args.file.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise UserError("draft.paper.unreadable", file=str(args.file), problem=problem) from None
    document = read_paper(data, args.file.name)
    if isinstance(document, Finding):
        raise UserError(document.code, **document.fields)
    one = draft(document)
    name = args.id or identifier(args.file.stem)
    text = plan_text(one, name)
    files = {
        "plan.yaml": text.encode(),
        "people.xlsx": workbook(one),
        "roster.yaml": roster_text(one, name).encode(),
    }
    _write(args.out, files, replace=args.replace)
    print("\n".join(say("draft.written", args.lang, file=str(args.out / file)) for file in files))
    print("\n".join(coverage_lines(one, args.lang)))
    return _judge(text, args.out, args.lang)


def identifier(stem: str) -> str:
    """An identifier from a file's name; `drafted-plan` where the name has no Latin letters."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40].strip("-")
    return plain if re.search("[a-z]", plain) else "drafted-plan"


def _write(folder: Path, files: dict[str, bytes], *, replace: bool) -> None:
    from dutyroom.cli import UserError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in files:
            if (folder / name).exists() and not replace:
                raise UserError("draft.folder.taken", file=str(folder / name))
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        problem = error.strerror or str(error)
        raise UserError("draft.folder.unwritable", folder=str(folder), problem=problem) from None


def _judge(text: str, folder: Path, lang: str) -> int:
    """Say what the checker leaves open. A draft that does not read is a fault of ours, said as such."""
    from collections import Counter

    from dutyroom.core.checks import check
    from dutyroom.core.planfile import read_plan
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    plan, findings = read_plan(text)
    if plan is None:
        print(say("draft.unread", lang, place=findings[0].place, problem=tell(findings[0], lang)))
        return 1
    counts = Counter(one.severity for one in check(plan))
    print(say("draft.open", lang, errors=counts["error"], warnings=counts["warning"], folder=str(folder)))
    return 0
