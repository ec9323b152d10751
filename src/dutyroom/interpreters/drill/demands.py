"""What a script demands of its drill (`must`), and which demands were not kept: `unkept(musts, case, ended_at)`.

Refuses to judge more than that: how each deadline of the plan was met is `core.judging`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dutyroom.core.instants import Instant
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.drill.script import Must


@dataclass(frozen=True, slots=True)
class Unkept:
    """A demand that was not kept, by `role`'s obligation. `reached_at` is when the verb came after all.

    `limit` is None where the step never fell due, so that nobody could keep it.
    """

    must: Must
    role: str = ""
    limit: Instant | None = None
    reached_at: Instant | None = None


def unkept(musts: Sequence[Must], case: Case, ended_at: Instant) -> tuple[Unkept, ...]:
    """The demands not kept, in the script's order. One whose time was not over at the end counts as kept."""
    return tuple(found for must in musts for found in _unkept(must, case, ended_at))


def _unkept(must: Must, case: Case, ended_at: Instant) -> Iterator[Unkept]:
    first = [one for one in case.obligations.values() if one.step == must.does and one.occurrence == 1]
    if not first:
        yield Unkept(must)
    for owed in first:
        limit = _limit(must, case, owed)
        mark = owed.marks.get(must.verb)
        released = mark is None and owed.status in ("withdrawn", "waived")
        late = mark.at > limit if mark else ended_at > limit
        if late and not released:
            yield Unkept(must, owed.role, limit, mark.at if mark else None)


def _limit(must: Must, case: Case, owed: Obligation) -> Instant:
    if must.within is not None:
        return (owed.opened_at if owed.dues else case.opened_at) + must.within
    due = next((one for one in owed.dues if one.verb is must.verb), owed.dues[-1])
    return due.due_at
