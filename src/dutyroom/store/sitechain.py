"""What is put on record about a site and about no case: a period declared, a roster changed, a compartment erased.

Within the caller's transaction, so that the fact and its entry are there together or not at all.
"""

import uuid
from collections.abc import Mapping

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.instants import Instant, iso
from dutyroom.core.ledger import Entry, canonical, leaf
from dutyroom.store.writing import insert


def append_site_entry(
    connection: Connection[DictRow],
    tenant: str,
    site: str,
    kind: str,
    body: Mapping[str, object],
    now: Instant,
    actor: str = "",
) -> None:
    """Append an entry that belongs to the site and to no case; the site's own chain orders these.

    `actor` is the person (an id) who did it; nobody where the program did it by itself.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('chain' || %s, 0))", [site])
    last = connection.execute(
        "SELECT case_seq, leaf FROM store_entry WHERE site_id = %s AND case_id IS NULL ORDER BY case_seq DESC LIMIT 1",
        [site],
    ).fetchone()
    entry = Entry(
        entry_id=str(uuid.uuid5(uuid.UUID(site), f"{kind}/{(last or {}).get('case_seq', 0) + 1}")),
        site=site,
        case=None,
        case_seq=(last["case_seq"] if last else 0) + 1,
        type=kind,
        at=iso(now),
        recorded_at=iso(now),
        actor=actor,
        body=canonical(body).decode(),
        previous=last["leaf"] if last else "",
    )
    row = {
        "tenant": tenant,
        "entry_id": entry.entry_id,
        "site_id": site,
        "case_id": None,
        "case_seq": entry.case_seq,
        "type": kind,
        "at": entry.at,
        "recorded_at": entry.recorded_at,
        "actor": actor,
        "body": entry.body,
        "previous": entry.previous,
        "leaf": leaf(entry).hex(),
    }
    insert(connection, "store_entry", [row])
