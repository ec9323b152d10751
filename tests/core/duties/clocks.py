"""Days of duty lived through with any clock: acts at their times, outages, a clock that jumps.

`lived` steps a day as the live side does: what has fallen due passes first, then the act is decided; while the server
is down both wait for its end, and the act brings the time at which it was made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dutyroom.core import events as e
from dutyroom.core.codec import dump_event, event_type, load_event
from dutyroom.core.commands import Act, Answer, OpenDuty, Times
from dutyroom.core.decide import decided
from dutyroom.core.duties.handing import coming, held, is_incoming, waiting_in
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import Day, DutyCase, cases_on, quiet_for
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.settle import Outage, next_due, settle, settle_before
from dutyroom.core.state import Case
from tests.core.duties.days import ZONE, reference_plan, reference_roster, responders

PLAN, ROSTER = reference_plan(), reference_roster()
PEOPLE = responders(ROSTER)
ANSWERS: dict[str, dict[str, Answer]] = {
    "handover": {"taken_over": True, "on_post": 2},
    "calendar": {"nothing": True},
    "rollcall": {},
    "summary": {},
}


def at(day: str, time: str) -> int:
    return instant_of(date.fromisoformat(day), time, ZONE)


def around(day: str) -> Roster:
    """The turns of the days around: a year of them would be sorted again whenever a handover is accepted."""
    first, last = at(day, "00:00") - 2 * DAY, at(day, "24:00") + 2 * DAY
    return Roster(
        ROSTER.standing, tuple(one for one in ROSTER.periods if one.ends_at > first and one.starts_at < last)
    )


def day_case(day: str, periods: tuple[str, ...]) -> DutyCase:
    found = cases_on(PLAN, ROSTER, Day(date.fromisoformat(day), ZONE, periods))
    return next(one for one in found if one.kind == "duty")


@dataclass(frozen=True)
class Made:
    """Whoever owes it does the obligation of that place in the day's list, at that instant."""

    at: int
    item: int


class Lived:
    """One day's case, its record, and who is on duty as it was handed over."""

    def __init__(self, opened: DutyCase, outages: Sequence[Outage] = ()) -> None:
        self.opened, self.outages, self.written = opened, tuple(outages), around(opened.day)
        self.rules = PlanInForce(PLAN, self.written, PEOPLE)
        self.case, self.events, self.commands = Case(), [], 0

    def open(self, now: int) -> None:
        quiet = quiet_for(PLAN, "duty", self.opened.periods)
        one = self.opened
        self.take(
            decided(
                self.rules,
                self.case,
                OpenDuty(one.name, "K", "site", "duty", one.day, ZONE, one.items, one.periods, quiet),
                now,
            )
        )

    def settle(self, now: int) -> None:
        case, events = settle(self.rules, self.case, now, self.outages)
        self.take((events, case))

    def act(self, made: Made, now: int) -> None:
        """What fell due passes before, as in `Live.act`."""
        case, events = settle_before(self.rules, self.case, now, self.outages, made.at)
        self.take((events, case))
        keys = list(self.case.obligations)
        key = keys[made.item % len(keys)]
        owed = self.case.obligations[key]
        if is_incoming(PLAN, owed):
            people = coming(self.rules.roster, owed, made.at)
        else:
            people = self.written.holders(owed.role, made.at)
        self.commands += 1
        kind = owed.step.partition(".")[0]
        command = Act(f"act-{made.at}-{key}", people[0], key, Verb.DONE, Times(now, made.at), ANSWERS[kind])
        new = decided(self.rules, self.case, command, now)
        if not isinstance(new, Refusal):
            self.take(new)

    def take(self, new: tuple[tuple[e.Event, ...], Case] | Refusal) -> None:
        assert not isinstance(new, Refusal), new
        events, self.case = new
        for event in events:
            assert load_event(event_type(event), dump_event(event)) == event
            assert event.at >= (self.events[-1].at if self.events else event.at), "time ran backwards"
            self.events.append(event)
        self.rules = replace(self.rules, roster=held(self.written, waiting_in(self.case)))

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


def lived(opened: DutyCase, acts: Iterable[Made], until: int, outages: Sequence[Outage] = ()) -> Lived:
    """The day to its end: every timer at its own instant, every act at its own; in an outage both at its end."""
    day = Lived(opened, outages)
    starts = instant_of(date.fromisoformat(opened.day), "00:00", ZONE)
    day.open(up(starts, outages))
    waiting = sorted(acts, key=lambda one: (one.at, one.item))
    while True:
        due = next_due(day.case)
        times = [up(due[0], outages)] if due else []
        times += [up(waiting[0].at, outages)] if waiting else []
        now = min(times, default=until)
        if now >= until:
            assert replay(tuple(day.events)) == day.case
            return day
        while waiting and up(waiting[0].at, outages) <= now:
            day.act(waiting.pop(0), now)
        day.settle(now)


def up(moment: int, outages: Sequence[Outage]) -> int:
    """When a server that was down at the moment notices it."""
    return next((end for start, end in outages if start <= moment < end), moment)


def ending(day: Lived) -> dict[str, tuple[str, tuple[str, int] | None]]:
    """How every obligation of the day ended: its status, who did it and when they did."""
    return {
        key: (
            owed.status,
            (owed.marks[Verb.DONE].by, owed.marks[Verb.DONE].at) if Verb.DONE in owed.marks else None,
        )
        for key, owed in day.case.obligations.items()
    }


def misses(day: Lived) -> set[tuple[str, int]]:
    """The deadlines that were missed, by due instant; what had been done in time and reached us late is none."""
    excused = {(one.key, one.due_at) for one in day.of(e.MissExcused)}
    return {(one.key, one.due_at) for one in day.of(e.DeadlineMissed)} - excused


def end_of(day: str) -> int:
    """When everything that belongs to the day has ended, whatever happened."""
    return at(day, "24:00") + 16 * HOUR
