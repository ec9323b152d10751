"""Which chapter each part, step and clause of a plan is printed in. One home each, so that nothing stands twice.

Refuses to know what a chapter looks like.
"""

from collections.abc import Mapping

from dutyroom.core.chapters import chapters
from dutyroom.core.phases import CLOSED, CLOSING, READINESS, RECOVERY, RESPONSE
from dutyroom.core.plan import FieldType, Plan, Step

# In the order in which they stand in a chapter. An empty chapter is an annex of its own after the standard's.
PARTS: Mapping[str, Mapping[str, str]] = {
    "general": {
        "kinds": "1.1", "levels": "1.2", "chart": "2", "posts": "2", "groups": "2", "watches": "3.1.1",
        "reports": "3.1.1", "warnings": "3.2.1", "flow": "3.3", "places": "3.4", "clocks": "3.4",
        "outside": "3.5", "contacts_note": "5.1", "quotas": "5.2", "periods": "5.2", "supplies_note": "5.3",
        "calendar": "5.4", "system": "A3", "resources": "A4", "contacts": "A5", "forms": "A6", "drawings": "A7",
        "agreements": "A8",
    },
    "special": {
        "kinds": "1", "levels": "3", "chart": "2", "posts": "2", "groups": "2", "watches": "2", "reports": "3",
        "warnings": "3", "flow": "3", "places": "4", "clocks": "4", "outside": "4", "contacts_note": "5",
        "quotas": "5", "periods": "5", "supplies_note": "5", "calendar": "5", "system": "A3", "resources": "A4",
        "contacts": "A5", "forms": "A6", "drawings": "A7", "agreements": "A8",
    },
    "scene": {
        "kinds": "1", "levels": "1", "warnings": "1", "chart": "2", "posts": "2", "groups": "2", "watches": "2",
        "reports": "3", "flow": "3", "places": "3", "clocks": "3", "outside": "3", "quotas": "4", "periods": "4",
        "calendar": "4", "resources": "", "contacts": "", "system": "", "forms": "", "drawings": "",
        "agreements": "",
    },
}  # fmt: skip

_BY_PHASE: Mapping[str, Mapping[str, str]] = {
    "general": {READINESS: "3.1.2", RESPONSE: "3.4", CLOSING: "3.6", RECOVERY: "4", CLOSED: "4"},
    "special": {READINESS: "3", RESPONSE: "4", CLOSING: "4", RECOVERY: "4", CLOSED: "4"},
    "scene": dict.fromkeys((READINESS, RESPONSE, CLOSING, RECOVERY, CLOSED), "3"),
}


def home_of_step(plan: Plan, step: Step) -> str:
    """The chapter whose table holds the step: first match wins."""
    by_phase = _BY_PHASE.get(plan.type, _BY_PHASE["general"])
    first = step.phases[0] if step.phases else RESPONSE
    home = by_phase.get(first, by_phase[RESPONSE])
    return home if plan.type in ("special", "scene") else _general(plan, step, first) or home


def _general(plan: Plan, step: Step, first: str) -> str:
    moves = {
        (move.source, move.target) for move in plan.moves if step.id in (*move.after.all, *move.after.any)
    }
    if step.command:
        return "3.5"
    if step.outlives:
        return "4"
    if step.report:
        return "3.1.1"
    if any(field.type is FieldType.LEVEL for field in step.asks):
        return "3.1.2"
    if (READINESS, RESPONSE) in moves:
        return "3.3"
    if (READINESS, CLOSED) in moves:
        return "3.2.3"
    if (RESPONSE, CLOSING) in moves:
        return "3.6"
    return "3.2.2" if first == READINESS and step.voluntary else ""


def home_of_clauses(plan: Plan) -> Mapping[str, list[str]]:
    """Chapter -> the ids of the clauses printed in it, in the plan's order; "" holds those without a chapter."""
    known = {chapter.number for chapter in chapters(plan.type)}
    homes: dict[str, list[str]] = {}
    for clause in plan.clauses:
        home = clause.chapter if clause.chapter in known else _cited(plan, clause.id)
        homes.setdefault(home, []).append(clause.id)
    return homes


def _cited(plan: Plan, clause: str) -> str:
    """The chapter of the first rule that cites the clause."""
    parts = PARTS.get(plan.type, PARTS["general"])
    for step in plan.steps:
        if clause in step.clauses:
            return home_of_step(plan, step)
    places: tuple[tuple[str, list[tuple[str, ...]]], ...] = (
        ("levels", [one.clauses for one in plan.levels]),
        ("posts", [one.clauses for one in plan.roles.values()]),
        ("groups", [one.clauses for one in plan.groups.values()]),
        ("watches", [one.clauses for one in plan.posts.values()]),
        ("warnings", [one.clauses for one in plan.warnings.rules]),
        ("places", [one.clauses for one in plan.places.values()]),
        ("outside", [one.clauses for one in plan.outside.values()]),
        ("resources", [one.clauses for one in plan.resources.values()]),
        ("periods", [one.clauses for one in plan.periods.values()]),
        ("quotas", [one.clauses for one in plan.quotas]),
        ("calendar", [one.clauses for one in plan.calendar]),
    )
    return next((parts[part] for part, cited in places if any(clause in one for one in cited)), "")
