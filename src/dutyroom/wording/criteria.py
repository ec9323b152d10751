"""A level's criteria and the plan's conditions in words: 以上 and 以下 with their units, names instead of identifiers.

Numbers keep their edges: "以上" and "at least" include the number, "以下" and "fewer than" exclude it. A condition that
has no wording here is shown as it is written, never paraphrased. Refuses to know whether anything holds.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from dutyroom.core.plan import Criterion, Field, Level, Plan
from dutyroom.wording import codes, say

_Said = Callable[[Plan, re.Match[str], str], str]


def tell_level(plan: Plan, level: Level, lang: str) -> tuple[str, ...]:
    """When the level is proposed, a line a criterion; the lines before the first say whether any or all must hold."""
    lines = [*tell_criteria(plan, level.any, level.all, lang)]
    if level.when == "true":
        lines.append(say("print.otherwise", lang))
    elif level.when:
        lines.append(tell_condition(plan, level.when, lang))
    return tuple(lines)


def tell_criteria(
    plan: Plan, some: tuple[Criterion, ...], every: tuple[Criterion, ...], lang: str
) -> tuple[str, ...]:
    """Criteria of which one suffices, and criteria that must all hold, a line each."""
    lines = _listed("print.any_of", [tell_criterion(plan, one, lang) for one in some], lang)
    return (*lines, *_listed("print.all_of", [tell_criterion(plan, one, lang) for one in every], lang))


def tell_criterion(plan: Plan, one: Criterion, lang: str) -> str:
    """One criterion in words; its own text where the plan gives one."""
    if one.text is not None:
        return one.text.in_language(lang)
    if one.when:
        return tell_condition(plan, one.when, lang)
    if one.kinds:
        return say("print.kind_is", lang, kinds=listed((_kind(plan, kind, lang) for kind in one.kinds), lang))
    if one.hazard:
        return tell_warning(plan, one.hazard, one.colour, one.areas, lang)
    if one.true:
        judge = plan.roles.get(one.judged_by)
        name = judge.name.in_language(lang) if judge else one.judged_by
        return say(
            "print.judged" if name else "print.is_true", lang, fact=_fact(plan, one.fact, lang), who=name
        )
    return _between(plan, one, lang)


def tell_warning(plan: Plan, hazard: str, colour: str, areas: tuple[str, ...], lang: str) -> str:
    """An outside warning of this colour or a graver one, and for which areas."""
    known = plan.warnings.hazards.get(hazard)
    name = known.name.in_language(lang) if known else hazard
    gravest = bool(known) and colour == known.colours[-1] if known else False
    said = say(
        "print.warned_gravest" if gravest else "print.warned",
        lang,
        hazard=name,
        colour=colour_name(colour, lang),
    )
    if not areas:
        return said
    names = (
        plan.warnings.areas[area].in_language(lang) if area in plan.warnings.areas else area for area in areas
    )
    return say("print.in_areas", lang, said=said, areas=listed(names, lang))


def colour_name(colour: str, lang: str) -> str:
    """The name of a warning colour; the word itself for one that has none."""
    code = f"colour.{colour}"
    return say(code, lang) if code in codes() else colour


def unit_name(unit: str, lang: str) -> str:
    """A unit as the language writes it; units are written once in a plan, mostly in Chinese."""
    code = f"print.unit.{unit}"
    return say(code, lang) if code in codes() else unit


def tell_condition(plan: Plan, expression: str, lang: str) -> str:
    """A CEL condition in words where its form has some, else the expression as it stands."""
    text = expression.strip()
    for operator, code in (("||", "print.or"), ("&&", "print.and")):
        parts = _split(text, operator)
        if len(parts) > 1:
            return say(code, lang).join(tell_condition(plan, part, lang) for part in parts)
    if _whole(text):
        return say("print.bracket", lang, text=tell_condition(plan, text[1:-1], lang))
    if text.startswith("!"):
        return say("print.not", lang, text=tell_condition(plan, _bare(text[1:]), lang))
    for pattern, tell in _FORMS:
        if found := pattern.fullmatch(text):
            return tell(plan, found, lang)
    return say("print.expression", lang, text=text)


def listed(names: Iterable[str], lang: str) -> str:
    """Names in a row, with the language's comma between."""
    return say("print.comma", lang).join(names)


def _listed(code: str, lines: list[str], lang: str) -> list[str]:
    return lines if len(lines) < 2 else [say(code, lang), *(f"· {line}" for line in lines)]


def _between(plan: Plan, one: Criterion, lang: str) -> str:
    written = one.unit or (plan.facts[one.fact].unit if one.fact in plan.facts else "")
    unit = unit_name(written, lang)
    times = 10_000 if written == "万元" and lang == "en" else 1  # English has no word for ten thousand
    low = one.at_least * times if one.at_least is not None else None
    high = one.below * times if one.below is not None else None
    name = _fact(plan, one.fact, lang)
    numbers = {"low": _grouped(low, times), "high": _grouped(high, times), "fact": name, "unit": unit}
    code = "print.from_to" if low is not None and high is not None else "print.at_least"
    return say("print.below" if low is None else code, lang, **numbers).strip()


def _grouped(number: int | None, times: int) -> str:
    """Large sums are written in groups of three where they had to be multiplied out."""
    return "" if number is None else f"{number:,}" if times > 1 else str(number)


