"""Drawings of what drills come to, as SVG with their numbers beside them: readable in print, in grey, by everybody.

Judges nothing and works out nothing: it draws the values of `core.sampled` in the words of `wording`.
"""

from dutyroom.adapters.plots.bars import lost_time
from dutyroom.adapters.plots.distributions import distribution
from dutyroom.adapters.plots.drawing import Plot, Table
from dutyroom.adapters.plots.gantt import gantt
from dutyroom.adapters.plots.paired import differences
from dutyroom.core.sampled import Comparison, Sample

__all__ = ["Plot", "Table", "all_plots", "differences", "distribution", "gantt", "lost_time"]


def all_plots(sample: Sample, comparison: Comparison | None, lang: str) -> dict[str, Plot]:
    """Every plot there is something for, by name."""
    plots = {
        "distribution": distribution(sample, lang),
        "gantt": gantt(sample, lang),
        "lost-time": lost_time(sample, lang),
    }
    if comparison is not None and comparison.effects:
        plots["differences"] = differences(comparison, lang)
    return plots
