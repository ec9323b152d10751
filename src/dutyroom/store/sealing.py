"""Keeps personal data in compartments: own key, own readers, own end. Everything of one case is put away in one go.

The cryptography is the caller's (`Crypto`): this module keeps ciphertexts, wrapped keys and commitments
(`erasing.py` ends them). Identifiers are derived from the case, so that a report sent twice is sealed once, and a
report whose writing was interrupted after its sealing finds its compartments again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import DAY, Instant
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction

# How long each kind is kept, from the report on (CONCERNS 2.5: witnesses, contacts and photos 30 days).
KEPT_FOR = {"photos": 30 * DAY, "voice": 30 * DAY, "contact": 30 * DAY, "story": 30 * DAY}
BASIS = {"photos": "evidence", "voice": "evidence", "contact": "call_back", "story": "report_text"}


class SealedBytes(Protocol):
    """What sealing gives: the ciphertext, its hash, and the commitment for the record."""

    @property
    def ciphertext(self) -> bytes: ...
    @property
    def ciphertext_sha256(self) -> str: ...
    @property
    def commitment(self) -> str: ...


class Crypto(Protocol):
    """Sealing under a compartment's own key."""

    def new_compartment(self, compartment_id: str) -> tuple[bytes, Any]:
        """A fresh key: wrapped, to be kept here, and opened, to be used now."""
        ...

    def open_compartment(self, wrapped: bytes, compartment_id: str) -> Any:
        """The opened key."""
        ...

    def seal(self, key: Any, compartment_id: str, name: str, plaintext: bytes) -> SealedBytes: ...

    def open_sealed(
        self, key: Any, compartment_id: str, name: str, ciphertext: bytes, commitment: str
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing to be sealed. `kind` names its compartment: photos, voice, contact, story."""

    kind: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for whom: tenant, site, case, and the roles that may read each kind."""

    tenant: str
    site: str
    case: str
    readers: dict[str, tuple[str, ...]]


class Safe:
    """The compartments of one installation."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]], crypto: Crypto) -> None:
        self._pool = pool
        self._crypto = crypto

    def put(self, place: Place, secrets: Sequence[Secret], now: Instant) -> tuple[str, ...]:
        """Seal and keep; the references `blob id:commitment` for the record, in the order given.

        What the case has sealed before stays as it is, and its references are returned again.
        """
        with transaction(self._pool) as connection:
            for kind in dict.fromkeys(secret.kind for secret in secrets):
                self._put_kind(connection, place, kind, [one for one in secrets if one.kind == kind], now)
            kept = connection.execute(
                "SELECT b.id::text, b.commitment FROM store_blob b JOIN store_compartment c ON c.id = b.compartment_id "
                "WHERE c.case = %s ORDER BY c.kind, b.name",
                [place.case],
            ).fetchall()
        return tuple(f"{row['id']}:{row['commitment']}" for row in kept)

    def open(self, blob: str) -> bytes:
        """What is sealed in the blob; who may read it is the caller's to ask. Raises LookupError once it is erased."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT b.name, b.ciphertext, b.commitment, c.id::text AS compartment, c.wrapped_key FROM store_blob b "
                "JOIN store_compartment c ON c.id = b.compartment_id WHERE b.id = %s AND c.erased_at IS NULL",
                [blob],
            ).fetchone()
        if row is None or row["wrapped_key"] is None:
            raise LookupError(blob)
        key = self._crypto.open_compartment(bytes(row["wrapped_key"]), row["compartment"])
        return self._crypto.open_sealed(
            key, row["compartment"], row["name"], bytes(row["ciphertext"]), row["commitment"]
        )

    def _put_kind(
        self,
        connection: Connection[DictRow],
        place: Place,
        kind: str,
        secrets: Sequence[Secret],
        now: Instant,
    ) -> None:
        compartment = str(uuid.uuid5(uuid.UUID(place.case), f"compartment/{kind}"))
        wrapped, key = self._crypto.new_compartment(compartment)
        made = connection.execute(
            'INSERT INTO store_compartment (tenant, id, site_id, "case", kind, readers, basis, wrapped_key, '
            "erase_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [
                place.tenant,
                compartment,
                place.site,
                place.case,
                kind,
                list(place.readers[kind]),
                BASIS[kind],
                wrapped,
                to_datetime(now + KEPT_FOR[kind]),
            ],
        )
        if made.rowcount:
            for secret in secrets:
                self._put_blob(connection, place.tenant, compartment, key, secret)

    def _put_blob(
        self, connection: Connection[DictRow], tenant: str, compartment: str, key: Any, secret: Secret
    ) -> None:
        sealed = self._crypto.seal(key, compartment, secret.name, secret.content)
        connection.execute(
            "INSERT INTO store_blob (tenant, id, compartment_id, name, media_type, size, ciphertext, "
            "ciphertext_sha256, commitment) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                tenant,
                str(uuid.uuid5(uuid.UUID(compartment), secret.name)),
                compartment,
                secret.name,
                secret.media_type,
                len(secret.content),
                sealed.ciphertext,
                sealed.ciphertext_sha256,
                sealed.commitment,
            ],
        )
