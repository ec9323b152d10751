"""The review drafts itself from the record: timeline, deadlines kept and missed, open points, promises, facts.

What a person adds (causes, lessons, decisions) is in the record too, as the answers of the review's own steps.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

from dutyroom.core import events as e
from dutyroom.core.evolve import evolve
from dutyroom.core.instants import MINUTE
from dutyroom.core.judging import Judgement, judge
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.review import (
    ActionRow,
    ActionState,
    Clock,
    FactRow,
    Grade,
    Number,
    ObligationRow,
    Review,
    TimelineRow,
    Verdict,
)
from dutyroom.core.state import Case, Obligation
from dutyroom.wording import say
from dutyroom.wording.narrate import narrate

NameOf = Callable[[str], str]


def draft_review(plan: Plan, history: Sequence[e.Event], language: str, name_of: NameOf, site: str) -> Review:
    """The review of a case from its events, in one language. `name_of` gives the name of a holder by identifier."""
    case = list(accumulate(history, evolve, initial=Case()))[-1]
    judged = judge(plan, case)
    level = next((one.name.in_language(language) for one in plan.levels if one.id == case.level), "")
    return Review(
        title=plan.title.in_language(language),
        site=site,
        case_id=case.case,
        opened=case.opened_at,
        closed=case.closed_at,
        level=level,
        exercise=case.exercise,
        numbers=_numbers(judged, history, language),
        timeline=tuple(_line(plan, event, language, name_of) for event in history),
        obligations=tuple(_row(plan, one, language) for one in judged),
        worked=_answers(case, "review", "worked"),
        open_points=tuple(_title(plan, owed.step, language) for owed in case.open_obligations()),
        actions=tuple(_actions(plan, case, language, name_of)),
        facts=tuple(_facts(plan, case, judged, language, name_of)),
    )


def _line(plan: Plan, event: e.Event, language: str, name_of: NameOf) -> TimelineRow:
    step = plan.step.get(getattr(event, "step", "") or getattr(event, "key", "").split("#")[0])
    person = getattr(event, "by", "") or getattr(event, "person", "")
    role = getattr(event, "role", "") or (step.who[0] if step and step.who else "")
    return TimelineRow(
        event.at,
        _role(plan, role, language),
        name_of(person) if person else "",
        narrate(plan, event, language, name_of),
        " ".join(step.clauses) if step else "",
    )


def _row(plan: Plan, one: Judgement, language: str) -> ObligationRow:
    return ObligationRow(
        clause=" ".join(one.clauses),
        step=f"{_title(plan, one.step, language)} · {say(f'verb.{one.due.verb.value}', language)}",
        role=_role(plan, one.role, language),
        due=one.due.due_at,
        done=one.done_at,
        verdict=one.verdict,
        clock=Clock(one.due.kind.value),
        late_minutes=-(-one.late // MINUTE),
    )


def _numbers(judged: Sequence[Judgement], history: Sequence[e.Event], language: str) -> tuple[Number, ...]:
    counts = {verdict: sum(one.verdict is verdict for one in judged) for verdict in Verdict}
    calls = sum(isinstance(event, e.PersonCalled) for event in history)
    rows = [
        Number(say(f"review.count.{verdict.value}", language), count) for verdict, count in counts.items()
    ]
    return (*rows, Number(say("review.count.calls", language), calls))


def _actions(plan: Plan, case: Case, language: str, name_of: NameOf) -> list[ActionRow]:
    """Promises made during the case: corrective actions and commitments, alive until done and proved effective."""
    return [
        ActionRow(
            owed.text,
            _role(plan, owed.role, language),
            name_of(owed.owner) if owed.owner else "",
            owed.dues[-1].due_at if owed.dues else None,
            str(owed.answers.get("proof", "")),
            _action_state(case, owed),
        )
        for owed in case.obligations.values()
        if owed.parent and plan.step[owed.step].stream != "statement" and owed.step != "check_effect"
    ]


def _action_state(case: Case, owed: Obligation) -> ActionState:
    if owed.is_open:
        return ActionState.OVERDUE if Verb.DONE in owed.missed else ActionState.OPEN
    checks = [other for other in case.obligations.values() if other.parent == owed.key]
    proved = any(other.answers.get("effective") is True for other in checks)
    return ActionState.EFFECTIVE if proved else ActionState.DONE


def _facts(
    plan: Plan, case: Case, judged: Sequence[Judgement], language: str, name_of: NameOf
) -> list[FactRow]:
    """Facts on which a named person may decide about duty roles (S24). Nothing follows by itself."""
    answers = _answers(case, "answer_facts", "answer")
    return [
        FactRow(
            " ".join(one.clauses),
            _role(plan, one.role, language),
            name_of(case.obligations[one.key].owner) if case.obligations[one.key].owner else "",
            say(
                f"review.fact.{one.verdict.value}",
                language,
                step=_title(plan, one.step, language),
                verb=say(f"verb.{one.due.verb.value}", language),
                minutes=-(-one.late // MINUTE),
                clock=say(f"clock.{one.due.kind.value}", language),
            ),
            Grade.RECORD,
            " / ".join(answers),
        )
        for one in judged
        if one.verdict in (Verdict.LATE, Verdict.MISSED)
    ]


def _answers(case: Case, step: str, field: str) -> tuple[str, ...]:
    found = (owed.answers.get(field) for owed in case.obligations.values() if owed.step == step)
    return tuple(str(answer) for answer in found if answer)


def _title(plan: Plan, step: str, language: str) -> str:
    return plan.step[step].title.in_language(language)


def _role(plan: Plan, role: str, language: str) -> str:
    return plan.roles[role].name.in_language(language) if role in plan.roles else role
