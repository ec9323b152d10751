"""The core under a random life: any acts, any order, empty roles, failed calls, outages, on the reference plan.

Nothing here knows what the plan says. It holds what must be true of every case: somebody always owes something until
the end, a clock always runs, replay equals live, time never runs backwards, what is offered is not refused and what is
not offered is, the same command twice is once, and from wherever a case has got to it can be closed.
"""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dutyroom.core.commands import Act, Answer, Command, NoteCallFailed, OpenCase, Times, Volunteer, Waive
from dutyroom.core.decide import decide
from dutyroom.core.decide.acting import Offer, offers, waivable
from dutyroom.core.events import ActMarked, ActVolunteered, Event, ObligationOpened, PersonCalled
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE
from dutyroom.core.obligations import obligations
from dutyroom.core.plan import Field, FieldType, Plan, Step, Verb
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case
from tests.core.builder import START, held_by_invariants

PLAN_FILE = Path(__file__).parents[2] / "plans/sanitation-project/plan.yaml"


def reference_plan() -> Plan:
    plan, findings = read_plan(PLAN_FILE.read_text(encoding="utf-8"))
    assert plan is not None, findings
    return plan


PLAN = reference_plan()
FULL = {
    role: (f"{role}/1",) if role.startswith("crew") else (f"{role}/1", f"{role}/2") for role in PLAN.roles
}
PEOPLE = {
    person: Responder(person, "zh", (Channel("sms"), Channel("voice")))
    for persons in FULL.values()
    for person in persons
}
# Facts that the end of the response waits for and that the plan asks only once.
HELPFUL = {"danger_over", "service_restored", "demands_answered"}


def answer(field: Field, now: int, pick: int) -> Answer:
    """A valid answer to the field; `pick` chooses among them."""
    match field.type:
        case FieldType.COUNT:
            return pick % 60
        case FieldType.BOOL:
            return field.id in HELPFUL or pick % 2 == 0
        case FieldType.TIME:
            return now + (1 + pick % 500) * MINUTE
        case FieldType.ROLE:
            return sorted(PLAN.roles)[pick % len(PLAN.roles)]
        case FieldType.LEVEL:
            return PLAN.levels[pick % len(PLAN.levels)].id
        case FieldType.KIND:
            return sorted(PLAN.kinds)[pick % len(PLAN.kinds)]
    return f"text {pick}"


