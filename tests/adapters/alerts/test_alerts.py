"""Outside warnings read: good ones of each form, each spoiled in one thing, hostile XML; what a plan makes of them."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.adapters.alerts import LARGEST, read_alert
from dutyroom.core.alerts import Alert, Place, areas_of, colour_in, hazard_of, heed, lifted, read_map
from dutyroom.core.findings import Finding
from dutyroom.core.grading import read_warning
from dutyroom.core.instants import DAY, HOUR, parse_iso
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.wording import LANGUAGES, say

GOOD = Path(__file__).parent / "good"
PLANS = Path(__file__).parents[3] / "plans"


def plan_of(name: str) -> Plan:
    plan, findings = read_plan((PLANS / name / "plan.yaml").read_text("utf-8"))
    assert plan is not None, findings
    return plan


WEATHER = plan_of("severe-weather")


def read(name: str) -> Alert:
    alert, findings = read_alert((GOOD / name).read_bytes())
    assert alert is not None and findings == (), findings
    return alert


def faults(content: str | bytes) -> tuple[Finding, ...]:
    alert, findings = read_alert(content if isinstance(content, bytes) else content.encode())
    assert alert is None or not any(one.severity == "error" for one in findings)
    assert alert is not None or findings
    for one in findings:
        for language in LANGUAGES:
            assert say(one.code, language, **one.fields)
    return findings


def test_cap_with_two_languages_is_one_part() -> None:
    alert = read("cap-rainstorm.xml")
    assert (alert.identifier, alert.kind, alert.status) == ("example-2026-07-20-001", "alert", "actual")
    (part,) = alert.parts
    assert (part.event, part.colour) == ("暴雨", "orange")
    assert part.places == (Place("沿江片区", ("990102",)), Place("城区其他片区", ("990103",)))
    assert part.onset_at == parse_iso("2026-07-20T10:00:00+08:00")
    assert part.expires_at - part.onset_at == 12 * HOUR


def test_an_update_puts_one_place_down_and_leaves_the_other() -> None:
    alert = read("cap-one-down.xml")
    assert alert.refers_to == ("example-2026-07-20-001",)
    found = [heed(WEATHER, part, {}).facts for part in alert.parts]
    assert found == [{"warning.rainstorm.river": "yellow"}, {"warning.rainstorm.city": "orange"}]


def test_a_cancelling_names_what_it_ends_and_says_nothing_else() -> None:
    alert = read("cap-cancel.xml")
    assert (alert.kind, alert.parts) == ("cancel", ())
    assert alert.refers_to == ("example-2026-07-20-001", "example-2026-07-20-002")


def test_an_exercise_never_acts() -> None:
    assert not read("cap-exercise.xml").acts
    for status in ("Test", "System", "Draft"):
        alert, _ = read_alert(
            (GOOD / "cap-exercise.xml").read_text("utf-8").replace("Exercise", status).encode()
        )
        assert alert is not None and not alert.acts


def test_the_chinese_form() -> None:
    alert = read("chinese-typhoon.xml")
    (part,) = alert.parts
    assert alert.sent_at == part.onset_at == parse_iso("2026-09-12T09:30:00+08:00")
    assert part.expires_at - part.onset_at == DAY  # no end was given
    assert (part.colour, part.places) == ("red", (Place("沿江片区", ("990102000000",)),))
    heeded = heed(WEATHER, part, {})
    assert heeded.facts == {"warning.typhoon.river": "red"} and heeded.is_automatic


def test_the_chinese_form_in_gb18030() -> None:
    text = (GOOD / "chinese-typhoon.xml").read_text("utf-8").replace("UTF-8", "GB18030")
    alert, findings = read_alert(text.encode("gb18030"))
    assert alert is not None and findings == ()
    assert alert.parts[0].headline == "示例市气象台发布台风红色预警信号"


def test_a_reference_torn_apart_by_the_chinese_time() -> None:
    text = (GOOD / "chinese-typhoon.xml").read_text("utf-8").replace(">Alert<", ">Update<")
    reference = (
        "甲,99010041600000_20260912060000_1,2026-09-12 06:00:00+08:00 甲,other_2,2026-09-12 07:00+08:00"
    )
    alert, findings = read_alert(
        text.replace("</scope>", f"</scope><references>{reference}</references>").encode()
    )
    assert alert is not None, findings
    assert alert.refers_to == ("99010041600000_20260912060000_1", "other_2")


def test_the_json_feed() -> None:
    alert = read("feed.json")
    heat, dust = alert.parts
    assert (heat.event, heat.colour, heat.places[1]) == ("高温", "yellow", Place("新区", ("990104",)))
    assert (dust.event, dust.colour) == ("沙尘暴", "blue")
    assert dust.expires_at - dust.onset_at == DAY


def test_an_unknown_type_of_event_is_kept_and_follows_nothing() -> None:
    alert = read("feed.json")
    heeded = heed(WEATHER, alert.parts[1], {})
    assert (heeded.hazard, dict(heeded.facts), heeded.rules) == ("", {}, ())


CAP = (GOOD / "cap-one-down.xml").read_text("utf-8")
SPOILED = [
    ("<identifier>example-2026-07-20-002</identifier>", "", "alert.missing"),
    ("<identifier>example-2026-07-20-002", "<identifier>a b", "alert.bad_identifier"),
    ("<identifier>example-2026-07-20-002", "<identifier>a,b", "alert.bad_identifier"),
    ("<sender>weather@example.org</sender>", "<sender/>", "alert.missing"),
    ("<sent>2026-07-20T14:00:00+08:00</sent>", "<sent>20 July</sent>", "alert.bad_time"),
    ("<sent>2026-07-20T14:00:00+08:00</sent>", "<sent>2026-02-30T14:00:00+08:00</sent>", "alert.bad_time"),
    ("<sent>2026-07-20T14:00:00+08:00</sent>", "<sent>2026-07-20T14:00:00+99:00</sent>", "alert.bad_time"),
    ("<sent>2026-07-20T14:00:00+08:00</sent>", "", "alert.missing"),
    ("<status>Actual</status>", "<status>Real</status>", "alert.unknown_word"),
    ("<msgType>Update</msgType>", "<msgType>Rumour</msgType>", "alert.unknown_word"),
    ("weather@example.org,example-2026-07-20-001,2026-07-20T08:00:00+08:00", "", "alert.no_references"),
    ("    <event>Rainstorm</event>\n", "", "alert.missing"),
    ("</alert>", "", "alert.not_xml"),
    ("<alert xmlns", "<feed xmlns", "alert.not_xml"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), SPOILED)
def test_one_thing_spoiled(old: str, new: str, code: str) -> None:
    assert old in CAP
    alert, _ = read_alert(CAP.replace(old, new, 1).encode())
    assert alert is None
    assert code in [one.code for one in faults(CAP.replace(old, new, 1))]


def test_every_fault_is_told_at_once() -> None:
    text = CAP.replace("Actual", "Real").replace("2026-07-20T14:00:00+08:00", "soon")
    assert {one.code for one in faults(text)} == {"alert.unknown_word", "alert.bad_time"}


def test_another_root() -> None:
    assert [one.code for one in faults("<feed><entry/></feed>")] == ["alert.not_an_alert"]


def test_an_end_before_the_beginning_is_not_used_and_said() -> None:
    text = CAP.replace("2026-07-20T22:00:00+08:00", "2026-07-19T22:00:00+08:00")
    alert, findings = read_alert(text.encode())
    assert alert is not None
    assert {one.code for one in findings} == {"alert.reversed"}
    assert all(part.expires_at - part.onset_at == DAY for part in alert.parts)


def test_a_time_without_an_offset_is_taken_as_local_and_said() -> None:
    alert, findings = read_alert(CAP.replace("14:00:00+08:00</sent>", "14:00:00</sent>").encode())
    assert alert is not None and alert.sent_at == parse_iso("2026-07-20T14:00:00+08:00")
    assert [one.code for one in findings] == ["alert.no_offset"]


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><alert><identifier>&b;</identifier></alert>'
)
HOSTILE = [
    (LAUGHS, "alert.dtd"),
    ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><alert/>', "alert.dtd"),
    ('<?xml version="1.0"?>\n<!doctype x><alert/>', "alert.dtd"),
    (
        '<?a <!-- ?><!DOCTYPE x [<!ENTITY e SYSTEM "http://example.org/">]><?b --> ?><alert>&e;</alert>',
        "alert.dtd",
    ),
    ("<alert>&e;</alert>", "alert.not_xml"),
    ("<a>" * 100_000, "alert.too_deep"),
    ("<alert>" + "<info/>" * 60_000 + "</alert>", "alert.too_deep"),
    ("<alert>" + "<info/>" * 300 + "</alert>", "alert.too_many"),
    ("<" + "a" * 400_000, "alert.not_xml"),
    ('<alert a="1" a="2"/>', "alert.not_xml"),
    ("{" * 100_000, "alert.not_json"),
    ('{"a": ' * 50_000, "alert.not_json"),
    ("", "alert.empty"),
    ("预警：暴雨橙色", "alert.unknown_form"),
    (b"\xff\xfe\x00<", "alert.not_text"),
    (b" " * (LARGEST + 1), "alert.too_large"),
]


@pytest.mark.parametrize(("content", "code"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_content_is_refused(content: str | bytes, code: str) -> None:
    assert code in [one.code for one in faults(content)]


@given(st.integers(0, len(CAP)), st.integers(0, 60), st.text(max_size=10))
def test_no_damage_to_xml_makes_it_fall_over(at: int, length: int, put: str) -> None:
    faults((CAP[:at] + put + CAP[at + length :]).encode("utf-8", "replace"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["identifier", "sender", "sent", "type", "status", "supersedes", "warnings"]), VALUES
    )
)
def test_no_json_makes_it_fall_over(value: object) -> None:
    import json

    faults(json.dumps(value))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(content: bytes) -> None:
    faults(content)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("橙色", "orange"), ("暴雨红色预警", "red"), ("Yellow", "yellow"), ("blue alert", "blue"), ("coloured", ""),
        ("橙色转黄色", ""), ("", ""),
    ],
)  # fmt: skip
def test_colours_in_words(text: str, colour: str) -> None:
    assert colour_in(text) == colour


def test_hazards_by_the_longest_name_that_stands_in_the_word() -> None:
    assert hazard_of(WEATHER, "暴雨") == "rainstorm"
    assert hazard_of(WEATHER, "Rainstorm warning") == "rainstorm"
    assert hazard_of(WEATHER, "地震") == ""


def test_areas_by_map_by_name_and_not_by_guess() -> None:
    places = [Place("江岸区", ("990102",)), Place("Rest of the city")]
    assert areas_of(WEATHER, places, {"990102": "river"}) == ("river", "city")
    assert areas_of(WEATHER, places[:1], {}) == ()
    assert areas_of(plan_of("sanitation-project"), places, {}) == ("all",)


def test_a_map_of_areas() -> None:
    text = "江岸区 = river\n# a note\n\n990103=city # 城区\n武昌区\n= x\n江夏区＝city"
    assert read_map(text) == ({"江岸区": "river", "990103": "city", "江夏区": "city"}, (5, 6))


def test_lifted_facts_are_what_the_plan_reads() -> None:
    facts = heed(WEATHER, read("cap-rainstorm.xml").parts[0], {}).facts
    assert set(facts) == {"warning.rainstorm.river", "warning.rainstorm.city"}
    for name, colour in lifted(facts).items():
        hazard, area = name.split(".")[1:]
        assert read_warning(WEATHER, f"{hazard}:{area}:{colour}") == {name: "none"}


def test_a_time_without_offset_is_the_zones_in_summer_and_in_winter() -> None:
    for sent, meant in (
        ("2026-07-20T14:00:00", "2026-07-20T14:00:00+02:00"),
        ("2026-01-20 14:00", "2026-01-20T14:00:00+01:00"),
    ):
        text = CAP.replace("2026-07-20T14:00:00+08:00</sent>", f"{sent}</sent>")
        alert, findings = read_alert(text.encode(), ZoneInfo("Europe/Berlin"))
        assert alert is not None and alert.sent_at == parse_iso(meant)
        (found,) = [one for one in findings if one.code == "alert.no_offset"]
        assert found.fields["offset"] == meant[-6:]


def test_json_escapes_that_no_store_can_hold_are_cleaned_away() -> None:
    bad = "\0\ud800\x07"
    given = {
        "identifier": f"feed{bad}-1", "sender": f"甲{bad}", "sent": "2026-06-30T06:00:00+08:00", "type": "update",
        "supersedes": [f"feed{bad}-0", bad],
        "warnings": [{"event": f"高{bad}温", "colour": "黄", "headline": f"高温{bad}",
                      "areas": [f"城{bad}区", bad, {"name": f"新{bad}区", "code": f"99{bad}0104"}]}],
    }  # fmt: skip
    alert, findings = read_alert(json.dumps(given).encode())
    assert alert is not None and findings == ()
    assert (alert.identifier, alert.sender, alert.refers_to) == ("feed-1", "甲", ("feed-0",))
    (part,) = alert.parts
    assert (part.event, part.headline) == ("高温", "高温")
    assert part.places == (Place("城区"), Place("新区", ("990104",)))


def test_an_identifier_of_nothing_but_such_escapes_is_missing() -> None:
    text = json.dumps(
        {"identifier": "\0", "sender": "\ud800", "sent": "2026-06-30T06:00:00+08:00", "warnings": []}
    )
    assert {one.place for one in faults(text)} >= {"identifier", "sender"}
