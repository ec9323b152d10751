"""Writing a plan in the browser: the text, forms for its common things, findings as one types, and the way into force.

Everything travels in one form with the whole text in it, so nothing that was typed is ever lost, with or without
script. A draft is saved, checked, and approved by a person who saved none of it (the store and the database refuse any
other). It refuses to judge a plan: the checks are the core's.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dutyroom import wiring
from dutyroom.adapters.planediting import patch
from dutyroom.adapters.planformat import tidy
from dutyroom.core.findings import Refusal
from dutyroom.core.yamltree import LARGEST, read_tree
from dutyroom.store import drafts
from dutyroom.store.drafts import OpenDraft
from dutyroom.store.models import Edition, Person, Site
from dutyroom.web.audited.wishes import wishes
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.planning.drafted import draft_of
from dutyroom.web.planning.forms import Forms, changes
from dutyroom.web.planning.judging import Judged, judge, shown
from dutyroom.web.showing import zone_of
from dutyroom.web.visit import Visit
from dutyroom.wording import say


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the writer's desk: the site, the edition in force, the open draft, the text as it is now."""

    site: Site
    edition: Edition
    draft: OpenDraft | None
    text: str
    seen: int
    part: str

    @property
    def saved(self) -> bool:
        """Whether the text is what the draft (or the edition) holds."""
        return self.text == (self.draft.text if self.draft else self.edition.text)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Visit, code: str) -> HttpResponse:
    """The editor. POST carries out one of: check, open a part's form, apply a form, tidy, save, drop."""
    site = found.site_of(request, code)
    edition, draft = found.edition_in_force(site), draft_of(site)
    if request.method != "POST":
        text = draft.text if draft else edition.text
        seen = draft.revision if draft else 0
        return _page(request, Desk(site, edition, draft, text, seen, request.GET.get("part", "")[:80]))
    desk = _typed(request, site, edition, draft)
    do = str(request.POST.get("do", "check"))
    if do.startswith("part:"):
        return _page(request, _on(desk, part=do.removeprefix("part:")[:80]))
    acts = {"apply": _apply, "tidy": _tidy, "save": _save, "checked": _checked, "drop": _drop}
    return acts[do](request, desk) if do in acts else _page(request, desk)


@require_POST
def findings(request: Visit, code: str) -> HttpResponse:
    """The findings on a text as a piece of page: what the editor asks for while one types."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    judged = judge(_text(request), edition.roster_text)
    return render(request, "web/plan_findings.html", _judged(judged, request.language))


@require_POST
def approve(request: Visit, code: str) -> HttpResponse:
    """A second person puts the checked draft in force, now or from a later moment."""
    site = found.site_of(request, code)
    edition, draft = found.edition_in_force(site), draft_of(site)
    if draft is None:
        return _refused(request, site, Refusal("planning.no_draft"))
    desk = Desk(site, edition, draft, draft.text, draft.revision, "")
    judged = judge(draft.text, edition.roster_text)
    if judged.plan is None or judged.errors:
        return _page(request, desk, Refusal("planning.errors_stand", {"count": judged.errors or 1}))
    typed = Typed(request.POST)
    now = wiring.clock().now()
    at = typed.local_time("in_force_at", zone_of(site.zone))
    if typed.faults:
        return _page(request, desk, Refusal(typed.faults[0].code))
    # What is approved is what was judged above and what the approver saw; the store looks again under its lock.
    revision = typed.count("revision") or 0
    if revision != draft.revision:
        return _page(request, desk, Refusal("planning.saved_meanwhile", {"revision": draft.revision}))
    whose = (judged.plan.id, judged.plan.version)
    approver = str(request.person.pk)
    made = drafts.approve(wiring.pool(), str(site.pk), revision, approver, whose, at or now, now)
    if isinstance(made, Refusal):
        return _page(request, desk, made)
    return HttpResponseRedirect(reverse("plan_editions", args=[site.code]))


# ---- what a pressed button does


def _apply(request: Visit, desk: Desk) -> HttpResponse:
    """The open form's values into the text."""
    tree, _ = read_tree(desk.text)
    if tree is None:
        return _page(request, desk, Refusal("planning.no_form"))
    wanted = changes(Forms(tree, request.language).fields(desk.part), request.POST.dict())
    text = patch(desk.text, wanted) if wanted else desk.text
    if text is None:
        return _page(request, desk, Refusal("planning.no_form"))
    return _page(request, _on(desk, text=text), said="planning.applied" if wanted else "planning.same")


def _tidy(request: Visit, desk: Desk) -> HttpResponse:
    return _page(request, _on(desk, text=tidy(desk.text.encode()).text))


