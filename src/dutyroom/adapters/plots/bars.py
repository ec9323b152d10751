"""Where time is lost: one bar a deadline, filled by the kind of its clock."""

from dutyroom.adapters.plots.drawing import (
    FAINT,
    KINDS,
    WIDTH,
    Plot,
    Table,
    box,
    document,
    label,
    legend,
    line,
    patterns,
    text,
    tick_label,
    ticks,
    wide,
)
from dutyroom.core.sampled import Sample
from dutyroom.wording import say
from dutyroom.wording.sampling import deadline, rough, with_bounds

_LEFT, _RIGHT, _ROW = 330, WIDTH - 130, 34
_ID = "lost"


def lost_time(sample: Sample, lang: str) -> Plot:
    """The plot of the twelve deadlines that cost most time during the incident, and its table."""
    title, rows = say("plot.lost", lang), sample.slowest(12)
    longest = max((sample.lost(one) for one in rows), default=0)
    parts = [patterns(_ID), text(12, 26, title, bold=True, size=16)]
    if not longest:
        parts.append(text(12, 54, say("plot.nothing", lang)))
        return Plot(document(title, 70, parts), _table(sample, lang), title)
    entries = [(box(-12, -6, 24, 12, f"url(#{_ID}-{kind})"), say(f"clock.{kind}", lang)) for kind in KINDS]
    signs, below = legend(12, 52, entries)
    parts.append(signs)
    top, bottom = below + 36, below + 36 + _ROW * len(rows)
    for time in ticks(longest, 5):
        x = _LEFT + time / longest * (_RIGHT - _LEFT)
        parts += [line(x, top - 4, x, bottom, FAINT), text(x, top - 9, tick_label(time, lang), "middle")]
    for number, one in enumerate(rows):
        y, width = top + number * _ROW, sample.lost(one) / longest * (_RIGHT - _LEFT)
        parts.append(label(_LEFT - 8, y + _ROW / 2, deadline(sample, one, lang), _LEFT - 22))
        parts.append(box(_LEFT, y + 8, width, _ROW - 16, f"url(#{_ID}-{one.kind.value})"))
        words = rough(sample.lost(one), lang)
        parts.append(box(_LEFT + width + 4, y + 8, wide(words) + 2, _ROW - 16, "#ffffff", edge="none"))
        parts.append(text(_LEFT + width + 6, y + _ROW / 2 + 4.5, words))
    parts += [
        line(_LEFT, top - 4, _LEFT, bottom),
        text((_LEFT + _RIGHT) / 2, bottom + 22, say("plot.lost.x", lang), "middle"),
    ]
    return Plot(document(title, bottom + 36, parts), _table(sample, lang), title)


def _table(sample: Sample, lang: str) -> Table:
    heads = ("chance.head.deadline", "chance.head.clock", "plot.owed", "chance.head.unkept")
    head = (
        *(say(code, lang) for code in heads),
        say("chance.head.mean_late", lang),
        say("plot.lost.x", lang),
    )
    rows = (
        (
            deadline(sample, one, lang),
            say(f"clock.{one.kind}", lang),
            str(one.owed),
            with_bounds(one.unkept, lang),
            rough(one.mean_late, lang),
            rough(sample.lost(one), lang),
        )
        for one in sample.tallies
    )
    return Table(head, tuple(rows))
