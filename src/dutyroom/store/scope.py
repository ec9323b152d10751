"""Whose objects a person may find: one funnel per model. What a funnel does not return does not exist for the person.

A person sees the sites below the own one, and the sites at which the person holds a duty. Row security in the database
keeps tenants apart beneath all this; the funnels keep sites apart within a tenant.
"""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dutyroom.store.models import (
    Blob,
    Case,
    Compartment,
    Delivery,
    Duty,
    Entry,
    Obligation,
    Person,
    Rehearsal,
    Site,
)


def sites_for(person: Person) -> QuerySet[Site]:
    """The subtree of the person's own site, and the sites at which a duty is held that has not been taken away."""
    root = person.site.path.rstrip("/")
    below = Q(pk=person.site_id) | Q(path__startswith=root + "/")
    # Turns of duty come and go and do not blind their holder in between; a standing post that has ended does.
    ended = Q(standing=True, ends_at__isnull=False, ends_at__lte=Now())
    duties = Duty.objects.filter(person=person).exclude(ended).values("site_id")
    return Site.objects.filter(below | Q(pk__in=duties), tenant=person.tenant)


def cases_for(person: Person) -> QuerySet[Case]:
    """The cases of the person's sites."""
    return Case.objects.filter(tenant=person.tenant, site__in=sites_for(person))


def entries_for(person: Person) -> QuerySet[Entry]:
    """The record of the person's sites."""
    return Entry.objects.filter(tenant=person.tenant, site__in=sites_for(person))


def obligations_for(person: Person) -> QuerySet[Obligation]:
    """What is owed at the person's sites."""
    return Obligation.objects.filter(tenant=person.tenant, site__in=sites_for(person))


def deliveries_for(person: Person) -> QuerySet[Delivery]:
    """What was told to whom at the person's sites; the own inbox is `.filter(person=person)` of it."""
    return Delivery.objects.filter(Q(site__in=sites_for(person)) | Q(person=person), tenant=person.tenant)


def people_for(person: Person) -> QuerySet[Person]:
    """Holders of duty at the person's sites, and the person."""
    sites = sites_for(person)
    holders = Duty.objects.filter(site__in=sites).values("person_id")
    return Person.objects.filter(
        Q(site__in=sites) | Q(pk__in=holders) | Q(pk=person.pk), tenant=person.tenant
    )


def rehearsals_for(person: Person) -> QuerySet[Rehearsal]:
    """What was rehearsed at the person's sites."""
    return Rehearsal.objects.filter(tenant=person.tenant, site__in=sites_for(person))


def compartments_for(person: Person, case: UUID, roles: frozenset[str]) -> QuerySet[Compartment]:
    """The case's compartments that one of the `roles` the person holds now may read, as long as they have a key."""
    found = Compartment.objects.filter(tenant=person.tenant, site__in=sites_for(person), case=case)
    return found.filter(readers__overlap=sorted(roles), erased_at=None)


def blobs_for(person: Person, case: UUID, roles: frozenset[str]) -> QuerySet[Blob]:
    """The sealed things in them, without their ciphertexts unless asked for."""
    return Blob.objects.filter(tenant=person.tenant, compartment__in=compartments_for(person, case, roles))
