"""A scenario that is wrong is answered whole: each fault with its line, its code and a sentence in both languages."""

import pytest

from dutyroom.interpreters.drill.year import Scenario, read_scenario
from dutyroom.wording.narrate import tell
from tests.interpreters.year.years import SCENARIO, reference

GOOD = """\
year:
  id: short
  title: {zh: 一周, en: A week}
  from: 2027-02-01
  until: 2027-02-07
periods:
  - {period: special_period, from: "2027-02-03 08:00", until: "2027-02-04", source: superior}
sick:
  - {person: P012, from: "2027-02-02 09:00", until: "2027-02-05", noticed: 2 h, by: P015}
lost_phones:
  - {person: P021, from: "2027-02-02", until: "2027-02-03", refused: true}
outages:
  - {from: "2027-02-06 17:50", until: "2027-02-06 18:40"}
chances: {idle: 3 %}
"""


def found(text: str) -> list[tuple[str, str]]:
    """Code and line of each fault; every one can be told in both languages."""
    own = reference()
    scenario, findings = read_scenario(text, own.rules.plan, own.rules.roster, own.zone)
    assert (scenario is None) == bool(findings)
    for finding in findings:
        for lang in ("zh", "en"):
            assert tell(finding, lang)
    return [(one.code, one.place.split(":")[0]) for one in findings]


def test_a_good_scenario_has_no_findings() -> None:
    assert found(GOOD) == []
    assert found(SCENARIO.read_text(encoding="utf-8")) == []


def test_a_scenario_says_what_it_means() -> None:
    scenario: Scenario = reference().read(GOOD)
    starts, ends = scenario.span()
    assert ends - starts == 7 * 24 * 3_600_000
    assert len(list(scenario.days())) == 7
    (sick,) = scenario.sick
    assert (sick.person, sick.by, sick.noticed_at - sick.starts_at) == ("P012", "P015", 2 * 3_600_000)
    assert scenario.lost_phones[0].refused
    assert scenario.chances.idle == 30_000
    assert scenario.ordered[0].known_at == scenario.ordered[0].declared.starts_at


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("until: 2027-02-07", "until: 2027-01-07", [("year.span", "5")]),
        ("until: 2027-02-07", "until: 2037-01-07", [("year.span", "5")]),
        ("from: 2027-02-01", "from: soon", [("year.day", "4")]),
        ("  from: 2027-02-01\n", "", [("year.missing", "1")]),
        ("{zh: 一周, en: A week}", "{zh: 一周}", [("year.title", "3")]),
        ("  id: short", "  seed: often", [("year.seed", "2")]),
        ("period: special_period", "period: summer", [("year.period", "7")]),
        ("source: superior", "source: nobody", [("year.source", "7")]),
        ('from: "2027-02-03 08:00"', 'from: "2027-02-30 08:00"', [("year.time", "7")]),
        ('from: "2027-02-03 08:00"', 'from: "2027-02-03 25:00"', [("year.time", "7")]),
        ('from: "2027-02-03 08:00"', "from: 8", [("year.time", "7")]),
        ("person: P012", "person: P013x", [("drill.unknown_person", "9")]),
        ("by: P015", "by: P012", [("year.by_oneself", "9")]),
        ("noticed: 2 h", "noticed: soon", [("year.duration", "9")]),
        ("refused: true", "refused: maybe", [("year.yes_no", "11")]),
        ('until: "2027-02-06 18:40"', 'until: "2027-02-06 17:40"', [("year.reversed", "13")]),
        ('  - {from: "2027-02-06 17:50", until: "2027-02-06 18:40"}', "  - often", [("year.shape", "13")]),
        ("outages:", "outage:", [("plan.unknown_key", "12")]),
        ("{person: P021", "{persons: P021", [("plan.unknown_key", "11"), ("year.missing", "11")]),
        ("idle: 3 %", "idle: often", [("chances.percent", "14")]),
        ("chances: {idle: 3 %}", "chances: {lazy: 3 %}", [("plan.unknown_key", "14")]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert old in GOOD
    assert found(GOOD.replace(old, new, 1)) == expected


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace("P012", "P999").replace("superior", "nobody").replace("2 h", "soon")
    assert {code for code, _ in found(text)} == {"drill.unknown_person", "year.source", "year.duration"}


@pytest.mark.parametrize(
    "text", ["", "[]", "year", "year: 2027", "year:\n\t- x", "year: {from: [], until: {}}", "periods: 3"]
)
def test_what_is_no_scenario_is_answered_too(text: str) -> None:
    assert found(text)
