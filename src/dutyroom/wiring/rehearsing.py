"""Carries out one simulated drill, in a process of its own at low priority, and keeps in its row what came of it.

The drill interpreter plays, by the core's rules; nothing is decided here. Posts stand in place of persons.
"""

import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from dutyroom import settings, wiring
from dutyroom.core.codec import dump_event, event_type
from dutyroom.core.events import Event
from dutyroom.core.roster import PlanInForce
from dutyroom.core.sampled import comparison_data, sample_data
from dutyroom.interpreters.drill import Script, read_script, rehearse, transcript
from dutyroom.interpreters.drill.chances import default_chances
from dutyroom.interpreters.drill.changes import compare
from dutyroom.interpreters.drill.incident import Incident, Setup, set_up
from dutyroom.interpreters.drill.sampling import summed_up, trials
from dutyroom.store import rehearsals
from dutyroom.wording.narrate import role_name

_NICE, MOST_PROCESSES = 10, 4
MOST_KEPT = 6_000  # a case that nobody takes rings on for weeks: the first days of it say everything
MOST_COMPARED = 200  # runs with each change: the same random numbers make fewer of them enough


def carry_out(rehearsal: str) -> None:
    """Run one claimed rehearsal and keep what came of it. Raises LookupError for an unknown one."""
    work = rehearsals.read(wiring.pool(), rehearsal)
    people = rehearsals.channels_of(wiring.pool(), work.site)
    rules = rehearsals.drill_rules(
        wiring.record().rules_of(work.site, work.edition), work.roster_text, people
    )
    script, _ = read_script(work.script, rules.plan, rules.roster)
    if script is None:
        return rehearsals.fail(wiring.pool(), work.id, "drills.failed.script", wiring.clock().now())
    result = scripted(script, rules) if work.kind == "scripted" else by_chance(script, rules, work)
    rehearsals.finish(wiring.pool(), work.id, result, wiring.clock().now())


def scripted(script: Script, rules: PlanInForce) -> dict[str, Any]:
    """One drill by its script: its events, its transcript in both languages, posts in place of persons."""
    drilled = rehearse(script, rules)
    return {
        "type": "scripted",
        "passed": drilled.passed,
        "transcript": {
            lang: transcript(drilled, lang, partial(post_of, rules, lang)) for lang in ("zh", "en")
        },
        **_told(script, drilled.events, drilled.ended_at),
    }


def by_chance(script: Script, rules: PlanInForce, work: rehearsals.Work) -> dict[str, Any]:
    """The script run many times with people who answer by chance: the sample, and the events of its middle run."""
    setup = set_up(script, rules, default_chances(), work.seed)
    processes = max(1, min(MOST_PROCESSES, (os.cpu_count() or 1) - 1))
    found = trials(
        setup, work.runs, processes, lambda done: rehearsals.progress(wiring.pool(), work.id, done)
    )
    sample = summed_up(setup, found)
    shown = _Shown(setup, sample.middle)
    course = shown.play()
    return {
        "type": "random",
        "sample": sample_data(sample),
        "comparison": comparison_data(compare(setup, min(work.runs, MOST_COMPARED), processes)),
        **_told(script, shown.kept, course.ended_at),
    }


class _Shown(Incident):
    """One run of which every event is kept, to be watched."""

    def __init__(self, setup: Setup, run: int) -> None:
        super().__init__(setup, run)
        self.kept: list[Event] = []

    def happened(self, events: tuple[Event, ...]) -> None:
        self.kept.extend(events)
        super().happened(events)


def post_of(rules: PlanInForce, language: str, person: str) -> str:
    """The post a staff number holds; a plan names posts, never people."""
    for role, held in rules.roster.standing.items():
        if person in held and role in rules.plan.roles:
            return role_name(rules.plan, role, language)
    turn = next((one.role for one in rules.roster.periods if one.person == person), "")
    return role_name(rules.plan, turn or person, language)


def _told(script: Script, events: Sequence[Event], ended: int) -> dict[str, Any]:
    """The events to be watched, as many as a page can go through; `left_out` counts those after them."""
    kept = events[:MOST_KEPT]
    left = len(events) - len(kept)
    return {
        "starts": script.starts,
        "ended": kept[-1].at if left else ended,
        "events": [_written(event) for event in kept],
        "left_out": left,
    }


def _written(event: Event) -> tuple[str, dict[str, Any]]:
    return event_type(event), dump_event(event)


def main() -> None:
    """The child process: one rehearsal, named on the command line."""
    from dutyroom.wiring.service import end_with_parent

    if settings.PARENT:
        end_with_parent()
    os.nice(_NICE)
    carry_out(sys.argv[1])


if __name__ == "__main__":
    main()
