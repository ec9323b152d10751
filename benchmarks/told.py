"""What was owed and what arrived: the clients' own lists of receipts against the receiver's own log.

The database is asked only which message belongs to which case; what counts as lost or doubled is decided from the two
lists that the product does not keep.
"""

import json
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from benchmarks.room import House, until

# What the benchmark's plan owes at once about each report.
OWED = ("verify#1", "lead#1")
# A call's identity is RFC 9562's version 5 of "case/key/person" under this name: worked out here, not asked for.
_SPACE = uuid.UUID("5f0c6f6e-9a1e-4a53-8a5e-8a4f9b8d2c11")
_PROMISED = "SELECT case_id::text, body FROM store_entry WHERE type = 'PersonCalled'"
_CALLS = "SELECT identity::text, state FROM store_delivery WHERE channel = 'sms'"


@dataclass(frozen=True)
class Account:
    """`waits`: milliseconds from a report's sending to its first message, by case."""

    acknowledged: int
    missing_reports: int
    lost: int
    doubled: int
    strangers: int
    waits: list[float]
    last_at: int


def drain(made: House, seconds: float) -> float:
    """Wait until nothing is waiting to be sent; the seconds that took. Raises TimeoutError."""
    waiting = "SELECT count(*) FROM store_delivery WHERE state IN ('queued', 'sending')"
    return until(lambda: made.ask(waiting)[0][0] == 0, seconds, 0.1)


def account(made: House, receipts: list[list[Any]]) -> Account:
    """Settle the lists. Each report with a receipt must have its first calls on record, and each call on record that
    was not withdrawn its message: a call without a row in the outbox is lost as well.

    A message beyond the calls under its identity is a double; one under an identity that nobody owes is a stranger.
    """
    calls: Counter[str] = Counter()
    withdrawn = set()
    for identity, state in made.ask(_CALLS):
        calls[identity] += 1
        if state == "cancelled":
            withdrawn.add(identity)
    owed: dict[str, set[str]] = defaultdict(set)
    keys = set()
    for case, body in made.ask(_PROMISED):
        event = json.loads(body)
        keys.add((case, event["key"]))
        owed[case].add(str(uuid.uuid5(_SPACE, f"{case}/{event['key']}/{event['person']}")))
    arrived: dict[str, list[int]] = defaultdict(list)
    for at, message in made.received():
        arrived[message["id"]].append(at)
    stored = {row[0] for row in made.ask("SELECT id::text FROM store_case")}
    cases = {case: sent for _, sent, _, _, case in receipts}
    promised: set[str] = set().union(*owed.values())
    unsent = promised - withdrawn - arrived.keys()
    return Account(
        acknowledged=len(cases),
        missing_reports=sum(case not in stored for case in cases),
        lost=len(unsent) + sum((case, key) not in keys for case in cases for key in OWED),
        doubled=sum(max(0, len(times) - calls[identity]) for identity, times in arrived.items()),
        strangers=len(arrived.keys() - promised),
        waits=[
            min(min(arrived[identity]) for identity in told) - sent
            for case, sent in cases.items()
            if (told := owed[case] & arrived.keys())
        ],
        last_at=max((max(times) for times in arrived.values()), default=0),
    )
