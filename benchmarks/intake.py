"""How many reports are accepted: POST /api/reports by 1, 8 and 32 clients on kept connections, each flushed to disk.

The measure to trust on a shared machine is reports by processor second of the web processes, PostgreSQL left out,
beside the Django baseline and the commit limit measured in turn with it.
"""

from typing import Any

from benchmarks import django4, limit
from benchmarks.room import House, crowd, house, quantile

CLIENTS = (1, 8, 32)


def run(small: bool) -> dict[str, Any]:
    """The product and the baseline in turn, at each number of clients, each as a share of the commit limit."""
    count = 200 if small else 2_000
    with house() as made, django4.baseline(made) as (url, process):
        crowd(made.url, 8, 100).wait()
        found: dict[str, Any] = {}
        for clients in CLIENTS:
            most = limit.measure(made.dsn)[str(clients)]
            ours = measure(made, clients, count)
            plain = django4.measure(url, process, clients, count // 3)
            found[str(clients)] = ours | {
                "of_limit": round(ours["per_second"] / most, 2),
                "django4_per_second": plain["per_second"],
                "django4_per_cpu_second": plain["per_cpu_second"],
                "cpu_ratio_to_django4": round(ours["per_cpu_second"] / plain["per_cpu_second"], 2),
            }
        return found


def measure(made: House, clients: int, count: int) -> dict[str, float]:
    """One crowd against the product."""
    before = made.cpu_seconds()
    seen = crowd(made.url, clients, count).wait()
    spent = made.cpu_seconds() - before
    waits = [wait for _, _, wait, _, _ in seen["receipts"]]
    return {
        "per_second": round(count / seen["seconds"]),
        "p50_ms": quantile(waits, 0.5),
        "p99_ms": quantile(waits, 0.99),
        "per_cpu_second": round(count / spent),
        "refused": sum(seen["trouble"].values()),
    }
