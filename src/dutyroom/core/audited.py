"""What an audit of a record says, as values: each clause with what became of it, each deviation with its entries.

Filled by the auditor from the record and the edition it was made under. A finding concerns an obligation of a post;
nothing here counts, ranks or compares persons, and nothing follows from it by itself.
"""

from dataclasses import dataclass
from enum import StrEnum

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import ClockKind, Verb


class Kind(StrEnum):
    """How a record deviates from its plan."""

    LATE = "late"  # done after its deadline
    MISSED = "missed"  # its deadline passed and it was never done
    SKIPPED = "skipped"  # what followed was done, it was not
    WRONG_ACTOR = "wrong_actor"  # done by somebody without the authority
    OUT_OF_ORDER = "out_of_order"  # done before what it waits for
    TWICE = "twice"  # done again although once was owed
    NOT_IN_PLAN = "not_in_plan"  # an act that the plan does not know, or not in this state
    OPEN_AT_END = "open_at_end"  # closed although something was still owed
    TOO_EARLY = "too_early"  # the next was asked before the wait was over
    TOO_LATE = "too_late"  # the next was asked, or a miss noticed, after the wait was over
    NOT_CALLED = "not_called"  # somebody who had to be asked was not
    CHANGED = "changed"  # an entry says other than follows from what went before


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deviation, its cause only: what merely follows from it is not listed. `entries` are positions from 1.

    `due_at` and `late` are set for late and missed, `clock` says whether the number was the plan's (hard), a word's
    (soft) or supplied. For a timer that ran out at another time `late` is by how much, early or late. `expected` and
    `found` word the difference in identifiers. `justified` is the reason, if given.
    """

    id: str
    kind: Kind
    step: str
    key: str
    clauses: tuple[str, ...]
    role: str
    entries: tuple[int, ...]
    at: Instant
    verb: Verb | None = None
    clock: ClockKind | None = None
    due_at: Instant | None = None
    late: Milliseconds = 0
    expected: str = ""
    found: str = ""
    justified: str = ""
    change_wanted: bool = False


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause of the plan against the record.

    `result`: kept, late, missed, deviates, waived, open, not_applicable (nothing of it was owed here), judgement (no
    program can tell). `hard_late` and `soft_late` are the longest lateness by kind of clock. `entries` prove it.
    """

    clause: str
    result: str
    steps: tuple[str, ...]
    entries: tuple[int, ...]
    hard_late: Milliseconds = 0
    soft_late: Milliseconds = 0
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroundFact:
    """A fact that a decision on responsibility may rest on; `ground` is one of the four of the plan's S24:

    reporting (concealed, delayed, falsified), measures (not taken in time), command (not followed), duty (neglected).
    It names the post and the entries; the four times are those of the fact, None where nobody stated them. `grade`:
    record, document, statement, or not_theirs (system down, post empty). Nothing follows from it by itself.
    """

    ground: str
    role: str
    step: str
    clauses: tuple[str, ...]
    what: str
    grade: str
    entries: tuple[int, ...]
    happened_at: Instant | None = None
    known_at: Instant | None = None
    reported_at: Instant | None = None
    received_at: Instant | None = None
    due_at: Instant | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """One case audited. `exact` says that roster and people were known as they stood then, so calls were judged too.

    `cost` is what the changes in the cheapest explanation of the record come to; 0 where it replays as it stands.
    `stuck_at` is 0, or the position of the entry at which the search for an explanation was given up: then what is
    listed is not all there is.
    """

    case: str
    plan: str
    edition: str
    entries: int
    exact: bool
    cost: int
    deviations: tuple[Deviation, ...]
    clauses: tuple[ClauseResult, ...]
    facts: tuple[GroundFact, ...]
    exercise: bool = False
    stuck_at: int = 0


@dataclass(frozen=True, slots=True)
class ClauseInGroup:
    """A clause over many cases. `crews` are posts (crew by crew) that kept it, where only some did."""

    clause: str
    cases: int
    kept: int
    late: int
    broken: int
    only_kept_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepInGroup:
    """Time lost at a step over many cases: the sum and the median of what it was late."""

    step: str
    cases: int
    late: int
    lost: Milliseconds
    median: Milliseconds


@dataclass(frozen=True, slots=True)
class GroupAudit:
    """Several cases of one plan. No table by person can be made of it."""

    plan: str
    cases: int
    clauses: tuple[ClauseInGroup, ...]
    steps: tuple[StepInGroup, ...]
    never_kept: tuple[str, ...]
    one_crew_only: tuple[str, ...]
