"""A clock that stands where a test puts it, in the place of the process's own."""

from dataclasses import dataclass

import pytest

from dutyroom import wiring
from dutyroom.interpreters.live import Live
from dutyroom.store.record import PostgresRecord


@dataclass
class SteppedClock:
    """Shows `at` until it is put elsewhere."""

    at: int
    speed: float = 1.0

    def now(self) -> int:
        return self.at

    def real_seconds(self, milliseconds: int) -> float:
        return milliseconds / 1000


def step_time(monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    """Everything that asks `wiring` for the time, the record or the live run gets a stepped one."""
    clock = SteppedClock(0)
    record = PostgresRecord(wiring.pool(), clock)
    monkeypatch.setattr(wiring, "clock", lambda: clock)
    monkeypatch.setattr(wiring, "record", lambda: record)
    monkeypatch.setattr(wiring, "live", lambda: Live(record, clock))
    return clock
