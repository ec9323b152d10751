"""Small plans, small rosters, and a `Play` that steps a case through time.

A play replays its own record after every move and sends every event through the codec, so each test here is also a
test that replay equals live.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from dutyroom.core.codec import dump_case, dump_event, event_type, load_case, load_event
from dutyroom.core.commands import Act, Answer, Command, NoteCallFailed, OpenCase, Times, Volunteer, Waive
from dutyroom.core.decide import decide
from dutyroom.core.events import Event
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import HOUR, MINUTE
from dutyroom.core.plan import (
    Clause,
    Clock,
    ClockKind,
    Defaults,
    Fact,
    Group,
    Join,
    Level,
    Move,
    Plan,
    Role,
    SoftWord,
    Step,
    Verb,
)
from dutyroom.core.roster import Channel, DutyPeriod, PlanInForce, Responder, Roster
from dutyroom.core.settle import settle
from dutyroom.core.state import Case
from dutyroom.core.words import Words

START = 1_795_399_200_000  # 2026-11-23T02:00:00Z
E = TypeVar("E")


def words(text: str) -> Words:
    """The same words in both languages."""
    return Words(text, text)


def minutes(count: float) -> int:
    return round(count * MINUTE)


def hard(within: float) -> Clock:
    """A hard clock of so many minutes."""
    return Clock(ClockKind.HARD, minutes(within))


def step(id: str, who: str | tuple[str, ...] = "officer", **rest: object) -> Step:
    """A step of the response phase with a 30 min clock on done, unless told otherwise."""
    given = {
        "title": words(id),
        "clauses": ("C1",),
        "who": (who,) if isinstance(who, str) else who,
        "phases": ("response",),
        "clocks": {Verb.DONE: hard(30)},
    }
    return Step(id=id, **{**given, **rest})  # type: ignore[arg-type]


START_STEP = step("start", phases=("readiness",), voluntary=True, clocks={})
END_STEP = step("end", "leader", phases=("recovery",), voluntary=True, clocks={})
MOVES = (
    Move("readiness", "response", Join(all=("start",))),
    Move("response", "closing", Join(all=("close",))),
    Move("closing", "recovery", Join(all=("sign_a", "sign_b"))),
    Move("recovery", "closed", Join(all=("end",)), "size(open) == 0"),
)


def plan(*steps: Step, moves: Sequence[Move] | None = None, **rest: object) -> Plan:
    """A plan of three roles: officer (deputy: second), second, leader (the last rung), and a crew of three."""
    given = {
        "id": "small",
        "version": "1",
        "number": "N-1",
        "title": words("small"),
        "unit": words("unit"),
        "defaults": Defaults(
            words={"at once": SoftWord(words("at once"), minutes(5))},
            last_rung="leader",
            ask_again=minutes(2),
            ring_again=minutes(10),
            done=24 * HOUR,
        ),
        "roles": {
            name: Role(name, words(name), deputies)
            for name, deputies in {
                "officer": ("second",), "second": (), "leader": (), "a": (), "b": (), "c": (),
            }.items()
        },
        "groups": {"crew": Group("crew", ("a", "b", "c"))},
        "kinds": {"fire": words("fire"), "other": words("other")},
        "levels": (
            Level("I", 1, words("I"), "facts.affected >= 50"),
            Level("II", 2, words("II"), "facts.affected >= 10"),
            Level("III", 3, words("III"), "true"),
        ),
        "facts": {
            "kind": Fact("kind", "other", words("kind")),
            "affected": Fact("affected", 0, words("affected")),
            "over": Fact("over", False, words("over")),
        },
        "steps": steps,
        "moves": tuple(moves) if moves is not None else (),
        "clauses": (Clause("C1", words("clause")),),
        "source_sha256": "0" * 64,
    }  # fmt: skip
    return Plan(**{**given, **rest})  # type: ignore[arg-type]


PEOPLE = {
    "officer": ("O1", "O2"),
    "second": ("S1",),
    "leader": ("L1",),
    "a": ("A1",),
    "b": ("B1",),
    "c": ("C1",),
}


def roster(
    holders: Mapping[str, tuple[str, ...]] | None = None, periods: Sequence[DutyPeriod] = ()
) -> Roster:
    return Roster(dict(PEOPLE if holders is None else holders), tuple(periods))


def people(*channels: str) -> dict[str, Responder]:
    """Everybody with the same channels; sms and voice unless told otherwise."""
    kinds = tuple(Channel(kind, minutes(2)) for kind in (channels or ("sms", "voice")))
    return {person: Responder(person, "zh", kinds) for persons in PEOPLE.values() for person in persons}


class Play:
    """One case under a plan, stepped through time: minutes count from the report."""

    def __init__(
        self,
        the_plan: Plan,
        the_roster: Roster | None = None,
        the_people: Mapping[str, Responder] | None = None,
        facts: Mapping[str, Answer] | None = None,
        *,
        started: bool = True,
    ) -> None:
        self.rules = PlanInForce(the_plan, the_roster or roster(), the_people or people())
        self.case = Case()
        self.events: list[Event] = []
        self.now = START
        self._commands = 0
        self.do(OpenCase(self.command(), "K-1", "site", self.times(), dict(facts or {}), {"what": "smoke"}))
        if started and "start" in the_plan.step:
            self.volunteer("O1", "start")

    def command(self) -> str:
        self._commands += 1
        return f"command-{self._commands}"

    def times(self, reported: float | None = None) -> Times:
        """Times of something reported now, or so many minutes after the start."""
        return Times(self.now, self.now if reported is None else START + minutes(reported))

    def do(self, command: Command) -> tuple[Event, ...] | Refusal:
        """Decide the command now; what follows is folded into the case."""
        new = decide(self.rules, self.case, command, self.now)
        if not isinstance(new, Refusal):
            self._take(replay(new, self.case), new)
        return new

    def refused(self, command: Command) -> Refusal:
        """Decide a command that must be refused."""
        answer = self.do(command)
        assert isinstance(answer, Refusal), answer
        return answer

    def act(
        self,
        by: str,
        key: str,
        verb: Verb | str = Verb.DONE,
        reported: float | None = None,
        **answers: Answer,
    ):
        return self.do(Act(self.command(), by, key, Verb(verb), self.times(reported), answers))

    def volunteer(self, by: str, name: str, **answers: Answer) -> tuple[Event, ...] | Refusal:
        return self.do(Volunteer(self.command(), by, name, self.times(), answers))

    def waive(self, by: str, key: str, reason: str = "reason") -> tuple[Event, ...] | Refusal:
        return self.do(Waive(self.command(), by, key, reason, self.times()))

    def call_fails(self, key: str, person: str, channel: str) -> tuple[Event, ...] | Refusal:
        return self.do(NoteCallFailed(key, person, channel, "address"))

    def until(self, minute: float, *, down: tuple[float, float] | None = None) -> tuple[Event, ...]:
        """Let time pass to the minute: every timer fires when due, or all at the end of the outage `down`.

        Returns the events of that time.
        """
        goal, new = START + minutes(minute), []
        outages = [(START + minutes(down[0]), START + minutes(down[1]))] if down else []
        while self.now < goal:
            due = min((at for o in self.case.open_obligations() for at, _, _ in o.timers()), default=goal)
            at = min(max(due, self.now), goal)
            for start, end in outages:
                at = min(end, goal) if start <= at < end else at
            self.now = at
            case, events = settle(self.rules, self.case, at, outages)
            self._take(case, events)
            new.extend(events)
            if not events and at < goal:
                raise AssertionError("a timer is due and nothing happens")
        return tuple(new)

    def staffed(self, holders: Mapping[str, tuple[str, ...]]) -> None:
        """Change who holds what from now on."""
        self.rules = replace(self.rules, roster=roster(holders))

    def of(self, kind: type[E]) -> list[E]:
        """The events of one type so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def minute(self, instant: int) -> float:
        """The instant as minutes since the start."""
        return (instant - START) / MINUTE

    def open(self) -> list[str]:
        """The keys of what is owed now."""
        return [owed.key for owed in self.case.open_obligations()]

    def _take(self, case: Case, events: tuple[Event, ...]) -> None:
        for event in events:
            assert load_event(event_type(event), dump_event(event)) == event
            assert event.at >= (self.events[-1].at if self.events else 0), "time ran backwards"
            self.events.append(event)
        self.case = case
        assert replay(tuple(self.events)) == case, "replay differs from live"
        assert load_case(dump_case(case)) == case
        held_by_invariants(self.rules.plan, case)


def held_by_invariants(the_plan: Plan, case: Case) -> None:
    """What is true of every case after every event, whatever happened."""
    for owed in case.open_obligations():
        assert owed.role in the_plan.roles, f"{owed.key} has no owner"
        assert list(owed.timers()), f"{owed.key} is owed and no clock runs"
