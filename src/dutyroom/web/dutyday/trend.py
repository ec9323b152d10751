"""Conditions over a year: how many issues rounds noted, by kind and month; drawn, and as a table.

By site, never by person or crew. A number under five is shown as a band, and there are no totals from which it could be
worked out.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom.adapters.plots.drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    WIDTH,
    Plot,
    Table,
    box,
    document,
    legend,
    line,
    text,
)  # fmt: skip
from dutyroom.core.duties.localtime import day_of, instant_of
from dutyroom.core.duties.occurring import KINDS
from dutyroom.core.duties.steps import RAISE, issue_kinds
from dutyroom.core.instants import DAY, iso, parse_iso
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Site
from dutyroom.store.scope import cases_for, entries_for
from dutyroom.web.case.reading import shown_for
from dutyroom.web.planning import found
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

MONTHS, MOST_ENTRIES = 12, 5_000
LONGEST_ROUND = 92 * DAY  # issues are noted in cases that were opened so long before, at the most
LEAST = 5  # a smaller number could point at somebody
_COLOURS = (BLUE, ORANGE, GREEN, SKY, PURPLE, RED, FAINT)
_LEFT, _TOP, _HEIGHT, _SHOWN_AS = 60, 90, 220, 2.5

Counts = Mapping[str, Mapping[str, int]]


@require_safe
def page(request: Visit, code: str) -> HttpResponse:
    """The last twelve months of a site."""
    site = found.site_of(request, code)
    shown = shown_for(request, site.zone)
    months = months_until(shown.today())
    plot = draw(months, _counts(request, site, months[0]), shown)
    given: dict[str, Any] = {"site": site, "site_name": site.name(request.language), "plots": [plot]}
    return render(request, "web/dutyday_trend.html", given)


def months_until(day: date) -> list[str]:
    """The twelve months (`2027-06`) that end with the day's."""
    last = day.year * 12 + day.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - MONTHS + 1, last + 1)]


def _counts(request: Visit, site: Site, first: str) -> Counts:
    """Issues noted, by kind and month."""
    since = instant_of(date.fromisoformat(f"{first}-01"), "00:00", site.zone)
    # By way of the calendar's cases, which have an index: a site's whole record is not read for a picture.
    opened = to_datetime(since - LONGEST_ROUND)
    cases = cases_for(request.person).filter(site=site, kind__in=KINDS, opened_at__gte=opened).values("pk")
    rows = entries_for(request.person).filter(case__in=cases, type="ActVolunteered", at__gte=iso(since))
    counts: dict[str, dict[str, int]] = {}
    for at, body in rows.order_by("-id").values_list("at", "body")[:MOST_ENTRIES]:
        said = json.loads(body)
        if said.get("step") == RAISE:
            month = f"{day_of(parse_iso(at), site.zone):%Y-%m}"
            of_kind = counts.setdefault(str(said["answers"].get("kind", "other")), {})
            of_kind[month] = of_kind.get(month, 0) + 1
    return counts


def banded(count: int) -> str:
    """The number as it may be shown."""
    return str(count) if count == 0 or count >= LEAST else f"1–{LEAST - 1}"


def draw(months: list[str], counts: Counts, shown: Shown) -> Plot:
    """A group of bars a month; what is banded is drawn at one height, hollow."""
    title = shown.say("dutyday.trend.title")
    names = {kind: words.in_language(shown.language) for kind, words in issue_kinds().items()}
    kinds = [kind for kind in names if counts.get(kind)]
    rows = tuple((month, *(banded(counts[kind].get(month, 0)) for kind in kinds)) for month in months)
    table = Table((shown.say("dutyday.trend.month"), *(names[kind] for kind in kinds)), rows if kinds else ())
    parts = [text(12, 26, title, bold=True, size=16)]
    if not kinds:
        parts.append(text(12, 54, shown.say("dutyday.trend.none")))
        return Plot(document(title, 70, parts), table, title)
    colours = dict(zip(kinds, _COLOURS, strict=False))
    signs, below = legend(12, 52, [(box(-12, -6, 24, 12, colours[kind]), names[kind]) for kind in kinds])
    top = max(_TOP, below + 24)
    parts += [signs, *_bars(months, kinds, counts, colours, top)]
    return Plot(document(title, top + _HEIGHT + 40, parts), table, title)


def _bars(
    months: list[str], kinds: list[str], counts: Counts, colours: Mapping[str, str], top: float
) -> Iterator[str]:
    most = max([LEAST * 2, *(count for kind in kinds for count in counts[kind].values())])
    bottom, wide = top + _HEIGHT, (WIDTH - _LEFT - 12) / len(months)
    for value in (0, most // 2, most):
        y = bottom - value / most * _HEIGHT
        yield line(_LEFT, y, WIDTH - 12, y, FAINT)
        yield text(_LEFT - 8, y + 4.5, str(value), "end")
    for place, month in enumerate(months):
        left, bar = _LEFT + place * wide + 3, (wide - 6) / len(kinds)
        yield text(left + wide / 2 - 3, bottom + 20, month[2:], "middle")
        for number, kind in enumerate(kinds):
            count = counts[kind].get(month, 0)
            if count:
                high = (count if count >= LEAST else _SHOWN_AS) / most * _HEIGHT
                fill = colours[kind] if count >= LEAST else "#ffffff"
                edge = INK if count >= LEAST else colours[kind]
                yield box(left + number * bar, bottom - high, max(bar - 1, 2), high, fill, edge=edge)
    yield line(_LEFT, bottom, WIDTH - 12, bottom)
