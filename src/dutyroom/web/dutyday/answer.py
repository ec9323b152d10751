"""The page behind a roll call's link: one press says "I am here". Opening it does nothing."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from dutyroom import wiring
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.duties.steps import ROLL_CALL, kind_of
from dutyroom.web.case import timeline
from dutyroom.web.case.reading import Opened, find, open_case
from dutyroom.web.dutyday.waiting import Mine, Refused, carry_out, mine
from dutyroom.web.forms_input import Typed
from dutyroom.web.visit import Visit

REFUSED = 409


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Visit, case: UUID) -> HttpResponse:
    """The roll calls that wait for the reader. POST answers one."""
    if find(request, case).kind != DAY:
        raise Http404
    opened = open_case(request, case)
    if request.method != "POST":
        return _page(request, opened)
    typed = Typed(request.POST)
    command, key = typed.identifier("command"), typed.raw("key")[:200]
    if kind_of(key) != ROLL_CALL:
        raise Http404
    done = carry_out(opened, key, command or wiring.new_id(), {})
    if isinstance(done, Refused):
        return _page(request, open_case(request, case), done)
    told = urlencode({"done": command})
    return HttpResponseRedirect(f"{reverse('dutyday_answer', args=[case])}?{told}#recorded", status=303)


def _page(request: Visit, opened: Opened, refused: Refused | None = None) -> HttpResponse:
    waiting = [one for one in mine(opened) if one.waits.kind == ROLL_CALL]
    command = request.GET.get("done", "")[:64] if request.method == "GET" else ""
    given = {
        "opened": opened,
        "site_name": opened.row.site.name(opened.language),
        "calls": [_call(one) for one in sorted(waiting, key=lambda one: one.waits.due_at)],
        "recorded": timeline.sentence_of(opened, command) if command else None,
        "refused": refused,
    }
    return render(request, "web/dutyday_answer.html", given, status=REFUSED if refused else 200)


def _call(one: Mine) -> dict[str, str]:
    shown, due = one.opened.shown, one.waits.due_at
    return {
        "key": one.key,
        "command": wiring.new_id(),
        "title": one.opened.title(one.waits.owed.step),
        "due": shown.time(due),
        "until": shown.until(due),
    }
