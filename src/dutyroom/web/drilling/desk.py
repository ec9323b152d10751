"""A drill as a page finds it: its row in the reader's scope, the rules it ran under, and its events as they happened.

A live exercise has its events in its case's record, a simulated drill in its result; from here on they are the same.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from dutyroom import wiring
from dutyroom.core import state
from dutyroom.core.codec import load_event
from dutyroom.core.events import Event
from dutyroom.core.evolve import replay
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.drill import Script, read_script
from dutyroom.store import rehearsals
from dutyroom.store.models import Edition, Entry, Person, Rehearsal, Site
from dutyroom.store.scope import rehearsals_for
from dutyroom.web.case.reading import names_of
from dutyroom.web.planning import found
from dutyroom.web.visit import Visit

LIVE, RANDOM, SCRIPTED = "live", "random", "scripted"

# Reading a script takes longer than showing the page that lists it.
_SCRIPTS: dict[tuple[str, str, tuple[str, ...]], Script | None] = {}
_MOST_SCRIPTS = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """A drill script that came with the edition. `script` is None where it no longer fits the plan."""

    number: int
    script: Script | None
    text: str

    def title(self, language: str) -> str:
        """What it rehearses; empty for one that does not fit."""
        return self.script.title.in_language(language) if self.script else ""


@dataclass(frozen=True)
class Watched:
    """What happened in a drill, from `starts` to `ended`, under the rules of its day. `names` are holders of posts."""

    row: Rehearsal
    rules: PlanInForce
    script: Script | None
    starts: Instant
    ended: Instant
    events: tuple[Event, ...]
    names: dict[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.rules.plan

    def until(self, instant: Instant) -> tuple[Event, ...]:
        """The events up to an instant, itself included."""
        return tuple(event for event in self.events if event.at <= instant)

    def case(self, instant: Instant | None = None) -> state.Case:
        """The case as it stood then; without an instant, at the end."""
        return replay(self.events if instant is None else self.until(instant))


def find(request: Visit, code: str, drill: UUID) -> tuple[Site, Rehearsal]:
    """The site and its rehearsal, if they are the reader's to see. Raises Http404."""
    site = found.site_of(request, code)
    rows = rehearsals_for(request.person).select_related("edition", "case", "site", "started_by", "signed_by")
    row = rows.filter(site=site, pk=drill).first()
    if row is None:
        raise Http404
    return site, row


def is_over(row: Rehearsal) -> bool:
    """Whether its report may be signed: a simulated drill is done, an exercise's response is over."""
    over = row.kind == LIVE and row.case is not None and row.case.phase in ("recovery", "closed")
    return over or row.state == "done"


def last_of_kind(row: Rehearsal) -> Rehearsal | None:
    """The drill before this one that is over: in the same way, of the same matter."""
    same = Q(title_zh=row.title_zh) | (Q(script=row.script) & ~Q(script=""))
    over = Q(state="done") | Q(case__phase__in=("recovery", "closed"))
    found = Rehearsal.objects.filter(
        same, over, site=row.site_id, kind=row.kind, started_at__lt=row.started_at
    )
    return found.select_related("edition", "case", "site").order_by("-started_at").first()


def rules_for(site: Site, edition: Edition) -> PlanInForce:
    """The edition with its roster and the channels of today, as a simulated drill plays it."""
    in_force = wiring.record().rules_of(str(site.pk), str(edition.pk))
    people = rehearsals.channels_of(wiring.pool(), str(site.pk))
    return rehearsals.drill_rules(in_force, edition.roster_text, people)


def offered(edition: Edition, rules: PlanInForce) -> list[Offered]:
    """The scripts that came with the edition, in their order."""
    texts = [text for text in edition.drills if isinstance(text, str)]
    return [Offered(number, _read(text, rules), text) for number, text in enumerate(texts)]


def watched(row: Rehearsal) -> Watched | None:
    """What there is to watch; None while nothing has come of it yet, and for what failed."""
    if row.kind == LIVE:
        return _live(row)
    result = result_of(row)
    if not result.get("events"):
        return None
    rules = rules_for(row.site, row.edition)
    events = _events(row.result)
    names = dict(Person.objects.filter(tenant=row.tenant, ends_at=None).values_list("number", "name"))
    script = _read(row.script, rules)
    return Watched(row, rules, script, int(result["starts"]), int(result["ended"]), events, names)


def result_of(row: Rehearsal) -> dict[str, Any]:
    """What came of it, as the worker wrote it; empty before."""
    return _parsed(row.result) if row.result else {}


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@lru_cache(maxsize=8)
def _events(result: str) -> tuple[Event, ...]:
    return tuple(load_event(name, body) for name, body in _parsed(result)["events"])


def _live(row: Rehearsal) -> Watched | None:
    case = row.case
    if case is None:
        return None
    rules = wiring.case_rules(case)
    entries = Entry.objects.filter(case=case).order_by("case_seq").values_list("type", "body")
    events = tuple(load_event(kind, json.loads(body)) for kind, body in entries)
    acting = {
        str(person) for event in events for person in (getattr(event, "by", ""), getattr(event, "person", ""))
    }
    names = names_of(
        acting | {person for role in rules.plan.roles for person in rules.roster.standing.get(role, ())}
    )
    return Watched(row, rules, None, events[0].at, events[-1].at, events, names)


def _read(text: str, rules: PlanInForce) -> Script | None:
    key = (text, rules.plan.source_sha256, tuple(sorted(rules.people)))
    if key not in _SCRIPTS:
        if len(_SCRIPTS) >= _MOST_SCRIPTS:
            _SCRIPTS.clear()
        _SCRIPTS[key] = read_script(text, rules.plan, rules.roster)[0]
    return _SCRIPTS[key]
