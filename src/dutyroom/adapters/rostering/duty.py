"""The solver of duty rosters: which method answers which question. `DutySolver` is the port's one adapter.

Small problems go to CP-SAT and come back best of all. Large ones are filled and bettered by local search; where a place
stayed empty, CP-SAT opens a window around it, then a wider one, then the whole. Chosen by measurement: see
docs/reference/performance.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dutyroom.adapters.rostering import duty_exact, duty_local, duty_repair
from dutyroom.adapters.rostering.duty_state import State, Tables
from dutyroom.core.instants import DAY
from dutyroom.core.rostering.conflict import window
from dutyroom.core.rostering.problem import Assignment, Problem, Solution

SMALL = 1_500  # seats that may be taken: up to here CP-SAT proves the best in well under ten seconds
WINDOWS = (4 * DAY, 14 * DAY, 45 * DAY)
NEAR = (2 * DAY, 8 * DAY)
MOST_WINDOWS = 40
WHOLE_EFFORT = 60.0


@dataclass(frozen=True)
class DutySolver:
    """Rosters of duty posts. Holds nothing between calls. Up to `small` seats that may be taken, exactly."""

    small: int = SMALL

    def solve(self, problem: Problem, seed: int = 0) -> Solution:
        """A roster that keeps every rule and costs little, or that there is none."""
        tables = Tables(problem)
        if _size(tables) <= self.small:
            return self._small(tables, seed)
        state = duty_local.filled(tables, seed)
        if state.unfilled() or not _fixed_seated(state):
            if self._impossible_near(state):
                return Solution(None, impossible=True, unfilled=_names(state))
            state = self._opened(state, seed)
        if state.unfilled() or not _fixed_seated(state):
            return self._whole(tables, seed, state)
        duty_local.bettered(state, seed)
        return Solution(state.assignment())

    def possible(self, problem: Problem) -> bool | None:
        """Whether any roster keeps every rule; None where it could not be found out."""
        answer = duty_exact.solved(duty_exact.model_of(Tables(problem)), effort=WHOLE_EFFORT)
        return True if answer.seats is not None else (False if answer.proved else None)

    def repair(self, problem: Problem, before: Assignment, most: int) -> Sequence[Assignment]:
        """The smallest changes that keep every rule."""
        return duty_repair.repaired(problem, before, most)

    def _small(self, tables: Tables, seed: int) -> Solution:
        made = duty_exact.model_of(tables)
        duty_exact.add_costs(made)
        answer = duty_exact.solved(made, seed)
        if answer.seats is None:
            return Solution(None, impossible=answer.proved)
        return Solution(_seated(tables, answer.seats).assignment(), optimal=answer.proved)

    def _impossible_near(self, state: State) -> bool:
        """Whether a few days by themselves cannot be filled: then neither can the whole."""
        turns = state.tables.turns
        for number in state.unfilled()[:MOST_WINDOWS]:
            for reach in NEAR:
                first, last = turns[number].starts_at - reach, turns[number].ends_at + reach
                if self.possible(window(state.tables.problem, first, last)) is False:
                    return True
        return False

    def _opened(self, state: State, seed: int) -> State:
        """Windows around the places that stayed empty: what is in them is seated anew, all else stays."""
        problem = state.tables.problem
        for reach in WINDOWS:
            for turn in state.unfilled()[:MOST_WINDOWS]:
                if len(state.seats[turn]) >= state.tables.turns[turn].least:
                    continue  # an earlier window filled it
                around = state.tables.starts[turn]
                seats = {
                    name: persons
                    for name, persons in state.assignment().items()
                    if abs(problem.turn[name].starts_at - around) > reach
                }
                tables = Tables(replace(problem, frozen={**problem.frozen, **seats}))
                answer = duty_exact.solved(duty_exact.model_of(tables, empty_least=True), seed)
                if answer.seats is not None:
                    state = _merged(state, tables, answer.seats)
        return state

    def _whole(self, tables: Tables, seed: int, state: State) -> Solution:
        answer = duty_exact.solved(duty_exact.model_of(tables), seed, WHOLE_EFFORT, state)
        if answer.seats is None:
            return Solution(None, impossible=answer.proved, unfilled=_names(state))
        found = _seated(tables, answer.seats)
        duty_local.bettered(found, seed)
        return Solution(found.assignment())


def _size(tables: Tables) -> int:
    return sum(len(tables.holders[tables.turns[turn].post]) for turn in tables.free)


def _names(state: State) -> tuple[str, ...]:
    return tuple(state.tables.turns[turn].id for turn in state.unfilled())


def _seated(tables: Tables, seats: list[tuple[int, int]]) -> State:
    state = State(tables)
    state.seat_all(seats)
    state.fixed |= {
        (tables.person[who], tables.number[name])
        for who, name in tables.problem.fixed
        if name in tables.number and who in tables.person
    }
    return state


def _fixed_seated(state: State) -> bool:
    tables = state.tables
    wanted = {one for one in tables.problem.fixed if one[1] in tables.number}
    return all(
        name in tables.problem.frozen
        or (who in tables.person and tables.person[who] in state.seats[tables.number[name]])
        for who, name in wanted
    )


def _merged(state: State, window: Tables, seats: list[tuple[int, int]]) -> State:
    """The state with the window's seats in place of its own."""
    opened = set(window.free)
    kept = [
        (person, turn) for turn in state.tables.free if turn not in opened for person in state.seats[turn]
    ]
    return _seated(state.tables, [*kept, *seats])
