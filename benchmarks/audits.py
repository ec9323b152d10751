"""Audit of records of 100 to 1,000,000 entries: many cases of a site, and one long case.

The baseline in the same run is a plain token replay of the same entries: opening an obligation puts a token, doing it
takes one; what is taken and not there, and what is left, is a deviation. It knows neither time nor who acted, and of
records with one deviation of each kind it is counted how many each of the two sees.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from dutyroom.adapters.planfolder import load
from dutyroom.core import events as e
from dutyroom.core.commands import Act, OpenCase, Times, Volunteer
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import SECOND
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case
from dutyroom.core.supposing import Answers, doers, leaving, possible
from dutyroom.interpreters.audit import audit

PLANS = Path(__file__).resolve().parents[1] / "plans"
STARTS = 1_795_399_200_000
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
LONG = (100, 1_000, 10_000, 100_000)
Records = tuple[PlanInForce, list[tuple[e.Event, ...]]]
LONGEST_SECONDS = 120  # a size that would take longer is left out, and said to be


def run(small: bool) -> dict[str, Any]:
    """Entries a second of processor time by size, with the token replay beside."""
    many, long = (SIZES[:2], LONG[:2]) if small else (SIZES, LONG)
    return {
        "many_cases": list(_grown(many, _cases)),
        "one_long_case": list(_grown(long, _long_case)),
        "seen": _seen(),
    }


def _grown(sizes: Sequence[int], records: Callable[[int], Records]) -> Iterator[dict[str, Any]]:
    speed = 0.0
    for size in sizes:
        if speed and size / speed > LONGEST_SECONDS:
            yield {"entries": size, "left_out": f"would take {round(size / speed)} s"}
            continue
        rules, made = records(size)
        found = _measured(rules, made)
        speed = found["entries_per_second"]
        yield found


def _measured(rules: PlanInForce, made: list[tuple[e.Event, ...]]) -> dict[str, Any]:
    entries = sum(map(len, made))
    took, deviating = _timed(lambda: sum(bool(audit(rules, one).deviations) for one in made))
    tokens, _ = _timed(lambda: sum(token_replay(one) > 0 for one in made))
    return {
        "entries": entries,
        "cases": len(made),
        "seconds": round(took, 3),
        "entries_per_second": round(entries / took),
        "deviating": deviating,
        "token_replay_seconds": round(tokens, 3),
        "times_token_replay": round(took / tokens, 1),
    }


def token_replay(events: Sequence[e.Event]) -> int:
    """Tokens missing and left over: blind to time and actor."""
    tokens: dict[str, int] = {}
    missing = 0
    for event in events:
        match event:
            case e.ObligationOpened():
                tokens[event.key] = tokens.get(event.key, 0) + 1
            case e.ActMarked(verb=Verb.DONE) | e.Waived() | e.Withdrawn() | e.Lapsed():
                if tokens.get(event.key, 0) < 1:
                    missing += 1
                else:
                    tokens[event.key] -= 1
            case e.ActMarked() | e.PersonCalled():
                missing += event.key not in tokens
    closed = any(isinstance(one, e.PhaseMoved) and one.target == "closed" for one in events[-2:])
    return missing + (sum(tokens.values()) if closed else 0)


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.process_time()
    found = work()
    return max(1e-6, time.process_time() - began), found


@cache
def _rules(name: str) -> PlanInForce:
    rules = load(PLANS / name).in_force()
    assert rules is not None
    return rules


# ---- records


def _cases(entries: int) -> Records:
    """Cases of one site, each to its end, until there are so many entries; fifty of them different."""
    length = len(_played("sanitation-project", 0))
    numbers = range(max(1, entries // length))
    return _rules("sanitation-project"), [_played("sanitation-project", number % 50) for number in numbers]


def _long_case(entries: int) -> Records:
    """One case that goes on: its rounds are reported and owed again."""
    return _rules("holiday-duty"), [tuple(islice(_played("holiday-duty", 0, entries), entries))]


@cache
def _played(name: str, number: int, until: int = 0) -> tuple[e.Event, ...]:
    """A case in which everybody acts soon; `number` moves its instants. With `until`, it goes on to so many entries."""
    rules, now = _rules(name), STARTS + number * 7 * SECOND
    answers = Answers(rules.plan, {}, rules.plan.levels[0].id)
    times = Times(now, now)
    case, events, commands = Case(), list[e.Event](), 0

    def ask(command: Any) -> bool:
        nonlocal case
        answer = decided(rules, case, command, now)
        if isinstance(answer, Refusal):
            return False
        events.extend(answer[0])
        case = answer[1]
        return True

    ask(OpenCase("open", f"K-{number}", "site", times, {}, {}))
    for _ in range(max(400, until)):
        if case.phase == "closed" or (until and len(events) >= until):
            break
        now += 20 * SECOND
        done = 0
        for owed in list(case.open_obligations()):
            step = rules.plan.step[owed.step]
            for verb in (Verb.RECEIVED, Verb.ON_SCENE, Verb.DONE):
                if verb in owed.marks or (owed.not_before or 0) > now:
                    continue
                person = doers(rules, case, step, (owed.role,), owed, now)[0]
                given = answers.to(case, step, now) if verb is Verb.DONE else {}
                commands += 1
                done += ask(Act(f"c{commands}", person, owed.key, verb, Times(now, now), given))
        for step in () if until else [*leaving(rules.plan, case), *_telling(rules.plan, case)]:
            roles = tuple(member for who in step.who for member in rules.plan.members(who))
            commands += 1
            person = doers(rules, case, step, roles, None, now)[0]
            done += ask(
                Volunteer(f"c{commands}", person, step.id, Times(now, now), answers.to(case, step, now))
            )
        due = next_due(case)
        if not done and due is not None:
            now = max(now, due[0])
            case, passed = settle(rules, case, now)
            events.extend(passed)
    return tuple(events)


def _telling(plan: Plan, case: Case) -> Iterator[Step]:
    """Unowed steps that state facts the end waits for, each once."""
    awaited = " ".join(need.when for step in plan.steps for need in step.requires)
    for step in plan.steps_of_phase.get(case.phase, ()):
        stating = any(one.fact and f"facts.{one.id}" in awaited for one in step.asks)
        if step.voluntary and stating and step.id not in case.done and possible(plan, case, step):
            yield step


def _seen() -> dict[str, dict[str, int]]:
    """Of records with one deviation each: how many are seen as deviating, by kind."""
    rules, clean = _rules("sanitation-project"), _played("sanitation-project", 0)
    found: dict[str, dict[str, int]] = {}
    for kind, records in _spoilt(rules, clean).items():
        found[kind] = {
            "records": len(records),
            "audit": sum(bool(audit(rules, one).deviations) for one in records),
            "token_replay": sum(token_replay(one) > 0 for one in records),
        }
    return found


def _spoilt(rules: PlanInForce, clean: tuple[e.Event, ...]) -> dict[str, list[tuple[e.Event, ...]]]:
    """Acts left out, doubled, by a stranger, or with a changed deadline behind them."""
    acts = [n for n, one in enumerate(clean) if isinstance(one, e.ActMarked) and one.verb is Verb.DONE][:12]
    opened = [n for n, one in enumerate(clean) if isinstance(one, e.ObligationOpened)][:12]
    spoilt: dict[str, list[tuple[e.Event, ...]]] = {
        "left_out": [],
        "twice": [],
        "stranger": [],
        "deadline": [],
    }
    for n in acts:
        act: Any = clean[n]
        spoilt["left_out"].append((*clean[:n], *clean[n + 1 :]))
        spoilt["twice"].append((*clean[: n + 1], replace(act, command="again"), *clean[n + 1 :]))
        spoilt["stranger"].append((*clean[:n], replace(act, by="nobody-of-the-plan"), *clean[n + 1 :]))
    for n in opened:
        one: Any = clean[n]
        dues = tuple(replace(due, due_at=due.due_at + 60_000) for due in one.dues)
        spoilt["deadline"].append((*clean[:n], replace(one, dues=dues), *clean[n + 1 :]))
    return spoilt
