"""Events as rows: what one decision writes into the record, the obligation list and the outbox.

Pure: the same decision gives the same rows, so the intake of many reports can be written in one statement a table.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from dutyroom.core.codec import dump_case, dump_event, event_type
from dutyroom.core.events import ActMarked, Event, PersonCalled, Waived, Withdrawn
from dutyroom.core.instants import iso
from dutyroom.core.ledger import Entry, canonical, leaf
from dutyroom.core.obligations import pending
from dutyroom.core.plan import Verb
from dutyroom.core.state import Case, Obligation

Row = dict[str, Any]

# Deliveries of one obligation to one person share an identity: derived, so that a retry after a crash has it too.
_SPACE = bytes.fromhex("5f0c6f6e9a1e4a538a5e8a4f9b8d2c11")


@dataclass
class Rows:
    """What is to be written, by table."""

    entries: list[Row] = field(default_factory=list)
    obligations: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    head: str = ""


def decision_rows(
    tenant: str,
    before: Case,
    events: tuple[Event, ...],
    after: Case,
    head: str,
    recorded_at: int,
    outsiders: frozenset[str] = frozenset(),
) -> Rows:
    """The rows of one decision. `head` is the hash of the case's last entry so far.

    `outsiders` are persons of bodies outside: an exercise writes down that they would have been called, and no more.
    """
    rows = Rows(head=head)
    recorded = iso(recorded_at)
    for number, event in enumerate(events, start=before.events + 1):
        rows.head = _entry(rows, tenant, after, event, number, recorded, rows.head)
    for key in dict.fromkeys(key for event in events if (key := getattr(event, "key", ""))):
        if before.obligations.get(key) != after.obligations[key]:
            rows.obligations.append(_obligation(tenant, after, after.obligations[key]))
    for event in events:
        if isinstance(event, PersonCalled):
            rows.deliveries.append(_delivery(tenant, after, event, event.person in outsiders))
        elif isinstance(event, ActMarked | Withdrawn | Waived):
            rows.answered.append(event.key)
    return rows


def case_row(tenant: str, edition: str, case: Case, head: str) -> Row:
    """The case's own row: a cache of its entries."""
    return {
        "tenant": tenant,
        "id": case.case,
        "site_id": case.site,
        "edition_id": edition,
        "code": code_of(case.case),
        "kind": case.kind,
        "phase": case.phase,
        "level": case.level,
        "exercise": case.exercise,
        "opened_at": iso(case.opened_at),
        "closed_at": iso(case.closed_at) if case.closed_at else None,
        "version": case.events,
        "state": dump_case(case).decode(),
        "head": head,
    }


def code_of(case: str) -> str:
    """A short form of the case's random identifier, to be said on the telephone: `3F9A-0C21`."""
    return f"{case[:4]}-{case[4:8]}".upper()


def _derived(name: str) -> str:
    """`str(uuid.uuid5(space, name))` (RFC 9562, 5.5), without the object: a report derives ten of them."""
    digest = hashlib.sha1(_SPACE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _entry(
    rows: Rows, tenant: str, case: Case, event: Event, number: int, recorded: str, previous: str
) -> str:
    name = f"{case.case}/{number}"
    entry = Entry(
        entry_id=_derived(name),
        site=case.site,
        case=case.case,
        case_seq=number,
        type=event_type(event),
        at=iso(event.at),
        recorded_at=recorded,
        actor=getattr(event, "by", ""),
        body=canonical(dump_event(event)).decode(),
        previous=previous,
    )
    hashed = leaf(entry).hex()
    rows.entries.append(
        {
            "tenant": tenant,
            "entry_id": entry.entry_id,
            "site_id": entry.site,
            "case_id": entry.case,
            "case_seq": number,
            "type": entry.type,
            "at": entry.at,
            "recorded_at": recorded,
            "actor": entry.actor,
            "body": entry.body,
            "previous": previous,
            "leaf": hashed,
        }
    )
    return hashed


def _obligation(tenant: str, case: Case, owed: Obligation) -> Row:
    due = pending(owed) if owed.dues else None
    timer = min(owed.timers(), default=None) if owed.is_open else None
    overdue = any(verb in owed.missed and verb not in owed.marks for verb in Verb)
    return {
        "tenant": tenant,
        "case_id": case.case,
        "site_id": case.site,
        "key": owed.key,
        "step": owed.step,
        "role": owed.role,
        "owner_id": owed.owner or None,
        "asked": list(owed.asked),
        "status": owed.status,
        "verb": due.verb if due else "done",
        "clock": due.kind if due else "default",
        "overdue": overdue,
        "opened_at": iso(owed.opened_at),
        "begins_at": iso(owed.begins_at) if owed.begins_at else None,
        "due_at": iso(due.due_at if due else owed.opened_at),
        "timer_at": iso(timer[0]) if timer else None,
    }


def _delivery(tenant: str, case: Case, event: PersonCalled, outside: bool) -> Row:
    owed = case.obligations[event.key]
    inbox = event.channel == "inbox"
    withheld = case.exercise and outside
    person = f"{case.case}/{event.key}/{event.person}"
    urgent = case.phase in ("readiness", "response")
    message = "message.missed" if owed.missed else "message.call" if event.ring == 0 else "message.reminder"
    return {
        "tenant": tenant,
        "id": _derived(f"{person}/{event.channel}/{event.call}"),
        "identity": _derived(person),
        "case_id": case.case,
        "site_id": case.site,
        "key": event.key,
        "step": owed.step,
        "person_id": event.person,
        "channel": event.channel,
        "severity": "alarm" if urgent else "urgent" if owed.missed else "notice",
        "message": message,
        "exercise": case.exercise,
        "outside": outside,
        "state": "withheld" if withheld else "sent" if inbox else "queued",
        "tries": 0,
        "created_at": iso(event.at),
        "next_try_at": None if inbox or withheld else iso(event.at),
        "told_at": iso(event.at) if inbox and not withheld else None,
    }
