"""Who and where: the tree of sites, the people who hold duty roles, their channels, their duty, the plan editions."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Deferrable, Func, Q


class Tenanted(models.Model):
    """A row of one tenant. The database shows a session only its own tenant's rows (see the first migration)."""

    tenant = models.UUIDField(db_index=True)

    class Meta:
        abstract = True


class Site(Tenanted):
    """A node of the tree group → company → project → crew. `path` is the ids from the root, for subtree scoping.

    A node ends by an end date; what happened there stays.
    """

    id = models.UUIDField(primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.TextField()
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    duty_phone = models.CharField(max_length=40)
    headcounts = models.JSONField(default=dict)
    ends_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=0)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_zh


class Person(AbstractBaseUser, Tenanted):
    """A holder of a duty role, with an account. Never an ordinary worker. Leaves by an end date, is never deleted.

    `posts` are the roles that the person may hold; who holds one when is `Duty`. `second_language` may be empty.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, default="zh")
    second_language = models.CharField(max_length=2, db_default="", blank=True)
    unit = models.CharField(max_length=80, db_default="", blank=True)
    posts = ArrayField(models.CharField(max_length=60), db_default=[], blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="person_number_once")]


class Channel(Tenanted):
    """One way to reach a person, in order. `answered_at` is the last answer of the person on it: reachability ages."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="channels")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    wait_seconds = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="channel_place_once")]


class DutyRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class Duty(Tenanted):
    """A person holds a role of a site's plan. Without an end it is a standing post; `place` 0 is asked first.

    `excludes` is the post's group in `PostExclusion`, filled in by the database.
    """

    site = models.ForeignKey(Site, models.PROTECT)
    role = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT)
    place = models.PositiveSmallIntegerField(default=0)
    standing = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    excludes = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="duty_posts_exclude",
                deferrable=Deferrable.DEFERRED,
                expressions=[
                    (DutyRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("tenant", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("excludes", RangeOperators.EQUAL),
                ],
                condition=~Q(excludes=""),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="duty_ends_after_start",
            ),
            *(
                ExclusionConstraint(
                    name=name,
                    deferrable=Deferrable.DEFERRED,
                    expressions=[
                        (DutyRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                        ("site", RangeOperators.EQUAL),
                        ("role", RangeOperators.EQUAL),
                        ("standing", RangeOperators.EQUAL),
                        (column, RangeOperators.EQUAL),
                    ],
                )
                for name, column in (("duty_one_in_a_place", "place"), ("duty_person_once", "person"))
            ),
        ]


class Edition(Tenanted):
    """An immutable edition of a plan, as its text. The newest `in_force_at` that has passed is in force.

    `drills` are the texts of the drill scripts that came with it.
    """

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    plan = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    roster_text = models.TextField(default="")
    drills = models.JSONField(default=list)
    in_force_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "sha256"], name="edition_once")]
