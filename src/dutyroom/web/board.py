"""The duty room's board: who is on duty, what is owed, what runs, what was missed, and whether anybody watches.

One site and everything below it. Every list is bounded, so the page is as large and as fast with a hundred thousand
records as with ten; a screen that polls costs a few small queries and, unless something changed, nothing else.
"""

from hashlib import sha256
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dutyroom.core.instants import MINUTE
from dutyroom.core.state import INCIDENT
from dutyroom.store.models import Case, Edition, Obligation, Site
from dutyroom.store.scope import cases_for, obligations_for, sites_for
from dutyroom.web import board_rows as rows
from dutyroom.web.calendars.beside import waiting
from dutyroom.web.case.reading import shown_for
from dutyroom.web.cover.beside import cover
from dutyroom.web.dutyday.strip import overdue, strip, versions
from dutyroom.web.visit import Visit
from dutyroom.wording.typed import clean

MOST_OWED, MOST_CASES, MOST_SITES = 24, 20, 30
# The room's screen has place for so many misses beside what is owed now, which matters more.
SHOWN_MISSED = 7
NOTHING_NEW = 204


@require_GET
def page(request: Visit) -> HttpResponse:
    """The board; an empty 204 for a screen that shows all of this already."""
    site = _site(request)
    below = sites_for(request.person).filter(path__startswith=site.path)
    owed = list(_owed(request, below))
    cases = list(_open_cases(request, below))
    shown = shown_for(request, site.zone)
    watch = rows.watch(shown, below)
    covered, warned = cover(below, shown), waiting(below, shown)
    signs = (watch, covered, warned, versions(request, below))
    fresh = _version(request, site, owed, cases, signs, shown.now)
    if request.GET.get("since") == fresh:
        return HttpResponse(status=NOTHING_NEW)
    board = {
        "site": site,
        "sites": list(_with_plans(request)[:MOST_SITES]),
        "version": fresh,
        "clock": shown.moment(shown.now),
        "watch": watch,
        "covered": covered,
        "warned": warned,
        **_what(request, site, below, owed, cases, shown),
    }
    template = "web/board_update.html" if request.headers.get("HX-Request") == "true" else "web/board.html"
    return render(request, template, board)


def _what(
    request: Visit, site: Site, below: Any, owed: list[Obligation], cases: list[Case], shown: Any
) -> dict[str, Any]:
    states = rows.states_of(owed)
    names = rows.names_on_board(site, owed, shown.now)
    reach = rows.last_answers(below)
    missed = rows.missed(cases_for(request.person).filter(site__in=below, kind=INCIDENT), shown)
    late, late_more = overdue(request, below, shown)
    return {
        "on_duty": rows.on_duty(site, names, reach, shown),
        "owed": rows.owed_rows(owed, states, names, shown),
        "owed_more": rows.capped(_all_owed(request, below), MOST_OWED),
        "cases": rows.case_rows(cases, shown),
        "cases_more": rows.capped(_incidents(request, below), MOST_CASES),
        "missed": missed[:SHOWN_MISSED],
        "missed_more": max(0, len(missed) - SHOWN_MISSED),
        "strip": strip(request, site, shown),
        "late": late,
        "late_more": late_more,
        "outages": rows.outages(shown),
        "last_answer": rows.last_of_all(reach, shown),
    }


def _site(request: Visit) -> Site:
    """The site asked for, else the reader's own, else the first of the reader's that has a plan."""
    code = clean(request.GET.get("site", ""))
    if code:
        found = sites_for(request.person).filter(code=code[:40]).first()
        if found is None:
            raise Http404
        return found
    return _with_plans(request).filter(id=request.person.site_id).first() or _first(request)


def _first(request: Visit) -> Site:
    own: Site = request.person.site
    return _with_plans(request).first() or own


def _with_plans(request: Visit) -> Any:
    return sites_for(request.person).filter(id__in=Edition.objects.values("site_id")).order_by("path")


def _all_owed(request: Visit, below: Any) -> Any:
    """What incidents owe; what the calendar owes has a strip and a list of its own."""
    return obligations_for(request.person).filter(site__in=below, status="open", case__kind=INCIDENT)


def _owed(request: Visit, below: Any) -> Any:
    """What is overdue first, then by the time it falls due; exercises after everything that is real."""
    order = ("case__exercise", "-overdue", "due_at", "id")
    found = _all_owed(request, below).select_related("case", "site").order_by(*order)
    return found.defer("case__state")[:MOST_OWED]


def _open_cases(request: Visit, below: Any) -> Any:
    found = _incidents(request, below).select_related("site")
    return rows.with_kind(found.defer("state").order_by("exercise", "-opened_at"))[:MOST_CASES]


def _incidents(request: Visit, below: Any) -> Any:
    return cases_for(request.person).filter(site__in=below, closed_at=None, kind=INCIDENT)


def _version(
    request: Visit, site: Site, owed: list[Obligation], cases: list[Case], signs: object, now: int
) -> str:
    """Changes with everything the board shows, and with the minute."""
    seen = [(str(one.case_id), one.key, one.verb, one.overdue, str(one.owner_id), one.due_at) for one in owed]
    running = [(str(case.id), case.version) for case in cases]
    shown = repr((str(site.id), site.version, seen, running, signs, now // MINUTE, request.language))
    return sha256(shown.encode()).hexdigest()[:16]
