"""`dutyroom drill FOLDER [--script FILE]`: rehearse a plan under a virtual clock and print what happens.

Calls nobody: a drill has no couriers. Without a script it lists the folder's.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutyroom.core.findings import Finding

NAME = "drill"
HELP = "演练预案(虚拟时间) / rehearse a plan in virtual time"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, help="预案文件夹 / plan folder (plan.yaml, roster.yaml, people.xlsx)"
    )
    parser.add_argument(
        "--script", type=Path, help="演练脚本 / drill script; without it the folder's are listed"
    )
    parser.add_argument("--lang", choices=("zh", "en"), help="默认按脚本 / the script's own unless given")
    parser.add_argument(
        "--update", action="store_true", help="写到脚本旁的 NAME.zh.txt、NAME.en.txt / write both transcripts"
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if something is wrong with the folder or the script, or an act went otherwise than scripted."""
    from dutyroom.adapters.planfolder import load
    from dutyroom.cli import UserError
    from dutyroom.interpreters.drill import read_script, rehearse, transcript
    from dutyroom.wording import say

    lang = args.lang or "zh"
    if args.script is None:
        return _list(args.folder, lang)
    try:
        loaded, file = load(args.folder), _find(args.folder, args.script)
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError("drill.no_file", file=str(error.filename)) from None
    rules = loaded.in_force()
    if rules is None:
        return _tell(args.folder, loaded.findings, lang)
    script, faults = read_script(text, rules.plan, rules.roster)
    if script is None:
        return _tell(file, faults, lang)
    drilled = rehearse(script, rules)
    names = loaded.names
    if args.update:
        for language in ("zh", "en"):
            target = file.with_suffix(f".{language}.txt")
            target.write_text(
                transcript(drilled, language, lambda person: names.get(person, person)), encoding="utf-8"
            )
    print(transcript(drilled, args.lang or script.language, lambda person: names.get(person, person)), end="")
    if not drilled.as_scripted:
        print(say("drill.not_as_scripted", lang))
    return 0 if drilled.passed else 1


def _find(folder: Path, script: Path) -> Path:
    """The script as given, else inside the plan folder."""
    inside = folder / script
    return inside if not script.exists() and inside.exists() else script


def _list(folder: Path, lang: str) -> int:
    from dutyroom.adapters.planfolder import scripts
    from dutyroom.wording import say

    found = scripts(folder)
    print(say("drill.scripts" if found else "drill.no_scripts", lang, folder=folder))
    for script in found:
        print(f"  --script {script.relative_to(folder).as_posix()}")
    return 0


def _tell(where: Path, findings: "tuple[Finding, ...]", lang: str) -> int:
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    for one in findings:
        separator = "/" if where.is_dir() else ":"
        print(
            f"{where}{separator}{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}"
        )
    return 1
