"""An outside warning as we understand it, whoever sent it and in whatever form: `Alert`, and what the plan makes of it.

An alert has parts, because one message may put two places down to yellow while a third stays orange. A later message
supersedes those it refers to; a cancelling one ends them. A warning whose end nobody gave lasts a day from its onset.
Types of events are the senders', without end: one that the plan does not know is kept and shown, and never fails.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyroom.core.commands import Answer
from dutyroom.core.grading import LIFTED, WARNING, warning_rules
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import COLOURS, WarningRule

ALERT, UPDATE, CANCEL = "alert", "update", "cancel"
ACTUAL, EXERCISE, TEST = "actual", "exercise", "test"
LASTS = DAY  # where the sender names no end
EVERYWHERE = "all"

_COLOURS = {"蓝": "blue", "黄": "yellow", "橙": "orange", "红": "red"}
# How the senders' severities stand for colours, and back (CAP 1.2; the mapping that Chinese feeds use).
SEVERITIES = {"minor": "blue", "moderate": "yellow", "severe": "orange", "extreme": "red"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a warning is for: the sender's words, and codes of it (region codes of GB/T 2260, or others)."""

    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertPart:
    """One hazard in one colour for some places, from `onset_at` until `expires_at` (exclusive)."""

    event: str
    colour: str  # "" where the sender gave none
    places: tuple[Place, ...]
    onset_at: Instant
    expires_at: Instant
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A message of a sender. `refers_to` are identifiers of earlier messages that it updates or cancels."""

    identifier: str
    sender: str
    sent_at: Instant
    kind: str
    status: str
    parts: tuple[AlertPart, ...]
    refers_to: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """Only an actual warning changes anything: exercises and tests are shown."""
        return self.status == ACTUAL


@dataclass(frozen=True, slots=True)
class Heeded:
    """What a part means by a plan: our hazard ("" none), our areas (none: we cannot tell), the rules it would meet."""

    hazard: str
    areas: tuple[str, ...]
    facts: Mapping[str, Answer]
    rules: tuple[WarningRule, ...]

    @property
    def is_automatic(self) -> bool:
        """The plan starts without waiting for a person."""
        return any(rule.automatic for rule in self.rules)


def end_of(onset_at: Instant, expires_at: Instant | None) -> Instant:
    """The end that was given, or a day after the onset."""
    return expires_at if expires_at is not None and expires_at > onset_at else onset_at + LASTS


def colour_in(text: str) -> str:
    """The colour a text names (橙色, Orange, 橙); "" if none or more than one."""
    found = {colour for sign, colour in _COLOURS.items() if sign in text}
    found |= {colour for colour in COLOURS if re.search(rf"\b{colour}\b", text, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else ""


def heed(plan: Plan, part: AlertPart, map_of_areas: Mapping[str, str]) -> Heeded:
    """What the part means for a site that works by the plan.

    `map_of_areas` says which of the plan's areas the sender's places (names or codes) are.
    """
    # The Chinese form gives a code for the event; what it is stands in the heading then.
    hazard = hazard_of(plan, part.event) or hazard_of(plan, part.headline)
    areas = areas_of(plan, part.places, map_of_areas)
    known = plan.warnings.hazards.get(hazard)
    facts: dict[str, Answer] = {}
    if known is not None and part.colour in known.colours:
        facts = {f"{WARNING}{hazard}.{area}": part.colour for area in areas}
    return Heeded(hazard, areas, facts, warning_rules(plan, facts))


def hazard_of(plan: Plan, event: str) -> str:
    """The plan's hazard that the sender's word is: the same, or the longest whose name stands in it; "" if none."""
    said = event.casefold()
    found = [
        (len(name), one.id)
        for one in plan.warnings.hazards.values()
        for name in (one.id.casefold(), one.name.zh.casefold(), one.name.en.casefold())
        if name and name in said
    ]
    return max(found)[1] if found else ""


def areas_of(plan: Plan, places: Iterable[Place], map_of_areas: Mapping[str, str]) -> tuple[str, ...]:
    """The plan's areas that the places are, in the plan's order; everywhere where the plan has none.

    A place is ours by its line in the map, or by bearing an area's name or id. None: nobody told us which it is.
    """
    if not plan.warnings.areas:
        return (EVERYWHERE,)
    said = {text.strip() for place in places for text in (place.name, *place.codes)}
    mapped = {map_of_areas[text] for text in said if text in map_of_areas}
    return tuple(
        area
        for area, name in plan.warnings.areas.items()
        if area in mapped or said & {area, name.zh, name.en}
    )


def lifted(facts: Mapping[str, Answer]) -> dict[str, Answer]:
    """The facts that say the same warnings are over."""
    return dict.fromkeys(facts, LIFTED)


def read_map(text: str) -> tuple[dict[str, str], tuple[int, ...]]:
    """Lines `their place = our area` as a map, and the numbers of lines that are not of that form. # begins a note."""
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        theirs, sign, ours = line.replace("＝", "=").partition("=")
        if not sign or not theirs.strip() or not ours.strip():
            wrong.append(number)
        else:
            found[theirs.strip()] = ours.strip()
    return found, tuple(wrong)
