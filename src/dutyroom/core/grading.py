"""Which level a case's facts propose, which cannot be ruled out, and what the outside warnings in force mean for us.

Criteria have three answers: yes, no, unknown. The gravest level whose criteria say yes is proposed, and one that an
uncertain count leaves open is named beside it. Each area keeps its own warning; the gravest rule counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dutyroom.core.commands import Answer
from dutyroom.core.conditions import context, holds
from dutyroom.core.counts import read_count
from dutyroom.core.plan import Criterion, Level, Plan
from dutyroom.core.state import Case
from dutyroom.core.surroundings import COLOURS, WarningRule

WARNING = "warning."
LIFTED = "none"


@dataclass(frozen=True, slots=True)
class OutsideWarning:
    """A warning in force: a hazard, its colour, and the area it was given for."""

    hazard: str
    area: str
    colour: str


def proposed_level(plan: Plan, case: Case) -> str:
    """The gravest level whose criteria hold: a proposal for the person who grades. Empty if none does."""
    return next((level.id for level in _gravest_first(plan) if _level(plan, case, level) is True), "")


def possible_levels(plan: Plan, case: Case) -> tuple[str, ...]:
    """Levels graver than the proposed one that an uncertain count leaves open, gravest first."""
    found = []
    for level in _gravest_first(plan):
        answer = _level(plan, case, level)
        if answer is True:
            break
        if answer is None:
            found.append(level.id)
    return tuple(found)


def warnings_in_force(facts: Mapping[str, Answer]) -> tuple[OutsideWarning, ...]:
    """The outside warnings that the facts state, each area with its own, gravest first."""
    found = []
    for name, colour in facts.items():
        if name.startswith(WARNING) and colour in COLOURS:
            hazard, _, area = name.removeprefix(WARNING).partition(".")
            found.append(OutsideWarning(hazard, area, str(colour)))
    return tuple(sorted(found, key=lambda one: (-COLOURS.index(one.colour), one.hazard, one.area)))


def warning_rules(plan: Plan, facts: Mapping[str, Answer]) -> tuple[WarningRule, ...]:
    """The plan's rules that the warnings in force meet, the one with the gravest level first."""
    given = warnings_in_force(facts)
    met = [
        rule
        for rule in plan.warnings.rules
        if any(_warned(one, rule.hazard, rule.colour, rule.areas) for one in given)
    ]
    return tuple(sorted(met, key=lambda rule: plan.rank.get(rule.level, 99)))


def read_warning(plan: Plan, text: Answer) -> dict[str, Answer] | None:
    """The fact that `hazard:area:colour` states (colour "none" lifts it), or None where it does not fit the plan."""
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 3:
        return None
    hazard, area, colour = parts
    known = plan.warnings.hazards.get(hazard)
    if known is None or (area not in plan.warnings.areas and (area != "all" or plan.warnings.areas)):
        return None
    return {f"{WARNING}{hazard}.{area}": colour} if colour in (*known.colours, LIFTED) else None


def met(
    criteria: Iterable[Criterion], facts: Mapping[str, Answer], seen: Mapping[str, Any]
) -> list[bool | None]:
    """What each criterion says of the facts: yes, no, or None for unknown."""
    return [_criterion(one, facts, seen) for one in criteria]


def any_of(answers: list[bool | None]) -> bool | None:
    """Kleene's or: yes if one is yes, unknown if one may be."""
    return True if True in answers else (None if None in answers else False)


def all_of(answers: list[bool | None]) -> bool | None:
    """Kleene's and: no if one is no, unknown if one may be."""
    return False if False in answers else (None if None in answers else True)


def _gravest_first(plan: Plan) -> list[Level]:
    return sorted(plan.levels, key=lambda level: level.rank)


def _level(plan: Plan, case: Case, level: Level) -> bool | None:
    seen = context(plan, case)
    facts = {fact.id: fact.default for fact in plan.facts.values()} | dict(case.facts)
    parts: list[bool | None] = []
    if level.when:
        parts.append(holds(level.when, seen))
    if level.any:
        parts.append(any_of(met(level.any, facts, seen)))
    if level.all:
        parts.append(all_of(met(level.all, facts, seen)))
    ruled = warning_rules(plan, case.facts)
    if any(rule.level == level.id for rule in ruled):
        parts.append(True)
    return any_of(parts)


def _criterion(one: Criterion, facts: Mapping[str, Answer], seen: Mapping[str, Any]) -> bool | None:
    if one.when:
        return holds(one.when, seen)
    if one.kinds:
        return facts.get("kind") in one.kinds
    if one.hazard:
        return any(_warned(w, one.hazard, one.colour, one.areas) for w in warnings_in_force(facts))
    if one.true:
        return facts.get(one.fact) is True
    return _between(one, facts.get(one.fact))


def _between(one: Criterion, value: Answer | None) -> bool | None:
    """Half-open: the least number is inside, the end is not. Unknown while the range of the count straddles an edge."""
    count = read_count(value)
    if count is None:
        return False
    low = one.at_least if one.at_least is not None else 0
    if count.most is not None and count.most < low:
        return False
    if one.below is not None and count.least >= one.below:
        return False
    inside = count.least >= low and (one.below is None or (count.most is not None and count.most < one.below))
    return True if inside else None


def _warned(given: OutsideWarning, hazard: str, colour: str, areas: tuple[str, ...]) -> bool:
    if given.hazard != hazard or (areas and given.area not in areas):
        return False
    return colour in COLOURS and COLOURS.index(given.colour) >= COLOURS.index(colour)
