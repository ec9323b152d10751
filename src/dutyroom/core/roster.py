"""Who holds a role at an instant, and through which channels they can be asked, in order.

Knows person identifiers and channel kinds only: names, numbers and addresses never enter the core.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Plan

INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person. `wait` is how long to wait for the person's answer; 0 means the plan's `ask_again`."""

    kind: str
    wait: Milliseconds = 0


@dataclass(frozen=True, slots=True)
class Responder:
    """A holder of a duty role: an identifier, a language, channels in order."""

    person: str
    language: str = "zh"
    channels: tuple[Channel, ...] = ()


def outward(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    """The channels on which somebody is called: every call stands in the own inbox anyway, which reaches nobody who is
    not looking. It is a channel only for who has no other."""
    listed = tuple(channels)
    return tuple(channel for channel in listed if channel.kind != INBOX) or listed


# A standing post that is a span (leave, a beginning, an end) is asked from this place on, behind the turns of duty.
BEHIND = 1_000
# The place of who keeps a post until the next one has accepted it: before everybody who should have come.
HELD_OVER = -1_000


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """`person` holds `role` from `starts_at` (inclusive) to `ends_at` (exclusive). `place` 0 is first on duty.

    A place below 0 is held over from the turn before (`HELD_OVER`), and no part of what was planned.
    """

    role: str
    person: str
    starts_at: Instant
    ends_at: Instant
    place: int = 0


# Before and behind every instant that can be written: a span that has no beginning, or no end.
BEGINNING: Instant = -(2**62)
END: Instant = 2**62


@dataclass(frozen=True)
class Roster:
    """Standing holders of posts, and duty periods for the posts that rotate.

    A role's holders change only where a period begins or ends. The spans between are found once, when the role is first
    asked for, and kept with the roster: a year of duty is looked up as fast as a day of it.
    """

    standing: Mapping[str, tuple[str, ...]]
    periods: tuple[DutyPeriod, ...] = ()

    def holders(self, role: str, at: int) -> tuple[str, ...]:
        """Persons holding the role at the instant, in the order in which they are asked. Empty: nobody does."""
        changes, holders = self._spans(role)
        return holders[bisect_right(changes, at)]

    def planned(self, role: str, at: int) -> tuple[str, ...]:
        """As `holders`, by the roster as it was written: who comes, whether or not it was handed over to them."""
        return self._written.holders(role, at)

    def changes(self, role: str) -> tuple[Instant, ...]:
        """The instants, ascending, from which on other persons hold the role than before, or in another order."""
        return self._spans(role)[0]

    def holders_span(self, role: str, at: int) -> tuple[tuple[str, ...], Instant, Instant]:
        """The holders at the instant, since when (inclusive) and until when (exclusive) they are the same.

        `BEGINNING` and `END` stand for a span that nothing bounds. The next span begins at `until` with other holders.
        """
        changes, holders = self._spans(role)
        place = bisect_right(changes, at)
        since = changes[place - 1] if place else BEGINNING
        until = changes[place] if place < len(changes) else END
        return holders[place], since, until

    def _spans(self, role: str) -> tuple[tuple[Instant, ...], tuple[tuple[str, ...], ...]]:
        """The role's changes, and its holders before the first of them and from each of them on."""
        known = self._known_spans.get(role)
        if known is None:
            known = self._known_spans[role] = _spans(
                self._periods_of.get(role, ()), self.standing.get(role, ())
            )
        return known

    def stand(self, role: str, at: int) -> frozenset[str]:
        """Who holds the role all the time, at the instant or throughout: they take no turns."""
        terms = self._terms.get(role, ())
        return frozenset(
            (
                *self.standing.get(role, ()),
                *(one.person for one in terms if one.starts_at <= at < one.ends_at),
            )
        )

    @cached_property
    def _terms(self) -> Mapping[str, list[DutyPeriod]]:
        found: dict[str, list[DutyPeriod]] = {}
        for period in self.periods:
            if period.place >= BEHIND:
                found.setdefault(period.role, []).append(period)
        return found

    @cached_property
    def _written(self) -> "Roster":
        written = tuple(period for period in self.periods if period.place >= 0)
        return self if len(written) == len(self.periods) else Roster(self.standing, written)

    @cached_property
    def _periods_of(self) -> Mapping[str, list[DutyPeriod]]:
        found: dict[str, list[DutyPeriod]] = {}
        for period in self.periods:
            found.setdefault(period.role, []).append(period)
        return found

    @cached_property
    def _known_spans(self) -> dict[str, tuple[tuple[Instant, ...], tuple[tuple[str, ...], ...]]]:
        return {}


def _spans(
    periods: Sequence[DutyPeriod], standing: tuple[str, ...]
) -> tuple[tuple[Instant, ...], tuple[tuple[str, ...], ...]]:
    """Goes once through the beginnings and ends in order of time, with those on duty at hand."""
    edges = [
        edge
        for period in periods
        if period.starts_at < period.ends_at
        for one in [(period.place, period.person)]
        for edge in ((period.starts_at, True, one), (period.ends_at, False, one))
    ]
    changes: list[Instant] = []
    holders = [tuple(dict.fromkeys(standing))]
    on_duty: list[tuple[int, str]] = []
    for at, together in groupby(sorted(edges), key=itemgetter(0)):
        for _, begins, one in together:
            if begins:
                insort(on_duty, one)
            else:
                on_duty.remove(one)
        now = tuple(dict.fromkeys([*(person for _, person in on_duty), *standing]))
        if now != holders[-1]:
            changes.append(at)
            holders.append(now)
    return tuple(changes), tuple(holders)


@dataclass(frozen=True)
class PlanInForce:
    """A plan edition together with the roster and the people it binds to: what `decide` is asked under."""

    plan: Plan
    roster: Roster
    people: Mapping[str, Responder]

    def reachable(self, role: str, at: int) -> tuple[Responder, ...]:
        """Holders of the role at the instant who have at least one channel, in asking order."""
        holders = self.roster.holders(role, at)
        known = self._reachable.get(holders)
        if known is None:
            found = (self.people.get(person) for person in holders)
            known = tuple(responder for responder in found if responder and responder.channels)
            self._reachable[holders] = known
        return known

    @cached_property
    def _reachable(self) -> dict[tuple[str, ...], tuple[Responder, ...]]:
        return {}

    def holds(self, person: str, roles: tuple[str, ...], at: int) -> bool:
        """Whether the person holds one of the roles at the instant."""
        return any(person in self.roster.holders(role, at) for role in roles)
