"""Duty as it runs: how far the calendar's days are opened, and who kept a post beyond the turn."""

from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import Person, Site, Tenanted
from dutyroom.store.models.record import Case


class DutyClock(Tenanted):
    """How far duty is opened at a site. `began_on` is the first day on which it ran there; `site_version` the site's
    when today's obligations were last worked out, `edition` the plan's edition then."""

    site = models.OneToOneField(Site, models.PROTECT, primary_key=True)
    began_on = models.DateField()
    opened_until = models.DateField()
    site_version = models.BigIntegerField(default=0)
    edition = models.UUIDField(null=True)


class DutyKept(Tenanted):
    """A post that somebody kept beyond the turn, until the next one accepted it. A fact: rows are only added."""

    site = models.ForeignKey(Site, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT)
    role = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT)
    place = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "ends_at"], name="duty_kept_by_site")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_kept_lasts")
        ]
