"""What many random incidents come to, as values: times to each milestone, deadlines not kept, where time was lost.

Shared by the command, the pages and the report; JSON both ways. Verdicts are `core.judging`'s. Times are milliseconds
from the report. Nothing here is about a person: obligations belong to steps and posts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.judging import judge
from dutyroom.core.plan import ClockKind, Plan, Verb
from dutyroom.core.review import Verdict
from dutyroom.core.words import Words
from dutyroom.interpreters.drill.incident import Course
from dutyroom.interpreters.drill.intervals import Share, order_bounds, wilson

MILESTONES = ("received", "taken", "on_scene", "started", "closed")
PERCENTS = (5, 25, 50, 75, 90, 95, 99)
_CURVE = 200  # steps of a distribution's curve


@dataclass(frozen=True, slots=True)
class Quantile:
    """So many percent of the incidents reached it within `value`; 95 % confidence from `low` to `high`.

    None means that it was not reached by the end: the value lies behind what was looked at.
    """

    percent: int
    value: Milliseconds | None
    low: Milliseconds | None
    high: Milliseconds | None


@dataclass(frozen=True, slots=True)
class Spread:
    """When a milestone was reached. `never` is the share of incidents in which it was not, by the end.

    `curve` are the times by which 0, 0.5, 1, … 100 % had reached it, as far as they did.
    """

    what: str
    never: Share
    quantiles: tuple[Quantile, ...]
    curve: tuple[Milliseconds, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """One deadline of the plan over all incidents.

    `unkept` is the share that was late or missed, of all that came to a verdict. `late_total` sums the lateness; what
    was never done counts until the end, but at most once more the time that had been given.
    """

    step: str
    verb: Verb
    kind: ClockKind
    owed: int
    late: int
    missed: int
    unkept: Share
    late_total: Milliseconds

    @property
    def mean_late(self) -> Milliseconds:
        """How late it is when it is late or missed, on the average."""
        late = self.late + self.missed
        return self.late_total // late if late else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One obligation of the middle incident. Times count from the report; None: it did not come to that."""

    key: str
    step: str
    role: str
    opened: Milliseconds
    called: Milliseconds
    dues: tuple[tuple[Verb, Milliseconds, ClockKind], ...]
    received: Milliseconds | None
    taken: Milliseconds | None
    on_scene: Milliseconds | None
    done: Milliseconds | None
    status: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of `runs` incidents under one script, plan, roster and set of chances.

    `own` names the parts of the chances that are not Dutyroom's first guesses. `titles` are the plan's words for its
    steps. `middle` is the incident that `gantt` shows: the one in the middle by time to the start and the close.
    """

    plan: str
    edition: str
    script: str
    title: Words
    seed: int
    runs: int
    starts: Instant
    offset_minutes: int
    until: Milliseconds
    own: tuple[str, ...]
    milestones: tuple[Spread, ...]
    tallies: tuple[Tally, ...]
    unkept_per_run: float
    middle: int
    gantt: tuple[Bar, ...]
    titles: Mapping[str, Words] = field(default_factory=dict)
    roles: Mapping[str, Words] = field(default_factory=dict)

    def lost(self, tally: Tally) -> Milliseconds:
        """The time an incident loses at this deadline on the average."""
        return tally.late_total // self.runs

    def worst(self, most: int = 10) -> tuple[Tally, ...]:
        """The deadlines that are broken most often, the worst first."""
        broken = [one for one in self.tallies if one.unkept.count]
        return tuple(sorted(broken, key=lambda one: (-one.unkept.value, -one.late_total))[:most])

    def slowest(self, most: int = 10) -> tuple[Tally, ...]:
        """Where an incident loses most time, the worst first."""
        return tuple(sorted((t for t in self.tallies if t.late_total), key=lambda t: -t.late_total)[:most])


Key = tuple[str, Verb, ClockKind]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is kept of one incident: its milestones, and per deadline owed, late, missed and lateness."""

    run: int
    reached: tuple[Milliseconds | None, ...]
    deadlines: Mapping[Key, tuple[int, int, int, Milliseconds]]

    @property
    def unkept(self) -> int:
        """How many deadlines were late or missed."""
        return sum(late + missed for _, late, missed, _ in self.deadlines.values())


def trial(plan: Plan, course: Course, starts: Instant) -> Trial:
    """What is kept of the incident."""
    return Trial(course.run, tuple(_reached(course, starts)), _deadlines(plan, course))


