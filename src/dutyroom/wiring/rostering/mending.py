"""A roster mended when somebody is missing: the smallest changes, to choose from, each with its proof.

What has begun never changes. Nothing is kept here: each alternative is a proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.calendar.periods import local_day
from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, HOUR, Instant
from dutyroom.core.proof import Proof
from dutyroom.core.roster import Roster
from dutyroom.core.rostering.building import Sources, problem_of
from dutyroom.core.rostering.changes import Move, difference, without_person, without_qualification
from dutyroom.core.rostering.conflict import Demand, smallest, window
from dutyroom.core.rostering.evaluate import Cost, broken, cost
from dutyroom.core.rostering.problem import Assignment, Problem
from dutyroom.core.rostering.rosters import (
    as_it_stands,
    assignment_of,
    free_turns,
    frozen_until,
    misfits,
    roster_with,
)
from dutyroom.interpreters.verify import Proved, prove, reprove
from dutyroom.ports import Solver
from dutyroom.wiring.rostering.reading import Folder

MOST_ALTERNATIVES = 3
REACHES = (3 * DAY, 14 * DAY, 60 * DAY)
LONGEST_PROVED = 60 * DAY
LOOKS_AHEAD = 12 * HOUR
AFTER_MENDING = 31  # days beyond an absence that count for limits of a month


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is missing from an instant until another; with `qualification`, only for what needs it."""

    person: str
    starts_at: Instant
    ends_at: Instant
    qualification: str = ""


@dataclass(frozen=True)
class Alternative:
    """One way to mend it: who takes which turn instead of whom, what rules it keeps, whether cover is still proved."""

    assignment: Assignment
    roster: Roster
    moves: tuple[Move, ...]
    cost: Cost
    proof: Proof | None
    findings: tuple[Finding, ...] = ()

    @property
    def disturbed(self) -> tuple[str, ...]:
        """Everybody who comes, and who leaves a turn they could have held."""
        return tuple(dict.fromkeys(move.comes for move in self.moves if move.comes))


@dataclass(frozen=True)
class Mended:
    """What can be done about an absence; no alternative and a `conflict` where nothing can."""

    problem: Problem | None = None
    before: Assignment = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    conflict: tuple[Demand, ...] = ()
    conflict_problem: Problem | None = None
    findings: tuple[Finding, ...] = ()


def mend(
    folder: Folder,
    absence: Absence,
    now: Instant,
    missing: int | None = 1,
    solver: Solver | None = None,
    most: int = MOST_ALTERNATIVES,
) -> Mended:
    """Up to `most` ways to mend the roster of the folder, the best first. What has begun by `now` never changes."""
    sources, solver = folder.sources, solver or DutySolver()
    assert sources is not None and sources.before is not None
    try:
        problem = _mending_problem(sources, absence, now)
    except YearMissing as error:
        return Mended(findings=(error.finding,))
    strange = misfits(problem, sources.before)
    if strange:
        fields = {"post": strange[0].role, "at": _worded(strange[0].starts_at, sources)}
        return Mended(findings=(Finding("rostering.other_turns", "error", strange[0].role, fields),))
    before = assignment_of(problem, sources.before)
    problem = frozen_until(as_it_stands(problem, before), before, max(now, absence.starts_at - 1))
    before = {turn.id: before[turn.id] for turn in free_turns(problem)}
    asked = _without(problem, absence)
    held = (name for name, persons in before.items() if absence.person in persons)
    lost = tuple(name for name in held if _loses(asked, absence, name))
    found = solver.repair(asked, before, most) if lost else []
    if lost and not found:
        return _nobody(asked, before, lost, absence, solver)
    alternatives = _alternatives(folder, asked, before, found, absence, missing)
    return Mended(asked, before, lost, alternatives)


def _nobody(
    problem: Problem, before: Assignment, lost: tuple[str, ...], absence: Absence, solver: Solver
) -> Mended:
    """Why nobody can step in: looked for in the days around, then in all."""
    for reach in REACHES:
        part = window(problem, absence.starts_at - reach, absence.ends_at + reach)
        if solver.possible(part) is False:
            return Mended(
                problem, before, lost, conflict=smallest(part, solver.possible), conflict_problem=part
            )
    return Mended(problem, before, lost)


def _mending_problem(sources: Sources, absence: Absence, now: Instant) -> Problem:
    """From the day of the change to some weeks behind it, as far as the roster reaches."""
    assert sources.before is not None
    zone = sources.zone
    first = local_day(max(now, absence.starts_at), zone)
    rostered = max(
        (one.starts_at for one in sources.before.periods if one.role in sources.rules.posts), default=now
    )
    last = min(local_day(absence.ends_at, zone) + timedelta(days=AFTER_MENDING), local_day(rostered, zone))
    return problem_of(sources, first, max(first, last))


def _without(problem: Problem, absence: Absence) -> Problem:
    if absence.qualification:
        return without_qualification(
            problem, absence.person, absence.qualification, absence.starts_at, absence.ends_at
        )
    return without_person(problem, absence.person, absence.starts_at, absence.ends_at)


def _loses(problem: Problem, absence: Absence, name: str) -> bool:
    faults = broken(replace(problem, no_goods=frozenset()), {name: (absence.person,)})
    return any(
        one.place == name and one.code in ("rostering.away", "rostering.unqualified") for one in faults
    )


def _alternatives(
    folder: Folder,
    problem: Problem,
    before: Assignment,
    found: Sequence[Assignment],
    absence: Absence,
    missing: int | None,
) -> tuple[Alternative, ...]:
    assert folder.sources is not None and folder.sources.before is not None
    known = {(one.code, one.place) for one in broken(problem, before)}
    alternatives: list[Alternative] = []
    proved: Proved | None = None
    order = [turn.id for turn in problem.turns]
    for assignment in found:
        roster = roster_with(problem, assignment, folder.sources.before)
        moves = difference(before, assignment, order)
        if missing is not None:
            span = _span_of(problem, moves, absence)
            rules = folder.rules(roster)
            proved = (
                reprove(proved, rules)
                if proved is not None and (proved.proof.starts, proved.proof.ends) == span
                else prove(rules, span, missing, zone=folder.sources.rules.zone, flow=False)
            )
        faults = tuple(one for one in broken(problem, assignment) if (one.code, one.place) not in known)
        proof = proved.proof if proved else None
        alternatives.append(Alternative(assignment, roster, moves, cost(problem, assignment), proof, faults))
    return tuple(alternatives)


def _span_of(problem: Problem, moves: Sequence[Move], absence: Absence) -> tuple[Instant, Instant]:
    """What is proved anew: the absence and all turns that are moved, as far as every post is rostered.

    A ladder looks ahead, so what begins just before a roster's end is called by nobody whatever is mended: that is left
    out, unless nothing else is left.
    """
    turns = [problem.turn[move.turn] for move in moves]
    starts = min([absence.starts_at, *(turn.starts_at for turn in turns)])
    ends = max([absence.ends_at, *(turn.ends_at for turn in turns)])
    reach: dict[str, Instant] = {}
    for turn in problem.turns:
        reach[turn.post] = max(reach.get(turn.post, 0), turn.ends_at)
    rostered = min(reach.values())
    calm = rostered - LOOKS_AHEAD if rostered - LOOKS_AHEAD > starts else rostered
    return starts, max(starts, min(ends, starts + LONGEST_PROVED, calm))


def _worded(at: Instant, sources: Sources) -> str:
    return f"{local_day(at, sources.zone)}"
