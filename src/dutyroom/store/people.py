"""The holders of duty of a site as they are known: for lists and pages with their names, for rostering without.

`Listed` is a person as a people list has one; both a list that comes and what is known are such values, so that they
can be held against each other. Reads only; see `store.staffing` for what changes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant
from dutyroom.core.people import Holder, Leave, Qualification
from dutyroom.store.instants import from_datetime, to_datetime

Pool = ConnectionPool[Connection[DictRow]]


@dataclass(frozen=True, slots=True)
class Span:
    """Leave in whole days, `place` being the cell that said so, where a list did."""

    number: str
    kind: str
    first_on: date
    last_on: date
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A holder of duty roles. `channels` are (kind, address) in order; `spare` the kinds that nothing here carries."""

    number: str
    name: str
    unit: str = ""
    language: str = "zh"
    second_language: str = ""
    posts: tuple[str, ...] = ()
    channels: tuple[tuple[str, str], ...] = ()
    spare: tuple[str, ...] = ()
    qualifications: tuple[tuple[str, date | None], ...] = ()
    deputies: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a site's people at an instant. `ids` are those of everybody in the tenant by staff number.

    `gone` has left; `elsewhere` names the other site of the tenant that is somebody's home.
    """

    site: str
    tenant: str
    edition: str
    zone: ZoneInfo
    people: Mapping[str, Listed]
    ids: Mapping[str, str]
    leave: tuple[Span, ...]
    headcounts: Mapping[str, int]
    gone: Mapping[str, Listed]
    elsewhere: Mapping[str, str]


_SITE = """
SELECT s.tenant::text, s.zone, s.headcounts, coalesce((SELECT id::text FROM store_edition WHERE site_id = s.id
  AND in_force_at <= %(now)s ORDER BY in_force_at DESC, id LIMIT 1), '') AS edition
FROM store_site s WHERE s.id = %(site)s
"""
_PEOPLE = """
SELECT p.id::text, p.number, p.name, p.unit, p.language, p.second_language, p.posts, p.starts_at, p.ends_at,
  p.site_id::text AS site, s.name_zh AS home,
  (SELECT coalesce(json_agg(json_build_array(c.kind, c.address) ORDER BY c.place), '[]') FROM store_channel c
    WHERE c.person_id = p.id) AS channels,
  (SELECT coalesce(json_agg(json_build_array(x.kind, x.address) ORDER BY x.kind), '[]') FROM store_sparechannel x
    WHERE x.person_id = p.id) AS spare,
  (SELECT coalesce(json_agg(json_build_array(q.kind, q.valid_until) ORDER BY q.id), '[]') FROM store_qualification q
    WHERE q.person_id = p.id AND q.ended_at IS NULL) AS qualifications,
  (SELECT coalesce(json_agg(o.number ORDER BY d.place), '[]') FROM store_deputy d
    JOIN store_person o ON o.id = d.deputy_id WHERE d.person_id = p.id AND d.ended_at IS NULL) AS deputies
FROM store_person p JOIN store_site s ON s.id = p.site_id WHERE p.tenant = %(tenant)s ORDER BY p.number
"""
_LEAVE = """
SELECT p.number, l.kind, l.first_on, l.last_on FROM store_leave l JOIN store_person p ON p.id = l.person_id
WHERE p.site_id = %(site)s AND l.state = 'noted' AND l.ends_at > %(now)s ORDER BY p.number, l.first_on
"""


def known(connection: Connection[DictRow], site: str, now: Instant) -> Known:
    """Everybody of the site. Raises LookupError for a site that is not there."""
    asked = {"site": site, "now": to_datetime(now)}
    row = connection.execute(_SITE, asked).fetchone()
    if row is None:
        raise LookupError(site)
    zone = ZoneInfo(row["zone"])
    people: dict[str, Listed] = {}
    gone: dict[str, Listed] = {}
    elsewhere: dict[str, str] = {}
    ids: dict[str, str] = {}
    for one in connection.execute(_PEOPLE, {"tenant": row["tenant"]}).fetchall():
        ids[one["number"]] = one["id"]
        if one["site"] != site:
            elsewhere[one["number"]] = one["home"]
        elif one["ends_at"] is not None and from_datetime(one["ends_at"]) <= now:
            gone[one["number"]] = _listed(one, zone)
        else:
            people[one["number"]] = _listed(one, zone)
    leave = tuple(
        Span(one["number"], one["kind"], one["first_on"], one["last_on"])
        for one in connection.execute(_LEAVE, asked).fetchall()
        if one["number"] in people
    )
    return Known(
        site, row["tenant"], row["edition"], zone, people, ids, leave, row["headcounts"], gone, elsewhere
    )


def _listed(row: Mapping[str, Any], zone: ZoneInfo) -> Listed:
    ends = row["ends_at"]
    return Listed(
        number=row["number"],
        name=row["name"],
        unit=row["unit"],
        language=row["language"],
        second_language=row["second_language"],
        posts=tuple(row["posts"]),
        channels=tuple((kind, address) for kind, address in [*row["channels"], *row["spare"]]),
        spare=tuple(sorted(kind for kind, _ in row["spare"])),
        qualifications=tuple(
            (kind, date.fromisoformat(until) if until else None) for kind, until in row["qualifications"]
        ),
        deputies=tuple(row["deputies"]),
        starts_on=row["starts_at"].astimezone(zone).date() if row["starts_at"] else None,
        ends_on=(ends.astimezone(zone) - timedelta(milliseconds=1)).date() if ends else None,
    )


def first_instant(day: date, zone: ZoneInfo) -> Instant:
    """When the day begins on the site's clocks."""
    return from_datetime(datetime.combine(day, time(), zone))


