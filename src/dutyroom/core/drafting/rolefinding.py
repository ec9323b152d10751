"""Posts, groups, leaders, deputies and their duties, from lists (组长：项目经理), sentences and headings.

A person's name found where a holder stands is remembered and moved out; the post stays. Who holds a post for good is
never concluded from a paper: that is the roster's.
"""

import re
from collections.abc import Iterator

from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.numbering import number_of
from dutyroom.core.drafting.posts import (
    KNOWN,
    LEADING,
    MEMBERS,
    SECOND,
    group_in,
    is_blank,
    is_person,
    is_post,
    known_post,
)
from dutyroom.core.drafting.proposal import GROUP, HIGH, LOW, MEDIUM, ROLE, Contact, Reading

_LABEL = re.compile(r"^([^：:，。；,;|]{2,32})[：:]\s*(.+)$")
_TAKES = re.compile(
    r"(?:由|(?<=[，；]))(?P<holder>[^，。；：由]{2,24}?)(?:同志)?(?:担任|兼任|任|为)(?P<post>(?:常务|执行|第一)?副?(?:总指挥|指挥长|组长|队长|办公室主任))"
)
_TAKES_BACK = re.compile(
    r"(?P<post>(?:常务|执行|第一)?副?(?:总指挥|指挥长|组长|队长|办公室主任))(?:由|为|是)(?P<holder>[^，。；：]{2,24}?)(?:同志)?(?:担任|兼任)"
)
_LABELS = re.compile(r"\s+(?=[一-龥]{2,8}[：:])")
_ABSENT = re.compile(
    r"(?P<who>[一-龥]{2,10}?)(?:不在(?:现场|岗位?|位)?|外出|缺席|因故不能履职)(?:时|期间)?，?由(?P<deputy>[一-龥]{2,10}?)"
    r"(?:代替|代行|接替|代为|履行|负责|(?<!副总)(?<!总)指挥|担任|报告)"
)
_DUTY_VERB = re.compile(
    r"^(负责|全面|协助|组织|指挥|领导|主持|统一|贯彻|执行|落实|在|根据|按|对|配合|做好|及时|立即|接受|参与|协调|为|承担|保证|确保"
    r"|responsib|overall|conduct|assist|ensure|direct|coordinat|lead|maintain|report|oversee|manage|provide)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"[（(]?\s*(?:电话|手机|联系电话|tel\.?|phone|cell)?[：:\s]*\+?[\d][\d\s()（）-]{6,18}\d\s*[）)]?",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"[、，,；;/]|\s+(?:and|及|和|以及)\s+"
    r"|(?<=[员长理管任人部处科室局队组班子师记生士导家站院所心司警])(?:以及|及|和|与)(?=[一-龥]{2})"
)
_ASIDE = re.compile(r"^(?P<first>[^（(]+)[（(](?P<second>[^）)]+)[）)]$")
_TOPIC_GROUPS: tuple[tuple[str, str], ...] = (
    ("领导小组|指挥部|指挥中心", "command_group"), ("办公室", "office"), ("抢险|救援|抢修", "rescue_group"),
    ("医疗|救护", "medical_group"), ("通[讯信]|联络|信息", "communications_group"), ("警戒|保卫|治安", "cordon_group"),
    ("疏散|引导", "evacuation_group"), ("消防|灭火", "fire_group"), ("后勤|物资|保障", "logistics_group"),
    ("善后", "aftermath_group"), ("技术|专家", "technical_group"), ("宣传|新闻|舆", "press_group"),
    ("调查", "investigation_group"), ("监测|环境", "monitoring_group"), ("综合|协调", "coordination_group"),
)  # fmt: skip
_UMBRELLA = re.compile(r"^(应急|各)?(救援|处置|抢险)?(专业|工作|功能)?(小组|工作组|各组)(设置|设立)?$")
_STRIP = re.compile(r"^[-•*◆●■·>\s]+")


def find_roles(reading: Reading) -> None:
    """Read every passage and heading for posts and groups."""
    headings: set[str] = set()
    for passage in reading.passages:
        if passage.heading not in headings:
            headings.add(passage.heading)
            _heading(reading, passage)
        if passage.cells:
            continue
        text = bare(passage.text)
        several = [_holders(reading, passage, part) for part in _LABELS.split(text)]
        if not (any(several) or _named_group(reading, passage, text)):
            _duties_below(reading, passage)
        _sentence(reading, passage, text)
        _substitute(reading, passage, text)
    _choose_chief(reading)


