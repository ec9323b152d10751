"""How a new edition comes about: a draft, every saving of it, and the second person who approved it."""

from django.db import models
from django.db.models import F, Q

from dutyroom.store.models.organisation import Edition, Person, Site, Tenanted


class PlanDraft(Tenanted):
    """One attempt at a new edition of a site's plan. `state`: draft, checked, approved, dropped.

    A site has one that is open. `author` began it; everybody who saved it stands among its revisions, and none of them
    approves it: the database refuses that too. Once approved or dropped the row never changes again.
    """

    OPEN = ("draft", "checked")

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    base = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="drafts")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="draft")
    revision = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    edition = models.OneToOneField(Edition, models.PROTECT, null=True, related_name="approval")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(state__in=("draft", "checked")), name="plan_draft_one_open"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
                name="plan_draft_second_person",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="approved",
                        approved_by__isnull=False,
                        edition__isnull=False,
                        ended_at__isnull=False,
                    )
                    | Q(
                        state__in=("draft", "checked", "dropped"),
                        approved_by__isnull=True,
                        edition__isnull=True,
                    )
                ),
                name="plan_draft_approved_whole",
            ),
        ]


class PlanDraftRevision(Tenanted):
    """One saving of a draft: who, when, the whole text. Append-only."""

    draft = models.ForeignKey(PlanDraft, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="plan_draft_revision_once")]
