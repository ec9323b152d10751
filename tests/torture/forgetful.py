"""The product with timers in memory only: a worker knows those of the days that it has opened itself, and no others.

`python -m tests.torture.forgetful serve …` is `dutyroom serve …` with such a worker. Killed and started again it has
forgotten what was due. The torture test of the handover must notice.
"""

import sys
from functools import partial
from typing import Any

from dutyroom import cli
from dutyroom.core.commands import OpenDuty
from dutyroom.core.findings import Refusal
from dutyroom.core.settle import settle
from dutyroom.interpreters import live
from dutyroom.interpreters.live import DUE_AT_ONCE, Live
from dutyroom.ports import Receipt
from dutyroom.wiring import service

KNOWN: set[str] = set()
_open_duty = Live.open_duty


def open_duty(self: Live, command: OpenDuty) -> Receipt | Refusal:
    """As ever, and the worker keeps in mind what it opened."""
    receipt = _open_duty(self, command)
    if isinstance(receipt, Receipt) and not receipt.again:
        KNOWN.add(receipt.case)
    return receipt


def settle_due(self: Live) -> int:
    """Only what this process has in mind."""
    now, settled = self.clock.now(), 0
    with self.record.hold_due(now, DUE_AT_ONCE) as cases:
        for held in cases:
            if held.case.case in KNOWN:
                after, events = settle(held.rules, held.case, now, held.outages)
                held.append(events, after)
                settled += 1
    return settled


def child(arguments: list[str], environment: Any) -> service.Child:
    """Pages and worker are started through this module."""
    return Child(
        ["tests.torture.forgetful" if each == "dutyroom" else each for each in arguments], environment
    )


Child = service.Child

if __name__ == "__main__":
    if sys.argv[1] == "serve":
        service.Child = partial(child)  # type: ignore[misc, assignment]
    else:
        Live.open_duty = open_duty  # type: ignore[method-assign]
        Live.settle_due = settle_due  # type: ignore[method-assign]
        live.settle_before = lambda rules, case, *rest: (case, ())  # type: ignore[assignment]
    sys.exit(cli.main(sys.argv[1:]))
