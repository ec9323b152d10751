"""What a changed case now owes: phases that move, obligations that open, and those that are no longer owed."""

from dutyroom.core.commands import Answer, OpenCase
from dutyroom.core.conditions import context, finished, holds, joined
from dutyroom.core.decide.calling import call_next
from dutyroom.core.decide.draft import Draft
from dutyroom.core.events import (
    CaseOpened,
    Due,
    LevelSet,
    ObligationOpened,
    PhaseMoved,
    ReportReceived,
    Withdrawn,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.grading import WARNING, warning_rules
from dutyroom.core.instants import MINUTE, Instant
from dutyroom.core.phases import READINESS, RESPONSE, is_legal
from dutyroom.core.plan import CONFIRMED, OPENED, STARTS, VERBS, Clock, ClockKind, Plan, Step, Verb
from dutyroom.core.state import Case, Obligation

# A plan whose steps start each other without end is stopped here; the checker names such a loop beforehand.
_ROUNDS = 200
_REMINDER = 5 * MINUTE


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
    """Apply moves, withdrawals and openings until nothing more follows."""
    for _ in range(_ROUNDS + 4 * len(draft.plan.steps)):
        if not (_start_by_warning(draft) or _move(draft) or _withdraw(draft) or _open(draft)):
            return


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
    if step.repeat is None or step.id not in {s.id for s in _steps_now(draft)}:
        return
    if holds(step.repeat.until, context(draft.plan, draft.case)):
        return
    # Done late, after its miss had already opened the successor: it must not be opened over again.
    if any(
        other.occurrence > owed.occurrence and other.role == owed.role for other in draft.of_step(step.id)
    ):
        return
    every = max(
        step.repeat.every, MINUTE
    )  # the checker refuses less, but a draft is played before it is approved
    due_at = next(due.due_at for due in owed.dues if due.verb is Verb.DONE) + every
    # Done again and again within one interval, it is owed in the next all the same: haste buys no silence.
    too_far = max(0, due_at - draft.at - 2 * every)
    due_at -= -(-too_far // every) * every
    kind = step.clocks[Verb.DONE].kind if Verb.DONE in step.clocks else ClockKind.HARD
    reminder = max(draft.at + 1, due_at - min(_REMINDER, every // 6))
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
        if not holds(owes.when, context(draft.plan, draft.case, answers)):
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


def _steps_now(draft: Draft) -> tuple[Step, ...]:
    return draft.plan.steps_of_phase.get(draft.case.phase, ())


def _start_by_warning(draft: Draft) -> bool:
    """An outside warning that the plan answers without waiting for a person: level and response at once."""
    if draft.case.phase != READINESS:
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
    for move in draft.plan.moves:
        if move.source != draft.case.phase or not is_legal(move.source, move.target):
            continue
        # A phase that came back is left by what was done since: an old signature closes nothing a second time.
        if joined(draft.plan, draft.case, move.after, draft.case.done_before) and draft.sees(move.when):
            draft.add(PhaseMoved(draft.at, move.source, move.target))
            return True
    return False


def _withdraw(draft: Draft) -> bool:
    for owed in draft.case.open_obligations():
        why = _reason_to_withdraw(draft, owed)
        if why:
            draft.add(Withdrawn(draft.at, owed.key, why))
            return True
    return False


def _reason_to_withdraw(draft: Draft, owed: Obligation) -> str:
    step = draft.plan.step[owed.step]
    if draft.case.phase not in step.phases and not step.outlives:
        return "phase"
    if locked(draft.plan, draft.case, step):
        return "assisting"
    if step.on_level_change == "stop" and not step.holds_at(draft.case.level):
        return "level"
    if step.each and step.quorum and finished(draft.plan, draft.case, step.id):
        return "quorum"
    if step.repeat and step.repeat.until != "false" and draft.sees(step.repeat.until):
        return "ended"
    return ""


def _open(draft: Draft) -> bool:
    for step in _steps_now(draft):
        if _falls_due(draft, step):
            number = draft.case.occurrences(step.id) + 1
            for role in _owners(draft, step):
                open_step(draft, step, role, number)
            return True
    return False


def _owners(draft: Draft, step: Step) -> tuple[str, ...]:
    if step.each:
        return tuple(member for who in step.who for member in draft.plan.members(who))
    return step.who[:1]


def _needed_to_leave(draft: Draft) -> set[str]:
    """The steps that the moves out of the present phase wait for."""
    moves = [move for move in draft.plan.moves if move.source == draft.case.phase]
    return {step for move in moves for step in (*move.after.all, *move.after.any)}


def _unconfirmed(draft: Draft, step: Step) -> bool:
    """Done, but the confirmation went with its phase: the act does not count, and nothing else would ask for it."""
    if step.confirm is None or any(owed.is_open for owed in draft.of_step(step.id)):
        return False
    seconds = list(draft.of_step(step.id + CONFIRMED))
    return bool(seconds) and seconds[-1].status == "withdrawn"


def _falls_due(draft: Draft, step: Step) -> bool:
    if step.voluntary or step.id in draft.plan.spawned:
        return False
    if locked(draft.plan, draft.case, step) or not step.holds_at(draft.case.level):
        return False
    before = draft.of_step(step.id)
    if draft.case.done_before and step.id in _needed_to_leave(draft):
        if any(owed.is_open for owed in before) or finished(
            draft.plan, draft.case, step.id, draft.case.done_before
        ):
            return False
        return draft.met(step.after, step.when)
    # Left with its phase, a step is owed anew when the phase comes back; what was done is not asked twice.
    unfinished = before[-1:] if step.repeat else before
    if any(owed.status != "withdrawn" for owed in unfinished) and not _unconfirmed(draft, step):
        return False
    if step.repeat and holds(step.repeat.until, context(draft.plan, draft.case)):
        return False
    return draft.met(step.after, step.when)
