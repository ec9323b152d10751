"""A hole drawn: lanes of people called, with the limit across them; and the days on which it stands open.

Geometry in percent of the width (lanes) and in a grid of days (calendar), for inline SVG with presentation attributes.
The drawing repeats what the text says and nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dutyroom.core.instants import DAY, HOUR, MINUTE, Instant, Milliseconds
from dutyroom.core.proof import Hole, Question
from dutyroom.store.instants import to_datetime
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import span

_TICKS = (
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    DAY,
)
_MOST_TICKS, _MOST_MARKS, _MOST_LANES = 6, 24, 9
_MOST_MONTHS = 14
CELL = 11


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign on a lane: `what` is silent, dead, stale, empty, idle, called, answered."""

    x: str
    what: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One person or post: who, when called on what, and how it went."""

    who: str
    told: str
    left: str
    width: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All lanes on one scale; `limit` is where the time runs out, `answered` where somebody answers at last."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[str, str], ...]
    limit: str
    limit_text: str
    over: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Day:
    x: int
    y: int
    open: bool


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    y: int
    text_y: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days from the first span on, month by month; `count` are those on which the hole stands open."""

    months: tuple[Month, ...]
    count: int
    height: int
    cut: bool


def drawing(hole: Hole, asked: Question, shown: Shown, who: Callable[[str, str], str]) -> Drawing:
    """The course on a straight scale from the opening to the answer, or to half as long again as the limit."""
    ends = max(asked.limit * 3 // 2, min(hole.answered_after or 0, asked.limit * 4) * 11 // 10)
    scale = _Scale(ends)
    found = tuple(_lanes(hole, scale, who))[:_MOST_LANES]
    limit = scale.at(asked.limit)
    text = shown.say("cover.drawing.limit", limit=span(asked.limit, shown.language))
    return Drawing(
        found,
        tuple((scale.text(tick), _beside(tick, asked.limit, ends, shown)) for tick in _ticks(ends)),
        scale.text(asked.limit),
        text,
        f"{100 - limit:.2f}%",
        "end" if limit > 60 else "start",
    )


def calendar(spans: Sequence[tuple[Instant, Instant]], shown: Shown) -> Calendar:
    """A grid of days, a row a month, from the month of the first span to that of the last."""
    days = sorted({day for starts, ends in spans for day in _days(starts, ends, shown)})
    if not days:
        return Calendar((), 0, 0, False)
    opened = set(days)
    months: list[Month] = []
    year, month = days[0].year, days[0].month
    while (year, month) <= (days[-1].year, days[-1].month) and len(months) < _MOST_MONTHS:
        months.append(_month(year, month, len(months), opened))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    cut = (year, month) <= (days[-1].year, days[-1].month)
    return Calendar(tuple(months), len(days), len(months) * (CELL + 3), cut)


def _month(year: int, month: int, row: int, opened: set[date]) -> Month:
    y, day, cells = row * (CELL + 3), date(year, month, 1), []
    while day.month == month:
        cells.append(Day(58 + (day.day - 1) * CELL, y, day in opened))
        day += timedelta(days=1)
    return Month(f"{year}-{month:02}", y, y + CELL - 2, tuple(cells))


def _days(starts: Instant, ends: Instant, shown: Shown) -> Iterator[date]:
    """The days on the wall's calendar that the span touches."""
    local: datetime = to_datetime(starts).astimezone(shown.zone)
    last = to_datetime(ends - 1).astimezone(shown.zone).date()
    day = local.date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _lanes(hole: Hole, scale: "_Scale", who: Callable[[str, str], str]) -> Iterator[Lane]:
    """A lane for everybody called, in order, and for posts that nobody holds then."""
    fates = {(one.offset, one.person, one.channel): one.what for one in hole.course if one.what in _FATES}
    lanes: dict[tuple[str, str], list[tuple[Milliseconds, str]]] = {}
    role_of: dict[str, str] = {}
    for one in hole.course:
        if one.what == "called":
            role_of.setdefault(one.person, one.role)
            fate = fates.get((one.offset, one.person, one.channel), "called")
            lanes.setdefault(("", one.person), []).append((one.offset, fate))
        elif one.what in ("answered", "idle"):
            lanes.setdefault(("", one.person), []).append((one.offset, one.what))
        elif one.what == "empty":
            lanes.setdefault((one.role, ""), []).append((one.offset, "empty"))
    for (role, person), marks in lanes.items():
        seen = [(offset, what) for offset, what in marks if offset <= scale.length][:_MOST_MARKS]
        if not seen:
            continue
        left, right = scale.at(seen[0][0]), scale.at(seen[-1][0])
        yield Lane(
            who(person, role or role_of.get(person, "")),
            _worst(seen),
            f"{left:.2f}%",
            f"{max(0.3, right - left):.2f}%",
            tuple(Mark(scale.text(offset), what) for offset, what in seen),
        )


_FATES = ("silent", "dead", "stale")


def _worst(marks: Sequence[tuple[Milliseconds, str]]) -> str:
    """The lane's one word: answered if ever, else how the first call went."""
    kinds = [what for _, what in marks]
    return next((one for one in ("answered", "idle") if one in kinds), kinds[0])


def _beside(tick: Milliseconds, limit: Milliseconds, ends: Milliseconds, shown: Shown) -> str:
    """The tick's words; none where they would stand in the limit's way."""
    return "" if abs(tick - limit) * 100 < 9 * ends else span(tick, shown.language)


def _ticks(ends: Milliseconds) -> Iterator[Milliseconds]:
    step = next((one for one in _TICKS if ends // one <= _MOST_TICKS), DAY)
    yield from range(step, ends, step) if ends // step <= 3 * _MOST_TICKS else ()


class _Scale:
    """Offsets as percent of the width."""

    def __init__(self, length: Milliseconds) -> None:
        self.length = max(1, length)

    def at(self, offset: Milliseconds) -> float:
        return 2 + 96 * min(offset, self.length) / self.length

    def text(self, offset: Milliseconds) -> str:
        return f"{self.at(offset):.2f}%"
