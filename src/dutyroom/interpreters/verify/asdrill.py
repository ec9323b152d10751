"""A hole as a drill script: text in the drill's own format that fails when rehearsed, as long as the hole is there.

Writes values only, quoted as JSON, which YAML reads the same. Knows nothing of how drills are run.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Verb
from dutyroom.core.proof import Hole
from dutyroom.interpreters.verify.questions import Asked
from dutyroom.interpreters.verify.reach import Reach
from dutyroom.interpreters.verify.search import World
from dutyroom.wording import say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_drill(hole: Hole, asked: Asked, world: World, reach: Reach, zone: str) -> str:
    """The script. Its clock shows the time of `zone`."""
    question, plan = asked.question, asked.plan
    title = {
        lang: say("verify.script", lang, step=plan.steps[0].title.in_language(lang)) for lang in ("zh", "en")
    }
    alone: dict[str, Any] = {"step": question.step, "role": question.role}
    unheard = sorted(world.outages[hole.down]) if hole.down else []
    parts: list[tuple[str, Any]] = [
        ("drill", {"id": f"hole-{hole.id}", "title": title, "starts": _local(hole.spans[0][0], zone)}),
        ("alone", alone | ({"again": True} if question.again else {})),
        ("report", {"via": "drill"}),
        ("people", _people(hole, world, reach)),
        ("channels", {"unheard": unheard}),
        ("acts", _taking(hole, world, question.step)),
        (
            "must",
            [{"does": question.step, "verb": _verb(question.verb, world), "within": length(question.limit)}],
        ),
        ("until", length(question.limit + world.assumptions.answer_after + 60_000)),
    ]
    lines = [f"# {title['zh']}", f"# {title['en']}"]
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in parts]
    return "\n".join(lines) + "\n"


def length(milliseconds: Milliseconds) -> str:
    """A duration as a script writes it."""
    for unit, size in (("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if milliseconds % size == 0:
            return f"{milliseconds // size} {unit}"
    return f"{milliseconds} ms"


def _people(hole: Hole, world: World, reach: Reach) -> dict[str, Any]:
    """Who says nothing. A person whose first channels have no evidence answers later, when one that has is tried."""
    silent = [] if world.assumptions.idle else list(hole.silent)
    after = world.assumptions.answer_after
    slow: dict[str, str] = {}
    if world.assumptions.evidence is not None:
        for person, first, heard in _late(hole, reach):
            if heard is None:
                silent.append(person)
            elif heard > first:
                slow[person] = length(heard - first + after)
    behaviour: dict[str, Any] = {"answer_after": length(after), "silent": sorted(dict.fromkeys(silent))}
    return behaviour | ({"slow": slow} if slow else {})


def _late(hole: Hole, reach: Reach) -> Iterator[tuple[str, Milliseconds, Milliseconds | None]]:
    """Everybody called who is not silent: when first called, and when first on a channel that counts."""
    calls: dict[str, list[tuple[Milliseconds, str]]] = {}
    for one in hole.course:
        if one.what == "called" and one.person not in hole.silent:
            calls.setdefault(one.person, []).append((one.offset, one.channel))
    for person, made in calls.items():
        heard = [offset for offset, channel in made if reach.fresh(person, channel)]
        yield person, made[0][0], min(heard, default=None)


def _verb(verb: Verb, world: World) -> str:
    """In a drill the called say that they have received it: the verb to look for, unless that is not enough."""
    return Verb.TAKEN.value if world.assumptions.idle and verb is not Verb.RECEIVED else Verb.RECEIVED.value


def _taking(hole: Hole, world: World, step: str) -> list[dict[str, Any]]:
    """Where people may be idle: who takes it at last, and when."""
    answered = [one for one in hole.course if one.what == "answered"]
    if not world.assumptions.idle or not answered:
        return []
    last = answered[-1]
    return [{"at": length(last.offset), "by": last.person, "does": step, "verb": Verb.TAKEN.value}]


def _local(instant: Instant, zone: str) -> str:
    moment = (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))
    return moment.isoformat(timespec="milliseconds" if instant % 1_000 else "seconds")
