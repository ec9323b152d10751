"""The calendar of a site's duty: a month or a week, by post or by person; on a phone the same days as a list.

Everybody on the site's roster sees it; who leads may also change it. The page refuses to decide who is on duty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from dutyroom import wiring
from dutyroom.core.calendar.periods import day_span
from dutyroom.store.calendars import calendar_of
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Site
from dutyroom.web.access import class_of
from dutyroom.web.case.reading import shown_for
from dutyroom.web.dutyday.holding import kept_here
from dutyroom.web.planning import found
from dutyroom.web.roster import days, people
from dutyroom.web.roster.turns import Turn, by_day, by_person, by_post, empties_of, standing_of, turns_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

LEADS = ("leader", "superior")
VIEWS, LINES = ("month", "week"), ("post", "person")
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the reader looks at: the day that was asked for, a month or a week around it, lines of posts or people."""

    at: date
    view: str
    by: str

    @property
    def span(self) -> tuple[date, date]:
        return days.month_of(self.at) if self.view == "month" else days.week_of(self.at)

    def query(self, **changed: object) -> str:
        """The address of this look with something changed."""
        given = {"at": f"{self.at}", "view": self.view, "by": self.by} | {
            k: str(v) for k, v in changed.items()
        }
        return urlencode(given)


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The calendar."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    looked = _looked(request, shown)
    first, last = looked.span
    span = (day_span(first, shown.zone)[0], day_span(last, shown.zone)[1])
    turns = turns_of(site, plan, span, shown, str(request.person.pk))
    empties = empties_of(turns, span, shown)
    calendar = calendar_of(wiring.pool(), str(site.pk))
    marked = days.days_of(plan, calendar, (first, last), days.open_spans(site), shown)
    leads = class_of(request, code) in LEADS
    others = people.who_takes_turns(site, {one.role for one in turns}) if leads else ()
    rows = by_post(marked, turns, empties, shown) if looked.by == "post" else by_person(marked, turns, others)
    listed = by_day(marked, turns, empties)
    begins = shown.today() if first <= shown.today() <= last else first
    given: dict[str, Any] = {
        "site": site,
        "looked": looked,
        "title": _title(looked, shown),
        "ways": _ways(looked, shown),
        "days": marked,
        "rows": rows,
        "listed": [one for one in listed if one.day.date >= begins],
        "earlier": [one for one in listed if one.day.date < begins],
        "now": [one for one in turns_of(site, plan, (shown.now, shown.now + 1), shown, "") if one.now],
        "kept": kept_here(site, shown),
        "standing": standing_of(site, plan, shown),
        "holes": any(day.hole for day in marked),
        "to_fill": [_to_fill(one, shown) for one in turns if one.away and not one.over],
        "empties": [one for one in empties if not one.covered],
        "missing": [one.place for one in calendar.calendar.missing(first, last)],
        "may_lead": leads,
        "done": _done(request),
    }
    return render(request, "web/roster.html", given)


def _to_fill(turn: Turn, shown: Shown) -> tuple[Turn, str]:
    """A turn whose holder is not there, and the question who steps in on its days."""
    days = {
        name: f"{shown.day_of(to_datetime(at))}"
        for name, at in (("from", turn.starts_at), ("until", turn.ends_at))
    }
    return turn, urlencode({"person": turn.person, **days})


def _looked(request: Visit, shown: Shown) -> Looked:
    """What the address asks for; whatever cannot be read is today, this month, by post."""
    try:
        at = date.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        at = shown.today()
    at = at if at.year in _YEARS else shown.today()
    view, by = request.GET.get("view", ""), request.GET.get("by", "")
    return Looked(at, view if view in VIEWS else VIEWS[0], by if by in LINES else LINES[0])


def _title(looked: Looked, shown: Shown) -> str:
    first, last = looked.span
    if looked.view == "month":
        return shown.say(
            "rosterpages.month", year=first.year, month_zh=first.month, month_en=f"{first.month:02}"
        )
    return shown.say("rosterpages.week", first=f"{first:%Y-%m-%d}", last=f"{last:%m-%d}")


def _ways(looked: Looked, shown: Shown) -> Mapping[str, str]:
    """Addresses of the looks beside this one."""
    first, last = looked.span
    return {
        "before": looked.query(at=first - timedelta(days=1)),
        "after": looked.query(at=last + timedelta(days=1)),
        "today": looked.query(at=shown.today()),
        **{view: looked.query(view=view) for view in VIEWS},
        **{by: looked.query(by=by) for by in LINES},
    }


def _done(request: Visit) -> str:
    """The code of what has just been carried out, where the page was led to from there."""
    done = request.GET.get("done", "")
    return f"rosterpages.done.{done}" if done in DONE else ""


DONE = ("swap", "override", "repair", "published")


def back(site: Site, at: date | None = None, done: str = "") -> str:
    """The address of the calendar, on a day, with word of what was done."""
    query = {name: str(value) for name, value in (("at", at), ("done", done)) if value}
    return f"{reverse('roster', args=[site.code])}?{urlencode(query)}"
