"""What a plan is: roles, levels, steps, clocks, ladders, moves; frozen values that hold for one edition.

A plan knows roles, never people: who holds a role is the roster's, how to reach them the people list's.
The formal base is the timed Dynamic Condition Response graph (Hildebrandt & Mukkamala 2011): `after`/`when` are its
conditions, a step that falls due is a response with a deadline, `phases` include and exclude, a join is a milestone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from dutyroom.core.instants import Milliseconds


class Verb(StrEnum):
    """The four acts that must not blur: I have it; it is mine; I am there; it is done."""

    RECEIVED = "received"
    TAKEN = "taken"
    ON_SCENE = "on_scene"
    DONE = "done"


VERBS = (Verb.RECEIVED, Verb.TAKEN, Verb.ON_SCENE, Verb.DONE)


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


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Clock:
    """Within `within` milliseconds of the obligation's opening. `word` is the plan's own word for a soft clock."""

    kind: ClockKind
    within: Milliseconds
    word: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    name: Words
    deputies: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A response level; `rank` 1 is the gravest. `when` is CEL over the case's facts and proposes, a person decides."""

    id: str
    rank: int
    name: Words
    when: str
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


@dataclass(frozen=True, slots=True)
class Field:
    """What a step asks of the person who completes it. `fact` writes the answer into the case's facts."""

    id: str
    label: Words
    type: FieldType = FieldType.TEXT
    required: bool = True
    fact: bool = False
    options: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A named CEL condition whose words are shown when it is not met."""

    id: str
    text: Words
    when: str


@dataclass(frozen=True, slots=True)
class Join:
    """Steps that must be done before: all of them, or any."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """Owed again every `every` until the CEL condition holds or the phase is left."""

    every: Milliseconds
    until: str = "false"


@dataclass(frozen=True, slots=True)
class Owes:
    """Completing the step makes a new promise: `step`, owed by the role in `owner_field`, by the time in `by_field`."""

    step: str
    when: str = "true"
    owner_field: str = ""
    by_field: str = ""
    text_field: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the plan. `who` is a role, or a group when `each` member owes it (`quorum` of them suffice).

    A `voluntary` step is never owed: its roles may do it, as often as needed, while one of `phases` holds.
    `ladder` names the roles asked after the actor's deputies; the organisation's last rung always follows.
    """

    id: str
    title: Words
    clauses: tuple[str, ...]
    who: tuple[str, ...]
    phases: tuple[str, ...]
    stream: str = ""
    after: Join = Join()
    when: str = "true"
    clocks: Mapping[Verb, Clock] = field(default_factory=dict)
    not_before: Milliseconds = 0
    repeat: Repeat | None = None
    each: bool = False
    quorum: int = 0
    asks: tuple[Field, ...] = ()
    requires: tuple[Condition, ...] = ()
    ladder: tuple[str, ...] = ()
    owes: tuple[Owes, ...] = ()
    waivable_by: tuple[str, ...] = ()
    separate_from: tuple[str, ...] = ()
    voluntary: bool = False
    outlives: bool = False
    card: Words | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """An automatic move between phases once the steps are done and the condition holds."""

    source: str
    target: str
    after: Join
    when: str = "true"


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed value that conditions may read; `default` holds until somebody has said otherwise."""

    id: str
    default: bool | int | str
    name: Words


@dataclass(frozen=True, slots=True)
class SoftWord:
    """The organisation's reading of a word that is not a number (立即, 及时)."""

    name: Words
    within: Milliseconds


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the organisation supplies where the plan is silent, in one visible block."""

    words: Mapping[str, SoftWord]
    last_rung: str
    ask_again: Milliseconds
    ring_again: Milliseconds
    done: Milliseconds


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the written plan and what became of it: rules, a part of the product, or text with the reason."""

    id: str
    text: Words
    runs_as: str = "rules"  # "rules" | "product" | "judgement" | "not_executed"
    note: Words | None = None


@dataclass(frozen=True)
class Plan:
    """One edition of a written plan, immutable. `source_sha256` ties it to the exact text it was read from."""

    id: str
    version: str
    number: str
    title: Words
    unit: Words
    defaults: Defaults
    roles: Mapping[str, Role]
    groups: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Words]
    levels: tuple[Level, ...]
    facts: Mapping[str, Fact]
    steps: tuple[Step, ...]
    moves: tuple[Move, ...]
    clauses: tuple[Clause, ...]
    signs: tuple[str, ...] = ()
    issued: str = ""
    approved_by: str = ""
    source_sha256: str = ""

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.steps}

    @cached_property
    def spawned(self) -> frozenset[str]:
        """Steps that only another step's promise opens."""
        return frozenset(owes.step for step in self.steps for owes in step.owes)

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """Level ranks by id; 1 is the gravest."""
        return {level.id: level.rank for level in self.levels}

    @cached_property
    def steps_of_phase(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps that hold in each phase, in the plan's order."""
        phases = {phase for step in self.steps for phase in step.phases}
        return {phase: tuple(step for step in self.steps if phase in step.phases) for phase in phases}

    def members(self, role: str) -> tuple[str, ...]:
        """The roles a name stands for: a group's members, or the role itself."""
        return self.groups.get(role, (role,))
