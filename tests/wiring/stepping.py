"""A clock that stands where a test puts it, in the place of the process's own."""

from dataclasses import dataclass

import pytest

from dutyroom import wiring
from dutyroom.core.settle import settle
from dutyroom.interpreters.live import Live
from dutyroom.store.instants import to_datetime
from dutyroom.store.record import PostgresRecord
from tests.web.builder import rows


@dataclass
class SteppedClock:
    """Shows `at` until it is put elsewhere."""

    at: int
    speed: float = 1.0
    site: str = ""

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


def settle_site(site: str) -> None:
    """What has fallen due at the site passes, as the workers let it. Other tests' sites live in the same database, and
    their clock stands elsewhere."""
    due = "SELECT DISTINCT case_id::text AS id FROM store_obligation WHERE site_id = %s AND timer_at <= %s"
    now = wiring.clock().now()
    while cases := rows(due, site, to_datetime(now)):
        for row in cases:
            with wiring.record().hold(row["id"]) as held:
                after, events = settle(held.rules, held.case, now, held.outages)
                held.append(events, after)
