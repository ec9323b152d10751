"""A record cut into decisions: which entries one command of a person, or one timer, brought about together.

Told from the events alone. What only ever follows (an obligation that opens, a phase that moves) belongs to the
decision before it; a call belongs to it where its obligation was opened, missed or failed in it. Where two decisions
cannot be told apart so, the replay does it: it knows how long each one is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dutyroom.core import events as e
from dutyroom.core.instants import Instant

_FOLLOWS = (
    e.ReportReceived, e.LevelSet, e.ObligationOpened, e.PhaseMoved, e.Withdrawn, e.CommandHandedOver,
    e.CommandTakenBack, e.Lapsed,
)  # fmt: skip
CALLS = (e.PersonCalled, e.RoleEmpty, e.Escalated, e.LadderExhausted)
RESTS = (e.QuietKept, e.Lapsed)  # what a call comes to where nobody is called
ACTS = (e.ActMarked, e.ActVolunteered, e.Waived, e.DeviationJustified)


@dataclass(frozen=True, slots=True)
class Block:
    """The entries of one decision. `first` is the position of the first, counted from 1.

    `lead` is the entry that names the command: an excuse only ever comes before the act that brings it. `by_machine`
    says that a timer brought it about, not a person and not a courier.
    """

    first: int
    events: tuple[e.Event, ...]
    lead: e.Event = field(init=False, compare=False, repr=False)
    by_machine: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        lead = self.events[0]
        if isinstance(lead, e.MissExcused):
            lead = next((one for one in self.events if not isinstance(one, e.MissExcused)), lead)
        object.__setattr__(self, "lead", lead)
        object.__setattr__(self, "by_machine", isinstance(lead, (e.DeadlineMissed, *CALLS, *RESTS)))

    @property
    def at(self) -> Instant:
        return self.lead.at

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(range(self.first, self.first + len(self.events)))

    @property
    def position(self) -> int:
        """Where the leading entry stands."""
        return self.first + self.events.index(self.lead)

    @property
    def orphan(self) -> bool:
        """Whether nothing in it could have led it."""
        return isinstance(self.lead, _FOLLOWS) and not _rests(self.lead)

    def without(self, count: int) -> "Block":
        """What is left behind its first entries."""
        return Block(self.first + count, self.events[count:])


def blocks(events: Iterable[e.Event]) -> Iterator[Block]:
    """The decisions of the record, in its order."""
    first, gathered, calling = 1, list[e.Event](), set[str]()
    for position, event in enumerate(events, 1):
        if gathered and not _belongs(event, gathered, calling):
            yield Block(first, tuple(gathered))
            first, gathered, calling = position, [], set()
        gathered.append(event)
        calling.update(_calls_about(event, first_of_block=len(gathered) == 1))
    if gathered:
        yield Block(first, tuple(gathered))


def _rests(event: e.Event) -> bool:
    """Whether a call ended in this: it is night, or the day of the matter is over. Overtaken by another, it follows."""
    return isinstance(event, e.QuietKept) or (isinstance(event, e.Lapsed) and not event.successor)


def _belongs(event: e.Event, gathered: list[e.Event], calling: set[str]) -> bool:
    if isinstance(event, _FOLLOWS) and not _rests(event):
        return True
    if isinstance(event, (*CALLS, *RESTS)):
        return event.key in calling and event.at == gathered[-1].at
    only_excuses = all(isinstance(one, e.MissExcused) for one in gathered)
    return only_excuses and isinstance(event, e.MissExcused | e.ActMarked)


def _calls_about(event: e.Event, *, first_of_block: bool) -> tuple[str, ...]:
    """The obligation whose calls may follow in the same decision."""
    led = first_of_block and isinstance(event, (*CALLS, *RESTS))
    if led or isinstance(event, e.DeadlineMissed | e.CallFailed):
        return (str(getattr(event, "key", "")),)
    if isinstance(event, e.ObligationOpened) and event.next_call_at == event.at:
        return (event.key,)
    return ()
