"""Rosters of the public Employee Shift Scheduling instances, from a folder of such files, and a large duty roster.

`bench rosters FOLDER` solves every `*.txt` of the folder with its time and workers, and prints a line of JSON each,
then a table. Files: T. Curtois' format, any instance; `best_known.csv` beside them (instance, best_known_solution)
gives what to compare with. Every roster is judged by `roster_judge` from the file's own sections; a bound is the
solver's. `--baseline` gives CP-SAT with the whole roster in one model the same time. Without a folder the duty roster
alone: 80 posts around the clock for a year, the time until nothing hard is broken, judged by the core.
"""

import argparse
import csv
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.roster_judge import Verdict, judge
from dutyroom.adapters.rostering import duty_local
from dutyroom.adapters.rostering.arrays import OFF, Arrays, Ints
from dutyroom.adapters.rostering.duty_state import Tables
from dutyroom.adapters.rostering.making import make
from dutyroom.adapters.rostering.model import Effort, solve_whole
from dutyroom.adapters.rostering.shiftfile import read
from dutyroom.core.instants import DAY, HOUR, parse_iso
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import ALL, Away, Person, PostRule, Problem, Turn
from dutyroom.wording import say

ENCODINGS = ("utf-8-sig", "gb18030")
LARGEST = 20_000_000
BASELINE_THREADS = 8  # one thread a worker leaves out most of CP-SAT's strategies, even on few cores
STARTS = parse_iso("2027-01-01T00:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Instance:
    """One file: its name, text and arrays, and the best value known, where a table gives one."""

    name: str
    text: str
    problem: Arrays
    best: int | None


def main(arguments: list[str]) -> int:
    """Exit code 0 unless a file could not be read, or a roster broke a hard rule."""
    given = _parser().parse_args(arguments)
    rows, sound = [], True
    for found in instances(given.folder, _only(given.only)) if given.folder else ():
        if not isinstance(found, Instance):
            print("\n".join(found))
            sound = False
            continue
        row = measured(found, given.seconds, given.workers, given.seed, given.baseline)
        sound = sound and row["broken"] == 0
        rows.append(row)
        print(json.dumps({"scenario": "rosters", **row}, ensure_ascii=False), flush=True)
    if not given.no_scaling:
        print(json.dumps({"scenario": "rosters-scaling", **run(given.small)}), flush=True)
    print(table(rows) if rows else "", end="")
    return 0 if sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dutyroom bench rosters", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of instance files, or one file")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget for each instance; default 60")
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="numbers of instances, as 1,2,12")
    parser.add_argument("--baseline", action="store_true", help="CP-SAT alone with the same time besides")
    parser.add_argument("--no-scaling", action="store_true", help="leave the large duty roster out")
    parser.add_argument("--small", action="store_true", help="a small duty roster instead")
    return parser


def _only(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


def instances(folder: Path, only: set[str]) -> Iterator[Instance | list[str]]:
    """The instances in order of their numbers; or, for a file that is none, what to mend, as sentences."""
    files = [folder] if folder.is_file() else sorted(folder.glob("*.txt"), key=_number)
    best = _best(folder.parent if folder.is_file() else folder)
    if not files:
        yield [_both("shiftfile.no_files", {"folder": str(folder)})]
    for path in files:
        if only and str(_number(path)[0]) not in only and path.stem not in only:
            continue
        text = _text(path)
        if text is None:
            yield [f"{path.name}: {_both('shiftfile.no_text', {'most': LARGEST})}"]
            continue
        problem, findings = read(text)
        if problem is None:
            yield [f"{path.name}:{one.place}: {_both(one.code, one.fields)}" for one in findings]
        else:
            yield Instance(path.stem, text, problem, best.get(path.stem))


def _both(code: str, fields: Any) -> str:
    return f"{say(code, 'zh', **fields)} / {say(code, 'en', **fields)}"


def _number(path: Path) -> tuple[int, str]:
    numbers = re.findall(r"\d+", path.stem)
    return (int(numbers[-1]) if numbers else 0), path.stem


def _text(path: Path) -> str | None:
    if path.stat().st_size > LARGEST:
        return None
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _best(folder: Path) -> dict[str, int]:
    path = folder / "best_known.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["instance"]: int(row["best_known_solution"])
        for row in rows
        if (row.get("best_known_solution") or "").isdigit()
    }


