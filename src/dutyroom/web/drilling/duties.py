"""What the plan and the law owe in drills: each calendar duty of kind drill, the last drill that counts, the next day.

A drill counts once its report is signed: a drill that nobody evaluated is none. When a turn ends is `core.packs.dues`'.
"""

from dataclasses import dataclass
from datetime import date

from dutyroom.core.packs.dues import standing
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.store.models import Rehearsal, Site
from dutyroom.web.showing import Shown
from dutyroom.wording import say


@dataclass(frozen=True, slots=True)
class DrillDuty:
    """One duty to drill, in words. `state`: done, due, overdue, unknown (the plan does not say since when it holds)."""

    id: str
    title: str
    every: str
    law: str
    last: str
    last_id: str
    by: str
    state: str
    words: str


def duties(plan: Plan, site: Site, shown: Shown) -> tuple[DrillDuty, ...]:
    """Every duty to drill that the plan has, its packs' among them; the overdue first."""
    today = shown.today()
    found = [_duty(duty, plan, site, shown, today) for duty in plan.calendar if duty.kind == "drill"]
    order = ("overdue", "due", "unknown", "done")
    return tuple(sorted(found, key=lambda one: order.index(one.state)))


def _duty(duty: CalendarDuty, plan: Plan, site: Site, shown: Shown, today: date) -> DrillDuty:
    last = _last(duty, site)
    issued = _date(plan.issued)
    held = shown.day_of(last.started_at) if last else None
    by, state = (None, "unknown") if issued is None else standing(duty, issued, today, held)
    days = (by - today).days if by else 0
    law = say(
        "planning.article",
        shown.language,
        source=duty.law.source.in_language(shown.language),
        article=duty.law.article,
    ) if duty.law else ""  # fmt: skip
    return DrillDuty(
        duty.id,
        duty.title.in_language(shown.language),
        say(f"planning.every.{duty.every}", shown.language),
        law,
        f"{held:%Y-%m-%d}" if held else "",
        str(last.pk) if last else "",
        f"{by:%Y-%m-%d}" if by else "",
        state,
        say(f"drills.duty.{state}", shown.language, by=f"{by:%Y-%m-%d}" if by else "", days=abs(days)),
    )


def _last(duty: CalendarDuty, site: Site) -> Rehearsal | None:
    """The newest drill that was held for the duty and whose report is signed."""
    found = Rehearsal.objects.filter(site=site, duty=duty.id, signed_at__isnull=False)
    return found.defer("result").order_by("-started_at").first()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
