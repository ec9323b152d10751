"""Plays a script many times by chance: `run_many(script, rules, chances, seed, runs) -> Sample`.

The answer is the same for any number of processes: each run is a function of the seed and its number, and what comes
back is put together in the order of the runs.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from dutyroom.core.roster import PlanInForce
from dutyroom.core.sampled import Sample
from dutyroom.interpreters.drill.chances import Chances, uses_own
from dutyroom.interpreters.drill.incident import Incident, Setup, set_up
from dutyroom.interpreters.drill.sample import Trial, bars, middle, spreads, tallies, trial
from dutyroom.interpreters.drill.script import Script

Progress = Callable[[int], object]
_CHUNK = 50


def run_many(
    script: Script,
    rules: PlanInForce,
    chances: Chances,
    seed: int = 7,
    runs: int = 10_000,
    processes: int = 1,
    progress: Progress = lambda done: None,
) -> Sample:
    """Play it `runs` times and sum up. `progress` is told how many runs are done. Raises ValueError for no runs."""
    if runs < 1:
        raise ValueError("at least one run")
    setup = set_up(script, rules, chances, seed)
    return summed_up(setup, trials(setup, runs, processes, progress))


def trials(
    setup: Setup, runs: int, processes: int = 1, progress: Progress = lambda done: None
) -> tuple[Trial, ...]:
    """What is kept of each run, in order."""
    found: list[Trial] = []
    for some in _chunks(setup, runs, processes):
        found.extend(some)
        progress(len(found))
    return tuple(found)


def summed_up(setup: Setup, found: tuple[Trial, ...]) -> Sample:
    """The sample of the trials; the middle run is played once more to be shown."""
    script, plan = setup.script, setup.rules.plan
    shown = middle(found)
    incident = Incident(setup, shown)
    course = incident.play()
    gantt = bars(course, script.starts, incident.first_calls)
    used = tallies(plan, found)
    named = {one.step for one in used} | {one.step for one in gantt}
    return Sample(
        plan=plan.id,
        edition=plan.version,
        script=script.id,
        title=script.title,
        seed=setup.seed,
        runs=len(found),
        starts=script.starts,
        offset_minutes=script.offset_minutes,
        until=script.until,
        own=tuple(uses_own(setup.chances)),
        milestones=spreads(found),
        tallies=used,
        unkept_per_run=round(sum(one.unkept for one in found) / len(found), 6),
        middle=shown,
        ended=course.ended_at - script.starts,
        gantt=gantt,
        titles={step.id: step.title for step in plan.steps if step.id in named},
        roles={one.role: plan.roles[one.role].name for one in gantt if one.role in plan.roles},
    )


def _chunks(setup: Setup, runs: int, processes: int) -> Iterator[list[Trial]]:
    parts = [(start, min(runs, start + _CHUNK)) for start in range(0, runs, _CHUNK)]
    if processes <= 1 or len(parts) == 1:
        yield from (_played(setup, part) for part in parts)
        return
    # A copy of this process is quick but unsafe beside threads; a fresh one has to be sent the plan.
    can_fork = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    method = multiprocessing.get_context("fork" if can_fork else "spawn")
    bare = Setup(setup.script, _without_memory(setup.rules), setup.chances, setup.seed)
    with ProcessPoolExecutor(processes, method, _begin, (bare,)) as pool:
        yield from pool.map(_part, parts)


def _without_memory(rules: PlanInForce) -> PlanInForce:
    """The rules without what was worked out and kept with them: a fresh process finds that out itself."""
    return replace(rules, plan=replace(rules.plan), roster=replace(rules.roster))


def _played(setup: Setup, part: tuple[int, int]) -> list[Trial]:
    plan, starts = setup.rules.plan, setup.script.starts
    return [trial(plan, Incident(setup, run).play(), starts) for run in range(*part)]


_setup: list[Setup] = []


def _begin(setup: Setup) -> None:
    _setup[:] = [setup]


def _part(part: tuple[int, int]) -> list[Trial]:
    return _played(_setup[0], part)
