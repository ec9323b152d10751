"""The day's summary laid out for print: finished text under headings, the same as on the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from dutyroom.adapters.documents import Layout, Section
from dutyroom.web.dutyday.gathering import DayView, Handed, Report
from dutyroom.web.showing import Shown


def lay_out(given: Mapping[str, Any], shown: Shown) -> Layout:
    """The document of what `pages` gathered."""
    view: DayView = given["view"]
    return Layout(
        shown.say("dutyday.day.title"),
        f"{given['site_name']} {view.day}",
        tuple(_facts(given, view, shown)),
        (
            _reports(view, shown),
            _handovers(view, shown),
            _roll_calls(view, shown),
            _others(view, shown),
            _incidents(given, shown),
            _issues(given, shown),
            _turns(given, shown),
        ),
        shown.say("dutyday.print.signature"),
        shown.say("dutyday.print.none"),
    )


def _facts(given: Mapping[str, Any], view: DayView, shown: Shown) -> list[tuple[str, str]]:
    stop = "、" if shown.language == "zh" else ", "
    counts = shown.say("dutyday.reports.count", count=len(view.reported), all=len(view.reports))
    found = [
        (shown.say("dutyday.day.of"), str(view.day)),
        (shown.say("dutyday.periods"), stop.join(view.periods) or shown.say("dutyday.periods.none")),
        (shown.say("dutyday.reports"), counts if view.reports else shown.say("dutyday.reports.none")),
        (shown.say("dutyday.print.made"), shown.moment(shown.now)),
    ]
    mark = given["mark"]
    if mark is not None:
        found.append((shown.say("dutyday.checkpoint"), given["mark_line"]))
        found.append((shown.say("dutyday.checkpoint.root"), mark.root))
    return found


def _reports(view: DayView, shown: Shown) -> Section:
    rows = [(one.role, one.due, _report_state(one, shown), one.said, _by(one)) for one in view.reports]
    return _section(shown, "dutyday.reports", ("post", "due", "state", "said", "by"), (3, 2, 3, 6, 3), rows)


def _by(one: Report) -> str:
    return " ".join(part for part in (one.by, one.scribe) if part)


def _report_state(one: Report, shown: Shown) -> str:
    asked = shown.say("dutyday.asked", role=one.asked) if one.asked else ""
    return " ".join(part for part in (one.state_text, one.at, asked) if part)


def _handovers(view: DayView, shown: Shown) -> Section:
    rows = [
        (one.role, one.at, one.accepted or one.state_text, one.by, _said(one, shown))
        for one in view.handovers
    ]
    return _section(
        shown, "dutyday.handovers", ("post", "turn", "accepted", "by", "said"), (3, 2, 2, 3, 6), rows
    )


def _said(one: Handed, shown: Shown) -> str:
    if not one.has:
        return " · ".join(
            part for part in (shown.say("holding.lacking") if one.lacking else "", one.said) if part
        )
    return shown.say("dutyday.still", names=one.has_names)


def _roll_calls(view: DayView, shown: Shown) -> Section:
    rows = [(one.title, one.at, one.state_text) for one in view.roll_calls]
    return _section(shown, "dutyday.roll_calls", ("what", "at", "state"), (6, 2, 3), rows)


def _others(view: DayView, shown: Shown) -> Section:
    rows = [(title, role, shown.say(f"dutyday.state.{state}")) for title, role, state in view.others]
    return _section(shown, "dutyday.others", ("what", "post", "state"), (6, 3, 3), rows)


def _incidents(given: Mapping[str, Any], shown: Shown) -> Section:
    rows = [(one.code, one.kind, one.phase, one.opened) for one in given["incidents"]]
    return _section(shown, "dutyday.incidents", ("code", "what", "state", "since"), (2, 5, 3, 3), rows)


def _issues(given: Mapping[str, Any], shown: Shown) -> Section:
    rows = [(one.kind, one.place, one.text, one.role, one.due) for one in given["issues"]]
    return _section(shown, "dutyday.issues", ("kind", "place", "what", "post", "due"), (2, 3, 5, 3, 2), rows)


def _turns(given: Mapping[str, Any], shown: Shown) -> Section:
    rows = [(one.role, one.since, one.until, one.who) for one in given["turns"]]
    return _section(shown, "dutyday.tomorrow", ("post", "since", "until", "who"), (3, 2, 2, 5), rows)


def _section(
    shown: Shown,
    heading: str,
    columns: tuple[str, ...],
    widths: tuple[int, ...],
    rows: Sequence[tuple[str, ...]],
) -> Section:
    names = tuple(shown.say(f"dutyday.column.{name}") for name in columns)
    return Section(shown.say(heading), names, widths, tuple(rows))
