"""The tree of sites below one's own: seen by who leads, a node added, a node ended by an end date."""

import re

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dutyroom import wiring
from dutyroom.core.findings import Refusal
from dutyroom.store import tree
from dutyroom.store.organise import SiteText
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.people.leave_rows import day_in
from dutyroom.web.people.scoped import led_site, told
from dutyroom.web.visit import Visit

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
LONGEST_NAME = 120


@require_safe
def sites(request: Visit) -> HttpResponse:
    """The own site and every node below it."""
    return _page(request)


@require_POST
def add(request: Visit) -> HttpResponse:
    """A node under one that the visitor leads."""
    typed = Typed(request.POST)
    parent = led_site(request, typed.raw("parent"))
    code, phone = typed.raw("code").lower(), typed.phone("phone")
    names = [typed.text(name, LONGEST_NAME, required=True) for name in ("name_zh", "name_en")]
    if not _CODE.fullmatch(code):
        return _page(request, Refusal("people.site.code"))
    if typed.faults or not phone:
        return _page(request, Refusal("people.site.fields"))
    site = SiteText(code, typed.raw("kind"), names[0], names[1], phone, parent.code, parent.zone)
    done = tree.add_node(wiring.pool(), site, wiring.new_id(), wiring.clock().now(), str(request.person.pk))
    if isinstance(done, Refusal):
        return _page(request, done)
    return HttpResponseRedirect(reverse("sites"), status=303)


@require_POST
def end(request: Visit, code: str) -> HttpResponse:
    """A node's last day."""
    site = led_site(request, code)
    last = day_in(Typed(request.POST), "last")
    if last is None:
        return _page(request, Refusal("people.day"))
    done = tree.end_node(wiring.pool(), str(site.pk), last, wiring.clock().now(), str(request.person.pk))
    if isinstance(done, Refusal):
        return _page(request, done)
    return HttpResponseRedirect(reverse("sites"), status=303)


def _page(request: Visit, refusal: Refusal | None = None) -> HttpResponse:
    shown = shown_for(request, request.person.site.zone)
    nodes = [
        (one, one.name(request.language), shown.at(one.ends_at))
        for one in tree.nodes(wiring.pool(), request.person.site.path, shown.now)
    ]
    given = {
        "nodes": nodes,
        "kinds": [(kind, shown.say(f"people.site.kind.{kind}")) for kind in tree.KINDS],
        "refused": told(request, refusal),
        "today": shown.today().isoformat(),
    }
    return render(request, "web/sites.html", given, status=400 if refusal else 200)
