"""The roster file: exact periods, one finding for each thing spoiled in a good file, holes in cover."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, HOUR, MINUTE, iso, parse_iso
from dutyroom.core.plan import Plan
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rosterfile import check_roster, read_roster
from dutyroom.wording import LANGUAGES, say
from tests.core.builder import PEOPLE, plan, roster, step

EXAMPLE = Path(__file__).parents[2] / "plans" / "sanitation-project" / "roster.yaml"
GOOD = """\
roster: {plan: small, zone: Asia/Shanghai}
posts:
  leader: [P001]
  second: [P002, P003]
duty:
  - post: officer
    from: 2026-11-01
    until: 2026-11-05
    handover: "18:00"
    turn: [[P010, P011], [P012, P013], [P014, P015]]
"""


def read(text: str) -> Roster:
    found, findings = read_roster(text)
    assert found is not None, findings
    return found


def fault(text: str) -> Finding:
    """The only fault in a text, which both languages can word."""
    found, findings = read_roster(text)
    assert found is None
    assert len(findings) == 1, findings
    for language in LANGUAGES:
        assert say(findings[0].code, language, **findings[0].fields)
    return findings[0]


def spoiled(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def told(periods: tuple[DutyPeriod, ...]) -> list[str]:
    """Each period as one line, times in UTC to the minute."""
    return [f"{iso(p.starts_at)[:16]} {iso(p.ends_at)[:16]} {p.role} {p.place} {p.person}" for p in periods]


def test_one_handover_a_day_makes_turns_of_24_hours() -> None:
    assert told(read(GOOD).periods) == [
        "2026-11-01T10:00 2026-11-02T10:00 officer 0 P010",
        "2026-11-01T10:00 2026-11-02T10:00 officer 1 P011",
        "2026-11-02T10:00 2026-11-03T10:00 officer 0 P012",
        "2026-11-02T10:00 2026-11-03T10:00 officer 1 P013",
        "2026-11-03T10:00 2026-11-04T10:00 officer 0 P014",
        "2026-11-03T10:00 2026-11-04T10:00 officer 1 P015",
        "2026-11-04T10:00 2026-11-05T10:00 officer 0 P010",
        "2026-11-04T10:00 2026-11-05T10:00 officer 1 P011",
        "2026-11-05T10:00 2026-11-06T10:00 officer 0 P012",
        "2026-11-05T10:00 2026-11-06T10:00 officer 1 P013",
    ]


def test_two_handovers_a_day_make_two_shifts() -> None:
    text = spoiled('handover: "18:00"', 'handover: ["08:00", "18:00"]').replace("11-05", "11-02")
    assert told(read(text).periods)[::2] == [
        "2026-11-01T00:00 2026-11-01T10:00 officer 0 P010",
        "2026-11-01T10:00 2026-11-02T00:00 officer 0 P012",
        "2026-11-02T00:00 2026-11-02T10:00 officer 0 P014",
        "2026-11-02T10:00 2026-11-03T00:00 officer 0 P010",
    ]


def test_at_the_handover_the_next_turn_is_on_duty() -> None:
    found = read(GOOD)
    handover = parse_iso("2026-11-02T18:00:00+08:00")
    assert found.holders("officer", handover - 1) == ("P010", "P011")
    assert found.holders("officer", handover) == ("P012", "P013")


def test_standing_holders_keep_their_order_at_all_times() -> None:
    found = read(GOOD)
    assert found.holders("second", 0) == found.holders("second", 10**13) == ("P002", "P003")


def test_a_turn_has_the_length_it_has_when_clocks_change() -> None:
    """In Berlin the 25th of October 2026 has 25 hours and the 29th of March 2026 has 23."""
    berlin = spoiled("Asia/Shanghai", "Europe/Berlin")
    for day, length in (("2026-10-25", 25 * HOUR), ("2026-03-29", 23 * HOUR), ("2026-07-01", DAY)):
        text = berlin.replace("2026-11-01", day).replace("2026-11-05", day).replace("18:00", "00:00")
        assert {period.ends_at - period.starts_at for period in read(text).periods} == {length}


def test_a_handover_that_the_clock_skips_leaves_no_hole() -> None:
    """On the 29th of March 2026 Berlin has no 02:30; the turns still touch."""
    text = (
        spoiled("Asia/Shanghai", "Europe/Berlin")
        .replace("2026-11", "2026-03")
        .replace('"18:00"', '["02:30", "03:00"]')
    )
    periods = [
        each
        for each in read(text.replace("03-01", "03-28").replace("03-05", "03-30")).periods
        if not each.place
    ]
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(periods))
    assert all(each.starts_at < each.ends_at for each in periods)


def test_blocks_with_other_handovers_are_joined_by_a_time() -> None:
    joined = GOOD.replace("until: 2026-11-05", "until: 2026-11-05 08:00") + (
        "  - {post: officer, from: 2026-11-05 08:00, until: 2026-11-05, "
        "handover: ['08:00', '20:00'], turn: [[P020], [P021]]}\n"
    )
    periods = [each for each in read(joined).periods if each.place == 0]
    assert told(tuple(periods))[-3:] == [
        "2026-11-04T10:00 2026-11-05T00:00 officer 0 P010",
        "2026-11-05T00:00 2026-11-05T12:00 officer 0 P020",
        "2026-11-05T12:00 2026-11-06T00:00 officer 0 P021",
    ]


def test_a_time_may_stand_without_quotes_or_leading_zero() -> None:
    assert read(spoiled('"18:00"', "18:00")) == read(GOOD)
    assert read(spoiled('"18:00"', "8:00")) == read(spoiled('"18:00"', '"08:00"'))


def test_staff_numbers_keep_their_zeros() -> None:
    assert read(spoiled("[P001]", "[0012]")).standing["leader"] == ("0012",)


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("posts:", "post:", "roster.unknown_key", "2:1"),
        ("    until: 2026-11-05\n", "", "roster.missing_key", "6:5"),
        (", zone: Asia/Shanghai", "", "roster.missing_key", "1:9"),
        ("  second: [P002, P003]", "  leader: [P002]", "roster.twice_key", "4:3"),
        ("Asia/Shanghai", "Asia/Shanghei", "roster.unknown_zone", "1:29"),
        ("Asia/Shanghai", "Asia", "roster.unknown_zone", "1:29"),
        ("Asia/Shanghai", "../etc/passwd", "roster.unknown_zone", "1:29"),
        ("[P001]", "P001", "roster.not_list", "3:11"),
        ("[P001]", "[]", "roster.empty_list", "3:11"),
        ("[P001]", "", "roster.no_value", "3:3"),
        ("[P001]", "[[P001]]", "roster.not_text", "3:12"),
        ("[P002, P003]", "[P002, P002]", "roster.person_twice", "4:18"),
        ("[P012, P013]", "[P012, P012]", "roster.person_twice", "10:33"),
        ("[P012, P013]", "[]", "roster.empty_list", "10:26"),
        ("[P001]", "[沈国梁]", "roster.name", "3:12"),
        ("[P001]", "[P 001]", "roster.bad_number", "3:12"),
        ("[P001]", "[13800000001]", "roster.contact", "3:12"),
        ("[P001]", "[１３８０００００００１]", "roster.contact", "3:12"),
        ("[P001]", "[P001]  # 138-0000-0001", "roster.contact", "3:21"),
        ("[P001]", "[P001]  # 010-12345678", "roster.contact", "3:21"),
        ("[P001]", "[P001]  # a.b@example.com", "roster.contact", "3:21"),
        ("2026-11-05", "2026-10-31", "roster.reversed", "7:11"),
        ("2026-11-05", "2062-11-05", "roster.too_long", "8:12"),
        ("2026-11-05", "2026-11-31", "roster.bad_date", "8:12"),
        ("2026-11-05", "11/05/2026", "roster.bad_date", "8:12"),
        ("2026-11-05", "2026-11-05 25:00", "roster.bad_date", "8:12"),
        ('"18:00"', '"24:00"', "roster.bad_time", "9:15"),
        ('"18:00"', "下午6点", "roster.bad_time", "9:15"),
        ('"18:00"', '["18:00", "08:00"]', "roster.handover_order", "9:15"),
        ('"18:00"', '["18:00", "18:00"]', "roster.handover_order", "9:15"),
        ("  leader: [P001]", "  leader [P001]", "roster.not_yaml", None),
        ("posts:", "posts: [", "roster.not_yaml", None),
    ],
)
def test_each_spoiled_thing_is_named(old: str, new: str, code: str, place: str | None) -> None:
    text = spoiled(old, new)
    finding = fault(text)
    assert finding.code == code
    assert finding.severity == "error"
    assert place is None or finding.place == place


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_is_named(text: str) -> None:
    assert fault(text).code == "roster.empty"


def test_a_file_of_another_shape_is_named() -> None:
    _, findings = read_roster("- a\n- b\n")
    assert [each.code for each in findings] == ["roster.not_mapping"]


def test_a_roster_of_another_plan_is_named() -> None:
    assert read_roster(GOOD, "small")[0] is not None
    found, findings = read_roster(GOOD, "large")
    assert found is None
    assert [(each.code, each.place) for each in findings] == [("roster.other_plan", "1:16")]


def test_overlapping_blocks_of_one_post_are_named_with_the_other_line() -> None:
    block = GOOD.partition("duty:\n")[2]
    finding = fault(GOOD + block.replace("2026-11-05", "2026-11-07"))
    assert (finding.code, finding.place) == ("roster.overlap", "11:5")
    assert finding.fields == {"post": "officer", "other": 6, "ends": "2026-11-06 18:00"}
    later = block.replace("2026-11-01", "2026-11-06").replace("2026-11-05", "2026-11-07")
    assert len(read(GOOD + later).periods) == len(read(GOOD).periods) + 4
    assert read(GOOD + block.replace("officer", "second")) is not None


def test_a_block_inside_a_longer_one_is_named_even_after_another() -> None:
    def line(first: int, last: int) -> str:
        return (
            f"  - {{post: officer, from: 2026-12-{first:02d}, until: 2026-12-{last:02d}, "
            'handover: "18:00", turn: [[P010]]}\n'
        )

    _, findings = read_roster(GOOD + line(1, 20) + line(2, 3) + line(10, 11) + line(21, 22))
    assert [(each.code, each.place, each.fields["other"]) for each in findings] == [
        ("roster.overlap", "12:5", 11),
        ("roster.overlap", "13:5", 11),
    ]


def test_a_roster_beyond_reason_is_refused_before_it_is_made() -> None:
    hours = ", ".join(f'"{hour:02d}:{minute}"' for hour in range(24) for minute in ("00", "30"))
    long = GOOD.replace("2026-11-05", "2030-11-05").replace('"18:00"', f"[{hours}]")
    crowd = ", ".join(f"X{number}" for number in range(20))
    assert fault(long.replace("P010, P011", crowd)).code == "roster.too_many"
    assert fault("#" * 500_001).code == "roster.too_large"


def test_every_fault_is_told_at_once_in_the_order_of_lines() -> None:
    text = GOOD.replace("[P001]", "[张三]").replace("18:00", "18:60").replace("2026-11-01", "soon")
    _, findings = read_roster(text)
    assert [(each.code, each.place) for each in findings] == [
        ("roster.name", "3:12"),
        ("roster.bad_date", "7:11"),
        ("roster.bad_time", "9:15"),
    ]


def test_a_finding_repeats_no_name_and_no_number() -> None:
    _, findings = read_roster(GOOD.replace("[P001]", "[沈国梁, 13800000001]"))
    assert {each.code for each in findings} == {"roster.name", "roster.contact"}
    told = repr(findings) + "".join(say(each.code, "zh", **each.fields) for each in findings)
    assert "沈国梁" not in told and "13800000001" not in told


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_text_raises(data: st.DataObject) -> None:
    """A good file with a piece cut out and strange text put in: a roster or findings, never an exception."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 12)))
    signs = st.sampled_from(list("\n\t :-[]{}&*!|>%@`\"'#,?~<=\\\0\x85\ufeff龑9")) | st.characters()
    text = GOOD[:start] + data.draw(st.text(signs, max_size=8)) + GOOD[end:]
    found, findings = read_roster(text)
    assert (found is None) == bool(findings)
    for finding in findings:
        assert say(finding.code, "zh", **finding.fields) and say(finding.code, "en", **finding.fields)