def _reached(course: Course, starts: Instant) -> Iterable[Milliseconds | None]:
    owed = course.case.obligations.values()
    for verb in (Verb.RECEIVED, Verb.TAKEN, Verb.ON_SCENE):
        at = min((one.marks[verb].at for one in owed if verb in one.marks and one.dues), default=None)
        yield None if at is None else at - starts
    for moment in (course.started_at, course.case.closed_at):
        yield None if moment is None else moment - starts


def _deadlines(plan: Plan, course: Course) -> Mapping[Key, tuple[int, int, int, Milliseconds]]:
    found: dict[Key, tuple[int, int, int, Milliseconds]] = {}
    for one in judge(plan, course.case):
        if one.verdict in (Verdict.OPEN, Verdict.WAIVED):
            continue
        late, lost = one.late, one.late
        if one.verdict is Verdict.MISSED:
            given = one.due.due_at - course.case.obligations[one.key].opened_at
            lost = max(0, min(course.ended_at - one.due.due_at, given))
        key = one.step, one.due.verb, one.due.kind
        owed, was_late, missed, total = found.get(key, (0, 0, 0, 0))
        is_missed = int(one.verdict is Verdict.MISSED)
        found[key] = owed + 1, was_late + int(late > 0), missed + is_missed, total + lost
    return found


def spreads(trials: Sequence[Trial]) -> tuple[Spread, ...]:
    """The distribution of every milestone."""
    return tuple(
        _spread(what, [one.reached[place] for one in trials]) for place, what in enumerate(MILESTONES)
    )


def _spread(what: str, times: Sequence[Milliseconds | None]) -> Spread:
    runs, found = len(times), sorted(one for one in times if one is not None)
    never = wilson(runs - len(found), runs)

    def at(place: int) -> Milliseconds | None:
        return found[place] if 0 <= place < len(found) else None

    quantiles = []
    for percent in PERCENTS:
        low, high = order_bounds(runs, percent)
        middle = max(0, -(-runs * percent // 100) - 1)
        quantiles.append(Quantile(percent, at(middle), at(low), at(high)))
    places = (max(0, -(-runs * step // _CURVE) - 1) for step in range(_CURVE + 1))
    curve = tuple(found[place] for place in places if place < len(found))
    return Spread(what, never, tuple(quantiles), curve)


def tallies(plan: Plan, trials: Sequence[Trial]) -> tuple[Tally, ...]:
    """Every deadline that came up, in the plan's order."""
    sums: dict[Key, list[int]] = {}
    for one in trials:
        for key, counts in one.deadlines.items():
            total = sums.setdefault(key, [0, 0, 0, 0])
            for place, count in enumerate(counts):
                total[place] += count
    order = {step.id: place for place, step in enumerate(plan.steps)}
    verbs = list(Verb)
    keys = sorted(sums, key=lambda key: (order[key[0]], verbs.index(key[1]), key[2].value))
    return tuple(
        Tally(*key, owed, late, missed, wilson(late + missed, owed), total)
        for key in keys
        for owed, late, missed, total in [sums[key]]
    )


def middle(trials: Sequence[Trial]) -> int:
    """The run in the middle: by time to the start of the response, then to the close, then by deadlines not kept."""
    never = 1 << 62
    started, closed = MILESTONES.index("started"), MILESTONES.index("closed")

    def rank(one: Trial) -> tuple[int, ...]:
        times = [one.reached[place] for place in (started, closed)]
        return (*(never if at is None else at for at in times), one.unkept, one.run)

    return sorted(trials, key=rank)[len(trials) // 2].run


def bars(course: Course, starts: Instant, first_calls: Mapping[str, Instant]) -> tuple[Bar, ...]:
    """The obligations of one incident, in the order in which they were opened."""
    found = []
    for one in course.case.obligations.values():
        marks = {verb: mark.at - starts for verb, mark in one.marks.items()}
        times = (marks.get(verb) for verb in Verb)
        dues = tuple((due.verb, due.due_at - starts, due.kind) for due in one.dues)
        opened = one.opened_at - starts
        called = first_calls.get(one.key, one.opened_at) - starts
        found.append(Bar(one.key, one.step, one.role, opened, called, dues, *times, one.status))
    return tuple(found)


def sample_data(sample: Sample) -> dict[str, Any]:
    """The sample as plain values for JSON; `read_sample` reads exactly this back."""
    data: dict[str, Any] = _adapter().dump_python(sample, mode="json")
    return data


def read_sample(data: Mapping[str, Any]) -> Sample:
    """The sample that `sample_data` wrote. Raises ValueError for what is none."""
    return _adapter().validate_python(data)


@cache
def _adapter() -> TypeAdapter[Sample]:
    return TypeAdapter(Sample)
