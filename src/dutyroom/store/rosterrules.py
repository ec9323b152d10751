"""An organisation's rules for the rosters of a site, as text: the newest counts, the older ones stay."""

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant, iso
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]


def newest_rules(pool: Pool, site: str) -> str:
    """The text; empty where none was ever saved."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT text FROM store_rosterrulesedition WHERE site_id = %s ORDER BY saved_at DESC, id DESC LIMIT 1",
            [site],
        ).fetchone()
    return row["text"] if row else ""


def save_rules(pool: Pool, site: str, text: str, by: str, now: Instant) -> None:
    """Keep the text as the newest; the same as the one before is not kept twice."""
    with transaction(pool) as connection:
        row = connection.execute(
            "SELECT tenant::text, (SELECT text FROM store_rosterrulesedition WHERE site_id = s.id "
            "ORDER BY saved_at DESC, id DESC LIMIT 1) AS text FROM store_site s WHERE id = %s FOR UPDATE",
            [site],
        ).fetchone()
        if row is None:
            raise LookupError(site)
        if row["text"] == text:
            return
        connection.execute(
            "INSERT INTO store_rosterrulesedition (tenant, site_id, text, saved_by_id, saved_at) "
            "VALUES (%s, %s, %s, %s, %s)",
            [row["tenant"], site, text, by or None, to_datetime(now)],
        )
        append_site_entry(connection, row["tenant"], site, "RosterRulesSaved", {"at": iso(now)}, now, by)
