"""CAP 1.2 (OASIS) and the Chinese warning form modelled on it (GB/T 35965.1): XML text -> `Alert`.

Read without a schema, because what the field sends seldom has one: any namespace, the Chinese form's time with a space,
elements that nobody listed. A document type definition is refused before the parser sees one (entities that grow,
files that are fetched), and so are depth and numbers of elements that no warning has.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError, iterparse
from zoneinfo import ZoneInfo

from dutyroom.adapters.alerts.values import LONGEST, Faults, colour_of
from dutyroom.core.alerts import CANCEL, UPDATE, Alert, AlertPart, Place, end_of
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant

MOST_ELEMENTS = 20_000
DEEPEST = 12
MOST_PARTS, MOST_PLACES = 100, 500

_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_COLOUR_NAMES = frozenset(
    {"colour", "color", "severitycolor", "severitycolour", "warningcolor", "level", "级别", "颜色"}
)

Read = tuple[Alert | None, tuple[Finding, ...]]


def read_cap(text: str, zone: ZoneInfo) -> Read:
    """The alert, and findings at `element`; None if anything is an error."""
    faults = Faults(zone)
    root = _parse(text, faults)
    if root is None:
        return None, tuple(faults.found)
    if _name(root) != "alert":
        faults.find("not_an_alert", _name(root)[:40], root=_name(root)[:40])
        return None, tuple(faults.found)
    alert = _alert(root, faults)
    return (None if faults.is_fatal else alert), tuple(faults.found)


def _parse(text: str, faults: Faults) -> Element | None:
    # Refused wherever it stands, in a comment too: to find out which ones count is what such texts play with.
    if _FORBIDDEN.search(text):
        faults.find("dtd", "")
        return None
    # A declaration names the encoding of bytes that are text by now.
    body = _DECLARED.sub("", text, count=1).encode()
    try:
        return _root(body, faults)
    except (ParseError, ValueError) as error:
        line, column = getattr(error, "position", (1, 0))
        faults.find("not_xml", f"{line}:{column + 1}")
        return None


def _root(body: bytes, faults: Faults) -> Element | None:
    """Read event by event, so that what is beyond reason is left alone as soon as it is."""
    depth = count = 0
    root: Element | None = None
    for event, element in iterparse(BytesIO(body), ("start", "end")):  # noqa: S314 - no DTD gets here
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST or count > MOST_ELEMENTS:
            faults.find("too_deep", "", depth=DEEPEST, count=MOST_ELEMENTS)
            return None
    return root


def _alert(root: Element, faults: Faults) -> Alert:
    sent_at = faults.time(_text(root, "sent"), "sent", required=True) or 0
    kind = faults.kind(_text(root, "msgType"), "msgType")
    refers_to = tuple(_references(_text(root, "references")))
    infos = [child for child in root if _name(child) == "info"]
    if len(infos) > MOST_PARTS:
        faults.find("too_many", "info", limit=MOST_PARTS)
    if kind in (UPDATE, CANCEL) and not refers_to:
        faults.find("no_references", "references", kind=kind)
    elif kind != CANCEL and not infos:
        faults.find("missing", "info", part="info")
    return Alert(
        faults.identifier(_text(root, "identifier"), "identifier"),
        faults.sender(_text(root, "sender"), "sender"),
        sent_at,
        kind,
        faults.status(_text(root, "status"), "status"),
        tuple(_one_language([_part(info, sent_at, faults) for info in infos[:MOST_PARTS]], infos)),
        refers_to,
    )


def _part(info: Element, sent_at: Instant, faults: Faults) -> AlertPart:
    event, headline = _text(info, "event") or _text(info, "eventType"), _text(info, "headline")
    if not event:
        faults.find("missing", "event", part="event")
    onset = faults.time(_text(info, "onset"), "onset") or faults.time(_text(info, "effective"), "effective")
    onset_at = sent_at if onset is None else onset
    expires = faults.time(_text(info, "expires"), "expires")
    if expires is not None and expires <= onset_at:
        faults.find("reversed", "expires", "warning")
    places = tuple(_places(info))
    if len(places) > MOST_PLACES:
        faults.find("too_many", "area", limit=MOST_PLACES)
    colour = colour_of(_colour(info), _text(info, "severity"), (event, headline))
    return AlertPart(
        event[:120], colour, places[:MOST_PLACES], onset_at, end_of(onset_at, expires), headline[:400]
    )


def _one_language(parts: list[AlertPart], infos: list[Element]) -> Iterator[AlertPart]:
    """Each part once: an info that says the same in another language is dropped, the first one stays."""
    seen: set[tuple[object, ...]] = set()
    languages = {_text(info, "language").casefold() for info in infos}
    for part in parts:
        what = (part.colour, part.onset_at, part.expires_at, tuple(place.codes for place in part.places))
        if len(languages) > 1 and what in seen and any(place.codes for place in part.places):
            continue
        seen.add(what)
        yield part


def _places(info: Element) -> Iterator[Place]:
    for area in info:
        if _name(area) == "area":
            codes = (
                (_text(code, "value") or (code.text or "").strip())[:60]
                for code in area
                if _name(code) == "geocode"
            )
            yield Place(_text(area, "areaDesc")[:LONGEST], tuple(code for code in codes if code))


def _colour(info: Element) -> str:
    """A colour element of its own, or a CAP parameter or event code whose name says that it is one."""
    for child in info:
        if _name(child).casefold() in _COLOUR_NAMES:
            return (child.text or "").strip()
        if (
            _name(child) in ("parameter", "eventCode")
            and _text(child, "valueName").casefold() in _COLOUR_NAMES
        ):
            return _text(child, "value")
    return ""


def _references(text: str) -> Iterator[str]:
    """The identifiers of triples `sender,identifier,sent`; a bare identifier, as some feeds write it, is one too.

    The Chinese form's time has a space in it, so that a triple may be torn apart at the blank: the torn-off end is no
    identifier.
    """
    words = [word for word in text.split() if word]
    torn = {
        number + 1
        for number, (one, other) in enumerate(pairwise(words))
        if one.count(",") == 2 and re.fullmatch(r"\d\d:\d\d(:\d\d)?([+-]\d\d:?\d\d)?", other)
    }
    for number, word in enumerate(words):
        if number not in torn:
            parts = word.split(",")
            yield (parts[1] if len(parts) >= 2 else parts[0])[:LONGEST]


def _name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _text(parent: Element, name: str) -> str:
    wanted = name.casefold()
    for child in parent:
        if _name(child).casefold() == wanted:
            return " ".join((child.text or "").split()) if wanted != "references" else (child.text or "")
    return ""
