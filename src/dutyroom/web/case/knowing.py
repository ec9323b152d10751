"""What is known about a case: each thing with its four times, the facts with who set them, and the people on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dutyroom.core.commands import Answer, Times
from dutyroom.core.conditions import context
from dutyroom.core.events import ActMarked, ActVolunteered, Event, ReportReceived
from dutyroom.core.grading import WARNING, OutsideWarning, warnings_in_force
from dutyroom.core.instants import Instant
from dutyroom.core.plan import VERBS, Field, FieldType, Verb
from dutyroom.core.state import Obligation
from dutyroom.core.words import Words
from dutyroom.web.case.reading import Opened
from dutyroom.wording import codes
from dutyroom.wording.narrate import answer_text


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that somebody said, with when it happened, was known, was reported, was received."""

    source: str
    lines: tuple[tuple[str, str], ...]
    sealed: int
    happened: str
    known: str
    reported: str
    received: str
    delayed: str


@dataclass(frozen=True, slots=True)
class FactRow:
    name: str
    value: str
    who: str
    when: str
    stated: bool


@dataclass(frozen=True, slots=True)
class OnCase:
    """A post on the case: who of it was asked, who answered, and the furthest act so far."""

    role: str
    name: str
    verb: str
    verb_id: str
    when: str
    open: int


@dataclass(frozen=True, slots=True)
class LastToKnow:
    """When the last person who had to know had answered; `waiting` posts still have not."""

    when: str
    after: str
    waiting: tuple[str, ...]


def known(opened: Opened, events: Sequence[Event]) -> tuple[Known, ...]:
    """What the report and the acts said, the newest first. Acts that say nothing are in the timeline only."""
    return tuple(_known(opened, event) for event in reversed(events) if _says(event))


def facts(opened: Opened) -> tuple[FactRow, ...]:
    """Every fact the plan declares, with who stated it last; what nobody has stated stands apart as the default."""
    seen = context(opened.plan, opened.case)["facts"]
    setters = {name: owed for owed in _finished(opened) for name in owed.facts}
    # As stated, not as a condition sees it: "at least three" is not three.
    stated = {name: opened.case.facts.get(name, seen[name]) for name in opened.plan.facts}
    rows = [_fact(opened, name, value, setters.get(name)) for name, value in stated.items()]
    rows += [_warning(opened, one, setters) for one in warnings_in_force(opened.case.facts)]
    return tuple(sorted(rows, key=lambda row: not row.stated))


def people(opened: Opened) -> tuple[OnCase, ...]:
    """Posts with something owed in the case, in the plan's order: who answered, else who holds the post now."""
    by_role: dict[str, list[Obligation]] = {}
    for owed in opened.case.obligations.values():
        if owed.role:
            by_role.setdefault(owed.role, []).append(owed)
    ordered = [role for role in opened.plan.roles if role in by_role]
    return tuple(row for role in ordered for row in _on_case(opened, role, by_role[role]))


def last_to_know(opened: Opened) -> LastToKnow:
    """The time to the last person who had to know: obligations that ask for a receipt, all phases together."""
    asked = [
        owed
        for owed in opened.case.obligations.values()
        if any(due.verb is Verb.RECEIVED for due in owed.dues)
    ]
    answered = [owed.marks[Verb.RECEIVED].at for owed in asked if Verb.RECEIVED in owed.marks]
    waiting = dict.fromkeys(
        opened.role(owed.role) for owed in asked if Verb.RECEIVED not in owed.marks and owed.is_open
    )
    if not answered:
        return LastToKnow("", "", tuple(waiting))
    last = max(answered)
    return LastToKnow(
        opened.shown.time(last), opened.shown.span(last - opened.case.opened_at), tuple(waiting)
    )


def _says(event: Event) -> bool:
    if isinstance(event, ReportReceived):
        return True
    return isinstance(event, ActMarked | ActVolunteered) and bool(event.answers or event.facts)


def _known(opened: Opened, event: Event) -> Known:
    if isinstance(event, ReportReceived):
        via = f"via.{event.via}"
        said = opened.shown.say(via) if via in codes() else event.via
        by = opened.name(event.by) if event.by else ""
        source = opened.shown.say("case.report_by" if by else "case.report", via=said, person=by)
        lines = _story(opened, event)
        return _timed(opened, source, lines, len(event.sealed), event.times)
    if not isinstance(event, ActMarked | ActVolunteered):
        raise TypeError(type(event))
    step = opened.plan.step[event.step]
    given = {**event.facts, **event.answers}
    fields = [field for field in step.asks if field.id in given]
    lines = tuple(
        (field.label.in_language(opened.language), answer(opened, field, given[field.id])) for field in fields
    )
    source = opened.shown.say("case.said_in", title=opened.title(event.key), person=opened.name(event.by))
    return _timed(opened, source, lines, len(event.sealed), event.times)


