"""The site behind a plan page's address, its editions, and its draft: what every page of the plan begins with.

A site that is not the reader's is not found, like one that does not exist.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from dutyroom import wiring
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Channel, PlanInForce, Responder
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Edition, Site
from dutyroom.store.scope import sites_for
from dutyroom.web.planning.judging import roster_of
from dutyroom.web.showing import zone_of
from dutyroom.web.visit import Visit


def site_of(request: Visit, code: str) -> Site:
    """The site of the code, if the reader may see it. Raises Http404."""
    site = sites_for(request.person).filter(code=code).first()
    if site is None:
        raise Http404
    return site


def editions_of(site: Site) -> list[Edition]:
    """All editions of the site, the newest first."""
    return list(Edition.objects.filter(site=site).order_by("-in_force_at", "id"))


def edition_in_force(site: Site) -> Edition:
    """The edition that is in force now. Raises Http404 where there is none."""
    now = to_datetime(wiring.clock().now())
    edition = Edition.objects.filter(site=site, in_force_at__lte=now).order_by("-in_force_at", "id").first()
    if edition is None:
        raise Http404
    return edition


def edition_of(site: Site, edition: UUID) -> Edition:
    """An edition of the site. Raises Http404 for another's."""
    found = Edition.objects.filter(site=site, pk=edition).first()
    if found is None:
        raise Http404
    return found


def plan_of(edition: Edition) -> Plan:
    """The plan of a stored edition."""
    return wiring.record().plan(str(edition.pk))


def supposed_rules(plan: Plan, roster_text: str, site: Site) -> PlanInForce:
    """A plan with the whole roster of an edition, so that any day of it can be looked at; else with today's."""
    roster = roster_of(roster_text) if roster_text else None
    if roster is None:
        now = wiring.record().rules(str(site.pk))
        return PlanInForce(plan, now.roster, now.people)
    numbers = {person for people in roster.standing.values() for person in people}
    numbers |= {period.person for period in roster.periods}
    people = {number: Responder(number, "zh", (Channel("inbox"),)) for number in numbers}
    return PlanInForce(plan, roster, people)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Times of a site as its clocks on the wall show them."""

    zone: str

    def show(self, moment: datetime) -> str:
        """`2026-11-24 10:00`."""
        return f"{moment.astimezone(zone_of(self.zone)):%Y-%m-%d %H:%M}"

    def now(self) -> datetime:
        """Now, on those clocks."""
        return to_datetime(wiring.clock().now()).astimezone(zone_of(self.zone))
