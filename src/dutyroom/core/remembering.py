"""What was found out about a plan once, and kept with it: `once_a_plan(work)`.

A plan never changes, so whatever a function of a plan alone gives, it gives again. It is kept in the plan itself and is
gone with it; a plan made from another by `replace` begins anew. Refuses to know what is found out.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from dutyroom.core.plan import Plan

P = ParamSpec("P")
T = TypeVar("T")


def once_a_plan(work: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """Let `work(plan, ...)` run once for each plan and arguments: few and hashable, as the plan's own ids are."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def remembered(plan: Plan, /, *rest: P.args, **named: P.kwargs) -> T:
        try:
            found: T = plan.__dict__[name][rest]
        except KeyError:
            found = work(plan, *rest, **named)
            plan.__dict__.setdefault(name, {})[rest] = found
        return found

    return remembered
