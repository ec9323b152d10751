"""Runs a script under a virtual clock: `rehearse(script, rules) -> Drilled`, the record and what was refused.

People act from a queue ordered by time; between two of them every timer of the case fires at its own instant. Nothing
is left to chance, so the same script always gives the same record.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from dutyroom.core import events as e
from dutyroom.core.commands import Act, Command, NoteCallFailed, OpenCase, Times, Volunteer, Waive
from dutyroom.core.decide import decide
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import SECOND, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce, Responder
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.drill.demands import Unkept, unkept
from dutyroom.interpreters.drill.script import Script, ScriptedAct, typed_answers

_REFUSED_AFTER = 2 * SECOND  # a courier that is down says so; it does not answer before it was asked


@dataclass(frozen=True, slots=True)
class Refused:
    """An act of the script that the plan did not allow, with the reasons. `expected` if the script said so."""

    at: Instant
    by: str
    step: str
    refusal: Refusal
    expected: bool


@dataclass(frozen=True, slots=True)
class Surprise:
    """An act that the plan allowed although the script said it would be refused."""

    at: Instant
    by: str
    step: str


@dataclass(frozen=True)
class Drilled:
    """What came of it: lines in order of time (events, refusals, surprises), and the case at the end."""

    script: Script
    rules: PlanInForce
    case: Case
    ended_at: Instant
    lines: tuple[e.Event | Refused | Surprise, ...] = ()

    @property
    def events(self) -> tuple[e.Event, ...]:
        return tuple(line for line in self.lines if not isinstance(line, Refused | Surprise))

    @property
    def as_scripted(self) -> bool:
        """Whether every act of the script went as the script expected."""
        unforeseen = (
            isinstance(one, Surprise) or (isinstance(one, Refused) and not one.expected) for one in self.lines
        )
        return not any(unforeseen)

    @property
    def unkept(self) -> tuple[Unkept, ...]:
        """What the script says must be, and was not."""
        return unkept(self.script.must, self.case, self.ended_at)

    @property
    def passed(self) -> bool:
        """Whether every act went as the script expected and all that must be was."""
        return self.as_scripted and not self.unkept


def rehearse(script: Script, rules: PlanInForce) -> Drilled:
    """Play the script from its report to its end, or until the case is closed."""
    return _Rehearsal(script, rules).play()


@dataclass(order=True, slots=True)
class _Happening:
    at: Instant
    order: int
    run: Callable[[Instant], None] = field(compare=False)


class _Rehearsal:
    """The case, the clock and the queue of what people will do."""

    def __init__(self, script: Script, rules: PlanInForce) -> None:
        self.script = script
        self.rules = replace(rules, plan=script.played(rules.plan), people=dict(reached(script, rules)))
        self.case = Case()
        self.lines: list[e.Event | Refused | Surprise] = []
        self.queue: list[_Happening] = []
        self.orders = 0
        self.outages = tuple((script.starts + one.start, script.starts + one.end) for one in script.outages)

    def play(self) -> Drilled:
        start, end = self.script.starts, self.script.starts + self.script.until
        self.later(start, self.report)
        for act in self.script.acts:
            for at in act.at:
                self.later(start + at, self.doing(act, start + at))
        now = start
        while self.case.phase != "closed":
            instant = self.next_instant()
            if instant is None or instant > end:
                break
            now = instant
            self.advance(now)
        ended_at = now if self.case.phase == "closed" else end
        return Drilled(self.script, self.rules, self.case, ended_at, tuple(self.lines))

    def next_instant(self) -> Instant | None:
        """When something next happens. Nothing is noticed while the server is down: that waits for its return."""
        due = next_due(self.case)
        times = [self.when_up(due[0])] if due else []
        times += [self.when_up(self.queue[0].at)] if self.queue else []
        return min(times, default=None)

    def advance(self, now: Instant) -> None:
        """People first: who acts at the very instant of a deadline is in time."""
        while self.queue and self.queue[0].at <= now:
            heapq.heappop(self.queue).run(now)
        case, events = settle(self.rules, self.case, now, self.outages)
        self.fold(case, events)

    def when_up(self, at: Instant) -> Instant:
        return next((end for start, end in self.outages if start <= at < end), at)

    def later(self, at: Instant, run: Callable[[Instant], None]) -> None:
        self.orders += 1
        heapq.heappush(self.queue, _Happening(at, self.orders, run))

    # ---- what happens

    def report(self, now: Instant) -> None:
        report = self.script.report
        times = Times(now, self.script.starts)
        self.ask(
            OpenCase(
                self.name(),
                self.script.id,
                "drill",
                times,
                report.facts,
                report.story,
                report.via,
                exercise=True,
            ),
            now,
        )

    def doing(self, act: ScriptedAct, made_at: Instant, key: str = "") -> Callable[[Instant], None]:
        def run(now: Instant) -> None:
            person, command = self.command(act, key, made_at, now)
            answer = decide(self.rules, self.case, command, now)
            if isinstance(answer, Refusal):
                self.lines.append(Refused(now, person, act.does, answer, act.expect == "refused"))
                return
            self.fold(replay(answer, self.case), answer)
            if act.expect == "refused":
                self.lines.append(Surprise(now, person, act.does))

        return run

    def command(self, act: ScriptedAct, key: str, made_at: Instant, now: Instant) -> tuple[str, Command]:
        """The command of a scripted act, and who gives it."""
        step = self.rules.plan.step[act.does]
        reported = made_at if act.reported is None else self.script.starts + act.reported
        times = Times(now, reported)
        answers = typed_answers(step, act.answers, made_at) if act.verb is Verb.DONE else {}
        if step.voluntary:
            person = self.person(act.by, None, now)
            return person, Volunteer(self.name(), person, act.does, times, answers)
        owed = self.case.obligations.get(key) or self.owed(act)
        person = self.person(act.by, owed, now)
        name = owed.key if owed else f"{act.does}#1"
        if act.waive:
            return person, Waive(self.name(), person, name, act.waive, times)
        return person, Act(self.name(), person, name, act.verb, times, answers)

    def owed(self, act: ScriptedAct) -> Obligation | None:
        """The obligation meant: the oldest open one of the step, of the role if each member owes it."""
        all_of_step = [one for one in self.case.obligations.values() if one.step == act.does]
        open_ones = [one for one in all_of_step if one.is_open]
        own = [
            one
            for one in open_ones
            if act.by in (one.role, *self.rules.roster.holders(one.role, self.case.last_at))
        ]
        return next(iter([*own, *open_ones, *all_of_step[-1:]]), None)

    def person(self, by: str, owed: Obligation | None, now: Instant) -> str:
        """Who a role stands for: whoever has it in hand, else its first holder who is neither silent nor absent."""
        if by not in self.rules.plan.roles:
            return by
        people = self.rules.people
        present = [
            one for one in self.rules.roster.holders(by, now) if one not in people or people[one].channels
        ]
        if owed and owed.owner in present:
            return owed.owner
        awake = [person for person in present if person in people and not self.named(person, by)]
        return next(iter([*awake, *present]), by)

    def named(self, person: str, role: str) -> bool:
        """Whether the person, or the role in which they are called, is among the silent."""
        return person in self.script.people.silent or role in self.script.people.silent

    # ---- what follows

    def ask(self, command: Command, now: Instant) -> None:
        answer = decide(self.rules, self.case, command, now)
        if not isinstance(answer, Refusal):
            self.fold(replay(answer, self.case), answer)

    def fold(self, case: Case, events: tuple[e.Event, ...]) -> None:
        self.case = case
        for event in events:
            self.lines.append(event)
            if isinstance(event, e.PersonCalled):
                self.hear(event)
            elif isinstance(event, e.ObligationOpened):
                for act in self.script.acts:
                    if act.after is not None and act.does == event.step and self.is_of(act, event):
                        at = event.at + act.after
                        self.later(at, self.doing(act, at, event.key))

    def is_of(self, act: ScriptedAct, opened: e.ObligationOpened) -> bool:
        """Whether the act is meant for this obligation: where each member of a group owes one, only for their own."""
        if not self.rules.plan.step[act.does].each:
            return True
        return act.by == opened.role or act.by in self.rules.roster.holders(opened.role, opened.at)

    def hear(self, call: e.PersonCalled) -> None:
        """What the called person, or the channel, makes of a call."""
        people, channels = self.script.people, self.script.channels
        if call.channel in channels.down:
            failed = NoteCallFailed(call.key, call.person, call.channel, "connection")
            self.later(call.at + _REFUSED_AFTER, lambda now: self.ask(failed, now))
        elif call.channel not in channels.unheard and not self.named(call.person, call.role):
            wait = people.slow.get(call.person, people.slow.get(call.role, people.answer_after))
            self.later(call.at + wait, lambda now: self.receive(call, call.at + wait, now))

    def receive(self, call: e.PersonCalled, made_at: Instant, now: Instant) -> None:
        """The person answers, unless somebody else has by then, or it is theirs already and others are asked."""
        owed = self.case.obligations[call.key]
        asked_now = self.rules.roster.holders(owed.rung_role, now)
        theirs = owed.owner == call.person and call.person not in asked_now
        if owed.is_open and owed.next_call_at is not None and not theirs:
            self.ask(Act(self.name(), call.person, call.key, Verb.RECEIVED, Times(now, made_at)), now)

    def name(self) -> str:
        self.orders += 1
        return f"drill-{self.orders}"


def reached(script: Script, rules: PlanInForce) -> Iterator[tuple[str, Responder]]:
    """The people of a drill with its channels. The absent have none; an absent role takes all its holders along."""
    absent = set(script.people.absent)
    for role in absent & set(rules.plan.roles):
        absent.update(rules.roster.holders(role, script.starts))
    use = script.channels.use
    for person, responder in rules.people.items():
        kept = tuple(channel for channel in responder.channels if not use or channel.kind in use)
        yield person, replace(responder, channels=() if person in absent else kept)