def bare(text: str) -> str:
    """The text without its number, bullet and marks of emphasis."""
    plain = _STRIP.sub("", text.replace("**", "").replace("__", ""))
    number = number_of(plain)
    return plain[number.length :].strip() if number else plain.strip()


def role_named(reading: Reading, name: str, passage: Passage, confidence: str, prefer: str = "") -> str:
    """The id of the role of this name, proposed if it is new. `prefer` is the id it would like to have."""
    name = re.sub(
        r"^(the|all|each)\s+", "", re.sub(r"\s+", " ", name).strip(" ：:。.，,*-"), flags=re.IGNORECASE
    )
    known = reading.posts.get(name)
    if known is None:
        known = reading.free_id(ROLE, prefer or known_post(name) or _latin(name) or "post_1")
        reading.posts[name] = known
    reading.propose(ROLE, known, {"name": name}, passage, confidence)
    return known


def _latin(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower()) if name.isascii() else []
    return "_".join(words)[:40] if words and not words[0][0].isdigit() else ""


def group_id(name: str) -> str:
    """The id of a group by its topic."""
    return (
        next((id for words, id in _TOPIC_GROUPS if re.search(words, name)), "") or _latin(name) or "group_1"
    )


def group_of(passage: Passage) -> str:
    """The group whose list or section the passage stands in."""
    for text in (passage.label, *reversed(passage.headings)):
        if found := group_in(bare(text)):
            return found
        inside = re.search(r"([一-龥]{2,10}(?:领导小组|指挥部))", bare(text))
        if inside:
            return inside[1]
    return ""


def _commands(group: str) -> bool:
    return not group or bool(re.search("领导小组|指挥部|指挥中心", group))


def _heading(reading: Reading, passage: Passage) -> None:
    """A heading that is a group or a post: what stands below are its duties."""
    text = re.sub(
        r"(的)?(主要)?(工作)?(职责|组成|构成)(及分工)?$|\s*(responsibilities|duties)$",
        "",
        bare(passage.heading),
    )
    group = group_in(text)
    if _UMBRELLA.match(text):
        return
    if group == text and not _commands(group):
        role_named(reading, group, passage, MEDIUM, group_id(group))
    elif (
        is_post(text)
        and len(text) < 40
        and (
            text.isascii()
            or passage.general == "2"
            or re.search("role|responsib|职责", " ".join(passage.headings), re.I)
        )
    ):
        role_named(reading, text, passage, MEDIUM if text.isascii() else HIGH)


def _holders(reading: Reading, passage: Passage, text: str) -> bool:
    """`组长：项目经理`, `Project Manager: NAME`: a post or place in a group, and who it is."""
    match = _LABEL.match(text)
    if match is None:
        return False
    label, value = match[1].strip(" *"), match[2]
    if not label.isascii():
        label = re.sub(r"\s", "", label)
    place = re.search(r"(?:常务|执行|第一)?副?(?:总指挥|指挥长|组长|队长)$|成员$|组员$|队员$", label)
    if label.endswith("责任人"):
        return _answerable_post(reading, passage, value)
    if not (place or is_post(label)) or label.endswith("联系人"):
        return False
    if _DUTY_VERB.match(value):
        _duties(reading, passage, label, value)
        return True
    items = list(holders_in(value))
    if place and MEMBERS.match(place[0]):  # units and trades among the members are posts to be filled
        items = [
            item if item[0] or item[1] else (item[2], "", item[2]) for item in items if len(item[2]) <= 20
        ]
    if not items or not all(post or person or is_blank(rest) for post, person, rest in items):
        return False
    prefix = label[: place.start()] if place else ""
    group = (group_in(prefix) or prefix) if prefix else group_of(passage)
    place_in_group(reading, passage, place[0] if place else label, group, items, _PHONE.search(value))
    return True


def _answerable_post(reading: Reading, passage: Passage, value: str) -> bool:
    """`责任人：校长`: the post that is answerable; who it is by name is moved out with the other names."""
    items = list(holders_in(value))
    if not items or not all(post and not person for post, person, _ in items):
        return False
    for post, _, _ in items:
        role_named(reading, post, passage, HIGH)
    return True


