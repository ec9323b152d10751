"""Random handles that sign one person in: stored hashed, recalled at will, used on a page with a button."""

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.store.instants import to_datetime


def holder(pool: ConnectionPool[Connection[DictRow]], code: str, number: str) -> str | None:
    """The person who has the staff number in the site's tenant and has not left; None if nobody has."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT p.id::text AS person FROM store_person p JOIN store_site s ON s.tenant = p.tenant "
            "WHERE s.code = %s AND p.number = %s AND (p.ends_at IS NULL OR p.ends_at > now())",
            [code, number],
        ).fetchone()
    return str(row["person"]) if row else None


def invite(
    pool: ConnectionPool[Connection[DictRow]],
    person: str,
    token_hash: str,
    expires_at: Instant,
    *,
    level: str = "full",
    reusable: bool = False,
) -> None:
    """Keep an invitation of the person. Raises nothing for an unknown person: it simply signs nobody in."""
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO store_link (tenant, token_hash, person_id, purpose, key, level, expires_at, reusable) "
            "SELECT tenant, %s, id, 'invitation', '', %s, %s, %s FROM store_person WHERE id = %s",
            [token_hash, level, to_datetime(expires_at), reusable, person],
        )
