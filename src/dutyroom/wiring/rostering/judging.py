"""A roster that exists, held against the rules: what it breaks, and whether any roster could keep them."""

from dataclasses import dataclass, field
from datetime import date

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.findings import Finding
from dutyroom.core.roster import Roster
from dutyroom.core.rostering.building import problem_of
from dutyroom.core.rostering.conflict import Demand
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Assignment, Problem
from dutyroom.core.rostering.rosters import as_rostered, assignment_of
from dutyroom.ports import Solver
from dutyroom.wiring.rostering.making import Progress, make, quiet
from dutyroom.wiring.rostering.reading import Folder


@dataclass(frozen=True)
class Judged:
    """What a roster breaks. `possible` is None where it was not asked, or not found out."""

    problem: Problem | None = None
    assignment: Assignment = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    possible: bool | None = None
    conflict: tuple[Demand, ...] = ()
    conflict_problem: Problem | None = None


def stands(folder: Folder, first: date, last: date) -> Judged:
    """Who stands on which turn of the days by the roster, and what it breaks."""
    assert folder.sources is not None
    try:
        problem = problem_of(folder.sources, first, last)
    except YearMissing as error:
        return Judged(findings=(error.finding,))
    assignment = assignment_of(problem, folder.sources.before or Roster({}))
    problem = as_rostered(problem, assignment)
    return Judged(problem, assignment, broken(problem, assignment))


def judge(
    folder: Folder, first: date, last: date, progress: Progress = quiet, solver: Solver | None = None
) -> Judged:
    """What the roster of the days breaks; if anything, whether another could keep the rules, and if not, why."""
    judged = stands(folder, first, last)
    if judged.problem is None or not judged.findings:
        return judged
    made = make(folder, first, last, None, 0, progress, solver or DutySolver())
    possible = True if made.roster is not None else (False if made.conflict else None)
    return Judged(
        judged.problem, judged.assignment, judged.findings, possible, made.conflict, made.conflict_problem
    )
