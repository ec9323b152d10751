"""Wishes for the plan: deviations whose reason asks for the plan to change, since the edition in force began."""

import json
from dataclasses import dataclass

from dutyroom.core.instants import iso
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Edition, Entry, Site
from dutyroom.web.showing import Shown

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """One reason, with the case it comes from."""

    case: str
    code: str
    at: str
    reason: str


def wishes(site: Site, edition: Edition, shown: Shown) -> tuple[Wish, ...]:
    """The newest first; what was wished before the edition came into force has been answered by it."""
    since = iso(from_datetime(edition.in_force_at))
    rows = Entry.objects.filter(site=site, type="DeviationJustified", at__gte=since, case__isnull=False)
    found = []
    for row in rows.select_related("case").defer("case__state").order_by("-id")[: SHOWN * 4]:
        body = json.loads(row.body)
        if body.get("change") and row.case is not None:
            found.append(Wish(str(row.case_id), row.case.code, shown.at(row.case.opened_at), body["reason"]))
    return tuple(found[:SHOWN])
