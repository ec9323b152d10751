"""The plan's own course: whether every reachable state can go on to an end, and what is never owed or owned.

Explores the states of a case on the real core with abstract acts: whoever may do a step does it, with each answer that
some condition can tell from another. Two cases are one state when everything that conditions, joins and moves read is
the same. Deadlines are not let pass here: a miss calls others, and changes nothing that the course depends on. Where
there are more states than are looked at, it says so and claims nothing of the rest.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dutyroom.core.plan import Plan
from dutyroom.core.proof import Flow, FlowFault
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.state import Case
from dutyroom.interpreters.verify.acts import Acting
from dutyroom.interpreters.verify.changes import roles
from dutyroom.interpreters.verify.memo import Turns, turns_of
from dutyroom.interpreters.verify.milestones import milestones
from dutyroom.interpreters.verify.questions import Asked, questions
from dutyroom.interpreters.verify.reads import Reads, bounded, exactly

ACTS = 4_000  # tried; two seconds of a large plan


def flow_of(rules: PlanInForce, acts: int = ACTS) -> Flow:
    """What was found of the plan's course, and of the posts that nobody holds."""
    found = Exploration(rules.plan).explore(acts // 4)
    if not found.whole:  # then rather a few courses to their end than all beginnings
        found = Exploration(rules.plan, deep=True).explore(acts)
    unowned = tuple(without_owner(questions(rules.plan), rules.roster, {}))
    return Flow(found.looked, found.whole, (*found.faults(), *unowned), milestones(rules.plan))


def without_owner(asked: Iterable[Asked], roster: Roster, turns: Turns) -> Iterator[FlowFault]:
    """Steps whose whole ladder is held by nobody, ever."""
    for one in asked:
        held = (any(turns_of(roster, role, turns)[1]) for role in roles(one.plan))
        if not any(held):
            for step in one.question.steps:
                yield FlowFault("no_owner", step)


@dataclass
class Exploration:
    """The states reached so far, in order of the number of acts that lead there; `deep`: one course after the other.

    `reduced` leaves out orders of acts that make no difference, and takes cases for one state that go on alike; without
    it every order is tried and every case is its own state, which a test compares on small plans.
    """

    plan: Plan
    reduced: bool = True
    deep: bool = False
    looked: int = 0
    cases: list[Case] = field(default_factory=list)
    number: dict[object, int] = field(default_factory=dict)
    after: list[dict[int, str]] = field(default_factory=list)  # to which state, by which act
    first: list[int] = field(default_factory=list)  # the states in which a case can open
    whole: bool = True

    def explore(self, acts: int) -> "Exploration":
        """Go on until so many acts were tried."""
        reads = Reads.of(self.plan)
        acting = Acting(self.plan, reads)
        self.first = list(dict.fromkeys(self._seen(reads, case) for case in acting.opened()))
        waiting = deque(self.first)
        while waiting:
            number = waiting.pop() if self.deep else waiting.popleft()
            if acting.tried >= acts:
                self.whole = False
                break
            self.looked += 1
            reached: dict[int, str] = {}
            for step, case in acting.following(self.cases[number], self.reduced):
                if not bounded(case):
                    continue
                known = len(self.cases)
                there = self._seen(reads, case)
                reached.setdefault(there, step)
                if there == known:
                    waiting.append(there)
            self.after[number] = reached
        self.whole = self.whole and acting.whole
        return self

    def faults(self) -> tuple[FlowFault, ...]:
        """Where the course cannot go on, once for each phase; and steps that no course comes to."""
        good = self._can_end()
        bad = [number for number in range(len(self.cases)) if number not in good]
        if self.whole and 0 in bad:
            return (FlowFault("no_end", phase=self.cases[0].phase), *self._never())
        ways = self._ways()
        first: dict[str, int] = {}
        for number in ways:
            if number not in good:
                first.setdefault(self.cases[number].phase, number)
        stuck = (self._stuck(number, ways) for number in first.values())
        return (*stuck, *(self._never() if self.whole else ()))

    def _ways(self) -> dict[int, tuple[int, str]]:
        """From which state, by which act, each state is reached soonest; in order of how soon."""
        ways = dict.fromkeys(self.first, (_UNSEEN, ""))
        waiting = deque(self.first)
        while waiting:
            number = waiting.popleft()
            for there, step in self.after[number].items():
                if there != _UNSEEN and there not in ways:
                    ways[there] = (number, step)
                    waiting.append(there)
        return ways

    def _seen(self, reads: Reads, case: Case) -> int:
        key = reads.key(case) if self.reduced else exactly(case)
        if key not in self.number:
            self.number[key] = len(self.cases)
            self.cases.append(case)
            self.after.append({_UNSEEN: ""})
        return self.number[key]

    def _can_end(self) -> set[int]:
        """The states from which an end is reached; one that was not looked at is given the benefit of the doubt."""
        before: dict[int, list[int]] = {}
        good = []
        for number, case in enumerate(self.cases):
            if case.phase == "closed" or _UNSEEN in self.after[number]:
                good.append(number)
            for there in self.after[number]:
                before.setdefault(there, []).append(number)
        known = set(good)
        while good:
            for source in before.get(good.pop(), ()):
                if source not in known:
                    known.add(source)
                    good.append(source)
        return known

    def _stuck(self, number: int, ways: dict[int, tuple[int, str]]) -> FlowFault:
        case = self.cases[number]
        path: list[str] = []
        while number != _UNSEEN:
            number, step = ways[number]
            path.append(step)
        steps = tuple(step for step in reversed(path) if step)
        return FlowFault("stuck", "", case.phase, case.level, str(case.facts.get("kind", "")), steps)

    def _never(self) -> Iterator[FlowFault]:
        owed = {one.step for case in self.cases for one in case.obligations.values()}
        for step in self.plan.steps:
            if step.id not in owed and not step.voluntary:
                yield FlowFault("never", step.id)


_UNSEEN = -1
