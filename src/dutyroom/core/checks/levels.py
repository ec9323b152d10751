"""Response levels: gaps, overlaps and shared edges between ranks, units, levels nothing reaches, levels that fall."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dutyroom.core.checks.sheet import Sheet, near
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Criterion, Level
from dutyroom.core.surroundings import COLOURS

# A comparison that holds for a small or an exact number ceases to hold, or begins to, when the number is unknown.
_FALLS = re.compile(r"facts\.(\w+)\s*(==|!=|<=?)|(?:==|!=|>=?)\s*facts\.(\w+)|!\s*\(?\s*facts\.(\w+)\s*>")


def levels(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on levels and their criteria, and on the rules that outside warnings start."""
    ids: set[str] = set()
    ranks: set[int] = set()
    for number, level in enumerate(sheet.plan.levels):
        path, clause = f"levels.{number}", _clause(level)
        if level.id in ids:
            yield sheet.find(f"{path}.id", "duplicate_level", "error", clause, level=level.id)
        elif level.rank in ranks:
            yield sheet.find(f"{path}.rank", "same_rank", "error", clause, level=level.id, rank=level.rank)
        ids.add(level.id)
        ranks.add(level.rank)
        for part, several in (("any", level.any), ("all", level.all)):
            for item, one in enumerate(several):
                for code, fields in _criterion(sheet, one):
                    yield sheet.find(f"{path}.{part}.{item}", code, _severity(code), clause, **fields)
        yield from _falls(sheet, level, path)
    yield from _neighbours(sheet)
    yield from _shadowed(sheet)
    yield from _warning_rules(sheet)


def _clause(level: Level) -> str:
    return level.clauses[0] if level.clauses else ""


def _severity(code: str) -> str:
    return "warning" if code in ("unit_missing", "level_falls") else "error"


def _criterion(sheet: Sheet, one: Criterion) -> Iterator[tuple[str, dict[str, str | int]]]:
    said = sum(map(bool, (one.fact, one.kinds, one.hazard, one.when)))
    if said != 1:
        yield "criterion_one", {}
        return
    if one.fact:
        yield from _measure(sheet, one)
    for kind in one.kinds:
        if kind not in sheet.plan.kinds:
            yield "unknown_kind", {"name": kind, "nearest": near(kind, sheet.plan.kinds)}
    if one.hazard:
        yield from outside_warning(sheet, one.hazard, one.colour, one.areas)


def _measure(sheet: Sheet, one: Criterion) -> Iterator[tuple[str, dict[str, str | int]]]:
    fact = sheet.plan.facts.get(one.fact)
    numbers = one.at_least is not None or one.below is not None
    if fact is None:
        yield "unknown_fact_in_level", {"name": one.fact, "nearest": near(one.fact, sheet.plan.facts)}
        return
    counts = isinstance(fact.default, int) and not isinstance(fact.default, bool)
    if numbers == one.true or (numbers and not counts) or (one.true and not isinstance(fact.default, bool)):
        yield "criterion_type", {"name": one.fact}
    if one.at_least is not None and one.below is not None and one.below <= one.at_least:
        yield "empty_range", {"name": one.fact, "low": one.at_least, "high": one.below}
    if numbers and one.unit != fact.unit:
        code = "unit_differs" if one.unit and fact.unit else "unit_missing"
        yield code, {"name": one.fact, "unit": one.unit or "—", "other": fact.unit or "—"}
    if one.below is not None and one.at_least is None:
        yield "level_falls", {"name": one.fact}


