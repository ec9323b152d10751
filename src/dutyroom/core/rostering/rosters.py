"""Between a roster as it stands in force and an assignment of turns: one from the other, and what of it stays.

Who was on duty is a fact: only turns that are free in the problem are ever taken from an assignment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dutyroom.core.instants import Instant
from dutyroom.core.roster import BEHIND, DutyPeriod, Roster
from dutyroom.core.rostering.problem import Assignment, Problem, Turn


def assignment_of(problem: Problem, roster: Roster) -> Assignment:
    """Who holds each free turn by the roster, first on duty first; standing holders take no turns."""
    found = {}
    for turn in free_turns(problem):
        standing = roster.stand(turn.post, turn.starts_at)
        holders = roster.holders(turn.post, turn.starts_at)
        found[turn.id] = tuple(one for one in holders if one not in standing)
    return found


def as_rostered(problem: Problem, assignment: Assignment) -> Problem:
    """The problem with as many wanted on each turn as stand there: whoever put one more there had a reason."""
    turns = tuple(
        replace(one, ideal=max(one.ideal, len(assignment.get(one.id, ())))) if one.id in assignment else one
        for one in problem.turns
    )
    return replace(problem, turns=turns)


def as_it_stands(problem: Problem, assignment: Assignment) -> Problem:
    """As rostered, and with no more asked than stands there: what was short before is not this change's matter.

    Turns that nobody holds, behind the end of a roster above all, are left out.
    """
    rostered = as_rostered(problem, assignment)
    turns = tuple(
        replace(one, least=min(one.least, len(assignment[one.id]))) if one.id in assignment else one
        for one in rostered.turns
        if assignment.get(one.id, ("frozen",))
    )
    names = {one.id for one in turns}
    return replace(
        rostered,
        turns=turns,
        fixed=frozenset(seat for seat in problem.fixed if seat[1] in names),
        forbidden=frozenset(seat for seat in problem.forbidden if seat[1] in names),
    )


def misfits(problem: Problem, roster: Roster) -> tuple[DutyPeriod, ...]:
    """Periods that do not begin and end with a turn of the problem, where its free turns are: written by hand."""
    edges = {(turn.post, turn.starts_at, turn.ends_at) for turn in problem.turns}
    reach = _reach(problem)
    return tuple(
        period
        for period in roster.periods
        if period.role in reach
        and period.starts_at < reach[period.role][1]
        and period.ends_at > reach[period.role][0]
        and (period.role, period.starts_at, period.ends_at) not in edges
        and (period.role, period.ends_at) not in {(one.post, one.ends_at) for one in problem.turns}
    )


def roster_with(
    problem: Problem, assignment: Assignment, before: Roster, since: Instant = -(2**62)
) -> Roster:
    """The roster before, with the free turns as they are assigned. What ended by `since` is left out.

    It is what will be there once the turns are published, for it is what they are proved by. A post of the problem has
    no standing holders any more: whoever stood there all the time goes with the first turn, and now takes turns.
    """
    reach = _reach(problem)
    kept = [
        period
        for period in before.periods
        if period.ends_at > since and (period.role not in reach or not _within(period, *reach[period.role]))
    ]
    new = list(_periods(free_turns(problem), assignment))
    periods = [*_making_way(kept, new), *new]
    standing = {post: persons for post, persons in before.standing.items() if post not in problem.posts}
    return Roster(standing, tuple(sorted(periods, key=lambda one: (one.starts_at, one.role, one.place))))


def frozen_until(problem: Problem, assignment: Assignment, now: Instant) -> Problem:
    """The problem with what has begun by `now` as fact: it never changes."""
    begun = {turn.id: assignment.get(turn.id, ()) for turn in free_turns(problem) if turn.starts_at <= now}
    return replace(problem, frozen={**problem.frozen, **begun})


def free_turns(problem: Problem) -> tuple[Turn, ...]:
    return tuple(turn for turn in problem.turns if turn.id not in problem.frozen)


def _periods(turns: Iterable[Turn], assignment: Assignment) -> Iterator[DutyPeriod]:
    for turn in turns:
        for place, person in enumerate(assignment.get(turn.id, ())):
            yield DutyPeriod(turn.post, person, turn.starts_at, turn.ends_at, place)


def _making_way(kept: Iterable[DutyPeriod], new: Iterable[DutyPeriod]) -> Iterator[DutyPeriod]:
    """What stays, until the new turns begin: a turn until the first of its place, a standing term the first of all."""
    first: dict[tuple[str, int], Instant] = {}
    for one in new:
        for place in (one.place, BEHIND):
            key = (one.role, place)
            first[key] = min(first.get(key, one.starts_at), one.starts_at)
    for period in kept:
        until = first.get((period.role, min(period.place, BEHIND)), period.ends_at)
        if period.starts_at < until < period.ends_at:
            yield replace(period, ends_at=until)
        elif period.place < BEHIND or period.starts_at < until or (period.role, BEHIND) not in first:
            yield period


def _reach(problem: Problem) -> dict[str, tuple[Instant, Instant]]:
    """From when until when each post's free turns are."""
    found: dict[str, tuple[Instant, Instant]] = {}
    for turn in free_turns(problem):
        starts_at, ends_at = found.get(turn.post, (turn.starts_at, turn.ends_at))
        found[turn.post] = min(starts_at, turn.starts_at), max(ends_at, turn.ends_at)
    return found


def _within(period: DutyPeriod, starts_at: Instant, ends_at: Instant) -> bool:
    return starts_at <= period.starts_at < ends_at
