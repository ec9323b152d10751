"""`dutyroom drill FOLDER [--script FILE] [--runs N]`: rehearse a plan under a virtual clock, once as scripted or often.

With `--year` a whole year of duty is rehearsed (`_dutyyear`). Calls nobody: a drill has no couriers. Without a script
and without runs it lists the folder's scripts.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroom.cli import _dutyyear
from dutyroom.cli._findings import tell_findings

if TYPE_CHECKING:
    from dutyroom.adapters.planfolder import LoadedPlan
    from dutyroom.core.roster import PlanInForce
    from dutyroom.core.sampled import Comparison, Sample
    from dutyroom.interpreters.drill import Chances, Script

NAME = "drill"
HELP = "演练预案(虚拟时间) / rehearse a plan in virtual time"

_MOST_RUNS = 1_000_000
_MOST_PROCESSES = 256
_COMPARED = 500
_SEED = 7


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
    chance = parser.add_argument_group("随机演练 / random drills")
    chance.add_argument("--runs", metavar="N", help="随机演练多少次 / play it by chance so many times")
    chance.add_argument("--seed", type=int, help="随机种子 / same seed, same result (default: 7)")
    chance.add_argument(
        "--chances", type=Path, help="应答、路程、办理的概率 / YAML: how people answer, travel, work"
    )
    chance.add_argument("--processes", metavar="N", default="1", help="用几个进程 / processes (default: 1)")
    chance.add_argument(
        "--compare",
        metavar="N",
        nargs="?",
        const=str(_COMPARED),
        help=f"只改一处哪处最有用 / which single change helps most, over N incidents (default: {_COMPARED})",
    )
    chance.add_argument("--plots", type=Path, metavar="FOLDER", help="把图写到文件夹 / write the plots there")
    chance.add_argument(
        "--format", choices=("text", "json"), default="text", help="默认 text / default: text"
    )
    _dutyyear.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 1 if something is wrong with the folder or the script, or the drill did not go as the script says."""
    from dutyroom.adapters.planfolder import load
    from dutyroom.cli import UserError
    from dutyroom.interpreters.drill import read_script

    _fitting(args)
    if args.year is not None:
        return _dutyyear.run(args)
    args.seed = _SEED if args.seed is None else args.seed
    lang = args.lang or "zh"
    file = _script(args)
    if file is None:
        return _list(args.folder, lang)
    try:
        loaded = load(args.folder)
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError("drill.no_file", file=str(error.filename)) from None
    except UnicodeDecodeError:
        raise UserError("drill.no_file", file=str(file)) from None
    rules = loaded.in_force()
    if rules is None:
        return tell_findings(args.folder, loaded.findings, lang)
    script, faults = read_script(text, rules.plan, rules.roster)
    if script is None:
        return tell_findings(file, faults, lang)
    if args.runs is not None:
        return _by_chance(args, script, rules)
    return _as_scripted(args, script, rules, loaded, file)


def _fitting(args: argparse.Namespace) -> None:
    """Refuse options that do not go together, before anything is read."""
    from dutyroom.cli import UserError

    if args.year is not None:
        return _dutyyear.fitting(args)
    if args.scenario is not None:
        raise UserError("year.needs_year", option="--scenario")
    if args.runs is not None:
        if args.update:
            raise UserError("chance.no_update")
        return
    given = (("--chances", args.chances), ("--compare", args.compare), ("--plots", args.plots))
    for option, value in (*given, ("--format json", args.format == "json" or None)):
        if value is not None:
            raise UserError("chance.needs_runs", option=option)


def _script(args: argparse.Namespace) -> Path | None:
    """The script as given, else inside the plan folder; for random drills else the folder's first. None: list them."""
    from dutyroom.adapters.planfolder import scripts
    from dutyroom.cli import UserError

    if args.script is not None:
        given: Path = args.script
        inside: Path = args.folder / given
        return inside if not given.exists() and inside.exists() else given
    if args.runs is None:
        return None
    if not args.folder.is_dir():
        raise UserError("drill.no_file", file=str(args.folder))
    found = scripts(args.folder)
    if not found:
        raise UserError("chance.no_script", folder=str(args.folder))
    return found[0]


