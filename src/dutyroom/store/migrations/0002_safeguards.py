"""What the database itself refuses, whoever asks: changing the record, and seeing another tenant's rows.

The application works under the role `dutyroom_app`, which owns nothing. Row security is forced, so that even the owner
of the tables sees only the tenant named in `app.tenant`; the worker, which serves all tenants, names `*`.
"""

from django.db import migrations

TENANTED = (
    "site",
    "person",
    "channel",
    "duty",
    "edition",
    "case",
    "entry",
    "seal",
    "checkpoint",
    "command",
    "obligation",
    "delivery",
    "attempt",
    "link",
    "device",
    "compartment",
    "blob",
)
APPEND_ONLY = ("entry", "seal", "checkpoint", "attempt", "command")
FREE = ("pulse", "outage")

ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dutyroom_app') THEN
    CREATE ROLE dutyroom_app NOLOGIN;
  END IF;
END $$;
GRANT dutyroom_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO dutyroom_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO dutyroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dutyroom_app;
"""

REFUSE = """
CREATE FUNCTION dutyroom_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _append_only(table: str) -> str:
    return f"""
    CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON store_{table}
      FOR EACH ROW EXECUTE FUNCTION dutyroom_append_only();
    CREATE TRIGGER append_only_table BEFORE TRUNCATE ON store_{table}
      FOR EACH STATEMENT EXECUTE FUNCTION dutyroom_append_only();
    REVOKE UPDATE, DELETE, TRUNCATE ON store_{table} FROM dutyroom_app;
    """


def _scoped(table: str) -> str:
    return f"""
    ALTER TABLE store_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON store_{table} USING (
      current_setting('app.tenant', true) = '*' OR tenant::text = current_setting('app.tenant', true)
    );
    """


# Nobody is deleted: people leave by an end date, cases stay. Only sealed blobs go, when their compartment is erased.
NEVER_DELETED = "REVOKE DELETE ON {} FROM dutyroom_app;".format(
    ", ".join(f"store_{table}" for table in TENANTED if table not in ("blob", "duty", "channel"))
)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]

    operations = [
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE, "DROP FUNCTION dutyroom_append_only() CASCADE;"),
        migrations.RunSQL([_append_only(table) for table in APPEND_ONLY], migrations.RunSQL.noop),
        migrations.RunSQL([_scoped(table) for table in TENANTED], migrations.RunSQL.noop),
        migrations.RunSQL(NEVER_DELETED, migrations.RunSQL.noop),
    ]
