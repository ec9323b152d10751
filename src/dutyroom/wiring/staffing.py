"""A people list for a site: read against the site's plan, previewed, carried out; and written back as a list.

Holds nobody who has no duty post: what is read of others is a number a unit. Knows no page and no command.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dutyroom import wiring
from dutyroom.adapters.staff import Away, Certificate, Holder, StaffList, read_staff, write_staff
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.plan import Plan
from dutyroom.store import people, staffing
from dutyroom.store.listing import Changes, Given
from dutyroom.store.people import Listed, Span
from dutyroom.wording import LANGUAGES, say


@dataclass(frozen=True, slots=True)
class Looked:
    """What a list would do: its own findings, and the changes where it can be read at all."""

    findings: tuple[Finding, ...]
    given: Given | None = None
    changes: Changes | None = None

    @property
    def possible(self) -> bool:
        return self.changes is not None and all(one.severity != "error" for one in self.findings)


def carried() -> frozenset[str]:
    """The kinds of channels that something here carries; the inbox needs nothing from outside."""
    return frozenset({"inbox", *wiring.couriers()})


def look(data: bytes, site: str) -> Looked:
    """Read the list and hold it against what is known. Writes nothing. Raises LookupError without a plan in force."""
    plan = wiring.record().rules(site).plan
    read = read_staff(data, posts_of(plan), elsewhere_of(site, plan), carried())
    if any(one.severity == "error" for one in read.findings):
        return Looked(read.findings)
    return look_again(given_of(read), site, read.findings)


def look_again(given: Given, site: str, findings: tuple[Finding, ...] = ()) -> Looked:
    """A list that was read before, held against what is known now."""
    changes = staffing.preview(wiring.pool(), site, given, carried(), wiring.clock().now())
    return Looked((*findings, *changes.findings), given, changes)


def carry_out(given: Given, site: str, expected: str = "", actor: str = "") -> Changes | Refusal:
    """Do it, unless something changed since `expected` was looked at."""
    now = wiring.clock().now()
    return staffing.carry_out(wiring.pool(), site, given, carried(), now, expected, actor)


def export(site: str) -> bytes:
    """The site's holders of duty as a workbook that reads back as the same list. Raises LookupError."""
    with wiring.pool().connection() as connection:
        known = people.known(connection, site, wiring.clock().now())
    plan = wiring.record().rules(site).plan
    names = {role: name for name, role in posts_of(plan).items()}
    holders = [_holder(one) for one in known.people.values()]
    away = [Away(one.number, one.kind, one.first_on, one.last_on) for one in known.leave]
    notes = [say("people.export.note", language) for language in LANGUAGES]
    return write_staff(holders, away, known.headcounts, names, notes)


def posts_of(plan: Plan) -> dict[str, str]:
    """The names of the plan's posts, as cells carry them, to role ids."""
    return {role.name.zh: role.id for role in plan.roles.values()}


def elsewhere_of(site: str, plan: Plan) -> dict[str, str]:
    """Posts of the tenant's other plans, with the name of the plan: what a wrong list would hold."""
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT DISTINCT ON (e.site_id) e.id::text AS edition FROM store_edition e JOIN store_site s "
            "ON s.id = e.site_id WHERE s.tenant = (SELECT tenant FROM store_site WHERE id = %s) AND s.id <> %s "
            "ORDER BY e.site_id, e.in_force_at DESC, e.id LIMIT 200",
            [site, site],
        ).fetchall()
    own = set(posts_of(plan))
    found: dict[str, str] = {}
    for row in rows:
        other = wiring.record().plan(row["edition"])
        found |= {name: other.title.zh for name in posts_of(other) if name not in own}
    return found


def given_of(read: StaffList) -> Given:
    """The adapter's list as the store takes one."""
    return Given(
        tuple(_listed(one) for one in read.holders),
        read.counts,
        tuple(Span(one.number, one.kind, one.first_on, one.last_on, one.place) for one in read.away),
        read.fields,
    )


def _listed(one: Holder) -> Listed:
    return Listed(
        number=one.number,
        name=one.name,
        unit=one.unit,
        language=one.language,
        second_language=one.second_language,
        posts=one.roles,
        channels=one.channels,
        qualifications=tuple((each.kind, each.valid_until) for each in one.certificates),
        deputies=one.deputies,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        place=one.place,
    )


def _holder(one: Listed) -> Holder:
    return Holder(
        number=one.number,
        name=one.name,
        roles=one.posts,
        language=one.language,
        channels=one.channels,
        unit=one.unit,
        second_language=one.second_language,
        certificates=tuple(Certificate(kind, until) for kind, until in one.qualifications),
        deputies=one.deputies,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    )


def site_named(code: str) -> Mapping[str, Any] | None:
    """The site of a code, for commands: id, zone, names."""
    with wiring.pool().connection() as connection:
        return connection.execute(
            "SELECT id::text, tenant::text, code, zone, name_zh, name_en FROM store_site WHERE code = %s",
            [code],
        ).fetchone()
