"""The only place that knows the time and makes identifiers.

`SystemClock` is the machine's. `FastClock` runs faster from a fixed beginning, so that a whole incident can be watched
in minutes; only demo data may use it, and every page then says so.
"""

import time
import uuid
from dataclasses import dataclass


class SystemClock:
    """The machine's clock, in milliseconds since 1970-01-01T00:00Z."""

    speed = 1.0

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def real_seconds(self, milliseconds: int) -> float:
        """How long to wait, in real seconds, until this much of the clock's time has passed."""
        return max(0, milliseconds) / 1000


@dataclass(frozen=True)
class FastClock:
    """A clock that showed `shown_at` at the machine's `real_at` (both ms) and has run `speed` times as fast since."""

    real_at: int
    shown_at: int
    speed: float

    def now(self) -> int:
        return self.shown_at + round((time.time_ns() // 1_000_000 - self.real_at) * self.speed)

    def real_seconds(self, milliseconds: int) -> float:
        return max(0, milliseconds) / 1000 / self.speed


def new_id() -> str:
    """A random identifier (UUID version 4): it tells neither time nor order."""
    return str(uuid.uuid4())
