"""What follows from a command: `decide(rules, case, command, now) -> events, or a refusal with its reasons`.

The one place where rules live. Live, drill, verify and audit all ask here; none of them has a rule of its own.
Pure: the same four arguments always give the same answer. A command seen before decides nothing a second time.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from dutyroom.core.commands import (
    Act,
    Command,
    Justify,
    LetPass,
    NoteCallFailed,
    OpenCase,
    OpenDuty,
    PassOn,
    SetDuty,
    Volunteer,
    Waive,
)
from dutyroom.core.decide.acting import act, volunteer, waive
from dutyroom.core.decide.calling import call_failed
from dutyroom.core.decide.draft import Draft
from dutyroom.core.decide.dutying import open_duty, pass_on, set_duty
from dutyroom.core.decide.justifying import justify
from dutyroom.core.decide.lapsing import let_pass
from dutyroom.core.decide.opening import consequences, open_case
from dutyroom.core.events import Event
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case

__all__ = ["decide", "decided"]

Decided: TypeAlias = tuple[tuple[Event, ...], Case]


def decide(rules: PlanInForce, case: Case, command: Command, now: Instant) -> tuple[Event, ...] | Refusal:
    """The events that the command causes at `now`, in order, with everything that follows from them.

    Time never runs backwards inside a case: an earlier `now` counts as the case's last instant.
    """
    answer = decided(rules, case, command, now)
    return answer if isinstance(answer, Refusal) else answer[0]


def decided(rules: PlanInForce, case: Case, command: Command, now: Instant) -> Decided | Refusal:
    """As `decide`, with the case as the events leave it: what `replay(events, case)` gives, so it need not run."""
    if getattr(command, "command", None) in case.commands:
        return (), case
    if not isinstance(command, OpenCase | OpenDuty) and not case.case:
        return Refusal("case.unknown")
    draft = Draft(rules, case, max(now, case.last_at))
    refusal = _RULES[type(command)](draft, command)
    if refusal is not None:
        return refusal
    consequences(draft)
    return tuple(draft.events), draft.case


_RULES: dict[type, Callable[[Draft, Any], Refusal | None]] = {
    OpenCase: open_case,
    Act: act,
    Volunteer: volunteer,
    Waive: waive,
    LetPass: let_pass,
    NoteCallFailed: call_failed,
    Justify: justify,
    OpenDuty: open_duty,
    SetDuty: set_duty,
    PassOn: pass_on,
}
