"""The rows of the board, each list from one bounded query or from rules already in memory."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.db.models.expressions import RawSQL

from dutyroom import wiring
from dutyroom.core.codec import load_case, load_event
from dutyroom.core.events import DeadlineMissed
from dutyroom.core.instants import DAY, HOUR, SECOND, Instant, iso, parse_iso
from dutyroom.core.obligations import Owed, obligations
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Case, Channel, Delivery, Entry, Obligation, Outage, Pulse, Site
from dutyroom.web.case.reading import names_of, rules_of
from dutyroom.web.showing import Shown
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import role_name, step_title

# The misses of a day are looked for in the newest cases that still ran in it.
MOST_MISSED, MOST_LOOKED_AT, MOST_OUTAGES, MOST_COUNTED = 30, 100, 3, 100
# Nobody watches once every worker has been silent for this long (real time).
SILENT = 60 * SECOND
# An answer older than this says little about whether a person can be reached tonight.
STALE = 24 * HOUR


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post now. `hole`: nobody holds it; `mute`: who holds it has no channel that we can call on.

    `comes`: its turn is over, those named keep it until these have accepted it.
    """

    role: str
    names: tuple[str, ...]
    since: str
    until: str
    standing: bool
    hole: bool
    mute: bool
    answered: str
    stale: bool
    comes: str = ""


@dataclass(frozen=True, slots=True)
class OwedRow:
    """Something owed; the same step owed by several posts of a group at the same time is one row."""

    at: Instant
    case: str
    code: str
    title: str
    text: str
    role: str
    owner: str
    verb: str
    due: str
    until: str
    kind: str
    kind_id: str
    overdue: bool
    next_role: str
    asked: int
    exercise: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: str
    code: str
    kind: str
    phase: str
    phase_id: str
    level: str
    level_id: str
    opened: str
    age: str
    site: str
    exercise: bool
    assisting: bool


@dataclass(frozen=True, slots=True)
class MissedRow:
    case: str
    code: str
    title: str
    role: str
    verb: str
    due: str
    kind: str
    kind_id: str
    while_down: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """Whether the system itself is awake, and what it has not been able to send."""

    alive: bool
    ever: bool
    pulse: str
    unsent: int
    unsent_age: str
    failed: int


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """Since when we know that a real person can be reached."""

    when: str
    ago: str
    stale: bool


Reach = Mapping[str, Instant]


def on_duty(site: Site, names: Mapping[str, str], reach: Reach, shown: Shown) -> tuple[OnDuty, ...]:
    """Every post of the plan: holes first, then posts that rotate, then standing ones."""
    rules = rules_of(site)
    return posts_on_duty(rules, names, reach, shown) if rules is not None else ()


def posts_on_duty(
    rules: PlanInForce, names: Mapping[str, str], reach: Reach, shown: Shown
) -> tuple[OnDuty, ...]:
    """As `on_duty`, by rules that are known already: a drill has its own roster."""
    found = [_on_duty(rules, role, names, reach, shown) for role in rules.plan.roles]
    return tuple(sorted(found, key=lambda row: (not (row.hole or row.mute), row.standing)))


def owed_rows(
    owed: Iterable[Obligation],
    states: Mapping[UUID, tuple[Plan, Mapping[str, Owed]]],
    names: Mapping[str, str],
    shown: Shown,
) -> tuple[OwedRow, ...]:
    """What is owed, with who owes it and who is asked next if it is not done; exercises last."""
    groups: dict[tuple[object, ...], list[Obligation]] = {}
    for row in owed:
        group = (row.case_id, row.step, row.verb, row.due_at, row.overdue) if not row.owner_id else (row.id,)
        groups.setdefault(group, []).append(row)
    known = (rows for rows in groups.values() if rows[0].case_id in states)
    found = (_owed(rows, *states[rows[0].case_id], names, shown) for rows in known)
    return tuple(sorted(found, key=lambda row: (row.exercise, not row.overdue, row.at)))


def states_of(owed: Sequence[Obligation]) -> dict[UUID, tuple[Plan, dict[str, Owed]]]:
    """For each case of the rows its plan and what it owes by key; one query."""
    cases = Case.objects.filter(id__in={row.case_id for row in owed})
    return {row.id: _state(row) for row in cases}


def names_on_board(site: Site, owed: Iterable[Obligation], now: Instant) -> dict[str, str]:
    """Names of who is on duty and of who has taken what is owed; one query."""
    rules = rules_of(site)
    holders = (
        {one for role in rules.plan.roles for one in rules.roster.holders(role, now)} if rules else set()
    )
    return names_of(holders | {str(row.owner_id) for row in owed if row.owner_id})


