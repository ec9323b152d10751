"""The middle incident as bars: when each obligation fell due, was taken and done, against its deadlines."""

from collections.abc import Iterator

from dutyroom.adapters.plots.drawing import (
    FAINT,
    GREEN,
    INK,
    KINDS,
    PAPER,
    WIDTH,
    Plot,
    Table,
    box,
    document,
    fitted,
    legend,
    line,
    mark,
    patterns,
    text,
    tick_label,
    ticks,
)
from dutyroom.core.instants import HOUR, Milliseconds
from dutyroom.core.sampled import Bar, Sample
from dutyroom.wording import say
from dutyroom.wording.sampling import rough

_LEFT, _RIGHT, _ROW = 286, WIDTH - 18, 24
_MOST_ROWS, _WINDOW = 45, 12 * HOUR
_SHAPES = {"hard": "diamond", "soft": "ring", "default": "bar"}
_MARKS = {"hard": INK, "soft": INK, "default": INK}
_ID = "gantt"


def gantt(sample: Sample, lang: str) -> Plot:
    """The plot, and as its table every obligation of the incident with its times."""
    title = say("plot.gantt", lang)
    rows = _rows(sample, lang)
    window = _window([bar for _, bars in rows for bar in bars], sample.ended)
    shown = [(name, [bar for bar in bars if bar.opened < window]) for name, bars in rows]
    shown = [(name, bars) for name, bars in shown if bars][:_MOST_ROWS]
    signs, below = legend(12, 52, _entries(lang))
    top = below + 34
    bottom = top + _ROW * len(shown)
    parts = [patterns(_ID), text(12, 26, title, bold=True, size=16), signs]
    parts += _axis(window, top, bottom, lang)
    for number, (name, bars) in enumerate(shown):
        parts += _row(name, bars, top + number * _ROW, window, sample.ended)
    if any(bar.opened >= window for bar in sample.gantt):
        parts.append(text(12, bottom + 24, say("plot.gantt.cut", lang, window=tick_label(window, lang))))
    return Plot(document(title, bottom + 36, parts), _table(sample, lang), title)


def _entries(lang: str) -> list[tuple[str, str]]:
    work = [
        (line(-12, 0, 12, 0, INK, 1.4), say("plot.gantt.open", lang)),
        (box(-12, -6, 24, 12, GREEN), say("plot.gantt.work", lang)),
        (box(-12, -6, 24, 12, f"url(#{_ID}-late)"), say("plot.gantt.late", lang)),
    ]
    return work + [
        (mark(_SHAPES[kind], 0, 0, _MARKS[kind]), say(f"plot.gantt.{kind}", lang)) for kind in KINDS
    ]


def _rows(sample: Sample, lang: str) -> list[tuple[str, list[Bar]]]:
    """Obligations by step and owner, rounds of a repeated step in one row; in the order in which they began."""
    found: dict[tuple[str, str], list[Bar]] = {}
    for bar in sample.gantt:
        whose = bar.key.partition("@")[2]
        found.setdefault((bar.step, whose), []).append(bar)
    named = []
    for (step, whose), bars in found.items():
        name = sample.titles[step].in_language(lang) if step in sample.titles else step
        if whose in sample.roles:
            name = f"{sample.roles[whose].in_language(lang)} · {name}"
        named.append((name, bars))
    return named


def _window(bars: list[Bar], ended: Milliseconds) -> Milliseconds:
    """How much is drawn: until what began in the first hours is done, half a day at most."""
    ends = [
        end
        for bar in bars
        if bar.opened < _WINDOW // 2
        for end in (bar.done, *(due for _, due, _ in bar.dues))
        if end is not None and end <= _WINDOW
    ]
    return max(HOUR // 4, min(_WINDOW, ended, max(ends, default=HOUR) * 21 // 20))


def _x(time: Milliseconds, window: Milliseconds) -> float:
    return _LEFT + min(max(time, 0), window) / window * (_RIGHT - _LEFT)


def _axis(window: Milliseconds, top: float, bottom: float, lang: str) -> Iterator[str]:
    for time in ticks(window, 7):
        x = _x(time, window)
        yield line(x, top - 4, x, bottom, FAINT)
        yield text(x, top - 9, tick_label(time, lang), "middle")
    yield line(_LEFT, top - 4, _RIGHT, top - 4)


def _row(name: str, bars: list[Bar], top: float, window: Milliseconds, ended: Milliseconds) -> Iterator[str]:
    middle = top + _ROW / 2
    yield line(12, top + _ROW, _RIGHT, top + _ROW, FAINT, 0.6)
    yield text(_LEFT - 8, middle + 4.5, fitted(name, _LEFT - 22), "end")
    for bar in bars:
        yield from _bar(bar, middle, window, ended)


def _bar(bar: Bar, middle: float, window: Milliseconds, ended: Milliseconds) -> Iterator[str]:
    end = bar.done if bar.done is not None else ended
    if bar.done is None and bar.status != "open":  # no longer owed from some time on: drawn as far as it got
        end = max(bar.opened, bar.received or 0, bar.taken or 0)
    opened, done = _x(bar.opened, window), _x(end, window)
    yield line(opened, middle, done, middle, INK, 1.4)
    yield line(opened, middle - 4, opened, middle + 4, INK, 1.4)
    if bar.taken is not None and bar.taken <= window:
        begun = _x(bar.taken, window)
        yield box(begun, middle - 6, done - begun, 12, GREEN)
    last = max((due for verb, due, _ in bar.dues if verb == "done"), default=None)
    if last is not None and end > last and last < window:
        yield box(_x(last, window), middle - 6, done - _x(last, window), 12, PAPER)
        yield box(_x(last, window), middle - 6, done - _x(last, window), 12, f"url(#{_ID}-late)")
    for _, due, kind in bar.dues:
        if due <= window:
            yield mark(_SHAPES[kind.value], _x(due, window), middle, _MARKS[kind.value])


def _table(sample: Sample, lang: str) -> Table:
    names = ("step", "role", "opened", "deadline", "taken", "done", "late")
    head = tuple(say(f"plot.{name}", lang) for name in names)
    return Table(head, tuple(_line(sample, bar, lang) for bar in sample.gantt if bar.dues))


def _line(sample: Sample, bar: Bar, lang: str) -> tuple[str, ...]:
    title = sample.titles[bar.step].in_language(lang) if bar.step in sample.titles else bar.step
    number = bar.key.partition("#")[2].partition("@")[0]
    name = title if number in ("", "1") else say("occurrence", lang, title=title, number=number)
    role = sample.roles[bar.role].in_language(lang) if bar.role in sample.roles else bar.role
    _, due, kind = bar.dues[-1]
    late = "" if bar.done is None or bar.done <= due else rough(bar.done - due, lang)
    deadline = f"{rough(due, lang)} ({say(f'clock.{kind}', lang)})"
    return (
        name,
        role,
        rough(bar.opened, lang),
        deadline,
        rough(bar.taken, lang),
        rough(bar.done, lang),
        late,
    )
