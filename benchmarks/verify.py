"""The proof of cover: 20, 200 and 2,000 people over a year, any one to three silent or any one channel down.

Forty questions: four kinds of incident at ten levels of urgency, each with a ladder of five posts of its own mixture,
all of which change at different hours of every day. The baseline plays the same ladders minute by minute, with the same
search for what can fail but without spans and without memory; it is measured on some minutes of a day and scaled to a
year. Times are those of one core, not of the clock on the wall. To try every set of so many silent people besides is
stated as a number of runs: nobody can wait for it.
"""

import statistics
import time
from dataclasses import replace
from math import comb
from typing import Any

from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, parse_iso
from dutyroom.core.plan import Clock, ClockKind, Defaults, Plan, Role, Step, Verb
from dutyroom.core.proof import Assumptions
from dutyroom.core.roster import Channel, DutyPeriod, PlanInForce, Responder, Roster
from dutyroom.core.words import Words
from dutyroom.interpreters.verify import prove, reprove
from dutyroom.interpreters.verify.memo import Watched
from dutyroom.interpreters.verify.proving import outages
from dutyroom.interpreters.verify.questions import questions
from dutyroom.interpreters.verify.search import World, failures

STARTS = parse_iso("2027-01-01T00:00:00+08:00")
POSTS = 10
TARGET_SECONDS, TARGET_AGAIN_MS = 3.0, 10.0


def run(small: bool) -> dict[str, Any]:
    """Seconds for each size and number of missing people, and how they grow."""
    days = 14 if small else 365
    sizes = (20, 200) if small else (20, 200, 2_000)
    missing = (1, 2) if small else (1, 2, 3)
    rows = [measured(size, count, days, 20 if small else 60) for size in sizes for count in missing]
    two = [row["prove_s"] for row in rows if row["missing"] == 2]
    return {
        "days": days,
        "rows": rows,
        "growth_from_least_to_most_people": round(two[-1] / two[0], 2),
        "within_target": two[-1] <= TARGET_SECONDS,
        "again_within_target": max(row["again_ms"] for row in rows) <= TARGET_AGAIN_MS,
    }


def measured(size: int, missing: int, days: int, minutes: int) -> dict[str, Any]:
    """One proof, re-proofs after one changed turn, and the plain way on some minutes."""
    rules = rostered(size, days)
    span = (STARTS, STARTS + days * DAY)
    began = time.process_time()
    proved = prove(rules, span, missing)
    prove_s = time.process_time() - began
    again = []
    for number in range(5):
        rules = exchanged(rules, number)
        began = time.process_time()
        proved = reprove(proved, rules)
        again.append((time.process_time() - began) * 1_000)
    plain_s = plain(rules, missing, days, minutes)
    proof = proved.proof
    return {
        "people": size,
        "missing": missing,
        "questions": len(proof.questions),
        "prove_s": round(prove_s, 2),
        "spans": proof.moments,
        "real_runs": proof.runs,
        "holes": len(proof.holes),
        "again_ms": round(statistics.median(again), 1),
        "minute_by_minute_s_scaled": round(plain_s),
        "times_faster": round(plain_s / prove_s),
        "runs_to_try_every_set": float(f"{comb(size, missing) * days * 1_440 * len(proof.questions):.1e}"),
    }


def plain(rules: PlanInForce, missing: int, days: int, minutes: int) -> float:
    """Seconds for the whole time minute by minute, from some minutes spread over a day."""
    assumptions = Assumptions()
    world = World(dict(rules.people), assumptions, missing, outages(rules.people, assumptions))
    asked = questions(rules.plan)
    step = DAY // minutes // MINUTE * MINUTE
    began = time.process_time()
    for number in range(minutes):
        at = STARTS + DAY + number * step
        for one in asked:
            failures(one, world, Watched(rules.roster, at), at)
    return (time.process_time() - began) / minutes * days * 1_440


def rostered(size: int, days: int) -> PlanInForce:
    """The plan with so many people in daily turns on ten posts, each post with its own hour of handover."""
    people = {
        f"P{number}": Responder(
            f"P{number}", "zh", (Channel("wecom", 30 * SECOND), Channel("voice", 30 * SECOND))
        )
        for number in range(size)
    }
    each = size // POSTS
    periods = [
        DutyPeriod(
            f"post{post}",
            f"P{post * each + day % each}",
            STARTS + day * DAY + post * 2 * HOUR,
            STARTS + (day + 1) * DAY + post * 2 * HOUR,
        )
        for post in range(POSTS)
        for day in range(-1, days + 2)
    ]
    return PlanInForce(plan(), Roster({}, tuple(periods)), people)


def plan() -> Plan:
    """Forty steps, each with a ladder of five of the ten posts and a limit of its own."""
    roles = {f"post{one}": Role(f"post{one}", Words(f"岗位{one}", f"post {one}")) for one in range(POSTS)}
    steps = tuple(_step(kind, level) for kind in range(4) for level in range(10))
    defaults = Defaults({}, "post9", 30 * SECOND, 10 * MINUTE, DAY)
    text = Words("证明", "proof")
    return Plan(
        "proof", "1", "N", text, text, defaults, roles, {}, {}, (), {}, steps, (), (), source_sha256="0" * 64
    )  # fmt: skip


def _step(kind: int, level: int) -> Step:
    ladder = tuple(f"post{(level + kind * 2 + turn * (1 + kind)) % POSTS}" for turn in range(5))
    return Step(
        id=f"take_{kind}_{level}",
        title=Words("接手", "take"),
        clauses=("1",),
        who=ladder[:1],
        phases=("readiness",),
        clocks={Verb.RECEIVED: Clock(ClockKind.HARD, 6 * MINUTE + level * 30 * SECOND)},
        ladder=ladder[1:],
    )


def exchanged(rules: PlanInForce, number: int) -> PlanInForce:
    """One turn given to the next person of its post."""
    periods = list(rules.roster.periods)
    place = len(periods) // POSTS * (number % POSTS) + len(periods) // POSTS // 2
    periods[place] = replace(periods[place], person=periods[place + 1].person)
    return PlanInForce(rules.plan, Roster(rules.roster.standing, tuple(periods)), rules.people)
