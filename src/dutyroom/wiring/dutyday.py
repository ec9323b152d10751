"""Opens the days of duty as they begin, brings today's up to date when something changed, passes promises on.

A day has the same identifier whoever opens it, so any number of workers may, and one that comes late opens every day
that was missed: what nobody did meanwhile is then a miss that says so. Has no rule of its own (`core.duties`).
"""

import hashlib
import logging
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from dutyroom import wiring
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.commands import OpenDuty, OwedItem, PassOn, SetDuty
from dutyroom.core.duties.localtime import day_of
from dutyroom.core.duties.occurring import DAY, Day, DutyCase, cases_on, items_of, year_to_enter
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.store.calendars import SiteCalendar, calendar_of
from dutyroom.store.dutyclock import (
    SiteDuty,
    note_opened,
    open_cases,
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
    """The obligations of today's open case as they are now; where it has ended, what is new opens another.

    What is left of yesterday is called by today's hours: the night after a special period is quiet again.
    """
    day = _day(one, plan, calendar, today)
    items = items_of(plan, roster_around(wiring.pool(), one, today), day)
    name, before = f"{DAY}/{today}", today - timedelta(days=1)
    still_open = open_cases(wiring.pool(), one.site, DAY)
    if _identity(one.site, f"{DAY}/{before}") in still_open:
        past = _day(one, plan, calendar, before)
        _set(
            one, f"{DAY}/{before}", plan, day, items_of(plan, roster_around(wiring.pool(), one, before), past)
        )
    if _identity(one.site, name) in still_open:
        _set(one, name, plan, day, items)
        return
    new = tuple(item for item in items if item.call_at > now)
    opened = _open(one, plan, DutyCase(DAY, name, str(today), day.periods, new)) if new else None
    if opened is not None and opened[1]:
        _open_what_is_new(one, plan, opened[0], DutyCase(DAY, name, str(today), day.periods, new))


def _set(one: SiteDuty, name: str, plan: Plan, day: Day, items: tuple[OwedItem, ...]) -> None:
    case, quiet = _identity(one.site, name), "" if day.periods else plan.defaults.quiet
    command = _command(f"{case}/{one.version}/{quiet}", items, day.periods)
    wiring.live().act(case, SetDuty(command, items, day.periods, quiet))


def _open_what_is_new(one: SiteDuty, plan: Plan, ended: str, case: DutyCase) -> None:
    with wiring.record().hold(ended) as held:
        known = {
            (owed.step, owed.role, due.due_at) for owed in held.case.obligations.values() for due in owed.dues
        }
    new = tuple(item for item in case.items if (item.step, item.role, item.due_at) not in known)
    if new:
        _open(one, plan, replace(case, name=f"{case.name}/{_command('', new, case.periods)}", items=new))


def _pass_promises(one: SiteDuty, now: Instant) -> None:
    roster = roster_around(wiring.pool(), one, day_of(now, one.zone))
    for promise in passing(wiring.pool(), one.site, roster, now):
        name = uuid.uuid5(_SPACE, f"pass/{promise.case}/{promise.key}/{promise.to}")
        refused = wiring.live().act(promise.case, PassOn(str(name), promise.to, promise.key))
        if isinstance(refused, Refusal):
            _LOG.info("promise %s of %s stays: %s", promise.key, promise.case, refused.code)


def _open(one: SiteDuty, plan: Plan, case: DutyCase) -> tuple[str, bool]:
    """Open the case: its identifier, and whether it was there already."""
    quiet = "" if case.kind == DAY and case.periods else plan.defaults.quiet
    command = OpenDuty(
        f"calendar/{_identity(one.site, case.name)}", _identity(one.site, case.name), one.site, case.kind,
        case.day, one.zone, case.items, case.periods, quiet,
    )  # fmt: skip
    receipt = wiring.live().open_duty(command)
    if isinstance(receipt, Refusal):
        raise AssertionError(f"{case.name}: {receipt}")
    return receipt.case, receipt.again


def _day(one: SiteDuty, plan: Plan, calendar: SiteCalendar, day: date) -> Day:
    try:
        periods = calendar.periods_on(plan, day)
    except YearMissing:  # never guessed: what holidays ask is not asked, and somebody has to enter the year
        known = replace(plan, periods={name: one for name, one in plan.periods.items() if not one.holidays})
        periods = calendar.periods_on(known, day)
    return Day(day, one.zone, periods, one.site, one.since, one.edition_since)


def _year_missing(calendar: SiteCalendar, plan: Plan, day: date) -> int:
    """The year whose notice is wanted within a month and is not known; 0: none."""
    if not any(period.holidays for period in plan.periods.values()):
        return 0
    years = set(calendar.calendar.years())
    return next((at.year for at in _ahead(day) if at.year not in years), 0)


def _ahead(day: date) -> Iterator[date]:
    yield day
    yield day + timedelta(days=31)


def _identity(site: str, name: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{site}/{name}"))


def _command(case: str, items: tuple[OwedItem, ...], periods: tuple[str, ...]) -> str:
    return hashlib.sha256(repr((case, items, periods)).encode()).hexdigest()[:32]
