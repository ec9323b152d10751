"""The turns of duty of a site in a span, as the calendar shows them: by post, by person, day by day.

A turn stands on the day on which it begins; one of more than a day also on every day whose noon it holds. Reads rows,
puts them in order and in words; refuses to know who should be on duty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Plan
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Duty, Leave, Site
from dutyroom.web.roster.days import Day
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import role_name

_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of duty. `days` are those on which it is shown, the first being where it stands first in the span.

    `away`: its holder is on leave or has left for a part of it, so somebody has to be found. Why is not known here.
    """

    id: str
    role: str
    post: str
    short: str
    place: int
    person: str
    name: str
    starts_at: Instant
    ends_at: Instant
    since: str
    until: str
    clock: str
    days: tuple[date, ...]
    now: bool
    over: bool
    mine: bool
    away: bool


@dataclass(frozen=True, slots=True)
class Empty:
    """A span in which nobody is first on duty at a post that turns fill before and after it.

    `covered`: somebody else of the post stands there all the time.
    """

    role: str
    post: str
    starts_at: Instant
    ends_at: Instant
    since: str
    until: str
    day: date
    covered: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of one row."""

    day: Day
    turns: tuple[Turn, ...]
    empty: tuple[Empty, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the grid: a place of a post, or a person."""

    key: str
    name: str
    beside: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A day of the list on a phone."""

    day: Day
    turns: tuple[Turn, ...]
    empty: tuple[Empty, ...]


def turns_of(
    site: Site, plan: Plan, span: tuple[Instant, Instant], shown: Shown, reader: str
) -> tuple[Turn, ...]:
    """The turns that touch the span, in the plan's order of posts, then by place and time."""
    rows = list(
        Duty.objects.filter(
            site=site, standing=False, starts_at__lt=to_datetime(span[1]), ends_at__gt=to_datetime(span[0])
        )
        .select_related("person")
        .order_by("place", "starts_at", "id")
    )
    order = {role: number for number, role in enumerate(plan.roles)}
    gone = _gone(rows)
    found = [_turn(row, plan, span, shown, reader, row.pk in gone) for row in rows]
    return tuple(sorted(found, key=lambda one: (order.get(one.role, len(order)), one.role, one.place)))


