"""What runs by the calendar: how far its days are opened at a site, and who kept a post until the next one accepted it.

Who kept a post is a fact: rows are added and never changed.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("dutyclock", "dutykept")
APPEND_ONLY = ("dutykept",)

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON store_dutyclock TO dutyroom_app;
GRANT SELECT, INSERT ON store_dutykept TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON store_dutyclock, store_dutykept FROM dutyroom_app;
REVOKE UPDATE ON store_dutykept FROM dutyroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dutyroom_app;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON store_dutykept
  FOR EACH ROW EXECUTE FUNCTION dutyroom_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON store_dutykept
  FOR EACH STATEMENT EXECUTE FUNCTION dutyroom_append_only();
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
    dependencies = [("store", "0006_proofs")]

    operations = [
        migrations.AddField("obligation", "begins_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["site", "kind", "-opened_at"],
                name="case_of_calendar",
                condition=~models.Q(kind="incident"),
            ),
        ),
        migrations.CreateModel(
            name="DutyClock",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="store.site",
                    ),
                ),
                ("began_on", models.DateField()),
                ("opened_until", models.DateField()),
                ("site_version", models.BigIntegerField(default=0)),
                ("edition", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DutyKept",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("role", models.CharField(max_length=60)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.case")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
            ],
        ),
        migrations.AddIndex("dutykept", models.Index(fields=["site", "ends_at"], name="duty_kept_by_site")),
        migrations.AddConstraint(
            "dutykept",
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="duty_kept_lasts"
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
    ]
