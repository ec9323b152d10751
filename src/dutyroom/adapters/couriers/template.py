"""The shape of a gateway's request, filled with one message: a structure, never text pasted into text.

The organisation writes the body as a table; every string in it may hold `{name}`. The table is filled first
and encoded afterwards, so nothing that a person typed can close a quote or start a second field. One pass
fills all placeholders, so a value that looks like a placeholder stays what it is.

A table with the single key `$json` stands for its content written as JSON into a string, which some
gateways want.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from dutyroom.adapters.couriers.plain import one_line
from dutyroom.ports import Message

NAMES = frozenset(
    {"address", "text", "subject", "link", "delivery_id", "attempt", "language", "severity"},
)
AS_JSON = "$json"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def values(message: Message) -> dict[str, str]:
    """What each placeholder stands for."""
    return {name: str(getattr(message, name)) for name in NAMES}


def unknown_names(shape: object) -> list[str]:
    """The placeholders of a shape that nothing fills, in order."""
    return [name for text in _strings(shape) for name in _PLACEHOLDER.findall(text) if name not in NAMES]


def filled(shape: Any, by_name: Mapping[str, str]) -> Any:
    """The shape with every placeholder filled."""
    if isinstance(shape, str):
        return _fill(shape, by_name)
    if isinstance(shape, list):
        return [filled(each, by_name) for each in shape]
    if isinstance(shape, dict):
        if set(shape) == {AS_JSON}:
            return json.dumps(filled(shape[AS_JSON], by_name), ensure_ascii=False)
        return {name: filled(each, by_name) for name, each in shape.items()}
    return shape


def filled_url(url: str, by_name: Mapping[str, str]) -> str:
    """The address with every value percent-encoded, so that it stays within its place."""
    return _fill(url, {name: quote(value, safe="") for name, value in by_name.items()})


def filled_header(text: str, by_name: Mapping[str, str]) -> str:
    """A header's value on one line of ASCII; other letters, and %, are percent-encoded."""
    safe = " !#$&'()*+,/:;=?@[]~"
    return _fill(text, {name: quote(one_line(value), safe=safe) for name, value in by_name.items()})


def encoded(shape: Mapping[str, Any], encoding: str) -> tuple[str, bytes]:
    """Content type and bytes of a filled shape, as "json" or as "form"."""
    if encoding == "form":
        flat = {name: each if isinstance(each, str) else json.dumps(each) for name, each in shape.items()}
        return "application/x-www-form-urlencoded; charset=utf-8", urlencode(flat).encode("ascii")
    return "application/json; charset=utf-8", json.dumps(shape, ensure_ascii=False).encode()


def _fill(text: str, by_name: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: by_name.get(found.group(1), found.group(0)), text)


def _strings(shape: object) -> Iterator[str]:
    if isinstance(shape, str):
        yield shape
    elif isinstance(shape, Mapping):
        for each in shape.values():
            yield from _strings(each)
    elif isinstance(shape, list):
        for each in shape:
            yield from _strings(each)
