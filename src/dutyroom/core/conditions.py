"""Whether a condition of the plan holds for a case. Conditions are CEL (Common Expression Language, cel.dev).

They see only: `phase`, `level`, `rank` (0 while no level is set; 1 is the gravest), `facts` (every declared fact has a
value; a count that is not exact is seen as its least), `done` and `open` (lists of step ids), `unknown` (facts whose
number is uncertain), `assisting` (others command), and, where an act is being completed, `answers`. Nothing about
persons.
"""

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

from dutyroom.core.commands import Answer
from dutyroom.core.counts import read_count
from dutyroom.core.plan import CONFIRMED, Join, Plan
from dutyroom.core.state import Case

# The library brings a terminal program and loads it with every import: a third of the time in which a killed worker is
# back, and several megabytes. Nothing here uses it, so its place is taken before.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402

NAMES = frozenset({"phase", "level", "rank", "facts", "done", "open", "unknown", "assisting", "answers"})


# What the CEL library raises for a condition that has no value (division by zero and overflow are ArithmeticError).
CANNOT_EVALUATE = (RuntimeError, KeyError, TypeError, ValueError, ArithmeticError)


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
    count = case.done.get(step_id, 0) - (before or {}).get(step_id, 0)
    step = plan.step.get(step_id)
    if step is not None and step.confirm is not None:  # one person's word is not enough
        second = step_id + CONFIRMED
        released = sum(owed.step == step_id and owed.status == "waived" for owed in case.obligations.values())
        count = min(count, case.done.get(second, 0) - (before or {}).get(second, 0) + released)
    if step is None or not step.each:
        return count > 0
    members = sum(len(plan.members(who)) for who in step.who)
    return count >= (step.quorum or members)


def joined(plan: Plan, case: Case, join: Join, before: Mapping[str, int] | None = None) -> bool:
    """Whether a join is met: all of its steps are done, and one of its `any`, where it names some."""
    every = all(finished(plan, case, step, before) for step in join.all)
    return every and (not join.any or any(finished(plan, case, step, before) for step in join.any))


def context(plan: Plan, case: Case, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a condition may read of the case."""
    facts = {fact.id: fact.default for fact in plan.facts.values()} | dict(case.facts)
    counts = {name: read_count(value) for name, value in facts.items() if isinstance(value, str)}
    uncertain = {
        name: count.least for name, count in counts.items() if count and isinstance(_default(plan, name), int)
    }
    return {
        "phase": case.phase,
        "level": case.level,
        "rank": plan.rank.get(case.level, 0),
        "facts": facts | uncertain,
        "unknown": list(uncertain),
        "assisting": case.assisting,
        "done": [step for step in case.done if finished(plan, case, step)],
        # What outlives the case does not hold it open.
        "open": [owed.step for owed in case.open_obligations() if not plan.step[owed.step].outlives],
        "answers": dict(answers or {}),
    }


def _default(plan: Plan, name: str) -> Answer | None:
    return plan.facts[name].default if name in plan.facts else None


def holds(expression: str, seen: Mapping[str, Any]) -> bool:
    """Whether the condition holds. One that cannot be evaluated does not hold; the checker names it beforehand."""
    if expression == "true":
        return True
    try:
        return evaluated(compiled(expression), seen) is True
    except CANNOT_EVALUATE:
        return False
