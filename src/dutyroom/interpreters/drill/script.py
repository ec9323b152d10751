"""What a drill script says: the report, how people behave when called, what they do and when, and until when.

Text to `Script`, every fault with its line, checked against the plan it rehearses. Knows nothing of running it.
"""

import dataclasses
import difflib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dutyroom.core.commands import Answer
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant, Milliseconds, parse_duration, parse_iso
from dutyroom.core.plan import FieldType, Plan, Step, Verb
from dutyroom.core.roster import Roster
from dutyroom.core.slicing import alone, owners
from dutyroom.core.words import Words
from dutyroom.core.yamltree import place_of, read_tree
from dutyroom.interpreters.drill.injects import Inject, faults, widened

_MINUTE = 60_000
_LONGEST = 400 * 24 * 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class Report:
    """The first news. `facts` are typed values the plan declares, `story` the reporter's own words."""

    facts: Mapping[str, Answer] = field(default_factory=dict)
    story: Mapping[str, str] = field(default_factory=dict)
    via: str = "drill"


@dataclass(frozen=True, slots=True)
class People:
    """How people behave when they are called. Names are roles, or staff numbers.

    Everybody answers a call `answer_after`, unless slow (own time), silent (hears and does nothing) or absent (holds
    the post but cannot be reached at all).
    """

    answer_after: Milliseconds = _MINUTE
    slow: Mapping[str, Milliseconds] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels:
    """Which channels there are, which refuse every call, and which carry calls that nobody hears."""

    use: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptedAct:
    """`by` does `does`: at times counted from the report (`at`), or so long after the step fell due (`after`).

    `by` is a role (its holder at that time) or a staff number. `expect: refused` says that the plan must refuse it;
    `reported` is the time on the person's own device where the act reaches the record later than it was made.
    """

    by: str
    does: str
    at: tuple[Milliseconds, ...] = ()
    after: Milliseconds | None = None
    verb: Verb = Verb.DONE
    answers: Mapping[str, Any] = field(default_factory=dict)
    waive: str = ""
    reported: Milliseconds | None = None
    expect: typing.Literal["done", "refused"] = "done"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Must:
    """The drill fails unless the step's verb is reached `within` of the step falling due; unset: by its own deadline.

    Where each member of a group owes the step, every one of them must. Later rounds of a repeated step are not looked
    at.
    """

    does: str
    verb: Verb = Verb.DONE
    within: Milliseconds | None = None


@dataclass(frozen=True, slots=True)
class Alone:
    """Only this step is owed, from the report on: by its first actor, or by `role`; `again`: from a later reminder."""

    step: str
    role: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """The server is down: nothing is noticed, and what people do reaches it afterwards with the time they did it."""

    start: Milliseconds
    end: Milliseconds


@dataclass(frozen=True, slots=True)
class Script:
    """One drill. `starts` is when the report comes in; its offset is the zone in which the transcript tells time."""

    id: str
    title: Words
    starts: Instant
    offset_minutes: int
    report: Report
    until: Milliseconds
    language: typing.Literal["zh", "en"] = "zh"
    people: People = People()
    channels: Channels = Channels()
    outages: tuple[Outage, ...] = ()
    acts: tuple[ScriptedAct, ...] = ()
    injects: tuple[Inject, ...] = ()
    must: tuple[Must, ...] = ()
    alone: Alone | None = None

    @property
    def down(self) -> tuple[tuple[Instant, Instant], ...]:
        """The outages as instants."""
        return tuple((self.starts + one.start, self.starts + one.end) for one in self.outages)

    def played(self, plan: Plan) -> Plan:
        """The plan as the script rehearses it: whole, or with one step alone."""
        return alone(plan, self.alone.step, self.alone.role, self.alone.again) if self.alone else plan

    def local(self, instant: Instant) -> datetime:
        """The instant on the clock on the wall."""
        zone = timezone(timedelta(minutes=self.offset_minutes))
        return datetime.fromtimestamp(instant / 1_000, zone)


_TOP = {
    "drill": None,
    "report": Report,
    "people": People,
    "channels": Channels,
    "outages": Outage,
    "acts": ScriptedAct,
    "injects": Inject,
    "must": Must,
}
_HEAD = ("id", "title", "starts", "language")


