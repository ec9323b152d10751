"""The page of the rule packs: every number of the law as the program has it, with article, trade and dates."""

from collections.abc import Iterator

from dutyroom.core.packs import Bound, Pack, names, pack
from dutyroom.core.plan import Criterion, Step
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.core.words import Words
from dutyroom.wording.narrate import span

_HEAD = """\
# 规则包 / Rule packs

> 本页由 `core/packs/` 生成：`python -m docs.making`。 / Made from the program.

法规里的数字不写进预案，写在带日期的规则包里；预案用 `packs` 引用，规则包的责任就并进预案，标明“法定”。
“以上”含本数，“以下”不含本数。每个数字都有条款；`checked_on` 是我们最近一次核对的日期，**不代替您核对现行有效的文本**。
用法见[预案文件](plan-file.md#packs规则包--rule-packs)。

Numbers of the law are not written into plans; they stand in dated packs, and a plan names those it is under.
以上 includes its number, 以下 excludes it. `checked_on` is when we last compared; that does not replace comparing with
the text in force. A word such as 立即 is no number: it means what the plan's own `defaults.words` say.
"""
_TABLE = """\
| 条款 / article | 谁 / who | 做什么 / what | 时限、间隔 / clock | 行业 / trades |
| --- | --- | --- | --- | --- |"""


def packs_page() -> str:
    """Every pack, in the order of their names."""
    return "\n".join([_HEAD, *(line for name in names() if (found := pack(name)) for line in _pack(found))])


_NOT_COMPARED = "尚未与官方文本核对 / not yet compared with the official text"


def _pack(found: Pack) -> Iterator[str]:
    yield f"## {found.id}\n"
    yield f"{both(found.title)}\n"
    yield f"- 来源 / source: {both(found.source)}"
    yield f"- 自 / valid from {found.valid_from}；核对 / checked on {found.checked_on or _NOT_COMPARED}\n"
    if found.roles:
        yield "要对应的岗位和单位 / posts and bodies to be bound: " + "；".join(
            f"`{role}` {both(name)}" for role, name in found.roles.items()
        )
        yield ""
    if found.facts:
        yield "事实 / facts: " + "；".join(
            f"`{fact.id}` {both(fact.name)}{f' ({fact.unit})' if fact.unit else ''}"
            for fact in found.facts.values()
        )
        yield ""
    for one in found.classes:
        criteria = " 或 / or ".join(map(_criterion, one.any)) or " 且 / and ".join(map(_criterion, one.all))
        yield f"- {both(one.name)}{': ' if criteria else ''}{criteria} ({one.article})"
    for measure in found.measures:
        criteria = " 且 / and ".join(map(_criterion, measure.all))
        yield f"- {criteria}: {both(measure.text)} ({measure.article})"
    if found.bound:
        yield f"\n{_TABLE}"
        yield from (_bound(found, one) for one in found.bound)
    yield "\n条款大意 / the articles in our own words:\n"
    yield from (f"- {article}: {both(words)}" for article, words in found.articles.items())
    yield ""


def _bound(found: Pack, one: Bound) -> str:
    trades = ", ".join(one.trades) or "全部 / all"
    part = one.step or one.duty
    assert part is not None
    posts = part.who if isinstance(part, Step) else (part.who,)
    who = "、".join(both(found.roles[role]) for role in posts)
    clock = _step_clock(part) if isinstance(part, Step) else _duty_clock(part)
    mark = "" if one.law.checked_on or not found.checked_on else "（尚未核对 / not yet compared）"
    return f"| {one.law.article}{mark} | {who} | `{part.id}` {both(part.title)} | {clock} | {trades} |"


def _step_clock(step: Step) -> str:
    parts = [
        f"{clock.word}（本单位的读法 / as the plan reads it）"
        if clock.word
        else f"{span(clock.within, 'zh')} / {span(clock.within, 'en')}, since `{clock.since}`"
        for clock in step.clocks.values()
    ]
    if step.repeat:
        parts.append(f"每隔 / every {span(step.repeat.every, 'en')}")
    return "；".join(parts) or "法规未定数字 / no number in the law"


def _duty_clock(duty: CalendarDuty) -> str:
    within = f"，{span(duty.within, 'zh')} / within {span(duty.within, 'en')}" if duty.within else ""
    return f"`{duty.every}`{within}"


def _criterion(one: Criterion) -> str:
    parts = [f"{one.at_least} {one.unit} 以上"] if one.at_least is not None else []
    parts += [f"{one.below} {one.unit} 以下"] if one.below is not None else []
    return f"`{one.fact}` {'、'.join(parts)}"


def both(words: Words) -> str:
    """The text in both languages, once where it is the same."""
    return words.zh if words.zh == words.en else f"{words.zh} / {words.en}"