def with_kind(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with their kind and who commands, read inside the database: a line of a list needs no whole state."""
    return cases.annotate(
        what=RawSQL("(store_case.state::jsonb) -> 'facts' ->> 'kind'", []),
        assists=RawSQL("(store_case.state::jsonb) ->> 'assisting'", []),
    )


def case_rows(cases: Iterable[Any], shown: Shown) -> tuple[CaseRow, ...]:
    """Open cases, the newest first."""
    return tuple(_case(row, wiring.case_rules(row).plan, shown) for row in cases)


def missed(cases: QuerySet[Case], shown: Shown) -> tuple[MissedRow, ...]:
    """Deadlines missed in the last 24 hours, the newest first; not what turned out to have been in time.

    Exercises are kept apart: what was missed in one stands in its report, not among what was missed in earnest.
    """
    since = shown.now - DAY
    # Two ways to be found, each with its index: excluding what was closed long ago would read all of it.
    ran = (
        cases.filter(exercise=False)
        .filter(Q(closed_at=None) | Q(closed_at__gte=to_datetime(since)))
        .order_by("-opened_at")
        .defer("state")
    )
    looked_at = {row.id: row for row in ran[:MOST_LOOKED_AT]}
    entries = Entry.objects.filter(
        case__in=list(looked_at), type__in=("DeadlineMissed", "MissExcused"), at__gte=iso(since)
    )
    read = list(entries.order_by("-id").values_list("case_id", "type", "body")[: MOST_MISSED * 4])
    excused = {
        (case, body["key"], body["verb"])
        for case, kind, text in read
        if kind == "MissExcused" and (body := json.loads(text))
    }
    found = [
        (looked_at[case], load_event(kind, json.loads(text)))
        for case, kind, text in read
        if kind == "DeadlineMissed"
    ]
    kept = [
        (row, e)
        for row, e in found
        if isinstance(e, DeadlineMissed) and (row.id, e.key, e.verb) not in excused
    ]
    return tuple(missed_row(row, event, shown) for row, event in kept[:MOST_MISSED])


def outages(shown: Shown) -> tuple[tuple[str, str], ...]:
    """Spans of the last 24 hours in which no worker was alive."""
    found = Outage.objects.filter(ends_at__gt=to_datetime(shown.now - DAY)).order_by("-ends_at")[
        :MOST_OUTAGES
    ]
    return tuple((shown.at(one.starts_at), shown.at(one.ends_at)) for one in found)


def watch(shown: Shown, sites: QuerySet[Site]) -> Watch:
    """The workers' last sign of life, and what waits to be sent."""
    beat: datetime | None = Pulse.objects.aggregate(last=Max("beat_at"))["last"]
    silent = shown.now - from_datetime(beat) if beat else None
    waiting = Delivery.objects.filter(site__in=sites, state__in=("queued", "sending"))
    oldest = list(waiting.order_by("created_at").values_list("created_at", flat=True)[:MOST_COUNTED])
    day = to_datetime(shown.now) - timedelta(days=1)
    failed = Delivery.objects.filter(site__in=sites, state__in=("refused", "failed"), created_at__gt=day)
    return Watch(
        silent is not None and silent <= SILENT * wiring.clock().speed,
        silent is not None,
        shown.at(beat) if silent and silent > SILENT * wiring.clock().speed else "",
        len(oldest),
        shown.span(shown.now - from_datetime(oldest[0])) if oldest else "",
        len(failed.values_list("id", flat=True)[:MOST_COUNTED]),
    )


def last_answers(sites: QuerySet[Site]) -> dict[str, Instant]:
    """The last instant at which each person answered anything: acts in the newest cases, and answers on a channel."""
    newest = (
        Case.objects.filter(site__in=sites)
        .order_by("-opened_at")
        .values_list("id", flat=True)[:MOST_LOOKED_AT]
    )
    acts = Entry.objects.filter(case__in=list(newest), type__in=("ActMarked", "ActVolunteered")).values_list(
        "actor"
    )
    found = {actor: parse_iso(at) for actor, at in acts.annotate(last=Max("at"))}
    channels = Channel.objects.filter(person__site__in=sites, answered_at__isnull=False).values_list(
        "person_id"
    )
    for person, at in channels.annotate(last=Max("answered_at"))[:MOST_COUNTED]:
        found[str(person)] = max(found.get(str(person), 0), from_datetime(at))
    return found


def last_of_all(reach: Reach, shown: Shown) -> LastAnswer | None:
    """The newest answer of anybody; None if nobody has ever answered."""
    if not reach:
        return None
    at = max(reach.values())
    return LastAnswer(shown.time(at), shown.ago(at), shown.now - at > STALE)


def capped(found: QuerySet[Any], shown: int) -> str:
    """How many more there are than are shown; beyond a hundred nobody counts."""
    more = len(found.order_by().values_list("id", flat=True)[: MOST_COUNTED + shown + 1]) - shown
    return f"{MOST_COUNTED}+" if more > MOST_COUNTED else str(more) if more > 0 else ""


def _state(row: Case) -> tuple[Plan, dict[str, Owed]]:
    plan, case = wiring.case_rules(row).plan, load_case(row.state)
    return plan, {owed.key: owed for owed in obligations(plan, case)}


def _on_duty(rules: PlanInForce, role: str, names: Mapping[str, str], reach: Reach, shown: Shown) -> OnDuty:
    holders = rules.roster.holders(role, shown.now)
    turn = next(
        (
            one
            for one in rules.roster.periods
            if one.role == role and one.starts_at <= shown.now < one.ends_at
        ),
        None,
    )
    comes = _still_to_accept(rules, role, shown.now)
    has = [person for person in holders if person not in comes]
    answered = [reach[person] for person in has if person in reach]
    last = max(answered, default=None)
    return OnDuty(
        role_name(rules.plan, role, shown.language),
        tuple(names.get(person) or shown.say("case.somebody") for person in has),
        shown.time(turn.starts_at) if turn else "",
        shown.time(turn.ends_at) if turn else "",
        turn is None,
        not holders,
        bool(holders) and not rules.reachable(role, shown.now),
        shown.ago(last) if last is not None else "",
        last is None or shown.now - last > STALE,
        listed([names.get(person) or shown.say("case.somebody") for person in comes], shown.language),
    )


def _still_to_accept(rules: PlanInForce, role: str, now: Instant) -> tuple[str, ...]:
    """Whose turn has begun while others still keep the post; nobody where it was handed over."""
    here = [one for one in rules.roster.periods if one.role == role and one.starts_at <= now < one.ends_at]
    keeps = {one.person for one in here if one.place < 0} | set(rules.roster.standing.get(role, ()))
    if all(one.place >= 0 for one in here):
        return ()
    coming = sorted((one for one in here if one.place >= 0), key=lambda one: one.place)
    return tuple(dict.fromkeys(one.person for one in coming if one.person not in keeps))


def _owed(
    rows: Sequence[Obligation], plan: Plan, owed: Mapping[str, Owed], names: Mapping[str, str], shown: Shown
) -> OwedRow:
    row, one = rows[0], owed.get(rows[0].key)
    # A row knows the deadline that comes next; where one has passed, the board shows that one.
    due, verb, kind = from_datetime(row.due_at), row.verb, row.clock
    if one and one.overdue:
        due, verb, kind = one.due.due_at, one.due.verb, one.due.kind
    stop = "、" if shown.language == "zh" else ", "
    roles = stop.join(dict.fromkeys(role_name(plan, each.role, shown.language) for each in rows))
    key = row.key if len(rows) == 1 and "@" not in row.key else row.step
    return OwedRow(
        due,
        str(row.case_id),
        row.case.code,
        step_title(plan, key, shown.language),
        one.text if one else "",
        roles,
        names.get(str(row.owner_id), "") if row.owner_id else "",
        shown.say(f"verb.{verb}"),
        shown.time(due),
        shown.until(due),
        shown.say(f"clock.short.{kind}"),
        kind,
        row.overdue or due < shown.now,
        role_name(plan, one.next_role, shown.language) if one else "",
        len({person for each in rows for person in each.asked}),
        row.case.exercise,
    )


def _case(row: Any, plan: Plan, shown: Shown) -> CaseRow:
    levels = {level.id: level.name.in_language(shown.language) for level in plan.levels}
    kinds = {kind: words.in_language(shown.language) for kind, words in plan.kinds.items()}
    what = row.what or (str(plan.facts["kind"].default) if "kind" in plan.facts else "")
    opened = from_datetime(row.opened_at)
    return CaseRow(
        str(row.id),
        row.code,
        kinds.get(what, what),
        shown.say(f"phase.{row.phase}"),
        row.phase,
        levels.get(row.level, ""),
        row.level,
        shown.time(opened),
        shown.span(shown.now - opened),
        row.site.name(shown.language),
        row.exercise,
        row.assists == "true",
    )


def missed_row(row: Case, event: DeadlineMissed, shown: Shown) -> MissedRow:
    """One missed deadline of a case."""
    plan = wiring.case_rules(row).plan
    return MissedRow(
        str(row.id),
        row.code,
        step_title(plan, event.key, shown.language),
        role_name(plan, event.role, shown.language),
        shown.say(f"verb.{event.verb}"),
        shown.time(event.due_at),
        shown.say(f"clock.short.{event.kind}"),
        event.kind,
        event.while_down,
    )
