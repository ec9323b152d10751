"""Small plans by the hundred, and the plain way to prove them: every minute, every failure, the whole case played.

Nothing of the verifier is used here. The case is opened under the whole plan, somebody starts the response, and the
step falls due; people answer from a plain list. A plan is made from one number, so that number replays a failure.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from dutyroom.core.commands import Act, OpenCase, Times, Volunteer
from dutyroom.core.decide import decided
from dutyroom.core.events import PersonCalled
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE, SECOND
from dutyroom.core.plan import Clock, ClockKind, Defaults, Join, Move, Plan, Role, Step, Verb
from dutyroom.core.proof import Assumptions
from dutyroom.core.roster import Channel, DutyPeriod, PlanInForce, Responder, Roster
from dutyroom.core.settle import next_due, settle
from dutyroom.core.state import Case
from tests.core.builder import START, plan, step, words

Failure = tuple[frozenset[str], str]
PERSONS = ("A", "B", "C", "D", "E")
MINUTES = 20


@dataclass(frozen=True)
class Small:
    """One small plan in force, what is assumed, how many may be missing, and the outages by name."""

    seed: int
    rules: PlanInForce
    missing: int
    assumptions: Assumptions
    outages: dict[str, frozenset[str]]

    @property
    def asked(self) -> Step:
        return self.rules.plan.step["asked"]


def small(seed: int) -> Small:
    """The small plan of this number."""
    chance = random.Random(seed)
    persons = PERSONS[: chance.randint(3, 5)]
    roles = ("r1", "r2", "r3")[: chance.randint(1, 3)]
    kinds = ("sms", "voice", "wecom")[: chance.choice((1, 2, 2, 3))]
    people = {
        one: Responder(one, "zh", _channels(chance, kinds)) for one in persons if chance.random() < 0.95
    }
    people["Z"] = Responder("Z", "zh", ())
    idle = chance.random() < 0.3
    assumptions = Assumptions(
        answer_after=chance.choice((0, 20, 60, 90)) * SECOND, idle=idle, together=chance.random() < 0.4
    )
    rules = PlanInForce(_plan(chance, roles), _roster(chance, roles, persons), people)
    used = {channel.kind for one in people.values() for channel in one.channels}
    return Small(
        seed, rules, chance.randint(1, 2), assumptions, {kind: frozenset({kind}) for kind in sorted(used)}
    )


def _channels(chance: random.Random, kinds: tuple[str, ...]) -> tuple[Channel, ...]:
    chosen = [kind for kind in kinds if chance.random() < 0.8]
    chance.shuffle(chosen)
    return tuple(Channel(kind, chance.choice((0, 0, 30, 60, 90)) * SECOND) for kind in chosen)


def _plan(chance: random.Random, roles: tuple[str, ...]) -> Plan:
    deputies = {
        role: tuple(other for other in roles if other != role and chance.random() < 0.5) for role in roles
    }
    clocks: dict[Verb, Clock] = {}
    if chance.random() < 0.6:
        clocks[Verb.RECEIVED] = _clock(chance.choice((1, 3, 5, 8)))
    if chance.random() < 0.4:
        clocks[Verb.TAKEN] = _clock(chance.choice((4, 6, 7)))
    clocks[Verb.DONE] = _clock(chance.choice((5, 8, 12)))
    ladder = tuple(role for role in roles if chance.random() < 0.4)
    asked = step("asked", roles[0], clocks=clocks, ladder=ladder, remind=chance.choice((0, 0, 60 * SECOND)))
    begin = step("begin", "opener", phases=("readiness",), voluntary=True, clocks={})
    names = {**deputies, "opener": ()}
    return plan(
        begin,
        asked,
        moves=(Move("readiness", "response", Join(all=("begin",))),),
        roles={name: Role(name, words(name), found) for name, found in names.items()},
        groups={},
        defaults=Defaults({}, roles[-1], chance.choice((30, 60, 120)) * SECOND, 3 * MINUTE, 12 * MINUTE),
    )


def _clock(minutes: int) -> Clock:
    return Clock(ClockKind.HARD, minutes * MINUTE)


def _roster(chance: random.Random, roles: tuple[str, ...], persons: tuple[str, ...]) -> Roster:
    standing = {"opener": ("Z",)}
    periods: list[DutyPeriod] = []
    for role in roles:
        if chance.random() < 0.6:
            standing[role] = tuple(chance.sample(persons, chance.randint(0, 3)))
        for _ in range(chance.randint(0, 3)):
            starts = START + chance.randint(-10, 25) * MINUTE + chance.choice((0, 0, 30)) * SECOND
            length = chance.randint(2, 20) * MINUTE
            periods.append(
                DutyPeriod(role, chance.choice(persons), starts, starts + length, chance.randint(0, 1))
            )
    return Roster(standing, tuple(periods))


def minimal(case: Small, at: int) -> frozenset[Failure]:
    """Every failure that breaks cover at the instant while no lesser one does: all are tried, the lesser first."""
    failing: list[Failure] = []
    for one in sorted(_failures(case), key=lambda each: len(each[0]) + bool(each[1])):
        if not any(_less(lesser, one) for lesser in failing) and not taken_in_time(case, at, one):
            failing.append(one)
    return frozenset(failing)


def _less(one: Failure, other: Failure) -> bool:
    return one[0] <= other[0] and one[1] in ("", other[1])


def _failures(case: Small) -> Iterator[Failure]:
    persons = sorted(set(case.rules.people) - {"Z"})
    sets = [frozenset(some) for size in range(case.missing + 1) for some in combinations(persons, size)]
    for some in sets:
        yield some, ""
        if case.assumptions.together or not some:
            yield from ((some, name) for name in case.outages)


def taken_in_time(case: Small, at: int, failure: Failure) -> bool:
    """Whether the step is taken by its limit: the whole case from the report on."""
    silent, down = failure
    dead = case.outages[down] if down else frozenset[str]()
    verb, limit = watched(case)
    times = Times(at, at)
    now, calls, heard = at, list[tuple[int, PersonCalled]](), 0
    state = _decide(case, Case(), OpenCase("open", "K", "site", times, {}, {}), at)
    state = _decide(case, state, Volunteer("begin", "Z", "begin", times), at, calls)
    while now <= at + limit:
        if verb in state.obligations["asked#1"].marks:
            return True
        moments = [moment for moment, _ in calls]
        due = next_due(state)
        moments += [due[0]] if due else []
        if not moments:
            return False
        now = max(now, min(moments))
        if now > at + limit:
            return False
        ready = [one for one in calls if one[0] <= now]
        if ready:
            calls.remove(ready[0])
            call = ready[0][1]
            owed = state.obligations["asked#1"]
            reaches = call.channel not in dead and (case.assumptions.idle or call.person not in silent)
            on_rung = call.person in case.rules.roster.holders(owed.rung_role, now)
            if not reaches or owed.next_call_at is None or (owed.owner == call.person and not on_rung):
                continue
            for number, mark in enumerate((Verb.RECEIVED, Verb.TAKEN)):
                if mark is Verb.RECEIVED or call.person not in silent:
                    heard += 1
                    command = Act(f"{heard}-{number}", call.person, "asked#1", mark, Times(now, now))
                    state = _decide(case, state, command, now, calls)
            continue
        state, events = settle(case.rules, state, now)
        _note(case, events, calls)
    return verb in state.obligations["asked#1"].marks


def watched(case: Small) -> tuple[Verb, int]:
    """What must be marked, by when: the first deadline; with idle people taken, by the last."""
    clocks = case.asked.clocks
    if case.assumptions.idle:
        return Verb.TAKEN, max(clock.within for clock in clocks.values())
    first = next(verb for verb in Verb if verb in clocks)
    return (Verb.RECEIVED if first is Verb.RECEIVED else Verb.TAKEN), clocks[first].within


def _decide(case: Small, state: Case, command: object, at: int, calls: list | None = None) -> Case:
    answer = decided(case.rules, state, command, at)  # type: ignore[arg-type]
    if isinstance(answer, Refusal):
        return state
    _note(case, answer[0], calls)
    return answer[1]


def _note(case: Small, events: tuple, calls: list | None) -> None:
    for event in events:
        if isinstance(event, PersonCalled) and calls is not None:
            calls.append((event.at + case.assumptions.answer_after, event))
            calls.sort(key=lambda one: one[0])