def _fact(plan: Plan, name: str, lang: str) -> str:
    return plan.facts[name].name.in_language(lang) if name in plan.facts else name


def _kind(plan: Plan, name: str, lang: str) -> str:
    return plan.kinds[name].in_language(lang) if name in plan.kinds else name


def _split(text: str, operator: str) -> list[str]:
    """The operands of an operator at the top of the expression, outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, mark in enumerate(text):
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "([":
            depth += 1
        elif mark in ")]":
            depth -= 1
        elif depth == 0 and place >= start and text.startswith(operator, place):
            parts.append(text[start:place].strip())
            start = place + len(operator)
    return [*parts, text[start:].strip()]


def _whole(text: str) -> bool:
    """Whether one pair of brackets holds all of the text."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for place, mark in enumerate(text):
        depth += (mark == "(") - (mark == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if _whole(text) else text


def _always(plan: Plan, found: re.Match[str], lang: str) -> str:
    return say("print.always" if found[0] == "true" else "print.never_holds", lang)


def _fact_holds(plan: Plan, found: re.Match[str], lang: str) -> str:
    return say("print.is_true", lang, fact=_fact(plan, found[1], lang))


def _fact_among(plan: Plan, found: re.Match[str], lang: str) -> str:
    values = re.findall(r"'([^']*)'|\"([^\"]*)\"", found[2])
    names = listed((_kind(plan, single or double, lang) for single, double in values), lang)
    return say("print.is_among", lang, fact=_fact(plan, found[1], lang), names=names)


def _fact_compared(plan: Plan, found: re.Match[str], lang: str) -> str:
    fact = plan.facts.get(found[1])
    unit = unit_name(fact.unit, lang) if fact else ""
    value = _kind(plan, found[3].strip("'\""), lang)
    if value in ("true", "false"):
        value = say("answer.yes" if value == "true" else "answer.no", lang)
    said = say(
        f"print.compared.{_NAMES[found[2]]}", lang, fact=_fact(plan, found[1], lang), value=value, unit=unit
    )
    return said.strip()


def _step_done(plan: Plan, found: re.Match[str], lang: str) -> str:
    step = plan.step.get(found[1])
    name = step.title.in_language(lang) if step else found[1]
    return say(f"print.step_{found[2]}", lang, step=name)


def _rank(plan: Plan, found: re.Match[str], lang: str) -> str:
    compare: Callable[[int, int], bool] = _COMPARE[found[1]]
    named = sorted(plan.levels, key=lambda level: level.rank)
    names = [level.name.in_language(lang) for level in named if compare(level.rank, int(found[2]))]
    return say("print.level_is", lang, levels=listed(names, lang) or found[0])


def _level(plan: Plan, found: re.Match[str], lang: str) -> str:
    wanted = re.findall(r"'([^']*)'", found[0])
    names = [level.name.in_language(lang) for level in plan.levels if level.id in wanted]
    return say("print.level_is", lang, levels=listed(names, lang) or found[0])


def _phase(plan: Plan, found: re.Match[str], lang: str) -> str:
    return say("print.phase_is", lang, phase=say(f"phase.{found[1]}", lang))


def _nothing_open(plan: Plan, found: re.Match[str], lang: str) -> str:
    return say("print.nothing_open", lang)


def _others_command(plan: Plan, found: re.Match[str], lang: str) -> str:
    return say("print.assisting", lang)


def _answer(plan: Plan, found: re.Match[str], lang: str) -> str:
    asked: Mapping[str, Field] = {field.id: field for step in plan.steps for field in step.asks}
    label = asked[found[1]].label.in_language(lang) if found[1] in asked else found[1]
    return say("print.is_true", lang, fact=label)


_NAMES = {"==": "same", "!=": "other", ">=": "least", "<=": "most", ">": "more", "<": "less"}
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "==": lambda rank, number: rank == number,
    "!=": lambda rank, number: rank != number,
    ">=": lambda rank, number: rank >= number,
    "<=": lambda rank, number: rank <= number,
    ">": lambda rank, number: rank > number,
    "<": lambda rank, number: rank < number,
}
_FORMS: tuple[tuple[re.Pattern[str], _Said], ...] = (
    (re.compile(r"true|false"), _always),
    (re.compile(r"facts\.(\w+)"), _fact_holds),
    (re.compile(r"facts\.(\w+)\s+in\s+\[([^\]]*)\]"), _fact_among),
    (re.compile(r"facts\.(\w+)\s*(==|!=|>=|<=|>|<)\s*(-?\d+|true|false|'[^']*'|\"[^\"]*\")"), _fact_compared),
    (re.compile(r"'([^']*)'\s+in\s+(done|open)"), _step_done),
    (re.compile(r"rank\s*(==|!=|>=|<=|>|<)\s*(\d+)"), _rank),
    (re.compile(r"level\s*(?:==\s*'[^']*'|in\s*\[[^\]]*\])"), _level),
    (re.compile(r"phase\s*==\s*'(readiness|response|closing|recovery|closed)'"), _phase),
    (re.compile(r"size\(open\)\s*==\s*0"), _nothing_open),
    (re.compile(r"assisting"), _others_command),
    (re.compile(r"answers\.(\w+)"), _answer),
)
