"""Changing turns on top of the roster: one turn's page, what a change would do, asking for it, agreeing, approving.

A page shows the change and what it breaks before anything is saved; only a posted form saves. Who leads carries out at
once with a reason, or asks both; the own turns everybody only asks for. Nothing here judges: see `judging`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.store import rostering
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Duty, DutyChange, Person, Site
from dutyroom.store.rostering import OVERRIDE, SWAP, Change, Move
from dutyroom.web.access import class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.roster import people
from dutyroom.web.roster.changing import FIELDS, Wished, turn_of, wished
from dutyroom.web.roster.judging import deputies_first, judged, told
from dutyroom.web.roster.pages import LEADS, back
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name

REFUSED = 409
MOST_TURNS, MOST_OVER = 60, 30
FAR = 92 * DAY


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move as it is read: which turn, who leaves, who takes it."""

    post: str
    span: str
    leaves: str
    takes: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change in the list. `answers` are (name, agrees) of everybody concerned; the flags say what the reader may."""

    id: str
    kind: str
    state: str
    state_text: str
    by: str
    at: str
    reason: str
    moves: tuple[MoveView, ...]
    answers: tuple[tuple[str, bool | None], ...]
    breaks: list[tuple[str, str]]
    hard: bool
    warned: bool
    may_answer: bool
    may_withdraw: bool
    may_approve: bool


@require_safe
def turn(request: Visit, code: str, turn: int) -> HttpResponse:
    """One turn, and the ways to change it."""
    site = found.site_of(request, code)
    row = turn_of(site, str(turn))
    if row is None or row.ends_at is None:
        raise Http404
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    leads = class_of(request, code) in LEADS
    mine = row.person_id == request.person.pk
    others = people.who_may_hold(site)
    over = from_datetime(row.ends_at) <= shown.now
    given = {
        "site": site,
        "turn": row,
        "post": role_name(plan, row.role, shown.language),
        "span": span_text(row, shown),
        "now": from_datetime(row.starts_at) <= shown.now and not over,
        "over": over,
        "mine": mine,
        "may_lead": leads,
        "may_change": (leads or mine) and not over,
        "others": deputies_first(site, str(row.person_id), others),
        "exchanges": list(_exchanges(row, plan, shown)),
        "today": f"{shown.day_of(row.starts_at)}",
        "last": f"{shown.day_of(row.ends_at)}",
    }
    return render(request, "web/roster_turn.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, code: str) -> HttpResponse:
    """What a change would do and break; posted: carried out by who leads, or asked of those concerned."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    asked = {name: Typed(request.POST or request.GET).text(name, 80) for name in FIELDS}
    if not asked["turn"]:
        return HttpResponseRedirect(back(site), status=303)
    wish = wished(site, plan, asked, shown)
    leads = class_of(request, code) in LEADS
    if wish.fault or not (leads or str(request.person.pk) in wish.people):
        fault = wish.fault or "rosterpages.not_yours"
        return _page(request, site, plan, asked, wish, (), Refusal(fault))
    findings = judged(site, wish.moves, shown.now)
    if request.method != "POST":
        return _page(request, site, plan, asked, wish, findings)
    do = str(request.POST.get("do", ""))
    reason, _ = mask(Typed(request.POST).text("reason", rostering.LONGEST_REASON))
    made = Change(OVERRIDE, wish.moves, str(request.person.pk), reason, findings)
    kind = OVERRIDE if do == "now" and leads and not made.own else SWAP
    made = replace(made, kind=kind)
    carry = rostering.carry_out if kind == OVERRIDE else rostering.ask
    refusal = carry(wiring.pool(), str(site.pk), wiring.new_id(), made, shown.now)
    if refusal is not None:
        return _page(request, site, plan, asked, wish, findings, refusal)
    if kind == SWAP:
        return HttpResponseRedirect(f"{reverse('roster_changes', args=[site.code])}?asked=1", status=303)
    at = shown.day_of(to_datetime(wish.moves[0].starts_at))
    return HttpResponseRedirect(back(site, at, "override"), status=303)


