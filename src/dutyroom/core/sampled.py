"""What many random drills come to, as values: times to each milestone, deadlines not kept, what a change would help.

Filled by the drill interpreter; shared by the command, the plots, the pages and the report; JSON both ways. Times are
milliseconds from the report. Nothing here is about a person: obligations belong to steps and posts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from dutyroom.core.instants import Instant, Milliseconds
from dutyroom.core.phases import CLOSING, READINESS, RESPONSE
from dutyroom.core.plan import ClockKind, Verb
from dutyroom.core.words import Words

MILESTONES = ("received", "taken", "on_scene", "started", "closed")
URGENT = (READINESS, RESPONSE, CLOSING)
PERCENTS = (5, 25, 50, 75, 90, 95, 99)
FEWEST = 30  # pairs from which the mean's distribution counts as normal


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, with the 95 % confidence interval of the share; 0 of 0 says nothing: from 0 to 1."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean difference of pairs and its confidence interval. `shown`: the interval leaves out zero."""

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def shown(self) -> bool:
        return self.pairs >= FEWEST and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Quantile:
    """So many percent of the incidents reached it within `value`; 95 % confidence from `low` to `high`.

    None means that it was not reached by the end: the value lies behind what was looked at.
    """

    percent: int
    value: Milliseconds | None
    low: Milliseconds | None
    high: Milliseconds | None


@dataclass(frozen=True, slots=True)
class Spread:
    """When a milestone was reached. `never` is the share of incidents in which it was not, by the end.

    `curve` are the times by which 0, 0.5, 1, … 100 % had reached it, as far as they did.
    """

    what: str
    never: Share
    quantiles: tuple[Quantile, ...]
    curve: tuple[Milliseconds, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """One deadline of the plan over all incidents.

    `unkept` is the share that was late or missed, of all that came to a verdict. `late_total` sums the lateness; what
    was never done counts until the end, but at most once more the time that had been given. `phase` is the first in
    which the step can be owed.
    """

    step: str
    verb: Verb
    kind: ClockKind
    phase: str
    owed: int
    late: int
    missed: int
    unkept: Share
    late_total: Milliseconds

    @property
    def mean_late(self) -> Milliseconds:
        """How late it is when it is late or missed, on the average."""
        late = self.late + self.missed
        return self.late_total // late if late else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One obligation of the middle incident. Times count from the report; None: it did not come to that."""

    key: str
    step: str
    role: str
    opened: Milliseconds
    called: Milliseconds
    dues: tuple[tuple[Verb, Milliseconds, ClockKind], ...]
    received: Milliseconds | None
    taken: Milliseconds | None
    on_scene: Milliseconds | None
    done: Milliseconds | None
    status: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of `runs` incidents under one script, plan, roster and set of chances.

    `own` names the parts of the chances that are not Dutyroom's first guesses. `titles` are the plan's words for its
    steps. `middle` is the incident that `gantt` shows: the one in the middle by time to the start and the close,
    and it was followed until `ended`.
    """

    plan: str
    edition: str
    script: str
    title: Words
    seed: int
    runs: int
    starts: Instant
    offset_minutes: int
    until: Milliseconds
    own: tuple[str, ...]
    milestones: tuple[Spread, ...]
    tallies: tuple[Tally, ...]
    unkept_per_run: float
    middle: int
    ended: Milliseconds
    gantt: tuple[Bar, ...]
    titles: Mapping[str, Words] = field(default_factory=dict)
    roles: Mapping[str, Words] = field(default_factory=dict)

    def lost(self, tally: Tally) -> Milliseconds:
        """The time an incident loses at this deadline on the average."""
        return tally.late_total // self.runs

    def worst(self, most: int = 10) -> tuple[Tally, ...]:
        """The deadlines that are broken most often, the worst first."""
        broken = [one for one in self.tallies if one.unkept.count]
        return tuple(sorted(broken, key=lambda one: (-one.unkept.value, -one.late_total))[:most])

    def slowest(self, most: int = 10) -> tuple[Tally, ...]:
        """Where an incident loses most time while it lasts, the worst first; what comes after it has days to spare."""
        late = [one for one in self.tallies if one.late_total]
        urgent = [one for one in late if one.phase in URGENT] or late
        return tuple(sorted(urgent, key=lambda one: -one.late_total)[:most])


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `what`: deputy (`detail` also stands in for `role`), channel (`role`'s holders get the kind
    `detail`), second (one person more on `role`), sooner (calls wait half as long), mended (the channel kind `detail`
    works), back (`detail`, silent or absent in the script, can be reached; `role` is the post it is shown as)."""

    what: str
    role: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the change does to one incident: deadlines not kept, lateness in all, time to the start of the response.

    Negative is better. The intervals hold together with 95 % for all changes that were tried (Bonferroni).
    """

    change: Change
    unkept: Difference
    lost: Difference
    started: Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes tried, what helps most first. `unkept` and `lost` are the plan's as it is, per incident."""

    runs: int
    seed: int
    unkept: float
    lost: int
    effects: tuple[Effect, ...]
    roles: Mapping[str, Words]


def sample_data(sample: Sample) -> dict[str, Any]:
    """The sample as plain values for JSON; `read_sample` reads exactly this back."""
    data: dict[str, Any] = _samples().dump_python(sample, mode="json")
    return data


def read_sample(data: Mapping[str, Any]) -> Sample:
    """The sample that `sample_data` wrote. Raises ValueError for what is none."""
    return _samples().validate_python(data)


@cache
def _samples() -> TypeAdapter[Sample]:
    return TypeAdapter(Sample)


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain values for JSON; `read_comparison` reads exactly this back."""
    data: dict[str, Any] = _comparisons().dump_python(comparison, mode="json")
    return data


def read_comparison(data: Mapping[str, Any]) -> Comparison:
    """The comparison that `comparison_data` wrote. Raises ValueError for what is none."""
    return _comparisons().validate_python(data)


@cache
def _comparisons() -> TypeAdapter[Comparison]:
    return TypeAdapter(Comparison)
