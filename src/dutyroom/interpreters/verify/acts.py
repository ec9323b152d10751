"""What can be done next in a state, on the real core: each step that somebody may do, with each answer that matters.

Whether an act is allowed is the core's to say. Every role is held by two people who may do everything of theirs, so
that what is found is the plan's fault and not the roster's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from dutyroom.core.commands import Act, Answer, Command, OpenCase, Times, Volunteer, Waive
from dutyroom.core.decide import decided
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Field, FieldType, Plan, Step, Verb
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.verify.domains import values
from dutyroom.interpreters.verify.reads import Reads

_STARTS: Instant = 0
_MOST_ANSWERS = 96  # ways to answer one step; more are not tried, and it is said that not all was looked at


@dataclass
class Acting:
    """Acts on cases of one plan."""

    plan: Plan
    reads: Reads
    whole: bool = True
    tried: int = 0
    rules: PlanInForce = field(init=False)
    ways: dict[str, tuple[dict[str, Answer], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        held = {role: (f"{role}/1", f"{role}/2") for role in self.plan.roles}
        channel = (Channel("voice"),)
        people = {person: Responder(person, channels=channel) for both in held.values() for person in both}
        self.rules = PlanInForce(self.plan, Roster(held), people)

    def opened(self) -> Iterator[Case]:
        """The case as it opens: for each kind of incident, where a condition asks the kind."""
        kinds: tuple[Answer, ...] = ()
        if "kind" in self.reads.facts:
            kinds = values(self.plan, "kind", self.reads.conditions)
        for kind in kinds or ("",):
            facts = {"kind": kind} if kind else {}
            times = Times(_STARTS, _STARTS, _STARTS, _STARTS)
            answer = decided(self.rules, Case(), OpenCase("open", "1", "1", times, facts, {}), _STARTS)
            if not isinstance(answer, Refusal):
                yield answer[1]

    def following(self, case: Case, reduced: bool) -> Iterator[tuple[str, Case]]:
        """Every act that can come next, with the case it leads to; only the first where the order does not matter."""
        if case.phase == "closed":
            return
        owed_acts: list[tuple[str, Case]] = []
        for owed in case.open_obligations():
            step = self.plan.step[owed.step]
            found = list(self._done(case, owed, step))
            if found and reduced and step.id not in self.reads.visible and not step.repeat:
                yield found[0]
                return
            owed_acts += found
        for step in self.plan.steps_of_phase.get(case.phase, ()):
            if step.voluntary and step.id in self.reads.telling:
                yield from self._volunteered(case, step)
        yield from owed_acts  # a deep search takes the last first: what is owed rather than what may be

    def _done(self, case: Case, owed: Obligation, step: Step) -> Iterator[tuple[str, Case]]:
        at = max(case.last_at, owed.not_before or 0)
        for person in (f"{owed.role}/1", f"{owed.role}/2"):
            times = Times(at, at)
            there = case
            if Verb.ON_SCENE in step.clocks and Verb.ON_SCENE not in owed.marks:
                name = f"{case.events}-scene"
                there = self._after(case, Act(name, person, owed.key, Verb.ON_SCENE, times), at) or case
            found = False
            for answers in self._answers(step):
                command = Act(f"{there.events}", person, owed.key, Verb.DONE, times, _from(answers, at))
                after = self._after(there, command, at)
                if after is not None:
                    found = True
                    yield owed.key, after
            if found:
                return
        yield from self._waived(case, owed, step, at)

    def _waived(self, case: Case, owed: Obligation, step: Step, at: Instant) -> Iterator[tuple[str, Case]]:
        """What cannot be done may be released, where the plan names somebody for it."""
        for role in step.waivable_by:
            command = Waive(f"{case.events}", f"{role}/1", owed.key, "-", Times(at, at))
            after = self._after(case, command, at)
            if after is not None:
                yield owed.key, after
                return

    def _volunteered(self, case: Case, step: Step) -> Iterator[tuple[str, Case]]:
        at = case.last_at
        who = [member for role in step.who for member in self.plan.members(role)]
        for person in (f"{role}/{number}" for role in who for number in (1, 2)):
            found = False
            for answers in self._answers(step):
                command = Volunteer(f"{case.events}", person, step.id, Times(at, at), _from(answers, at))
                after = self._after(case, command, at)
                if after is not None:
                    found = True
                    yield step.id, after
            if found:
                return

    def _after(self, case: Case, command: Command, at: Instant) -> Case | None:
        self.tried += 1
        answer = decided(self.rules, case, command, at)
        return None if isinstance(answer, Refusal) else answer[1]

    def _answers(self, step: Step) -> tuple[dict[str, Answer], ...]:
        """The ways to answer the step that a condition can tell apart."""
        known = self.ways.get(step.id)
        if known is None:
            fields = [(one.id, self._choices(one)) for one in step.asks]
            every = product(*(choices for _, choices in fields))
            ways = list(islice(every, _MOST_ANSWERS + 1))
            self.whole = self.whole and len(ways) <= _MOST_ANSWERS
            known = tuple(
                {name: value for (name, _), value in zip(fields, way, strict=True) if value is not None}
                for way in ways[:_MOST_ANSWERS]
            )
            self.ways[step.id] = known
        return known

    def _choices(self, one: Field) -> tuple[Answer | None, ...]:
        """The values of a field; None leaves it open."""
        if one.type is FieldType.LEVEL:
            return tuple(self.plan.rank) or (None,)
        if not self.reads.read(one.id):
            return (self._any(one) if one.required else None,)
        free: tuple[Answer | None, ...] = () if one.required else (None,)
        if one.type is FieldType.KIND:
            return (*self.plan.kinds, *free)
        if one.type is FieldType.CHOICE:
            return (*one.options, *free)
        if one.type is FieldType.BOOL:
            return (True, False)  # not saying leaves the fact at what it is, which is one of the two
        if one.type is FieldType.COUNT:
            found = values(self.plan, one.id, self.reads.conditions)
            return tuple(value for value in found if value != "") or (0,)
        return (self._any(one),)

    def _any(self, one: Field) -> Answer | None:
        match one.type:
            case FieldType.COUNT:
                return 0
            case FieldType.BOOL:
                return True
            case FieldType.TIME:
                return _LATER
            case FieldType.ROLE:
                return next(iter(self.plan.roles))
            case FieldType.CHOICE:
                return next(iter(one.options), None)
            case FieldType.KIND:
                return next(iter(self.plan.kinds), None)
            case FieldType.WARNING:
                return None
        return "-"


_LATER = DAY  # a time to come: so long after the act


def _from(answers: Mapping[str, Answer], at: Instant) -> dict[str, Answer]:
    """The answers with times to come counted from the act."""
    return {name: at + _LATER if value is _LATER else value for name, value in answers.items()}
