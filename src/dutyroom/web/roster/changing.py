"""Which turns a wish moves: somebody takes a turn, two exchange theirs, somebody moves into an empty place.

Reads what a form or a drag asked for, and gives the moves or the code of why not. Changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dutyroom.core.calendar.periods import day_span
from dutyroom.core.plan import Plan
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Duty, Person, Site
from dutyroom.store.rostering import Move
from dutyroom.web.roster.turns import empties_of, turns_of
from dutyroom.web.showing import Shown

FIELDS = ("turn", "to", "onto", "line", "day", "by")


@dataclass(frozen=True, slots=True)
class Wished:
    """What would move; or `fault`, the code of why nothing can. `turn` is the turn it began from."""

    turn: Duty | None
    moves: tuple[Move, ...] = ()
    fault: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        found = [one for move in self.moves for one in (move.leaves, move.takes) if one]
        return tuple(dict.fromkeys(found))


def wished(site: Site, plan: Plan, asked: Mapping[str, str], shown: Shown) -> Wished:
    """The moves that were asked for."""
    turn = turn_of(site, asked.get("turn", ""))
    if turn is None or turn.ends_at is None:
        return Wished(None, fault="rosterpages.fault.no_turn")
    if from_datetime(turn.ends_at) <= shown.now:
        return Wished(turn, fault="rosterpages.turn_over")
    if asked.get("to"):
        return _taken_by(site, turn, asked["to"])
    other = turn_of(site, asked.get("onto", ""))
    if other is not None and other.pk != turn.pk:
        return _exchanged(turn, other, shown)
    if asked.get("by") == "person" and other is None:
        return _onto_person(site, turn, asked, shown)
    if asked.get("by") == "post" and other is None:
        return _into_empty(site, plan, turn, asked, shown)
    return Wished(turn, fault="rosterpages.nothing_moves")


def turn_of(site: Site, text: str) -> Duty | None:
    """A turn of the site by its number, as it came in an address."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return Duty.objects.filter(site=site, standing=False, pk=int(text)).select_related("person").first()


def moves_of(turn: Duty, takes: str) -> Move:
    """The whole turn passes to another; what of it has begun by then stays."""
    assert turn.ends_at is not None
    span = (from_datetime(turn.starts_at), from_datetime(turn.ends_at))
    return Move(turn.role, turn.place, *span, str(turn.person_id), takes)


def _taken_by(site: Site, turn: Duty, text: str) -> Wished:
    person = _person(site, text)
    if person is None:
        return Wished(turn, fault="rosterpages.fault.nobody")
    if person == str(turn.person_id):
        return Wished(turn, fault="rosterpages.nothing_moves")
    return Wished(turn, (moves_of(turn, person),))


def _exchanged(turn: Duty, other: Duty, shown: Shown) -> Wished:
    if other.ends_at is None or from_datetime(other.ends_at) <= shown.now:
        return Wished(turn, fault="rosterpages.turn_over")
    if other.person_id == turn.person_id:
        return Wished(turn, fault="rosterpages.fault.same_person")
    return Wished(turn, (moves_of(turn, str(other.person_id)), moves_of(other, str(turn.person_id))))


def _onto_person(site: Site, turn: Duty, asked: Mapping[str, str], shown: Shown) -> Wished:
    """Let go of on a person's line: on the turn's own day that person takes it; on another there is nothing to take."""
    if _day(asked) != shown.day_of(turn.starts_at):
        return Wished(turn, fault="rosterpages.fault.other_day")
    return _taken_by(site, turn, asked.get("line", ""))


def _into_empty(site: Site, plan: Plan, turn: Duty, asked: Mapping[str, str], shown: Shown) -> Wished:
    """Let go of on a post's line where nobody stands: the person leaves the turn and takes the empty span."""
    role, _, place = asked.get("line", "").partition(":")
    day = _day(asked)
    if day is None or place != "0":
        return Wished(turn, fault="rosterpages.fault.no_place")
    span = (day_span(day, shown.zone)[0], day_span(day, shown.zone)[1])
    around = (span[0] - 8 * (span[1] - span[0]), span[1] + 8 * (span[1] - span[0]))
    turns = turns_of(site, plan, around, shown, "")
    gap = next((one for one in empties_of(turns, around, shown) if one.role == role and one.day == day), None)
    if gap is None or gap.ends_at <= shown.now:
        return Wished(turn, fault="rosterpages.fault.no_place")
    taken = Move(role, 0, max(gap.starts_at, shown.now), gap.ends_at, "", str(turn.person_id))
    return Wished(turn, (moves_of(turn, ""), taken))


def _person(site: Site, text: str) -> str | None:
    try:
        found = Person.objects.filter(tenant=site.tenant, pk=UUID(text)).first()
    except ValueError:
        return None
    return str(found.pk) if found else None


def _day(asked: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return None
