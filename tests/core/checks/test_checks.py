"""What needs more than one edit of the clean plan, and what must not be called a fault."""

import dataclasses
from dataclasses import replace
from importlib import import_module

import pytest

from dutyroom.core.checks import check, check_holders, examine
from dutyroom.core.checks.refused import refused
from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR
from dutyroom.core.packs import pack
from dutyroom.core.plan import Plan, Repeat
from dutyroom.core.roster import Channel, DutyPeriod, Responder, Roster
from dutyroom.wording.narrate import tell
from tests.core.checks.faults import CLEAN

STANDING = {
    "head": ("H1",), "safety": ("S1",), "foreman": ("F1",), "watch": ("W1", "W2"), "speaker": ("P1",),
    "storekeeper": ("K1",), "medic": ("M1",), "city_desk": ("D1",),
}  # fmt: skip


def clean() -> Plan:
    plan = examine(CLEAN.encode()).plan
    assert plan is not None
    return plan


def people(standing: dict[str, tuple[str, ...]], silent: tuple[str, ...] = ()) -> dict[str, Responder]:
    everybody = {person for persons in standing.values() for person in persons}
    return {one: Responder(one, "zh", () if one in silent else (Channel("sms"),)) for one in everybody}


def held(standing: dict[str, tuple[str, ...]], **rest: tuple[DutyPeriod, ...]) -> tuple[Finding, ...]:
    found = check_holders(clean(), Roster(standing, rest.get("periods", ())), people(standing))
    assert all(tell(one, "zh") and tell(one, "en") for one in found)
    return found


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [one.code for one in findings]


# --- with roster and people


def test_a_full_roster_has_no_findings() -> None:
    assert held(STANDING) == ()


def test_one_person_in_both_signing_posts_cannot_sign_twice() -> None:
    one = dict.fromkeys(("head", "safety", "foreman"), ("H1",))
    (first, *_) = [found for found in held(STANDING | one) if found.code == "check.one_person_does_both"]
    line = CLEAN[: CLEAN.index("- id: reopen")].count("\n") + 1
    assert int(first.place.split(":")[0]) >= line
    assert first.clause in ("C1", "C4")


def test_a_person_who_is_needed_in_two_places() -> None:
    found = held(STANDING | {"medic": ("K1",)})
    assert codes(found) == ["check.person_in_two_places"]
    assert found[0].clause == ""


def test_a_post_whose_holders_have_no_number() -> None:
    plan, roster = clean(), Roster(STANDING, ())
    found = check_holders(plan, roster, people(STANDING, silent=("H1",)))
    assert codes(found) == ["check.nobody_has_a_number"]
    assert found[0].place == f"{CLEAN[: CLEAN.index('  head: {')].count(chr(10)) + 1}:3"


def test_a_chain_with_nobody_at_night() -> None:
    days = tuple(
        DutyPeriod(role, "X1", day * 24 * HOUR + 8 * HOUR, day * 24 * HOUR + 20 * HOUR)
        for day in range(3)
        for role in ("head", "safety", "city_desk")
    )
    standing = {role: who for role, who in STANDING.items() if role not in ("head", "safety", "city_desk")}
    gone = standing | {"foreman": (), "watch": ()}
    found = check_holders(clean(), Roster(gone, days), people(STANDING | {"x": ("X1",)}))
    night = [one for one in found if one.code == "check.nobody_at_night"]
    assert night
    assert (night[0].fields["start"], night[0].fields["end"]) == ("1970-01-01T20:00", "1970-01-02T08:00")


# --- faults that take more than one edit


def test_a_phase_that_no_move_leads_to() -> None:
    plan = clean()
    moves = tuple(move for move in plan.moves if move.target != "response")
    assert "check.phase_never_reached" in codes(
        check(replace(plan, moves=moves, warnings=type(plan.warnings)()))
    )


def test_a_level_at_which_nobody_acts() -> None:
    plan = clean()
    steps = tuple(replace(step, levels=("I",)) if "response" in step.phases else step for step in plan.steps)
    found = [one for one in check(replace(plan, steps=steps)) if one.code == "check.nothing_at_level"]
    assert [one.fields["level"] for one in found] == ["II", "III"]


def test_a_follow_up_that_comes_less_often_than_the_law_wants() -> None:
    plan = clean()
    report = plan.step["county_report"]
    often = next(one.step for one in pack("cn-accident-report").bound if one.step and one.step.repeat)  # type: ignore[union-attr]
    assert often.repeat is not None
    rarer = replace(report, fulfils=often.id, clocks=often.clocks, repeat=Repeat(often.repeat.every * 2))
    steps = tuple(rarer if step.id == report.id else step for step in plan.steps)
    assert "check.repeats_less_than_law" in codes(check(replace(plan, steps=steps)))
    same = replace(rarer, repeat=Repeat(often.repeat.every))
    steps = tuple(same if step.id == report.id else step for step in plan.steps)
    assert "check.repeats_less_than_law" not in codes(check(replace(plan, steps=steps)))


