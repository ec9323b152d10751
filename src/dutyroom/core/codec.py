"""How events and cases are written as JSON and read back, exactly. Instants become ISO 8601 texts."""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from dutyroom.core.events import EVENTS, Event
from dutyroom.core.state import Case


@lru_cache(maxsize=64)
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(Case if name == "Case" else EVENTS[name])


def event_type(event: Event) -> str:
    """The name under which the event stands in the record."""
    return type(event).__name__


def dump_event(event: Event) -> dict[str, Any]:
    """The event's fields as plain JSON values."""
    body: dict[str, Any] = _adapter(event_type(event)).dump_python(event, mode="json")
    return body


def load_event(name: str, body: dict[str, Any]) -> Event:
    """The event of that name. Raises KeyError for an unknown name, ValueError for a body that does not fit."""
    event: Event = _adapter(name).validate_python(body)
    return event


def dump_case(case: Case) -> bytes:
    """The case as JSON: a cache of its events, which rebuild it."""
    return _adapter("Case").dump_json(case)


def load_case(text: bytes | str) -> Case:
    """The case from its JSON."""
    case: Case = _adapter("Case").validate_json(text)
    return case
