"""The roster as it is known at an instant: who fell ill is out of it, who comes instead is in it.

A year of turns is long and each instant of the play needs a few of them, so `near` gives those around an instant.
"""

from collections.abc import Iterator
from dataclasses import replace

from dutyroom.core.instants import DAY, Instant
from dutyroom.core.roster import BEGINNING, END, DutyPeriod, Roster

_AROUND = 3 * DAY
_BEHIND = 1_000  # a standing post that became a span is asked behind the turns of duty, as standing posts are


class Rostering:
    """A roster that changes while it is played."""

    def __init__(self, roster: Roster) -> None:
        self.standing = dict(roster.standing)
        self.periods = roster.periods

    def near(self, at: Instant) -> Roster:
        """The roster of the days around the instant, each turn whole."""
        first, last = at - _AROUND, at + _AROUND
        around = tuple(one for one in self.periods if one.ends_at > first and one.starts_at < last)
        return Roster(self.standing, around)

    def replace(self, person: str, starts: Instant, ends: Instant, by: str = "") -> None:
        """Take the person off every post in the span and put `by`, if anybody comes, in the place."""
        for role, held in list(self.standing.items()):
            if person in held:
                self.periods += tuple(
                    DutyPeriod(role, one, BEGINNING, END, _BEHIND + place) for place, one in enumerate(held)
                )
                del self.standing[role]
        self.periods = tuple(
            part
            for one in self.periods
            for part in (_cut(one, starts, ends, by) if one.person == person else (one,))
        )


def _cut(period: DutyPeriod, starts: Instant, ends: Instant, by: str) -> Iterator[DutyPeriod]:
    if period.ends_at <= starts or period.starts_at >= ends:
        yield period
        return
    first, last = max(period.starts_at, starts), min(period.ends_at, ends)
    if period.starts_at < first:
        yield replace(period, ends_at=first)
    if by:
        yield replace(period, person=by, starts_at=first, ends_at=last)
    if last < period.ends_at:
        yield replace(period, starts_at=last)
