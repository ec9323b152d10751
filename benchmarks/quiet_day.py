"""An ordinary day: one report a second; how long until the first person's telephone has the message."""

from typing import Any

from benchmarks.room import crowd, house, quantile
from benchmarks.told import account, drain


def run(small: bool) -> dict[str, Any]:
    """Milliseconds from a report's sending to the receiver's log."""
    seconds = 10 if small else 60
    with house() as made:
        crowd(made.url, 1, 5).wait()
        drain(made, 60)
        receipts = crowd(made.url, 1, seconds, 1.0).wait()["receipts"]
        drain(made, 60)
        told = account(made, receipts)
    return {
        "reports": told.acknowledged,
        "p50_ms": quantile(told.waits, 0.5),
        "p99_ms": quantile(told.waits, 0.99),
        "lost": told.lost,
        "doubled": told.doubled,
    }
