"""A year of duty: its transcript beside the scenario, and what must hold at every instant, over several seeds.

`dutyroom drill FOLDER --year 2027 --update` writes the transcripts anew; a reviewer reads the diff.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dutyroom.cli._dutyyear import posts_of
from dutyroom.core import events as e
from dutyroom.core.calendar.days import DayKind
from dutyroom.core.decide.calling import ladder
from dutyroom.core.decide.draft import Draft
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.occurring import Day, DutyCase, cases_on
from dutyroom.core.duties.steps import LAPSES_AFTER
from dutyroom.core.evolve import replay
from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.state import Case
from dutyroom.interpreters.drill.chances import read_chances
from dutyroom.interpreters.drill.year import Account, Scenario, Year, year_data
from dutyroom.interpreters.drill.year.scenario import LostPhone, Sick
from dutyroom.interpreters.drill.year.transcript import year_transcript
from dutyroom.interpreters.drill.year.watch import RULES
from tests.interpreters.year.years import SCENARIO, reference

CREWS = {f"crew_{number}_leader" for number in range(1, 7)}
REPORT = "calendar.evening_report"


class Recording(Year):
    """A year that keeps every event, for whoever looks at it from outside."""

    def __init__(self, scenario: Scenario) -> None:
        own = reference()
        super().__init__(scenario, own.rules, own.calendar, own.own.declared)
        self.record: list[tuple[str, e.Event]] = []

    def happened(self, case: str, events: tuple[e.Event, ...]) -> None:
        self.record.extend((case, event) for event in events)
        super().happened(case, events)

    def played(self) -> "Recording":
        self.run(self.scenario.span()[1] + DAY)
        return self


def at(day: str, time: str) -> int:
    return instant_of(date.fromisoformat(day), time, reference().zone)


def clumsy(scenario: Scenario) -> Scenario:
    """People who forget much, hear little and answer late: every rule is met with, often."""
    chances, findings = read_chances("""
chances:
  idle: 40 %
  channels:
    other: {day: {heard: 25 %}, evening: {heard: 25 %}, night: {heard: 5 %}}
    sms: {day: {heard: 20 %}, evening: {heard: 20 %}, night: {heard: 5 %}}
    voice: {day: {heard: 30 %}, evening: {heard: 30 %}, night: {heard: 10 %}}
  unasked: {lognormal: {median: 40 min, p90: 4 h}}
  work: {lognormal: {median: 90 %, p90: 300 %}}
