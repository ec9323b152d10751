"""How people behave by chance: `read_chances(text) -> Chances`, with each fault's line; `DEFAULTS` where it is silent.

The numbers of `DEFAULTS` are rough guesses to begin with, to be replaced by an organisation's own records; whatever is
shown says which were used. Knows nothing of a plan. Nothing here is about one person: everybody draws from the same.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, MINUTE, parse_duration
from dutyroom.core.yamltree import place_of, read_tree
from dutyroom.interpreters.drill.draws import LONGEST, MILLION, Distribution, empirical, fixed, lognormal

BANDS = ("day", "evening", "night")
OTHER = "other"

DEFAULTS = """\
# 未写的项目按这里的数。都是起步用的估计，请用本单位的记录替换。
# What is not written is taken from here. Rough guesses to begin with: put your own records in their place.
chances:
  hours: {day: "07:00", evening: "18:00", night: "22:00"}   # 各时段从几点开始 — when each part of the day begins
  absent: 3 %         # 整个演练都叫不到的人 — cannot be reached for the whole drill
  idle: 2 %           # 答应了却没有去办的 — answers, and then does nothing
  channels:           # 一次呼叫有多少人听到，听到后多久应答 — heard, and how long until the answer
    voice:
      day: {heard: 80 %, answer: {lognormal: {median: 25 s, p90: 60 s}}}
      evening: {heard: 80 %, answer: {lognormal: {median: 25 s, p90: 60 s}}}
      night: {heard: 65 %, answer: {lognormal: {median: 40 s, p90: 90 s}}}
    sms:
      day: {heard: 70 %, answer: {lognormal: {median: 2 min, p90: 10 min}}}
      evening: {heard: 70 %, answer: {lognormal: {median: 2 min, p90: 10 min}}}
      night: {heard: 25 %, answer: {lognormal: {median: 4 min, p90: 20 min}}}
    other:
      day: {heard: 60 %, answer: {lognormal: {median: 3 min, p90: 20 min}}}
      evening: {heard: 55 %, answer: {lognormal: {median: 3 min, p90: 20 min}}}
      night: {heard: 15 %, answer: {lognormal: {median: 5 min, p90: 30 min}}}
  taken: {lognormal: {median: 1 min, p90: 4 min}}       # 收到后多久接手 — from received to taken
  travel: {lognormal: {median: 12 min, p90: 28 min}}    # 路上时间 — on the way to the scene
  work: {lognormal: {median: 40 %, p90: 90 %}}          # 办理用掉时限的几成 — share of the time given
  unasked: {lognormal: {median: 10 min, p90: 30 min}}   # 自愿步骤在可以办之后多久办 — steps nobody is called for
