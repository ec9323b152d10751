"""When a person last answered on a channel, and what gateways said afterwards about a delivery.

Configured is not reachable: only a person's answer moves `answered_at`. A gateway that reports "delivered" has moved
nothing but its own bits; that is on the courier log and nowhere else. Refuses to decide what follows.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.events import ActMarked, Event
from dutyroom.core.instants import Instant, iso
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.writing import insert

# Acts that a gateway's callback stands behind begin with this; their channel is known and noted by `note_callback`.
BY_CALLBACK = "callback-"

# The person answers what was last told to them about this obligation, so that channel reached them.
_ANSWERED = """
UPDATE store_channel ch SET answered_at = greatest(ch.answered_at, given.at)
FROM jsonb_to_recordset(%s::jsonb) AS given(person uuid, key text, at timestamptz), LATERAL (
  SELECT d.channel FROM store_delivery d WHERE d.case_id = %s AND d.key = given.key AND d.person_id = given.person
  AND d.told_at IS NOT NULL ORDER BY d.told_at DESC, d.created_at DESC LIMIT 1) told
WHERE ch.person_id = given.person AND ch.kind = told.channel
"""
_LATEST = (
    "SELECT id::text, tenant::text, case_id::text AS case, key, person_id::text AS person, channel, tries "
    "FROM store_delivery WHERE identity::text = %s AND channel = %s ORDER BY created_at DESC, id LIMIT 1"
)
_ONCE = (
    "INSERT INTO store_command (tenant, command, case_id) VALUES (%s, %s, %s) "
    "ON CONFLICT (tenant, command) DO NOTHING RETURNING command"
)


@dataclass(frozen=True, slots=True)
class Told:
    """The latest delivery of an identity on a channel: whom a callback speaks of."""

    id: str
    tenant: str
    case: str
    key: str
    person: str
    channel: str
    tries: int


def note_answers(connection: Connection[DictRow], case: str, events: Iterable[Event]) -> None:
    """Within the decision's transaction: each act of a person moves the channel that told them last."""
    answers = [
        {"person": event.by, "key": event.key, "at": iso(event.at)}
        for event in events
        if isinstance(event, ActMarked) and not event.command.startswith(BY_CALLBACK)
    ]
    if answers:
        connection.execute(_ANSWERED, [json.dumps(answers), case])


def latest_delivery(pool: ConnectionPool[Connection[DictRow]], identity: str, channel: str) -> Told | None:
    """The delivery a gateway means when it names `identity`; None when this channel never carried it."""
    with pool.connection() as connection:
        row = connection.execute(_LATEST, [identity, channel]).fetchone()
    return Told(**row) if row else None


def was_noted(pool: ConnectionPool[Connection[DictRow]], told: Told, fingerprint: str) -> bool:
    """Whether the same statement was heard before."""
    with pool.connection() as connection:
        known = connection.execute(
            "SELECT 1 FROM store_command WHERE tenant = %s AND command = %s", [told.tenant, fingerprint]
        )
        return known.fetchone() is not None


def note_callback(
    pool: ConnectionPool[Connection[DictRow]], told: Told, fingerprint: str, report: str, at: Instant
) -> bool:
    """Put the statement on the courier log, once; whether it was new. "answered" also moves the person's channel."""
    with transaction(pool) as connection:
        if connection.execute(_ONCE, [told.tenant, fingerprint, told.case]).fetchone() is None:
            return False
        row = {
            "tenant": told.tenant,
            "delivery_id": told.id,
            "number": told.tries,
            "what": "callback",
            "at": iso(at),
        }
        insert(connection, "store_attempt", [row | {"verdict": report, "detail": "", "reference": ""}])
        if report == "answered":
            connection.execute(
                "UPDATE store_channel SET answered_at = greatest(answered_at, %s) WHERE person_id = %s AND kind = %s",
                [to_datetime(at), told.person, told.channel],
            )
    return True
