"""Setting up a site: its place in the tree, its plan edition, the people who hold duty roles, their channels and duty.

Everything of one set-up is one transaction. People are found again by their number; who is no longer in the list keeps
the row and gets an end date; nobody is deleted. Cleaners and other workers are headcounts of their unit, never rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import Instant, iso
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Roster
from dutyroom.store.channels import set_channels
from dutyroom.store.pool import transaction


@dataclass(frozen=True, slots=True)
class SiteText:
    """How a node of the tree is called and reached."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    duty_phone: str
    parent: str = ""
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class HolderText:
    """A holder of duty roles as the people list has them."""

    number: str
    name: str
    language: str
    channels: tuple[tuple[str, str], ...]
    unit: str = ""
    posts: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


def add_site(pool: ConnectionPool[Connection[DictRow]], site: SiteText, identity: str) -> str:
    """The site's id: a new row under its parent, or the one that has the code already. Raises LookupError."""
    with transaction(pool) as connection:
        known = _one(connection, "SELECT id::text AS id FROM store_site WHERE code = %s", site.code)
        if known:
            return str(known["id"])
        parent = _one(
            connection, "SELECT id::text, tenant::text, path FROM store_site WHERE code = %s", site.parent
        )
        if site.parent and not parent:
            raise LookupError(site.parent)
        connection.execute(
            "INSERT INTO store_site (id, tenant, parent_id, path, code, kind, name_zh, name_en, zone, duty_phone, "
            "headcounts, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', 1)",
            [
                identity,
                parent["tenant"] if parent else identity,
                parent["id"] if parent else None,
                f"{parent['path'] if parent else '/'}{identity}/",
                site.code,
                site.kind,
                site.name_zh,
                site.name_en,
                site.zone,
                site.duty_phone,
            ],
        )
    return identity


def bind(
    pool: ConnectionPool[Connection[DictRow]],
    site: str,
    plan: Plan,
    texts: tuple[str, str],
    roster: Roster,
    holders: Sequence[HolderText],
    headcounts: Mapping[str, int],
    now: Instant,
    drills: Sequence[str] = (),
) -> None:
    """Put a plan edition in force at the site, with its roster and people. `texts` are the plan's and roster's own.

    `drills` are the texts of the drill scripts that came with them.
    """
    with transaction(pool) as connection:
        row = _one(connection, "SELECT tenant::text FROM store_site WHERE id = %s FOR UPDATE", site)
        if row is None:
            raise LookupError(site)
        tenant = str(row["tenant"])
        _edition(connection, tenant, site, plan, texts, drills, now)
        people = {holder.number: _person(connection, tenant, site, holder, now) for holder in holders}
        _let_leave(connection, site, list(people.values()), now)
        _duty(connection, tenant, site, roster, people, now)
        connection.execute(
            "UPDATE store_site SET version = version + 1, headcounts = %s WHERE id = %s",
            [json.dumps(dict(headcounts)), site],
        )


def _edition(
    connection: Connection[DictRow],
    tenant: str,
    site: str,
    plan: Plan,
    texts: tuple[str, str],
    drills: Sequence[str],
    now: Instant,
) -> None:
    scripts = json.dumps(list(drills), ensure_ascii=False)
    connection.execute(
        "INSERT INTO store_edition (id, tenant, site_id, plan, version, sha256, text, roster_text, drills, "
        "in_force_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (site_id, sha256) DO UPDATE SET roster_text = EXCLUDED.roster_text, drills = EXCLUDED.drills, "
        "in_force_at = EXCLUDED.in_force_at",
        [tenant, site, plan.id, plan.version, plan.source_sha256, *texts, scripts, iso(now)],
    )


def _person(connection: Connection[DictRow], tenant: str, site: str, holder: HolderText, now: Instant) -> str:
    row = _one(
        connection,
        "INSERT INTO store_person (id, tenant, site_id, number, name, language, unit, posts, password, starts_at) "
        "VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, '!', %s) ON CONFLICT (tenant, number) "
        "DO UPDATE SET name = EXCLUDED.name, language = EXCLUDED.language, unit = EXCLUDED.unit, "
        "posts = EXCLUDED.posts, ends_at = NULL RETURNING id::text",
        tenant,
        site,
        holder.number,
        holder.name,
        holder.language,
        holder.unit,
        list(holder.posts),
        iso(now),
    )
    person = str(row["id"]) if row else ""
    set_channels(connection, tenant, person, holder.channels, holder.spare)
    return person


def _let_leave(connection: Connection[DictRow], site: str, stay: Sequence[str], now: Instant) -> None:
    """Who is no longer in the list leaves by an end date; the row stays, since the record names it."""
    connection.execute(
        "UPDATE store_person SET ends_at = %s WHERE site_id = %s AND ends_at IS NULL AND NOT id = ANY(%s::uuid[])",
        [iso(now), site, list(stay)],
    )


def _duty(
    connection: Connection[DictRow],
    tenant: str,
    site: str,
    roster: Roster,
    people: Mapping[str, str],
    now: Instant,
) -> None:
    """Replace the duty that is to come. What has begun is kept: who was on duty is a fact, it only ends now."""
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    moment = iso(now)
    connection.execute("DELETE FROM store_duty WHERE site_id = %s AND starts_at >= %s", [site, moment])
    connection.execute(
        "UPDATE store_duty SET ends_at = %s WHERE site_id = %s AND coalesce(ends_at, 'infinity') > %s",
        [moment, site, moment],
    )
    rows: list[dict[str, Any]] = []
    for role, numbers in roster.standing.items():
        for place, number in enumerate(numbers):
            rows.append(_duty_row(role, people[number], place, now, None))
    for period in roster.periods:
        if period.ends_at > now:
            span = (max(now, period.starts_at), period.ends_at)
            rows.append(_duty_row(period.role, people[period.person], period.place, *span))
    connection.execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "
        "SELECT %s, %s, role, person, place, ends_at IS NULL, starts_at, ends_at FROM jsonb_to_recordset(%s::jsonb) "
        "AS given(role text, person uuid, place int, starts_at timestamptz, ends_at timestamptz)",
        [tenant, site, json.dumps(rows)],
    )


def _duty_row(role: str, person: str, place: int, starts_at: int, ends_at: int | None) -> dict[str, Any]:
    until = None if ends_at is None else iso(ends_at)
    return {"role": role, "person": person, "place": place, "starts_at": iso(starts_at), "ends_at": until}


def _one(connection: Connection[DictRow], statement: str, *values: object) -> dict[str, Any] | None:
    return connection.execute(statement.encode(), values).fetchone()
