"""Sums up random incidents: what is kept of one (`trial`), and the values of `core.sampled` over all of them.

Verdicts are `core.judging`'s. Times are milliseconds from the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.judging import judge
from dutyroom.core.plan import ClockKind, Plan, Verb
from dutyroom.core.review import Verdict
from dutyroom.core.sampled import MILESTONES, PERCENTS, Bar, Quantile, Spread, Tally
from dutyroom.interpreters.drill.incident import Course
from dutyroom.interpreters.drill.intervals import order_bounds, wilson

_CURVE = 200  # steps of a distribution's curve


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

    @property
    def lost(self) -> Milliseconds:
        """The lateness of all deadlines together."""
        return sum(lost for *_, lost in self.deadlines.values())


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
        Tally(*key, plan.step[key[0]].phases[0], owed, late, missed, wilson(late + missed, owed), total)
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
        dues = tuple((due.verb, due.due_at - starts, due.kind) for due in one.dues)
        called = first_calls.get(one.key, one.opened_at) - starts
        found.append(
            Bar(
                key=one.key,
                step=one.step,
                role=one.role,
                opened=one.opened_at - starts,
                called=called,
                dues=dues,
                received=marks.get(Verb.RECEIVED),
                taken=marks.get(Verb.TAKEN),
                on_scene=marks.get(Verb.ON_SCENE),
                done=marks.get(Verb.DONE),
                status=one.status,
            )
        )
    return tuple(found)
