"""How long incidents take to each milestone: shares over a logarithmic time, with the half and nine in ten marked."""

from html import escape
from math import log10

from dutyroom.adapters.plots.drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    RED,
    WIDTH,
    Plot,
    Table,
    document,
    legend,
    line,
    mark,
    number,
    text,
    tick_label,
)
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND
from dutyroom.core.sampled import Quantile, Sample, Spread
from dutyroom.wording import say
from dutyroom.wording.sampling import milestone, percent, rough

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, WIDTH - 24, 74, 400
_SIGNS = (
    (BLUE, "", "circle"),
    (ORANGE, "9 3", "square"),
    (GREEN, "2 3", "triangle"),
    (RED, "12 3 2 3", "diamond"),
    (PURPLE, "5 5", "cross"),
)
_TIMES = (
    SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 4 * DAY, 15 * DAY, 60 * DAY, 400 * DAY,
)  # fmt: skip


def distribution(sample: Sample, lang: str) -> Plot:
    """The plot, and as its table every quantile with its 95 % interval."""
    title = say("plot.distribution", lang)
    scale = _Scale(sample)
    parts = [text(_LEFT - 50, 26, title, bold=True, size=16)]
    entries = []
    for spread, (colour, dash, shape) in zip(sample.milestones, _SIGNS, strict=True):
        sign = line(-12, 0, 12, 0, colour, 2.4, dash) + mark(shape, 0, 0, colour)
        entries.append((sign, milestone(spread.what, lang)))
    signs, _ = legend(_LEFT - 50, 52, entries)
    parts += [signs, *_axes(scale, lang)]
    for spread, (colour, dash, shape) in zip(sample.milestones, _SIGNS, strict=True):
        parts += _curve(spread, scale, colour, dash, shape)
    parts.append(text(_LEFT - 50, _BOTTOM + 66, say("plot.distribution.marks", lang)))
    return Plot(document(title, _BOTTOM + 80, parts), _table(sample, lang), title)


class _Scale:
    """Time to the left and right, logarithmic, over what the sample has."""

    def __init__(self, sample: Sample) -> None:
        times = [max(time, SECOND) for spread in sample.milestones for time in spread.curve] or [MINUTE, HOUR]
        self.first = max((one for one in _TIMES if one <= min(times)), default=SECOND)
        self.last = max(2 * self.first, max(times))

    def x(self, time: int) -> float:
        share = log10(max(time, self.first) / self.first) / log10(self.last / self.first)
        return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _axes(scale: _Scale, lang: str) -> list[str]:
    parts = []
    for tenths in range(0, 101, 25):
        y = _y(tenths / 100)
        parts += [
            line(_LEFT, y, _RIGHT, y, INK if tenths == 0 else FAINT),
            text(_LEFT - 6, y + 4, f"{tenths} %", "end"),
        ]
    for time in _TIMES:
        if scale.first <= time <= scale.last:
            x = scale.x(time)
            parts += [
                line(x, _TOP, x, _BOTTOM + 5, FAINT),
                text(x, _BOTTOM + 20, tick_label(time, lang), "middle"),
            ]
    middle = (_LEFT + _RIGHT) / 2
    parts.append(text(middle, _BOTTOM + 42, say("plot.distribution.x", lang), "middle"))
    up = say("plot.distribution.y", lang)
    centre = number((_TOP + _BOTTOM) / 2)
    turned = f'transform="rotate(-90 14 {centre})" x="14" y="{centre}"'
    parts.append(f'<text {turned} text-anchor="middle">{escape(up)}</text>')
    return parts


def _curve(spread: Spread, scale: _Scale, colour: str, dash: str, shape: str) -> list[str]:
    if not spread.curve:
        return []
    step = 1 / 200
    points = " ".join(
        f"{number(scale.x(time))},{number(_y(place * step))}" for place, time in enumerate(spread.curve)
    )
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.4"{dashed}/>']
    for one in spread.quantiles:
        if one.percent in (50, 90) and one.value is not None:
            drawn.append(mark(shape, scale.x(one.value), _y(one.percent / 100), colour))
    return drawn


def _table(sample: Sample, lang: str) -> Table:
    percents = [one.percent for one in sample.milestones[0].quantiles]
    heads = (say("chance.head.percent", lang, percent=one) for one in percents)
    head = (say("plot.milestone", lang), *heads, say("chance.head.never", lang))
    rows = tuple(
        (
            milestone(one.what, lang),
            *(_bounded(quantile, lang) for quantile in one.quantiles),
            percent(one.never.value),
        )
        for one in sample.milestones
    )
    return Table(head, rows)


def _bounded(one: Quantile, lang: str) -> str:
    if one.value is None:
        return "—"
    value, low, high = (rough(time, lang) for time in (one.value, one.low, one.high))
    return say("chance.bounded", lang, value=value, low=low, high=high)
