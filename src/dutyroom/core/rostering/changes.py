"""Changes of a roster that exists, as values: who takes which turn instead of whom; swaps, overrides, absences.

Pure: each gives the changed assignment; the evaluator says what it would break, and people decide. Turns that have
begun are facts and are refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Assignment, Away, Held, Problem, Seat


@dataclass(frozen=True, slots=True)
class Move:
    """On one turn `comes` stands instead of `leaves`; either may be empty where a place stays empty or is filled."""

    turn: str
    leaves: str
    comes: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed assignment with its moves and the rules that it breaks and that were not broken before."""

    assignment: Assignment
    moves: tuple[Move, ...]
    findings: tuple[Finding, ...] = ()


def difference(before: Assignment, after: Assignment, order: Iterable[str]) -> tuple[Move, ...]:
    """The moves from one to the other, turn by turn in the order given."""
    moves = []
    for turn in order:
        old, new = before.get(turn, ()), after.get(turn, ())
        leaving = [one for one in old if one not in new]
        coming = [one for one in new if one not in old]
        for index in range(max(len(leaving), len(coming))):
            left = leaving[index] if index < len(leaving) else ""
            came = coming[index] if index < len(coming) else ""
            moves.append(Move(turn, left, came))
    return tuple(moves)


def applied(before: Assignment, moves: Iterable[Move]) -> Assignment:
    """The assignment after the moves; who comes takes the place of who leaves."""
    after = dict(before)
    for move in moves:
        persons = list(after.get(move.turn, ()))
        if move.leaves in persons and move.comes:
            persons[persons.index(move.leaves)] = move.comes
        elif move.leaves in persons:
            persons.remove(move.leaves)
        elif move.comes:
            persons.append(move.comes)
        after[move.turn] = tuple(persons)
    return after


def swap(problem: Problem, before: Assignment, one: Seat, other: Seat, now: Instant) -> Changed | Refusal:
    """Two people trade their turns."""
    refusal = _refused(problem, before, (one, other), now)
    if refusal is not None:
        return refusal
    (first, turn), (second, their) = one, other
    return _changed(problem, before, (Move(turn, first, second), Move(their, second, first)))


def override(
    problem: Problem, before: Assignment, seat: Seat, instead: str, now: Instant
) -> Changed | Refusal:
    """Somebody else takes one seat, by decision."""
    refusal = _refused(problem, before, (seat,), now)
    if refusal is not None:
        return refusal
    return _changed(problem, before, (Move(seat[1], seat[0], instead),))


def without_person(problem: Problem, person: str, starts_at: Instant, ends_at: Instant) -> Problem:
    """The problem with somebody away for the span: ill, or called off. What was fixed for them then is void."""
    people = tuple(
        replace(one, away=(*one.away, Away(starts_at, ends_at))) if one.id == person else one
        for one in problem.people
    )
    void = {
        (who, name)
        for who, name in problem.fixed
        if who == person and problem.turn[name].starts_at < ends_at and starts_at < problem.turn[name].ends_at
    }
    return replace(problem, people=people, fixed=problem.fixed - void)


def without_qualification(
    problem: Problem, person: str, name: str, starts_at: Instant, ends_at: Instant
) -> Problem:
    """The problem with somebody not qualified in the span any more."""
    people = tuple(
        replace(one, qualifications=_lost(one.qualifications, name, starts_at, ends_at))
        if one.id == person
        else one
        for one in problem.people
    )
    needing = {
        (who, seat)
        for who, seat in problem.fixed
        if who == person
        and name in problem.posts[problem.turn[seat].post].qualifications
        and problem.turn[seat].starts_at < ends_at
        and starts_at < problem.turn[seat].ends_at
    }
    return replace(problem, people=people, fixed=problem.fixed - needing)


def _lost(held: tuple[Held, ...], name: str, starts_at: Instant, ends_at: Instant) -> tuple[Held, ...]:
    kept: list[Held] = []
    for one in held:
        if one.name != name:
            kept.append(one)
            continue
        if one.starts_at < starts_at:
            kept.append(Held(name, one.starts_at, min(one.ends_at, starts_at)))
        if one.ends_at > ends_at:
            kept.append(Held(name, max(one.starts_at, ends_at), one.ends_at))
    return tuple(kept)


def _refused(problem: Problem, before: Assignment, seats: Iterable[Seat], now: Instant) -> Refusal | None:
    for person, name in seats:
        turn = problem.turn.get(name)
        if turn is None:
            return Refusal("rostering.no_turn", {"turn": name})
        if turn.starts_at <= now or name in problem.frozen:
            return Refusal("rostering.begun", {"turn": name})
        if person not in before.get(name, ()):
            return Refusal("rostering.not_holder", {"turn": name, "person": person})
    return None


def _changed(problem: Problem, before: Assignment, moves: tuple[Move, ...]) -> Changed:
    after = applied(before, moves)
    known = {_same(one) for one in broken(problem, before)}
    new = tuple(one for one in broken(problem, after) if _same(one) not in known)
    return Changed(after, moves, new)


def _same(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.place, str(finding.fields.get("person", ""))
