"""`dutyroom plan check FILE`: what is wrong with a plan file, and what became of each of its clauses.

Reads one file and prints; needs no database and no people.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from dutyroom.core.findings import Finding

NAME = "check"
HELP = "列出预案文件的全部问题 / list every finding on a plan file"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="plan.yaml 或其所在文件夹 / plan.yaml or its folder")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if the plan cannot run as it stands."""
    from dutyroom.cli import UserError
    from dutyroom.core.checks import check
    from dutyroom.core.planfile import read_plan

    file = args.file / "plan.yaml" if args.file.is_dir() else args.file
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise UserError("plan.unreadable", file=str(file), problem=problem) from None
    plan, findings = read_plan(text)
    findings = (*findings, *(check(plan) if plan else ()))
    clauses = Counter(clause.runs_as for clause in plan.clauses) if plan else Counter[str]()
    say_all = _as_json if args.format == "json" else _as_text
    print(say_all(file, findings, clauses, args.lang))
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _as_text(file: Path, findings: tuple[Finding, ...], clauses: Counter[str], lang: str) -> str:
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    lines = [
        f"{file}:{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}"
        for one in findings
    ]
    if clauses:
        counts = {name: clauses[name] for name in ("rules", "product", "judgement", "not_executed")}
        lines.append(say("plan.check.clauses", lang, total=clauses.total(), **counts))
    severities = Counter(one.severity for one in findings)
    lines.append(say("plan.check.summary", lang, errors=severities["error"], warnings=severities["warning"]))
    return "\n".join(lines)


def _as_json(file: Path, findings: tuple[Finding, ...], clauses: Counter[str], lang: str) -> str:
    from dutyroom.wording.narrate import tell

    told = [
        {
            "code": one.code,
            "severity": one.severity,
            "place": one.place,
            "fields": dict(one.fields),
            "text": tell(one, lang),
        }
        for one in findings
    ]
    body = {"file": str(file), "findings": told, "clauses": dict(sorted(clauses.items()))}
    return json.dumps(body, ensure_ascii=False, indent=2)
