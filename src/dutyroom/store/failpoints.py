"""Named places where a torture test can kill the process, as a power cut would. Without a test they do nothing."""

import os

NAMES = (
    "report.before_insert",
    "report.before_commit",
    "report.after_commit",
    "act.after_lock",
    "act.before_commit",
    "act.after_commit",
    "settle.after_claim",
    "settle.before_commit",
    "settle.after_commit",
    "delivery.before_claim",
    "delivery.after_claim",
    "delivery.before_send",
    "delivery.after_send",
    "delivery.before_outcome",
    "delivery.after_outcome",
    "seal.before_commit",
    "seal.after_commit",
)

_armed: dict[str, int] = {}


def arm(text: str) -> None:
    """Arm `name:count`: the process dies the count-th time it passes the name. Raises KeyError for another name."""
    name, _, count = text.partition(":")
    if name not in NAMES:
        raise KeyError(name)
    _armed[name] = int(count or 1)


def hit(name: str) -> None:
    """Pass the named place."""
    if name in _armed:
        _armed[name] -= 1
        if _armed[name] <= 0:
            os._exit(137)
