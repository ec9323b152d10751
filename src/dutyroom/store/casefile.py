"""What is kept about one case, read for its archive: entries with their proofs, texts, people, calls, photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.ledger import Entry, Tree
from dutyroom.store.pool import transaction

_CASE = (
    "SELECT c.id::text AS case, c.site_id::text AS site, s.name_zh, s.name_en, s.zone, e.text AS plan_text, "
    "e.sha256, e.roster_text, c.edition_id::text AS edition FROM store_case c JOIN store_site s ON s.id = c.site_id "
    "JOIN store_edition e ON e.id = c.edition_id WHERE c.id = %s"
)
_ENTRIES = (
    "SELECT e.entry_id::text, e.site_id::text AS site, e.case_id::text AS case, e.case_seq, e.type, e.at, "
    "e.recorded_at, e.actor, e.body, e.previous, s.position FROM store_entry e "
    "LEFT JOIN store_seal s ON s.entry_id = e.id WHERE e.case_id = %s ORDER BY e.case_seq"
)
_DELIVERIES = (
    "SELECT d.id::text AS delivery, d.key, p.number AS person, d.channel, d.severity, d.state, a.number AS try, "
    "a.what, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS at, a.verdict, a.detail "
    "FROM store_delivery d "
    "JOIN store_person p ON p.id = d.person_id LEFT JOIN store_attempt a ON a.delivery_id = d.id "
    "WHERE d.case_id = %s ORDER BY d.created_at, d.id, a.id"
)
_BLOBS = (
    "SELECT b.id::text, b.name, b.media_type, b.ciphertext, b.commitment, c.id::text AS compartment, c.wrapped_key "
    "FROM store_blob b JOIN store_compartment c ON c.id = b.compartment_id WHERE c.\"case\" = %s AND c.kind = 'photos' "
    "AND c.wrapped_key IS NOT NULL ORDER BY b.name, b.id"
)
# The daily checkpoints of a year: what somebody outside may have kept.
_CHECKPOINTS = (
    "SELECT DISTINCT ON (size) size, note FROM store_checkpoint WHERE site_id = %s AND size BETWEEN 1 AND %s "
    "ORDER BY size DESC LIMIT 400"
)


@dataclass(frozen=True)
class CaseFile:
    """One case's rows, and the tree of its site that holds them all."""

    case: dict[str, Any]
    entries: tuple[Entry, ...]
    positions: tuple[int, ...]
    tree: Tree
    people: dict[str, dict[str, str]]
    deliveries: Sequence[dict[str, Any]]
    blobs: Sequence[dict[str, Any]]
    checkpoints: Sequence[dict[str, Any]]


def read_case_file(pool: ConnectionPool[Connection[DictRow]], case: str, size: int) -> CaseFile:
    """The case's file against the site's tree of `size` leaves. Raises LookupError for an unknown or unsealed case."""
    with transaction(pool) as connection:
        row = connection.execute(_CASE, [case]).fetchone()
        if row is None:
            raise LookupError(case)
        entries = connection.execute(_ENTRIES, [case]).fetchall()
        positions = [entry.pop("position") for entry in entries]
        if any(position is None or position >= size for position in positions):
            raise LookupError(f"{case} has entries beyond the checkpoint of {size}")
        return CaseFile(
            row,
            tuple(Entry(**entry) for entry in entries),
            tuple(positions),
            Tree(_leaves(connection, row["site"], size)),
            _people(connection, row["site"]),
            connection.execute(_DELIVERIES, [case]).fetchall(),
            connection.execute(_BLOBS, [case]).fetchall(),
            connection.execute(_CHECKPOINTS, [row["site"], size - 1]).fetchall(),
        )


def _leaves(connection: Connection[DictRow], site: str, size: int) -> list[bytes]:
    rows = connection.execute(
        "SELECT e.leaf FROM store_seal s JOIN store_entry e ON e.id = s.entry_id "
        "WHERE s.site_id = %s AND s.position < %s ORDER BY s.position",
        [site, size],
    )
    return [bytes.fromhex(row["leaf"]) for row in rows]


def _people(connection: Connection[DictRow], site: str) -> dict[str, dict[str, str]]:
    """Holders of duty roles at the site, ever: identifier, number, name, roles."""
    rows = connection.execute(
        "SELECT p.id::text AS person, p.number, p.name, string_agg(DISTINCT d.role, ' ' ORDER BY d.role) AS role "
        "FROM store_person p JOIN store_duty d ON d.person_id = p.id WHERE d.site_id = %s GROUP BY p.id",
        [site],
    ).fetchall()
    return {row["person"]: row for row in rows}
