"""The ways to mend the place where a record and its plan part, each with its cost.

Authority, order and conditions are the core's own refusals; nothing is judged here a second time. Each way is one
repair, so that a root cause is named once: what follows from it replays by itself.
"""

from collections.abc import Iterator
from dataclasses import replace

from dutyroom.core import events as e
from dutyroom.core.audited import Kind
from dutyroom.core.codec import event_type
from dutyroom.core.commands import Act, LetPass, Volunteer, Waive
from dutyroom.core.decide import decided
from dutyroom.core.decide.draft import Draft
from dutyroom.core.decide.opening import consequences
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.phases import CLOSED
from dutyroom.core.plan import Verb
from dutyroom.core.state import Case
from dutyroom.interpreters.audit.asking import Timer, asked, let_pass, timer_of
from dutyroom.interpreters.audit.blocks import ACTS, Block
from dutyroom.interpreters.audit.comparing import Edit, edits
from dutyroom.interpreters.audit.inserting import Inserted, bearing, entitled, possible
from dutyroom.interpreters.audit.repairs import COSTS, Repair, Trail, edited, verb_of
from dutyroom.interpreters.audit.replaying import Parted, Path, Replay, without_calls

_NOT_THEIRS = ("act.not_yours", "act.same_person", "waive.not_yours", "justify.not_yours")
_TOO_SOON = (
    "act.not_yet",
    "act.unknown",
    "act.unmet",
    "act.not_on_scene",
    "act.too_early",
    "act.wrong_phase",
)
_AGAIN = ("act.not_open", "act.taken_already", "act.no_scene")


