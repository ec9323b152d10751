"""What a person may do on a case, and what follows: the four verbs, voluntary steps, waiving.

`offers` lists exactly what `decide` would not refuse for want of authority, so that a page shows those acts and
nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dutyroom.core.commands import Act, Answer, Times, Volunteer, Waive
from dutyroom.core.conditions import joined, names_in, true_of
from dutyroom.core.counts import merged
from dutyroom.core.decide.answers import faults
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.decide.draft import Draft
from dutyroom.core.decide.opening import locked, open_promises, open_repeat
from dutyroom.core.duties.answering import is_unannounced
from dutyroom.core.duties.handing import coming, is_incoming, may_come
from dutyroom.core.duties.least import said_of
from dutyroom.core.duties.steps import DutyStep
from dutyroom.core.events import (
    ActMarked,
    ActVolunteered,
    CommandHandedOver,
    CommandTakenBack,
    LevelSet,
    MissExcused,
    Waived,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.grading import read_warning
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import CONFIRMED, FieldType, Plan, Step, Verb, implied
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import INCIDENT, Case, Obligation


@dataclass(frozen=True, slots=True)
class Offer:
    """An act the person may do now. `key` is empty for a voluntary step; `unmet` names what still stands against it."""

    step: str
    verb: Verb
    key: str = ""
    unmet: tuple[str, ...] = ()
    waivable: bool = False


def offers(rules: PlanInForce, case: Case, person: str, now: Instant) -> tuple[Offer, ...]:
    """Everything the person may do on the case at `now`, owed acts first, in the plan's order."""
    found = [
        offer for owed in case.open_obligations() for offer in _owed_offers(rules, case, owed, person, now)
    ]
    for step in rules.plan.steps_of_phase.get(case.phase, ()):
        if step.voluntary and not _why_not_volunteer(rules, case, step, person, now):
            found.append(Offer(step.id, Verb.DONE, unmet=unmet(rules.plan, case, step)))
    return tuple(found)


def waivable(rules: PlanInForce, case: Case, person: str, now: Instant) -> tuple[str, ...]:
    """The keys of the open obligations that the person may release, whether or not they are theirs to do."""
    plan = rules.plan
    return tuple(
        owed.key
        for owed in case.open_obligations()
        if rules.holds(person, plan.step[owed.step].waivable_by, now) and not is_unannounced(owed, now)
    )


def unmet(plan: Plan, case: Case, step: Step, answers: Mapping[str, Answer] | None = None) -> tuple[str, ...]:
    """The step's required conditions that do not hold now. Before there are answers, those that read them stay out."""
    if not step.requires:
        return ()
    asked = [need for need in step.requires if answers is not None or "answers" not in names_in(need.when)]
    open_needs = tuple(
        f"condition:{need.id}"
        for need in asked
        if not true_of(plan, case, said_of(plan, case, step, need.when), answers)
    )
    if step.requires_any and len(open_needs) < len(step.requires):
        return ()
    return open_needs


def act(draft: Draft, command: Act) -> Refusal | None:
    """Mark a verb on an obligation, or say why not."""
    owed = draft.case.obligations.get(command.key)
    if owed is None or is_unannounced(owed, draft.at):
        return Refusal("act.unknown", {"key": command.key})
    step = draft.plan.step[owed.step]
    if isinstance(step, DutyStep) and step.answered and command.verb is Verb.RECEIVED:
        command = replace(command, verb=Verb.DONE)
    refusal = _why_not(draft.rules, draft.case, owed, command.by, command.verb, draft.at)
    if refusal is None and command.verb is Verb.DONE:
        refusal = _why_not_done(draft, step, owed, command)
    if refusal is not None:
        return refusal
    _mark(draft, step, owed, command)
    return None


def volunteer(draft: Draft, command: Volunteer) -> Refusal | None:
    """Do a voluntary step, or say why not."""
    step = draft.plan.step.get(command.step)
    if step is None or not step.voluntary:
        return Refusal("act.unknown", {"key": command.step})
    refusal = _why_not_volunteer(draft.rules, draft.case, step, command.by, draft.at)
    refusal = refusal or _unfit(draft, step, command.answers)
    if refusal is not None:
        return refusal
    number = draft.case.occurrences(step.id) + 1
    key = f"{step.id}#{number}"
    facts, answers = _split(draft, step, command.answers)
    times = _honest(command.times, draft.at)
    draft.add(
        ActVolunteered(
            draft.at, command.command, command.by, key, step.id, number, times, facts, answers, command.sealed
        )
    )
    _after_done(draft, step, key, command.by, command.answers)
    return None


