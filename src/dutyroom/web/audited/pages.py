"""A case against its plan, a reason for a deviation, and what the plan should learn from many cases.

Says what the record shows, of posts. Nothing follows from it by itself, and no table here is by person.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from psycopg.errors import UniqueViolation

from dutyroom import wiring
from dutyroom.core.audited import ClauseResult, Deviation, GroundFact
from dutyroom.core.commands import Justify, Times
from dutyroom.core.decide.justifying import justifiers
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.findings import Refusal
from dutyroom.core.privacy import mask
from dutyroom.core.state import INCIDENT
from dutyroom.interpreters.audit import audit_group
from dutyroom.store.models import Case, Site
from dutyroom.store.scope import cases_for
from dutyroom.web.audited.drawing import bars, draw
from dutyroom.web.audited.keeping import AUDITS, MOST_ENTRIES, Audited
from dutyroom.web.case.reading import Opened, open_case
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.visit import Visit
from dutyroom.wording.auditing import tell_clause, tell_deviation, tell_fact
from dutyroom.wording.narrate import narrate, refuse, role_name

REFUSED = 409
LONGEST_REASON = 2_000
MOST_CASES, SHOWN_ENTRIES = 40, 4
RESULTS = ("kept", "late", "missed", "deviates", "waived", "open", "not_applicable", "judgement")
BROKEN = ("late", "missed", "deviates", "open")
GROUNDS = ("reporting", "measures", "command", "duty")
_COMMAND = re.compile(r"[0-9A-Za-z_-]{8,64}")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the record: its number, time and sentence. `before` shows it on the case's own page."""

    number: int
    before: int
    time: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DeviationView:
    """One deviation: what the plan says, what the record shows, and a reason if one was given."""

    id: str
    text: str
    clauses: tuple[str, ...]
    entries: tuple[EntryLine, ...]
    more: int
    justified: bool


@dataclass(frozen=True, slots=True)
class ClauseView:
    clause: str
    text: str
    result: str
    result_name: str
    hard: str
    soft: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FactView:
    text: str
    not_theirs: bool
    answer: str
    entries: tuple[int, ...]


@require_safe
def page(request: Visit, case: UUID) -> HttpResponse:
    """The case's record against the edition it was made under."""
    opened = open_case(request, case)
    if opened.row.kind == DAY and opened.row.closed_at is None:
        raise Http404  # a day that still runs holds roll calls nobody is to know of
    return _page(request, opened)


@require_POST
def justify(request: Visit, case: UUID) -> HttpResponse:
    """The reason for a deviation, on record; whose it is to give it the core says."""
    opened = open_case(request, case)
    typed = Typed(request.POST)
    given = typed.raw("command")
    command, now = given if _COMMAND.fullmatch(given) else wiring.new_id(), wiring.clock().now()
    reason, _ = mask(typed.raw("reason")[:LONGEST_REASON].strip())
    deviation, change = typed.raw("deviation")[:200], typed.raw("change") == "yes"
    said = Justify(command, opened.reader, deviation, reason, change, Times(now, now))
    try:
        done = wiring.live().act(str(opened.row.pk), said)
    except UniqueViolation:
        return _page(request, opened, (opened.shown.say("case.command_used"),), deviation, reason)
    if isinstance(done, Refusal):
        lines = tuple(refuse(opened.plan, done, opened.language))
        return _page(request, opened, lines, deviation, reason)
    return HttpResponseRedirect(
        f"{reverse('case_audit', args=[opened.row.pk])}?done=1#deviations", status=303
    )


