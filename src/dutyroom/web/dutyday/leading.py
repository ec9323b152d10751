"""Which page an obligation of the calendar is done on: `address_of(plan, row, key)`."""

from urllib.parse import urlencode

from django.urls import reverse

from dutyroom.core.duties.answering import is_daily_report
from dutyroom.core.duties.occurring import DAY, ROUND
from dutyroom.core.duties.steps import HANDOVER, ROLL_CALL, SUMMARY, kind_of
from dutyroom.core.plan import Plan
from dutyroom.store.models import Case


def address_of(plan: Plan, row: Case, key: str) -> str:
    """Where the obligation is answered; the case's own page for what has none of its own."""
    step, case = key.partition("#")[0], str(row.pk)
    if row.kind == ROUND:
        return reverse("dutyday_round", args=[case])
    if is_daily_report(plan.step.get(step)):
        return f"{reverse('dutyday_report')}?{urlencode({'case': case, 'key': key})}"
    routes = {HANDOVER: "dutyday_handover", ROLL_CALL: "dutyday_answer"}
    if row.kind == DAY and kind_of(step) in routes:
        return f"{reverse(routes[kind_of(step)], args=[case])}?{urlencode({'key': key})}"
    if row.kind == DAY and kind_of(step) == SUMMARY:
        return reverse("dutyday_case", args=[case])
    return reverse("case", args=[case])
