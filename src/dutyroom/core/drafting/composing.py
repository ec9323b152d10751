"""Who a group is made of, however the paper lists it: 组员有…, 成员由…组成, 下设…, 由…担任 below a heading, a table of groups.

Runs after the plain lists. A name in a holder's place leaves the plan here as everywhere; what is neither a post, a
group nor a name is left alone.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re

from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.posts import group_in, is_person, is_post
from dutyroom.core.drafting.proposal import HIGH, Contact, Reading
from dutyroom.core.drafting.rolefinding import (
    add_duty,
    bare,
    group_id,
    group_of,
    holders_in,
    is_collective,
    place_in_group,
    role_named,
)

_MEMBERS = re.compile(
    r"(?:^|[，。；：\s])(?:其)?(?:主要)?(?:成员|组员|队员|组成人员)(?:单位)?(?:主要)?(?:由|有|为|是|包括|包含)(?P<list>[^。；：]{2,120}?)(?=等?(?:人员|单位|部门)?(?:组成|构成)|等?担任|[。；]|$)"
)
_MADE_OF = re.compile(r"^[，,：:]?\s*(?:主要)?由(?P<list>[^。；：]{2,100}?)(?:等)?(?:组成|构成)")
_UNDER = re.compile(
    r"(?:^|[，；：:])(?:下设|设立|设有|分设|分为|设置|组建|成立|下分|设)(?:了)?(?:以下)?(?P<list>[^。；：]{4,160})"
)
_TAKES_IT = re.compile(r"^由(?P<holder>[^，。；：（(由]{2,24}?)(?:同志)?(?:担任|兼任|出任)(?=[，。；（(]|$)")
_UNIT_GROUP = re.compile(r"^([一-龥]{2,12}(?:部|队|班|处|科|中心))[：:](?=(?:副?[组队]长|成员|组员|队员|由))")
_PLACE = re.compile(r"^(?:常务|执行|第一)?副?(?:总指挥|现场指挥|指挥长|组长|队长)$")
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("duty", r"职责|任务|分工"), ("leader", r"^(?:组|队)长$|负责人|牵头人|^责任人$"), ("deputy", r"^副(?:组|队)长$"),
    ("members", r"成员|组员|队员|组成人员"), ("phone", r"电话|手机|联系方式"),
    ("group", r"组别|小组|工作组|应急组|^机构$|^组织$|^组$|组名|功能组|专业组"),
)  # fmt: skip


def find_compositions(reading: Reading) -> None:
    """Read every passage for what groups are made of."""
    for passage in reading.passages:
        if passage.cells:
            _table_row(reading, passage)
            continue
        text = bare(passage.text)
        _unit_group(reading, passage, text)
        _takes_heading(reading, passage, text)
        for match in _MEMBERS.finditer(text):
            _members(reading, passage, text, match["list"])
        group = group_in(text)
        if group and (made := _MADE_OF.match(text[len(group) :])):
            role_named(reading, group, passage, HIGH, "" if group in reading.posts else group_id(group))
            _members(reading, passage, text, made["list"])
        for match in _UNDER.finditer(text):
            _groups_under(reading, passage, match["list"])


def _group_here(passage: Passage, text: str) -> str:
    unit = _UNIT_GROUP.match(text)
    return unit[1] if unit else group_in(text) or group_of(passage)


def _unit_group(reading: Reading, passage: Passage, text: str) -> None:
    """`后勤部：组长由……`: what has a leader or members is a group, whatever its name ends in."""
    if match := _UNIT_GROUP.match(text):
        name = match[1]
        role_named(reading, name, passage, HIGH, "" if name in reading.posts else group_id(name))


def _members(reading: Reading, passage: Passage, text: str, listed: str) -> None:
    """The posts, units and names of one list, up to the first item that is neither."""
    items = []
    for post, person, rest in holders_in(listed):
        unit = "" if person or len(rest) > 16 or re.search(r"[负做按对进应须]", rest) else rest
        if not (post or person or (unit and is_collective(unit)) or (unit and "、" in listed)):
            break
        items.append((post or unit, person, rest))
    if items:
        place_in_group(reading, passage, "成员", _group_here(passage, text), items, None)


def _groups_under(reading: Reading, passage: Passage, listed: str) -> None:
    """`下设抢险组、警戒组`: the groups of a list, when it names at least two."""
    pieces = [re.sub(r"等.*$", "", one.strip()) for one in re.split(r"[、，,]|(?<=[组队室])[和及与]", listed)]
    groups = [one for one in pieces if one and group_in(one) == one]
    if len(groups) < 2:
        return
    for name in groups:
        role_named(reading, name, passage, HIGH, "" if name in reading.posts else group_id(name))


def _takes_heading(reading: Reading, passage: Passage, text: str) -> None:
    """`由校长担任` below the heading 总指挥: the heading is the place."""
    match = _TAKES_IT.match(text)
    label = bare(passage.label or passage.heading).rstrip("：:")
    if match is None or not (_PLACE.match(label) or is_post(label)):
        return
    items = [item for item in holders_in(match["holder"]) if item[0] or item[1]]
    if not items:
        return
    upper = next((found for one in reversed(passage.headings[:-1]) if (found := group_in(bare(one)))), "")
    place_in_group(reading, passage, label, upper, items, None)


def _table_row(reading: Reading, passage: Passage) -> None:
    """One row of a table of groups: its leader and members by post; names leave."""
    columns: dict[str, int] = {}
    for at, text in enumerate(passage.columns):
        plain = re.sub(r"\s", "", text)
        name = next((one for one, words in _COLUMNS if one not in columns and re.search(words, plain)), "")
        if name:
            columns[name] = at
    if "group" not in columns or not {"leader", "members", "duty"} & set(columns):
        return
    cells = {name: passage.cells[at].strip() for name, at in columns.items() if at < len(passage.cells)}
    group = re.sub(r"\s", "", cells.get("group", ""))
    if not (2 <= len(group) <= 16) or is_person(group):
        return
    role = role_named(reading, group, passage, HIGH, "" if group in reading.posts else group_id(group))
    add_duty(reading, role, cells.get("duty", ""))
    phone = cells.get("phone", "") if re.search(r"\d{3}", cells.get("phone", "")) else ""
    for name, label in (("leader", "组长"), ("deputy", "副组长"), ("members", "成员")):
        _holders(reading, passage, group, label, cells.get(name, ""), phone if name == "leader" else "")


def _holders(reading: Reading, passage: Passage, group: str, label: str, cell: str, phone: str) -> None:
    items = [item for item in holders_in(cell) if item[0] or item[1]]
    if not items:
        return
    people = [person for _, person, _ in items if person]
    if phone and len(people) == 1:
        reading.contacts.append(Contact(people[0], f"{group}{label}", group, phone))
    known = set(reading.contacts)
    place_in_group(reading, passage, label, group, items, None)
    if phone:
        reading.contacts[:] = [one for one in reading.contacts if one in known or one.name not in people]
