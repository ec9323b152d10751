"""What the pages of the duty day look up: days, rounds, issues, who answers from which address."""

import json
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
