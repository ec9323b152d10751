"""A duty day of the reference plan: reports, handovers, summaries; what is missed climbs and then lapses."""

from dataclasses import replace
from datetime import date

import pytest

from dutyroom.core import events as e
from dutyroom.core.commands import PassOn, SetDuty
from dutyroom.core.duties.handing import Waiting, held
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import Day, handover_times, roll_call_times
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.plan import Verb
from tests.core.builder import START
from tests.core.duties.days import HOLIDAY, ZONE, DayPlay, reference_plan, reference_roster

CREWS = [f"crew_{number}_leader" for number in range(1, 7)]
REPORT = "calendar.evening_report#1@crew_1_leader"
HANDOVER = "handover.duty_officer#1"


def report_of(crew: int) -> str:
    return f"calendar.evening_report#1@crew_{crew}_leader"


def all_report(play: DayPlay) -> None:
    for crew in range(1, 7):
        play.reply(f"P02{crew}", report_of(crew), nothing=True)


def test_a_holiday_owes_a_report_of_each_crew_its_summaries_and_the_handover() -> None:
    play = DayPlay()
    owed = {(item.step, item.role) for item in play.opened.items if not item.step.startswith("rollcall")}
    assert owed == {
        *(("calendar.evening_report", crew) for crew in CREWS),
        ("handover.duty_officer", "duty_officer"),
        ("summary.evening_report.project_manager", "project_manager"),
        ("summary.evening_report.superior_duty", "superior_duty"),
    }
    assert play.of(e.PersonCalled) == [], "the day is quiet until its first time"


def test_an_ordinary_day_asks_for_no_report() -> None:
    play = DayPlay("2027-03-03", ())
    assert {item.step for item in play.opened.items} == {"handover.duty_officer"}


def test_nothing_to_report_is_a_report_and_what_happened_is_one() -> None:
    play = DayPlay()
    play.pass_to("18:05")
    assert isinstance(play.act("P021", REPORT), Refusal), "neither nothing nor something"
    assert not isinstance(play.reply("P021", REPORT, nothing=True, present=11), Refusal)
    assert not isinstance(play.reply("P022", report_of(2), what="一辆车漏油"), Refusal)
    assert play.case.obligations[REPORT].status == "done"


def test_who_reports_in_time_is_never_called() -> None:
    play = DayPlay()
    play.pass_to("18:10")
    all_report(play)
    play.pass_to("19:04")
    assert not [
        call for call in play.of(e.PersonCalled) if "evening_report#" in call.key and "calendar" in call.key
    ]
    assert not [missed for missed in play.of(e.DeadlineMissed) if missed.step.startswith("calendar.")]


def test_a_report_that_does_not_come_is_asked_for_called_for_and_told_upward() -> None:
    play = DayPlay()
    play.pass_to("18:29")
    assert not [call for call in play.of(e.PersonCalled) if call.key == REPORT]
    play.pass_to("19:01")
    calls = [call for call in play.of(e.PersonCalled) if call.key == REPORT]
    assert calls[0].at == play.at("18:30") and calls[0].person == "P021"
    assert {call.person for call in calls} >= {"P021", "P031"}
    missed = [one for one in play.of(e.DeadlineMissed) if one.key == REPORT]
    assert [one.at for one in missed] == [play.at("19:00")]
    assert any(one.key == REPORT and one.role == "quality_safety_supervisor" for one in play.of(e.Escalated))


def test_the_office_takes_it_down_by_telephone_and_no_stranger_does() -> None:
    play = DayPlay()
    play.pass_to("18:20")
    officer = play.rules.roster.holders("duty_officer", play.now)[0]
    assert play.refused_code("P023", REPORT) == "act.not_yours"
    assert not isinstance(play.reply(officer, REPORT, nothing=True), Refusal)


def test_too_early_is_refused_and_written_in_time_without_signal_is_in_time() -> None:
    play = DayPlay()
    play.pass_to("08:00")
    assert play.refused_code("P021", REPORT, nothing=True) == "act.too_early"
    play.pass_to("19:30")
    assert [one.key for one in play.of(e.DeadlineMissed) if one.key == REPORT] == [REPORT]
    play.act("P021", REPORT, reported=(play.at("18:58") - START) / MINUTE, nothing=True)
    assert [one.key for one in play.of(e.MissExcused)] == [REPORT]


def test_duty_stays_until_the_next_one_accepts_and_only_they_may() -> None:
    play = DayPlay()
    play.pass_to("17:59")
    before = play.rules.roster.holders("duty_officer", play.now)
    play.pass_to("18:10")
    coming = play.rules.roster.planned("duty_officer", play.now)
    assert play.rules.roster.holders("duty_officer", play.now) == (*before, *coming)
    assert play.refused_code(before[0], HANDOVER, taken_over=True, on_post=2) == "act.not_coming"
    play.reply(coming[0], HANDOVER, taken_over=True, on_post=2)
    assert play.rules.roster.holders("duty_officer", play.now) == coming


