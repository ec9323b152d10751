"""What a hole looks like from inside: its course, when somebody answers at last, what would close it, how to replay it.

Everything is a run on the real core with the hole's failure, from its first start. Refuses to judge who is to blame for
a hole: it belongs to a post and a span of time.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dutyroom.core import events as e
from dutyroom.core.instants import DAY, HOUR, Instant, Milliseconds
from dutyroom.core.proof import Hole, Moment
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.verify.asdrill import as_drill
from dutyroom.interpreters.verify.course import Course, Run
from dutyroom.interpreters.verify.memo import Watched
from dutyroom.interpreters.verify.questions import Asked
from dutyroom.interpreters.verify.reach import Reach
from dutyroom.interpreters.verify.repairs import Repairing
from dutyroom.interpreters.verify.search import Failure, World
from dutyroom.interpreters.verify.sweep import Span

_AFTER = 40  # moments told after the limit: then it only rings on
_PATIENCE, _MOST_PATIENCE = 6 * HOUR, 2 * DAY


@dataclass(frozen=True, slots=True)
class Told:
    """A course, and how long after the start somebody answers at last."""

    moments: tuple[Moment, ...]
    answered_after: Milliseconds | None


@dataclass
class Telling:
    """Tells holes under one set of rules."""

    rules: PlanInForce
    world: World
    reach: Reach
    zone: str
    repairing: Repairing = field(init=False)

    def __post_init__(self) -> None:
        self.repairing = Repairing(self.rules, self.world, self.reach)

    def hole(self, asked: Asked, failure: Failure, spans: tuple[Span, ...]) -> Hole:
        """The hole with all that is said of it."""
        starts = spans[0][0]
        told = self.told(asked, failure, starts)
        silent = tuple(sorted(failure.silent))
        bare = Hole(
            _name(self.rules.plan.id, asked.question.id, silent, failure.down),
            asked.question.id,
            silent,
            failure.down,
            spans,
            told.moments,
            told.answered_after,
        )
        return replace(
            bare,
            repairs=self.repairing.repairs(asked, failure, spans, told.moments),
            script=as_drill(bare, asked, self.world, self.reach, self.zone),
        )

    def told(self, asked: Asked, failure: Failure, at: Instant) -> Told:
        """The course from one start."""
        run = self._run(asked, failure, Watched(self.rules.roster, at), at)
        return told(run, asked, self.world, self.reach, failure, at)

    def _run(self, asked: Asked, failure: Failure, roster: Watched, at: Instant) -> Run:
        rules = PlanInForce(asked.plan, roster, self.world.people)
        failing, after = self.world.failing(failure), self.world.assumptions.answer_after
        course = Course(rules, asked.question, at, failing, after, self.reach.reaches)
        return course.run(patience(asked.question.limit))


def patience(limit: Milliseconds) -> Milliseconds:
    """How long a hole is followed: as long again as the limit, two days more at most and six hours at least."""
    return limit + max(_PATIENCE, min(limit, _MOST_PATIENCE))


def told(run: Run, asked: Asked, world: World, reach: Reach, failure: Failure, at: Instant) -> Told:
    """The events of a run as moments: all of them up to the limit, then some, and the answer."""
    moments = [one for event in run.events for one in _moments(event, world, reach, failure, at)]
    limit = asked.question.limit
    within = [one for one in moments if one.offset <= limit]
    later = [one for one in moments if one.offset > limit]
    answered = [one for one in later[_AFTER:] if one.what == "answered"]
    after = run.taken_at - at if run.taken_at is not None else None
    return Told((*within, *later[:_AFTER], *answered[-1:]), after)


def _moments(event: e.Event, world: World, reach: Reach, failure: Failure, at: Instant) -> Iterator[Moment]:
    offset = event.at - at
    match event:
        case e.PersonCalled():
            where = (event.role, event.person, event.channel)
            yield Moment(offset, "called", *where)
            if why := _unheard(event, world, reach, failure):
                yield Moment(offset, why, *where)
        case e.RoleEmpty():
            yield Moment(offset, "empty", event.role)
        case e.Escalated():
            yield Moment(offset, "escalated", event.role)
        case e.LadderExhausted():
            yield Moment(offset, "exhausted")
        case e.DeadlineMissed():
            yield Moment(offset, "missed", event.role)
        case e.ActMarked():
            idle = event.by in failure.silent
            if idle or event.verb.value == "received":
                yield Moment(offset, "idle" if idle else "answered", "", event.by)


def _unheard(call: e.PersonCalled, world: World, reach: Reach, failure: Failure) -> str:
    """Why nobody answers the call: a dead channel, one without evidence, a silent person; "" where somebody does."""
    failing = world.failing(failure)
    if call.channel in failing.channels:
        return "dead"
    if not reach.reaches(call.person, call.channel, call.at):
        return "stale"
    return "silent" if call.person in failing.persons and not failing.idle else ""


def _name(plan: str, question: str, silent: tuple[str, ...], down: str) -> str:
    """The same hole has the same name in every proof."""
    return hashlib.sha256("\n".join((plan, question, down, *silent)).encode()).hexdigest()[:12]