def measured(instance: Instance, seconds: float, workers: int, seed: int, baseline: bool) -> dict[str, Any]:
    """Our roster of one instance, judged, and on demand that of CP-SAT alone."""
    people, days, shifts = instance.problem.size
    load, began = os.getloadavg()[0], time.perf_counter()
    made = make(instance.problem, seconds, workers, seed)
    took = time.perf_counter() - began
    verdict = _judged(instance, made.roster)
    row: dict[str, Any] = {
        "instance": instance.name,
        "size": f"{-(-days // 7)}×{people}×{shifts}",
        "best_known": instance.best,
        "value": verdict.penalty if verdict else None,
        "gap_percent": _gap(verdict, instance.best),
        "bound": made.bound,
        "proved": made.proved,
        "seconds": round(took, 1),
        "best_after_s": round(made.moments[-1].seconds, 1) if made.moments else None,
        "broken": len(verdict.broken) if verdict else 0,
        "stuck": [instance.problem.people[one] for one in made.stuck],
        "load_before": round(load, 1),
    }
    if baseline:
        row["cpsat_alone"] = _alone(instance, seconds, seed)
    return row


def _alone(instance: Instance, seconds: float, seed: int) -> dict[str, Any]:
    answer = solve_whole(instance.problem, Effort(seconds, threads=BASELINE_THREADS, seed=seed))
    verdict = _judged(instance, answer.roster)
    return {
        "value": verdict.penalty if verdict else None,
        "gap_percent": _gap(verdict, instance.best),
        "bound": answer.bound,
        "broken": len(verdict.broken) if verdict else 0,
    }


def _judged(instance: Instance, roster: Ints | None) -> Verdict | None:
    """The verdict of the judge, who is given names only."""
    if roster is None:
        return None
    problem = instance.problem
    names = {
        person: ["" if turn == OFF else problem.shifts[turn] for turn in roster[number].tolist()]
        for number, person in enumerate(problem.people)
    }
    return judge(instance.text, names)


def _gap(verdict: Verdict | None, best: int | None) -> float | None:
    return round(100 * (verdict.penalty - best) / best, 2) if verdict and best else None


def table(rows: list[dict[str, Any]]) -> str:
    """What was measured, to be read by people."""
    names = ("instance", "size", "best_known", "value", "gap_percent", "bound", "seconds", "load_before")
    cells = [list(names)] + [["–" if row[name] is None else str(row[name]) for name in names] for row in rows]
    if any("cpsat_alone" in row for row in rows):
        cells[0] += ["cpsat_alone", "its_gap", "its_bound"]
        for line, row in zip(cells[1:], rows, strict=True):
            line += [str(row["cpsat_alone"][name]) for name in ("value", "gap_percent", "bound")]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + "\n"
        for line in cells
    )


# ---- the large duty roster


def run(small: bool) -> dict[str, Any]:
    """Seconds until a year of duty has every seat filled and nothing hard broken, and how even it then is."""
    problem = duty(posts=4, people=100, days=60) if small else duty(posts=80, people=2_000, days=365)
    began = time.perf_counter()
    state = duty_local.filled(Tables(problem), seed=0)
    filled_s = time.perf_counter() - began
    faults = broken(problem, state.assignment())
    duty_local.bettered(state, seed=0)
    bettered_s = time.perf_counter() - began
    after = broken(problem, state.assignment())
    return {
        "people": len(problem.people),
        "duties": len(problem.turns),
        "hard_broken": len(faults),
        "seconds_to_no_hard": round(filled_s, 2) if not faults else None,
        "spread": spread(problem, state.assignment()),
        "seconds_bettered": round(bettered_s, 2),
        "hard_broken_bettered": len(after),
    }


def spread(problem: Problem, assignment: Any) -> int:
    """The most duties of a person less the fewest."""
    held = dict.fromkeys((one.id for one in problem.people), 0)
    for people in assignment.values():
        for person in people:
            held[person] += 1
    return max(held.values()) - min(held.values())


def duty(posts: int, people: int, days: int) -> Problem:
    """Posts of one person around the clock, a day's rest after each turn, two weeks of leave for everybody."""
    names = [f"post{number}" for number in range(posts)]
    first = 739_617  # the ordinal of 2027-01-01
    turns = tuple(
        Turn(f"{name}.{day}", name, STARTS + day * DAY, STARTS + (day + 1) * DAY, 1, 1, first + day,
             (first + day,), f"2027-{day // 31 + 1:02}", (ALL,))
        for day in range(days)
        for name in names
    )  # fmt: skip
    draw = np.random.default_rng(2027)
    staff = []
    for number in range(people):
        able = frozenset(names[(number + step) % posts] for step in range(min(posts, 4)))
        away = STARTS + int(draw.integers(0, max(1, days - 14))) * DAY
        staff.append(Person(f"P{number:04}", able, away=(Away(away, away + 14 * DAY),)))
    rules = {name: PostRule(name, rest=24 * HOUR) for name in names}
    return Problem("Asia/Shanghai", rules, turns, tuple(staff))
