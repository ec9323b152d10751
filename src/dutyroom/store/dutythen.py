"""Who was on duty at a site around a case, how they could be called, and when the server was down.

Duty rows keep their beginning and end, so a past roster is known. Channels are kept as they are now: whoever asks must
see whether the record's own calls fit them (`fits`). Reads no address, no name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.duties.handing import held
from dutyroom.core.events import Event, PersonCalled
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.people import Held, roster_of
from dutyroom.core.roster import Responder, Roster
from dutyroom.store.handovers import waiting
from dutyroom.store.held import held_at
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.rules import responders

_OUTAGES = (
    "SELECT starts_at, ends_at FROM store_outage WHERE ends_at > %(since)s AND starts_at < %(until)s "
    "ORDER BY starts_at"
)


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
    rostered = held_at(connection, site, since, until)
    waits = [replace(one, until=until) for one in waiting(connection, site) if one.at < until]
    outages = connection.execute(_OUTAGES, span).fetchall()
    return DutyThen(
        held(
            roster_of([_around(one, since, until) for one in rostered], first, last),
            waits,
        ),
        responders(connection, {one.person for one in rostered}),
        tuple((from_datetime(row["starts_at"]), from_datetime(row["ends_at"])) for row in outages),
    )


def fits(people: Mapping[str, Responder], events: Iterable[Event]) -> bool:
    """Whether everybody who was called could be called so by what is known of them now."""
    calls = {(one.person, one.channel) for one in events if isinstance(one, PersonCalled)}
    kinds = {(person, channel.kind) for person, one in people.items() for channel in one.channels}
    return calls <= kinds


def _around(one: Held, since: Instant, until: Instant) -> Held:
    """As much of it as lies around the case."""
    return replace(one, starts_at=max(one.starts_at, since), ends_at=min(one.ends_at, until))
