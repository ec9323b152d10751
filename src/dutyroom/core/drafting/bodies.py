"""Outside bodies a text names: public short numbers, authorities, hospitals, client, neighbours; `bodies_in(text)`.

The id says what the body is for; the paper's own words stay its name. Longer phone numbers never stay in a plan.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from collections.abc import Iterator

from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.proposal import BODY, HIGH, Reading

# What may stand before a body's name and be part of it: no conjunction, no word of telling.
_BEFORE = r"[^\x00-\u4dff、，和及与或并向给报至到内由请送的等将在后时须告]{0,8}?"

# Words, id, kind, public short number. The first that fits a stretch of text has it.
_BODIES: tuple[tuple[str, str, str, str], ...] = (
    (r"(?<!\d)110(?!\d)", "police", "emergency_service", "110"),
    (r"(?<!\d)119(?!\d)", "fire_service", "emergency_service", "119"),
    (r"(?<!\d)120(?!\d|\s*(?:分|人|小时|秒|米|元))", "ambulance", "emergency_service", "120"),
    (r"(?<!\d)122(?!\d)", "traffic_police", "emergency_service", "122"),
    (r"(?<!\d)911(?!\d)", "emergency_911", "emergency_service", "911"),
    (r"(?<!\d)12350(?!\d)", "safety_hotline", "authority", "12350"),
    (r"(?<!\d)12345(?!\d)", "city_hotline", "authority", "12345"),
    (r"(?<!\d)12369(?!\d)", "environment_hotline", "authority", "12369"),
    (_BEFORE + r"应急(?:管理)?(?:局|部门|厅|部|委)", "emergency_bureau", "authority", ""),
    (_BEFORE + r"(?:安监局|安全生产监督管理(?:局|部门)|安全监管(?:局|部门))", "work_safety_bureau", "authority", ""),
    (_BEFORE + r"(?:住房和?城乡建设(?:局|部门|主管部门|部|厅|委|(?=[、和及]))|住建(?:局|部门|委|厅)|建设行政主管部门|城建局|质监站|安监站)", "housing_bureau", "authority", ""),
    (_BEFORE + r"(?:生态环境(?:局|部门)|环保(?:局|部门)|环境保护(?:局|部门))", "environment_bureau", "authority", ""),
    (_BEFORE + r"(?:人力资源和?社会保障(?:局|部门)|人社(?:局|部门)|劳动(?:保障)?(?:局|部门|监察[一-龥]{0,2}))", "labour_bureau", "authority", ""),
    (_BEFORE + r"(?:城市管理(?:局|部门)|城管(?:局|部门|委)|环卫(?:局|处|中心|主管部门)|市容[一-龥]{0,4}局)", "city_management", "authority", ""),
    (_BEFORE + r"(?:交警(?:大队|支队|部门)?|交通管理部门)", "traffic_police", "emergency_service", "122"),
    (_BEFORE + r"(?:消防(?:救援)?(?:机构|大队|支队|总队|部门|队)|消防救援局)", "fire_service", "emergency_service", ""),
    (_BEFORE + r"(?:公安(?:机关|局|部门|分局)|派出所)", "police", "emergency_service", ""),
    (_BEFORE + r"(?:医院|急救中心|卫生院|医疗(?:机构|单位|急救部门))", "hospital", "emergency_service", ""),
    (_BEFORE + r"卫生(?:健康)?(?:局|部门|委|行政部门)", "health_bureau", "authority", ""),
    (_BEFORE + r"气象(?:局|台|部门)", "weather_bureau", "authority", ""),
    (_BEFORE + r"(?:市场监督?管理(?:局|部门)|质监局|质量技术监督(?:局|部门))", "market_bureau", "authority", ""),
    (r"(?:供电|电力)(?:公司|局|部门|单位)?(?=[，。；、]|$|报|抢|联)", "power_company", "utility", ""),
    (r"(?:供水|自来水|燃气|供气|市政管网|通信)(?:公司|单位)", "utility_company", "utility", ""),
    (r"(?:建设单位|业主(?:单位)?|甲方|发包(?:方|单位))", "client", "client", ""),
    (r"监理(?:单位|公司|部|工程师)?", "supervising_firm", "client", ""),
    (r"(?<=[向给至])(?:本|分)?公司[^，。、；和及（(]{0,8}?(?=报告|上报|汇报|[，。、；和及（(]|$)", "company", "other", ""),
    (r"(?:上级(?:主管|安全|有关|应急)?(?:部门|单位|公司|领导|机关|应急指挥部)?|集团(?:公司)?(?:总部)?|总公司|公司总部|主管部门)", "superior", "authority", ""),
    (_BEFORE + r"(?:街道办事处|街道办|街道|社区居委会|居委会)", "subdistrict", "authority", ""),
    (_BEFORE + r"(?:人民政府|(?<![一-龥])政府(?:有关部门|部门)?|管委会|国务院)|(?:当地|地方|属地|所在地|[省市县区镇乡旗])(?:各级)?政府(?:有关部门|部门)?", "government", "authority", ""),
    (r"(?:政府)?(?:有关|相关)(?:政府|行政|主管)?(?:部门|单位)", "departments_concerned", "authority", ""),
    (r"(?:新闻媒体|媒体|记者)", "press", "press", ""),
    (r"(?:周边|附近|毗邻|相邻)(?:单位|居民|群众|企业|社区)[一-龥]{0,2}", "neighbours", "neighbour", ""),
    (r"\bpolice(?: department)?\b", "police", "emergency_service", ""),
    (r"\bfire (?:department|brigade|service|rescue)\b", "fire_service", "emergency_service", ""),
    (r"\b(?:EMS|ambulance(?: service)?|paramedics|emergency medical services)\b", "ambulance", "emergency_service", ""),
    (r"\b(?:emergency services?|first responders|emergency responders)\b", "emergency_services", "emergency_service", ""),
    (r"\b(?:hospital|medical (?:center|facility|facilities)|clinic|occupational health)\b", "hospital", "emergency_service", ""),
    (r"\bOSHA\b", "osha", "authority", ""),
    (r"\b(?:state|county|local|regulatory|government)[ -](?:agenc(?:y|ies)|authorit(?:y|ies)|emergency management)\b", "authorities", "authority", ""),
    (r"\b(?:owner(?:/developer)?|client|developer)(?:'s representative)?\b", "client", "client", ""),
    (r"\b(?:insurance (?:company|carrier)|insurer)\b", "insurer", "other", ""),
    (r"\b(?:utility compan(?:y|ies)|gas company|power company|utilities)\b", "utility_company", "utility", ""),
    (r"\b(?:media|press|reporters)\b", "press", "press", ""),
    (r"\bpoison control\b", "poison_control", "emergency_service", ""),
    (r"\b(?:neighbou?rs|neighbou?ring [a-z]+)\b", "neighbours", "neighbour", ""),
)  # fmt: skip
_PATTERNS = tuple((re.compile(words, re.IGNORECASE), id, kind, number) for words, id, kind, number in _BODIES)
_EDGE = re.compile(
    r"^(并|及时|立即|同时|应(?!急)|须|向|给|报|和|与|及|或|由|到|至|在|将|请求|联系|通知|拨打|配合|当地|所在地|事故|发生地|的|必要时|电话|送往|送|附近|就近|以上|县级|区级|市级|直接|协助|根据|按照|经|接受|后|需)+"
)


def bodies_in(text: str) -> Iterator[tuple[str, str, str, str, int]]:
    """(id, name as written, kind, short number, where) for each body, each stretch of text once."""
    taken: list[tuple[int, int]] = []
    for pattern, id, kind, number in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            yield id, _EDGE.sub("", match[0]) or match[0], kind, number, start


def propose_body(reading: Reading, passage: Passage, found: tuple[str, str, str, str, int]) -> str:
    """The id of the outside body, proposed if it is new."""
    id, name, kind, number, _ = found
    known = reading.propose(BODY, id, {"name": _NAMES.get(number, name), "kind": kind}, passage, HIGH)
    if number:
        known.entry["number"] = number
    return known.id


_NAMES = {
    "110": "公安（110）", "119": "消防（119）", "120": "急救（120）", "122": "交警（122）", "911": "Emergency services (911)",
    "12350": "安全生产举报投诉（12350）", "12345": "政务服务热线（12345）", "12369": "环保举报热线（12369）",
}  # fmt: skip
