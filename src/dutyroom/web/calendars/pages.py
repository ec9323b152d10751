"""The page of holidays and periods: the year drawn, what is declared, and the forms to declare, withdraw and enter.

A leader of the site or of a level above declares a period for one site or for all below it. It refuses to know what
follows from a period: that is the plan's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.calendar.days import Notice
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.store.calendars import Declaring, SiteCalendar, calendar_of, declare, enter_notice, withdraw
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import DeclaredPeriod, Edition, Site
from dutyroom.store.scope import sites_for
from dutyroom.web.access import class_of
from dutyroom.web.calendars.drawing import COLOURS, in_force, months
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.showing import Shown, zone_of
from dutyroom.web.visit import Visit
from dutyroom.wording import say

LEADS = ("leader", "superior")
SOURCES = frozenset({"superior", "organisation"})
LONGEST_REASON, LONGEST_NOTICE = 400, 20_000
FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST_LISTED = 60
SAID = ("declared", "withdrawn", "entered", "ended")


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """A declared period's row. `state`: standing, coming, over, withdrawn."""

    id: str
    name: str
    since: str
    until: str
    source: str
    reason: str
    by: str
    state: str

    @property
    def ends(self) -> bool:
        return self.state in ("standing", "coming")


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The year drawn, this year's unless another is asked for."""
    return _page(request, found.site_of(request, code))


@require_POST
def declare_period(request: Visit, code: str) -> HttpResponse:
    """Put a period of the plan in force for a span, here or here and below."""
    site = found.site_of(request, code)
    typed = Typed(request.POST)
    zone, now = zone_of(site.zone), wiring.clock().now()
    plans = _plans(request, site, below=typed.yes_no("below") is True)
    names = frozenset(name for plan in plans.values() for name in plan.periods)
    period = typed.choice("period", names)
    source = typed.choice("source", SOURCES, "organisation")
    reason, _ = mask(typed.text("reason", LONGEST_REASON, required=True))
    starts_at, ends_at = typed.local_time("from", zone), typed.local_time("until", zone)
    for name, value in (("period", period), ("from", starts_at), ("until", ends_at)):
        if value in ("", None) and not any(fault.field == name for fault in typed.faults):
            typed.fault(name, "missing")
    if starts_at is not None and ends_at is not None and (ends_at <= starts_at or ends_at <= now):
        typed.fault("until", "before_start" if ends_at <= starts_at else "is_past")
    if typed.faults or starts_at is None or ends_at is None:
        return _page(request, site, typed=typed, status=400)
    by = str(request.person.pk)
    wanted = [
        Declaring(wiring.new_id(), str(one), period, starts_at, ends_at, source, reason, by)
        for one, plan in plans.items()
        if period in plan.periods
    ]
    declare(wiring.pool(), wanted, now)
    return _back(site, "declared")


@require_POST
def withdraw_period(request: Visit, code: str, declared: UUID) -> HttpResponse:
    """End a declared period now, here or here and below, where it was declared in one go."""
    site = found.site_of(request, code)
    now, by = wiring.clock().now(), str(request.person.pk)
    row = DeclaredPeriod.objects.filter(site=site, pk=declared).first()
    rows = [row] if row else []
    if row and Typed(request.POST).yes_no("below") is True:
        together = {"period": row.period, "declared_at": row.declared_at, "declared_by": row.declared_by_id}
        rows = list(DeclaredPeriod.objects.filter(site__in=_below(request, site), **together))
    done = [withdraw(wiring.pool(), str(one.site_id), str(one.pk), by, now) for one in rows]
    return _back(site, "withdrawn" if any(done) else "ended")


@require_POST
def notice(request: Visit, code: str) -> HttpResponse:
    """Enter a year's notice for the whole organisation; every fault is told with its line, nothing half is kept."""
    site = found.site_of(request, code)
    typed = Typed(request.POST)
    text = typed.text("notice", LONGEST_NOTICE, required=True)
    read, findings = read_calendar(text) if text else (None, ())
    if read is not None and len(read.notices) != 1:
        findings = (*findings, Finding("calendar.one_notice", "error", "1:1", {"count": len(read.notices)}))
    errors = [one for one in findings if one.severity == "error"]
    unsure = [one for one in findings if one.severity == "warning"]
    if read is None or errors or typed.faults or (unsure and typed.yes_no("sure") is not True):
        return _page(request, site, typed=typed, findings=findings, status=400)
    by, now = str(request.person.pk), wiring.clock().now()
    enter_notice(wiring.pool(), str(site.pk), wiring.new_id(), read.notices[0], text, by, now)
    return _back(site, "entered", read.notices[0].year)


