"""What a plan is: roles, levels, steps, clocks, ladders, moves; frozen values that hold for one edition.

A plan knows roles, never people: who holds a role is the roster's, how to reach them the people list's.
The formal base is the timed Dynamic Condition Response graph (Hildebrandt & Mukkamala 2011): `after`/`when` are its
conditions, a step that falls due is a response with a deadline, `phases` include and exclude, a join is a milestone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import ClassVar

from pydantic import ConfigDict

from dutyroom.core.instants import MINUTE, Milliseconds
from dutyroom.core.surroundings import (
    CalendarDuty,
    Outside,
    PackUse,
    Period,
    Place,
    Post,
    Quota,
    Reference,
    Report,
    Resource,
    Warnings,
)
from dutyroom.core.words import Law, Strict, Words


class Verb(StrEnum):
    """The four acts that must not blur: I have it; it is mine; I am there; it is done."""

    RECEIVED = "received"
    TAKEN = "taken"
    ON_SCENE = "on_scene"
    DONE = "done"


VERBS = (Verb.RECEIVED, Verb.TAKEN, Verb.ON_SCENE, Verb.DONE)


@cache
def implied(verb: Verb) -> tuple[Verb, ...]:
    """The verb and those it implies: who has finished it had received and taken it.

    "On scene" is never implied: being there is a fact of its own.
    """
    return tuple(v for v in VERBS[: VERBS.index(verb) + 1] if v is not Verb.ON_SCENE or v is verb)


class ClockKind(StrEnum):
    """Where a number comes from: the plan or the law; a word such as 立即; or Dutyroom where the plan is silent."""

    HARD = "hard"
    SOFT = "soft"
    DEFAULT = "default"


REMINDER = 5 * MINUTE

OPENED = "opened"
STARTS = (OPENED, "happened", "known", "reported", "received")


@dataclass(frozen=True, slots=True)
class Clock(Strict):
    """Within `within` milliseconds of `since`: the obligation's opening, a time of the report, or a step being done.

    `word` is the plan's own word for a soft clock. A start that nobody knows falls back to the next that is known:
    happened, known, reported, received.
    """

    kind: ClockKind
    within: Milliseconds
    word: str = ""
    since: str = OPENED


@dataclass(frozen=True, slots=True)
class Role(Strict):
    """A post that acts. `deputies` are asked in this order when it is silent; `duties` are shown on its card.

    `outside` names the outside body whose own people hold it: in an exercise they are never called.
    """

    id: str
    name: Words
    deputies: tuple[str, ...] = ()
    outside: str = ""
    duties: Words | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group(Strict):
    """Posts under a leader. `together` says that its members act at once, so that nobody can be in two such groups."""

    id: str
    members: tuple[str, ...]
    name: Words | None = None
    leader: str = ""
    deputy: str = ""
    duties: Words | None = None
    together: bool = False
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion(Strict):
    """One measure of a level: exactly one of a fact, kinds, an outside warning, or a CEL condition.

    Numbers are half-open, as the law writes them: `at_least` includes its number (以上), `below` excludes it (以下).
    A fact that is true or false is a judgement when `judged_by` names the post whose word it is.
    """

    fact: str = ""
    at_least: int | None = None
    below: int | None = None
    unit: str = ""
    true: bool = False
    judged_by: str = ""
    kinds: tuple[str, ...] = ()
    hazard: str = ""
    colour: str = ""
    areas: tuple[str, ...] = ()
    when: str = ""
    text: Words | None = None


@dataclass(frozen=True, slots=True)
class Level(Strict):
    """A response level; `rank` 1 is the gravest. Its criteria propose it, a person decides.

    It is proposed when one of `any` holds, or every one of `all`; `when` is CEL for what criteria cannot say.
    """

    id: str
    rank: int
    name: Words
    when: str = ""
    any: tuple[Criterion, ...] = ()
    all: tuple[Criterion, ...] = ()
    does: Words | None = None
    clauses: tuple[str, ...] = ()


class FieldType(StrEnum):
    TEXT = "text"
    COUNT = "count"
    CHOICE = "choice"
    BOOL = "bool"
    TIME = "time"
    ROLE = "role"
    LEVEL = "level"
    KIND = "kind"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Field(Strict):
    """What a step asks of the person who completes it. `fact` writes the answer into the case's facts."""

    id: str
    label: Words
    type: FieldType = FieldType.TEXT
    required: bool = True
    fact: bool = False
    options: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition(Strict):
    """A named CEL condition whose words are shown when it is not met."""

    id: str
    text: Words
    when: str


