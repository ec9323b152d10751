"""What is known of holders of duty roles beside their channels: qualifications, deputies, leave, spare addresses.

Nothing here is deleted but a spare address; what is over has an end. Leave says of what kind it is and no more: there
is no column for a reason, because the reason is nobody's business but the person's.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import DutyRange, Person, Tenanted


class Qualification(Tenanted):
    """What a person is certified for (`kind`), and the last day on which it counts; without one, for good."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=60)
    valid_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(ended_at__isnull=True), name="qualification_once"
            )
        ]


class Deputy(Tenanted):
    """Who stands in for a person first, second, ...: whom rostering tries when the person is away."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="deputies")
    place = models.PositiveSmallIntegerField()
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "place"], condition=Q(ended_at__isnull=True), name="deputy_place_once"
            ),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="deputy_is_another"),
        ]


class Leave(Tenanted):
    """A person's leave. `state`: wished, noted, declined, withdrawn; only what is noted counts.

    `first_on` and `last_on` are the days as they were told. `starts_at` and `ends_at` are what counts on duty: leave
    that is noted late begins when it is noted, because who was asked before is a fact.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=12)
    first_on = models.DateField()
    last_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="noted")

    class Meta:
        indexes = [models.Index(fields=["person", "starts_at"], name="leave_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("annual", "sick", "other"))
                & Q(state__in=("wished", "noted", "declined", "withdrawn")),
                name="leave_known",
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & Q(ends_at__gte=F("starts_at")), name="leave_lasts"
            ),
            ExclusionConstraint(
                name="leave_once_at_a_time",
                expressions=[
                    (DutyRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                ],
                condition=Q(state="noted"),
            ),
        ]


class SpareChannel(Tenanted):
    """An address on a channel that nothing here carries: kept so that the people list stays whole, never called."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="spare_channels")
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="spare_channel_once")]
