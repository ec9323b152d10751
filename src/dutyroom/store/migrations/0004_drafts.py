"""Drafts of a plan and their approval: saves are append-only, and nobody approves what they wrote.

What the pages promise, the database holds as well, whoever asks: the approver is none of those who saved, an ended
draft and the text of an edition never change.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("plandraft", "plandraftrevision")

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON store_plandraft TO dutyroom_app;
GRANT SELECT, INSERT ON store_plandraftrevision TO dutyroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dutyroom_app;
REVOKE UPDATE, DELETE, TRUNCATE ON store_plandraftrevision FROM dutyroom_app;
REVOKE DELETE, TRUNCATE ON store_plandraft FROM dutyroom_app;
"""

APPEND_ONLY = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON store_plandraftrevision
  FOR EACH ROW EXECUTE FUNCTION dutyroom_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON store_plandraftrevision
  FOR EACH STATEMENT EXECUTE FUNCTION dutyroom_append_only();
"""

SECOND_PERSON = """
CREATE FUNCTION dutyroom_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('approved', 'dropped') THEN
    RAISE EXCEPTION 'draft % has ended and does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'approved' AND EXISTS (
    SELECT FROM store_plandraftrevision WHERE draft_id = NEW.id AND author_id = NEW.approved_by_id
  ) THEN
    RAISE EXCEPTION 'draft %: who wrote it cannot approve it', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER second_person BEFORE UPDATE ON store_plandraft
  FOR EACH ROW EXECUTE FUNCTION dutyroom_second_person();
"""

SAME_TEXT = """
CREATE FUNCTION dutyroom_same_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.text, NEW.sha256, NEW.site_id) IS DISTINCT FROM (OLD.text, OLD.sha256, OLD.site_id) THEN
    RAISE EXCEPTION 'edition % does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER same_text BEFORE UPDATE ON store_edition FOR EACH ROW EXECUTE FUNCTION dutyroom_same_text();
"""


def _scoped(table: str) -> str:
    return f"""
    ALTER TABLE store_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON store_{table} USING (
      current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
    );
    """


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_open_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanDraft",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("state", models.CharField(default="draft", max_length=12)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
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
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="store.edition",
                    ),
                ),
                (
                    "edition",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval",
                        to="store.edition",
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.CreateModel(
            name="PlanDraftRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("text", models.TextField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="store.plandraft",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="plandraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "checked"))),
                fields=("site",),
                name="plan_draft_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="plandraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="plan_draft_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="plandraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_by__isnull", False),
                        ("edition__isnull", False),
                        ("ended_at__isnull", False),
                        ("state", "approved"),
                    ),
                    models.Q(
                        ("approved_by__isnull", True),
                        ("edition__isnull", True),
                        ("state__in", ("draft", "checked", "dropped")),
                    ),
                    _connector="OR",
                ),
                name="plan_draft_approved_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="plandraftrevision",
            constraint=models.UniqueConstraint(fields=("draft", "number"), name="plan_draft_revision_once"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(SECOND_PERSON, "DROP FUNCTION dutyroom_second_person() CASCADE;"),
        migrations.RunSQL(SAME_TEXT, "DROP FUNCTION dutyroom_same_text() CASCADE;"),
    ]