def read_script(text: str, plan: Plan, roster: Roster) -> tuple[Script | None, tuple[Finding, ...]]:
    """The script, checked against the plan and the roster; None if anything is wrong. All faults come at once."""
    tree, findings = read_tree(text)
    if tree is None:
        return None, findings
    found = list(_strangers(tree))
    try:
        script = TypeAdapter(Script).validate_python(_widen(tree))
    except ValidationError as error:
        return None, (*found, *(_misfit(tree, fault) for fault in error.errors()))
    except _BadStart as bad:
        return None, (
            *found,
            Finding("drill.no_start", "error", place_of(tree, ("drill", "starts")), {"got": str(bad)}),
        )
    found += _names(tree, script, plan, roster)
    found += _acts(tree, script, plan)
    found += _slice(tree, script, plan)
    found += _musts(tree, script, plan)
    found += faults(tree, script.injects, plan)
    return (None if found else script), tuple(found)


def typed_answers(step: Step, answers: Mapping[str, Any], at: Instant) -> dict[str, Answer]:
    """The script's answers as the step's types: a time is a duration from the act ("2 d") or an ISO instant."""
    times = {field.id for field in step.asks if field.type is FieldType.TIME}
    return {name: _time(value, at) if name in times else value for name, value in answers.items()}


class _BadStart(Exception):
    pass


def _widen(tree: Mapping[str, Any]) -> dict[str, Any]:
    head = tree.get("drill")
    head = head if isinstance(head, Mapping) else {}
    acts, given = tree.get("acts") or [], tree.get("injects") or []
    return {
        **{name: head[name] for name in ("id", "title", "language") if name in head},
        **_start(head.get("starts")),
        **{
            name: tree[name]
            for name in ("report", "people", "channels", "outages", "until", "must")
            if name in tree
        },
        **({"alone": _alone(tree)} if "alone" in tree else {}),
        "acts": [_act(act) for act in acts] if isinstance(acts, list) else acts,
        "injects": [widened(one) for one in given] if isinstance(given, list) else given,
    }


