"""The plan in force as a page: clauses with what carries them out, clocks by where their numbers come from, findings.

Names posts, never people. What the plan says and no program can carry out is shown as such, with the reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom.core.plan import RUNS_AS, VERBS, Clause, Clock, Plan, Step, Verb
from dutyroom.store.models import Edition
from dutyroom.web.planning import found
from dutyroom.web.planning.judging import ShownFinding, judge, shown
from dutyroom.web.planning.parts import report_line, sections
from dutyroom.web.planning.searching import query_of, search
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.criteria import tell_level
from dutyroom.wording.narrate import role_name, span


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a step. `kind` is hard, soft or default; the number is the plan's only when it is hard."""

    verb: str
    within: str
    kind: str
    kind_name: str
    word: str
    means: str


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step as its role needs to read it."""

    id: str
    title: str
    who: str
    then: str
    phases: str
    clauses: tuple[str, ...]
    clocks: tuple[ClockLine, ...]
    repeat: str
    voluntary: bool
    requires: tuple[str, ...]
    card: str
    law: str
    report: str
    never: tuple[str, ...]
    done_when: str
    levels: str
    findings: tuple[ShownFinding, ...]


@require_safe
def plan(request: Visit, code: str) -> HttpResponse:
    """The plan of a site the person may see, with what is searched for in it."""
    site = found.site_of(request, code)
    edition = found.edition_in_force(site)
    query = query_of(request.GET.get("q", ""))
    given = {
        "site": site,
        "edition": edition,
        "in_force_at": found.LocalTime(site.zone).show(edition.in_force_at),
    }
    return render(
        request, "web/plan.html", _shown(edition, request.language, query) | given | {"query": query}
    )


def _shown(edition: Edition, language: str, query: str) -> dict[str, Any]:
    plan = found.plan_of(edition)
    findings = shown(judge(edition.text, edition.roster_text), language)
    beside = _beside(findings)
    cards = [_card(plan, step, beside, language) for step in plan.steps]
    counts = {kind: sum(1 for clause in plan.clauses if clause.runs_as == kind) for kind in RUNS_AS}
    parts = sections(plan, language)
    return {
        "plan": plan,
        "clauses": [_clause(plan, clause, cards, beside, language) for clause in plan.clauses],
        "steps": cards,
        "parts": parts,
        "hits": search(plan, parts, query, language),
        "coverage": [
            (say(f"plan.runs_as.{kind}", language), count) for kind, count in counts.items() if count
        ],
        "levels": [
            (level.name.in_language(language), tell_level(plan, level, language), level.clauses)
            for level in plan.levels
        ],
        "roles": [_role(plan, role, cards, language) for role in plan.roles],
        "moves": [_move(plan, move, language) for move in plan.moves],
        "words": [_word(plan, word, language) for word in plan.defaults.words],
        "defaults": _defaults(plan, language),
        "findings": findings,
    }


def _beside(findings: tuple[ShownFinding, ...]) -> Mapping[str, tuple[ShownFinding, ...]]:
    """Findings by the part they concern, and by the clause they name."""
    beside: dict[str, tuple[ShownFinding, ...]] = {}
    for one in findings:
        for part in dict.fromkeys((one.part, f"clause:{one.clause}" if one.clause else "")):
            if part:
                beside[part] = (*beside.get(part, ()), one)
    return beside


def _card(plan: Plan, step: Step, beside: Mapping[str, tuple[ShownFinding, ...]], language: str) -> StepCard:
    every = span(step.repeat.every, language) if step.repeat else ""
    return StepCard(
        id=step.id,
        title=step.title.in_language(language),
        who=_names(plan, step.who, language),
        then=_names(plan, _ladder(plan, step), language) if not step.voluntary else "",
        phases=_comma(language).join(say(f"phase.{phase}", language) for phase in step.phases),
        clauses=step.clauses,
        clocks=tuple(_clocks(plan, step, language)),
        repeat=say("plan.every", language, span=every) if every else "",
        voluntary=step.voluntary,
        requires=tuple(need.text.in_language(language) for need in step.requires),
        card=step.card.in_language(language) if step.card else "",
        law=_law(step, language),
        report=report_line(plan, step.report, language) if step.report else "",
        never=tuple(one.in_language(language) for one in step.never),
        done_when=step.done_when.in_language(language) if step.done_when else "",
        levels=_comma(language).join(
            level.name.in_language(language) for level in plan.levels if level.id in step.levels
        ),
        findings=beside.get(f"step:{step.id}", ()),
    )


def _law(step: Step, language: str) -> str:
    if step.law is None:
        return ""
    source = step.law.source.in_language(language)
    return say("planning.article", language, source=source, article=step.law.article)


def _clocks(plan: Plan, step: Step, language: str) -> Iterator[ClockLine]:
    for verb in VERBS:
        if verb in step.clocks:
            yield _clock(plan, verb, step.clocks[verb], language, law=step.law is not None)


def _clock(plan: Plan, verb: Verb, clock: Clock, language: str, *, law: bool) -> ClockLine:
    word = plan.defaults.words.get(clock.word)
    return ClockLine(
        verb=say(f"verb.{verb}", language),
        within=span(clock.within, language),
        kind="law" if law else clock.kind,
        kind_name=say("planning.clock.short.law" if law else f"clock.{clock.kind}", language),
        word=word.name.in_language(language) if word else clock.word,
        means=say(f"clock.{clock.kind}.means", language),
    )


def _clause(
    plan: Plan,
    clause: Clause,
    cards: list[StepCard],
    beside: Mapping[str, tuple[ShownFinding, ...]],
    language: str,
) -> dict[str, Any]:
    cited = [card for card in cards if clause.id in card.clauses]
    levels = [level.name.in_language(language) for level in plan.levels if clause.id in level.clauses]
    roles = [role.name.in_language(language) for role in plan.roles.values() if clause.id in role.clauses]
    return {
        "id": clause.id,
        "text": clause.text.in_language(language),
        "runs_as": clause.runs_as,
        "runs_as_name": say(f"plan.runs_as.{clause.runs_as}", language),
        "note": clause.note.in_language(language) if clause.note else "",
        "steps": cited,
        "levels": levels,
        "roles": roles,
        "findings": beside.get(f"clause:{clause.id}", ()),
    }


def _role(plan: Plan, role: str, cards: list[StepCard], language: str) -> dict[str, Any]:
    mine = [card for card, step in zip(cards, plan.steps, strict=True) if _acts(plan, step, role)]
    return {
        "id": role,
        "name": role_name(plan, role, language),
        "deputies": _names(plan, plan.roles[role].deputies, language),
        "steps": mine,
    }


def _move(plan: Plan, move: Any, language: str) -> dict[str, str]:
    titles = [plan.step[step].title.in_language(language) for step in (*move.after.all, *move.after.any)]
    return {
        "source": say(f"phase.{move.source}", language),
        "target": say(f"phase.{move.target}", language),
        "after": _comma(language).join(titles),
    }


def _word(plan: Plan, word: str, language: str) -> tuple[str, str]:
    soft = plan.defaults.words[word]
    return soft.name.in_language(language), span(soft.within, language)


def _defaults(plan: Plan, language: str) -> dict[str, str]:
    found = plan.defaults
    return {
        "last_rung": role_name(plan, found.last_rung, language),
        "ask_again": span(found.ask_again, language),
        "ring_again": span(found.ring_again, language),
        "done": span(found.done, language),
    }


def _acts(plan: Plan, step: Step, role: str) -> bool:
    return any(role in plan.members(name) for name in step.who)


def _ladder(plan: Plan, step: Step) -> tuple[str, ...]:
    """Who is asked after the first: deputies, the step's ladder, and always the organisation's last rung."""
    deputies = [deputy for name in step.who if name in plan.roles for deputy in plan.roles[name].deputies]
    rungs = (*deputies, *step.ladder, plan.defaults.last_rung)
    return tuple(role for role in dict.fromkeys(rungs) if role not in step.who)


def _names(plan: Plan, roles: tuple[str, ...], language: str) -> str:
    members = dict.fromkeys(member for role in roles for member in plan.members(role))
    return _comma(language).join(role_name(plan, role, language) for role in members)


def _comma(language: str) -> str:
    return "、" if language == "zh" else ", "