@dataclass(frozen=True, slots=True)
class Join(Strict):
    """Steps that must be done before: all of them, or any."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat(Strict):
    """Owed again every `every` until the CEL condition holds or the phase is left. `nothing_new` is then an answer."""

    every: Milliseconds
    until: str = "false"
    nothing_new: bool = False

    @property
    def interval(self) -> Milliseconds:
        """`every`, at least a minute: the checker refuses less, but a draft is played before it is approved."""
        return max(self.every, MINUTE)

    @property
    def reminder(self) -> Milliseconds:
        """How long before a later round falls due its owner is reminded."""
        return min(REMINDER, self.interval // 6)


@dataclass(frozen=True, slots=True)
class Owes(Strict):
    """Completing the step makes a new promise: `step`, owed by the role in `owner_field`, by the time in `by_field`."""

    step: str
    when: str = "true"
    owner_field: str = ""
    by_field: str = ""
    text_field: str = ""


@dataclass(frozen=True, slots=True)
class Confirm(Strict):
    """A second person confirms the act before it counts: a step of its own (`ID_confirmed`) with this `title`."""

    who: str
    title: Words
    clock: Clock | None = None


CONFIRMED = "_confirmed"


@dataclass(frozen=True, slots=True)
class Step(Strict):
    """One act of the plan. `who` is a role, or a group when `each` member owes it (`quorum` of them suffice).

    A `voluntary` step is never owed: its roles may do it, as often as needed, while one of `phases` holds.
    `ladder` names the roles asked after the actor's deputies; the organisation's last rung always follows.
    `levels` are those in which it is owed (none: all); when the level leaves them, a step already begun goes on or
    stops (`on_level_change`). `command` hands the command to outsiders, or takes it back. `fulfils` names the step of a
    rule pack that this one carries out in the plan's own way.
    """

    id: str
    title: Words
    clauses: tuple[str, ...]
    who: tuple[str, ...]
    phases: tuple[str, ...]
    stream: str = ""
    after: Join = Join()
    when: str = "true"
    levels: tuple[str, ...] = ()
    on_level_change: str = "go_on"  # "go_on" | "stop"
    clocks: Mapping[Verb, Clock] = field(default_factory=dict)
    not_before: Milliseconds = 0
    remind: Milliseconds = 0
    repeat: Repeat | None = None
    each: bool = False
    quorum: int = 0
    asks: tuple[Field, ...] = ()
    requires: tuple[Condition, ...] = ()
    requires_any: bool = False
    ladder: tuple[str, ...] = ()
    owes: tuple[Owes, ...] = ()
    waivable_by: tuple[str, ...] = ()
    separate_from: tuple[str, ...] = ()
    confirm: Confirm | None = None
    voluntary: bool = False
    outlives: bool = False
    command: str = ""  # "" | "hand_over" | "take_back"
    report: Report | None = None
    place: str = ""
    uses: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    done_when: Words | None = None
    never: tuple[Words, ...] = ()
    card: Words | None = None
    fulfils: str = ""
    law: Law | None = None
    confidence: str = ""  # "" | "high" | "medium" | "low": proposed by reading a paper, not yet accepted
    line: int = 0

    def holds_at(self, level: str) -> bool:
        """Whether the step is owed at the level."""
        return not self.levels or level in self.levels


@dataclass(frozen=True, slots=True)
class Move(Strict):
    """An automatic move between phases once the steps are done and the condition holds."""

    source: str
    target: str
    after: Join = Join()
    when: str = "true"
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact(Strict):
    """A typed value that conditions may read; `default` holds until somebody has said otherwise."""

    id: str
    default: bool | int | str
    name: Words
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Assisting(Strict):
    """Once the command has passed to outsiders: who is our liaison, and which steps wait until it comes back."""

    liaison: str
    locks: tuple[str, ...]
    text: Words | None = None


@dataclass(frozen=True, slots=True)
class SoftWord(Strict):
    """The organisation's reading of a word that is not a number (立即, 及时)."""

    name: Words
    within: Milliseconds


