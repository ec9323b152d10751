"""The few answers that can make a difference: for each fact, values on both sides of every number the plan compares.

Conditions see a fact only through comparisons with the plan's own constants, so one value below, at and above each
constant stands for all values between. Refuses to know what follows from an answer.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

from dutyroom.core.commands import Answer
from dutyroom.core.conditions import holds, names_in
from dutyroom.core.plan import Plan, Step

_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_FACT = re.compile(r"\bfacts\.(\w+)")
_TRIED = 4_096


def facts_in(expression: str) -> tuple[str, ...]:
    """The facts that a condition names, in order."""
    return tuple(dict.fromkeys(_FACT.findall(expression)))


def values(plan: Plan, fact: str, expressions: tuple[str, ...]) -> tuple[Answer, ...]:
    """The values of the fact that the expressions can tell apart; its default first."""
    known = plan.facts.get(fact)
    if fact == "kind":
        default = str(known.default) if known else ""
        return tuple(dict.fromkeys((*((default,) if default else ()), *plan.kinds)))
    if known is None:
        return ("",)
    reading = [one for one in expressions if fact in facts_in(one)]
    if isinstance(known.default, bool):
        return (known.default, not known.default)
    if isinstance(known.default, int):
        numbers = sorted({int(found) for one in reading for found in _NUMBER.findall(one)})
        around = [near for number in numbers for near in (number - 1, number, number + 1) if near >= 0]
        return tuple(dict.fromkeys((known.default, *around)))
    texts = [found[0] or found[1] for one in reading for found in _TEXT.findall(one)]
    return tuple(dict.fromkeys((known.default, *texts)))


def kinds_of(plan: Plan, step: Step) -> tuple[str, ...]:
    """The kinds of incident for which the step's condition can hold; empty where it holds for every one."""
    if "kind" not in facts_in(step.when):
        return ()
    possible = tuple(kind for kind in plan.kinds if _can_hold(plan, step.when, kind))
    return () if possible == tuple(plan.kinds) else possible


def _can_hold(plan: Plan, expression: str, kind: str) -> bool:
    """Whether some answer makes the condition true. Too many to try count as yes: better asked than left out."""
    tried = 0
    for seen in _views(plan, expression, kind):
        tried += 1
        if holds(expression, seen):
            return True
    return tried >= _TRIED


def _views(plan: Plan, expression: str, kind: str) -> Iterator[Mapping[str, object]]:
    named = [fact for fact in facts_in(expression) if fact != "kind" and fact in plan.facts]
    rest: dict[str, Answer] = {fact.id: fact.default for fact in plan.facts.values()} | {"kind": kind}
    levels = ("", *plan.rank) if _reads(expression) & {"level", "rank"} else ("",)
    choices = product(levels, *(values(plan, fact, (expression,)) for fact in named))
    for level, *chosen in islice(choices, _TRIED):
        yield {
            "phase": "response",
            "level": level,
            "rank": plan.rank.get(str(level), 0),
            "facts": rest | dict(zip(named, chosen, strict=True)),
            "unknown": [],
            "assisting": False,
            "done": [step.id for step in plan.steps],
            "open": [],
            "answers": {},
        }


@lru_cache(maxsize=1024)
def _reads(expression: str) -> frozenset[str]:
    return names_in(expression)
