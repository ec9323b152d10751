"""The core run live: commands from people and from the clock are decided, recorded, and only then told.

Has no rule of its own. Telling people is what the record's delivery rows cause after the commit; a receipt is given
only after it. Before a person's command is decided, what has fallen due on the case passes first, so that an answer and
an escalation that cross are both on record and in the right order.
"""

from dataclasses import dataclass
from typing import TypeAlias

from dutyroom.core.commands import (
    Act,
    Justify,
    NoteCallFailed,
    OpenCase,
    OpenDuty,
    PassOn,
    SetDuty,
    Volunteer,
    Waive,
    made_at,
)
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.settle import settle, settle_before
from dutyroom.core.state import Case
from dutyroom.ports import Clock, Opening, Receipt, Record

DUE_AT_ONCE = 50

Doing: TypeAlias = Act | Volunteer | Waive | Justify | NoteCallFailed | SetDuty | PassOn


@dataclass(frozen=True)
class Live:
    """One record and one clock; any number of these, in any number of processes, may run on the same record."""

    record: Record
    clock: Clock

    def report(self, command: OpenCase) -> Receipt | Refusal:
        """Open a case from a report. Returns the receipt after the commit; raises LookupError for an unknown site."""
        rules = self.record.rules(command.site)
        new = decided(rules, Case(), command, self.clock.now())
        if isinstance(new, Refusal):
            return new
        return self.record.open(Opening(command.command, command.site, rules, *new))

    def open_duty(self, command: OpenDuty) -> Receipt | Refusal:
        """Open a case of the calendar; the same again gets the first receipt. Raises LookupError like `report`."""
        rules = self.record.rules(command.site)
        new = decided(rules, Case(), command, self.clock.now())
        if isinstance(new, Refusal):
            return new
        return self.record.open(Opening(command.command, command.site, rules, *new))

    def act(self, case: str, command: Doing) -> Case | Refusal:
        """Carry out a command on a case: the case after it, or why not. Raises LookupError for an unknown case."""
        with self.record.hold(case) as held:
            now = self.clock.now()
            settled, passed = settle_before(held.rules, held.case, now, held.outages, made_at(command))
            new = decided(held.rules, settled, command, now)
            if isinstance(new, Refusal):
                held.append(passed, settled)
                return new
            events, after = new
            held.append((*passed, *events), after)
            return after

    def settle_due(self) -> int:
        """Let what is due pass, most overdue first; how many cases were settled."""
        now = self.clock.now()
        with self.record.hold_due(now, DUE_AT_ONCE) as cases:
            for held in cases:
                after, events = settle(held.rules, held.case, now, held.outages)
                held.append(events, after)
            return len(cases)
