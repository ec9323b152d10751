"""What a review of a finished case says, as values: the shape that pages, PDF, .docx and the archive share.

It is filled from the record and the plan by whoever audits; this module refuses to know how. Rows name
holders of duty roles only: everybody else in a case is a count or a role, and stays out of here. Nothing
ranks or scores a person: verdicts belong to obligations, and facts of responsibility are listed for a named
person to decide on.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from dutyroom.core.instants import Instant, iso


class Verdict(StrEnum):
    """How one obligation ended."""

    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"
    WAIVED = "waived"
    OPEN = "open"


class Clock(StrEnum):
    """Where an obligation's number comes from: the plan or law, a soft word, or Dutyroom's own addition."""

    HARD = "hard"
    SOFT = "soft"
    DEFAULT = "default"


class ActionState(StrEnum):
    """How far a corrective action is. `effective` is checked later, not assumed when it is done."""

    OPEN = "open"
    DONE = "done"
    EFFECTIVE = "effective"
    OVERDUE = "overdue"


class Grade(StrEnum):
    """How strong the evidence for a fact is: the record, a document or photo, or a statement."""

    RECORD = "record"
    DOCUMENT = "document"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened, who did it (role; name of its holder) and the clause it answers."""

    at: Instant
    role: str
    name: str
    what: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One obligation against the plan. `late_minutes` counts only for the verdict late."""

    clause: str
    step: str
    role: str
    due: Instant | None
    done: Instant | None
    verdict: Verdict
    clock: Clock
    late_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One corrective action: who sees to it, by when, what proves it."""

    what: str
    role: str
    name: str
    due: Instant | None
    proof: str
    state: ActionState


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact a decision on responsibility may rest on, and what the one concerned answered ("" for not
    yet).
    """

    clause: str
    role: str
    name: str
    fact: str
    grade: Grade
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One figure with its label and unit, already worded; whole numbers only."""

    label: str
    value: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One case in review. `zone` is the IANA zone its times are shown in; `level` is already worded."""

    title: str
    site: str
    case_id: str
    opened: Instant
    closed: Instant | None
    level: str
    zone: str = "Asia/Shanghai"
    exercise: bool = False
    numbers: tuple[Number, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    obligations: tuple[ObligationRow, ...] = ()
    worked: tuple[str, ...] = ()
    open_points: tuple[str, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    facts: tuple[FactRow, ...] = ()


_INSTANTS = frozenset({"at", "due", "done", "opened", "closed"})


def as_data(review: Review) -> dict[str, Any]:
    """The review as plain values for JSON; instants in ISO 8601."""
    data: dict[str, Any] = plain(asdict(review), _INSTANTS)
    return data


def plain(value: Any, instants: frozenset[str]) -> Any:
    """A result's fields as JSON has them; whole numbers under one of the names `instants` become ISO 8601."""
    if isinstance(value, dict):
        return {
            key: iso(each) if key in instants and isinstance(each, int) else plain(each, instants)
            for key, each in value.items()
        }
    if isinstance(value, tuple | list):
        return [plain(each, instants) for each in value]
    return str(value) if isinstance(value, StrEnum) else value
