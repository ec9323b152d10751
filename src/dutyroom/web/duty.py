"""My duty: what I owe now, most pressing first, each with its acts under the thumb; my calls; my next turn of duty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from dutyroom import wiring
from dutyroom.core.duties.answering import waits
from dutyroom.core.instants import MINUTE, Instant
from dutyroom.store.dutyday import begun_at
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Case, Delivery, Duty, Obligation
from dutyroom.store.scope import cases_for, obligations_for
from dutyroom.web.acting import Actor, Recorded, Refused, act, read_post
from dutyroom.web.case import acts, timeline
from dutyroom.web.case.knowing import fact_text
from dutyroom.web.case.reading import Opened, find, is_full, open_case, open_rows, rules_of, shown_for
from dutyroom.web.cover.beside import MyHole, my_holes
from dutyroom.web.dutyday import mine, waiting
from dutyroom.web.dutyday.holding import Kept, kept_posts
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import codes
from dutyroom.wording.narrate import role_name, step_title

# More than this nobody can act on at once; the rest is counted and found on the cases' own pages.
MOST_OWED, MOST_CASES, MOST_CALLS, MOST_TURNS = 30, 8, 15, 6
REFUSED, NOTHING_NEW = 409, 204


@dataclass(frozen=True, slots=True)
class Call:
    """A call to me. However often and on whatever channels it came, it is one call; `channels` says how it came."""

    address: str
    code: str
    title: str
    message: str
    when: str
    channels: str
    times: int
    status: str
    open: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of duty, or a standing post. `kept`: it is over, and mine until accepted; `handover`: where to accept."""

    role: str
    site: str
    since: str
    until: str
    now: bool
    standing: bool
    kept: bool = False
    handover: str = ""


@require_GET
def page(request: Visit) -> HttpResponse:
    """The page; an empty 204 if the reader has seen all of it."""
    owed = _owed(request)
    fresh = version(request, owed)
    if request.GET.get("since") == fresh:
        return HttpResponse(status=NOTHING_NEW)
    template = "web/duty_update.html" if request.headers.get("HX-Request") == "true" else "web/duty.html"
    return render(request, template, {**_context(request, owed), "version": fresh})


@require_POST
def do(request: Visit, case: UUID) -> HttpResponse:
    """Carry out an act and come back here: what is on record stands at the top, or the reasons why not."""
    opened = open_case(request, case)
    posted = read_post(request.POST)
    actor = Actor(opened.case, opened.plan, opened.reader, is_full(request), opened.shown)
    done = act(actor, posted)
    if isinstance(done, Recorded):
        told = urlencode({"done": posted.command, "case": str(opened.row.id)})
        return HttpResponseRedirect(f"{reverse('duty')}?{told}#recorded", status=303)
    owed = _owed(request)
    told_back = {**_context(request, owed, done, str(case)), "version": version(request, owed)}
    return render(request, "web/duty.html", told_back, status=REFUSED)


def version(request: Visit, owed: Iterable[Obligation]) -> str:
    """Changes with anything the page shows, and with the minute."""
    last = (
        Delivery.objects.filter(person=request.person)
        .order_by("-created_at")
        .values_list("id", "state")
        .first()
    )
    seen = [(str(one.case_id), one.key, one.verb, one.overdue, str(one.owner_id), one.due_at) for one in owed]
    shown = repr((seen, last, wiring.clock().now() // MINUTE, request.language))
    return sha256(shown.encode()).hexdigest()[:16]


def _context(
    request: Visit, owed: list[Obligation], refused: Refused | None = None, refused_case: str = ""
) -> dict[str, Any]:
    cases = list(dict.fromkeys(one.case_id for one in owed))
    rows = {
        row.id: row
        for row in cases_for(request.person).select_related("site").filter(id__in=cases[:MOST_CASES])
    }
    opened = open_rows(request, [rows[case] for case in cases if case in rows])
    days = waiting.days(request)
    shown = shown_for(request, request.person.site.zone)
    cards = _cards(opened, owed, refused, refused_case)
    return {
        "cards": cards,
        "lines": mine.lines(days),
        "early": mine.early(days),
        "take_down": mine.take_down(days) if is_full(request) else (),
        "more": max(0, len(owed) - len(cards)) if len(owed) >= MOST_OWED or len(cases) > MOST_CASES else 0,
        "calls": _calls(request, shown),
        "turns": _turns(request, shown),
        "holes": _holes(request, shown),
        "recorded": _recorded(request),
        "refused": refused,
        "placed": any(card.refused for _, card, _, _ in cards),
        "now": shown.moment(shown.now),
        "site": request.person.site,
    }


def _owed(request: Visit) -> list[Obligation]:
    """Open obligations that are mine: I took them, was asked, or hold the post. A shared phone shows only the asked."""
    mine = Q(owner=request.person) | Q(asked__contains=[str(request.person.id)])
    if is_full(request):
        for site, role in _posts(request, wiring.clock().now()):
            mine |= Q(site_id=site, role=role)
    known = begun_at(wiring.clock().now())
    found = obligations_for(request.person).filter(mine, known, status="open")
    found = found.order_by("-overdue", "due_at", "id")
    return list(found[:MOST_OWED])


def _posts(request: Visit, now: Instant) -> list[tuple[UUID, str]]:
    at = to_datetime(now)
    held = Duty.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), person=request.person, starts_at__lte=at
    )
    return list(held.values_list("site_id", "role").distinct())


