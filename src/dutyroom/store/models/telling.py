"""What is told to whom, and how that went; links that open a page with a button; devices that are signed in."""

from django.db import models

from dutyroom.store.models.organisation import Person, Site, Tenanted
from dutyroom.store.models.record import Case


class Delivery(Tenanted):
    """One call of one person on one channel: the outbox row, written in the transaction that decided it.

    `identity` is the same for every call of the person about the obligation, so that a repeat is seen as a second try
    of the same call. `state`: queued, sending, sent, unconfirmed, refused, failed, cancelled, withheld.
    `outside`: the person belongs to a body outside. In an exercise such a call is withheld, "would have been called";
    the database refuses every other state.
    """

    id = models.UUIDField(primary_key=True)
    identity = models.UUIDField(db_index=True)
    case = models.ForeignKey(Case, models.PROTECT)
    site = models.ForeignKey(Site, models.PROTECT)
    key = models.CharField(max_length=120)
    step = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT)
    channel = models.CharField(max_length=20)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=40)
    exercise = models.BooleanField(default=False)
    outside = models.BooleanField(default=False)
    state = models.CharField(max_length=12)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    lease_lock = models.BigIntegerField(null=True)
    lease_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "next_try_at"], name="delivery_due", condition=models.Q(state="queued")
            ),
            models.Index(fields=["lease_until"], name="delivery_leased", condition=models.Q(state="sending")),
            models.Index(fields=["person", "-created_at"], name="delivery_inbox"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(exercise=False) | models.Q(outside=False) | models.Q(state="withheld"),
                name="delivery_exercise_stays_inside",
            ),
        ]


class Attempt(Tenanted):
    """The courier log, append-only: an intent before the sending, an outcome after it."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=120, blank=True)


class Link(Tenanted):
    """A random handle, stored hashed, that signs one person in to one purpose until it expires or is recalled."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT)
    purpose = models.CharField(max_length=12)
    case = models.ForeignKey(Case, models.PROTECT, null=True)
    key = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=8)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    reusable = models.BooleanField(default=False)


class Device(Tenanted):
    """A browser that is signed in. `level` "duty" sees and answers its person's own pages, "full" all it may."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT)
    secret_hash = models.CharField(max_length=64, unique=True)
    level = models.CharField(max_length=8)
    signed_in_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
