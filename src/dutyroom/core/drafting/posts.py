"""Which words name a post or a group, and which a person: `post_in(text)`, `group_in(text)`, `is_person(text)`.

A post ends as posts end (经理, 员, 组长, Manager); a person's name begins with one of the common family names and
ends otherwise. In doubt it is a post: posts stay in the plan, names never do.
"""

import re

# Posts that many plans have, with the id that the library's own plans use. Longer names stand first.
KNOWN: tuple[tuple[str, str], ...] = (
    ("应急总指挥", "commander"), ("现场总指挥", "scene_commander"), ("副总指挥", "deputy_commander"),
    ("总指挥", "commander"), ("现场指挥", "scene_commander"), ("副指挥长", "deputy_commander"), ("指挥长", "commander"),
    ("项目副经理", "deputy_project_manager"), ("项目经理", "project_manager"), ("项目总工", "chief_engineer"),
    ("副总经理", "deputy_general_manager"), ("总经理", "general_manager"), ("总工程师", "chief_engineer"),
    ("技术负责人", "technical_lead"), ("安全负责人", "safety_lead"), ("项目负责人", "project_lead"),
    ("主要负责人", "head_of_unit"), ("现场负责人", "scene_lead"), ("单位负责人", "head_of_unit"),
    ("安全总监", "safety_director"), ("质安主管", "quality_safety_supervisor"), ("运营主管", "operations_manager"),
    ("安全主管", "safety_supervisor"), ("安全管理人员", "safety_staff"), ("专职安全员", "safety_officer"),
    ("安全员", "safety_officer"), ("施工员", "site_engineer"), ("质检员", "quality_inspector"),
    ("材料员", "materials_clerk"), ("值班领导", "duty_leader"), ("值班人员", "duty_officer"),
    ("值班员", "duty_officer"), ("办公室主任", "office_head"), ("副班长", "deputy_crew_leader"),
    ("班组长", "crew_leader"), ("班长", "crew_leader"), ("新闻发言人", "spokesperson"), ("联络员", "liaison_officer"),
    ("第一发现人", "finder"), ("最先发现人", "finder"), ("发现人", "finder"), ("现场有关人员", "people_on_scene"),
    ("现场人员", "people_on_scene"), ("现场作业人员", "people_on_scene"), ("目击者", "finder"),
    ("副组长", "deputy_leader"), ("组长", "leader"), ("组员", "members"), ("成员", "members"),
)  # fmt: skip
LEADING = re.compile(
    r"^(总指挥|现场总指挥|应急总指挥|指挥长|组长|队长|负责人|leader|commander|chief|coordinator)$", re.I
)
SECOND = re.compile(
    r"^(常务副|执行副|第一副)?副(总指挥|指挥长|组长|队长)$|^(常务|执行)副(组长|总指挥)$|^deputy", re.I
)
MEMBERS = re.compile(r"^(成员单位|组成人员|成员|组员|队员|members?)$", re.I)

_ENDS = (
    "经理|主管|主任|组长|队长|班长|部长|局长|科长|处长|站长|所长|厂长|院长|园长|校长|总监|总工|工程师|指挥|指挥长|负责人|书记|"
    "主席|代表|员|发言人|领导|法人|调度|电工|司机|保安|医生|护士|顾问|专家|秘书|店长|会计|出纳|厨师长|股长|镇长|区长|"
    "市长|县长|秘书长|政委|总裁|董事长|矿长|船长|机长|教师|老师|班子|民警|经警|医师|技师|教练|辅导员|责任人|值长|工长|课长|段长|领班|副总|护士长"
)
POST = re.compile(rf"^[一-龥A-Za-z（）()0-9]{{0,14}}(?:{_ENDS})$")
_ENGLISH_POST = re.compile(
    r"\b(manager|director|coordinator|supervisor|superintendent|officer|leader|commander|foreman|foremen|wardens?|"
    r"lead|chief|engineer|president|owner|representative|secretary|receptionist|assistants?|team|committee|"
    r"employees|staff|administrator|executive|spokesperson|guards?|operator|captain|head|marshals?|personnel|PM|APM|department|management|resources|receptionist)$",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"^((?:[一-龥]{2,12}?)(?:领导小组|指挥部|工作组|救援组|小组|办公室|分队|专家组|[一-龥]组|(?:救援|抢险|应急|消防|突击)队伍?)"
    r"|(?:抢险|救援|救护|抢救|医疗|警戒|疏散|通[讯信]|联络|后勤|保障|善后|调查|消防|灭火|保卫|技术|专家|宣传|物资|运输|引导|监测|抢修|协调|综合|治安|信息|环保|接待|行动)组)"
    r"(?![长员成织])"
)
_NOT_GROUPS = re.compile(
    r"^(各|本|该|所有|由|全体|有关|相关|以上|下设|成立|设立|分|每个?|班组|项目班组)|^(应急|工作|班|小|一个?)组$"
)

_FAMILY = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓"
    "郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳段焦巴牧隗山谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎"
    "薄印宿白怀蒲邰从鄂索赖卓屠池乔阴胥能苍双闻党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连"
    "茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越隆师巩聂晁勾敖融冷辛阚那简饶空曾毋沙养鞠须丰"
    "巢关蒯相查后荆红游竺权逯盖益桓公岳肖闫付邸代覃冼佘佟麦涂兰苟仝"
)
_COMPOUND = re.compile(
    r"^(欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|长孙|宇文|端木)[一-龥]{1,2}$"
)
_TITLED = re.compile(rf"^(?!班主任|车队|班长|车班)[{_FAMILY}](经理|工|总|主任|队|班长|书记)$")
_BLANK = re.compile(r"^[×xX*＊○某_\s/—-]+$|^[一-龥][×xX*＊某○]{1,2}$|^\[.*\]$|^【.*】$")
_ENGLISH_NAME = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)?[A-Z][a-z’'-]+(?:\s+[A-Z]\.)?(?:\s+(?:Mc|O['’])?[A-Z][A-Za-z'’-]+){1,2}$"
)


def is_person(text: str) -> bool:
    """Whether a short text, standing alone where a holder stands, is a person's name."""
    plain = re.sub(r"\s+", "", text) if re.search("[一-龥]", text) else text.strip()
    if not re.search("[一-龥]", plain):
        return bool(_ENGLISH_NAME.match(plain)) and not _ENGLISH_POST.search(plain)
    if _TITLED.match(plain) or _COMPOUND.match(plain):
        return True
    return 2 <= len(plain) <= 3 and plain[0] in _FAMILY and not POST.match(plain) and not _is_thing(plain)


def _is_thing(text: str) -> bool:
    return bool(re.search(r"[部局处科室组队班厂站所院司会办区县市]$|公司|单位|部门|全体|成员", text))


def is_blank(text: str) -> bool:
    """A place left open: XXX, 某某, ____, [NAME]."""
    return bool(_BLANK.match(text.strip()))


def is_post(text: str) -> bool:
    """Whether a short text names a post."""
    plain = text.strip()
    if plain.isascii():
        return len(plain) < 50 and bool(_ENGLISH_POST.search(plain))
    return bool(POST.match(re.sub(r"\s+", "", plain))) and not is_person(plain)


def group_in(text: str) -> str:
    """The group a line begins with, such as 抢险救援组; empty if it begins with none."""
    match = _GROUP.match(text)
    return match[1] if match and not _NOT_GROUPS.match(match[1]) else ""


def known_post(text: str) -> str:
    """The id of a post many plans have, if the text is exactly one."""
    return next((id for name, id in KNOWN if name == text), "")
