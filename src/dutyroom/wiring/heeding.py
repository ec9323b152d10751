"""What follows when an outside warning comes: it is read, kept, held against the site's plan, and told to somebody.

Where the plan starts by itself (a red warning, say), a case is opened with the warning's facts and the plan does the
rest. Where it does not, a case is opened in readiness with the same facts: its first step calls a person, and nothing
further happens until people grade and start it. An update or a cancelling waits for a person, who enters it into the
open case by the plan's own step, and who is called by a case for this (`wiring.asking`), as about a place that we do
not know. What is only an exercise, what is over, or what no rule of the plan is about is shown.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from dutyroom import wiring
from dutyroom.adapters.alerts import read_alert
from dutyroom.core.alerts import CANCEL, Alert, AlertPart, Heeded, heed, lifted, read_map
from dutyroom.core.commands import Act, Answer, OpenCase, Times, Volunteer
from dutyroom.core.decide.acting import Offer, offers
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.grading import WARNING, warning_rules
from dutyroom.core.instants import Instant
from dutyroom.core.phases import READINESS
from dutyroom.core.plan import FieldType, Plan, Step, Verb
from dutyroom.core.privacy import mask
from dutyroom.core.roster import PlanInForce
from dutyroom.core.surroundings import COLOURS
from dutyroom.store import alerts
from dutyroom.store.alerts import AUTOMATIC, CONFIRMED, DISMISSED, NOTED, WAITING, Before, Feed, Keeping, Kept
from dutyroom.store.calendars import Declaring
from dutyroom.wiring import asking
from dutyroom.wording import say

_NAMES = uuid.UUID(
    "0c8e1f0a-6f0e-4a57-9c52-6d9a6d1c2b11"
)  # identifiers of warnings are made of what they are


@dataclass(frozen=True, slots=True)
class Received:
    """A message taken in: its rows as they stand, whether it had come before, and what there was to say about it."""

    alert: Alert
    kept: tuple[Kept, ...]
    again: bool
    findings: tuple[Finding, ...] = ()


def receive(
    site: str, content: bytes, via: str, feed: Feed, by: str = "", language: str = "zh"
) -> Received | tuple[Finding, ...]:
    """Take in a warning at the site, or say what is wrong with it. Raises LookupError for a site without a plan."""
    alert, findings = read_alert(content, alerts.zone_of(wiring.pool(), site))
    if alert is None:
        return findings
    text = (
        content.decode("utf-8-sig", "replace") if _is_utf8(content) else content.decode("gb18030", "replace")
    )
    return take(site, alert, text.replace("\0", ""), via, feed, by, language, findings)


def take(
    site: str,
    alert: Alert,
    text: str,
    via: str,
    feed: Feed,
    by: str = "",
    language: str = "zh",
    findings: tuple[Finding, ...] = (),
) -> Received:
    """As `receive`, for an alert that is read already (or was typed in by hand)."""
    now = wiring.clock().now()
    plan = wiring.record().rules(site).plan
    earlier = alerts.before(wiring.pool(), site, alert) if alert.acts else Before()
    parts = tuple(_keepings(site, plan, alert, earlier, feed, now))
    new = parts and alerts.find(wiring.pool(), site, parts[0].id) is None
    raw = (text, sha256(text.encode()).hexdigest())
    kept = alerts.keep(wiring.pool(), site, alert, parts, raw, via, by, now)
    _open_for(site, plan, parts, kept, feed, (by, language), now)
    _ask_about(site, plan, parts, (by, language), now)
    rows = tuple(alerts.find(wiring.pool(), site, one.id) or one for one in kept)
    return Received(alert, rows, not new, findings)


def confirm(site: str, kept: Kept, by: str, areas: Sequence[str], language: str) -> tuple[str, ...]:
    """A person says that a waiting warning holds for us: the facts it says that still must be entered by hand.

    Without a case it opens one, for the areas that the person names. In an open case, what the plan's own step lets the
    person enter is entered.
    """
    now = wiring.clock().now()
    plan = wiring.record().rules(site).plan
    facts = dict(kept.facts) or {
        f"{WARNING}{kept.hazard}.{area}": kept.colour for area in areas if kept.hazard
    }
    case, left = kept.case or asking.started(kept), tuple[str, ...]()
    if case:
        left = _enter(case, kept, facts, by, language)
    else:
        case = _open(site, plan, replace(kept, facts=facts), facts, by, language)
    if case != kept.case:
        alerts.link(wiring.pool(), kept.id, case)
    declaring = _declaring(site, kept, alerts.feed_of(wiring.pool(), site), now)
    alerts.decide(wiring.pool(), kept, CONFIRMED, by, now, facts=facts, declaring=declaring)
    asking.settle(kept, by, language)
    return left


def dismiss(kept: Kept, by: str, reason: str, language: str = "zh") -> bool:
    """A person says why a waiting warning is not followed; False where it was decided before."""
    done = alerts.decide(wiring.pool(), kept, DISMISSED, by, wiring.clock().now(), reason=reason)
    asking.settle(kept, by, language)
    return done


def _keepings(
    site: str, plan: Plan, alert: Alert, earlier: Before, feed: Feed, now: Instant
) -> list[Keeping]:
    map_of_areas, _ = read_map(feed.areas)
    meant = [heed(plan, part, map_of_areas) for part in alert.parts]
    said = {name for one in meant for name in one.facts}
    gone = lifted({name: value for name, value in earlier.facts.items() if name not in said})
    if alert.kind == CANCEL:
        part = AlertPart("", "", (), alert.sent_at, alert.sent_at)
        state = WAITING if alert.acts and gone and earlier.case else NOTED
        return [Keeping(_identity(site, alert, 0), part, "", gone, state, earlier.case)]
    found = []
    for number, (part, one) in enumerate(zip(alert.parts, meant, strict=True)):
        facts = {**(gone if number == 0 else {}), **one.facts}
        state = _state(alert, part, one, earlier, bool(map_of_areas), now)
        # An automatic rule starts a watch that was only readiness by a case of its own; a running response is people's.
        joins = earlier.case and not (one.is_automatic and earlier.phase == READINESS)
        found.append(
            Keeping(
                _identity(site, alert, number), part, one.hazard, facts, state, earlier.case if joins else ""
            )
        )
    return found


def _state(alert: Alert, part: AlertPart, one: Heeded, earlier: Before, mapped: bool, now: Instant) -> str:
    if not alert.acts or part.expires_at <= now:
        return NOTED
    if one.rules or (earlier.case and one.facts):
        return WAITING
    # Of a hazard and a colour that we know, for a place that nobody has told us about: a person looks.
    return WAITING if one.hazard and part.colour and not one.areas and not mapped else NOTED


def _open_for(
    site: str,
    plan: Plan,
    parts: Sequence[Keeping],
    kept: Sequence[Kept],
    feed: Feed,
    who: tuple[str, str],
    now: Instant,
) -> None:
    """Open one case for all parts of the message that wait without one and that a rule of the plan is about."""
    rows = {one.id: one for one in kept}
    mine = [rows[one.id] for one in parts if one.id in rows]
    waiting = [one for one in mine if one.state == WAITING and not one.case and not one.is_over(now)]
    ruled = [one for one in waiting if one.facts]
    if not ruled:
        return
    facts = {name: value for one in ruled for name, value in one.facts.items() if value != "none"}
    case = _open(site, plan, ruled[0], facts, *who)
    for one in ruled:
        alerts.link(wiring.pool(), one.id, case)
        if _starts_itself(plan, one.facts):
            declaring = _declaring(site, one, feed, now)
            alerts.decide(wiring.pool(), one, AUTOMATIC, "", now, declaring=declaring)


def _ask_about(site: str, plan: Plan, parts: Sequence[Keeping], who: tuple[str, str], now: Instant) -> None:
    """Have somebody called about what waits and opened no case of its own."""
    own = {_case_of(one.id) for one in parts}
    rows = [(one, alerts.find(wiring.pool(), site, one.id)) for one in parts]
    mute = [
        (one, row)
        for one, row in rows
        if row and row.state == WAITING and row.case not in own and not row.asking
        and row.ended_at is None and (row.kind == CANCEL or not row.is_over(now))
    ]  # fmt: skip
    if mute:
        facts = {name: value for one, _ in mute for name, value in one.facts.items()}
        names = dict.fromkeys(place.name for one, _ in mute for place in one.part.places if place.name)
        place = _areas_said(plan, facts, who[1]) or ", ".join(names)
        asking.ask(site, parts[0].id, [row for _, row in mute], place[:400], *who)


def _starts_itself(plan: Plan, facts: Mapping[str, Answer]) -> bool:
    return any(rule.automatic for rule in warning_rules(plan, facts))


def _open(site: str, plan: Plan, kept: Kept, facts: Mapping[str, Answer], by: str, language: str) -> str:
    """Open the case; its identifier. The command is the warning's, so that a second try meets the first."""
    now = wiring.clock().now()
    command = f"warning-{kept.id}"
    story = {
        "what": say(
            "warning.story",
            language,
            what=mask(kept.headline or kept.event)[0],
            identifier=mask(kept.identifier)[0],
        )
    }
    if areas := _areas_said(plan, facts, language):
        story["place"] = areas
    case = _case_of(kept.id)
    opening = OpenCase(command, case, site, Times(now, now, None, now), dict(facts), story, "warning", by)
    answer = wiring.live().report(opening)
    if isinstance(answer, Refusal):
        raise RuntimeError(f"a warning was refused: {answer.code}")
    return answer.case


