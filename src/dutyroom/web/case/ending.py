"""How a case ends and what remains of it: closing conditions and signatures, and the review against the clauses.

Facts of responsibility are listed by post, never by person, with the grade of their evidence. Refuses to conclude: a
person decides, and the holder of the post answers first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dutyroom.core.conditions import context, holds
from dutyroom.core.events import DeadlineMissed, Event, RoleEmpty
from dutyroom.core.judging import Judgement, judge
from dutyroom.core.phases import CLOSED, CLOSING, RECOVERY, RESPONSE
from dutyroom.core.plan import ClockKind, Step, Verb
from dutyroom.core.review import Verdict
from dutyroom.web.case.reading import Opened

_WORST_FIRST = (Verdict.MISSED, Verdict.LATE, Verdict.OPEN, Verdict.WAIVED, Verdict.KEPT)
RECORD, ORGANISATION, SUPPLIED, NOT_THEIRS = "record", "organisation", "supplied", "not_theirs"


@dataclass(frozen=True, slots=True)
class Condition:
    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Signature:
    title: str
    role: str
    who: str
    when: str
    state: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands between the case and the end of its response, and between that and its file being closed."""

    title: str
    conditions: tuple[Condition, ...]
    met: int
    signatures: tuple[Signature, ...]
    signed: bool
    left: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One obligation's clock against its clause."""

    clause: str
    title: str
    role: str
    verb: str
    due: str
    done: str
    kind: str
    kind_id: str
    verdict: str
    verdict_id: str


@dataclass(frozen=True, slots=True)
class PostFact:
    """Something a post did not do in time, and how strong the record is about it."""

    role: str
    what: str
    due: str
    grade: str
    grade_id: str
    answered: str


@dataclass(frozen=True, slots=True)
class Tally:
    kept: int
    late: int
    missed: int
    waived: int
    open: int


@dataclass(frozen=True, slots=True)
class Review:
    """`judged` is what needs a look, the worst first; `kept` the rest."""

    tally: Tally
    judged: tuple[Judged, ...]
    kept: tuple[Judged, ...]
    facts: tuple[PostFact, ...]


def closing(opened: Opened) -> Closing | None:
    """The panel of the end, from the response on."""
    if opened.case.phase not in (RESPONSE, CLOSING, RECOVERY, CLOSED):
        return None
    step = _closing_step(opened)
    seen = context(opened.plan, opened.case)
    needs = step.requires if step else ()
    # Once it was proposed the conditions have been met; what changed since is the signers' to judge.
    conditions = tuple(
        Condition(need.text.in_language(opened.language), holds(need.when, seen)) for need in needs
    )
    signatures = tuple(_signature(opened, opened.plan.step[name]) for name in opened.plan.signs)
    title = step.title.in_language(opened.language) if step else ""
    return Closing(
        title,
        conditions,
        sum(condition.met for condition in conditions),
        signatures,
        bool(signatures) and all(signature.state == "done" for signature in signatures),
        sum(1 for _ in opened.case.open_obligations()),
    )


def review(opened: Opened, events: Sequence[Event]) -> Review | None:
    """The draft that the record writes by itself, once the response is over."""
    if opened.case.phase not in (RECOVERY, CLOSED):
        return None
    judged = sorted(judge(opened.plan, opened.case), key=lambda one: _WORST_FIRST.index(one.verdict))
    count = {verdict.value: sum(one.verdict is verdict for one in judged) for verdict in Verdict}
    rows = [_judged(opened, one) for one in judged]
    kept = tuple(row for row in rows if row.verdict_id == Verdict.KEPT)
    return Review(
        Tally(**count), tuple(row for row in rows if row not in kept), kept, tuple(_facts(opened, events))
    )


def _closing_step(opened: Opened) -> Step | None:
    """The step whose doing moves the response to its closing."""
    moves = (move for move in opened.plan.moves if move.source == RESPONSE and move.target == CLOSING)
    names = (name for move in moves for name in (*move.after.all, *move.after.any))
    return next((opened.plan.step[name] for name in names if opened.plan.step[name].requires), None)


def _signature(opened: Opened, step: Step) -> Signature:
    title, role = step.title.in_language(opened.language), opened.role(step.who[0])
    owed = [one for one in opened.case.obligations.values() if one.step == step.id]
    if not owed:
        return Signature(title, role, "", "", "ahead")
    mark = owed[-1].marks.get(Verb.DONE)
    if mark is None:
        return Signature(title, role, "", "", owed[-1].status)
    return Signature(title, role, opened.names.get(mark.by, ""), opened.shown.moment(mark.at), "done")


def _judged(opened: Opened, one: Judgement) -> Judged:
    return Judged(
        " ".join(one.clauses),
        opened.title(one.key),
        opened.role(one.role),
        opened.shown.say(f"verb.{one.due.verb}"),
        opened.shown.time(one.due.due_at),
        opened.shown.time(one.done_at),
        opened.shown.say(f"clock.short.{one.due.kind}"),
        one.due.kind,
        opened.shown.say(f"verdict.{one.verdict}", late=opened.shown.span(one.late)),
        one.verdict,
    )


def _facts(opened: Opened, events: Sequence[Event]) -> Iterator[PostFact]:
    """Every miss that stands, by post. An excused one does not stand: it was reported in time."""
    empty = {(event.key, event.role) for event in events if isinstance(event, RoleEmpty)}
    answers = _answers(opened)
    for event in events:
        if not isinstance(event, DeadlineMissed):
            continue
        owed = opened.case.obligations[event.key]
        if event.verb in owed.excused:
            continue
        grade = _grade(event, (event.key, event.role) in empty)
        what = opened.shown.say(
            "case.missed_what", verb=opened.shown.say(f"verb.{event.verb}"), title=opened.title(event.key)
        )
        due, graded = opened.shown.time(event.due_at), opened.shown.say(f"case.grade.{grade}")
        yield PostFact(opened.role(event.role), what, due, graded, grade, answers.get(event.role, ""))


def _grade(event: DeadlineMissed, empty: bool) -> str:
    """How far the record carries: a plan's number outweighs a reading of a word, and that a number we supplied."""
    if event.while_down or empty:
        return NOT_THEIRS
    return {ClockKind.HARD: RECORD, ClockKind.SOFT: ORGANISATION}.get(event.kind, SUPPLIED)


def _answers(opened: Opened) -> Mapping[str, str]:
    """Which posts have answered already, by when: a voluntary act that says "answer"."""
    found: dict[str, str] = {}
    for owed in opened.case.obligations.values():
        mark = owed.marks.get(Verb.DONE)
        if mark and not owed.role and "answer" in owed.answers:
            for role, people in opened.rules.roster.standing.items():
                if mark.by in people:
                    found[role] = opened.shown.time(mark.at)
    return found