def end_instant(day: date, zone: ZoneInfo) -> Instant:
    """When the day is over there."""
    return first_instant(day + timedelta(days=1), zone)


_ROSTERED = """
SELECT p.id::text, p.number, p.language, p.second_language, p.starts_at, p.ends_at, s.zone,
  array(SELECT role FROM unnest(CASE WHEN p.site_id = s.id THEN p.posts END) AS role
    UNION SELECT d.role FROM store_duty d WHERE d.person_id = p.id AND d.site_id = s.id
      AND coalesce(d.ends_at, 'infinity') > coalesce(%(since)s::timestamptz, '-infinity') ORDER BY 1) AS posts,
  (SELECT coalesce(json_agg(json_build_array(q.kind, q.valid_until) ORDER BY q.kind), '[]') FROM store_qualification q
    WHERE q.person_id = p.id AND q.ended_at IS NULL) AS qualifications,
  (SELECT coalesce(json_agg(o.number ORDER BY e.place), '[]') FROM store_deputy e
    JOIN store_person o ON o.id = e.deputy_id WHERE e.person_id = p.id AND e.ended_at IS NULL) AS deputies
FROM store_site s JOIN store_person p ON p.tenant = s.tenant AND (p.site_id = s.id
  OR EXISTS (SELECT FROM store_duty d WHERE d.person_id = p.id AND d.site_id = s.id))
WHERE s.id = %(site)s
  AND coalesce(p.ends_at, 'infinity') > coalesce(%(since)s::timestamptz, '-infinity')
ORDER BY p.number
"""
_ALL_LEAVE = """
SELECT person_id::text AS person, starts_at, ends_at, kind, state FROM store_leave
WHERE person_id = ANY(%(people)s::uuid[]) AND state IN ('noted', 'wished')
  AND ends_at > coalesce(%(since)s::timestamptz, '-infinity') ORDER BY starts_at, id
"""


def for_rostering(pool: Pool, site: str, since: Instant | None = None) -> tuple[Holder, ...]:
    """Whom the site can roster, by staff number, with leave, qualifications and dates; only who is here after `since`.

    A wish for leave that nobody has answered is given too, marked as such.
    """
    moment = None if since is None else to_datetime(since)
    with pool.connection() as connection:
        people = connection.execute(_ROSTERED, {"site": site, "since": moment}).fetchall()
        spans = connection.execute(
            _ALL_LEAVE, {"people": [one["id"] for one in people], "since": moment}
        ).fetchall()
    leave: dict[str, list[Leave]] = {}
    for one in spans:
        span = (from_datetime(one["starts_at"]), from_datetime(one["ends_at"]))
        leave.setdefault(one["person"], []).append(Leave(*span, one["kind"], one["state"] == "wished"))
    return tuple(_holder(one, tuple(leave.get(one["id"], ()))) for one in people)


def _holder(row: Mapping[str, Any], leave: tuple[Leave, ...]) -> Holder:
    zone = ZoneInfo(row["zone"])
    return Holder(
        person=row["number"],
        posts=tuple(row["posts"]),
        qualifications=tuple(
            Qualification(kind, end_instant(date.fromisoformat(until), zone) if until else None)
            for kind, until in row["qualifications"]
        ),
        leave=leave,
        deputies=tuple(row["deputies"]),
        languages=tuple(one for one in (row["language"], row["second_language"]) if one),
        starts_at=from_datetime(row["starts_at"]) if row["starts_at"] else None,
        ends_at=from_datetime(row["ends_at"]) if row["ends_at"] else None,
    )
