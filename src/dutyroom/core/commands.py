"""What people, and passing deadlines, may ask of a case. Imperative; a command is a wish until it is decided.

Every command of a person carries an identifier made by the client, so that the same command twice is once,
and up to four times: when it happened, was known, was reported (the device's clock, corrected), was received.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dutyroom.core.instants import Instant
from dutyroom.core.plan import ClockKind, Verb

Answer: TypeAlias = str | int | bool


@dataclass(frozen=True, slots=True)
class Times:
    """The four times of a fact. `reported_at` decides whether it was in time, `received_at` when we learnt of it."""

    received_at: Instant
    reported_at: Instant
    happened_at: Instant | None = None
    known_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open an incident from a report. `facts` are typed values the plan declares; `story` the report's own words."""

    command: str
    case: str
    site: str
    times: Times
    facts: Mapping[str, Answer]
    story: Mapping[str, str]
    via: str = "page"
    by: str = ""
    sealed: tuple[str, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A person marks one of the four verbs on an obligation; `answers` are what the step asks when it is done."""

    command: str
    by: str
    key: str
    verb: Verb
    times: Times
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person does a step that is allowed but not owed (a demand is heard, a statement corrected, a level changed)."""

    command: str
    by: str
    step: str
    times: Times
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waive:
    """A person with the authority releases an obligation, with the reason."""

    command: str
    by: str
    key: str
    reason: str
    times: Times


@dataclass(frozen=True, slots=True)
class Justify:
    """Who answers for the case says why a deviation was right; `change` says that the plan should change instead.

    `deviation` is the id that the audit gives it.
    """

    command: str
    by: str
    deviation: str
    reason: str
    change: bool
    times: Times


@dataclass(frozen=True, slots=True)
class LetPass:
    """A timer of an obligation has run out: time enters by the same door as people.

    `while_down` says that nobody was there to see it pass (the server was down when it fell due).
    """

    key: str
    timer: str  # a verb, or "call"
    due_at: Instant
    while_down: bool = False


@dataclass(frozen=True, slots=True)
class NoteCallFailed:
    """A courier refused a call for good, so waiting for its answer is pointless."""

    key: str
    person: str
    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class OwedItem:
    """One obligation that the calendar makes: who owes which step by when, and from when on somebody is called."""

    step: str
    role: str
    due_at: Instant
    call_at: Instant
    not_before: Instant | None = None
    clock: ClockKind = ClockKind.HARD


@dataclass(frozen=True, slots=True)
class OpenDuty:
    """The calendar opens a case: a duty day, a round, the upkeep of the plan.

    `day` is the local day it begins on, `periods` those in force then, `quiet` the hours (`22:00-06:00`, in `zone`) in
    which nobody is called for it; "" has none.
    """

    command: str
    case: str
    site: str
    kind: str
    day: str
    zone: str
    items: tuple[OwedItem, ...]
    periods: tuple[str, ...] = ()
    quiet: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class SetDuty:
    """The roster or the periods changed: these are now the obligations of the case. What has begun stays.

    `quiet` are the hours in which nobody is called from now on, as in `OpenDuty`; None leaves them as they are.
    """

    command: str
    items: tuple[OwedItem, ...]
    periods: tuple[str, ...] = ()
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class PassOn:
    """Who has accepted the duty takes over an open promise of the one before."""

    command: str
    by: str
    key: str


def made_at(command: "Command") -> Instant | None:
    """When a person did it, by their own clock; None for what has no such time."""
    times = getattr(command, "times", None)
    return times.reported_at if isinstance(times, Times) else None


Command: TypeAlias = (
    OpenCase | Act | Volunteer | Waive | Justify | LetPass | NoteCallFailed | OpenDuty | SetDuty | PassOn
)
