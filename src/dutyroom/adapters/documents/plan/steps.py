"""What the plan's steps say, as tables: the steps of a chapter, all clocks with their source, who is reported to.

Refuses to know chapters; nothing of a step that a person must know is left out of its row.
"""

from collections.abc import Iterable, Iterator

from dutyroom.adapters.documents.plan.model import Table
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.core.plan import VERBS, Join, Step
from dutyroom.core.surroundings import Report
from dutyroom.wording import say
from dutyroom.wording.criteria import tell_condition


def step_table(words: Wording, steps: Iterable[Step]) -> Table:
    """Number, title, who, when and what is asked; a row a step."""
    rows = tuple(
        (
            words.number(step.id),
            _what(words, step),
            _who(words, step),
            _when(words, step),
            _asked(words, step),
        )
        for step in steps
    )
    columns = tuple(words.say(f"column.{name}") for name in ("no", "step", "who", "when", "asked"))
    return Table(columns, (6, 22, 19, 26, 27), rows, words.say("caption.steps"))


def clock_table(words: Wording) -> Table:
    """Every clock: limit, from when it runs, and whether plan, law, word or default made the number."""
    rows = tuple(row for step in words.plan.steps for row in _clock_rows(words, step))
    columns = tuple(
        words.say(f"column.{name}") for name in ("no", "step", "act", "limit", "start", "clock", "source")
    )
    return Table(columns, (6, 25, 9, 17, 15, 9, 19), rows, words.say("caption.clocks"))


def report_table(words: Wording) -> Table | None:
    """Who is told, at which level, by when, how, with what, and what follows; None where nothing is a report."""
    rows = tuple(_report_row(words, step, step.report) for step in words.plan.steps if step.report)
    columns = tuple(
        words.say(f"column.{name}")
        for name in ("to", "report", "levels", "limit", "by", "contents", "follow")
    )
    return Table(columns, (14, 17, 12, 14, 9, 20, 14), rows, words.say("caption.reports")) if rows else None


def by(words: Wording, report: Report) -> str:
    """How a report is made, and the form it uses."""
    form = words.plan.references.get(report.form)
    said = words.say(f"by.{report.by}")
    return said + words.say("by.form", form=words.text(form.title)) if form else said


def contents(words: Wording, report: Report) -> str:
    """What the report must contain, in a row."""
    return words.listed(words.text(one) for one in report.contents)


def _what(words: Wording, step: Step) -> str:
    lines = [words.text(step.title)]
    if step.voluntary:
        lines.append(words.say("voluntary"))
    if step.clauses:
        lines.append(words.say("by_clauses", clauses=words.listed(step.clauses)))
    if step.law:
        lines.append(words.law(step.law))
    if step.confidence:
        lines.append(words.say(f"confidence.{step.confidence}"))
    return "\n".join(lines)


def _who(words: Wording, step: Step) -> str:
    lines = [words.owners(step)]
    if step.ladder and not step.voluntary:
        last = words.plan.defaults.last_rung
        rungs = [*step.ladder, *([last] if last not in step.ladder else [])]
        lines.append(words.say("ladder", who=" → ".join(words.role(one) for one in rungs)))
    if step.separate_from:
        others = words.listed(words.number(one) for one in step.separate_from)
        lines.append(words.say("separate", steps=others))
    if step.confirm:
        lines.append(words.say("confirmed_by", who=words.role(step.confirm.who)))
    if step.waivable_by:
        lines.append(words.say("waivable", who=words.roles(step.waivable_by)))
    return "\n".join(lines)


def _when(words: Wording, step: Step) -> str:
    return "\n".join(
        line
        for line in (
            words.say("in_phase", phase=words.listed(say(f"phase.{one}", words.lang) for one in step.phases)),
            words.say("at_levels", levels=words.levels(step.levels)) if step.levels else "",
            words.say("stops") if step.levels and step.on_level_change == "stop" else "",
            words.say("if", text=tell_condition(words.plan, step.when, words.lang))
            if step.when != "true"
            else "",
            words.say("after", steps=words.joined(step.after)) if step.after != Join() else "",
            words.say("not_before", span=words.span(step.not_before)) if step.not_before else "",
            *words.clocks(step),
            *_again(words, step),
            words.say("outlives") if step.outlives else "",
        )
        if line
    )


def _again(words: Wording, step: Step) -> Iterator[str]:
    if step.repeat:
        yield words.say("every", span=words.span(step.repeat.every))
        if step.repeat.until != "false":
            yield words.say("until", text=tell_condition(words.plan, step.repeat.until, words.lang))
        if step.repeat.nothing_new:
            yield words.say("nothing_new")
    if step.remind:
        yield words.say("remind", span=words.span(step.remind))


def _asked(words: Wording, step: Step) -> str:
    plan = words.plan
    asks = words.listed(words.text(field.label) for field in step.asks)
    needs = [words.text(one.text) for one in step.requires]
    named = {
        name: words.text(plan.references[name].title) if name in plan.references else name
        for name in step.see
    }
    used = [words.text(plan.resources[name].name) if name in plan.resources else name for name in step.uses]
    place = plan.places.get(step.place)
    lines = [
        words.text(step.card),
        words.say("report_to", who=words.roles(step.report.to), by=by(words, step.report))
        if step.report
        else "",
        words.say("report_contents", text=contents(words, step.report))
        if step.report and step.report.contents
        else "",
        words.say("needs_any" if step.requires_any else "needs_all", text="；".join(needs)) if needs else "",
        words.say("fills", text=asks) if asks else "",
        words.say("done_when", text=words.text(step.done_when)) if step.done_when else "",
        words.say("evidence", text=words.listed(words.known(f"evidence.{one}", one) for one in step.evidence))
        if step.evidence
        else "",
        *(words.say("never", text=words.text(one)) for one in step.never),
        words.say("place", text=words.text(place.name) if place else step.place) if step.place else "",
        words.say("uses", text=words.listed(used)) if used else "",
        words.say("see", text=words.listed(named.values())) if named else "",
        words.say(f"command.{step.command}") if step.command else "",
        *(words.say("owes", step=words.cited(one.step)) for one in step.owes),
    ]
    return "\n".join(line for line in lines if line)


def _clock_rows(words: Wording, step: Step) -> Iterator[tuple[str, ...]]:
    source = words.law(step.law) or words.listed(step.clauses)
    head = (words.number(step.id), words.text(step.title))
    for verb in VERBS:
        if verb in step.clocks:
            clock = step.clocks[verb]
            act, kind = say(f"verb.{verb}", words.lang), words.kind(step, clock)
            own = source if clock.kind != "default" else words.say("supplied")
            yield (*head, act, words.within(clock), words.start(clock), kind, own)
    hard = words.say("clock.law") if step.law else say("clock.short.hard", words.lang)
    if step.not_before:
        yield (
            *head,
            words.say("act.hold"),
            words.span(step.not_before),
            words.say("start.opened"),
            hard,
            source,
        )
    if step.repeat:
        yield (
            *head,
            words.say("act.repeat"),
            words.span(step.repeat.every),
            words.say("start.last"),
            hard,
            source,
        )


def _report_row(words: Wording, step: Step, report: Report) -> tuple[str, ...]:
    follow = [words.cited(one.id) for one in words.plan.steps if one.report and step.id in one.after.all]
    again = list(_again(words, step))
    return (
        words.roles(report.to),
        words.cited(step.id) + "\n" + words.owners(step),
        words.levels(step.levels) or words.say("all_levels"),
        "\n".join(words.clocks(step)) or "—",
        by(words, report),
        contents(words, report) or "—",
        "\n".join([*again, *follow]) or "—",
    )
