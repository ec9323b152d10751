"""How a case changes by one event: `evolve(case, event) -> case`. Needs no plan, refuses nothing, knows no clock."""

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

from dutyroom.core import events as e
from dutyroom.core.phases import DUTY
from dutyroom.core.plan import Verb, implied
from dutyroom.core.state import Case, Mark, Obligation

T = TypeVar("T")
Changes = dict[str, Any]  # fields of the case that an event changes, with their new values


def evolve(case: Case, event: e.Event) -> Case:
    """The case after the event."""
    changes = _FOLDS[type(event)](case, event)
    changes["last_at"] = max(case.last_at, event.at)
    changes["events"] = case.events + 1
    return _with(case, changes)


def replay(events: "tuple[e.Event, ...] | list[e.Event]", case: Case | None = None) -> Case:
    """The case after all the events, from the start or from a given state."""
    return reduce(evolve, events, case or Case())


def _opened(case: Case, event: e.CaseOpened) -> Changes:
    return {
        "case": event.case,
        "site": event.site,
        "plan": event.plan,
        "edition": event.edition,
        "phase": "readiness",
        "phases": ("readiness",),
        "opened_at": event.at,
        "exercise": event.exercise,
        "facts": dict(event.facts),
    }


def _reported(case: Case, event: e.ReportReceived) -> Changes:
    return {"commands": case.commands.with_one(event.command), "times": case.times or event.times}


def _owed(case: Case, event: e.ObligationOpened) -> Changes:
    return _put(
        case,
        _with(
            _NEW,
            {
                "key": event.key,
                "step": event.step,
                "occurrence": event.occurrence,
                "role": event.role,
                "opened_at": event.at,
                "dues": event.dues,
                "next_call_at": event.next_call_at,
                "not_before": event.not_before,
                "text": event.text,
                "parent": event.parent,
                "rung_role": event.role,
                "begins_at": event.next_call_at if event.next_call_at != event.at else None,
            },
        ),
    )


def _called(case: Case, event: e.PersonCalled) -> Changes:
    owed = case.obligations[event.key]
    return _change(
        case,
        event.key,
        called=(*owed.called, (event.person, event.channel)),
        asked=_with_person(owed.asked, event.person),
        calls=event.call,
        next_call_at=event.next_call_at,
    )


def _call_failed(case: Case, event: e.CallFailed) -> Changes:
    return _change(case, event.key, next_call_at=event.at)


def _role_empty(case: Case, event: e.RoleEmpty) -> Changes:
    return {}


def _escalated(case: Case, event: e.Escalated) -> Changes:
    return _change(case, event.key, rung=event.rung, rung_role=event.role, called=(), next_call_at=event.at)


def _exhausted(case: Case, event: e.LadderExhausted) -> Changes:
    return _change(case, event.key, ring=event.ring, called=(), next_call_at=event.next_call_at)


def _marked(case: Case, event: e.ActMarked) -> Changes:
    owed = case.obligations[event.key]
    mark = Mark(event.by, event.times.reported_at, event.at)
    marks = {**dict.fromkeys(implied(event.verb), mark), **owed.marks}
    if event.verb is Verb.TAKEN:
        marks[Verb.TAKEN] = mark
        owed = _with(owed, {"passed_to": ""})
    # The calling goes on where it was if the answer did not stop it; otherwise it would begin anew.
    goes_on = event.next_call_at is not None and event.next_call_at == owed.next_call_at
    changes: Changes = {
        "marks": marks,
        "next_call_at": event.next_call_at,
        "called": owed.called if goes_on else (),
        "asked": _with_person(owed.asked, event.by),
    }
    if event.verb is Verb.DONE:
        changes |= {"status": "done", "next_call_at": None, "facts": event.facts, "answers": event.answers}
    changes = _put(case, _with(owed, changes))
    changes["commands"] = case.commands.with_one(event.command)
    if event.verb is Verb.DONE:
        changes |= _finish(case, event.step, mark, event.facts)
    return changes


def _with_person(asked: tuple[str, ...], person: str) -> tuple[str, ...]:
    return asked if person in asked else (*asked, person)


def _volunteered(case: Case, event: e.ActVolunteered) -> Changes:
    mark = Mark(event.by, event.times.reported_at, event.at)
    act = Obligation(
        key=event.key,
        step=event.step,
        occurrence=event.occurrence,
        role="",
        opened_at=event.at,
        dues=(),
        next_call_at=None,
        status="done",
        marks={Verb.DONE: mark},
        facts=event.facts,
        answers=event.answers,
    )
    changes = _put(case, act) | {"commands": case.commands.with_one(event.command)}
    return changes | _finish(case, event.step, mark, event.facts)


def _level_set(case: Case, event: e.LevelSet) -> Changes:
    return {"level": event.level}


