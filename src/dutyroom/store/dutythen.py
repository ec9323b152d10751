"""Who was on duty at a site around a case, how they could be called, and when the server was down.

Duty rows keep their beginning and end, so a past roster is known. Channels are kept as they are now: whoever asks must
see whether the record's own calls fit them (`fits`). Reads no address, no name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.events import Event, PersonCalled
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.roster import END, DutyPeriod, Responder, Roster
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.rules import responders

_DUTIES = (
    "SELECT d.role, d.person_id::text AS person, d.place, d.standing, d.starts_at, "
    "least(d.ends_at, p.ends_at) AS ends_at FROM store_duty d JOIN store_person p ON p.id = d.person_id "
    "WHERE d.site_id = %(site)s AND d.starts_at < %(until)s "
    "AND coalesce(least(d.ends_at, p.ends_at), 'infinity') > %(since)s ORDER BY d.role, d.place, d.starts_at"
)
_OUTAGES = (
    "SELECT starts_at, ends_at FROM store_outage WHERE ends_at > %(since)s AND starts_at < %(until)s "
    "ORDER BY starts_at"
)
_BEHIND = 1_000  # a standing post that began or ended meanwhile is asked after those on duty


@dataclass(frozen=True, slots=True)
class DutyThen:
    """Roster and people as they stood, and the spans in which nobody was there to notice."""

    roster: Roster
    people: Mapping[str, Responder]
    outages: tuple[tuple[Instant, Instant], ...]


def duty_then(connection: Connection[DictRow], site: str, first: Instant, last: Instant) -> DutyThen:
    """Duty at the site from a day before `first` to a day behind `last`."""
    since, until = first - DAY, last + DAY
    span = {"site": site, "since": to_datetime(since), "until": to_datetime(until)}
    rows = connection.execute(_DUTIES, span).fetchall()
    outages = connection.execute(_OUTAGES, span).fetchall()
    return DutyThen(
        _roster(rows, (first, last), (since, until)),
        responders(connection, {row["person"] for row in rows}),
        tuple((from_datetime(row["starts_at"]), from_datetime(row["ends_at"])) for row in outages),
    )


def fits(people: Mapping[str, Responder], events: Iterable[Event]) -> bool:
    """Whether everybody who was called could be called so by what is known of them now."""
    calls = {(one.person, one.channel) for one in events if isinstance(one, PersonCalled)}
    kinds = {(person, channel.kind) for person, one in people.items() for channel in one.channels}
    return calls <= kinds


def _roster(
    rows: Iterable[dict[str, Any]], case: tuple[Instant, Instant], around: tuple[Instant, Instant]
) -> Roster:
    """Standing is who held the post all through the case."""
    standing: dict[str, list[str]] = {}
    periods = []
    for row in rows:
        starts = from_datetime(row["starts_at"])
        ends = from_datetime(row["ends_at"]) if row["ends_at"] else END
        if row["standing"] and starts <= case[0] and ends > case[1]:
            standing.setdefault(row["role"], []).append(row["person"])
        else:
            place = row["place"] + (_BEHIND if row["standing"] else 0)
            periods.append(
                DutyPeriod(row["role"], row["person"], max(starts, around[0]), min(ends, around[1]), place)
            )
    return Roster({role: tuple(dict.fromkeys(people)) for role, people in standing.items()}, tuple(periods))
