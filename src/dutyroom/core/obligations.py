"""Who owes what, from when, by when, and what follows a miss: the list a person sees first."""

from dataclasses import dataclass

from dutyroom.core.decide.calling import ladder
from dutyroom.core.events import Due
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.state import Case, Obligation


@dataclass(frozen=True, slots=True)
class Owed:
    """One open obligation as a person should see it. `next_role` is who is asked if it is missed; never empty."""

    key: str
    step: str
    role: str
    owner: str
    asked: tuple[str, ...]
    verb: Verb
    due: Due
    overdue: bool
    opened_at: Instant
    next_role: str
    text: str


def obligations(plan: Plan, case: Case) -> tuple[Owed, ...]:
    """Every open obligation, the next to fall due first; what is overdue comes before everything."""
    owed = [_view(plan, obligation) for obligation in case.open_obligations()]
    return tuple(sorted(owed, key=lambda one: (not one.overdue, one.due.due_at, one.key)))


def pending(owed: Obligation) -> Due:
    """The deadline that matters now: the first unmarked verb's; the last one once all of them were missed."""
    waiting = [due for due in owed.dues if due.verb not in owed.marks]
    running = [due for due in waiting if due.verb not in owed.missed]
    return (running or waiting or list(owed.dues))[0]


def _view(plan: Plan, owed: Obligation) -> Owed:
    rungs = ladder(plan, owed)
    due = pending(owed)
    missed = [due for due in owed.dues if due.verb in owed.missed and due.verb not in owed.marks]
    return Owed(
        owed.key,
        owed.step,
        owed.role,
        owed.owner,
        owed.asked,
        due.verb,
        missed[0] if missed else due,
        bool(missed),
        owed.opened_at,
        rungs[min(owed.rung + 1, len(rungs) - 1)],
        owed.text,
    )
