"""Proofs of cover as work: asked for, claimed by a worker, carried out, kept; and the holes of the standing ones.

A site's standing proof asks what everybody may rely on: one person, or one channel, fails. It is made anew whenever the
site's version or its edition has changed, and once a day. What a proof is, and what a hole, is not known here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import DAY, HOUR, Instant
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction

Pool = ConnectionPool[Connection[DictRow]]

STANDING = 1  # people missing in the standing proof
AGAIN_AFTER = DAY
AFTER_FAILURE = HOUR

# Standing proofs that are due: none of this version and edition younger than a day, none waiting, none just failed.
_DUE = """
INSERT INTO store_proof (tenant, id, site_id, edition_id, site_version, missing, together, idle, evidence, asked_at,
  state, progress, questions, made_of, holes, result, failure)
SELECT s.tenant, gen_random_uuid(), s.id, e.id, s.version, %(missing)s, false, false, asked.evidence, %(now)s,
  'queued', 0, 0, '', 0, '', ''
FROM store_site s
JOIN LATERAL (SELECT id FROM store_edition WHERE site_id = s.id AND in_force_at <= %(now)s
  ORDER BY in_force_at DESC, id LIMIT 1) e ON true
CROSS JOIN (VALUES (false), (true)) asked (evidence)
WHERE coalesce(s.ends_at, 'infinity') > %(now)s
  AND NOT EXISTS (SELECT FROM store_proof p WHERE p.site_id = s.id AND p.missing = %(missing)s AND NOT p.together
  AND NOT p.idle AND p.evidence = asked.evidence AND (p.state = 'queued' OR (p.edition_id = e.id
  AND p.site_version = s.version AND (p.state = 'running' OR (p.state = 'done' AND p.asked_at > %(day_ago)s)
  OR (p.state = 'failed' AND p.asked_at > %(hour_ago)s)))))
ON CONFLICT DO NOTHING
"""
_ASK = """
INSERT INTO store_proof (tenant, id, site_id, edition_id, site_version, missing, together, idle, evidence, asked_at,
  state, progress, questions, made_of, holes, result, failure)
SELECT s.tenant, gen_random_uuid(), s.id, e.id, s.version, %(missing)s, %(together)s, %(idle)s, %(evidence)s, %(now)s,
  'queued', 0, 0, '', 0, '', ''
FROM store_site s JOIN LATERAL (SELECT id FROM store_edition WHERE site_id = s.id AND in_force_at <= %(now)s
  ORDER BY in_force_at DESC, id LIMIT 1) e ON true WHERE s.id = %(site)s
ON CONFLICT DO NOTHING
"""
_CLAIM = """
UPDATE store_proof p SET state = 'running', lease_lock = %(lock)s, progress = 0, site_version = s.version
FROM store_site s WHERE s.id = p.site_id AND p.id = (SELECT id FROM store_proof WHERE state = 'queued'
  ORDER BY (missing = 1 AND NOT together AND NOT idle), evidence, asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING p.id::text, p.site_id::text AS site, p.edition_id::text AS edition, s.zone, p.missing, p.together, p.idle,
  p.evidence
"""
_FINISH = """
UPDATE store_proof SET state = 'done', result = %(result)s, made_at = %(now)s, made_of = %(made_of)s,
  holes = %(holes)s, covered_until = %(covered_until)s, evidence_until = %(evidence_until)s, ends_at = %(ends_at)s,
  progress = questions, lease_lock = NULL
WHERE id = %(proof)s AND state = 'running'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a proof is asked: so many missing, outages along with them or apart, silent or idle, what reaches."""

    missing: int = STANDING
    together: bool = False
    idle: bool = False
    evidence: bool = False

    @property
    def stands(self) -> bool:
        """Whether it is the standing proof, whose holes are owned and shown on the board."""
        return self == Asked()


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed proof."""

    id: str
    site: str
    edition: str
    zone: str
    missing: int
    together: bool
    idle: bool
    evidence: bool

    @property
    def asked(self) -> Asked:
        return Asked(self.missing, self.together, self.idle, self.evidence)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a proof, for its row."""

    result: Mapping[str, Any]
    made_of: str
    holes: int
    covered_until: Instant
    evidence_until: Instant | None
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class FoundHole:
    """A hole to be kept: `key` is the same in every proof that finds it."""

    key: str
    question: str
    asked: int
    opens_at: Instant
    closes_at: Instant
    owner: str
    owed_by: Instant


def ask_due(pool: Pool, now: Instant) -> int:
    """Put every site's standing proof on the list that is due; how many were."""
    given = {
        "missing": STANDING,
        "now": to_datetime(now),
        "day_ago": to_datetime(now - AGAIN_AFTER),
        "hour_ago": to_datetime(now - AFTER_FAILURE),
    }
    with transaction(pool) as connection:
        return connection.execute(_DUE, given).rowcount


def ask(pool: Pool, site: str, asked: Asked, now: Instant) -> bool:
    """Put one proof on the list, and say so to the workers; False where the same waits already."""
    given = {
        "site": site, "missing": asked.missing, "together": asked.together, "idle": asked.idle,
        "evidence": asked.evidence, "now": to_datetime(now),
    }  # fmt: skip
    with transaction(pool) as connection:
        made = bool(connection.execute(_ASK, given).rowcount)
        connection.execute("SELECT pg_notify('dutyroom', '')")
    return made


def waits(pool: Pool) -> bool:
    """Whether anything is on the list."""
    with pool.connection() as connection:
        return (
            connection.execute("SELECT FROM store_proof WHERE state = 'queued' LIMIT 1").fetchone()
            is not None
        )


def claim(pool: Pool, lock: int) -> Work | None:
    """The next proof, now this worker's: what somebody waits for, then standing ones, the oldest first."""
    with transaction(pool) as connection:
        row = connection.execute(_CLAIM, {"lock": lock}).fetchone()
    return Work(**row) if row else None


def progress(pool: Pool, proof: str, done: int, questions: int) -> None:
    """So many questions of so many are answered."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_proof SET progress = %s, questions = %s WHERE id = %s AND state = 'running'",
            [done, questions, proof],
        )


def finish(pool: Pool, work: Work, made: Made, found: Sequence[FoundHole], now: Instant) -> None:
    """Keep the proof; if it is the standing one, its holes too, in the same transaction."""
    given = {
        "proof": work.id, "now": to_datetime(now), "made_of": made.made_of, "holes": made.holes,
        "result": json.dumps(made.result, ensure_ascii=False, separators=(",", ":")),
        "covered_until": to_datetime(made.covered_until), "ends_at": to_datetime(made.ends_at),
        "evidence_until": None if made.evidence_until is None else to_datetime(made.evidence_until),
    }  # fmt: skip
    with transaction(pool) as connection:
        if connection.execute(_FINISH, given).rowcount and work.asked.stands:
            _keep_holes(connection, work, found, now)


def fail(pool: Pool, lock: int, failure: str, now: Instant) -> None:
    """What this worker was carrying out came to nothing; `failure` is the code of the sentence that says why."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_proof SET state = 'failed', failure = %s, made_at = %s, lease_lock = NULL "
            "WHERE state = 'running' AND lease_lock = %s",
            [failure, to_datetime(now), lock],
        )