@require_safe
def group(request: Visit, code: str) -> HttpResponse:
    """Many cases of the plan in force: what is never kept, what one crew alone keeps, where time is lost."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    plan = found.plan_of(edition)
    exercise = request.GET.get("exercise") == "1"
    made, left, cases = _group(request, site, plan.id, exercise)
    language = request.language
    told = audit_group(plan, [one.audit for one in made], [one.state for one in made])
    texts = {one.id: " ".join(one.text.in_language(language).split()) for one in plan.clauses}
    given = {
        "site": site,
        "plan": plan,
        "version": edition.version,
        "exercise": exercise,
        "cases": cases,
        "counted": len(made),
        "left": left,
        "never": [(one, texts.get(one, "")) for one in told.never_kept],
        "one_crew": [
            (
                one.clause,
                texts.get(one.clause, ""),
                [role_name(plan, role, language) for role in one.only_kept_by],
            )
            for one in told.clauses
            if one.clause in told.one_crew_only
        ],
        "clauses": [(one, texts.get(one.clause, "")) for one in told.clauses],
        "bars": bars(plan, told, language),
    }
    return render(request, "web/audits.html", given)


def _group(request: Visit, site: Site, plan: str, exercise: bool) -> tuple[list[Audited], int, int]:
    """The newest closed cases that ran under an edition of the plan."""
    rows = cases_for(request.person).filter(
        site=site, edition__plan=plan, exercise=exercise, closed_at__isnull=False, kind=INCIDENT
    )
    newest: list[Case] = list(rows.defer("state").order_by("-opened_at")[:MOST_CASES])
    made, left = AUDITS.of_many(newest)
    return made, left, len(newest)


def _page(
    request: Visit, opened: Opened, refused: tuple[str, ...] = (), deviation: str = "", reason: str = ""
) -> HttpResponse:
    row = Case.objects.get(pk=opened.row.pk) if refused else opened.row
    made = AUDITS.of(row)
    given: dict[str, Any] = {
        "opened": opened,
        "row": opened.row,
        "url": reverse("case", args=[opened.row.pk]),
        "refused": refused,
        "refused_deviation": deviation,
        "typed_reason": reason,
        "done": request.GET.get("done") == "1" and request.method == "GET",
        "most": MOST_ENTRIES,
        "may_justify": opened.full
        and opened.rules.holds(opened.reader, justifiers(opened.plan), opened.shown.now),
        "who_justifies": opened.role(justifiers(opened.plan)[0]),
        "command": wiring.new_id(),
        **(_told(request, opened, made) if made else {}),
    }
    return render(request, "web/case_audit.html", given, status=REFUSED if refused else 200)


def _told(request: Visit, opened: Opened, made: Audited) -> Mapping[str, Any]:
    audit, shown = made.audit, opened.shown
    only = request.GET.get("only", "broken")
    only = only if only in (*RESULTS, "all") else "broken"
    views = [_clause(opened, one) for one in audit.clauses]
    wanted = {"all": RESULTS, "broken": BROKEN}.get(only, (only,))
    counts = {name: sum(one.result == name for one in views) for name in RESULTS}
    facts = [
        (
            shown.say(f"audit.ground.{ground}"),
            [_fact(opened, one) for one in audit.facts if one.ground == ground],
        )
        for ground in GROUNDS
    ]
    return {
        "audit": audit,
        "answer": _answer(opened, made),
        "deviations": [_deviation(opened, made, one) for one in audit.deviations],
        "clauses": [one for one in views if one.result in wanted],
        "only": only,
        "filters": [
            ("broken", shown.say("audited.only.broken"), sum(counts[name] for name in BROKEN)),
            *((name, shown.say(f"audit.result.{name}"), counts[name]) for name in RESULTS if counts[name]),
            ("all", shown.say("audited.only.all"), len(views)),
        ],
        "facts": [(ground, listed) for ground, listed in facts if listed],
        "drawn": draw(opened.plan, made.state, shown),
    }


def _answer(opened: Opened, made: Audited) -> str:
    audit = made.audit
    code = (
        "audited.answer.stuck"
        if audit.stuck_at
        else f"audited.answer.{'some' if audit.deviations else 'none'}"
    )
    justified = sum(bool(one.justified) for one in audit.deviations)
    return opened.shown.say(
        code, entries=audit.entries, count=len(audit.deviations), justified=justified, entry=audit.stuck_at
    )


def _deviation(opened: Opened, made: Audited, one: Deviation) -> DeviationView:
    text = tell_deviation(opened.plan, one, opened.language, opened.name, opened.shown.time)
    clauses = tuple(tell_clause(opened.plan, clause, opened.language) for clause in one.clauses)
    entries = tuple(_entry(opened, made, number) for number in one.entries[:SHOWN_ENTRIES])
    more = max(0, len(one.entries) - SHOWN_ENTRIES)
    return DeviationView(one.id, text, clauses, entries, more, bool(one.justified))


def _entry(opened: Opened, made: Audited, number: int) -> EntryLine:
    event = made.record.events[number - 1]
    sentence = narrate(opened.plan, event, opened.language, opened.name, opened.shown.time)
    return EntryLine(number, number + 1, opened.shown.time(event.at), sentence)


def _clause(opened: Opened, one: ClauseResult) -> ClauseView:
    text = next(
        (
            clause.text.in_language(opened.language)
            for clause in opened.plan.clauses
            if clause.id == one.clause
        ),
        "",
    )
    return ClauseView(
        one.clause,
        " ".join(text.split()),
        one.result,
        opened.shown.say(f"audit.result.{one.result}"),
        opened.shown.span(one.hard_late) if one.hard_late else "",
        opened.shown.span(one.soft_late) if one.soft_late else "",
        one.entries[:SHOWN_ENTRIES],
    )


def _fact(opened: Opened, one: GroundFact) -> FactView:
    text = tell_fact(opened.plan, one, opened.language, opened.shown.time)
    return FactView(text, one.grade == "not_theirs", one.answer, one.entries[:SHOWN_ENTRIES])
