"""A case of the database ready to be audited: its record, its edition, and who was on duty when it ran."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dutyroom import wiring
from dutyroom.core.audited import Audit
from dutyroom.core.codec import load_event
from dutyroom.core.events import Event
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import Outage
from dutyroom.interpreters.audit import audit
from dutyroom.store.dutythen import duty_then, fits


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case as its record holds it. `exact`: the calls on record fit what is known of people's channels."""

    case: str
    events: tuple[Event, ...]
    entries: tuple[str, ...]
    rules: PlanInForce
    exact: bool
    outages: tuple[Outage, ...]
    names: Mapping[str, str]
    zone: ZoneInfo


def recorded(case: str) -> Recorded:
    """The case by its id. Raises LookupError for an unknown one."""
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT e.entry_id::text AS entry, e.type, e.body, c.edition_id::text AS edition, c.site_id::text AS site, "
            "s.zone FROM store_entry e JOIN store_case c ON c.id = e.case_id JOIN store_site s ON s.id = c.site_id "
            "WHERE e.case_id = %s ORDER BY e.case_seq",
            [case],
        ).fetchall()
        if not rows:
            raise LookupError(case)
        events = tuple(load_event(row["type"], json.loads(row["body"])) for row in rows)
        then = duty_then(connection, rows[0]["site"], events[0].at, events[-1].at)
        people = connection.execute("SELECT id::text AS person, name FROM store_person").fetchall()
    rules = PlanInForce(wiring.record().plan(rows[0]["edition"]), then.roster, then.people)
    return Recorded(
        case,
        events,
        tuple(row["entry"] for row in rows),
        rules,
        fits(then.people, events),
        then.outages,
        {one["person"]: one["name"] for one in people},
        ZoneInfo(rows[0]["zone"]),
    )


def audit_case(case: str) -> Audit:
    """The case's record against the edition it runs under. Raises LookupError for an unknown one."""
    found = recorded(case)
    return audit(found.rules, found.events, exact=found.exact, outages=found.outages)
