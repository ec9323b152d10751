"""A small JSON form, for feeds that a weather firm or a city's platform sends: JSON text -> `Alert`.

{"identifier": "…", "sender": "…", "sent": "2026-07-20T08:00:00+08:00", "type": "alert", "status": "actual",
     "supersedes": ["…"], "warnings": [{"event": "暴雨", "colour": "橙", "onset": "…", "expires": "…", "headline": "…",
     "areas": ["江岸区", {"name": "…", "code": "420102"}]}]}
"""

import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from dutyroom.adapters.alerts.values import LONGEST, Faults, colour_of, plain
from dutyroom.core.alerts import CANCEL, UPDATE, Alert, AlertPart, Place, end_of
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant

MOST_PARTS, MOST_PLACES = 100, 500

Read = tuple[Alert | None, tuple[Finding, ...]]


def read_json(text: str, zone: ZoneInfo) -> Read:
    """The alert, and findings at `key`; None if anything is an error."""
    faults = Faults(zone)
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        faults.find("not_json", "")
        return None, tuple(faults.found)
    alert = _alert(given, faults) if isinstance(given, dict) else None
    return (None if faults.is_fatal else alert), tuple(faults.found)


def _alert(given: dict[str, Any], faults: Faults) -> Alert:
    sent_at = faults.time(_text(given, "sent"), "sent", required=True) or 0
    kind = faults.kind(_text(given, "type") or "alert", "type")
    supersedes = _list(given, "supersedes", faults)
    refers_to = tuple(plain(one)[:LONGEST] for one in supersedes if isinstance(one, str) and plain(one))
    parts = _list(given, "warnings", faults)
    if len(parts) > MOST_PARTS:
        faults.find("too_many", "warnings", limit=MOST_PARTS)
    if kind in (UPDATE, CANCEL) and not refers_to:
        faults.find("no_references", "supersedes", kind=kind)
    elif kind != CANCEL and not parts:
        faults.find("missing", "warnings", part="warnings")
    return Alert(
        faults.identifier(_text(given, "identifier"), "identifier"),
        faults.sender(_text(given, "sender"), "sender"),
        sent_at,
        kind,
        faults.status(_text(given, "status") or "actual", "status"),
        tuple(_parts(parts[:MOST_PARTS], sent_at, faults)),
        refers_to,
    )


def _parts(given: list[Any], sent_at: Instant, faults: Faults) -> Iterator[AlertPart]:
    for number, one in enumerate(given):
        place = f"warnings[{number}]"
        if not isinstance(one, dict):
            faults.find("not_an_object", place)
            continue
        event, headline = _text(one, "event"), _text(one, "headline")
        if not event:
            faults.find("missing", f"{place}.event", part="event")
        onset = faults.time(_text(one, "onset"), f"{place}.onset")
        onset_at = sent_at if onset is None else onset
        expires = faults.time(_text(one, "expires"), f"{place}.expires")
        if expires is not None and expires <= onset_at:
            faults.find("reversed", f"{place}.expires", "warning")
        places = tuple(_places(_list(one, "areas", faults)))
        if len(places) > MOST_PLACES:
            faults.find("too_many", f"{place}.areas", limit=MOST_PLACES)
        colour = colour_of(
            _text(one, "colour") or _text(one, "color"), _text(one, "severity"), (event, headline)
        )
        yield AlertPart(
            event[:120], colour, places[:MOST_PLACES], onset_at, end_of(onset_at, expires), headline[:400]
        )


def _places(given: list[Any]) -> Iterator[Place]:
    for one in given:
        if isinstance(one, str) and plain(one):
            yield Place(plain(one)[:LONGEST])
        elif isinstance(one, dict):
            code = _text(one, "code")[:60]
            yield Place(_text(one, "name")[:LONGEST], (code,) if code else ())


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    return plain(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _list(given: dict[str, Any], key: str, faults: Faults) -> list[Any]:
    value = given.get(key, [])
    if value is None or isinstance(value, list):
        return value or []
    faults.find("not_a_list", key)
    return []
