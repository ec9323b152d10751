"""`{% roster_asks %}`: what of rosters and leave waits for the reader, for the page of one's own duty."""

from typing import Any

from django import template
from django.template import Context

from dutyroom.web.roster.changes import open_for
from dutyroom.web.roster.waiting import waiting_for
from dutyroom.wording import say

register = template.Library()


@register.inclusion_tag("web/roster_asks.html", takes_context=True)
def roster_asks(context: Context) -> dict[str, Any]:
    """Nothing on a shared duty phone: it cannot open the page of changes."""
    person, device = context.get("person"), context.get("device")
    language = str(context.get("language", "zh"))
    request: Any = getattr(context, "request", None)
    full = person and device and device.level == "full"
    asks = open_for(person) if person and full else []
    waits = waiting_for(request) if request and full else []
    lines = [(one, say(one.code, language, **one.fields)) for one in waits]
    return {
        "language": language,
        "asks": [(site, row.asked_by.name) for row, site in asks],
        "waits": [(one, line) for one, line in lines if one.asks],
        "told": [(one, line) for one, line in lines if not one.asks],
    }
