"""What was rehearsed at a site: who began it, by which edition, how far it is, what came of it, and its signed report.

A rehearsal is never a case. A live exercise has a case beside it, marked as an exercise, in which its record stands.
"""

from django.db import models
from django.db.models import Q

from dutyroom.store.models.organisation import Edition, Person, Site, Tenanted
from dutyroom.store.models.record import Case


class Rehearsal(Tenanted):
    """One drill: `kind` scripted, random (a script run many times under chance) or live (real people and telephones).

    `state`: queued, running, done, failed; `progress` counts runs of `runs`. A running one belongs to the worker whose
    advisory lock is `lease_lock`. `result` is JSON, `failure` the code of a sentence. `duty` is the calendar duty of
    the plan that the drill is held for. From `hushed_at` on an exercise calls nobody any more. `marks` are the
    evaluator's words to the heads of the report, none of them on a person. Once signed the row never changes again.
    """

    KINDS = ("scripted", "random", "live")
    STATES = ("queued", "running", "done", "failed")

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    script = models.TextField(default="")
    seed = models.BigIntegerField(default=0)
    runs = models.PositiveIntegerField(default=1)
    duty = models.CharField(max_length=80, default="", blank=True)
    started_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="queued")
    progress = models.PositiveIntegerField(default=0)
    lease_lock = models.BigIntegerField(null=True)
    result = models.TextField(default="", blank=True)
    failure = models.CharField(max_length=80, default="", blank=True)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="rehearsal")
    hushed_at = models.DateTimeField(null=True)
    marks = models.JSONField(default=dict)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_zh

    class Meta:
        indexes = [
            models.Index(fields=["site", "-started_at"], name="rehearsal_by_site"),
            models.Index(
                fields=["started_at"], name="rehearsal_waiting", condition=Q(state__in=("queued", "running"))
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("scripted", "random", "live")), name="rehearsal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running", "done", "failed")), name="rehearsal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="live", case__isnull=False) | (~Q(kind="live") & Q(case__isnull=True)),
                name="rehearsal_live_has_case",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False, state="done"),
                name="rehearsal_signed_whole",
            ),
        ]
