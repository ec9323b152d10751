"""A duty roster by CP-SAT: the best there is, or that there is none. For small problems, and for windows of large ones.

One literal a seat that may be taken. Rules of one person are at-most-one cliques (what overlaps or lacks rest),
sums under a limit and windows of days; fairness is convex, so steps that cost ever more say it exactly. One thread and
a limit in deterministic time: the same problem has the same answer on any machine.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from dutyroom.adapters.rostering.duty_state import State, Tables, touches
from dutyroom.core.rostering.problem import SCALE

EFFORT = 8.0  # deterministic seconds

Literal = Any  # cp_model.IntVar; its module has no types that a strict reader accepts


@dataclass
class Model:
    """The problem in CP-SAT's terms; `cost` are the parts of what is to be small."""

    tables: Tables
    state: State
    model: Any = field(default_factory=cp_model.CpModel)
    seat: dict[tuple[int, int], Literal] = field(default_factory=dict)
    cost: list[Any] = field(default_factory=list)

    @property
    def by_person(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for person, turn in self.seat:
            found[person].append(turn)
        return {person: sorted(turns) for person, turns in found.items()}


def model_of(tables: Tables, *, empty_least: bool = False) -> Model:
    """All hard rules. With `empty_least` a turn may stay short of its least, at a price above all others."""
    made = Model(tables, State(tables))
    for turn in tables.free:
        for person in tables.holders[tables.turns[turn].post]:
            if tables.allowed(person, turn) and not made.state.clashes(person, turn):
                made.seat[person, turn] = made.model.new_bool_var(f"{person}@{turn}")
    _cover(made, empty_least)
    _fixed(made)
    _no_goods(made)
    for person, turns in made.by_person.items():
        _cliques(made, person, turns)
        _limits(made, person, turns)
        _rows(made, person, turns)
        _rest_days(made, person, turns)
    return made


def _cover(made: Model, empty_least: bool) -> None:
    tables = made.tables
    for turn in tables.free:
        one = tables.turns[turn]
        seats = [made.seat[p, turn] for p in tables.holders[one.post] if (p, turn) in made.seat]
        if empty_least:
            short = made.model.new_int_var(0, one.least, f"short{turn}")
            made.model.add(sum(seats) + short >= one.least)
            made.cost.append(short * SCALE * 1_000_000)
        else:
            made.model.add(sum(seats) >= one.least)
        made.model.add(sum(seats) <= max(one.ideal, one.least))


def _fixed(made: Model) -> None:
    tables = made.tables
    for who, name in sorted(tables.problem.fixed):
        if name in tables.number and name not in tables.problem.frozen:
            literal = made.seat.get((tables.person.get(who, -1), tables.number[name]))
            made.model.add_bool_or([literal] if literal is not None else [])


def _no_goods(made: Model) -> None:
    tables = made.tables
    for no_good in sorted(sorted(one) for one in tables.problem.no_goods):
        literals = []
        for who, name in no_good:
            if name in tables.problem.frozen:
                if who not in tables.problem.frozen[name]:
                    break  # one of its seats is not taken and never will be
                continue
            literal = made.seat.get((tables.person.get(who, -1), tables.number.get(name, -1)))
            if literal is None:
                break
            literals.append(literal)
        else:
            if literals:
                made.model.add_bool_or([~one for one in literals])


def _cliques(made: Model, person: int, turns: list[int]) -> None:
    """What is under way, or rested after, when a turn begins excludes it and one another."""
    tables = made.tables
    for index, turn in enumerate(turns):
        together = [other for other in turns[:index] if tables.busy[other] > tables.starts[turn]]
        if not together:
            continue
        posts = [tables.turns[one].post for one in (*together, turn)]
        if all(tables.problem.exclude(one, other) for one, other in combinations(posts, 2)):
            made.model.add_at_most_one(made.seat[person, one] for one in (*together, turn))
            continue
        for other in together:
            if tables.clash(other, turn):
                made.model.add_at_most_one(made.seat[person, other], made.seat[person, turn])


def _limits(made: Model, person: int, turns: list[int]) -> None:
    sums: dict[tuple[int, object], list[tuple[int, Literal]]] = defaultdict(list)
    most: dict[tuple[int, object], int] = {}
    for turn in turns:
        for use in made.tables.uses[turn]:
            cap = made.tables.cap(person, use)
            if cap is not None:
                sums[use[:2]].append((use[2], made.seat[person, turn]))
                most[use[:2]] = cap - made.state.used[person, use[0], use[1]]
    for key, parts in sums.items():
        # Where the past alone is above the limit, nothing more is taken.
        made.model.add(sum(amount * literal for amount, literal in parts) <= max(0, most[key]))


def _day_literals(made: Model, person: int, by_day: dict[int, list[int]], name: str) -> dict[int, Literal]:
    """For each day, a literal that is true if one of the turns is held."""
    found = {}
    for day, turns in by_day.items():
        found[day] = made.model.new_bool_var(f"{name}{person}.{day}")
        for turn in turns:
            made.model.add_implication(made.seat[person, turn], found[day])
    return found


def _rows(made: Model, person: int, turns: list[int]) -> None:
    most = made.tables.people[person].limits.in_row
    if not most:
        return
    by_day: dict[int, list[int]] = defaultdict(list)
    for turn in turns:
        by_day[made.tables.turns[turn].day].append(turn)
    served = made.state.days[person]
    literals = _day_literals(made, person, by_day, "row")
    first, last = min(by_day) - most, max(by_day)
    for start in range(first, last + 1):
        _at_most_days(made, range(start, start + most + 1), literals, served, most)


def _rest_days(made: Model, person: int, turns: list[int]) -> None:
    law = made.tables.problem.working
    if law is None or not law.rest_days:
        return
    by_day: dict[int, list[int]] = defaultdict(list)
    for turn in turns:
        if made.tables.turns[turn].post in law.posts:
            for day in made.tables.turns[turn].days:
                by_day[day].append(turn)
    literals = _day_literals(made, person, by_day, "work")
    for week in {(day - 1) // 7 for day in by_day}:
        days = range(week * 7 + 1, week * 7 + 8)
        _at_most_days(made, days, literals, made.state.worked[person], 7 - law.rest_days)


def _at_most_days(
    made: Model, days: range, literals: dict[int, Literal], served: dict[int, int], most: int
) -> None:
    """At most so many of the days; if what was served uses them up, no day that is still free."""
    open_days = [literals[day] for day in days if day in literals and not served.get(day)]
    used = sum(bool(served.get(day)) for day in days)
    if open_days and len(open_days) + used > most:
        made.model.add(sum(open_days) <= max(0, most - used))


def add_costs(made: Model) -> None:
    """Empty places, wishes and fairness, as the evaluator counts them."""
    tables = made.tables
    for turn in tables.free:
        one = tables.turns[turn]
        seats = [made.seat[p, turn] for p in tables.holders[one.post] if (p, turn) in made.seat]
        if one.ideal > one.least:
            made.cost.append((one.ideal - sum(seats)) * SCALE * tables.problem.empty_weight)
    for person, turns in made.by_person.items():
        _wishes(made, person, turns)
        for kind, weight in tables.problem.weights.items():
            _fairness(made, person, kind, weight, turns)


def _wishes(made: Model, person: int, turns: list[int]) -> None:
    tables = made.tables
    for wish in tables.people[person].wishes:
        touching = [made.seat[person, turn] for turn in turns if touches(wish, tables.turns[turn])]
        if wish.want and made.state.meets(person, wish):
            continue
        if not wish.want:
            made.cost.append(sum(touching) * SCALE * wish.weight)
        elif touching:
            unmet = made.model.new_bool_var("")
            made.model.add_bool_or([*touching, unmet])
            made.cost.append(unmet * SCALE * wish.weight)


def _fairness(made: Model, person: int, kind: str, weight: int, turns: list[int]) -> None:
    counted = [made.seat[person, t] for t in turns if kind in made.tables.turns[t].classes]
    if not counted:
        return
    before = made.state.points[person].get(kind, 0)
    factor = weight * made.tables.people[person].weight
    steps = [made.model.new_bool_var("") for _ in counted]
    made.model.add(sum(steps) == sum(counted))
    for index, step in enumerate(steps):
        made.cost.append(step * (factor * (2 * (before + index) + 1)))
        if index:
            made.model.add_implication(step, steps[index - 1])


@dataclass(frozen=True)
class Answer:
    """What CP-SAT said: `seats` is None where it found none; `proved` that there is none, or none better."""

    seats: list[tuple[int, int]] | None
    proved: bool


def solved(made: Model, seed: int = 0, effort: float = EFFORT, hint: State | None = None) -> Answer:
    """Look for the cheapest, or for any where nothing costs."""
    if made.cost:
        made.model.minimize(sum(made.cost))
    if hint is not None:
        for (person, turn), literal in made.seat.items():
            made.model.add_hint(literal, person in hint.seats[turn])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(made.model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        taken = [seat for seat, literal in made.seat.items() if solver.value(literal)]
        return Answer(taken, status == cp_model.OPTIMAL)
    return Answer(None, status == cp_model.INFEASIBLE)
