"""The page “what happens if”: a kind, a level and a time are picked, the plan is played with the real engine.

GET only: nothing is kept, and the address can be passed on. Names posts, never people. With `draft` it plays the text
that is being written instead of the edition in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom.core.commands import Answer
from dutyroom.core.counts import read_count
from dutyroom.core.instants import HOUR, Instant
from dutyroom.core.plan import Fact, Plan
from dutyroom.interpreters.whatif import Supposed, what_if
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Site
from dutyroom.web.case.reading import shown_for
from dutyroom.web.forms_input import Typed
from dutyroom.web.planning import found
from dutyroom.web.planning.drafted import draft_plan
from dutyroom.web.planning.timeline import draw
from dutyroom.web.showing import Shown, zone_of
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.criteria import unit_name

WHEN = ("now", "night", "weekend", "holiday", "at")
CLOCKS = ("hard", "soft", "default", "law")
LASTS = (1, 2, 4, 8, 24)
# Days that are public holidays every year, whatever the State Council moves around them.
_HOLIDAYS = ((1, 1), (5, 1), (10, 1), (10, 2))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was picked, made safe."""

    kind: str
    level: str
    when: str
    at: str
    lasts: int
    starts: Instant
    facts: Mapping[str, Answer]


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The form, and below it the timeline of what was picked."""
    site = found.site_of(request, code)
    plan, roster_text, version = _plan(request, site)
    shown = shown_for(request, site.zone)
    asked = _asked(request.GET, plan, site, shown.now)
    given = {"plan": plan, "site": site, "asked": asked, "version": version, "now": shown.now}
    if "kind" in request.GET:
        supposed = Supposed(
            asked.starts, {**asked.facts, "kind": asked.kind}, asked.level, asked.lasts * HOUR
        )
        played = what_if(found.supposed_rules(plan, roster_text, site), supposed)
        view = Shown(request.language, shown.zone, asked.starts)
        given |= {
            "drawn": draw(plan, played, view),
            "starts": view.moment(asked.starts)[:16],
            "ended": view.say(f"phase.{played.phase}"),
            "stuck": played.phase not in ("closed", "recovery"),
            "periods": _periods(plan, asked, shown),
        }
    return render(request, "web/plan_whatif.html", given | _choices(plan, asked, request.language))


def _plan(request: Visit, site: Site) -> tuple[Plan, str, str]:
    edition = found.edition_in_force(site)
    if request.GET.get("draft"):
        plan = draft_plan(request, site, sound=True)
        if plan is None:
            raise Http404
        return plan, edition.roster_text, say("planning.draft", request.language)
    return found.plan_of(edition), edition.roster_text, edition.version


def _asked(given: Mapping[str, Any], plan: Plan, site: Site, now: Instant) -> Asked:
    typed = Typed(given)
    when = typed.choice("when", frozenset(WHEN), "now")
    lasts = typed.count("lasts")
    at = typed.local_time("at", zone_of(site.zone)) if when == "at" else None
    starts = at if at is not None else _moment(when, now, site)
    default = str(plan.facts["kind"].default) if "kind" in plan.facts else ""
    return Asked(
        kind=typed.choice("kind", frozenset(plan.kinds), default),
        level=typed.choice("level", frozenset(plan.rank), plan.levels[0].id if plan.levels else ""),
        when="now" if when == "at" and at is None else when,
        at=f"{to_datetime(starts).astimezone(zone_of(site.zone)):%Y-%m-%dT%H:%M}",
        lasts=lasts if lasts in LASTS else 4,
        starts=starts,
        facts={name: value for name, fact in plan.facts.items() if (value := _fact(typed, fact)) is not None},
    )


def _fact(typed: Typed, fact: Fact) -> Answer | None:
    """What was supposed of a fact; None where nothing was."""
    given = typed.raw(f"f.{fact.id}")
    if isinstance(fact.default, bool):
        return {"yes": True, "no": False}.get(given)
    if isinstance(fact.default, int) and given:
        count = read_count(int(given) if given.isascii() and given.isdigit() and len(given) < 8 else given)
        return None if count is None else (count.least if count.exact else given)
    return None


def _moment(when: str, now: Instant, site: Site) -> Instant:
    """The next moment of that sort: 02:00, a Saturday at ten, or a day that is a public holiday every year."""
    local = to_datetime(now).astimezone(zone_of(site.zone))
    if when == "now":
        return now
    hour = 2 if when == "night" else 10
    day = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    for ahead in range(400):
        found_day = day + timedelta(days=ahead)
        if found_day > local and _suits(when, found_day):
            return from_datetime(found_day)
    return now


def _suits(when: str, day: datetime) -> bool:
    if when == "weekend":
        return day.weekday() == 5
    return when == "night" or (day.month, day.day) in _HOLIDAYS


def _periods(plan: Plan, asked: Asked, shown: Shown) -> list[str]:
    """The plan's periods that the supposed day is in."""
    day = asked.at[5:10]
    names = []
    for period in plan.periods.values():
        first, last = period.starts[-5:], period.ends[-5:]
        inside = first <= day <= last if first <= last else day >= first or day <= last
        if (period.holidays and asked.when == "holiday") or (first and last and inside):
            names.append(period.name.in_language(shown.language))
    return names


def _choices(plan: Plan, asked: Asked, language: str) -> dict[str, Any]:
    facts = [
        {
            "name": f"f.{fact.id}",
            "label": fact.name.in_language(language),
            "unit": unit_name(fact.unit, language),
            "yes_no": isinstance(fact.default, bool),
            "value": _typed_back(asked.facts.get(fact.id)),
        }
        for fact in plan.facts.values()
        if isinstance(fact.default, bool | int)
    ]
    return {
        "kinds": [(kind, words.in_language(language)) for kind, words in plan.kinds.items()],
        "levels": [(level.id, level.name.in_language(language)) for level in plan.levels],
        "whens": [(when, say(f"planning.when.{when}", language)) for when in WHEN],
        "lasts": [(hours, say("planning.hours", language, count=hours)) for hours in LASTS],
        "clock_kinds": [(one, say(f"planning.clock.{one}", language)) for one in CLOCKS],
        "suppose": facts,
        "supposed": any(asked.facts),
    }


def _typed_back(value: Answer | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
