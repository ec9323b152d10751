"""The crew leader's daily report: one screen, one press for "nothing to report", or a few words and send.

Three doors, one rule: the form (without script), `send` for what the page kept while there was no signal, and the page
as the phone keeps it, which holds nothing of anybody. When it was written decides; the device says how long ago.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.commands import Answer
from dutyroom.core.duties.answering import REPORT, report_meant
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.state import Mark, Obligation
from dutyroom.web.case import timeline
from dutyroom.web.case.reading import Opened
from dutyroom.web.dutyday.gathering import said
from dutyroom.web.dutyday.waiting import Mine, Refused, carry_out, daily_reports, days, mine
from dutyroom.web.forms_input import Typed
from dutyroom.web.report import faults_json
from dutyroom.web.reporting import reported_at
from dutyroom.web.showing import clock_state
from dutyroom.web.visit import Visit
from dutyroom.wording import say

LONGEST, LARGEST_BODY = 1_000, 16_000


@dataclass(frozen=True, slots=True)
class Owed:
    """A daily report that waits: which, for which crew, by when."""

    case: str
    key: str
    command: str
    title: str
    role: str
    site: str
    due: str
    until: str
    over: bool
    early: str


@dataclass(frozen=True, slots=True)
class Given:
    """A daily report on record: what was said, when it was written, and whether that was in time."""

    role: str
    said: str
    at: str
    due: str
    state: str
    state_text: str


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Visit) -> HttpResponse:
    """GET: the reports that wait, and what is on record of today. POST: what was pressed, put on record."""
    if request.method != "POST":
        return render(request, "web/dutyday_report.html", _shown(request))
    typed = Typed(request.POST)
    done = _take(request, typed, typed.identifier("command"))
    if isinstance(done, Opened):
        return HttpResponseRedirect(f"{reverse('dutyday_report')}?{_told(typed)}#recorded", status=303)
    shown = _shown(request) | {
        "refused": done,
        "typed": {"what": typed.raw("what"), "present": typed.raw("present")},
    }
    return render(request, "web/dutyday_report.html", shown, status=409)


@csrf_exempt  # JSON from another site is asked about first, and the cookie stays home (SameSite)
@require_POST
def send(request: Visit) -> HttpResponse:
    """One report as the page kept it: 200 with what is on record, 400 or 409 with sentences why not."""
    given = _json(request)
    if given is None:
        return JsonResponse({"says": [say("input.not_json", request.language)]}, status=400)
    typed = Typed(given)
    command = typed.identifier("command")
    if typed.faults:
        says = [fault["says"] for fault in faults_json(typed.faults, request.language)]
        return JsonResponse({"says": says}, status=400)
    done = _take(request, typed, command)
    if isinstance(done, Opened):
        return JsonResponse({"recorded": _recorded(done, command)})
    return JsonResponse({"code": done.code, "says": list(done.lines)}, status=409)


@require_safe
def kept(request: Visit) -> HttpResponse:
    """The page for a phone without signal: the same buttons, and nothing about who or where."""
    return render(request, "web/dutyday_kept.html", {"person": None, "device": None})


def _told(typed: Typed) -> str:
    return urlencode({"done": typed.raw("command")})


def _take(request: Visit, typed: Typed, command: str) -> Opened | Refused:
    """Put the report on record. The same command again is the same report."""
    now = wiring.clock().now()
    written = reported_at(typed, now)
    answers = answers_of(typed)
    if typed.faults:
        lines = tuple(fault["says"] for fault in faults_json(typed.faults, request.language))
        return Refused("input", lines)
    opened = days(request)
    again = next((one for one in opened if command in one.case.commands), None)
    if again is not None:
        return again
    meant = _meant(opened, typed, written)
    if meant is None:
        return Refused("act.no_report_owed", (say("act.no_report_owed", request.language),))
    done = carry_out(meant.opened, meant.key, command, answers, written)
    return done if isinstance(done, Refused) else _afresh(request, meant)


def _afresh(request: Visit, meant: Mine) -> Opened:
    return next((one for one in days(request) if one.case.case == meant.opened.case.case), meant.opened)


def _meant(opened: list[Opened], typed: Typed, written: Instant) -> Mine | None:
    """The report named by the form; without a name the one whose time it was when it was written."""
    found = [one for each in opened for one in mine(each) if one.waits.kind == REPORT]
    case, key = typed.raw("case"), typed.raw("key")
    if case or key:
        return next((one for one in found if (one.waits.case, one.key) == (case, key)), None)
    meant = report_meant((one.waits for one in found), written)
    return next((one for one in found if one.waits is meant), None)


def answers_of(typed: Typed) -> dict[str, Answer]:
    """What a form of a daily report says; without anything said, a fault."""
    nothing, what = typed.yes_no("nothing"), typed.text("what", LONGEST)
    present = typed.count("present")
    if not nothing and not what:
        typed.fault("what", "missing")
    answers: dict[str, Answer] = {"what": what} if what else {"nothing": True}
    return answers if present is None else answers | {"present": present}


# ---- what the page shows


def _shown(request: Visit) -> dict[str, Any]:
    opened, command = days(request), request.GET.get("done", "")[:64]
    waiting = [one for each in opened for one in mine(each) if one.waits.kind == REPORT]
    waiting.sort(key=lambda one: (one.waits.due_at, one.key))
    wanted = (request.GET.get("case", ""), request.GET.get("key", ""))
    owed = [_owed(one) for one in waiting]
    owed.sort(key=lambda one: (one.case, one.key) != wanted)
    fresh = next((one for one in opened if command and command in one.case.commands), None)
    return {
        "owed": owed,
        "given": [one for each in opened for one in _given(each)],
        "recorded": timeline.sentence_of(fresh, command) if fresh else None,
        "site": request.person.site,
    }


def _owed(one: Mine) -> Owed:
    shown, due, opened = one.opened.shown, one.waits.due_at, one.opened
    early = shown.time(one.waits.owed.not_before) if one.waits.begins_at > shown.now else ""
    return Owed(
        one.waits.case, one.key, wiring.new_id(), opened.title(one.waits.owed.step), opened.role(one.waits.owed.role),
        opened.row.site.name(opened.language), shown.time(due), shown.until(due), due < shown.now, early,
    )  # fmt: skip


def _given(opened: Opened) -> list[Given]:
    """The reports of the last day that the reader made, or that were made for the reader's post; newest first."""
    found = [
        (owed, mark)
        for owed in daily_reports(opened)
        if (mark := owed.marks.get(Verb.DONE)) and mark.at > opened.shown.now - DAY
    ]
    found = [pair for pair in found if _is_own(opened, *pair)]
    found.sort(key=lambda pair: -pair[1].at)
    return [_one_given(opened, *pair) for pair in found]


def _is_own(opened: Opened, owed: Obligation, mark: Mark) -> bool:
    return mark.by == opened.reader or opened.rules.holds(opened.reader, (owed.role,), opened.shown.now)


def _one_given(opened: Opened, owed: Obligation, mark: Mark) -> Given:
    shown, due = opened.shown, owed.dues[0]
    state = clock_state(owed, due, shown.now)
    late = shown.span(mark.at - due.due_at) if state == "late" else ""
    return Given(
        opened.role(owed.role), said(opened, owed), shown.time(mark.at), shown.time(due.due_at), state,
        shown.say(f"clock.state.{state}", late=late),
    )  # fmt: skip


def _recorded(opened: Opened, command: str) -> str:
    """What the record says of the report, and when it came."""
    found = timeline.sentence_of(opened, command)
    if found is None:
        return opened.shown.say("case.recorded")
    return f"{opened.shown.say('case.recorded')} {opened.shown.say('case.recorded.at', time=found[1])} {found[0]}"


def _json(request: Visit) -> dict[str, Any] | None:
    if "json" not in (request.content_type or "") or len(request.body) > LARGEST_BODY:
        return None
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None
