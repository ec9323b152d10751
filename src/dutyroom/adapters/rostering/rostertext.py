"""A roster as a file that a supervisor reads and `read_roster` reads back: `roster_text(roster, ...)`.

One block a post, one line a turn with its date, months and holidays marked beside. Turns that no rule of handovers
gives (a post of some hours a day, a break) become blocks of their own. Staff numbers only, as everywhere in a roster.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rosterfile import WEEKDAYS
from dutyroom.wording import say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)

HolidayOf = Callable[[date], str]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn in local time, and who holds it, first on duty first."""

    starts: datetime
    ends: datetime
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """When turns change: at these times, on these days of the week (none: every day)."""

    times: tuple[time, ...]
    weekdays: tuple[int, ...]

    def borders(self, starts: datetime, ends: datetime) -> list[datetime]:
        days = range((ends.date() - starts.date()).days + 1)
        moments = (datetime.combine(starts.date() + day * _DAY, at) for day in days for at in self.times)
        inside = [
            one
            for one in moments
            if starts < one < ends and (not self.weekdays or one.weekday() in self.weekdays)
        ]
        return [starts, *inside, ends]


def roster_text(
    roster: Roster, plan: str, zone: str, lang: str, holiday: HolidayOf, notes: Sequence[str] = ()
) -> str:
    """The whole file. `holiday` names the holiday of a day, or is empty; `notes` stand as remarks at its head."""
    lines = [f"# {note}" for note in (say("rostermaking.head", lang), *notes)]
    lines += ["", f"roster: {{plan: {plan}, zone: {zone}}}"]
    if roster.standing:
        lines += ["", f"# {say('rostermaking.standing', lang)}", "posts:"]
        lines += [f"  {post}: [{', '.join(persons)}]" for post, persons in roster.standing.items()]
    if roster.periods:
        lines += ["", f"# {say('rostermaking.duty', lang)}", "duty:"]
        for post, turns in _by_post(roster.periods, ZoneInfo(zone)):
            for block in _blocks(turns):
                lines += _block(post, block, lang, holiday)
    return "\n".join(lines) + "\n"


def _by_post(periods: Sequence[DutyPeriod], zone: ZoneInfo) -> Iterator[tuple[str, list[_Turn]]]:
    ordered = sorted(periods, key=lambda one: (one.role, one.starts_at, one.ends_at, one.place))
    for post, of_post in groupby(ordered, key=lambda one: one.role):
        turns = [
            _Turn(_local(starts, zone), _local(ends, zone), tuple(one.person for one in together))
            for (starts, ends), together in groupby(of_post, key=lambda one: (one.starts_at, one.ends_at))
        ]
        yield post, turns


def _blocks(turns: list[_Turn]) -> Iterator[list[_Turn]]:
    """Runs of turns that follow on each other, each in one rhythm; else every turn by itself."""
    run: list[_Turn] = []
    for turn in turns:
        if run and run[-1].ends != turn.starts:
            yield from _in_rhythm(run)
            run = []
        run.append(turn)
    yield from _in_rhythm(run)


def _in_rhythm(run: list[_Turn]) -> Iterator[list[_Turn]]:
    expected = [run[0].starts, *(turn.ends for turn in run)]
    if _rhythm(run).borders(run[0].starts, run[-1].ends) == expected:
        yield run
    else:
        yield from ([turn] for turn in run)


def _rhythm(run: Sequence[_Turn]) -> _Rhythm:
    changes = [later.starts for _, later in pairwise(run)]
    if not changes:
        return _Rhythm((run[0].starts.time(),), (run[0].starts.weekday(),))
    times = tuple(sorted({one.time() for one in changes}))
    days = {one.weekday() for one in changes}
    daily = all(later - earlier < 2 * _DAY for earlier, later in pairwise(changes))
    return _Rhythm(times, () if daily and len(changes) > 1 else tuple(sorted(days)))


def _block(post: str, turns: list[_Turn], lang: str, holiday: HolidayOf) -> Iterator[str]:
    rhythm = _rhythm(turns)
    starts, ends = turns[0].starts, turns[-1].ends
    plain = not rhythm.weekdays and starts.time() == ends.time() == rhythm.times[0]
    yield f"  - post: {post}"
    yield f"    from: {starts.date() if plain else f'{starts:%Y-%m-%d %H:%M}'}"
    yield f"    until: {ends.date() - _DAY if plain else f'{ends:%Y-%m-%d %H:%M}'}"
    times = [f'"{one:%H:%M}"' for one in rhythm.times]
    yield f"    handover: {times[0] if len(times) == 1 else '[' + ', '.join(times) + ']'}"
    if rhythm.weekdays:
        yield f"    weekdays: [{', '.join(WEEKDAYS[day] for day in rhythm.weekdays)}]"
    yield "    turn:"
    month = ""
    for turn in turns:
        if f"{turn.starts:%Y-%m}" != month:
            month = f"{turn.starts:%Y-%m}"
            yield f"      # {month}"
        yield f"      - [{', '.join(turn.persons)}]  # {_dated(turn, len(times) > 1, lang, holiday)}"


def _dated(turn: _Turn, several: bool, lang: str, holiday: HolidayOf) -> str:
    """`02-06 六 春节`: the day on which the turn begins; a holiday that it touches is named."""
    at = f" {turn.starts:%H:%M}" if several else ""
    days = (turn.ends - timedelta(seconds=1)).date() - turn.starts.date()
    touched = (turn.starts.date() + number * _DAY for number in range(days.days + 1))
    names = list(dict.fromkeys(name for name in map(holiday, touched) if name))
    weekday = say(f"rostermaking.weekday.{turn.starts.weekday()}", lang)
    return " ".join([f"{turn.starts:%m-%d}{at}", weekday, *names])


def _local(at: int, zone: ZoneInfo) -> datetime:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).replace(tzinfo=None)
