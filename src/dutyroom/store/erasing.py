"""Erases compartments whose clock has run out, and keeps on record that they went and that they were read.

The record keeps only salted commitments, so its chains and trees verify as before, and nothing can be read any more.
Erasure is complete when the last backup of the keys has expired; how long that is, is the installation's to say.
"""

import uuid

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant, iso
from dutyroom.core.ledger import Entry, canonical, leaf
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import Row, transaction
from dutyroom.store.writing import insert

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


def append_site_entry(
    connection: Connection[DictRow], tenant: str, site: str, kind: str, body: dict[str, object], now: Instant
) -> None:
    """Append an entry that belongs to the site and to no case; the site's own chain orders these."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('chain' || %s, 0))", [site])
    last = connection.execute(
        "SELECT case_seq, leaf FROM store_entry WHERE site_id = %s AND case_id IS NULL ORDER BY case_seq DESC LIMIT 1",
        [site],
    ).fetchone()
    entry = Entry(
        entry_id=str(uuid.uuid5(uuid.UUID(site), f"{kind}/{(last or {}).get('case_seq', 0) + 1}")),
        site=site,
        case=None,
        case_seq=(last["case_seq"] if last else 0) + 1,
        type=kind,
        at=iso(now),
        recorded_at=iso(now),
        actor="",
        body=canonical(body).decode(),
        previous=last["leaf"] if last else "",
    )
    row = {
        "tenant": tenant,
        "entry_id": entry.entry_id,
        "site_id": site,
        "case_id": None,
        "case_seq": entry.case_seq,
        "type": kind,
        "at": entry.at,
        "recorded_at": entry.recorded_at,
        "actor": "",
        "body": entry.body,
        "previous": entry.previous,
        "leaf": leaf(entry).hex(),
    }
    insert(connection, "store_entry", [row])
