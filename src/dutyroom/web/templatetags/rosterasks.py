"""`{% roster_asks %}`: changes of turns that wait for the reader's answer, for the page of one's own duty."""

from typing import Any

from django import template
from django.template import Context

from dutyroom.web.roster.changes import open_for

register = template.Library()


@register.inclusion_tag("web/roster_asks.html", takes_context=True)
def roster_asks(context: Context) -> dict[str, Any]:
    """Nothing on a shared duty phone: it cannot open the page of changes."""
    person, device = context.get("person"), context.get("device")
    asks = open_for(person) if person and device and device.level == "full" else []
    return {
        "language": context.get("language", "zh"),
        "asks": [(site, row.asked_by.name) for row, site in asks],
    }
