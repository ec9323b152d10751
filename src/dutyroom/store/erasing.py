"""Erases compartments whose clock has run out, and keeps on record that they went and that they were read.

The record keeps only salted commitments, so its chains and trees verify as before, and nothing can be read any more.
Erasure is complete when the last backup of the keys has expired; how long that is, is the installation's to say.
"""

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import Row, transaction
from dutyroom.store.sitechain import append_site_entry

AT_ONCE = 100


def erase_due(pool: ConnectionPool[Connection[DictRow]], now: Instant) -> int:
    """Erase what is due, up to AT_ONCE compartments, each whole; returns how many."""
    with transaction(pool) as connection:
        due = connection.execute(
            'SELECT id::text, tenant::text, site_id::text AS site, "case"::text, kind, basis FROM store_compartment '
            "WHERE erased_at IS NULL AND erase_at <= %s ORDER BY erase_at LIMIT %s FOR UPDATE SKIP LOCKED",
            [to_datetime(now), AT_ONCE],
        ).fetchall()
        for row in due:
            _erase(connection, row, now)
    return len(due)


def _erase(connection: Connection[DictRow], row: Row, now: Instant) -> None:
    blobs = connection.execute("DELETE FROM store_blob WHERE compartment_id = %s", [row["id"]]).rowcount
    connection.execute(
        "UPDATE store_compartment SET wrapped_key = NULL, erased_at = %s WHERE id = %s",
        [to_datetime(now), row["id"]],
    )
    body = {
        "compartment": row["id"],
        "case": row["case"],
        "kind": row["kind"],
        "rule": row["basis"],
        "blobs": blobs,
    }
    append_site_entry(connection, row["tenant"], row["site"], "CompartmentErased", body, now)


def note_reading(
    pool: ConnectionPool[Connection[DictRow]], blob: str, reader: str, reason: str, now: Instant
) -> None:
    """Put on record that somebody reads a sealed text, and why. Raises LookupError for one that is not there."""
    with transaction(pool) as connection:
        row = connection.execute(
            'SELECT c.id::text, c.tenant::text, c.site_id::text AS site, c."case"::text, c.kind FROM store_blob b '
            "JOIN store_compartment c ON c.id = b.compartment_id WHERE b.id = %s",
            [blob],
        ).fetchone()
        if row is None:
            raise LookupError(blob)
        body = {
            "compartment": row["id"],
            "case": row["case"],
            "kind": row["kind"],
            "reader": reader,
            "reason": reason,
        }
        append_site_entry(connection, row["tenant"], row["site"], "SealedRead", body, now)
