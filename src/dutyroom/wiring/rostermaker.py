"""Rosters made beside the pages: claimed by a worker, made and proved in a process of its own, kept as drafts.

As with proofs of cover, one child at low priority a worker, so that a long making never holds up a real call. What is
made, and how it is proved, is `wiring.rostering`; who approves it is the store's.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dutyroom import settings, wiring
from dutyroom.adapters.rostering.rostertext import roster_text
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.covering import causes
from dutyroom.core.findings import Finding
from dutyroom.core.instants import iso
from dutyroom.core.roster import Roster
from dutyroom.core.rostering.conflict import LAW, LIMIT, Demand
from dutyroom.core.rostering.evaluate import local
from dutyroom.core.rostering.problem import Problem
from dutyroom.core.rostering.rosters import free_turns
from dutyroom.store import rosterdrafts
from dutyroom.store.rosterdrafts import Work
from dutyroom.wiring.beside import Beside
from dutyroom.wiring.rostering import Made, make
from dutyroom.wiring.rostering.making import MOST_ROUNDS
from dutyroom.wiring.siteroster import SiteRoster, exclusion_groups, site_roster

_NICE = 10
IDLE_SECONDS = 120.0
MISSING = 1  # a roster is proved with anybody missing, unless it was asked for without a proof
MOST_FINDINGS = 40


class Maker(Beside):
    """One worker's hand for rosters: keeps the child that makes them."""

    def __init__(self, lock: int) -> None:
        super().__init__(lock, rosterdrafts, "dutyroom.wiring.rostermaker", "rosterpages.failed.stopped")


def work(lock: int) -> bool:
    """Make what has waited longest; False if nothing waits."""
    task = rosterdrafts.claim(wiring.pool(), lock)
    if task is None:
        return False
    began, now = time.monotonic(), wiring.clock().now()
    here = site_roster(task.site, wiring.record().rules(task.site).plan, now)
    first, last = here.day(task.starts_at), here.day(task.ends_at - 1)
    missing = MISSING if task.wanted.get("proved", True) else None
    made = make(here.folder, first, last, missing, progress=_telling(task.id))
    _keep(task, here, made, time.monotonic() - began)
    return True


def _keep(task: Work, here: SiteRoster, made: Made, seconds: float) -> None:
    now = wiring.clock().now()
    if made.roster is None:
        findings = (*(made.findings or _conflict(made)), *_passed_over(here))[:MOST_FINDINGS]
        rosterdrafts.impossible(wiring.pool(), task.id, findings, "rosterpages.failed.none", now)
        return
    text = roster_text(
        _own(made, task), here.sources.plan.id, here.sources.rules.zone, "zh", _holiday_of(here)
    )
    kept = rosterdrafts.Made(text, (*_open(made), *_passed_over(here)), _result(made, here, task, seconds))
    rosterdrafts.finish(wiring.pool(), task.id, kept, now)


def _own(made: Made, task: Work) -> Roster:
    """The turns of the posts that were made, within the span: all else of the site's roster stays as it is."""
    assert made.problem is not None and made.roster is not None
    posts = {turn.post for turn in free_turns(made.problem)}
    since, until = task.starts_at, task.ends_at
    turns = [one for one in made.roster.periods if one.role in posts and since <= one.starts_at < until]
    return replace(made.roster, standing={}, periods=tuple(turns))


def _result(made: Made, here: SiteRoster, task: Work, seconds: float) -> Mapping[str, Any]:
    """Sums over the whole of it; nothing of one person."""
    assert made.problem is not None and made.assignment is not None
    own = _own(made, task).periods
    result: dict[str, Any] = {
        "turns": len(free_turns(made.problem)),
        "people": len({one.person for one in own}),
        "rounds": made.rounds,
        "seconds": round(seconds, 1),
        "empty": made.cost.empty if made.cost else 0,
        "excludes": exclusion_groups(here.sources.rules, here.site),
    }
    if made.proof is not None:
        result |= {
            "missing": made.proof.missing,
            "holes": len(causes(made.proof)),
            "covered_until": iso(made.proof.covered_until),
            "proof": made.proof.roster,
        }
    return result


def _open(made: Made) -> list[Finding]:
    """The holes that no roster closes: they lie in the plan, and whoever approves should know."""
    if made.proof is None or not made.beyond:
        return []
    fields = {"count": len(causes(made.proof))}
    return [Finding("rosterpages.holes_left", "warning", "", fields)]


def _passed_over(here: SiteRoster) -> list[Finding]:
    """Whom the rules name and who is not to be rostered: the roster is made without these lines, and says so."""
    return [
        Finding("rosterpages.passed_over", "warning", one, {"person": one})
        for one in here.strangers[:MOST_FINDINGS]
    ]


def _conflict(made: Made) -> list[Finding]:
    """The smallest set of demands that cannot be met together; where none was found, what stayed unfilled."""
    problem = made.conflict_problem or made.problem
    assert problem is not None
    found = [_demand(problem, one) for one in made.conflict]
    return found or [
        Finding(
            "rosterpages.unfilled", "error", name, {"post": problem.turn[name].post, "at": _at(problem, name)}
        )
        for name in made.unfilled
    ]


def _demand(problem: Problem, one: Demand) -> Finding:
    post = problem.turn[one.turn].post if one.turn else one.name
    at = _at(problem, one.turn) if one.turn else ""
    seats = "; ".join(f"{person} {turn}" for person, turn in one.seats)
    fields = {"post": post, "at": at, "person": one.person, "name": one.name, "seats": seats}
    code = f"{one.what}.{one.name}" if one.what in (LIMIT, LAW) else one.what
    return Finding(f"rosterpages.demand.{code}", "error", one.turn, fields)


def _at(problem: Problem, turn: str) -> str:
    return local(problem, problem.turn[turn].starts_at)


def _holiday_of(here: SiteRoster) -> Callable[[date], str]:
    def named(day: date) -> str:
        try:
            holiday = here.sources.calendar.holiday(day)
        except YearMissing:
            return ""
        return holiday.name.zh if holiday else ""

    return named


def _telling(draft: str) -> Callable[[str, Mapping[str, str | int]], None]:
    last = 0

    def told(code: str, fields: Mapping[str, str | int]) -> None:
        nonlocal last
        round_number = int(fields.get("round", 0) or 0)
        if round_number:
            step = 2 * (round_number - 1) + (code.endswith("proving"))
            last = max(last, 5 + 90 * step // (2 * MOST_ROUNDS))
        doing = f"rosterpages.doing.{code.rpartition('.')[2]}"
        rosterdrafts.progress(wiring.pool(), draft, last, doing)

    return told


def main() -> None:
    """The child process: makes what waits; the worker's lock comes on the command line."""
    from dutyroom.wiring.service import end_with_parent

    if settings.PARENT:
        end_with_parent()
    os.nice(_NICE)
    lock, idle_since = int(sys.argv[1]), time.monotonic()
    while time.monotonic() - idle_since < IDLE_SECONDS:
        if work(lock):
            idle_since = time.monotonic()
        else:
            time.sleep(0.5)


if __name__ == "__main__":
    main()
