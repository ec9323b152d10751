"""Proofs of cover and the holes they found: what was asked, what came of it, and who mends a hole by when.

A hole is a span of time in which a failure would leave a step untaken. It names no silent person; who answers for
mending it does so as the holder of the plan's leading post.
"""

from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import Edition, Person, Site, Tenanted


class Proof(Tenanted):
    """One proof of cover. `made_of` is the hash of plan, roster and channels; `site_version` the site's at that moment.

    `missing`, `together`, `idle` and `evidence` are what was asked; `state`: queued, running, done, failed; `progress`
    counts questions of `questions`. A running one belongs to the worker whose advisory lock is `lease_lock`. `result`
    is the proof as JSON, `failure` the code of a sentence. Once done or failed the row never changes again.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    site_version = models.BigIntegerField()
    missing = models.PositiveSmallIntegerField(default=1)
    together = models.BooleanField(default=False)
    idle = models.BooleanField(default=False)
    evidence = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="queued")
    progress = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)
    lease_lock = models.BigIntegerField(null=True)
    made_of = models.CharField(max_length=64, default="", blank=True)
    holes = models.PositiveIntegerField(default=0)
    covered_until = models.DateTimeField(null=True)
    evidence_until = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    result = models.TextField(default="", blank=True)
    failure = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "-asked_at"], name="proof_by_site"),
            models.Index(
                fields=["asked_at"], name="proof_waiting", condition=Q(state__in=("queued", "running"))
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running", "done", "failed")), name="proof_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(covered_until__isnull=False) & Q(made_at__isnull=False)),
                name="proof_done_whole",
            ),
            models.UniqueConstraint(
                fields=["site", "missing", "together", "idle", "evidence"],
                condition=Q(state="queued"),
                name="proof_waits_once",
            ),
        ]


class CoverHole(Tenanted):
    """A hole of the standing proof, the same row as long as proofs find it. `key` is the hash of what fails in it.

    `question` is the first step that is then not taken, `asked` how many are. `state`: open, accepted (by a leader,
    with a reason), mended (the newest proof no longer has it). `owner` mends it by `owed_by`, before the span begins.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    proof = models.ForeignKey(Proof, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    question = models.CharField(max_length=160)
    asked = models.PositiveIntegerField(default=1)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    owed_by = models.DateTimeField()
    state = models.CharField(max_length=12, default="open")
    reason = models.CharField(max_length=400, default="", blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "opens_at"], name="cover_hole_standing", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["owner", "owed_by"], name="cover_hole_owned", condition=Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "key"], condition=Q(ended_at__isnull=True), name="cover_hole_once"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="cover_hole_lasts"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, reason="", accepted_by__isnull=True)
                | (Q(state="accepted", ended_at__isnull=True, accepted_by__isnull=False) & ~Q(reason=""))
                | Q(state="mended", ended_at__isnull=False),
                name="cover_hole_state_whole",
            ),
        ]
