"""Kinds of event a paper speaks of, by the words all plans use for them."""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re

from dutyroom.core.drafting.proposal import Reading

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("fire", "火灾", r"火灾|\bfires?\b"), ("explosion", "爆炸", r"爆炸|explosion"),
    ("electric_shock", "触电", r"触电|electrocut|electric shock"), ("fall", "高处坠落", r"高处坠落|高空坠落|falls? from height"),
    ("collapse", "坍塌", r"坍塌|坍陷|collapse"), ("struck_by", "物体打击", r"物体打击"),
    ("machinery", "机械伤害", r"机械伤害|机械事故"), ("lifting", "起重伤害", r"起重伤害"),
    ("traffic", "交通事故", r"交通事故|车辆伤害|traffic accident"), ("poisoning", "中毒和窒息", r"中毒|窒息"),
    ("injury", "人身伤害", r"人身伤害|人员伤亡|serious injur|medical emergenc"), ("flood", "洪涝", r"洪涝|防汛|内涝|暴雨|flood"),
    ("storm", "台风、大风", r"台风|大风|hurricane|tornado"), ("snow", "冰雪", r"冰雪|暴雪|降雪|除雪|\bsnow"),
    ("heat", "高温中暑", r"高温|中暑|heat (emergency|stress|illness)"), ("pollution", "环境污染", r"环境(污染|事件)|路面污染|spill"),
    ("collective_dispute", "群体性事件", r"群体性(事件|纠纷|上访)|欠薪|讨薪|labou?r problem"), ("leak", "泄漏", r"泄漏|泄露|gas leak|chemical release"),
    ("earthquake", "地震", r"地震|earthquake"), ("public_health", "公共卫生事件", r"传染病|公共卫生|食物中毒|疫情"),
)  # fmt: skip


def find_kinds(reading: Reading) -> None:
    """The kinds named anywhere, in the order of the table, with `other` last."""
    text = "\n".join(passage.text for passage in reading.passages) + reading.title
    for id, name, words in _KINDS:
        if re.search(words, text, re.IGNORECASE):
            reading.kinds[id] = id.replace("_", " ") if reading.title.isascii() else name
    reading.kinds["other"] = "other" if reading.title.isascii() else "其他"
    reading.facts["kind"] = ("other", "事件种类", "")