def _missed(case: Case, event: e.DeadlineMissed) -> Changes:
    owed = case.obligations[event.key]
    return _change(case, event.key, missed=(*owed.missed, event.verb))


def _excused(case: Case, event: e.MissExcused) -> Changes:
    owed = case.obligations[event.key]
    return _change(case, event.key, excused=(*owed.excused, event.verb))


def _waived(case: Case, event: e.Waived) -> Changes:
    changes = _change(case, event.key, status="waived", next_call_at=None)
    return changes | {"commands": case.commands.with_one(event.command), "done": _count(case, event.step)}


def _withdrawn(case: Case, event: e.Withdrawn) -> Changes:
    return _change(case, event.key, status="withdrawn", next_call_at=None)


def _lapsed(case: Case, event: e.Lapsed) -> Changes:
    return _change(case, event.key, status="lapsed", next_call_at=None)


def _moved(case: Case, event: e.PhaseMoved) -> Changes:
    return {
        "phase": event.target,
        "phases": tuple(dict.fromkeys((*case.phases, event.target))),
        "done_before": dict(case.done) if event.target in case.phases else {},
        "closed_at": event.at if event.target == "closed" else None,
    }


def _handed_over(case: Case, event: e.CommandHandedOver) -> Changes:
    return {"assisting": True}


def _taken_back(case: Case, event: e.CommandTakenBack) -> Changes:
    return {"assisting": False}


def _justified(case: Case, event: e.DeviationJustified) -> Changes:
    return {"commands": case.commands.with_one(event.command)}


def _duty_opened(case: Case, event: e.DutyOpened) -> Changes:
    return {
        "case": event.case,
        "site": event.site,
        "plan": event.plan,
        "edition": event.edition,
        "phase": DUTY,
        "phases": (DUTY,),
        "opened_at": event.at,
        "exercise": event.exercise,
        "kind": event.kind,
        "day": event.day,
        "periods": event.periods,
        "zone": event.zone,
        "quiet": event.quiet,
        "commands": case.commands.with_one(event.command),
    }


def _duty_set(case: Case, event: e.DutySet) -> Changes:
    quiet = case.quiet if event.quiet is None else event.quiet
    return {"periods": event.periods, "quiet": quiet, "commands": case.commands.with_one(event.command)}


def _passed(case: Case, event: e.PromisePassed) -> Changes:
    owed = case.obligations[event.key]
    changes = _change(case, event.key, passed_to=event.by, asked=_with_person(owed.asked, event.by))
    return changes | {"commands": case.commands.with_one(event.command)}


def _quiet(case: Case, event: e.QuietKept) -> Changes:
    return _change(case, event.key, next_call_at=event.next_call_at)


def _finish(case: Case, step: str, mark: Mark, facts: Any) -> Changes:
    return {
        "done": _count(case, step),
        "doers": {**case.doers, step: (*case.doers.get(step, ()), mark.by)},
        "done_at": {step: mark.at} | dict(case.done_at),
        "facts": {**case.facts, **facts} if facts else case.facts,
    }


def _count(case: Case, step: str) -> dict[str, int]:
    return {**case.done, step: case.done.get(step, 0) + 1}


def _with(value: T, changes: Changes) -> T:
    """`dataclasses.replace` in a tenth of its time: most of what a decision costs is copies.

    For values with a `__dict__`.
    """
    changed = object.__new__(type(value))
    object.__setattr__(changed, "__dict__", value.__dict__ | changes)
    return changed


_NEW = Obligation("", "", 0, "", 0, (), None)


def _put(case: Case, owed: Obligation) -> Changes:
    return {"obligations": case.obligations.with_one(owed)}


def _change(case: Case, key: str, **changes: Any) -> Changes:
    return _put(case, _with(case.obligations[key], changes))


_FOLDS: dict[type, Callable[[Case, Any], Changes]] = {
    e.CaseOpened: _opened,
    e.ReportReceived: _reported,
    e.ObligationOpened: _owed,
    e.PersonCalled: _called,
    e.CallFailed: _call_failed,
    e.RoleEmpty: _role_empty,
    e.Escalated: _escalated,
    e.LadderExhausted: _exhausted,
    e.ActMarked: _marked,
    e.ActVolunteered: _volunteered,
    e.LevelSet: _level_set,
    e.DeadlineMissed: _missed,
    e.MissExcused: _excused,
    e.Waived: _waived,
    e.Withdrawn: _withdrawn,
    e.Lapsed: _lapsed,
    e.PhaseMoved: _moved,
    e.CommandHandedOver: _handed_over,
    e.CommandTakenBack: _taken_back,
    e.DeviationJustified: _justified,
    e.DutyOpened: _duty_opened,
    e.DutySet: _duty_set,
    e.PromisePassed: _passed,
    e.QuietKept: _quiet,
}