def _areas_said(plan: Plan, facts: Mapping[str, Answer], language: str) -> str:
    names = dict.fromkeys(name.rpartition(".")[2] for name in facts)
    said = [plan.warnings.areas[one].in_language(language) for one in names if one in plan.warnings.areas]
    return "、".join(said) if language == "zh" else ", ".join(said)


def _enter(case: str, kept: Kept, facts: Mapping[str, Answer], by: str, language: str) -> tuple[str, ...]:
    """Enter each fact that the case does not state yet by a step of the plan; those that this person cannot."""
    left = []
    for name, colour in facts.items():
        with wiring.record().hold(case) as held:
            rules, state = held.rules, held.case
        if state.facts.get(name) == colour or (colour == "none" and name not in state.facts):
            continue
        hazard, _, area = name.removeprefix(WARNING).partition(".")
        now = wiring.clock().now()
        command = _command(
            rules, offers(rules, state, by, now), kept, f"{hazard}:{area}:{colour}", (by, language), now
        )
        if command is None or isinstance(wiring.live().act(case, command), Refusal):
            left.append(f"{hazard}:{area}:{colour}")
    return tuple(left)


def _command(
    rules: PlanInForce, offered: Sequence[Offer], kept: Kept, value: str, who: tuple[str, str], now: Instant
) -> Act | Volunteer | None:
    """An act that takes a warning and asks for nothing else that only somebody on the spot knows."""
    text = say("warning.entered", who[1], identifier=mask(kept.identifier)[0])
    for offer in sorted(
        offered, key=lambda one: bool(one.key)
    ):  # a voluntary step first: it settles nothing else
        step = rules.plan.step[offer.step]
        answers = _answers(step, value, text) if offer.verb is Verb.DONE and not offer.unmet else None
        if answers is not None:
            command = str(uuid.uuid5(_NAMES, f"{kept.id}/{value}"))
            times = Times(now, now)
            if offer.key:
                return Act(command, who[0], offer.key, Verb.DONE, times, answers)
            return Volunteer(command, who[0], step.id, times, answers)
    return None