# ---- the roster against its plan and people

EVERYBODY = frozenset(person for persons in PEOPLE.values() for person in persons)
PLAN: Plan = plan(step("answer", "officer"), step("count", ("crew",), each=True), step("tell", "leader"))


def told_codes(found: Roster, persons: frozenset[str] = EVERYBODY) -> list[tuple[str, str, str]]:
    findings = check_roster(found, persons, PLAN, "Asia/Shanghai")
    for finding in findings:
        assert say(finding.code, "zh", **finding.fields) and say(finding.code, "en", **finding.fields)
    return [(each.code, each.severity, each.place) for each in findings]


def without(role: str) -> dict[str, tuple[str, ...]]:
    return {name: persons for name, persons in PEOPLE.items() if name != role}


def test_a_full_roster_has_no_findings() -> None:
    assert told_codes(roster()) == []


def test_a_role_nobody_holds_is_an_error_where_a_step_asks_it() -> None:
    assert told_codes(roster(without("officer"))) == [("roster.nobody", "error", "officer")]
    assert told_codes(roster(without("b"))) == [("roster.nobody", "error", "b")]  # through its group
    assert told_codes(roster(without("leader"))) == [("roster.nobody", "error", "leader")]
    assert told_codes(roster(without("second"))) == [("roster.nobody", "warning", "second")]


