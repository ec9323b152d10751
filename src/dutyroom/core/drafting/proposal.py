"""What reading a paper proposes: one `Proposal` a rule, with the clause it comes from and how sure we are of it.

A proposal's `entry` is what a plan file says under its key, in plain mappings and lists, so that it can be shown,
corrected and written. Nothing here is in force: a person accepts, corrects or leaves each one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dutyroom.core.drafting.clausing import Cut, Passage

HIGH, MEDIUM, LOW = "high", "medium", "low"
_ORDER = (HIGH, MEDIUM, LOW)

ROLE, GROUP, LEVEL, STEP, DUTY, BODY, RESOURCE, HAZARD = (
    "roles", "groups", "levels", "steps", "calendar", "outside", "resources", "hazards",
)  # fmt: skip


@dataclass(slots=True)
class Proposal:
    """A rule to be: where it goes (`part`), its id and entry, and the clauses it was read from."""

    part: str
    id: str
    entry: dict[str, Any]
    clauses: list[str]
    confidence: str

    @property
    def key(self) -> str:
        """Part and id together, unique in a draft."""
        return f"{self.part}.{self.id}"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the paper names: moved out of the plan. `body` marks an outside body, which has no post with us."""

    name: str
    post: str = ""
    unit: str = ""
    phone: str = ""
    body: bool = False


@dataclass(frozen=True, slots=True)
class DraftClause:
    """A clause of the draft: text without names and phones, and what became of it. `reason` is a wording code."""

    id: str
    text: str
    chapter: str
    runs_as: str
    confidence: str = ""
    reason: str = ""
    headings: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper, read. `words` are the soft words it uses with a reading to be set; `chief` is who leads, if it says."""

    title: str
    type: str
    language: str
    clauses: tuple[DraftClause, ...]
    proposals: tuple[Proposal, ...]
    contacts: tuple[Contact, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[Any, str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    chief: str = ""
    unit: str = ""
    number: str = ""
    version: str = ""


class Reading:
    """What the recognisers know so far and write into: one for a paper."""

    def __init__(self, paper: Cut) -> None:
        self.title, self.type, self.passages = paper.title, paper.type, paper.passages
        self.proposals: dict[str, Proposal] = {}
        self.contacts: list[Contact] = []
        self.names: dict[str, str] = {}  # a person's name -> the post it stands for
        self.posts: dict[str, str] = {}  # a post as the paper writes it -> role id
        self.facts: dict[str, tuple[Any, str, str]] = {}
        self.kinds: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.used: dict[str, str] = {}  # clause id -> confidence
        self.chief = ""

    def propose(
        self, part: str, id: str, entry: dict[str, Any], passage: Passage, confidence: str
    ) -> Proposal:
        """Add a proposal, or let one that is already there gain what this passage adds."""
        self.use(passage, confidence)
        key = f"{part}.{id}"
        known = self.proposals.get(key)
        if known is None:
            known = self.proposals[key] = Proposal(part, id, entry, [passage.id], confidence)
            return known
        for name, value in entry.items():
            known.entry.setdefault(name, value)
        if passage.id not in known.clauses:
            known.clauses.append(passage.id)
        known.confidence = surer(known.confidence, confidence)
        return known

    def use(self, passage: Passage, confidence: str) -> None:
        """Mark the passage as read into a rule."""
        self.used[passage.id] = surer(self.used.get(passage.id, LOW), confidence)

    def free_id(self, part: str, wish: str) -> str:
        """An id that no other proposal of the part has."""
        stem, name, number = wish.removesuffix("_1"), wish, 2
        while f"{part}.{name}" in self.proposals:
            name, number = f"{stem}_{number}", number + 1
        return name

    def of(self, part: str) -> list[Proposal]:
        """The proposals of one part in order."""
        return [one for one in self.proposals.values() if one.part == part]


def surer(one: str, other: str) -> str:
    """The higher confidence of two."""
    return one if _ORDER.index(one) <= _ORDER.index(other) else other
