"""One run of one ladder on the real core: who is called when, who answers, whether it is taken in time.

People who do not fail answer every call that reaches them `answer_after` later, by receiving and taking it; whether
they may is the core's to say. Nothing else is supposed of them. At one instant people come before deadlines, as in a
drill. Refuses to know why somebody fails, and what else could have failed.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from dutyroom.core.commands import Act, OpenCase, Times
from dutyroom.core.decide import decided
from dutyroom.core.events import Event, PersonCalled
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Verb
from dutyroom.core.proof import Question
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case, Obligation

Reaches = Callable[[str, str, Instant], bool]


@dataclass(frozen=True, slots=True)
class Failing:
    """What fails in a run: these persons, calls on these kinds of channel. `idle`: they answer, and no more."""

    persons: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """How it went. `answers` are the (person, channel) whose answer counted for something, in order."""

    taken_at: Instant | None
    taken_by: str
    in_time: bool
    answers: tuple[tuple[str, str], ...]
    events: tuple[Event, ...]


def always(person: str, channel: str, at: Instant) -> bool:
    """Every listed channel reaches its person."""
    return True


@dataclass
class Course:
    """A run in progress, on a plan in which one step alone is owed."""

    rules: PlanInForce
    question: Question
    starts: Instant
    failing: Failing
    answer_after: Milliseconds
    reaches: Reaches = always
    case: Case = field(default_factory=Case)
    events: list[Event] = field(default_factory=list)
    waiting: list[tuple[Instant, int, PersonCalled]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    commands: int = 0

    def run(self, until: Milliseconds) -> Run:
        """Play it until it is taken, or for so long."""
        times = Times(self.starts, self.starts, self.starts, self.starts)
        self.fold(decided(self.rules, Case(), OpenCase("1", "1", "1", times, {}, {}), self.starts))
        end = self.starts + until
        while not self.taken():
            due = next_due(self.case)
            now = min(
                due[0] if due else end + 1,
                self.waiting[0][0] if self.waiting else end + 1,
            )
            if now > end:
                break
            while self.waiting and self.waiting[0][0] <= now and not self.taken():
                self.answer(heapq.heappop(self.waiting)[2], now)
            if not self.taken():
                case, events = settle(self.rules, self.case, now)
                self.fold((events, case))
        return self.ended()

    def owed(self) -> Obligation:
        return next(iter(self.case.obligations.values()))

    def taken(self) -> bool:
        """Whether the verb that is asked for is marked: received where the plan bounds that first, else taken."""
        return self._verb() in self.owed().marks

    def answer(self, call: PersonCalled, now: Instant) -> None:
        """The person answers, unless the calling has stopped meanwhile, or it is theirs and the call is for others."""
        owed = self.owed()
        if not owed.is_open or owed.next_call_at is None:
            return
        asked_now = self.rules.roster.holders(owed.rung_role, now)
        if owed.owner == call.person and call.person not in asked_now:
            return
        received = self.act(call, Verb.RECEIVED, now)
        taken = call.person not in self.failing.persons and self.act(call, Verb.TAKEN, now)
        if received or taken:
            self.answers.append((call.person, call.channel))

    def act(self, call: PersonCalled, verb: Verb, now: Instant) -> bool:
        self.commands += 1
        command = Act(f"a{self.commands}", call.person, call.key, verb, Times(now, now))
        return self.fold(decided(self.rules, self.case, command, now))

    def fold(self, new: tuple[tuple[Event, ...], Case] | Refusal) -> bool:
        if isinstance(new, Refusal):
            return False
        events, self.case = new
        self.events.extend(events)
        for event in events:
            if isinstance(event, PersonCalled) and self.hears(event):
                self.commands += 1
                heapq.heappush(self.waiting, (event.at + self.answer_after, self.commands, event))
        return True

    def hears(self, call: PersonCalled) -> bool:
        failing = self.failing
        if call.channel in failing.channels or (call.person in failing.persons and not failing.idle):
            return False
        return self.reaches(call.person, call.channel, call.at)

    def ended(self) -> Run:
        mark = self.owed().marks.get(self._verb())
        in_time = mark is not None and mark.at <= self.starts + self.question.limit
        return Run(
            mark.at if mark else None,
            mark.by if mark else "",
            in_time,
            tuple(self.answers),
            tuple(self.events),
        )

    def _verb(self) -> Verb:
        return Verb.RECEIVED if self.question.verb is Verb.RECEIVED else Verb.TAKEN
