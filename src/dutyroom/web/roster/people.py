"""Who may take a turn at a site."""

from collections.abc import Iterable

from django.db.models import Q

from dutyroom import wiring
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Duty, Person, Site


def who_may_hold(site: Site) -> tuple[tuple[str, str], ...]:
    """Holders of duty roles of the site who are still there: (id, name), by name."""
    now = to_datetime(wiring.clock().now())
    held = Duty.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), site=site).values("person_id")
    here = Person.objects.filter(Q(site=site) | Q(pk__in=held), tenant=site.tenant)
    rows = here.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).order_by("name", "number")
    return tuple((str(one.pk), one.name) for one in rows.only("id", "name"))


def who_takes_turns(site: Site, roles: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Of these, who holds or may hold one of the posts that are held in turns."""
    now = to_datetime(wiring.clock().now())
    wanted = sorted(set(roles))
    turns = Duty.objects.filter(site=site, standing=False, ends_at__gt=now, role__in=wanted)
    taking = {str(person) for person in turns.values_list("person_id", flat=True)}
    able = Person.objects.filter(tenant=site.tenant, posts__overlap=wanted).values_list("pk", flat=True)
    taking |= {str(person) for person in able}
    return tuple(one for one in who_may_hold(site) if one[0] in taking)