@require_safe
def listing(request: Visit, code: str) -> HttpResponse:
    """Changes that wait for somebody, and those that were."""
    site = found.site_of(request, code)
    return _listed(request, site)


@require_POST
def answer(request: Visit, code: str, change: UUID) -> HttpResponse:
    """Agree, refuse, withdraw; who leads approves or declines."""
    site = found.site_of(request, code)
    row = DutyChange.objects.filter(site=site, pk=change).first()
    if row is None:
        raise Http404
    done = _answered(request, site, row, str(request.POST.get("do", "")))
    if done is not None:
        return _listed(request, site, done)
    address = reverse("roster_changes", args=[site.code])
    return HttpResponseRedirect(f"{address}?{urlencode({'answered': 1})}#c-{row.pk}", status=303)


def open_for(person: Person) -> list[tuple[DutyChange, Site]]:
    """Changes that wait for the person's answer, at whatever site: what the duty page shows."""
    rows = DutyChange.objects.filter(
        tenant=person.tenant, state="asked", consents__person=person, consents__agrees=None
    )
    return [(row, row.site) for row in rows.select_related("site", "asked_by").order_by("asked_at")]


def span_text(row: Duty, shown: Shown) -> str:
    return f"{shown.at(row.starts_at)} – {shown.at(row.ends_at)}"


def views(
    site: Site, plan: Plan, rows: Sequence[DutyChange], request: Visit, shown: Shown
) -> list[ChangeView]:
    """Changes as the list shows them."""
    leads = class_of(request, site.code) in LEADS
    numbers = {
        one.number: one.name for one in Person.objects.filter(tenant=site.tenant).only("number", "name")
    }
    return [_view(site, plan, row, str(request.person.pk), leads, numbers, shown) for row in rows]


def moves_told(plan: Plan, moves: Iterable[Move], shown: Shown) -> tuple[MoveView, ...]:
    """Moves in words, by the names of people."""
    listed = tuple(moves)
    ids = {one for move in listed for one in (move.leaves, move.takes) if one}
    names = {str(one.pk): one.name for one in Person.objects.filter(pk__in=ids)}
    nobody = shown.say("rosterpages.nobody_there")
    return tuple(
        MoveView(
            role_name(plan, one.role, shown.language),
            f"{shown.time(max(one.starts_at, shown.now))} – {shown.time(one.ends_at)}",
            names.get(one.leaves, nobody),
            names.get(one.takes, nobody),
        )
        for one in listed
    )


def _answered(request: Visit, site: Site, row: DutyChange, do: str) -> Refusal | None:
    pool, person, now = wiring.pool(), str(request.person.pk), wiring.clock().now()
    if do in ("agree", "refuse"):
        return rostering.answer(pool, str(row.pk), person, do == "agree", now)
    if do == "withdraw":
        return rostering.withdraw(pool, str(row.pk), person, now)
    if do not in ("approve", "decline") or class_of(request, site.code) not in LEADS:
        return Refusal("rosterpages.not_yours")
    if do == "decline":
        return rostering.refuse(pool, str(row.pk), now)
    findings = judged(site, _moves(row), now)
    reason, _ = mask(Typed(request.POST).text("reason", rostering.LONGEST_REASON))
    if any(one.severity == "warning" for one in findings) and not reason:
        return Refusal("rosterpages.reason_needed")
    return rostering.approve(pool, str(row.pk), person, reason, findings, now)


def _moves(row: DutyChange) -> tuple[Move, ...]:
    return tuple(
        Move(
            one.role,
            one.place,
            from_datetime(one.starts_at),
            from_datetime(one.ends_at),
            str(one.leaves_id or ""),
            str(one.takes_id or ""),
        )
        for one in row.moves.all()
    )


def _exchanges(row: Duty, plan: Plan, shown: Shown) -> Iterable[tuple[str, str]]:
    """Turns to come at the same post that others hold: (number, in words)."""
    rows = Duty.objects.filter(
        site=row.site,
        role=row.role,
        standing=False,
        ends_at__gt=to_datetime(shown.now + HOUR),
        starts_at__lt=to_datetime(shown.now + FAR),
    ).exclude(person=row.person)
    for one in rows.select_related("person").order_by("starts_at", "place")[:MOST_TURNS]:
        yield str(one.pk), f"{span_text(one, shown)} · {one.person.name}"


