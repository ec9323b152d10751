"""The drills of a site: what is owed, what was held, beginning one, and what came of one.

A simulated drill is put on a list and carried out by a worker; a live exercise is opened by the same engine as an
incident, and reaches only our own people (`wiring.lines`).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.findings import Refusal
from dutyroom.core.measuring import measure
from dutyroom.core.plan import Plan
from dutyroom.store import rehearsals
from dutyroom.store.models import Edition, Rehearsal, Site
from dutyroom.store.rehearsals import Beginning
from dutyroom.store.scope import rehearsals_for
from dutyroom.store.sites import SiteCard
from dutyroom.web.case.reading import shown_for
from dutyroom.web.drilling import beginning, desk
from dutyroom.web.drilling.duties import duties
from dutyroom.web.drilling.figures import figures, plots
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.reporting import case_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import codes, say

MOST_LISTED, MOST_LINES, REFUSED, NOTHING_NEW = 50, 1_200, 409, 204


@require_safe
def listing(request: Visit, code: str) -> HttpResponse:
    """What is owed in drills, what was held, and the forms to begin one."""
    return _listing(request, found.site_of(request, code))


@require_POST
def start(request: Visit, code: str) -> HttpResponse:
    """Put a simulated drill on the list."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    plan, typed = found.plan_of(edition), Typed(request.POST)
    scripts = desk.offered(edition, desk.rules_for(site, edition))
    now = wiring.clock().now()
    asked = beginning.simulated(typed, plan, scripts, site.zone, now)
    if asked is None:
        return _listing(request, site, typed, "simulated")
    begun = Beginning(
        wiring.new_id(), str(site.pk), str(edition.pk), asked.kind, asked.title, str(request.person.pk),
        asked.script, asked.seed, asked.runs, asked.duty,
    )  # fmt: skip
    rehearsals.begin(wiring.pool(), begun, now)
    return HttpResponseRedirect(reverse("drill", args=[code, begun.id]), status=303)


@require_POST
def exercise(request: Visit, code: str) -> HttpResponse:
    """Open a live exercise: from here on real telephones ring, each message marked. The same form twice is once."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    plan, typed = found.plan_of(edition), Typed(request.POST)
    now, by = wiring.clock().now(), str(request.person.pk)
    asked = beginning.exercise(typed, plan, str(site.pk), by, now)
    if asked is None:
        return _listing(request, site, typed, "exercise")
    case = case_of(_card(site), asked.command.command)
    receipt = wiring.live().report(replace(asked.command, case=case))
    if isinstance(receipt, Refusal):
        typed.fault("kind", "not_an_option")
        return _listing(request, site, typed, "exercise")
    begun = Beginning(
        receipt.case,
        str(site.pk),
        str(edition.pk),
        desk.LIVE,
        asked.title,
        by,
        duty=asked.duty,
        case=receipt.case,
    )
    rehearsals.begin(wiring.pool(), begun, now)
    return HttpResponseRedirect(reverse("drill", args=[code, receipt.case]), status=303)


@require_POST
def hush(request: Visit, code: str, drill: UUID) -> HttpResponse:
    """Stop an exercise's messages at once: a real incident has come, or enough was seen."""
    _, row = desk.find(request, code, drill)
    rehearsals.hush(wiring.pool(), str(row.pk), wiring.clock().now())
    return HttpResponseRedirect(reverse("drill", args=[code, drill]), status=303)


@require_safe
def result(request: Visit, code: str, drill: UUID) -> HttpResponse:
    """What came of a drill, or how far it is; a screen that asks again is told 204 while nothing has changed."""
    site, row = desk.find(request, code, drill)
    mark = f"{row.state}-{row.progress}"
    if request.GET.get("since") == mark:
        return HttpResponse(status=NOTHING_NEW)
    shown = shown_for(request, site.zone)
    seen = desk.watched(row)
    given: dict[str, Any] = {
        "site": site,
        "row": row,
        "title": row.title(request.language),
        "mark": mark,
        "live": row.kind == desk.LIVE,
        "waits": row.state in ("queued", "running") and row.kind != desk.LIVE,
        "over": desk.is_over(row),
        "hushed": shown.at(row.hushed_at),
        "seen": seen is not None,
        "began": shown.at(row.started_at),
        "kind_name": say(f"drills.kind.{row.kind}", request.language),
        "failure": say(row.failure, request.language) if row.failure else "",
        **_transcript(row, request.language),
        "plots": plots(row, request.language),
    }
    if seen is not None:
        case = seen.case()
        given["warned"] = list(_warned(row, seen, request.language))
        given["figures"] = figures(seen.plan, measure(seen.plan, case, seen.events), shown)
    return render(request, "web/drill.html", given)