def test_a_post_the_plan_does_not_have_is_named_with_the_nearest() -> None:
    assert told_codes(roster({**PEOPLE, "oficer": ("O1",)})) == [
        ("roster.unknown_post_near", "error", "oficer")
    ]
    finding = check_roster(roster({**PEOPLE, "oficer": ("O1",)}), EVERYBODY, PLAN)[0]
    assert finding.fields["near"] == "officer"
    assert told_codes(roster({**PEOPLE, "xyz": ("O1",)})) == [("roster.unknown_post", "error", "xyz")]


def test_a_person_outside_the_people_list_is_named_once() -> None:
    periods = (DutyPeriod("officer", "X9", 0, HOUR), DutyPeriod("officer", "X9", HOUR, 2 * HOUR))
    assert told_codes(roster(periods=periods)) == [("roster.unknown_person", "error", "officer")]
    assert told_codes(roster(), EVERYBODY - {"S1"}) == [("roster.unknown_person", "error", "second")]


def test_a_hole_is_named_with_its_times_in_the_zone() -> None:
    day = parse_iso("2026-11-01T18:00:00+08:00")
    periods = (
        DutyPeriod("officer", "O1", day, day + DAY),
        DutyPeriod("officer", "O2", day, day + DAY + HOUR, place=1),
        DutyPeriod("officer", "O1", day + DAY + HOUR + MINUTE, day + 2 * DAY),
    )
    found = roster(without("officer"), periods)
    assert told_codes(found) == [("roster.hole", "error", "officer")]
    (finding,) = check_roster(found, EVERYBODY, PLAN, "Asia/Shanghai")
    assert (finding.fields["start"], finding.fields["end"]) == ("2026-11-02 19:00", "2026-11-02 19:01")
    assert told_codes(roster(periods=periods)) == []  # somebody holds the post all the time
    assert told_codes(roster(without("officer"), periods[:2])) == []


