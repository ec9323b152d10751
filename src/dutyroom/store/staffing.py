"""What changes the people of a site: a whole list in one transaction, or one person; each change on the site's chain.

Nobody is deleted: people leave by an end date, and what they were to do becomes a hole that is found anew, because the
version of every site where they hold duty goes up. The chain names identifiers and fields, never what stands in them.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant, iso
from dutyroom.store.channels import set_channels
from dutyroom.store.instants import to_datetime
from dutyroom.store.leaves import note_in, touch
from dutyroom.store.listing import Changes, Given, compare
from dutyroom.store.people import Known, Listed, Pool, end_instant, first_instant, known
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry


def preview(pool: Pool, site: str, given: Given, carried: frozenset[str], now: Instant) -> Changes:
    """What the list would change. Raises LookupError for a site that is not there."""
    with pool.connection() as connection:
        there = known(connection, site, now)
    return compare(there, given, carried, to_datetime(now).astimezone(there.zone).date())


def carry_out(
    pool: Pool,
    site: str,
    given: Given,
    carried: frozenset[str],
    now: Instant,
    expected: str = "",
    actor: str = "",
) -> Changes | Refusal:
    """Do what the list says, all of it or nothing. `expected` is the hash under which it was looked at and agreed to.

    What cannot be done comes back as it was found, with its findings; nothing is written then either.
    """
    with transaction(pool) as connection:
        connection.execute("SELECT 1 FROM store_site WHERE id = %s FOR UPDATE", [site])
        there = known(connection, site, now)
        changes = compare(there, given, carried, to_datetime(now).astimezone(there.zone).date())
        if not changes.possible:
            return changes
        if expected and expected != changes.known:
            return Refusal("people.import.changed_meanwhile")
        if actor and any(there.ids.get(span.number) == actor for span in changes.leave):
            return Refusal("people.import.own_leave")
        if not changes.nothing:
            _write(connection, there, changes, now, actor)
    return changes


def leave_site(
    pool: Pool, site: str, number: str, last_on: date, now: Instant, actor: str = ""
) -> Instant | Refusal:
    """The person's last day at the site. A day that is over already means: from now on."""
    with transaction(pool) as connection:
        connection.execute("SELECT 1 FROM store_site WHERE id = %s FOR UPDATE", [site])
        there = known(connection, site, now)
        person = there.people.get(number)
        if person is None:
            return Refusal("people.leave.nobody", {"number": number})
        if person.starts_on and last_on < person.starts_on:
            return Refusal("people.leave.before_start", {"date": person.starts_on.isoformat()})
        ends = max(now, end_instant(last_on, there.zone))
        _end(connection, there, number, ends, now, actor)
        touch(connection, [there.ids[number]], now)
    return ends


def _write(connection: Connection[DictRow], there: Known, changes: Changes, now: Instant, actor: str) -> None:
    ids = dict(there.ids)
    for one in (*changes.joins, *changes.returns):
        ids[one.number] = _put(connection, there, one, now)
        _record(connection, there, "PersonJoined", {"person": ids[one.number]}, now, actor)
    for change in changes.changed:
        _put(connection, there, change.after, now)
        body = {"person": ids[change.after.number], "fields": list(change.fields)}
        _record(connection, there, "PersonChanged", body, now, actor)
    for one in (*changes.joins, *changes.returns, *(change.after for change in changes.changed)):
        _deputies(connection, there, one, ids, now)
    for one in changes.leaves:
        _end(connection, there, one.number, now, now, actor)
    for span in changes.leave:
        note_in(connection, there, ids[span.number], span, now, actor)
    concerned = [*changes.joins, *changes.returns, *changes.leaves, *(one.after for one in changes.changed)]
    numbers = {one.number for one in concerned} | {span.number for span in changes.leave}
    touch(connection, [ids[number] for number in numbers], now)
    connection.execute(
        "UPDATE store_site SET version = version + 1, headcounts = %s WHERE id = %s",
        [json.dumps(dict(changes.headcounts or {})), there.site],
    )
    counts = {
        "joined": len(changes.joins) + len(changes.returns),
        "left": len(changes.leaves),
        "changed": len(changes.changed),
        "leave": len(changes.leave),
    }
    _record(connection, there, "PeopleListTaken", counts, now, actor)


