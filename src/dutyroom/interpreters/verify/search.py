"""Every minimal failure that breaks cover at one moment: `failures(...)`, by branching on who answered.

If a run succeeds, a graver failure that breaks it must take away one of the answers that it leant on: otherwise
everything would happen as it did. So only those are tried next, up to the number of people that may be missing. Needs
no monotonicity, so it holds for people who answer and do nothing as well. Sizes are tried in order, so that what is
found is minimal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.instants import Instant
from dutyroom.core.proof import Assumptions
from dutyroom.core.roster import PlanInForce, Responder
from dutyroom.interpreters.verify.course import Course, Failing, Reaches, Run, always
from dutyroom.interpreters.verify.memo import Watched
from dutyroom.interpreters.verify.questions import Asked


@dataclass(frozen=True, slots=True)
class Failure:
    """Persons who fail, and the outage (by name, "" for none) along with them."""

    silent: frozenset[str]
    down: str = ""

    def within(self, other: "Failure") -> bool:
        """Whether the other fails at least as much."""
        return self.silent <= other.silent and self.down in ("", other.down)


@dataclass(frozen=True, slots=True)
class Found:
    """The minimal failures, and every (person, channel) whose answer a run leant on."""

    failures: tuple[Failure, ...]
    leant_on: frozenset[tuple[str, str]]
    runs: int


@dataclass(frozen=True)
class World:
    """What is assumed of people and channels, the same for every run of a proof. `outages`: channel kinds by name."""

    people: dict[str, Responder]
    assumptions: Assumptions
    missing: int
    outages: dict[str, frozenset[str]]

    def failing(self, failure: Failure) -> Failing:
        channels = self.outages[failure.down] if failure.down else frozenset[str]()
        return Failing(failure.silent, channels, self.assumptions.idle)


def run(
    asked: Asked, world: World, roster: Watched, at: Instant, failure: Failure, reaches: Reaches = always
) -> Run:
    """One run from the instant, until it is taken or the limit has passed."""
    rules = PlanInForce(asked.plan, roster, world.people)
    course = Course(
        rules, asked.question, at, world.failing(failure), world.assumptions.answer_after, reaches
    )
    return course.run(asked.question.limit)


def failures(asked: Asked, world: World, roster: Watched, at: Instant, reaches: Reaches = always) -> Found:
    """All minimal failures at the instant. In order of size, then of who was asked first."""
    found: list[Failure] = []
    leant_on: dict[tuple[str, str], None] = {}
    level, runs = [Failure(frozenset())], 0
    while level:
        following: dict[Failure, None] = {}
        for failure in level:
            if any(known.within(failure) for known in found):
                continue
            done = run(asked, world, roster, at, failure, reaches)
            runs += 1
            if not done.in_time:
                found.append(failure)
                continue
            leant_on |= dict.fromkeys(done.answers)
            following |= dict.fromkeys(_graver(world, failure, done))
        level = list(following)
    least = tuple(one for one in found if not any(_less(world, other, one) for other in found))
    return Found(least, frozenset(leant_on), runs)


def _less(world: World, one: Failure, other: Failure) -> bool:
    """Whether one outage is a true part of the other, with no more persons along: then the other is not minimal."""
    if not (one.down and other.down and one.silent <= other.silent):
        return False
    return world.outages[one.down] < world.outages[other.down]


def _graver(world: World, failure: Failure, done: Run) -> Iterator[Failure]:
    """The failures with one thing more that could break what the run leant on."""
    apart = not world.assumptions.together
    for person, _ in done.answers:
        if (
            person not in failure.silent
            and len(failure.silent) < world.missing
            and not (apart and failure.down)
        ):
            yield Failure(failure.silent | {person}, failure.down)
    if failure.down or (apart and failure.silent):
        return
    used = {channel for _, channel in done.answers}
    for name, kinds in world.outages.items():
        if kinds & used:
            yield Failure(failure.silent, name)
