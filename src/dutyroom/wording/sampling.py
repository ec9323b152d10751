"""A sample of random drills in words: the few tables a reader needs, and the names of its milestones and changes.

The command prints `report`; plots and pages use the single phrases. Judges nothing: what counts as shown is the
sample's own.
"""

from collections.abc import Iterator

from dutyroom.core.instants import HOUR, MINUTE, SECOND, Milliseconds
from dutyroom.core.sampled import Change, Comparison, Difference, Effect, Sample, Share, Spread, Tally
from dutyroom.wording import say
from dutyroom.wording.columns import aligned
from dutyroom.wording.narrate import span

_SHOWN = (5, 50, 90, 95)


def report(sample: Sample, comparison: Comparison | None, lang: str) -> str:
    """Milestones, the deadlines broken most often, where time is lost, and what would help; ends with a newline."""
    lines = [*_heading(sample, lang), "", *_milestones(sample, lang), "", *_worst(sample, lang)]
    if sample.slowest(5):
        lines += ["", *_lost(sample, lang)]
    if comparison is not None:
        lines += ["", *_changes(comparison, lang)]
    return "\n".join([*lines, ""])


def milestone(what: str, lang: str) -> str:
    """The name of a milestone."""
    return say(f"chance.milestone.{what}", lang)


def deadline(sample: Sample, tally: Tally, lang: str) -> str:
    """A deadline in words: the step and the verb."""
    title = sample.titles[tally.step].in_language(lang) if tally.step in sample.titles else tally.step
    return say("chance.deadline", lang, title=title, verb=say(f"verb.{tally.verb}", lang))


def change_text(change: Change, comparison: Comparison, lang: str) -> str:
    """What is changed, in words."""
    names = comparison.roles
    role = names[change.role].in_language(lang) if change.role in names else change.role
    detail = names[change.detail].in_language(lang) if change.detail in names else change.detail
    role = role or detail
    kind = say(f"channel.{change.detail}", lang) if change.what in ("channel", "mended") else detail
    return say(f"chance.change.{change.what}", lang, role=role, detail=detail, kind=kind)


def rough(time: Milliseconds | None, lang: str) -> str:
    """A time as exact as it matters: seconds under an hour, minutes under two days, then hours; a dash for never."""
    if time is None:
        return "—"
    size = abs(time)
    unit = SECOND if size < HOUR else MINUTE if size < 48 * HOUR else HOUR
    text = span((size + unit // 2) // unit * unit, lang)
    return f"−{text}" if time < 0 and size >= unit // 2 else text


def percent(share: float) -> str:
    """A share with as many digits as it bears."""
    return f"{100 * share:.1f} %"


def with_bounds(share: Share, lang: str) -> str:
    """A share and its interval."""
    return say(
        "chance.share", lang, value=percent(share.value), low=percent(share.low), high=percent(share.high)
    )


def number_difference(difference: Difference, lang: str) -> str:
    """A difference of counts with its interval, or that none is shown."""
    if not difference.shown:
        return say("chance.no_difference", lang)
    low, high = f"{difference.low:+.2f}", f"{difference.high:+.2f}"
    return say("chance.difference", lang, mean=f"{difference.mean:+.2f}", low=low, high=high)


def time_difference(difference: Difference, lang: str) -> str:
    """A difference of times with its interval, or that none is shown."""
    if not difference.shown:
        return say("chance.no_difference", lang)
    mean, low, high = (_signed(value, lang) for value in (difference.mean, difference.low, difference.high))
    return say("chance.difference", lang, mean=mean, low=low, high=high)


def _signed(time: float, lang: str) -> str:
    text = rough(round(time), lang)
    return text if time < 0 else f"+{text}"


def _heading(sample: Sample, lang: str) -> Iterator[str]:
    yield say("chance.heading", lang, title=sample.title.in_language(lang), runs=sample.runs)
    yield say("chance.under", lang, edition=sample.edition, seed=sample.seed, until=span(sample.until, lang))
    own = [say(f"chance.part.{part}", lang) for part in sample.own]
    yield say("chance.own" if own else "chance.guesses", lang, parts=say("chance.comma", lang).join(own))
    yield say("chance.unkept", lang, count=f"{sample.unkept_per_run:.2f}")


def _milestones(sample: Sample, lang: str) -> Iterator[str]:
    heads = [say("chance.head.percent", lang, percent=percent) for percent in _SHOWN]
    rows = [("", *heads, say("chance.head.never", lang))]
    rows += [_milestone(one, lang) for one in sample.milestones]
    yield say("chance.milestones", lang)
    yield from aligned(rows)


def _milestone(spread: Spread, lang: str) -> tuple[str, ...]:
    cells = []
    for one in spread.quantiles:
        if one.percent in _SHOWN:
            text = rough(one.value, lang)
            if one.percent in (50, 90) and one.value is not None:
                low, high = rough(one.low, lang), rough(one.high, lang)
                text = say("chance.bounded", lang, value=text, low=low, high=high)
            cells.append(text)
    return (milestone(spread.what, lang), *cells, percent(spread.never.value))


def _worst(sample: Sample, lang: str) -> Iterator[str]:
    worst = sample.worst()
    if not worst:
        yield say("chance.none_broken", lang)
        return
    rows = [tuple(say(f"chance.head.{head}", lang) for head in ("deadline", "clock", "unkept", "mean_late"))]
    rows += [
        (
            deadline(sample, one, lang),
            say(f"clock.{one.kind}", lang),
            with_bounds(one.unkept, lang),
            rough(one.mean_late, lang),
        )
        for one in worst
    ]
    yield say("chance.worst", lang, count=len(worst))
    yield from aligned(rows)


def _lost(sample: Sample, lang: str) -> Iterator[str]:
    yield say("chance.lost", lang)
    yield from aligned(
        [(deadline(sample, one, lang), rough(sample.lost(one), lang)) for one in sample.slowest(5)]
    )


def _changes(comparison: Comparison, lang: str) -> Iterator[str]:
    yield say("chance.changes", lang, runs=comparison.runs, unkept=f"{comparison.unkept:.2f}")
    if not any(one.unkept.shown or one.started.shown for one in comparison.effects):
        yield say("chance.nothing_helps", lang)
    heads = [say(f"chance.head.{head}", lang) for head in ("change", "change_unkept", "change_started")]
    rows: list[tuple[str, ...]] = [tuple(heads)]
    rows += [_change(one, comparison, lang) for one in comparison.effects]
    yield from aligned(rows)


def _change(effect: Effect, comparison: Comparison, lang: str) -> tuple[str, ...]:
    return (
        change_text(effect.change, comparison, lang),
        number_difference(effect.unkept, lang),
        time_difference(effect.started, lang),
    )
