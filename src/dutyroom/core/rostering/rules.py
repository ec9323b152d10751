"""An organisation's own rules for its rosters, as values: what `rostering.yaml` says beside the plan.

Which posts rotate and in which turns, how many, how much rest, who is away, what is wished. Local days and times; the
problem that is made from them (`building`) knows the instants.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from dutyroom.core.instants import Milliseconds
from dutyroom.core.rostering.problem import ALL, HOLIDAY, NIGHT, WEEKEND, Limits

DEFAULT_WEIGHTS = {ALL: 1, NIGHT: 0, WEEKEND: 2, HOLIDAY: 4}
EMPTY_WEIGHT = 10_000  # a place that somebody can take is never left empty for the sake of fairness

# Labour Law of the People's Republic of China (劳动法): art. 36 with the State Council's Regulation on working hours
# (国务院关于职工工作时间的规定, 1995): 8 h a day, 40 h a week; art. 38: a rest day each week; art. 41: overtime of at
# most 3 h a day and 36 h a month. An approved scheme of comprehensive hours may say otherwise: then the file says it.
NORMAL_HOURS = 8
LONGEST_DAY_HOURS = NORMAL_HOURS + 3
MONTH_OVERTIME_HOURS = 36
REST_DAYS = 1


@dataclass(frozen=True, slots=True)
class PostTurns:
    """How a post rotates: a new turn at each handover of the weekdays named; `length` 0: until the next handover.

    `least` and `ideal` 0: as the plan says. `in_period` is the least while a period of the plan lasts.
    """

    post: str
    handover: tuple[time, ...]
    weekdays: tuple[int, ...] = ()
    length: Milliseconds = 0
    least: int = 0
    ideal: int = 0
    in_period: Mapping[str, int] = field(default_factory=dict)
    rest: Milliseconds = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingRules:
    """Posts that count as working time, and the law's limits; the defaults are the law's."""

    posts: frozenset[str] = frozenset()
    day_hours: int = LONGEST_DAY_HOURS
    month_overtime: int = MONTH_OVERTIME_HOURS
    rest_days: int = REST_DAYS


@dataclass(frozen=True, slots=True)
class Span:
    """Local time from `starts` (inclusive) to `ends` (exclusive); None: open."""

    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class QualifiedRule:
    person: str
    name: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class PersonRule:
    """What else is known of somebody who takes duties: from and until when, which share of a full one, own limits."""

    person: str
    span: Span = Span()
    share: int = 100
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class AwayRule:
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class WishRule:
    person: str
    span: Span
    want: bool
    weight: int = 1
    post: str = ""


@dataclass(frozen=True, slots=True)
class SeatRule:
    """Somebody at the turn of the post that begins on that day; with a time, the turn that begins then."""

    person: str
    post: str
    on: date
    at: time | None = None


@dataclass(frozen=True)
class RosterRules:
    """Everything that the file says."""

    plan: str
    zone: str
    posts: Mapping[str, PostTurns]
    limits: Limits = field(default_factory=Limits)
    excludes: frozenset[frozenset[str]] | None = None
    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    working: WorkingRules | None = None
    qualified: tuple[QualifiedRule, ...] = ()
    people: Mapping[str, PersonRule] = field(default_factory=dict)
    away: tuple[AwayRule, ...] = ()
    wishes: tuple[WishRule, ...] = ()
    fixed: tuple[SeatRule, ...] = ()
    forbidden: tuple[SeatRule, ...] = ()
