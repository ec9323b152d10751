"""The streams of a case: what runs side by side, each with its obligations and their clocks; and what repeats."""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.decide.calling import ladder
from dutyroom.core.obligations import pending
from dutyroom.core.plan import Step, Verb
from dutyroom.core.state import Obligation
from dutyroom.web.case.knowing import answer
from dutyroom.web.case.reading import Opened
from dutyroom.web.showing import ClockView, clock_state, clocks
from dutyroom.wording import codes


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation in its stream. `after_miss` is the post that is asked if it is not kept."""

    key: str
    title: str
    role: str
    owner: str
    text: str
    status: str
    status_id: str
    clauses: str
    clocks: tuple[ClockView, ...]
    after_miss: str
    asked: int
    ring: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Stream:
    id: str
    name: str
    open: tuple[Duty, ...]
    settled: tuple[Duty, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One turn of something that repeats. `state` as in `showing.clock_state`."""

    number: int
    due: str
    when: str
    who: str
    text: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Series:
    title: str
    reports: tuple[Report, ...]
    missed: int


def streams(opened: Opened) -> tuple[Stream, ...]:
    """Streams in the plan's order, only those with something in them; what belongs to none comes first."""
    order = list(dict.fromkeys(step.stream for step in opened.plan.steps))
    by_stream: dict[str, list[Obligation]] = {name: [] for name in order}
    for owed in opened.case.obligations.values():
        if owed.role:
            by_stream[opened.plan.step[owed.step].stream].append(owed)
    return tuple(_stream(opened, name, owed) for name, owed in by_stream.items() if owed)


def series(opened: Opened) -> tuple[Series, ...]:
    """Every repeated step that has begun, its turns newest first, the missed ones among them."""
    repeated = [step for step in opened.plan.steps if step.repeat]
    found = (
        (step, [owed for owed in opened.case.obligations.values() if owed.step == step.id])
        for step in repeated
    )
    return tuple(_series(opened, step, owed) for step, owed in found if owed)


def stream_name(opened: Opened, name: str) -> str:
    """The stream's name in words; a plan's own stream keeps its id."""
    code = f"stream.{name or 'command'}"
    return opened.shown.say(code) if code in codes() else name


def said(opened: Opened, owed: Obligation) -> str:
    """What was answered when it was done, as one text."""
    given = {**owed.facts, **owed.answers}
    asked = [field for field in opened.plan.step[owed.step].asks if field.id in given]
    if len(asked) == 1:
        return answer(opened, asked[0], given[asked[0].id])
    colon, stop = ("：", "；") if opened.language == "zh" else (": ", "; ")
    return stop.join(
        f"{f.label.in_language(opened.language)}{colon}{answer(opened, f, given[f.id])}" for f in asked
    )


def _stream(opened: Opened, name: str, owed: list[Obligation]) -> Stream:
    running = sorted((one for one in owed if one.is_open), key=lambda one: pending(one).due_at)
    settled = [one for one in owed if not one.is_open]
    open_ = tuple(_duty(opened, one) for one in running)
    over = any(duty.overdue for duty in open_)
    return Stream(
        name or "command",
        stream_name(opened, name),
        open_,
        tuple(_duty(opened, one) for one in settled),
        over,
    )


def _duty(opened: Opened, owed: Obligation) -> Duty:
    step = opened.plan.step[owed.step]
    return Duty(
        key=owed.key,
        title=opened.title(owed.key),
        role=opened.role(owed.role),
        owner=opened.names.get(owed.owner, ""),
        text=owed.text,
        status=opened.shown.say(f"status.{owed.status}"),
        status_id=owed.status,
        clauses=" ".join(step.clauses),
        clocks=clocks(opened.plan, owed, opened.shown),
        after_miss=opened.role(_next_rung(opened, owed)) if owed.is_open else "",
        asked=len(owed.asked),
        ring=owed.ring,
        overdue=owed.is_open and any(clock_state(owed, due, opened.shown.now) == "over" for due in owed.dues),
    )


def _next_rung(opened: Opened, owed: Obligation) -> str:
    rungs = ladder(opened.plan, owed)
    return rungs[min(owed.rung + 1, len(rungs) - 1)]


def _series(opened: Opened, step: Step, owed: list[Obligation]) -> Series:
    reports = tuple(_reports(opened, owed))
    missed = sum(report.state in ("missed", "over") for report in reports)
    return Series(step.title.in_language(opened.language), tuple(reversed(reports)), missed)


def _reports(opened: Opened, owed: list[Obligation]) -> Iterator[Report]:
    for one in owed:
        due = next((due for due in one.dues if due.verb is Verb.DONE), None)
        state = clock_state(one, due, opened.shown.now) if due else "void"
        mark = one.marks.get(Verb.DONE)
        late = opened.shown.span(mark.at - due.due_at) if mark and due and state == "late" else ""
        yield Report(
            one.occurrence,
            opened.shown.time(due.due_at) if due else "",
            opened.shown.time(mark.at) if mark else "",
            opened.names.get(mark.by, "") if mark else "",
            said(opened, one) if mark else "",
            state,
            opened.shown.say(f"clock.state.{state}", late=late),
        )
