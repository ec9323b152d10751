"""Counts that are not yet known exactly: "3", "3-5", "3+" (at least three), "unknown" as a least and a most.

On a case a count is an int when it is exact and one of these texts when it is not; conditions see the least, and a
level is never lowered because a number has become uncertain.
"""

import re
from dataclasses import dataclass

from dutyroom.core.commands import Answer

UNKNOWN = "unknown"
LARGEST = 1_000_000
_TEXT = re.compile(r"(\d{1,7})(?:(\+)|\s*[-–~～至]\s*(\d{1,7}))?\Z")


@dataclass(frozen=True, slots=True)
class Count:
    """At least `least`, at most `most`; None where nobody can say."""

    least: int
    most: int | None

    @property
    def exact(self) -> bool:
        return self.least == self.most


def read_count(value: Answer | None) -> Count | None:
    """The count an answer states, or None where it states none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Count(value, value) if 0 <= value <= LARGEST else None
    if value == UNKNOWN:
        return Count(0, None)
    found = _TEXT.match(value)
    if not found:
        return None
    least = int(found[1])
    most = None if found[2] else int(found[3] or least)
    return Count(least, most) if (most is None or least <= most) and least <= LARGEST else None


def write_count(count: Count) -> Answer:
    """How a count stands in the record: an int when it is exact."""
    if count.exact:
        return count.least
    if count.most is None:
        return f"{count.least}+" if count.least else UNKNOWN
    return f"{count.least}-{count.most}"


def merged(before: Answer | None, now: Answer) -> Answer:
    """What is known after `now`: "unknown" takes back no certainty, it only opens the upper end."""
    stated = read_count(now)
    known = read_count(before)
    if stated is None:
        return now
    if stated == Count(0, None) and known is not None:
        return write_count(Count(known.least, None))
    return write_count(stated)
