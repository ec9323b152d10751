"""Deliveries: claimed in due order under a lease, intent written before, outcome after; a dead worker's go back.

A lease belongs to an advisory lock that the worker's own session holds. When the worker dies PostgreSQL lets go of the
lock at once, so what it was sending is due again without waiting for a time-out. A worker that only seemed dead finds
its lease gone and its outcome refused.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import DAY, MINUTE, SECOND, Instant, iso
from dutyroom.ports import Colleague, Outcome, Outsider, Verdict
from dutyroom.store.failpoints import hit
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.writing import insert

# A lease ends with the worker's lock; this is only for one that hangs and still holds it (real time).
LEASE = 2 * MINUTE
LINK_LIFE = 7 * DAY
TRIES = 6

_CLAIM = """
UPDATE store_delivery d SET state = 'sending', tries = d.tries + 1, lease_lock = %(lock)s, lease_until = %(until)s
FROM (SELECT id FROM store_delivery WHERE state = 'queued' AND channel = %(channel)s AND next_try_at <= %(now)s
      AND NOT (exercise AND EXISTS (SELECT FROM store_rehearsal r WHERE r.case_id = store_delivery.case_id
                                    AND r.hushed_at IS NOT NULL))
      ORDER BY next_try_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) due,
     store_person p, store_site s, store_case c
WHERE d.id = due.id AND p.id = d.person_id AND s.id = d.site_id AND c.id = d.case_id
RETURNING d.id::text, d.identity::text, d.tenant::text, d.case_id::text AS case, d.key, d.step, d.tries, d.severity,
  d.message, d.exercise, d.outside, p.id::text AS person, p.language, s.name_zh, s.name_en, s.zone,
  c.edition_id::text AS edition,
  (SELECT address FROM store_channel ch WHERE ch.person_id = p.id AND ch.kind = d.channel ORDER BY place LIMIT 1)
    AS address,
  (SELECT due_at FROM store_obligation o WHERE o.case_id = d.case_id AND o.key = d.key) AS due_at,
  EXISTS (SELECT FROM store_obligation o JOIN store_duty y ON y.site_id = d.site_id AND y.role = o.role
    WHERE o.case_id = d.case_id AND o.key = d.key AND y.person_id = p.id
      AND y.starts_at <= %(now)s AND (y.ends_at IS NULL OR y.ends_at > %(now)s)) AS own
"""
# Fenced: only the worker that still holds the lease may write the outcome.
_FINISH = """
WITH done AS (
  UPDATE store_delivery d SET state = given.state, next_try_at = given.next_try_at, lease_lock = NULL,
    lease_until = NULL, told_at = coalesce(d.told_at, given.told_at)
  FROM jsonb_to_recordset(%s::jsonb) AS given(id uuid, state text, next_try_at timestamptz, told_at timestamptz,
    at timestamptz, verdict text, detail text, reference text)
  WHERE d.id = given.id AND d.state = 'sending' AND d.lease_lock = %s
  RETURNING d.tenant, d.id, d.tries, given.at, given.verdict, given.detail, given.reference)
INSERT INTO store_attempt (tenant, delivery_id, number, what, at, verdict, detail, reference)
SELECT tenant, id, tries, 'outcome', at, verdict, detail, reference FROM done RETURNING delivery_id::text AS id
"""
_LINKS = """
INSERT INTO store_link (tenant, token_hash, person_id, purpose, case_id, key, level, expires_at, reusable)
SELECT tenant, token_hash, person_id, 'call', case_id, key, 'duty', expires_at, false FROM jsonb_to_recordset(%s::jsonb)
AS given(tenant uuid, token_hash text, person_id uuid, case_id uuid, key text, expires_at timestamptz)
"""
_RELEASE = """
UPDATE store_delivery SET state = 'queued', lease_lock = NULL, lease_until = NULL, next_try_at = %(now)s
WHERE state = 'sending' AND (lease_lock = ANY(%(dead)s) OR lease_until < %(now)s)
"""


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A call in earnest: to one of our own people, or to a body outside."""

    to: Colleague | Outsider


@dataclass(frozen=True, slots=True)
class ExerciseCall:
    """A call of an exercise: to our own people only."""

    to: Colleague


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery under this worker's lease, with what its message needs and a fresh link."""

    row: Mapping[str, Any]
    token: str

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def call(self) -> ServiceCall | ExerciseCall | None:
        """Whom it may reach, by the type of run its case was opened as. None: an outsider, in an exercise.

        Such a row is never queued, and the database refuses it; if one should come, nobody is rung.
        """
        address = self.row["address"] or ""
        if self.row["exercise"]:
            return None if self.row["outside"] else ExerciseCall(Colleague(address))
        return ServiceCall(Outsider(address) if self.row["outside"] else Colleague(address))


