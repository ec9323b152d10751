"""What one change of a record may be, and what it costs: the table by which the cheapest explanation is found.

The figures only order the explanations. A change that says less about people comes first where two would do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.core import events as e
from dutyroom.core.audited import Kind
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb
from dutyroom.interpreters.audit.blocks import Block
from dutyroom.interpreters.audit.comparing import Edit, difference

# Each with its reason.
COSTS: Mapping[str, int] = {
    "wrong_actor": 2,  # one name stands where another should: the least that can be wrong with an act
    "changed": 2,  # one entry says other than follows; each such entry once
    "too_early": 2,  # a timer ran out before its time: the entry itself is right
    "too_late": 2,  # or after it
    "not_called": 2,  # one call that should have been made is not there
    "open_at_end": 2,  # one end, however much was still owed
    "skipped": 3,  # an act is not on record: more than a call, since everything that followed rests on it
    "out_of_order": 3,  # one act stands elsewhere: one move, dearer than a slip in an entry
    "not_noticed": 4,  # a deadline ran out and the record is silent: a machine misses that less easily than a call
    "twice": 4,  # leaving out what somebody recorded comes last
    "not_in_plan": 4,
    "missing_entry": 3,
    "extra_entry": 3,
}


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that makes the record follow from its plan. `entries` are positions from 1.

    An `inserted` act has no instant of its own on record; `due_at` is when a timer should have run out.
    """

    kind: Kind
    cost: int
    step: str
    key: str
    role: str
    entries: tuple[int, ...]
    at: Instant
    verb: Verb | None = None
    expected: str = ""
    found: str = ""
    inserted: bool = False
    due_at: Instant | None = None


@dataclass(frozen=True)
class Trail:
    """The repairs of a path, newest first, shared between paths that part."""

    repair: Repair
    before: "Trail | None"


def listed(trail: Trail | None) -> tuple[Repair, ...]:
    """The repairs in the order in which they were made."""
    found = []
    while trail is not None:
        found.append(trail.repair)
        trail = trail.before
    return tuple(reversed(found))


def edited(block: Block, edit: Edit) -> Repair:
    """One entry that is not as it should be."""
    expected, found = difference(edit)
    about = edit.found or edit.expected
    assert about is not None
    calling = edit.found is None and isinstance(edit.expected, e.PersonCalled | e.Escalated)
    kind = Kind.NOT_CALLED if calling else Kind.CHANGED
    key = getattr(about, "key", "")
    step = getattr(about, "step", "") or key.partition("#")[0]
    entries = (block.first + min(edit.place, len(block.events) - 1),)
    return Repair(
        kind, edit.cost, step, key, getattr(about, "role", ""), entries, about.at, None, expected, found
    )


def verb_of(timer: str) -> Verb | None:
    """The verb whose deadline a timer is; None for a call."""
    return None if timer == "call" else Verb(timer)