def outside_warning(
    sheet: Sheet, hazard: str, colour: str, areas: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """What is wrong with a hazard, its colour and its areas as (code, fields)."""
    known = sheet.plan.warnings.hazards.get(hazard)
    if known is None:
        yield "unknown_hazard", {"name": hazard, "nearest": near(hazard, sheet.plan.warnings.hazards)}
    elif colour not in known.colours or colour not in COLOURS:
        yield "unknown_colour", {"name": colour, "hazard": hazard, "known": ", ".join(known.colours)}
    for area in areas:
        if area not in sheet.plan.warnings.areas:
            yield "unknown_area", {"name": area, "nearest": near(area, sheet.plan.warnings.areas)}


def _falls(sheet: Sheet, level: Level, path: str) -> Iterator[Finding]:
    """A level whose condition compares a count with == or <: it falls the moment the count is not known exactly."""
    for found in _FALLS.finditer(level.when):
        name = found[1] or found[3] or found[4]
        fact = sheet.plan.facts.get(name)
        if fact and isinstance(fact.default, int) and not isinstance(fact.default, bool):
            yield sheet.find(f"{path}.when", "level_falls", "warning", _clause(level), name=name)
            return


def _neighbours(sheet: Sheet) -> Iterator[Finding]:
    """Ranges of one fact in neighbouring ranks: they should meet, and the graver should hold the greater numbers."""
    ranges: dict[str, list[tuple[int, int, Level, Criterion, str]]] = {}
    for number, level in enumerate(sheet.plan.levels):
        for part, several in (("any", level.any), ("all", level.all if len(level.all) == 1 else ())):
            for item, one in enumerate(several):
                empty = one.below is not None and one.at_least is not None and one.below <= one.at_least
                if one.fact and one.at_least is not None and not empty:
                    ranges.setdefault(one.fact, []).append((level.rank, number, level, one, f"{part}.{item}"))
    for several_ in ranges.values():
        ordered = sorted(several_, key=lambda one: (one[0], one[1]))
        if len({rank for rank, *_ in ordered}) == len(ordered):
            for (_, _, graver, upper, _), (_, number, lighter, lower, where) in pairwise(ordered):
                code = _edge(upper, lower)
                if code:
                    fields = {"name": upper.fact, "level": lighter.id, "other": graver.id}
                    fields |= {"low": str(upper.at_least), "high": str(lower.below)}
                    yield sheet.find(f"levels.{number}.{where}", code, "error", _clause(lighter), **fields)


def _edge(upper: Criterion, lower: Criterion) -> str:
    assert upper.at_least is not None and lower.at_least is not None
    if lower.at_least > upper.at_least:
        return "levels_inverted"
    if lower.below is None or lower.below == upper.at_least or lower.at_least == upper.at_least:
        return ""
    if lower.below < upper.at_least:
        return "level_gap"
    return "shared_edge" if lower.below == upper.at_least + 1 else "level_overlap"


def _shadowed(sheet: Sheet) -> Iterator[Finding]:
    """Levels that are never proposed, because a graver one holds whenever they do."""
    ruled = {rule.level for rule in sheet.plan.warnings.rules}
    graver: list[Level] = []
    for number, level in sorted(enumerate(sheet.plan.levels), key=lambda pair: (pair[1].rank, pair[0])):
        always = next((one for one in graver if one.when.strip() == "true"), None)
        criteria = level.any or (level.all if len(level.all) == 1 else ())
        plain = bool(criteria) and not level.when and level.id not in ruled and not (level.any and level.all)
        covered = plain and all(
            any(_covers(other, one) for g in graver for other in g.any) for one in criteria
        )
        same = level.when and next((one for one in graver if one.when == level.when), None)
        if always or covered or (same and not level.any and not level.all and level.id not in ruled):
            yield sheet.find(f"levels.{number}", "level_unreachable", "error", _clause(level), level=level.id)
        graver.append(level)


def _covers(other: Criterion, one: Criterion) -> bool:
    if other.kinds or one.kinds:
        return bool(one.kinds) and set(one.kinds) <= set(other.kinds)
    if not one.fact or other.fact != one.fact or one.true != other.true:
        return False
    if one.true:
        return True
    low, high = other.at_least or 0, other.below
    return low <= (one.at_least or 0) and (high is None or (one.below is not None and one.below <= high))


def _warning_rules(sheet: Sheet) -> Iterator[Finding]:
    for number, rule in enumerate(sheet.plan.warnings.rules):
        clause = rule.clauses[0] if rule.clauses else ""
        for code, fields in outside_warning(sheet, rule.hazard, rule.colour, rule.areas):
            yield sheet.find(f"warnings.rules.{number}", code, "error", clause, **fields)
        if rule.level not in sheet.levels:
            fields = {"name": rule.level, "nearest": near(rule.level, sheet.levels)}
            yield sheet.find(f"warnings.rules.{number}.level", "unknown_level", "error", clause, **fields)
    for hazard in sheet.plan.warnings.hazards.values():
        wrong = [colour for colour in hazard.colours if colour not in COLOURS]
        for colour in wrong:
            fields = {"name": colour, "hazard": hazard.id, "known": ", ".join(COLOURS)}
            yield sheet.find(f"warnings.hazards.{hazard.id}.colours", "unknown_colour", **fields)
        order = [COLOURS.index(colour) for colour in hazard.colours if colour in COLOURS]
        if order != sorted(order):
            yield sheet.find(
                f"warnings.hazards.{hazard.id}.colours", "colours_out_of_order", hazard=hazard.id
            )
