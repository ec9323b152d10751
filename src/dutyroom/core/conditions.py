"""Whether a condition of the plan holds for a case. Conditions are CEL (Common Expression Language, cel.dev).

They see only: `phase`, `level`, `rank` (0 while no level is set; 1 is the gravest), `facts` (every declared fact has a
value; a count that is not exact is seen as its least), `done` and `open` (lists of step ids), `unknown` (facts whose
number is uncertain), `assisting` (others command), and, where an act is being completed, `answers`. Nothing about
persons.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter, is_
from types import ModuleType
from typing import Any, TypeAlias

from dutyroom.core.commands import Answer
from dutyroom.core.counts import read_count
from dutyroom.core.plan import CONFIRMED, Join, Plan
from dutyroom.core.remembering import once_a_plan
from dutyroom.core.state import Case

# The library brings a terminal program and loads it with every import: a third of the time in which a killed worker is
# back, and several megabytes. Nothing here uses it, so its place is taken before.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402

NAMES = frozenset({"phase", "level", "rank", "facts", "done", "open", "unknown", "assisting", "answers"})


# What the CEL library raises for a condition that has no value (division by zero and overflow are ArithmeticError).
CANNOT_EVALUATE = (RuntimeError, LookupError, TypeError, ValueError, ArithmeticError)


LONGEST = 1_000  # characters
DEEPEST = 24  # brackets within brackets
MACROS = 2  # each runs over a whole list; a few of them nested would run for years
LOOPED = (
    300  # characters of a condition that loops; in it, few lists: one made of many lists is as slow as loops
)
# Found as words, wherever they stand: between a dot, a name and its bracket there may be a comment.
_MACRO = re.compile(r"\b(?:all|exists|exists_one|existsOne|map|filter)\b")
_LIST = re.compile(r"\b(?:done|open|unknown)\b")


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Any:
    """The compiled program. Raises ValueError for text that is not CEL, and for text beyond reason."""
    if len(expression) > LONGEST or _depth(expression) > DEEPEST or _loops_too_much(expression):
        raise ValueError(
            f"longer than {LONGEST} characters (with loops {LOOPED}, over {MACROS} lists), deeper than {DEEPEST}, "
            f"or over {MACROS} loops"
        )
    return _guarded(lambda: cel.compile(expression))


def evaluated(program: Any, seen: Mapping[str, Any]) -> Any:
    """What a compiled condition comes to. Raises one of CANNOT_EVALUATE where it has no value."""
    return _guarded(lambda: program.execute(dict(seen)))


def _loops_too_much(expression: str) -> bool:
    loops, lists = len(_MACRO.findall(expression)), len(_LIST.findall(expression))
    return loops > MACROS or (loops > 0 and (lists > MACROS or len(expression) > LOOPED))


def _depth(expression: str) -> int:
    depth = deepest = 0
    for sign in expression:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _guarded(work: Callable[[], Any]) -> Any:
    """The library is compiled code: where it gives up, it raises something that no `except Exception` would see."""
    try:
        return work()
    except Exception:
        raise
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("the expression cannot be worked with") from None


@lru_cache(maxsize=4096)
def names_in(expression: str) -> frozenset[str]:
    """The names that a condition reads; none for text that is not CEL."""
    try:
        return frozenset(compiled(expression).variables())
    except ValueError:
        return frozenset()


def finished(plan: Plan, case: Case, step_id: str, before: Mapping[str, int] | None = None) -> bool:
    """Whether a step is done: once, by each of its group, or by the quorum of it. What `before` counts is left out."""
    count = case.done.get(step_id, 0) - (before.get(step_id, 0) if before else 0)
    step = plan.step.get(step_id)
    if step is None:
        return count > 0
    if step.confirm is not None:  # one person's word is not enough
        second = step_id + CONFIRMED
        confirmed = case.done.get(second, 0) - (before.get(second, 0) if before else 0)
        count = min(count, confirmed + case.obligations.account(step_id).waived)
    return count >= _needed(plan, step_id) if step.each else count > 0


@once_a_plan
def _needed(plan: Plan, step_id: str) -> int:
    """How many of those who each owe the step must have done it."""
    step = plan.step[step_id]
    return step.quorum or sum(len(plan.members(who)) for who in step.who)


def joined(plan: Plan, case: Case, join: Join, before: Mapping[str, int] | None = None) -> bool:
    """Whether a join is met: all of its steps are done, and one of its `any`, where it names some."""
    for step in join.all:
        if not finished(plan, case, step, before):
            return False
    return not join.any or any(finished(plan, case, step, before) for step in join.any)


def context(plan: Plan, case: Case, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a condition may read of the case."""
    return {name: _as_seen(name, part(plan, case, _ALL, answers or {})) for name, part in _PARTS.items()}


def true_of(plan: Plan, case: Case, expression: str, answers: Mapping[str, Any] | None = None) -> bool:
    """Whether the condition holds for the case now. One that cannot be evaluated does not hold.

    As `holds` in `context`, but what the same condition came to with the same values before its eyes is remembered:
    to run it takes longer than all else that a decision does. Quicker still, the very objects it was last asked of.
    """
    if expression == "true":
        return True
    reads = _reads(expression)
    if answers:
        return _outcome(expression, _seen(plan, case, reads, answers))
    last: dict[str, tuple[tuple[Any, ...], bool]] = plan.__dict__.setdefault("_last_outcomes", {})
    known, origins = last.get(expression), reads.origins(case)
    if known is None or not all(map(is_, known[0], origins)):
        known = last[expression] = (origins, _outcome(expression, _seen(plan, case, reads, {})))
    return known[1]


