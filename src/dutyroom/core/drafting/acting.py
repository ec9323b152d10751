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
from dutyroom.core.drafting.proposal import MEDIUM, Reading
from dutyroom.core.drafting.rolefinding import bare, group_id, role_named

_VERBS = (
    "报告|上报|汇报|报送|续报|通知|通报|报警|报请|拨打|启动|组织|赶赴|赶到|前往|到达|疏散|撤离|撤出|抢救|救援|救治|抢险|封锁|警戒|"
    "切断|关闭|保护|送往|送医|护送|设置|设立|清点|成立|派|核实|研判|调集|调动|调配|发布|停止|停产|清理|清除|消毒|统计|调查|分析|"
    "总结|归档|修订|评估|赔偿|安抚|慰问|抚恤|宣布|决定|下达|指挥|协调|联系|联络|接待|接警|接报|记录|检查|排查|巡查|监测|隔离|"
    "转移|安置|扑救|灭火|使用|支援|请求|迎接|引导|维护|维持|控制|采取|制定|落实|恢复|抢修|准备|待命|集合|进入|开展|实施|做好|"
    "提供|提出|加强|配合|填写|提交|上交|召开|召集|传达|确认|判断|清洗|包扎|急救|处置|处理|收集|保存|摄影|拍照|取证"
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
    r"(?:(?:^|[，。；：:,、）)])(?:由|并由|先由|再由|同时|然后|并|当(?!事)|如|若|一旦)?|由)"
    r"((?:(?![由向给报])[一-龥]){0,16}?(?:经理|主管|主任|组长|队长|班长|部长|负责人|书记|工程师|总指挥|指挥长|人员|员|队员|分队|领导|发现人|目击者|当事人|领导小组|"
    r"指挥部|办公室|小组|(?:施工|总包|分包|事故|事发|责任|经营|各)单位|各部门|各班组|员工|职工|[救援险护讯信勤障戒卫散防火后术家传闻查测合调]组|项目部|值班室))"
    rf"(?=(?:应|须|必须|以|代|为|要|需|负责|可|立即|及时|迅速|马上|尽快|第一时间|在|接|到|根据|按|经|视|对|将|向|率|带领|牵头|不得|有权|安排|收到|派|发现|发生|携带|{_VERBS}))"
)
_EN_SUBJECT = re.compile(
    r"(?:^|[.;,]\s+|\b(?:the|all|each|any)\s+)((?:[A-Za-z/-]+\s){0,4}?[A-Za-z-]+)\s+"
    r"(?:shall|must|will|should|is responsible|are responsible|is to|are to|may|notif|report|call|contact|ha[sv]e? to)",
    re.IGNORECASE,
)
_NOT_ACTORS = re.compile(
    r"^(有关|相关|所有|全体|其他|无关|受伤|伤亡|被困|救援|抢救|应急救援|应急|施救|周边|遇险)?人员$|^(应急|救援|抢险|施救)人员$|^(动|人|成|全|伤)?员$|^领导$"
)
_NOT_NAMED = re.compile(
    r"[向给报]|通知|发生|所有|需要|造成|对于|^(在|与|和|及|对|从|被|为|以|需|安排|派|组织|受|使|让|因|经|确保|保证|通过)"
)
_ASIDE = re.compile(r"[（(][^）)]{1,8}[）)]")
_TOLD = re.compile(
    r"(?:向|给|报(?:告)?(?!告)给?|上报(?:至|给|到)?|报送(?:至|给)?|通知|告知|通报(?:给)?|汇报给|报请)(?!后|的|内容|程序|时|书|制|表)"
    r"([一-龥（）、和及与或]{2,40}?)(?=报告|上报|汇报|报送|通报|请求|报警|报案|反映|续报|，|。|；|：|、?并|$)"
)
_TELLS = re.compile(
    r"报告|上报|汇报|报送|通报|报警|拨打|续报|通知|告知|报请|报案|\b(notif\w+|report(?:s|ed|ing)? (?:to|the|all|any|it)|call|contact|inform|advise|alert)\b",
    re.I,
)
_LETS = re.compile(r"\blet ([^.;,]{2,50}?) know\b", re.IGNORECASE)
_NOT_REPORT = re.compile(
    r"举报|报告(的)?内容|报告应包括|报告包括|^(事故|信息)?报告(程序|流程|制度)?$|\breport to (the |designated )?(assembly|muster|safe|designated)",
    re.I,
)