def standing_of(site: Site, plan: Plan, shown: Shown) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Posts that are held without turns, with their holders in order."""
    at = to_datetime(shown.now)
    rows = Duty.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), site=site, standing=True, starts_at__lte=at
    )
    held: dict[str, list[str]] = {}
    for row in rows.select_related("person").order_by("place", "id"):
        held.setdefault(row.role, []).append(row.person.name)
    ordered = [role for role in plan.roles if role in held] + sorted(set(held) - set(plan.roles))
    return tuple((role_name(plan, role, shown.language), tuple(held[role])) for role in ordered)


def empties_of(turns: Sequence[Turn], span: tuple[Instant, Instant], shown: Shown) -> tuple[Empty, ...]:
    """Where nobody is first on duty, between the first and the last turn of the post that can be seen."""
    found: list[Empty] = []
    for role in dict.fromkeys(one.role for one in turns):
        own = [one for one in turns if one.role == role]
        spans = sorted((one.starts_at, one.ends_at) for one in own if one.place == 0)
        reached = max(spans[0][0], span[0]) if spans else span[1]
        for starts, ends in spans:
            if starts > reached:
                found.append(_empty(own, (reached, starts), shown))
            reached = max(reached, ends)
    return tuple(found)


def _empty(own: Sequence[Turn], gap: tuple[Instant, Instant], shown: Shown) -> Empty:
    covered = any(one.starts_at <= gap[0] and gap[1] <= one.ends_at for one in own)
    times, day = (shown.time(gap[0]), shown.time(gap[1])), _local(gap[0], shown).date()
    return Empty(own[0].role, own[0].post, *gap, *times, day, covered)


def by_post(days: Sequence[Day], turns: Sequence[Turn], empties: Sequence[Empty], shown: Shown) -> list[Row]:
    """A line for each place of each post that is held in turns."""
    rows = []
    for role, place in dict.fromkeys((one.role, one.place) for one in turns):
        own = [one for one in turns if (one.role, one.place) == (role, place)]
        holes = [one for one in empties if one.role == role and place == 0]
        places = {one.place for one in turns if one.role == role}
        beside = shown.say("rosterpages.place", number=place + 1) if len(places) > 1 else ""
        clocks = sorted({_clock(one.starts_at, shown) for one in own})
        handover = shown.say("rosterpages.handover", times=" ".join(clocks[:4]))
        rows.append(
            Row(
                f"{role}:{place}",
                own[0].post,
                " · ".join(part for part in (beside, handover) if part),
                _cells(days, own, holes),
            )
        )
    return rows


def by_person(days: Sequence[Day], turns: Sequence[Turn], others: Iterable[tuple[str, str]]) -> list[Row]:
    """A line for each person with a turn, then for those who might take one: (id, name)."""
    names = {one.person: one.name for one in turns} | dict(others)
    order = sorted(names, key=lambda person: (names[person], person))
    return [
        Row(
            person, names[person], "", _cells(days, sorted_by_time(one for one in turns if one.person == person), [])
        )
        for person in order
    ]  # fmt: skip


def by_day(days: Sequence[Day], turns: Sequence[Turn], empties: Sequence[Empty]) -> list[Listed]:
    """The days one after the other."""
    ordered = sorted_by_time(turns)
    return [
        Listed(
            day,
            tuple(one for one in ordered if day.date in one.days),
            tuple(one for one in empties if one.day == day.date),
        )
        for day in days
    ]


def sorted_by_time(turns: Iterable[Turn]) -> list[Turn]:
    return sorted(turns, key=lambda one: (one.starts_at, one.role, one.place))


def _gone(rows: Sequence[Duty]) -> set[int]:
    """Of these turns those whose holder is not there all the time."""
    ids = {row.person_id for row in rows}
    leave: dict[object, list[Leave]] = {}
    for one in Leave.objects.filter(person__in=ids, state="noted").only("person_id", "starts_at", "ends_at"):
        leave.setdefault(one.person_id, []).append(one)
    return {
        row.pk
        for row in rows
        if row.ends_at
        and (
            any(
                one.starts_at < row.ends_at and row.starts_at < one.ends_at
                for one in leave.get(row.person_id, ())
            )
            or (row.person.ends_at is not None and row.person.ends_at < row.ends_at)
        )
    }


def _turn(
    row: Duty, plan: Plan, span: tuple[Instant, Instant], shown: Shown, reader: str, away: bool
) -> Turn:
    starts, ends = from_datetime(row.starts_at), from_datetime(row.ends_at) if row.ends_at else span[1]
    return Turn(
        str(row.pk),
        row.role,
        role_name(plan, row.role, shown.language),
        _short(role_name(plan, row.role, shown.language)),
        row.place,
        str(row.person_id),
        row.person.name,
        starts,
        ends,
        shown.time(starts),
        shown.time(ends),
        _hours(starts, ends, shown),
        tuple(_days(starts, ends, shown)),
        starts <= shown.now < ends,
        ends <= shown.now,
        str(row.person_id) == reader,
        away,
    )


def _hours(starts: Instant, ends: Instant, shown: Shown) -> str:
    """From when until when on its day; of a turn of several days, which days."""
    if ends - starts > DAY:
        return f"{_local(starts, shown):%m-%d}–{_local(ends, shown):%m-%d}"
    return f"{_clock(starts, shown)}–{_clock(ends, shown)}"


def _short(name: str) -> str:
    """A post's name where there is room for three characters: initials of words, or the first characters."""
    words = name.split()
    return "".join(word[0].upper() for word in words)[:3] if len(words) > 1 else name[:3]


def _days(starts: Instant, ends: Instant, shown: Shown) -> Iterable[date]:
    """The day it begins, and each later one whose noon it holds, if it is longer than a day."""
    begins, over = _local(starts, shown), _local(ends, shown)
    yield begins.date()
    if ends - starts > DAY:
        day = begins.date() + timedelta(days=1)
        while datetime.combine(day, _NOON, shown.zone) < over:
            yield day
            day += timedelta(days=1)


def _cells(days: Sequence[Day], turns: Iterable[Turn], empties: Iterable[Empty]) -> tuple[Cell, ...]:
    at: dict[date, list[Turn]] = {}
    for turn in turns:
        for day in turn.days:
            at.setdefault(day, []).append(turn)
    holes: dict[date, list[Empty]] = {}
    for one in empties:
        holes.setdefault(one.day, []).append(one)
    return tuple(Cell(day, tuple(at.get(day.date, ())), tuple(holes.get(day.date, ()))) for day in days)


def _clock(instant: Instant, shown: Shown) -> str:
    return f"{_local(instant, shown):%H:%M}"


def _local(instant: Instant, shown: Shown) -> datetime:
    return to_datetime(instant).astimezone(shown.zone)