def test_a_hole_between_two_blocks_of_a_file_is_found() -> None:
    block = (
        GOOD.partition("duty:\n")[2].replace("2026-11-01", "2026-11-08").replace("2026-11-05", "2026-11-09")
    )
    findings = check_roster(read(GOOD + block), [], PLAN, "Asia/Shanghai")
    holes = [each.fields for each in findings if each.code == "roster.hole"]
    assert holes == [
        {"start": "2026-11-06 18:00", "end": "2026-11-08 18:00", "post": "officer", "zone": "Asia/Shanghai"}
    ]


def test_the_example_covers_every_minute_of_fourteen_months() -> None:
    found, findings = read_roster(EXAMPLE.read_text(encoding="utf-8"), "sanitation-project")
    assert found is not None, findings
    first = [period for period in found.periods if period.place == 0]
    assert (iso(first[0].starts_at), iso(first[-1].ends_at)) == (
        "2026-11-01T10:00:00.000Z",
        "2028-01-01T10:00:00.000Z",
    )
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(first))
    assert len(found.periods) == 2 * len(first) == 2 * 426


def test_turns_change_on_the_days_of_the_week_that_are_named() -> None:
    """1 November 2026 was a Sunday: until Monday 18:00, then a week each."""
    weekly = spoiled('handover: "18:00"', 'handover: "18:00"\n    weekdays: mon')
    weekly = weekly.replace("until: 2026-11-05", "until: 2026-11-16 18:00")
    assert told(read(weekly).periods)[::2] == [
        "2026-11-01T10:00 2026-11-02T10:00 officer 0 P010",
        "2026-11-02T10:00 2026-11-09T10:00 officer 0 P012",
        "2026-11-09T10:00 2026-11-16T10:00 officer 0 P014",
    ]


def test_a_day_of_the_week_that_is_none() -> None:
    found = fault(spoiled('handover: "18:00"', 'handover: "18:00"\n    weekdays: [mon, someday]'))
    assert (found.code, found.place, found.fields["value"]) == ("roster.bad_weekday", "10:21", "someday")