def _save(request: Visit, desk: Desk) -> HttpResponse:
    if desk.draft is None and desk.saved:
        return _page(request, desk, Refusal("planning.nothing_new"))
    done = _keep(request, desk)
    if isinstance(done, Refusal):
        return _page(request, desk, done)
    return HttpResponseRedirect(f"{reverse('plan_edit', args=[desk.site.code])}?part={desk.part}")


def _checked(request: Visit, desk: Desk) -> HttpResponse:
    """Save, and declare it ready for the second person; not with errors in it."""
    judged = judge(desk.text, desk.edition.roster_text)
    if judged.plan is None or judged.errors:
        return _page(request, desk, Refusal("planning.errors_stand", {"count": judged.errors or 1}))
    if desk.draft is None and desk.saved:
        return _page(request, desk, Refusal("planning.nothing_new"))
    done = _keep(request, desk)
    if isinstance(done, Refusal):
        return _page(request, desk, done)
    refusal = drafts.mark_checked(wiring.pool(), str(desk.site.pk), done.revision)
    if refusal is not None:
        return _page(request, desk, refusal)
    return HttpResponseRedirect(reverse("plan_edit", args=[desk.site.code]))


def _drop(request: Visit, desk: Desk) -> HttpResponse:
    refusal = drafts.drop(wiring.pool(), str(desk.site.pk), wiring.clock().now())
    if refusal is not None:
        return _page(request, desk, refusal)
    return HttpResponseRedirect(reverse("plan_editions", args=[desk.site.code]))


def _keep(request: Visit, desk: Desk) -> OpenDraft | Refusal:
    if len(desk.text) > LARGEST:
        return Refusal("plan.too_large", {"limit": LARGEST})
    now = wiring.clock().now()
    return drafts.save(wiring.pool(), str(desk.site.pk), str(request.person.pk), desk.text, desk.seen, now)


# ---- the page


def _typed(request: Visit, site: Site, edition: Edition, draft: OpenDraft | None) -> Desk:
    seen = Typed(request.POST).count("seen") or 0
    return Desk(site, edition, draft, _text(request), seen, str(request.POST.get("part", ""))[:80])


def _text(request: Visit) -> str:
    """The text as typed, with the line ends of a file; what no file can hold is left out."""
    text = str(request.POST.get("text", "")).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "ignore").decode("utf-8")


def _on(desk: Desk, **changed: Any) -> Desk:
    given = {"text": desk.text, "part": desk.part} | changed
    return Desk(desk.site, desk.edition, desk.draft, given["text"], desk.seen, given["part"])


def _page(request: Visit, desk: Desk, refusal: Refusal | None = None, said: str = "") -> HttpResponse:
    judged = judge(desk.text, desk.edition.roster_text)
    tree, _ = read_tree(desk.text)
    forms = Forms(tree, request.language) if tree is not None else None
    given = {
        "desk": desk,
        "site": desk.site,
        "rows": min(60, max(20, desk.text.count("\n") + 2)),
        "parts": forms.parts() if forms else [],
        "fields": forms.fields(desk.part) if forms and desk.part else [],
        "part_line": forms.line(desk.part) if forms and desk.part else 1,
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "said": say(said, request.language) if said else "",
        "now": f"{found.LocalTime(desk.site.zone).now():%Y-%m-%dT%H:%M}",
        "wishes": wishes(desk.site, desk.edition, shown_for(request, desk.site.zone)),
        **_approval(request, desk),
        **_judged(judged, request.language),
    }
    return render(request, "web/plan_edit.html", given, status=409 if refusal else 200)


def _approval(request: Visit, desk: Desk) -> dict[str, Any]:
    """Who has written, and whether the reader may be the second person."""
    authors = desk.draft.authors if desk.draft else ()
    names = {str(one.pk): one.name for one in Person.objects.filter(pk__in=authors)}
    return {
        "authors": [names.get(author, "") for author in authors],
        "own": str(request.person.pk) in authors,
        "state": desk.draft.state if desk.draft else "",
        "state_name": say(f"planning.state.{desk.draft.state}", request.language) if desk.draft else "",
    }


def _judged(judged: Judged, language: str) -> dict[str, Any]:
    return {
        "found": shown(judged, language),
        "errors": judged.errors,
        "warnings": judged.warnings,
        "reads": judged.plan is not None,
    }


def _refused(request: Visit, site: Site, refusal: Refusal) -> HttpResponse:
    edition = found.edition_in_force(site)
    return _page(request, Desk(site, edition, None, edition.text, 0, ""), refusal)
