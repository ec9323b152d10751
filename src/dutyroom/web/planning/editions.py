"""The editions of a site's plan: which were, which is in force, which is to come; and what two of them differ in."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom import wiring
from dutyroom.core.differing import Change, compare
from dutyroom.core.plan import Plan
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Edition, PlanDraft
from dutyroom.web.planning import found
from dutyroom.web.planning.drafted import draft_of, draft_plan
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.differing import tell_change


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The list, newest first, each with a way to what changed since the one before."""
    site = found.site_of(request, code)
    editions, now = found.editions_of(site), to_datetime(wiring.clock().now())
    in_force = next((one for one in editions if one.in_force_at <= now), None)
    approved = PlanDraft.objects.filter(site=site, state="approved").select_related("approved_by")
    approvals = {one.edition_id: one.approved_by.name for one in approved if one.approved_by}
    local = found.LocalTime(site.zone)
    rows = [
        {
            "edition": one,
            "at": local.show(one.in_force_at),
            "state": _state(one, in_force, now),
            "approved_by": approvals.get(one.pk, ""),
            "before": editions[number + 1] if number + 1 < len(editions) else None,
        }
        for number, one in enumerate(editions)
    ]
    return render(
        request,
        "web/plan_editions.html",
        {"site": site, "rows": rows, "in_force": in_force, "draft": draft_of(site)},
    )


@require_safe
def differences(request: Visit, code: str, old: UUID, new: UUID) -> HttpResponse:
    """What two editions differ in, clause by clause."""
    site = found.site_of(request, code)
    before, after = found.edition_of(site, old), found.edition_of(site, new)
    names = (before.version, after.version)
    return _compared(request, site, (found.plan_of(before), found.plan_of(after)), names)


@require_safe
def draft_differences(request: Visit, code: str) -> HttpResponse:
    """What the open draft changes of the edition in force."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    plan = draft_plan(request, site)
    names = (edition.version, say("planning.draft", request.language))
    if plan is None:
        return render(request, "web/plan_diff.html", {"site": site, "names": names, "unread": True})
    return _compared(request, site, (found.plan_of(edition), plan), names)


@require_safe
def text(request: Visit, code: str, edition: UUID) -> HttpResponse:
    """An edition's text as a file."""
    site = found.site_of(request, code)
    one = found.edition_of(site, edition)
    response = HttpResponse(one.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="plan-{one.sha256[:8]}.yaml"'
    return response


def _compared(request: Visit, site: object, plans: tuple[Plan, Plan], names: tuple[str, str]) -> HttpResponse:
    changes = compare(*plans)
    language = request.language
    groups = _by_clause(plans, changes, language)
    given = {"site": site, "names": names, "groups": groups, "count": len(changes)}
    return render(request, "web/plan_diff.html", given)


def _by_clause(plans: tuple[Plan, Plan], changes: tuple[Change, ...], language: str) -> list[dict[str, Any]]:
    """Changes under the clause they concern first, in the plan's order; those of no clause last."""
    order = [clause.id for clause in (*plans[1].clauses, *plans[0].clauses)]
    texts = {clause.id: clause.text.in_language(language) for plan in plans for clause in plan.clauses}

    def place(change: Change) -> tuple[int, str]:
        clause = change.clauses[0] if change.clauses else ""
        return (order.index(clause) if clause in order else len(order), clause)

    found_groups = []
    for (_, clause), group in groupby(sorted(changes, key=place), key=place):
        lines = [
            (one.kind, say(f"planning.change.{one.kind}", language), tell_change(*plans, one, language))
            for one in group
        ]
        found_groups.append({"clause": clause, "text": texts.get(clause, ""), "lines": lines})
    return found_groups


def _state(one: Edition, in_force: Edition | None, now: Any) -> str:
    if one == in_force:
        return "now"
    return "ahead" if one.in_force_at > now else "past"
