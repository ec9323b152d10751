"""What single changes do: the mean difference of each and its interval, against the line of no difference."""

from dutyroom.adapters.plots.drawing import (
    BLUE,
    FAINT,
    INK,
    WIDTH,
    Plot,
    Table,
    document,
    label,
    legend,
    line,
    mark,
    text,
)
from dutyroom.core.sampled import Comparison, Effect
from dutyroom.wording import say
from dutyroom.wording.sampling import change_text, number_difference, time_difference

_LEFT, _RIGHT, _ROW = 372, WIDTH - 30, 38
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


def differences(comparison: Comparison, lang: str) -> Plot:
    """The plot of deadlines not kept, and as its table also the time to the start of the response."""
    title = say("plot.differences", lang)
    ends = [edge for one in comparison.effects for edge in (one.unkept.low, one.unkept.high)]
    low, high = min((*ends, -0.01)) * 1.05, max((*ends, 0.01)) * 1.05
    shown = mark("square", 0, 0, BLUE), say("plot.differences.shown", lang)
    none = mark("ring", 0, 0, INK), say("plot.differences.none", lang)
    signs, below = legend(12, 52, [shown, none])
    top, bottom = below + 36, below + 36 + _ROW * len(comparison.effects)

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT)

    parts = [text(12, 26, title, bold=True, size=16), signs]
    for value in _ticks(low, high):
        parts += [line(x(value), top - 4, x(value), bottom, FAINT)]
        parts.append(text(x(value), top - 9, f"{value:+g}" if value else "0", "middle"))
    parts.append(line(x(0), top - 4, x(0), bottom, INK, 1.4))
    for number, one in enumerate(comparison.effects):
        y = top + number * _ROW + _ROW / 2
        parts.append(label(_LEFT - 14, y, change_text(one.change, comparison, lang), _LEFT - 30))
        parts += _interval(one, x(one.unkept.low), x(one.unkept.mean), x(one.unkept.high), y)
    parts.append(text((_LEFT + _RIGHT) / 2, bottom + 22, say("plot.differences.x", lang), "middle"))
    return Plot(document(title, bottom + 36, parts), _table(comparison, lang), title)


def _interval(effect: Effect, low: float, mean: float, high: float, y: float) -> list[str]:
    colour = BLUE if effect.unkept.shown else INK
    ends = [line(edge, y - 5, edge, y + 5, colour, 1.6) for edge in (low, high)]
    return [
        line(low, y, high, y, colour, 2),
        *ends,
        mark("square" if effect.unkept.shown else "ring", mean, y, colour),
    ]


def _ticks(low: float, high: float) -> list[float]:
    step = next((one for one in _STEPS if (high - low) / one <= 7), _STEPS[-1])
    first, last = int(low / step) - 1, int(high / step) + 1
    return [round(place * step, 6) for place in range(first, last + 1) if low <= place * step <= high]


def _table(comparison: Comparison, lang: str) -> Table:
    head = tuple(say(f"chance.head.{one}", lang) for one in ("change", "change_unkept", "change_started"))
    rows = (
        (
            change_text(one.change, comparison, lang),
            number_difference(one.unkept, lang),
            time_difference(one.started, lang),
        )
        for one in comparison.effects
    )
    return Table(head, tuple(rows))
