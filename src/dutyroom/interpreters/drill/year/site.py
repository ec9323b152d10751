"""A site's cases under one virtual clock: the calendar opens them, timers fire, duty passes when it is accepted.

The rules are `decide`, `settle` and `duties`, in the order in which the live side asks them. Knows neither people nor
chance: what is played says in `happened` what follows from events.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from dutyroom.core import events as e
from dutyroom.core.calendar.days import Calendar
from dutyroom.core.calendar.periods import Declared, periods_on
from dutyroom.core.commands import Command, OpenDuty, OwedItem, PassOn, SetDuty, made_at
from dutyroom.core.decide import decided
from dutyroom.core.duties.handing import held, passed_on, waiting_in
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.occurring import DAY, Day, DutyCase, cases_on, items_of, quiet_for, year_to_enter
from dutyroom.core.duties.steps import HANDOVER, kind_of
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.phases import CLOSED
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import next_due, settle, settle_before
from dutyroom.core.state import Case
from dutyroom.interpreters.drill.year.rostering import Rostering
from dutyroom.interpreters.drill.year.scenario import Ordered, Scenario, Sick

Deed = Callable[[Instant], object]
SITE = "drill"
_AHEAD = timedelta(days=31)


@dataclass(order=True, slots=True)
class _Happening:
    at: Instant
    order: int
    run: Deed = field(compare=False)


class Site:
    """One site through the days of a scenario. While the server is down nothing is noticed: it waits."""

    def __init__(
        self, scenario: Scenario, rules: PlanInForce, calendar: Calendar, declared: Iterable[Declared] = ()
    ) -> None:
        self.scenario, self.calendar, self.plan = scenario, calendar, rules.plan
        self.zone = ZoneInfo(scenario.zone)
        self.declared = list(declared)
        self.rostering = Rostering(rules.roster)
        self.base = self.rostering.near(scenario.span()[0])
        self.rules = replace(rules, roster=self.base)
        self.cases: dict[str, Case] = {}
        self.running: dict[str, Case] = {}
        self._queue: list[_Happening] = []
        self._orders = 0

    def happened(self, case: str, events: tuple[e.Event, ...]) -> None:
        """What follows from the events, such as who hears a call. The case is already as they left it."""

    def periods_changed(self, now: Instant) -> None:
        """A day begins, or its periods are others now."""

    def duty_changed(self, now: Instant) -> None:
        """Others are on duty now, or will be later in the day."""

    def run(self, until: Instant) -> None:
        """Play the scenario, and on until the instant, so that the last day can end."""
        starts = self.scenario.span()[0]  # what was known before is known when it begins
        for ordered in self.scenario.ordered:
            self._order(ordered, starts)
        for sick in self.scenario.sick:
            self.later(max(sick.noticed_at, starts), partial(self.replace, sick))
        for day in self.scenario.days():
            self.later(instant_of(day, "00:00", self.scenario.zone), partial(self.open, day))
        while (instant := self._next_instant()) is not None and instant <= until:
            self._advance(instant)

    def later(self, at: Instant, run: Deed) -> None:
        """Do it at that instant, behind what was put there before."""
        heapq.heappush(self._queue, _Happening(at, self.number(), run))

    def number(self) -> int:
        """The next number of the play, never given twice."""
        self._orders += 1
        return self._orders

    def ask(self, name: str, command: Command, now: Instant) -> Refusal | None:
        """Decide the command; the refusal, if it is refused. What fell due before comes first, as on the live side."""
        before = self.cases.get(name, Case())
        case, passed = settle_before(self.rules, before, now, self.scenario.outages, made_at(command))
        if passed:
            self._take(name, case, passed)
        # What follows from what has passed may have changed the case, and who is on duty.
        answer = decided(self.rules, self.cases.get(name, Case()), command, now)
        if isinstance(answer, Refusal):
            return answer
        events, case = answer
        if events:
            self._take(name, case, events)
        return None

    # ---- the calendar

    def periods(self, day: date) -> tuple[str, ...]:
        """The periods in force on the day, as far as they are known by now."""
        return periods_on(self.plan, self.calendar, self.declared, day, self.zone)

    def day(self, day: date) -> Day:
        first = self.scenario.first
        return Day(day, self.scenario.zone, self.periods(day), SITE, first, first)

    def open(self, day: date, now: Instant) -> None:
        """Open what begins on the day. Cases from before learn whether its nights are quiet."""
        self.renew(now)
        today = self.day(day)
        for found in cases_on(self.plan, self.rostering.near(today.at("00:00")), today):
            self._open(found, now)
        self._ask_for_next_year(day, now)

    def _ask_for_next_year(self, day: date, now: Instant) -> None:
        """A month before a year of which no notice of holidays is known, somebody is asked to enter it."""
        ahead = (day + _AHEAD).year
        if ahead not in self.calendar.years() and any(one.holidays for one in self.plan.periods.values()):
            found = year_to_enter(self.plan, ahead, day, self.scenario.zone)
            if found.name not in self.cases:
                self._open(found, now)

    def _open(self, found: DutyCase, now: Instant) -> None:
        quiet = quiet_for(self.plan, found.kind, found.periods)
        zone, name = self.scenario.zone, found.name
        command = OpenDuty(
            f"open/{name}", name, SITE, found.kind, found.day, zone, found.items, found.periods, quiet, exercise=True
        )  # fmt: skip
        self.ask(name, command, now)

    def _order(self, ordered: Ordered, starts: Instant) -> None:
        def declare(now: Instant) -> None:
            self.declared.append(ordered.declared)
            self.renew(now)

        def withdraw(now: Instant) -> None:
            self.declared.remove(ordered.declared)
            if ordered.declared.starts_at < now:
                self.declared.append(replace(ordered.declared, ends_at=now))
            self.renew(now)

        self.later(max(ordered.known_at, starts), declare)
        if ordered.withdrawn_at is not None:
            self.later(max(ordered.withdrawn_at, starts), withdraw)

    def replace(self, sick: Sick, now: Instant) -> None:
        """It is noticed that somebody is ill: the roster changes, and with it what the day owes."""
        self.rostering.replace(sick.person, now, sick.ends_at, sick.by)
        self.renew(now)

    def renew(self, now: Instant) -> None:
        """The roster, the periods or the day changed: what runs is set to what is owed now."""
        self.base = self.rostering.near(now)
        self.periods_changed(now)
        self.follow(now)
        quiet = quiet_for(self.plan, DAY, self.periods(day_of(now, self.scenario.zone)))
        for name, case in list(self.running.items()):
            if case.kind == DAY:
                day = self.day(date.fromisoformat(case.day))
                self.ask(name, SetDuty(f"set/{self.number()}", self._items(day), day.periods, quiet), now)
        self._open_what_is_new(day_of(now, self.scenario.zone), now)

    def _open_what_is_new(self, local: date, now: Instant) -> None:
        """Where the day's case has ended already, what is new opens another."""
        cases = [case for case in self.cases.values() if case.kind == DAY and case.day == str(local)]
        if not cases or any(case.phase != CLOSED for case in cases):
            return
        known = {
            (owed.step, owed.role, due.due_at)
            for case in cases
            for owed in case.obligations.values()
            for due in owed.dues
        }
        day = self.day(local)
        items = tuple(
            item
            for item in self._items(day)
            if item.call_at > now and (item.step, item.role, item.due_at) not in known
        )
        if items:
            self._open(DutyCase(DAY, f"{DAY}/{local}/{len(cases)}", str(local), day.periods, items), now)

    def _items(self, day: Day) -> tuple[OwedItem, ...]:
        return items_of(self.plan, self.rostering.near(day.at("00:00")), day)

    # ---- who is on duty

    def follow(self, now: Instant) -> None:
        """Who keeps the duty follows from what was accepted."""
        waiting = [one for case in self.running.values() if case.kind == DAY for one in waiting_in(case)]
        self.rules = replace(self.rules, roster=held(self.base, waiting))
        self.duty_changed(now)

    def _take(self, name: str, case: Case, events: tuple[e.Event, ...]) -> None:
        before = self.rules.roster
        self.cases[name] = case
        if case.phase == CLOSED:
            self.running.pop(name, None)
        else:
            self.running[name] = case
        if any(kind_of(getattr(event, "key", "")) == HANDOVER for event in events):
            self.follow(events[-1].at)
        self.happened(name, events)
        for event in events:
            if isinstance(event, e.ActMarked) and event.verb is Verb.DONE and kind_of(event.step) == HANDOVER:
                role = event.step.partition(".")[2]
                self._pass_on(role, before.holders(role, event.at), event)

    def _pass_on(self, role: str, holders: tuple[str, ...], accepted: e.ActMarked) -> None:
        """Open promises of those who had the duty go to who has accepted it."""
        for name, key in passed_on(self.running, role, holders):
            self.ask(name, PassOn(f"pass/{self.number()}", accepted.by, key), accepted.at)

    # ---- time

    def _next_instant(self) -> Instant | None:
        times = [self._when_up(due[0]) for case in self.running.values() if (due := next_due(case))]
        times += [self._when_up(self._queue[0].at)] if self._queue else []
        return min(times, default=None)

    def _advance(self, now: Instant) -> None:
        """People first: who acts at the very instant of a deadline is in time."""
        while self._queue and self._queue[0].at <= now:
            heapq.heappop(self._queue).run(now)
        for name in list(self._due(now)):
            case, events = settle(self.rules, self.cases[name], now, self.scenario.outages)
            if events:
                self._take(name, case, events)

    def _due(self, now: Instant) -> Iterator[str]:
        for name, case in self.running.items():
            due = next_due(case)
            if due is not None and due[0] <= now:
                yield name

    def _when_up(self, at: Instant) -> Instant:
        return next((end for start, end in self.scenario.outages if start <= at < end), at)
