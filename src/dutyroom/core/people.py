"""What is known of a holder of duty roles beside the channels, and what leave does to duty.

Staff numbers or identifiers stand for people; names and addresses never enter here. Leave has a kind that rostering
needs and nothing else: no reason, no medical word.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dutyroom.core.instants import Instant
from dutyroom.core.roster import BEHIND, DutyPeriod, Roster

LEAVE_KINDS = ("annual", "sick", "other")


@dataclass(frozen=True, slots=True)
class Qualification:
    """What somebody is certified for. `until` is the instant from which on it no longer counts; None: for good."""

    name: str
    until: Instant | None = None

    def counts_at(self, at: Instant) -> bool:
        """Whether it has not run out at the instant."""
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True)
class Leave:
    """`person` is away from `starts_at` (inclusive) to `ends_at` (exclusive). `wished` is not granted yet."""

    starts_at: Instant
    ends_at: Instant
    kind: str = "other"
    wished: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder of duty roles as rostering needs one. `posts` are the roles that may be held, `deputies` in order.

    `starts_at` None: since ever; `ends_at` None: no end is known.
    """

    person: str
    posts: tuple[str, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    leave: tuple[Leave, ...] = ()
    deputies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("zh",)
    starts_at: Instant | None = None
    ends_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A span in which somebody really holds a post: leave and what lies outside the own dates are taken off.

    `standing` posts have no turns: of several their order (`place`) says who is asked first.
    """

    role: str
    person: str
    place: int
    standing: bool
    starts_at: Instant
    ends_at: Instant


def roster_of(held: Iterable[Held], first: Instant, last: Instant) -> Roster:
    """The roster of those spans. Standing is a post whose holders are all there from `first` to `last`.

    Where one of them is away meanwhile, all of the post's holders become spans, so that their order stays.
    """
    spans = [one for one in held if not (one.standing and one.ends_at <= first)]
    broken = {
        one.role for one in spans if one.standing and not (one.starts_at <= first and one.ends_at > last)
    }
    standing: dict[str, list[str]] = {}
    periods = []
    for one in spans:
        if one.standing and one.role not in broken:
            standing.setdefault(one.role, []).append(one.person)
        else:
            place = one.place + (BEHIND if one.standing else 0)
            periods.append(DutyPeriod(one.role, one.person, one.starts_at, one.ends_at, place))
    return Roster({role: tuple(dict.fromkeys(people)) for role, people in standing.items()}, tuple(periods))
