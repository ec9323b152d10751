"""The siren: 10,000 reports at once, each owed to two people; how long until everybody has been told everything."""

from typing import Any

from benchmarks.room import House, crowd, house
from benchmarks.told import Account, account, drain


def run(small: bool) -> dict[str, Any]:
    """Seconds from the first report to the last message, and what was lost, doubled or refused."""
    with house() as made:
        crowd(made.url, 8, 50).wait()
        drain(made, 60)
        seen = crowd(made.url, 32, 500 if small else 10_000).wait()
        drain(made, 600)
        return figures(made, seen, account(made, seen["receipts"]))


def figures(made: House, seen: dict[str, Any], told: Account) -> dict[str, Any]:
    """The line of a siren."""
    first = min(sent for _, sent, _, _, _ in seen["receipts"])
    return {
        "reports": told.acknowledged,
        "messages": 2 * told.acknowledged,
        "accepted_in_seconds": round(seen["seconds"], 2),
        "all_told_in_seconds": round((told.last_at - first) / 1000, 2),
        "lost_reports": told.missing_reports,
        "lost": told.lost,
        "doubled": told.doubled,
        "strangers": told.strangers,
        "refused": sum(count for what, count in seen["trouble"].items() if what.isdigit()),
        "web_cpu_seconds": round(made.cpu_seconds("web"), 1),
        "worker_cpu_seconds": round(made.cpu_seconds("work"), 1),
    }
