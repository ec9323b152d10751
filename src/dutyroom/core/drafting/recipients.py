"""Whom a sentence tells that no list of known bodies holds: by how a name ends (局, 公司, 医院), or shortened before 等部门.

`pieces_of(stretch)` cuts 甲、乙及丙 into its names; `body_by_ending(name)` is the kind of an outside body, or empty.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re
from collections.abc import Iterator

_JOINED = re.compile(r"、|，|或者?|以及|(?<=[\u4e00-\u9fff])(?:和|及|与|并)(?!谐|其他|其它|时(?!$))|/")
# How a name ends, and the kind of body that is; the first that fits. 部, 处 and 科 alone are our own departments.
_KINDS: tuple[tuple[str, str], ...] = (
    (r"(?:局|委|委员会|厅|办事处|街道办?|管委会|政府|居委会|村委会|监管部门|主管部门|行政部门|[市县区省镇乡]委|应急办|(?<!家)(?<!校)总站|监督站)$", "authority"),
    (r"(?:医院|卫生院|急救中心|急救站|(?:救援|消防|交警|公安|特勤|巡警)(?:大队|支队|总队|中队|站|机构)|大队|支队|总队|派出所)$", "emergency_service"),
    (r"(?:供电|供水|供气|燃气|电力|自来水|热力|通信|电信)(?:公司|所|站|集团)$", "utility"),
    (r"(?:家长|家属|亲属|监护人|媒体)$", "other"), (r"(?:保险公司|协会|学会|集团|公司|总部|厂家|供应商|物业|大学)$", "other"),
    (r"(?:居民|村民|邻居|群众|相邻单位|周边企业)$", "neighbour"), (r"(?:业主|甲方|发包方|总包|承包商|监理)$", "client"),
)  # fmt: skip
_KIND_PATTERNS = tuple((re.compile(words), kind) for words, kind in _KINDS)
_EMPTY = re.compile(
    r"^(?:有关|相关|各|该|本|其|当地|上级|下级|全|我)?(?:局|委|厅|公司|集团|大队|支队|政府|总部)$"
)
_OF_BODY = re.compile(r"^(?:有关|相关|当地|所在地|属地|事发地|就近的?|附近的?|受到?[一-龥]{1,6}的)+")
# A trade that stands for its authority when a list of them ends in 等部门.
_SHORT: tuple[tuple[str, str, str, str], ...] = (
    ("公安", "police", "公安部门", "emergency_service"), ("交警", "traffic_police", "交警部门", "emergency_service"),
    ("消防", "fire_service", "消防部门", "emergency_service"), ("医疗", "hospital", "医疗部门", "emergency_service"),
    ("急救", "hospital", "急救部门", "emergency_service"), ("卫生", "health_bureau", "卫生部门", "authority"),
    ("卫健", "health_bureau", "卫健部门", "authority"), ("应急", "emergency_bureau", "应急管理部门", "authority"),
    ("应急管理", "emergency_bureau", "应急管理部门", "authority"), ("安监", "work_safety_bureau", "安监部门", "authority"),
    ("安全监管", "work_safety_bureau", "安全监管部门", "authority"), ("环保", "environment_bureau", "环保部门", "authority"),
    ("生态环境", "environment_bureau", "生态环境部门", "authority"), ("住建", "housing_bureau", "住建部门", "authority"),
    ("建设", "housing_bureau", "建设部门", "authority"), ("教育", "education_bureau", "教育部门", "authority"),
    ("气象", "weather_bureau", "气象部门", "authority"), ("质监", "market_bureau", "质监部门", "authority"),
    ("市场监管", "market_bureau", "市场监管部门", "authority"), ("交通", "transport_bureau", "交通部门", "authority"),
    ("水利", "water_bureau", "水利部门", "authority"), ("民政", "civil_affairs", "民政部门", "authority"),
    ("城管", "city_management", "城管部门", "authority"), ("人社", "labour_bureau", "人社部门", "authority"),
    ("劳动", "labour_bureau", "劳动部门", "authority"), ("工会", "trade_union", "工会", "other"),
    ("供电", "power_company", "供电部门", "utility"), ("电力", "power_company", "电力部门", "utility"),
    ("监察", "supervision", "监察部门", "authority"), ("疾控", "disease_control", "疾控部门", "authority"),
)  # fmt: skip
_DEPARTMENTS = re.compile(
    r"^(.*?)等?(?:政府)?(?:有关|相关)?(?:主管|职能|行政)?(?:管理)?部门$|^(.*?)等(?:有关|相关)?(?:单位|机构)$"
)


def pieces_of(stretch: str) -> tuple[str, ...]:
    """The names a stretch joins, in order."""
    cut = [one.strip() for one in _JOINED.split(stretch) if one and one.strip()]
    return tuple(_OF_BODY.sub("", one) for one in cut)


def shortened(stretch: str) -> Iterator[tuple[str, str, str, str, int]]:
    """(id, name, kind, no number, where) for 公安、消防、卫生等部门: each trade stands for its authority."""
    match = _DEPARTMENTS.match(stretch)
    if match is None:
        return
    listed = match[1] if match[1] is not None else match[2]
    for piece in pieces_of(listed or ""):
        for word, id, name, kind in _SHORT:
            if re.sub(r"^(当地|属地|[市县区])", "", piece) == word:
                yield id, name, kind, "", stretch.index(piece)


def body_by_ending(name: str) -> str:
    """The kind of outside body a name ends as; empty for what is not one, or says no more than its ending."""
    if not 2 <= len(name) <= 18 or _EMPTY.match(name) or re.search(r"[向给由把将报]|情况|信息|事故$", name):
        return ""
    return next((kind for pattern, kind in _KIND_PATTERNS if pattern.search(name)), "")


def own_department(name: str) -> bool:
    """安全部, 保卫处, 值班室: a part of our own organisation that can be told."""
    if re.search(r"((?<!安)全部|内部|外部|干部|部分|主管部门|有关部门|相关部门|各部门)$", name):
        return False
    return 3 <= len(name) <= 14 and bool(
        re.search(
            r"(?:部|处|科|室|车间|中心|卫生站|医务站|保健站|值班室|项目部|管理部门|领导小组|工作小组|委员会|应急办|专班|[一-龥]组)$",
            name,
        )
    )
