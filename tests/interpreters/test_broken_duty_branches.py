"""Deleting any branch of the rules that only duty reaches makes a duty day go wrong: the days of the core's own tests.

As with incidents, the body of one branch at a time is taken out of the running rules; then at least one of the days
that are played in `tests/core/duties/test_day` no longer goes as it must.
"""

import inspect
from collections.abc import Callable

import pytest

from tests.core.duties import test_day
from tests.interpreters.branches import Branch, branches
from tests.interpreters.test_broken_branches import bounded, is_duty

# Branches that these days do not need, by the beginning of their names, and why.
CANNOT_MATTER = {
    # pure defence: nothing in a day asks such a thing, and the door is kept all the same
    "dutying.open_duty: if draft.case.case": "every day opens a case of its own",
    "dutying.set_duty: if draft.case.phase": "nobody sets a day that is over",
    "dutying._open: if step is None": "the calendar makes its obligations of the same plan",
    # shortcuts that find the same
    "acting._may_act: if not isinstance(step, DutyStep)": "without scribes nobody is added",
    "calling.escalate: if draft.case.kind != INCIDENT": "the next call finds that the day is over",
    # held by other tests
    "acting.act: if owed is None or is_unannounced": "tests/web/test_dutyday_pages",
    "acting.waive: if owed is None or is_unannounced": "tests/web/test_dutyday_pages",
    "calling._people: if role == owed.role and is_incoming": "tests/wiring/test_dutyday, the year's rules",
    "calling._tell_owner: if draft.case.quiet": "the year's rule that nobody is called at night",
    "dutying.pass_on: if owed is None": "tests/wiring/test_dutyday",
    "dutying.pass_on: if command.by not in": "tests/wiring/test_dutyday",
}
MOST = 20_000  # events: broken rules may never come to an end
DAYS = [
    play
    for name, play in vars(test_day).items()
    if name.startswith("test_") and not inspect.signature(play).parameters
]


def fails(play: Callable[[], None]) -> bool:
    try:
        with bounded(MOST):
            play()
    except Exception:
        return True
    return False


def goes_unseen(branch: Branch) -> bool:
    with branch.taken_out():
        return not any(fails(play) for play in DAYS)


@pytest.mark.slow
def test_without_any_one_branch_a_day_of_duty_goes_wrong() -> None:
    assert len(DAYS) > 15 and not any(fails(play) for play in DAYS)
    mine = [one for one in branches() if is_duty(one) and not one.name.startswith(tuple(CANNOT_MATTER))]
    assert len(mine) >= 8
    assert [one.name for one in mine if goes_unseen(one)] == []