def holds(expression: str, seen: Mapping[str, Any]) -> bool:
    """Whether the condition holds. One that cannot be evaluated does not hold; the checker names it beforehand."""
    if expression == "true":
        return True
    try:
        return evaluated(compiled(expression), seen) is True
    except CANNOT_EVALUATE:
        return False


@lru_cache(maxsize=16_384)
def _outcome(expression: str, seen: tuple[tuple[str, Any], ...]) -> bool:
    return holds(expression, {name: _as_seen(name, part) for name, part in seen})


def _seen(plan: Plan, case: Case, reads: "_Reads", answers: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, part(plan, case, reads, answers)) for name, part in reads.parts)


# ---- what a condition reads

Named: TypeAlias = tuple[str, ...] | None  # only these of the whole; None: all of it
Part: TypeAlias = Callable[[Plan, Case, "_Reads", Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _Reads:
    """The parts of a case that a condition reads, and of facts, answers and done steps the ones that it names.

    `origins` gives the objects of the case from which those parts come.
    """

    parts: tuple[tuple[str, Part], ...] = ()
    origins: Callable[[Case], tuple[Any, ...]] = attrgetter("phase", "level")
    facts: Named = None
    answers: Named = None
    done: Named = None


_ALL = _Reads()


@lru_cache(maxsize=4096)
def _reads(expression: str) -> _Reads:
    names = names_in(expression)
    origins = [origin for name in sorted(names) for origin in _ORIGINS.get(name, ())]
    return _Reads(
        tuple((name, part) for name, part in _PARTS.items() if name in names),
        attrgetter(*dict.fromkeys(("phase", "level", *origins))),
        _fields_named("facts", expression),
        _fields_named("answers", expression),
        _steps_named("done", expression),
    )


def _fields_named(name: str, expression: str) -> Named:
    """The fields that are read by their names (`facts.dead`); None if the whole is read in any other way."""
    fields = re.findall(rf"\b{name}\.([A-Za-z_]\w*+)(?!\s*\()", expression)
    return _if_nothing_else(name, fields, expression)


def _steps_named(name: str, expression: str) -> Named:
    """The steps that are looked for by their names (`'review' in done`); None if the list is read in any other way."""
    steps = re.findall(rf"(?:^|[(&|?:,])\s*'(\w+)'\s+in\s+{name}\s*(?=$|[)&|?:,])", expression)
    return _if_nothing_else(name, steps, expression)


def _if_nothing_else(name: str, found: list[str], expression: str) -> Named:
    if "//" in expression or len(found) != len(re.findall(rf"\b{name}\b", expression)):
        return None
    return tuple(dict.fromkeys(found))


def _facts(plan: Plan, case: Case, reads: _Reads, answers: Mapping[str, Any]) -> Any:
    given, declared = case.facts, plan.facts
    if reads.facts is None:
        names = (*declared, *(name for name in given if name not in declared))
    else:
        names = tuple(name for name in reads.facts if name in given or name in declared)
    found = []
    for name in names:
        value = given[name] if name in given else declared[name].default
        least = _least(plan, name, value)
        found.append(_typed(name, value if least is None else least))
    return tuple(found)


def _least(plan: Plan, name: str, value: Answer) -> int | None:
    """The least of a number that is not known exactly; None of anything else."""
    count = read_count(value) if isinstance(value, str) else None
    declared = plan.facts.get(name)
    return count.least if count and declared and isinstance(declared.default, int) else None


def _unknown(plan: Plan, case: Case, reads: _Reads, answers: Mapping[str, Any]) -> Any:
    facts = {fact.id: fact.default for fact in plan.facts.values()} | dict(case.facts)
    return tuple(name for name, value in facts.items() if _least(plan, name, value) is not None)


def _done(plan: Plan, case: Case, reads: _Reads, answers: Mapping[str, Any]) -> Any:
    steps = case.done if reads.done is None else [step for step in reads.done if step in case.done]
    return tuple(step for step in steps if finished(plan, case, step))


def _open(plan: Plan, case: Case, reads: _Reads, answers: Mapping[str, Any]) -> Any:
    """What outlives the case does not hold it open."""
    return tuple(owed.step for owed in case.open_obligations() if not plan.step[owed.step].outlives)


def _answers(plan: Plan, case: Case, reads: _Reads, answers: Mapping[str, Any]) -> Any:
    return tuple(
        _typed(name, value)
        for name, value in answers.items()
        if reads.answers is None or name in reads.answers
    )


def _typed(name: str, value: Any) -> tuple[str, type, Any]:
    """With its type: to a condition, true and 1 are not the same, though they are to Python."""
    return name, type(value), value


def _as_seen(name: str, part: Any) -> Any:
    """A part as the expression language takes it."""
    if name in ("facts", "answers"):
        return {field: value for field, _, value in part}
    return list(part) if name in ("done", "open", "unknown") else part


_PARTS: Mapping[str, Part] = {
    "phase": lambda plan, case, reads, answers: case.phase,
    "level": lambda plan, case, reads, answers: case.level,
    "rank": lambda plan, case, reads, answers: plan.rank.get(case.level, 0),
    "facts": _facts,
    "unknown": _unknown,
    "assisting": lambda plan, case, reads, answers: case.assisting,
    "done": _done,
    "open": _open,
    "answers": _answers,
}

_ORIGINS: Mapping[str, tuple[str, ...]] = {
    "phase": ("phase",),
    "level": ("level",),
    "rank": ("level",),
    "facts": ("facts",),
    "unknown": ("facts",),
    "assisting": ("assisting",),
    "done": ("done", "obligations.accounts"),
    "open": ("obligations.accounts",),
}