def waive(draft: Draft, command: Waive) -> Refusal | None:
    """Release an obligation: only by the roles the plan names for it, only with a reason."""
    owed = draft.case.obligations.get(command.key)
    if owed is None or is_unannounced(owed, draft.at):
        return Refusal("act.unknown", {"key": command.key})
    step = draft.plan.step[owed.step]
    if not owed.is_open:
        return Refusal("act.not_open", {"status": owed.status})
    if not draft.rules.holds(command.by, step.waivable_by, draft.at):
        return Refusal("waive.not_yours", {"step": step.id})
    if not command.reason.strip():
        return Refusal("waive.no_reason")
    draft.add(Waived(draft.at, command.command, command.by, owed.key, step.id, command.reason))
    open_repeat(draft, owed)
    return None


def _owed_offers(rules: PlanInForce, case: Case, owed: Obligation, person: str, now: Instant) -> list[Offer]:
    step = rules.plan.step[owed.step]
    waivable = rules.holds(person, step.waivable_by, now)
    found = []
    for verb in Verb if not is_unannounced(owed, now) else ():
        if verb is Verb.RECEIVED and verb in owed.marks and owed.next_call_at is None:
            continue
        if _why_not(rules, case, owed, person, verb, now) is None:
            wanting = unmet(rules.plan, case, step) if verb is Verb.DONE else ()
            found.append(Offer(step.id, verb, owed.key, wanting, waivable))
    return found


def _why_not(
    rules: PlanInForce, case: Case, owed: Obligation, person: str, verb: Verb, now: Instant
) -> Refusal | None:
    """What stands against the person marking the verb, apart from the answers. First reason wins."""
    step = rules.plan.step[owed.step]
    if not owed.is_open:
        return Refusal("act.not_open", {"status": owed.status})
    if not _is_theirs(rules, owed, step, person, now):
        return Refusal("act.not_yours", {"step": step.id, "role": owed.role})
    if verb is Verb.DONE and not may_come(rules.plan, rules.roster, owed, person, now):
        return Refusal("act.not_coming", {"step": step.id, "role": owed.role})
    if verb is Verb.ON_SCENE and (Verb.ON_SCENE not in step.clocks or Verb.ON_SCENE in owed.marks):
        return Refusal("act.no_scene", {"step": step.id})
    taken = owed.marks.get(Verb.TAKEN)
    if verb is Verb.TAKEN and taken and (taken.by == person or not owed.missed):
        return Refusal("act.taken_already", {"step": step.id})
    if verb is Verb.DONE and Verb.ON_SCENE in step.clocks and Verb.ON_SCENE not in owed.marks:
        return Refusal("act.not_on_scene", {"step": step.id})
    if verb is Verb.DONE and any(person in case.doers.get(other, ()) for other in step.separate_from):
        return Refusal("act.same_person", {"step": step.id})
    return None


def _is_theirs(rules: PlanInForce, owed: Obligation, step: Step, person: str, now: Instant) -> bool:
    """Whether they were asked, hold a post that may act on it, or come on duty: who comes may accept before that."""
    if person in owed.asked or rules.holds(person, _may_act(rules.plan, step, owed), now):
        return True
    return is_incoming(rules.plan, owed) and person in coming(rules.roster, owed, now)


def _may_act(plan: Plan, step: Step, owed: Obligation) -> tuple[str, ...]:
    """The roles whose holders may act on it, asked or not: its own, their deputies, and who may take it down."""
    roles = with_deputies(plan, owed.role)
    if not isinstance(step, DutyStep) or not step.scribes:
        return roles
    return (*roles, *(member for name in step.scribes for member in plan.members(name)))


def _why_not_volunteer(
    rules: PlanInForce, case: Case, step: Step, person: str, now: Instant
) -> Refusal | None:
    if case.phase not in step.phases:
        return Refusal("act.wrong_phase", {"phase": case.phase})
    if locked(rules.plan, case, step):
        return Refusal("act.assisting", {"step": step.id})
    if not step.holds_at(case.level):
        return Refusal("act.not_yet", {"step": step.id})
    if step.command and (step.command == "hand_over") is case.assisting:
        return Refusal("act.not_yet", {"step": step.id})
    who = tuple(member for role in step.who for member in rules.plan.members(role))
    allowed = tuple(dict.fromkeys(name for role in who for name in with_deputies(rules.plan, role)))
    if not rules.holds(person, allowed, now):
        return Refusal("act.not_yours", {"step": step.id, "role": step.who[0]})
    if any(person in case.doers.get(other, ()) for other in step.separate_from):
        return Refusal("act.same_person", {"step": step.id})
    if not (joined(rules.plan, case, step.after) and true_of(rules.plan, case, step.when)):
        return Refusal("act.not_yet", {"step": step.id})
    return None


def _why_not_done(draft: Draft, step: Step, owed: Obligation, command: Act) -> Refusal | None:
    """Whether it was too early is asked of the time at which it was done, as is whether it was in time."""
    done_at = min(draft.at, command.times.reported_at)
    if owed.not_before is not None and done_at < owed.not_before:
        return Refusal("act.too_early", {"step": step.id})
    return _unfit(draft, step, command.answers)


