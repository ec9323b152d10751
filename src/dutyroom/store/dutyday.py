"""What the pages of the duty day look up: days, rounds, issues, who answers from which address."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.duties.steps import ROLL_CALL
from dutyroom.core.instants import Instant, parse_iso
from dutyroom.core.people import roster_of
from dutyroom.core.roster import Roster
from dutyroom.store.held import held_at
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]

NOTED = "HandoverNoted"
_SENDERS = """
SELECT DISTINCT p.id::text AS person, p.tenant::text, p.language FROM store_channel c
JOIN store_person p ON p.id = c.person_id WHERE c.kind = %s AND c.address = ANY(%s) AND p.ends_at IS NULL
ORDER BY person LIMIT 20
"""
_WAITING = """
SELECT c.site_id::text AS site, c.edition_id::text AS edition, c.state FROM store_case c WHERE c.id IN (
  SELECT o.case_id FROM store_obligation o WHERE o.tenant = %(tenant)s AND o.status = 'open'
  AND (o.asked @> %(asked)s::jsonb OR ((o.step LIKE 'calendar.%%' OR o.step LIKE 'rollcall.%%')
  AND o.site_id IN (SELECT site_id FROM store_duty WHERE person_id = %(person)s))))
AND c.closed_at IS NULL AND NOT c.exercise ORDER BY c.opened_at DESC LIMIT 12
"""
_NOTES = (
    "SELECT at, actor, body FROM store_entry WHERE site_id = %s AND case_id IS NULL AND type = %s "
    "ORDER BY case_seq DESC LIMIT 300"
)


def begun_at(now: Instant) -> Q:
    """Obligations without the roll calls that are still to come: nobody is told before one begins."""
    return ~Q(step__startswith=f"{ROLL_CALL}.", begins_at__gt=to_datetime(now))


def roster_between(pool: Pool, site: str, starts: Instant, ends: Instant) -> Roster:
    """Who holds what at the site in the span, as planned; leave counts."""
    with pool.connection() as connection:
        return roster_of(held_at(connection, site, starts, ends), starts, ends)


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody wrote down for the handover of a post. `kind`: promise, crew or note."""

    case: str
    role: str
    kind: str
    text: str
    by: str


def note_handover(pool: Pool, site: str, noted: Noted, now: Instant) -> None:
    """Put it on the site's record. Raises LookupError for an unknown site."""
    with transaction(pool) as connection:
        row = connection.execute("SELECT tenant::text FROM store_site WHERE id = %s", [site]).fetchone()
        if row is None:
            raise LookupError(site)
        body = {"case": noted.case, "role": noted.role, "kind": noted.kind, "text": noted.text}
        append_site_entry(connection, row["tenant"], site, NOTED, body, now, noted.by)


def notes_of(pool: Pool, site: str, case: str, role: str) -> list[tuple[Instant, Noted]]:
    """What was written down for the handover of the role on that day, oldest first."""
    with pool.connection() as connection:
        rows = connection.execute(_NOTES, [site, NOTED]).fetchall()
    found = [(parse_iso(row["at"]), json.loads(row["body"]), row["actor"]) for row in rows]
    return [
        (at, Noted(case, role, body["kind"], body["text"], actor))
        for at, body, actor in reversed(found)
        if (body["case"], body["role"]) == (case, role)
    ]


@dataclass(frozen=True, slots=True)
class Sender:
    """A person who is reached at an address."""

    person: str
    tenant: str
    language: str


def senders(pool: Pool, channel: str, addresses: Sequence[str]) -> list[Sender]:
    """Everybody who is reached on the channel at one of these ways to write an address."""
    with pool.connection() as connection:
        rows = connection.execute(_SENDERS, [channel, list(addresses)]).fetchall()
    return [Sender(row["person"], row["tenant"], "en" if row["language"] == "en" else "zh") for row in rows]


def cases_waiting(pool: Pool, sender: Sender) -> list[DictRow]:
    """Open cases in which something may wait for the person: asked of them, or of a post that they have."""
    with pool.connection() as connection:
        given = {"person": sender.person, "asked": json.dumps([sender.person]), "tenant": sender.tenant}
        return connection.execute(_WAITING, given).fetchall()


def carried_out(pool: Pool, tenant: str, name: str) -> frozenset[str]:
    """What follows the name in commands that were carried out already."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT command FROM store_command WHERE tenant = %s AND starts_with(command, %s)",
            [tenant, f"{name}-"],
        ).fetchall()
    return frozenset(row["command"].removeprefix(f"{name}-") for row in rows)


def called_last(pool: Pool, people: Sequence[str], channel: str) -> str:
    """Who of them was told something on the channel last; "" for nobody."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT person_id::text AS person FROM store_delivery WHERE person_id = ANY(%s::uuid[]) AND channel = %s "
            "AND told_at IS NOT NULL ORDER BY told_at DESC LIMIT 1",
            [list(people), channel],
        ).fetchone()
    return str(row["person"]) if row else ""


def note_answered(pool: Pool, sender: Sender, channel: str, at: Instant) -> None:
    """The person has answered on the channel: it reaches them."""
    with pool.connection() as connection:
        connection.execute(
            "UPDATE store_channel SET answered_at = greatest(answered_at, %s) WHERE person_id = %s AND kind = %s",
            [to_datetime(at), sender.person, channel],
        )
