"""Making a roster: the rules it keeps, asking for it, how far it is, what it changes, and its way into force.

A worker makes and proves it; a second person approves; publishing shows first what changes. Nothing is made here.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dutyroom import wiring
from dutyroom.core.calendar.periods import day_span
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import Instant, parse_iso
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.core.roster import DutyPeriod
from dutyroom.core.rosterfile import read_roster
from dutyroom.core.rostering.rulesfile import check_rules, read_rules
from dutyroom.store import rosterdrafts, rosterrules
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Duty, Person, RosterDraft, Site
from dutyroom.store.people import for_rostering
from dutyroom.store.rosterdrafts import Publishing
from dutyroom.store.rosters import ids_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.roster.entering import entered
from dutyroom.web.roster.judging import told
from dutyroom.web.roster.pages import back
from dutyroom.web.roster.rules import text_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name

REFUSED = 409
LONGEST_SPAN = timedelta(days=400)
MOST_DRAFTS, MOST_CHANGES = 20, 60
OPEN = ("queued", "running", "draft", "proposed", "approved")


@dataclass(frozen=True, slots=True)
class TurnChange:
    """A turn that another holds than now. `was` or `becomes` may be nobody."""

    post: str
    at: str
    was: str
    becomes: str


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: Visit, code: str) -> HttpResponse:
    """The rules and the list of makings; posted: the rules saved, or a making asked for."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    if request.method != "POST":
        kept = text_of(site)
        return _page(request, site, plan, kept, rules_findings(site, plan, kept) if kept else ())
    text = _text(request, "rules")
    if request.POST.get("do") == "enter":
        return _enter(request, site, plan)
    findings = rules_findings(site, plan, text) if text.strip() else ()
    if any(one.severity == "error" for one in findings):
        return _page(request, site, plan, text, findings)
    by, now = str(request.person.pk), wiring.clock().now()
    if text.strip():
        rosterrules.save_rules(wiring.pool(), str(site.pk), text, by, now)
    if request.POST.get("do") == "save":
        return HttpResponseRedirect(f"{reverse('roster_make', args=[site.code])}?saved=1", status=303)
    span = _span(request, site)
    if isinstance(span, Refusal):
        return _page(request, site, plan, text, refusal=span)
    identity = wiring.new_id()
    wanted = {"proved": request.POST.get("proved") == "yes"}
    refusal = rosterdrafts.ask(wiring.pool(), str(site.pk), identity, span, wanted, by, now)
    if refusal is not None:
        return _page(request, site, plan, text, refusal=refusal)
    return HttpResponseRedirect(reverse("roster_draft", args=[site.code, identity]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Visit, code: str, draft: UUID) -> HttpResponse:
    """One making: how far, or what came of it; posted: proposed, approved, rejected, published."""
    site = found.site_of(request, code)
    row = RosterDraft.objects.filter(site=site, pk=draft).select_related("made_by", "approved_by").first()
    if row is None:
        raise Http404
    plan = found.plan_of(found.edition_in_force(site))
    refusal = _done(request, site, row) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        if request.POST.get("do") == "publish":
            return HttpResponseRedirect(
                back(site, row.starts_at.astimezone(shown_for(request, site.zone).zone).date(), "published"),
                status=303,
            )
        return HttpResponseRedirect(reverse("roster_draft", args=[site.code, row.pk]), status=303)
    given = _draft(request, site, plan, row)
    given["refused"] = say(refusal.code, request.language, **refusal.fields) if refusal else ""
    return render(request, "web/roster_draft.html", given, status=REFUSED if refusal else 200)


@require_safe
def text(request: Visit, code: str, draft: UUID) -> HttpResponse:
    """A made roster as a file."""
    site = found.site_of(request, code)
    row = RosterDraft.objects.filter(site=site, pk=draft).first()
    if row is None or not row.text:
        raise Http404
    answer = HttpResponse(row.text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="roster-{row.starts_at:%Y-%m-%d}.yaml"'
    return answer


def rules_findings(site: Site, plan: Plan, text: str) -> tuple[Finding, ...]:
    """What is wrong with rules as they are written, against the plan and the people.

    Lines about somebody who has left or is not known are passed over: people go, and rosters have to be made.
    """
    rules, findings = read_rules(text, plan.id)
    if rules is None or findings:
        return findings
    numbers = {one.person for one in for_rostering(wiring.pool(), str(site.pk), wiring.clock().now())}
    return tuple(
        Finding("rosterpages.passed_over", "warning", one.place, one.fields)
        if one.code == "rostering.unknown_number"
        else one
        for one in check_rules(rules, plan, numbers)
    )


def changes(site: Site, plan: Plan, row: RosterDraft, shown: Shown) -> tuple[list[TurnChange], int]:
    """What publishing would change of turns to come, the first of them, and how many there are."""
    since, until = max(from_datetime(row.starts_at), shown.now), from_datetime(row.ends_at)
    periods, _ = _periods(row)
    roles = {one.role for one in periods}
    now = _holders(site, roles, since, until)
    names = {one.number: one.name for one in Person.objects.filter(tenant=site.tenant).only("number", "name")}
    then: dict[tuple[str, Instant, int], str] = {}
    for one in rosterdrafts.taking_force(periods, _held(site, roles, since), (since, until)):
        then[(one.role, one.starts_at, one.place)] = names.get(one.person, one.person)
    order = sorted({*now, *then}, key=lambda key: (key[1], key[0], key[2]))
    differ = [key for key in order if now.get(key) != then.get(key)]
    nobody = shown.say("rosterpages.nobody_there")
    first = [
        TurnChange(
            role_name(plan, role, shown.language),
            shown.time(at),
            now.get((role, at, place), nobody),
            then.get((role, at, place), nobody),
        )
        for role, at, place in differ[:MOST_CHANGES]
    ]
    return first, len(differ)


def _enter(request: Visit, site: Site, plan: Plan) -> HttpResponse:
    """A roster that was written elsewhere becomes a draft."""
    done = entered(site, plan, _text(request, "roster"), str(request.person.pk))
    if isinstance(done, Refusal):
        return _page(request, site, plan, text_of(site), refusal=done)
    if isinstance(done, tuple):
        return _page(request, site, plan, text_of(site), done)
    return HttpResponseRedirect(reverse("roster_draft", args=[site.code, done]), status=303)


def _text(request: Visit, name: str) -> str:
    """A text as typed, with the line ends of a file; what no file can hold is left out."""
    text = str(request.POST.get(name, "")).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "ignore").decode("utf-8")


def _page(
    request: Visit,
    site: Site,
    plan: Plan,
    text: str,
    findings: Sequence[Finding] = (),
    refusal: Refusal | None = None,
) -> HttpResponse:
    shown = shown_for(request, site.zone)
    rows = RosterDraft.objects.filter(site=site).select_related("made_by").order_by("-asked_at")[:MOST_DRAFTS]
    next_year = shown.today().year + 1
    given = {
        "site": site,
        "rules": text,
        "entered": _text(request, "roster"),
        "rows": max(8, min(30, text.count("\n") + 2)),
        "breaks": [
            (_line(_text(request, "roster") or text, one.place, shown), words)
            for one, (_, words) in zip(findings, told(plan, findings, {}, shown.language), strict=True)
        ],
        "faulty": any(one.severity == "error" for one in findings),
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "saved": bool(request.GET.get("saved")),
        "first": str(request.POST.get("first", "")) or f"{next_year}-01-01",
        "last": str(request.POST.get("last", "")) or f"{next_year}-12-31",
        "drafts": [_listed(row, shown) for row in rows],
    }
    return render(
        request, "web/roster_make.html", given, status=REFUSED if given["faulty"] or refusal else 200
    )


def _line(text: str, place: str, shown: Shown) -> str:
    """Which line of the text a finding is about: it names a line and a column, or a word that stands there."""
    number = place.partition(":")[0]
    if not number.isdecimal():
        word = re.compile(rf"(?<![\w-]){re.escape(place)}(?![\w-])")
        lines = (one.partition("#")[0] for one in text.split("\n"))
        number = next((str(count) for count, one in enumerate(lines, 1) if place and word.search(one)), "")
    return shown.say("rosterpages.line", line=number) if number else ""


def _listed(row: RosterDraft, shown: Shown) -> Mapping[str, Any]:
    return {
        "id": str(row.pk),
        "span": _days(row, shown),
        "by": row.made_by.name,
        "at": shown.at(row.asked_at),
        "state": row.state,
        "state_text": shown.say(f"rosterpages.draft.{row.state}"),
        "open": row.state in OPEN,
    }


def _draft(request: Visit, site: Site, plan: Plan, row: RosterDraft) -> dict[str, Any]:
    shown = shown_for(request, site.zone)
    names = {one.number: one.name for one in Person.objects.filter(tenant=site.tenant).only("number", "name")}
    findings = [Finding(one["code"], one["severity"], one["place"], one["fields"]) for one in row.findings]
    ahead = row.state in ("draft", "proposed", "approved")
    differ, count = changes(site, plan, row, shown) if ahead and row.text else ([], 0)
    covered = row.result.get("covered_until", "")
    return {
        "site": site,
        "draft": row,
        "span": _days(row, shown),
        "state_text": shown.say(f"rosterpages.draft.{row.state}"),
        "going": row.state in ("queued", "running"),
        "doing": row.doing or "rosterpages.doing.waiting",
        "result": row.result,
        "proved": "holes" in row.result,
        "covered": shown.time(parse_iso(covered)) if covered else "",
        "breaks": told(plan, findings, names, shown.language),
        "warned": any(one.severity == "warning" for one in findings),
        "changes": differ,
        "count": count,
        "more": max(0, count - len(differ)),
        "busiest": _shares(plan, row, shown) if row.text else [],
        "own": row.made_by_id == request.person.pk,
        "may": {
            "propose": row.state == "draft",
            "approve": row.state == "proposed" and row.made_by_id != request.person.pk,
            "publish": row.state == "approved",
            "reject": ahead,
            "reason": row.state in ("proposed", "approved"),
        },
        "made": shown.at(row.made_at),
        "approved": shown.at(row.approved_at),
        "rejected": _rejected(row, shown),
    }


def _rejected(row: RosterDraft, shown: Shown) -> str:
    """Who said when that the roster is not taken."""
    if row.state != "rejected":
        return ""
    by = Person.objects.filter(tenant=row.tenant, pk=row.result.get("rejected_by")).first()
    at = shown.at(row.ended_at)
    if by is None:
        return shown.say("rosterpages.draft.rejected_at", at=at)
    return shown.say("rosterpages.draft.rejected_by", name=by.name, at=at)


def _shares(plan: Plan, row: RosterDraft, shown: Shown) -> list[tuple[str, int, int, int]]:
    """Post by post: turns in all, and how few and how many one person has of them. Nobody is named or ranked."""
    periods, _ = _periods(row)
    shares = []
    for role in dict.fromkeys(one.role for one in periods):
        count = Counter(one.person for one in periods if one.role == role)
        shares.append(
            (
                role_name(plan, role, shown.language),
                sum(count.values()),
                min(count.values()),
                max(count.values()),
            )
        )
    return shares


def _done(request: Visit, site: Site, row: RosterDraft) -> Refusal | None:
    do, now = str(request.POST.get("do", "")), wiring.clock().now()
    person, pool = str(request.person.pk), wiring.pool()
    reason, _ = mask(Typed(request.POST).text("reason", rosterdrafts.LONGEST_REASON))
    if do == "propose":
        return rosterdrafts.propose(pool, str(row.pk), person)
    if do == "approve":
        return rosterdrafts.approve(pool, str(row.pk), person, reason, now)
    if do == "reject":
        return rosterdrafts.reject(pool, str(row.pk), person, reason, now)
    if do == "publish":
        return _publish(site, row, person, now)
    return Refusal("rosterpages.draft_over")


def _publish(site: Site, row: RosterDraft, person: str, now: Instant) -> Refusal | None:
    periods, findings = _periods(row)
    if findings:
        return Refusal("rosterpages.draft_errors")
    ids = ids_of(wiring.pool(), str(site.pk))
    unknown = sorted({one.person for one in periods} - set(ids))
    if unknown:
        return Refusal("rosterpages.unknown_numbers", {"numbers": ", ".join(unknown[:10])})
    turns = tuple(
        DutyPeriod(one.role, ids[one.person], one.starts_at, one.ends_at, one.place) for one in periods
    )
    excludes = row.result.get("excludes", {})
    return rosterdrafts.publish(wiring.pool(), Publishing(str(row.pk), turns, excludes, person), now)


def _periods(row: RosterDraft) -> tuple[tuple[DutyPeriod, ...], tuple[Finding, ...]]:
    roster, findings = read_roster(row.text)
    return (roster.periods if roster else ()), findings


def _holders(
    site: Site, roles: set[str], since: Instant, until: Instant
) -> dict[tuple[str, Instant, int], str]:
    rows = Duty.objects.filter(
        site=site,
        role__in=roles,
        standing=False,
        starts_at__gte=to_datetime(since),
        starts_at__lt=to_datetime(until),
    ).select_related("person")
    return {(row.role, from_datetime(row.starts_at), row.place): row.person.name for row in rows}


def _held(site: Site, roles: set[str], at: Instant) -> dict[tuple[str, int], Instant | None]:
    """The places at which somebody stands then, and until when."""
    rows = Duty.objects.filter(site=site, role__in=roles, standing=False, starts_at__lt=to_datetime(at))
    here = rows.filter(Q(ends_at=None) | Q(ends_at__gt=to_datetime(at)))
    return {(row.role, row.place): from_datetime(row.ends_at) if row.ends_at else None for row in here}


def _span(request: Visit, site: Site) -> tuple[Instant, Instant] | Refusal:
    try:
        first, last = (date.fromisoformat(str(request.POST.get(name, ""))) for name in ("first", "last"))
    except ValueError:
        return Refusal("rosterpages.span_unread")
    shown = shown_for(request, site.zone)
    if (
        last < first
        or last - first > LONGEST_SPAN
        or last < shown.today()
        or last.year > shown.today().year + 5
    ):
        return Refusal("rosterpages.span_bad")
    first = max(first, shown.today())
    return day_span(first, shown.zone)[0], day_span(last, shown.zone)[1]


def _days(row: RosterDraft, shown: Shown) -> str:
    last = shown.day_of(row.ends_at - timedelta(seconds=1))
    return f"{shown.day_of(row.starts_at)} – {last}"
