"""Handovers as rows: which wait to be accepted, and who kept the post until they were.

While one waits the duty stays with who had it (`core.duties.handing`). Once it is accepted, who kept it for how long is
written down in the same transaction, so that the past is a fact and not worked out again.
"""

from collections.abc import Iterable
from typing import TypeGuard

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.core.duties.handing import Waiting, kept_over
from dutyroom.core.duties.steps import HANDOVER, ROLL_CALL, kind_of
from dutyroom.core.events import (
    ActMarked,
    DeadlineMissed,
    DutyOpened,
    DutySet,
    Event,
    Lapsed,
    Waived,
    Withdrawn,
)
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case
from dutyroom.store.instants import from_datetime, to_datetime

_WAITING = (
    "SELECT role, coalesce(begins_at, opened_at) AS at FROM store_obligation "
    "WHERE site_id = %s AND status = 'open' AND step LIKE %s"
)
_AWAY = (
    "SELECT p.id::text FROM store_person p JOIN store_site s ON s.tenant = p.tenant WHERE s.id = %(site)s "
    "AND (p.ends_at <= %(at)s OR EXISTS (SELECT FROM store_leave l WHERE l.person_id = p.id AND l.state = 'noted' "
    "AND l.starts_at <= %(at)s AND l.ends_at > %(at)s))"
)
_KEPT = (
    "INSERT INTO store_dutykept (tenant, site_id, case_id, role, person_id, place, starts_at, ends_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


def waiting(connection: Connection[DictRow], site: str) -> tuple[Waiting, ...]:
    """The handovers of the site that nobody has accepted yet."""
    rows = connection.execute(_WAITING, [site, f"{HANDOVER}.%"]).fetchall()
    return tuple(
        Waiting(row["role"], from_datetime(row["at"]), away=_away(connection, site, from_datetime(row["at"])))
        for row in rows
    )


def _away(connection: Connection[DictRow], site: str, at: Instant) -> frozenset[str]:
    """Who of the site's tenant is on leave, or has left, at the instant."""
    rows = connection.execute(_AWAY, {"site": site, "at": to_datetime(at)}).fetchall()
    return frozenset(row["id"] for row in rows)


def note_handovers(
    connection: Connection[DictRow], rules: PlanInForce, tenant: str, case: Case, events: Iterable[Event]
) -> None:
    """Write down who kept a post until now, and let everybody look at the roster again."""
    listed = tuple(events)
    ended = {event.key: event.at for event in listed if _ends_handover(event)}
    stirred = any(isinstance(event, DutyOpened | DutySet) or _is_unanswered(event) for event in listed)
    for key, at in ended.items():
        _keep(connection, rules, tenant, case, key, at)
    if ended or stirred:
        connection.execute("UPDATE store_site SET version = version + 1 WHERE id = %s", [case.site])


def _is_unanswered(event: Event) -> bool:
    """A roll call that nobody answered: what was proved of the site's cover is to be proved again."""
    return isinstance(event, DeadlineMissed) and kind_of(event.key) == ROLL_CALL


def _ends_handover(event: Event) -> TypeGuard[ActMarked | Lapsed | Waived | Withdrawn]:
    done = isinstance(event, ActMarked) and event.verb is Verb.DONE
    ends = done or isinstance(event, Lapsed | Waived | Withdrawn)
    return ends and str(getattr(event, "key", "")).startswith(HANDOVER + ".")


def _keep(
    connection: Connection[DictRow], rules: PlanInForce, tenant: str, case: Case, key: str, at: Instant
) -> None:
    owed = case.obligations[key]
    began = owed.begins_at or owed.opened_at
    waited = Waiting(owed.role, began, at, _away(connection, case.site, began))
    for place, kept in enumerate(kept_over(rules.roster, waited)):
        span = (to_datetime(kept.starts_at), to_datetime(kept.ends_at))
        connection.execute(_KEPT, [tenant, case.site, case.case, kept.role, kept.person, place, *span])
