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
LONG = timedelta(days=56)
FORTNIGHT = timedelta(days=13)  # behind its first day
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


@dataclass(frozen=True)
class _Asked:
    """What a roster is made from, and with."""

    folder: Folder
    sources: Sources
    missing: int | None
    seed: int
    progress: Progress
    solver: Solver


def make(
    folder: Folder,
    first: date,
    last: date,
    missing: int | None = 1,
    seed: int = 0,
    progress: Progress = quiet,
    solver: Solver | None = None,
) -> Made:
    """A roster for the days, proved with `missing` people failing (None: not proved).

    What the first fortnight teaches is tried on a long stretch at once: to find it out week by week takes far longer.
    """
    assert folder.sources is not None
    asked = _Asked(folder, folder.sources, missing, seed, progress, solver or DutySolver())
    lessons = Lessons()
    if missing is not None and last - first > LONG:
        lessons = _foretaste(asked, first, last)
    made = _in_rounds(asked, first, last, lessons)
    if made.roster is None and lessons != Lessons():
        return _in_rounds(asked, first, last, Lessons())
    return made


def _foretaste(asked: _Asked, first: date, last: date) -> Lessons:
    """For each post of which every turn of the first fortnight had to be raised: so many on all its turns."""
    taste = _in_rounds(replace(asked, progress=quiet), first, first + FORTNIGHT, Lessons())
    if taste.problem is None or taste.roster is None:
        return Lessons()
    raised = taste.lessons.raised
    least: dict[str, list[int]] = {}
    for turn in free_turns(taste.problem):
        least.setdefault(turn.post, []).append(raised.get(turn.id, 0))
    whole = _problem(asked.sources, Lessons(), first, last)
    return Lessons(
        {
            turn.id: min(least[turn.post])
            for turn in free_turns(whole)
            if min(least.get(turn.post, [0])) > turn.least
        }
    )


def _in_rounds(asked: _Asked, first: date, last: date, lessons: Lessons) -> Made:
    """Solved, proved, taught, until nothing more is learnt."""
    proved: Proved | None = None
    made = Made()
    for number in range(1, MOST_ROUNDS + 1):
        made = _round(asked, first, last, lessons, number)
        if asked.missing is None or made.roster is None or made.problem is None or made.assignment is None:
            return made
        asked.progress("rostermaking.proving", {"round": number, "missing": asked.missing})
        rules, problem, assignment = asked.folder.rules(made.roster), made.problem, made.assignment
        proved = _proved(proved, rules, asked.sources, first, last, asked.missing)
        made = replace(made, proof=proved.proof, beyond=proved.proof.holes)
        more = learnt(lessons, problem, assignment, proved.proof)
        if not proved.proof.holes or more == lessons:
            return made
        asked.progress("rostermaking.learnt", {"holes": len(proved.proof.holes)})
        lessons = more
    return made


def _round(asked: _Asked, first: date, last: date, lessons: Lessons, number: int) -> Made:
    """One roster with the lessons so far, or why there is none."""
    try:
        problem = _problem(asked.sources, lessons, first, last)
    except YearMissing as error:
        return Made(findings=(error.finding,))
    stray = unmatched_seats(asked.sources, problem, first, last)
    if stray:
        return Made(problem, findings=stray)
    asked.progress("rostermaking.solving", {"round": number, "turns": len(free_turns(problem))})
    solution = asked.solver.solve(problem, asked.seed)
    if solution.assignment is None:
        unmade = Made(problem, lessons=lessons, rounds=number)
        return _explained(unmade, solution, asked.solver, asked.progress)
    return _made(asked.folder, problem, solution.assignment, first, lessons, number)


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
