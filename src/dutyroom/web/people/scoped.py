"""Whom and which site a leader may change: found in the own scope, and led there; everything else is not found."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from dutyroom import wiring
from dutyroom.core.findings import Refusal
from dutyroom.store.models import Person, Site
from dutyroom.store.scope import people_for, sites_for
from dutyroom.web.access import class_of
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name

LEADS = ("leader", "superior")


def led_site(request: Visit, code: str) -> Site:
    """The site of the code, if the visitor leads there. Raises Http404."""
    site = sites_for(request.person).filter(code=code).first()
    if site is None or class_of(request, code) not in LEADS:
        raise Http404
    return site


def led_sites(request: Visit) -> list[Site]:
    """The sites that the visitor leads: the own one and those below, and of the others where a leader's post is held.

    A turn on the roster of another project shows that project, and not who of it is away.
    """
    root = f"{request.person.site.path.rstrip('/')}/"
    return [
        site
        for site in sites_for(request.person)
        if f"{site.path.rstrip('/')}/".startswith(root) or class_of(request, site.code) in LEADS
    ]


def led_person(request: Visit, person: UUID) -> Person:
    """The person, if the visitor leads the person's own site.

    An invitation lets its bearer in as that person, and a changed number turns calls away: nobody does either for a
    site that is not theirs to lead.
    """
    found = get_object_or_404(people_for(request.person), pk=person)
    below = sites_for(request.person).filter(pk=found.site_id).exists()
    if not below or class_of(request, found.site.code) not in LEADS:
        raise Http404
    return found


def post_name(site: str, role: str, language: str) -> str:
    """The role in the words of the plan in force at the site."""
    try:
        return role_name(wiring.record().rules(site).plan, role, language)
    except LookupError:
        return role


def told(request: Visit, refusal: Refusal | None) -> str:
    """The refusal in the page's language; empty for none."""
    return say(refusal.code, request.language, **refusal.fields) if refusal else ""
