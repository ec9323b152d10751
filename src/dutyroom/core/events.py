"""What happened: the record's vocabulary. Past tense, complete in themselves, folded by `evolve` without the plan.

`at` is the instant the case stood at when the event was decided. An event is never changed once written; a new shape
is a new class, and old records are replayed with the old one (`tests/records`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dutyroom.core.commands import Answer, Times
from dutyroom.core.instants import Instant
from dutyroom.core.plan import ClockKind, Verb


@dataclass(frozen=True, slots=True)
class Due:
    """A verb's deadline as it was set, with where the number came from."""

    verb: Verb
    due_at: Instant
    kind: ClockKind
    word: str = ""


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case begins under one edition of a plan, with the facts its first report stated."""

    at: Instant
    case: str
    site: str
    plan: str
    edition: str
    facts: Mapping[str, Answer]
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class ReportReceived:
    """What was reported, in the reporter's words, with the four times; personal data is behind `sealed`."""

    at: Instant
    command: str
    by: str
    via: str
    times: Times
    facts: Mapping[str, Answer]
    story: Mapping[str, str]
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObligationOpened:
    """`next_call_at` is when the first person is called; a repeat is quiet until its reminder."""

    at: Instant
    key: str
    step: str
    occurrence: int
    role: str
    dues: tuple[Due, ...]
    next_call_at: Instant
    not_before: Instant | None = None
    text: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class PersonCalled:
    """A person is asked on a channel. `rung` is the place on the ladder, `ring` the round, `call` counts."""

    at: Instant
    key: str
    person: str
    channel: str
    role: str
    rung: int
    ring: int
    call: int
    next_call_at: Instant


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A channel said that it cannot reach the person, so the next one is tried at once."""

    at: Instant
    key: str
    person: str
    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class RoleEmpty:
    """Nobody who can be reached holds the role: the ladder goes on at once, and the hole is on record."""

    at: Instant
    key: str
    role: str
    rung: int


@dataclass(frozen=True, slots=True)
class Escalated:
    """The next rung is asked. `why` is the verb that was missed, or "silent", "empty", "failed"."""

    at: Instant
    key: str
    role: str
    rung: int
    why: str


@dataclass(frozen=True, slots=True)
class LadderExhausted:
    """Everybody on the ladder was called and nobody answered: it rings again, and says so."""

    at: Instant
    key: str
    ring: int
    next_call_at: Instant


@dataclass(frozen=True, slots=True)
class ActMarked:
    """One of the four verbs on an obligation. `facts` change the case's facts, `answers` stay with the act.

    An answer stops the calling; `next_call_at` is set where it must go on (an overdue promise only "received").
    """

    at: Instant
    command: str
    by: str
    key: str
    step: str
    verb: Verb
    times: Times
    next_call_at: Instant | None = None
    facts: Mapping[str, Answer] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActVolunteered:
    """A step that is allowed but not owed was done."""

    at: Instant
    command: str
    by: str
    key: str
    step: str
    occurrence: int
    times: Times
    facts: Mapping[str, Answer] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelSet:
    """A person graded the case."""

    at: Instant
    by: str
    level: str
    was: str


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """A verb's deadline passed without it. `while_down`: nobody was there to see it pass."""

    at: Instant
    key: str
    step: str
    verb: Verb
    due_at: Instant
    kind: ClockKind
    role: str
    while_down: bool = False


@dataclass(frozen=True, slots=True)
class MissExcused:
    """It had been reported in time and only reached us late (no signal, server down)."""

    at: Instant
    key: str
    verb: Verb
    due_at: Instant
    reported_at: Instant


@dataclass(frozen=True, slots=True)
class Waived:
    """Somebody whom the plan names for it released the obligation, with the reason."""

    at: Instant
    command: str
    by: str
    key: str
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """No longer owed. `why`: "phase" (it was left), "quorum" (enough others did it), "ended" (its repeat is over),
    "level" (it does not belong to the level set now), "assisting" (the command has passed to others), "calendar" (the
    roster or the periods changed)."""

    at: Instant
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An obligation that was never met, overtaken by its successor; by none ("") where its day is over."""

    at: Instant
    key: str
    successor: str


@dataclass(frozen=True, slots=True)
class PhaseMoved:
    """The case went from one phase to the next, by a move of the plan."""

    at: Instant
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class CommandHandedOver:
    """Outsiders command from now on; what the plan locks waits until the command comes back."""

    at: Instant
    by: str
    step: str


@dataclass(frozen=True, slots=True)
class CommandTakenBack:
    """The command is ours again."""

    at: Instant
    by: str
    step: str


@dataclass(frozen=True, slots=True)
class DeviationJustified:
    """Who answers for the case gave the reason for a deviation that an audit named. `change`: change the plan."""

    at: Instant
    command: str
    by: str
    deviation: str
    reason: str
    change: bool = False


@dataclass(frozen=True, slots=True)
class DutyOpened:
    """A case of the calendar begins: a duty day, a round, the upkeep of the plan. What it owes follows."""

    at: Instant
    command: str
    case: str
    site: str
    plan: str
    edition: str
    kind: str
    day: str
    zone: str
    periods: tuple[str, ...] = ()
    quiet: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class DutySet:
    """The roster or the periods changed, and with them what the case owes from now on.

    `quiet` are the hours in which nobody is called from now on, None where they stay as they were.
    """

    at: Instant
    command: str
    periods: tuple[str, ...] = ()
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class PromisePassed:
    """An open promise went over to who had accepted the duty."""

    at: Instant
    command: str
    by: str
    key: str
    was: str


@dataclass(frozen=True, slots=True)
class QuietKept:
    """Somebody would have been called, but it is night and the matter can wait: the calling goes on afterwards."""

    at: Instant
    key: str
    next_call_at: Instant


Event: TypeAlias = (
    CaseOpened | ReportReceived | ObligationOpened | PersonCalled | CallFailed | RoleEmpty | Escalated
    | LadderExhausted | ActMarked | ActVolunteered | LevelSet | DeadlineMissed | MissExcused | Waived
    | Withdrawn | Lapsed | PhaseMoved | CommandHandedOver | CommandTakenBack | DeviationJustified
    | DutyOpened | DutySet | PromisePassed | QuietKept
)  # fmt: skip

EVENTS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        CaseOpened, ReportReceived, ObligationOpened, PersonCalled, CallFailed, RoleEmpty, Escalated,
        LadderExhausted, ActMarked, ActVolunteered, LevelSet, DeadlineMissed, MissExcused, Waived,
        Withdrawn, Lapsed, PhaseMoved, CommandHandedOver, CommandTakenBack, DeviationJustified,
        DutyOpened, DutySet, PromisePassed, QuietKept,
    )
}  # fmt: skip
