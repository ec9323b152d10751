"""The duty table of a month or a year as a file: to print and post, or to open as a spreadsheet."""

import re
from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dutyroom import wiring
from dutyroom.adapters.documents.dutytable import Asked, duty_table, table_pdf, table_workbook
from dutyroom.core.calendar.periods import day_span
from dutyroom.core.plan import Plan
from dutyroom.core.roster import DutyPeriod, Roster
from dutyroom.store.calendars import calendar_of
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Duty, Site
from dutyroom.web.case.reading import shown_for
from dutyroom.web.planning import found
from dutyroom.web.roster.days import month_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

FORMS = {
    "pdf": (table_pdf, "application/pdf"),
    "xlsx": (table_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@require_safe
def table(request: Visit, code: str) -> HttpResponse:
    """The file; whatever month or form cannot be read is this month's, to print."""
    site = found.site_of(request, code)
    plan = found.plan_of(found.edition_in_force(site))
    shown = shown_for(request, site.zone)
    first, last = _span(request, shown)
    form = request.GET.get("form", "")
    make, media_type = FORMS.get(form, FORMS["pdf"])
    body = make(duty_table(_asked(site, plan, (first, last), shown)))
    answer = HttpResponse(body, content_type=media_type)
    name = f"duty-{first:%Y-%m}" if last.month == first.month else f"duty-{first:%Y}"
    ending = form if form in FORMS else "pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


def _span(request: Visit, shown: Shown) -> tuple[date, date]:
    parts = _MONTH.fullmatch(request.GET.get("month", ""))
    at = date(int(parts[1]), int(parts[2]), 1) if parts else shown.today()
    if request.GET.get("span") == "year":
        return at.replace(month=1, day=1), at.replace(month=12, day=31)
    return month_of(at)


def _asked(site: Site, plan: Plan, days: tuple[date, date], shown: Shown) -> Asked:
    since, until = (to_datetime(day_span(day, shown.zone)[end]) for end, day in enumerate(days))
    rows = Duty.objects.filter(site=site, standing=False, starts_at__lt=until, ends_at__gt=since)
    turns = list(rows.select_related("person").order_by("starts_at", "place"))
    periods = tuple(
        DutyPeriod(
            one.role, str(one.person_id), from_datetime(one.starts_at), from_datetime(one.ends_at), one.place
        )
        for one in turns
        if one.ends_at
    )
    held = {one.role for one in turns}
    calendar = calendar_of(wiring.pool(), str(site.pk))
    return Asked(
        plan,
        Roster({}, periods),
        calendar.calendar,
        calendar.declared,
        {str(one.person_id): one.person.name for one in turns},
        tuple(role for role in plan.roles if role in held),
        *days,
        shown.zone,
        site.name(shown.language),
        site.duty_phone,
        shown.today(),
        shown.language,
    )