def holders_in(value: str) -> Iterator[tuple[str, str, str]]:
    """(post, person, the text itself) for each holder a list names."""
    plain = _PHONE.sub("", re.sub(r"[。.；;]\s*$", "", value))
    if whole := re.fullmatch(r"\s*[（(]([^（()）]+)[）)]\s*", plain):
        plain = whole[1]
    for one in _SPLIT.split(plain):
        text = re.sub(r"(同志|等(人员?|有关.{1,8}|相关.{1,8})?|先生|女士)$", "", one.strip(" 　*"))
        if not text:
            continue
        aside = _ASIDE.match(text)
        parts = [aside["first"].strip(), aside["second"].strip()] if aside else text.split()
        if not re.search("[一-龥]", text) and not aside:
            parts = [text]
        if len(parts) > 1 and not aside and all(is_post(part) for part in parts):
            yield from ((part, "", part) for part in parts)
            continue
        if len(parts) > 1 and not aside and all(is_person(part) for part in parts):
            yield from (("", part, part) for part in parts)
            continue
        together = re.match(r"^([一-龥]{2,10}?[员长理管任人])([一-龥]{2,3})$", text)
        if together and not is_post(text) and is_post(together[1]) and is_person(together[2]):
            parts = [together[1], together[2]]
        post = next((part for part in parts if is_post(part) or is_collective(part)), "")
        person = next((part for part in parts if is_person(part)), "")
        yield post, person, text


def is_collective(text: str) -> bool:
    """Several posts under one word: 管理人员, 各班组, 各部门负责人."""
    return (
        bool(re.search(r"(人员|员工|职工|工人|各[一-龥]{1,6}|部门|班组|单位|科室|[部处科室局])$", text))
        and 2 <= len(text) <= 20
    )


def place_in_group(
    reading: Reading,
    passage: Passage,
    label: str,
    group: str,
    items: list[tuple[str, str, str]],
    phone: re.Match[str] | None,
) -> None:
    """Put the holders (post, person, text) of a place such as 组长 into the group; people leave."""
    roles = []
    for post, person, _ in items:
        name = post or (label if _commands(group) or not group_in(group) else f"{group}{label}")
        role = role_named(reading, name, passage, HIGH)
        roles.append(role)
        if person:
            reading.names[person] = name
            if phone is None or len(items) > 1:
                reading.contacts.append(Contact(person, name, group))
    roles = list(dict.fromkeys(roles))
    if post_is_place(label):
        _into_group(reading, passage, label, group, roles)
    if _commands(group) and LEADING.match(label):
        reading.chief = reading.chief or roles[0]
        reading.posts.setdefault(label, roles[0])
    elif roles and group and LEADING.match(label):
        reading.posts.setdefault(f"{group}{label}", roles[0])
    elif roles and len(roles) == 1:
        reading.posts.setdefault(label, roles[0])


def post_is_place(label: str) -> bool:
    """Whether a label is a place in a group (leader, deputy, member) and not a post of its own."""
    return bool(LEADING.match(label) or SECOND.match(label) or MEMBERS.match(label))


def _into_group(reading: Reading, passage: Passage, label: str, group: str, roles: list[str]) -> None:
    id = group_id(group) if group else "command_group"
    if id == f"{ROLE}" or f"{ROLE}.{id}" in reading.proposals:
        id = f"{id}_members"
    known = reading.propose(GROUP, id, {"name": group or "应急领导小组", "members": []}, passage, HIGH)
    if not group and reading.title.isascii():
        known.entry["name"] = "Command group"
    members = known.entry["members"]
    members += [role for role in roles if role not in members]
    if LEADING.match(label):
        known.entry.setdefault("leader", roles[0])
    elif SECOND.match(label):
        known.entry.setdefault("deputy", roles[0])
        leader = reading.proposals.get(f"{ROLE}.{known.entry.get('leader', '')}")
        if leader is not None:
            deputies = leader.entry.setdefault("deputies", [])
            deputies += [role for role in roles if role not in deputies and role != leader.id]


