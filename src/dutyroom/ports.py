"""What Dutyroom needs of the world, as protocols and the values that cross them.

Nothing here does anything: adapters implement these ports, wiring chooses among them, and the
interpreters know only this file. Each port has one contract suite in `tests/contracts/`, which every
adapter and fake passes.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dutyroom.core.events import Event
from dutyroom.core.instants import Instant
from dutyroom.core.roster import PlanInForce
from dutyroom.core.rostering.problem import Assignment, Problem, Solution
from dutyroom.core.state import Case

# --- Courier: carries one message to one address over one channel ---------------------------------------


@dataclass(frozen=True, slots=True)
class Colleague:
    """Where one of our own people is reached: telephone, e-mail address, robot name."""

    address: str


@dataclass(frozen=True, slots=True)
class Outsider:
    """Where somebody of a body outside is reached. Nothing that runs as an exercise takes one (`wiring.lines`)."""

    address: str


@dataclass(frozen=True, slots=True)
class Written:
    """A message in words, before it is known what carries it: the exercise's mark is put on by the line, not here."""

    delivery_id: str
    attempt: int
    language: str
    severity: str
    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the house: a pointer and a severity, never the story.

    `text` is already in words, in `language`, with the exercise mark in it when `exercise` is true.
    Couriers shorten and clean it for their channel and otherwise leave it alone.
    """

    delivery_id: str  # identity of obligation + recipient: the same on every retry, passed on to the gateway
    attempt: int  # 1 on the first try
    address: str  # telephone, e-mail address, robot name: what the channel needs to find the person
    language: str  # "zh" | "en"
    severity: str  # "alarm" | "urgent" | "notice"
    subject: str
    text: str
    link: str  # opens a page with a button; opening it does nothing by itself
    exercise: bool


class Verdict(StrEnum):
    """How a sending ended. None of them means that the person knows: only the person's answer does."""

    ACCEPTED = "accepted"  # the gateway confirmed that it took the message
    UNCONFIRMED = "unconfirmed"  # sent, and nobody confirms
    REFUSED = "refused"  # trying again cannot help: bad address, bad credentials, refused content
    FAILED = "failed"  # may be tried again: time-out, fault of the gateway, rate limit, answer lost


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a courier can say afterwards.

    `detail` is one word, or one word and a value ("timeout", "http 503", "code 45009"); the word is
    worded under `courier.detail.<word>`. It holds no personal data and no secret. `reference` is the
    gateway's own id.
    """

    verdict: Verdict
    detail: str
    reference: str | None = None


class Courier(Protocol):
    """One channel out of the house."""

    @property
    def channel(self) -> str:
        """The name under which people list this channel."""
        ...

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """Try once, and answer within `deadline_seconds` in all, whatever the gateway does.

        The world's failures are outcomes, never exceptions. Safe to call from several threads.
        """
        ...


# --- Clock ------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """What time it is. A fast clock may only ever run over demo data."""

    @property
    def speed(self) -> float: ...

    def now(self) -> Instant:
        """Milliseconds since 1970-01-01T00:00Z."""
        ...

    def real_seconds(self, milliseconds: int) -> float:
        """How long to wait, in real seconds, until this much of the clock's time has passed."""
        ...


# --- Record: cases as their entries left them, one transaction a decision -----------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """A decided new case, ready to be written whole: its entries, obligations and deliveries in one transaction."""

    command: str
    site: str
    rules: PlanInForce
    events: tuple[Event, ...]
    case: Case


@dataclass(frozen=True, slots=True)
class Receipt:
    """Given only after the commit. The same command again gets the same receipt; `again` says so."""

    case: str
    code: str
    again: bool = False


class HeldCase(Protocol):
    """A case locked for one decision. What is appended is written when the lock is let go without an error."""

    rules: PlanInForce
    case: Case
    outages: Sequence[tuple[Instant, Instant]]
    """Spans in which no worker was alive, at least all since the case's last event."""

    def append(self, events: tuple[Event, ...], case: Case) -> None: ...


class Record(Protocol):
    """Where cases live. Every method is one transaction; nothing is half written."""

    def rules(self, site: str) -> PlanInForce:
        """The plan in force at the site, with its roster and people. Raises LookupError for an unknown site."""
        ...

    def open(self, opening: Opening) -> Receipt:
        """Write a new case; return only after the commit."""
        ...

    def hold(self, case: str) -> AbstractContextManager[HeldCase]:
        """Lock the case. Raises LookupError if there is none."""
        ...

    def hold_due(self, now: Instant, limit: int) -> AbstractContextManager[Sequence[HeldCase]]:
        """Lock up to `limit` cases with a timer due by `now`, the most overdue first, passing over locked ones."""
        ...


# --- Solver: finds rosters; only the core's evaluator judges them ------------------------------------------


class Solver(Protocol):
    """Makes and mends duty rosters. The same problem and seed give the same answer on any machine."""

    def solve(self, problem: Problem, seed: int = 0) -> Solution:
        """A roster that keeps every rule at little cost, or that there is none."""
        ...

    def possible(self, problem: Problem) -> bool | None:
        """Whether any roster keeps every rule; None where that could not be found out."""
        ...

    def repair(self, problem: Problem, before: Assignment, most: int) -> Sequence[Assignment]:
        """Up to `most` rosters that keep every rule and change the one before as little as can be, the best first.

        Fewest places left empty, then fewest people disturbed, then fewest turns changed, then fairness.
        """
        ...
