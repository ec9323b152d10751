"""Posts that exclude each other, rosters being made, changes of turns, feeds of duty.

Nobody deletes any of them. A draft that is published, a change that has ended, an answer that was given never change
again. Every turn of duty is given its post's group of exclusion here, whoever writes it; and nobody stands at one time
on two posts of a group, at whatever sites: the database refuses it.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dutyroom.store.models.organisation

TABLES = (
    "postexclusion",
    "rosterrulesedition",
    "rosterdraft",
    "dutychange",
    "dutymove",
    "dutyconsent",
    "rosterfeed",
)
APPEND_ONLY = ("dutymove", "rosterrulesedition")
NAMES = ", ".join(f"store_{table}" for table in TABLES)

GRANTS = f"""
GRANT SELECT, INSERT, UPDATE ON {NAMES} TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON {NAMES} FROM dutyroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dutyroom_app;
"""


def _append_only(table: str) -> str:
    return f"""
    CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON store_{table}
      FOR EACH ROW EXECUTE FUNCTION dutyroom_append_only();
    CREATE TRIGGER append_only_table BEFORE TRUNCATE ON store_{table}
      FOR EACH STATEMENT EXECUTE FUNCTION dutyroom_append_only();
    REVOKE UPDATE ON store_{table} FROM dutyroom_app;
    """


def _scoped(table: str) -> str:
    return f"""
    ALTER TABLE store_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON store_{table} USING (
      current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
    );
    """


EXCLUDED = """
CREATE FUNCTION dutyroom_duty_excludes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.excludes := coalesce(
    (SELECT excludes FROM store_postexclusion WHERE site_id = NEW.site_id AND role = NEW.role), '');
  RETURN NEW;
END $$;
CREATE TRIGGER duty_excludes BEFORE INSERT OR UPDATE ON store_duty
  FOR EACH ROW EXECUTE FUNCTION dutyroom_duty_excludes();
"""

KEPT = """
CREATE FUNCTION dutyroom_kept_roster() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('failed', 'published', 'rejected') THEN
    RAISE EXCEPTION 'roster % has ended and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state IN ('proposed', 'approved') AND NEW.text IS DISTINCT FROM OLD.text THEN
    RAISE EXCEPTION 'roster % is proposed: its text does not change', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_roster BEFORE UPDATE ON store_rosterdraft FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_roster();
CREATE FUNCTION dutyroom_kept_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('done', 'refused', 'withdrawn') THEN
    RAISE EXCEPTION 'change % has ended and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_change BEFORE UPDATE ON store_dutychange FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_change();
CREATE FUNCTION dutyroom_kept_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'an answer stays as it was given' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_consent BEFORE UPDATE ON store_dutyconsent FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_consent();
"""
UNDO = """
DROP FUNCTION dutyroom_duty_excludes() CASCADE;
DROP FUNCTION dutyroom_kept_roster() CASCADE;
DROP FUNCTION dutyroom_kept_change() CASCADE;
DROP FUNCTION dutyroom_kept_consent() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0009_people")]

    operations = [
        migrations.CreateModel(
            name="PostExclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("role", models.CharField(max_length=60)),
                ("excludes", models.CharField(blank=True, default="", max_length=60)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.CreateModel(
            name="RosterRulesEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("text", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
            options={
                "indexes": [models.Index(fields=["site", "-saved_at"], name="roster_rules_by_site")],
            },
        ),
        migrations.CreateModel(
            name="RosterDraft",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("how", models.CharField(default="solver", max_length=12)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("wanted", models.JSONField(default=dict)),
                ("text", models.TextField(blank=True, default="")),
                ("result", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("doing", models.CharField(blank=True, default="", max_length=80)),
                ("failure", models.CharField(blank=True, default="", max_length=80)),
                ("lease_lock", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.CreateModel(
            name="DutyChange",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="asked", max_length=12)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("findings", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.CreateModel(
            name="DutyMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=60)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="store.dutychange",
                    ),
                ),
                (
                    "leaves",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "takes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="DutyConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("agrees", models.BooleanField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="store.dutychange",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RosterFeed",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("role", models.CharField(blank=True, default="", max_length=60)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.AddField(
            model_name="duty",
            name="excludes",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("excludes", ""), _negated=True),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    (
                        dutyroom.store.models.organisation.DutyRange(
                            "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                    ("tenant", "="),
                    ("person", "="),
                    ("excludes", "="),
                ],
                name="duty_posts_exclude",
            ),
        ),
        migrations.AddIndex(
            model_name="dutychange",
            index=models.Index(
                condition=models.Q(("state__in", ("asked", "agreed"))),
                fields=["site", "asked_at"],
                name="duty_change_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("swap", "override", "repair")),
                    ("state__in", ("asked", "agreed", "done", "refused", "withdrawn")),
                ),
                name="duty_change_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("approved_by__isnull", False), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="duty_change_done_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "override"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="duty_change_override_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyconsent",
            constraint=models.UniqueConstraint(fields=("change", "person"), name="duty_consent_once"),
        ),
        migrations.AddConstraint(
            model_name="dutymove",
            constraint=models.UniqueConstraint(fields=("change", "number"), name="duty_move_once"),
        ),
        migrations.AddConstraint(
            model_name="dutymove",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="duty_move_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutymove",
            constraint=models.CheckConstraint(
                condition=models.Q(("leaves__isnull", False), ("takes__isnull", False), _connector="OR"),
                name="duty_move_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="postexclusion",
            constraint=models.UniqueConstraint(fields=("site", "role"), name="post_exclusion_once"),
        ),
        migrations.AddIndex(
            model_name="rosterdraft",
            index=models.Index(fields=["site", "-asked_at"], name="roster_draft_by_site"),
        ),
        migrations.AddIndex(
            model_name="rosterdraft",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running"))),
                fields=["asked_at"],
                name="roster_draft_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="roster_draft_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("how__in", ("solver", "hand", "file")),
                    (
                        "state__in",
                        (
                            "queued",
                            "running",
                            "failed",
                            "draft",
                            "proposed",
                            "approved",
                            "published",
                            "rejected",
                        ),
                    ),
                ),
                name="roster_draft_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="roster_draft_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "published")), _negated=True),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        models.Q(("text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="roster_draft_approved_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("person__isnull", False), ("role", "")),
                    models.Q(("person__isnull", True), models.Q(("role", ""), _negated=True)),
                    _connector="OR",
                ),
                name="roster_feed_of_one",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
        migrations.RunSQL([_append_only(table) for table in APPEND_ONLY], migrations.RunSQL.noop),
        migrations.RunSQL(EXCLUDED + KEPT, UNDO),
    ]