def _cards(
    opened: Iterable[Opened], owed: Iterable[Obligation], refused: Refused | None, refused_case: str
) -> list[tuple[str, acts.Card, str, str]]:
    """Each card with its place, where its acts go, and its case's page."""
    wanted = {(str(one.case_id), one.key) for one in owed}
    found = [
        (one, card)
        for one in opened
        for card in acts.cards(one, refused if one.case.case == refused_case else None)
        if (card.case, card.key) in wanted
        and (card.buttons or card.form)
        and not _has_own_page(one, card.key)
    ]
    found.sort(key=lambda pair: (not pair[1].mine, not pair[1].overdue, pair[1].due, pair[1].key))
    return [
        (_place(one), card, reverse("duty_act", args=[card.case]), reverse("case", args=[card.case]))
        for one, card in found
    ]


def _has_own_page(opened: Opened, key: str) -> bool:
    owed = opened.case.obligations[key]
    return mine.has_own_page(waiting.Mine(opened, waits(opened.plan, opened.case, owed)))


def _place(opened: Opened) -> str:
    kind = fact_text(opened, "kind", opened.case.facts.get("kind", ""))
    mark = opened.shown.say("message.exercise_mark").strip() if opened.row.exercise else ""
    parts = (mark, opened.row.code, kind, opened.row.site.name(opened.language))
    return " · ".join(part for part in parts if part)


def _calls(request: Visit, shown: Shown) -> list[Call]:
    found = Delivery.objects.filter(person=request.person).select_related("case").defer("case__state")
    rows = found.order_by("-created_at", "channel")
    by_call: dict[UUID, list[Delivery]] = {}
    for row in rows[: MOST_CALLS * 4]:
        by_call.setdefault(row.identity, []).append(row)
    newest = list(by_call.values())[:MOST_CALLS]
    status = dict(_statuses(newest))
    return [_call(shown, rows, status.get((rows[0].case_id, rows[0].key), "")) for rows in newest]


def _statuses(calls: list[list[Delivery]]) -> Iterable[tuple[tuple[UUID, str], str]]:
    keys = {(rows[0].case_id, rows[0].key) for rows in calls}
    found = Obligation.objects.filter(case__in={case for case, _ in keys}, key__in={key for _, key in keys})
    return (((case, key), status) for case, key, status in found.values_list("case_id", "key", "status"))


def _call(shown: Shown, rows: list[Delivery], status: str) -> Call:
    first = rows[0]
    plan = wiring.case_rules(first.case).plan
    title = step_title(plan, first.key, shown.language)
    stop = "、" if shown.language == "zh" else ", "
    names = dict.fromkeys(_channel(shown, row.channel) for row in reversed(rows))
    kind = {"message.reminder": "reminder", "message.missed": "missed"}.get(first.message, "call")
    return Call(
        address_of(plan, first.case, first.key),
        first.case.code,
        (shown.say("message.exercise_mark") if first.exercise else "") + title,
        shown.say(f"duty.call.{kind}"),
        shown.time(from_datetime(first.created_at)),
        stop.join(names),
        len(rows),
        shown.say(f"status.{status}") if status else "",
        status == "open",
    )


def _channel(shown: Shown, channel: str) -> str:
    code = f"channel.{channel}"
    return shown.say(code) if code in codes() else channel


def _holes(request: Visit, shown: Shown) -> tuple[MyHole, ...]:
    """Spans without cover that I mend; a shared duty phone shows none, since it cannot open their page."""
    return my_holes(request.person, shown) if is_full(request) else ()


def _turns(request: Visit, shown: Shown) -> list[Turn]:
    at, reader = to_datetime(shown.now), str(request.person.pk)
    own = Duty.objects.filter(person=request.person)
    waiting_for = kept_posts(own.order_by().values("site_id").distinct(), shown.now)
    rows = own.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    rows = rows.select_related("site").order_by("starts_at", "place")[:MOST_TURNS]
    kept = [_kept(one, shown) for one in waiting_for if reader in one.keeps]
    comes = {(one.site.pk, one.role): one.address for one in waiting_for if reader not in one.keeps}
    return kept + [_turn(row, shown, comes) for row in rows]


def _kept(one: Kept, shown: Shown) -> Turn:
    """A post whose turn is over and which is still mine."""
    role, site = role_name(one.rules.plan, one.role, shown.language), one.site.name(shown.language)
    return Turn(role, site, shown.time(one.since), "", False, False, True, one.address)


def _turn(row: Duty, shown: Shown, comes: Mapping[tuple[UUID, str], str]) -> Turn:
    rules = rules_of(row.site)
    begun = from_datetime(row.starts_at) <= shown.now
    role = role_name(rules.plan, row.role, shown.language) if rules else row.role
    site = row.site.name(shown.language)
    handover = comes.get((row.site_id, row.role), "") if begun and not row.standing else ""
    since, until = shown.at(row.starts_at), shown.at(row.ends_at)
    return Turn(role, site, since, until, begun and not handover, row.standing, False, handover)


def _recorded(request: Visit) -> tuple[str, str] | None:
    """What the record says about the act that led here."""
    command, case = request.GET.get("done", "")[:64], request.GET.get("case", "")
    if not command or request.method != "GET":
        return None
    try:
        row: Case = find(request, UUID(case))
    except ValueError:
        return None
    return timeline.sentence_of(open_rows(request, [row])[0], command)