def release(pool: Pool, lock: int) -> None:
    """Give back what this worker was carrying out: another, or this one after its next start, begins it anew."""
    with transaction(pool) as connection:
        _give_back(connection, [lock])


def release_dead(pool: Pool, own: int) -> None:
    """Give back what dead workers were carrying out. A live worker's session holds its advisory lock."""
    with transaction(pool) as connection:
        rows = connection.execute(
            "SELECT DISTINCT lease_lock AS lock FROM store_proof WHERE state = 'running' AND lease_lock <> %s",
            [own],
        ).fetchall()
        free = "SELECT pg_try_advisory_xact_lock(%s) AS free"
        dead = [row["lock"] for row in rows if _is(connection.execute(free, [row["lock"]]).fetchone())]
        if dead:
            _give_back(connection, dead)


def accept(pool: Pool, hole: str, by: str, reason: str) -> bool:
    """A leader accepts an open hole with a reason; False where it is not open any more."""
    with pool.connection() as connection:
        return bool(
            connection.execute(
                "UPDATE store_coverhole SET state = 'accepted', reason = %s, accepted_by_id = %s "
                "WHERE id = %s AND state = 'open'",
                [reason[:400], by, hole],
            ).rowcount
        )


def _is(row: DictRow | None) -> bool:
    return bool(row and row["free"])


def _give_back(connection: Connection[DictRow], locks: list[int]) -> None:
    # Where the same has been asked again meanwhile, that one is enough: the older is done for.
    connection.execute(
        "UPDATE store_proof p SET state = CASE WHEN EXISTS (SELECT FROM store_proof o WHERE o.state = 'queued' "
        "AND (o.site_id, o.missing, o.together, o.idle, o.evidence) = "
        "(p.site_id, p.missing, p.together, p.idle, p.evidence)) THEN 'failed' ELSE 'queued' END, "
        "failure = '', lease_lock = NULL WHERE state = 'running' AND lease_lock = ANY(%s)",
        [locks],
    )


def _keep_holes(
    connection: Connection[DictRow], work: Work, found: Sequence[FoundHole], now: Instant
) -> None:
    """What is found again keeps its row, its owner and its time; what is no longer found is mended."""
    moment = to_datetime(now)
    connection.execute(
        "UPDATE store_coverhole SET state = 'mended', ended_at = %s WHERE site_id = %s AND ended_at IS NULL "
        "AND NOT key = ANY(%s)",
        [moment, work.site, [one.key for one in found]],
    )
    for one in found:
        connection.execute(
            "INSERT INTO store_coverhole (tenant, id, site_id, proof_id, key, question, asked, opens_at, closes_at, "
            "owner_id, owed_by, state, reason, found_at) SELECT tenant, gen_random_uuid(), id, %(proof)s, %(key)s, "
            "%(question)s, %(asked)s, %(opens)s, %(closes)s, %(owner)s, %(owed_by)s, 'open', '', %(now)s "
            "FROM store_site WHERE id = %(site)s ON CONFLICT (site_id, key) WHERE ended_at IS NULL DO UPDATE SET "
            "proof_id = EXCLUDED.proof_id, question = EXCLUDED.question, asked = EXCLUDED.asked, "
            "opens_at = EXCLUDED.opens_at, closes_at = EXCLUDED.closes_at, "
            "owner_id = coalesce(store_coverhole.owner_id, EXCLUDED.owner_id)",
            {
                "site": work.site, "proof": work.id, "key": one.key, "question": one.question[:160],
                "asked": one.asked, "opens": to_datetime(one.opens_at), "closes": to_datetime(one.closes_at),
                "owner": one.owner or None, "owed_by": to_datetime(one.owed_by), "now": moment,
            },
        )  # fmt: skip
