"""A drill on the duty room's own board, as its case stood at one instant of its time; a slider goes through it.

The same rows and templates as the real board, filled from the drill's events instead of the tables. The address holds
the instant (`t`, seconds since the report), so that it works without script and can be passed on.
"""

from bisect import bisect_right
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dutyroom.core import state
from dutyroom.core.codec import dump_case
from dutyroom.core.events import ActMarked, ActVolunteered, DeadlineMissed, Event, MissExcused
from dutyroom.core.instants import DAY, SECOND, Instant
from dutyroom.core.obligations import obligations, pending
from dutyroom.core.plan import Verb
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Case, Obligation, Site
from dutyroom.store.rows import code_of
from dutyroom.web import board_rows as rows
from dutyroom.web.drilling import desk
from dutyroom.web.drilling.desk import Watched
from dutyroom.web.showing import Shown, zone_of
from dutyroom.web.visit import Visit
from dutyroom.wording.narrate import narrate

MOST_SEEN, LATEST = 30, 5


@require_safe
def page(request: Visit, code: str, drill: UUID) -> HttpResponse:
    """The board at the instant asked for; without one, at the first event."""
    site, row = desk.find(request, code, drill)
    seen = desk.watched(row)
    if seen is None:
        raise Http404
    at = _instant(request, seen)
    shown = Shown(request.language, zone_of(site.zone), at)
    given = {
        "site": site,
        "row": row,
        "title": row.title(request.language),
        "virtual": True,
        "live": row.kind == desk.LIVE,
        "clock": shown.moment(at),
        "since": shown.span(at - seen.starts),
        **_slider(seen, at, shown),
        **board(site, seen, at, shown),
    }
    return render(request, "web/drill_board.html", given)


def board(site: Site, seen: Watched, at: Instant, shown: Shown) -> dict[str, Any]:
    """What the board's template needs, as of `at`."""
    past = seen.until(at)
    case = seen.case(at)
    row = _row(site, seen, case)
    owed = _owed(row, case)
    view = {one.key: one for one in obligations(seen.plan, case)} if owed else {}
    reach = _answers(past)
    down = _outage(seen, at)
    return {
        "on_duty": rows.posts_on_duty(seen.rules, seen.names, reach, shown),
        "owed": rows.owed_rows(owed, {row.id: (seen.plan, view)}, seen.names, shown)[:MOST_SEEN],
        "owed_more": str(len(owed) - MOST_SEEN) if len(owed) > MOST_SEEN else "",
        "cases": rows.case_rows([row], shown) if case.case and case.closed_at is None else (),
        "missed": _missed(row, past, shown)[:MOST_SEEN],
        "outages": _outages(seen, at, shown),
        "last_answer": rows.last_of_all(reach, shown),
        "watch": rows.Watch(not down, True, shown.time(down), 0, "", 0),
        "sites": [],
        "cases_more": "",
        "missed_more": 0,
    }


# ---- the slider


def _instant(request: Visit, seen: Watched) -> Instant:
    text = request.GET.get("t", "")
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return min(max(seen.starts, seen.starts + seconds * SECOND), _last(seen))


def _last(seen: Watched) -> Instant:
    """The whole second at or after the end, so that the slider's right end shows all of it."""
    return seen.starts + -((seen.starts - seen.ended) // SECOND) * SECOND


def _slider(seen: Watched, at: Instant, shown: Shown) -> dict[str, Any]:
    moments = sorted({-((seen.starts - event.at) // SECOND) for event in seen.events})
    now = (at - seen.starts) // SECOND
    here = bisect_right(moments, now)
    return {
        "t": now,
        "last_t": (_last(seen) - seen.starts) // SECOND,
        "before": moments[here - 2] if here > 1 else None,
        "after": moments[here] if here < len(moments) else None,
        "ends": shown.moment(seen.ended),
        "number": sum(event.at <= at for event in seen.events),
        "count": len(seen.events),
        "lines": [_line(seen, event, shown) for event in seen.until(at)[-LATEST:]][::-1],
    }


def _line(seen: Watched, event: Event, shown: Shown) -> tuple[str, str]:
    def name(person: str) -> str:
        return seen.names.get(person, person)

    return shown.time(event.at), narrate(seen.plan, event, shown.language, name, shown.time)


# ---- rows out of a case instead of tables


def _row(site: Site, seen: Watched, case: state.Case) -> Any:
    row: Any = Case(
        id=seen.row.pk,
        tenant=site.tenant,
        site=site,
        edition_id=seen.row.edition_id,
        code=code_of(str(seen.row.pk)),
        phase=case.phase,
        level=case.level,
        exercise=True,
        opened_at=to_datetime(case.opened_at or seen.starts),
        version=case.events,
        state=dump_case(case).decode(),
        head="",
    )
    row.what, row.assists = case.facts.get("kind"), "true" if case.assisting else ""
    return row


def _owed(row: Case, case: state.Case) -> list[Obligation]:
    return [
        _obligation(number, row, owed) for number, owed in enumerate(case.open_obligations()) if owed.dues
    ]


def _obligation(number: int, row: Case, owed: state.Obligation) -> Obligation:
    due = pending(owed)
    return Obligation(
        id=number,
        case=row,
        site=row.site,
        key=owed.key,
        step=owed.step,
        role=owed.role,
        owner_id=owed.owner or None,
        asked=list(owed.asked),
        status=owed.status,
        verb=due.verb.value,
        clock=due.kind.value,
        overdue=any(verb in owed.missed and verb not in owed.marks for verb in Verb),
        opened_at=to_datetime(owed.opened_at),
        due_at=to_datetime(due.due_at),
    )


def _missed(row: Case, past: tuple[Event, ...], shown: Shown) -> tuple[rows.MissedRow, ...]:
    excused = {(event.key, event.verb) for event in past if isinstance(event, MissExcused)}
    found = [
        event
        for event in past
        if isinstance(event, DeadlineMissed) and (event.key, event.verb) not in excused
    ]
    recent = [event for event in reversed(found) if event.at >= shown.now - DAY]
    return tuple(rows.missed_row(row, event, shown) for event in recent)


def _answers(past: tuple[Event, ...]) -> dict[str, Instant]:
    """The last answer of each person so far."""
    return {event.by: event.at for event in past if isinstance(event, ActMarked | ActVolunteered)}


def _outage(seen: Watched, at: Instant) -> Instant | None:
    """Since when nobody has watched, if nobody does at the instant."""
    spans = _spans(seen)
    return next((start for start, end in spans if start <= at < end), None)


def _outages(seen: Watched, at: Instant, shown: Shown) -> tuple[tuple[str, str], ...]:
    return tuple((shown.time(start), shown.time(end)) for start, end in _spans(seen) if end <= at)


def _spans(seen: Watched) -> list[tuple[Instant, Instant]]:
    if seen.script is None:
        return []
    return [(seen.script.starts + one.start, seen.script.starts + one.end) for one in seen.script.outages]
