"""A duty roster of any size in seconds: seats filled in order of time by who has stood least, then bettered.

Points only grow while seats are filled, so the one who costs least is found by a heap whose stale entries are put back
when they come up. The bettering is annealing by a fixed number of moves: the same seed gives the same roster on any
machine, however fast. It proves nothing; where a place stays empty the exact solver looks closer.
"""

import math
import random
from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from dutyroom.adapters.rostering.duty_state import State, Tables

MOVES_A_SEAT = 40
MOST_MOVES = 200_000
HOT, COLD = 400.0, 20.0  # two points and a tenth of one, of a person with a full share


def filled(tables: Tables, seed: int) -> State:
    """Every seat filled that can be without taking back another; fixed seats first."""
    state = State(tables)
    _seat_fixed(state)
    filling = _Filling(state, random.Random(seed))
    for turn in tables.free:
        filling.fill(turn, tables.turns[turn].least)
    for turn in tables.free:
        filling.fill(turn, tables.turns[turn].ideal)
    return state


def _seat_fixed(state: State) -> None:
    tables = state.tables
    for who, name in sorted(tables.problem.fixed):
        if who in tables.person and name in tables.number and name not in tables.problem.frozen:
            person, turn = tables.person[who], tables.number[name]
            if state.can(person, turn):
                state.put(person, turn)
                state.fixed.add((person, turn))


class _Filling:
    """Heaps of who costs least, one for each post and the classes of its turns."""

    def __init__(self, state: State, chance: random.Random) -> None:
        self.state = state
        ranks = list(range(len(state.tables.people)))
        chance.shuffle(ranks)
        self.rank = ranks
        self.heaps: dict[tuple[str, tuple[str, ...]], list[tuple[int, int, int, int]]] = {}

    def fill(self, turn: int, places: int) -> None:
        state = self.state
        while len(state.seats[turn]) < places:
            person = self._cheapest(turn)
            if person is None:
                return
            state.put(person, turn)

    def _cheapest(self, turn: int) -> int | None:
        """Who may sit here at the least cost; against a wish only where nobody else may."""
        heap, put_back, unwilling = self._heap(turn), [], []
        found = None
        while heap and found is None:
            entry = heappop(heap)
            fresh = self._entry(entry[-1], turn)
            if fresh != entry:
                heappush(heap, fresh)
                continue
            put_back.append(entry)
            person = entry[-1]
            if self.state.can(person, turn):
                if self.state.wish_price(person, turn) > 0:
                    unwilling.append(person)
                else:
                    found = person
        for entry in put_back:
            heappush(heap, entry)
        return unwilling[0] if found is None and unwilling else found

    def _heap(self, turn: int) -> list[tuple[int, int, int, int]]:
        tables = self.state.tables
        key = (tables.turns[turn].post, tables.turns[turn].classes)
        if key not in self.heaps:
            self.heaps[key] = [self._entry(person, turn) for person in tables.holders[key[0]]]
            heapify(self.heaps[key])
        return self.heaps[key]

    def _entry(self, person: int, turn: int) -> tuple[int, int, int, int]:
        held = self.state.held[person]
        last = self.state.tables.starts[held[-1]] if held else 0
        return self.state.price(person, turn), last, self.rank[person], person


def bettered(state: State, seed: int) -> None:
    """Anneal: give a seat to somebody else, or let two people trade seats, keeping every rule."""
    chance = random.Random(seed + 1)
    seats = [turn for turn in state.tables.free if state.seats[turn]]
    if not seats:
        return
    moves = min(MOST_MOVES, MOVES_A_SEAT * sum(len(state.seats[turn]) for turn in seats))
    fall = math.log(COLD / HOT) / max(1, moves)
    for number in range(moves):
        heat = HOT * math.exp(fall * number)
        turn = seats[int(chance.random() * len(seats))]
        if chance.random() < 0.5:
            _give(state, turn, chance, heat)
        else:
            _trade(state, turn, seats[int(chance.random() * len(seats))], chance, heat)
    _settle(state, seats)


def _give(state: State, turn: int, chance: random.Random, heat: float) -> None:
    leaving = _one_of(state.seats[turn], chance)
    coming = _one_of(state.tables.holders[state.tables.turns[turn].post], chance)
    if coming == leaving or (leaving, turn) in state.fixed or coming in state.seats[turn]:
        return
    gain = state.refund(leaving, turn) - state.price(coming, turn)
    if gain < -8 * heat and not state.tables.people[coming].wishes:
        return  # hopeless: not worth asking the rules
    _try(state, [(leaving, turn)], [(coming, turn)], chance, heat)


def _trade(state: State, turn: int, other: int, chance: random.Random, heat: float) -> None:
    if turn == other:
        return
    one, two = _one_of(state.seats[turn], chance), _one_of(state.seats[other], chance)
    if one == two or (one, turn) in state.fixed or (two, other) in state.fixed:
        return
    if state.tables.allowed(one, other) and state.tables.allowed(two, turn):
        _try(state, [(one, turn), (two, other)], [(one, other), (two, turn)], chance, heat)


Seats = list[tuple[int, int]]


def _try(state: State, leaving: Seats, coming: Seats, chance: random.Random, heat: float) -> bool:
    """Make the move; take it back if it breaks a rule or costs too much for the heat."""
    change = 0
    for person, turn in leaving:
        change -= state.refund(person, turn)
        state.take(person, turn)
        change -= state.wish_price(person, turn)
    done: Seats = []
    for person, turn in coming:
        if not state.can(person, turn):
            break
        change += state.price(person, turn) + state.wish_price(person, turn)
        state.put(person, turn)
        done.append((person, turn))
    if len(done) == len(coming) and (
        change <= 0 or (heat > 0 and chance.random() < math.exp(-change / heat))
    ):
        return True
    for person, turn in reversed(done):
        state.take(person, turn)
    for person, turn in reversed(leaving):
        state.put(person, turn)
    return False


def _settle(state: State, seats: list[int]) -> None:
    """At the end every seat goes to whoever costs less, until none does; at most a few rounds."""
    chance = random.Random(0)
    for _ in range(4):
        moved = False
        for turn in seats:
            for leaving in list(state.seats[turn]):
                moved |= _give_better(state, leaving, turn, chance)
        if not moved:
            return


def _give_better(state: State, leaving: int, turn: int, chance: random.Random) -> bool:
    if (leaving, turn) in state.fixed:
        return False
    saved = state.refund(leaving, turn) + (SAVED_BY_WISHES if state.tables.people[leaving].wishes else 0)
    for coming in _cheaper(state, turn, saved):
        before = state.refund(leaving, turn) + _wish_refund(state, leaving, turn)
        after = state.price(coming, turn) + state.wish_price(coming, turn)
        if after < before and _try(state, [(leaving, turn)], [(coming, turn)], chance, 0.0):
            return True
    return False


SAVED_BY_WISHES = 10**9


def _wish_refund(state: State, person: int, turn: int) -> int:
    if not state.tables.people[person].wishes:
        return 0
    state.take(person, turn)
    price = state.wish_price(person, turn)
    state.put(person, turn)
    return price


def _cheaper(state: State, turn: int, than: int) -> Iterator[int]:
    for person in state.tables.holders[state.tables.turns[turn].post]:
        wishes = bool(state.tables.people[person].wishes)
        if (wishes or state.price(person, turn) < than) and person not in state.seats[turn]:
            yield person


def _one_of(persons: list[int], chance: random.Random) -> int:
    return persons[int(chance.random() * len(persons))]
