"""One's own data: how one is called and in which order, language, leave, the duty that comes. For the person alone.

Nothing here says how fast or how often somebody answered; a channel shows only when it was last answered, because that
is what makes it reachable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.adapters.staff import read_address
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, SECOND
from dutyroom.core.people import LEAVE_KINDS
from dutyroom.core.roster import INBOX
from dutyroom.store import leaves
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Duty, Leave
from dutyroom.store.own import OwnChannel, change_own, channels_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.middleware import LANGUAGE_COOKIE, secure_cookies
from dutyroom.web.people.leave_rows import day_in, leave_rows
from dutyroom.web.people.scoped import post_name, told
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import LANGUAGES, codes

MOST_TURNS = 20
_YEAR = 365 * DAY // SECOND


@dataclass(frozen=True, slots=True)
class Way:
    """One address with the kinds of channels that use it; one telephone for calls and texts is one way."""

    address: str
    kinds: tuple[str, ...]
    names: str
    answered: str
    spare: bool


@require_safe
def me(request: Visit) -> HttpResponse:
    """The own data."""
    return _page(request)


@require_POST
def change(request: Visit) -> HttpResponse:
    """Save addresses and language, or move an address up in the order."""
    typed = Typed(request.POST)
    person = str(request.person.pk)
    known = channels_of(wiring.pool(), person)
    ways: list[tuple[tuple[OwnChannel, ...], str]] = []
    for number, way in enumerate(_ways(known)):
        address = typed.raw(f"address{number}") if f"address{number}" in request.POST else way[0].address
        ways.append((way, address))
    bad = next((address for way, address in ways if not _fits(way, address)), None)
    if bad is not None:
        return _page(request, Refusal("people.me.address", {"address": bad[:40]}))
    do = typed.raw("do")
    if do.startswith("up:") and do[3:].isdecimal() and 0 < int(do[3:]) < len(ways):
        place = int(do[3:])
        ways[place - 1], ways[place] = ways[place], ways[place - 1]
    language = typed.choice("language", frozenset(LANGUAGES), request.person.language)
    second = typed.choice("second", frozenset(LANGUAGES), "")
    channels = [(one.kind, one.address) for one in known if one.kind == INBOX]
    channels += [(one.kind, _kept(one.kind, address)) for way, address in ways for one in way]
    change_own(
        wiring.pool(), person, language, second if second != language else "", channels, wiring.clock().now()
    )
    answer = HttpResponseRedirect(f"{reverse('me')}?done=1", status=303)
    if language != request.person.language:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure_cookies()
        )
    return answer


@require_POST
def leave(request: Visit) -> HttpResponse:
    """Wish for leave, or take one's own back."""
    typed = Typed(request.POST)
    person, now = str(request.person.pk), wiring.clock().now()
    act, _, key = typed.raw("do").partition(":")
    done: object
    if act == "back":
        done = _take_back(request, key, now)
    else:
        first, last = day_in(typed, "first"), day_in(typed, "last")
        if first is None or last is None:
            return _page(request, Refusal("people.day"))
        done = leaves.wish(wiring.pool(), person, typed.raw("kind"), first, last, now)
    if isinstance(done, Refusal):
        return _page(request, done)
    return HttpResponseRedirect(f"{reverse('me')}?done=1#leave", status=303)


def _take_back(request: Visit, key: str, now: int) -> object:
    try:
        row = Leave.objects.filter(person=request.person, pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        return Refusal("people.leave.not_open")
    return leaves.take_back(wiring.pool(), str(row.pk), now, str(request.person.pk))


def _ways(known: Sequence[OwnChannel]) -> list[tuple[OwnChannel, ...]]:
    """Channels by address, in the order of the first of each; called ones and spare ones apart."""
    found: dict[tuple[str, bool], list[OwnChannel]] = {}
    for one in known:
        if one.kind != INBOX:
            found.setdefault((one.address, one.spare), []).append(one)
    return [tuple(way) for way in found.values()]


def _fits(way: tuple[OwnChannel, ...], address: str) -> bool:
    """An address that stays is never refused; a new one must suit every channel that uses it."""
    return address == way[0].address or all(read_address(one.kind, address) for one in way)


def _kept(kind: str, address: str) -> str:
    return read_address(kind, address) or address


def _page(request: Visit, refusal: Refusal | None = None) -> HttpResponse:
    person = request.person
    shown = shown_for(request, person.site.zone)
    given: dict[str, Any] = {
        "refused": told(request, refusal),
        "done": request.method == "GET" and request.GET.get("done") == "1",
        "site_name": person.site.name(request.language),
        "posts": [post_name(str(person.site_id), role, request.language) for role in person.posts],
        "ways": [_way(way, shown) for way in _ways(channels_of(wiring.pool(), str(person.pk)))],
        "languages": [(one, shown.say(f"people.language.{one}")) for one in LANGUAGES],
        "kinds": [(kind, shown.say(f"people.kind.{kind}")) for kind in LEAVE_KINDS],
        "leaves": leave_rows(person, shown),
        "turns": _turns(request, shown),
        "today": shown.today().isoformat(),
    }
    return render(request, "web/me.html", given, status=400 if refusal else 200)


def _way(way: tuple[OwnChannel, ...], shown: Shown) -> Way:
    names = (f"channel.{one.kind}" for one in way)
    between = "、" if shown.language == "zh" else ", "
    answered = max((one.answered_at for one in way if one.answered_at), default=None)
    return Way(
        way[0].address,
        tuple(one.kind for one in way),
        between.join(shown.say(code) if code in codes() else code.removeprefix("channel.") for code in names),
        shown.ago(from_datetime(answered)) if answered else "",
        way[0].spare,
    )


def _turns(request: Visit, shown: Shown) -> list[tuple[str, str, str, str]]:
    """Post, site, from, until of the duty that is not over."""
    rows = Duty.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=to_datetime(shown.now)), person=request.person
    ).select_related("site")
    return [
        (
            post_name(str(row.site_id), row.role, shown.language),
            row.site.name(shown.language),
            "" if row.standing else shown.at(row.starts_at),
            shown.at(row.ends_at),
        )
        for row in rows.order_by("starts_at", "place")[:MOST_TURNS]
    ]
