"""Chance without order: each draw is a function of what it is for, `Draws(seed, run).of("P010", "sms", "verify#1")`.

Two runs with the same seed and number draw the same for the same person, channel, obligation and question, whatever
happened before (common random numbers): so a changed plan or roster is compared pair by pair, and the answer does not
depend on the machine, the number of processes or the order of events. BLAKE2b (RFC 7693) is the source; whole numbers
only, so that no machine rounds differently.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist

from dutyroom.core.instants import DAY

BITS = 64
MILLION = 1_000_000
LONGEST = 400 * DAY

_FINE = 4_096  # points of a distribution; its tails end at 1 in 8,192
_SHIFT = BITS - 12
_Z90 = Decimal("1.281551566")  # the standard normal's ninth decile
_EXACT = Context(prec=30)


class Draws:
    """The chance of one run."""

    __slots__ = ("_base",)

    def __init__(self, seed: int, run: int) -> None:
        self._base = blake2b(f"{seed}/{run}".encode(), digest_size=BITS // 8)

    def of(self, *what: str) -> int:
        """A number from 0 to 2**64 - 1, the same for the same words."""
        drawn = self._base.copy()
        drawn.update("\x1f".join(("", *what)).encode())
        return int.from_bytes(drawn.digest(), "big")

    def happens(self, millionths: int, *what: str) -> bool:
        """Whether something comes true that does so in so many of a million cases."""
        return self.of(*what) * MILLION < millionths << BITS

    def value(self, spread: "Distribution", *what: str) -> int:
        """A value of the distribution."""
        return spread.at(self.of(*what))


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution as its ascending, equally likely values: milliseconds, or millionths of a share."""

    values: tuple[int, ...]

    def at(self, drawn: int) -> int:
        """The value that a draw stands for; a greater draw never gives a smaller one."""
        return self.values[drawn * len(self.values) >> BITS]

    def share_within(self, value: int) -> int:
        """How many of a million draws are at most the value."""
        return bisect_left(self.values, value + 1) * MILLION // len(self.values)


def fixed(value: int) -> Distribution:
    """Always the same."""
    return Distribution((value,))


def empirical(values: Sequence[int]) -> Distribution:
    """As it was before: each of the values as likely as the others."""
    return Distribution(tuple(sorted(values)))


@lru_cache(maxsize=256)
def lognormal(median: int, p90: int) -> Distribution:
    """Half of the values are below `median`, nine in ten below `p90`; cut at one in 8,192 on both sides.

    The normal quantiles are rounded to nine digits before they are used, and what follows is decimal arithmetic: so the
    values are the same on every machine.
    """
    if p90 <= median or median <= 0:
        return Distribution((max(0, median),))
    ln_ratio = _EXACT.divide((Decimal(p90) / Decimal(median)).ln(_EXACT), _Z90)
    return Distribution(
        tuple(
            min(LONGEST, int((Decimal(median) * (ln_ratio * z).exp(_EXACT)).to_integral_value()))
            for z in _normal()
        )
    )


@lru_cache(maxsize=1)
def _normal() -> tuple[Decimal, ...]:
    normal = NormalDist()
    return tuple(Decimal(f"{normal.inv_cdf((2 * number + 1) / (2 * _FINE)):.9f}") for number in range(_FINE))
