"""A played supposition as lines to read and to draw: who does what from when to when, on a scale that bends.

The first minutes matter as much as the following days, so the scale is logarithmic; its marks say where one is. The
drawing repeats what the text says and nothing else.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.events import Due
from dutyroom.core.instants import DAY, HOUR, MINUTE, Instant, Milliseconds
from dutyroom.core.plan import Plan, Step
from dutyroom.interpreters.whatif import Played, Task
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import refuse, role_name, span

_BEND = 10 * MINUTE
_TICKS = (15 * MINUTE, HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
_LEAST_GAP = 13.0  # percent: what a tick's text needs on the narrowest screen


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    text: str


@dataclass(frozen=True, slots=True)
class DueMark:
    """One deadline: where on the scale, of which kind, and its words."""

    x: str
    kind: str
    text: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a step with its actors, or a passage to another phase."""

    step: str
    title: str
    phase: str
    who: tuple[str, ...]
    empty: tuple[str, ...]
    since: str
    at: str
    left: str
    width: str
    dues: tuple[DueMark, ...]
    repeats: str
    later: tuple[str, ...]
    law: str
    clauses: tuple[str, ...]
    withdrawn: bool
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole timeline."""

    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]


def draw(plan: Plan, played: Played, shown: Shown) -> Drawn:
    """The rows in the order in which they begin; what is repeated, or owed by each of a group, is one row."""
    scale = Scale(played.starts, max(played.ended_at, played.starts + HOUR))
    rows = [_line(plan, tasks, played, scale, shown) for tasks in _rows(played)]
    passages = [(one.at, _passage(one.target, one.at, scale, played, shown)) for one in played.passages]
    begun = [(tasks[0].opened_at, row) for tasks, row in zip(_rows(played), rows, strict=True)]
    # A passage stands before what it begins.
    lines = sorted(
        [(at, 0, one) for at, one in passages] + [(at, 1, one) for at, one in begun], key=_first_two
    )
    return Drawn(tuple(one for _, _, one in lines), tuple(scale.ticks(shown.language)))


def _first_two(row: tuple[Instant, int, Line]) -> tuple[Instant, int]:
    return row[:2]


class Scale:
    """Instants as percent of the width."""

    def __init__(self, starts: Instant, ends: Instant) -> None:
        self.starts = starts
        self.length = ends - starts

    def at(self, instant: Instant) -> float:
        return self._percent(max(0, instant - self.starts))

    def ticks(self, language: str) -> Iterator[Tick]:
        last = -_LEAST_GAP
        for tick in _TICKS:
            x = self._percent(tick)
            if tick <= self.length and x - last >= _LEAST_GAP and x <= 97:
                last = x
                yield Tick(_text(x), span(tick, language))

    def _percent(self, time: Milliseconds) -> float:
        return 1 + 97 * math.log1p(time / _BEND) / math.log1p(self.length / _BEND)


def _text(percent: float) -> str:
    return f"{percent:.2f}%"


def _rows(played: Played) -> list[list[Task]]:
    """Tasks of one step that are one row: those of a group that began together, and all repeats."""
    rows: dict[str, list[Task]] = {}
    for task in sorted(played.tasks, key=lambda one: one.opened_at):
        if task.dues or task.done_at is None:
            rows.setdefault(task.step, []).append(task)
        else:
            rows[task.key] = [task]
    return sorted(rows.values(), key=lambda tasks: tasks[0].opened_at)


def _line(plan: Plan, tasks: list[Task], played: Played, scale: Scale, shown: Shown) -> Line:
    step, first = plan.step[tasks[0].step], tasks[0]
    together = [task for task in tasks if task.occurrence == first.occurrence]
    later = [task for task in tasks if task.occurrence != first.occurrence]
    left = scale.at(first.opened_at)
    ends = max(due.due_at for task in together for due in task.dues) if first.dues else first.opened_at
    against = next((task.against for task in tasks if task.against), None)
    return Line(
        step=step.id,
        title=step.title.in_language(shown.language),
        phase="",
        who=tuple(role_name(plan, task.role or step.who[0], shown.language) for task in together),
        empty=tuple(role_name(plan, task.role, shown.language) for task in together if task.empty),
        since=_since(first.opened_at, played.starts, shown),
        at=shown.time(first.opened_at),
        left=_text(left),
        width=_text(max(0.4, scale.at(ends) - left)),
        dues=tuple(_due(plan, step, due, played, scale, shown) for due in first.dues),
        repeats=span(step.repeat.every, shown.language) if step.repeat else "",
        later=tuple(_text(scale.at(task.dues[-1].due_at)) for task in later if task.dues),
        law=f"{step.law.source.in_language(shown.language)} {step.law.article}" if step.law else "",
        clauses=step.clauses,
        withdrawn=all(task.status == "withdrawn" for task in together),
        against=tuple(refuse(plan, against, shown.language)) if against else (),
    )


def _due(plan: Plan, step: Step, due: Due, played: Played, scale: Scale, shown: Shown) -> DueMark:
    word = plan.defaults.words.get(due.word)
    kind = "law" if step.law else str(due.kind)
    x = scale.at(due.due_at)
    text = shown.say(
        "planning.due",
        verb=shown.say(f"verb.{due.verb}"),
        since=_since(due.due_at, played.starts, shown),
        at=shown.time(due.due_at),
        kind=shown.say(f"planning.clock.short.{kind}"),
    )
    return DueMark(_text(x), kind, text, word.name.in_language(shown.language) if word else "")


def _passage(target: str, at: Instant, scale: Scale, played: Played, shown: Shown) -> Line:
    phase = shown.say(f"phase.{target}")
    since, clock = _since(at, played.starts, shown), shown.time(at)
    return Line("", "", phase, (), (), since, clock, _text(scale.at(at)), "0", (), "", (), "", (), False, ())


def _since(instant: Instant, starts: Instant, shown: Shown) -> str:
    """`+45 min`: how long after the report."""
    if instant == starts:
        return shown.say("planning.at_once")
    return f"+{span(instant - starts, shown.language)}"