""")
    assert chances is not None, findings
    return replace(scenario, chances=chances)


def part(first: str, last: str, **changes: object) -> Scenario:
    """A part of the year."""
    return reference().year(first=date.fromisoformat(first), last=date.fromisoformat(last), **changes)


# ---- the year as the repository shows it


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_year_gives_its_expected_transcript(lang: str) -> None:
    own = reference()
    told = year_transcript(own.play(own.year()), posts_of(own.rules.roster), lang)
    assert told == SCENARIO.with_suffix(f".{lang}.txt").read_text(encoding="utf-8")
    assert told.count("\n") < 110, "short enough to read"


@pytest.mark.parametrize("seed", [1, 2, 3, 11])
def test_every_rule_holds_and_was_looked_at(seed: int) -> None:
    account = reference().play(reference().year(seed=seed))
    assert account.broken == ()
    assert {name for name in RULES if account.checked[name]} >= set(RULES) - {"miss_first", "escalated"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_rule_holds_where_people_are_clumsy(seed: int) -> None:
    account = reference().play(clumsy(reference().year(seed=seed)))
    assert account.broken == ()
    assert all(account.checked[name] > 15 for name in RULES), account.checked
    assert account.count("handover", "lapsed") and account.count("report", "late", "lapsed")


def test_the_same_seed_is_the_same_year_and_another_is_another() -> None:
    scenario = part("2027-02-01", "2027-03-31")
    once, again = (reference().play(scenario) for _ in range(2))
    assert year_data(once) == year_data(again)
    assert year_data(reference().play(replace(scenario, seed=8))) != year_data(once)


# ---- looked at from outside, by the record alone


@pytest.fixture(scope="module")
def year() -> Recording:
    return Recording(clumsy(reference().year())).played()


def test_every_obligation_has_an_owner_and_an_end_or_a_running_timer(year: Recording) -> None:
    for name, case in year.cases.items():
        for owed in case.obligations.values():
            if not owed.dues:  # an act nobody owed
                continue
            assert owed.role in year.plan.roles, (name, owed.key)
            assert owed.status in ("done", "waived", "withdrawn", "lapsed", "open"), (name, owed.key)
            assert owed.status != "open" or list(owed.timers()), (name, owed.key)


def test_what_lapsed_was_missed_before_and_somebody_above_was_asked_in_between(year: Recording) -> None:
    missed: dict[tuple[str, str], e.DeadlineMissed] = {}
    above: set[tuple[str, str]] = set()
    lapsed = Counter[str]()
    for case, event in year.record:
        key = (case, str(getattr(event, "key", "")))
        if isinstance(event, e.DeadlineMissed):
            missed[key] = event
        elif isinstance(event, e.PersonCalled) and event.rung and key in missed:
            above.add(key)
        elif isinstance(event, e.Lapsed):
            late_found = missed[key].while_down and missed[key].at - missed[key].due_at >= LAPSES_AFTER
            assert key in above or late_found or _has_one_rung(year, key), key
            lapsed["late" if late_found else "told"] += 1
    assert lapsed["told"] > 15


def _has_one_rung(year: Recording, key: tuple[str, str]) -> bool:
    return len(ladder(year.plan, year.cases[key[0]].obligations[key[1]])) == 1


def test_each_holiday_and_each_day_of_a_special_period_has_the_report_of_each_crew(year: Recording) -> None:
    owed: dict[str, set[str]] = {}
    for case in year.cases.values():
        for one in case.obligations.values():
            if one.step == REPORT and one.status != "withdrawn":
                owed.setdefault(str(day_of(one.dues[0].due_at, year.scenario.zone)), set()).add(one.role)
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    holidays = {str(day) for day in days if reference().calendar.kind(day) in (DayKind.HOLIDAY, DayKind.REST)}
    special = {
        *(f"2027-03-{day:02d}" for day in range(3, 14)),
        *(f"2027-11-{day:02d}" for day in range(8, 17)),
        *(str(day) for day in days if date(2027, 6, 1) <= day <= date(2027, 10, 8)),
    }
    assert len(holidays) == 13
    assert owed == dict.fromkeys(holidays | special, CREWS)


def test_nobody_is_called_at_night_outside_special_periods_nor_twice_at_once(year: Recording) -> None:
    calls = [(case, event) for case, event in year.record if isinstance(event, e.PersonCalled)]
    same = Counter((case, one.key, one.person, one.channel, one.at) for case, one in calls)
    assert max(same.values()) == 1
    night = [one for _, one in calls if not 6 * HOUR <= (one.at + 8 * HOUR) % DAY < 22 * HOUR]
    days = {str(day_of(one.at, year.scenario.zone)) for one in night}
    assert days, "in special periods they are"
    assert all(year.days[date.fromisoformat(day)] for day in days)


def test_who_holds_the_duty_office_is_somebody_or_a_hole_with_an_owner() -> None:
    """Counted hour by hour, not by spans."""
    year = Recording(part("2027-04-28", "2027-05-09"))
    found: list[tuple[int, int]] = []

    def count(now: int) -> None:
        found.append((now, len(year.rules.roster.holders("duty_officer", now))))

    starts, ends = year.scenario.span()
    for hour in range(starts + MINUTE, ends, HOUR):
        year.later(hour, count)
    year.played()
    gaps = year.account().gaps
    for now, holders in found:
        covered = [gap for gap in gaps if gap.post == "duty_office" and gap.starts_at <= now < gap.ends_at]
        assert (holders < 2) == bool(covered), (now, holders)
        assert all(gap.owner == "quality_safety_supervisor" for gap in covered)
    assert any(holders == 1 for _, holders in found)


def test_two_who_are_ill_leave_nobody_and_the_hole_says_so() -> None:
    away = tuple(
        Sick(one, at("2027-03-20", "08:00"), at("2027-03-26", "18:00"), at("2027-03-20", "10:00"))
        for one in ("P010", "P011")
    )
    account = reference().play(part("2027-03-15", "2027-03-31", sick=away))
    assert account.broken == ()
    assert any(gap.kept == 0 and gap.owner == "quality_safety_supervisor" for gap in account.gaps)


# ---- single things


def test_a_promise_passes_to_who_accepts_the_duty() -> None:
    year = Recording(reference().year()).played()
    passed = [(case, one) for case, one in year.record if isinstance(one, e.PromisePassed)]
    assert passed
    for case, one in passed:
        assert year.cases[case].obligations[one.key].role == "duty_officer"
        assert one.by != one.was


def test_a_replacement_in_the_turn_accepts_the_duty(year: Recording) -> None:
    ill = at("2027-02-06", "11:00")
    first = reference().rules.roster.holders("duty_officer", ill)
    assert "P010" in first, "the scenario means this turn"
    case = year.cases["duty/2027-02-06"]
    handed = [one for one in case.obligations.values() if one.step == "handover.duty_officer"]
    assert {one.begins_at or one.opened_at for one in handed} == {ill, at("2027-02-06", "18:00")}


def test_a_lost_telephone_does_not_lose_the_report() -> None:
    quiet = {"sick": (), "outages": (), "ordered": ()}
    lost = tuple(
        LostPhone(one, at("2027-02-05", "09:00"), at("2027-02-06", "09:00")) for one in ("P021", "P031")
    )
    year = Recording(part("2027-02-05", "2027-02-05", lost_phones=lost, **quiet)).played()
    owed = year.cases["duty/2027-02-05"].obligations[f"{REPORT}#1@crew_1_leader"]
    rungs = {one.rung for _, one in year.record if isinstance(one, e.PersonCalled) and one.key == owed.key}
    assert max(rungs) >= 1, "it was asked for further up"
    assert owed.status == "done" and owed.marks[Verb.DONE].by not in ("P021", "P031")


def test_a_refused_call_goes_on_to_the_next_channel_at_once() -> None:
    lost = tuple(
        LostPhone(one, at("2027-02-05", "09:00"), at("2027-02-06", "09:00"), refused=True)
        for one in ("P021", "P031")
    )
    year = Recording(
        part("2027-02-05", "2027-02-05", lost_phones=lost, sick=(), outages=(), ordered=())
    ).played()
    failed = [one for _, one in year.record if isinstance(one, e.CallFailed)]
    assert {one.person for one in failed} == {"P021", "P031"}


def test_nothing_is_noticed_while_the_server_is_down() -> None:
    down = (at("2027-07-01", "20:30"), at("2027-07-02", "09:30"))
    year = Recording(part("2027-06-28", "2027-07-05", outages=(down,))).played()
    assert not [one for _, one in year.record if down[0] <= one.at < down[1]]
    misses = [
        one for _, one in year.record if isinstance(one, e.DeadlineMissed) and down[0] <= one.due_at < down[1]
    ]
    assert misses and all(one.while_down and one.at == down[1] for one in misses)
    assert "duty/2027-07-02" in year.cases, "the day that began meanwhile is opened all the same"


def test_a_year_leaves_a_record_that_replays(year: Recording) -> None:
    for name in ("duty/2027-02-06", "duty/2027-02-07", "duty/2027-07-04"):
        events = tuple(event for case, event in year.record if case == name)
        assert replay(events) == year.cases[name]


# ---- controls: each rule catches a build that breaks it


def broken_by(monkeypatch: pytest.MonkeyPatch, target: str, value: object, scenario: Scenario) -> set[str]:
    monkeypatch.setattr(target, value)
    return {one.rule for one in reference().play(scenario).broken}


def test_a_build_that_calls_at_night_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = clumsy(part("2027-10-07", "2027-10-20"))
    loud = broken_by(monkeypatch, "dutyroom.interpreters.drill.year.site.quiet_for", lambda *_: "", scenario)
    assert loud == {"night"}


def test_a_build_that_lets_lapse_what_nobody_was_told_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(draft: Draft, key: str, why: str) -> None:
        draft.add(e.Lapsed(draft.at, key, ""))

    scenario = clumsy(part("2027-07-01", "2027-07-10"))
    assert broken_by(monkeypatch, "dutyroom.core.decide.lapsing.escalate", silent, scenario) >= {
        "miss_first",
        "escalated",
    }


def test_a_build_that_forgets_a_crew_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(plan: Plan, roster: Roster, day: Day) -> tuple[DutyCase, ...]:
        return tuple(
            replace(one, items=tuple(item for item in one.items if item.role != "crew_3_leader"))
            for one in cases_on(plan, roster, day)
        )

    scenario = part("2027-07-01", "2027-07-04", ordered=(), sick=())
    target = "dutyroom.interpreters.drill.year.site.cases_on"
    assert broken_by(monkeypatch, target, forgetful, scenario) == {"reports"}


def test_a_build_without_gaps_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    away = tuple(
        Sick(one, at("2027-03-20", "08:00"), at("2027-03-26", "18:00"), at("2027-03-20", "10:00"))
        for one in ("P010", "P011")
    )
    scenario = part("2027-03-15", "2027-03-31", sick=away)
    target = "dutyroom.interpreters.drill.year.watch.gaps"
    assert broken_by(monkeypatch, target, lambda *_: (), scenario) == {"post_kept"}


def test_a_build_that_calls_twice_is_caught() -> None:
    own = reference()
    year = own.start(part("2027-07-01", "2027-07-02"))
    call = e.PersonCalled(1, "k", "P001", "sms", "project_manager", 0, 0, 1, 2)
    year.watch.took("x", Case(), (call, call), ("special_period",))
    assert {one.rule for one in year.watch.broken} == {"once"}


def test_a_plan_without_posts_and_calendar_has_a_quiet_year() -> None:
    own = reference()
    bare = PlanInForce(replace(own.rules.plan, posts={}, calendar=()), own.rules.roster, own.rules.people)
    account: Account = own.play(part("2027-01-01", "2027-01-31", ordered=(), sick=()), bare)
    assert account.cases == 0 and account.broken == ()
