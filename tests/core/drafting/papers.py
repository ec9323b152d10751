"""Invented papers for the tests: a Chinese one in the order of GB/T 29639, an English one. Nobody in them exists."""

from dutyroom.core.drafting import Document, Paragraph, Table

CHINESE = """河湾环卫项目部突发事件应急预案
预案编号：HW-YJ-07
编制单位：河湾环卫项目部
第一章 总则
一、适用范围
本预案适用于项目部作业中发生的火灾、触电、交通事故和欠薪等群体性事件。
二、响应分级
Ⅰ级：死亡3人以上10人以下，或重伤10人以上的事故。
Ⅱ级：死亡1人以上3人以下，或直接经济损失100万元以上。
Ⅲ级：受伤3人以上；或者发布暴雨红色预警；或者超出班组处置能力。
第二章 应急组织机构及职责
（一）应急领导小组
组长：项目经理沈国梁（13800000001）
副组长：质安主管
成员：安全员、各班班长
（二）工作组
抢险救援组：负责现场抢险，转移伤员。
医疗救护组：负责伤员急救。
第三章 应急响应
3.1 信息报告
1.事故发生后，现场人员应立即报告班长，班长接到报告后10分钟内报告项目经理。
2.项目经理应在1小时内向区应急管理局和住建局报告，沈国梁不在时由质安主管报告。
报告内容包括：时间、地点、伤亡人数、简要经过。
3.3 响应启动
项目经理根据研判结果宣布启动Ⅱ级响应。
3.4 应急处置
①立即拨打120、119；②安全员及时疏散现场人员；③保护现场。
3.6 响应终止
（1）伤员全部送医；
（2）现场险情已消除。
由组长宣布应急结束。
第四章 后期处置
质安主管应在7日内完成事故调查总结。
第五章 应急保障
每半年组织一次应急演练。
各班班长每日18:00向项目经理报告。
配备灭火器20具、急救箱若干。
掌握职工思想动态，做好引导舆论工作。
"""

CONTACTS = (
    ("序号", "姓名", "岗位", "联系电话"),
    ("1", "陆文喆", "质安主管", "13800000002"),
    ("2", "龚龑", "安全员", "138 0000 0003"),
)
STOCK = (
    ("物资名称", "数量", "单位", "存放地点"),
    ("雨衣", "40", "件", "仓库"),
    ("沙袋", "若干", "袋", "仓库"),
)

ENGLISH = """Riverbend Site Emergency Plan
1. SCOPE
This plan covers the Riverbend site.
2. ROLES AND RESPONSIBILITIES
Project Manager: Alan Ferris (1380000-0009)
Emergency Coordinator
3. NOTIFICATION
The Project Manager must notify the fire department immediately.
The Emergency Coordinator shall report to OSHA within 8 hours of the accident.
Information to provide: place, time, number injured.
4. RESPONSE LEVELS
Level 1: 2 deaths or more; beyond our ability to control.
5. TRAINING AND DRILLS
Evacuation drills are held quarterly.
"""


def document(text: str, *tables: tuple[tuple[str, ...], ...]) -> Document:
    """A document of the text's lines, then a heading and each table."""
    lines = [Paragraph(line) for line in text.splitlines()]
    last = [part for rows in tables for part in (Paragraph("附件 联系方式与物资清单"), Table(rows))]
    return Document((*lines, *last), "sample")


def chinese() -> Document:
    """The Chinese paper with its two tables."""
    return document(CHINESE, CONTACTS, STOCK)
