"""Which chapters a written plan has, in the order of GB/T 29639-2020, and which of them the standard requires.

Refuses to know what stands in a chapter: clauses say where they belong (`Clause.chapter`), the checker says what is
missing, paper prints them in this order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.core.words import Words


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter or section: its printed number (`3.1.2`, annexes `A5`), its title, whether the standard requires it.

    Source: GB/T 29639-2020 clauses 6 (general), 7 (special), 8 (on-scene) and 9 (annexes).
    """

    number: str
    title: Words
    required: bool = True

    @property
    def depth(self) -> int:
        """1 for a chapter, 2 for a section, 3 below it."""
        return self.number.count(".") + 1

    @property
    def annex(self) -> bool:
        return self.number.startswith("A")


def _chapter(number: str, zh: str, en: str, required: bool = True) -> Chapter:
    return Chapter(number, Words(zh, en), required)


_GENERAL = (
    _chapter("1", "总则", "General"),
    _chapter("1.1", "适用范围", "Scope"),
    _chapter("1.2", "响应分级", "Response levels"),
    _chapter("2", "应急组织机构及职责", "Emergency organisation and duties"),
    _chapter("3", "应急响应", "Emergency response"),
    _chapter("3.1", "信息报告", "Reporting"),
    _chapter("3.1.1", "信息接报", "Receiving and passing on reports"),
    _chapter("3.1.2", "信息处置与研判", "Handling and judging reports"),
    _chapter("3.2", "预警", "Pre-warning"),
    _chapter("3.2.1", "预警启动", "Starting a pre-warning"),
    _chapter("3.2.2", "响应准备", "Readiness for the response"),
    _chapter("3.2.3", "预警解除", "Lifting a pre-warning"),
    _chapter("3.3", "响应启动", "Starting the response"),
    _chapter("3.4", "应急处置", "Emergency measures"),
    _chapter("3.5", "应急支援", "Outside support"),
    _chapter("3.6", "响应终止", "Ending the response"),
    _chapter("4", "后期处置", "Aftermath"),
    _chapter("5", "应急保障", "Guarantees"),
    _chapter("5.1", "通信与信息保障", "Communications and information"),
    _chapter("5.2", "应急队伍保障", "Emergency teams"),
    _chapter("5.3", "物资装备保障", "Supplies and equipment"),
    _chapter("5.4", "其他保障", "Other guarantees"),
)

# Clause 7: the guarantees of a special plan may be left to the general plan it hangs under.
_SPECIAL = (
    _chapter("1", "适用范围", "Scope"),
    _chapter("2", "应急组织机构及职责", "Emergency organisation and duties"),
    _chapter("3", "响应启动", "Starting the response"),
    _chapter("4", "处置措施", "Measures"),
    _chapter("5", "应急保障", "Guarantees", required=False),
)

_SCENE = (
    _chapter("1", "事故风险描述", "Description of the risk"),
    _chapter("2", "应急工作职责", "Duties"),
    _chapter("3", "应急处置", "Measures on the spot"),
    _chapter("4", "注意事项", "Cautions"),
)

# Clause 9. Forms, drawings and agreements are only required where there are any; who is reached how always is.
ANNEXES = (
    _chapter("A1", "生产经营单位概况", "The unit", required=False),
    _chapter("A2", "风险评估结果", "Results of the risk assessment", required=False),
    _chapter("A3", "预案体系与衔接", "System of plans and their links", required=False),
    _chapter("A4", "应急物资装备名录或清单", "Emergency supplies and equipment"),
    _chapter("A5", "有关应急部门、机构或人员的联系方式", "Contacts"),
    _chapter("A6", "格式化文本", "Forms", required=False),
    _chapter("A7", "关键的路线、标识和图纸", "Routes, signs and drawings", required=False),
    _chapter("A8", "有关协议或者备忘录", "Agreements", required=False),
)

_BODIES: Mapping[str, tuple[Chapter, ...]] = {"general": _GENERAL, "special": _SPECIAL, "scene": _SCENE}


def chapters(type: str) -> tuple[Chapter, ...]:
    """The chapters and annexes of a plan of this type, in printed order; an unknown type is a general plan."""
    annexes = () if type == "scene" else ANNEXES  # a card is part of the plan whose annexes it uses
    return (*_BODIES.get(type, _GENERAL), *annexes)
