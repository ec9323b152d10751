"""Outside warnings as rows: kept once, ended by what supersedes them, decided by a person or by the plan; and feeds.

The same message again changes nothing. One that arrives after its own update is kept as ended already. What is kept and
what is decided stands on the site's chain. What a warning means for a plan is not known here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.alerts import Alert, AlertPart
from dutyroom.core.commands import Answer
from dutyroom.core.instants import Instant, iso
from dutyroom.store.calendars import Declaring, declare_within
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]

NOTED, WAITING, CONFIRMED, DISMISSED, AUTOMATIC = "noted", "waiting", "confirmed", "dismissed", "automatic"

_INSERT = """
INSERT INTO store_receivedwarning (tenant, id, site_id, identifier, part, sender, sent_at, kind, status, event, hazard,
  colour, areas, heeded, headline, onset_at, expires_at, supersedes, sha256, text, received_at, via, state, reason,
  case_id, ended_at)
VALUES (%(tenant)s, %(id)s, %(site)s, %(identifier)s, %(part)s, %(sender)s, %(sent_at)s, %(kind)s, %(status)s,
  %(event)s, %(hazard)s, %(colour)s, %(areas)s, %(heeded)s, %(headline)s, %(onset_at)s, %(expires_at)s,
  %(supersedes)s, %(sha256)s, %(text)s, %(now)s, %(via)s, %(state)s, '', %(case)s, %(ended_at)s)
ON CONFLICT (site_id, sender, identifier, part) DO NOTHING
"""
_SUPERSEDED = """
SELECT w.id::text, w.heeded, w.case_id::text AS case, c.phase, c.closed_at FROM store_receivedwarning w
LEFT JOIN store_case c ON c.id = w.case_id
WHERE w.site_id = %s AND w.sender = %s AND w.identifier = ANY(%s) AND w.status = 'actual'
ORDER BY w.received_at DESC, w.part
"""
_END = """
UPDATE store_receivedwarning SET ended_at = %s
WHERE site_id = %s AND sender = %s AND identifier = ANY(%s) AND status = 'actual' AND ended_at IS NULL
"""
_LATER = """
SELECT min(received_at) AS at FROM store_receivedwarning
WHERE site_id = %s AND sender = %s AND status = 'actual' AND supersedes ? %s
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """How a site takes warnings: the sender's places as the plan's areas, and the period they declare, if any."""

    id: str = ""
    site: str = ""
    areas: str = ""
    period: str = ""
    from_colour: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier warnings that a message supersedes had said, and the open case they led to ("" none)."""

    facts: Mapping[str, Answer] = field(default_factory=dict)
    case: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """A part to be kept: its identifier `id`, what it means by the plan, and the state it begins in."""

    id: str
    part: AlertPart
    hazard: str
    facts: Mapping[str, Answer]
    state: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A warning as its row stands."""

    id: str
    site: str
    identifier: str
    part: int
    kind: str
    hazard: str
    event: str
    colour: str
    headline: str
    facts: Mapping[str, Answer]
    onset_at: Instant
    expires_at: Instant
    state: str
    case: str
    case_code: str
    ended_at: Instant | None
    asking: str = ""
    asking_code: str = ""

    def is_over(self, now: Instant) -> bool:
        return self.ended_at is not None or self.expires_at <= now


def feed_by_token(pool: Pool, token_hash: str) -> Feed | None:
    """The feed that a secret opens, as long as it is not closed."""
    return _feed(pool, "token_hash = %s AND closed_at IS NULL", token_hash)


def feed_of(pool: Pool, site: str) -> Feed:
    """The settings that warnings typed or handed in at the site are read with: those of its newest open feed."""
    return _feed(pool, "site_id = %s AND closed_at IS NULL ORDER BY made_at DESC, id LIMIT 1", site) or Feed(
        site=site
    )


def open_feed(pool: Pool, feed: Feed, token_hash: str, by: str, now: Instant) -> None:
    """A new door for warnings at `feed.site`, put on record. Raises LookupError."""
    with transaction(pool) as connection:
        tenant = _tenant(connection, feed.site)
        connection.execute(
            "INSERT INTO store_warningfeed (tenant, id, site_id, token_hash, areas, period, from_colour, made_by_id, "
            "made_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                tenant, feed.id, feed.site, token_hash, feed.areas, feed.period, feed.from_colour, by or None,
                to_datetime(now),
            ],
        )  # fmt: skip
        body = {"feed": feed.id, "period": feed.period, "from_colour": feed.from_colour}
        append_site_entry(connection, tenant, feed.site, "WarningFeedOpened", body, now, by)


