"""Somebody cannot come: ways to fill the turns, each as a diff, one of them applied with one press. Where a turn of who
presses is among them, the press only asks: those concerned agree, and another leader approves.

The ways are looked for anew for every look; what is posted is the chosen moves themselves, and they are judged again.
"""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dutyroom import wiring
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.calendar.periods import day_span
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.store import rostering
from dutyroom.store.models import Person, Site
from dutyroom.store.rostering import REPAIR, SWAP, Change, Move
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.roster.changes import moves_told
from dutyroom.web.roster.judging import judged, told
from dutyroom.web.roster.pages import back
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wiring.siteroster import Alternative, alternatives, site_roster
from dutyroom.wording import say

REFUSED = 409
MOST_LOOKS = 4  # for ways that nothing at another site rules out
_SALT = "roster.away"


@require_http_methods(["GET", "HEAD", "POST"])
def away(request: Visit, code: str) -> HttpResponse:
    """The ways; posted: the chosen one carried out."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    if request.method == "POST":
        return _apply(request, site, plan, shown)
    given = Typed(request.GET)
    if not given.raw("person"):
        return HttpResponseRedirect(back(site), status=303)
    return _page(request, site, plan, shown, given)


def _page(
    request: Visit, site: Site, plan: Plan, shown: Shown, given: Typed, refusal: Refusal | None = None
) -> HttpResponse:
    person = _person(site, given.raw("person"))
    span = _span(given)
    ways: tuple[Alternative, ...] = ()
    if span is None:
        refusal = refusal or Refusal("rosterpages.span_unread")
    else:
        looked = _ways(site, plan, person, span, shown)
        ways, refusal = (looked, refusal) if not isinstance(looked, Refusal) else ((), refusal or looked)
    context: dict[str, Any] = {
        "site": site,
        "who": person,
        "from": given.raw("from"),
        "until": given.raw("until"),
        "ways": [_way(one, plan, site, shown, str(request.person.pk), person, span) for one in ways],
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "back": back(site),
    }
    return render(request, "web/roster_away.html", context, status=REFUSED if refusal else 200)


def _ways(
    site: Site, plan: Plan, person: Person, span: tuple[date, date], shown: Shown
) -> tuple[Alternative, ...] | Refusal:
    """Only ways that can be gone: one that the judge of all sites rules out is not shown, but looked for anew."""
    barred: tuple[Move, ...] = ()
    try:
        here = site_roster(str(site.pk), plan, shown.now)
        for _ in range(MOST_LOOKS):
            looked = alternatives(here, person.number, *span, barred)
            if isinstance(looked, Refusal):
                return looked
            judgements = [_impossible(site, one, shown.now) for one in looked]
            possible = tuple(one for one, bad in zip(looked, judgements, strict=True) if not bad)
            if possible or not looked:
                break
            barred += tuple(move for bad in judgements for move in bad)
    except YearMissing as missing:
        return Refusal("rosterpages.year_missing", {"year": missing.year})
    return possible or Refusal("rosterpages.away_no_way")


def _impossible(site: Site, way: Alternative, now: Instant) -> tuple[Move, ...]:
    """The moves that break a rule which nobody can overrule; empty if the way can be gone."""
    bad = [one for one in judged(site, way.moves, now) if one.severity == "error"]
    if not bad:
        return ()
    numbers = {str(one.fields.get("person", "")) for one in bad}
    ids = {str(one.pk) for one in Person.objects.filter(tenant=site.tenant, number__in=numbers)}
    taken = tuple(one for one in way.moves if one.takes)
    return tuple(one for one in taken if one.takes in ids) or taken


def needed(move: Move, person: str, span: tuple[date, date], zone: ZoneInfo) -> bool:
    """Whether the move fills a turn of who cannot come, in the days that were named."""
    since, until = day_span(span[0], zone)[0], day_span(span[1], zone)[1]
    return move.leaves == person and move.starts_at < until and since < move.ends_at


def _way(
    one: Alternative,
    plan: Plan,
    site: Site,
    shown: Shown,
    reader: str,
    person: Person,
    span: tuple[date, date] | None,
) -> dict[str, Any]:
    findings = judged(site, one.moves, shown.now)
    asked = [move for move in one.moves if span and needed(move, str(person.pk), span, shown.zone)]
    others = [move for move in one.moves if move not in asked]
    names = {each.number: each.name for each in Person.objects.filter(tenant=site.tenant)}
    return {
        "moves": moves_told(plan, asked, shown),
        "others": moves_told(plan, others, shown),
        "people": one.people,
        "own": Change(REPAIR, one.moves, reader).own,
        "empty": one.empty,
        "breaks": told(plan, findings, names, shown.language),
        "warned": any(each.severity == "warning" for each in findings),
        "packed": signing.dumps(
            [
                [each.role, each.place, each.starts_at, each.ends_at, each.leaves, each.takes]
                for each in one.moves
            ],
            salt=f"{_SALT}.{site.pk}",
            compress=True,
        ),
    }


def _apply(request: Visit, site: Site, plan: Plan, shown: Shown) -> HttpResponse:
    given = Typed(request.POST)
    moves = _unpacked(site, str(request.POST.get("way", "")))
    if moves is None:
        if not given.raw("person"):
            return HttpResponseRedirect(back(site), status=303)
        return _page(request, site, plan, shown, given, Refusal("rosterpages.changed_meanwhile"))
    reason, _ = mask(given.text("reason", rostering.LONGEST_REASON))
    change = Change(REPAIR, moves, str(request.person.pk), reason, judged(site, moves, shown.now))
    carry = rostering.ask if change.own else rostering.carry_out
    change = replace(change, kind=SWAP) if change.own else change
    refusal = carry(wiring.pool(), str(site.pk), wiring.new_id(), change, shown.now)
    if refusal is not None:
        return _page(request, site, plan, shown, given, refusal)
    if change.own:
        return HttpResponseRedirect(f"{reverse('roster_changes', args=[site.code])}?asked=1", status=303)
    return HttpResponseRedirect(back(site, None, "repair"), status=303)


def _unpacked(site: Site, text: str) -> tuple[Move, ...] | None:
    """The moves as this page gave them out; None for anything else."""
    try:
        return tuple(Move(*one) for one in signing.loads(text, salt=f"{_SALT}.{site.pk}", max_age=3600))
    except (signing.BadSignature, TypeError):
        return None


def _person(site: Site, text: str) -> Person:
    try:
        row = Person.objects.filter(tenant=site.tenant, pk=UUID(text)).first()
    except ValueError:
        row = None
    if row is None:
        raise Http404
    return row


def _span(given: Typed) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(given.raw("from")), date.fromisoformat(given.raw("until"))
    except ValueError:
        return None
