"""The handover: what is open and whose, which crews are out, notes of who goes; then who comes accepts it.

Until it is accepted the page says who still has the duty. What who goes writes down stands on the site's record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from dutyroom import wiring
from dutyroom.core.decide.acting import offers
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.duties.steps import HANDOVER, kind_of
from dutyroom.core.instants import DAY as ONE_DAY
from dutyroom.core.plan import Verb
from dutyroom.core.privacy import mask
from dutyroom.core.state import INCIDENT, Obligation
from dutyroom.store.dutyday import Noted, begun_at, note_handover, notes_of
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Obligation as Row
from dutyroom.store.scope import obligations_for
from dutyroom.web import board_rows
from dutyroom.web.acting import read_post
from dutyroom.web.case import acts, timeline
from dutyroom.web.case.reading import Opened, find, names_of, open_case
from dutyroom.web.dutyday import gathering
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.dutyday.waiting import Refused, carry_out
from dutyroom.web.forms_input import Typed
from dutyroom.web.report import faults_json
from dutyroom.web.visit import Visit
from dutyroom.wording.criteria import listed
from dutyroom.wording.typed import read_answers

REFUSED, LONGEST, MOST_OPEN = 409, 500, 60
SOON = 3 * ONE_DAY
KINDS = ("promise", "crew", "note")


@dataclass(frozen=True, slots=True)
class Note:
    """Something who goes wrote down. `kind`: promise, crew or note."""

    label: str
    text: str
    who: str
    at: str


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Visit, case: UUID) -> HttpResponse:
    """The handover of a post. POST writes a note, or accepts the duty."""
    if find(request, case).kind != DAY:
        raise Http404
    opened = open_case(request, case)
    owed = _wanted(request, opened)
    if request.method != "POST":
        return _page(request, opened, owed)
    return (
        _note(request, opened, owed) if request.POST.get("do") == "note" else _accept(request, opened, owed)
    )


def _accept(request: Visit, opened: Opened, owed: Obligation) -> HttpResponse:
    posted = read_post(request.POST)
    answers = read_answers(opened.plan.step[owed.step], posted.answers, opened.shown.zone)
    done = carry_out(opened, owed.key, posted.command, answers)
    if isinstance(done, Refused):
        return _page(request, open_case(request, opened.row.pk), owed, done, posted.answers)
    return _back(opened, owed, posted.command)


def _note(request: Visit, opened: Opened, owed: Obligation) -> HttpResponse:
    typed = Typed(request.POST)
    kind = typed.choice("kind", frozenset(KINDS), "note")
    text = typed.text("text", LONGEST, required=True)
    if not _may_note(opened, owed):
        return _page(
            request, opened, owed, Refused("act.note_not_yours", (opened.shown.say("act.note_not_yours"),))
        )
    if typed.faults:
        lines = tuple(fault["says"] for fault in faults_json(typed.faults, request.language))
        return _page(request, opened, owed, Refused("input", lines))
    noted = Noted(opened.case.case, owed.role, kind, mask(text)[0], opened.reader)
    note_handover(wiring.pool(), str(opened.row.site_id), noted, wiring.clock().now())
    return _back(opened, owed, "")


def _back(opened: Opened, owed: Obligation, command: str) -> HttpResponse:
    told = urlencode({"key": owed.key} | ({"done": command} if command else {}))
    return HttpResponseRedirect(
        f"{reverse('dutyday_handover', args=[opened.row.pk])}?{told}#recorded", status=303
    )


def _wanted(request: Visit, opened: Opened) -> Obligation:
    """The handover that is asked for, else the one that waits, else the last; 404 for a day without any."""
    found = [
        one
        for one in opened.case.obligations.values()
        if kind_of(one.step) == HANDOVER and one.status != "withdrawn"
    ]
    key = (request.POST if request.method == "POST" else request.GET).get("key", "")
    named = next((one for one in found if one.key == key), None)
    if named is not None or key:
        if named is None:
            raise Http404
        return named
    found.sort(key=lambda one: (not one.is_open, one.begins_at or one.opened_at))
    if not found:
        raise Http404
    return found[0]


def _page(
    request: Visit, opened: Opened, owed: Obligation, refused: Refused | None = None, typed: Any = None
) -> HttpResponse:
    shown, turn = opened.shown, owed.begins_at or owed.opened_at
    handed = gathering.handed(opened, owed)
    goes = [opened.name(one) for one in opened.rules.roster.planned(owed.role, turn - 1)]
    comes = [opened.name(one) for one in opened.rules.roster.planned(owed.role, turn)]
    command = request.GET.get("done", "")[:64] if request.method == "GET" else ""
    day = gathering.gather(request, opened.row.site, gathering.date_of(opened), shown)
    given: dict[str, Any] = {
        "opened": opened,
        "site": opened.row.site,
        "site_name": opened.row.site.name(opened.language),
        "handed": handed,
        "key": owed.key,
        "command": wiring.new_id(),
        "goes_names": listed(goes, opened.language),
        "comes_names": listed(comes, opened.language),
        "advice": acts.words_of(opened, opened.plan.step[owed.step].card),
        "inputs": acts.inputs(opened, opened.plan.step[owed.step], typed),
        "may_accept": _may_accept(opened, owed),
        "may_note": _may_note(opened, owed),
        "promises": _promises(request, opened),
        "crews": [one for one in day.reports if one.state in ("done", "late")],
        "missing": day.missing,
        "notes": _notes(opened, owed),
        "kinds": [(kind, _label(opened, kind)) for kind in KINDS],
        "refused": refused,
        "recorded": timeline.sentence_of(opened, command) if command else None,
        "now": shown.moment(shown.now),
    }
    return render(request, "web/dutyday_handover.html", given, status=REFUSED if refused else 200)


def _may_accept(opened: Opened, owed: Obligation) -> bool:
    found = offers(opened.rules, opened.case, opened.reader, opened.shown.now)
    return any(one.key == owed.key and one.verb is Verb.DONE for one in found)


def _may_note(opened: Opened, owed: Obligation) -> bool:
    """Whoever has the duty, stands in for it, or leads it, while it is not accepted."""
    step = opened.plan.step[owed.step]
    roles = (*with_deputies(opened.plan, owed.role), *step.waivable_by)
    return owed.is_open and opened.rules.holds(opened.reader, roles, opened.shown.now)


def _promises(request: Visit, opened: Opened) -> list[tuple[board_rows.OwedRow, str]]:
    """What is open at the site, with who has it and by when, and its page; not the day's own routine."""
    # What the calendar wants in weeks or years concerns this watch only once somebody has it in hand.
    soon = (
        Q(due_at__lt=to_datetime(opened.shown.now + SOON)) | Q(owner__isnull=False) | Q(case__kind=INCIDENT)
    )
    rows: Iterable[Row] = (
        obligations_for(request.person)
        .filter(soon, begun_at(opened.shown.now), site=opened.row.site, status="open", case__exercise=False)
        .exclude(case__kind=DAY)
        .select_related("case", "site")
        .defer("case__state")
        .order_by("-overdue", "due_at", "id")[:MOST_OPEN]
    )
    found = list(rows)
    names = names_of({str(row.owner_id) for row in found if row.owner_id})
    plans = board_rows.states_of(found)
    pages = {str(row.case_id): address_of(plans[row.case_id][0], row.case, row.key) for row in found}
    return [(one, pages[one.case]) for one in board_rows.owed_rows(found, plans, names, opened.shown)]


def _notes(opened: Opened, owed: Obligation) -> list[Note]:
    found = notes_of(wiring.pool(), str(opened.row.site_id), opened.case.case, owed.role)
    return [
        Note(_label(opened, one.kind), one.text, opened.name(one.by), opened.shown.time(at))
        for at, one in found
    ]


def _label(opened: Opened, kind: str) -> str:
    return opened.shown.say(f"dutyday.note.{kind}")
