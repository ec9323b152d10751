"""A roster that is written reads back as the same roster, whatever its turns; a supervisor finds month and holiday."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroom.adapters.rostering.rostertext import roster_text
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.core.rosterfile import read_roster

FRIDAY = 1_798_732_800_000  # 2027-01-01T00:00 in Shanghai


def nothing(day: date) -> str:
    return ""


def written(roster: Roster) -> str:
    return roster_text(roster, "p", "Asia/Shanghai", "zh", nothing)


def spans(roster: Roster) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Who holds what from when until when, whether a long turn is written as one or as several days."""
    found = []
    for role in sorted({one.role for one in roster.periods} | set(roster.standing)):
        edges = roster.changes(role)
        found += [(role, edge, 0, roster.holders(role, edge)) for edge in edges]
        found.append((role, 0, 0, roster.holders(role, 0)))
    return found


def run(post: str, starts: int, lengths: list[int], people: int) -> list[DutyPeriod]:
    periods, at = [], starts
    for number, hours in enumerate(lengths):
        for place in range(people):
            periods.append(DutyPeriod(post, f"P{(number + place) % 7}", at, at + hours * HOUR, place))
        at += hours * HOUR
    return periods


@given(
    first=st.lists(st.sampled_from([8, 12, 24]), min_size=1, max_size=20),
    starts=st.integers(0, 200),
    weeks=st.integers(1, 5),
    pause=st.integers(0, 30),
    people=st.integers(1, 3),
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back(
    first: list[int], starts: int, weeks: int, pause: int, people: int
) -> None:
    begin = FRIDAY + starts * HOUR
    later = begin + (sum(first) + pause) * HOUR
    periods = [
        *run("desk", begin, first, people),
        *run("desk", later, [24] * 3, people),
        *run("crew", FRIDAY + 3 * DAY, [168] * weeks, 2),
        *run("day", FRIDAY + 8 * HOUR, [10], 1),
        *run("day", FRIDAY + 32 * HOUR, [10], 1),
    ]
    roster = Roster({"chief": ("C1", "C2")}, tuple(periods))
    back, findings = read_roster(written(roster), "p")
    assert findings == () and back is not None
    assert spans(back) == spans(roster)


def test_months_weekdays_and_holidays_stand_beside_the_turns() -> None:
    roster = Roster({}, tuple(run("desk", FRIDAY + 30 * DAY + 18 * HOUR, [24] * 3, 2)))
    text = roster_text(
        roster, "p", "Asia/Shanghai", "zh", lambda day: "节日" if day == date(2027, 2, 2) else "", ["一句话"]
    )
    lines = text.splitlines()
    assert "# 一句话" in lines
    assert lines[lines.index("      # 2027-02") + 1] == "      - [P1, P2]  # 02-01 一 节日"
    assert "      - [P0, P1]  # 01-31 日" in lines and "    from: 2027-01-31" in lines
    assert '    handover: "18:00"' in lines and "    until: 2027-02-02" in lines
    english = roster_text(roster, "p", "Asia/Shanghai", "en", nothing)
    assert "# 02-01 Mon" in english


def test_a_weekly_post_is_a_line_a_week() -> None:
    roster = Roster({}, tuple(run("crew", FRIDAY + 3 * DAY + 18 * HOUR, [168] * 4, 2)))
    text = written(roster)
    assert "    weekdays: [mon]" in text and text.count("- [P") == 4
