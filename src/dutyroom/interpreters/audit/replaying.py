"""One record followed decision by decision: what the core makes of the same commands, and where the two part.

A path holds where it stands, the case as it would be by the plan, and the repairs that were needed so far. `follow`
goes on for as long as the record is what follows, and stops at the first thing that is not.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dutyroom.core import events as e
from dutyroom.core.commands import LetPass
from dutyroom.core.decide import decided
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import GRACE, Outage, next_due
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.audit.asking import Timer, asked, timer_of
from dutyroom.interpreters.audit.blocks import CALLS, Block
from dutyroom.interpreters.audit.comparing import same_but_for_time, shifts
from dutyroom.interpreters.audit.repairs import Trail


@dataclass(frozen=True)
class Path:
    """Where a replay stands: before the block at `place`, or before `rest`, what is left of it.

    `held` are decisions taken out of their place, `loose` groups of obligations whose opening has no instant on record.
    `late` is the instant at which the machine was last found to have been late: what waited with it is not new.
    """

    place: int = 0
    case: Case = field(default_factory=Case)
    rest: Block | None = None
    cost: int = 0
    trail: Trail | None = None
    held: tuple[Block, ...] = ()
    loose: tuple[frozenset[str], ...] = ()
    late: Instant = -1

    def on(self, case: Case, count: int = 1) -> "Path":
        """Behind this block, and behind `count - 1` more, with the case after them."""
        return replace(self, place=self.place + count, case=case, rest=None)


@dataclass(frozen=True, slots=True)
class Parted:
    """Where record and plan part. `timer`: it should have run out before this; else the block itself does not follow.

    `expected` is what does follow from its command, `refusal` why nothing does; with neither, nothing could lead it.
    """

    path: Path
    block: Block | None
    timer: Timer | None = None
    expected: tuple[e.Event, ...] = ()
    after: Case | None = None
    refusal: Refusal | None = None


@dataclass
class Replay:
    """A record against its plan. `exact`: calls are judged too; else they are taken as they were recorded."""

    rules: PlanInForce
    blocks: Sequence[Block]
    outages: Sequence[Outage] = ()
    exact: bool = True
    steps: int = 0

    def __post_init__(self) -> None:
        self.machine: dict[str, list[int]] = {}
        for place, block in enumerate(self.blocks):
            if block.by_machine:
                self.machine.setdefault(getattr(block.lead, "key", ""), []).append(place)
        self.down = (*self.outages, *self._told_outages())

    def _told_outages(self) -> Iterator[Outage]:
        """A miss that is marked so says that nobody was there from the last entry before it until it was noticed."""
        before = 0
        for block in self.blocks:
            if isinstance(block.lead, e.DeadlineMissed) and block.lead.while_down:
                yield before, block.at
            if not self.blocks or block.at > before:
                before = block.at

    def follow(self, path: Path) -> Path | Parted:
        """As far as the record follows from the plan: the end, or where they part."""
        while True:
            self.steps += 1
            block = path.rest or (self.blocks[path.place] if path.place < len(self.blocks) else None)
            moved = self._put_back(path, block)
            if moved is not None:
                path = moved
                continue
            if block is None:
                return path
            overdue = self.unnoticed(path, block)
            if overdue is not None:
                return Parted(path, block, timer=overdue)
            answer = self.answer(path, block)
            if isinstance(answer, Parted):
                return answer
            path = answer

    # ---- one decision

    def answer(self, path: Path, block: Block) -> Path | Parted:
        """The path behind the block if it is what follows, else where they part."""
        path = self._retimed(path, block)
        command = None if block.orphan else asked(self.rules.plan, path.case, block)
        if command is None:
            return Parted(path, block)
        if isinstance(command, LetPass) and (block.at < command.due_at or self._late(path, block, command)):
            return Parted(path, block, timer=(command.due_at, command.key, command.timer))
        new = decided(self.rules, path.case, command, block.at)
        if isinstance(new, Refusal):
            return Parted(path, block, refusal=new)
        came = self.compared(path, block, *new)
        return self._dated(came, block) if isinstance(came, Parted) and path.loose else came

    def compared(self, path: Path, block: Block, expected: tuple[e.Event, ...], after: Case) -> Path | Parted:
        """Behind the block if it holds just what is expected, or behind the part of it that does."""
        if not self.exact:
            return self._compared_without_calls(path, block, expected, after)
        if expected == block.events:
            return path.on(after)
        count = len(expected)
        if count and expected == block.events[:count]:
            return replace(path, case=after, rest=block.without(count))
        joined, more = self.joined(path, block, count)
        if more and expected == joined.events:
            return path.on(after, 1 + more)
        return Parted(path, block, expected=expected, after=after)

    def _dated(self, parted: Parted, block: Block) -> Path | Parted:
        """An act on what has no instant: its own figures may tell when that was opened."""
        path, key = parted.path, getattr(block.lead, "key", "")
        group = next((one for one in path.loose if key in one), None)
        for by in shifts(parted.expected, block.events) if group else ():
            known = tuple(one for one in path.loose if one is not group)
            moved = replace(path, case=_shifted(path.case, group or frozenset(), by), loose=known)
            came = self.answer(moved, block)
            if isinstance(came, Path):
                return came
        return parted

    def joined(self, path: Path, block: Block, count: int) -> tuple[Block, int]:
        """The block with those after it, up to `count` entries, where a boundary was seen too early; how many more."""
        events, more = block.events, 0
        while len(events) < count and path.place + more + 1 < len(self.blocks):
            following = self.blocks[path.place + more + 1]
            if len(events) + len(following.events) > count or isinstance(following.lead, e.ActMarked):
                break
            events, more = events + following.events, more + 1
        return Block(block.first, events), more

    def _compared_without_calls(
        self, path: Path, block: Block, expected: tuple[e.Event, ...], after: Case
    ) -> Path | Parted:
        wanted, there = without_calls(expected), without_calls(block.events)
        if wanted == there:
            return path.on(replay(block.events, path.case))
        count = len(wanted)
        if count and wanted == there[:count]:
            cut = block.events.index(there[count])
            return replace(path, case=replay(block.events[:cut], path.case), rest=block.without(cut))
        return Parted(path, block, expected=expected, after=after)

    # ---- time

    def overdue(self, case: Case, now: Instant) -> list[Timer]:
        """The timers that should have been noticed before `now`, the first to run out first."""
        first = next_due(case)
        if first is None or first[0] + GRACE >= now:
            return []
        running = (
            (due_at, owed.key, name) for owed in case.open_obligations() for due_at, _, name in owed.timers()
        )
        return sorted(one for one in running if one[0] + GRACE < now)

    def unnoticed(self, path: Path, block: Block) -> Timer | None:
        """The first timer that ran out before the block and of which the record knows nothing, now or later."""
        for timer in self.overdue(path.case, block.at):
            if self.was_down(timer[0]) or any(timer[1] in group for group in path.loose):
                continue
            if not self.noticed_later(path, timer):
                return timer
        return None

    def noticed_later(self, path: Path, timer: Timer) -> bool:
        """Whether this block or a later one is about this very timer."""
        _, key, name = timer
        owed, places = path.case.obligations[key], self.machine.get(key, [])
        for place in places[bisect_left(places, path.place) :]:
            lead = self.blocks[place].lead
            if isinstance(lead, e.DeadlineMissed):
                if name == lead.verb.value:
                    return True
            elif name == "call":
                return _next_of(owed, self.blocks[place])
        return False

    def was_down(self, at: Instant) -> bool:
        """Whether nobody was there to notice what ran out at the instant."""
        return any(start <= at < end for start, end in self.down)

    def _late(self, path: Path, block: Block, command: LetPass) -> bool:
        """Noticed late, with nothing to excuse it; what waited together is late once."""
        if block.at - command.due_at <= GRACE or command.while_down or block.at == path.late:
            return False
        return block.at > path.case.last_at and not self.was_down(command.due_at)

    # ---- what was taken out of its place, and what has no instant

    def _put_back(self, path: Path, block: Block | None) -> Path | None:
        """A decision that was taken out, put where it first becomes possible and its time has come."""
        if path.rest is not None or not path.held:
            return None
        return next(self.put_back(path, block.at if block else None), None)

    def put_back(self, path: Path, before: Instant | None = None) -> Iterator[Path]:
        """Each decision that was taken out, put here if it is possible here; only those made before the instant."""
        for held in path.held if path.rest is None else ():
            command = asked(self.rules.plan, path.case, held)
            if command is None or (before is not None and before <= held.at):
                continue
            new = decided(self.rules, path.case, command, held.at)
            if isinstance(new, Refusal):
                continue
            events, after = new
            exactly = events == held.events
            if exactly or same_but_for_time(events, held.events):
                left = tuple(one for one in path.held if one is not held)
                opened = frozenset(one.key for one in events if isinstance(one, e.ObligationOpened))
                loose = path.loose if exactly or not opened else (*path.loose, opened)
                yield replace(path, case=after, held=left, loose=loose)

    def _retimed(self, path: Path, block: Block) -> Path:
        """An opening whose instant is not known is dated by the first of its timers that the record tells of."""
        if not path.loose or not block.by_machine:
            return path
        key = getattr(block.lead, "key", "")
        group = next((one for one in path.loose if key in one), None)
        timer = timer_of(path.case, block) if group else None
        if group is None or timer is None:
            return path
        ran_out = block.lead.due_at if isinstance(block.lead, e.DeadlineMissed) else block.at
        known = tuple(one for one in path.loose if one is not group)
        return replace(path, case=_shifted(path.case, group, ran_out - timer[0]), loose=known)


def without_calls(events: Sequence[e.Event]) -> tuple[e.Event, ...]:
    """The entries that do not depend on who could be reached."""
    return tuple(one for one in events if not isinstance(one, CALLS))


def _next_of(owed: Obligation, block: Block) -> bool:
    """Whether the block is the next call of the obligation, rather than one behind it."""
    for one in block.events:
        if isinstance(one, e.PersonCalled):
            return one.call == owed.calls + 1
    lead = block.lead
    return not isinstance(lead, e.LadderExhausted) or lead.ring == owed.ring + 1


def _shifted(case: Case, keys: frozenset[str], by: int) -> Case:
    for key in keys:
        owed = case.obligations.get(key)
        if owed is not None and by:
            moved = replace(
                owed,
                opened_at=owed.opened_at + by,
                dues=tuple(replace(due, due_at=due.due_at + by) for due in owed.dues),
                next_call_at=None if owed.next_call_at is None else owed.next_call_at + by,
                not_before=None if owed.not_before is None else owed.not_before + by,
            )
            case = replace(case, obligations=case.obligations.with_one(moved))
    return case
