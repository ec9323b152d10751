"""`dutyroom plan check FILE|FOLDER`: what is wrong with a plan, and what became of each of its clauses.

Reads files and prints; needs no database. Of a folder with a roster and a people workbook, these are checked with the
plan. Text for people, JSON for programs, SARIF 2.1.0 for editors and code review.
"""

import argparse
import json
from pathlib import Path

NAME = "check"
HELP = "列出预案文件的全部问题 / list every finding on a plan file"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="plan.yaml 或其所在文件夹 / plan.yaml or its folder")
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="输出格式 / form of the output"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")
    parser.add_argument("--strict", action="store_true", help="警告也算不通过 / warnings fail, too")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 if the plan can run, 1 if it cannot as it stands (with --strict: or has warnings)."""
    from dutyroom.adapters.planfindings import examined
    from dutyroom.cli import UserError

    try:
        found = examined(args.file)
    except OSError as error:
        raise UserError(
            "plan.unreadable", file=str(args.file), problem=error.strerror or str(error)
        ) from None
    bodies = {"text": found.as_text, "json": found.as_json, "sarif": found.as_sarif}
    body = bodies[args.format](args.lang)
    print(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, indent=2))
    failing = ("error", "warning") if args.strict else ("error",)
    return 1 if any(finding.severity in failing for finding in found.findings) else 0