def _unfit(draft: Draft, step: Step, answers: Mapping[str, Answer]) -> Refusal | None:
    """Everything at once: conditions of the plan that do not hold, and answers that do not fit."""
    wrong = faults(draft.plan, step, answers)
    past = [
        f"field:{owes.by_field}:past"
        for owes in step.owes
        if isinstance(answers.get(owes.by_field), int) and int(answers[owes.by_field]) <= draft.at
    ]
    against = (*unmet(draft.plan, draft.case, step, answers), *wrong, *past)
    return Refusal("act.unmet", {"step": step.id}, tuple(dict.fromkeys(against))) if against else None


def _mark(draft: Draft, step: Step, owed: Obligation, command: Act) -> None:
    times = _honest(command.times, draft.at)
    for due in owed.dues if owed.missed else ():
        late_news = due.verb in owed.missed and due.verb not in owed.excused
        if due.verb in implied(command.verb) and late_news and times.reported_at <= due.due_at:
            draft.add(MissExcused(draft.at, owed.key, due.verb, due.due_at, times.reported_at))
    facts, answers = _split(draft, step, command.answers)
    draft.add(
        ActMarked(
            draft.at,
            command.command,
            command.by,
            owed.key,
            step.id,
            command.verb,
            times,
            _ring_on(draft, owed, command),
            facts,
            answers,
            command.sealed,
        )
    )
    if command.verb is Verb.DONE:
        _after_done(draft, step, owed.key, command.by, command.answers)
        open_repeat(draft, owed)


def _ring_on(draft: Draft, owed: Obligation, command: Act) -> Instant | None:
    """When calling goes on after an answer: not before the next deadline, where one is left to start it again.

    Without one, what is overdue is called again after the plan's `ring_again`, or after a sixth of the time that was
    given for it if that is longer: minutes for a progress report, a day at most for a review.
    """
    if command.verb is Verb.DONE:
        return None
    asked_now = draft.rules.roster.holders(owed.rung_role, draft.at)
    if command.verb is Verb.RECEIVED and Verb.RECEIVED in owed.marks and command.by not in asked_now:
        return owed.next_call_at  # having it already, they cannot silence the call to the next one
    answered = (*owed.marks, *owed.missed, *implied(command.verb))
    waiting = [due.due_at for due in owed.dues if due.verb not in answered]
    if waiting:
        reminder = min(waiting) - draft.plan.step[owed.step].remind
        return reminder if draft.at < reminder < min(waiting) else None
    began = owed.opened_at if draft.case.kind == INCIDENT else owed.begins_at or owed.opened_at
    given = max(due.due_at for due in owed.dues) - began
    return draft.at + max(draft.plan.defaults.ring_again, min(given // 6, DAY))


def _after_done(draft: Draft, step: Step, key: str, by: str, answers: Mapping[str, Answer]) -> None:
    for field in step.asks:
        level = answers.get(field.id)
        if field.type is FieldType.LEVEL and level and level != draft.case.level:
            draft.add(LevelSet(draft.at, by, str(level), draft.case.level))
    done = _confirmed(draft.plan, step)
    if done.command == "hand_over" and not draft.case.assisting:
        draft.add(CommandHandedOver(draft.at, by, done.id))
    elif done.command == "take_back" and draft.case.assisting:
        draft.add(CommandTakenBack(draft.at, by, done.id))
    open_promises(draft, step, key, dict(answers))


def _confirmed(plan: Plan, step: Step) -> Step:
    """The step whose command passes now: where a second person confirms, that is only with the confirmation."""
    if step.confirm is not None:
        return replace(step, command="")
    first = plan.step.get(step.id.removesuffix(CONFIRMED))
    return first if first is not None and first.confirm is not None else step


def _split(
    draft: Draft, step: Step, answers: Mapping[str, Answer]
) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Answers that are facts of the case, and those that stay with the act."""
    if not answers:
        return {}, {}
    facts: dict[str, Answer] = {}
    stay = dict(answers)
    for field in step.asks:
        if field.id not in answers or answers[field.id] == "":
            continue
        value = answers[field.id]
        if field.type is FieldType.WARNING:
            facts |= read_warning(draft.plan, value) or {}
        elif field.fact:
            del stay[field.id]
            facts[field.id] = (
                merged(draft.case.facts.get(field.id), value) if field.type is FieldType.COUNT else value
            )
    return facts, stay


def _honest(times: Times, at: Instant) -> Times:
    """A device cannot report later than we received it: a clock that runs ahead is cut at the time of receipt."""
    if times.reported_at <= at:
        return times
    return Times(times.received_at, at, times.happened_at, times.known_at)