def _sentence(reading: Reading, passage: Passage, text: str) -> None:
    """`由项目经理任组长`: the same as a list, in a sentence."""
    for pattern in (_TAKES, _TAKES_BACK):
        for match in pattern.finditer(text):
            items = [item for item in holders_in(match["holder"]) if item[0] or item[1]]
            if items:
                label = match["post"]
                inside = re.search(r"([一-龥]{2,12}?(?:领导小组|指挥部))", text)
                here = inside[1] if inside else group_in(text) or group_of(passage)
                place_in_group(reading, passage, label, here, items, None)


def _substitute(reading: Reading, passage: Passage, text: str) -> None:
    """`总指挥不在时，由副总指挥代行`: a deputy."""
    match = _ABSENT.search(text)
    if match is None or not (is_post(match["who"]) and is_post(match["deputy"])):
        return
    role = role_named(reading, match["who"], passage, HIGH)
    deputy = role_named(reading, match["deputy"], passage, HIGH)
    deputies = reading.proposals[f"{ROLE}.{role}"].entry.setdefault("deputies", [])
    if deputy not in deputies and deputy != role:
        deputies.append(deputy)


def _named_group(reading: Reading, passage: Passage, text: str) -> bool:
    """`抢险救援组：负责……` or `抢险救援组负责……`: a group that acts, and its duties."""
    group = group_in(text)
    if not group or _commands(group):
        return False
    rest = text[len(group) :].lstrip("的 ")
    rest = re.sub(r"^(主要)?(工作)?职责", "", rest).lstrip("：: ")
    alone = not rest and (text.endswith(("：", ":")) or len(text) <= 10)
    made_of = re.match(r"(?:组长|成员|队员|组员)?由|组长|成员|组员|队员", rest)
    if not (_DUTY_VERB.match(rest) or alone or made_of):
        return False
    role_named(reading, group, passage, HIGH, "" if group in reading.posts else group_id(group))
    if made_of:
        _made_of(reading, passage, group, rest)
    else:
        _duties(reading, passage, group, rest)
    return True


def _made_of(reading: Reading, passage: Passage, group: str, text: str) -> None:
    """`成员由护士、车队组成`: who is in a group."""
    match = re.search(r"(?:成员|队员|组员)?由([^，。；]{2,60}?)(?:等)?组成", text)
    if match:
        items = [(one[0] or one[2], one[1], one[2]) for one in holders_in(match[1]) if len(one[2]) <= 20]
        place_in_group(reading, passage, "成员", group, items, None)


def _duties(reading: Reading, passage: Passage, name: str, duties: str) -> None:
    role = role_named(reading, name, passage, HIGH)
    add_duty(reading, role, duties)


def _duties_below(reading: Reading, passage: Passage) -> None:
    """A sentence under a group's or post's heading in the chapter on organisation is one of its duties."""
    if passage.general != "2":
        return
    for text in (passage.label, passage.heading):
        name = re.sub(
            r"(的)?(主要)?(工作)?(职责|组成)?(及分工)?[：:]?$|\s*(responsibilities|duties)?:?$",
            "",
            bare(text),
        )
        role = reading.posts.get(name)
        if role is None and group_in(name) == name and name and not _commands(name):
            role = role_named(reading, name, passage, MEDIUM, group_id(name))
        if role is None and is_post(name) and text and (name.isascii() or known_post(name)):
            role = role_named(reading, name, passage, MEDIUM)
        if role is not None:
            add_duty(reading, role, bare(passage.text))
            reading.use(passage, MEDIUM)
            known = reading.proposals.get(f"{ROLE}.{role}")
            if known is not None and passage.id not in known.clauses:
                known.clauses.append(passage.id)
            return


def add_duty(reading: Reading, role: str, duties: str) -> None:
    """Add to what the role has to do."""
    known = reading.proposals.get(f"{ROLE}.{role}")
    if known is not None and duties:
        before = known.entry.get("duties", "")
        known.entry["duties"] = f"{before} {duties}".strip()[:2000]


def _choose_chief(reading: Reading) -> None:
    """Who leads: a leader that a list named, else a post whose name says so."""
    if not reading.chief:
        names = [name for name, _ in KNOWN if LEADING.match(name)]
        found = [reading.posts[name] for name in names if name in reading.posts]
        found += [
            role for name, role in reading.posts.items() if re.search(r"(coordinator|commander)$", name, re.I)
        ]
        reading.chief = found[0] if found else ""


__all__ = ["LOW", "bare", "find_roles", "group_of", "role_named"]
