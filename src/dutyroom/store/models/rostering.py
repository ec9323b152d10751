"""How duty comes about and changes: posts that exclude each other, rosters being made, changes of turns, feeds.

A roster is made, proposed, approved by another person than who made it, and published; what changes on top of it is a
row with everybody's consent. Who was on duty is a fact: a change moves only what has not passed.
"""

from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import Person, Site, Tenanted


class PostExclusion(Tenanted):
    """Posts with the same `excludes` are never held by one person at one time, at whatever sites of the tenant.

    A rule of one site alone names the site in `excludes`. Each turn of duty is given the group of its post by the
    database itself, so that no writer can forget it.
    """

    site = models.ForeignKey(Site, models.PROTECT)
    role = models.CharField(max_length=60)
    excludes = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "role"], name="post_exclusion_once")]


class RosterRulesEdition(Tenanted):
    """The organisation's rules for the rosters of a site, as they are written. Append-only: the newest one counts."""

    site = models.ForeignKey(Site, models.PROTECT)
    text = models.TextField()
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "-saved_at"], name="roster_rules_by_site")]


class RosterDraft(Tenanted):
    """One attempt at a roster of a site for a span. `how`: solver, hand, file; `text` is the roster as it is written.

    `state`: queued, running, failed (being made), then draft, proposed, approved, published, or rejected. `wanted` is
    what the making was told, `result` what it came to with its proof, `findings` what is wrong. A running one belongs
    to the worker whose advisory lock is `lease_lock`. Who made it never approves it. Once failed, published or rejected
    the row never changes again.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    how = models.CharField(max_length=12, default="solver")
    state = models.CharField(max_length=12, default="queued")
    wanted = models.JSONField(default=dict)
    text = models.TextField(default="", blank=True)
    result = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    progress = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=80, default="", blank=True)
    failure = models.CharField(max_length=80, default="", blank=True)
    lease_lock = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "-asked_at"], name="roster_draft_by_site"),
            models.Index(
                fields=["asked_at"], name="roster_draft_waiting", condition=Q(state__in=("queued", "running"))
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="roster_draft_lasts"),
            models.CheckConstraint(
                condition=Q(how__in=("solver", "hand", "file"))
                & Q(
                    state__in=(
                        "queued",
                        "running",
                        "failed",
                        "draft",
                        "proposed",
                        "approved",
                        "published",
                        "rejected",
                    )
                ),
                name="roster_draft_state_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="roster_draft_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "published"))
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(text="")),
                name="roster_draft_approved_whole",
            ),
        ]


class DutyChange(Tenanted):
    """A change of turns on top of the roster. `kind`: swap (both agree), override (somebody steps in), repair.

    `state`: asked, agreed (by all concerned), done, refused, withdrawn. `reason` is on the change, never on a person;
    `findings` are what the change breaks, as it was shown to who approved it.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="asked")
    reason = models.CharField(max_length=400, default="", blank=True)
    findings = models.JSONField(default=list)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "asked_at"],
                name="duty_change_open",
                condition=Q(state__in=("asked", "agreed")),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("swap", "override", "repair"))
                & Q(state__in=("asked", "agreed", "done", "refused", "withdrawn")),
                name="duty_change_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(approved_by__isnull=False, ended_at__isnull=False),
                name="duty_change_done_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="override") | ~Q(reason=""), name="duty_change_override_has_reason"
            ),
        ]


class DutyMove(Tenanted):
    """One part of a change: in this span of a post, who leaves and who takes it. Nobody leaves an empty place."""

    change = models.ForeignKey(DutyChange, models.PROTECT, related_name="moves")
    number = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    leaves = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    takes = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["change", "number"], name="duty_move_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_move_lasts"),
            models.CheckConstraint(
                condition=Q(leaves__isnull=False) | Q(takes__isnull=False), name="duty_move_moves"
            ),
        ]


class DutyConsent(Tenanted):
    """Whether a person concerned agrees to a change; null until they have answered, and an answer stays."""

    change = models.ForeignKey(DutyChange, models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    agrees = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "person"], name="duty_consent_once")]


class RosterFeed(Tenanted):
    """A calendar address without a sign-in, for one person's turns or one post's. Only its hash is kept."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=60, default="", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, role="") | (Q(person__isnull=True) & ~Q(role="")),
                name="roster_feed_of_one",
            )
        ]
