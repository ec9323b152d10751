"""What an instant and a duration are, and how they are written.

Inside the core a moment is an `Instant`: whole milliseconds since 1970-01-01T00:00Z, an int, so that arithmetic
is exact and fast. Outside (record, JSON) it is ISO 8601 in UTC with milliseconds. Zones of intent are not known here.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, PlainSerializer

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {
    "ms": 1, "s": SECOND, "sec": SECOND, "秒": SECOND,
    "min": MINUTE, "minutes": MINUTE, "分钟": MINUTE, "分": MINUTE,
    "h": HOUR, "hours": HOUR, "小时": HOUR, "时": HOUR,
    "d": DAY, "days": DAY, "日": DAY, "天": DAY,
    "周": 7 * DAY, "weeks": 7 * DAY,
}  # fmt: skip
_PLAIN = re.compile(r"^\s*(\d+)\s*([a-z]+|[一-鿿]+)\s*$")
_WITHIN = re.compile(r"(之内|以内|内)\s*$")
_HALVES = {"半小时": HOUR // 2, "半天": DAY // 2}
_ISO = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


@lru_cache(maxsize=4096)  # one decision writes the same few instants dozens of times
def iso(instant: int) -> str:
    """The instant in ISO 8601, UTC, with milliseconds: `2026-11-23T10:00:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_iso(text: str) -> int:
    """The instant an ISO 8601 text with an offset names.

    Raises ValueError for other text, and for a time without an offset, which names no instant.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return round((moment - _EPOCH) / timedelta(milliseconds=1))


def parse_duration(text: str) -> int:
    """Milliseconds of `30 min`, `2 h`, `7 d`, `30分钟内`, `半小时`, or ISO 8601 `PT30M`. Else raises ValueError."""
    text = _WITHIN.sub("", text)
    if text.strip() in _HALVES:
        return _HALVES[text.strip()]
    plain = _PLAIN.match(text)
    if plain and plain[2] in _UNITS:
        return int(plain[1]) * _UNITS[plain[2]]
    parts = _ISO.match(text.strip())
    if parts and any(parts.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
    raise ValueError(f"not a duration: {text!r}")


def _instant_in(value: object) -> object:
    return parse_iso(value) if isinstance(value, str) else value


def _duration_in(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Instant: TypeAlias = Annotated[int, BeforeValidator(_instant_in), PlainSerializer(iso, return_type=str)]
Milliseconds: TypeAlias = Annotated[int, BeforeValidator(_duration_in)]
