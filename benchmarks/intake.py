"""How many reports are accepted: POST /api/reports by 1, 8 and 32 clients on kept connections, each flushed to disk.

The measure to trust on a shared machine is reports by processor second of the web processes, PostgreSQL left out,
beside the Django baseline: the two take turns in short slices, so that what else the machine does falls on both.
"""

from dataclasses import dataclass, field
from typing import Any

import psutil

from benchmarks import django4, limit
from benchmarks.room import House, crowd, house, quantile

CLIENTS = (1, 8, 32)
SLICES = 4


@dataclass
class Seen:
    """What the slices of one side add up to."""

    reports: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    refused: int = 0

    def add(self, seen: dict[str, Any]) -> None:
        self.reports += len(seen["receipts"])
        self.seconds += seen["seconds"]
        self.waits += [wait for _, _, wait, _, _ in seen["receipts"]]
        self.refused += sum(seen["trouble"].values())

    def figures(self) -> dict[str, float]:
        return {
            "per_second": round(self.reports / self.seconds),
            "per_cpu_second": round(self.reports / self.cpu_seconds),
            "p50_ms": quantile(self.waits, 0.5),
            "p99_ms": quantile(self.waits, 0.99),
        }


def run(small: bool) -> dict[str, Any]:
    """The product and the baseline at each number of clients, and the product as a share of the commit limit."""
    count = 200 if small else 2_000
    with house() as made, django4.baseline(made) as (url, process):
        crowd(made.url, 8, 100).wait()
        crowd(url, 8, 100).wait()
        return {str(clients): compare(made, url, process, clients, count) for clients in CLIENTS}


def compare(made: House, url: str, process: psutil.Process, clients: int, count: int) -> dict[str, Any]:
    """Both in turns, and the commit limit of as many clients between them."""
    most = limit.measure(made.dsn)[str(clients)]
    ours, plain = Seen(), Seen()
    for _ in range(SLICES):
        before = made.cpu_seconds()
        ours.add(crowd(made.url, clients, count // SLICES).wait())
        ours.cpu_seconds += made.cpu_seconds() - before
        before = django4.cpu_seconds(process)
        plain.add(crowd(url, clients, count // SLICES // 2).wait())
        plain.cpu_seconds += django4.cpu_seconds(process) - before
    return ours.figures() | {
        "refused": ours.refused,
        "of_limit": round(ours.reports / ours.seconds / most, 2),
        "django4": plain.figures(),
        "cpu_ratio_to_django4": round(
            ours.reports / ours.cpu_seconds / (plain.reports / plain.cpu_seconds), 2
        ),
    }
