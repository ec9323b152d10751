"""Official notices of holidays, declared special periods, outside warnings and the feeds they come by.

None of it is deleted: a notice is superseded, a period withdrawn, a warning ended by a later one or by its time, a feed
closed.
"""

from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import Person, Site, Tenanted
from dutyroom.store.models.record import Case


class CalendarNotice(Tenanted):
    """The notice of days off and days worked in exchange for a year, as a tenant entered it.

    `text` is a calendar file with this one notice; whoever enters it is told of every fault before it is kept.
    """

    id = models.UUIDField(primary_key=True)
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    status = models.CharField(max_length=12)
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year"], name="notice_once", condition=Q(superseded_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(status__in=("official", "provisional")), name="notice_status_known"
            ),
        ]


class DeclaredPeriod(Tenanted):
    """A period of the plan put in force at a site from `starts_at` until `ends_at`, by whom and why."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    period = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source = models.CharField(max_length=12)
    reason = models.CharField(max_length=400)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "ends_at"], name="period_standing", condition=Q(withdrawn_at__isnull=True)
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="period_lasts"),
            models.CheckConstraint(
                condition=Q(source__in=("superior", "warning", "organisation")), name="period_source_known"
            ),
        ]


class WarningFeed(Tenanted):
    """A door for one sender of outside warnings to a site: its secret as a hash, and how its places are ours.

    `areas` holds lines `their place = area of the plan`. Where `period` is set, a warning of `from_colour` or graver
    also declares that period for as long as it lasts.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    token_hash = models.CharField(max_length=64, unique=True)
    areas = models.TextField(default="", blank=True)
    period = models.CharField(max_length=60, default="", blank=True)
    from_colour = models.CharField(max_length=8, default="", blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class ReceivedWarning(Tenanted):
    """One part of a warning message as it concerns a site: one hazard in one colour for some places.

    `state`: waiting (for a person), confirmed, dismissed, automatic (the plan began by itself), noted (nothing of the
    plan follows, or an exercise). `heeded` are the facts it stands for by the plan, JSON. `ended_at` is when a later
    message, or the sender, ended it; its own end is `expires_at`. `asking` is the case that calls somebody about it
    where it opened none of its own.
    """

    STATES = ("waiting", "confirmed", "dismissed", "automatic", "noted")

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    identifier = models.CharField(max_length=200)
    part = models.PositiveSmallIntegerField()
    sender = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    kind = models.CharField(max_length=8)
    status = models.CharField(max_length=10)
    event = models.CharField(max_length=120)
    hazard = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=8, blank=True)
    areas = models.JSONField(default=list)
    heeded = models.JSONField(default=dict)
    headline = models.CharField(max_length=400, blank=True)
    onset_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    supersedes = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    received_at = models.DateTimeField()
    via = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    asking = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "-received_at"], name="warning_by_site")]
        constraints = [
            models.UniqueConstraint(fields=["site", "sender", "identifier", "part"], name="warning_once"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "confirmed", "dismissed", "automatic", "noted")),
                name="warning_state_known",
            ),
            models.CheckConstraint(condition=Q(expires_at__gte=F("onset_at")), name="warning_lasts"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | (~Q(reason="") & Q(decided_at__isnull=False)),
                name="warning_dismissed_with_reason",
            ),
        ]
