"""Who really holds which post of a site in a span: rostered, here by the own dates, and not on leave.

One reading for what runs live, what looks ahead and what looks back; the database's view `store_held` takes leave off.
Who kept a post beyond the turn, until the next one had accepted it, stands before everybody else.
"""

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.instants import Instant
from dutyroom.core.people import Held
from dutyroom.core.roster import END, HELD_OVER
from dutyroom.store.instants import from_datetime, to_datetime

_HELD = """
SELECT h.role, h.person_id::text AS person, p.number, h.place, h.standing, h.starts_at, h.ends_at
FROM store_held h JOIN store_person p ON p.id = h.person_id
WHERE h.site_id = %(site)s AND coalesce(h.ends_at, 'infinity') > %(since)s
  AND h.starts_at < coalesce(%(until)s::timestamptz, 'infinity')
UNION ALL
SELECT k.role, k.person_id::text, p.number, k.place + %(kept)s, false, k.starts_at, k.ends_at
FROM store_dutykept k JOIN store_person p ON p.id = k.person_id
WHERE k.site_id = %(site)s AND k.ends_at > %(since)s
  AND k.starts_at < coalesce(%(until)s::timestamptz, 'infinity')
ORDER BY role, place, starts_at, number
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
            "kept": HELD_OVER,
        },
        prepare=False,  # a plan made while the tables were small stays with the connection, and takes a second later on
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
