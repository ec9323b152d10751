"""One random incident: the script's report, people who hear, take, travel and finish by chance, and the real core.

`Incident(setup, run).play()` is a function of the setup and the run's number alone. Every draw is named after what it
is for (person, channel, obligation), never after its turn, so that a changed plan
meets the same people on the same day.
Each task of a person takes its own time; that somebody busy with one is slower with the next is not modelled.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from dutyroom.core import events as e
from dutyroom.core.commands import Act, Answer, NoteCallFailed, OpenCase, Times, Volunteer
from dutyroom.core.instants import MINUTE, SECOND, Instant, Milliseconds
from dutyroom.core.phases import RESPONSE
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation
from dutyroom.core.supposing import Answers, barred, doers, leaving
from dutyroom.interpreters.drill.chances import Chances
from dutyroom.interpreters.drill.clockwork import Clockwork, Deed
from dutyroom.interpreters.drill.draws import MILLION, Draws
from dutyroom.interpreters.drill.injects import Inject, bring, on_the_way
from dutyroom.interpreters.drill.rehearsal import REFUSED_AFTER, reached
from dutyroom.interpreters.drill.script import Script, ScriptedAct, typed_answers

_DAY_MINUTES = 24 * 60
_MOST_TRIES = 50  # of one act; who is refused as often as this has given it up
_MOST_DEEDS = 5_000


@dataclass(frozen=True)
class Setup:
    """What all runs of a sample have in common. Build it with `set_up`."""

    script: Script
    rules: PlanInForce
    chances: Chances
    seed: int

    @cached_property
    def answers(self) -> Answers:
        """What is answered where the script says nothing: its facts, and the level it sets."""
        plan, facts = self.rules.plan, dict(self.script.report.facts)
        levels = [name for act in self.script.acts for name in act.answers.values() if name in plan.rank]
        return Answers(plan, facts, next(iter(levels), ""))

    @cached_property
    def answered(self) -> Mapping[str, tuple[ScriptedAct, ...]]:
        """The script's finished acts by step, in the order of the script; one entry for each time of an act."""
        found: dict[str, list[ScriptedAct]] = {}
        for act in self.script.acts:
            if act.verb is Verb.DONE and act.expect == "done" and not act.waive:
                found.setdefault(act.does, []).extend([act] * max(1, len(act.at)))
        return {step: tuple(acts) for step, acts in found.items()}

    @cached_property
    def unasked(self) -> Mapping[str, tuple[Milliseconds, ...]]:
        """When the script does voluntary steps that no move waits for, ascending."""
        found: dict[str, list[Milliseconds]] = {}
        for act in self.script.acts:
            wanted = act.expect == "done" and self.rules.plan.step[act.does].voluntary
            if wanted and act.does not in self.to_leave:
                found.setdefault(act.does, []).extend(act.at)
        return {step: tuple(sorted(times)) for step, times in found.items()}

    @cached_property
    def to_leave(self) -> frozenset[str]:
        """Steps that a move between phases waits for."""
        return frozenset(
            name for move in self.rules.plan.moves for name in (*move.after.all, *move.after.any)
        )

    @cached_property
    def silent(self) -> frozenset[str]:
        return frozenset(self.script.people.silent)


def set_up(script: Script, rules: PlanInForce, chances: Chances, seed: int) -> Setup:
    """The setup with the script's people, channels and, where it plays one step alone, that plan."""
    played = replace(rules, plan=script.played(rules.plan), people=dict(reached(script, rules)))
    return Setup(script, played, chances, seed)


@dataclass(frozen=True, slots=True)
class Course:
    """How one incident went. `started_at` is when the response began, None if it never did."""

    run: int
    case: Case
    ended_at: Instant
    started_at: Instant | None