class Life(RuleBasedStateMachine):
    """A case, its record, and people who do what they are offered or what they are not."""

    def __init__(self) -> None:
        super().__init__()
        self.in_force = PlanInForce(PLAN, Roster(FULL), PEOPLE)
        self.case = Case()
        self.events: list[Event] = []
        self.now = START
        self.count = 0
        self.last: Command | None = None

    # ---- what happens

    @initialize(affected=st.integers(0, 60), kind=st.sampled_from(sorted(PLAN.kinds)))
    def report(self, affected: int, kind: str) -> None:
        facts: dict[str, Answer] = {"affected": affected, "kind": kind, "undeclared": "x"}
        self.must(OpenCase("report", "K-1", "site", self.times(), facts, {"what": "text"}))

    @rule(steps=st.integers(1, 8))
    def people_do_what_brings_the_end_nearer(self, steps: int) -> None:
        for _ in range(steps):
            useful = self.next_useful()
            if useful:
                self.take_up(*useful, pick=0)

    @rule(data=st.data(), pick=st.integers(0, 1_000_000), owed=st.booleans())
    def somebody_does_what_is_offered(self, data: st.DataObject, pick: int, owed: bool) -> None:
        open_to = [
            (person, offer) for person in PEOPLE for offer in self.offered(person) if offer.key or not owed
        ]
        if open_to:
            person, offer = data.draw(st.sampled_from(open_to))
            self.take_up(person, offer, pick)

    @rule(late=st.booleans())
    def a_report_that_repeats_is_made(self, late: bool) -> None:
        """The latest, or one that was missed and is still owed beside its successor."""
        open_to = [
            (person, offer)
            for person in PEOPLE
            for offer in self.offered(person)
            if offer.verb is Verb.DONE and offer.key and PLAN.step[offer.step].repeat
        ]
        if open_to:
            self.take_up(*open_to[0 if late else -1], pick=0)

    @rule(person=st.sampled_from(sorted(PEOPLE)), verb=st.sampled_from(Verb), data=st.data())
    def somebody_tries_what_is_not_offered(self, person: str, verb: Verb, data: st.DataObject) -> None:
        keys = {offer.key for offer in self.offered(person)}
        others = [key for key in self.case.obligations if key not in keys]
        if others:
            self.must_not(Act(self.name(), person, data.draw(st.sampled_from(others)), verb, self.times()))

    @rule(person=st.sampled_from(sorted(PEOPLE)), step=st.sampled_from(PLAN.steps))
    def somebody_volunteers_what_is_not_offered(self, person: str, step: Step) -> None:
        if step.id not in {offer.step for offer in self.offered(person) if not offer.key}:
            self.must_not(Volunteer(self.name(), person, step.id, self.times()))

    @rule(person=st.sampled_from(sorted(PEOPLE)), data=st.data())
    def somebody_waives(self, person: str, data: st.DataObject) -> None:
        owed = sorted(owed.key for owed in self.case.open_obligations())
        if owed:
            key = data.draw(st.sampled_from(owed))
            command = Waive(self.name(), person, key, "reason", self.times())
            (self.must if key in waivable(self.in_force, self.case, person, self.now) else self.must_not)(
                command
            )

    @rule(minutes=st.sampled_from([1, 2, 5, 11, 31, 70]))
    def time_passes(self, minutes: int) -> None:
        self.pass_time(self.now + minutes * MINUTE)

    @rule(hours=st.sampled_from([1, 9, 40]))
    def the_server_is_down(self, hours: int) -> None:
        back = self.now + hours * 60 * MINUTE
        self.settle_at(back, ((self.now, back),))

    @rule(role=st.sampled_from(sorted(PLAN.roles)), filled=st.booleans())
    def a_post_is_left_or_filled(self, role: str, filled: bool) -> None:
        standing = {**self.in_force.roster.standing, role: FULL[role] if filled else ()}
        self.in_force = replace(self.in_force, roster=Roster(standing))

    @rule(data=st.data())
    def a_call_fails(self, data: st.DataObject) -> None:
        called = [(owed.key, *owed.called[-1]) for owed in self.case.open_obligations() if owed.called]
        if called:
            self.must(NoteCallFailed(*data.draw(st.sampled_from(called)), why="address"))

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_same_command_comes_again(self) -> None:
        assert self.last is not None
        assert decide(self.in_force, self.case, self.last, self.now) == ()

    # ---- what always holds

    @invariant()
    def somebody_owes_something_until_the_end(self) -> None:
        held_by_invariants(PLAN, self.case)
        if self.case.case and self.case.phase != "closed":
            assert list(self.case.open_obligations()), "nothing is owed and the case is not closed"
            due = next_due(self.case)
            assert due is not None
            assert due[0] > self.now, "a timer that is due has not been fired"
        for one in obligations(PLAN, self.case):
            assert one.next_role in PLAN.roles

    @invariant()
    def what_must_be_done_by_two_was_done_by_two(self) -> None:
        doers: dict[str, set[str]] = {}
        for event in self.events:
            if isinstance(event, ActVolunteered) or (
                isinstance(event, ActMarked) and event.verb is Verb.DONE
            ):
                others = PLAN.step[event.step].separate_from
                assert not any(event.by in doers.get(other, set()) for other in others), event
                doers.setdefault(event.step, set()).add(event.by)

    @invariant()
    def replay_equals_live(self) -> None:
        assert replay(self.events) == self.case

    def teardown(self) -> None:
        """Wherever it has got to, the case can be closed by people who do what they owe."""
        if self.case.case:
            self.in_force = replace(self.in_force, roster=Roster(FULL))
            self.close()
            assert self.case.phase == "closed"
            assert replay(self.events) == self.case
            self.what_must_be_done_by_two_was_done_by_two()
            target(float(len(self.events)))

    # ---- how

    def close(self) -> None:
        for _ in range(600):
            if self.case.phase == "closed":
                return
            useful = self.next_useful()
            if useful:
                self.take_up(*useful, pick=0)
            else:
                due = next_due(self.case)
                assert due is not None, self.case.phase
                self.pass_time(due[0])
        raise AssertionError(
            f"not closed: {self.case.phase}, {[o.key for o in self.case.open_obligations()]}"
        )

    def next_useful(self) -> tuple[str, Offer] | None:
        """Now from one end of the list, now from the other: a deputy may do what the first holder could."""
        people = sorted(PEOPLE, reverse=len(self.events) // 2 % 2 == 1)
        return next(((p, o) for p in people for o in self.offered(p) if self.useful(o)), None)

    def useful(self, offer: Offer) -> bool:
        """An act that brings the end nearer: something owed is done, or what a move waits for is volunteered."""
        if offer.unmet:
            return False
        if not offer.key:
            return offer.step == "propose_close"
        if PLAN.step[offer.step].repeat:
            return False
        wanted = Verb.ON_SCENE if Verb.ON_SCENE in PLAN.step[offer.step].clocks else Verb.DONE
        arrived = Verb.ON_SCENE in self.case.obligations[offer.key].marks
        return offer.verb is (Verb.DONE if arrived else wanted)

    def take_up(self, person: str, offer: Offer, pick: int) -> None:
        step = PLAN.step[offer.step]
        asked = step.asks if offer.verb is Verb.DONE else ()
        answers = {field.id: answer(field, self.now, pick) for field in asked}
        self.entitled(person, offer, step)
        command: Command = Volunteer(self.name(), person, offer.step, self.times(), answers)
        if offer.key:
            command = Act(self.name(), person, offer.key, offer.verb, self.times(), answers)
        if offer.unmet:
            assert self.must_not(command).unmet[: len(offer.unmet)] == offer.unmet
        else:
            self.must(command)

    def entitled(self, person: str, offer: Offer, step: Step) -> None:
        """Told apart from the code under test: whoever acts holds the role or a deputy's, or was called for it."""
        owed = self.case.obligations.get(offer.key)
        roles = [owed.role] if owed else [role for who in step.who for role in PLAN.groups.get(who, (who,))]
        for role in roles:
            roles += [deputy for deputy in PLAN.roles[role].deputies if deputy not in roles]
        held = {name for role in roles for name in self.in_force.roster.standing[role]}
        called = {
            event.person
            for event in self.events
            if isinstance(event, PersonCalled) and event.key == offer.key
        }
        acted = {event.by for event in self.events if isinstance(event, ActMarked) and event.key == offer.key}
        assert person in held | called | acted

    def offered(self, person: str) -> tuple[Offer, ...]:
        return offers(self.in_force, self.case, person, self.now)

    def must(self, command: Command) -> None:
        new = decide(self.in_force, self.case, command, self.now)
        assert not isinstance(new, Refusal), new
        self.fold(new)
        self.last = command if hasattr(command, "command") else self.last
        # A clock that began before its obligation may be over when that opens: the worker lets it pass at once.
        self.settle_at(self.now, ())

    def must_not(self, command: Command) -> Refusal:
        answer = decide(self.in_force, self.case, command, self.now)
        assert isinstance(answer, Refusal), (command, answer)
        return answer

    def pass_time(self, goal: int) -> None:
        while (due := next_due(self.case)) and due[0] <= goal:
            self.settle_at(max(due[0], self.now), ())
        self.now = goal

    def settle_at(self, now: int, outages: tuple[tuple[int, int], ...]) -> None:
        self.now = now
        _, new = settle(self.in_force, self.case, now, outages)
        self.fold(new)

    def fold(self, new: tuple[Event, ...]) -> None:
        for event in new:
            assert event.at >= self.case.last_at, "time ran backwards"
            opens_anew = isinstance(event, ObligationOpened) and event.key in self.case.obligations
            assert not opens_anew, "an obligation is opened once; what was done with it is not overwritten"
            self.case = replay((event,), self.case)
            self.events.append(event)

    def times(self) -> Times:
        return Times(self.now, self.now)

    def name(self) -> str:
        self.count += 1
        return f"command-{self.count}"


Life.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLife = Life.TestCase