def actor_of(reading: Reading, passage: Passage) -> str:
    """The id of the role that acts, proposed if the sentence is the first to name it; empty if none is written."""
    text = _ASIDE.sub("", bare(passage.text))
    for match in _SUBJECT.finditer(text):
        name = re.sub(r"^(由|并|当(?!事)|同时|后|经|如|若|即|及时|立即|的)", "", match[1])
        if not _NOT_ACTORS.match(name) and not _NOT_NAMED.search(name):
            return _role(reading, name, passage)
    for match in _EN_SUBJECT.finditer(text):
        name = re.sub(r"^(the|all|each|any|if|when|and|or|then)\s+", "", match[1].strip(), flags=re.I)
        if is_post(name) and len(name.split()) <= 5:
            return _role(reading, name, passage)
    return _of_heading(reading, passage)


def _of_heading(reading: Reading, passage: Passage) -> str:
    for text in (passage.label, passage.heading):
        name = re.sub(r"(的)?(主要)?职责[：:]?$|:$|：$", "", bare(text))
        if name in reading.posts:
            return reading.posts[name]
    return ""


def parts_of(text: str) -> tuple[str, ...]:
    """A sentence in which several act in turn, cut before each later actor that does something of its own."""
    text = _ASIDE.sub("", text)
    starts = [match.start(1) for match in _SUBJECT.finditer(text) if not _NOT_ACTORS.match(match[1])]
    cuts = [at for at in starts[1:] if asks_for_act(text[at:])]
    edges = [0, *cuts, len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return tuple(parts) if all(asks_for_act(part) for part in parts) else (text,)


def _role(reading: Reading, name: str, passage: Passage) -> str:
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
    return bool(_TELLS.search(text) or _LETS.search(text)) and not _NOT_REPORT.search(bare(text))


def recipients(reading: Reading, passage: Passage) -> tuple[str, ...]:
    """The ids of those who are told: outside bodies and roles, in the order of the sentence."""
    text = _ASIDE.sub("", bare(passage.text))
    found: dict[str, int] = {}
    stretches = [(match.start(1), match[1]) for match in _TOLD.finditer(text)]
    calls = [(match.end(), text[match.end() : match.end() + 60]) for match in _TELLS.finditer(text)]
    calls += [(match.start(1), match[1]) for match in _LETS.finditer(text)]
    for at, stretch in stretches:
        for name, role in sorted(reading.posts.items(), key=lambda one: -len(one[0])):
            if name in stretch and role not in found:
                found[role] = at + stretch.index(name)
                stretch = stretch.replace(name, "　" * len(name))
        for piece in re.split("、|和|及|与|或", stretch):
            named = is_post(piece) or re.search("(办公室|值班室|领导小组|指挥部|项目部)$", piece)
            if named and 2 <= len(piece) <= 16 and "　" not in piece:
                found.setdefault(_role(reading, piece, passage), at)
    for at, stretch in [*stretches, *calls]:
        for body in bodies_in(f"向{stretch}"):
            found.setdefault(propose_body(reading, passage, body), at + body[4])
    for at, stretch in calls:
        if name := _english_post(stretch):
            found.setdefault(_role(reading, name, passage), at)
        for name, role in reading.posts.items():
            if name.isascii() and re.match(
                rf"\s*(?:to )?(?:the |your |a )?{re.escape(name)}\b", stretch, re.I
            ):
                found.setdefault(role, at)
    return tuple(sorted(found, key=lambda name: found[name]))
