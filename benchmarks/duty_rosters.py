"""Duty rosters: a year of the reference plan made and proved, a person who falls ill, 2,000 people by 29,200 duties.

Seconds of wall and of processor, because other work may share the machine. The evaluator counts what is broken: any is
a fault, not a figure.
"""

import random
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.rostering.evaluate import broken, points, served_turns
from dutyroom.core.rostering.problem import ALL, HOLIDAY, Away, Person, PostRule, Problem, Turn
from dutyroom.core.rostering.rosters import free_turns
from dutyroom.wiring.rostering import Absence, Folder, make, mend, read_folder

PLAN = Path(__file__).parents[1] / "plans" / "sanitation-project"
START = 1_798_732_800_000  # 2027-01-01 in Shanghai
FIRST = date(2027, 1, 1).toordinal()

T = TypeVar("T")


def run(small: bool = False) -> dict[str, Any]:
    folder = read_folder(PLAN, "people-60.xlsx")
    last = date(2027, 1, 31) if small else date(2027, 12, 31)
    made, making = _timed(lambda: make(folder, date(2027, 1, 1), last, 1))
    assert made.problem is not None and made.assignment is not None and made.roster is not None
    return {
        "people": len(folder.people),
        "turns": len(made.assignment),
        "make": making,
        "rounds": made.rounds,
        "proved": made.proof is not None and not made.beyond,
        "broken": len(broken(made.problem, made.assignment)),
        "repairs": _repairs(folder, made, 3 if small else 12),
        "many": _many(200 if small else 2_000, 30 if small else 365),
    }


def _timed(what: Callable[[], T]) -> tuple[T, dict[str, float]]:
    wall, spent = time.perf_counter(), time.process_time()
    found = what()
    return found, {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu": round(time.process_time() - spent, 2),
    }


def _repairs(folder: Folder, made: Any, count: int) -> dict[str, Any]:
    """So many people, each ill for a week from the evening of one of their turns."""
    assert folder.sources is not None
    from dataclasses import replace

    site = replace(folder, sources=replace(folder.sources, before=made.roster))
    turns = [one for one in free_turns(made.problem) if one.post == "duty_officer"]
    seconds, disturbed, proved = [], [], 0
    for number in range(count):
        turn = turns[(number * 2 + 1) * len(turns) // (2 * count)]
        now = turn.starts_at - HOUR
        absence = Absence(made.assignment[turn.id][0], now, now + 7 * DAY)
        mended, took = _timed(lambda absence=absence, now=now: mend(site, absence, now))  # type: ignore[misc]
        seconds.append(took["seconds"])
        if mended.alternatives:
            first = mended.alternatives[0]
            disturbed.append(len(first.disturbed))
            proved += first.proof is not None and not first.proof.holes
    return {
        "count": count,
        "mended": len(disturbed),
        "proved": proved,
        "worst_seconds": max(seconds),
        "median_seconds": sorted(seconds)[len(seconds) // 2],
        "most_disturbed": max(disturbed, default=0),
    }


def _many(people: int, days: int) -> dict[str, Any]:
    asked = _problem(people, days)
    found, took = _timed(lambda: DutySolver().solve(asked))
    assert found.assignment is not None
    served = served_turns(asked, found.assignment)
    totals = [points(asked, served, one, ALL) for one in asked.people]
    return {
        "people": people,
        "duties": len(found.assignment),
        **took,
        "broken": len(broken(asked, found.assignment)),
        "spread": max(totals) - min(totals),
    }


def _problem(people: int, days: int) -> Problem:
    """A post for every 25 people, a turn a day; everybody away for ten days, a third able to help at another post."""
    chance = random.Random(1)
    posts = [f"post{number}" for number in range(people // 25)]
    turns = tuple(_turn(post, day) for day in range(days) for post in sorted(posts))
    staff = []
    for number in range(people):
        held = {posts[number % len(posts)]} | ({chance.choice(posts)} if chance.random() < 0.33 else set())
        away = START + chance.randrange(max(1, days - 10)) * DAY
        staff.append(Person(f"P{number:04d}", frozenset(held), away=(Away(away, away + 10 * DAY),)))
    rules = {post: PostRule(post, 24 * HOUR) for post in posts}
    return Problem("Asia/Shanghai", rules, turns, tuple(staff), {ALL: 1, HOLIDAY: 4})


def _turn(post: str, day: int) -> Turn:
    starts_at = START + day * DAY + 18 * HOUR
    classes = (ALL, HOLIDAY) if day % 30 == 0 else (ALL,)
    ordinal = FIRST + day
    month = f"{date.fromordinal(ordinal):%Y-%m}"
    return Turn(
        f"{post}@{day}",
        post,
        starts_at,
        starts_at + DAY,
        1,
        1,
        ordinal,
        (ordinal, ordinal + 1),
        month,
        classes,
    )


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=2))
