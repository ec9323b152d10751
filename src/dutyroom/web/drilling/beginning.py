"""What a leader fills in to begin a drill, made safe: a script or a kind and level, how often, or an exercise.

Faults are values under the field they concern. What is begun is decided elsewhere: a simulated drill by a worker, an
exercise by the same live engine as an incident.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dutyroom.core.commands import Answer, OpenCase, Times
from dutyroom.core.instants import HOUR, Instant
from dutyroom.core.plan import FieldType, Plan, Step
from dutyroom.core.privacy import mask
from dutyroom.core.words import Words
from dutyroom.store.instants import to_datetime
from dutyroom.web.drilling.desk import RANDOM, SCRIPTED, Offered
from dutyroom.web.forms_input import Typed
from dutyroom.web.showing import zone_of
from dutyroom.wording import say

MOST_RUNS, RUNS, HOURS = 10_000, (100, 1_000, 10_000), (1, 2, 4, 8, 24)
LONGEST = {"what": 500, "where": 200}
MADE = "made"


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated drill to be put on the list."""

    kind: str
    title: Words
    script: str
    seed: int
    runs: int
    duty: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """A live exercise to be opened."""

    command: OpenCase
    title: Words
    duty: str


def simulated(typed: Typed, plan: Plan, scripts: list[Offered], zone: str, now: Instant) -> Simulated | None:
    """What was asked for; None with everything that is wrong in `typed.faults`."""
    chosen = typed.choice("script", frozenset({*(str(one.number) for one in scripts if one.script), MADE}))
    how = typed.choice("how", frozenset({SCRIPTED, RANDOM}), SCRIPTED)
    runs = typed.count("runs") or (RUNS[1] if how == RANDOM else 1)
    seed = typed.count("seed")
    duty = typed.choice("duty", duties_of(plan))
    if not chosen:
        typed.fault("script", "missing")
    if runs > MOST_RUNS:
        typed.fault("runs", "too_many", most=MOST_RUNS)
    script, title = "", Words("", "")
    if chosen == MADE:
        how, (script, title) = RANDOM, _made(typed, plan, zone, now)
    elif chosen:
        one = scripts[int(chosen)]
        script, title = one.text, Words(one.title("zh"), one.title("en"))
    if typed.faults:
        return None
    if how == SCRIPTED:
        return Simulated(SCRIPTED, title, script, 0, 1, duty)
    return Simulated(RANDOM, title, script, secrets.randbelow(100_000) if seed is None else seed, runs, duty)


def exercise(typed: Typed, plan: Plan, site: str, by: str, now: Instant) -> Exercise | None:
    """The exercise's command; None with everything that is wrong in `typed.faults`."""
    command = typed.identifier("command")
    kind = typed.choice("kind", frozenset(plan.kinds))
    affected = typed.count("affected")
    place = typed.text("where", LONGEST["where"], required=True)
    what = typed.text("what", LONGEST["what"], required=True)
    duty = typed.choice("duty", duties_of(plan))
    if not kind:
        typed.fault("kind", "missing")
    if typed.yes_no("sure") is not True:
        typed.fault("sure", "missing")
    if typed.faults:
        return None
    facts: dict[str, Answer] = {"kind": kind} | ({"affected": affected} if affected is not None else {})
    story = {"what": mask(what)[0], "place": mask(place)[0]}
    times = Times(received_at=now, reported_at=now, happened_at=now)
    opening = OpenCase(command, "", site, times, facts, story, "exercise", by, exercise=True)
    return Exercise(opening, plan.kinds[kind], duty)


def duties_of(plan: Plan) -> frozenset[str]:
    """The calendar duties that a drill may be held for."""
    return frozenset(duty.id for duty in plan.calendar if duty.kind == "drill")


def _made(typed: Typed, plan: Plan, zone: str, now: Instant) -> tuple[str, Words]:
    """A script for a kind, a level and a time: only the report and the grading are fixed, chance does the rest."""
    kind = typed.choice("kind", frozenset(plan.kinds))
    level = typed.choice("level", frozenset(plan.rank))
    hours = typed.count("hours") or HOURS[2]
    at = typed.local_time("at", zone_of(zone))
    if not kind:
        typed.fault("kind", "missing")
    if hours > HOURS[-1]:
        typed.fault("hours", "too_many", most=HOURS[-1])
    if typed.faults:
        return "", Words("", "")
    starts = to_datetime(now if at is None else at).astimezone(zone_of(zone))
    return made_script(plan, kind, level, starts, hours), made_title(plan, kind, level)


def made_title(plan: Plan, kind: str, level: str) -> Words:
    """What such a drill is called."""
    levels = {one.id: one.name for one in plan.levels}
    parts = [plan.kinds[kind], *([levels[level]] if level else [])]
    return Words(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))


def made_script(plan: Plan, kind: str, level: str, starts: datetime, hours: int) -> str:
    """The script's text. It says what is reported and the level that is set; `until` is so many hours later."""
    head = {
        "id": f"made-{kind}",
        "title": {one: made_title(plan, kind, level).in_language(one) for one in ("zh", "en")},
        "starts": starts.isoformat(timespec="seconds"),
        "language": "zh",
    }
    facts: dict[str, Answer] = {"kind": kind}
    given: dict[str, Any] = {
        "drill": head,
        "report": {"via": "drill", "facts": facts, "story": {"what": say("drills.made", "zh")}},
        "until": f"{hours} h",
    }
    step = _grading(plan)
    if level and step is not None:
        answers = {one.id: _answer(plan, one.type, level) for one in step.asks}
        acts = {"after": "5 min", "by": plan.members(step.who[0])[0], "does": step.id, "answers": answers}
        given["acts"] = [acts]
    return "\n".join(f"{name}: {json.dumps(part, ensure_ascii=False)}" for name, part in given.items()) + "\n"


def _grading(plan: Plan) -> Step | None:
    """The owed step in which the level is set."""
    found = (
        step
        for step in plan.steps
        if not step.voluntary and any(one.type is FieldType.LEVEL for one in step.asks)
    )
    return next(found, None)


def _answer(plan: Plan, kind: FieldType, level: str) -> Any:
    plain: Mapping[FieldType, Any] = {
        FieldType.LEVEL: level,
        FieldType.COUNT: 0,
        FieldType.BOOL: True,
        FieldType.TIME: f"{HOUR // 3_600_000} h",
        FieldType.ROLE: next(iter(plan.roles)),
        FieldType.KIND: next(iter(plan.kinds), ""),
    }
    return plain.get(kind, "—")