def _put(connection: Connection[DictRow], there: Known, one: Listed, now: Instant) -> str:
    """The person's row as it should be, new or not; the id."""
    starts = first_instant(one.starts_on, there.zone) if one.starts_on else now
    ends = end_instant(one.ends_on, there.zone) if one.ends_on else None
    before = there.people.get(one.number)
    same_day = before is not None and before.starts_on == one.starts_on  # then the instant stays
    row = connection.execute(
        "INSERT INTO store_person (id, tenant, site_id, number, name, language, second_language, unit, posts, "
        "password, starts_at, ends_at) VALUES (gen_random_uuid(), %(tenant)s, %(site)s, %(number)s, %(name)s, "
        "%(language)s, %(second)s, %(unit)s, %(posts)s, '!', %(starts)s, %(ends)s) "
        "ON CONFLICT (tenant, number) DO UPDATE SET name = EXCLUDED.name, language = EXCLUDED.language, "
        "second_language = EXCLUDED.second_language, unit = EXCLUDED.unit, posts = EXCLUDED.posts, "
        "ends_at = EXCLUDED.ends_at, "
        "starts_at = CASE WHEN %(known)s THEN coalesce(%(starts)s, store_person.starts_at) "
        "ELSE store_person.starts_at END RETURNING id::text",
        {
            "tenant": there.tenant,
            "site": there.site,
            "number": one.number,
            "name": one.name,
            "language": one.language,
            "second": one.second_language,
            "unit": one.unit,
            "posts": list(one.posts),
            "starts": None if same_day else to_datetime(starts),
            "ends": to_datetime(ends) if ends is not None else None,
            # Who comes back keeps the first day: what was held before is a fact.
            "known": before is not None,
        },
    ).fetchone()
    assert row is not None
    person = str(row["id"])
    set_channels(connection, there.tenant, person, one.channels, one.spare)
    _qualifications(connection, there.tenant, person, one.qualifications, now)
    return person


def _qualifications(
    connection: Connection[DictRow],
    tenant: str,
    person: str,
    wanted: Iterable[tuple[str, date | None]],
    now: Instant,
) -> None:
    """What is no longer listed ends; nothing is deleted."""
    left = dict(wanted)
    rows = connection.execute(
        "SELECT id, kind, valid_until FROM store_qualification WHERE person_id = %s AND ended_at IS NULL",
        [person],
    ).fetchall()
    for row in rows:
        if row["kind"] in left and left[row["kind"]] == row["valid_until"]:
            del left[row["kind"]]
        else:
            connection.execute(
                "UPDATE store_qualification SET ended_at = %s WHERE id = %s", [to_datetime(now), row["id"]]
            )
    for kind, until in left.items():
        connection.execute(
            "INSERT INTO store_qualification (tenant, person_id, kind, valid_until) VALUES (%s, %s, %s, %s)",
            [tenant, person, kind, until],
        )


def _deputies(
    connection: Connection[DictRow], there: Known, one: Listed, ids: Mapping[str, str], now: Instant
) -> None:
    """In their order; a number that nobody has any more is passed over."""
    person = ids[one.number]
    wanted = [ids[number] for number in one.deputies if number in ids and number != one.number]
    rows = connection.execute(
        "SELECT deputy_id::text AS deputy FROM store_deputy WHERE person_id = %s AND ended_at IS NULL ORDER BY place",
        [person],
    ).fetchall()
    if [row["deputy"] for row in rows] == wanted:
        return
    connection.execute(
        "UPDATE store_deputy SET ended_at = %s WHERE person_id = %s AND ended_at IS NULL",
        [to_datetime(now), person],
    )
    for place, deputy in enumerate(wanted):
        connection.execute(
            "INSERT INTO store_deputy (tenant, person_id, place, deputy_id) VALUES (%s, %s, %s, %s)",
            [there.tenant, person, place, deputy],
        )


def _end(
    connection: Connection[DictRow], there: Known, number: str, ends: Instant, now: Instant, actor: str
) -> None:
    connection.execute("UPDATE store_person SET ends_at = %s WHERE id = %s", [iso(ends), there.ids[number]])
    _record(connection, there, "PersonLeft", {"person": there.ids[number]}, now, actor)


def _record(
    connection: Connection[DictRow],
    there: Known,
    kind: str,
    body: Mapping[str, Any],
    now: Instant,
    actor: str,
) -> None:
    append_site_entry(connection, there.tenant, there.site, kind, body, now, actor)