class Incident(Clockwork):
    """One run."""

    def __init__(self, setup: Setup, run: int) -> None:
        super().__init__(setup.rules, setup.script.down)
        self.setup, self.script, self.chances = setup, setup.script, setup.chances
        self.run_number = run
        self.draws = Draws(setup.seed, run)
        self.started_at: Instant | None = None
        self.first_calls: dict[str, Instant] = {}
        self.called: dict[tuple[str, str, str], int] = {}
        self.tried: dict[str, int] = {}
        self.waiting: deque[tuple[str, Deed]] = deque()
        self.asked_for: set[str] = set()
        self.there: set[str] = set()
        self.away: dict[str, bool] = {}
        self.deeds = 0

    @property
    def plan(self) -> Plan:
        return self.rules.plan

    def play(self) -> Course:
        """Play it from the report to the close, or to the script's `until`."""
        starts = self.script.starts
        self.later(starts, self.report)
        for step, times in self.setup.unasked.items():
            for number, at in enumerate(times):
                self.unasked(self.plan.step[step], number, starts + at)
        for number, inject in enumerate(self.script.injects):
            if inject.facts:
                self.later(starts + inject.at, self.bringing(f"inject {number}", inject))
        ended_at = self.run(starts, starts + self.script.until)
        return Course(self.run_number, self.case, ended_at, self.started_at)

    def report(self, now: Instant) -> None:
        report = self.script.report
        times = Times(now, self.script.starts)
        self.ask(
            OpenCase(
                "0", self.script.id, "drill", times, report.facts, report.story, report.via, exercise=True
            ),
            now,
        )

    # ---- what follows from events

    def happened(self, events: tuple[e.Event, ...]) -> None:
        progress = False
        for event in events:
            if isinstance(event, e.PersonCalled):
                self.hear(event)
            elif isinstance(event, e.ObligationOpened):
                self.first_calls[event.key] = event.next_call_at
                self.goes_on(event)
            elif isinstance(event, e.PhaseMoved):
                progress = True
                if event.target == RESPONSE and self.started_at is None:
                    self.started_at = event.at
            elif isinstance(event, e.ActVolunteered | e.LevelSet) or (
                isinstance(event, e.ActMarked) and event.verb is Verb.DONE
            ):
                progress = True
        if progress and self.deeds < _MOST_DEEDS:
            self.go_on(events[-1].at)

    def go_on(self, now: Instant) -> None:
        """Something was done: what was refused is tried again, and the next phase's steps are thought of."""
        while self.waiting:
            name, run = self.waiting.popleft()
            self.tried[name] = tries = self.tried.get(name, 0) + 1
            if tries < _MOST_TRIES:
                self.later(now + self.draws.value(self.chances.taken, name, "again", str(tries)), run)
        for step in leaving(self.plan, self.case):
            if step.id not in self.asked_for:
                self.asked_for.add(step.id)
                acts = self.setup.answered.get(step.id, ())
                at = min((at for act in acts for at in act.at), default=0)
                self.unasked(step, self.case.occurrences(step.id), max(now, self.script.starts + at))

    def goes_on(self, opened: e.ObligationOpened) -> None:
        """Who did the last round of a repeated step knows of the next one, and begins with its reminder uncalled."""
        if self.plan.step[opened.step].repeat is None:
            return
        last = self.case.obligations.get(_key_before(opened))
        done = last.marks.get(Verb.DONE) if last else None
        if done is not None and self.present(done.by, opened.role):
            at = opened.next_call_at
            self.later(at, lambda now: self.begin(done.by, opened.key, at))

    # ---- calls

    def hear(self, call: e.PersonCalled) -> None:
        """What the called person, or the channel, makes of a call."""
        nth = self.called.get((call.person, call.channel, call.key), 0)
        self.called[call.person, call.channel, call.key] = nth + 1
        if call.channel in self.script.channels.down:
            failed = NoteCallFailed(call.key, call.person, call.channel, "connection")
            self.later(call.at + REFUSED_AFTER, lambda now: self.ask(failed, now))
            return
        if call.channel in self.script.channels.unheard or not self.present(call.person, call.role):
            return
        reach = self.chances.reach(call.channel, self.minute(call.at))
        name = (call.person, call.channel, call.key, str(nth))
        if not self.draws.happens(reach.heard, *name, "heard"):
            return
        slow = self.script.people.slow
        wait = slow.get(call.person, slow.get(call.role, -1))
        if wait < 0:
            wait = self.draws.value(reach.answer, *name, "answer")
        self.later(call.at + wait, lambda now: self.receive(call, call.at + wait, now))

    def receive(self, call: e.PersonCalled, made_at: Instant, now: Instant) -> None:
        """The person answers, unless somebody else has by then, or it is theirs already and others are asked."""
        owed = self.case.obligations[call.key]
        asked_now = self.rules.roster.holders(owed.rung_role, now)
        theirs = owed.owner == call.person and call.person not in asked_now
        if not owed.is_open or owed.next_call_at is None or theirs:
            return
        act = Act(self.name(), call.person, call.key, Verb.RECEIVED, Times(now, made_at))
        if self.ask(act, now) is None:
            self.begin(call.person, call.key, made_at)

    def present(self, person: str, role: str) -> bool:
        """Whether the person can be reached at all in this run."""
        silent = self.setup.silent
        if person in silent or role in silent:
            return False
        if person not in self.away:
            self.away[person] = self.draws.happens(self.chances.absent, person, "absent")
        return not self.away[person]

    def minute(self, at: Instant) -> int:
        return (at // MINUTE + self.script.offset_minutes) % _DAY_MINUTES

    # ---- the work

    def begin(self, person: str, key: str, at: Instant) -> None:
        """Who has received it takes it after a while; some never do, and those who may not do it pass it on."""
        if self.draws.happens(self.chances.idle, person, key, "idle"):
            return
        owed = self.case.obligations[key]
        step = self.plan.step[owed.step]
        if person in barred(self.case, step):
            person = self.another(owed, step, at) or person
        wait = self.draws.value(self.chances.taken, person, key, "taken")
        self.later(at + wait, lambda now: self.take(person, key, at + wait, now))

    def another(self, owed: Obligation, step: Step, at: Instant) -> str:
        """Somebody who can be reached and may do what its owner may not; empty if there is nobody."""
        apart = barred(self.case, step)
        others = doers(self.rules, self.case, step, (owed.role,), owed, at)
        return next((one for one in others if one not in apart and self.present(one, owed.role)), "")

    def take(self, person: str, key: str, made_at: Instant, now: Instant) -> None:
        owed = self.case.obligations[key]
        step = self.plan.step[owed.step]
        self.mark(person, owed, Verb.TAKEN, made_at, now)
        if Verb.ON_SCENE in step.clocks and Verb.ON_SCENE not in owed.marks:
            usual = self.draws.value(self.chances.travel, person, owed.key, "travel")
            way = 0 if person in self.there else on_the_way(self.script.injects, self.since(made_at), usual)
            self.later(made_at + way, lambda then: self.arrive(person, key, made_at + way, then))
        else:
            self.work(person, owed, made_at)

    def arrive(self, person: str, key: str, made_at: Instant, now: Instant) -> None:
        self.there.add(person)
        owed = self.case.obligations[key]
        self.mark(person, owed, Verb.ON_SCENE, made_at, now)
        self.work(person, owed, made_at)

    def work(self, person: str, owed: Obligation, at: Instant) -> None:
        """The work takes a share of the time between the first call, or the earliest allowed, and the deadline."""
        starts = max(self.first_calls.get(owed.key, owed.opened_at), owed.not_before or 0)
        due = next((one.due_at for one in owed.dues if one.verb is Verb.DONE), starts)
        given = max(due - starts, SECOND)
        takes = given * self.draws.value(self.chances.work, person, owed.key, "work") // MILLION
        ready = max(at, owed.not_before or 0) + takes
        self.later(ready, lambda now: self.finish(person, owed.key, ready, now))

    def finish(self, person: str, key: str, made_at: Instant, now: Instant) -> None:
        owed = self.case.obligations[key]
        if not owed.is_open:
            return
        step = self.plan.step[owed.step]
        answers = self.answers(step, owed.occurrence - 1, now)
        act = Act(self.name(), person, key, Verb.DONE, Times(now, made_at), answers)
        refusal = self.ask(act, now)
        if refusal is None:
            return
        other = self.another(owed, step, now) if refusal.code == "act.same_person" else ""
        if other:
            self.begin(other, key, now)
        else:
            self.waiting.append((f"{person} {key}", lambda then: self.finish(person, key, then, then)))

    def mark(self, person: str, owed: Obligation, verb: Verb, made_at: Instant, now: Instant) -> None:
        if owed.is_open:
            self.ask(Act(self.name(), person, owed.key, verb, Times(now, made_at)), now)

    # ---- what nobody is called for

    def unasked(self, step: Step, number: int, at: Instant) -> None:
        """Somebody thinks of a voluntary step a while after it is possible."""
        wait = self.draws.value(self.chances.unasked, step.id, str(number), "unasked")
        self.later(at + wait, lambda now: self.volunteer(step, number, now))

    def volunteer(self, step: Step, number: int, now: Instant) -> None:
        self.asked_for.discard(step.id)
        answers = self.answers(step, number, now)
        roles = tuple(member for who in step.who for member in self.plan.members(who))
        for person in doers(self.rules, self.case, step, roles, None, now):
            if self.present(person, ""):
                act = Volunteer(self.name(), person, step.id, Times(now, now), answers)
                if self.ask(act, now) is None:
                    return
        if step.id not in self.setup.to_leave:
            self.waiting.append((f"{step.id} {number}", lambda then: self.volunteer(step, number, then)))

    def bringing(self, name: str, inject: Inject) -> Deed:
        """News from outside: brought in as soon as a step that asks for it can be done."""

        def run(now: Instant) -> None:
            by, _ = bring(self, inject, now, lambda person: self.present(person, ""), self.name)
            if not by:
                self.waiting.append((name, run))

        return run

    # ---- what is answered

    def answers(self, step: Step, number: int, now: Instant) -> dict[str, Answer]:
        """The script's answers of that round, else of its last, else what lets the plan go on."""
        acts = self.setup.answered.get(step.id, ())
        if acts:
            return typed_answers(step, acts[min(number, len(acts) - 1)].answers, now)
        return self.setup.answers.to(self.case, step, now)

    def since(self, at: Instant) -> Milliseconds:
        return at - self.script.starts

    def name(self) -> str:
        self.deeds += 1
        return str(self.number())


def _key_before(opened: e.ObligationOpened) -> str:
    """The key of the round before: the same step, and owner where each has one."""
    return opened.key.replace(f"#{opened.occurrence}", f"#{opened.occurrence - 1}", 1)
