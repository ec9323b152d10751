"""One case as its events left it: facts, phase, level, and every obligation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from dutyroom.core.asked import Commands
from dutyroom.core.commands import Answer, Times
from dutyroom.core.instants import Instant
from dutyroom.core.owing import Mark, Obligation, Obligations

__all__ = ["INCIDENT", "Case", "Mark", "Obligation", "Obligations"]

INCIDENT = "incident"


@dataclass(frozen=True)
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
    obligations: Obligations = field(default_factory=Obligations)
    done: Mapping[str, int] = field(default_factory=dict)
    # `done` as it was when the present phase came back; empty the first time. `phases` are those it has been in.
    done_before: Mapping[str, int] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    doers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: Commands = field(default_factory=Commands)
    events: int = 0
    # Of cases that the calendar opened: what they are, their zone, and the hours in which nobody is called for them.
    kind: str = INCIDENT
    day: str = ""
    periods: tuple[str, ...] = ()
    zone: str = ""
    quiet: str = ""

    # No part of the value: under which plan, and for which parts of the case, it is known that nothing more follows.
    at_rest: ClassVar[tuple[Any, ...]] = ()

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def open_obligations(self) -> Iterator[Obligation]:
        """Obligations still owed, in the order in which they were opened."""
        return iter(self.obligations.open.values())

    def occurrences(self, step: str) -> int:
        """How many times the step has been opened or volunteered."""
        return self.obligations.account(step).highest
