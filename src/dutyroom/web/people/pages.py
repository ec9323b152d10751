"""Who holds duty: the list, a person's page for who leads, inviting somebody.

There are no passwords yet: an invitation's random token is the key, and the server keeps only its hash.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.vault import new_token
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY
from dutyroom.core.people import LEAVE_KINDS
from dutyroom.store import leaves, staffing
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Duty, Leave, Link, Person, Qualification
from dutyroom.store.scope import people_for
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.people.leave_rows import day_in, leave_rows
from dutyroom.web.people.scoped import led_person, led_sites, post_name, told
from dutyroom.web.poster import qr_data_url
from dutyroom.web.visit import Visit

INVITATION_LIFE = 3 * DAY
MOST_PEOPLE = 500


@require_safe
def people(request: Visit) -> HttpResponse:
    """The holders of duty of the leader's sites, with their posts, each to be opened or invited."""
    here = Q(ends_at=None) | Q(ends_at__gt=to_datetime(wiring.clock().now()))
    held: dict[UUID, dict[str, None]] = {}
    sites = led_sites(request)
    holders = Duty.objects.filter(site__in=sites).values("person_id")
    duties = Duty.objects.filter(site__in=sites).values_list("person_id", "site_id", "role").distinct()
    for holder, site, role in duties.order_by("role"):
        held.setdefault(holder, {})[post_name(str(site), role, request.language)] = None
    led = people_for(request.person).filter(Q(site__in=sites) | Q(pk__in=holders))
    found = led.filter(here).order_by("number")[:MOST_PEOPLE]
    away = _away(found)
    rows = []
    for person in found:
        posts = dict(held.get(person.pk, {}))
        posts |= dict.fromkeys(
            post_name(str(person.site_id), role, request.language) for role in person.posts
        )
        rows.append((person, list(posts), away.get(person.pk, "")))
    return render(
        request, "web/people.html", {"rows": rows, "most": MOST_PEOPLE, "site": request.person.site}
    )


def _away(people: Any) -> dict[UUID, str]:
    """Of each person whether there is a wish to answer, or leave now."""
    now = to_datetime(wiring.clock().now())
    found = {}
    for leave in Leave.objects.filter(person__in=list(people), ends_at__gt=now).order_by("-starts_at"):
        if leave.state == "wished":
            found[leave.person_id] = "wished"
        elif leave.state == "noted" and leave.starts_at <= now:
            found.setdefault(leave.person_id, "away")
    return found


@require_safe
def person(request: Visit, person: UUID) -> HttpResponse:
    """What is known of the person for duty, and what a leader may do about it."""
    return _person(request, led_person(request, person))


@require_POST
def change(request: Visit, person: UUID) -> HttpResponse:
    """Note leave, answer a wish, take leave back, or let the person leave by a last day."""
    found = led_person(request, person)
    typed = Typed(request.POST)
    do, now, actor = typed.raw("do"), wiring.clock().now(), str(request.person.pk)
    done: object
    if do == "note":
        first, last = day_in(typed, "first"), day_in(typed, "last")
        if first is None or last is None:
            return _person(request, found, Refusal("people.day"))
        done = leaves.note(wiring.pool(), str(found.pk), typed.raw("kind"), first, last, now, actor)
    elif do == "leave":
        last = day_in(typed, "last")
        if last is None:
            return _person(request, found, Refusal("people.day"))
        done = staffing.leave_site(wiring.pool(), str(found.site_id), found.number, last, now, actor)
    else:
        done = _answer(found, do, now, actor)
    if isinstance(done, Refusal):
        return _person(request, found, done)
    return HttpResponseRedirect(reverse("person", args=[found.pk]), status=303)


def _answer(found: Person, do: str, now: int, actor: str) -> object:
    """`grant:ID`, `decline:ID` or `back:ID` of one of the person's own leaves."""
    act, _, key = do.partition(":")
    try:
        row = Leave.objects.filter(person=found, pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None or act not in ("grant", "decline", "back"):
        return Refusal("people.leave.not_open")
    if act == "back":
        return leaves.take_back(wiring.pool(), str(row.pk), now, actor)
    return leaves.answer(wiring.pool(), str(row.pk), act == "grant", now, actor)


def _person(request: Visit, found: Person, refusal: Refusal | None = None) -> HttpResponse:
    shown = shown_for(request, found.site.zone)
    now = to_datetime(shown.now)
    duties = Duty.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person=found).select_related("site")
    given = {
        "one": found,
        "own": found.pk == request.person.pk,
        "refused": told(request, refusal),
        "posts": [post_name(str(found.site_id), role, shown.language) for role in found.posts],
        "qualifications": Qualification.objects.filter(person=found, ended_at=None).order_by("kind"),
        "deputies": [row.deputy for row in found.deputies.filter(ended_at=None).order_by("place")],
        "starts": shown.day_of(found.starts_at) if found.starts_at else "",
        "ends": shown.at(found.ends_at),
        "leaves": leave_rows(found, shown),
        "kinds": [(kind, shown.say(f"people.kind.{kind}")) for kind in LEAVE_KINDS],
        "turns": duties.count(),
        "today": shown.today().isoformat(),
        "sites": sorted({row.site.code for row in duties}),
    }
    return render(request, "web/person.html", given, status=400 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Visit, person: UUID) -> HttpResponse:
    """A leader makes a fresh invitation; it is shown once, and earlier unused ones stop working."""
    invited = led_person(request, person)
    if request.method != "POST":
        return render(request, "web/invite.html", {"invited": invited})
    at = to_datetime(SystemClock().now())
    token, stored = new_token()
    earlier = Link.objects.filter(
        person=invited, purpose="invitation", used_at=None, recalled_at=None, reusable=False
    )
    earlier.update(recalled_at=at)
    Link.objects.create(
        token_hash=stored,
        tenant=invited.tenant,
        person=invited,
        purpose="invitation",
        level="full",
        expires_at=to_datetime(SystemClock().now() + INVITATION_LIFE),
    )
    address = f"{settings.BASE_URL}/in/{token}"
    shown = {
        "invited": invited,
        "address": address,
        "qr": qr_data_url(address),
        "days": INVITATION_LIFE // DAY,
    }
    return render(request, "web/invite.html", shown)
