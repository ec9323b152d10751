"""What was learnt about moments that look alike: the tree of what was asked of the roster and what it answered.

A run asks the roster the same things in the same order as long as the answers are the same, whoever the persons are.
So persons are numbered in the order in which they first appear, with nothing known of each but the channels they have;
two moments whose answers read the same in these numbers have the same outcome, with other names. A moment that was
seen before costs a few look-ups; a new one is run on the real core and remembered.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.roster import END, Roster

T = TypeVar("T")
C = TypeVar("C")


Turns = dict[str, tuple[tuple[Instant, ...], list[tuple[str, ...]]]]


def turns_of(roster: Roster, role: str, known: Turns) -> tuple[tuple[Instant, ...], list[tuple[str, ...]]]:
    """The role's changes, and who holds it before the first and from each on, as the roster says; kept in `known`."""
    if role not in known:
        changes = roster.changes(role)
        first = changes[0] - 1 if changes else 0
        known[role] = (changes, [roster.holders(role, at) for at in (first, *changes)])
    return known[role]


class Watched(Roster):
    """A roster that notes what is asked of it, once each, as (role, offset from the start)."""

    def __init__(self, roster: Roster, starts: Instant) -> None:
        super().__init__(roster.standing, roster.periods)
        object.__setattr__(self, "roster", roster)
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "asked", {})

    roster: Roster
    starts: Instant
    asked: dict["Query", None]

    def holders(self, role: str, at: int) -> tuple[str, ...]:
        self.asked[Query(role, at - self.starts)] = None
        return self.roster.holders(role, at)

    def reaches(self, person: str, channel: str, at: Instant) -> None:
        """Note that it was asked whether a channel reaches a person at the instant."""
        self.asked[Query(person, at - self.starts, channel)] = None


@dataclass(frozen=True, slots=True)
class Query:
    """A look-up: who holds the role so long after the start; or whether the channel then reaches the person `name`."""

    name: str
    offset: Milliseconds
    channel: str = ""


@dataclass(slots=True)
class _Node(Generic[C]):
    """The next thing that is asked, and what follows each answer. `person` is a number, for a channel's reach."""

    role: str
    offset: Milliseconds
    person: int = -1
    channel: str = ""
    answers: dict[Any, "_Node[C] | _Leaf[C]"] = field(default_factory=dict)


@dataclass(slots=True)
class _Leaf(Generic[C]):
    outcome: C


@dataclass
class Memo(Generic[T, C]):
    """The tree for one question. `sees` is everything about a person that a run can see, their channels above all.

    `find` runs a moment; `numbered` turns the persons of its outcome into numbers. `lasts` says until when a channel
    reaches a person, for outcomes that ask it. `marked` persons are told apart from all others.
    """

    roster: Roster
    sees: Callable[[str], Any]
    find: Callable[[Instant, Watched], T]
    numbered: Callable[[T, Mapping[str, int]], C]
    lasts: Callable[[str, str], Instant] | None = None
    top: "dict[Any, _Node[C] | _Leaf[C]]" = field(default_factory=dict)
    kinds: dict[Any, int] = field(default_factory=dict)
    kind_of: dict[str, int] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    turns: Turns = field(default_factory=dict)
    found: int = 0

    def at(self, instant: Instant) -> tuple[C, list[str], Instant]:
        """The outcome in numbers, the persons by number, and the instant until which it holds."""
        # The hot loop of a proof: a hundred thousand moments a year, a dozen look-ups each.
        node, persons, until = self.top.get(None), dict[str, int](), END
        kind_of = self.kind_of
        while isinstance(node, _Node):
            if node.person >= 0:
                answer, changes = self._ask(node, instant, persons)
                until = min(until, changes - node.offset)
                node = node.answers.get(answer)
                continue
            turns = self.turns.get(node.role)
            changes_at, holders = turns_of(self.roster, node.role, self.turns) if turns is None else turns
            place = bisect_right(changes_at, instant + node.offset)
            if place < len(changes_at) and changes_at[place] - node.offset < until:
                until = changes_at[place] - node.offset
            numbers = []
            for person in holders[place]:
                number = persons.get(person)
                if number is None:
                    persons[person] = len(persons)
                    number = -1 - (kind_of[person] if person in kind_of else self._kind(person))
                numbers.append(number)
            node = node.answers.get(tuple(numbers))
        if node is None:
            return self._learn(instant)
        return node.outcome, list(persons), until

    def mark(self, persons: frozenset[str]) -> None:
        """Tell these persons apart from now on."""
        if persons != self.marked:
            self.marked = persons
            self.kind_of.clear()

    def _ask(self, node: _Node[C], instant: Instant, persons: dict[str, int]) -> tuple[Any, Instant]:
        if node.person >= 0:
            assert self.lasts is not None
            lasts = self.lasts(list(persons)[node.person], node.channel)
            return (True, lasts) if instant + node.offset < lasts else (False, END)
        holders, _, until = self.roster.holders_span(node.role, instant + node.offset)
        answer = []
        for person in holders:
            number = persons.get(person)
            if number is None:
                persons[person] = len(persons)
                number = -1 - (self.kind_of[person] if person in self.kind_of else self._kind(person))
            answer.append(number)
        return tuple(answer), until

    def _kind(self, person: str) -> int:
        """A number for everything about the person that a run can see."""
        kind = self.kinds.setdefault((self.sees(person), person in self.marked), len(self.kinds))
        self.kind_of[person] = kind
        return kind

    def _learn(self, instant: Instant) -> tuple[C, list[str], Instant]:
        """Run it, and grow the tree by the path of what it asked."""
        watched = Watched(self.roster, instant)
        outcome = self.find(instant, watched)
        self.found += 1
        persons, until = dict[str, int](), END
        branch, key = self.top, None
        for query in watched.asked:
            node = branch.setdefault(key, self._node(query, persons))
            assert isinstance(node, _Node)
            answer, changes = self._ask(node, instant, persons)
            until = min(until, changes - node.offset)
            branch, key = node.answers, answer
        leaf: _Leaf[C] = _Leaf(self.numbered(outcome, persons))
        branch[key] = leaf
        return leaf.outcome, list(persons), until

    def _node(self, query: Query, persons: Mapping[str, int]) -> "_Node[C]":
        if query.channel:
            return _Node("", query.offset, persons[query.name], query.channel)
        return _Node(query.name, query.offset)
