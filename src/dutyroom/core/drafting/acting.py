"""Who acts in a sentence, whom it is told to, and whether it asks for an act at all.

An actor is a post or group that stands where a subject stands, before what it should do; a name after 向 or 报告 is
told, not acting. Where no actor is written, none is concluded, save that a section headed by a post is that post's.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from itertools import pairwise

from dutyroom.core.drafting.bodies import bodies_in, propose_body
from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.posts import KNOWN, group_in, is_post, known_post
from dutyroom.core.drafting.proposal import BODY, MEDIUM, Reading
from dutyroom.core.drafting.recipients import body_by_ending, own_department, pieces_of, shortened
from dutyroom.core.drafting.rolefinding import bare, group_id, role_named
from dutyroom.core.drafting.times import limits, soft_words

_VERBS = (
    "报告|上报|汇报|报送|续报|通知|通报|报警|报请|拨打|启动|组织|赶赴|赶到|前往|到达|疏散|撤离|撤出|抢救|救援|救治|抢险|封锁|警戒|"
    "切断|关闭|保护|送往|送医|护送|设置|设立|清点|成立|派|核实|研判|调集|调动|调配|发布|停止|停产|清理|清除|消毒|统计|调查|分析|"
    "总结|归档|修订|评估|赔偿|安抚|慰问|抚恤|宣布|决定|下达|指挥|协调|联系|联络|接待|接警|接报|记录|检查|排查|巡查|监测|隔离|"
    "转移|安置|扑救|灭火|使用|支援|请求|迎接|引导|维护|维持|控制|采取|制定|落实|恢复|抢修|准备|待命|集合|进入|开展|实施|做好|"
    "开启|打开|关停|佩戴|提供|提出|加强|配合|填写|提交|上交|召开|召集|传达|确认|判断|清洗|包扎|急救|处置|处理|收集|保存|摄影|拍照|取证"
)
_VERB = re.compile(_VERBS)
_EN_VERB = re.compile(
    r"\b(call|notify|notif\w+|report|contact|evacuat\w*|activate|secure|account for|meet|direct|assess|provide|ensure|"
    r"stop|shut|isolate|inform|coordinate|conduct|complete|submit|forward|investigate|declare|determine|assign|"
    r"establish|initiate|maintain|assist|monitor|document|review|post|escort|transport|administer|select|advise|"
    r"identify|prepare|issue|sound|gather|check|keep|move|close|turn|remain|follow|use|wait|seek|begin|alert)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"应当|应(?!急|对|力)|必须|须|要(?!求|点|素|害)|负责|需(?!要)|\b(shall|must|will|should|is to|are to|responsible for)\b",
    re.I,
)
_SUBJECT = re.compile(
    r"(?:(?:^|[，。；：:,、）)])(?:由|并由|先由|再由|同时|然后|并|当(?!事|值|班|日|地)|如|若|一旦)?|由)"
    r"((?:(?![由向给报])[一-龥]){0,16}?(?:经理|主管|主任|组长|队长|班长|部长|负责人|书记|工程师|总指挥|指挥长|人员|员|队员|分队|领导|发现人|目击者|当事人|领导小组|"
    r"指挥部|办公室|小组|(?:施工|总包|分包|事故|事发|责任|经营|各)单位|各部门|各班组|员工|职工|(?:值|工|课|段|校|园|院|局|处|科|厂|矿|所|站|店|船|机|镇|区|县|市|秘书|董事)长|总监|老师|教师|司机|医生|护士|保安|电工|调度|责任人|当事人|报告人|委员会|(?:知情|发现|在场|管理|操作|负责|作业)者|应急办|专班|(?:指挥|调度|监控|值班|控制|客服)中心|车间|科室|[一-龥]{2,6}(?<![内外上下局干顶底])(?<!(?<!安)全)部(?!门|分|位|队|署)|[一-龥]{2,6}(?<![此该多各何高])处(?!置|理|于|在|以)|[救援险护讯信勤障戒卫散防火后术家传闻查测合调]组|项目部|值班室))"
    rf"(?=(?:应(?!急)|须|必须|以|代|为|要|需|负责(?!人)|可|通过|分别|共同|用|立即|及时|迅速|马上|尽快|第一时间|在|接|到|根据|按|经|视|对|将|向|率|带领|牵头|不得|有权|安排|收到|派|发现|发生|携带|本着|坚持|{_VERBS}))"
)
_EN_SUBJECT = re.compile(
    r"(?:^|[.;,]\s+|\b(?:the|all|each|any)\s+)((?:[A-Za-z/-]+\s){0,4}?[A-Za-z-]+)\s+"
    r"(?:shall|must|will|should|is responsible|are responsible|is to|are to|may|notif|report|call|contact|ha[sv]e? to)",
    re.IGNORECASE,
)
_NOT_ACTORS = re.compile(
    r"^(有关|相关|所有|全体|其他|无关|受伤|伤亡|被困|救援|抢救|应急救援|应急|施救|周边|遇险)?人员$|^(应急|救援|抢险|施救)人员$|^(动|人|成|全|伤)?员$|^(有关|相关)?领导$"
)
_NOT_NAMED = re.compile(
    r"负责(?!人|者)|阻止|防止|^部署|^安排|立即|及时|迅速|^组织(?!部|者)|^配合|^协调(?!组|员)|^指挥(?!部|长|中心|员)|^引导(?!组|员)|[向给报]|通知|发生|所有|需要|造成|对于|^(在|与|和|及|对|从|被|为|以|需|安排|派|组织|受|使|让|因|经|确保|保证|通过)"
)
_ASIDE = re.compile(r"[（(](?![^）)]*\d\s*(?:分|小时|h|天|日))[^）)]{1,8}[）)]")  # a time in brackets stays
_ANSWERS = re.compile(r"[一-龥]{0,6}责任人[（(]([一-龥]{2,10})[）)]")  # 第一责任人（校长）: the post is who
_TOLD = re.compile(
    r"(?:向|给|报(?:告)?(?!告)给?|上报(?:至|给|到)?|报送(?:至|给)?|通知|告知|通报(?:给)?|汇报给|报请)(?!后|的|内容|程序|时|书|制|表)"
    r"([一-龥（）、和及与或]{2,40}?)(?=(?:立即|及时|尽快|迅速)?(?:书面|电话|口头|如实|逐级)?(?:进行)?(?:报告|上报|汇报|报送|通报|请求|报警|报案|反映|续报|求援|求助|发布|公布|通告|说明|告知)|到达|进入|做好|启动|撤离|疏散|派|协助|准备|参加|停止|采取|实施|开展|赶到|赶赴|前往|，|。|；|：|、?并|$)"
)
_IN_TOUCH = re.compile(
    r"(?:与|同)([一-龥、和及]{2,24}?)(?:取得|进行|保持)?联系|(?:立即|及时|尽快|迅速|并|应|须|马上)联系(?!电话|方式|人)([一-龥、和及]{2,20}?)(?=，|。|；|$|请求|进行|协助|派|赶|到)"
)
_TELLS = re.compile(
    r"向[一-龥、]{2,16}(?:发布|公布|通告)|(?:并|应|须|逐级|先|及时|立即)报(?!警|告|送|案|道|名|备|批|销|请)|报告|上报|汇报|报送|通报|报警|拨打|续报|通知|告知|报请|报案|\b(notif\w+|report(?:s|ed|ing)? (?:to|the|all|any|it)|call|contact|inform|advise|alert)\b",
    re.I,
)
_AGAIN = re.compile(
    r"^(?:并|同时|再|然后|必要时|经[^，。；]{1,14}?后，)?(?:应|要|须)?(?:立即|及时|迅速|同时|尽快)?"
    r"(?:向[^，。；]{2,40}?(?:报告|报案|汇报|上报|报送|通报|请求|求援|报警)|上报|报送|通报|通知|拨打|报告(?!内容|后|时|应)[^，。；]{2,})"
)
_JOINT = re.compile(r"[，；]|(?=(?:并|同时|且)(?:立即|立刻|马上|迅速|及时|尽快))")
_LETS = re.compile(r"\blet ([^.;,]{2,50}?) know\b", re.IGNORECASE)
_NOT_REPORT = re.compile(
    r"举报|报告(的)?内容|报告应包括|报告包括|^(事故|信息)?报告(程序|流程|制度)?$|\breport to (the |designated )?(assembly|muster|safe|designated)",
    re.I,
)


def actor_of(reading: Reading, passage: Passage) -> str:
    """The id of the role that acts, proposed if the sentence is the first to name it; empty if none is written."""
    text = _plain(bare(passage.text))
    for match in _SUBJECT.finditer(text):
        name = re.sub(r"^(由|并|当(?!事|值|班|日|地)|同时|后|经|如|若|即|及时|立即|的)", "", match[1])
        if _acts(text, match, name):
            return _role(reading, name, passage)
    for match in _EN_SUBJECT.finditer(text):
        name = re.sub(r"^(the|all|each|any|if|when|and|or|then)\s+", "", match[1].strip(), flags=re.I)
        if is_post(name) and len(name.split()) <= 5:
            return _role(reading, name, passage)
    return _of_heading(reading, passage)


def _plain(text: str) -> str:
    """The text without short asides, save a time and the post that stands behind 责任人."""
    return _ASIDE.sub("", _ANSWERS.sub(r"\1", text))


def _acts(text: str, match: re.Match[str], name: str) -> bool:
    """Whether who stands there acts, and is not the last of those who are told: 向甲、乙报告."""
    before = re.split("[，。；：:]", text[: match.start(1)])[-1]
    told = before.endswith("、") and re.search("[向给]|报告|通知", before)
    return not (told or _NOT_ACTORS.match(name) or _NOT_NAMED.search(name))


def _of_heading(reading: Reading, passage: Passage) -> str:
    for text in (passage.label, passage.heading):
        name = re.sub(r"(的)?(主要)?职责[：:]?$|:$|：$", "", bare(text))
        if name in reading.posts:
            return reading.posts[name]
    return ""


def parts_of(text: str) -> tuple[str, ...]:
    """A sentence in which several act in turn, cut before each later actor that does something of its own."""
    text = _plain(text)
    starts = [match.start(1) for match in _SUBJECT.finditer(text) if _acts(text, match, match[1])]
    cuts = [at for at in starts[1:] if asks_for_act(text[at:])]
    edges = [0, *cuts, len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return tuple(parts) if all(asks_for_act(part) for part in parts) else (text,)


def acts_of(part: str) -> tuple[str, ...]:
    """The part cut where one actor has a second act: another time word with it, or others who are told."""
    pieces: list[str] = []
    edges = [0, *(match.end() for match in _JOINT.finditer(part) if match.end()), len(part)]
    for start, end in pairwise(edges):
        piece = part[start:end]
        left = pieces[-1] if pieces else ""
        second = asks_for_act(piece) and _timed(piece) and asks_for_act(left) and _timed(left)
        again = _AGAIN.match(part[start:]) and is_report(left)
        if pieces and not (second or again):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces) if len(pieces) > 1 else (part,)


def _timed(text: str) -> bool:
    return bool(limits(text) or soft_words(text))


def _known_as(reading: Reading, name: str) -> str:
    """各负责人 after 各小组负责人, 本部门主管 after 部门主管: a role already named, said shorter."""
    plain = re.sub(r"^(本|该|其|本?公司|本?单位|学校|医院|项目部?|企业)", "", name)
    if plain in reading.posts:
        return reading.posts[plain]
    if name in ("指挥部", "领导小组", "工作小组", "办公室", "值班室"):
        return next((id for one, id in reading.posts.items() if one.endswith(name)), "")
    if name.startswith("各") and len(name) > 2:
        return next(
            (id for one, id in reading.posts.items() if one[0] == "各" and one.endswith(name[1:])), ""
        )
    return ""


def _role(reading: Reading, name: str, passage: Passage) -> str:
    if known := _known_as(reading, name):
        return known
    name = re.sub(r"^.*(?:指挥部|领导小组)(?=副?(?:总指挥|指挥长)$)", "", name)
    for post, id in KNOWN:
        if id in ("finder", "people_on_scene") and name.endswith(post):
            name = post
            break
    for known in sorted(reading.posts, key=len, reverse=True):
        if name == known or (
            name.endswith(known) and known_post(known) and len(known) >= 3 and name[-len(known) - 1] != "副"
        ):
            return reading.posts[known]
    prefer = (
        group_id(name)
        if group_in(name) == name or re.search("(领导小组|指挥部|办公室|值班室)$", name)
        else ""
    )
    return role_named(
        reading, name, passage, MEDIUM, "" if f"roles.{prefer}" in reading.proposals else prefer
    )


def _english_post(stretch: str) -> str:
    """The post that a stretch after `notify` begins with: the longest beginning that names one."""
    words = re.match(r"\s*(?:to )?(?:the |your |a )?((?:[A-Za-z/&-]+ ?){1,7})", stretch)
    parts = words[1].split() if words else []
    for size in range(len(parts), 0, -1):
        if parts[size - 1].lower() != "and" and is_post(name := " ".join(parts[:size])):
            return name
    return ""


def asks_for_act(text: str) -> bool:
    """Whether the sentence has a verb of doing."""
    return bool(_VERB.search(text) or _EN_VERB.search(text))


def is_bidding(text: str) -> bool:
    """Whether it says that something must be done, rather than that it is so."""
    return bool(_MODAL.search(text)) or bool(_EN_VERB.match(text))


def is_report(text: str) -> bool:
    """Whether somebody is told something."""
    return bool(
        _TELLS.search(text) or _IN_TOUCH.search(text) or _LETS.search(text)
    ) and not _NOT_REPORT.search(bare(text))


def recipients(reading: Reading, passage: Passage) -> tuple[str, ...]:
    """The ids of those who are told: outside bodies and roles, in the order of the sentence."""
    text = _plain(bare(passage.text))
    found: dict[str, int] = {}
    stretches = [(match.start(1), match[1]) for match in _TOLD.finditer(text)]
    stretches += [(match.start(), match[1] or match[2]) for match in _IN_TOUCH.finditer(text)]
    calls = [(match.end(), _near(text[match.end() : match.end() + 60])) for match in _TELLS.finditer(text)]
    calls += [(match.start(1), match[1]) for match in _LETS.finditer(text)]
    taken = [one for at, stretch in stretches for one in _inside(reading, passage, at, stretch, found)]
    for at, stretch in [*stretches, *calls]:
        for name in taken:
            stretch = stretch.replace(name, "　" * len(name))
        for body in bodies_in(f"向{stretch}"):
            found.setdefault(propose_body(reading, passage, body), at + body[4])
    _english(reading, passage, calls, found)
    return tuple(sorted(found, key=lambda name: found[name]))


def _near(stretch: str) -> str:
    """What follows a word of telling, up to where those told are to go."""
    return re.split(r"[。；]|到达|赶到|赶赴|送往|前往|撤离", stretch)[0]


def _inside(reading: Reading, passage: Passage, at: int, stretch: str, found: dict[str, int]) -> list[str]:
    """Our own posts and departments among those told, as written, and bodies that only their ending shows."""
    for body in shortened(stretch):
        found.setdefault(propose_body(reading, passage, body), at + body[4])
    taken = []
    for piece in pieces_of(stretch):
        told = _told(reading, passage, piece)
        found.update({one: at + stretch.index(name) for one, name in told if one not in found})
        taken += [name for one, name in told if f"{BODY}.{one}" not in reading.proposals]
    return taken


def _told(reading: Reading, passage: Passage, piece: str) -> list[tuple[str, str]]:
    """(id, name as written) of the roles in one piece, else of the body its ending shows."""
    if piece in reading.posts:
        return [(reading.posts[piece], piece)]
    named = 2 <= len(piece) <= 18
    listed = any(True for _ in bodies_in(f"向{piece}"))
    every = re.fullmatch(r"各[一-龥]{0,6}(?:部门|班组|科室|岗位|小组|车间|工区|单位)", piece)
    if named and not re.search("[向给报]|通知|立即|及时", piece) and (is_post(piece) or every):
        return [(_role(reading, piece, passage), piece)]
    inside, rest = [], piece
    for name, role in sorted(reading.posts.items(), key=lambda one: -len(one[0])):
        if len(name) > 2 and name in rest:
            inside.append((role, name))
            rest = rest.replace(name, "　" * len(name))
    if inside or not named or listed:
        return inside
    if own_department(piece):
        return [(_role(reading, piece, passage), piece)]
    if kind := body_by_ending(piece):
        id = next((one.id for one in reading.of(BODY) if one.entry["name"] == piece), "")
        id = id or reading.free_id(BODY, "body_1")
        return [(propose_body(reading, passage, (id, piece, kind, "", 0)), piece)]
    return []


def _english(reading: Reading, passage: Passage, calls: list[tuple[int, str]], found: dict[str, int]) -> None:
    for at, stretch in calls:
        if name := _english_post(stretch):
            found.setdefault(_role(reading, name, passage), at)
        for name, role in reading.posts.items():
            if name.isascii() and re.match(
                rf"\s*(?:to )?(?:the |your |a )?{re.escape(name)}\b", stretch, re.I
            ):
                found.setdefault(role, at)
