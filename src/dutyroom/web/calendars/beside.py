"""Warnings on the board: how many wait for a person, so that none waits unseen. One small query."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dutyroom.store.instants import to_datetime
from dutyroom.store.models import ReceivedWarning, Site
from dutyroom.web.showing import Shown

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many warnings wait; `code` is the site of the latest."""

    code: str
    count: int


def waiting(sites: QuerySet[Site], shown: Shown) -> Waiting | None:
    """The warnings of these sites that wait and are not over; what cancels one has no end of its own."""
    rows = ReceivedWarning.objects.filter(site__in=sites, state="waiting")
    now = to_datetime(shown.now)
    rows = rows.filter(ended_at=None).exclude(expires_at__lte=now, kind__in=("alert", "update"))
    codes = list(rows.order_by("-received_at").values_list("site__code", flat=True)[:MOST_COUNTED])
    return Waiting(codes[0], len(codes)) if codes else None
