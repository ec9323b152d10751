"""How sure a number from many runs is: shares (Wilson 1927), quantiles (order statistics), paired differences.

Plain arithmetic only (no logarithm or exponential), so that every machine finds the same last digit.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import isqrt, sqrt

from dutyroom.core.sampled import Difference, Share

_Z95 = 1.959963985  # the standard normal's 97.5 % point


def wilson(count: int, of: int) -> Share:
    """The share with Wilson's score interval, which stays inside 0 to 1 and is right for rare faults too."""
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    share, spread = count / of, _Z95 * _Z95 / of
    half = _Z95 * sqrt(share * (1 - share) / of + spread / (4 * of))
    centre, scale = share + spread / 2, 1 + spread
    low = 0.0 if count == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if count == of else min(1.0, (centre + half) / scale)
    return Share(count, of, round(low, 6), round(high, 6))


@lru_cache(maxsize=256)
def order_bounds(runs: int, percent: int) -> tuple[int, int]:
    """Places (from 0) in the sorted runs between which the quantile lies with at least 95 %.

    Exact: how many runs lie under the true quantile is binomial, whatever the distribution. A place of -1 or `runs`
    lies outside: so few runs do not bound it on that side.
    """
    weights = _binomial(runs, percent)
    total = sum(weights)
    low, below = -1, 0.0
    for count, weight in enumerate(weights):
        below += weight
        if below > 0.025 * total:
            low = count - 1
            break
    high, above = runs, 0.0
    for count in range(runs, -1, -1):
        above += weights[count]
        if above > 0.025 * total:
            high = count
            break
    return low, high


def _binomial(runs: int, percent: int) -> list[float]:
    """Weights of 0 to `runs` under the quantile, relative to the likeliest; what is too small to matter is 0."""
    weights = [0.0] * (runs + 1)
    mode = min(runs, (runs + 1) * percent // 100)
    weights[mode] = 1.0
    odds = percent / (100 - percent)
    reach = 12 * isqrt(runs) + 12
    for count in range(mode + 1, min(runs, mode + reach) + 1):
        weights[count] = weights[count - 1] * (runs - count + 1) / count * odds
    for count in range(mode - 1, max(0, mode - reach) - 1, -1):
        weights[count] = weights[count + 1] * (count + 1) / (runs - count) / odds
    return weights


def paired(differences: Sequence[int], z: float = _Z95) -> Difference:
    """The mean of the differences and its interval, `z` standard errors to both sides. Sums are exact."""
    pairs = len(differences)
    if pairs < 2:
        return Difference(0.0, 0.0, 0.0, pairs)
    total, squares = sum(differences), sum(one * one for one in differences)
    mean = total / pairs
    variance = (pairs * squares - total * total) / (pairs * pairs * (pairs - 1))  # of the mean
    half = z * sqrt(variance)
    return Difference(round(mean, 6), round(mean - half, 6), round(mean + half, 6), pairs)
