"""What happens if: the plan played once with everybody answering at their last moment, `what_if(rules, supposed)`.

The same core decides as in earnest, under a virtual clock; there is no rule here. People are supposed to do each of the
four verbs exactly when it is due, and to answer whatever lets the plan go on. What even they cannot do in time stands
in the result with the reasons. What nobody owes and the plan waits for (proposing the end) is done at `ends_after`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dutyroom.core.commands import Act, Answer, Command, OpenCase, Times, Volunteer
from dutyroom.core.decide import decided
from dutyroom.core.events import Due
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, Instant, Milliseconds
from dutyroom.core.phases import CLOSED, RESPONSE
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case, Obligation
from dutyroom.core.supposing import Answers, doers, leaving

# A plan that ends has a hundred acts or two. One that does not is followed until a reader has seen enough of it.
_MOST_ACTS = 1_000
_MOST_INSTANTS = 2_000


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed: the facts of the first report, the level somebody sets, when, and how long it lasts.

    `ends_after` is when the response is over; nothing is looked at behind `until`.
    """

    starts: Instant
    facts: Mapping[str, Answer]
    level: str = ""
    ends_after: Milliseconds = 4 * HOUR
    until: Milliseconds = 30 * DAY


@dataclass(frozen=True, slots=True)
class Task:
    """One obligation as it went. `empty` says that nobody on duty held the role when it opened."""

    key: str
    step: str
    role: str
    occurrence: int
    phase: str
    opened_at: Instant
    dues: tuple[Due, ...]
    status: str
    done_at: Instant | None
    empty: bool
    missed: tuple[Verb, ...]
    against: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The case went from one phase to another."""

    at: Instant
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Played:
    """How it went, from the report to the close or to the end of what was looked at."""

    starts: Instant
    ended_at: Instant
    phase: str
    level: str
    tasks: tuple[Task, ...]
    passages: tuple[Passage, ...]


def what_if(rules: PlanInForce, supposed: Supposed) -> Played:
    """Play it. The same supposition gives the same answer."""
    return _Play(rules, supposed).run()


@dataclass
class _Play:
    rules: PlanInForce
    supposed: Supposed
    case: Case = field(default_factory=Case)
    commands: int = 0
    passages: list[Passage] = field(default_factory=list)
    phase_of: dict[str, str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    against: dict[str, Refusal] = field(default_factory=dict)
    tried: dict[tuple[str, Verb], int] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.rules.plan

    def run(self) -> Played:
        now = self.supposed.starts
        times = Times(now, now, now, now)
        self.ask(
            OpenCase(self.name(), "what-if", "what-if", times, self.supposed.facts, {}, exercise=True), now
        )
        for _ in range(_MOST_INSTANTS):
            instant = self.next_instant(now)
            if instant is None or instant > self.end() or self.over():
                break
            now = instant
            self.act_all(now)
            case, _ = settle(self.rules, self.case, now)
            self.went(case, now)
        return Played(
            self.supposed.starts,
            now,
            self.case.phase,
            self.case.level,
            tuple(self.tasks()),
            tuple(self.passages),
        )

    # ---- when

    def over(self) -> bool:
        return self.case.phase == CLOSED or self.commands >= _MOST_ACTS

    def end(self) -> Instant:
        """A response that cannot be ended is not followed for ever: its repeats would be all there is to see."""
        left = self.case.phase not in ("readiness", RESPONSE)
        return self.supposed.starts + (self.supposed.until if left else self.supposed.ends_after + DAY)

    def next_instant(self, now: Instant) -> Instant | None:
        """The next moment at which somebody acts or a timer runs out; None once nobody has anything left to try."""
        moments = [self.moment(owed, verb) for owed, verb in self.waiting()]
        over = self.supposed.starts + self.supposed.ends_after
        if now < over:
            moments.append(over)
        elif any(self.leaving()):
            moments.append(now)
        if not moments:
            return None  # what is left rings on for ever, and changes nothing
        due = next_due(self.case)
        return max(now, min(moments if due is None else [*moments, due[0]]))

    def waiting(self) -> Iterator[tuple[Obligation, Verb]]:
        """The verbs that people still have to do, as far as it is worth trying (again)."""
        for owed in self.case.open_obligations():
            for verb in self.verbs(owed):
                if self.tried.get((owed.key, verb)) != self.case.events:
                    yield owed, verb
                    break

    def verbs(self, owed: Obligation) -> Iterator[Verb]:
        """What is left to do, in order. Having received it comes first, so that nobody is rung meanwhile."""
        if Verb.RECEIVED not in owed.marks:
            yield Verb.RECEIVED
        for due in owed.dues:
            if due.verb not in owed.marks and due.verb is not Verb.RECEIVED:
                yield due.verb

    def moment(self, owed: Obligation, verb: Verb) -> Instant:
        """When it is done: at its deadline; without one, on opening. Not before the plan allows it."""
        due = next((one.due_at for one in owed.dues if one.verb is verb), owed.next_call_at or owed.opened_at)
        first = min((one.due_at for one in owed.dues), default=due)
        at = min(due, first) if verb is Verb.RECEIVED else due
        return max(at, owed.not_before or 0, owed.opened_at) if verb is Verb.DONE else at

    # ---- who and what

    def act_all(self, now: Instant) -> None:
        """Everything that is due at this moment, until nothing more follows from it."""
        while not self.over():
            ready = [(owed, verb) for owed, verb in self.waiting() if self.moment(owed, verb) <= now]
            if not ready:
                break
            self.act(*ready[0], now)
        if now >= self.supposed.starts + self.supposed.ends_after:
            for step in list(self.leaving()):
                self.volunteer(step, now)

    def act(self, owed: Obligation, verb: Verb, now: Instant) -> None:
        step = self.plan.step[owed.step]
        self.tried[owed.key, verb] = self.case.events
        person = self.person((owed.role,), step, owed, now)
        answers = self.answers.to(self.case, step, now) if verb is Verb.DONE else {}
        refusal = self.ask(Act(self.name(), person, owed.key, verb, Times(now, now), answers), now)
        if refusal is not None:
            self.tried[owed.key, verb] = self.case.events
            self.against[owed.key] = refusal
        elif verb is Verb.DONE:
            self.against.pop(owed.key, None)

    def volunteer(self, step: Step, now: Instant) -> None:
        self.tried[step.id, Verb.DONE] = self.case.events
        for role in (member for who in step.who for member in self.plan.members(who)):
            person = self.person((role,), step, None, now)
            times, answers = Times(now, now), self.answers.to(self.case, step, now)
            if person and self.ask(Volunteer(self.name(), person, step.id, times, answers), now) is None:
                return

    def leaving(self) -> Iterator[Step]:
        """Unowed steps that the next phase waits for, as far as they are worth trying (again)."""
        for step in leaving(self.plan, self.case):
            if self.tried.get((step.id, Verb.DONE)) != self.case.events:
                yield step

    def person(self, roles: tuple[str, ...], step: Step, owed: Obligation | None, now: Instant) -> str:
        """Who does it, if anybody is there; that nobody holds the role is noted."""
        if owed and not any(self.rules.roster.holders(role, now) for role in roles):
            self.empty.add(owed.key)
        return next(iter(doers(self.rules, self.case, step, roles, owed, now)), "nobody")

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.plan, self.supposed.facts, self.supposed.level)

    # ---- what follows

    def ask(self, command: Command, now: Instant) -> Refusal | None:
        answer = decided(self.rules, self.case, command, now)
        if isinstance(answer, Refusal):
            return answer
        self.went(answer[1], now)
        return None

    def went(self, case: Case, now: Instant) -> None:
        if case.phase != self.case.phase and self.case.phase:
            self.passages.append(Passage(now, self.case.phase, case.phase))
        self.case = case
        for owed in case.obligations.values():
            self.phase_of.setdefault(owed.key, case.phase)

    def name(self) -> str:
        self.commands += 1
        return f"what-if-{self.commands}"

    def tasks(self) -> Iterator[Task]:
        for owed in self.case.obligations.values():
            done = owed.marks.get(Verb.DONE)
            yield Task(
                owed.key, owed.step, owed.role, owed.occurrence, self.phase_of[owed.key], owed.opened_at, owed.dues,
                owed.status, done.at if done else None, owed.key in self.empty, owed.missed,
                self.against.get(owed.key),
            )  # fmt: skip
