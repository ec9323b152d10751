"""How a calendar duty stands on a day: done for this turn, due, overdue; and posts that a body outside holds."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.checks import examine
from dutyroom.core.instants import DAY
from dutyroom.core.outsiders import outsiders, reports_outside
from dutyroom.core.packs.dues import next_due, standing
from dutyroom.core.roster import DutyPeriod, PlanInForce, Roster
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.core.words import Words

PLAN = (Path(__file__).parents[2] / "plans" / "sanitation-project" / "plan.yaml").read_bytes()
ISSUED = date(2026, 1, 15)


def duty(every: str, within: int = 0) -> CalendarDuty:
    return CalendarDuty("d", Words("演练", "drill"), "leader", every, "drill", within=within)


@pytest.mark.parametrize(
    ("on", "held", "by", "state"),
    [
        (date(2026, 3, 1), None, date(2026, 7, 15), "due"),
        (date(2026, 7, 15), None, date(2026, 7, 15), "due"),
        (date(2026, 7, 16), None, date(2026, 7, 15), "overdue"),
        (date(2026, 6, 1), date(2026, 5, 1), date(2026, 7, 15), "done"),
        (date(2026, 9, 1), date(2026, 5, 1), date(2027, 1, 15), "due"),
        (date(2027, 1, 16), date(2026, 5, 1), date(2027, 1, 15), "overdue"),
        (date(2028, 1, 1), date(2026, 5, 1), date(2027, 1, 15), "overdue"),
        (date(2028, 1, 1), date(2027, 12, 31), date(2028, 1, 15), "done"),
        (date(2026, 3, 1), date(2025, 12, 1), date(2026, 7, 15), "due"),  # held under an older edition
    ],
)
def test_a_half_yearly_drill(on: date, held: date | None, by: date, state: str) -> None:
    assert standing(duty("half_year"), ISSUED, on, held) == (by, state)


def test_what_is_owed_once_an_edition() -> None:
    once = duty("edition", within=30 * DAY)
    assert standing(once, ISSUED, date(2026, 2, 1), None) == (date(2026, 2, 14), "due")
    assert standing(once, ISSUED, date(2026, 2, 15), None) == (date(2026, 2, 14), "overdue")
    assert standing(once, ISSUED, date(2027, 1, 1), date(2026, 2, 1)) == (date(2026, 2, 14), "done")


@given(
    st.sampled_from(["month", "quarter", "half_year", "year"]),
    st.integers(0, 1500),
    st.one_of(st.none(), st.integers(0, 1500)),
)
def test_done_exactly_if_held_in_this_turn(every: str, after: int, before: int | None) -> None:
    on = ISSUED + timedelta(days=after)
    held = None if before is None else ISSUED + timedelta(days=min(before, after))
    by, state = standing(duty(every), ISSUED, on, held)
    now = next_due(duty(every), ISSUED, on)
    in_turn = held is not None and next_due(duty(every), ISSUED, held) == now
    assert (state == "done") == in_turn
    assert (state == "overdue") == (by < on)


def test_a_post_of_an_unknown_body_is_found() -> None:
    text = PLAN.decode().replace("  spokesperson:\n", "  spokesperson:\n    outside: fire_servise\n", 1)
    if text == PLAN.decode():
        text = PLAN.decode().replace("  spokesperson: {", "  spokesperson: {outside: fire_servise, ", 1)
    found = [one for one in examine(text.encode()).findings if one.code == "check.unknown_outside_role"]
    assert [dict(one.fields)["nearest"] for one in found] == ["fire_service"]
    assert found[0].place != "1:1"


def test_outsiders_are_who_hold_such_a_post_at_any_time() -> None:
    plan = examine(PLAN).plan
    assert plan is not None
    roles = dict(plan.roles) | {"spokesperson": replace(plan.roles["spokesperson"], outside="fire_service")}
    outside = replace(plan, roles=roles)
    turn = DutyPeriod("spokesperson", "B", 0, 1)
    roster = Roster({"spokesperson": ("A",), "duty_officer": ("A", "C")}, (turn,))
    assert outsiders(PlanInForce(outside, roster, {})) == {"A", "B"}
    assert outsiders(PlanInForce(plan, roster, {})) == set()


def test_which_steps_tell_a_body_outside() -> None:
    plan = examine(PLAN).plan
    assert plan is not None
    assert reports_outside(plan, "liaison")
    assert not reports_outside(plan, "phone_superior")
    assert not reports_outside(plan, "no_such_step")
