"""The siren, with web and worker processes killed (SIGKILL) five times while it sounds."""

import random
import time
from contextlib import suppress
from typing import Any

import psutil

from benchmarks.room import House, crowd, house, until
from benchmarks.siren import figures
from benchmarks.told import account, drain

KILLS = ("work", "web", "work", "web", "work")
_UNSENT = "SELECT count(*) FROM store_delivery WHERE state IN ('queued', 'sending')"


def run(small: bool) -> dict[str, Any]:
    """As `siren`; and how long after a worker's restart the first message left."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    count = 500 if small else 10_000
    with house() as made:
        crowd(made.url, 8, 50).wait()
        drain(made, 60)
        people = crowd(made.url, 32, count)
        restarts = []
        for number, command in enumerate(KILLS):
            _until_cases(made, 50 + count * (number + 1) // (len(KILLS) + 2))
            before = kill(made, command, chance)
            if command == "work":
                restarts.append(_restarted(made, before))
        seen = people.wait()
        drain(made, 600)
        arrivals = sorted(at for at, _ in made.received())
        told = account(made, seen["receipts"])
        return figures(made, seen, told) | {
            "seed": seed,
            "kills": len(KILLS),
            "worst_resume_seconds": max((_resumed(began, arrivals) for began in restarts), default=None),
        }


def kill(made: House, command: str, chance: random.Random) -> set[int]:
    """Kill one process of the command; the identifiers of those that were there."""
    victims = made.children(command)
    if victims:
        with suppress(psutil.NoSuchProcess):
            chance.choice(victims).kill()
    return {victim.pid for victim in victims}


def _restarted(made: House, before: set[int]) -> float:
    """When the worker that took over was seen to be started (s)."""
    until(lambda: bool({child.pid for child in made.children("work")} - before), 30, 0.02)
    return time.time()


def _resumed(began: float, arrivals: list[int]) -> float:
    return round(next((at for at in arrivals if at / 1000 > began), float("inf")) / 1000 - began, 2)


def _until_cases(made: House, count: int) -> None:
    until(lambda: made.ask("SELECT count(*) FROM store_case")[0][0] >= count, 120, 0.05)