@dataclass(frozen=True, slots=True)
class Finished:
    """How one sending ended."""

    claimed: Claimed
    outcome: Outcome


class Outbox:
    """One worker's hold on the deliveries; `lock` is the number of its advisory lock."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]], lock: int, speed: float = 1.0) -> None:
        self._pool = pool
        self._lock = lock
        self._lease = round(LEASE * speed)

    def claim(self, channel: str, limit: int, now: Instant) -> list[Claimed]:
        """Up to `limit` due deliveries of the channel, intent and link written; most overdue first."""
        hit("delivery.before_claim")
        with transaction(self._pool) as connection:
            asked = {
                "lock": self._lock,
                "until": to_datetime(now + self._lease),
                "channel": channel,
                "now": to_datetime(now),
                "limit": limit,
            }
            rows = connection.execute(_CLAIM, asked).fetchall()
            claimed = [Claimed(row, secrets.token_urlsafe(24)) for row in rows]
            if claimed:
                insert(connection, "store_attempt", [_intent(one, now) for one in claimed])
                connection.execute(_LINKS, [json.dumps([_link(one, now) for one in claimed])])
        if rows:
            hit("delivery.after_claim")
        return claimed

    def finish(self, finished: Sequence[Finished], now: Instant) -> list[Claimed]:
        """Write the outcomes; returns those that will not be tried again, so that the ladder can go on at once."""
        hit("delivery.before_outcome")
        given = [_outcome(one, now) for one in finished]
        with self._pool.connection() as connection:
            rows = connection.execute(_FINISH, [json.dumps(given), self._lock]).fetchall()
        hit("delivery.after_outcome")
        ended = {row["id"] for row in given if row["state"] in ("refused", "failed")}
        lost = ended & {row["id"] for row in rows}
        return [one.claimed for one in finished if one.claimed.id in lost]

    def release_dead(self, now: Instant) -> int:
        """Give back what dead workers were sending; how many deliveries."""
        with transaction(self._pool) as connection:
            locks = connection.execute(
                "SELECT DISTINCT lease_lock AS lock FROM store_delivery WHERE state = 'sending' AND lease_lock <> %s",
                [self._lock],
            ).fetchall()
            dead = [row["lock"] for row in locks if _is_free(connection, row["lock"])]
            return connection.execute(_RELEASE, {"dead": dead, "now": to_datetime(now)}).rowcount

    def next_try(self) -> Instant | None:
        """When the first queued delivery is due, for the worker's sleep."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT min(next_try_at) AS first FROM store_delivery WHERE state = 'queued'"
            ).fetchone()
        return from_datetime(row["first"]) if row and row["first"] else None


def _is_free(connection: Connection[DictRow], lock: int) -> bool:
    """Whether nobody holds the advisory lock. Taken only until the end of this transaction."""
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS free", [lock]).fetchone()
    return bool(row and row["free"])


def _state(one: Finished, now: Instant) -> dict[str, Any]:
    tries = one.claimed.row["tries"]
    match one.outcome.verdict:
        case Verdict.ACCEPTED:
            return {"id": one.claimed.id, "state": "sent", "told_at": iso(now)}
        case Verdict.UNCONFIRMED:
            return {"id": one.claimed.id, "state": "unconfirmed", "told_at": iso(now)}
        case Verdict.FAILED if tries < TRIES:
            return {"id": one.claimed.id, "state": "queued", "next_try_at": iso(now + backoff(tries))}
        case Verdict.FAILED:
            return {"id": one.claimed.id, "state": "failed"}
        case Verdict.REFUSED:
            return {"id": one.claimed.id, "state": "refused"}


def backoff(tries: int) -> int:
    """Milliseconds to the next try: 2 s, 4 s, 8 s … while the plan goes on to other channels."""
    return SECOND << tries


def hashed(token: str) -> str:
    """How a link's token stands in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def _link(one: Claimed, now: Instant) -> dict[str, Any]:
    row = one.row
    return {
        "tenant": row["tenant"],
        "token_hash": hashed(one.token),
        "person_id": row["person"],
        "case_id": row["case"],
        "key": row["key"],
        "expires_at": iso(now + LINK_LIFE),
    }


def _outcome(one: Finished, now: Instant) -> dict[str, Any]:
    outcome = one.outcome
    return _state(one, now) | {
        "at": iso(now),
        "verdict": outcome.verdict.value,
        "detail": outcome.detail[:80],
        "reference": (outcome.reference or "")[:120],
    }


def _intent(one: Claimed, now: Instant) -> dict[str, Any]:
    return {
        "tenant": one.row["tenant"],
        "delivery_id": one.id,
        "number": one.row["tries"],
        "what": "intent",
        "at": iso(now),
        "verdict": "",
        "detail": "",
        "reference": "",
    }
