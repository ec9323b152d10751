"""Which page an obligation of the calendar is done on: `address_of(plan, case, key)`."""

from urllib.parse import urlencode

from django.urls import reverse

from dutyroom.core.duties.answering import is_daily_report
from dutyroom.core.plan import Plan


def address_of(plan: Plan, case: str, key: str) -> str:
    """Where the obligation is answered; the case's own page for what has none of its own."""
    step = key.partition("#")[0]
    if is_daily_report(plan.step.get(step)):
        return f"{reverse('dutyday_report')}?{urlencode({'case': case, 'key': key})}"
    return reverse("case", args=[case])