class Mending:
    """The ways to mend, for one replay."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.rules = replay.rules
        self.plan = replay.rules.plan
        self.recorded: dict[tuple[str, Verb], int] = {}
        for place, block in enumerate(replay.blocks):
            if isinstance(block.lead, e.ActMarked):
                self.recorded[block.lead.key, block.lead.verb] = place

    def ways(self, parted: Parted) -> Iterator[Path]:
        """Every path that goes on from here with one repair more."""
        block = parted.block
        if block is None:
            return
        yield from self.replay.put_back(parted.path)
        if (
            parted.timer is not None
            and block.by_machine
            and timer_of(parted.path.case, block) == parted.timer
        ):
            yield from self._ran_out_at_another_time(parted, block, parted.timer)
        elif parted.timer is not None:
            if self._later_than_next(parted.path, block):
                if isinstance(block.lead, ACTS):
                    yield self._taken_out(parted.path, block, "timer")
                yield self._left_out(parted.path, block, "timer")
            yield from self._not_noticed(parted, block, parted.timer)
        elif parted.refusal is not None:
            yield from self._refused(parted, block, parted.refusal)
        elif parted.expected:
            yield from self._differs(parted, block, parted.expected, parted.after)
        else:
            yield from self._led_by_nothing(parted, block)

    def left_over(self, path: Path) -> Iterator[Path]:
        """At the end: what was taken out of its place and found no other is left out for good."""
        if path.held:
            block = path.held[0]
            repair = self._repair(Kind.NOT_IN_PLAN, COSTS["not_in_plan"], block, expected="act.not_yet")
            yield self._with(replace(path, held=path.held[1:]), repair)

    # ---- time

    def _ran_out_at_another_time(self, parted: Parted, block: Block, timer: Timer) -> Iterator[Path]:
        """A timer that the record says ran out before its time, or that was noticed long after it."""
        path, early = parted.path, block.at < timer[0]
        new = decided(self.rules, path.case, let_pass(timer, block), block.at)
        if isinstance(new, Refusal):
            return
        kind, cost = (Kind.TOO_EARLY, COSTS["too_early"]) if early else (Kind.TOO_LATE, COSTS["too_late"])
        repair = replace(self._repair(kind, cost, block), verb=verb_of(timer[2]), due_at=timer[0])
        went = self._with(replace(path, late=block.at), repair)
        came = self.replay.compared(went, block, *new)
        if isinstance(came, Path):
            yield came
        else:
            yield from self._differs(came, block, *new)
        if early:
            yield from self._moved_instant(path, block)
            yield self._left_out(path, block, "timer")
        else:
            yield from self._not_noticed(parted, block, timer)

    def _not_noticed(self, parted: Parted, block: Block, timer: Timer) -> Iterator[Path]:
        """Nothing on record when a timer ran out: nobody was called, or what would have stopped it is missing."""
        path = parted.path
        due_at, key, name = timer
        new = decided(self.rules, path.case, LetPass(key, name, due_at), due_at)
        owed = path.case.obligations[key]
        if not isinstance(new, Refusal) and new[0]:
            cost = COSTS["not_called" if name == "call" else "not_noticed"]
            about = Repair(
                Kind.NOT_CALLED, cost, owed.step, key, owed.role, (block.first,), due_at, verb_of(timer[2]),
                expected=", ".join(event_type(one) for one in new[0]), due_at=due_at,
            )  # fmt: skip
            yield self._with(replace(path, case=new[1]), about)
        # Only what stops this timer explains its silence.
        for one in possible(self.rules, path.case, path.case.last_at):
            after = one.after.obligations[key]
            stopped = not after.is_open or timer not in {
                (due, key, other) for due, _, other in after.timers()
            }
            if stopped and not self._recorded_later(path, one):
                yield self._inserted(path, block, one)

    # ---- an act that is refused

    def _refused(self, parted: Parted, block: Block, refusal: Refusal) -> Iterator[Path]:
        path = parted.path
        if refusal.code in _NOT_THEIRS:
            yield from self._by_another(path, block, refusal)
            return
        yield from self._missing_before(path, block)
        if self._may_be_moved(path, block, refusal):
            yield self._taken_out(path, block, refusal.code)
        yield from self._under_another_key(path, block)
        if refusal.code not in _AGAIN and refusal.code != "act.unknown":
            yield from self._all_the_same(path, block, Kind.NOT_IN_PLAN, COSTS["not_in_plan"], refusal)
        again = refusal.code in _AGAIN and self._was_done(path.case, block)
        yield self._left_out(path, block, refusal.code, Kind.TWICE if again else Kind.NOT_IN_PLAN)

    def _by_another(self, path: Path, block: Block, refusal: Refusal) -> Iterator[Path]:
        """Somebody entitled instead; the record's own name stays with what follows."""
        cost, lead = COSTS["wrong_actor"], block.lead
        command = asked(self.plan, path.case, block)
        step = self.plan.step.get(getattr(lead, "step", ""))
        owed = path.case.obligations.get(getattr(lead, "key", ""))
        if isinstance(command, Act | Volunteer | Waive) and step is not None:
            for person in entitled(self.rules, path.case, step, owed, block.at):
                new = decided(self.rules, path.case, replace(command, by=person), block.at)
                if isinstance(new, Refusal):
                    continue
                repair = self._repair(Kind.WRONG_ACTOR, cost, block, expected=refusal.code)
                yield from self._renamed(self._with(path, repair), block, person, new[0])
                return
        yield from self._all_the_same(path, block, Kind.WRONG_ACTOR, cost, refusal)

    def _renamed(self, path: Path, block: Block, person: str, events: tuple[e.Event, ...]) -> Iterator[Path]:
        """What would have followed from somebody entitled, under the name that stands in the record."""
        theirs = getattr(block.lead, "by", "")
        for names in (
            (e.ActMarked, e.ActVolunteered, e.Waived),
            (e.LevelSet, e.CommandHandedOver, e.CommandTakenBack),
        ):
            events = tuple(
                replace(one, by=theirs) if isinstance(one, names) and one.by == person else one
                for one in events
            )
            came = self.replay.compared(path, block, events, replay(events, path.case))
            if isinstance(came, Path):
                yield came
                return
        yield from self._differs(Parted(path, block), block, events, replay(events, path.case))

    def _all_the_same(
        self, path: Path, block: Block, kind: Kind, cost: int, refusal: Refusal
    ) -> Iterator[Path]:
        """It was done although the plan did not allow it: taken as it stands, with what follows from it."""
        own = tuple(one for one in block.events if isinstance(one, (*ACTS, e.MissExcused)))
        if any(getattr(one, "step", self.plan.steps[0].id) not in self.plan.step for one in own):
            return
        draft = Draft(self.rules, path.case, max(block.at, path.case.last_at))
        try:
            for event in own:
                draft.add(event)
        except KeyError:
            return
        consequences(draft)
        went = self._with(path, self._repair(kind, cost, block, expected=refusal.code))
        came = self.replay.compared(went, block, tuple(draft.events), draft.case)
        if isinstance(came, Path):
            yield came
        else:
            yield from self._as_recorded(went, block, 1)

    def _may_be_moved(self, path: Path, block: Block, refusal: Refusal) -> bool:
        lead = block.lead
        known = getattr(lead, "step", "") in self.plan.step and refusal.code in _TOO_SOON
        return (
            known
            and isinstance(lead, ACTS)
            and path.place + 1 < len(self.replay.blocks)
            and path.rest is None
        )

    def _later_than_next(self, path: Path, block: Block) -> bool:
        """Whether an act bears a later instant than what stands behind it: it may stand too early."""
        following = self.replay.blocks[path.place + 1 : path.place + 2]
        return (
            path.rest is None and isinstance(block.lead, ACTS) and any(one.at < block.at for one in following)
        )

    def _taken_out(self, path: Path, block: Block, why: str) -> Path:
        """Out of its place, to be put back where it becomes possible."""
        repair = self._repair(Kind.OUT_OF_ORDER, COSTS["out_of_order"], block, expected=why)
        return self._with(replace(path, place=path.place + 1, rest=None, held=(*path.held, block)), repair)

    def _under_another_key(self, path: Path, block: Block) -> Iterator[Path]:
        """The entry names another obligation or verb than the one from which all the rest of the decision follows."""
        lead = block.lead
        command = asked(self.plan, path.case, block)
        if not isinstance(lead, e.ActMarked) or not isinstance(command, Act) or len(block.events) < 2:
            return
        for owed in path.case.open_obligations():
            new = decided(self.rules, path.case, replace(command, key=owed.key), block.at)
            if not isinstance(new, Refusal) and new[0][1:] == block.events[1:] and owed.key != lead.key:
                yield from self._differs(Parted(path, block), block, *new)

    # ---- entries that differ

    def _differs(
        self, parted: Parted, block: Block, expected: tuple[e.Event, ...], after: Case | None
    ) -> Iterator[Path]:
        """The right command and other entries: which of them differ; or an act that is missing before it."""
        path = parted.path
        joined, more = self.replay.joined(path, block, len(expected))
        for there, further in ((block, 0), (joined, more)) if more else ((block, 0),):
            wanted = expected if self.replay.exact else without_calls(expected)
            found = there.events if self.replay.exact else without_calls(there.events)
            differing = edits(wanted, found)
            went = path
            for edit in differing:
                went = self._with(went, edited(there, edit))
            if after is not None and self.replay.exact:
                yield went.on(after, 1 + further)
            yield from self._as_recorded(went, there, 1 + further)
        yield from self._forced_end(path, block, expected, after)
        yield from self._moved_instant(path, block)
        yield from self._missing_before(path, block)

    def _forced_end(
        self, path: Path, block: Block, expected: tuple[e.Event, ...], after: Case | None
    ) -> Iterator[Path]:
        """The end, on record although something was still owed."""
        count = len(expected)
        if after is not None and expected == block.events[:count]:
            yield from self._led_by_nothing(Parted(replace(path, case=after), None), block.without(count))

    def _led_by_nothing(self, parted: Parted, block: Block) -> Iterator[Path]:
        """Entries that no command and no timer of the case could have led."""
        path = parted.path
        if not block.orphan:
            yield from self._missing_before(path, block)
            yield from self._another_timer(path, block)
            yield self._left_out(path, block, "timer")
            return
        yield from self._closed_with_duties(path, block)
        for one in possible(self.rules, path.case, block.at):
            led = tuple(each for each in one.events if not isinstance(each, ACTS))
            if led == block.events and not self._recorded_later(path, one):
                repair = self._skipped(block, one)
                yield self._with(path, repair).on(one.after)
        went = path
        for place, event in enumerate(block.events):
            went = self._with(went, edited(block, Edit(None, event, place)))
        yield from self._as_recorded(went, block, 1)
        yield went.on(path.case)

    def _closed_with_duties(self, path: Path, block: Block) -> Iterator[Path]:
        closing = next((one for one in block.events if isinstance(one, e.PhaseMoved)), None)
        owed = [one for one in path.case.open_obligations() if not self.plan.step[one.step].outlives]
        if closing is None or closing.target != CLOSED or closing.source != path.case.phase or not owed:
            return
        entries = (block.first + block.events.index(closing),)
        first, names = owed[0], ", ".join(one.key for one in owed)
        repair = Repair(
            Kind.OPEN_AT_END, COSTS["open_at_end"], first.step, first.key, first.role, entries, closing.at,
            expected=names,
        )  # fmt: skip
        draft = Draft(self.rules, path.case, block.at)
        draft.add(closing)
        consequences(draft)
        went = self._with(path, repair)
        came = self.replay.compared(went, block, tuple(draft.events), draft.case)
        yield from [came] if isinstance(came, Path) else self._as_recorded(went, block, 1)

    def _another_timer(self, path: Path, block: Block) -> Iterator[Path]:
        """The entry names another obligation or verb than the one whose timer ran out at that instant."""
        for owed in path.case.open_obligations():
            for due_at, _, name in owed.timers():
                if due_at != block.at and due_at != getattr(block.lead, "due_at", None):
                    continue
                new = decided(self.rules, path.case, LetPass(owed.key, name, due_at), block.at)
                if not isinstance(new, Refusal) and type(new[0][0]) is type(block.events[0]):
                    yield from self._differs(Parted(path, None), block, *new)

    def _moved_instant(self, path: Path, block: Block) -> Iterator[Path]:
        """The leading entry bears another instant than what followed from it."""
        if len(block.events) < 2 or block.events[1].at == block.at:
            return
        at = block.events[1].at
        command = asked(self.plan, path.case, block)
        new = decided(self.rules, path.case, command, at) if command else None
        if new is None or isinstance(new, Refusal):
            return
        went = path
        for edit in edits(new[0], block.events):
            went = self._with(went, edited(block, edit))
        yield went.on(new[1])

    # ---- what is missing, or too much

    def _missing_before(self, path: Path, block: Block) -> Iterator[Path]:
        """Acts without which the block does not follow, and with which it does, or comes nearer."""
        aims = {getattr(one, "step", "") or getattr(one, "key", "").partition("#")[0] for one in block.events}
        moves = {one.target for one in block.events if isinstance(one, e.PhaseMoved)}
        before = [move for move in self.plan.moves if move.target in moves]
        aims |= {step for move in before for step in (*move.after.all, *move.after.any)}
        known = bearing(self.plan, frozenset(aims))
        for one in possible(self.rules, path.case, path.case.last_at):
            if self._recorded_later(path, one) or one.verb is Verb.RECEIVED or one.verb is Verb.TAKEN:
                continue
            went = self._inserted(path, block, one)
            came = self.replay.answer(went, block)
            if isinstance(came, Path):
                yield came
            elif one.step in known and one.step not in path.case.done:
                yield went

    def _inserted(self, path: Path, block: Block, one: Inserted) -> Path:
        opened = frozenset(each.key for each in one.events if isinstance(each, e.ObligationOpened))
        loose = (*path.loose, opened) if opened else path.loose
        return self._with(replace(path, case=one.after, loose=loose), self._skipped(block, one))

    def _skipped(self, block: Block, one: Inserted) -> Repair:
        return Repair(
            Kind.SKIPPED, COSTS["skipped"], one.step, one.key, one.role, (block.first,), block.at, one.verb,
            inserted=True,
        )  # fmt: skip

    def _recorded_later(self, path: Path, one: Inserted) -> bool:
        """Whether the act stands in the record after all, further on: then it is not missing."""
        if self.recorded.get((one.key, one.verb), -1) >= path.place:
            return True
        return any(isinstance(held.lead, e.ActMarked) and held.lead.key == one.key for held in path.held)

    def _left_out(self, path: Path, block: Block, why: str, kind: Kind = Kind.NOT_IN_PLAN) -> Path:
        cost = COSTS["twice" if kind is Kind.TWICE else "not_in_plan"]
        return self._with(path, self._repair(kind, cost, block, expected=why)).on(path.case)

    def _was_done(self, case: Case, block: Block) -> bool:
        owed = case.obligations.get(getattr(block.lead, "key", ""))
        return owed is not None and getattr(block.lead, "verb", Verb.DONE) in owed.marks

    def _as_recorded(self, path: Path, block: Block, count: int) -> Iterator[Path]:
        """On from the case that the record's own entries leave, where they leave one that the plan can go on from."""
        if any(getattr(one, "step", self.plan.steps[0].id) not in self.plan.step for one in block.events):
            return
        try:
            yield path.on(replay(block.events, path.case), count)
        except (KeyError, ValueError, AttributeError):
            return

    def _repair(self, kind: Kind, cost: int, block: Block, *, expected: str = "") -> Repair:
        lead = block.lead
        key = getattr(lead, "key", "") or getattr(lead, "step", "")
        step = getattr(lead, "step", "") or key.partition("#")[0]
        role = getattr(lead, "role", "") or self._role_of(step)
        verb = getattr(lead, "verb", None) or (Verb.DONE if isinstance(lead, e.ActVolunteered) else None)
        found = getattr(lead, "by", "") if kind is Kind.WRONG_ACTOR else event_type(lead)
        return Repair(kind, cost, step, key, role, (block.position,), lead.at, verb, expected, found)

    def _role_of(self, step: str) -> str:
        return self.plan.step[step].who[0] if step in self.plan.step else ""

    def _with(self, path: Path, repair: Repair) -> Path:
        return replace(path, cost=path.cost + repair.cost, trail=Trail(repair, path.trail))
