"""Each common form of saying who is in a group, who is told, by when, and who reports to whom: invented sentences."""

from typing import Any

import pytest

from dutyroom.adapters.drafts import listed, plan_text
from dutyroom.core.drafting import Document, Draft, Paragraph, Table, draft
from tests.core.drafting.papers import document


def read(text: str) -> Draft:
    return draft(document(text))


def roles(one: Draft) -> dict[str, str]:
    return {each.entry["name"]: each.id for each in one.proposals if each.part == "roles"}


def named(one: Draft, part: str) -> dict[str, str]:
    return {each.id: each.entry["name"] for each in one.proposals if each.part == part}


def steps(one: Draft) -> list[dict[str, Any]]:
    return [each.entry for each in one.proposals if each.part == "steps"]


def told(one: Draft) -> list[list[str]]:
    """For each report in order, the names of those told."""
    names = named(one, "roles") | named(one, "outside")
    return [[names[id] for id in each["report"]["to"]] for each in steps(one) if "report" in each]


ORGANISATION = "河湾预案\n二、组织机构及职责\n"
REPORTING = "河湾预案\n三、信息报告\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("抢修组：组员有水电班、维修人员和库房管理员等。", {"抢修组", "水电班", "维修人员", "库房管理员"}),
        ("组 长：（厂长）", {"厂长"}),
        (
            "警戒组：组长由保卫科长担任，成员由门岗保安、车队、食堂组成。",
            {"警戒组", "保卫科长", "门岗保安", "车队", "食堂"},
        ),
        ("后勤部：组长由总务主任担任。", {"后勤部", "总务主任"}),
        ("应急处置小组，由巡查人员、保洁员工等组成，负责处置。", {"应急处置小组", "巡查人员", "保洁员工"}),
        ("中心下设抢险组、疏散引导组和通讯组等三个组。", set()),
        ("设立抢险组、疏散引导组和通讯组。", {"抢险组", "疏散引导组", "通讯组"}),
        ("应急指挥部，由站区主任担任指挥长，技术科长担任副指挥长。", {"站区主任", "技术科长"}),
        ("第一责任人：站长", {"站长"}),
    ],
)
def test_who_a_group_is_made_of(line: str, expected: set[str]) -> None:
    assert expected <= set(roles(read(ORGANISATION + line)))


def test_a_heading_may_be_the_place() -> None:
    one = read(
        f"{ORGANISATION}（一）总指挥\n由站区主任担任，负责全面指挥。\n（二）副总指挥\n由技术科长担任。"
    )
    assert {"站区主任", "技术科长"} <= set(roles(one))


def test_a_table_of_groups_gives_groups_and_its_leaders_leave() -> None:
    table = Table(
        (("组别", "组长", "职责"), ("泵房抢修组", "沈国梁", "负责排水"), ("巡线组", "陆文喆", "负责巡线"))
    )
    lines = tuple(Paragraph(text) for text in ("河湾预案", "二、组织机构及职责", "下表为各组。"))
    one = draft(Document((*lines, table), "sample"))
    assert {"泵房抢修组", "巡线组", "泵房抢修组组长"} <= set(roles(one))
    assert {person.name for person in listed(one)} == {"沈国梁", "陆文喆"}
    text = plan_text(one, "x")
    assert "沈国梁" not in text and "陆文喆" not in text and "负责排水" in text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("班长应立即向河湾水务局和东滩医院报告。", [["河湾水务局", "东滩医院"]]),
        ("班长须立即报告安全部及东滩物业公司。", [["安全部", "东滩物业公司"]]),
        ("站长应立即向公安、消防、民政等有关部门报案。", [["公安部门", "消防部门", "民政部门", "有关部门"]]),
        ("站长应立即向当地政府报告。", [["政府"]]),
        ("班长应立即通知各车间做好准备。", [["各车间"]]),
        ("站长应及时与伤者家属联系。", [["伤者家属"]]),
        ("当值班长应立即报告泵房小组负责人。", [["泵房小组负责人"]]),
        ("必要时向分管副总、站长报告。", [["分管副总", "站长"]]),
    ],
)
def test_who_is_told(line: str, expected: list[list[str]]) -> None:
    found = told(read(REPORTING + line))
    assert [sorted(one) for one in found] == [sorted(one) for one in expected]


def test_one_actor_who_tells_twice_reports_twice() -> None:
    one = read(f"{REPORTING}班长应立即向站长报告，经站长同意后，向水务局报告。")
    assert told(one) == [["站长"], ["水务局"]]
    assert {each["who"] for each in steps(one)} == {roles(one)["班长"]}


def test_the_second_time_word_has_its_own_step() -> None:
    one = read("河湾预案\n三、应急处置\n抢险组组长应立即切断电源，迅速组织人员撤离。")
    assert [each["clocks"] for each in steps(one)] == [{"done": "立即"}, {"done": "迅速"}]
    assert len({each["who"] for each in steps(one)}) == 1


def test_a_time_in_brackets_after_a_word_is_a_limit() -> None:
    one = read(f"{REPORTING}发现者必须在第一时间内（4分钟）向值班室报告。")
    assert [each["clocks"] for each in steps(one)] == [{"received": "第一时间", "done": "4 min"}]
    assert told(one) == [["值班室"]]


@pytest.mark.parametrize("arrow", ["→", "—", "->", "——>"])
def test_a_chain_of_arrows_is_a_report_each(arrow: str) -> None:
    one = read(f"{REPORTING}内部报告程序：{arrow.join(('发现者', '班长', '值班室', '站长'))}。")
    assert told(one) == [["班长"], ["值班室"], ["站长"]]
    assert [each["who"] for each in steps(one)] == [roles(one)[name] for name in ("发现者", "班长", "值班室")]


def test_an_arrow_between_acts_is_no_chain_of_reports() -> None:
    assert told(read(f"{REPORTING}报告流程：发现火情→扑救→清理。")) == []


def test_a_call_with_its_words_is_a_report_with_contents() -> None:
    one = read(f"{REPORTING}班长应立即拨打120，报告内容为：地点、人数。")
    assert told(one) == [["急救（120）"]]
    assert steps(one)[0]["report"]["contents"] == ["地点", "人数"]


@pytest.mark.parametrize(
    "line", ["负责领导救援工作的实施。", "协调人员疏散。", "医疗立即组织有关人员救助。", "阻止人员进入。"]
)
def test_a_verb_is_not_part_of_a_post(line: str) -> None:
    assert roles(read(f"河湾预案\n三、应急处置\n{line}")) == {}


def test_the_same_post_said_shorter_stays_one() -> None:
    one = read(
        "河湾预案\n三、应急处置\n站区应急指挥部应立即启动预案。\n指挥部应及时通知各小组负责人。\n各负责人应在5分钟内到达现场。"
    )
    assert set(roles(one)) == {"站区应急指挥部", "各小组负责人"}


def test_how_many_levels_there_are_names_none() -> None:
    one = read("河湾预案\n一、响应分级\n响应分为三级：\nⅢ级：受伤1人以上。\nⅡ级：死亡1人以上。")
    assert set(named(one, "levels").values()) == {"Ⅲ级", "Ⅱ级"}


def test_a_number_said_in_a_sentence_leaves() -> None:
    assert "80000012" not in plan_text(read(f"{REPORTING}值班室电话是80000012，昼夜有人。"), "x")
