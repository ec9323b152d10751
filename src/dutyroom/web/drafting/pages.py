"""Upload a written plan, decide on each proposed rule, take the draft away or hand it to the editor.

Works without script: every button posts the whole form, in which the paper travels. Nothing of the paper is stored.
"""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dutyroom import wiring
from dutyroom.adapters.drafts import ACCEPT, LEAVE, Choice, coverage_lines, plan_text, roster_text, workbook
from dutyroom.adapters.papers import read_paper
from dutyroom.core.drafting.proposal import ROLE
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import parse_duration
from dutyroom.store import drafts
from dutyroom.store.models import Site
from dutyroom.web.drafting.desk import LARGEST, Desk, is_too_long, read_desk
from dutyroom.web.drafting.rows import rows
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.planning.drafted import draft_of
from dutyroom.web.visit import Visit
from dutyroom.wording import say

UPLOAD = 5_000_000  # bytes; a plan of 100 pages without pictures has some 200,000
_FILES = {
    "plan.yaml": "application/yaml",
    "roster.yaml": "application/yaml",
    "people.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Visit, code: str) -> HttpResponse:
    """The desk. POST: read an upload, accept, leave, open, correct, take back, download, hand over."""
    site = found.site_of(request, code)
    if request.method != "POST":
        return _page(request, site, None)
    if "paper" in request.FILES:
        return _read(request, site)
    desk = read_desk(str(request.POST.get("desk", "")))
    if desk is None:
        return _page(request, site, None, Refusal("draft.desk.no_paper"))
    do, _, key = str(request.POST.get("do", "")).partition(":")
    if do == "download" and key in _FILES:
        return _download(desk, key, _plan_id(site))
    if do == "hand_over":
        return _hand_over(request, site, desk)
    if do == "open":
        return _page(request, site, desk, opened=key)
    return _decide(request, site, desk, do, key)


def _read(request: Visit, site: Site) -> HttpResponse:
    upload = request.FILES.getlist("paper")[0]
    name = str(upload.name or "")[-80:]
    if (upload.size or 0) > UPLOAD:
        return _page(
            request, site, None, _told("draft.paper.too_large", file=name, limit=UPLOAD // 1_000_000)
        )
    document = read_paper(upload.read(), name)
    if isinstance(document, Finding):
        return _page(request, site, None, Refusal(document.code, document.fields))
    if is_too_long(document):
        return _page(request, site, None, _told("draft.desk.too_long", file=name, limit=LARGEST))
    return _page(request, site, Desk(document))


def _decide(request: Visit, site: Site, desk: Desk, do: str, key: str) -> HttpResponse:
    if do in (ACCEPT, LEAVE):
        return _page(request, site, desk.deciding(key, Choice(do)), at=key)
    if do == "undo":
        return _page(request, site, desk.deciding(key, None), at=key)
    if do == "correct":
        typed = Typed(request.POST)
        title, within, who = (typed.text(name, 200) for name in ("title", "within", "who"))
        if within and not _is_limit(desk, within):
            refusal = _told("draft.desk.not_a_time", value=within)
            return _page(request, site, desk, refusal, opened=key)
        return _page(request, site, desk.deciding(key, Choice("correct", title, within, who)), at=key)
    return _page(request, site, desk)


def _is_limit(desk: Desk, text: str) -> bool:
    """A duration, or one of the soft words the paper itself uses."""
    try:
        return text in desk.proposed.words or parse_duration(text) > 0
    except ValueError:
        return False


def _download(desk: Desk, name: str, id: str) -> HttpResponse:
    made = {
        "plan.yaml": lambda: plan_text(desk.decided, id).encode(),
        "roster.yaml": lambda: roster_text(desk.decided, id).encode(),
        "people.xlsx": lambda: workbook(desk.decided),
    }[name]()
    return HttpResponse(
        made,
        content_type=_FILES[name],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _hand_over(request: Visit, site: Site, desk: Desk) -> HttpResponse:
    """The draft as the newest saving of the site's open draft; never over one that somebody else is working on."""
    if draft_of(site) is not None:
        return _page(request, site, desk, Refusal("draft.desk.draft_open"))
    text = plan_text(desk.decided, _plan_id(site))
    author, now = str(request.person.pk), wiring.clock().now()
    saved = drafts.save(wiring.pool(), str(site.pk), author, text, 0, now)
    if isinstance(saved, Refusal):
        return _page(request, site, desk, saved)
    return HttpResponseRedirect(reverse("plan_edit", args=[site.code]))


def _plan_id(site: Site) -> str:
    """A new edition keeps the plan's identifier."""
    return found.plan_of(found.edition_in_force(site)).id


def _told(code: str, **fields: str | int) -> Refusal:
    return Refusal(code, fields)


def _page(
    request: Visit,
    site: Site,
    desk: Desk | None,
    refusal: Refusal | None = None,
    opened: str = "",
    at: str = "",
) -> HttpResponse:
    given: dict[str, Any] = {
        "site": site,
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "opened": opened,
        "at": at or opened,
        "desk": desk,
    }
    if desk is not None:
        given |= {
            "state": desk.written(),
            "title": desk.decided.title,
            "lines": coverage_lines(desk.decided, request.language),
            "open": len(desk.proposed.proposals) - len(desk.choices),
            "rows": rows(desk, request.language),
            "posts": [(one.id, one.entry["name"]) for one in desk.decided.proposals if one.part == ROLE],
            "words": list(desk.proposed.words),
            "files": list(_FILES),
        }
    return render(request, "web/plan_draft.html", given, status=400 if refusal else 200)
