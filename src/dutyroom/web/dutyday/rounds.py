"""Rounds on conditions: the checklist, what was found, who puts it right, and who looks whether it is right.

A round opens by the calendar, or is begun here out of turn. It looks at conditions (pay, rest places, gear, vehicles,
hours), never at persons. What is posted is an act of the engine.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.commands import OpenDuty, OwedItem
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.occurring import KINDS, ROUND, quiet_for
from dutyroom.core.duties.steps import CALENDAR, issue_kinds
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case as CaseState
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.store.calendars import calendar_of
from dutyroom.store.models import Site
from dutyroom.store.scope import cases_for
from dutyroom.web.acting import Actor, Recorded, Refused, act, read_post
from dutyroom.web.case import acts, timeline
from dutyroom.web.case.reading import Opened, find, is_full, open_case, open_rows, rules_of, shown_for
from dutyroom.web.dutyday import issues
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

REFUSED, MOST_ROUNDS = 409, 30


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round that is open: what it is, whose, by when, and how many issues it left."""

    case: str
    title: str
    roles: str
    due: str
    until: str
    over: bool
    begun: str
    issues: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A round that the reader may begin out of turn."""

    id: str
    title: str


@require_safe
def listing(request: Visit, code: str) -> HttpResponse:
    """Open rounds, and the issues that are not settled, filtered by kind, place and lateness."""
    site = found.site_of(request, code)
    shown, rules = shown_for(request, site.zone), rules_of(site)
    if rules is None:
        raise Http404
    return render(request, "web/dutyday_rounds.html", _listed(request, site, rules, shown))


@require_POST
def begin(request: Visit, code: str) -> HttpResponse:
    """Begin a round out of turn; the same press twice is one round."""
    site = found.site_of(request, code)
    shown, rules = shown_for(request, site.zone), rules_of(site)
    if rules is None:
        raise Http404
    typed = Typed(request.POST)
    command, wanted = typed.identifier("command"), typed.raw("kind")
    duty = next((one for one in _mine(rules, str(request.person.pk), shown) if one.id == wanted), None)
    if duty is None or typed.faults:
        given = _listed(request, site, rules, shown) | {"refused": shown.say("dutyday.rounds.not_yours")}
        return render(request, "web/dutyday_rounds.html", given, status=REFUSED)
    receipt = wiring.live().open_duty(_opening(site, rules.plan, duty, command, shown))
    if isinstance(receipt, Refusal):
        raise AssertionError(receipt.code)
    return HttpResponseRedirect(reverse("dutyday_round", args=[receipt.case]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, case: UUID) -> HttpResponse:
    """A round. POST carries out one of its acts and comes back."""
    opened = _round(request, case)
    if request.method != "POST":
        return render(request, "web/dutyday_round.html", _shown(request, opened))
    posted = read_post(request.POST)
    posted = replace(posted, answers={name: mask(text)[0] for name, text in posted.answers.items()})
    done = act(Actor(opened.case, opened.plan, opened.reader, is_full(request), opened.shown), posted)
    if isinstance(done, Recorded):
        told = urlencode({"done": posted.command})
        return HttpResponseRedirect(f"{reverse('dutyday_round', args=[case])}?{told}#recorded", status=303)
    given = _shown(request, _round(request, case), done)
    return render(request, "web/dutyday_round.html", given, status=REFUSED)


def _round(request: Visit, case: UUID) -> Opened:
    """A case that can hold rounds' acts and issues: a round, or whatever else of the calendar an issue was noted in."""
    if find(request, case).kind not in KINDS:
        raise Http404
    return open_case(request, case)


def _shown(request: Visit, opened: Opened, refused: Refused | None = None) -> dict[str, Any]:
    cards = [one for one in acts.cards(opened, refused) if _is_of_round(opened.case, one.key)]
    voluntary = acts.voluntary(opened, refused)
    command = request.GET.get("done", "")[:64] if request.method == "GET" else ""
    shown = opened.shown
    return {
        "opened": opened,
        "title": _title(opened),
        "site": opened.row.site,
        "site_name": opened.row.site.name(opened.language),
        "day": opened.case.day,
        "checklist": [one for one in cards if one.key.startswith(f"{CALENDAR}.")],
        "issue_cards": [one for one in cards if not one.key.startswith(f"{CALENDAR}.")],
        "voluntary": voluntary,
        "issues": issues.of_case(opened),
        "url": reverse("dutyday_round", args=[opened.row.pk]),
        "refused": refused,
        "placed": any(card.refused for card in (*cards, *voluntary)),
        "recorded": timeline.sentence_of(opened, command) if command else None,
        "over": opened.row.closed_at is not None,
        "timeline": timeline.timeline(opened, timeline.page_before(request))
        if opened.row.kind == ROUND
        else None,
        "now": shown.moment(shown.now),
    }