def _page(
    request: Visit,
    site: Site,
    plan: Plan,
    asked: Mapping[str, str],
    wish: Wished,
    findings: tuple[Finding, ...],
    refusal: Refusal | None = None,
) -> HttpResponse:
    shown = shown_for(request, site.zone)
    numbers = {one.number: one.name for one in Person.objects.filter(pk__in=wish.people)}
    leads = class_of(request, site.code) in LEADS
    own = Change(SWAP, wish.moves, str(request.person.pk)).own
    given: dict[str, Any] = {
        "site": site,
        "hidden": [(name, value) for name, value in asked.items() if value],
        "moves": moves_told(plan, wish.moves, shown),
        "breaks": told(plan, findings, numbers, shown.language),
        "hard": any(one.severity == "error" for one in findings),
        "warned": any(one.severity == "warning" for one in findings),
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "may_lead": leads and not own,
        "own": leads and own,
        "may_ask": bool(wish.moves) and (own or all(one.leaves and one.takes for one in wish.moves)),
        "turn": wish.turn,
        "reason": str(request.POST.get("reason", ""))[: rostering.LONGEST_REASON],
        "back": back(site, shown.day_of(wish.turn.starts_at) if wish.turn else None),
    }
    return render(request, "web/roster_change.html", given, status=REFUSED if refusal else 200)


def _listed(request: Visit, site: Site, refusal: Refusal | None = None) -> HttpResponse:
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    rows = DutyChange.objects.filter(site=site).prefetch_related("moves", "consents__person")
    if class_of(request, site.code) not in LEADS:
        own = request.person
        mine = Q(asked_by=own) | Q(consents__person=own) | Q(moves__takes=own) | Q(moves__leaves=own)
        rows = rows.filter(mine).distinct()
    waits = rows.filter(state__in=("asked", "agreed")).order_by("asked_at")
    over = rows.exclude(state__in=("asked", "agreed")).order_by("-ended_at")[:MOST_OVER]
    given = {
        "site": site,
        "waiting": views(site, plan, list(waits), request, shown),
        "over": views(site, plan, list(over), request, shown),
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "said": "rosterpages.asked"
        if request.GET.get("asked")
        else "rosterpages.answered" * bool(request.GET.get("answered")),
    }
    return render(request, "web/roster_changes.html", given, status=REFUSED if refusal else 200)


def _view(
    site: Site,
    plan: Plan,
    row: DutyChange,
    reader: str,
    leads: bool,
    numbers: Mapping[str, str],
    shown: Shown,
) -> ChangeView:
    moves, answers = _moves(row), list(row.consents.all())
    waits = row.state in ("asked", "agreed")
    findings = judged(site, moves, shown.now) if waits and _ahead(moves, shown) else _kept(row)
    mine = next((one for one in answers if str(one.person_id) == reader), None)
    by = Person.objects.filter(pk=row.asked_by_id).first()
    return ChangeView(
        str(row.pk),
        shown.say(f"rosterpages.kind_of.{row.kind}"),
        row.state,
        shown.say(f"rosterpages.change.{row.state}"),
        by.name if by else "",
        shown.at(row.asked_at),
        row.reason,
        moves_told(plan, moves, shown),
        tuple((one.person.name, one.agrees) for one in answers),
        told(plan, findings, numbers, shown.language),
        any(one.severity == "error" for one in findings),
        any(one.severity == "warning" for one in findings),
        row.state == "asked" and mine is not None and mine.agrees is None,
        waits and str(row.asked_by_id) == reader,
        row.state == "agreed" and leads and mine is None,
    )


def _ahead(moves: Iterable[Move], shown: Shown) -> bool:
    return all(one.ends_at > shown.now for one in moves)


def _kept(row: DutyChange) -> tuple[Finding, ...]:
    """What it was seen to break when it was decided."""
    return tuple(Finding(one["code"], one["severity"], one["place"], one["fields"]) for one in row.findings)