"""

_PERCENT = re.compile(r"^\s*(\d{1,4})(?:\.(\d{1,4}))?\s*[%％]\s*$")
_HOUR = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_SHAPES = ("lognormal", "empirical", "fixed")
_LONGEST_LIST = 100_000


@dataclass(frozen=True, slots=True)
class Reach:
    """One channel in one part of the day: `heard` in a million calls, `answer` after a call is heard."""

    heard: int
    answer: Distribution


@dataclass(frozen=True, slots=True)
class Chances:
    """How people behave by chance. `hours` are the minutes after midnight at which day, evening and night begin.

    `work` is a share, in millionths, of the time from the first call to the deadline; the rest are milliseconds, or
    cases in a million.
    """

    hours: tuple[int, int, int]
    absent: int
    idle: int
    channels: Mapping[str, Mapping[str, Reach]]
    taken: Distribution
    travel: Distribution
    work: Distribution
    unasked: Distribution

    def band(self, minute: int) -> str:
        """The part of the day that holds at a minute after midnight. The latest to have begun holds."""
        begun = [(start, band) for start, band in zip(self.hours, BANDS, strict=True) if start <= minute]
        every = begun or list(zip(self.hours, BANDS, strict=True))
        return max(every)[1]

    def reach(self, channel: str, minute: int) -> Reach:
        """How a call on the channel is answered at that minute of the day."""
        return self.channels.get(channel, self.channels[OTHER])[self.band(minute)]


def read_chances(text: str) -> tuple[Chances | None, tuple[Finding, ...]]:
    """The chances, silent parts from `DEFAULTS`; None if anything is wrong. All faults come at once."""
    tree, findings = read_tree(text)
    if tree is None:
        return None, findings
    return _Reader(tree).read()


def chances_in(tree: Mapping[str, Any]) -> tuple[Chances | None, tuple[Finding, ...]]:
    """The same of a file that holds other things beside its `chances`."""
    reader = _Reader(tree)
    reader.others = frozenset(tree) - {"chances"}
    return reader.read()


@cache
def default_chances() -> Chances:
    """What `DEFAULTS` says."""
    chances, findings = read_chances(DEFAULTS)
    if chances is None:
        raise AssertionError(findings)
    return chances


@cache
def _defaults() -> Mapping[str, Any]:
    tree, _ = read_tree(DEFAULTS)
    if tree is None:
        raise AssertionError("DEFAULTS is no YAML")
    given: Mapping[str, Any] = tree["chances"]
    return given


class _Reader:
    """Goes through the tree and notes every fault; a fault leaves the default in its place, so that all are found."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.others: frozenset[str] = frozenset()
        self.found: list[Finding] = []

    def read(self) -> tuple[Chances | None, tuple[Finding, ...]]:
        chances = self.chances()
        return (None if self.found or chances is None else chances), tuple(self.found)

    def chances(self) -> Chances | None:
        given = self.part((), self.tree, ("chances", *self.others)).get("chances", {})
        top = self.part(("chances",), given, tuple(_defaults()))
        merged = {**_defaults(), **top}
        return Chances(
            self.hours(merged["hours"]),
            self.percent(("chances", "absent"), merged["absent"], 100),
            self.percent(("chances", "idle"), merged["idle"], 100),
            self.channels(merged["channels"]),
            *(
                self.spread(("chances", name), merged[name], share=name == "work")
                for name in ("taken", "travel", "work", "unasked")
            ),
        )

    def part(self, path: tuple[Any, ...], value: Any, known: tuple[str, ...] | None) -> Mapping[str, Any]:
        """The mapping, without the keys that are not known; those are noted."""
        if not isinstance(value, Mapping):
            self.fault("chances.shape", path, got=_short(value), wants=", ".join(known or ("…",)))
            return {}
        for key in value:
            if known is not None and key not in known:
                near = next(iter(difflib.get_close_matches(str(key), known, 1)), "")
                self.fault("plan.unknown_key", (*path, key), key=str(key), near=near)
        return {str(key): inner for key, inner in value.items() if known is None or key in known}

    def hours(self, value: Any) -> tuple[int, int, int]:
        path = ("chances", "hours")
        given = {**_defaults()["hours"], **self.part(path, value, BANDS)}
        day, evening, night = (self.hour((*path, band), given[band]) for band in BANDS)
        return day, evening, night

    def hour(self, path: tuple[Any, ...], value: Any) -> int:
        found = _HOUR.match(value) if isinstance(value, str) else None
        if found is None:
            self.fault("chances.hour", path, got=_short(value))
            return 0
        return int(found[1]) * 60 + int(found[2])

    def channels(self, value: Any) -> Mapping[str, Mapping[str, Reach]]:
        path = ("chances", "channels")
        standard = _defaults()["channels"]
        given = {**standard, **self.part(path, value, None)}
        return {
            kind: self.bands((*path, kind), bands, standard.get(kind, standard[OTHER]))
            for kind, bands in given.items()
        }

    def bands(self, path: tuple[Any, ...], value: Any, standard: Mapping[str, Any]) -> Mapping[str, Reach]:
        given = self.part(path, value, BANDS)
        return {
            band: self.reach((*path, band), given.get(band, standard[band]), standard[band]) for band in BANDS
        }

    def reach(self, path: tuple[Any, ...], value: Any, standard: Mapping[str, Any]) -> Reach:
        given = {**standard, **self.part(path, value, ("heard", "answer"))}
        heard = self.percent((*path, "heard"), given["heard"], 100)
        return Reach(heard, self.spread((*path, "answer"), given["answer"]))

    def spread(self, path: tuple[Any, ...], value: Any, *, share: bool = False) -> Distribution:
        kind = next(iter(value), "") if isinstance(value, Mapping) and len(value) == 1 else ""
        if kind not in _SHAPES:
            self.fault("chances.spread", path, got=_short(value))
            return fixed(0)
        inner, here = value[kind], (*path, kind)
        if kind == "fixed":
            return fixed(self.amount(here, inner, share))
        if kind == "empirical":
            return self.empirical(here, inner, share)
        given = self.part(here, inner, ("median", "p90"))
        if set(given) != {"median", "p90"}:
            self.fault("chances.lognormal", here, got=_short(inner))
            return fixed(0)
        median, p90 = (self.amount((*here, name), given[name], share) for name in ("median", "p90"))
        if not 0 < median <= p90:
            self.fault("chances.lognormal", here, got=_short(inner))
        return lognormal(median, p90)

    def empirical(self, path: tuple[Any, ...], value: Any, share: bool) -> Distribution:
        if not isinstance(value, list) or not 0 < len(value) <= _LONGEST_LIST:
            self.fault("chances.empirical", path, got=_short(value), most=_LONGEST_LIST)
            return fixed(0)
        return empirical([self.amount((*path, place), one, share) for place, one in enumerate(value)])

    def amount(self, path: tuple[Any, ...], value: Any, share: bool) -> int:
        """A duration in milliseconds, or a share in millionths."""
        return self.percent(path, value, 1_000) if share else self.duration(path, value)

    def duration(self, path: tuple[Any, ...], value: Any) -> int:
        try:
            found = parse_duration(value)
        except (TypeError, ValueError):
            found = -1
        if not 0 <= found <= LONGEST:
            self.fault("chances.duration", path, got=_short(value), days=LONGEST // DAY)
            return MINUTE
        return found

    def percent(self, path: tuple[Any, ...], value: Any, most: int) -> int:
        """Millionths of `85 %`."""
        found = _PERCENT.match(value) if isinstance(value, str) else None
        millionths = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0")) if found else -1
        if not 0 <= millionths <= most * MILLION // 100:
            self.fault("chances.percent", path, got=_short(value), most=most)
            return MILLION // 2
        return millionths

    def fault(self, code: str, path: tuple[Any, ...], **fields: Any) -> None:
        place = place_of(self.tree, path)
        self.found.append(Finding(code, "error", place, {"path": ".".join(map(str, path)), **fields}))


def _short(value: Any) -> str:
    text = str(dict(value)) if isinstance(value, Mapping) else str(value)
    return text[:60]


def uses_own(chances: Chances) -> Iterator[str]:
    """The parts that differ from the defaults, by name."""
    standard = default_chances()
    for name in ("hours", "absent", "idle", "channels", "taken", "travel", "work", "unasked"):
        if getattr(chances, name) != getattr(standard, name):
            yield name