def _answers(step: Step, value: str, text: str) -> dict[str, Answer] | None:
    asked = next((one for one in step.asks if one.type is FieldType.WARNING), None)
    needed = [one for one in step.asks if one.required and one is not asked]
    if asked is None or any(one.type is not FieldType.TEXT for one in needed):
        return None
    return {asked.id: value, **{one.id: text for one in needed}}


def _declaring(site: str, kept: Kept, feed: Feed, now: Instant) -> Declaring | None:
    """The period that the organisation lets a warning of this colour declare, for as long as the warning lasts."""
    if not feed.period or kept.colour not in COLOURS or kept.is_over(now):
        return None
    if feed.from_colour in COLOURS and COLOURS.index(kept.colour) < COLOURS.index(feed.from_colour):
        return None
    reason = mask(kept.headline or kept.event)[0][:400]
    return Declaring(wiring.new_id(), site, feed.period, kept.onset_at, kept.expires_at, "warning", reason)


def _identity(site: str, alert: Alert, number: int) -> str:
    # An identifier has no blank in it, so that no two senders and identifiers can come to the same.
    return str(uuid.uuid5(_NAMES, f"{site} {number} {alert.identifier} {alert.sender}"))


def _case_of(warning: str) -> str:
    """The identifier of the case that a warning opens itself."""
    return str(uuid.uuid5(_NAMES, f"case/{warning}"))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
