"""What runs and what is on record: cases (a cache), their entries (the truth), obligations with their next timer."""

from django.db import models

from dutyroom.store.models.organisation import Edition, Person, Site, Tenanted


class Case(Tenanted):
    """A case as its entries left it. Everything here can be rebuilt from the entries; a test does so."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    edition = models.ForeignKey(Edition, models.PROTECT)
    code = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, default="incident")
    phase = models.CharField(max_length=12)
    level = models.CharField(max_length=12, default="")
    exercise = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField()
    state = models.TextField()
    head = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="case_code_once")]
        indexes = [
            models.Index(fields=["site", "-opened_at"], name="case_by_site"),
            models.Index(fields=["-opened_at"], name="case_newest"),
            models.Index(fields=["site", "-opened_at"], name="case_open", condition=models.Q(closed_at=None)),
            models.Index(fields=["closed_at"], name="case_closed"),
            models.Index(
                fields=["site", "kind", "-opened_at"],
                name="case_of_calendar",
                condition=~models.Q(kind="incident"),
            ),
        ]


class Entry(Tenanted):
    """One entry of the record: append-only by trigger and privilege. `leaf` is its hash (see core.ledger)."""

    id = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="entries")
    case_seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    at = models.CharField(max_length=24)
    recorded_at = models.CharField(max_length=24)
    actor = models.CharField(max_length=36, blank=True)
    body = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    leaf = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "case_seq"], name="entry_once_in_case"),
            models.UniqueConstraint(
                fields=["site", "case_seq"], condition=models.Q(case__isnull=True), name="entry_once_in_site"
            ),
        ]


class Seal(Tenanted):
    """An entry's place in its site's tree. Append-only, given by the worker right after the entry's commit."""

    site = models.ForeignKey(Site, models.PROTECT)
    position = models.PositiveBigIntegerField()
    entry = models.OneToOneField(Entry, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "position"], name="seal_position_once")]


class Checkpoint(Tenanted):
    """A signed size and root of a site's tree: daily, and with every archive. Append-only."""

    site = models.ForeignKey(Site, models.PROTECT)
    size = models.PositiveBigIntegerField()
    day = models.DateField()
    note = models.TextField()


class Command(Tenanted):
    """A client-made command identifier that has been carried out: the same again is answered, not repeated."""

    command = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "command"], name="command_once")]


class Obligation(Tenanted):
    """An obligation's row for lists and timers; the case's entries decide, this is where the worker looks.

    `begins_at` is when somebody is first called for it, where that is not at once; `timer_at` the next instant at which
    something happens by itself, null once nothing is owed any more.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="owed")
    site = models.ForeignKey(Site, models.PROTECT)
    key = models.CharField(max_length=120)
    step = models.CharField(max_length=60)
    role = models.CharField(max_length=60)
    owner = models.ForeignKey(Person, models.PROTECT, null=True)
    asked = models.JSONField(default=list)
    status = models.CharField(max_length=12)
    verb = models.CharField(max_length=12)
    clock = models.CharField(max_length=8)
    overdue = models.BooleanField()
    opened_at = models.DateTimeField()
    begins_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    timer_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="obligation_once")]
        indexes = [
            models.Index(
                fields=["timer_at"], name="obligation_timers", condition=models.Q(timer_at__isnull=False)
            ),
            models.Index(
                fields=["site", "due_at"], name="obligation_open", condition=models.Q(status="open")
            ),
        ]


class Pulse(models.Model):
    """The last sign of life of each worker: what is older than a few beats was an outage."""

    worker = models.UUIDField(primary_key=True)
    lock = models.BigIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()


class Outage(models.Model):
    """A span in which no worker was alive. Timers that fell due in it are marked as missed while down."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
