"""What would close a hole, the cheapest first: each change is made and the real ladder run at every start of the hole.

Only what closes the whole hole is listed. Tried, in order of cost: an answer on a channel without evidence; one more
channel for somebody who is called, or shorter waits between calls; one more person on a post of the ladder; a post as
deputy of the one that owes it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dutyroom.core.instants import SECOND, Instant, Milliseconds
from dutyroom.core.plan import Plan
from dutyroom.core.proof import Moment, Repair
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.slicing import alone
from dutyroom.interpreters.verify.changes import roles
from dutyroom.interpreters.verify.memo import Memo, Watched
from dutyroom.interpreters.verify.questions import Asked
from dutyroom.interpreters.verify.reach import Reach
from dutyroom.interpreters.verify.search import Failure, World, run
from dutyroom.interpreters.verify.sweep import Span

SOMEBODY = "+"  # one more person, who has no number yet
_WAITS = tuple(seconds * SECOND for seconds in (45, 30, 20, 15))
_EACH = 3  # of one sort no more are listed: a reader chooses among a few

Changed = tuple[Asked, Roster, Mapping[str, Responder], Reach]
Key = tuple[str, Repair, str]


@dataclass
class Repairing:
    """Tries repairs under one set of rules; what was learnt of one hole serves the next."""

    rules: PlanInForce
    world: World
    reach: Reach
    memos: dict[Key, Memo[bool, bool]] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    failure: Failure = field(default_factory=lambda: Failure(frozenset()))

    def repairs(
        self, asked: Asked, failure: Failure, spans: tuple[Span, ...], course: tuple[Moment, ...]
    ) -> tuple[Repair, ...]:
        """Up to three of a sort, in order of cost."""
        found: list[Repair] = []
        for repair in dict.fromkeys(self.candidates(asked, failure, course)):
            if repair.first and found:
                break  # to change the order of the deputies is the last resort
            enough = 1 if repair.what == "wait" else _EACH
            known = sum(one.what == repair.what for one in found)
            if known < enough and self.closes(asked, failure, spans, repair):
                found.append(repair)
        return tuple(found)

    def candidates(self, asked: Asked, failure: Failure, course: tuple[Moment, ...]) -> Iterator[Repair]:
        """What could help, in order of cost."""
        called = {(one.person, one.role): None for one in course if one.what == "called"}
        awake = [(person, role) for person, role in called if person not in failure.silent]
        dead = self.world.failing(failure).channels
        for one in course:
            if one.what == "stale" and one.person not in failure.silent:
                yield Repair("renew", one.role, one.person, one.channel, 0)
        for person, role in awake:
            has = {channel.kind for channel in self.world.people[person].channels}
            for kind in self.kinds:
                if kind not in has | dead:
                    yield Repair("channel", role, person, kind, 1)
        ladder = roles(asked.plan)
        shorter = [one for one in _WAITS if one < self.rules.plan.defaults.ask_again]
        yield from (Repair("wait", asked.question.role, detail=str(one // SECOND), cost=1) for one in shorter)
        yield from (Repair("second", role, cost=2) for role in ladder)
        for first in (False, True):
            for role in self.rules.plan.roles:
                if role not in ladder:
                    yield Repair("deputy", asked.question.role, detail=role, cost=3, first=first)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of channel that anybody has."""
        return tuple(sorted({one.kind for each in self.world.people.values() for one in each.channels}))

    def closes(self, asked: Asked, failure: Failure, spans: tuple[Span, ...], repair: Repair) -> bool:
        """Whether the change makes it taken in time at every start of the hole."""
        memo = self._memo(asked, failure, repair)
        memo.mark(failure.silent)
        self.failure = failure
        for starts, ends in spans:
            at = starts
            while at < ends:
                in_time, _, until = memo.at(at)
                if not in_time:
                    return False
                at = until
        return True

    def _memo(self, asked: Asked, failure: Failure, repair: Repair) -> Memo[bool, bool]:
        key = (asked.question.id, repair, failure.down)
        known = self.memos.get(key)
        if known is None:
            changed = self._changed(asked, repair)
            known = self.memos[key] = Memo(changed[1], changed[3].sees, self._finding(changed), _plain)
        return known

    def _finding(self, changed: Changed) -> Callable[[Instant, Watched], bool]:
        asked, _, people, reach = changed
        world = replace(self.world, people=dict(people))

        def find(at: Instant, watched: Watched) -> bool:
            return run(asked, world, watched, at, self.failure, reach.reaches).in_time

        return find

    def _changed(self, asked: Asked, repair: Repair) -> Changed:
        """The rules with the change made."""
        people, roster = dict(self.world.people), self.rules.roster
        sure = frozenset[tuple[str, str]]()
        if repair.what == "renew":
            sure = frozenset({(repair.person, repair.detail)})
        elif repair.what == "channel":
            one = people[repair.person]
            people[repair.person] = replace(one, channels=(*one.channels, Channel(repair.detail)))
            sure = frozenset({(repair.person, repair.detail)})
        elif repair.what == "second":
            usual = _usual(people)
            people[SOMEBODY] = Responder(SOMEBODY, channels=usual)
            roster, sure = self._with_one_more(repair.role), frozenset((SOMEBODY, one.kind) for one in usual)
        elif repair.what == "wait":
            asked = replace(asked, plan=self._hurried(asked, int(repair.detail) * SECOND))
        else:
            asked = replace(asked, plan=deputised(asked.plan, repair))
        return asked, roster, people, replace(self.reach, people=people, sure=sure)

    def _hurried(self, asked: Asked, wait: Milliseconds) -> Plan:
        """The slice of the plan that asks again sooner."""
        plan, question = self.rules.plan, asked.question
        sooner = replace(plan, defaults=replace(plan.defaults, ask_again=wait))
        return alone(sooner, question.step, question.role, question.again)

    def _with_one_more(self, role: str) -> Roster:
        if role not in self.rosters:
            roster = self.rules.roster
            held = (*roster.standing.get(role, ()), SOMEBODY)
            self.rosters[role] = Roster({**roster.standing, role: held}, roster.periods)
        return self.rosters[role]


def deputised(plan: Plan, repair: Repair) -> Plan:
    """The plan in which the repair's role stands in for the one that owes it."""
    role = plan.roles[repair.role]
    deputies = (repair.detail, *role.deputies) if repair.first else (*role.deputies, repair.detail)
    return replace(plan, roles={**plan.roles, role.id: replace(role, deputies=deputies)})


def _usual(people: Mapping[str, Responder]) -> tuple[Channel, ...]:
    """The channels that most people have: one more person would have the same."""
    counted = Counter(one.channels for one in people.values() if one.channels)
    return min(counted, key=lambda one: (-counted[one], repr(one)), default=())


def _plain(outcome: bool, numbers: Mapping[str, int]) -> bool:
    return outcome