def _page(
    request: Visit,
    site: Site,
    *,
    typed: Typed | None = None,
    findings: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    shown = shown_for(request, site.zone)
    calendar = calendar_of(wiring.pool(), str(site.pk))
    year = _year(Typed(request.GET), shown)
    own = _plan_here(site)
    leads = class_of(request, site.code) in LEADS
    known = {one.year: one for one in calendar.calendar.notices}
    given = {
        "site": site,
        "plan": own,
        "year": year,
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < LAST_YEAR else None,
        "notice": _notice_view(known[year], shown) if year in known else None,
        "missing": year not in known,
        "today": _today(own, calendar, shown) if year == shown.today().year else "",
        "weekdays": [shown.say(f"calendar.weekday.{number}") for number in range(7)],
        "months": list(months(calendar, own, year, shown.today(), shown.say)),
        "periods": _periods(own, calendar, shown),
        "declared": list(_declared(site, own, shown)),
        "may_declare": leads,
        "choices": _choices(request, site, own, shown) if leads else [],
        "has_below": leads and _below(request, site).count() > 1,
        "template": _typed(typed, "notice") or say("calendar.template", shown.language, year=year),
        "typed": {name: _typed(typed, name) for name in ("period", "from", "until", "source", "reason")},
        "faults": {one.field: shown.say(one.code, **one.fields) for one in typed.faults} if typed else {},
        "findings": [(one.place, one.severity, shown.say(one.code, **one.fields)) for one in findings],
        "unsure": bool(findings) and all(one.severity == "warning" for one in findings),
        "said": request.GET.get("said", "") if request.GET.get("said", "") in SAID else "",
    }
    return render(request, "web/calendar.html", given, status=status)


def _today(plan: Plan | None, calendar: SiteCalendar, shown: Shown) -> str:
    """`11-29: weekend; in force: Flood season.`"""
    day = shown.today()
    kind = calendar.calendar.kind(day) if day.year in calendar.calendar.years() else "unknown"
    names = (
        [plan.periods[one].name.in_language(shown.language) for one in in_force(calendar, plan, day)]
        if plan
        else []
    )
    periods = shown.say("cover.comma").join(names) or shown.say("calendar.today.none")
    return shown.say(
        "calendar.today", day=f"{day:%m-%d}", kind=shown.say(f"calendar.kind.{kind}"), periods=periods
    )


def _year(typed: Typed, shown: Shown) -> int:
    asked = typed.count("year")
    return asked if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR else shown.today().year


def _notice_view(notice: Notice, shown: Shown) -> dict[str, object]:
    note = notice.note.in_language(shown.language) if notice.note else ""
    provisional = shown.say("calendar.provisional").rstrip(".。")
    return {
        "number": notice.number,
        "published": f"{notice.published:%Y-%m-%d}" if notice.published else "",
        "provisional": notice.is_provisional,
        "note": note,
        # A note that begins with the word is not told it again.
        "says_so": note.casefold().startswith(provisional.casefold()),
        "holidays": [
            (one.name.in_language(shown.language), _span(one.days[0], one.days[-1]), len(one.days))
            for one in notice.holidays
        ],
        "workdays": [f"{day:%m-%d}" for day in notice.workdays],
    }


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{first:%m-%d}"
    return f"{first:%m-%d}–{last:%m-%d}" if first.year == last.year else f"{first:%Y-%m-%d}–{last:%m-%d}"


def _periods(plan: Plan | None, calendar: SiteCalendar, shown: Shown) -> list[dict[str, object]]:
    """The legend of the plan's periods: bar, name, and what the plan itself says of when they are."""
    found_ones = []
    for number, one in enumerate(plan.periods.values() if plan else ()):
        when = (
            shown.say("calendar.period.holidays")
            if one.holidays
            else shown.say("calendar.period.span", starts=one.starts, ends=one.ends)
            if one.starts
            else shown.say("calendar.period.declared_only")
        )
        found_ones.append(
            {"bar": number % COLOURS, "name": one.name.in_language(shown.language), "when": when}
        )
    return found_ones


def _declared(site: Site, plan: Plan | None, shown: Shown) -> Iterator[DeclaredView]:
    rows = DeclaredPeriod.objects.filter(site=site).select_related("declared_by").order_by("-starts_at", "id")
    now = to_datetime(shown.now)
    for row in rows[:MOST_LISTED]:
        state = "coming" if row.starts_at > now else "standing"
        state = "over" if row.ends_at <= now else state
        state = "withdrawn" if row.withdrawn_at is not None else state
        named = plan.periods.get(row.period) if plan else None
        yield DeclaredView(
            str(row.pk),
            named.name.in_language(shown.language) if named else row.period,
            shown.time(from_datetime(row.starts_at)),
            shown.time(from_datetime(row.ends_at)),
            shown.say(f"calendar.source.{row.source}"),
            row.reason,
            row.declared_by.name if row.declared_by else "",
            state,
        )


def _choices(request: Visit, site: Site, own: Plan | None, shown: Shown) -> list[tuple[str, str]]:
    """The periods that may be declared: those of the plan here, or where there is none, of the sites below."""
    plans = [own] if own else list(_plans(request, site, below=True).values())
    return list(
        {
            one.id: one.name.in_language(shown.language) for plan in plans for one in plan.periods.values()
        }.items()
    )


def _plans(request: Visit, site: Site, *, below: bool) -> dict[str, Plan]:
    """The plan in force at the site, or at it and every site below, by site; sites without a plan are left out."""
    sites = _below(request, site) if below else Site.objects.filter(pk=site.pk)
    rows = (
        Edition.objects.filter(site__in=sites, in_force_at__lte=to_datetime(wiring.clock().now()))
        .order_by("site_id", "-in_force_at", "id")
        .distinct("site_id")
        .values_list("site_id", "pk")
    )
    return {str(place): wiring.record().plan(str(edition)) for place, edition in rows}


def _below(request: Visit, site: Site) -> QuerySet[Site]:
    return sites_for(request.person).filter(path__startswith=site.path, ends_at=None)


def _plan_here(site: Site) -> Plan | None:
    now = to_datetime(wiring.clock().now())
    edition = Edition.objects.filter(site=site, in_force_at__lte=now).order_by("-in_force_at", "id").first()
    return wiring.record().plan(str(edition.pk)) if edition else None


def _typed(typed: Typed | None, name: str) -> str:
    return typed.raw(name) if typed else ""


def _back(site: Site, said: str, year: int | None = None) -> HttpResponse:
    query = f"?said={said}" + (f"&year={year}" if year else "")
    return HttpResponseRedirect(reverse("calendar", args=[site.code]) + query, status=303)