def _story(opened: Opened, event: ReportReceived) -> tuple[tuple[str, str], ...]:
    told = [
        (_story_label(opened, name), str(text)) for name, text in event.story.items() if str(text).strip()
    ]
    stated = [(_name(opened, name), fact_text(opened, name, value)) for name, value in event.facts.items()]
    return (*told, *stated)


def _story_label(opened: Opened, name: str) -> str:
    code = f"case.story.{name}"
    return opened.shown.say(code) if code in codes() else name


def _timed(
    opened: Opened, source: str, lines: tuple[tuple[str, str], ...], sealed: int, times: Times
) -> Known:
    shown = opened.shown
    delay = times.received_at - times.reported_at
    return Known(
        source,
        lines,
        sealed,
        shown.time(times.happened_at),
        shown.time(times.known_at),
        shown.time(times.reported_at),
        shown.time(times.received_at),
        shown.span(delay) if delay >= 60_000 else "",
    )


def _finished(opened: Opened) -> Iterator[Obligation]:
    """Acts that are done, in the order in which they were."""
    done = [owed for owed in opened.case.obligations.values() if Verb.DONE in owed.marks]
    return iter(sorted(done, key=lambda owed: owed.marks[Verb.DONE].recorded_at))


def _fact(opened: Opened, name: str, value: Answer, setter: Obligation | None) -> FactRow:
    text = fact_text(opened, name, value)
    if setter is not None:
        mark = setter.marks[Verb.DONE]
        return FactRow(_name(opened, name), text, opened.name(mark.by), opened.shown.time(mark.at), True)
    if name in opened.case.facts:
        when = opened.shown.time(opened.case.opened_at)
        return FactRow(_name(opened, name), text, opened.shown.say("case.from_report"), when, True)
    return FactRow(_name(opened, name), text, opened.shown.say("case.not_stated"), "", False)


def _warning(opened: Opened, one: OutsideWarning, setters: Mapping[str, Obligation]) -> FactRow:
    """An outside warning in force, each area with its own."""
    text = answer(
        opened, Field("", Words("", ""), FieldType.WARNING), f"{one.hazard}:{one.area}:{one.colour}"
    )
    name = opened.shown.say("case.outside_warning")
    setter = setters.get(f"{WARNING}{one.hazard}.{one.area}")
    mark = setter.marks[Verb.DONE] if setter else None
    by = opened.name(mark.by) if mark else opened.shown.say("case.from_report")
    return FactRow(name, text, by, opened.shown.time(mark.at if mark else opened.case.opened_at), True)


def _name(opened: Opened, fact: str) -> str:
    declared = opened.plan.facts.get(fact)
    return declared.name.in_language(opened.language) if declared else fact


def fact_text(opened: Opened, name: str, value: Answer) -> str:
    """A fact's value as a person reads it."""
    if name == "kind" and str(value) in opened.plan.kinds:
        return opened.plan.kinds[str(value)].in_language(opened.language)
    field = next(
        (field for step in opened.plan.steps for field in step.asks if field.id == name and field.fact), None
    )
    code = f"case.fact.{name}.{value}"
    return opened.shown.say(code) if code in codes() else answer(opened, field, value)


def answer(opened: Opened, field: Field | None, value: Answer) -> str:
    """An answer as a person reads it, times in the site's zone."""
    plain = field or Field("", Words("", ""), FieldType.TEXT)
    return answer_text(opened.plan, plain, value, opened.language, opened.shown.time)


def _on_case(opened: Opened, role: str, owed: list[Obligation]) -> Iterator[OnCase]:
    open_now = sum(one.is_open for one in owed)
    best: dict[str, tuple[Verb, Instant]] = {}
    for one in owed:
        for verb in VERBS:
            mark = one.marks.get(verb)
            if mark and (mark.by not in best or mark.at >= best[mark.by][1]):
                best[mark.by] = (verb, mark.at)
    if not best:
        holders = opened.rules.roster.holders(role, opened.shown.now)
        name = opened.names.get(holders[0], "") if holders else ""
        yield OnCase(opened.role(role), name, "", "", "", open_now)
    for person, (verb, at) in best.items():
        yield OnCase(
            opened.role(role),
            opened.names.get(person) or opened.shown.say("case.somebody"),
            opened.shown.say(f"verb.{verb}"),
            verb,
            opened.shown.time(at),
            open_now,
        )
