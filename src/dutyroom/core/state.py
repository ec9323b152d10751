"""One case as its events left it: facts, phase, level, and every obligation with its marks, clocks and ladder place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dutyroom.core.commands import Answer, Times
from dutyroom.core.events import Due
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb


@dataclass(frozen=True, slots=True)
class Mark:
    """Who did a verb: `at` is the time it counts from (reported), `recorded_at` when it reached the record."""

    by: str
    at: Instant
    recorded_at: Instant


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes what, from when, by when. `status`: open, done, waived, withdrawn, lapsed."""

    key: str
    step: str
    occurrence: int
    role: str
    opened_at: Instant
    dues: tuple[Due, ...]
    next_call_at: Instant | None
    not_before: Instant | None = None
    text: str = ""
    parent: str = ""
    status: str = "open"
    rung: int = 0
    rung_role: str = ""
    ring: int = 0
    calls: int = 0
    called: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    marks: Mapping[Verb, Mark] = field(default_factory=dict)
    missed: tuple[Verb, ...] = ()
    excused: tuple[Verb, ...] = ()
    facts: Mapping[str, Answer] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def owner(self) -> str:
        """The person who took it, else who has received it; empty while it is still being called out to its role."""
        mark = self.marks.get(Verb.TAKEN) or self.marks.get(Verb.RECEIVED)
        return mark.by if mark else ""

    def timers(self) -> Iterator[tuple[int, int, str]]:
        """Every running timer as (due instant, order at a tie, name). Deadlines come before calls."""
        for order, due in enumerate(self.dues):
            if due.verb not in self.marks and due.verb not in self.missed:
                yield due.due_at, order, due.verb.value
        if self.next_call_at is not None:
            yield self.next_call_at, 9, "call"


@dataclass(frozen=True, slots=True)
class Case:
    """A case in the middle of its life. `events` counts what it was folded from."""

    case: str = ""
    site: str = ""
    plan: str = ""
    edition: str = ""
    phase: str = ""
    level: str = ""
    opened_at: Instant = 0
    last_at: Instant = 0
    closed_at: Instant | None = None
    exercise: bool = False
    assisting: bool = False
    # The times of the first report, from which clocks may run that do not start with their obligation.
    times: Times | None = None
    done_at: Mapping[str, Instant] = field(default_factory=dict)
    facts: Mapping[str, Answer] = field(default_factory=dict)
    obligations: Mapping[str, Obligation] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)
    # `done` as it was when the present phase came back; empty the first time. `phases` are those it has been in.
    done_before: Mapping[str, int] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    doers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    events: int = 0

    def open_obligations(self) -> Iterator[Obligation]:
        """Obligations still owed, in the order in which they were opened."""
        return (owed for owed in self.obligations.values() if owed.is_open)

    def occurrences(self, step: str) -> int:
        """How many times the step has been opened or volunteered."""
        return max((owed.occurrence for owed in self.obligations.values() if owed.step == step), default=0)
