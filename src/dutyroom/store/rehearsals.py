"""Rehearsals as work: begun by a page, claimed by a worker, carried out, ended; and their signed reports.

A running one belongs to the worker whose advisory lock it names; when that worker dies, another begins it anew (the
same script and seed give the same result). What a drill is, and what comes of it, is not known here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.core.roster import Channel, PlanInForce, Responder, outward
from dutyroom.core.rosterfile import read_roster
from dutyroom.core.words import Words
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction

Pool = ConnectionPool[Connection[DictRow]]

_CLAIM = """
UPDATE store_rehearsal SET state = 'running', lease_lock = %(lock)s, progress = 0
WHERE id = (SELECT id FROM store_rehearsal WHERE state = 'queued' ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id::text
"""
_READ = """
SELECT r.id::text, r.site_id::text AS site, r.edition_id::text AS edition, r.kind, r.script, r.seed, r.runs,
  r.state, e.roster_text, s.name_zh, s.name_en
FROM store_rehearsal r JOIN store_edition e ON e.id = r.edition_id JOIN store_site s ON s.id = r.site_id WHERE r.id = %s
"""
_BEGIN = """
INSERT INTO store_rehearsal (tenant, id, site_id, edition_id, kind, title_zh, title_en, script, seed, runs, duty,
  started_by_id, started_at, state, progress, result, failure, case_id, marks)
SELECT s.tenant, %(id)s, s.id, %(edition)s, %(kind)s, %(title_zh)s, %(title_en)s, %(script)s, %(seed)s, %(runs)s,
  %(duty)s, %(by)s, %(at)s, %(state)s, 0, '', '', %(case)s, '{}'
FROM store_site s WHERE s.id = %(site)s ON CONFLICT (id) DO NOTHING
"""

_WITHHOLD = """
UPDATE store_delivery d SET state = 'withheld', next_try_at = NULL FROM store_rehearsal r
WHERE r.hushed_at IS NOT NULL AND r.case_id = d.case_id AND d.exercise AND d.state = 'queued'
"""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is to be rehearsed. A live one names its `case`, and runs from the start; the others wait for a worker."""

    id: str
    site: str
    edition: str
    kind: str
    title: Words
    by: str
    script: str = ""
    seed: int = 0
    runs: int = 1
    duty: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed rehearsal with all that is needed to carry it out."""

    id: str
    site: str
    edition: str
    kind: str
    script: str
    seed: int
    runs: int
    roster_text: str


def begin(pool: Pool, beginning: Beginning, now: Instant) -> None:
    """Put it on the list, and say so to the workers; the same again is once. Raises LookupError for an unknown site."""
    given = {
        "id": beginning.id, "site": beginning.site, "edition": beginning.edition, "kind": beginning.kind,
        "title_zh": beginning.title.zh[:200], "title_en": beginning.title.en[:200], "by": beginning.by,
        "script": beginning.script, "seed": beginning.seed, "runs": beginning.runs,
        "duty": beginning.duty[:80], "case": beginning.case or None, "at": to_datetime(now),
        "state": "running" if beginning.case else "queued",
    }  # fmt: skip
    with transaction(pool) as connection:
        if not connection.execute("SELECT FROM store_site WHERE id = %s", [beginning.site]).rowcount:
            raise LookupError(beginning.site)
        connection.execute(_BEGIN, given)
        connection.execute("SELECT pg_notify('dutyroom', '')")


def claim(pool: Pool, lock: int) -> str:
    """The oldest waiting rehearsal, now this worker's; empty if none waits."""
    with transaction(pool) as connection:
        row = connection.execute(_CLAIM, {"lock": lock}).fetchone()
    return str(row["id"]) if row else ""


def read(pool: Pool, rehearsal: str) -> Work:
    """What is to be carried out. Raises LookupError."""
    with pool.connection() as connection:
        row = connection.execute(_READ, [rehearsal]).fetchone()
    if row is None:
        raise LookupError(rehearsal)
    return Work(**{name: row[name] for name in Work.__slots__})


def progress(pool: Pool, rehearsal: str, runs: int) -> None:
    """So many runs are done."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rehearsal SET progress = %s WHERE id = %s AND state = 'running'", [runs, rehearsal]
        )


def finish(pool: Pool, rehearsal: str, result: Mapping[str, Any], now: Instant) -> None:
    """It is done: keep what came of it."""
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rehearsal SET state = 'done', result = %s, ended_at = %s, progress = runs, lease_lock = NULL "
            "WHERE id = %s AND state = 'running'",
            [text, to_datetime(now), rehearsal],
        )


def fail(pool: Pool, rehearsal: str, failure: str, now: Instant) -> None:
    """It came to nothing; `failure` is the code of the sentence that says why."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rehearsal SET state = 'failed', failure = %s, ended_at = %s, lease_lock = NULL "
            "WHERE id = %s AND state = 'running'",
            [failure[:80], to_datetime(now), rehearsal],
        )


