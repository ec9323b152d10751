"""What a person decided about the proposals of a draft: accept, correct or leave each; `choose(draft, choices)`.

An accepted proposal loses its mark of confidence, a corrected one takes the words it was given, and one that is left
goes, its clauses waiting again. Whatever names a proposal that has gone is dropped with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dutyroom.core.drafting.proposal import GROUP, LEVEL, ROLE, STEP, Draft, Proposal

ACCEPT, LEAVE = "accept", "leave"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision. `title` and `within`, where given, replace what the paper's reading proposed."""

    decision: str
    title: str = ""
    within: str = ""
    who: str = ""


def choose(draft: Draft, choices: Mapping[str, Choice]) -> Draft:
    """The draft as decided; proposals without a choice stay as they are."""
    left = {key for key, choice in choices.items() if choice.decision == LEAVE}
    kept = [_decided(one, choices.get(one.key)) for one in draft.proposals if one.key not in left]
    gone = {key.partition(".")[2] for key in left}
    kept = [_without(one, gone) for one in kept]
    ruled = {clause for one in kept for clause in one.clauses}
    clauses = tuple(
        replace(one, runs_as="waits", confidence="", reason="draft.waits")
        if one.runs_as == "rules" and one.id not in ruled and _was_left(draft, left, one.id)
        else one
        for one in draft.clauses
    )
    chief = "" if draft.chief in gone else draft.chief
    return replace(draft, proposals=tuple(kept), clauses=clauses, chief=chief)


def _was_left(draft: Draft, left: set[str], clause: str) -> bool:
    return any(one.key in left and clause in one.clauses for one in draft.proposals)


def _decided(one: Proposal, choice: Choice | None) -> Proposal:
    if choice is None:
        return one
    entry = dict(one.entry)
    if choice.title:
        entry["title" if one.part in (STEP, "calendar") else "name"] = choice.title
    if choice.who and one.part in (STEP, "calendar"):
        entry["who"] = choice.who
    if choice.within and one.part == STEP:
        entry["clocks"] = {
            **entry.get("clocks", {}),
            "done": _moved(entry.get("clocks", {}).get("done"), choice.within),
        }
    return Proposal(one.part, one.id, entry, one.clauses, "" if choice.decision == ACCEPT else one.confidence)


def _moved(before: Any, within: str) -> Any:
    return {**before, "within": within} if isinstance(before, dict) else within


def _without(one: Proposal, gone: set[str]) -> Proposal:
    """The proposal without names of what was left out."""
    if not gone:
        return one
    entry = dict(one.entry)
    for name in ("members", "deputies"):
        if name in entry:
            entry[name] = [role for role in entry[name] if role not in gone]
    for name in ("who", "leader", "deputy", "keeper"):
        if entry.get(name) in gone:
            entry.pop(name)
            if one.part == "calendar" and name == "who":
                entry["who"] = ""
    if one.part == LEVEL:
        entry["any"] = [
            {name: value for name, value in criterion.items() if name != "judged_by" or value not in gone}
            for criterion in entry.get("any", [])
            if criterion.get("hazard") not in gone
        ]
    if "report" in entry:
        told = [body for body in entry["report"]["to"] if body not in gone]
        entry["report"] = {**entry["report"], "to": told}
        if not told:
            entry.pop("report")
    return Proposal(one.part, one.id, entry, one.clauses, one.confidence)


__all__ = ["ACCEPT", "GROUP", "LEAVE", "ROLE", "Choice", "choose"]
