"""Official notices of holidays, declared special periods, and outside warnings with the feeds they come by.

Nobody deletes any of them. What a notice, a period or a warning says never changes after it is entered; only how it
ended, and what a person decided about it, is written later, once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("calendarnotice", "declaredperiod", "warningfeed", "receivedwarning")

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON store_calendarnotice, store_declaredperiod, store_warningfeed, store_receivedwarning
  TO dutyroom_app;
REVOKE DELETE, TRUNCATE ON store_calendarnotice, store_declaredperiod, store_warningfeed, store_receivedwarning
  FROM dutyroom_app;
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
CREATE FUNCTION dutyroom_kept_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.superseded_at IS NOT NULL OR (NEW.tenant, NEW.year, NEW.text, NEW.status, NEW.entered_by_id, NEW.entered_at)
    IS DISTINCT FROM (OLD.tenant, OLD.year, OLD.text, OLD.status, OLD.entered_by_id, OLD.entered_at)
  THEN
    RAISE EXCEPTION 'notice % does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_notice BEFORE UPDATE ON store_calendarnotice FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_notice();

CREATE FUNCTION dutyroom_kept_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL OR (NEW.tenant, NEW.site_id, NEW.period, NEW.starts_at, NEW.ends_at, NEW.source,
      NEW.reason, NEW.declared_by_id, NEW.declared_at)
    IS DISTINCT FROM (OLD.tenant, OLD.site_id, OLD.period, OLD.starts_at, OLD.ends_at, OLD.source,
      OLD.reason, OLD.declared_by_id, OLD.declared_at)
  THEN
    RAISE EXCEPTION 'declared period % does not change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_period BEFORE UPDATE ON store_declaredperiod FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_period();

CREATE FUNCTION dutyroom_kept_warning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.tenant, NEW.site_id, NEW.identifier, NEW.part, NEW.sender, NEW.sent_at, NEW.kind, NEW.status, NEW.event,
      NEW.hazard, NEW.colour, NEW.areas, NEW.onset_at, NEW.expires_at, NEW.supersedes, NEW.sha256, NEW.text,
      NEW.received_at, NEW.via)
    IS DISTINCT FROM (OLD.tenant, OLD.site_id, OLD.identifier, OLD.part, OLD.sender, OLD.sent_at, OLD.kind, OLD.status,
      OLD.event, OLD.hazard, OLD.colour, OLD.areas, OLD.onset_at, OLD.expires_at, OLD.supersedes, OLD.sha256, OLD.text,
      OLD.received_at, OLD.via)
    OR (OLD.decided_at IS NOT NULL AND (NEW.state, NEW.reason, NEW.decided_by_id, NEW.decided_at)
      IS DISTINCT FROM (OLD.state, OLD.reason, OLD.decided_by_id, OLD.decided_at))
    OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
  THEN
    RAISE EXCEPTION 'warning %: what it says, and what was decided, does not change', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_warning BEFORE UPDATE ON store_receivedwarning
  FOR EACH ROW EXECUTE FUNCTION dutyroom_kept_warning();
"""
UNKEPT = """
DROP FUNCTION dutyroom_kept_notice() CASCADE;
DROP FUNCTION dutyroom_kept_period() CASCADE;
DROP FUNCTION dutyroom_kept_warning() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0007_duty")]

    operations = [
        migrations.CreateModel(
            name="WarningFeed",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("areas", models.TextField(blank=True, default="")),
                ("period", models.CharField(blank=True, default="", max_length=60)),
                ("from_colour", models.CharField(blank=True, default="", max_length=8)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "made_by",
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarNotice",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("status", models.CharField(max_length=12)),
                ("entered_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("tenant", "year"),
                        name="notice_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("official", "provisional"))),
                        name="notice_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclaredPeriod",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("period", models.CharField(max_length=60)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("source", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=400)),
                ("declared_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "declared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.site")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["site", "ends_at"],
                        name="period_standing",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="period_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ("superior", "warning", "organisation"))),
                        name="period_source_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedWarning",
            fields=[
                ("tenant", models.UUIDField(db_index=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("identifier", models.CharField(max_length=200)),
                ("part", models.PositiveSmallIntegerField()),
                ("sender", models.CharField(max_length=200)),
                ("sent_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=8)),
                ("status", models.CharField(max_length=10)),
                ("event", models.CharField(max_length=120)),
                ("hazard", models.CharField(blank=True, max_length=60)),
                ("colour", models.CharField(blank=True, max_length=8)),
                ("areas", models.JSONField(default=list)),
                ("heeded", models.JSONField(default=dict)),
                ("headline", models.CharField(blank=True, max_length=400)),
                ("onset_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("supersedes", models.JSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("via", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("decided_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.case",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.case",
                    ),
                ),
                (
                    "decided_by",
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
                "indexes": [models.Index(fields=["site", "-received_at"], name="warning_by_site")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "sender", "identifier", "part"), name="warning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("waiting", "confirmed", "dismissed", "automatic", "noted"))
                        ),
                        name="warning_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gte", models.F("onset_at"))), name="warning_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dismissed"), _negated=True),
                            models.Q(models.Q(("reason", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="warning_dismissed_with_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TABLES], migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, UNKEPT),
    ]
