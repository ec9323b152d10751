"""Somebody cannot come: ways to fill the turns, each as a diff, one of them applied with one press. Where a turn of who
presses is among them, the press only asks: those concerned agree, and another leader approves.

The ways are looked for anew for every look; what is posted is the chosen moves themselves, and they are judged again.
"""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dutyroom import wiring
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.findings import Refusal
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
        "ways": [_way(one, plan, site, shown, str(request.person.pk)) for one in ways],
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "back": back(site),
    }
    return render(request, "web/roster_away.html", context, status=REFUSED if refusal else 200)


def _ways(
    site: Site, plan: Plan, person: Person, span: tuple[date, date], shown: Shown
) -> tuple[Alternative, ...] | Refusal:
    try:
        here = site_roster(str(site.pk), plan, shown.now)
        found_ways = alternatives(here, person.number, *span)
    except YearMissing as missing:
        return Refusal("rosterpages.year_missing", {"year": missing.year})
    if not isinstance(found_ways, Refusal) and not found_ways:
        return Refusal("rosterpages.away_no_way")
    return found_ways


def _way(one: Alternative, plan: Plan, site: Site, shown: Shown, reader: str) -> dict[str, Any]:
    findings = judged(site, one.moves, shown.now)
    names = {each.number: each.name for each in Person.objects.filter(tenant=site.tenant)}
    return {
        "moves": moves_told(plan, one.moves, shown),
        "people": one.people,
        "own": Change(REPAIR, one.moves, reader).own,
        "empty": one.empty,
        "breaks": told(plan, findings, names, shown.language),
        "hard": any(each.severity == "error" for each in findings),
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
