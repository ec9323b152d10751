"""What a changed case now owes: phases that move, obligations that open, and those that are no longer owed."""

from operator import is_
from typing import Any

from dutyroom.core.commands import Answer, OpenCase
from dutyroom.core.conditions import finished, joined, names_in, true_of
from dutyroom.core.decide.calling import call_next
from dutyroom.core.decide.draft import Draft
from dutyroom.core.events import (
    ActMarked,
    ActVolunteered,
    CaseOpened,
    Due,
    LevelSet,
    ObligationOpened,
    PhaseMoved,
    ReportReceived,
    Waived,
    Withdrawn,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.grading import WARNING, warning_rules
from dutyroom.core.instants import Instant
from dutyroom.core.phases import CLOSED, DUTY, READINESS, RESPONSE, is_legal
from dutyroom.core.plan import CONFIRMED, OPENED, STARTS, VERBS, Clock, ClockKind, Move, Plan, Step, Verb
from dutyroom.core.remembering import once_a_plan
from dutyroom.core.state import Case, Obligation

# A plan whose steps start each other without end is stopped here; the checker names such a loop beforehand.
_ROUNDS = 200


def open_case(draft: Draft, command: OpenCase) -> Refusal | None:
    """A report opens the case; whatever the report's fields, it is never refused once it can be stored."""
    if draft.case.case:
        return Refusal("case.exists")
    plan = draft.plan
    facts = {
        name: value for name, value in command.facts.items() if name in plan.facts or name.startswith(WARNING)
    }
    draft.add(
        CaseOpened(draft.at, command.case, command.site, plan.id, plan.source_sha256, facts, command.exercise)
    )
    draft.add(
        ReportReceived(
            draft.at,
            command.command,
            command.by,
            command.via,
            command.times,
            facts,
            command.story,
            command.sealed,
        )
    )
    return None


def consequences(draft: Draft) -> None:
    """Apply moves, withdrawals and openings until nothing more follows.

    A call, an answer or a rung of a ladder changes nothing that this reads; then there is nothing to look for.
    """
    now, rested = _read_of(draft.plan, draft.case), draft.case.at_rest
    if rested and all(map(is_, rested, now)):
        return
    steps = _stirred(draft) if rested and all(map(is_, rested[3:], now[3:])) else None
    left = _ROUNDS + 4 * len(draft.plan.steps)
    while left > 0:
        found = _start_by_warning(draft) or _move(draft) or _withdraw(draft, left, only_act=steps is not None)
        if found:
            steps = None
        else:
            found, complete = _open(draft, left, steps)
            if complete:
                object.__setattr__(draft.case, "at_rest", _read_of(draft.plan, draft.case))
                return
        left -= found


def _read_of(plan: Plan, case: Case) -> tuple[Any, ...]:
    """All that decides what follows from a case. From the same objects nothing follows that did not follow before.

    The first three are what an act changes.
    """
    acts = (case.obligations.accounts, case.done, case.facts)
    return (*acts, plan, case.phase, case.level, case.assisting, case.done_before)


def _stirred(draft: Draft) -> tuple[Step, ...] | None:
    """The steps that an act may have made due, where it changed nothing else that decides; None: any may be due."""
    at_rest = map(is_, draft.before.at_rest, _read_of(draft.plan, draft.before))
    acts = (ActMarked, ActVolunteered, Waived)
    done = [event.step for event in draft.events if isinstance(event, acts)]
    if not all(at_rest) or len(done) != 1 or _ask_for_open(draft.plan, draft.case.phase):
        return None
    same_facts = draft.case.facts is draft.before.facts
    return _waiting_for(draft.plan, draft.case.phase, done[0], _BY_DONE if same_facts else _BY_ACTS)


_BY_DONE = frozenset({"done"})
_BY_ACTS = frozenset({"done", "facts", "unknown"})


@once_a_plan
def _waiting_for(plan: Plan, phase: str, done: str, changed: frozenset[str]) -> tuple[Step, ...]:
    """The steps of the phase whose turn may come, or come again, when `done` is done: those whose join or whose
    conditions read what has `changed` by it."""
    names = {done, done.removesuffix(CONFIRMED)}
    return tuple(
        step
        for step in _may_fall_due(plan, phase)
        if step.id in names
        or names.intersection((*step.after.all, *step.after.any))
        or changed & names_in(step.when)
        or (step.repeat is not None and changed & names_in(step.repeat.until))
    )


def open_step(
    draft: Draft,
    step: Step,
    role: str,
    number: int,
    *,
    dues: tuple[Due, ...] | None = None,
    first_call_at: Instant | None = None,
    text: str = "",
    parent: str = "",
) -> None:
    """Open occurrence `number` of the step for the role and call the first person, now or at `first_call_at`."""
    key = f"{step.id}#{number}" + (f"@{role}" if step.each else "")
    draft.add(
        ObligationOpened(
            draft.at,
            key,
            step.id,
            number,
            role,
            dues if dues is not None else deadlines(draft, step),
            draft.at if first_call_at is None else first_call_at,
            draft.at + step.not_before if step.not_before else None,
            text,
            parent,
        )
    )
    if first_call_at is None:
        call_next(draft, key)


def deadlines(draft: Draft, step: Step) -> tuple[Due, ...]:
    """The step's clocks from now. Where the plan sets no end, the organisation's default does, marked as such."""
    dues = [
        Due(verb, _start(draft, clock) + clock.within, clock.kind, clock.word)
        for verb in VERBS
        if (clock := step.clocks.get(verb)) is not None
    ]
    if Verb.DONE not in step.clocks:
        dues.append(Due(Verb.DONE, draft.at + draft.plan.defaults.done, ClockKind.DEFAULT))
    return tuple(dues)


def _start(draft: Draft, clock: Clock) -> Instant:
    """When a clock began to run. What happened before anybody knew starts with the first time that is known."""
    if clock.since == OPENED or draft.case.times is None:
        return draft.at
    if clock.since not in STARTS:
        return draft.case.done_at.get(clock.since, draft.at)
    times = draft.case.times
    in_order = {
        "happened": times.happened_at,
        "known": times.known_at,
        "reported": times.reported_at,
        "received": times.received_at,
    }
    later = list(in_order.values())[list(in_order).index(clock.since) :]
    return min(draft.at, next(instant for instant in later if instant is not None))


def open_repeat(draft: Draft, owed: Obligation) -> None:
    """Open the successor of a repeated obligation, on the cadence of the first; quiet until its reminder."""
    step = draft.plan.step[owed.step]
    if step.repeat is None or draft.case.phase not in step.phases:
        return
    if draft.sees(step.repeat.until):
        return
    # Done late, after its miss had already opened the successor: it must not be opened over again.
    newest = draft.case.obligations.newest(step.id, owed.role)
    if newest is not None and newest.occurrence > owed.occurrence:
        return
    every = step.repeat.interval
    due_at = next(due.due_at for due in owed.dues if due.verb is Verb.DONE) + every
    # Done again and again within one interval, it is owed in the next all the same: haste buys no silence.
    too_far = max(0, due_at - draft.at - 2 * every)
    due_at -= -(-too_far // every) * every
    kind = step.clocks[Verb.DONE].kind if Verb.DONE in step.clocks else ClockKind.HARD
    reminder = max(draft.at + 1, due_at - step.repeat.reminder)
    open_step(
        draft,
        step,
        owed.role,
        owed.occurrence + 1,
        dues=(Due(Verb.DONE, due_at, kind),),
        first_call_at=reminder,
    )


def open_promises(draft: Draft, step: Step, key: str, answers: dict[str, Answer]) -> None:
    """Completing a step can make promises: each is an obligation with its own owner and date."""
    for owes in step.owes:
        if not true_of(draft.plan, draft.case, owes.when, answers):
            continue
        target = draft.plan.step[owes.step]
        role = str(answers.get(owes.owner_field) or target.who[0])
        text = str(answers.get(owes.text_field) or "")
        dues = deadlines(draft, target)
        if owes.by_field in answers:
            due = Due(Verb.DONE, int(answers[owes.by_field]), ClockKind.HARD)
            dues = (*(d for d in dues if d.verb is not Verb.DONE), due)
        number = draft.case.occurrences(target.id) + 1
        open_step(draft, target, role, number, dues=dues, text=text, parent=key)


def _start_by_warning(draft: Draft) -> bool:
    """An outside warning that the plan answers without waiting for a person: level and response at once."""
    if draft.case.phase != READINESS or not draft.plan.warnings.rules:
        return False
    ruled = warning_rules(draft.plan, draft.case.facts)
    rule = next((rule for rule in ruled if rule.automatic and rule.state == RESPONSE), None)
    if rule is None:
        return False
    if draft.plan.rank.get(draft.case.level, 99) > draft.plan.rank.get(rule.level, 99):
        draft.add(LevelSet(draft.at, "", rule.level, draft.case.level))
    draft.add(PhaseMoved(draft.at, READINESS, RESPONSE))
    return True


def locked(plan: Plan, case: Case, step: Step) -> bool:
    """Whether the step waits because outsiders have the command."""
    return case.assisting and plan.assisting is not None and step.id in plan.assisting.locks


def _move(draft: Draft) -> bool:
    """Move to the next phase if the plan says so."""
    for move in _moves_from(draft.plan, draft.case.phase):
        # A phase that came back is left by what was done since: an old signature closes nothing a second time.
        if joined(draft.plan, draft.case, move.after, draft.case.done_before) and draft.sees(move.when):
            draft.add(PhaseMoved(draft.at, move.source, move.target))
            return True
    return False


# What the calendar opened is over when nothing of it is owed any more.
_DUTY_ENDS = Move(DUTY, CLOSED, when="size(open) == 0")


@once_a_plan
def _moves_from(plan: Plan, phase: str) -> tuple[Move, ...]:
    if phase == DUTY:
        return (_DUTY_ENDS,)
    return tuple(move for move in plan.moves if move.source == phase and is_legal(phase, move.target))


@once_a_plan
def _ask_for_open(plan: Plan, phase: str) -> bool:
    """Whether a condition that counts in the phase reads what is open: then each opening may change its answer."""
    steps = [step for step in plan.steps if phase in step.phases or step.outlives]
    conditions = [move.when for move in _moves_from(plan, phase)]
    conditions += [step.when for step in steps]
    conditions += [step.repeat.until for step in steps if step.repeat]
    return any("open" in names_in(condition) for condition in conditions)


def _withdraw(draft: Draft, most: int, *, only_act: bool) -> int:
    """Withdraw what is no longer owed, `most` at the most; how many it were.

    Where no condition asks what is open, one withdrawal changes nothing for the next: all are found in one pass. Where
    nothing has changed but by an act, only what an act can end is looked at, and what has been opened since.
    """
    most = 1 if _ask_for_open(draft.plan, draft.case.phase) else most
    found = 0
    for owed in draft.case.open_obligations():
        if only_act and owed.opened_at != draft.at and not _may_be_ended(draft.plan, owed.step):
            continue
        why = _reason_to_withdraw(draft, owed)
        if why:
            draft.add(Withdrawn(draft.at, owed.key, why))
            found += 1
            if found == most:
                break
    return found


@once_a_plan
def _may_be_ended(plan: Plan, step_id: str) -> bool:
    """Whether an open obligation of the step can be ended by what others do."""
    step = plan.step[step_id]
    return bool(step.each and step.quorum) or (
        step.repeat is not None and bool(_BY_ACTS & names_in(step.repeat.until))
    )


def _reason_to_withdraw(draft: Draft, owed: Obligation) -> str:
    plan, case = draft.plan, draft.case
    step = plan.step[owed.step]
    if case.phase not in step.phases and not step.outlives:
        return "phase"
    if locked(plan, case, step):
        return "assisting"
    if step.on_level_change == "stop" and not step.holds_at(case.level):
        return "level"
    if step.each and step.quorum and finished(plan, case, step.id):
        return "quorum"
    if step.repeat and step.repeat.until != "false" and draft.sees(step.repeat.until):
        return "ended"
    return ""


def _open(draft: Draft, most: int, steps: tuple[Step, ...] | None) -> tuple[int, bool]:
    """Open those of the steps (None: all) that fall due, `most` at the most: how many, and whether none is left.

    As with withdrawals: where no condition asks what is open, a step that did not fall due before does not do so now.
    """
    most = 1 if _ask_for_open(draft.plan, draft.case.phase) else most
    found = 0
    for step in _may_fall_due(draft.plan, draft.case.phase) if steps is None else steps:
        if _falls_due(draft, step):
            number = draft.case.occurrences(step.id) + 1
            owners = _owners(draft, step)
            for role in owners:
                open_step(draft, step, role, number)
            found += 1
            if found == most or not owners or _no_longer(draft, step):
                return found, False
    return found, True


def _no_longer(draft: Draft, step: Step) -> bool:
    """Whether the step is withdrawn in the next round although it has only now fallen due."""
    return any(
        _reason_to_withdraw(draft, owed) for owed in draft.case.open_obligations() if owed.step == step.id
    )


def _owners(draft: Draft, step: Step) -> tuple[str, ...]:
    if step.each:
        return tuple(member for who in step.who for member in draft.plan.members(who))
    return step.who[:1]


@once_a_plan
def _may_fall_due(plan: Plan, phase: str) -> tuple[Step, ...]:
    """The steps of the phase that are owed by themselves, in the plan's order."""
    steps = plan.steps_of_phase.get(phase, ())
    return tuple(step for step in steps if not step.voluntary and step.id not in plan.spawned)


@once_a_plan
def _needed_to_leave(plan: Plan, phase: str) -> frozenset[str]:
    """The steps that the moves out of the phase wait for."""
    moves = [move for move in plan.moves if move.source == phase]
    return frozenset(step for move in moves for step in (*move.after.all, *move.after.any))


def _unconfirmed(draft: Draft, step: Step) -> bool:
    """Done, but the confirmation went with its phase: the act does not count, and nothing else would ask for it."""
    known = draft.case.obligations
    if step.confirm is None or known.account(step.id).running:
        return False
    second = known.account(step.id + CONFIRMED).newest
    return bool(second) and known[second].status == "withdrawn"


def _asked_already(draft: Draft, step: Step) -> bool:
    """Left with its phase, a step is owed anew when the phase comes back; what was done is not asked twice."""
    known = draft.case.obligations
    account = known.account(step.id)
    if step.repeat and account.standing:
        return known[account.newest].status != "withdrawn"
    return account.standing > 0


def _falls_due(draft: Draft, step: Step) -> bool:
    plan, case = draft.plan, draft.case
    again = bool(case.done_before) and step.id in _needed_to_leave(plan, case.phase)
    if again:
        asked = case.obligations.account(step.id).running or finished(plan, case, step.id, case.done_before)
    else:
        asked = _asked_already(draft, step) and not _unconfirmed(draft, step)
    if asked or locked(plan, case, step) or not step.holds_at(case.level):
        return False
    if not again and step.repeat and draft.sees(step.repeat.until):
        return False
    return draft.met(step.after, step.when)