def _transcript(row: Rehearsal, language: str) -> dict[str, Any]:
    """As much of the transcript as a page can hold, and how many lines are left out before its table."""
    lines = desk.result_of(row).get("transcript", {}).get(language, "").splitlines()
    if len(lines) <= MOST_LINES:
        return {"transcript": "\n".join(lines), "cut": 0}
    last = lines[-MOST_LINES // 4 :]
    first = lines[: MOST_LINES - len(last)]
    cut = len(lines) - MOST_LINES
    return {"transcript": "\n".join([*first, "…", *last]), "cut": cut}


def _warned(row: Rehearsal, seen: desk.Watched, language: str) -> Iterator[str]:
    """What a reader must know before believing the figures."""
    use = set(seen.script.channels.use) if seen.script else set()
    had = {channel.kind for person in seen.rules.people.values() for channel in person.channels}
    if use and not use & had:
        names = "、".join(_channel(one, language) for one in sorted(use))
        yield say("drills.unheard", language, channels=names)
    if desk.result_of(row).get("passed") is False:
        yield say("drills.not_passed", language)
    left = desk.result_of(row).get("left_out", 0)
    if left:
        yield say("drills.left_out", language, count=left)


def _channel(kind: str, language: str) -> str:
    return say(f"channel.{kind}", language) if f"channel.{kind}" in codes() else kind


# ---- the list


def _listing(request: Visit, site: Site, typed: Typed | None = None, form: str = "") -> HttpResponse:
    edition = found.edition_in_force(site)
    plan, shown = found.plan_of(edition), shown_for(request, site.zone)
    rows = rehearsals_for(request.person).filter(site=site).defer("result", "script")
    given = {
        "site": site,
        "rows": [
            _held(row, shown) for row in rows.select_related("case").order_by("-started_at")[:MOST_LISTED]
        ],
        "duties": duties(plan, site, shown),
        "form": form,
        "typed": dict(request.POST.items()) if typed else {},
        "faults": _faults(typed, request.language) if typed else [],
        **_choices(request, site, edition, plan),
    }
    return render(request, "web/drills.html", given, status=REFUSED if typed else 200)


def _held(row: Rehearsal, shown: Shown) -> dict[str, Any]:
    """One line of the list."""
    over = desk.is_over(row)
    state = "done" if over else row.state
    return {
        "id": row.pk,
        "title": row.title(shown.language),
        "at": shown.at(row.started_at),
        "kind": shown.say(f"drills.kind.{row.kind}"),
        "live": row.kind == desk.LIVE,
        "runs": row.runs if row.kind == desk.RANDOM else 0,
        "state": state,
        "state_name": shown.say(f"drills.state.{'live' if row.kind == desk.LIVE and not over else state}"),
        "signed": row.signed_at is not None,
        "over": over,
    }


def _choices(request: Visit, site: Site, edition: Edition, plan: Plan) -> dict[str, Any]:
    language = request.language
    scripts = desk.offered(edition, desk.rules_for(site, edition))
    return {
        "scripts": [(str(one.number), one.title(language)) for one in scripts if one.script],
        "unfit": sum(one.script is None for one in scripts),
        "kinds": [(kind, words.in_language(language)) for kind, words in plan.kinds.items()],
        "levels": [(level.id, level.name.in_language(language)) for level in plan.levels],
        "hours": [(hours, say("planning.hours", language, count=hours)) for hours in beginning.HOURS],
        "runs": [str(runs) for runs in beginning.RUNS],
        "duty_choices": [
            (duty.id, duty.title.in_language(language)) for duty in plan.calendar if duty.kind == "drill"
        ],
        "command": wiring.new_id(),
        "outside": [body.name.in_language(language) for body in plan.outside.values()],
    }


def _faults(typed: Typed, language: str) -> list[tuple[str, str]]:
    return [
        (say(f"drills.field.{fault.field}", language), say(fault.code, language, **fault.fields))
        for fault in typed.faults
    ]


def _card(site: Site) -> SiteCard:
    return SiteCard(
        str(site.pk), str(site.tenant), site.code, site.name_zh, site.name_en, site.zone, site.duty_phone
    )
