"""What a proof of cover says, as values: what was covered, what was assumed, and every hole with its course and remedy.

Filled by the verifier; shared by the command, the pages and the board. Judges nothing itself. Persons are identifiers
here, as everywhere in the core; a hole belongs to a post and a span of time, never to a person's merit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from dutyroom.core.instants import DAY, MINUTE, Instant, Milliseconds, iso, parse_iso
from dutyroom.core.plan import Verb


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Under what a proof holds.

    `answer_after` is how long a called person who is not silent takes to answer. `evidence` says when a person last
    answered on a channel; None means that every listed channel is taken to reach its person. A channel counts until
    `evidence_life` after that answer. `outages` names what can fail as one (a provider, a site's network) and the
    channel kinds that go with it; each single channel kind fails by itself as well. `together` tries outages along
    with silent people instead of apart. `idle` tries people who answer and then do nothing, not people who are silent.
    """

    answer_after: Milliseconds = MINUTE
    evidence: Mapping[tuple[str, str], Instant] | None = None
    evidence_life: Milliseconds = 8 * DAY
    outages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: bool = False
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that must be taken in time: a step owed by a role. `verb` and `limit` are the plan's first deadline.

    `steps` are all steps that ask the same (same ladder and deadlines); `kinds`, `levels` and `phases` say when it can
    be owed, empty meaning every one. `again` marks the later rounds of a repeated step.
    """

    id: str
    step: str
    steps: tuple[str, ...]
    role: str
    verb: Verb
    limit: Milliseconds
    phases: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a hole's course.

    `what` is called, empty, escalated, exhausted, missed, answered; of a call that nobody answers silent (the person),
    dead (the channel) or stale (no evidence that it reaches them); idle is an answer of somebody who then does nothing.
    """

    offset: Milliseconds
    what: str
    role: str = ""
    person: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that closes the hole, tried on the real ladder. `cost` orders what can be done, the least first.

    renew: get an answer of `person` on the channel kind `detail`; wait: ask again after `detail` seconds instead of the
    plan's `ask_again`; channel: give `person` the channel kind `detail`; second: put one more person on `role`; deputy:
    let `detail` (a role) stand in for `role`, before its other deputies where `first`, else after them.
    """

    what: str
    role: str
    person: str = ""
    detail: str = ""
    cost: int = 0
    first: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """Nobody with authority takes it in time. `silent` and `down` together are minimal: with less it is covered.

    `spans` are the starts for which this holds (half-open, ascending, merged); `course` is minute by minute from the
    first of them. `answered_after` is when somebody answers at last, None if nobody does
    for as long again as the limit, or for six hours after it if that is more.
    `script` is the hole as a drill that fails.
    """

    id: str
    question: str
    silent: tuple[str, ...]
    down: str
    spans: tuple[tuple[Instant, Instant], ...]
    course: tuple[Moment, ...]
    answered_after: Milliseconds | None
    repairs: tuple[Repair, ...] = ()
    script: str = ""


@dataclass(frozen=True, slots=True)
class Weak:
    """A span in which the least failure breaks cover: `least` people silent suffice (0: none is needed)."""

    starts: Instant
    ends: Instant
    question: str
    least: int


@dataclass(frozen=True, slots=True)
class FlowFault:
    """The plan's own course cannot go on. `what` is stuck, no_end, no_owner, never; `steps` leads there."""

    what: str
    step: str = ""
    phase: str = ""
    level: str = ""
    kind: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """The longest time from the report to a milestone when every deadline is just kept; None if unbounded."""

    what: str
    kind: str
    level: str
    worst: Milliseconds | None


@dataclass(frozen=True, slots=True)
class Flow:
    """What was found of the plan's course. `whole` is False where the search was cut off after `states` states."""

    states: int
    whole: bool
    faults: tuple[FlowFault, ...] = ()
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer. It is a proof where `holes` and `flow.faults` are empty.

    `covered_until` is the first instant from which something is not covered, counted from `starts`; `ends` if nothing
    is. `evidence_until` is when the first channel that the proof leans on runs out of evidence; `without_renewal` is
    `covered_until` if nobody answers anything from `starts` on. Both None where evidence was not asked for.
    `empty_from` says from when on nobody is rostered on a role to the end: the roster ends there.
    """

    plan: str
    edition: str
    roster: str
    starts: Instant
    ends: Instant
    missing: int
    assumptions: Assumptions
    questions: tuple[Question, ...]
    holes: tuple[Hole, ...]
    weakest: tuple[Weak, ...]
    covered_until: Instant
    moments: int
    runs: int
    evidence_until: Instant | None = None
    without_renewal: Instant | None = None
    flow: Flow | None = None
    empty_from: Mapping[str, Instant] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.holes and (self.flow is None or not self.flow.faults)


def proof_data(proof: Proof) -> dict[str, Any]:
    """The proof as plain values for JSON; instants in ISO 8601. `read_proof` reads exactly this back."""
    evidence = proof.assumptions.evidence
    bare = replace(proof, assumptions=replace(proof.assumptions, evidence=None))
    data: dict[str, Any] = _adapter().dump_python(bare, mode="json")
    if evidence is not None:  # a pair is no key in JSON
        rows = [[person, channel, iso(at)] for (person, channel), at in sorted(evidence.items())]
        data["assumptions"]["evidence"] = rows
    data["holds"] = proof.holds
    return data


def read_proof(data: Mapping[str, Any]) -> Proof:
    """The proof that `proof_data` wrote. Raises ValueError for what is none."""
    assumptions = dict(data.get("assumptions") or {})
    rows = assumptions.pop("evidence", None)
    rest = {name: value for name, value in data.items() if name not in ("assumptions", "holds")}
    proof: Proof = _adapter().validate_python({**rest, "assumptions": assumptions})
    if rows is None:
        return proof
    evidence = {(person, channel): parse_iso(at) for person, channel, at in rows}
    return replace(proof, assumptions=replace(proof.assumptions, evidence=evidence))


@cache
def _adapter() -> TypeAdapter[Proof]:
    return TypeAdapter(Proof)
