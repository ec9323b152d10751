"""What people do in a year of duty: they report, hand over, answer when they are called, see to rounds, fall ill.

Every draw is named after what it is for (person, channel, obligation), never after its turn, so that another roster or
another plan meets the same people on the same day. Whoever is ill does nothing; to whom no call comes through, none
comes, and they cannot report by telephone either.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from dutyroom.core import events as e
from dutyroom.core.calendar.days import Calendar
from dutyroom.core.calendar.periods import Declared
from dutyroom.core.commands import Act, Answer, NoteCallFailed, Times, Volunteer
from dutyroom.core.duties.localtime import local_of
from dutyroom.core.duties.occurring import REPORTED_EARLY, ROUND
from dutyroom.core.duties.steps import (
    CALENDAR,
    CHECK,
    HANDOVER,
    RAISE,
    SUMMARY,
    DutyStep,
    issue_kinds,
    kind_of,
)
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, Instant, Milliseconds
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation
from dutyroom.core.supposing import Answers, barred, doers
from dutyroom.interpreters.drill.draws import MILLION, Draws
from dutyroom.interpreters.drill.rehearsal import REFUSED_AFTER
from dutyroom.interpreters.drill.year.scenario import Scenario
from dutyroom.interpreters.drill.year.site import Site

_RAISES, _SOLVED = 600_000, 850_000  # in a million: rounds that find something, and repairs that hold
_FIX_DAYS = (2, 9)
_AGAIN = DAY  # who could not do it on the day it was meant for tries again the next
_MOST_TRIES = 10

Moment = Callable[[Instant, Instant], object]  # when it was done, and when it reaches the server


class Crowd(Site):
    """A site with its people."""

    def __init__(
        self, scenario: Scenario, rules: PlanInForce, calendar: Calendar, declared: Iterable[Declared] = ()
    ) -> None:
        super().__init__(scenario, rules, calendar, declared)
        self.draws, self.chances = Draws(scenario.seed, 0), scenario.chances
        self.answers = Answers(self.plan, {})
        self.called: dict[tuple[str, str, str, str], int] = {}

    def happened(self, case: str, events: tuple[e.Event, ...]) -> None:
        for event in events:
            if isinstance(event, e.ObligationOpened):
                self.unasked(case, event)
            elif isinstance(event, e.PersonCalled):
                self.hear(case, event)

    # ---- who can do anything

    def ill(self, person: str, at: Instant) -> bool:
        return any(one.person == person and one.starts_at <= at < one.ends_at for one in self.scenario.sick)

    def lost(self, person: str, at: Instant) -> bool:
        phones = self.scenario.lost_phones
        return any(one.person == person and one.starts_at <= at < one.ends_at for one in phones)

    def able(self, person: str, at: Instant) -> bool:
        return not self.ill(person, at) and not self.lost(person, at)

    # ---- unasked

    def unasked(self, case: str, opened: e.ObligationOpened) -> None:
        """People know their day: most report and hand over without being called."""
        kind, name = kind_of(opened.step), f"{case}/{opened.key}"
        if self.draws.happens(self.chances.idle, name, "forgotten"):
            return
        wait = self.draws.value(self.chances.unasked, name, "unasked")
        if kind == HANDOVER and opened.not_before is not None:
            self.at(max(opened.at, opened.not_before) + wait, partial(self.do_first, case, opened.key))
        elif kind == CALENDAR and opened.not_before is not None:
            begins = max(opened.at, opened.not_before + REPORTED_EARLY)
            self.at(begins + wait, partial(self.do_first, case, opened.key))
        elif kind == CALENDAR:
            due = opened.dues[0].due_at
            self.at(opened.at + self.work(due - opened.at, name), partial(self.do_first, case, opened.key))

    def at(self, instant: Instant, run: Moment) -> None:
        """Do something at that instant; where the server is down it comes to it later, with the time it was done."""
        self.later(instant, lambda now: run(instant, now))

    def do_first(self, case: str, key: str, made_at: Instant, now: Instant, tries: int = 0) -> None:
        """The first who can does it; if nobody can, it is tried again the next day."""
        owed = self.open_owed(case, key)
        if owed is None:
            return
        step = self.plan.step[owed.step]
        if isinstance(step, DutyStep) and step.incoming:
            people = self.rules.roster.planned(owed.role, max(made_at, owed.begins_at or owed.opened_at))
        else:
            people = self.rules.roster.holders(owed.role, made_at)
        apart = barred(self.cases[case], step)
        person = next((one for one in people if self.able(one, made_at) and one not in apart), "")
        if person:
            self.do(case, owed, person, made_at, now)
        elif tries < _MOST_TRIES and owed.dues[0].due_at > made_at + _AGAIN:
            self.at(made_at + _AGAIN, partial(self.do_first, case, key, tries=tries + 1))

    # ---- called

    def hear(self, case: str, call: e.PersonCalled) -> None:
        """What the called person, or the channel, makes of a call."""
        name = (case, call.person, call.channel, call.key)
        nth = self.called[name] = self.called.get(name, -1) + 1
        if self.refused(call.person, call.at):
            failed = NoteCallFailed(call.key, call.person, call.channel, "connection")
            self.later(call.at + REFUSED_AFTER, lambda now: self.ask(case, failed, now))
            return
        if not self.able(call.person, call.at):
            return
        local = local_of(call.at, self.scenario.zone)
        reach = self.chances.reach(call.channel, local.hour * 60 + local.minute)
        drawn = (*name, str(nth))
        if self.draws.happens(reach.heard, *drawn, "heard"):
            wait = self.draws.value(reach.answer, *drawn, "answer")
            self.at(call.at + wait, partial(self.answer, case, call))

    def refused(self, person: str, at: Instant) -> bool:
        phones = self.scenario.lost_phones
        return any(
            one.person == person and one.refused and one.starts_at <= at < one.ends_at for one in phones
        )

    def answer(self, case: str, call: e.PersonCalled, made_at: Instant, now: Instant) -> None:
        """The person answers, unless somebody else has by then: does it at once, or says that it is received."""
        owed = self.open_owed(case, call.key)
        if owed is None or owed.next_call_at is None:
            return
        kind = kind_of(owed.step)
        if kind == HANDOVER:
            coming = self.rules.roster.planned(owed.role, max(made_at, owed.begins_at or owed.opened_at))
            at_once = call.person in coming
        else:
            daily = owed.not_before is not None and kind == CALENDAR
            at_once = daily and call.person in self.rules.roster.holders(owed.role, made_at)
        if at_once and self.do(case, owed, call.person, made_at, now) is None:
            return
        act = Act(self.name(), call.person, call.key, Verb.RECEIVED, Times(now, made_at))
        if self.ask(case, act, now) is None and kind not in (HANDOVER, SUMMARY):
            self.begin(case, call, made_at)

    def begin(self, case: str, call: e.PersonCalled, made_at: Instant) -> None:
        """Who has received it does it after a while; some answer, and then do nothing."""
        owed = self.open_owed(case, call.key)
        name = f"{case}/{call.key}"
        if owed is None or self.draws.happens(self.chances.idle, call.person, name, "idle"):
            return
        left = max(owed.dues[0].due_at - made_at, HOUR)
        self.at(made_at + self.work(left, call.person, name), partial(self.finish, case, call))

    def finish(self, case: str, call: e.PersonCalled, made_at: Instant, now: Instant) -> None:
        """Whoever may not do it, because another must, passes it to one who may."""
        owed = self.open_owed(case, call.key)
        if owed is None:
            return
        step = self.plan.step[owed.step]
        others = doers(self.rules, self.cases[case], step, (owed.role,), owed, made_at)
        apart = barred(self.cases[case], step)
        people = [call.person, *others]
        person = next((one for one in people if self.able(one, made_at) and one not in apart), "")
        if person:
            self.do(case, owed, person, made_at, now)

    # ---- the work

    def do(self, case: str, owed: Obligation, person: str, made_at: Instant, now: Instant) -> Refusal | None:
        if self.finds(case, owed):
            self.raise_issue(case, owed, person, now)
        answers = self.said(case, owed, now)
        act = Act(self.name(), person, owed.key, Verb.DONE, Times(now, made_at), answers)
        return self.ask(case, act, now)

    def said(self, case: str, owed: Obligation, now: Instant) -> Mapping[str, Answer]:
        """What is answered: a daily report has nothing to report, a post is full, some repairs do not hold."""
        step = self.plan.step[owed.step]
        answers = self.answers.to(self.cases[case], step, now)
        if kind_of(owed.step) == HANDOVER:
            coming = self.rules.roster.planned(owed.role, max(now, owed.begins_at or now))
            return {**answers, "on_post": len(coming)}
        if owed.step == CHECK and not self.draws.happens(_SOLVED, case, owed.key, "solved"):
            return {
                **answers,
                "effective": False,
                "owner": owed.role,
                "due": now + self.some_days(case, owed.key),
            }
        if owed.step == CHECK:
            return {name: value for name, value in answers.items() if name not in ("owner", "due")}
        return answers

    def raise_issue(self, case: str, owed: Obligation, person: str, now: Instant) -> None:
        """What a round finds is noted before the round is done: it is somebody's, with a date."""
        kinds, owners = list(issue_kinds()), self.owners()
        kind = kinds[self.draws.of(case, owed.key, "kind") * len(kinds) >> 64]
        owner = owners[self.draws.of(case, owed.key, "owner") * len(owners) >> 64]
        answers = {
            **self.answers.to(self.cases[case], self.plan.step[RAISE], now),
            "kind": kind,
            "owner": owner,
        }
        answers["due"] = now + self.some_days(case, owed.key)
        self.ask(case, Volunteer(self.name(), person, RAISE, Times(now, now), answers), now)

    def finds(self, case: str, owed: Obligation) -> bool:
        """Whether a round finds something; once, however often it is tried to finish it."""
        of_a_round = self.cases[case].kind == ROUND and kind_of(owed.step) == CALENDAR
        if not of_a_round or self.cases[case].occurrences(RAISE):
            return False
        return self.draws.happens(_RAISES, case, owed.key, "finds")

    def owners(self) -> list[str]:
        """The posts to which an issue may fall: those who owe daily reports, and those who keep a watch."""
        daily = [
            role
            for duty in self.plan.calendar
            if duty.kind == "daily_report"
            for role in self.plan.members(duty.who)
        ]
        watches = [post.role for post in self.plan.posts.values()]
        return list(dict.fromkeys([*daily, *watches])) or list(self.plan.roles)

    def some_days(self, *what: str) -> Milliseconds:
        least, most = _FIX_DAYS
        return (least + self.draws.of(*what, "days") * (most - least + 1) // (1 << 64)) * DAY

    def work(self, given: Milliseconds, *what: str) -> Milliseconds:
        """How long it takes of the time that is given."""
        return given * self.draws.value(self.chances.work, *what, "work") // MILLION

    def open_owed(self, case: str, key: str) -> Obligation | None:
        return self.cases.get(case, Case()).obligations.open.get(key)

    def name(self) -> str:
        return f"act/{self.number()}"