@dataclass(frozen=True, slots=True)
class Defaults(Strict):
    """What the organisation supplies where the plan is silent, in one visible block.

    `quiet` are the hours of the night in which nobody is rung about what the calendar asks, outside special periods.
    """

    words: Mapping[str, SoftWord]
    last_rung: str
    ask_again: Milliseconds
    ring_again: Milliseconds
    done: Milliseconds
    quiet: str = "22:00-06:00"


RUNS_AS = ("rules", "product", "judgement", "not_executed", "waits")


@dataclass(frozen=True, slots=True)
class Clause(Strict):
    """A clause of the written plan, word for word, and what became of it.

    `runs_as`: rules; a part of the product; judgement (people decide, no program can); not_executed (refused, with the
    replacement in `note`); waits (not executable yet). `chapter` is its place in GB/T 29639-2020's order.
    """

    id: str
    text: Words
    runs_as: str = "rules"
    chapter: str = ""
    note: Words | None = None
    see: tuple[str, ...] = ()
    confidence: str = ""


@dataclass(frozen=True)
class Plan:
    """One edition of a written plan, immutable. `source_sha256` ties it to the exact text it was read from.

    `marks` says where each part stands in the text (`steps.3.clocks.done` -> line, column); it is no part of the plan.
    """

    id: str
    version: str
    number: str
    title: Words
    unit: Words
    defaults: Defaults
    roles: Mapping[str, Role]
    groups: Mapping[str, Group]
    kinds: Mapping[str, Words]
    levels: tuple[Level, ...]
    facts: Mapping[str, Fact]
    steps: tuple[Step, ...]
    moves: tuple[Move, ...]
    clauses: tuple[Clause, ...]
    type: str = "general"  # "general" | "special" | "scene"
    trade: str = ""
    parent: str = ""
    signs: tuple[str, ...] = ()
    issued: str = ""
    approved_by: str = ""
    signed_by: tuple[str, ...] = ()
    packs: tuple[PackUse, ...] = ()
    outside: Mapping[str, Outside] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    calendar: tuple[CalendarDuty, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    warnings: Warnings = field(default_factory=Warnings)
    assisting: Assisting | None = None
    revise_when: tuple[Words, ...] = ()
    source_sha256: str = ""
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @cached_property
    def duty(self) -> tuple[Step, ...]:
        """The steps that posts and calendar make: reports, handovers, roll calls, rounds. No part of any incident."""
        from dutyroom.core.duties.steps import duty_steps  # it is made of a plan

        return duty_steps(self)

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """Steps by id, those of duty among them."""
        return {step.id: step for step in (*self.steps, *self.duty)}

    @cached_property
    def spawned(self) -> frozenset[str]:
        """Steps that only another step's promise opens, or the calendar."""
        promised = {owes.step for step in self.steps for owes in step.owes}
        return frozenset(promised | {step.id for step in self.duty})

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """Level ranks by id; 1 is the gravest."""
        return {level.id: level.rank for level in self.levels}

    @cached_property
    def steps_of_phase(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps that hold in each phase, in the plan's order."""
        steps = (*self.steps, *self.duty)
        phases = {phase for step in steps for phase in step.phases}
        return {phase: tuple(step for step in steps if phase in step.phases) for phase in phases}

    def members(self, role: str) -> tuple[str, ...]:
        """The roles a name stands for: a group's members, or the role itself."""
        group = self.groups.get(role)
        return group.members if group else (role,)

    def place(self, path: str) -> tuple[int, int]:
        """Line and column of the deepest part of the path that the text has; (1, 1) if it has none of it."""
        while path and path not in self.marks:
            path = path.rpartition(".")[0]
        return self.marks.get(path, (1, 1))
