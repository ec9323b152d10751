"""What one answer settles: `to_do(reply, open, at)` picks what it means, `report_meant` the daily report.

A person who answers is there, so an answer settles every roll call that has begun; what it says goes into the daily
report whose time it is. A word of a few characters never finishes anything else: it only says that the call arrived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dutyroom.core.commands import Answer
from dutyroom.core.duties.replies import Reply, Said
from dutyroom.core.duties.steps import CALENDAR, ROLL_CALL, kind_of
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan, Step, Verb
from dutyroom.core.state import Case, Obligation, Obligations

REPORT, OTHER = "report", "other"


@dataclass(frozen=True, slots=True)
class Waits:
    """An open obligation that waits for a person's answer. `kind`: rollcall, report or other."""

    case: str
    owed: Obligation
    kind: str

    @property
    def begins_at(self) -> Instant:
        """From when on an answer counts."""
        return self.owed.not_before or self.owed.begins_at or self.owed.opened_at

    @property
    def due_at(self) -> Instant:
        return min((due.due_at for due in self.owed.dues), default=self.owed.opened_at)


@dataclass(frozen=True, slots=True)
class Doing:
    """What is recorded because of the answer."""

    waits: Waits
    verb: Verb
    answers: Mapping[str, Answer] = field(default_factory=dict)


def is_daily_report(step: Step | None) -> bool:
    """Whether the step is a report that can be "nothing to report"."""
    return step is not None and kind_of(step.id) == CALENDAR and any(one.id == "nothing" for one in step.asks)


def is_unannounced(owed: Obligation, now: Instant) -> bool:
    """Whether it is a roll call still to come. Nobody is told before it begins, or it would test nothing."""
    return kind_of(owed.step) == ROLL_CALL and (owed.begins_at or owed.opened_at) > now


def announced(case: Case, now: Instant) -> Case:
    """The case as anybody may see it: without the roll calls that are still to come."""
    if not any(is_unannounced(owed, now) for owed in case.open_obligations()):
        return case
    known = (owed for owed in case.obligations.values() if not is_unannounced(owed, now))
    return replace(case, obligations=Obligations.of(known))


def waits(plan: Plan, case: Case, owed: Obligation) -> Waits:
    """The obligation by the kind of answer it takes."""
    kind = ROLL_CALL if kind_of(owed.step) == ROLL_CALL else OTHER
    return Waits(case.case, owed, REPORT if is_daily_report(plan.step.get(owed.step)) else kind)


def to_do(reply: Reply, found: Iterable[Waits], at: Instant) -> tuple[Doing, ...]:
    """Everything that the answer settles, roll calls first; nothing where it is not clear what is meant."""
    waiting = [one for one in found if one.begins_at <= at]
    if reply.said is Said.EMPTY:
        return ()
    note: dict[str, Answer] = {"note": reply.text} if reply.said is Said.REPORT else {}
    doing = [Doing(one, Verb.DONE, note) for one in _earliest(waiting, ROLL_CALL)]
    report = report_meant(waiting, at)
    if report is not None and reply.said is not Said.HERE:
        doing.append(Doing(report, Verb.DONE, report_of(reply)))
    elif not doing and reply.said is not Said.NOTHING:
        called = [one for one in (report, *_earliest(waiting, OTHER)) if one is not None]
        doing.extend(Doing(one, Verb.RECEIVED) for one in called[:1])
    return tuple(doing)


def report_meant(found: Iterable[Waits], at: Instant) -> Waits | None:
    """The daily report that something said at `at` belongs to: the last whose time had begun."""
    reports = [one for one in found if one.kind == REPORT and one.begins_at <= at]
    return max(reports, key=lambda one: (one.begins_at, one.due_at), default=None)


def report_of(reply: Reply) -> dict[str, Answer]:
    """The answers of a daily report that say it."""
    answers: dict[str, Answer] = {"nothing": True} if reply.said is Said.NOTHING else {"what": reply.text}
    return answers if reply.present is None else answers | {"present": reply.present}


def _earliest(found: Iterable[Waits], kind: str) -> list[Waits]:
    return sorted((one for one in found if one.kind == kind), key=lambda one: (one.due_at, one.owed.key))
