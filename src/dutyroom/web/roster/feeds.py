"""The roster to take along: calendar addresses of one's own turns or a post's, and the duty table as a file.

An address is shown once and can be ended; without a sign-in it shows turns of duty and nothing else. Files are written
by the adapters; the page refuses to know their formats.
"""

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dutyroom import wiring
from dutyroom.adapters.calendars.ical import Turn, uid_of
from dutyroom.adapters.calendars.ical import feed as calendar_feed
from dutyroom.adapters.vault import new_token, token_hash
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY
from dutyroom.core.plan import Plan
from dutyroom.store import rosterfeeds
from dutyroom.store.models import Duty, RosterFeed, Site
from dutyroom.web.access import class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.planning import found
from dutyroom.web.roster.pages import LEADS
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name

REFUSED, NOT_CHANGED = 409, 304
BEHIND, AHEAD = 31 * DAY, 400 * DAY


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: Visit, code: str) -> HttpResponse:
    """The files and the addresses in use; posted: one made, or one ended."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    if request.method != "POST":
        return _page(request, site, plan, shown)
    do = str(request.POST.get("do", ""))
    if do == "end":
        return _page(request, site, plan, shown, ended=_end(request, site))
    made = _made(request, site, plan, do)
    if isinstance(made, Refusal):
        return _page(request, site, plan, shown, refusal=made)
    return _page(request, site, plan, shown, address=made)


@require_safe
def feed(request: Visit, token: str) -> HttpResponse:
    """The turns behind an address, for a calendar program. What has not changed is not sent again."""
    now = wiring.clock().now()
    row = rosterfeeds.feed_of(wiring.pool(), token_hash(token), now)
    if row is None:
        raise Http404
    plan, language = wiring.record().rules(row.site).plan, row.language
    changed = rosterfeeds.changed_at(wiring.pool(), row, now)
    turns = [
        Turn(
            uid_of(row.site, one.role, one.starts_at, one.place),
            role_name(plan, one.role, language) + ("" if row.person else f" {one.name}"),
            one.starts_at,
            one.ends_at,
            changed,
            row.version,
            one.cancelled,
        )
        for one in rosterfeeds.turns_of(wiring.pool(), row, now - BEHIND, now + AHEAD)
    ]
    who = row.person_name or role_name(plan, row.role, language)
    site = row.name_en if language == "en" else row.name_zh
    body = calendar_feed(turns, say("rosterpages.feed.name", language, who=who, site=site), row.zone, changed)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=NOT_CHANGED, headers={"ETag": etag})
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=900"
    answer["Content-Disposition"] = 'inline; filename="duty.ics"'
    return answer


def _made(request: Visit, site: Site, plan: Plan, do: str) -> str | Refusal:
    """The address of a new feed of one's own turns or, for who leads, of a post's."""
    whose = (str(request.person.pk), "")
    if do == "post":
        role = str(request.POST.get("role", ""))[:60]
        if class_of(request, site.code) not in LEADS:
            return Refusal("rosterpages.not_yours")
        if role not in plan.roles:
            return Refusal("rosterpages.feed.unknown_post")
        whose = ("", role)
    token, stored = new_token()
    by = str(request.person.pk)
    rosterfeeds.make(
        wiring.pool(), str(site.pk), wiring.new_id(), whose, stored, by, wiring.clock().now()
    )  # fmt: skip
    return f"{settings.BASE_URL}{reverse('roster_feed', args=[token])}"


def _end(request: Visit, site: Site) -> bool:
    row = _mine(request, site).filter(pk=_identifier(str(request.POST.get("feed", "")))).first()
    if row is None:
        raise Http404
    return rosterfeeds.revoke(wiring.pool(), str(row.pk), wiring.clock().now())


def _mine(request: Visit, site: Site) -> Any:
    """Addresses one may end: the own ones; who leads, all of the site."""
    rows = RosterFeed.objects.filter(site=site, revoked_at=None).select_related("person", "made_by")
    return rows if class_of(request, site.code) in LEADS else rows.filter(person=request.person)


def _page(
    request: Visit,
    site: Site,
    plan: Plan,
    shown: Shown,
    address: str = "",
    ended: bool = False,
    refusal: Refusal | None = None,
) -> HttpResponse:
    turning = set(Duty.objects.filter(site=site, standing=False).values_list("role", flat=True))
    given = {
        "site": site,
        "address": address,
        "ended": ended,
        "refused": say(refusal.code, request.language, **refusal.fields) if refusal else "",
        "month": f"{shown.today():%Y-%m}",
        "posts": [(role, role_name(plan, role, shown.language)) for role in plan.roles if role in turning],
        "may_lead": class_of(request, site.code) in LEADS,
        "feeds": [
            (
                str(row.pk),
                row.person.name if row.person else role_name(plan, row.role, shown.language),
                row.made_by.name,
                shown.at(row.made_at),
            )
            for row in _mine(request, site).order_by("made_at")
        ],
    }
    return render(request, "web/roster_feeds.html", given, status=REFUSED if refusal else 200)


def _identifier(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Http404 from None
