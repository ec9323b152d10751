"""Who really holds which post of a site in a span: rostered, here by the own dates, and not on leave.

One reading for what runs live, what looks ahead and what looks back; the database's view `store_held` takes leave off.
"""

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.instants import Instant
from dutyroom.core.people import Held
from dutyroom.core.roster import END
from dutyroom.store.instants import from_datetime, to_datetime

_HELD = """
SELECT h.role, h.person_id::text AS person, p.number, h.place, h.standing, h.starts_at, h.ends_at
FROM store_held h JOIN store_person p ON p.id = h.person_id
WHERE h.site_id = %(site)s AND coalesce(h.ends_at, 'infinity') > %(since)s
  AND h.starts_at < coalesce(%(until)s::timestamptz, 'infinity')
ORDER BY h.role, h.place, h.starts_at, p.number
"""


def held_at(
    connection: Connection[DictRow],
    site: str,
    since: Instant,
    until: Instant | None = None,
    *,
    by_number: bool = False,
) -> tuple[Held, ...]:
    """What is held at the site between the two, by post and place. People are identifiers, or staff numbers."""
    rows = connection.execute(
        _HELD,
        {
            "site": site,
            "since": to_datetime(since),
            "until": None if until is None else to_datetime(until),
        },
    ).fetchall()
    return tuple(
        Held(
            row["role"],
            row["number"] if by_number else row["person"],
            row["place"],
            row["standing"],
            from_datetime(row["starts_at"]),
            from_datetime(row["ends_at"]) if row["ends_at"] else END,
        )
        for row in rows
    )
