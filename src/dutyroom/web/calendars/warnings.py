"""The page of outside warnings: what waits for a person, what is in force, what was; to confirm, dismiss, hand in one.

What follows from a warning is decided by the plan (`wiring.heeding`); whoever confirms or dismisses one holds a post
that takes reports, leads, or is the plan's last rung.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.adapters.alerts import LARGEST
from dutyroom.adapters.vault import new_token
from dutyroom.core.alerts import Alert, AlertPart, Place, end_of, read_map
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.core.surroundings import COLOURS
from dutyroom.store import alerts
from dutyroom.store.alerts import Feed
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import ReceivedWarning, Site, WarningFeed
from dutyroom.web.access import LEADING_GROUP, class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.showing import Shown, zone_of
from dutyroom.web.visit import Visit
from dutyroom.wiring.heeding import Received, confirm, dismiss, receive, take

LEADS = ("leader", "superior")
MOST_LISTED = 60
LONGEST_REASON, LONGEST_MAP = 400, 20_000
WELL = frozenset({"received", "again", "confirmed", "dismissed", "closed"})
FIELDS = ("text", "hazard", "colour", "onset", "expires", "sender", "identifier", "headline", "areas")
BADLY = frozenset({"by_hand", "decided", "reason", "area", "not_yours"})


@dataclass(frozen=True, slots=True)
class WarningView:
    """A warning's row in words. `place`: waiting, standing, earlier."""

    id: str
    colour: str
    title: str
    headline: str
    places: str
    facts: tuple[str, ...]
    since: str
    until: str
    identifier: str
    sender: str
    kind: str
    status: str
    state: str
    reason: str
    by: str
    case: str
    case_code: str
    asking: str
    asking_code: str
    text: str
    place: str
    ended: bool
    needs_area: bool


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """What waits first."""
    return _page(request, found.site_of(request, code))


