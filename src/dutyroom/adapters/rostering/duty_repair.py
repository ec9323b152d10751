"""A roster mended with the least change, by CP-SAT: somebody is ill, or no longer qualified.

First only the turns that lost somebody are open: if one person can take them all, nothing can disturb fewer. Otherwise
every turn some weeks around is open as well, since a chain of two small moves may disturb fewer people than three
replacements. What the roster broke before is not mended on the way: those turns stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dutyroom.adapters.rostering import duty_exact
from dutyroom.adapters.rostering.duty_exact import Literal, Model
from dutyroom.adapters.rostering.duty_state import Tables
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.rostering.changes import applied, difference
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Assignment, Problem
from dutyroom.core.rostering.rosters import free_turns

AROUND = 14 * DAY
EMPTY, PERSON, TURN = 10**13, 10**10, 10**7  # each above all that can come together of the next
EFFORT = 4.0

Places = frozenset[tuple[str, str]]  # person and turn


@dataclass(frozen=True)
class _Repair:
    """A problem in which some turns are open, and what is compared with."""

    problem: Problem
    before: Assignment
    vacated: Places


def repaired(problem: Problem, before: Assignment, most: int) -> Sequence[Assignment]:
    """The best first; each differs from those before it in who comes."""
    vacated = _vacated(problem, before)
    if not vacated and not _short(problem, before):
        return [before]
    span = _span(problem, {turn for _, turn in vacated} | _short(problem, before))
    kept = _broken_already(problem, before, vacated)
    found: list[Assignment] = []
    barred: list[Places] = []
    while len(found) < most:
        seats = _best(problem, before, vacated, span, kept, barred)
        if seats is None:
            break
        found.append(_ordered(problem, before, seats))
        barred.append(_coming(before, seats))
        if not barred[-1]:
            break
    return found


def _best(
    problem: Problem,
    before: Assignment,
    vacated: Places,
    span: tuple[Instant, Instant],
    kept: set[str],
    barred: list[Places],
) -> Assignment | None:
    touched = {turn for _, turn in vacated} | _short(problem, before)
    near = {
        one.id for one in free_turns(problem) if span[0] <= one.starts_at < span[1] and one.id not in kept
    } | touched
    narrow = _solved(_opened(problem, before, vacated, touched), barred)
    if narrow is not None and _is_least(before, narrow, vacated):
        return narrow
    wide = _solved(_opened(problem, before, vacated, near), barred, narrow)
    return narrow if wide is None else wide


def _vacated(problem: Problem, before: Assignment) -> Places:
    """Seats whose holders may not sit there any more."""
    tables = Tables(problem)
    return frozenset(
        (who, name)
        for name, persons in before.items()
        if name in tables.number and name not in problem.frozen
        for who in persons
        if who not in tables.person or not tables.allowed(tables.person[who], tables.number[name])
    )


def _short(problem: Problem, before: Assignment) -> set[str]:
    return {one.id for one in free_turns(problem) if len(before.get(one.id, ())) < one.least}


def _span(problem: Problem, names: set[str]) -> tuple[Instant, Instant]:
    turns = [problem.turn[name] for name in names]
    return min(one.starts_at for one in turns) - AROUND, max(one.ends_at for one in turns) + AROUND


def _broken_already(problem: Problem, before: Assignment, vacated: Places) -> set[str]:
    """Turns at which something else is wrong already, by somebody's decision: left alone."""
    lost = {name for _, name in vacated}
    names = {finding.place for finding in broken(problem, before)}
    return names - lost - _short(problem, before)


def _opened(problem: Problem, before: Assignment, vacated: Places, names: set[str]) -> _Repair:
    """All but the named turns are facts now."""
    facts = {
        one.id: tuple(who for who in before.get(one.id, ()) if (who, one.id) not in vacated)
        for one in free_turns(problem)
        if one.id not in names
    }
    return _Repair(replace(problem, frozen={**problem.frozen, **facts}), before, vacated)


def _solved(repair: _Repair, barred: list[Places], hint: Assignment | None = None) -> Assignment | None:
    tables = Tables(repair.problem)
    made = duty_exact.model_of(tables)
    _add_changes(made, repair)
    duty_exact.add_costs(made)
    for places in barred:
        literals = [made.seat.get((tables.person[who], tables.number[name])) for who, name in places]
        if all(one is not None for one in literals):
            made.model.add_bool_or([~one for one in literals if one is not None])
    if hint is not None:
        for (person, turn), literal in made.seat.items():
            taken = tables.people[person].id in hint.get(tables.turns[turn].id, ())
            made.model.add_hint(literal, taken)
    answer = duty_exact.solved(made, effort=EFFORT)
    if answer.seats is None:
        return None
    after = dict(repair.before)
    for turn in tables.free:
        after[tables.turns[turn].id] = tuple(
            tables.people[person].id for person, seat in answer.seats if seat == turn
        )
    return after


def _add_changes(made: Model, repair: _Repair) -> None:
    """Places that stay empty, people disturbed, turns changed: the price of a change."""
    tables = made.tables
    disturbed: dict[int, Literal] = {}
    for turn in tables.free:
        one = tables.turns[turn]
        held = repair.before.get(one.id, ())
        changed = made.model.new_bool_var("")
        seats = {p: made.seat[p, turn] for p in tables.holders[one.post] if (p, turn) in made.seat}
        for person, literal in seats.items():
            who = disturbed.setdefault(person, made.model.new_bool_var(""))
            differs = ~literal if tables.people[person].id in held else literal
            made.model.add_implication(differs, who)
            made.model.add_implication(differs, changed)
        empty = made.model.new_int_var(0, len(held), "")
        made.model.add(sum(seats.values()) + empty >= min(len(held), max(one.ideal, one.least)))
        made.cost += [empty * EMPTY, changed * TURN]
    made.cost += [one * PERSON for one in disturbed.values()]


def _coming(before: Assignment, after: Assignment) -> Places:
    return frozenset(
        (who, name) for name, persons in after.items() for who in persons if who not in before.get(name, ())
    )


def _is_least(before: Assignment, after: Assignment, vacated: Places) -> bool:
    """Every vacated seat filled by one and the same person, nothing else touched: nothing can be less."""
    coming = _coming(before, after)
    return len(coming) == len(vacated) and len({who for who, _ in coming}) <= 1


def _ordered(problem: Problem, before: Assignment, after: Assignment) -> Assignment:
    """Who comes takes the place of who leaves, so that the order of calls stays."""
    return applied(before, difference(before, after, (one.id for one in problem.turns)))
