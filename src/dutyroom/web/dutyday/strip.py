"""The duty day in one line of the board, and what of rounds, issues and the plan's upkeep is overdue.

Handed over or not, who is on duty until when, reports in and missing, roll calls, periods in force: each leads on to
the day's own page, so that the board's lists stay those of incidents.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dutyroom import wiring
from dutyroom.core.duties.occurring import DAY, KINDS, ROUND, UPKEEP
from dutyroom.core.roster import END
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Obligation, Site
from dutyroom.store.scope import cases_for, obligations_for
from dutyroom.web.case.reading import names_of, rules_of
from dutyroom.web.dutyday.gathering import DayView, gather
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import role_name, step_title

OVERDUE = ("over", "missed")
MOST_LATE, MOST_NAMED, MOST_LOOKED_AT = 10, 3, 60


@dataclass(frozen=True, slots=True)
class Sign:
    """One item of the strip. `tone`: good, bad, busy or plain."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Late:
    """Something of a round, an issue or the plan's upkeep that is overdue."""

    title: str
    role: str
    due: str
    until: str
    code: str
    address: str


def versions(request: Visit, sites: QuerySet[Site]) -> list[tuple[UUID, int]]:
    """Changes with anything that the strip and the list of what is overdue show; one small query."""
    found = cases_for(request.person).filter(site__in=sites, kind__in=KINDS, closed_at=None)
    return list(found.order_by("-opened_at").values_list("pk", "version")[:MOST_LOOKED_AT])


def strip(request: Visit, site: Site, shown: Shown) -> tuple[Sign, ...]:
    """Today's signs; none where no duty day runs."""
    view = gather(request, site, shown.today(), shown)
    if not view.parts:
        return ()
    late = any(
        one.has for one in view.waiting
    )  # then it says who still has the duty, and that is who is on duty
    found = [_handovers(view, shown), *([] if late else _on_duty(site, shown))]
    found += [*_reports(view, shown), *_roll_calls(view, shown)]
    if view.periods:
        found.append(Sign(listed(view.periods, shown.language), "busy"))
    return tuple(found)


def _handovers(view: DayView, shown: Shown) -> Sign:
    late = [one for one in view.waiting if one.has]
    if late:
        return Sign(
            shown.say("dutyday.still", names=listed([one.has_names for one in late], shown.language)), "bad"
        )
    if not view.handovers:
        return Sign(shown.say("dutyday.handovers.none"), "plain")
    over = next((one for one in view.handovers if one.state in OVERDUE), None)
    if over is not None:
        return Sign(shown.say("holding.strip.not_handed", time=over.at), "bad")
    done = [one for one in view.handovers if one.accepted]
    if not done:
        return Sign(shown.say("dutyday.strip.to_hand", time=view.handovers[0].at), "plain")
    text = shown.say("dutyday.strip.handed", time=done[-1].accepted)
    short = next((one for one in done if one.lacking), None)
    if short is not None:
        return Sign(f"{text} · {shown.say('holding.lacking')} · {short.said}", "busy")
    return Sign(text, "busy" if any(one.state == "late" for one in done) else "good")


def _on_duty(site: Site, shown: Shown) -> list[Sign]:
    """The first post of the plan that rotates: who has it, and until when."""
    rules = rules_of(site)
    roles = dict.fromkeys(post.role for post in rules.plan.posts.values()) if rules else {}
    for role in roles:
        people, _, until = rules.roster.holders_span(role, shown.now) if rules else ((), 0, 0)
        if rules and people and until < END:
            names = names_of(people)
            who = listed([names.get(one, "") or shown.say("case.somebody") for one in people], shown.language)
            name = role_name(rules.plan, role, shown.language)
            text = shown.say("dutyday.strip.on_duty", role=name, names=who, until=shown.time(until))
            return [Sign(text, "plain")]
    return []


def _reports(view: DayView, shown: Shown) -> list[Sign]:
    wanted = [one for one in view.reports if one.state not in ("early", "void")]
    if not wanted:
        return []
    count = shown.say("dutyday.strip.reports", count=len(view.reported), all=len(view.reports))
    missing = view.missing
    if not missing:
        return [Sign(count, "busy" if any(one.state == "late" for one in wanted) else "good")]
    names = listed([one.role for one in missing[:MOST_NAMED]], shown.language)
    more = "…" if len(missing) > MOST_NAMED else ""
    late = any(one.state in OVERDUE for one in missing)
    return [
        Sign(f"{count} · {shown.say('dutyday.strip.missing', names=names + more)}", "bad" if late else "busy")
    ]


def _roll_calls(view: DayView, shown: Shown) -> list[Sign]:
    if not view.roll_calls:
        return []
    over = [one for one in view.roll_calls if one.state in OVERDUE]
    # One over its limit is what the line is about, whatever was answered after it.
    last = over[-1] if over else view.roll_calls[-1]
    tone = "bad" if over else "good" if last.state == "done" else "busy"
    return [Sign(shown.say("dutyday.strip.roll_call", time=last.at, state=last.state_text), tone)]


def overdue(request: Visit, sites: QuerySet[Site], shown: Shown) -> tuple[tuple[Late, ...], int]:
    """What is overdue of rounds, issues and upkeep at the sites, the oldest first; and how many more there are."""
    found = obligations_for(request.person).filter(
        site__in=sites, status="open", overdue=True, case__kind__in=(ROUND, UPKEEP, DAY)
    )
    found = found.exclude(case__kind=DAY, step__startswith="calendar.").exclude(step__startswith="rollcall.")
    found = found.exclude(step__startswith="handover.").exclude(step__startswith="summary.")
    rows: list[Any] = list(found.select_related("case", "site").order_by("due_at", "id")[: MOST_LATE + 1])
    return tuple(_late(row, shown) for row in rows[:MOST_LATE]), max(0, len(rows) - MOST_LATE)


def _late(row: Obligation, shown: Shown) -> Late:
    plan = wiring.case_rules(row.case).plan
    return Late(
        step_title(plan, row.key, shown.language), role_name(plan, row.role, shown.language), shown.at(row.due_at),
        shown.until(from_datetime(row.due_at)), row.case.code, address_of(plan, row.case, row.key),
    )  # fmt: skip
