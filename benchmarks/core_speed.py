"""The core alone: microseconds an event, on every starter drill and on one case that grows to 10,000 events.

A drill is rehearsed as `dutyroom drill` does, so people, queue and clock of the drill are in its figure. The growing
case has none: the reference plan's progress report is owed alone and for ever, called for and made each half hour. The
hundred events after each size are timed; where an event costs the same however many came before, the figures are about
equal.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dutyroom.adapters.planfolder import load, scripts
from dutyroom.core.commands import Act, OpenCase, Times
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import parse_iso
from dutyroom.core.phases import READINESS
from dutyroom.core.plan import Join, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case
from dutyroom.interpreters.drill import Script, read_script, rehearse

PLANS = Path(__file__).resolve().parents[1] / "plans"
REFERENCE = PLANS / "sanitation-project"
SIZES = (100, 1_000, 10_000)
WINDOW = 100
STARTS = parse_iso("2027-01-01T00:00:00+08:00")
TARGET = 25.0  # microseconds an event


def run(small: bool) -> dict[str, Any]:
    """Microseconds of processor time an event: the least of several runs, since other work only adds."""
    times = 3 if small else 30
    drills = {script.id: drilled(script, rules, times) for script, rules in every_drill()}
    grown = growth(SIZES[:2] if small else SIZES, times)
    whole = sum(one["us"] * one["events"] for one in drills.values())
    mean = whole / sum(one["events"] for one in drills.values())
    return {
        "drills": drills,
        "us_per_event": round(mean, 1),
        "within_target": mean <= TARGET,
        "grown": grown,
        "growth": round(grown[-1]["us"] / grown[0]["us"], 2),
    }


def every_drill() -> Iterator[tuple[Script, PlanInForce]]:
    """The drills of every starter plan."""
    for folder in sorted(file.parent for file in PLANS.glob("*/plan.yaml")):
        for file in scripts(folder):
            yield _drill(folder, file)


def drilled(script: Script, rules: PlanInForce, times: int) -> dict[str, Any]:
    """One drill: how many events, and the microseconds that each took."""
    events = len(rehearse(script, rules).events)
    least = min(_processor_time(script, rules) for _ in range(times))
    return {"events": events, "us": round(least / events * 1e6, 1)}


def growth(sizes: tuple[int, ...], times: int) -> list[dict[str, Any]]:
    """The case at each size: microseconds an event there, and how many obligations it has had by then."""
    rules = reporting()
    least: dict[int, float] = {}
    had: dict[int, int] = {}
    for _ in range(max(2, times // 10)):
        opened = decided(rules, Case(), OpenCase("c", "K", "site", Times(STARTS, STARTS), {}, {}), STARTS)
        assert not isinstance(opened, Refusal)
        case = opened[1]
        for size in sizes:
            case = _grown(rules, case, size)
            before, started = case.events, time.process_time()
            case = _grown(rules, case, before + WINDOW)
            took = (time.process_time() - started) / (case.events - before)
            least[size], had[size] = min(took, least.get(size, took)), len(case.obligations)
    return [{"events": size, "obligations": had[size], "us": round(least[size] * 1e6, 1)} for size in sizes]


def reporting() -> PlanInForce:
    """The reference plan with nothing but its progress report, owed from the first report of the case on."""
    rules = load(REFERENCE).in_force()
    assert rules is not None
    report = replace(rules.plan.step["progress"], phases=(READINESS,), after=Join())
    return replace(rules, plan=replace(rules.plan, steps=(report,), moves=()))


def _grown(rules: PlanInForce, case: Case, events: int) -> Case:
    """The case once it has so many events. Who is called for the report makes it at once."""
    while case.events < events:
        due = next_due(case)
        assert due is not None
        case, _ = settle(rules, case, due[0])
        owed = case.obligations[due[1]]
        times = Times(due[0], due[0])
        command = Act(f"c{case.events}", owed.asked[-1], owed.key, Verb.DONE, times, {"progress": "-"})
        answer = decided(rules, case, command, due[0])
        assert not isinstance(answer, Refusal), answer
        case = answer[1]
    return case


def _drill(folder: Path, file: Path) -> tuple[Script, PlanInForce]:
    rules = load(folder).in_force()
    assert rules is not None, folder
    script, found = read_script(file.read_text(encoding="utf-8"), rules.plan, rules.roster)
    assert script is not None, found
    return script, rules


def _processor_time(script: Script, rules: PlanInForce) -> float:
    began = time.process_time()
    rehearse(script, rules)
    return time.process_time() - began
