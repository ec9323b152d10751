"""Roll calls, rules of periods and checklists of a plan in words, for its pages and its paper."""

from collections.abc import Iterator, Mapping
from typing import Any

from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import CalendarDuty, Post, PostInPeriod, RollCalls
from dutyroom.wording import say
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import span


def post_rules(plan: Plan, post: Post, lang: str) -> tuple[str, ...]:
    """What a post says beyond who keeps it when: one line each."""
    own = [*_where(post.where, lang), *_roll_calls(post.roll_calls, lang)]
    if post.handover_within:
        own.append(say("watching.handover_within", lang, span=span(post.handover_within, lang)))
    return (*own, *_in_periods(plan, post.in_period, lambda rule: _rules(rule, lang), lang))


def duty_rules(plan: Plan, duty: CalendarDuty, lang: str) -> tuple[str, ...]:
    """What a calendar duty says beyond who owes it how often: one line each."""
    lines = list(
        _in_periods(
            plan,
            duty.in_period,
            lambda rule: [say("watching.times", lang, times=" ".join(rule.at))] if rule.at else [],
            lang,
        )
    )
    if duty.checklist:
        items = listed((item.text.in_language(lang) for item in duty.checklist), lang)
        lines.append(say("watching.checklist", lang, items=items))
    return tuple(lines)


def _in_periods(plan: Plan, rules: Mapping[str, Any], tell: Any, lang: str) -> Iterator[str]:
    for name, rule in rules.items():
        told = tell(rule)
        if told:
            period = plan.periods[name].name.in_language(lang) if name in plan.periods else name
            yield say("watching.in_period", lang, period=period, rules=listed(told, lang))


def _rules(rule: PostInPeriod, lang: str) -> list[str]:
    least = [say("watching.least", lang, count=rule.least)] if rule.least else []
    reached = rule.reached_within
    limit = [say("watching.reached", lang, span=span(reached, lang))] if reached else []
    return [*least, *_where(rule.where, lang), *limit, *_roll_calls(rule.roll_calls, lang)]


def _where(where: str, lang: str) -> list[str]:
    return [say(f"watching.{where}", lang)] if where in ("on_site", "at_home") else []


def _roll_calls(calls: RollCalls | None, lang: str) -> list[str]:
    if calls is None:
        return []
    times = [say("watching.roll_calls", lang, times=" ".join(calls.at))] if calls.at else []
    count = calls.unannounced
    return [*times, *([say("watching.unannounced", lang, count=count)] if count else [])]