def test_who_comes_may_accept_before_the_turn_and_nobody_else() -> None:
    play = DayPlay()
    play.pass_to("17:40")
    before = play.rules.roster.holders("duty_officer", play.now)
    coming = play.rules.roster.planned("duty_officer", play.at("18:00"))
    assert not set(before) & set(coming)
    assert play.refused_code(before[0], HANDOVER, taken_over=True, on_post=2) == "act.not_coming"
    assert play.refused_code("P021", HANDOVER, taken_over=True, on_post=2) == "act.not_yours"
    assert not isinstance(play.reply(coming[0], HANDOVER, taken_over=True, on_post=2), Refusal)
    assert play.rules.roster.holders("duty_officer", play.now) == before, "the turn itself has not come"
    play.pass_to("18:00")
    assert play.rules.roster.holders("duty_officer", play.now) == coming


def test_those_who_come_are_called_and_not_those_who_could_only_silence_the_call() -> None:
    play = DayPlay()
    play.pass_to("18:29")
    coming = play.rules.roster.planned("duty_officer", play.now)
    called = [call.person for call in play.of(e.PersonCalled) if call.key == HANDOVER and call.rung == 0]
    assert called and set(called) <= set(coming)


def test_fewer_on_post_than_the_plan_says_needs_a_note() -> None:
    play = DayPlay()
    play.pass_to("18:10")
    coming = play.rules.roster.planned("duty_officer", play.now)[0]
    assert play.refused_code(coming, HANDOVER, taken_over=True, on_post=1) == "act.unmet"
    assert not isinstance(
        play.reply(coming, HANDOVER, taken_over=True, on_post=1, short="第二人 19:00 到"), Refusal
    )


def test_a_handover_that_nobody_accepts_climbs_and_duty_stays_all_the_same() -> None:
    play = DayPlay()
    play.pass_to("17:59")
    before = play.rules.roster.holders("duty_officer", play.now)
    play.pass_to("19:00")
    assert any(one.key == HANDOVER for one in play.of(e.DeadlineMissed))
    assert any(
        one.key == HANDOVER and one.role == "quality_safety_supervisor" for one in play.of(e.Escalated)
    )
    assert play.rules.roster.holders("duty_officer", play.now)[:2] == before


def test_promises_pass_with_the_duty_and_not_to_strangers() -> None:
    play = DayPlay()
    key = "rollcall.duty_office#1"
    assert isinstance(play.do(PassOn("pass-0", "P012", key)), Refusal)


def test_the_day_is_over_when_nothing_is_owed() -> None:
    play = DayPlay()
    play.pass_to("18:10")
    all_report(play)
    play.reply(play.rules.roster.planned("duty_officer", play.now)[0], HANDOVER, taken_over=True, on_post=2)
    play.pass_to("19:10")
    play.act("P001", "summary.evening_report.project_manager#1", Verb.RECEIVED)
    play.act("S001", "summary.evening_report.superior_duty#1", Verb.RECEIVED)
    for owed in list(play.case.open_obligations()):
        assert owed.step.startswith("rollcall"), owed.key
    play.pass_to("24:00")
    assert play.case.phase in ("closed", "duty")


def test_what_was_never_done_lapses_and_the_day_ends() -> None:
    play = DayPlay("2027-03-03", ())
    play.until((play.at("24:00") - START) / MINUTE + 12 * 60)
    assert play.case.phase == "closed"
    assert [one.successor for one in play.of(e.Lapsed)] == [""]


def test_at_night_nobody_is_called_on_an_ordinary_day() -> None:
    play = DayPlay("2027-03-03", ())
    play.pass_to("24:00")
    late = [call for call in play.of(e.PersonCalled) if call.at >= play.at("22:00")]
    assert late == []
    assert play.of(e.QuietKept)


def test_an_outage_leaves_the_same_misses_only_marked() -> None:
    unbroken, broken = DayPlay(), DayPlay()
    down = ((broken.at("17:50") - START) / MINUTE, (broken.at("18:40") - START) / MINUTE)
    for play, span in ((unbroken, None), (broken, down)):
        play.until((play.at("19:20") - START) / MINUTE, down=span)
    misses = [[(m.key, m.due_at) for m in play.of(e.DeadlineMissed)] for play in (unbroken, broken)]
    assert sorted(misses[0]) == sorted(misses[1])
    assert any(one.while_down for one in broken.of(e.DeadlineMissed))


