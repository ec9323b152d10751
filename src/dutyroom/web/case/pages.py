"""The views of a case: its page, its acts, what is sealed, its archive. All find the case in the reader's scope."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from dutyroom import wiring
from dutyroom.adapters.vault import VaultError
from dutyroom.core.instants import MINUTE
from dutyroom.core.phases import CLOSED, PHASES, RECOVERY
from dutyroom.core.privacy import mask
from dutyroom.core.state import INCIDENT
from dutyroom.store.erasing import note_reading
from dutyroom.store.models import Blob, Case
from dutyroom.web.acting import Actor, Posted, Recorded, Refused, act, read_post, waive
from dutyroom.web.case import acts, chains, ending, knowing, streams, timeline
from dutyroom.web.case.reading import Opened, find, is_full, open_case, open_rows
from dutyroom.web.reporting import safe
from dutyroom.web.visit import Visit
from dutyroom.wording import codes
from dutyroom.wording.narrate import tell
from dutyroom.wording.typed import clean

REFUSED, NOTHING_NEW = 409, 204


@require_GET
def page(request: Visit, case: UUID) -> HttpResponse:
    """The case. `since` is the version the reader already has: an empty 204 if that is still the newest."""
    row = find(request, case)
    seen = request.GET.get("since")
    if seen and seen == version(row):
        return HttpResponse(status=NOTHING_NEW)
    opened = open_rows(request, [row])[0]
    template = "web/case_update.html" if _is_fragment(request) else "web/case.html"
    return render(request, template, context(request, opened))


@require_POST
def do(request: Visit, case: UUID) -> HttpResponse:
    """Carry out an act, then show what is on record; refused, show the form again with the reasons."""
    return _carry_out(request, case, act)


@require_POST
def release(request: Visit, case: UUID) -> HttpResponse:
    """Waive an obligation, with its reason."""
    return _carry_out(request, case, waive)


@require_GET
def blob(request: Visit, case: UUID, blob: UUID) -> HttpResponse:
    """A sealed picture or voice note, for a reader of its compartment; everybody else finds nothing there."""
    found = _readable(open_case(request, case), blob)
    if found.compartment.kind not in timeline.SHOWN_AT_ONCE:
        raise Http404
    response = HttpResponse(_unsealed(found), content_type=_safe_type(found.media_type))
    kind = "inline" if found.media_type == "image/jpeg" else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{found.id}{_ending(found.media_type)}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def unseal(request: Visit, case: UUID, blob: UUID) -> HttpResponse:
    """A sealed text, shown once to a reader of its compartment who says why. That it was read stands on record."""
    opened = open_case(request, case)
    found = _readable(opened, blob)
    reason, text = clean(request.POST.get("reason", "")), ""
    if reason:
        # The reading goes on record first: whoever reads is known to have read.
        note_reading(
            wiring.pool(), str(blob), str(opened.reader), mask(reason[:200])[0], wiring.clock().now()
        )
        text = _unsealed(found).decode("utf-8", "replace")
    code = f"sealed.{found.compartment.kind}"
    kind = opened.shown.say(code) if code in codes() else found.compartment.kind
    values = {"opened": opened, "kind": kind, "text": text}
    return render(request, "web/case_unsealed.html", values, status=200 if reason else 400)


@require_POST
def archive(request: Visit, case: UUID) -> HttpResponseBase:
    """Make the sealed package of the case and hand it over as one file; or say what must be looked at first."""
    row = find(request, case)
    if row.phase not in (RECOVERY, CLOSED):
        raise Http404
    made = wiring.archive_case(str(row.id), request.language, reviewed=request.POST.get("reviewed") == "yes")
    # An archive is never overwritten: the one that was made of this very record is handed over again.
    there = bool(made.findings) and all(found.code == "archive.exists" for found in made.findings)
    package = made.zip or (wiring.newest_archive(str(row.id)) if there else None)
    if package is None:
        findings = [(found.place, tell(found, request.language)) for found in made.findings]
        return render(request, "web/case_archive.html", {"row": row, "findings": findings}, status=REFUSED)
    return FileResponse(package.open("rb"), as_attachment=True, filename=package.name)


def version(row: Case) -> str:
    """What a page shows depends on the case's version and, to the minute, on the time."""
    return f"{row.version}-{wiring.clock().now() // MINUTE}"


def context(request: Visit, opened: Opened, refused: Refused | None = None) -> dict[str, Any]:
    """Everything the page shows."""
    events = timeline.telling_events(opened)
    return {
        "opened": opened,
        "row": opened.row,
        "url": reverse("case", args=[opened.row.id]),
        "version": version(opened.row),
        "level": _level(opened),
        "kind": knowing.fact_text(opened, "kind", opened.case.facts.get("kind", "")),
        "since": opened.shown.ago(opened.case.opened_at),
        "opened_at": opened.shown.moment(opened.case.opened_at),
        "closed_at": opened.shown.moment(opened.case.closed_at),
        "phases": _phases(opened),
        **_offered(opened, refused),
        "recorded": _recorded(request, opened),
        **_known(opened, events),
        **_afterwards(opened, events),
        "timeline": timeline.timeline(opened, timeline.page_before(request)),
        "calls": timeline.calls(opened),
        "last_told": timeline.last_told(opened),
        "sealed": timeline.sealed(opened, timeline.roles_of(opened)),
    }


