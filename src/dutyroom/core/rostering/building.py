"""From plan, rules, people and calendar to the problem of one stretch of days: `problem_of(sources, first, last)`.

Every turn that begins on one of the days is to be filled; so is what runs into the first of them, unless the roster
before says who holds it. Turns that were served before are part of the problem as facts: rest and limits reach back to
them, and for fairness the year that ends with the last day counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dutyroom.core.calendar.days import Calendar, DayKind, YearMissing
from dutyroom.core.calendar.periods import Declared, day_span, instant_of, periods_on
from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, HOUR, Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import BEGINNING, END, Roster
from dutyroom.core.rostering.problem import (
    ALL,
    HOLIDAY,
    NIGHT,
    WEEKEND,
    Away,
    Held,
    Person,
    PostRule,
    Problem,
    Turn,
    Wish,
    WorkingTime,
)
from dutyroom.core.rostering.rules import EMPTY_WEIGHT, NORMAL_HOURS, PostTurns, RosterRules, SeatRule, Span

REACHES_BACK = timedelta(days=45)  # longer than any month, so that a month's limit sees the whole of it
ROLLING_YEAR = timedelta(days=365)
NIGHT_FROM, NIGHT_UNTIL = time(22), time(6)
NIGHT_LEAST = 4 * HOUR  # half of a night
CLASS_MOST = 12 * HOUR  # half of a day: a week of duty counts as a weekend, a shift by its larger half

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sources:
    """What a problem is made from. `holders` says which posts each person may hold; `before` is the roster so far."""

    plan: Plan
    rules: RosterRules
    holders: Mapping[str, frozenset[str]]
    calendar: Calendar
    declared: tuple[Declared, ...] = ()
    before: Roster | None = None
    raised: Mapping[str, int] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rules.zone)


def problem_of(sources: Sources, first: date, last: date) -> Problem:
    """The problem of all turns that begin from `first` to `last`. Raises YearMissing where no notice is known."""
    for finding in sources.calendar.missing(first, last):
        raise YearMissing(int(finding.fields["year"]))
    days = _Days(sources, last)
    posts = sources.rules.posts.values()
    turns = [turn for post in posts for turn in _turns(days, post, first, last)]
    past, frozen = _past(days, sources, first, last)
    turns += [turn for post in posts for turn in _running(days, post, first) if not _is_held(turn, past)]
    carried = _carried(days, sources, first, last)
    everything = sorted((*past, *turns), key=lambda one: (one.starts_at, one.id))
    begins = instant_of(datetime.combine(first, time.min), sources.zone)
    return Problem(
        sources.rules.zone,
        {one.post: PostRule(one.post, one.rest, one.needs) for one in sources.rules.posts.values()},
        tuple(everything),
        tuple(_people(sources, first, last, carried)),
        {name: weight for name, weight in sources.rules.weights.items() if weight},
        EMPTY_WEIGHT,
        sources.rules.excludes,
        _working(sources, everything, begins),
        frozen,
        frozenset(_seats(turns, sources.rules.fixed, sources.zone)),
        frozenset(_seats(turns, sources.rules.forbidden, sources.zone)),
    )


def unmatched_seats(sources: Sources, problem: Problem, first: date, last: date) -> tuple[Finding, ...]:
    """Fixed or forbidden seats within the days that name a time at which no turn begins."""
    found = []
    turns = [turn for turn in problem.turns if turn.id not in problem.frozen]
    for seat in (*sources.rules.fixed, *sources.rules.forbidden):
        if first <= seat.on <= last and not list(_seats(turns, (seat,), sources.zone)):
            fields = {"person": seat.person, "post": seat.post, "on": str(seat.on)}
            found.append(Finding("rostering.no_such_turn", "error", seat.post, fields))
    return tuple(found)


@dataclass
class _Days:
    """What each local day is: looked up once. A day behind the stretch whose year is not known counts as plain."""

    sources: Sources
    last: date
    kinds: dict[date, DayKind | None] = field(default_factory=dict)
    periods: dict[date, tuple[str, ...]] = field(default_factory=dict)
    spans: dict[date, tuple[Instant, Instant]] = field(default_factory=dict)

    def kind(self, day: date) -> DayKind | None:
        if day not in self.kinds:
            try:
                self.kinds[day] = self.sources.calendar.kind(day)
            except YearMissing:
                self.kinds[day] = None
        return self.kinds[day]

    def in_force(self, day: date) -> tuple[str, ...]:
        if day not in self.periods:
            try:
                self.periods[day] = periods_on(
                    self.sources.plan, self.sources.calendar, self.sources.declared, day, self.sources.zone
                )
            except YearMissing:
                self.periods[day] = ()
        return self.periods[day]

    def span(self, day: date) -> tuple[Instant, Instant]:
        if day not in self.spans:
            self.spans[day] = day_span(day, self.sources.zone)
        return self.spans[day]

    def touched(self, starts_at: Instant, ends_at: Instant, day: date) -> tuple[date, ...]:
        """The local days that the span touches, the first of which is `day`."""
        found = []
        while self.span(day)[0] < ends_at:
            if self.span(day)[1] > starts_at:
                found.append(day)
            day += _DAY
        return tuple(found)


def _turns(days: _Days, post: PostTurns, first: date, last: date) -> Iterator[Turn]:
    """A turn from each handover to the next, or as long as the rule says."""
    zone = days.sources.zone
    beginnings = [
        (instant_of(datetime.combine(day, at), zone), day, at)
        for day in _days(first, last + 8 * _DAY)
        if not post.weekdays or day.weekday() in post.weekdays
        for at in post.handover
    ]
    for (starts_at, day, at), (next_at, _, _) in pairwise(beginnings):
        if day > last:
            return
        ends_at = min(next_at, starts_at + post.length) if post.length else next_at
        if ends_at > starts_at:
            yield _turn(days, post, datetime.combine(day, at), starts_at, ends_at)


def _turn(days: _Days, post: PostTurns, begins: datetime, starts_at: Instant, ends_at: Instant) -> Turn:
    touched = days.touched(starts_at, ends_at, begins.date())
    name = f"{post.post}@{begins:%Y-%m-%dT%H:%M}"
    least = max(_least(days, post, touched), days.sources.raised.get(name, 0))
    return Turn(
        name,
        post.post,
        starts_at,
        ends_at,
        least,
        max(post.ideal, least),
        begins.toordinal(),
        tuple(day.toordinal() for day in touched),
        f"{begins:%Y-%m}",
        _classes(days, touched, starts_at, ends_at),
    )


def _least(days: _Days, post: PostTurns, touched: Iterable[date]) -> int:
    """The most that plan and rules ask on any of the days."""
    periods = {period for day in touched for period in days.in_force(day)}
    plan = days.sources.plan
    asked = [post.least or 1]
    for watch in plan.posts.values():
        if watch.role == post.post and (not watch.during or periods & set(watch.during)):
            asked.append(watch.least)
            asked += [more.least for name, more in watch.in_period.items() if name in periods]
    for quota in plan.quotas:
        if quota.who == post.post and quota.of == "people" and not quota.levels:
            asked.append(quota.least if not quota.during or periods & set(quota.during) else 0)
    asked += [least for period, least in post.in_period.items() if period in periods]
    return max(asked)


def _classes(days: _Days, touched: tuple[date, ...], starts_at: Instant, ends_at: Instant) -> tuple[str, ...]:
    half = min(CLASS_MOST, (ends_at - starts_at) / 2)
    hours = {WEEKEND: 0, HOLIDAY: 0}
    night = 0
    for day in touched:
        begins, ends = days.span(day)
        inside = min(ends, ends_at) - max(begins, starts_at)
        kind = days.kind(day)
        if kind in (DayKind.WEEKEND, DayKind.REST):
            hours[WEEKEND] += inside
        elif kind is DayKind.HOLIDAY:
            hours[HOLIDAY] += inside
        night += _overlap(starts_at, ends_at, begins, begins + _since_midnight(NIGHT_UNTIL))
        night += _overlap(starts_at, ends_at, begins + _since_midnight(NIGHT_FROM), ends)
    found = [ALL]
    if night >= NIGHT_LEAST:
        found.append(NIGHT)
    found += [name for name, inside in hours.items() if inside >= half]
    return tuple(found)


def _overlap(starts_at: Instant, ends_at: Instant, begins: Instant, ends: Instant) -> int:
    return max(0, min(ends_at, ends) - max(starts_at, begins))


def _since_midnight(at: time) -> int:
    return at.hour * HOUR


def _running(days: _Days, post: PostTurns, first: date) -> Iterator[Turn]:
    """What is left of a turn that began before the first day: from midnight to its handover."""
    midnight = days.span(first)[0]
    for turn in _turns(days, post, first - 8 * _DAY, first - _DAY):
        if turn.ends_at > midnight:
            yield _turn(days, post, datetime.combine(first, time.min), midnight, turn.ends_at)


def _is_held(turn: Turn, past: Iterable[Turn]) -> bool:
    return any(one.post == turn.post and one.ends_at > turn.starts_at for one in past)


def _past(
    days: _Days, sources: Sources, first: date, last: date
) -> tuple[list[Turn], dict[str, tuple[str, ...]]]:
    """Turns that were served before the first day, with who held them. What is older than a year counts no points."""
    if sources.before is None:
        return [], {}
    turns, frozen = [], {}
    oldest = (last - ROLLING_YEAR).toordinal()
    for post in sources.rules.posts.values():
        for turn in _turns(days, post, first - REACHES_BACK, first - _DAY):
            holders = _rostered(sources.before, turn)
            if holders:
                counted = turn.classes if turn.day > oldest else ()
                turns.append(replace(turn, least=0, ideal=0, classes=counted))
                frozen[turn.id] = holders
    return turns, frozen


def _carried(days: _Days, sources: Sources, first: date, last: date) -> dict[str, dict[str, int]]:
    """Points of the rolling year, up to where the turns of the problem begin to count themselves."""
    found: dict[str, dict[str, int]] = {}
    if sources.before is None:
        return found
    for post in sources.rules.posts.values():
        for turn in _turns(days, post, last - ROLLING_YEAR + _DAY, first - REACHES_BACK - _DAY):
            for person in _rostered(sources.before, turn):
                points = found.setdefault(person, {})
                for name in turn.classes:
                    points[name] = points.get(name, 0) + 1
    return found


def _rostered(roster: Roster, turn: Turn) -> tuple[str, ...]:
    """Who held the turn by duty periods; who holds the post all the time takes no turns."""
    standing = roster.stand(turn.post, turn.starts_at)
    return tuple(one for one in roster.holders(turn.post, turn.starts_at) if one not in standing)


def _people(
    sources: Sources, first: date, last: date, carried: Mapping[str, Mapping[str, int]]
) -> Iterator[Person]:
    rules, zone = sources.rules, sources.zone
    for number, posts in sorted(sources.holders.items()):
        rotating = posts & set(rules.posts)
        if not rotating:
            continue
        own = rules.people.get(number)
        span = own.span if own else Span()
        starts_at, ends_at = _instants(span, zone)
        yield Person(
            number,
            frozenset(rotating),
            tuple(
                Held(one.name, *_instants(one.span, zone)) for one in rules.qualified if one.person == number
            ),
            starts_at,
            ends_at,
            tuple(Away(*_instants(one.span, zone)) for one in rules.away if one.person == number),
            tuple(
                Wish(*_instants(one.span, zone), one.want, one.weight, one.post)
                for one in rules.wishes
                if one.person == number
            ),
            own.limits if own and own.limits else rules.limits,
            _share(own.share if own else 100, span, first, last),
            carried.get(number, {}),
        )


def _share(percent: int, span: Span, first: date, last: date) -> int:
    """Who comes or goes within the rolling year bears the part of it that they are there."""
    begins = min(first, last - ROLLING_YEAR + _DAY)
    starts = max(begins, span.starts.date()) if span.starts else begins
    ends = min(last + _DAY, span.ends.date()) if span.ends else last + _DAY
    whole = (last + _DAY - begins).days
    return max(1, round(percent * max(0, (ends - starts).days) / whole))


def _working(sources: Sources, turns: Iterable[Turn], begins: Instant) -> WorkingTime | None:
    """The law's month: the hours of its working days, and the overtime allowed on top."""
    rules = sources.rules.working
    if rules is None:
        return None
    months = sorted(
        {turn.month for turn in turns if turn.post in rules.posts and turn.starts_at >= begins - 31 * DAY}
    )
    hours = {month: _normal_hours(sources.calendar, month) + rules.month_overtime for month in months}
    return WorkingTime(rules.posts, rules.day_hours, rules.rest_days, hours if rules.month_overtime else {})


def _normal_hours(calendar: Calendar, month: str) -> int:
    day = date.fromisoformat(f"{month}-01")
    days = (one for one in _days(day, day + 31 * _DAY) if one.month == day.month)
    return NORMAL_HOURS * sum(calendar.is_workday(one) for one in days)


def _seats(turns: Iterable[Turn], seats: Iterable[SeatRule], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    by_post: dict[tuple[str, int], list[Turn]] = {}
    for turn in turns:
        by_post.setdefault((turn.post, turn.day), []).append(turn)
    for seat in seats:
        for turn in by_post.get((seat.post, seat.on.toordinal()), ()):
            if seat.at is None or instant_of(datetime.combine(seat.on, seat.at), zone) == turn.starts_at:
                yield seat.person, turn.id


def _instants(span: Span, zone: ZoneInfo) -> tuple[Instant, Instant]:
    starts = instant_of(span.starts, zone) if span.starts is not None else BEGINNING
    return starts, instant_of(span.ends, zone) if span.ends is not None else END


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * _DAY
