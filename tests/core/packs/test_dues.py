"""What a trade owes by the calendar and by when: trade, day of issue, day asked, and the days worked out by hand."""

from datetime import date

import pytest

from dutyroom.core.packs import Pack, pack
from dutyroom.core.packs.dues import duties_of, next_due
from dutyroom.core.surroundings import CalendarDuty

NEVER = "-"


def the(name: str) -> Pack:
    found = pack(name)
    assert found is not None
    return found


PACKS = (the("cn-plan-management"), the("cn-petitions"))


def due(trade: str, duty: str, issued: str, on: str) -> str:
    found = [one for one in duties_of(PACKS, trade) if one.id == duty]
    if not found:
        return NEVER
    return next_due(found[0], date.fromisoformat(issued), date.fromisoformat(on)).isoformat()


@pytest.mark.parametrize(
    ("trade", "duty", "issued", "on", "expected"),
    [
        ("construction", "law_drill_reported", "2026-01-15", "2026-01-15", "2026-07-15"),
        ("construction", "law_drill_reported", "2026-01-15", "2026-07-15", "2026-07-15"),
        ("construction", "law_drill_reported", "2026-01-15", "2026-07-16", "2027-01-15"),
        ("crowded_venue", "law_drill_reported", "2026-08-31", "2026-09-01", "2027-02-28"),
        ("hazardous", "law_drill_reported", "2027-08-31", "2027-09-01", "2028-02-29"),
        ("street_cleaning", "law_drill_reported", "2026-01-15", "2026-01-15", NEVER),
        ("street_cleaning", "law_drill_plan", "2026-11-01", "2026-11-23", "2027-11-01"),
        ("street_cleaning", "law_drill_scene", "2026-11-01", "2027-05-02", "2027-11-01"),
        ("street_cleaning", "law_filing", "2026-11-01", "2026-11-02", NEVER),
        ("street_cleaning", "law_evaluation", "2026-11-01", "2028-11-02", NEVER),
        ("street_cleaning", "law_duty_watch", "2026-11-01", "2026-11-23", NEVER),
        ("construction", "law_filing", "2026-03-02", "2026-03-10", "2026-03-30"),
        ("crowded_venue", "law_filing", "2026-12-20", "2027-02-01", "2027-01-17"),
        ("construction", "law_evaluation", "2026-02-28", "2026-11-23", "2029-02-28"),
        ("construction", "law_evaluation", "2026-02-28", "2029-03-01", "2032-02-28"),
        ("crowded_venue", "law_evaluation", "2026-02-28", "2026-11-23", NEVER),
        ("hazardous", "law_duty_watch", "2026-11-01", "2026-11-23", "2026-11-23"),
        ("construction", "law_supplies", "2026-11-30", "2026-12-01", "2027-02-28"),
        ("construction", "law_wage_ledger", "2026-01-31", "2026-02-01", "2026-02-28"),
        ("hazardous", "law_wage_ledger", "2026-01-31", "2026-02-01", NEVER),
    ],
)
def test_trade_and_day(trade: str, duty: str, issued: str, on: str, expected: str) -> None:
    assert due(trade, duty, issued, on) == expected


def test_before_the_plan_is_issued_its_first_turn_is_owed() -> None:
    assert due("construction", "law_drill_scene", "2026-06-01", "2026-05-01") == "2026-12-01"


def test_an_unknown_interval_is_a_fault_of_ours() -> None:
    duty = CalendarDuty("x", the("cn-plan-management").title, "safety", "fortnight")
    with pytest.raises(ValueError, match="fortnight"):
        next_due(duty, date(2026, 1, 1), date(2026, 1, 2))