def test_a_period_declared_in_the_day_adds_what_is_still_to_come() -> None:
    play = DayPlay("2027-03-03", ())
    special = DayPlay("2027-03-03", ("special_period",))
    play.pass_to("12:00")
    play.do(SetDuty("set-1", special.opened.items, ("special_period",)))
    assert REPORT in play.case.obligations
    again = play.do(SetDuty("set-2", special.opened.items, ("special_period",)))
    assert again == (), "the same again changes nothing"
    play.do(SetDuty("set-3", DayPlay("2027-03-03", ()).opened.items, ()))
    assert play.case.obligations[REPORT].status == "withdrawn"
    assert play.case.obligations[HANDOVER].is_open


@pytest.mark.parametrize("day", ["2027-02-01"])
def test_a_round_becomes_issues_with_owner_date_and_proof(day: str) -> None:
    play = DayPlay(day, (), kind="round")
    due = play.now + 3 * DAY
    play.volunteer(
        "P005",
        "issue.raise",
        kind="rest",
        place="东站",
        finding="休息点没有水",
        owner="crew_1_leader",
        due=due,
    )
    play.act("P021", "issue.fix#1", proof="饮水机已装")
    assert play.refused_code("P021", "issue.check#1", effective=True, seen="x") in (
        "act.same_person",
        "act.not_yours",
    )
    assert play.refused_code("P002", "issue.check#1", effective=False, seen="还是没有") == "act.unmet"
    play.act("P002", "issue.check#1", effective=False, seen="还是没有", owner="crew_1_leader", due=due)
    assert play.case.obligations["issue.fix#2"].role == "crew_1_leader"


def test_the_night_is_quiet_again_when_the_period_is_over() -> None:
    play = DayPlay("2027-10-08", ("special_period",))
    assert play.case.quiet == ""
    play.pass_to("24:00")
    play.do(SetDuty("set-night", play.opened.items, ("special_period",), "22:00-06:00"))
    assert play.case.quiet == "22:00-06:00"
    midnight = play.now
    play.until((midnight - START) / MINUTE + 6 * 60 - 1)
    assert [call for call in play.of(e.PersonCalled) if call.at > midnight] == []
    kept = [one for one in play.of(e.QuietKept) if one.at >= midnight]
    assert kept and {one.next_call_at for one in kept} == {midnight + 6 * 60 * MINUTE}


def test_a_period_that_wants_more_on_post_is_heard_at_the_handover() -> None:
    plan = reference_plan()
    post = plan.posts["duty_office"]
    rule = replace(post.in_period["major_holidays"], least=3)
    stricter = replace(post, in_period={**post.in_period, "major_holidays": rule})
    plan = replace(plan, posts={**plan.posts, "duty_office": stricter})
    for periods, enough in ((HOLIDAY, 3), ((), 2)):
        play = DayPlay("2027-03-03", periods, plan=plan)
        play.pass_to("18:10")
        coming = play.rules.roster.planned("duty_officer", play.now)[0]
        assert play.refused_code(coming, HANDOVER, taken_over=True, on_post=enough - 1) == "act.unmet"
        assert not isinstance(play.reply(coming, HANDOVER, taken_over=True, on_post=enough), Refusal)


def test_a_groups_duty_is_each_members_whether_or_not_it_says_so() -> None:
    plan = reference_plan()
    duty = replace(
        plan.calendar[0], id="group_check", kind="check", each=False, who="crew_leaders", report=None
    )
    plan = replace(plan, calendar=(duty,))
    play = DayPlay("2027-03-03", HOLIDAY, plan=plan)
    owed = [one.role for one in play.case.open_obligations() if one.step == "calendar.group_check"]
    assert owed == CREWS
    assert play.do(SetDuty("set-1", play.opened.items, HOLIDAY)) == ()


def test_unannounced_calls_are_drawn_with_a_key() -> None:
    plan, post = reference_plan(), reference_plan().posts["duty_office"]
    days = [Day(date(2027, 2, number), ZONE, HOLIDAY) for number in range(5, 9)]
    known = [roll_call_times(plan, post, day) for day in days]
    keyed = [roll_call_times(plan, post, replace(day, secret=b"a key")) for day in days]
    assert known != keyed and keyed == [
        roll_call_times(plan, post, replace(day, secret=b"a key")) for day in days
    ]


def test_nobody_new_comes_no_handover_and_nobody_away_keeps_the_post() -> None:
    roster = reference_roster()
    at = instant_of(date(2027, 3, 3), "18:00", ZONE)
    before = roster.planned("duty_officer", at - 1)
    waiting = Waiting("duty_officer", at, away=frozenset(before[:1]))
    assert held(roster, [waiting]).holders("duty_officer", at)[0] == before[1]
    half = replace(roster, periods=tuple(
        replace(one, ends_at=at - HOUR) if one.person == before[0] and one.ends_at == at else one
        for one in roster.periods
    ))  # fmt: skip
    assert handover_times(half, "duty_officer", at - 2 * HOUR, at) == ()
    assert handover_times(half, "duty_officer", at - 2 * HOUR, at + 1) == (at,)
