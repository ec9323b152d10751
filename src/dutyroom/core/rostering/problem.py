"""What a roster must hold, as plain values: turns to fill, people who may fill them, rules, weights.

Knows posts and staff numbers only. It refuses to know how a roster is found: solvers read it, `evaluate` judges them.
Every span is half-open in UTC instants; what is counted by the day, the week or the month is counted in local days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from dutyroom.core.instants import HOUR, Instant, Milliseconds
from dutyroom.core.roster import BEGINNING, END

ALL, NIGHT, WEEKEND, HOLIDAY = "all", "night", "weekend", "holiday"
CLASSES = (ALL, NIGHT, WEEKEND, HOLIDAY)

Seat: TypeAlias = tuple[str, str]  # person, turn
Assignment: TypeAlias = Mapping[str, tuple[str, ...]]  # turn → persons, first on duty first

SCALE = 100  # one point of fairness of a person with a full share; weights are in points


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a post. `day` is the local day on which it begins, as an ordinal; `days` are all it touches.

    `least` persons must hold it and `ideal` should; `classes` are those it counts in for fairness.
    """

    id: str
    post: str
    starts_at: Instant
    ends_at: Instant
    least: int
    ideal: int
    day: int
    days: tuple[int, ...]
    month: str
    classes: tuple[str, ...] = (ALL,)

    @property
    def hours(self) -> float:
        return (self.ends_at - self.starts_at) / HOUR

    @property
    def week(self) -> int:
        """The week, Monday first; ordinal 1 was a Monday."""
        return (self.day - 1) // 7


@dataclass(frozen=True, slots=True)
class PostRule:
    """What holds for every turn of a post: free time after it, what its holders must be qualified for."""

    id: str
    rest: Milliseconds = 0
    qualifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Away:
    """A span in which somebody takes no duty. Why is nobody's business here."""

    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification that somebody has, from and until when."""

    name: str
    starts_at: Instant = BEGINNING
    ends_at: Instant = END


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a duty in the span, or none. `post` empty: any. A wish is weighed, never a right or a duty."""

    starts_at: Instant
    ends_at: Instant
    want: bool
    weight: int = 1
    post: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a person takes; 0 is no limit. `in_row` counts days in a row on which a turn begins."""

    in_row: int = 0
    week_turns: int = 0
    month_turns: int = 0
    week_hours: int = 0
    month_hours: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes duties. `share` is percent of a full share; `carried` are points from before the problem."""

    id: str
    posts: frozenset[str]
    qualifications: tuple[Held, ...] = ()
    starts_at: Instant = BEGINNING
    ends_at: Instant = END
    away: tuple[Away, ...] = ()
    wishes: tuple[Wish, ...] = ()
    limits: Limits = field(default_factory=Limits)
    share: int = 100
    carried: Mapping[str, int] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """What a squared point of this person costs: half a share makes it twice as dear."""
        return 100 * SCALE // max(1, min(100, self.share))


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The law's limits for the posts that the organisation counts as working time; 0 is no limit.

    `day_hours` may begin on one day, `month_hours` in the month named; `rest_days` of each week stay free.
    """

    posts: frozenset[str]
    day_hours: int = 0
    rest_days: int = 0
    month_hours: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Everything that a roster is made from, in order of time.

    `excludes` are pairs of posts that nobody holds at one time; None: every two. Rest counts between those, too.
    `frozen` turns have begun, or were served before: their holders stay as they are and are not judged, but count.
    `no_goods` are seats that must not all be taken together.
    """

    zone: str
    posts: Mapping[str, PostRule]
    turns: tuple[Turn, ...]
    people: tuple[Person, ...]
    weights: Mapping[str, int] = field(default_factory=lambda: {ALL: 1})
    empty_weight: int = 50
    excludes: frozenset[frozenset[str]] | None = None
    working: WorkingTime | None = None
    frozen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: frozenset[Seat] = frozenset()
    forbidden: frozenset[Seat] = frozenset()
    no_goods: frozenset[frozenset[Seat]] = frozenset()

    @cached_property
    def turn(self) -> Mapping[str, Turn]:
        return {one.id: one for one in self.turns}

    @cached_property
    def person(self) -> Mapping[str, Person]:
        return {one.id: one for one in self.people}

    def exclude(self, post: str, other: str) -> bool:
        """Whether nobody holds both at one time. Nobody holds one post twice."""
        return self.excludes is None or post == other or frozenset((post, other)) in self.excludes

    def clash(self, one: Turn, other: Turn) -> bool:
        """Whether one person cannot hold both: at the same time, or without the rest that the earlier one asks."""
        if not self.exclude(one.post, other.post):
            return False
        first, second = (
            (one, other) if (one.starts_at, one.id) <= (other.starts_at, other.id) else (other, one)
        )
        return second.starts_at < first.ends_at + self.posts[first.post].rest


@dataclass(frozen=True, slots=True)
class Solution:
    """What a solver found. Without an assignment, `impossible` says whether there is none at all.

    `optimal` says that no other costs less; `unfilled` are turns that it could not fill.
    """

    assignment: Assignment | None
    optimal: bool = False
    impossible: bool = False
    unfilled: tuple[str, ...] = ()