def _as_scripted(
    args: argparse.Namespace, script: "Script", rules: "PlanInForce", loaded: "LoadedPlan", file: Path
) -> int:
    from dutyroom.interpreters.drill import rehearse, transcript
    from dutyroom.wording import say

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
        print(say("drill.not_as_scripted", args.lang or script.language))
    return 0 if drilled.passed else 1


def _by_chance(args: argparse.Namespace, script: "Script", rules: "PlanInForce") -> int:
    from dutyroom.core.sampled import FEWEST, comparison_data, sample_data
    from dutyroom.interpreters.drill import compare, run_many, set_up
    from dutyroom.wording.sampling import report

    lang = args.lang or script.language
    runs, processes = _whole(args.runs, "--runs"), _whole(args.processes, "--processes", _MOST_PROCESSES)
    compared = None if args.compare is None else _whole(args.compare, "--compare", least=FEWEST)
    chances = _chances(args.chances, lang)
    if chances is None:
        return 1
    told = _Progress("chance.progress", lang)
    sample = run_many(script, rules, chances, args.seed, runs, processes, lambda done: told(done, runs))
    comparison = None
    if compared is not None:
        setup = set_up(script, rules, chances, args.seed)
        comparison = compare(setup, compared, processes, _Progress("chance.comparing", lang))
    if args.format == "json":
        data = {"sample": sample_data(sample)}
        if comparison is not None:
            data["comparison"] = comparison_data(comparison)
        print(json.dumps(data, ensure_ascii=False))
    else:
        print(report(sample, comparison, lang), end="")
    if args.plots is not None:
        _plots(args.plots, sample, comparison, lang)
    return 0


def _whole(text: str, option: str, most: int = _MOST_RUNS, least: int = 1) -> int:
    from dutyroom.cli import UserError

    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    if not least <= number <= most:
        raise UserError("chance.runs", option=option, least=least, most=most, got=text)
    return number


def _chances(file: Path | None, lang: str) -> "Chances | None":
    """The chances of the file, or the defaults; None after telling what is wrong with it."""
    from dutyroom.cli import UserError
    from dutyroom.interpreters.drill import default_chances, read_chances

    if file is None:
        return default_chances()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UserError("drill.no_file", file=str(file)) from None
    chances, faults = read_chances(text)
    if chances is None:
        tell_findings(file, faults, lang)
    return chances


class _Progress:
    """One line on the error stream, at every tenth of the work, so that a log stays short."""

    def __init__(self, code: str, lang: str) -> None:
        self.code, self.lang, self.tenth = code, lang, 0

    def __call__(self, done: int, total: int) -> None:
        from dutyroom.wording import say

        tenth = done * 10 // total
        if tenth > self.tenth and total > 100:
            self.tenth = tenth
            print(say(self.code, self.lang, done=done, total=total), file=sys.stderr, flush=True)


def _plots(folder: Path, sample: "Sample", comparison: "Comparison | None", lang: str) -> None:
    from dutyroom.adapters.plots import all_plots
    from dutyroom.cli import UserError
    from dutyroom.wording import say

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, plot in all_plots(sample, comparison, lang).items():
            (folder / f"{name}.{lang}.svg").write_text(plot.svg, encoding="utf-8")
            rows = ["\t".join(row) for row in (plot.table.head, *plot.table.rows)]
            (folder / f"{name}.{lang}.tsv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    except OSError as error:
        raise UserError(
            "chance.no_folder", folder=str(folder), problem=error.strerror or str(error)
        ) from None
    print(say("chance.plots_written", lang, folder=folder), file=sys.stderr)


def _list(folder: Path, lang: str) -> int:
    from dutyroom.adapters.planfolder import scripts
    from dutyroom.wording import say

    found = scripts(folder)
    print(say("drill.scripts" if found else "drill.no_scripts", lang, folder=folder))
    for script in found:
        print(f"  --script {script.relative_to(folder).as_posix()}")
    return 0
