"""Facts on which a decision about responsibility may rest, for the four grounds of the written plan (S24).

Reporting (concealed, delayed, falsified, obstructed), measures not taken in time, a command not followed, dereliction.
Each names a post and its entries, never a person, and how strong its evidence is. Nothing follows from a fact by
itself: a named person decides, after the one concerned has answered on record.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from dutyroom.core import events as e
from dutyroom.core.audited import Deviation, GroundFact, Kind
from dutyroom.core.commands import Times
from dutyroom.core.instants import MINUTE
from dutyroom.core.judging import Judgement
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.review import Verdict
from dutyroom.core.settle import Outage
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.audit.positions import Positions

REPORTING, MEASURES, COMMAND, DUTY = "reporting", "measures", "command", "duty"


def ground_facts(
    plan: Plan,
    case: Case,
    events: Sequence[e.Event],
    judged: Sequence[Judgement],
    deviations: Sequence[Deviation],
    positions: Positions,
    down: Sequence[Outage],
) -> tuple[GroundFact, ...]:
    """Every fact, in the order of the record, with the answers on record beside it."""
    grounds = _Grounds(plan, case, events, positions, down)
    found = [*grounds.of_times(), *grounds.of_verdicts(judged), *grounds.of_deviations(deviations)]
    return tuple(sorted(found, key=lambda one: (one.entries or (0,), one.ground, one.step, one.what)))


class _Grounds:
    def __init__(
        self, plan: Plan, case: Case, events: Sequence[e.Event], positions: Positions, down: Sequence[Outage]
    ) -> None:
        self.plan, self.case, self.events = plan, case, events
        self.positions, self.down = positions, down
        self.acts = {(one.key, one.verb): one for one in reversed(events) if isinstance(one, e.ActMarked)}

    # ---- the four times

    def of_times(self) -> Iterator[GroundFact]:
        """Reports whose own times say that they came late, or do not agree with one another."""
        for position, event in enumerate(self.events, 1):
            if not isinstance(event, e.ReportReceived | e.ActMarked | e.ActVolunteered):
                continue
            times, step = event.times, getattr(event, "step", "")
            if _contradict(times):
                yield self._of_report("times_disagree", step, times, position)
            elif isinstance(event, e.ReportReceived) and self._waited(times):
                yield self._of_report("reported_late", step, times, position)

    def _waited(self, times: Times) -> bool:
        """Known for longer than the organisation's shortest word allows before it was reported."""
        allowed = min((word.within for word in self.plan.defaults.words.values()), default=None)
        return (
            allowed is not None
            and times.known_at is not None
            and times.reported_at - times.known_at > allowed
        )

    def _of_report(self, what: str, step: str, times: Times, position: int) -> GroundFact:
        """Its times are what people stated; only the last of the four is the record's own."""
        found = self.plan.step.get(step)
        return GroundFact(
            REPORTING, found.who[0] if found else "", step, found.clauses if found else (), what, "statement",
            (position,), times.happened_at, times.known_at, times.reported_at, times.received_at,
            answer=self.answer,
        )  # fmt: skip

    # ---- verdicts

    def of_verdicts(self, judged: Sequence[Judgement]) -> Iterator[GroundFact]:
        """What was late, missed or released, under the ground that it could bear on."""
        for one in judged:
            owed = self.case.obligations[one.key]
            if one.verdict in (Verdict.LATE, Verdict.MISSED):
                yield self._of_verdict(one, owed)
            elif one.verdict is Verdict.WAIVED and self._is_report(one.step) and one.due.verb is Verb.DONE:
                yield self._fact(REPORTING, one, owed, "report_waived", self._grade(one, owed))

    def _of_verdict(self, one: Judgement, owed: Obligation) -> GroundFact:
        late = "late" if one.verdict is Verdict.LATE else "missed"
        return self._fact(
            self._ground(one, owed), one, owed, f"{late}.{one.due.verb.value}", self._grade(one, owed)
        )

    def _ground(self, one: Judgement, owed: Obligation) -> str:
        """First match wins: a report; a call that nobody answered; an order in hand and not carried out; a measure."""
        if self._is_report(one.step):
            return REPORTING
        if one.due.verb is Verb.RECEIVED:
            return DUTY
        if owed.parent or (one.verdict is Verdict.MISSED and Verb.TAKEN in owed.marks):
            return COMMAND
        return MEASURES

    def _is_report(self, step: str) -> bool:
        return step in self.plan.step and self.plan.step[step].report is not None

    def _grade(self, one: Judgement, owed: Obligation) -> str:
        """How it is known: not theirs where nobody could have; a time that somebody stated; a document; the record."""
        nobody = one.key in self.positions.empty and not owed.asked
        if nobody or any(start <= one.due.due_at < end for start, end in self.down):
            return "not_theirs"
        act = self.acts.get((one.key, one.due.verb))
        if act is not None and act.at - act.times.reported_at > MINUTE:
            return "statement"
        return "document" if act is not None and act.sealed else "record"

    def _fact(self, ground: str, one: Judgement, owed: Obligation, what: str, grade: str) -> GroundFact:
        act = self.acts.get((one.key, one.due.verb))
        times = act.times if act else None
        entries = self.positions.of_deadline(one.key, one.due.verb)
        if grade == "not_theirs":
            entries = tuple(sorted({*entries, *self.positions.empty.get(one.key, ())}))
        return GroundFact(
            ground, one.role, one.step, one.clauses, what, grade, entries,
            times.happened_at if times else None, times.known_at if times else None,
            times.reported_at if times else None, times.received_at if times else None, one.due.due_at,
            self.answer,
        )  # fmt: skip

    # ---- deviations

    def of_deviations(self, deviations: Sequence[Deviation]) -> Iterator[GroundFact]:
        """Acts without authority, out of order or not of the plan: whether a command was not followed."""
        for one in deviations:
            if one.kind in (Kind.WRONG_ACTOR, Kind.OUT_OF_ORDER, Kind.NOT_IN_PLAN) and one.verb is not None:
                ground = COMMAND
            elif one.kind in (Kind.SKIPPED, Kind.OPEN_AT_END):
                ground = REPORTING if self._is_report(one.step) else MEASURES
            else:
                continue  # what the machine did, and what somebody changed in the record, is no post's doing
            yield GroundFact(
                ground, one.role, one.step, one.clauses, one.kind.value, "record", one.entries,
                received_at=one.at, answer=one.justified or self.answer,
            )  # fmt: skip

    @cached_property
    def answer(self) -> str:
        """What those concerned have answered on record, in steps that anybody concerned may take."""
        found = [
            str(owed.answers["answer"])
            for owed in self.case.obligations.values()
            if owed.answers.get("answer")
            and owed.step in self.plan.step
            and self.plan.step[owed.step].voluntary
        ]
        return " / ".join(found)


def _contradict(times: Times) -> bool:
    """Known before it happened, or reported before it was known."""
    order = [one for one in (times.happened_at, times.known_at, times.reported_at) if one is not None]
    return order != sorted(order)
