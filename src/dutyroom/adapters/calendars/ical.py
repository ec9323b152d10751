"""A roster as an iCalendar feed (RFC 5545): one event a turn of duty, for a person or a post. `feed(...) -> bytes`.

An event keeps its UID for good; when its person or its times change, SEQUENCE grows; a turn that is taken away stays in
the feed as CANCELLED, because a telephone keeps what it is not told to drop. Names of those on duty stand in it and
nothing else of anybody: no addresses, no telephone numbers, no attendees to whom a calendar would write.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration

from dutyroom.core.instants import Instant, iso
from dutyroom.core.roster import Roster

PRODUCT = "-//Dutyroom//Roster//EN"
REFRESH = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = uuid.UUID("5b7d3a52-0f0b-4d0a-8a5d-1f7c5a1e9a10")


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of duty as it is shown: `uid` is the same for as long as the turn is, whoever takes it.

    `sequence` counts its changes, `changed_at` is when it last changed. `summary` is what a telephone shows.
    """

    uid: str
    summary: str
    starts_at: Instant
    ends_at: Instant
    changed_at: Instant
    sequence: int = 0
    cancelled: bool = False
    description: str = ""


def feed(turns: Sequence[Turn], title: str, zone: str, made_at: Instant) -> bytes:
    """The feed as UTF-8 with CRLF, lines folded at 75 octets. The same arguments give the same bytes.

    Times stand in the zone, with its rules beside them. One that a change of the clocks makes double stands in UTC.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", vDuration(REFRESH, params={"VALUE": "DURATION"}))
    ordered = sorted(turns, key=lambda turn: (turn.starts_at, turn.uid))
    if ordered:
        calendar.add_component(_rules_of(zone, ordered))
    for turn in ordered:
        calendar.add_component(_event(turn, ZoneInfo(zone), made_at))
    return bytes(calendar.to_ical())


def turns_of(
    roster: Roster,
    site: str,
    names: Mapping[str, str],
    posts: Mapping[str, str],
    changed_at: Instant,
    *,
    person: str = "",
    post: str = "",
    sequence: int = 0,
) -> tuple[Turn, ...]:
    """The turns of a roster, of one person or one post where they are named. A turn is the post's, from its beginning.

    `names` are of people by the roster's identifiers, `posts` the names of posts; one that is missing stands as it is.
    """
    return tuple(
        Turn(
            uid_of(site, one.role, one.starts_at, one.place),
            f"{posts.get(one.role, one.role)} {names.get(one.person, one.person)}",
            one.starts_at,
            one.ends_at,
            changed_at,
            sequence,
        )
        for one in roster.periods
        if (not person or one.person == person) and (not post or one.role == post)
    )


def uid_of(site: str, post: str, starts_at: Instant, place: int) -> str:
    """The same for a turn whoever takes it: site, post, beginning, first or second on duty."""
    return f"{uuid.uuid5(_NAMES, f'{site}/{post}/{iso(starts_at)}/{place}')}@dutyroom"


def _event(turn: Turn, zone: ZoneInfo, made_at: Instant) -> Event:
    event = Event()
    event.add("uid", turn.uid)
    event.add("dtstamp", _utc(made_at))
    event.add("last-modified", _utc(turn.changed_at))
    event.add("sequence", turn.sequence)
    starts, ends = _shown(turn, zone)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", turn.summary)
    if turn.description:
        event.add("description", turn.description)
    event.add("status", "CANCELLED" if turn.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if turn.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _rules_of(zone: str, turns: Sequence[Turn]) -> Timezone:
    """The zone's rules for the years that the turns lie in, a year wider on both sides."""
    first, last = _utc(turns[0].starts_at).year - 1, _utc(max(turn.ends_at for turn in turns)).year + 2
    return Timezone.from_tzid(zone, first_date=date(first, 1, 1), last_date=date(last, 1, 1))


def _shown(turn: Turn, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end on the site's clocks; in UTC where one of them is the second time that the clocks show it.

    Both in UTC then, because readers bring the end into the zone of the beginning and lose which of the two it was.
    """
    moments = (_utc(turn.starts_at), _utc(turn.ends_at))
    starts, ends = (moment.astimezone(zone) for moment in moments)
    return moments if starts.fold or ends.fold else (starts, ends)


def _utc(instant: Instant) -> datetime:
    """To the second: the form knows nothing finer."""
    return _EPOCH + timedelta(seconds=instant // 1000)
