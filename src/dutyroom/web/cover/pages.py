"""The page of a site's cover: the answer first, then every hole with its story, and what was assumed.

Proofs are made by a worker; the page shows what stands in the rows, says how far one is, and asks for others. It
refuses to prove anything itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.privacy import mask
from dutyroom.core.proof import read_proof
from dutyroom.store import proofs
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import CoverHole, Person, Proof, Site
from dutyroom.store.proofs import Asked
from dutyroom.web.access import class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.cover.assumed import assumed
from dutyroom.web.cover.telling import CauseView, Teller
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

LEADS = ("leader", "superior")
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Owned:
    """A hole's row beside its cause: who mends it by when, and where it stands."""

    id: str
    owner: str
    owed_by: str
    at_once: bool
    state: str
    reason: str


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The newest proof of what was asked, or how far it is."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    asked = _asked(Typed(request.GET))
    shown = shown_for(request, site.zone)
    rows = Proof.objects.filter(site=site, **_fields(asked))
    done = rows.filter(state="done").order_by("-made_at").first()
    going = rows.filter(state__in=("queued", "running")).order_by("-asked_at").first()
    failed = rows.filter(state="failed").exclude(failure="").order_by("-made_at").first()
    given: dict[str, Any] = {
        "site": site,
        "asked": asked,
        "refused": {"reason": "cover.refused.reason", "over": "cover.refused.over"}.get(
            request.GET.get("refused", "")
        ),
        "given": urlencode(_query(asked)),
        "hidden": list(_query(asked).items()),
        "choices": {"missing": [(count, shown.say(f"cover.ask.missing.{count}")) for count in (1, 2, 3)]},
        "plan": found.plan_of(edition),
        "version": edition.version,
        "may_ask": class_of(request, code) in LEADS,
        "going": _going(going, shown),
        "stale": done is not None and (done.site_version, done.edition_id) != (site.version, edition.pk),
        "failed": _failure(failed, done),
        **(_told(done, asked, site, shown) if done else {}),
    }
    return render(request, "web/cover.html", given)


@require_POST
def ask(request: Visit, code: str) -> HttpResponse:
    """Put a proof on the list, and come back to watch it."""
    site = found.site_of(request, code)
    found.edition_in_force(site)
    asked = _asked(Typed(request.POST))
    proofs.ask(wiring.pool(), str(site.pk), asked, wiring.clock().now())
    return HttpResponseRedirect(
        f"{reverse('plan_cover', args=[site.code])}?{urlencode(_query(asked))}", status=303
    )


@require_POST
def accept(request: Visit, code: str, hole: UUID) -> HttpResponse:
    """A leader lives with an open hole, and says why."""
    site = found.site_of(request, code)
    row = CoverHole.objects.filter(site=site, pk=hole).first()
    if row is None:
        raise Http404
    reason, _ = mask(Typed(request.POST).text("reason", LONGEST_REASON)[:LONGEST_REASON].strip())
    taken = bool(reason) and proofs.accept(wiring.pool(), str(row.pk), str(request.person.pk), reason)
    query = {} if taken else {"refused": "reason" if not reason else "over"}
    return HttpResponseRedirect(
        f"{reverse('plan_cover', args=[site.code])}?{urlencode(query)}#c-{row.key}", status=303
    )


@require_safe
def drill(request: Visit, code: str, proof: UUID, hole: str) -> HttpResponse:
    """A hole as a drill script, which fails as long as the hole is there."""
    site = found.site_of(request, code)
    row = Proof.objects.filter(site=site, pk=proof, state="done").first()
    holes = json.loads(row.result)["holes"] if row else ()
    script = next((one["script"] for one in holes if one["id"] == hole), None)
    if script is None:
        raise Http404
    answer = HttpResponse(script, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="hole-{hole}.yaml"'
    return answer


def _failure(failed: Proof | None, done: Proof | None) -> str:
    """The code of why the newest proof came to nothing; empty where a later one did not."""
    if failed is None or failed.made_at is None:
        return ""
    return "" if done and done.made_at and done.made_at > failed.made_at else failed.failure


def _asked(typed: Typed) -> Asked:
    missing = typed.count("missing")
    return Asked(
        missing if missing in (1, 2, 3) else proofs.STANDING,
        typed.raw("outages") == "together",
        typed.raw("how") == "idle",
        typed.raw("counts") == "answered",
    )


def _query(asked: Asked) -> dict[str, str]:
    return {
        "missing": str(asked.missing),
        "outages": "together" if asked.together else "apart",
        "how": "idle" if asked.idle else "silent",
        "counts": "answered" if asked.evidence else "listed",
    }


def _fields(asked: Asked) -> dict[str, Any]:
    return {
        "missing": asked.missing,
        "together": asked.together,
        "idle": asked.idle,
        "evidence": asked.evidence,
    }


def _going(row: Proof | None, shown: Shown) -> Mapping[str, Any] | None:
    if row is None:
        return None
    return {
        "done": row.progress,
        "all": row.questions,
        "since": shown.at(row.asked_at),
        "runs": row.state == "running",
    }


def _told(row: Proof, asked: Asked, site: Site, shown: Shown) -> dict[str, Any]:
    """Everything the page says of a proof that is done."""
    proof = read_proof(json.loads(row.result))
    plan = wiring.record().plan(str(row.edition_id))
    names = {one.number: one.name for one in Person.objects.filter(tenant=site.tenant).only("number", "name")}
    teller = Teller(plan, proof, shown, names, row.holes)
    views, more = teller.causes()
    owned = _owned(site, shown) if asked.stands else {}
    return {
        "proof": row,
        "proof_plan": proof.plan,
        "holds": not proof.holes,
        "answer": teller.answer(),
        "means": teller.means(),
        "until": shown.time(proof.covered_until)
        if proof.covered_until > shown.now
        else shown.say("cover.until.now"),
        "roster_until": shown.time(proof.ends),
        "made": shown.at(row.made_at),
        "causes": [(view, owned.get(view.key), _steps_of(view)) for view in views],
        "more": more,
        "assumed": assumed(plan, proof, site, shown),
    }


def _steps_of(view: CauseView) -> int:
    return len(view.others) + 1


def _owned(site: Site, shown: Shown) -> dict[str, Owned]:
    rows = CoverHole.objects.filter(site=site, ended_at=None).select_related("owner")
    return {
        row.key: Owned(
            str(row.pk),
            row.owner.name if row.owner else "",
            shown.at(row.owed_by),
            from_datetime(row.owed_by) <= from_datetime(row.found_at),
            row.state,
            row.reason,
        )
        for row in rows
    }
