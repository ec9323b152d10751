"""The figures and plots of a drill, in words: one place for the page, the report and the comparison."""

import json
from dataclasses import dataclass
from functools import lru_cache

from dutyroom.adapters.plots import Plot, all_plots
from dutyroom.core.measuring import MILESTONES, Measures
from dutyroom.core.plan import Plan
from dutyroom.core.review import Verdict
from dutyroom.core.sampled import read_comparison, read_sample
from dutyroom.store.models import Rehearsal
from dutyroom.web.showing import Shown

RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: its label, its value in words, the bare number (None: not reached), and whether less is better."""

    id: str
    label: str
    value: str
    number: int | None
    less_is_better: bool = True


def figures(plan: Plan, measures: Measures, shown: Shown) -> tuple[Figure, ...]:
    """Milestones first, then how deadlines were met, then the calling."""
    reached = [_milestone(name, measures.reached[name], shown) for name in MILESTONES]
    share = measures.kept_share
    kept = Figure(
        "kept_share",
        shown.say("drills.figure.kept_share"),
        shown.say("drills.percent", share=share) if share is not None else shown.say("drills.none_ended"),
        share,
        less_is_better=False,
    )
    counts = {
        "late": measures.verdicts[Verdict.LATE],
        "missed": measures.verdicts[Verdict.MISSED],
        "missed_hard": measures.missed_hard,
        "open": measures.verdicts[Verdict.OPEN],
        "calls": measures.calls,
        "failed_calls": measures.failed_calls,
        "empty_posts": measures.empty_posts,
        "rang_again": measures.rang_again,
    }
    counted = [
        Figure(name, shown.say(f"drills.figure.{name}"), str(count), count) for name, count in counts.items()
    ]
    return (*reached, kept, *counted)


def plots(row: Rehearsal, language: str) -> tuple[Plot, ...]:
    """What is drawn of a drill by chance, each with its numbers as a table; nothing of any other."""
    return _plots(row.result, language) if row.kind == RANDOM and row.state == "done" else ()


@lru_cache(maxsize=4)
def _plots(result: str, language: str) -> tuple[Plot, ...]:
    found = json.loads(result)
    sample, comparison = read_sample(found["sample"]), read_comparison(found["comparison"])
    return tuple(all_plots(sample, comparison, language).values())


def _milestone(name: str, after: int | None, shown: Shown) -> Figure:
    words = shown.say("drills.not_reached") if after is None else shown.span(after)
    return Figure(f"to_{name}", shown.say(f"drills.figure.to_{name}"), words, after)