def _start(value: Any) -> dict[str, Any]:
    # YAML reads an unquoted timestamp itself; ruamel keeps the offset apart, so the text is asked for in quotes.
    try:
        instant, moment = parse_iso(value), datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _BadStart(str(value)) from None
    offset = moment.utcoffset() or timedelta(0)
    return {"starts": instant, "offset_minutes": int(offset.total_seconds() // 60)}


def _act(act: Any) -> Any:
    if not isinstance(act, Mapping):
        return act
    wide = dict(act)
    if "at" in wide and not isinstance(wide["at"], list):
        wide["at"] = [wide["at"]]
    mark = getattr(act, "lc", None)
    return {**wide, "line": mark.line + 1 if mark else 0}


def _alone(tree: Mapping[str, Any]) -> Any:
    """`alone: STEP`, with `again: true` beside it, or both and the role as one mapping."""
    value = tree["alone"]
    if isinstance(value, Mapping):
        return dict(value)
    return {"step": value, **({"again": tree["again"]} if "again" in tree else {})}


def _strangers(tree: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _unknown(tree, tree, (), (*_TOP, "until", "alone", *(("again",) if "alone" in tree else ())))
    if isinstance(tree.get("alone"), Mapping):
        yield from _unknown(tree, tree["alone"], ("alone",), ("step", "role", "again"))
    yield from _unknown(tree, tree.get("drill"), ("drill",), _HEAD)
    for part, shape in _TOP.items():
        if shape is None:
            continue
        value = tree.get(part)
        known = [one.name for one in dataclasses.fields(shape)]
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            path = (part, number) if isinstance(value, list) else (part,)
            yield from _unknown(tree, item, path, known)


def _unknown(tree: Any, value: Any, path: tuple[Any, ...], known: typing.Sequence[str]) -> Iterator[Finding]:
    for key in value if isinstance(value, Mapping) else ():
        if key not in known:
            near = next(iter(difflib.get_close_matches(str(key), known, 1)), "")
            fields = {"key": str(key), "near": near}
            yield Finding("plan.unknown_key", "error", place_of(tree, (*path, key)), fields)


def _misfit(tree: Any, fault: Any) -> Finding:
    path = tuple(fault["loc"])
    where = ("drill", *path) if path and path[0] in _HEAD else path
    fields = {"path": ".".join(map(str, where)), "got": str(fault.get("input"))[:80], "problem": fault["msg"]}
    code = "plan.missing" if fault["type"] == "missing" else "plan.wrong_shape"
    return Finding(code, "error", place_of(tree, where), fields)


def _names(tree: Any, script: Script, plan: Plan, roster: Roster) -> Iterator[Finding]:
    persons = {person for held in roster.standing.values() for person in held}
    known = persons | {period.person for period in roster.periods} | set(plan.roles)
    named: list[tuple[tuple[Any, ...], str]] = [
        (("acts", number, "by"), act.by) for number, act in enumerate(script.acts)
    ]
    away = {*script.people.absent}
    for number, act in enumerate(script.acts):
        if act.by in away:
            place = place_of(tree, ("acts", number, "by"))
            yield Finding("drill.absent_acts", "error", place, {"name": act.by})
    for part in ("slow", "silent", "absent"):
        named += [(("people", part), name) for name in getattr(script.people, part)]
    for path, name in named:
        if name not in known:
            near = next(iter(difflib.get_close_matches(name, sorted(known), 1)), "")
            yield Finding("drill.unknown_person", "error", place_of(tree, path), {"name": name, "near": near})
    if not 0 < script.until <= _LONGEST:
        yield Finding("drill.until", "error", place_of(tree, ("until",)), {"days": 400})


def _acts(tree: Any, script: Script, plan: Plan) -> Iterator[Finding]:
    for number, act in enumerate(script.acts):
        place = place_of(tree, ("acts", number))
        step = plan.step.get(act.does)
        if step is None:
            yield _no_step(plan, act.does, place)
        elif (act.after is None) == (not act.at):
            yield Finding("drill.when", "error", place)
        elif act.after is not None and step.voluntary:
            yield Finding("drill.never_due", "error", place, {"name": act.does})
        if step is not None and not act.waive:
            for field_ in step.asks:
                if field_.type is FieldType.TIME and not _is_time(act.answers.get(field_.id)):
                    yield Finding("drill.bad_time", "error", place, {"field": field_.id})


def _slice(tree: Any, script: Script, plan: Plan) -> Iterator[Finding]:
    """Whether the step that is to be rehearsed alone can be."""
    one = script.alone
    if one is None:
        return
    place, step = place_of(tree, ("alone",)), plan.step.get(one.step)
    if step is None:
        yield _no_step(plan, one.step, place)
        return
    if one.role and one.role not in owners(plan, step):
        yield Finding("drill.alone_role", "error", place, {"step": step.id, "role": one.role})
    if one.again and step.repeat is None:
        yield Finding("drill.alone_again", "error", place, {"step": step.id})
    for number, act in enumerate(script.acts):
        if act.does != one.step:
            there = place_of(tree, ("acts", number))
            yield Finding("drill.alone_act", "error", there, {"step": step.id, "does": act.does})


def _musts(tree: Any, script: Script, plan: Plan) -> Iterator[Finding]:
    for number, must in enumerate(script.must):
        place, step = place_of(tree, ("must", number)), plan.step.get(must.does)
        if step is None:
            yield _no_step(plan, must.does, place)
        elif script.alone is not None and must.does != script.alone.step:
            yield Finding("drill.alone_act", "error", place, {"step": script.alone.step, "does": must.does})
        elif step.voluntary and must.within is None:
            yield Finding("drill.must_voluntary", "error", place, {"step": step.id})
        elif must.within is None and must.verb is not Verb.DONE and must.verb not in step.clocks:
            yield Finding("drill.must_no_clock", "error", place, {"step": step.id, "verb": must.verb.value})


def _no_step(plan: Plan, name: str, place: Any) -> Finding:
    near = next(iter(difflib.get_close_matches(name, list(plan.step), 1)), "")
    return Finding("drill.unknown_step", "error", place, {"name": name, "near": near})


def _is_time(value: Any) -> bool:
    try:
        return value is None or _time(value, 0) is not None
    except ValueError:
        return False


def _time(value: Any, at: Instant) -> Answer:
    if not isinstance(value, str):
        raise ValueError(f"not a time: {value!r}")
    try:
        return at + parse_duration(value)
    except ValueError:
        return parse_iso(value)