def _offered(opened: Opened, refused: Refused | None) -> dict[str, Any]:
    cards, voluntary = acts.cards(opened, refused), acts.voluntary(opened, refused)
    return {
        "cards": cards,
        "voluntary": voluntary,
        "refused": refused,
        "placed": any(card.refused for card in (*cards, *voluntary)),
        "full": opened.full,
        "act_url": reverse("case_act", args=[opened.row.id]),
        "release": reverse("case_waive", args=[opened.row.id]) if opened.full else "",
    }


def _phases(opened: Opened) -> list[tuple[str, str, str]]:
    """Every phase with its name and whether it is past, now or ahead."""
    if opened.case.kind != INCIDENT:  # what the calendar opens has no phases to go through
        return []
    now = PHASES.index(opened.case.phase)
    stands = ("past", "now", "ahead")
    return [
        (phase, opened.shown.say(f"phase.{phase}"), stands[1 + (place > now) - (place < now)])
        for place, phase in enumerate(PHASES)
    ]


def _known(opened: Opened, events: list[Any]) -> dict[str, Any]:
    last, facts = knowing.last_to_know(opened), knowing.facts(opened)
    return {
        "known": knowing.known(opened, events),
        "facts": facts,
        "unstated": [fact for fact in facts if not fact.stated],
        "people": knowing.people(opened),
        "last_to_know": last,
        "waiting_roles": ("、" if opened.language == "zh" else ", ").join(last.waiting),
        "streams": streams.streams(opened),
        "series": streams.series(opened),
        "dialogue": chains.dialogue(opened),
        "statements": chains.chains(opened, chains.STATEMENT),
        "corrections": chains.corrections(opened, chains.STATEMENT),
    }


def _afterwards(opened: Opened, events: list[Any]) -> dict[str, Any]:
    return {
        "closing": ending.closing(opened),
        "review": ending.review(opened, events) if opened.full else None,
        "actions": chains.chains(opened, chains.REVIEW),
        "answers": chains.corrections(opened, chains.REVIEW),
        "archive": opened.full and opened.case.phase in (RECOVERY, CLOSED),
    }


def _carry_out(request: Visit, case: UUID, doing: Any) -> HttpResponse:
    opened = open_case(request, case)
    posted = read_post(request.POST)
    actor = Actor(opened.case, opened.plan, opened.reader, is_full(request), opened.shown)
    done: Recorded | Refused = doing(actor, posted)
    if isinstance(done, Recorded):
        return _on_record(request, opened, posted)
    # What fell due meanwhile is on record now, so the page that shows the refusal is read afresh.
    opened = open_case(request, case)
    template = "web/case_update.html" if _is_fragment(request) else "web/case.html"
    return render(request, template, context(request, opened, done), status=REFUSED)


def _on_record(request: Visit, opened: Opened, posted: Posted) -> HttpResponse:
    """303 to a page that says what was recorded; a fragment where the page asked for one."""
    if _is_fragment(request):
        fresh = open_case(request, opened.row.id)
        return render(
            request, "web/case_update.html", {**context(request, fresh), "recorded": _said(fresh, posted)}
        )
    told = urlencode({"done": posted.command})
    return HttpResponseRedirect(f"{reverse('case', args=[opened.row.id])}?{told}#recorded", status=303)


def _recorded(request: Visit, opened: Opened) -> tuple[str, str] | None:
    command = request.GET.get("done", "")[:64] if request.method == "GET" else ""
    return timeline.sentence_of(opened, command) if command else None


def _said(opened: Opened, posted: Posted) -> tuple[str, str] | None:
    return timeline.sentence_of(opened, posted.command)


def _level(opened: Opened) -> str:
    levels = {level.id: level.name.in_language(opened.language) for level in opened.plan.levels}
    return levels.get(opened.case.level, "")


def _is_fragment(request: Visit) -> bool:
    return request.headers.get("HX-Request") == "true"


def _readable(opened: Opened, blob: UUID) -> Blob:
    found = (
        Blob.objects.select_related("compartment").filter(id=blob, compartment__case=opened.row.id).first()
    )
    if found is None or not timeline.readable(found.compartment, timeline.roles_of(opened)):
        raise Http404
    return found


def _unsealed(found: Blob) -> bytes:
    """What is sealed in it; erased or broken is as good as not there."""
    try:
        return safe().open(str(found.id))
    except (LookupError, VaultError) as gone:
        raise Http404 from gone


def _safe_type(media_type: str) -> str:
    """Only what a browser cannot run is sent under its own type."""
    return (
        media_type
        if media_type == "image/jpeg" or media_type.startswith("audio/")
        else "application/octet-stream"
    )


def _ending(media_type: str) -> str:
    endings: Mapping[str, str] = {
        "image/jpeg": ".jpg",
        "audio/webm": ".webm",
        "audio/mp4": ".m4a",
        "audio/ogg": ".ogg",
    }
    return endings.get(media_type, ".bin")
