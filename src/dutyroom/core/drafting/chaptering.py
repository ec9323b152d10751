"""Which chapter of GB/T 29639-2020 a heading of any plan belongs to: `chapter_of(heading, type)`, "" if none.

Only headings are looked at: words decide, the more special first. Numbers are printed by `core.chapters`.
"""

import re

# The first that fits wins. Facts: the chapter titles of GB/T 29639-2020 and those of its two withdrawn editions.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"适用范围|\bscope\b|applicab", "1.1"),
    (r"(响应|事故|事件|灾害|预警)?(的)?(分级|等级|级别)|\blevels?\b|classif", "1.2"),
    (r"预警(的)?解除|解除预警", "3.2.3"),
    (r"响应准备|预警行动|预警响应|readiness|prepar(e|ation) phase", "3.2.2"),
    (r"预警(信息)?(的)?(启动|发布)", "3.2.1"),
    (r"信息处置|研判", "3.1.2"),
    (r"通讯录|联系(方式|电话|人)|电话(表|一览)|contact|phone (list|numbers)|directory", "A5"),
    (r"物资.*(清单|名录|一览|表)|(清单|名录).*物资", "A4"),
    (
        r"响应终止|应急(响应)?(结束|终止)|(结束|终止)条件|解除应急|terminat|all.clear|stand.?down|end of",
        "3.6",
    ),
    (r"(响应|预案)(的)?启动|启动(条件|程序|响应|预案)|activat", "3.3"),
    (r"报告|接报|报送|报警|上报|\breport|notif|call hierarchy|chain of command", "3.1.1"),
    (r"监测|预警|monitor|warning", "3.2"),
    (r"应急支援|扩大(应急|响应)|outside (help|support)|mutual aid", "3.5"),
    (r"后期|善后|恢复|调查|总结|评估|recover|post.(emergency|incident)|aftermath|re-?entry|investigat", "4"),
    (r"职责|组织|机构|指挥部|领导小组|roles?\b|responsib|organi[sz]ation|team", "2"),
    (r"通[信讯].*保障|communicat", "5.1"),
    (r"队伍.*保障|应急队伍", "5.2"),
    (r"物资|装备|器材|suppl(y|ies)|equipment|resources", "5.3"),
    (r"演练|演习|培训|宣传|教育|修订|备案|drill|exercise|training|review|保障|经费|奖惩", "5.4"),
    (r"风险|危险源|危害|hazard|risk", "A2"),
    (r"(单位|工程|项目|企业|公司)(基本)?概况|about (us|the)|site information", "A1"),
    (r"附件|附表|附录|格式|appendi|annex|form", "A6"),
    (r"处置|措施|响应|救援|抢险|疏散|procedure|response|evacuat|emergenc", "3.4"),
    (r"总则|目的|依据|原则|方针|general|purpose|introduc|polic|defin|legal|regulat", "1"),
)
_PATTERNS = tuple((re.compile(words, re.IGNORECASE), chapter) for words, chapter in _WORDS)

_SPECIAL = {"1": "1", "2": "2", "3.3": "3", "3.1": "3", "3.2": "3", "3": "4", "4": "4", "5": "5"}
_SCENE = {"A2": "1", "1": "1", "2": "2", "3": "3", "4": "4", "5": "4"}


def chapter_of(heading: str, type: str = "general") -> str:
    """The chapter's number in a plan of this type."""
    number = next((chapter for pattern, chapter in _PATTERNS if pattern.search(heading)), "")
    if type == "general" or not number:
        return number
    table = _SPECIAL if type == "special" else _SCENE
    while number and number not in table:
        if "." not in number:
            return number if type == "special" and number.startswith("A") else ""
        number = number.rpartition(".")[0]
    return table.get(number, "")


def general_chapter(heading: str) -> str:
    """The chapter in a general plan's order: what the recognisers go by, whatever the type."""
    return chapter_of(heading)


def type_of(title: str) -> str:
    """general, special or scene, by the plan's title."""
    if re.search(r"现场处置(方案|卡)|处置卡|scene card", title, re.IGNORECASE):
        return "scene"
    return "special" if re.search(r"专项|special plan", title, re.IGNORECASE) else "general"
