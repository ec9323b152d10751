"""What the calendar opens and changes, and how promises pass with the duty.

Which obligations fall on a day is worked out before (`duties.occurring`) and comes with the command, so that the record
holds what was asked; here they are opened, and from then on they are obligations like any other.
"""

from collections.abc import Iterable

from dutyroom.core.commands import OpenDuty, OwedItem, PassOn, SetDuty
from dutyroom.core.decide.draft import Draft
from dutyroom.core.duties.localtime import quiet_until
from dutyroom.core.duties.steps import DutyStep
from dutyroom.core.events import (
    Due,
    DutyOpened,
    DutySet,
    Lapsed,
    ObligationOpened,
    PromisePassed,
    QuietKept,
    Withdrawn,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.phases import DUTY
from dutyroom.core.plan import Verb
from dutyroom.core.state import Obligation


def open_duty(draft: Draft, command: OpenDuty) -> Refusal | None:
    """Open the case and everything that it owes; each is quiet until its own time."""
    if draft.case.case:
        return Refusal("case.exists")
    plan = draft.plan
    draft.add(
        DutyOpened(
            draft.at, command.command, command.case, command.site, plan.id, plan.source_sha256, command.kind,
            command.day, command.zone, command.periods, command.quiet, command.exercise,
        )
    )  # fmt: skip
    _open(draft, command.items)
    return None


def set_duty(draft: Draft, command: SetDuty) -> Refusal | None:
    """Open what is new and withdraw what is no longer asked. What has begun stays as it is."""
    if draft.case.phase != DUTY:
        return Refusal("act.duty_over")
    wanted = {_name(item) for item in command.items}
    known = {_name_of(owed) for owed in draft.case.obligations.values() if owed.status != "withdrawn"}
    new = [
        item
        for item in command.items
        if _name(item) not in known and item.due_at > draft.at and item.step in draft.plan.step
    ]
    gone = [
        owed
        for owed in draft.case.open_obligations()
        if not owed.parent and _begins(owed) > draft.at and not owed.marks and _name_of(owed) not in wanted
    ]
    quiet = None if command.quiet == draft.case.quiet else command.quiet
    if not new and not gone and draft.case.periods == command.periods and quiet is None:
        return None
    draft.add(DutySet(draft.at, command.command, command.periods, quiet))
    _open(draft, new)
    for owed in gone:
        draft.add(Withdrawn(draft.at, owed.key, "calendar"))
    return None


def pass_on(draft: Draft, command: PassOn) -> Refusal | None:
    """Let a promise go over to who holds its post now. Nobody's promise is taken who still holds it."""
    owed = draft.case.obligations.get(command.key)
    if owed is None or not owed.is_open or not owed.owner:
        return Refusal("act.unknown", {"key": command.key})
    roster = draft.rules.roster
    if command.by not in roster.planned(owed.role, draft.at) or owed.owner in roster.planned(
        owed.role, draft.at
    ):
        return Refusal("act.not_yours", {"step": owed.step, "role": owed.role})
    draft.add(PromisePassed(draft.at, command.command, command.by, command.key, owed.owner))
    return None


def rest(draft: Draft, owed: Obligation) -> bool:
    """Whether nobody is called now: its day is over, or it is night and the matter can wait. Says so on the record."""
    if is_overtaken(draft, owed):
        draft.add(Lapsed(draft.at, owed.key, ""))
        return True
    until = quiet_until(draft.at, draft.case.quiet, draft.case.zone) if draft.case.quiet else None
    if until is None:
        return False
    draft.add(QuietKept(draft.at, owed.key, until))
    return True


def is_quiet(draft: Draft) -> bool:
    """Whether it is an hour in which nobody is called for this case."""
    return quiet_until(draft.at, draft.case.quiet, draft.case.zone) is not None


def is_overtaken(draft: Draft, owed: Obligation) -> bool:
    """Whether the obligation is of a day so long past that it is no longer asked for."""
    step = draft.plan.step[owed.step]
    after = step.lapses_after if isinstance(step, DutyStep) else 0
    return bool(after) and draft.at >= max(due.due_at for due in owed.dues) + after


def _open(draft: Draft, items: Iterable[OwedItem]) -> None:
    counts: dict[tuple[str, str], int] = {}
    for owed in draft.case.obligations.values():
        place = (owed.step, owed.role)
        counts[place] = max(counts.get(place, 0), owed.occurrence)
    for item in items:
        step = draft.plan.step.get(item.step)
        if step is None:
            continue  # an older edition's; what this plan does not know it cannot ask
        number = counts[item.step, item.role] = counts.get((item.step, item.role), 0) + 1
        key = f"{item.step}#{number}" + (f"@{item.role}" if step.each else "")
        draft.add(
            ObligationOpened(
                draft.at,
                key,
                item.step,
                number,
                item.role,
                (Due(Verb.DONE, item.due_at, item.clock),),
                item.call_at,
                item.not_before,
            )
        )


def _name(item: OwedItem) -> tuple[str, str, Instant]:
    return (item.step, item.role, item.due_at)


def _name_of(owed: Obligation) -> tuple[str, str, Instant]:
    return (owed.step, owed.role, owed.dues[0].due_at if owed.dues else 0)


def _begins(owed: Obligation) -> Instant:
    return owed.begins_at or owed.opened_at
