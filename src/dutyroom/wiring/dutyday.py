"""Opens the days of duty as they begin, brings today's up to date when something changed, passes promises on.

A day has the same identifier whoever opens it, so any number of workers may, and one that comes late opens every day
that was missed: what nobody did meanwhile is then a miss that says so. Has no rule of its own (`core.duties`).
"""

import hashlib
import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from dutyroom import wiring
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.commands import OpenDuty, OwedItem, PassOn, SetDuty
from dutyroom.core.duties.localtime import day_of
from dutyroom.core.duties.occurring import (
    DAY,
    Day,
    DutyCase,
    cases_on,
    items_of,
    quiet_for,
    spans_on,
    year_to_enter,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.state import Case
from dutyroom.store.calendars import SiteCalendar, calendar_of
from dutyroom.store.dutyclock import (
    SiteDuty,
    cases_of,
    note_opened,
    passing,
    roster_around,
    sites_due,
)

_LOG = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
# A server that was off for longer than this opens no more days one by one; what lies before is said once.
MOST_DAYS = 92
_SPACE = uuid.UUID("0a1d3c54-6f0e-4a8e-9d55-0f6f1f9c2b77")


class DutyDays:
    """One worker's hand for the days of duty."""

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Keep the days opened, until told to stop. A burst of reports wakes nobody here: once a second is enough."""
        while not stop.is_set():
            look()
            stop.wait(LOOK_SECONDS)


def look(site: str = "") -> int:
    """Open what is to be opened now, at one site or at all; at how many something was due.

    One site's fault is not its neighbours'.
    """
    now = wiring.clock().now()
    due = [one for one in sites_due(wiring.pool(), now) if site in ("", one.site)]
    for one in due:
        try:
            _bring_up_to_date(one, now)
        except Exception:
            _LOG.exception("duty at %s: trying again", one.site)
    return len(due)


def _bring_up_to_date(one: SiteDuty, now: Instant) -> None:
    today = day_of(now, one.zone)
    plan = wiring.record().rules(one.site).plan
    calendar = calendar_of(wiring.pool(), one.site)
    days = one.days_due(today)
    if len(days) > MOST_DAYS:
        _LOG.error("duty at %s: %d days were not opened", one.site, len(days) - MOST_DAYS)
    for day in days[-MOST_DAYS:]:
        _open_day(one, plan, calendar, day, now)
        note_opened(wiring.pool(), one, day, 0)
    if one.is_stale:
        _set_today(one, plan, calendar, today, now)
        _pass_promises(one, now)
        note_opened(wiring.pool(), one, today, one.version)


def _open_day(one: SiteDuty, plan: Plan, calendar: SiteCalendar, day: date, now: Instant) -> None:
    roster = roster_around(wiring.pool(), one, day)
    for case in cases_on(plan, roster, _day(one, plan, calendar, day)):
        # Where duty begins today, what fell due before it began was never owed.
        items = tuple(item for item in case.items if not one.is_new or item.due_at > now)
        if items:
            _open(one, plan, replace(case, items=items))
    missing = _year_missing(calendar, plan, day)
    if missing:
        _open(one, plan, year_to_enter(plan, missing, day, one.zone))


def _set_today(one: SiteDuty, plan: Plan, calendar: SiteCalendar, today: date, now: Instant) -> None:
    """Today's obligations as they are now, and what an edition that has come into force owes beyond the day.

    What is left of yesterday is called by today's hours: the night after a special period is quiet again.
    """
    # A period that was withdrawn, or has ended, asks for nothing more today.
    running = replace(calendar, declared=tuple(each for each in calendar.declared if each.ends_at > now))
    day = _day(one, plan, running, today)
    before = _day(one, plan, calendar, today - timedelta(days=1))
    cases = cases_of(wiring.pool(), one.site, DAY, (before.local, today), now)
    old = [(is_open, case) for is_open, case in cases if case.day == str(before.local)]
    _set_cases(one, plan, old, items_of(plan, roster_around(wiring.pool(), one, before.local), before), day)
    items = items_of(plan, roster_around(wiring.pool(), one, today), day)
    new = _set_cases(one, plan, [pair for pair in cases if pair[1].day == str(today)], items, day)
    new = tuple(item for item in new if item.call_at > now)
    if new:  # no open case of this edition is there to take it
        name = f"{DAY}/{today}" if not cases else f"{DAY}/{today}/{one.version}"
        _open(one, plan, DutyCase(DAY, name, str(today), day.periods, new))
    for case in spans_on(plan, day) if one.is_other_edition else ():
        _open(one, plan, case)


def _set_cases(
    one: SiteDuty, plan: Plan, cases: Sequence[tuple[bool, Case]], items: tuple[OwedItem, ...], day: Day
) -> tuple[OwedItem, ...]:
    """Tell each open case of a day what of it still holds, and the newest of the present edition what is new.

    A case follows the edition it began under. What no open case can take is given back.
    """
    owned = [(is_open, case, _asked_in(case)) for is_open, case in cases]
    known = {name for _, _, names in owned for name in names}
    new = tuple(item for item in items if _name(item) not in known)
    takers = [case.case for is_open, case, _ in owned if is_open and case.edition == plan.source_sha256]
    for is_open, case, names in owned:
        if is_open:
            share = tuple(item for item in items if _name(item) in names)
            _set(one, plan, case, share + (new if takers[-1:] == [case.case] else ()), day)
    return () if takers else new


def _set(one: SiteDuty, plan: Plan, case: Case, items: tuple[OwedItem, ...], day: Day) -> None:
    quiet = quiet_for(plan, DAY, day.periods)
    command = _command(f"{case.case}/{one.version}/{quiet}", items, day.periods)
    wiring.live().act(case.case, SetDuty(command, items, day.periods, quiet))


def _asked_in(case: Case) -> frozenset[tuple[str, str, Instant]]:
    """What the case asks or has asked; what was withdrawn may be asked again."""
    return frozenset(
        (owed.step, owed.role, due.due_at)
        for owed in case.obligations.values()
        for due in owed.dues
        if owed.status != "withdrawn"
    )


def _name(item: OwedItem) -> tuple[str, str, Instant]:
    return (item.step, item.role, item.due_at)


def _pass_promises(one: SiteDuty, now: Instant) -> None:
    roster = roster_around(wiring.pool(), one, day_of(now, one.zone))
    for promise in passing(wiring.pool(), one.site, roster, now):
        passed = f"pass/{promise.case}/{promise.key}/{promise.was}/{promise.to}/{promise.turn_at}"
        name = uuid.uuid5(_SPACE, passed)
        refused = wiring.live().act(promise.case, PassOn(str(name), promise.to, promise.key))
        if isinstance(refused, Refusal):
            _LOG.info("promise %s of %s stays: %s", promise.key, promise.case, refused.code)


def _open(one: SiteDuty, plan: Plan, case: DutyCase) -> None:
    """Open the case; the same again is the same."""
    identity = str(uuid.uuid5(_SPACE, f"{one.site}/{case.name}"))
    command = OpenDuty(
        f"calendar/{identity}", identity, one.site, case.kind, case.day, one.zone, case.items, case.periods,
        quiet_for(plan, case.kind, case.periods),
    )  # fmt: skip
    receipt = wiring.live().open_duty(command)
    if isinstance(receipt, Refusal):
        raise AssertionError(f"{case.name}: {receipt}")


def _day(one: SiteDuty, plan: Plan, calendar: SiteCalendar, day: date) -> Day:
    try:
        periods = calendar.periods_on(plan, day)
    except YearMissing:  # never guessed: what holidays ask is not asked, and somebody has to enter the year
        known = replace(plan, periods={name: one for name, one in plan.periods.items() if not one.holidays})
        periods = calendar.periods_on(known, day)
    secret = wiring.vault().roll_call_key()
    return Day(day, one.zone, periods, one.site, one.since, one.edition_since, secret)


def _year_missing(calendar: SiteCalendar, plan: Plan, day: date) -> int:
    """The year whose notice is wanted within a month and is not known; 0: none."""
    if not any(period.holidays for period in plan.periods.values()):
        return 0
    years = set(calendar.calendar.years())
    return next((at.year for at in _ahead(day) if at.year not in years), 0)


def _ahead(day: date) -> Iterator[date]:
    yield day
    yield day + timedelta(days=31)


def _command(case: str, items: tuple[OwedItem, ...], periods: tuple[str, ...]) -> str:
    return hashlib.sha256(repr((case, items, periods)).encode()).hexdigest()[:32]
