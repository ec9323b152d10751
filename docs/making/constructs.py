"""The page of what written plans ask for and how a plan file says it, each with a piece of a plan under plans/.

The rows are drawn from thirty-four written plans; `tier` says how much a plan language needs the construct. An example
is cut out of the plan's own text, so that it cannot say something else than a plan that checks clean and drills.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent, indent

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

PLANS = Path(__file__).resolve().parents[2] / "plans"


@dataclass(frozen=True, slots=True)
class Construct:
    """One thing that plans ask for. `path` is its place in `plan`; list entries are named by their id."""

    en: str
    zh: str
    tier: str
    how: str
    plan: str
    path: str


def _rows(text: str) -> tuple[Construct, ...]:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return tuple(Construct(*row) for row in rows)


CONSTRUCTS = _rows("""
command body: chief, deputy, members | 指挥机构：组长、副组长、成员 | must | `groups` | sanitation-project | groups.leading_group
role bound to a post, not to a person | 职责落到岗位，不落到人名 | must | `roles` | severe-weather | roles.safety
conditional step | 有条件的步骤 | must | `when` | severe-weather | steps.search.when
response levels or event classes | 响应级别 | must | `levels` | snow-ice | levels
steps with actor and order | 谁办、先后次序 | must | `who`, `after` | traffic-accident | steps.shield
internal report chain | 内部报告链 | must | `ladder` | sanitation-project | steps.verify.ladder
activation decided by a named role | 由指定岗位启动 | must | `who`, `moves` | sanitation-project | steps.activate
duty watch, 24 h reachability | 值班、24小时找得到人 | must | `posts` | holiday-duty | posts.holiday_watch
functional work groups | 工作组 | must | `groups` | traffic-accident | groups.scene_group
trigger from weather or forecast | 天气、预报触发 | must | `warnings.rules` | severe-weather | warnings.rules
call to 110 / 119 / 120 / 122 / 911 | 拨打110、119、120、122 | must | `report`, `outside` | electric-shock-or-fall | steps.call_ambulance.report
phone list | 通讯录 | must | `outside.number`; people.xlsx | severe-weather | outside.fire_service
places: road, zone, assembly point, post | 地点：路段、区域、集合点、岗位 | must | `places`, `place` | severe-weather | places
time limit on a step | 步骤的时限 | must | `clocks` | severe-weather | steps.withdraw.clocks
explicit start point of the clock | 时限从何时起算 | must | `since` | snow-ice | steps.clear_main.clocks
parallel streams | 几线并行 | must | `stream` | sanitation-project | steps.open_dialogue.stream
regulator or parent body by name | 主管、监管部门 | must | `outside` | traffic-accident | outside.emergency_bureau
end conditions | 结束条件 | must | `requires` | severe-weather | steps.propose_close.requires
aftermath: clean-up, restoring, paying | 善后：清理、恢复、补偿 | should | `phases: [recovery]` | severe-weather | steps.care
report deadline | 报告时限 | must | `clocks` | wage-dispute-construction | steps.tell_authorities.clocks
report content list | 报告内容 | must | `report.contents` | electric-shock-or-fall | steps.tell_housing.report
criteria: number with unit | 分级：数目和单位 | must | `at_least`, `below`, `unit` | road-pollution | levels.I.any
criteria: list of kinds of event | 分级：事件种类 | must | `kinds` | snow-ice | levels.II.any
readiness stage before response | 响应前的准备阶段 | must | `phases: [readiness]` | severe-weather | steps.prepare
level change while running | 处置中调整级别 | must | `type: level` | sanitation-project | steps.regrade
what a level change does to a step begun | 级别变化后步骤是否继续 | should | `on_level_change` | snow-ice | steps.rounds
stock list, with or without quantity | 物资清单 | must | `resources` | severe-weather | resources.pumps
prohibition | 禁止事项 | should | `never` | wage-dispute-construction | steps.receive.never
quota: least heads or vehicles per team | 定额：每队最少人数、车辆 | must | `quotas` | snow-ice | quotas
evidence or log entry as a step | 证据、登记 | should | `evidence` | traffic-accident | steps.to_scene.evidence
who ends it | 谁宣布结束 | must | `signs`, `separate_from` | sanitation-project | steps.sign_leader
criteria: own ability exceeded | 分级：超出自身能力 | must | `judged_by` | wage-dispute-construction | levels.I.any
four colours or an outside signal level | 四色预警等外部信号 | must | `warnings.hazards` | heat | warnings.hazards
substitute, order of succession | 代理次序 | must | `deputies` | sanitation-project | roles.project_manager
discretion clause ("leader finds it necessary") | “负责人认为必要” | must | `voluntary` | heat | steps.other_order
recipient depends on level or kind | 按级别、种类决定报给谁 | should | `levels` | wage-dispute-construction | steps.tell_authorities.levels
priority order of places or tasks | 地点、任务的先后 | should | `priority` | snow-ice | places
mutual aid, contractor, other unit | 互助、外包、其他单位 | should | `agreement` | severe-weather | outside.sister_company
special period (holiday, event, season) | 特殊时期：节假日、活动、季节 | must | `periods`, `during` | holiday-duty | periods
calls another plan or annex | 引用其他预案、附件 | must | `references`, `see` | sanitation-project | references
someone meets the ambulance | 专人接救护车 | should | a step after the call | electric-shock-or-fall | steps.meet_ambulance
repeated or continuous action | 反复、持续的动作 | should | `repeat` | snow-ice | steps.rounds.repeat
clock windows, fixed times of day | 固定钟点 | should | `at`, `within` | holiday-duty | calendar.evening_report
report after the event | 事后报告 | should | `report` in recovery | severe-weather | steps.review
cause analysis, corrective action | 原因分析、整改 | should | `owes` | severe-weather | steps.corrective_action
archive, retention | 归档 | should | a step of recovery | sanitation-project | steps.archive
fixed forms (report, start order, end order) | 固定表单 | should | `report.form` | sanitation-project | steps.written_superior.report
delegated or pre-authorised start | 授权、自动启动 | should | `automatic` | snow-ice | warnings.rules
phone first, written after | 先电话、后书面 | should | `after`, `by` | sanitation-project | steps.written_superior.after
follow-up or periodic report | 续报 | should | `repeat`, `nothing_new` | severe-weather | steps.follow_up.repeat
notify neighbours, public; media control | 告知邻里、公众；统一发布 | should | `by: statement` | road-pollution | steps.tell_residents.report
command handed to outsiders and back | 指挥移交与接回 | should | `command`, `assisting` | electric-shock-or-fall | assisting
abort, withdraw own people | 中止、撤出自己人 | should | `place`, `done_when` | severe-weather | steps.withdraw
head count of people | 清点人数 | should | `each`, `quorum` | severe-weather | steps.head_count
leader on shift beside the watchkeeper | 带班领导 | should | `posts.leader` | holiday-duty | posts.leader_watch
shift or role handover rule | 交接班 | must | `handover` | holiday-duty | posts.holiday_watch.handover
drill rule | 演练 | must | `kind: drill`, `fulfils` | electric-shock-or-fall | calendar.shock_drill
review and revision triggers | 评审、修订条件 | must | `revise_when` | sanitation-project | plan.revise_when
approval and signature page | 批准页、会签页 | should | `approved_by`, `signed_by` | sanitation-project | plan.signed_by
absence, short staffing | 缺岗、人手不足 | should | `absence` | holiday-duty | posts.holiday_watch.absence
training rule | 培训 | should | `kind: training` | holiday-duty | calendar.duty_training
fallback channel | 备用联络 | should | `voluntary`, `uses` | severe-weather | steps.radio_fallback
wait-then-else (no answer in N minutes) | 若干分钟无人应答则找下一个 | must | `clocks`, `ladder` | holiday-duty | steps.fill_posts
filing with an authority | 备案 | must | a pack's calendar | electric-shock-or-fall | packs
blank or placeholder left in the plan | 空白、占位 | must | finding `check.placeholder` | heat | plan.unit
readiness state of a resource | 物资的备用状态 | may | `state` | severe-weather | resources.radios
replenish after use | 用后补充 | may | `uses` in recovery | severe-weather | steps.replenish
hold or least waiting time | 最短等待 | may | `not_before` | electric-shock-or-fall | steps.re_energise.not_before
liability, sanction | 追责 | text only | a clause | sanitation-project | clauses.S24
two persons before an irreversible act | 两人确认 | should | `confirm` | electric-shock-or-fall | steps.re_energise.confirm
one of several conditions | 条件满足其一 | should | `requires.any` | electric-shock-or-fall | steps.resume_work.requires
a promise with an owner and a day | 有人有期限的承诺 | should | `owes` | wage-dispute-construction | steps.commitment
a clause that is not carried out | 不执行的条款 | must | `runs_as: not_executed` | wage-dispute-construction | clauses.C6-6
""")  # noqa: E501

_HEAD = """\
# 预案里有什么，怎样写 / What plans ask for, and how it is written

