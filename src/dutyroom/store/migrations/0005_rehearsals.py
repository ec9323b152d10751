"""What was rehearsed at a site, the drill scripts of an edition, and calls that an exercise must not make.

Nobody deletes a rehearsal, and a signed report never changes again. A call of an exercise to a body outside can stand
in the outbox only as withheld, whoever writes it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("rehearsal",)

DEFAULTS = """
ALTER TABLE store_delivery ALTER COLUMN outside SET DEFAULT false;
ALTER TABLE store_edition ALTER COLUMN drills SET DEFAULT '[]';
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON store_rehearsal TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON store_rehearsal FROM dutyroom_app;
"""

SCOPED = """
ALTER TABLE store_rehearsal ENABLE ROW LEVEL SECURITY;
ALTER TABLE store_rehearsal FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON store_rehearsal USING (
  current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
);
"""

SIGNED = """
CREATE FUNCTION dutyroom_signed_rehearsal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL THEN
    RAISE EXCEPTION 'rehearsal % is signed and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.site_id, NEW.edition_id, NEW.kind, NEW.script, NEW.seed, NEW.started_by_id, NEW.started_at, NEW.case_id)
    IS DISTINCT FROM
     (OLD.site_id, OLD.edition_id, OLD.kind, OLD.script, OLD.seed, OLD.started_by_id, OLD.started_at, OLD.case_id) THEN
    RAISE EXCEPTION 'rehearsal %: what was rehearsed does not change', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_rehearsal BEFORE UPDATE ON store_rehearsal
  FOR EACH ROW EXECUTE FUNCTION dutyroom_signed_rehearsal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("script", models.TextField(default="")),
                ("seed", models.BigIntegerField(default=0)),
                ("runs", models.PositiveIntegerField(default=1)),
                ("duty", models.CharField(blank=True, default="", max_length=80)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("progress", models.PositiveIntegerField(default=0)),
                ("lease_lock", models.BigIntegerField(null=True)),
                ("result", models.TextField(blank=True, default="")),
                ("failure", models.CharField(blank=True, default="", max_length=80)),
                ("hushed_at", models.DateTimeField(null=True)),
                ("marks", models.JSONField(default=dict)),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsal",
                        to="store.case",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.edition"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["site", "-started_at"], name="rehearsal_by_site"),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "running"))),
                        fields=["started_at"],
                        name="rehearsal_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("scripted", "random", "live"))),
                        name="rehearsal_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("queued", "running", "done", "failed"))),
                        name="rehearsal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", False), ("kind", "live")),
                            models.Q(models.Q(("kind", "live"), _negated=True), ("case__isnull", True)),
                            _connector="OR",
                        ),
                        name="rehearsal_live_has_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(
                                ("signed_at__isnull", False), ("signed_by__isnull", False), ("state", "done")
                            ),
                            _connector="OR",
                        ),
                        name="rehearsal_signed_whole",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="outside",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="edition",
            name="drills",
            field=models.JSONField(default=list),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exercise", False), ("outside", False), ("state", "withheld"), _connector="OR"
                ),
                name="delivery_exercise_stays_inside",
            ),
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(SCOPED, migrations.RunSQL.noop),
        migrations.RunSQL(SIGNED, "DROP FUNCTION dutyroom_signed_rehearsal() CASCADE;"),
    ]
