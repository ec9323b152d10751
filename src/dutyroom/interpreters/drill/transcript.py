"""A drill as text: one line an event, and a table of how every deadline was met. A diff of two shows what changed.

Refuses to judge: the verdicts are `core.judging`'s, the sentences `wording`'s.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from dutyroom.core import events as e
from dutyroom.core.instants import Instant
from dutyroom.core.judging import Judgement, judge
from dutyroom.interpreters.drill.injects import AS_EVER
from dutyroom.interpreters.drill.rehearsal import Drilled, Injected, Refused, Surprise
from dutyroom.wording import say
from dutyroom.wording.columns import aligned
from dutyroom.wording.narrate import narrate, refuse, role_name, span, step_title

NameOf = Callable[[str], str]


def transcript(drilled: Drilled, lang: str, name_of: NameOf = str) -> str:
    """The whole drill in `lang`; ends with a newline."""
    return "\n".join(
        [
            *_heading(drilled, lang),
            *_lines(drilled, lang, name_of),
            "",
            *_table(drilled, lang),
            *_demands(drilled, lang),
            "",
        ]
    )


def _heading(drilled: Drilled, lang: str) -> Iterator[str]:
    script, plan = drilled.script, drilled.rules.plan
    yield say("drill.heading", lang, title=script.title.in_language(lang))
    yield say("drill.plan", lang, plan=plan.title.in_language(lang), number=plan.number, version=plan.version)
    yield say("drill.starts", lang, at=f"{script.local(script.starts):%Y-%m-%d %H:%M %z}")
    if script.alone is not None:
        code = "drill.alone.again" if script.alone.again else "drill.alone"
        yield say(code, lang, title=step_title(plan, script.alone.step, lang))
    yield ""


def _lines(drilled: Drilled, lang: str, name_of: NameOf) -> Iterator[str]:
    plan = drilled.rules.plan
    for line in drilled.lines:
        stamp = _stamp(drilled, line.at)
        if isinstance(line, Refused):
            yield from _refused(drilled, line, stamp, lang, name_of)
        elif isinstance(line, Surprise):
            title = step_title(plan, line.step, lang)
            yield f"{stamp}  {say('drill.surprise', lang, person=name_of(line.by), title=title)}"
        elif isinstance(line, Injected):
            yield f"{stamp}{'! ' if line.lost else '> '}{_injected(drilled, line, lang, name_of)}"
        else:
            sentence = narrate(plan, line, lang, name_of, lambda at: _day_and_time(drilled, at))
            yield f"{stamp}{_sign(line)}{sentence}"
    yield f"{_stamp(drilled, drilled.ended_at)}  {say('drill.ended', lang)}"


def _refused(drilled: Drilled, line: Refused, stamp: str, lang: str, name_of: NameOf) -> Iterator[str]:
    first, *rest = refuse(drilled.rules.plan, line.refusal, lang)
    code = "drill.refused" if line.expected else "drill.refused.unexpected"
    title = step_title(drilled.rules.plan, line.step, lang)
    yield f"{stamp}✗ {say(code, lang, person=name_of(line.by), title=title, why=first)}"
    yield from (f"{'':18}- {one}" for one in rest)


def _injected(drilled: Drilled, line: Injected, lang: str, name_of: NameOf) -> str:
    one = line.inject
    if one.of_the_road:
        until = _day_and_time(drilled, drilled.script.starts + (one.until or one.at))
        if one.closed:
            return say("drill.inject.closed", lang, until=until)
        return say("drill.inject.slow", lang, until=until, times=f"{one.travel / AS_EVER:g}")
    facts = ", ".join(f"{name} = {_value(value, lang)}" for name, value in one.facts.items())
    if line.lost:
        return say("drill.inject.lost", lang, facts=facts)
    title = step_title(drilled.rules.plan, line.step, lang)
    return say("drill.inject.facts", lang, facts=facts, person=name_of(line.by), title=title)


def _value(value: object, lang: str) -> str:
    return say("drill.yes" if value else "drill.no", lang) if isinstance(value, bool) else str(value)


def _sign(event: e.Event) -> str:
    """A mark at the edge for what a reader looks for first: misses, answers, phases."""
    if isinstance(event, e.DeadlineMissed | e.LadderExhausted | e.RoleEmpty):
        return "! "
    if isinstance(event, e.ActMarked | e.ActVolunteered | e.Waived):
        return "✓ "
    return "= " if isinstance(event, e.PhaseMoved | e.LevelSet) else "  "


def _stamp(drilled: Drilled, at: Instant) -> str:
    """`+00:05:00 10:05 `: since the report, and on the wall."""
    seconds = (at - drilled.script.starts) // 1_000
    return f"+{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d} {drilled.script.local(at):%H:%M} "


def _day_and_time(drilled: Drilled, at: Instant) -> str:
    return f"{drilled.script.local(at):%Y-%m-%d %H:%M}"


def _table(drilled: Drilled, lang: str) -> Iterator[str]:
    judged = judge(drilled.rules.plan, drilled.case)
    heads = ("clause", "step", "role", "verb", "clock", "due", "verdict")
    rows = [tuple(say(f"drill.table.{head}", lang) for head in heads)]
    rows += [_row(drilled, one, lang) for one in judged]
    yield say("drill.table", lang)
    yield from aligned(rows)
    counted = Counter(one.verdict.value for one in judged)
    yield say("drill.counted", lang, total=len(judged), **{name: counted[name] for name in _VERDICTS})
    phase = say(f"phase.{drilled.case.phase}", lang)
    yield say("drill.left", lang, phase=phase, open=len(list(drilled.case.open_obligations())))


def _demands(drilled: Drilled, lang: str) -> Iterator[str]:
    """Each demand of the script that was not kept, or that all of them were."""
    if not drilled.script.must:
        return
    yield ""
    if not drilled.unkept:
        yield say("drill.must.kept", lang, count=len(drilled.script.must))
    for one in drilled.unkept:
        fields = {
            "title": step_title(drilled.rules.plan, one.must.does, lang),
            "verb": say(f"verb.{one.must.verb}", lang),
            "role": role_name(drilled.rules.plan, one.role, lang) if one.role else "",
        }
        if one.limit is None:
            yield say("drill.must.never_due", lang, **fields)
        elif one.reached_at is None:
            yield say("drill.must.missed", lang, by=_day_and_time(drilled, one.limit), **fields)
        else:
            late = span(one.reached_at - one.limit, lang)
            yield say("drill.must.late", lang, by=_day_and_time(drilled, one.limit), late=late, **fields)


_VERDICTS = ("kept", "late", "missed", "waived", "open")


def _row(drilled: Drilled, one: Judgement, lang: str) -> tuple[str, ...]:
    plan = drilled.rules.plan
    return (
        " ".join(one.clauses),
        step_title(plan, one.key, lang),
        role_name(plan, one.role, lang),
        say(f"verb.{one.due.verb}", lang),
        say(f"clock.{one.due.kind}", lang),
        f"{drilled.script.local(one.due.due_at):%m-%d %H:%M}",
        say(f"verdict.{one.verdict}", lang, late=span(one.late, lang)),
    )
