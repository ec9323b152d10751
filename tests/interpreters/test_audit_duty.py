"""Duty days on record are held against their plan like any other case, and come back the same from their commands."""

import pytest

from dutyroom.core import events as e
from dutyroom.core.commands import SetDuty
from dutyroom.core.instants import MINUTE
from dutyroom.interpreters.audit import audit, replayed
from tests.core.builder import START
from tests.core.duties.days import HOLIDAY, DayPlay

REPORT = "calendar.evening_report#1@crew_1_leader"


def played(periods: tuple[str, ...], *, kept: bool) -> DayPlay:
    play = DayPlay("2027-03-03", periods)
    play.pass_to("18:05")
    if kept:
        for crew in range(1, 7):
            if periods:
                play.reply(f"P02{crew}", f"calendar.evening_report#1@crew_{crew}_leader", nothing=True)
        coming = play.rules.roster.planned("duty_officer", play.now)[0]
        play.act(coming, "handover.duty_officer#1", taken_over=True, on_post=2)
    play.until((play.at("24:00") - START) / MINUTE + 13 * 60)
    return play


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("periods", [(), HOLIDAY])
def test_the_record_comes_back_from_its_commands(periods: tuple[str, ...], kept: bool) -> None:
    play = played(periods, kept=kept)
    assert replayed(play.rules, play.events) == tuple(play.events)


def test_a_changed_day_comes_back_too() -> None:
    play = DayPlay("2027-03-03", ())
    play.pass_to("12:00")
    special = DayPlay("2027-03-03", ("special_period",)).opened.items
    play.do(SetDuty("set-1", special, ("special_period",)))
    play.pass_to("13:00")
    play.do(SetDuty("set-2", DayPlay("2027-03-03", ()).opened.items, ()))
    assert replayed(play.rules, play.events) == tuple(play.events)


def test_the_audit_names_what_was_missed_and_nothing_else() -> None:
    missed = played(HOLIDAY, kept=False)
    found = audit(missed.rules, missed.events)
    assert not found.stuck_at
    late = {one.step for one in found.deviations}
    assert "calendar.evening_report" in late and "handover.duty_officer" in late
    clean = played((), kept=True)
    good = audit(clean.rules, clean.events)
    assert good.deviations == ()


def test_a_report_cut_out_of_the_record_is_found() -> None:
    play = played(HOLIDAY, kept=True)
    cut = [one for one in play.events if not (isinstance(one, e.ActMarked) and one.key == REPORT)]
    found = audit(play.rules, cut)
    assert any(one.step == "calendar.evening_report" for one in found.deviations)
