"""`dutyroom plan fmt FILE`: the file in the one form we write, comments kept; GBK becomes UTF-8."""

import argparse
import os
import sys
from pathlib import Path

NAME = "fmt"
HELP = "整理预案文件的格式，保留注释，GBK 转为 UTF-8 / tidy a plan file, keeping comments; GBK becomes UTF-8"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="plan.yaml 或其所在文件夹 / plan.yaml or its folder")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--check", action="store_true", help="只看是否整齐，不改文件 / say whether it is tidy, change nothing"
    )
    way.add_argument("--stdout", action="store_true", help="输出而不改文件 / print it, change nothing")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if the file is not tidy (`--check`) or still cannot be read."""
    from dutyroom.adapters.planformat import tidy
    from dutyroom.cli import UserError
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    file = args.file / "plan.yaml" if args.file.is_dir() else args.file
    try:
        tidied = tidy(file.read_bytes())
    except OSError as error:
        raise UserError("plan.unreadable", file=str(file), problem=error.strerror or str(error)) from None
    for finding in tidied.findings:
        print(f"{file}:{finding.place} {finding.code} {tell(finding, args.lang)}", file=sys.stderr)
    if args.stdout:
        sys.stdout.write(tidied.text)
    elif tidied.changed and tidied.text and not args.check:
        _replace(file, tidied.text)
    code = "fmt.untidy" if args.check and tidied.changed else ("fmt.tidied" if tidied.changed else "fmt.tidy")
    if not args.stdout:
        print(say(code, args.lang, file=str(file)))
    return 1 if tidied.findings or (args.check and tidied.changed) else 0


def _replace(file: Path, text: str) -> None:
    """Whole or not at all: a plan must not be lost to a full disk."""
    beside = file.with_name(f".{file.name}.tidy")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, file)
