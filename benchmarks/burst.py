"""A burst: 1,000 reports as fast as 32 clients can send them; how long until the first person about each is told."""

from typing import Any

from benchmarks.room import crowd, house, quantile
from benchmarks.told import account, drain


def run(small: bool) -> dict[str, Any]:
    """Milliseconds from a report's sending to the first message about it, while all the others come in."""
    count = 200 if small else 1_000
    with house() as made:
        crowd(made.url, 8, 50).wait()
        drain(made, 60)
        seen = crowd(made.url, 32, count).wait()
        drain(made, 120)
        told = account(made, seen["receipts"])
    return {
        "reports": told.acknowledged,
        "accepted_in_seconds": round(seen["seconds"], 2),
        "p50_ms": quantile(told.waits, 0.5),
        "p99_ms": quantile(told.waits, 0.99),
        "refused": sum(seen["trouble"].values()),
        "lost": told.lost,
        "doubled": told.doubled,
    }
