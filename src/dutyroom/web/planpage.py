"""The plan in force as a page: clauses with what carries them out, clocks by where their numbers come from, findings.

Names posts, never people. What the plan says and no program can carry out is shown as such, with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom import wiring
from dutyroom.core.checks import check
from dutyroom.core.phases import PHASES
from dutyroom.core.plan import VERBS, Clause, Clock, Plan, Step, Verb
from dutyroom.store.models import Edition
from dutyroom.store.scope import sites_for
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name, span, tell


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


@require_safe
def plan(request: Visit, code: str) -> HttpResponse:
    """The plan of a site the person may see."""
    site = sites_for(request.person).filter(code=code).first()
    if site is None:
        raise Http404
    edition = Edition.objects.filter(site=site).order_by("-in_force_at").first()
    if edition is None:
        raise Http404
    rules = wiring.record().rules(str(site.pk))
    shown = _shown(rules.plan, request.language)
    in_force = edition.in_force_at.astimezone(ZoneInfo(site.zone)).strftime("%Y-%m-%d %H:%M")
    return render(
        request, "web/plan.html", shown | {"site": site, "edition": edition, "in_force_at": in_force}
    )


def _shown(plan: Plan, language: str) -> dict[str, Any]:
    cards = [_card(plan, step, language) for step in plan.steps]
    clauses = [_clause(plan, clause, cards, language) for clause in plan.clauses]
    counts = {kind: sum(1 for clause in plan.clauses if clause.runs_as == kind) for kind in _RUNS_AS}
    return {
        "plan": plan,
        "clauses": clauses,
        "coverage": [
            (say(f"plan.runs_as.{kind}", language), count) for kind, count in counts.items() if count
        ],
        "levels": [
            (level.name.in_language(language), _readable(plan, level.when, language), level.clauses)
            for level in plan.levels
        ],
        "roles": [_role(plan, role, cards, language) for role in plan.roles],
        "phases": [(phase, say(f"phase.{phase}", language)) for phase in PHASES],
        "moves": [_move(plan, move, language) for move in plan.moves],
        "words": [_word(plan, word, language) for word in plan.defaults.words],
        "defaults": _defaults(plan, language),
        "findings": [
            (found.severity, found.place.split(":")[0], tell(found, language)) for found in check(plan)
        ],
    }


_RUNS_AS = ("rules", "product", "judgement", "not_executed")


def _card(plan: Plan, step: Step, language: str) -> StepCard:
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
    )


def _clocks(plan: Plan, step: Step, language: str) -> Iterator[ClockLine]:
    for verb in VERBS:
        if verb in step.clocks:
            yield _clock(plan, verb, step.clocks[verb], language)


def _clock(plan: Plan, verb: Verb, clock: Clock, language: str) -> ClockLine:
    word = plan.defaults.words.get(clock.word)
    return ClockLine(
        verb=say(f"verb.{verb}", language),
        within=span(clock.within, language),
        kind=clock.kind,
        kind_name=say(f"clock.{clock.kind}", language),
        word=word.name.in_language(language) if word else clock.word,
        means=say(f"clock.{clock.kind}.means", language),
    )


def _clause(plan: Plan, clause: Clause, cards: list[StepCard], language: str) -> dict[str, Any]:
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
    }


def _readable(plan: Plan, condition: str, language: str) -> str:
    """A condition with the facts' names and words for its signs; what this does not know stays as it is written."""

    def name(found: re.Match[str]) -> str:
        fact = plan.facts.get(found[1])
        return fact.name.in_language(language) if fact else found[0]

    text = re.sub(r"facts\.(\w+)", name, condition)
    signs = {"||": "or", "&&": "and"}
    text = re.sub(r"\|\||&&", lambda sign: say(f"plan.condition.{signs[sign[0]]}", language), text)
    return text.replace(">=", "≥").replace("<=", "≤").replace(" in [", " ∈ [")


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
