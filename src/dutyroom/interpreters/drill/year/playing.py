"""A year of duty, played and watched: `play_year(scenario, rules, calendar, declared) -> Account`."""

from collections.abc import Iterable
from datetime import date

from dutyroom.core import events as e
from dutyroom.core.calendar.days import Calendar
from dutyroom.core.calendar.periods import Declared
from dutyroom.core.duties.handing import coming, is_incoming
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.occurring import holds_on
from dutyroom.core.duties.steps import CALENDAR
from dutyroom.core.instants import DAY, HOUR, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Obligation
from dutyroom.interpreters.drill.year.account import (
    Account,
    Missed,
    Unheard,
    ended_at,
    joined,
    kind,
    months_of,
    outcome,
)
from dutyroom.interpreters.drill.year.crowd import Crowd
from dutyroom.interpreters.drill.year.scenario import Scenario
from dutyroom.interpreters.drill.year.watch import Watch

_TO_THE_END = DAY  # so long after the last day it is played on: what belongs to a day is over by then


def play_year(
    scenario: Scenario, rules: PlanInForce, calendar: Calendar, declared: Iterable[Declared] = ()
) -> Account:
    """The same scenario always gives the same account."""
    year = Year(scenario, rules, calendar, declared)
    year.run(scenario.span()[1] + _TO_THE_END)
    return year.account()


class Year(Crowd):
    """A site with its people through a scenario, with somebody who watches and keeps the account."""

    def __init__(
        self, scenario: Scenario, rules: PlanInForce, calendar: Calendar, declared: Iterable[Declared] = ()
    ) -> None:
        super().__init__(scenario, rules, calendar, declared)
        self.watch = Watch(self.plan, scenario.zone)
        self.ends_at = scenario.span()[1]
        self.days: dict[date, tuple[str, ...]] = {}
        self.why: dict[tuple[str, str], str] = {}
        self.unheard: dict[tuple[str, str, str], Unheard] = {}
        self.events = self.calls = self.passed = 0

    def happened(self, case: str, events: tuple[e.Event, ...]) -> None:
        at = events[-1].at
        self.watch.took(case, self.cases[case], events, self.in_force(at))
        self.events += len(events)
        for event in events:
            self.note(case, event)
        super().happened(case, events)

    def run(self, until: Instant) -> None:
        self.later(self.scenario.span()[0], self.look)
        super().run(until)

    def look(self, now: Instant) -> None:
        """Every hour somebody counts who is on duty. Behind the last day there may be no roster."""
        if now < self.ends_at:
            self.watch.posts(self.rules, self.in_force(now), now)
            self.later(now + HOUR, self.look)

    def duty_changed(self, now: Instant) -> None:
        local = day_of(now, self.scenario.zone)
        ends = instant_of(local, "24:00", self.scenario.zone)
        self.watch.duty(self.rules, self.in_force(now), now, ends)

    def periods_changed(self, now: Instant) -> None:
        local = day_of(now, self.scenario.zone)
        self.days[local] = self.periods(local)

    def in_force(self, at: Instant) -> tuple[str, ...]:
        """The periods of the local day, as they were last worked out; behind the last day, those of the last."""
        return self.days.get(min(day_of(at, self.scenario.zone), self.scenario.last), ())

    # ---- the account

    def note(self, case: str, event: e.Event) -> None:
        match event:
            case e.PersonCalled():
                self.calls += 1
            case e.PromisePassed():
                self.passed += 1
            case e.DeadlineMissed():
                self.why[case, event.key] = self.why_missed(self.cases[case].obligations[event.key], event)
            case e.RoleEmpty():
                self.hole(case, event, "empty", event.role)
            case e.LadderExhausted() if event.next_call_at > event.at:
                self.hole(case, event, "silent", self.plan.defaults.last_rung)

    def hole(self, case: str, event: e.RoleEmpty | e.LadderExhausted, why: str, role: str) -> None:
        """Nobody there, or nobody answers: it belongs to the last rung, which is asked until somebody does."""
        owner = self.plan.defaults.last_rung
        self.unheard.setdefault((case, event.key, role), Unheard(event.at, event.key, why, role, owner))

    def why_missed(self, owed: Obligation, missed: e.DeadlineMissed) -> str:
        """As far as a record can tell: what stood between the post and its obligation when it fell due."""
        people = (
            coming(self.rules.roster, owed, missed.due_at)
            if is_incoming(self.plan, owed)
            else self.rules.roster.holders(owed.role, missed.due_at)
        )
        first = people[0] if people else ""
        if missed.while_down:
            return "down"
        if self.ill(first, missed.due_at - 1):
            return "ill"
        if self.lost(first, missed.due_at - 1):
            return "phone"
        return "undone" if Verb.RECEIVED in owed.marks else "unanswered"

    def account(self) -> Account:
        self.watch.missed(self.cases.items())
        self.check_reports()
        zone = self.scenario.zone
        return Account(
            self.plan,
            self.scenario,
            months_of(self.plan, zone, self.days, self.cases.values()),
            tuple(sorted(self.missed(), key=lambda one: (one.at, one.key))),
            joined(self.watch.gaps),
            tuple(sorted(self.unheard.values(), key=lambda one: (one.at, one.key))),
            tuple(self.watch.broken),
            self.watch.checked,
            len(self.cases),
            self.events,
            self.calls,
            self.passed,
        )

    def missed(self) -> Iterable[Missed]:
        for (case, key), why in self.why.items():
            owed = self.cases[case].obligations[key]
            if set(owed.missed) - set(owed.excused):
                at, named = self.watch.misses[case, key].due_at, kind(self.plan, owed)
                ended = outcome(owed), ended_at(owed)
                yield Missed(at, key, owed.step, named, owed.role, why, owed.rung_role, *ended)

    def check_reports(self) -> None:
        """Of each day as it ended: who was to report by the plan, and who owed a report by the record."""
        owed: dict[date, set[tuple[str, str]]] = {}
        for case in self.cases.values():
            for one in case.obligations.values():
                if one.dues and one.step.startswith(f"{CALENDAR}."):
                    local = day_of(one.dues[0].due_at - 1, self.scenario.zone)
                    owed.setdefault(local, set()).add((one.step, one.role))
        for day, periods in self.days.items():
            wanted = [
                (f"{CALENDAR}.{duty.id}", role)
                for duty in self.plan.calendar
                if duty.kind == "daily_report" and holds_on(duty.during, periods)
                for role in self.plan.members(duty.who)
            ]
            self.watch.reported(day, wanted, owed.get(day, set()))
