"""What is known of holders of duty roles beside their channels: qualifications, deputies, leave; and what leave does.

`store_held` is the one place that takes leave, and what lies outside a person's own dates, off their duty. It has the
rights of who asks it, so that row security holds through it.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dutyroom.store.models.organisation

TABLES = ("qualification", "deputy", "leave", "sparechannel")
NAMES = ", ".join(f"store_{table}" for table in TABLES)

GRANTS = f"""
GRANT SELECT, INSERT, UPDATE ON {NAMES} TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON {NAMES} FROM dutyroom_app;
GRANT DELETE ON store_sparechannel TO dutyroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dutyroom_app;
"""


def _scoped(table: str) -> str:
    return f"""
    ALTER TABLE store_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON store_{table} USING (
      current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
    );
    """


HELD = """
CREATE VIEW store_held WITH (security_invoker = true) AS
SELECT d.tenant, d.site_id, d.role, d.person_id, d.place, d.standing, lower(span) AS starts_at, upper(span) AS ends_at
FROM store_duty d
JOIN store_person p ON p.id = d.person_id
LEFT JOIN LATERAL (
  SELECT range_agg(tstzrange(l.starts_at, l.ends_at)) AS spans FROM store_leave l
  WHERE l.person_id = d.person_id AND l.state = 'noted'
) away ON true
CROSS JOIN LATERAL unnest(
  tstzmultirange(
    tstzrange(d.starts_at, d.ends_at)
    * tstzrange(p.starts_at, CASE WHEN p.ends_at IS NOT NULL THEN greatest(p.ends_at, p.starts_at) END)
  ) - coalesce(away.spans, '{}'::tstzmultirange)
) AS span;
GRANT SELECT ON store_held TO dutyroom_app;
"""

# Until now only the roster said who holds which post: whoever holds one may hold it.
POSTS = """
SELECT set_config('app.tenant', '*', true);
UPDATE store_person p SET posts = held.roles
FROM (SELECT person_id, array_agg(DISTINCT role ORDER BY role) AS roles FROM store_duty GROUP BY person_id) held
WHERE held.person_id = p.id;
SELECT set_config('app.tenant', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0008_calendar")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="posts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, db_default=[], size=None
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="second_language",
            field=models.CharField(blank=True, db_default="", max_length=2),
        ),
        migrations.AddField(
            model_name="person",
            name="unit",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="site",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Deputy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("place", models.PositiveSmallIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("person", "place"),
                        name="deputy_place_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("deputy")), _negated=True),
                        name="deputy_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("state", models.CharField(default="noted", max_length=12)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "starts_at"], name="leave_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("annual", "sick", "other")),
                            ("state__in", ("wished", "noted", "declined", "withdrawn")),
                        ),
                        name="leave_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_on__gte", models.F("first_on")), ("ends_at__gte", models.F("starts_at"))
                        ),
                        name="leave_lasts",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "noted")),
                        expressions=[
                            (
                                dutyroom.store.models.organisation.DutyRange(
                                    "starts_at",
                                    "ends_at",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("person", "="),
                        ],
                        name="leave_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=60)),
                ("valid_until", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("person", "kind"),
                        name="qualification_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpareChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tenant", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=20)),
                ("address", models.CharField(max_length=200)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spare_channels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind"), name="spare_channel_once")
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
        migrations.RunSQL(HELD, "DROP VIEW store_held;"),
        migrations.RunSQL(POSTS, migrations.RunSQL.noop),
    ]