def release(pool: Pool, rehearsal: str) -> None:
    """Give a claimed rehearsal back: another worker, or this one after its next start, begins it anew."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rehearsal SET state = 'queued', lease_lock = NULL WHERE id = %s AND state = 'running'",
            [rehearsal],
        )


def release_dead(pool: Pool, own: int) -> int:
    """Give back what dead workers were carrying out; how many. A live worker's session holds its advisory lock."""
    with transaction(pool) as connection:
        rows = connection.execute(
            "SELECT DISTINCT lease_lock AS lock FROM store_rehearsal WHERE state = 'running' "
            "AND lease_lock IS NOT NULL AND lease_lock <> %s",
            [own],
        ).fetchall()
        dead = [row["lock"] for row in rows if _is_free(connection, row["lock"])]
        return connection.execute(
            "UPDATE store_rehearsal SET state = 'queued', lease_lock = NULL "
            "WHERE state = 'running' AND lease_lock = ANY(%s)",
            [dead],
        ).rowcount


def end_live(pool: Pool, rehearsal: str, now: Instant) -> None:
    """A live exercise is done once the response is over; what its review promised goes on in its case."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_rehearsal r SET state = 'done', progress = 1, ended_at = coalesce(c.closed_at, %s) "
            "FROM store_case c WHERE r.id = %s AND r.kind = 'live' AND r.state = 'running' AND c.id = r.case_id "
            "AND c.phase IN ('recovery', 'closed')",
            [to_datetime(now), rehearsal],
        )


def hush(pool: Pool, rehearsal: str, now: Instant) -> bool:
    """From now on the exercise calls nobody; False if it is no exercise, or was hushed before.

    Its case goes on by the plan and can be ended there: what is stopped are the messages, at once and for good.
    """
    with transaction(pool) as connection:
        hushed = connection.execute(
            "UPDATE store_rehearsal SET hushed_at = %s WHERE id = %s AND kind = 'live' AND hushed_at IS NULL "
            "AND signed_at IS NULL",
            [to_datetime(now), rehearsal],
        ).rowcount
        connection.execute(_WITHHOLD)
    return bool(hushed)


def withhold_hushed(pool: Pool) -> int:
    """Take back what hushed exercises have queued since; none of it was sent, for the outbox passes it over."""
    with pool.connection() as connection:
        return connection.execute(_WITHHOLD).rowcount


def save_marks(pool: Pool, rehearsal: str, marks: Mapping[str, Any]) -> bool:
    """Keep the evaluator's words; False if the report is signed already, and so stays as it is."""
    with pool.connection() as connection:
        return bool(
            connection.execute(
                "UPDATE store_rehearsal SET marks = %s WHERE id = %s AND signed_at IS NULL",
                [json.dumps(marks, ensure_ascii=False), rehearsal],
            ).rowcount
        )


def sign(pool: Pool, rehearsal: str, by: str, now: Instant) -> bool:
    """Sign the report of a rehearsal that is done; False if it is not done, or signed already."""
    with pool.connection() as connection:
        return bool(
            connection.execute(
                "UPDATE store_rehearsal SET signed_by_id = %s, signed_at = %s "
                "WHERE id = %s AND state = 'done' AND signed_at IS NULL",
                [by, to_datetime(now), rehearsal],
            ).rowcount
        )


def channels_of(pool: Pool, site: str) -> dict[str, Responder]:
    """The site's holders of duty by staff number, with the channels on which they are called now."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT p.number, p.language, c.kind, c.wait_seconds FROM store_person p "
            "LEFT JOIN store_channel c ON c.person_id = p.id WHERE p.ends_at IS NULL AND p.tenant = "
            "(SELECT tenant FROM store_site WHERE id = %s) ORDER BY p.number, c.place",
            [site],
        ).fetchall()
    kinds: dict[str, list[Channel]] = {}
    languages = {row["number"]: row["language"] for row in rows}
    for row in rows:
        found = kinds.setdefault(row["number"], [])
        if row["kind"]:
            found.append(Channel(row["kind"], row["wait_seconds"] * 1000))
    return {number: Responder(number, languages[number], outward(found)) for number, found in kinds.items()}


def drill_rules(plan_rules: PlanInForce, roster_text: str, people: Mapping[str, Responder]) -> PlanInForce:
    """The edition with its whole roster by staff numbers, so that any day of it can be rehearsed; else today's."""
    roster = read_roster(roster_text)[0] if roster_text else None
    if roster is None:
        return plan_rules
    numbers = {person for held in roster.standing.values() for person in held}
    numbers |= {period.person for period in roster.periods}
    known = {number: people.get(number) or Responder(number) for number in sorted(numbers)}
    return PlanInForce(plan_rules.plan, roster, known)


def _is_free(connection: Connection[DictRow], lock: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS free", [lock]).fetchone()
    return bool(row and row["free"])
