"""Calendar addresses without a sign-in: made, ended, and the turns behind one. Only hashes of tokens are kept."""

from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.store.instants import from_datetime, to_datetime

Pool = ConnectionPool[Connection[DictRow]]


@dataclass(frozen=True, slots=True)
class Feed:
    """What an address shows: one person's turns at the site, or one post's. Empty `person` or `role` is the other."""

    id: str
    tenant: str
    site: str
    zone: str
    name_zh: str
    name_en: str
    person: str
    person_name: str
    role: str
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class FeedTurn:
    """A turn in a feed. One that was given away is `cancelled`: a telephone keeps what it is not told to drop."""

    role: str
    name: str
    place: int
    starts_at: Instant
    ends_at: Instant
    cancelled: bool = False


def make(
    pool: Pool, site: str, identity: str, whose: tuple[str, str], secret_hash: str, by: str, now: Instant
) -> None:
    """A new address for `whose`: (person id, "") or ("", role)."""
    person, role = whose
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO store_rosterfeed (tenant, id, site_id, person_id, role, token_hash, made_by_id, made_at) "
            "SELECT tenant, %s, id, %s, %s, %s, %s, %s FROM store_site WHERE id = %s",
            [identity, person or None, role, secret_hash, by, to_datetime(now), site],
        )


def revoke(pool: Pool, feed: str, now: Instant) -> bool:
    """End an address; False where it had ended."""
    with pool.connection() as connection:
        done = connection.execute(
            "UPDATE store_rosterfeed SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL",
            [to_datetime(now), feed],
        )
        return bool(done.rowcount)


def feed_of(pool: Pool, secret_hash: str, now: Instant) -> Feed | None:
    """The address behind a token; None for one that is unknown, ended, or whose person has left."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT f.id::text, f.tenant::text, s.id::text AS site, s.zone, s.name_zh, s.name_en, "
            "coalesce(f.person_id::text, '') AS person, coalesce(p.name, '') AS person_name, f.role, "
            "coalesce(p.language, m.language) AS language, s.version FROM store_rosterfeed f "
            "JOIN store_site s ON s.id = f.site_id JOIN store_person m ON m.id = f.made_by_id "
            "LEFT JOIN store_person p ON p.id = f.person_id WHERE f.token_hash = %(hash)s AND f.revoked_at IS NULL "
            "AND coalesce(p.ends_at, 'infinity') > %(now)s",
            {"hash": secret_hash, "now": to_datetime(now)},
        ).fetchone()
    return Feed(**row) if row else None


_TURNS = """
SELECT d.role, d.place, d.starts_at, d.ends_at, p.name FROM store_duty d JOIN store_person p ON p.id = d.person_id
WHERE d.site_id = %(site)s AND NOT d.standing AND (%(person)s = '' OR d.person_id::text = %(person)s)
  AND (%(role)s = '' OR d.role = %(role)s) AND d.ends_at > %(since)s AND d.starts_at < %(until)s
ORDER BY d.starts_at, d.role, d.place
"""
_LEFT = """
SELECT m.role, m.place, m.starts_at, m.ends_at, p.name FROM store_dutymove m
JOIN store_dutychange c ON c.id = m.change_id AND c.state = 'done' JOIN store_person p ON p.id = m.leaves_id
WHERE c.site_id = %(site)s AND m.leaves_id::text = %(person)s AND m.ends_at > %(since)s AND m.starts_at < %(until)s
ORDER BY m.starts_at, m.role, m.place
"""
_CHANGED = """
SELECT greatest((SELECT max(ended_at) FROM store_dutychange WHERE site_id = %(site)s AND state = 'done'),
  (SELECT max(ended_at) FROM store_rosterdraft WHERE site_id = %(site)s AND state = 'published'),
  (SELECT max(in_force_at) FROM store_edition WHERE site_id = %(site)s AND in_force_at <= %(now)s)) AS at
"""


def turns_of(pool: Pool, feed: Feed, since: Instant, until: Instant) -> tuple[FeedTurn, ...]:
    """The turns of the address that touch the span; those that the person has given away stand behind, cancelled."""
    asked = {
        "site": feed.site,
        "person": feed.person,
        "role": feed.role,
        "since": to_datetime(since),
        "until": to_datetime(until),
    }
    with pool.connection() as connection:
        held = [_turn(row, False) for row in connection.execute(_TURNS, asked).fetchall()]
        left = [_turn(row, True) for row in connection.execute(_LEFT, asked).fetchall()]
    there = {(one.role, one.place, one.starts_at) for one in held}
    gone = {(one.role, one.place, one.starts_at): one for one in left}
    return (*held, *(one for key, one in gone.items() if key not in there))


def changed_at(pool: Pool, feed: Feed, now: Instant) -> Instant:
    """When the site's roster was last changed."""
    with pool.connection() as connection:
        row = connection.execute(_CHANGED, {"site": feed.site, "now": to_datetime(now)}).fetchone()
    return from_datetime(row["at"]) if row and row["at"] else 0


def _turn(row: DictRow, cancelled: bool) -> FeedTurn:
    span = (from_datetime(row["starts_at"]), from_datetime(row["ends_at"]))
    return FeedTurn(row["role"], row["name"], row["place"], *span, cancelled)
