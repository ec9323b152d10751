"""A roster mended with the least change, by CP-SAT: somebody is ill, or no longer qualified.

First only the turns that lost somebody are open. That changes as few turns as can be, so only fewer people could be
better: every turn some weeks around is opened and it is asked whether one person fewer would do, since a chain of small
moves may disturb fewer than several replacements. What the roster broke before is not mended on the way: those turns
stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dutyroom.adapters.rostering import duty_exact
from dutyroom.adapters.rostering.duty_exact import Literal, Model
from dutyroom.adapters.rostering.duty_state import Tables
from dutyroom.core.instants import DAY
from dutyroom.core.rostering.changes import applied, difference
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Assignment, Problem
from dutyroom.core.rostering.rosters import as_it_stands, free_turns

AROUND = 14 * DAY
EMPTY, PERSON, TURN = 10**14, 10**11, 10**8  # each above all that can come together of the next
EFFORT = 4.0

Places = frozenset[tuple[str, str]]  # person and turn


@dataclass(frozen=True)
class _Repair:
    """What is to be mended: the problem with the absence in it, the roster before, and the seats that are lost."""

    problem: Problem
    before: Assignment
    vacated: Places
    kept: frozenset[str]

    @property
    def touched(self) -> frozenset[str]:
        return frozenset(turn for _, turn in self.vacated) | _short(self.problem, self.before)

    @property
    def near(self) -> frozenset[str]:
        """The turns some weeks around, but for those at which something else is wrong already."""
        turns = [self.problem.turn[name] for name in self.touched]
        first = min(one.starts_at for one in turns) - AROUND
        last = max(one.ends_at for one in turns) + AROUND
        around = (one.id for one in free_turns(self.problem) if first <= one.starts_at < last)
        return (frozenset(around) - self.kept) | self.touched


def repaired(problem: Problem, before: Assignment, most: int) -> Sequence[Assignment]:
    """The best first; each differs from the others in who comes."""
    problem = as_it_stands(problem, before)
    vacated = _vacated(problem, before)
    if not vacated and not _short(problem, before):
        return [before]
    repair = _Repair(problem, before, vacated, _broken_already(problem, before, vacated))
    found: list[Assignment] = []
    barred: list[Places] = []
    while len(found) < most:
        seats = _best(repair, barred)
        if seats is None:
            break
        found.append(_ordered(problem, before, seats))
        barred.append(_coming(before, seats))
        if not barred[-1]:
            break
    return found


def _best(repair: _Repair, barred: list[Places]) -> Assignment | None:
    narrow = _solved(repair, repair.touched, barred)
    if narrow is None or len(_coming(repair.before, narrow)) < len(repair.vacated):
        # A place stays empty: whatever fills it is better, however many move.
        wide = _solved(repair, repair.near, barred)
        return narrow if wide is None else wide
    people = len({who for who, _ in _coming(repair.before, narrow)})
    for fewer in range(1, people):
        wide = _solved(repair, repair.near, barred, fewer)
        if wide is not None:
            return wide
    return narrow


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


def _short(problem: Problem, before: Assignment) -> frozenset[str]:
    return frozenset(one.id for one in free_turns(problem) if len(before.get(one.id, ())) < one.least)


def _broken_already(problem: Problem, before: Assignment, vacated: Places) -> frozenset[str]:
    """Turns at which something else is wrong already, by somebody's decision: left alone."""
    lost = {name for _, name in vacated}
    names = frozenset(finding.place for finding in broken(problem, before))
    return names - lost - _short(problem, before)


def _opened(repair: _Repair, names: frozenset[str]) -> Problem:
    """All but the named turns are facts now."""
    facts = {
        one.id: tuple(who for who in repair.before.get(one.id, ()) if (who, one.id) not in repair.vacated)
        for one in free_turns(repair.problem)
        if one.id not in names
    }
    return replace(repair.problem, frozen={**repair.problem.frozen, **facts})


def _solved(
    repair: _Repair, names: frozenset[str], barred: list[Places], people: int | None = None
) -> Assignment | None:
    """The best with these turns open, that leaves no place empty and disturbs at most so many people, if told."""
    tables = Tables(_opened(repair, names))
    made = duty_exact.model_of(tables)
    if not _add_changes(made, repair, people):
        return None
    for places in barred:
        literals = [made.seat.get((tables.person[who], tables.number[name])) for who, name in places]
        if all(one is not None for one in literals):
            made.model.add_bool_or([~one for one in literals if one is not None])
    if people is not None and duty_exact.solved(replace(made, cost=[]), effort=EFFORT).seats is None:
        return None
    duty_exact.add_costs(made)
    answer = duty_exact.solved(made, effort=EFFORT)
    if answer.seats is None:
        return None
    after = dict(repair.before)
    for turn in tables.free:
        after[tables.turns[turn].id] = tuple(
            tables.people[person].id for person, seat in answer.seats if seat == turn
        )
    return after


def _add_changes(made: Model, repair: _Repair, people: int | None) -> bool:
    """Places that stay empty, people disturbed, turns changed: bounded, or the price of a change. False: hopeless."""
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
        wanted = min(len(held), max(one.ideal, one.least))
        made.cost.append(changed * TURN)
        if people is not None:
            made.model.add(sum(seats.values()) >= wanted)
            continue
        empty = made.model.new_int_var(0, wanted, "")
        made.model.add(sum(seats.values()) + empty >= wanted)
        made.cost.append(empty * EMPTY)
    if people is not None:
        made.model.add(sum(disturbed.values()) <= people)
        return bool(disturbed)
    made.cost += [one * PERSON for one in disturbed.values()]
    return True


def _coming(before: Assignment, after: Assignment) -> Places:
    return frozenset(
        (who, name) for name, persons in after.items() for who in persons if who not in before.get(name, ())
    )


def _ordered(problem: Problem, before: Assignment, after: Assignment) -> Assignment:
    """Who comes takes the place of who leaves, so that the order of calls stays."""
    return applied(before, difference(before, after, (one.id for one in problem.turns)))
