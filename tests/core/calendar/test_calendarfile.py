"""The calendar file: a good one has no findings; each test spoils one thing and names the finding and its line."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.calendar.calendarfile import CalendarFile, check_calendar, read_calendar
from dutyroom.core.findings import Finding
from dutyroom.core.instants import parse_iso
from dutyroom.core.surroundings import Period
from dutyroom.core.words import Words
from dutyroom.wording import LANGUAGES, say
from tests.core.builder import plan

GOOD = """\
calendar: {zone: Asia/Shanghai}
notices:
  - year: 2026
    number: 国办发明电〔2025〕7号
    published: 2025-11-04
    status: official
    holidays:
      - {id: new_year, name: {zh: 元旦, en: New Year}, from: 2026-01-01, until: 2026-01-03, statutory: [2026-01-01]}
    workdays: [2026-01-04]
  - year: 2027
    status: provisional
    holidays:
      - {id: new_year, name: 元旦, from: 2027-01-01, until: 2027-01-01, statutory: [2027-01-01]}
periods:
  - {period: special, from: 2027-03-01, until: 2027-03-15, source: superior, reason: {zh: 大型活动, en: A great event}}
  - {period: special, from: "2027-07-01 18:00", until: "2027-07-02 06:30", source: warning}
"""


def read(text: str) -> CalendarFile:
    found, findings = read_calendar(text)
    assert found is not None, findings
    assert findings == ()
    return found


def test_a_good_file_has_no_findings() -> None:
    found = read(GOOD)
    assert [(notice.year, notice.status) for notice in found.notices] == [
        (2026, "official"),
        (2027, "provisional"),
    ]
    whole, timed = found.declared
    assert (whole.starts_at, whole.ends_at) == (
        parse_iso("2027-03-01T00:00+08:00"),
        parse_iso("2027-03-16T00:00+08:00"),
    )
    assert whole.reason == Words("大型活动", "A great event")
    assert (timed.starts_at, timed.ends_at) == (
        parse_iso("2027-07-01T18:00+08:00"),
        parse_iso("2027-07-02T06:30+08:00"),
    )


SPOILED = [
    ("zone: Asia/Shanghai", "zone: Mars/Base", "calendar.unknown_zone", 1),
    ("zone: Asia/Shanghai", "zone: 8", "calendar.unknown_zone", 1),
    ("zone: Asia/Shanghai", "zon: Asia/Shanghai", "calendar.unknown_key", 1),
    ("    status: official\n", "    status: certain\n", "calendar.not_one_of", 6),
    ("    status: official\n", "", "calendar.missing_key", 3),
    ("    number: 国办发明电〔2025〕7号\n", "", "calendar.no_source", 3),
    ("published: 2025-11-04", "published: 2025-11-31", "calendar.bad_date", 5),
    ("year: 2026", "year: twenty", "calendar.bad_year", 3),
    ("year: 2026", "year: 2027", "calendar.other_year", 8),
    ("workdays: [2026-01-04]", "workdays: [2026-01-05]", "calendar.workday_not_weekend", 9),
    ("workdays: [2026-01-04]", "workdays: [2026-01-03]", "calendar.day_twice", 3),
    ("workdays: [2026-01-04]", "workdays: 2026-01-04", "calendar.not_list", 9),
    ("workdays: [2026-01-04]", "workdays: [2016-01-09]", "calendar.other_year", 9),
    ("until: 2026-01-03, statutory: [2026-01-01]", "until: 2025-12-31, statutory: []", "calendar.reversed", 8),
    ("until: 2026-01-03", "until: 2026-02-03", "calendar.holiday_too_long", 8),
    ("statutory: [2026-01-01]}", "statutory: [2026-02-01]}", "calendar.statutory_outside", 8),
    ("id: new_year, name: {zh: 元旦, en: New Year}", "id: New, name: {zh: 元旦, en: N}", "calendar.bad_id", 8),
    ("name: {zh: 元旦, en: New Year}", "name: {zh: 元旦}", "calendar.not_words", 8),
    ("until: 2027-01-01,", "until: 2027-01-02,", "calendar.provisional_rest", 12),
    ("status: provisional\n", "status: provisional\n    workdays: [2027-01-02]\n", "calendar.provisional_exchange", 12),
    ("  - year: 2027", "  - year: 2025", "calendar.other_year", 13),
    ("from: 2027-03-01, until: 2027-03-15", "from: 2027-03-15, until: 2027-03-01", "calendar.reversed", 15),
    ("source: superior", "source: rumour", "calendar.not_one_of", 15),
    ("2027-07-02 06:30", "2027-07-02 26:30", "calendar.bad_date", 16),
    ("periods:\n", "periods: none\nperiod:\n", "calendar.unknown_key", 15),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line"), SPOILED)
def test_one_thing_spoiled(old: str, new: str, code: str, line: int) -> None:
    assert GOOD.count(old) >= 1
    found, findings = read_calendar(GOOD.replace(old, new, 1))
    assert found is None
    assert (code, line) in [(one.code, int(one.place.split(":")[0])) for one in findings], findings
    worded(findings)


def test_a_notice_twice() -> None:
    again = GOOD.replace("  - year: 2027\n    status: provisional", "  - year: 2026\n    status: provisional")
    again = again.replace("2027-01-01", "2026-01-01")
    found, findings = read_calendar(again)
    assert found is None
    assert [(one.code, one.fields) for one in findings] == [
        ("calendar.year_twice", {"year": 2026, "line": "3"})
    ]


def test_a_slip_that_breaks_the_balance_is_warned_of_and_the_file_still_reads() -> None:
    found, findings = read_calendar(GOOD.replace("    workdays: [2026-01-04]\n", ""))
    assert found is not None
    assert [(one.code, one.severity, one.fields) for one in findings] == [
        ("calendar.balance", "warning", {"year": 2026, "off": 2, "owed": 1})
    ]
    worded(findings)


def test_a_period_the_plan_does_not_have() -> None:
    small = replace(
        plan(), periods={"season": Period("season", Words("汛期", "Season"), starts="06-01", ends="09-01")}
    )
    findings = check_calendar(read(GOOD), small)
    assert {one.code for one in findings} == {"calendar.unknown_period"}
    worded(findings)


def test_faults_of_yaml_keep_their_line() -> None:
    found, findings = read_calendar(GOOD.replace("notices:", "notices："))
    assert found is None
    assert findings[0].code == "plan.full_width_colon" and findings[0].place.startswith("2:")


def test_too_large() -> None:
    assert read_calendar("#" * 300_000)[1][0].code == "calendar.too_large"


@given(st.integers(0, len(GOOD)), st.integers(0, 30), st.text(max_size=12))
def test_no_damage_makes_it_fall_over(at: int, length: int, put: str) -> None:
    _, findings = read_calendar(GOOD[:at] + put + GOOD[at + length :])
    worded(findings)


def worded(findings: tuple[Finding, ...]) -> None:
    for one in findings:
        for language in LANGUAGES:
            assert say(one.code, language, **one.fields)


def test_the_plans_calendars_read() -> None:
    for path in (Path(__file__).parents[3] / "plans").glob("*/calendar.yaml"):
        assert read_calendar(path.read_text("utf-8"))[1] == ()
