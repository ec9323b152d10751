"""A posted form as a command, carried out: what was typed becomes an Act, a Volunteer or a Waive.

Refuses to decide anything the core decides. Two things are its own: a shared duty phone may not sign or waive, and the
same form sent twice is one command, because its identifier was made when the form was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.errors import UniqueViolation

from dutyroom import wiring
from dutyroom.core.commands import Act, Times, Volunteer, Waive
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.plan import CONFIRMED, Plan, Step, Verb
from dutyroom.core.state import Case
from dutyroom.web.showing import Shown
from dutyroom.wiring.upkeep import not_yet
from dutyroom.wording.narrate import refuse
from dutyroom.wording.typed import clean, read_answers, read_time

ANSWER = "a."
_COMMAND = re.compile(r"[0-9A-Za-z_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form said, cleaned. `key` is an obligation's key, or a step's id for a voluntary act."""

    command: str
    key: str
    verb: str
    reason: str
    happened: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not carried out: the sentences why, and what was typed, to be shown again."""

    posted: Posted
    lines: tuple[str, ...]
    waiving: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, on which case, under which rules."""

    case: Case
    plan: Plan
    person: str
    full: bool
    shown: Shown


@dataclass(frozen=True, slots=True)
class Recorded:
    """The act is on record. `command` finds its entry."""

    command: str
    case: Case = field(repr=False)


def read_post(post: Mapping[str, str]) -> Posted:
    """The form's fields. A missing or odd command identifier is replaced: the act is then simply not repeatable."""
    command = clean(str(post.get("command", "")))
    answers = {name[len(ANSWER) :]: str(post[name]) for name in post if name.startswith(ANSWER)}
    return Posted(
        command if _COMMAND.fullmatch(command) else wiring.new_id(),
        clean(str(post.get("key", "")))[:200],
        clean(str(post.get("verb", "")))[:20],
        clean(str(post.get("reason", "")))[:4_000],
        clean(str(post.get("happened", "")))[:40],
        {name: clean(text) for name, text in answers.items()},
    )


def act(actor: Actor, posted: Posted) -> Recorded | Refused:
    """Mark a verb or do a voluntary step."""
    step = step_of(actor, posted.key)
    if step is None or posted.verb not in set(Verb):
        return _refused(actor, posted, Refusal("act.unknown", {"key": posted.key or "?"}))
    verb = Verb(posted.verb)
    if verb is Verb.DONE and needs_full(actor.plan, step) and not actor.full:
        return Refused(posted, (actor.shown.say("case.needs_full"),))
    refusal = not_yet(actor.case, posted.key, verb)
    if refusal is not None:
        return _refused(actor, posted, refusal)
    # Only the act that finishes a step carries answers; a stray field on another verb is not an answer.
    answers = read_answers(step, posted.answers, actor.shown.zone) if verb is Verb.DONE else {}
    times = _times(actor, posted)
    if posted.key in actor.plan.step and step.voluntary:
        return _carry_out(actor, posted, Volunteer(posted.command, actor.person, step.id, times, answers))
    return _carry_out(actor, posted, Act(posted.command, actor.person, posted.key, verb, times, answers))


def waive(actor: Actor, posted: Posted) -> Recorded | Refused:
    """Release an obligation, with the reason."""
    if not actor.full:
        return Refused(posted, (actor.shown.say("case.needs_full"),), waiving=True)
    command = Waive(posted.command, actor.person, posted.key, posted.reason, _times(actor, posted))
    return _carry_out(actor, posted, command)


def needs_full(plan: Plan, step: Step) -> bool:
    """Signatures end the response; they are not given (or confirmed) on a phone passed from hand to hand."""
    return step.id.removesuffix(CONFIRMED) in plan.signs


def step_of(actor: Actor, key: str) -> Step | None:
    """The step behind a key: of an obligation there is, or of a step by its id."""
    owed = actor.case.obligations.get(key)
    return actor.plan.step.get(owed.step if owed else key)


def _times(actor: Actor, posted: Posted) -> Times:
    now = actor.shown.now
    return Times(now, now, happened_at=_past(posted.happened, actor.shown, now))


def _past(text: str, shown: Shown, now: Instant) -> Instant | None:
    """When it happened, if that was typed and lies behind us; a time to come is no fact."""
    moment = read_time(text, shown.zone) if text else None
    return moment if moment is not None and 0 <= moment <= now else None


def _carry_out(actor: Actor, posted: Posted, command: Act | Volunteer | Waive) -> Recorded | Refused:
    try:
        after = wiring.live().act(actor.case.case, command)
    except UniqueViolation:
        # The identifier belongs to a command of another case: a form that was copied or made up.
        return Refused(posted, (actor.shown.say("case.command_used"),), isinstance(command, Waive))
    if isinstance(after, Refusal):
        return _refused(actor, posted, after, isinstance(command, Waive))
    return Recorded(posted.command, after)


def _refused(actor: Actor, posted: Posted, refusal: Refusal, waiving: bool = False) -> Refused:
    return Refused(posted, tuple(refuse(actor.plan, refusal, actor.shown.language)), waiving)
