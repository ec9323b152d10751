"""Whom to ask next, and on which channel: the ladder that never ends in silence.

Rungs are roles: the one who owes it, that role's deputies in order, the step's own ladder, the organisation's last
rung. On a rung each holder is called on each channel, in order, until somebody answers. An empty rung is left at once
and on record. Behind the last rung that rung is rung again, for as long as it takes, and every round says so.
"""

from dutyroom.core.commands import NoteCallFailed
from dutyroom.core.decide.draft import Draft
from dutyroom.core.decide.dutying import is_overtaken, is_quiet, rest
from dutyroom.core.duties.handing import coming, is_incoming
from dutyroom.core.events import CallFailed, Escalated, LadderExhausted, PersonCalled, RoleEmpty
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, SECOND, Instant
from dutyroom.core.plan import Plan
from dutyroom.core.remembering import once_a_plan
from dutyroom.core.roster import Channel, Responder
from dutyroom.core.state import INCIDENT, Obligation


@once_a_plan
def with_deputies(plan: Plan, role: str) -> tuple[str, ...]:
    """The role, its deputies in order, theirs, and so on; each once, so a loop of deputies ends."""
    found: dict[str, None] = {}
    waiting = [role]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting.extend(plan.roles[name].deputies if name in plan.roles else ())
    return tuple(found)


def ladder(plan: Plan, owed: Obligation) -> tuple[str, ...]:
    """The rungs of an obligation: roles in the order in which they are asked."""
    return _rungs(plan, owed.step, owed.role)


@once_a_plan
def _rungs(plan: Plan, step: str, role: str) -> tuple[str, ...]:
    after = [member for name in plan.step[step].ladder for member in plan.members(name)]
    return tuple(dict.fromkeys([*with_deputies(plan, role), *after, plan.defaults.last_rung]))


def patience(owed: Obligation, least: int, began: Instant | None = None) -> int:
    """Milliseconds to wait for an answer: a fifteenth of the time until the first deadline, at least `least`.

    That time counts from `began`, or from the opening. Never under a second, whatever a plan says: calling without a
    pause would not come to an end.

    What must be received in five minutes is called minute by minute; a promise for tomorrow does not ring the whole
    ladder in the night.
    """
    first = min([due.due_at for due in owed.dues], default=owed.opened_at)
    return max(least, SECOND, min((first - (began or owed.opened_at)) // 15, DAY))


def _began(draft: Draft, owed: Obligation) -> Instant:
    """When the calling about it began. A later round of a repeat is quiet until its reminder, shortly before it falls
    due: waits in proportion to the whole interval would let its deadline pass on the first channel."""
    repeat = draft.plan.step[owed.step].repeat
    if draft.case.kind != INCIDENT:  # opened with its day, quiet until its time
        return owed.begins_at or owed.opened_at
    if repeat is None or owed.occurrence == 1:
        return owed.opened_at
    return max(owed.opened_at, min(due.due_at for due in owed.dues) - repeat.reminder)


def call_next(draft: Draft, key: str) -> None:
    """Call the next person or channel of the rung; climb where the rung has nobody left."""
    if draft.case.kind != INCIDENT and rest(draft, draft.owed(key)):
        return None
    while True:
        owed = draft.owed(key)
        rungs = ladder(draft.plan, owed)
        role = rungs[min(owed.rung, len(rungs) - 1)]
        people = _people(draft, owed, role)
        target = next(
            ((p, c) for p in people for c in p.channels if (p.person, c.kind) not in owed.called), None
        )
        if target:
            asked_as = role if target[0].person in draft.rules.roster.holders(role, draft.at) else owed.role
            return _call(draft, owed, asked_as, *target)
        if not people:
            draft.add(RoleEmpty(draft.at, key, role, owed.rung))
        if owed.rung + 1 >= len(rungs):
            began = None if draft.case.kind == INCIDENT else _began(draft, owed)
            again = draft.at + patience(owed, draft.plan.defaults.ring_again, began)
            return draft.add(LadderExhausted(draft.at, key, owed.ring + 1, again))
        why = "silent" if people else "empty"
        draft.add(Escalated(draft.at, key, rungs[owed.rung + 1], owed.rung + 1, why))


def escalate(draft: Draft, key: str, why: str) -> None:
    """A deadline was missed: ask the next rung now. At the last one, ring it again now and say so."""
    owed = draft.owed(key)
    if draft.case.kind != INCIDENT and is_overtaken(draft, owed):
        return call_next(draft, key)
    rungs = ladder(draft.plan, owed)
    if owed.rung + 1 < len(rungs):
        draft.add(Escalated(draft.at, key, rungs[owed.rung + 1], owed.rung + 1, why))
    else:
        draft.add(LadderExhausted(draft.at, key, owed.ring + 1, draft.at))
    _tell_owner(draft, key)
    call_next(draft, key)


def call_failed(draft: Draft, command: NoteCallFailed) -> Refusal | None:
    """A courier's final refusal: go on to the next channel at once, if that call is still the one waited for."""
    owed = draft.case.obligations.get(command.key)
    call = (command.person, command.channel)
    if owed is None or not owed.is_open or owed.next_call_at is None or owed.called[-1:] != (call,):
        return None
    draft.add(CallFailed(draft.at, owed.key, command.person, command.channel, command.why))
    call_next(draft, owed.key)
    return None


def _people(draft: Draft, owed: Obligation, role: str) -> tuple[Responder, ...]:
    """Who is asked on this rung, and after them the person whose promise it already is.

    The owner comes last, never first: who has missed a deadline must not stand between the call and the next rung.
    """
    people = draft.rules.reachable(role, draft.at)
    if role == owed.role and is_incoming(draft.plan, owed):
        # Who keeps the duty meanwhile cannot accept it; their answer would only stop the call to those who can.
        named = (draft.rules.people.get(one) for one in coming(draft.rules.roster, owed, draft.at))
        people = tuple(one for one in named if one and one.channels)
    owner = draft.rules.people.get(owed.owner)
    return (*people, owner) if owner and owner.channels and owner not in people else people


def _tell_owner(draft: Draft, key: str) -> None:
    """Whoever has it in hand learns of the miss at once, on the first channel; the rung is called without waiting."""
    owed = draft.owed(key)
    owner = draft.rules.people.get(owed.owner)
    if draft.case.quiet and is_quiet(draft):
        return
    if owner and owner.channels and owner.person not in draft.rules.roster.holders(owed.rung_role, draft.at):
        _call(draft, owed, owed.role, owner, owner.channels[0], wait=0)


def _call(
    draft: Draft, owed: Obligation, role: str, responder: Responder, channel: Channel, wait: int | None = None
) -> None:
    if wait is None:
        wait = channel.wait or patience(owed, draft.plan.defaults.ask_again, _began(draft, owed))
    draft.add(
        PersonCalled(
            draft.at,
            owed.key,
            responder.person,
            channel.kind,
            role,
            owed.rung,
            owed.ring,
            owed.calls + 1,
            draft.at + wait,
        )
    )