def _is_of_round(case: CaseState, key: str) -> bool:
    """On a duty day only its issues are done here; its other acts have pages of their own."""
    return case.kind == ROUND or key.startswith("issue.")


def _title(opened: Opened) -> str:
    owed = next(
        (one for one in opened.case.obligations.values() if one.step.startswith(f"{CALENDAR}.")), None
    )
    return opened.title(owed.step) if owed else opened.shown.say("dutyday.round")


# ---- the list


def _listed(request: Visit, site: Site, rules: PlanInForce, shown: Shown) -> dict[str, Any]:
    listed = issues.open_issues(request, site, shown)
    kind, place, late = _wanted(request)
    kept = [one for one in listed if _is_wanted(one, kind, place, late)]
    return {
        "site": site,
        "site_name": site.name(request.language),
        "rounds": _rounds(request, site),
        "issues": kept,
        "all_issues": len(listed),
        "kinds": [
            (name, words.in_language(request.language), name == kind) for name, words in issue_kinds().items()
        ],
        "kind": kind,
        "place": place,
        "late": late,
        "may_begin": [
            Kind(one.id, one.title.in_language(request.language))
            for one in _mine(rules, str(request.person.pk), shown)
        ],
        "command": wiring.new_id(),
    }


def _wanted(request: Visit) -> tuple[str, str, bool]:
    typed = Typed(request.GET)
    return typed.raw("kind")[:20], typed.raw("place")[:60], typed.raw("late") == "yes"


def _is_wanted(one: issues.Issue, kind: str, place: str, late: bool) -> bool:
    return (
        (not kind or one.kind_id == kind)
        and place.casefold() in one.place.casefold()
        and (one.over or not late)
    )


def _rounds(request: Visit, site: Site) -> list[RoundLine]:
    rows = cases_for(request.person).filter(Q(kind=ROUND), site=site, closed_at=None).select_related("site")
    opened = open_rows(request, list(rows.order_by("opened_at")[:MOST_ROUNDS]))
    lines = [_line(one) for one in opened]
    return sorted((one for one in lines if one is not None), key=lambda line: not line.over)


def _line(opened: Opened) -> RoundLine | None:
    owed = [one for one in opened.case.open_obligations() if one.dues]
    if not owed:
        return None
    due = min(one.dues[0].due_at for one in owed)
    stop = "、" if opened.language == "zh" else ", "
    roles = stop.join(dict.fromkeys(opened.role(one.role) for one in owed))
    shown, left = opened.shown, len(issues.of_case(opened))
    return RoundLine(
        str(opened.row.pk), _title(opened), roles, shown.time(due), shown.until(due), due < shown.now,
        shown.time(opened.case.opened_at), left,
    )  # fmt: skip


# ---- beginning one


def _mine(rules: PlanInForce, person: str, shown: Shown) -> list[CalendarDuty]:
    """The rounds of the plan that the person makes, or that climb to the person."""
    kinds = [one for one in rules.plan.calendar if one.kind == "inspection"]
    return [one for one in kinds if rules.holds(person, _roles(rules.plan, one), shown.now)]


def _roles(plan: Plan, duty: CalendarDuty) -> tuple[str, ...]:
    return tuple(role for name in (duty.who, *duty.ladder) for role in plan.members(name))


def _opening(site: Site, plan: Plan, duty: CalendarDuty, command: str, shown: Shown) -> OpenDuty:
    """The round, owed by whose it is, until the end of the day."""
    now, day = shown.now, day_of(shown.now, site.zone)
    periods = calendar_of(wiring.pool(), str(site.pk)).periods_at(plan, now)
    due = instant_of(day, "24:00", site.zone)
    items = tuple(OwedItem(f"{CALENDAR}.{duty.id}", role, due, due) for role in plan.members(duty.who))
    quiet = quiet_for(plan, ROUND, periods)
    case = wiring.new_id()
    return OpenDuty(command, case, str(site.pk), ROUND, str(day), site.zone, items, periods, quiet)
