"""Named places where a torture test can kill the process, as a power cut would. Without a test they do nothing."""

import os
from pathlib import Path

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

# What an armed place still lets pass, and where it leaves word that it has killed.
_armed: dict[str, tuple[int, Path]] = {}


def arm(text: str, marks: Path) -> None:
    """Arm `name:count`, several parted by commas: the process dies the count-th time it passes the name.

    Each name kills one process of an installation only: what is started again finds the mark in the folder `marks` and
    goes on. Raises KeyError for a name that does not exist.
    """
    for one in text.split(","):
        name, _, count = one.partition(":")
        if name not in NAMES:
            raise KeyError(name)
        mark = marks / f"failpoint-{name}"
        if not mark.exists():
            _armed[name] = int(count or 1), mark


def hit(name: str) -> None:
    """Pass the named place."""
    if name in _armed:
        left, mark = _armed[name]
        _armed[name] = left - 1, mark
        if left <= 1:
            _die(mark)


def _die(mark: Path) -> None:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return  # another process has died here already
    os._exit(137)