> 本页由 `plans/` 生成：`python -m docs.making`。 / Made from `plans/`.

左边是书面预案里常见的写法，右边是它在预案文件里的写法；每一条都取自一份能检查、能演练的样本预案，测试会逐条核对。
每个键的含义见[预案文件](plan-file.md)。

What written plans ask for and the keys that say it. Every example is cut out of a plan under `plans/` that checks clean
and drills; a test compares each. The keys are explained in [the plan file](plan-file.md).
"""


def constructs_page() -> str:
    """The table and, below it, every example."""
    lines = [_HEAD, "| 书面预案 / in plans | | 写法 / keys | 样本 / example |", "| --- | --- | --- | --- |"]
    for number, one in enumerate(CONSTRUCTS, 1):
        lines.append(f"| {one.zh} / {one.en} | {one.tier} | {one.how} | [{one.plan}](#{number}) |")
    for number, one in enumerate(CONSTRUCTS, 1):
        lines += ["", f"## {number}", "", f"{one.zh} / {one.en}: `{one.plan}`, `{one.path}`", ""]
        lines += ["```yaml", snippet(one), "```"]
    return "\n".join(lines) + "\n"


def snippet(one: Construct) -> str:
    """The piece of the plan's text at the path, under its own key, with nothing added."""
    text, node = source(one.plan), _root(one.plan)
    parts = one.path.split(".")
    for part in parts:
        node = _inside(node, part)
    lines = text.splitlines()
    first, last = node.start_mark.line, _last_line(node)
    if _on_one_line(node):
        cut = [lines[first][node.start_mark.column :], *lines[first + 1 : last + 1]]
        body = "\n".join(cut)[: _length(node)]
        return f"{parts[-1]}: {body}"
    cut = [
        " " * node.start_mark.column + lines[first][node.start_mark.column :],
        *lines[first + 1 : last + 1],
    ]
    return f"{parts[-1]}:\n{indent(dedent(chr(10).join(cut)), '  ')}"


@cache
def source(plan: str) -> str:
    """The text of a plan under plans/."""
    return (PLANS / plan / "plan.yaml").read_text(encoding="utf-8")


@cache
def _root(plan: str) -> Node:
    node: Node = YAML().compose(source(plan))
    return node


def _inside(node: Node, name: str) -> Node:
    """The part of that key, or the list entry of that id. Raises KeyError for a path that the plan does not have."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == name:
                found: Node = value
                return found
    if isinstance(node, SequenceNode):
        for entry in node.value:
            if any(key.value == "id" and value.value == name for key, value in entry.value):
                of_list: Node = entry
                return of_list
    raise KeyError(name)


def _last_line(node: Node) -> int:
    """The line on which the last word of the part stands; the reader's own end mark is where the next part begins."""
    if _on_one_line(node):
        return int(node.end_mark.line)
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)


def _on_one_line(node: Node) -> bool:
    """Whether the part is written in place, as a word or in brackets, and not as an indented block."""
    return isinstance(node, ScalarNode) or bool(getattr(node, "flow_style", False))


def _length(node: Node) -> int:
    return int(node.end_mark.index - node.start_mark.index)
