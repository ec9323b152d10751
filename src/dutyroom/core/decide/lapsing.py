"""What follows when a timer of an obligation runs out: a miss is an event, and the next one must."""

from dutyroom.core.commands import LetPass
from dutyroom.core.decide.calling import call_next, escalate
from dutyroom.core.decide.draft import Draft
from dutyroom.core.decide.opening import open_repeat
from dutyroom.core.events import DeadlineMissed, Lapsed
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Verb
from dutyroom.core.state import Obligation


def let_pass(draft: Draft, command: LetPass) -> Refusal | None:
    """Let the timer run out, if it still runs: an answer that came first has already stopped it."""
    owed = draft.case.obligations.get(command.key)
    if owed is None or not owed.is_open:
        return None
    if command.timer == "call":
        if owed.next_call_at == command.due_at:
            call_next(draft, owed.key)
    elif (command.due_at, command.timer) in {(due_at, name) for due_at, _, name in owed.timers()}:
        _miss(draft, owed, command)
    return None


def _miss(draft: Draft, owed: Obligation, command: LetPass) -> None:
    verb = Verb(command.timer)
    kind = next(due.kind for due in owed.dues if due.verb is verb)
    draft.add(
        DeadlineMissed(
            draft.at, owed.key, owed.step, verb, command.due_at, kind, owed.role, command.while_down
        )
    )
    overtaken = verb is Verb.DONE and _overtake(draft, owed)
    if not overtaken:
        escalate(draft, owed.key, verb.value)


def _overtake(draft: Draft, owed: Obligation) -> bool:
    """A missed repeat opens its successor; the one before it, if still open, is overtaken and lapses.

    Returns whether the successor's own deadline has passed already (after an outage): then nobody is called for the
    older one, so that a night without power does not end in a dozen calls about the same report.
    """
    step = draft.plan.step[owed.step]
    if step.repeat is None:
        return False
    for older in draft.case.open_obligations():
        if older.step == owed.step and older.occurrence < owed.occurrence and older.role == owed.role:
            draft.add(Lapsed(draft.at, older.key, owed.key))
    open_repeat(draft, owed)
    newest = draft.case.obligations.newest(owed.step, owed.role) or owed
    return newest.key != owed.key and any(due.due_at <= draft.at for due in newest.dues)
