"""Who holds a role at an instant, and through which channels they can be asked, in order.

Knows person identifiers and channel kinds only: names, numbers and addresses never enter the core.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.plan import Plan


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


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """`person` holds `role` from `starts_at` (inclusive) to `ends_at` (exclusive). `place` 0 is first on duty."""

    role: str
    person: str
    starts_at: Instant
    ends_at: Instant
    place: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Standing holders of posts, and duty periods for the posts that rotate."""

    standing: Mapping[str, tuple[str, ...]]
    periods: tuple[DutyPeriod, ...] = ()

    def holders(self, role: str, at: int) -> tuple[str, ...]:
        """Persons holding the role at the instant, in the order in which they are asked. Empty: nobody does."""
        on_duty = sorted(
            (period.place, period.person)
            for period in self.periods
            if period.role == role and period.starts_at <= at < period.ends_at
        )
        persons = [person for _, person in on_duty]
        return tuple(dict.fromkeys([*persons, *self.standing.get(role, ())]))


@dataclass(frozen=True)
class PlanInForce:
    """A plan edition together with the roster and the people it binds to: what `decide` is asked under."""

    plan: Plan
    roster: Roster
    people: Mapping[str, Responder]

    def reachable(self, role: str, at: int) -> tuple[Responder, ...]:
        """Holders of the role at the instant who have at least one channel, in asking order."""
        found = (self.people.get(person) for person in self.roster.holders(role, at))
        return tuple(responder for responder in found if responder and responder.channels)

    def holds(self, person: str, roles: tuple[str, ...], at: int) -> bool:
        """Whether the person holds one of the roles at the instant."""
        return any(person in self.roster.holders(role, at) for role in roles)
