"""What somebody sent back as a text message, put on record: who it is, what it settles, and what they are told.

`take` never refuses and never says more to a stranger than to somebody of whom nothing is wanted. Which obligations a
text settles is the core's to say (`duties.answering`); here they are looked up and carried out.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from psycopg.errors import UniqueViolation

from dutyroom import wiring
from dutyroom.adapters.couriers.inbound import Inbound, addresses
from dutyroom.core.codec import load_case
from dutyroom.core.commands import Act, Times
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.duties.answering import OTHER, REPORT, Doing, Waits, is_unannounced, to_do, waits
from dutyroom.core.duties.localtime import local_of
from dutyroom.core.duties.replies import Reply, Said, read_reply
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.privacy import mask
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case
from dutyroom.store import dutyday
from dutyroom.store.dutyday import Sender
from dutyroom.store.reached import BY_CALLBACK
from dutyroom.wording import say
from dutyroom.wording.narrate import refuse, step_title

_LONGEST_TITLE = 24


@dataclass(frozen=True, slots=True)
class _Mean:
    """What a sender's text settles. `known` are the obligations' cases with their rules."""

    sender: Sender
    doing: tuple[Doing, ...]
    waiting: tuple[Waits, ...]
    known: Mapping[str, tuple[PlanInForce, Case]]


def take(channel: str, message: Inbound) -> str:
    """Put the message on record, if it settles anything; what the sender is told."""
    now = wiring.clock().now()
    reply, at = read_reply(message.text), _written(message, now)
    name = hashlib.sha256(f"{channel}/{message.message_id}".encode()).hexdigest()[:36]
    found = [
        _mean(one, reply, at, now)
        for one in dutyday.senders(wiring.pool(), channel, addresses(message.sender))
    ]
    known = [one.sender for one in found]
    before = {one: dutyday.carried_out(wiring.pool(), one.tenant, f"{BY_CALLBACK}{name}") for one in known}
    again = next((one for one in known if before[one]), None)
    if again is not None:
        found = [_rest(one, before[again]) for one in found if one.sender == again]
    mean = _meant(found, channel)
    if mean is None or not mean.doing:
        return say("inbound.again", again.language) if again else _what_to_do(mean)
    told = [_carry_out(mean, one, f"{BY_CALLBACK}{name}", Times(now, at)) for one in mean.doing]
    dutyday.note_answered(wiring.pool(), mean.sender, channel, now)
    stop = "" if mean.sender.language == "zh" else " "
    return stop.join(dict.fromkeys([*told, *_hint(mean, reply, mean.doing)]))


def _rest(mean: _Mean, before: frozenset[str]) -> _Mean:
    """Of a message that came before only the report may be left, if the process died between its acts."""
    doing = (one for one in mean.doing if _suffix(one) == REPORT and REPORT not in before)
    return replace(mean, doing=tuple(doing))


def _written(message: Inbound, now: Instant) -> Instant:
    """When it was sent, if that is believable: a gateway that was away delivers late."""
    sent_at = message.sent_at
    return sent_at if sent_at is not None and now - DAY <= sent_at <= now else now


def _mean(sender: Sender, reply: Reply, at: Instant, now: Instant) -> _Mean:
    known: dict[str, tuple[PlanInForce, Case]] = {}
    waiting: list[Waits] = []
    for row in dutyday.cases_waiting(wiring.pool(), sender):
        rules, case = wiring.record().rules_of(row["site"], row["edition"]), load_case(row["state"])
        known[case.case] = (rules, case)
        waiting.extend(_waiting(rules, case, sender.person, now))
    return _Mean(sender, to_do(reply, waiting, at), tuple(waiting), known)


def _waiting(rules: PlanInForce, case: Case, person: str, now: Instant) -> Iterable[Waits]:
    """What waits for the person: reports and roll calls of their posts, and calls that they have not answered."""
    for owed in case.open_obligations():
        one = waits(rules.plan, case, owed)
        called = person in owed.asked
        if one.kind == REPORT and not rules.holds(person, with_deputies(rules.plan, owed.role), now):
            one = replace(one, kind=OTHER)  # asked behind who owes it: their word is not the report
        if one.kind == OTHER and (not called or Verb.RECEIVED in owed.marks):
            continue
        if is_unannounced(owed, now) or not (
            called or rules.holds(person, with_deputies(rules.plan, owed.role), now)
        ):
            continue
        yield one


def _meant(found: list[_Mean], channel: str) -> _Mean | None:
    """Whose answer it is where several people have the address: theirs of whom something is wanted, called last."""
    busy = [one for one in found if one.doing] or [one for one in found if one.waiting]
    if len(busy) < 2:
        return busy[0] if busy else None
    last = dutyday.called_last(wiring.pool(), [one.sender.person for one in busy], channel)
    return next((one for one in busy if one.sender.person == last), busy[0])


def _carry_out(mean: _Mean, doing: Doing, name: str, times: Times) -> str:
    rules, case = mean.known[doing.waits.case]
    language, owed = mean.sender.language, doing.waits.owed
    answers = {
        key: mask(value)[0] if isinstance(value, str) else value for key, value in doing.answers.items()
    }
    command = Act(f"{name}-{_suffix(doing)}", mean.sender.person, owed.key, doing.verb, times, answers)
    try:
        done = wiring.live().act(case.case, command)
    except UniqueViolation:  # the same message on another connection, a moment ago
        return say("inbound.again", language)
    if isinstance(done, Refusal):
        return say("inbound.refused", language, why=refuse(rules.plan, done, language)[0])
    return _told(rules, case, doing, language, times)


def _suffix(doing: Doing) -> str:
    if doing.waits.kind == REPORT and doing.verb is Verb.DONE:
        return REPORT
    return hashlib.sha256(f"{doing.waits.case}/{doing.waits.owed.key}".encode()).hexdigest()[:8]


def _told(rules: PlanInForce, case: Case, doing: Doing, language: str, times: Times) -> str:
    at = f"{local_of(times.reported_at, case.zone):%H:%M}" if case.zone else ""
    if doing.waits.kind == REPORT and doing.verb is Verb.DONE:
        code = "inbound.nothing" if doing.answers.get("nothing") else "inbound.report"
        present: Any = doing.answers.get("present")
        count = say("inbound.present", language, count=present) if present is not None else ""
        return say(code, language, time=at, present=count)
    if doing.verb is Verb.DONE:
        return say("inbound.here", language, time=at)
    title = step_title(rules.plan, doing.waits.owed.key, language)
    short = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
    return say("inbound.received", language, step=short)


def _hint(mean: _Mean, reply: Reply, doing: Iterable[Doing]) -> list[str]:
    """How to go on where the text did not settle a daily report that waits."""
    wanted = any(one.kind == REPORT for one in mean.waiting)
    settled = any(one.waits.kind == REPORT and one.verb is Verb.DONE for one in doing)
    if wanted and not settled and reply.said is Said.HERE:
        return [say("inbound.how", mean.sender.language)]
    return []


def _what_to_do(mean: _Mean | None) -> str:
    """Something waits for them, but the text did not say what is meant, or it is not time yet; or nothing does."""
    if mean is None:
        # The same words for a stranger and for somebody of whom nothing is wanted: in both languages, for both.
        return f"{say('inbound.none', 'zh')} / {say('inbound.none', 'en')}"
    if any(one.kind == REPORT for one in mean.waiting):
        return say("inbound.early", mean.sender.language)
    return say("inbound.unclear", mean.sender.language)
