"""Proofs of cover, and the holes they found.

Nobody deletes either. A proof that is done or failed never changes again, nor does a hole that has ended; what a hole
is, and where, is said once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("proof", "coverhole")

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON store_proof, store_coverhole TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON store_proof, store_coverhole FROM dutyroom_app;
"""


def _scoped(table: str) -> str:
    return f"""
    ALTER TABLE store_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON store_{table} USING (
      current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
    );
    """


KEPT = """
CREATE FUNCTION dutyroom_kept_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('done', 'failed') THEN
    RAISE EXCEPTION 'proof % is made and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_proof BEFORE UPDATE ON store_proof FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_proof();
CREATE FUNCTION dutyroom_kept_hole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'hole % has ended and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.tenant, NEW.site_id, NEW.key, NEW.found_at) IS DISTINCT FROM (OLD.tenant, OLD.site_id, OLD.key, OLD.found_at)
  THEN
    RAISE EXCEPTION 'hole %: which one it is does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_hole BEFORE UPDATE ON store_coverhole FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_hole();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_rehearsals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("site_version", models.BigIntegerField()),
                ("missing", models.PositiveSmallIntegerField(default=1)),
                ("together", models.BooleanField(default=False)),
                ("idle", models.BooleanField(default=False)),
                ("evidence", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("progress", models.PositiveIntegerField(default=0)),
                ("questions", models.PositiveIntegerField(default=0)),
                ("lease_lock", models.BigIntegerField(null=True)),
                ("made_of", models.CharField(blank=True, default="", max_length=64)),
                ("holes", models.PositiveIntegerField(default=0)),
                ("covered_until", models.DateTimeField(null=True)),
                ("evidence_until", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("result", models.TextField(blank=True, default="")),
                ("failure", models.CharField(blank=True, default="", max_length=80)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.edition"
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.CreateModel(
            name="CoverHole",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
                ("question", models.CharField(max_length=160)),
                ("asked", models.PositiveIntegerField(default=1)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("owed_by", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("found_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
                (
                    "proof",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.proof"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(fields=["site", "-asked_at"], name="proof_by_site"),
        ),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running"))),
                fields=["asked_at"],
                name="proof_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="proof",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("queued", "running", "done", "failed"))),
                name="proof_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proof",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("covered_until__isnull", False), ("made_at__isnull", False)),
                    _connector="OR",
                ),
                name="proof_done_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proof",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "queued")),
                fields=("site", "missing", "together", "idle", "evidence"),
                name="proof_waits_once",
            ),
        ),
        migrations.AddIndex(
            model_name="coverhole",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["site", "opens_at"],
                name="cover_hole_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="coverhole",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["owner", "owed_by"], name="cover_hole_owned"
            ),
        ),
        migrations.AddConstraint(
            model_name="coverhole",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("site", "key"), name="cover_hole_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="coverhole",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="cover_hole_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="coverhole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_by__isnull", True),
                        ("ended_at__isnull", True),
                        ("reason", ""),
                        ("state", "open"),
                    ),
                    models.Q(
                        ("accepted_by__isnull", False),
                        ("ended_at__isnull", True),
                        ("state", "accepted"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(("ended_at__isnull", False), ("state", "mended")),
                    _connector="OR",
                ),
                name="cover_hole_state_whole",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
        migrations.RunSQL(
            KEPT, "DROP FUNCTION dutyroom_kept_proof() CASCADE; DROP FUNCTION dutyroom_kept_hole() CASCADE;"
        ),
    ]