def close_feed(pool: Pool, site: str, feed: str, by: str, now: Instant) -> bool:
    """Let nobody in by it any more; False where it is closed already or another site's."""
    with transaction(pool) as connection:
        done = connection.execute(
            "UPDATE store_warningfeed SET closed_at = %s WHERE id = %s AND site_id = %s AND closed_at IS NULL",
            [to_datetime(now), feed, site],
        ).rowcount
        if done:
            tenant = _tenant(connection, site)
            append_site_entry(connection, tenant, site, "WarningFeedClosed", {"feed": feed}, now, by)
    return bool(done)


def zone_of(pool: Pool, site: str) -> ZoneInfo:
    """The zone in which times at the site are meant. Raises LookupError."""
    with pool.connection() as connection:
        row = connection.execute("SELECT zone FROM store_site WHERE id = %s", [site]).fetchone()
    if row is None:
        raise LookupError(site)
    return ZoneInfo(row["zone"])


def before(pool: Pool, site: str, alert: Alert) -> Before:
    """What the warnings that the message refers to had said, and their case where it is still open."""
    with pool.connection() as connection:
        rows = connection.execute(_SUPERSEDED, [site, alert.sender, list(alert.refers_to)]).fetchall()
    facts = {name: value for row in reversed(rows) for name, value in row["heeded"].items()}
    case = next((row for row in rows if row["case"] and row["closed_at"] is None), None)
    return Before(
        {name: value for name, value in facts.items() if value != "none"},
        case["case"] if case else "",
        case["phase"] if case else "",
    )


def keep(
    pool: Pool,
    site: str,
    alert: Alert,
    parts: Sequence[Keeping],
    raw: tuple[str, str],
    via: str,
    by: str,
    now: Instant,
) -> tuple[Kept, ...]:
    """Keep the parts that are new, end what an actual message supersedes; the rows of the message as they stand.

    `raw` is the text as it came and its SHA-256.
    """
    with transaction(pool) as connection:
        tenant = _tenant(connection, site, lock=True)
        later = connection.execute(_LATER, [site, alert.sender, alert.identifier]).fetchone()
        ended_at = later["at"] if later else None
        for number, one in enumerate(parts):
            row = _row(tenant, site, alert, number, one, raw, via, now) | {"ended_at": ended_at}
            if connection.execute(_INSERT, row).rowcount:
                append_site_entry(
                    connection, tenant, site, "WarningReceived", _entry(alert, one, raw[1]), now, by
                )
        if alert.acts and alert.refers_to:
            connection.execute(_END, [to_datetime(now), site, alert.sender, list(alert.refers_to)])
        mine = "w.site_id = %s AND sender = %s AND identifier = %s ORDER BY part"
        return _kept(connection, mine, site, alert.sender, alert.identifier)


def find(pool: Pool, site: str, warning: str) -> Kept | None:
    """One of the site's warnings."""
    with pool.connection() as connection:
        found = _kept(connection, "w.site_id = %s AND w.id = %s", site, warning)
    return found[0] if found else None


def newest(pool: Pool, site: str, most: int) -> tuple[Kept, ...]:
    """The site's warnings, the latest first."""
    with pool.connection() as connection:
        return _kept(connection, "w.site_id = %s ORDER BY w.received_at DESC, part LIMIT %s", site, most)


def link(pool: Pool, warning: str, case: str) -> None:
    """The case that the warning led to."""
    with pool.connection() as connection:
        connection.execute("UPDATE store_receivedwarning SET case_id = %s WHERE id = %s", [case, warning])