def test_a_pack_that_is_out_of_force(monkeypatch: pytest.MonkeyPatch) -> None:
    law = import_module("dutyroom.core.checks.law")

    def ended(name: str) -> object:
        found = pack(name)
        return found and dataclasses.replace(found, valid_until="2020-01-01")

    monkeypatch.setattr(law, "pack", ended)
    found = [one for one in check(clean()) if one.code == "check.pack_out_of_force"]
    assert [one.place for one in found] == [f"{line}:5" for line in _lines("  - {id: cn-")]


def test_a_trade_whose_duties_no_pack_brings() -> None:
    drill = next(line for line in CLEAN.splitlines(True) if "fulfils: law_drill_reported" in line)
    managed = next(line for line in CLEAN.splitlines(True) if "id: cn-plan-management" in line)
    found = examine(CLEAN.replace(managed, "").replace(drill, "").encode()).findings
    assert [(one.code, one.fields["pack"]) for one in found] == [
        ("check.no_pack_for_trade", "cn-plan-management")
    ]
    assert found[0].place.split(":")[0] == str(_lines("  trade: construction")[0])
    elsewhere = CLEAN.replace(managed, "").replace(drill, "").replace("  trade: construction\n", "")
    assert "check.no_pack_for_trade" not in codes(examine(elsewhere.encode()).findings)


def _lines(start: str) -> list[int]:
    return [number for number, line in enumerate(CLEAN.splitlines(), 1) if line.startswith(start)]


# --- what is no fault


@pytest.mark.parametrize(
    "text",
    [
        "不得监视、收集职工思想动态和言论。",
        "严禁跟踪管控重点人员；不得动员家属做工作。",
        "不得驱散聚集人员，不得阻拦上访。",
        "现场人员应疏散群众至东门，安抚家属情绪。",
        "密切关注险兆，做好准备。",
        "化解矛盾，防止激化。",
        "由新闻发言人统一对外发布信息，不得隐瞒。",
        "不得迟报、漏报、谎报、瞒报。",
        "排查隐患，监测积水深度。",
        "Nobody may track key persons or watch what workers say.",
        "Watch the water level and report to the authorities at once.",
        "Relatives of the injured are told by the head.",
        "Keep people out of the flooded area.",
    ],
)
def test_what_forbids_or_merely_resembles_such_an_act_is_not_refused(text: str) -> None:
    assert refused(text) == ""


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("对特殊群体摸排，登记造册。", "tracking"),
        ("掌握工人行踪。", "tracking"),
        ("通过家属施加压力。", "pressing"),
        ("Put pressure on their families until they come back to work.", "pressing"),
        ("Persuade them through relatives and friends.", "pressing"),
        ("对上访人员进行劝返。", "dispersing"),
        ("Disperse the crowd at the gate.", "dispersing"),
        ("Workers must not petition the authorities.", "dispersing"),
        ("删除负面帖子。", "silencing"),
        ("Guide public opinion.", "silencing"),
        ("职工不得议论此事。", "silencing"),
        ("一律内部消化。", "settling"),
        ("Everything is settled inside the company.", "settling"),
        ("The matter must not be reported to outsiders.", "settling"),
    ],
)
def test_such_an_act_is_named_by_its_family(text: str, family: str) -> None:
    assert refused(text) == family


def test_a_refused_clause_that_is_marked_is_no_finding() -> None:
    marked = CLEAN.replace("不掌握职工思想动态。", "掌握职工思想动态。")
    assert examine(marked.encode()).findings == ()


def test_findings_come_in_the_order_of_the_file() -> None:
    spoiled = CLEAN.replace("after: [review]", "after: [reveiw]").replace("kind: store,", "kind: shop,")
    places = [tuple(map(int, one.place.split(":"))) for one in examine(spoiled.encode()).findings]
    assert len(places) == 2
    assert places == sorted(places)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_named_and_the_plan_is_judged_all_the_same(encoding: str) -> None:
    found = examine(CLEAN.replace("after: [review]", "after: [reveiw]").encode(encoding))
    assert codes(found.findings) == ["plan.encoding", "check.unknown_step"]


def test_what_is_no_text_is_said() -> None:
    assert codes(examine(b"\xff\x00\xfe\x80\xff").findings) in (
        ["plan.no_text"],
        ["plan.encoding", "plan.not_yaml"],
    )
