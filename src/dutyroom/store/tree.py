"""The tree of sites: group → company → project → crew. Nodes are added and end by an end date; none is deleted.

A node ends only when nobody needs it any more: nothing below it, nobody at it, nothing that still runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.duties.occurring import DAY, ROUND, UPKEEP
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.store.instants import to_datetime
from dutyroom.store.organise import SiteText
from dutyroom.store.people import Pool, end_instant
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry

_BY_CLOCK = (DAY, ROUND, UPKEEP)  # the calendar's own cases, which end when their day does
KINDS = ("group", "company", "project", "crew")


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a list shows it: `depth` below the first one, counts of holders and of the others."""

    id: str
    code: str
    kind: str
    name_zh: str
    name_en: str
    depth: int
    holders: int
    others: int
    has_plan: bool
    zone: str
    ends_at: datetime | None

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_zh


_NODES = """
SELECT s.id::text, s.code, s.kind, s.name_zh, s.name_en, s.path, s.zone, s.ends_at, s.headcounts,
  (SELECT count(*) FROM store_person p WHERE p.site_id = s.id AND coalesce(p.ends_at, 'infinity') > %(now)s) AS holders,
  EXISTS (SELECT FROM store_edition e WHERE e.site_id = s.id) AS has_plan
FROM store_site s WHERE s.path LIKE %(below)s ORDER BY s.path
"""
_STANDING = """
SELECT (SELECT count(*) FROM store_site c WHERE c.parent_id = s.id
    AND coalesce(c.ends_at, 'infinity') > %(ends)s) AS below,
  (SELECT count(*) FROM store_person p WHERE p.site_id = s.id AND coalesce(p.ends_at, 'infinity') > %(ends)s) AS people,
  (SELECT count(*) FROM store_case c WHERE c.site_id = s.id AND c.closed_at IS NULL
    AND NOT c.kind = ANY(%(by_clock)s)) AS cases
FROM store_site s WHERE s.id = %(site)s
"""


def nodes(pool: Pool, path: str, now: Instant) -> tuple[Node, ...]:
    """The node of the path (`/`: every root) and everything below it, each node behind the one above it."""
    with pool.connection() as connection:
        rows = connection.execute(_NODES, {"below": f"{path}%", "now": to_datetime(now)}).fetchall()
    by_parent: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        above = row["path"].rstrip("/").rpartition("/")[0] + "/"
        by_parent.setdefault(above if row["path"] != path else "", []).append(row)
    return tuple(_walk(by_parent, "/" if path == "/" else "", 0))


def _walk(by_parent: Mapping[str, list[Mapping[str, Any]]], above: str, depth: int) -> list[Node]:
    found = []
    for row in sorted(by_parent.get(above, ()), key=lambda one: str(one["code"])):
        found.append(
            Node(
                row["id"],
                row["code"],
                row["kind"],
                row["name_zh"],
                row["name_en"],
                depth,
                row["holders"],
                sum(row["headcounts"].values()),
                row["has_plan"],
                row["zone"],
                row["ends_at"],
            )
        )
        found += _walk(by_parent, row["path"], depth + 1)
    return found


def add_node(pool: Pool, site: SiteText, identity: str, now: Instant, actor: str = "") -> str | Refusal:
    """A new node under its parent; the fact stands on the parent's chain. The id."""
    with transaction(pool) as connection:
        parent = connection.execute(
            "SELECT id::text, tenant::text, path, kind, ends_at FROM store_site WHERE code = %s FOR UPDATE",
            [site.parent],
        ).fetchone()
        refused = _no_place(connection, site, parent, now)
        if refused is not None or parent is None:
            return refused or Refusal("people.site.no_parent", {"parent": site.parent})
        connection.execute(
            "INSERT INTO store_site (id, tenant, parent_id, path, code, kind, name_zh, name_en, zone, duty_phone, "
            "headcounts, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', 1)",
            [
                identity,
                parent["tenant"],
                parent["id"],
                f"{parent['path'].rstrip('/')}/{identity}/",
                site.code,
                site.kind,
                site.name_zh,
                site.name_en,
                site.zone,
                site.duty_phone,
            ],
        )
        body = {"site": identity, "kind": site.kind}
        append_site_entry(connection, parent["tenant"], parent["id"], "SiteAdded", body, now, actor)
    return identity


def _no_place(
    connection: Connection[DictRow], site: SiteText, parent: Mapping[str, Any] | None, now: Instant
) -> Refusal | None:
    if parent is None:
        return Refusal("people.site.no_parent", {"parent": site.parent})
    if parent["ends_at"] is not None and parent["ends_at"] <= to_datetime(now):
        return Refusal("people.site.parent_ended")
    if site.kind not in KINDS or KINDS.index(site.kind) < KINDS.index(parent["kind"]):
        return Refusal("people.site.kind")
    if connection.execute("SELECT 1 FROM store_site WHERE code = %s", [site.code]).fetchone():
        return Refusal("people.site.code_taken", {"code": site.code})
    return None


def end_node(pool: Pool, site: str, last_on: date, now: Instant, actor: str = "") -> Instant | Refusal:
    """The node's last day; refused while something below it, somebody at it or a case would be left behind."""
    with transaction(pool) as connection:
        row = connection.execute(
            "SELECT tenant::text, zone, ends_at FROM store_site WHERE id = %s FOR UPDATE", [site]
        ).fetchone()
        if row is None:
            raise LookupError(site)
        if row["ends_at"] is not None and row["ends_at"] <= to_datetime(now):
            return Refusal("people.site.ended")
        ends = max(now, end_instant(last_on, ZoneInfo(row["zone"])))
        asked = {"site": site, "ends": to_datetime(ends), "by_clock": list(_BY_CLOCK)}
        left = connection.execute(_STANDING, asked).fetchone() or {}
        if any(left.values()):
            return Refusal("people.site.needed", {name: int(count) for name, count in left.items()})
        connection.execute(
            "UPDATE store_site SET ends_at = %s, version = version + 1 WHERE id = %s",
            [to_datetime(ends), site],
        )
        append_site_entry(connection, row["tenant"], site, "SiteEnded", {"site": site}, now, actor)
    return ends
