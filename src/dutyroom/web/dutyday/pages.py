"""The day on one page: reports in and missing, handovers, roll calls, incidents, issues, tomorrow, the checkpoint.

It is the office's summary, what the summary's call opens, and where a report told by telephone is entered with one
press. Printed, it is the same.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from dutyroom.adapters.documents import layout_pdf
from dutyroom.core.codec import load_case
from dutyroom.core.commands import Answer
from dutyroom.core.decide.acting import offers
from dutyroom.core.duties.answering import is_daily_report
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.duties.steps import SUMMARY, kind_of
from dutyroom.core.plan import Verb
from dutyroom.store.models import Case, Site
from dutyroom.web.case import timeline
from dutyroom.web.case.reading import Opened, find, is_full, open_rows, rules_of, shown_for
from dutyroom.web.dutyday import beside, gathering, issues
from dutyroom.web.dutyday.laying import lay_out
from dutyroom.web.dutyday.report import answers_of
from dutyroom.web.dutyday.waiting import Refused, carry_out
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.report import faults_json
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

REFUSED = 409


@require_safe
def of_site(request: Visit, code: str) -> HttpResponse:
    """Today at a site, or the day that is asked for."""
    site = found.site_of(request, code)
    return _page(request, site, _asked(request, shown_for(request, site.zone)))


@require_safe
def of_case(request: Visit, case: UUID) -> HttpResponse:
    """The day of a case: what the summary's call opens."""
    row = _day_of(request, case)
    return _page(request, row.site, _date(row))


@require_POST
def do(request: Visit, case: UUID) -> HttpResponse:
    """A report that was told by telephone, or the summary received: on record, and back to the day."""
    row = _day_of(request, case)
    typed = Typed(request.POST)
    command, key = typed.identifier("command"), typed.raw("key")[:200]
    opened = open_rows(request, [row])[0]
    step = opened.plan.step.get(key.partition("#")[0])
    answers: dict[str, Answer] = answers_of(typed) if is_daily_report(step) else {}
    if typed.faults:
        lines = tuple(fault["says"] for fault in faults_json(typed.faults, request.language))
        return _page(request, row.site, _date(row), Refused("input", lines), typed)
    done = carry_out(opened, key, command, answers)
    if isinstance(done, Refused):
        return _page(request, row.site, _date(row), done, typed)
    if kind_of(key) == SUMMARY:
        beside.make_checkpoint(row.site, _date(row))
    told = urlencode({"done": command})
    return HttpResponseRedirect(f"{reverse('dutyday_case', args=[case])}?{told}#recorded", status=303)


@require_POST
def mark(request: Visit, case: UUID) -> HttpResponse:
    """Sign the record as it stands, if that was not done today, and go on to the printed summary."""
    row = _day_of(request, case)
    beside.make_checkpoint(row.site, _date(row))
    return HttpResponseRedirect(reverse("dutyday_pdf", args=[case]), status=303)


@require_safe
def pdf(request: Visit, case: UUID) -> HttpResponse:
    """The summary to print and to hang up."""
    row = _day_of(request, case)
    shown, day = shown_for(request, row.site.zone), _date(row)
    given = _given(request, row.site, day, shown)
    at = min(instant_of(day + timedelta(days=1), "00:00", row.site.zone), shown.now)
    body = layout_pdf(lay_out(given, shown), request.language, at)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="duty-{row.site.code}-{day}.pdf"'
    return response


def _page(
    request: Visit, site: Site, day: date, refused: Refused | None = None, typed: Typed | None = None
) -> HttpResponse:
    shown = shown_for(request, site.zone)
    given = _given(request, site, day, shown)
    view: gathering.DayView = given["view"]
    before, after = gathering.days_around(day)
    rules = rules_of(site)
    given |= {
        "before": before,
        "after": after if day < shown.today() else None,
        "today": day == shown.today(),
        "may": _may(view, str(request.person.pk)),
        "others": [(*one, shown.say(f"dutyday.state.{one[2]}")) for one in view.others],
        "refused": refused,
        "refused_key": typed.raw("key") if typed else "",
        "typed_what": typed.raw("what") if typed else "",
        "recorded": _recorded(request, view.parts),
        "case": str(view.parts[-1].row.pk) if view.parts else "",
        "full": is_full(request),
        "reached": beside.reached(rules, shown) if rules and day == shown.today() else (),
        "made": shown.moment(shown.now),
    }
    return render(request, "web/dutyday_day.html", given, status=REFUSED if refused else 200)


def _given(request: Visit, site: Site, day: date, shown: Shown) -> dict[str, Any]:
    """What page and print both show."""
    view = gathering.gather(request, site, day, shown)
    plan = view.parts[0].plan if view.parts else None
    _, tomorrow = gathering.days_around(day)
    periods = view.parts[0].case.periods if view.parts else ()
    return {
        "site": site,
        "site_name": site.name(request.language),
        "day": day,
        "view": view,
        "incidents": beside.incidents(request, site, day, shown),
        "turns": beside.turns(plan, site, tomorrow, periods, shown) if plan else (),
        "issues": issues.open_issues(request, site, shown),
        **beside.told(beside.checkpoint(site, day), shown),
    }


def _may(view: gathering.DayView, reader: str) -> frozenset[str]:
    """The keys of what the reader may finish now, as `case key`."""
    return frozenset(
        f"{one.case.case} {offer.key}"
        for one in view.parts
        for offer in offers(one.rules, one.case, reader, one.shown.now)
        if offer.verb is Verb.DONE and offer.key
    )


def _recorded(request: Visit, parts: tuple[Opened, ...]) -> tuple[str, str] | None:
    command = request.GET.get("done", "")[:64] if request.method == "GET" else ""
    one = next((each for each in parts if command and command in each.case.commands), None)
    return timeline.sentence_of(one, command) if one else None


def _day_of(request: Visit, case: UUID) -> Case:
    row = find(request, case)
    if row.kind != DAY:
        raise Http404
    return row


def _date(row: Case) -> date:
    """The local day that the case is of."""
    return date.fromisoformat(load_case(row.state).day)


def _asked(request: Visit, shown: Shown) -> date:
    """The day asked for; whatever cannot be read, or lies ahead, is today."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return shown.today()
    return min(day, shown.today()) if day.year > 2000 else shown.today()