@require_POST
def take_in(request: Visit, code: str) -> HttpResponse:
    """A warning pasted, uploaded or typed in by hand."""
    site = found.site_of(request, code)
    plan = _plan(site)
    if not _may_decide(request, site, plan):
        return _back(site, "not_yours")
    typed = Typed(request.POST)
    feed, by = alerts.feed_of(wiring.pool(), str(site.pk)), str(request.person.pk)
    upload = request.FILES.get("file")
    pasted = request.POST.get("text", "")
    if upload is not None and upload.size is not None and upload.size > LARGEST:
        findings = (Finding("alert.too_large", "error", "", {"limit": LARGEST // 1000}),)
        return _page(request, site, findings=findings, typed=typed, status=400)
    if upload is not None or pasted.strip() or not typed.raw("hazard"):
        content = upload.read() if upload is not None else pasted.encode("utf-8", "replace")
        answer = receive(str(site.pk), content, "page", feed, by, request.language)
    else:
        alert = _typed_alert(typed, site, plan)
        if alert is None:
            return _page(request, site, typed=typed, status=400)
        answer = take(str(site.pk), alert, _as_typed(alert), "page", feed, by, request.language)
    if not isinstance(answer, Received):
        return _page(request, site, findings=answer, typed=typed, status=400)
    return _back(site, "again" if answer.again else "received")


@require_POST
def decide(request: Visit, code: str, warning: UUID) -> HttpResponse:
    """Confirm a waiting warning, or dismiss it with a reason."""
    site = found.site_of(request, code)
    plan = _plan(site)
    kept = alerts.find(wiring.pool(), str(site.pk), str(warning))
    if kept is None:
        raise Http404
    if not _may_decide(request, site, plan):
        return _back(site, "not_yours")
    if kept.state != alerts.WAITING:
        return _back(site, "decided")
    typed, by = Typed(request.POST), str(request.person.pk)
    if typed.raw("do") == "dismiss":
        reason, _ = mask(typed.text("reason", LONGEST_REASON)[:LONGEST_REASON].strip())
        if not reason:
            return _back(site, "reason")
        return _back(site, "dismissed" if dismiss(kept, by, reason, request.language) else "decided")
    areas = [one for one in request.POST.getlist("area") if one in plan.warnings.areas]
    if not kept.case and not kept.facts and not areas:
        return _back(site, "area")
    left = confirm(str(site.pk), kept, by, areas, request.language)
    return _back(site, "by_hand" if left else "confirmed", {"left": ", ".join(left)} if left else {})


@require_POST
def feeds(request: Visit, code: str) -> HttpResponse:
    """Open a feed, whose secret is shown this once, or close one."""
    site = found.site_of(request, code)
    typed, now = Typed(request.POST), wiring.clock().now()
    by = str(request.person.pk)
    if typed.raw("close"):
        row = WarningFeed.objects.filter(site=site, pk__in=_uuids(typed.raw("close"))).first()
        if row is None:
            raise Http404
        alerts.close_feed(wiring.pool(), str(site.pk), str(row.pk), by, now)
        return _back(site, "closed")
    plan = _plan(site)
    areas = typed.text("areas", LONGEST_MAP)
    period = typed.choice("period", frozenset(plan.periods))
    colour = typed.choice("from_colour", frozenset(COLOURS))
    for code_of_fault, value in _map_faults(plan, areas):
        typed.fault("areas", code_of_fault, value=value)
    if typed.faults:
        return _page(request, site, typed=typed, status=400)
    token, stored = new_token()
    feed = Feed(wiring.new_id(), str(site.pk), areas, period, colour)
    alerts.open_feed(wiring.pool(), feed, stored, by, now)
    return _page(request, site, token=token)


def _page(
    request: Visit,
    site: Site,
    *,
    findings: tuple[Finding, ...] = (),
    typed: Typed | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    plan = _plan(site)
    shown = shown_for(request, site.zone)
    views = list(_views(site, plan, shown))
    leads = class_of(request, site.code) in LEADS
    said = request.GET.get("said", "")
    given = {
        "site": site,
        "plan": plan,
        "waiting": [one for one in views if one.place == "waiting"],
        "standing": [one for one in views if one.place == "standing"],
        "earlier": [one for one in views if one.place == "earlier"],
        "said": f"warnings.said.{said}" if said in WELL | BADLY else "",
        "said_bad": said in BADLY,
        "left": request.GET.get("left", "")[:200],
        "may_decide": _may_decide(request, site, plan),
        "findings": [(one.place, shown.say(one.code, **one.fields)) for one in findings],
        "typed": {name: typed.raw(name) if typed else "" for name in FIELDS},
        "faults": {one.field: shown.say(one.code, **one.fields) for one in typed.faults} if typed else {},
        "leads_here": leads,
        "feeds": list(_feeds(site, plan, shown)) if leads else [],
        "token": token,
        "address": request.build_absolute_uri(reverse("api_warnings")),
        **_choices(plan, shown),
    }
    return render(request, "web/warnings.html", given, status=status)


def _choices(plan: Plan, shown: Shown) -> dict[str, list[tuple[str, str]]]:
    """What the forms let one choose: (id, name) of the plan's hazards, areas and periods, and the colours."""
    language = shown.language
    return {
        "hazards": [(one.id, one.name.in_language(language)) for one in plan.warnings.hazards.values()],
        "areas": [(one, name.in_language(language)) for one, name in plan.warnings.areas.items()],
        "periods": [(one.id, one.name.in_language(language)) for one in plan.periods.values()],
        "colours": [(one, shown.say(f"warnings.colour.{one}")) for one in COLOURS],
    }


def _views(site: Site, plan: Plan, shown: Shown) -> Iterator[WarningView]:
    rows = ReceivedWarning.objects.filter(site=site).select_related("case", "asking", "decided_by")
    rows = rows.order_by("-received_at", "part")
    # Those that wait first: however much else comes, none of them may fall off the end of the list.
    for row in [*rows.filter(state="waiting")[:MOST_LISTED], *rows.exclude(state="waiting")[:MOST_LISTED]]:
        yield _view(row, plan, shown)


def _view(row: ReceivedWarning, plan: Plan, shown: Shown) -> WarningView:
    over = row.ended_at is not None or from_datetime(row.expires_at) <= shown.now
    cancels = row.kind == "cancel"
    place = "waiting" if row.state == "waiting" and (cancels or not over) else "earlier"
    if row.state in ("confirmed", "automatic") and not over and not cancels:
        place = "standing"
    hazard = plan.warnings.hazards.get(row.hazard)
    colour = shown.say(f"warnings.colour.{row.colour}") if row.colour else ""
    title = (
        shown.say("warnings.cancels")
        if cancels
        else f"{hazard.name.in_language(shown.language) if hazard else row.event} {colour}".strip()
    )
    asks = row.asking is not None and row.asking.closed_at is None
    case_open = row.case is not None and row.case.closed_at is None
    return WarningView(
        id=str(row.pk),
        colour=row.colour,
        title=title,
        headline=row.headline,
        places=shown.say("cover.comma").join(one["name"] or ", ".join(one["codes"]) for one in row.areas),
        facts=tuple(_fact(name, colour, plan, shown) for name, colour in row.heeded.items()),
        since=shown.at(row.onset_at),
        until=shown.at(row.expires_at),
        identifier=row.identifier,
        sender=row.sender,
        kind=row.kind,
        status="" if row.status == "actual" else shown.say(f"warnings.status.{row.status}"),
        state=shown.say(f"warnings.state.{row.state}"),
        reason=row.reason,
        by=row.decided_by.name if row.decided_by else "",
        case=str(row.case_id or ""),
        case_code=row.case.code if row.case else "",
        asking=str(row.asking_id or "") if asks else "",
        asking_code=row.asking.code if row.asking and asks else "",
        text=row.text,
        place=place,
        ended=over and case_open and not cancels,
        needs_area=row.case is None and not row.heeded and bool(plan.warnings.areas),
    )


def _fact(name: str, colour: str, plan: Plan, shown: Shown) -> str:
    """`暴雨 · 沿江片区 · 橙色` of a fact `warning.rainstorm.river`."""
    _, hazard, area = name.split(".", 2)
    kind, place = plan.warnings.hazards.get(hazard), plan.warnings.areas.get(area)
    return " · ".join(
        (
            kind.name.in_language(shown.language) if kind else hazard,
            place.in_language(shown.language) if place else shown.say("warnings.everywhere"),
            shown.say(f"warnings.colour.{colour}"),
        )
    )


def _feeds(site: Site, plan: Plan, shown: Shown) -> Iterator[dict[str, object]]:
    for row in WarningFeed.objects.filter(site=site, closed_at=None).order_by("-made_at"):
        period = plan.periods.get(row.period)
        yield {
            "id": str(row.pk),
            "made": shown.at(row.made_at),
            "areas": row.areas,
            "period": period.name.in_language(shown.language) if period else row.period,
            "colour": shown.say(f"warnings.colour.{row.from_colour}") if row.from_colour else "",
        }


def _may_decide(request: Visit, site: Site, plan: Plan) -> bool:
    steps = [step for step in plan.steps_of_phase.get("readiness", ()) if not step.voluntary]
    roles = {role for step in steps for name in (*step.who, *step.ladder) for role in plan.members(name)}
    roles |= {*plan.members(plan.defaults.last_rung)}
    roles |= {*plan.members(LEADING_GROUP)} if LEADING_GROUP in plan.groups else set()
    rules = wiring.record().rules(str(site.pk))
    mine = rules.holds(str(request.person.pk), tuple(sorted(roles)), wiring.clock().now())
    return mine or class_of(request, site.code) in LEADS


def _typed_alert(typed: Typed, site: Site, plan: Plan) -> Alert | None:
    """An alert of what was typed; the hazards, colours and areas are the plan's own, so nothing needs a map."""
    zone, now = zone_of(site.zone), wiring.clock().now()
    hazard = typed.choice("hazard", frozenset(plan.warnings.hazards))
    colour = typed.choice("colour", frozenset(plan.warnings.hazards[hazard].colours if hazard else COLOURS))
    onset, expires = typed.local_time("onset", zone), typed.local_time("expires", zone)
    sender = typed.text("sender", 100, required=True)
    if not colour:
        typed.fault("colour", "missing")
    onset_at = now if onset is None else onset
    if expires is not None and expires <= onset_at:
        typed.fault("expires", "before_start")
    chosen = typed.given.getlist("area") if hasattr(typed.given, "getlist") else []
    places = tuple(Place(area) for area in chosen if area in plan.warnings.areas)
    if plan.warnings.areas and not places:
        typed.fault("area", "missing")
    if typed.faults:
        return None
    headline = mask(typed.text("headline", 400))[0][:400]
    part = AlertPart(hazard, colour, places, onset_at, end_of(onset_at, expires), headline)
    return Alert(_typed_identifier(typed), mask(sender)[0], now, "alert", "actual", (part,))


def _typed_identifier(typed: Typed) -> str:
    """As typed. One that has personal data in it gets a new one, as does none: masked, two would look the same."""
    given = "".join(typed.text("identifier", 120).split())
    return f"typed-{wiring.new_id()}" if not given or mask(given)[1] else given


def _as_typed(alert: Alert) -> str:
    """What was typed, as a text to keep."""
    part = alert.parts[0]
    lines: tuple[tuple[str, str | Instant], ...] = (
        ("identifier", alert.identifier), ("sender", alert.sender), ("event", part.event), ("colour", part.colour),
        ("areas", ", ".join(place.name for place in part.places)), ("onset", to_datetime(part.onset_at).isoformat()),
        ("expires", to_datetime(part.expires_at).isoformat()), ("headline", part.headline),
    )  # fmt: skip
    return "\n".join(f"{name}: {value}" for name, value in lines)


def _map_faults(plan: Plan, text: str) -> Iterator[tuple[str, str]]:
    found_map, wrong = read_map(text)
    for number in wrong:
        yield "map_line", str(number)
    for area in sorted(set(found_map.values()) - set(plan.warnings.areas)):
        yield "map_area", area


def _plan(site: Site) -> Plan:
    return found.plan_of(found.edition_in_force(site))


def _uuids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _back(site: Site, said: str, more: dict[str, str] | None = None) -> HttpResponse:
    query = urlencode({"said": said, **(more or {})})
    return HttpResponseRedirect(f"{reverse('warnings', args=[site.code])}?{query}", status=303)
