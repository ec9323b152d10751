"""The rows of the page: each clause of the paper beside the rules proposed from it, in words.

A proposal stands beside the first clause it was read from. Names posts and bodies as the paper does; knows no people.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.adapters.drafts import Choice, new_headings
from dutyroom.core.drafting import Draft, DraftClause, Proposal
from dutyroom.web.drafting.desk import Desk
from dutyroom.wording import say


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a proposal says: its name and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal as a person decides on it. `decision` is accept, leave, correct, or empty while it is open."""

    key: str
    part: str
    title: str
    lines: tuple[Line, ...]
    confidence: str
    confidence_name: str
    decision: str
    decision_name: str
    within: str
    who: str
    timed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A clause and its offers, with the headings that begin there."""

    clause: DraftClause
    headings: tuple[str, ...]
    fate: str
    offers: tuple[Offer, ...]


def rows(desk: Desk, language: str) -> list[Row]:
    """All clauses in the paper's order."""
    proposed, decided = desk.proposed, desk.decided
    names = _names(proposed)
    now = {one.key: one for one in decided.proposals}
    beside: dict[str, list[Offer]] = {}
    for one in proposed.proposals:
        offer = _offer(now.get(one.key, one), names, desk.choices.get(one.key), language)
        beside.setdefault(one.clauses[0], []).append(offer)
    found: list[Row] = []
    above: tuple[str, ...] = ()
    for clause in decided.clauses:
        headings = new_headings(clause.headings, above)
        above = clause.headings
        fate = say(f"draft.fate.{clause.runs_as}", language)
        found.append(Row(clause, headings, fate, tuple(beside.get(clause.id, ()))))
    return found


def _names(draft: Draft) -> Mapping[str, str]:
    """What a proposal or a fact is called."""
    called = {one.id: str(one.entry.get("name", one.entry.get("title", one.id))) for one in draft.proposals}
    return {id: name for id, (_, name, _) in draft.facts.items()} | called


def _offer(one: Proposal, names: Mapping[str, str], choice: Choice | None, language: str) -> Offer:
    entry = one.entry
    done = entry.get("clocks", {}).get("done", "")
    decision = choice.decision if choice else ""
    return Offer(
        one.key,
        say(f"draft.part.{one.part}", language),
        str(entry.get("title", entry.get("name", one.id))),
        tuple(_lines(one, names, language)),
        one.confidence,
        say(f"draft.confidence.{one.confidence}", language) if one.confidence else "",
        decision,
        say(f"draft.decided.{decision}", language) if decision else "",
        str(done["within"] if isinstance(done, dict) else done),
        str(entry.get("who", "")),
        one.part == "steps",
    )


def _lines(one: Proposal, names: Mapping[str, str], language: str) -> list[Line]:
    """What the proposal says, without its title."""
    entry, found = one.entry, []

    def line(code: str, value: str) -> None:
        found.append(Line(say(f"draft.line.{code}", language), value))

    if one.part in ("steps", "calendar"):
        line("who", names.get(entry.get("who", ""), "") or say("draft.line.nobody", language))
    for verb, clock in entry.get("clocks", {}).items():
        within = clock["within"] if isinstance(clock, dict) else clock
        since = say(f"draft.since.{clock['since']}", language) if isinstance(clock, dict) else ""
        line(f"clock.{verb}", f"{within} {since}".strip())
    if "report" in entry:
        line("told", "、".join(names.get(body, body) for body in entry["report"]["to"]))
        if entry["report"].get("contents"):
            line("contents", "、".join(entry["report"]["contents"]))
    if "every" in entry:
        line("every", say(f"draft.every.{entry['every']}", language) + f" {entry.get('at', '')}".rstrip())
    if entry.get("members"):
        line("members", "、".join(names.get(role, role) for role in entry["members"]))
    if "quantity" in entry:
        line("quantity", f"{entry['quantity']} {entry['unit']}".strip())
    for criterion in entry.get("any", []):
        line("criterion", _criterion(criterion, names))
    return found


def _criterion(one: Mapping[str, object], names: Mapping[str, str]) -> str:
    if "hazard" in one:
        return f"{names.get(str(one['hazard']), one['hazard'])} {one['colour']}"
    low = f"≥ {one['at_least']}" if "at_least" in one else ""
    top = f"< {one['below']}" if "below" in one else ""
    fact = str(one.get("fact", ""))
    bounds = ", ".join(part for part in (low, top) if part)
    return " ".join(part for part in (names.get(fact, fact), bounds, str(one.get("unit", ""))) if part)
