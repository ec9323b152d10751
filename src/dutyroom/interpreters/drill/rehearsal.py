"""Runs a script under a virtual clock: `rehearse(script, rules) -> Drilled`, the record and what was refused.

People act from a queue ordered by time; between two of them every timer of the case fires at its own instant. Nothing
is left to chance, so the same script always gives the same record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dutyroom.core import events as e
from dutyroom.core.commands import Act, Command, NoteCallFailed, OpenCase, Times, Volunteer, Waive
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import SECOND, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce, Responder
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.drill.clockwork import Clockwork, Deed
from dutyroom.interpreters.drill.demands import Unkept, unkept
from dutyroom.interpreters.drill.injects import Inject, bring
from dutyroom.interpreters.drill.script import Script, ScriptedAct, typed_answers

REFUSED_AFTER = 2 * SECOND  # a courier that is down says so; it does not answer before it was asked


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


@dataclass(frozen=True, slots=True)
class Injected:
    """Something from outside. `step` is what brought its facts into the case; empty for the road."""

    at: Instant
    inject: Inject
    by: str = ""
    step: str = ""
    lost: bool = False


Line = e.Event | Refused | Surprise | Injected


@dataclass(frozen=True)
class Drilled:
    """What came of it: lines in order of time (events, refusals, surprises), and the case at the end."""

    script: Script
    rules: PlanInForce
    case: Case
    ended_at: Instant
    lines: tuple[Line, ...] = ()

    @property
    def events(self) -> tuple[e.Event, ...]:
        return tuple(line for line in self.lines if not isinstance(line, Refused | Surprise | Injected))

    @property
    def as_scripted(self) -> bool:
        """Whether every act of the script went as the script expected."""
        unforeseen = (
            isinstance(one, Surprise)
            or (isinstance(one, Refused) and not one.expected)
            or (isinstance(one, Injected) and one.lost)
            for one in self.lines
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


class _Rehearsal(Clockwork):
    """What the script says people do, under the clock."""

    def __init__(self, script: Script, rules: PlanInForce) -> None:
        played = replace(rules, plan=script.played(rules.plan), people=dict(reached(script, rules)))
        super().__init__(played, script.down)
        self.script = script
        self.lines: list[Line] = []

    def play(self) -> Drilled:
        start = self.script.starts
        self.later(start, self.report)
        for act in self.script.acts:
            for at in act.at:
                self.later(start + at, self.doing(act, start + at))
        for inject in self.script.injects:
            self.later(start + inject.at, self.injecting(inject))
        ended_at = self.run(start, start + self.script.until)
        return Drilled(self.script, self.rules, self.case, ended_at, tuple(self.lines))

    # ---- what happens

    def report(self, now: Instant) -> None:
        report = self.script.report
        times, facts = Times(now, self.script.starts), report.facts
        opening = OpenCase(
            self.name(), self.script.id, "drill", times, facts, report.story, report.via, exercise=True
        )
        self.ask(opening, now)

    def doing(self, act: ScriptedAct, made_at: Instant, key: str = "") -> Deed:
        def run(now: Instant) -> None:
            person, command = self.command(act, key, made_at, now)
            refusal = self.ask(command, now)
            if refusal is not None:
                self.lines.append(Refused(now, person, act.does, refusal, act.expect == "refused"))
            elif act.expect == "refused":
                self.lines.append(Surprise(now, person, act.does))

        return run

    def injecting(self, inject: Inject) -> Deed:
        """Facts come in by the first step that asks for them and may be done now; the road is only said."""

        def run(now: Instant) -> None:
            if inject.of_the_road:
                self.lines.append(Injected(now, inject))
                return
            place = len(self.lines)
            by, step = bring(self, inject, now, self.present, self.name)
            self.lines.insert(place, Injected(now, inject, by, step, lost=not step))

        return run

    def present(self, person: str) -> bool:
        """Whether the person can be reached and is not among the silent."""
        people = self.rules.people
        return person in people and bool(people[person].channels) and person not in self.script.people.silent

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

    def happened(self, events: tuple[e.Event, ...]) -> None:
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
            self.later(call.at + REFUSED_AFTER, lambda now: self.ask(failed, now))
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
        return f"drill-{self.number()}"


def reached(script: Script, rules: PlanInForce) -> Iterator[tuple[str, Responder]]:
    """The people of a drill with its channels. The absent have none; an absent role takes all its holders along."""
    absent = set(script.people.absent)
    for role in absent & set(rules.plan.roles):
        absent.update(rules.roster.holders(role, script.starts))
    use = script.channels.use
    for person, responder in rules.people.items():
        kept = tuple(channel for channel in responder.channels if not use or channel.kind in use)
        yield person, replace(responder, channels=() if person in absent else kept)
