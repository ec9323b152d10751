"""Decisions about the roster and about leave that wait for the reader, and what was decided about the own turns.

Whoever may decide finds it on the page of the own duty; whoever was put on a turn by somebody else reads it there for a
day. Leave is shown without its kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse

from dutyroom import wiring
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import DutyChange, Leave, RosterDraft, Site
from dutyroom.web.access import class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.people.scoped import led_sites, post_name
from dutyroom.web.roster.pages import LEADS, back
from dutyroom.web.visit import Visit

TOLD_FOR = timedelta(days=1)
MOST = 20


@dataclass(frozen=True, slots=True)
class Waits:
    """One line: the code of its sentence with what it is about, where, and where it is dealt with."""

    code: str
    site: Site
    address: str
    fields: dict[str, str] = field(default_factory=dict)
    asks: bool = True


def waiting_for(request: Visit) -> list[Waits]:
    """Everything that waits for the reader, then what is only told."""
    led = [site for site in led_sites(request) if class_of(request, site.code) in LEADS]
    found = [*_drafts(request, led), *_changes(request, led), *_wishes(request, led), *_told(request)]
    return found[:MOST]


def _drafts(request: Visit, led: list[Site]) -> Iterator[Waits]:
    """A proposed roster waits for another leader, an approved one for whoever leads."""
    rows = RosterDraft.objects.filter(site__in=led, state__in=("proposed", "approved"))
    for row in rows.select_related("site", "made_by").order_by("asked_at")[:MOST]:
        if row.state == "proposed" and row.made_by_id == request.person.pk:
            continue
        shown = shown_for(request, row.site.zone)
        last = shown.day_of(row.ends_at - timedelta(seconds=1))
        fields = {"name": row.made_by.name, "span": f"{shown.day_of(row.starts_at)} – {last}"}
        address = reverse("roster_draft", args=[row.site.code, row.pk])
        yield Waits(f"rosterpages.waits.draft_{row.state}", row.site, address, fields)


def _changes(request: Visit, led: list[Site]) -> Iterator[Waits]:
    """A change on which those concerned agree waits for a leader who is none of them."""
    rows = DutyChange.objects.filter(site__in=led, state="agreed").exclude(consents__person=request.person)
    for row in rows.select_related("site", "asked_by").order_by("asked_at")[:MOST]:
        address = f"{reverse('roster_changes', args=[row.site.code])}#c-{row.pk}"
        yield Waits("rosterpages.waits.change", row.site, address, {"name": row.asked_by.name})


def _wishes(request: Visit, led: list[Site]) -> Iterator[Waits]:
    """A wish for leave waits for who leads the person's own site; nobody answers the own."""
    now = to_datetime(wiring.clock().now())
    rows = Leave.objects.filter(person__site__in=led, state="wished", ends_at__gt=now)
    rows = rows.exclude(person=request.person).select_related("person__site").order_by("starts_at")
    for row in rows[:MOST]:
        fields = {"name": row.person.name, "span": f"{row.first_on} – {row.last_on}"}
        address = reverse("person", args=[row.person_id])
        yield Waits("rosterpages.waits.leave", row.person.site, address, fields)


def _told(request: Visit) -> Iterator[Waits]:
    """Turns that somebody else put the reader on, for a day from then."""
    now = to_datetime(wiring.clock().now())
    rows = DutyChange.objects.filter(
        tenant=request.person.tenant, kind__in=("override", "repair"), state="done", ended_at__gt=now - TOLD_FOR,
        moves__takes=request.person,
    )  # fmt: skip
    rows = rows.exclude(asked_by=request.person).distinct().select_related("site", "asked_by")
    for row in rows.order_by("-ended_at")[:MOST]:
        shown = shown_for(request, row.site.zone)
        for move in row.moves.filter(takes=request.person, ends_at__gt=now):
            fields = {
                "name": row.asked_by.name,
                "post": post_name(str(row.site_id), move.role, request.language),
                "span": f"{shown.at(move.starts_at)} – {shown.at(move.ends_at)}",
            }
            address = back(row.site, shown.day_of(move.starts_at))
            yield Waits("rosterpages.waits.put_on", row.site, address, fields, asks=False)