def ask(pool: Pool, warnings: Sequence[str], case: str) -> None:
    """The case that calls somebody about the warnings."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_receivedwarning SET asking_id = %s WHERE id = ANY(%s::uuid[])",
            [case, list(warnings)],
        )


def still_asks(pool: Pool, case: str) -> bool:
    """Whether a warning that the case calls about still waits."""
    with pool.connection() as connection:
        found = connection.execute(
            "SELECT 1 FROM store_receivedwarning WHERE asking_id = %s AND state = 'waiting' LIMIT 1", [case]
        ).fetchone()
    return found is not None


def decide(
    pool: Pool,
    kept: Kept,
    state: str,
    by: str,
    now: Instant,
    *,
    reason: str = "",
    facts: Mapping[str, Answer] | None = None,
    declaring: Declaring | None = None,
) -> bool:
    """Write once what became of a waiting warning, and declare the period that goes with it; False if it was decided.

    `facts` replace what it was kept with: a person has said which of our areas it is for.
    """
    with transaction(pool) as connection:
        done = connection.execute(
            "UPDATE store_receivedwarning SET state = %s, reason = %s, decided_by_id = %s, decided_at = %s, "
            "heeded = coalesce(%s::jsonb, heeded) WHERE id = %s AND state = 'waiting' AND decided_at IS NULL",
            [
                state,
                reason,
                by or None,
                to_datetime(now),
                None if facts is None else json.dumps(dict(facts)),
                kept.id,
            ],
        ).rowcount
        if not done:
            return False
        tenant = _tenant(connection, kept.site)
        body = {"warning": kept.id, "identifier": kept.identifier, "state": state, "reason": reason}
        append_site_entry(connection, tenant, kept.site, "WarningDecided", body, now, by)
        if declaring is not None:
            declare_within(connection, declaring, now)
    return True


def _entry(alert: Alert, one: Keeping, sha256: str) -> dict[str, object]:
    return {
        "warning": one.id, "identifier": alert.identifier, "sender": alert.sender, "kind": alert.kind,
        "status": alert.status, "hazard": one.hazard, "colour": one.part.colour, "facts": dict(one.facts),
        "onset_at": iso(one.part.onset_at), "expires_at": iso(one.part.expires_at), "state": one.state,
        "sha256": sha256,
    }  # fmt: skip


def _row(
    tenant: str,
    site: str,
    alert: Alert,
    number: int,
    one: Keeping,
    raw: tuple[str, str],
    via: str,
    now: Instant,
) -> dict[str, object]:
    places = [{"name": place.name, "codes": list(place.codes)} for place in one.part.places]
    return {
        "tenant": tenant, "id": one.id, "site": site, "identifier": alert.identifier, "part": number,
        "sender": alert.sender, "sent_at": to_datetime(alert.sent_at), "kind": alert.kind, "status": alert.status,
        "event": one.part.event, "hazard": one.hazard, "colour": one.part.colour,
        "areas": json.dumps(places, ensure_ascii=False), "heeded": json.dumps(dict(one.facts)),
        "headline": one.part.headline, "onset_at": to_datetime(one.part.onset_at),
        "expires_at": to_datetime(one.part.expires_at), "supersedes": json.dumps(list(alert.refers_to)),
        "sha256": raw[1], "text": raw[0], "now": to_datetime(now), "via": via, "state": one.state,
        "case": one.case or None,
    }  # fmt: skip


def _kept(connection: Connection[DictRow], where: str, *values: str | int) -> tuple[Kept, ...]:
    rows = connection.execute(
        "SELECT w.id::text, w.site_id::text AS site, identifier, part, w.kind, hazard, event, colour, headline, "  # noqa: S608 - `where` is ours
        "heeded, onset_at, expires_at, w.state, coalesce(case_id::text, '') AS case, coalesce(c.code, '') AS code, "
        "ended_at, coalesce(asking_id::text, '') AS asking, coalesce(a.code, '') AS asking_code "
        "FROM store_receivedwarning w LEFT JOIN store_case c ON c.id = w.case_id "
        f"LEFT JOIN store_case a ON a.id = w.asking_id WHERE {where}".encode(),
        values,
    ).fetchall()
    return tuple(
        Kept(
            row["id"], row["site"], row["identifier"], row["part"], row["kind"], row["hazard"], row["event"],
            row["colour"], row["headline"], row["heeded"], from_datetime(row["onset_at"]),
            from_datetime(row["expires_at"]), row["state"], row["case"], row["code"],
            from_datetime(row["ended_at"]) if row["ended_at"] else None, row["asking"], row["asking_code"],
        )
        for row in rows
    )  # fmt: skip


def _feed(pool: Pool, where: str, value: str) -> Feed | None:
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT id::text, site_id::text AS site, areas, period, from_colour FROM store_warningfeed "  # noqa: S608 - `where` is ours
            f"WHERE {where}".encode(),
            [value],
        ).fetchone()
    return Feed(**row) if row else None


def _tenant(connection: Connection[DictRow], site: str, *, lock: bool = False) -> str:
    row = connection.execute(
        b"SELECT tenant::text FROM store_site WHERE id = %s" + (b" FOR NO KEY UPDATE" if lock else b""),
        [site],
    ).fetchone()
    if row is None:
        raise LookupError(site)
    return str(row["tenant"])
