"""What a year of duty came to: by month and kind of obligation, each miss with its end, each hole with its owner.

Values only; `year_data` is the same for programs. Counts obligations and posts. How fast anybody was is not in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dutyroom.core.duties.keeping import Gap
from dutyroom.core.duties.localtime import local_of
from dutyroom.core.duties.steps import CALENDAR, kind_of
from dutyroom.core.instants import Instant, iso
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.state import Case, Obligation
from dutyroom.interpreters.drill.year.scenario import Scenario
from dutyroom.interpreters.drill.year.watch import Broken

KINDS = ("handover", "rollcall", "report", "summary", "check", "issue")
OUTCOMES = ("kept", "late", "lapsed", "waived", "withdrawn", "open")


@dataclass(frozen=True, slots=True)
class Missed:
    """A missed obligation. `why` is down, ill, phone, undone or unanswered; `asked` the post asked in the end."""

    at: Instant
    key: str
    step: str
    kind: str
    role: str
    why: str
    asked: str
    outcome: str
    ended_at: Instant | None


@dataclass(frozen=True, slots=True)
class Unheard:
    """A hole that only a call could show: nobody on the whole ladder answered, or nobody holds the `role`."""

    at: Instant
    key: str
    why: str  # "silent" or "empty"
    role: str
    owner: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month. `special` counts its days by period; `counts` its obligations by kind and outcome."""

    first: date
    days: int
    special: Mapping[str, int]
    counts: Mapping[tuple[str, str], int]

    def count(self, kind: str, *outcomes: str) -> int:
        return sum(self.counts.get((kind, outcome), 0) for outcome in outcomes or OUTCOMES)


@dataclass(frozen=True, slots=True)
class Account:
    """The whole year. `checked` says how often each rule of `watch` was looked at; `passed` counts promises."""

    plan: Plan
    scenario: Scenario
    months: tuple[Month, ...]
    missed: tuple[Missed, ...]
    gaps: tuple[Gap, ...]
    unheard: tuple[Unheard, ...]
    broken: tuple[Broken, ...]
    checked: Mapping[str, int] = field(default_factory=dict)
    cases: int = 0
    events: int = 0
    calls: int = 0
    passed: int = 0

    def count(self, kind: str, *outcomes: str) -> int:
        return sum(month.count(kind, *outcomes) for month in self.months)


def months_of(
    plan: Plan, zone: str, days: Mapping[date, tuple[str, ...]], cases: Iterable[Case]
) -> tuple[Month, ...]:
    """One for each month of the days; what falls due behind the last day counts to its month."""
    counts: dict[date, Counter[tuple[str, str]]] = {day.replace(day=1): Counter() for day in days}
    for case in cases:
        for owed in case.obligations.values():
            if owed.dues:
                first = local_of(owed.dues[0].due_at - 1, zone).date().replace(day=1)
                counts[min(first, max(counts))][kind(plan, owed), outcome(owed)] += 1
    return tuple(_month(first, days, counted) for first, counted in counts.items())


def _month(first: date, days: Mapping[date, tuple[str, ...]], counts: Counter[tuple[str, str]]) -> Month:
    own = [periods for day, periods in days.items() if day.replace(day=1) == first]
    return Month(first, len(own), Counter(name for periods in own for name in periods), counts)


def kind(plan: Plan, owed: Obligation) -> str:
    """Which line of the account an obligation counts to."""
    first = kind_of(owed.step)
    if first == CALENDAR:
        daily = {f"{CALENDAR}.{duty.id}" for duty in plan.calendar if duty.kind == "daily_report"}
        return "report" if owed.step in daily else "check"
    return first if first in KINDS else "check"


def outcome(owed: Obligation) -> str:
    """How it ended: kept, late, or its status. What was done in time and only reached us late is kept."""
    if owed.status != "done":
        return owed.status
    return "late" if set(owed.missed) - set(owed.excused) else "kept"


def ended_at(owed: Obligation) -> Instant | None:
    """When it was done, if it was."""
    mark = owed.marks.get(Verb.DONE)
    return mark.at if mark else None


def joined(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps with those that go on from one another made one, in order of time."""
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: (one.post, one.starts_at)):
        if found and _goes_on(found[-1], gap):
            found[-1] = replace(found[-1], ends_at=gap.ends_at)
        elif gap.starts_at < gap.ends_at:
            found.append(gap)
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.post)))


def _goes_on(before: Gap, gap: Gap) -> bool:
    whole = replace(before, ends_at=gap.ends_at)
    return before.ends_at == gap.starts_at and whole == replace(gap, starts_at=before.starts_at)


def year_data(account: Account) -> dict[str, Any]:
    """The account for programs; times are ISO 8601 in UTC."""
    scenario = account.scenario
    return {
        "id": scenario.id,
        "plan": account.plan.id,
        "from": str(scenario.first),
        "until": str(scenario.last),
        "seed": scenario.seed,
        "cases": account.cases,
        "events": account.events,
        "calls": account.calls,
        "passed_on": account.passed,
        "totals": {name: _counts(account.count, name) for name in KINDS},
        "months": [_month_data(month) for month in account.months],
        "missed": [
            {**_fields(one, "key", "kind", "role", "why", "asked", "outcome"), "at": iso(one.at),
             "ended_at": iso(one.ended_at) if one.ended_at is not None else None}
            for one in account.missed
        ],
        "gaps": [
            {**_fields(one, "post", "role", "least", "kept", "owner"), "from": iso(one.starts_at),
             "until": iso(one.ends_at)}
            for one in account.gaps
        ],
        "unheard": [{**_fields(one, "key", "why", "role", "owner"), "at": iso(one.at)} for one in account.unheard],
        "rules": {
            name: {"checked": account.checked[name], "broken": sum(one.rule == name for one in account.broken)}
            for name in account.checked
        },
    }  # fmt: skip


def _month_data(month: Month) -> dict[str, Any]:
    counts = {name: _counts(month.count, name) for name in KINDS if month.count(name)}
    return {
        "month": f"{month.first:%Y-%m}",
        "days": month.days,
        "special": dict(month.special),
        "counts": counts,
    }


def _counts(count: Any, name: str) -> dict[str, int]:
    return {"opened": count(name), **{one: count(name, one) for one in OUTCOMES}}


def _fields(one: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}
