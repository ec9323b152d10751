"""Records to audit: a plan played by people who are all in time, through the real core, and what can be done to one.

Everybody answers a call after twenty seconds and does a thing at a twelfth of its time. What nobody owes and the plan
waits for is done after two hours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dutyroom.adapters.planfolder import load
from dutyroom.core import events as e
from dutyroom.core.commands import Act, Answer, Command, LetPass, OpenCase, Times, Volunteer
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, Instant
from dutyroom.core.phases import CLOSED
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation
from dutyroom.core.supposing import Answers, doers, leaving, possible

PLANS = Path(__file__).parents[2] / "plans"
STARTS = 1_795_399_200_000  # 2026-11-23T02:00:00Z
ENDS_AFTER = 2 * HOUR
MOST_TRIES = 12

Decision = tuple[e.Event, ...]
Delays = Mapping[tuple[str, Verb], int]  # past the deadline (ms) of a step's verb, or of one obligation's
Timing = Callable[[LetPass], int]  # by how much a timer is noticed too early (negative) or too late


@cache
def in_force(name: str) -> PlanInForce:
    """A starter plan with its roster and people."""
    rules = load(PLANS / name).in_force()
    assert rules is not None
    return rules


def starter_plans() -> list[str]:
    return sorted(file.parent.name for file in PLANS.glob("*/plan.yaml"))


@dataclass
class Player:
    """One case, played. `decisions` are what each command and each timer brought about."""

    rules: PlanInForce
    facts: Mapping[str, Answer] = field(default_factory=dict)
    level: str = ""
    delays: Delays = field(default_factory=dict)
    timing: Timing = lambda command: 0
    answer_after: int = 20 * SECOND
    straight: frozenset[str] = frozenset()  # steps that are done at once, without a word before
    case: Case = field(default_factory=Case)
    decisions: list[Decision] = field(default_factory=list)
    commands: int = 0
    tries: dict[tuple[str, Verb], tuple[int, Instant]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.rules.plan

    @property
    def events(self) -> Decision:
        return tuple(event for decision in self.decisions for event in decision)

    def play(self, until: Instant = 60 * DAY) -> "Player":
        now = STARTS
        times = Times(now, now, now, now)
        self.ask(OpenCase(self.name(), "K-1", "site", times, self.facts, {"what": "-"}), now)
        while self.case.phase != CLOSED and now < STARTS + until:
            acts = sorted(self.acts(), key=lambda one: one[0])
            timer = min(self.timers(), default=None, key=lambda one: one[0])
            if timer is not None and (not acts or timer[0] < acts[0][0]):
                now = max(now, timer[0])
                self.ask(timer[1], now)
            elif acts:
                now = max(now, acts[0][0])
                acts[0][1](now)
            else:
                break
        return self

    def timers(self) -> list[tuple[Instant, LetPass]]:
        """Every timer that runs, with when it is noticed."""
        found = [
            LetPass(owed.key, name, due)
            for owed in self.case.open_obligations()
            for due, _, name in owed.timers()
        ]
        return [(one.due_at + self.timing(one), one) for one in found]

    def acts(self) -> list[tuple[Instant, Callable[[Instant], None]]]:
        """What people will do next, each with when."""
        found: list[tuple[Instant, Callable[[Instant], None]]] = []
        for owed in self.case.open_obligations():
            verb = next(iter(self.verbs(owed)), None)
            if verb is not None:
                found.append(
                    (self.moment(owed, verb), lambda now, owed=owed, verb=verb: self.act(owed, verb, now))
                )
        for step in (*leaving(self.plan, self.case), *self.telling()):
            tries, again = self.tries.get((step.id, Verb.DONE), (0, STARTS + ENDS_AFTER))
            if tries < MOST_TRIES:
                found.append((again, lambda now, step=step: self.volunteer(step, now)))
        return found

    def telling(self) -> list[Step]:
        """Unowed steps that state what the end waits for, each once."""
        awaited = " ".join(need.when for step in self.plan.steps for need in step.requires)
        return [
            step
            for step in self.plan.steps_of_phase.get(self.case.phase, ())
            if step.voluntary and step.id not in self.case.done and possible(self.plan, self.case, step)
            if any(one.fact and f"facts.{one.id}" in awaited for one in step.asks)
        ]

    def verbs(self, owed: Obligation) -> list[Verb]:
        wanted = [Verb.RECEIVED, *(due.verb for due in owed.dues)]
        wanted = [Verb.DONE] if owed.step in self.straight else wanted
        left = [verb for verb in dict.fromkeys(wanted) if verb not in owed.marks]
        return [verb for verb in left if self.tries.get((owed.key, verb), (0, 0))[0] < MOST_TRIES][:1]

    def moment(self, owed: Obligation, verb: Verb) -> Instant:
        _, again = self.tries.get((owed.key, verb), (0, 0))
        due = next((one.due_at for one in owed.dues if one.verb is verb), None)
        delay = self.delays.get((owed.key, verb), self.delays.get((owed.step, verb)))
        if due is not None and delay is not None:
            return max(due + delay, again)
        if verb is Verb.RECEIVED or owed.step in self.straight:
            return max(owed.opened_at + self.answer_after, again)
        assert due is not None
        return max(owed.opened_at + max(0, due - owed.opened_at) // 12, owed.not_before or 0, again)

    def act(self, owed: Obligation, verb: Verb, now: Instant) -> None:
        step = self.plan.step[owed.step]
        given = (
            Answers(self.plan, self.facts, self.level).to(self.case, step, now) if verb is Verb.DONE else {}
        )
        for person in doers(self.rules, self.case, step, (owed.role,), owed, now):
            if self.ask(Act(self.name(), person, owed.key, verb, Times(now, now), given), now):
                return
        self.again((owed.key, verb), now)

    def volunteer(self, step: Step, now: Instant) -> None:
        given = Answers(self.plan, self.facts, self.level).to(self.case, step, now)
        roles = tuple(member for who in step.who for member in self.plan.members(who))
        for person in doers(self.rules, self.case, step, roles, None, now):
            if self.ask(Volunteer(self.name(), person, step.id, Times(now, now), given), now):
                return
        self.again((step.id, Verb.DONE), now)

    def again(self, what: tuple[str, Verb], now: Instant) -> None:
        tries = self.tries.get(what, (0, 0))[0] + 1
        self.tries[what] = (tries, now + 7 * MINUTE * tries * tries)

    def ask(self, command: Command, now: Instant) -> bool:
        answer = decided(self.rules, self.case, command, now)
        if isinstance(answer, Refusal):
            return False
        events, self.case = answer
        if events:
            self.decisions.append(events)
        return True

    def name(self) -> str:
        self.commands += 1
        return f"command-{self.commands}"


def flat(decisions: Sequence[Decision]) -> Decision:
    return tuple(event for decision in decisions for event in decision)
