"""Somebody is called about every warning that waits: `ask`, `settle`, and `started` for a case people went on from.

A warning that opened its own case is called about by that case. One that joins an open case, calls a warning off, or is
for a place that nobody has told us about would only be a number on the board. So one more case is opened in readiness
for its message, without its facts (they would start the plan a second time): its first step calls the officer on duty,
and goes up the ladder like any other. Whoever decides the warning has taken these calls on by it; where the plan lets
them, the case is stood down too.
"""

import uuid
from collections.abc import Sequence

from dutyroom import wiring
from dutyroom.core.commands import Act, Answer, OpenCase, Times, Volunteer
from dutyroom.core.decide.acting import Offer, offers
from dutyroom.core.findings import Refusal
from dutyroom.core.phases import CLOSED, READINESS
from dutyroom.core.plan import FieldType, Plan, Step, Verb
from dutyroom.core.privacy import mask
from dutyroom.store import alerts
from dutyroom.store.alerts import Kept
from dutyroom.wording import say

_NAMES = uuid.UUID(
    "5b0d3f43-93a4-4d7c-8a4b-8f0f5b1f6a77"
)  # identifiers of these cases are made of the message


def ask(site: str, message: str, warnings: Sequence[Kept], place: str, by: str, language: str) -> None:
    """Open the case that calls about these warnings of one message (`message` names it), once."""
    now = wiring.clock().now()
    first = warnings[0]
    what, _ = mask(first.headline or first.event)
    code = "asks.cancel" if first.kind == "cancel" else "asks.case" if first.case else "asks"
    said = say(
        f"warning.{code}", language, what=what, identifier=mask(first.identifier)[0], case=first.case_code
    )
    story = {"what": said} | ({"place": mask(place)[0]} if place else {})
    case = str(uuid.uuid5(_NAMES, message))
    opening = OpenCase(f"asking-{message}", case, site, Times(now, now, None, now), {}, story, "warning", by)
    answer = wiring.live().report(opening)
    if isinstance(answer, Refusal):
        raise RuntimeError(f"a warning was refused: {answer.code}")
    alerts.ask(wiring.pool(), [one.id for one in warnings], answer.case)


def started(kept: Kept) -> str:
    """The case that called about it, where people have started the plan in that very case; "" otherwise."""
    if not kept.asking:
        return ""
    with wiring.record().hold(kept.asking) as held:
        return kept.asking if held.case.phase not in (READINESS, CLOSED) else ""


def settle(kept: Kept, by: str, language: str) -> None:
    """End the calling about a warning that is decided, as far as the plan lets the person, and no sooner than all
    warnings of its message are decided."""
    if not kept.asking or alerts.still_asks(wiring.pool(), kept.asking):
        return
    text = say("warning.settled", language, identifier=mask(kept.identifier)[0])
    with wiring.record().hold(kept.asking) as held:
        rules, state = held.rules, held.case
    if state.phase != READINESS:
        return
    now = wiring.clock().now()
    offered = offers(rules, state, by, now)
    ending = next((one for one in offered if _ends(rules.plan, one)), None)
    if ending is not None:
        answers = _answers(rules.plan.step[ending.step], text)
        command = Volunteer(_command(kept, ending.step), by, ending.step, Times(now, now), answers)
        if not isinstance(wiring.live().act(kept.asking, command), Refusal):
            return
    for offer in offered:
        if offer.key and offer.verb is Verb.TAKEN:
            taking = Act(_command(kept, offer.key), by, offer.key, Verb.TAKEN, Times(now, now))
            wiring.live().act(kept.asking, taking)


def _ends(plan: Plan, offer: Offer) -> bool:
    """Whether the act is a voluntary one that stands the case down and asks for no more than a reason."""
    if offer.key or offer.unmet:
        return False
    moves = [move for move in plan.moves if (move.source, move.target) == (READINESS, CLOSED)]
    step = plan.step[offer.step]
    asked = [one for one in step.asks if one.required]
    return any((*move.after.all, *move.after.any) == (step.id,) for move in moves) and all(
        one.type is FieldType.TEXT for one in asked
    )


def _answers(step: Step, text: str) -> dict[str, Answer]:
    return {one.id: text for one in step.asks if one.required}


def _command(kept: Kept, what: str) -> str:
    return str(uuid.uuid5(_NAMES, f"{kept.id}/{what}"))
