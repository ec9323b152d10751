"""The command behind a decision: what was asked of the core so that these entries followed.

A person's entry holds all that its command held. A timer's holds which one it was; the case says when it was due.
"""

from dutyroom.core import events as e
from dutyroom.core.commands import (
    Act,
    Command,
    Justify,
    LetPass,
    NoteCallFailed,
    OpenCase,
    OpenDuty,
    OwedItem,
    PassOn,
    SetDuty,
    Times,
    Volunteer,
    Waive,
)
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.state import Case
from dutyroom.interpreters.audit.blocks import CALLS, RESTS, Block

Timer = tuple[Instant, str, str]  # when it runs out, of which obligation, a verb or "call"


def asked(plan: Plan, case: Case, block: Block) -> Command | None:
    """The command that the decision answers; None where nothing in it could have led it, or its timer does not run."""
    lead = block.lead
    times = Times(lead.at, lead.at)
    match lead:
        case e.CaseOpened():
            return _opened(lead, block)
        case e.DutyOpened():
            return _duty(lead, block)
        case e.DutySet():
            return SetDuty(lead.command, _items_left(case, block), lead.periods, lead.quiet)
        case e.PromisePassed():
            return PassOn(lead.command, lead.by, lead.key)
        case e.ActMarked():
            given = _answers(plan, lead)
            return Act(lead.command, lead.by, lead.key, lead.verb, lead.times, given, lead.sealed)
        case e.ActVolunteered():
            return Volunteer(lead.command, lead.by, lead.step, lead.times, _answers(plan, lead), lead.sealed)
        case e.Waived():
            return Waive(lead.command, lead.by, lead.key, lead.reason, times)
        case e.DeviationJustified():
            return Justify(lead.command, lead.by, lead.deviation, lead.reason, lead.change, times)
        case e.CallFailed():
            return NoteCallFailed(lead.key, lead.person, lead.channel, lead.why)
    timer = timer_of(case, block)
    return let_pass(timer, block) if timer else None


def timer_of(case: Case, block: Block) -> Timer | None:
    """The running timer that the decision says has run out."""
    lead = block.lead
    if not isinstance(lead, (e.DeadlineMissed, *CALLS, *RESTS)):
        return None
    owed = case.obligations.get(lead.key)
    if owed is None or not owed.is_open:
        return None
    name = lead.verb.value if isinstance(lead, e.DeadlineMissed) else "call"
    return next(((due, owed.key, name) for due, _, other in owed.timers() if other == name), None)


def let_pass(timer: Timer, block: Block) -> LetPass:
    """The timer's command, noticed as the record says it was."""
    due_at, key, name = timer
    down = isinstance(block.lead, e.DeadlineMissed) and block.lead.while_down
    return LetPass(key, name, due_at, down)


def _opened(lead: e.CaseOpened, block: Block) -> OpenCase:
    report = next((one for one in block.events if isinstance(one, e.ReportReceived)), None)
    if report is None:
        return OpenCase(
            "", lead.case, lead.site, Times(lead.at, lead.at), lead.facts, {}, exercise=lead.exercise
        )
    return OpenCase(
        report.command, lead.case, lead.site, report.times, lead.facts, report.story, report.via, report.by,
        report.sealed, lead.exercise,
    )  # fmt: skip


def _duty(lead: e.DutyOpened, block: Block) -> OpenDuty:
    items = tuple(_item(one) for one in block.events if isinstance(one, e.ObligationOpened))
    return OpenDuty(
        lead.command, lead.case, lead.site, lead.kind, lead.day, lead.zone, items, lead.periods, lead.quiet,
        lead.exercise,
    )  # fmt: skip


def _item(opened: e.ObligationOpened) -> OwedItem:
    due = opened.dues[0]
    return OwedItem(opened.step, opened.role, due.due_at, opened.next_call_at, opened.not_before, due.kind)


def _items_left(case: Case, block: Block) -> tuple[OwedItem, ...]:
    """What the day was set to: what it owed before and was not withdrawn now, and what is new."""
    gone = {one.key for one in block.events if isinstance(one, e.Withdrawn)}
    kept = tuple(
        OwedItem(owed.step, owed.role, owed.dues[0].due_at, owed.begins_at or owed.opened_at, owed.not_before)
        for owed in case.obligations.values()
        if owed.dues and owed.status != "withdrawn" and owed.key not in gone
    )
    return (*kept, *(_item(one) for one in block.events if isinstance(one, e.ObligationOpened)))


def _answers(plan: Plan, lead: e.ActMarked | e.ActVolunteered) -> dict[str, str | int | bool]:
    """What was filled in: answers that stayed with the act, and those that became facts of the case."""
    step = plan.step.get(lead.step)
    became = (field.id for field in step.asks if field.fact) if step else ()
    facts = {name: lead.facts[name] for name in became if name in lead.facts and name not in lead.answers}
    return {**lead.answers, **facts}
