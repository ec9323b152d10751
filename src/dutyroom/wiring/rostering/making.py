"""A roster made and proved in turns: solved, proved, and solved again with what each hole teaches.

It ends when cover is proved, or when what is left lies in the plan and not in the roster. What comes out is a proposal:
keeping it is the store's, or the command's that writes the file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.calendar.periods import instant_of
from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY
from dutyroom.core.proof import Hole, Proof
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.rostering.building import Sources, problem_of, unmatched_seats
from dutyroom.core.rostering.conflict import Demand, smallest, window
from dutyroom.core.rostering.evaluate import Cost, broken, cost
from dutyroom.core.rostering.learning import Lessons, learnt
from dutyroom.core.rostering.problem import Assignment, Problem, Solution
from dutyroom.core.rostering.rosters import free_turns, roster_with
from dutyroom.interpreters.verify import Proved, prove, reprove
from dutyroom.ports import Solver
from dutyroom.wiring.rostering.reading import Folder

MOST_ROUNDS = 8
WINDOWS = (
    2 * DAY,
    5 * DAY,
    10 * DAY,
    35 * DAY,
)  # around an unfilled turn, in which its conflict is looked for

Progress = Callable[[str, Mapping[str, str | int]], None]


def quiet(code: str, fields: Mapping[str, str | int]) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True)
class Made:
    """A proposal. Without a roster, `conflict` says why in a smallest set of demands, or the solver did not finish.

    `proof` is None where none was asked for. `beyond` are the holes that no roster can close: they lie in the plan.
    """

    problem: Problem | None = None
    assignment: Assignment | None = None
    roster: Roster | None = None
    proof: Proof | None = None
    lessons: Lessons = field(default_factory=Lessons)
    rounds: int = 0
    cost: Cost | None = None
    beyond: tuple[Hole, ...] = ()
    conflict: tuple[Demand, ...] = ()
    conflict_problem: Problem | None = None
    unfilled: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def make(
    folder: Folder,
    first: date,
    last: date,
    missing: int | None = 1,
    seed: int = 0,
    progress: Progress = quiet,
    solver: Solver | None = None,
) -> Made:
    """A roster for the days, proved with `missing` people failing (None: not proved)."""
    assert folder.sources is not None
    solver, lessons, proved = solver or DutySolver(), Lessons(), None
    for number in range(1, MOST_ROUNDS + 1):
        try:
            problem = _problem(folder.sources, lessons, first, last)
        except YearMissing as error:
            return Made(findings=(error.finding,))
        stray = unmatched_seats(folder.sources, problem, first, last)
        if stray:
            return Made(problem, findings=stray)
        progress("rostermaking.solving", {"round": number, "turns": len(free_turns(problem))})
        solution = solver.solve(problem, seed)
        if solution.assignment is None:
            return _explained(Made(problem, lessons=lessons, rounds=number), solution, solver, progress)
        made = _made(folder, problem, solution.assignment, first, lessons, number)
        if missing is None or made.roster is None:
            return made
        progress("rostermaking.proving", {"round": number, "missing": missing})
        proved = _proved(proved, folder.rules(made.roster), folder.sources, first, last, missing)
        made = replace(made, proof=proved.proof)
        more = learnt(lessons, problem, solution.assignment, proved.proof)
        if not proved.proof.holes or more == lessons:
            return replace(made, beyond=proved.proof.holes)
        progress("rostermaking.learnt", {"holes": len(proved.proof.holes)})
        lessons = more
    return replace(made, beyond=proved.proof.holes if proved else ())


def _problem(sources: Sources, lessons: Lessons, first: date, last: date) -> Problem:
    problem = problem_of(replace(sources, raised=lessons.raised), first, last)
    return replace(problem, no_goods=lessons.no_goods)


def _made(
    folder: Folder, problem: Problem, assignment: Assignment, first: date, lessons: Lessons, rounds: int
) -> Made:
    """The roster of the assignment, unless the evaluator finds anything: that would be our own fault, and is shown."""
    faults = broken(problem, assignment)
    if faults or folder.sources is None:
        return Made(problem, assignment, findings=faults, lessons=lessons, rounds=rounds)
    before = folder.sources.before or Roster({})
    since = instant_of(datetime.combine(first, time.min), folder.sources.zone)
    roster = roster_with(problem, assignment, before, since)
    return Made(problem, assignment, roster, None, lessons, rounds, cost(problem, assignment))


def _proved(
    before: Proved | None, rules: PlanInForce, sources: Sources, first: date, last: date, missing: int
) -> Proved:
    if before is not None:
        return reprove(before, rules)
    starts, ends = (
        instant_of(datetime.combine(day, time.min), sources.zone) for day in (first, last + timedelta(days=1))
    )
    return prove(rules, (starts, ends), missing, zone=sources.rules.zone, flow=False)


def _explained(made: Made, solution: Solution, solver: Solver, progress: Progress) -> Made:
    """Why there is none: looked for around what could not be filled, ever wider, then in the whole."""
    progress("rostermaking.explaining", {})
    assert made.problem is not None
    parts = _parts(made.problem, solution.unfilled)
    made = replace(made, unfilled=solution.unfilled)
    for part in parts:
        if solver.possible(part) is False:
            return replace(made, conflict=smallest(part, solver.possible), conflict_problem=part)
    return made


def _parts(problem: Problem, unfilled: Sequence[str]) -> list[Problem]:
    parts = []
    for reach in WINDOWS if unfilled else ():
        for name in unfilled[:3]:
            turn = problem.turn[name]
            parts.append(window(problem, turn.starts_at - reach, turn.ends_at + reach))
    if not unfilled:
        parts += _weeks(problem)
    return [*parts, problem]


def _weeks(problem: Problem) -> list[Problem]:
    """Fortnights of a problem of which no turn is known that could not be filled."""
    free = free_turns(problem)
    if not free:
        return []
    starts = range(free[0].starts_at, free[-1].starts_at + 1, 7 * DAY)
    return [window(problem, start, start + 14 * DAY) for start in starts]
