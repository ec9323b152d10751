"""The report of a drill: laid out once, shown as a page, a PDF and a Word file; the evaluators' words; the signature.

Heads after AQ/T 9009-2015, 7.4 and 7.5 (evaluation of work-safety emergency exercises). Measures come from the record
by themselves; what no record knows is asked for, about the exercise and never about a person. A signed report stays.
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dutyroom import wiring
from dutyroom.adapters.documents import Layout, layout_docx, layout_pdf
from dutyroom.core.privacy import mask
from dutyroom.store import rehearsals
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Rehearsal, Site
from dutyroom.web.case.reading import shown_for
from dutyroom.web.drilling import desk
from dutyroom.web.drilling.heads import GRADES, ITEMS, NEEDED, TEXTS, lay_out
from dutyroom.web.forms_input import Typed
from dutyroom.web.visit import Visit
from dutyroom.wording import say

LONGEST, REFUSED = 2_000, 409
_FORMS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Visit, code: str, drill: UUID) -> HttpResponse:
    """The report. POST keeps the evaluators' words, or signs."""
    site, row = desk.find(request, code, drill)
    if request.method != "POST":
        return _page(request, site, row)
    typed = Typed(request.POST)
    marks = _marks(typed)
    if typed.faults:
        return _page(request, site, row, "drills.report.too_long", marks)
    if not rehearsals.save_marks(wiring.pool(), str(row.pk), marks):
        return _page(request, site, row, "drills.report.is_signed")
    if request.POST.get("do") == "sign":
        refused = _sign(request, row, marks)
        if refused:
            row.refresh_from_db()
            return _page(request, site, row, refused)
    return HttpResponseRedirect(reverse("drill_report", args=[code, drill]), status=303)


@require_safe
def file(request: Visit, code: str, drill: UUID, form: str) -> HttpResponse:
    """The report as a file."""
    site, row = desk.find(request, code, drill)
    layout = _layout(request, site, row)
    if form not in _FORMS or layout is None:
        raise Http404
    at = from_datetime(row.signed_at or row.started_at)
    body = (
        layout_pdf(layout, request.language, at) if form == "pdf" else layout_docx(layout, request.language)
    )
    response = HttpResponse(body, content_type=_FORMS[form])
    name = f"drill-{site.code}-{str(row.pk)[:8]}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _sign(request: Visit, row: Rehearsal, marks: dict[str, str]) -> str:
    """Sign it; else the code of why not."""
    now = wiring.clock().now()
    if any(not marks.get(name) for name in NEEDED):
        return "drills.report.incomplete"
    if row.kind == desk.LIVE:
        rehearsals.end_live(wiring.pool(), str(row.pk), now)
    signed = rehearsals.sign(wiring.pool(), str(row.pk), str(request.person.pk), now)
    return "" if signed else "drills.report.not_over"


def _marks(typed: Typed) -> dict[str, str]:
    """What the evaluators wrote, with personal data masked; only heads that the report has."""
    marks = {name: mask(typed.text(name, LONGEST))[0] for name in TEXTS}
    marks |= {name: mask(typed.text(name, LONGEST))[0] for name in (f"item.{item}" for item in ITEMS)}
    return marks | {"grade": typed.choice("grade", frozenset(GRADES))}


def _layout(request: Visit, site: Site, row: Rehearsal) -> Layout | None:
    seen = desk.watched(row)
    if seen is None:
        return None
    before = desk.last_of_kind(row)
    return lay_out(site, seen, desk.watched(before) if before else None, shown_for(request, site.zone))


def _page(
    request: Visit, site: Site, row: Rehearsal, refused: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    layout = _layout(request, site, row)
    if layout is None:
        raise Http404
    marks = typed if typed is not None else row.marks
    given: dict[str, Any] = {
        "site": site,
        "row": row,
        "title": row.title(request.language),
        "live": row.kind == desk.LIVE,
        "layout": layout,
        "over": desk.is_over(row),
        "refused": say(refused, request.language) if refused else "",
        "texts": [_field(name, marks, request.language) for name in TEXTS],
        "items": [_field(f"item.{item}", marks, request.language) for item in ITEMS],
        "grades": [(one, say(f"drills.grade.{one}", request.language)) for one in GRADES],
        "grade": marks.get("grade", ""),
    }
    return render(request, "web/drill_report.html", given, status=REFUSED if refused else 200)


def _field(name: str, marks: dict[str, str], language: str) -> dict[str, object]:
    label = say(f"drills.mark.{name}", language)
    return {"name": name, "label": label, "value": marks.get(name, ""), "needed": name in NEEDED}
