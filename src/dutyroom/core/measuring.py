"""What one run of a plan came to in figures: how long to each milestone, how its deadlines were met, how it was called.

Read from the events alone, for an incident, an exercise and a simulated drill alike. Verdicts are `core.judging`'s; a
figure belongs to the run or to a step, never to a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dutyroom.core.events import (
    ActMarked,
    ActVolunteered,
    CallFailed,
    Event,
    LadderExhausted,
    PersonCalled,
    PhaseMoved,
    RoleEmpty,
)
from dutyroom.core.instants import Milliseconds
from dutyroom.core.judging import Judgement, judge
from dutyroom.core.plan import ClockKind, Plan, Verb, implied
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case

MILESTONES = ("received", "taken", "on_scene", "response", "closed")


@dataclass(frozen=True, slots=True)
class Measures:
    """`reached` are milliseconds from the opening to each of MILESTONES, None where it was not reached."""

    reached: dict[str, Milliseconds | None]
    verdicts: dict[str, int]
    missed_hard: int
    calls: int
    failed_calls: int
    empty_posts: int
    rang_again: int

    @property
    def deadlines(self) -> int:
        """How many deadlines were judged."""
        return sum(self.verdicts.values())

    @property
    def kept_share(self) -> int | None:
        """Percent of the deadlines that ended in time; None where none has ended."""
        ended = sum(self.verdicts[one] for one in (Verdict.KEPT, Verdict.LATE, Verdict.MISSED))
        return round(100 * self.verdicts[Verdict.KEPT] / ended) if ended else None


def measure(plan: Plan, case: Case, events: Iterable[Event]) -> Measures:
    """The figures of a case, from its events so far."""
    found = list(events)
    judged = judge(plan, case)
    verdicts = Counter(one.verdict for one in judged)
    return Measures(
        reached={name: _since(case, _first(name, found)) for name in MILESTONES},
        verdicts={one: verdicts[one] for one in Verdict},
        missed_hard=sum(one.verdict is Verdict.MISSED and one.due.kind is ClockKind.HARD for one in judged),
        calls=_count(found, PersonCalled),
        failed_calls=_count(found, CallFailed),
        empty_posts=len({(event.key, event.role) for event in found if isinstance(event, RoleEmpty)}),
        rang_again=_count(found, LadderExhausted),
    )


def not_in_time(plan: Plan, case: Case) -> tuple[Judgement, ...]:
    """The deadlines that were late or missed, the worst first: missed before late, hard before soft, later first."""
    order = {ClockKind.HARD: 0, ClockKind.SOFT: 1, ClockKind.DEFAULT: 2}
    found = [one for one in judge(plan, case) if one.verdict in (Verdict.LATE, Verdict.MISSED)]
    return tuple(
        sorted(found, key=lambda one: (one.verdict is Verdict.LATE, order[one.due.kind], -one.late, one.key))
    )


def _first(name: str, events: list[Event]) -> int | None:
    """The instant the milestone was first reached at, as it was reported."""
    return min((at for event in events for reached, at in _reaches(event) if reached == name), default=None)


def _reaches(event: Event) -> Iterator[tuple[str, int]]:
    """The milestones an event is one for, with the instant that counts."""
    match event:
        case ActMarked():
            yield from ((verb.value, event.times.reported_at) for verb in implied(event.verb))
        case ActVolunteered():
            yield Verb.RECEIVED.value, event.times.reported_at
        case PhaseMoved():
            yield event.target, event.at


def _since(case: Case, instant: int | None) -> int | None:
    return None if instant is None else max(0, instant - case.opened_at)


def _count(events: list[Event], kind: type) -> int:
    return sum(isinstance(event, kind) for event in events)
