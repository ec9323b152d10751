"""What the calendar makes due on a day: `cases_on(plan, roster, day) -> cases`, each with its obligations and instants.

A duty day holds what belongs to the day: handovers, roll calls, daily reports and their summaries. What comes once a
week or more seldom is a case of its own that opens with its span: a round, or the upkeep of the plan. Which periods
are in force on a day, and where unannounced roll calls fall, is told; this module knows no calendar and no chance.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dutyroom.core.commands import OwedItem
from dutyroom.core.duties.localtime import instant_of, quiet_until
from dutyroom.core.duties.spans import Span, span_at
from dutyroom.core.duties.steps import (
    CALENDAR,
    HANDOVER,
    HANDOVER_WITHIN,
    REACHED_WITHIN,
    ROLL_CALL,
    SUMMARY,
    YEAR,
    asks_roll_calls,
    told,
)
from dutyroom.core.instants import HOUR, MINUTE, Instant, Milliseconds
from dutyroom.core.plan import ClockKind, Plan
from dutyroom.core.roster import Roster
from dutyroom.core.surroundings import CalendarDuty, Post, PostInPeriod

DAY, ROUND, UPKEEP = "duty", "round", "upkeep"
KINDS = (DAY, ROUND, UPKEEP)

HANDED_EARLY = 30 * MINUTE  # so long before the turn the next one may accept it already
REPORTED_EARLY = HOUR  # so long before its time a daily report counts for the day
SUMMED_AFTER, SUMMARY_WITHIN = 5 * MINUTE, 2 * HOUR
CHECKED_AT = "16:00"  # when somebody is reminded of a daily check without a time of day
REMINDED_AT = "09:00"


@dataclass(frozen=True, slots=True)
class DutyCase:
    """A case that the calendar opens. `name` is its own within the site: `duty/2027-02-06`, `round/heat/2027-06-01`."""

    kind: str
    name: str
    day: str
    periods: tuple[str, ...]
    items: tuple[OwedItem, ...]


@dataclass(frozen=True)
class Day:
    """A local day of a site: the plan's periods in force on it, and since when duty has run there.

    `edition_since` is the day on which the plan's edition came into force. Without `secret` anybody could work out when
    the unannounced roll calls come; drills have none to keep.
    """

    local: date
    zone: str
    periods: tuple[str, ...] = ()
    site: str = ""
    since: date | None = None
    edition_since: date | None = None
    secret: bytes = b""

    def at(self, time: str) -> Instant:
        """The instant of a time of the day."""
        return instant_of(self.local, time, self.zone)


def cases_on(plan: Plan, roster: Roster, day: Day) -> tuple[DutyCase, ...]:
    """The cases that open on the day. Whatever the plan says, the same day always gives the same cases."""
    found = []
    items = items_of(plan, roster, day)
    if items:
        found.append(DutyCase(DAY, f"{DAY}/{day.local}", str(day.local), day.periods, items))
    found += [one for one in spans_on(plan, day) if one.day == str(day.local)]
    return tuple(found)


def spans_on(plan: Plan, day: Day) -> tuple[DutyCase, ...]:
    """The rounds and upkeep whose span the day lies in, opened then or before: what an edition owes from its first day.

    A span has the same name on each of its days, so that opening it again is no second one.
    """
    found = []
    for duty in plan.calendar:
        since = day.edition_since or day.since if duty.every == "edition" else day.since
        span = span_at(plan, duty, day.local, since)
        if span is not None and span.last >= day.local:
            found.append(_of_span(plan, duty, span, day))
    return tuple(found)


def items_of(plan: Plan, roster: Roster, day: Day) -> tuple[OwedItem, ...]:
    """What belongs to the day itself, in order of time."""
    found = [*_handovers(plan, roster, day)]
    for post in plan.posts.values():
        if asks_roll_calls(post):
            found.extend(_roll_calls(plan, post, day))
    for duty in plan.calendar:
        if duty.every == "day" and holds_on(duty.during, day.periods):
            found.extend(_daily(plan, duty, day))
    return tuple(sorted(found, key=lambda one: (one.call_at, one.due_at, one.step, one.role)))


def holds_on(during: Sequence[str], periods: Sequence[str]) -> bool:
    """Whether something that is limited to periods (none: always) holds while these are in force."""
    return not during or any(name in periods for name in during)


def quiet_for(plan: Plan, kind: str, periods: Sequence[str]) -> str:
    """The hours in which nobody is called for a case of that kind while these periods are in force.

    In a special period what belongs to the day is called for at night too. A round or the upkeep of the plan can wait
    until the morning in any of them. Where a period begins or ends while the case runs, `SetDuty` brings the new hours.
    """
    return "" if kind == DAY and periods else plan.defaults.quiet


def limit_of(post: Post, periods: Sequence[str]) -> Milliseconds:
    """How fast the post is reached while the periods hold: the shortest that any of them, or the post, says."""
    said = [post.reached_within, *(rule.reached_within for rule in _rules(post, periods))]
    return min((one for one in said if one), default=REACHED_WITHIN)


def least_of(post: Post, periods: Sequence[str]) -> int:
    """How many keep the post while the periods hold: the most that any of them, or the post, says."""
    return max(post.least, *(rule.least for rule in _rules(post, periods)), 0)


def _rules(post: Post, periods: Sequence[str]) -> list[PostInPeriod]:
    return [rule for name, rule in post.in_period.items() if name in periods]


# ---- handovers


def _handovers(plan: Plan, roster: Roster, day: Day) -> Iterator[OwedItem]:
    """One for each change of who is first on duty, where the one before and the one after are both known."""
    starts, ends = day.at("00:00"), day.at("24:00")
    roles: dict[str, Post] = {}
    for post in plan.posts.values():
        if holds_on(post.during, day.periods):
            roles.setdefault(post.role, post)
    for role, post in roles.items():
        within = post.handover_within or HANDOVER_WITHIN
        clock = ClockKind.HARD if post.handover_within else ClockKind.DEFAULT
        for at in handover_times(roster, role, starts, ends):
            yield OwedItem(f"{HANDOVER}.{role}", role, at + within, at, at - HANDED_EARLY, clock)


def handover_times(roster: Roster, role: str, starts: Instant, ends: Instant) -> tuple[Instant, ...]:
    """When the post passes to somebody who did not hold it, as planned, from `starts` (inclusive) to `ends`."""
    return tuple(
        at
        for at in roster.changes(role)
        if starts <= at < ends
        and (before := roster.planned(role, at - 1))
        and (after := roster.planned(role, at))
        and set(after) - set(before)
    )


# ---- roll calls


def _roll_calls(plan: Plan, post: Post, day: Day) -> Iterator[OwedItem]:
    limit = limit_of(post, day.periods)
    clock = ClockKind.HARD if limit != REACHED_WITHIN or post.reached_within else ClockKind.DEFAULT
    for at in roll_call_times(plan, post, day):
        yield OwedItem(f"{ROLL_CALL}.{post.id}", post.role, at + limit, at, at, clock)


def roll_call_times(plan: Plan, post: Post, day: Day) -> tuple[Instant, ...]:
    """The instants of the day at which the post is asked. At night only in a special period."""
    if not holds_on(post.during, day.periods):
        return ()
    asked = [post.roll_calls] if post.roll_calls and holds_on(post.roll_calls.during, day.periods) else []
    asked += [rule.roll_calls for rule in _rules(post, day.periods) if rule.roll_calls]
    times = {day.at(at) for one in asked for at in one.at}
    times |= set(_unannounced(plan, post, max((one.unannounced for one in asked), default=0), day))
    quiet = "" if day.periods else plan.defaults.quiet
    return tuple(sorted(at for at in times if quiet_until(at, quiet, day.zone) is None))


def _unannounced(plan: Plan, post: Post, count: int, day: Day) -> Iterator[Instant]:
    """Spread over the day so that nobody can tell when, and the same whoever works it out."""
    starts, ends = day.at("00:00"), day.at("24:00")
    for number in range(count):
        name = f"{plan.id}/{day.site}/{post.id}/{day.local}/{number}"
        drawn = int.from_bytes(hmac.new(day.secret, name.encode(), "sha256").digest()[:8])
        yield starts + drawn % ((ends - starts) // MINUTE) * MINUTE


# ---- what is owed every day


def _daily(plan: Plan, duty: CalendarDuty, day: Day) -> Iterator[OwedItem]:
    within = duty.within
    times: set[str] = {duty.at} if duty.at else set()
    for name, rule in duty.in_period.items():
        if name in day.periods:
            times |= set(rule.at)
            within = min(one for one in (rule.within, within, plan.defaults.done) if one)
    roles = plan.members(duty.who)
    clock = ClockKind.HARD if within else ClockKind.DEFAULT
    for time in sorted(times):
        at = day.at(time)
        due_at = at + (within or plan.defaults.done)
        # Half of the time is left to who reports without being asked; then they are reminded.
        call_at = at + (due_at - at) // 2
        early = at - REPORTED_EARLY
        yield from (OwedItem(f"{CALENDAR}.{duty.id}", role, due_at, call_at, early, clock) for role in roles)
        for role in told(plan, duty):
            summed = due_at + SUMMED_AFTER
            step = f"{SUMMARY}.{duty.id}.{role}"
            yield OwedItem(step, role, summed + SUMMARY_WITHIN, summed, None, ClockKind.DEFAULT)
    if not times:
        end = day.at("24:00")
        for role in roles:
            yield OwedItem(f"{CALENDAR}.{duty.id}", role, end, day.at(CHECKED_AT))


# ---- what comes more seldom


def _of_span(plan: Plan, duty: CalendarDuty, span: Span, day: Day) -> DutyCase:
    kind = ROUND if duty.kind == "inspection" else UPKEEP
    due_at = instant_of(span.last, "24:00", day.zone)
    reminded = span.last - timedelta(days=max(1, (span.last - span.first).days // 5))
    call_at = instant_of(max(span.first, reminded), REMINDED_AT, day.zone)
    items = tuple(OwedItem(f"{CALENDAR}.{duty.id}", role, due_at, call_at) for role in plan.members(duty.who))
    return DutyCase(kind, f"{kind}/{duty.id}/{span.first}", str(span.first), day.periods, items)


def year_to_enter(plan: Plan, year: int, day: date, zone: str) -> DutyCase:
    """Nobody knows yet which days of the year are off: somebody enters the official notice, before it is needed."""
    first = date(year, 1, 1)
    due = max(day + timedelta(days=1), min(first - timedelta(days=7), day + timedelta(days=14)))
    role = plan.defaults.last_rung
    item = OwedItem(YEAR, role, instant_of(due, "24:00", zone), instant_of(day, "09:00", zone))
    return DutyCase(UPKEEP, f"{UPKEEP}/year/{year}", str(day), (), (item,))
