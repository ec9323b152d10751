"""What a proof leans on, folded below it: how people answer, which channels count, how long the evidence lasts.

Evidence is counted by post, never shown by person: how many of its holders have lately answered on a channel.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom import wiring
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.proof import Assumptions, Proof, read_proof
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Proof as ProofRow
from dutyroom.store.models import Site
from dutyroom.store.rosters import whole_roster
from dutyroom.web.showing import Shown
from dutyroom.wording import codes
from dutyroom.wording.narrate import role_name, span


@dataclass(frozen=True, slots=True)
class PostEvidence:
    """A post now: how many hold it, on which kinds of channel, and how many of them have lately answered."""

    post: str
    holders: int
    channels: str
    answered: int


@dataclass(frozen=True, slots=True)
class Assumed:
    """The assumptions in words. `aged` says what holds if only channels count that were lately answered."""

    lines: tuple[str, ...]
    posts: tuple[PostEvidence, ...]
    aged: tuple[str, ...]
    life: str


def assumed(plan: Plan, proof: Proof, site: Site, shown: Shown) -> Assumed:
    """Everything the proof took for granted, as of now where it can change by itself."""
    given, language = proof.assumptions, shown.language
    life = span(given.evidence_life, language)
    lines = [
        shown.say("cover.assumed.answer", span=span(given.answer_after, language)),
        shown.say("cover.assumed.listed" if given.evidence is None else "cover.assumed.answered", span=life),
        shown.say("cover.assumed.together" if given.together else "cover.assumed.apart", count=proof.missing),
        shown.say("cover.assumed.span", since=shown.time(proof.starts), until=shown.time(proof.ends)),
        shown.say("cover.assumed.how", questions=len(proof.questions), moments=proof.moments),
    ]
    return Assumed(tuple(lines), _posts(plan, site, given, shown), _aged(site, shown), life)


def _posts(plan: Plan, site: Site, given: Assumptions, shown: Shown) -> tuple[PostEvidence, ...]:
    whole = whole_roster(wiring.pool(), str(site.pk), shown.now)
    fresh: Mapping[tuple[str, str], Instant] = {
        pair: at for pair, at in whole.evidence.items() if shown.now < at + given.evidence_life
    }
    found = []
    for role in plan.roles:
        holders = whole.roster.holders(role, shown.now)
        kinds = [one.kind for each in holders if each in whole.people for one in whole.people[each].channels]
        answered = sum(
            any((each, one.kind) in fresh for one in whole.people[each].channels)
            for each in holders
            if each in whole.people
        )
        named = [_channel(kind, shown) for kind in dict.fromkeys(kinds)]
        name = role_name(plan, role, shown.language)
        found.append(PostEvidence(name, len(holders), shown.say("cover.comma").join(named), answered))
    return tuple(found)


def _aged(site: Site, shown: Shown) -> tuple[str, ...]:
    """What the newest standing proof by evidence says; nothing where none has been made yet."""
    rows = ProofRow.objects.filter(
        site=site, state="done", missing=1, together=False, idle=False, evidence=True
    )
    row = rows.order_by("-made_at").first()
    if row is None or row.covered_until is None or row.ends_at is None:
        return ()
    lines = [_covered(from_datetime(row.covered_until), from_datetime(row.ends_at), shown)]
    if row.evidence_until is not None:
        lines.append(shown.say("cover.aged.until", at=shown.at(row.evidence_until)))
    proof = read_proof({**json.loads(row.result), "holes": []})
    if proof.without_renewal is not None and proof.without_renewal > shown.now:
        lines.append(shown.say("cover.aged.tonight", at=shown.time(proof.without_renewal)))
    return tuple(lines)


def _covered(until: Instant, ends: Instant, shown: Shown) -> str:
    if until <= shown.now:
        return shown.say("cover.aged.none")
    if until >= ends:
        return shown.say("cover.aged.whole", at=shown.time(until))
    return shown.say("cover.aged.covered", at=shown.time(until))


def _channel(kind: str, shown: Shown) -> str:
    return shown.say(f"channel.{kind}") if f"channel.{kind}" in codes() else kind
