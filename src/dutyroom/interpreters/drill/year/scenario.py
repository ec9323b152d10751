"""What happens to a site in a year of duty: `read_scenario(text, plan, roster) -> Scenario`, each fault with its line.

Who falls ill and who comes instead, whose telephone is lost, when the server is down, which special periods are
declared and withdrawn, and the chances by which people answer. Everything else follows from the plan, the roster and
the calendar. Times are local times of the site.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from dutyroom.core.calendar.periods import SOURCES, Declared
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR, Instant, Milliseconds, parse_duration
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Roster
from dutyroom.core.words import Words
from dutyroom.core.yamltree import place_of, read_tree
from dutyroom.interpreters.drill.chances import Chances, chances_in, default_chances

LONGEST_DAYS = 800
NOTICED_AFTER = 2 * HOUR
_SEED = 7
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?", re.ASCII)
_PARTS = ("year", "periods", "sick", "lost_phones", "outages", "chances")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A special period as somebody orders it: known from `known_at`, and called off at `withdrawn_at` if ever."""

    declared: Declared
    known_at: Instant
    withdrawn_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Sick:
    """`person` does nothing from `starts_at` to `ends_at`; from `noticed_at` the roster says so and `by` comes."""

    person: str
    starts_at: Instant
    ends_at: Instant
    noticed_at: Instant
    by: str = ""


@dataclass(frozen=True, slots=True)
class LostPhone:
    """Nothing reaches the person meanwhile. `refused`: the couriers are told so; else the calls are merely unheard."""

    person: str
    starts_at: Instant
    ends_at: Instant
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A span of days, both inclusive, and what happens in it."""

    id: str
    title: Words
    first: date
    last: date
    zone: str
    seed: int = _SEED
    ordered: tuple[Ordered, ...] = ()
    sick: tuple[Sick, ...] = ()
    lost_phones: tuple[LostPhone, ...] = ()
    outages: tuple[tuple[Instant, Instant], ...] = ()
    chances: Chances = field(default_factory=default_chances)

    def span(self) -> tuple[Instant, Instant]:
        """When the first day begins and the last ends."""
        return instant_of(self.first, "00:00", self.zone), instant_of(self.last, "24:00", self.zone)

    def days(self) -> Iterator[date]:
        """Every day of it."""
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))


def plain_year(year: int, zone: str) -> Scenario:
    """A year in which nothing is scripted: people answer by chance, and that is all."""
    title = Words(f"{year} 年", f"The year {year}")
    return Scenario(f"year-{year}", title, date(year, 1, 1), date(year, 12, 31), zone)


def read_scenario(
    text: str, plan: Plan, roster: Roster, zone: str
) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """The scenario; None if anything is wrong. All faults come at once."""
    tree, faults = read_tree(text)
    if tree is None or faults:
        return None, faults
    reader = _Reader(tree, plan, roster, zone)
    scenario = reader.scenario()
    return (None if reader.found else scenario), tuple(reader.found)


class _Reader:
    """Goes through the tree and notes every fault; a fault leaves something harmless in its place."""

    def __init__(self, tree: Any, plan: Plan, roster: Roster, zone: str) -> None:
        self.tree, self.plan, self.zone = tree, plan, zone
        standing = {person for held in roster.standing.values() for person in held}
        self.people = standing | {period.person for period in roster.periods}
        self.found: list[Finding] = []

    def scenario(self) -> Scenario | None:
        self.known((), self.tree, _PARTS)
        head = self.mapping(("year",), ("id", "title", "from", "until", "seed"), ("from", "until"))
        first, last = (self.day(("year", key), head.get(key)) for key in ("from", "until"))
        if first is None or last is None:
            return None
        if not 0 <= (last - first).days < LONGEST_DAYS:
            self.fault("year.span", ("year", "until"), first=str(first), last=str(last), days=LONGEST_DAYS)
            return None
        made = Scenario(
            str(head.get("id", f"year-{first.year}")),
            self.title(head.get("title"), first),
            first,
            last,
            self.zone,
            self.seed(head.get("seed", _SEED)),
            tuple(self.each("periods", self.ordered)),
            tuple(self.each("sick", self.sick)),
            tuple(self.each("lost_phones", self.lost)),
            tuple(sorted(self.each("outages", self.outage))),
        )
        return replace(made, chances=self.chances())

    def title(self, value: Any, first: date) -> Words:
        if isinstance(value, Mapping) and set(value) == {"zh", "en"}:
            return Words(str(value["zh"]), str(value["en"]))
        if value is not None:
            self.fault("year.title", ("year", "title"), got=_short(value))
        return plain_year(first.year, self.zone).title

    def seed(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault("year.seed", ("year", "seed"), got=_short(value))
        return _SEED

    def chances(self) -> Chances:
        if "chances" not in self.tree:
            return default_chances()
        chances, faults = chances_in(self.tree)
        self.found += faults
        return chances or default_chances()

    def ordered(self, path: Path) -> Ordered | None:
        keys = ("period", "from", "until", "known", "withdrawn", "source", "reason")
        part = self.mapping(path, keys, ("period", "from", "until"))
        period = part.get("period")
        if period is not None and period not in self.plan.periods:
            self.fault(
                "year.period", (*path, "period"), name=_short(period), known=", ".join(self.plan.periods)
            )
        source = part.get("source", "organisation")
        if source not in SOURCES:
            self.fault("year.source", (*path, "source"), got=_short(source), known=", ".join(SOURCES))
        span = self.span(path, part)
        if span is None:
            return None
        known = self.time((*path, "known"), part["known"]) if "known" in part else span[0]
        withdrawn = self.time((*path, "withdrawn"), part["withdrawn"]) if "withdrawn" in part else None
        declared = Declared(str(period), *span, str(source))
        return Ordered(declared, span[0] if known is None else known, withdrawn)

    def sick(self, path: Path) -> Sick | None:
        part = self.mapping(path, ("person", "from", "until", "noticed", "by"), ("person", "from", "until"))
        person, by = (self.person((*path, key), part.get(key, "")) for key in ("person", "by"))
        span = self.span(path, part)
        after = self.duration((*path, "noticed"), part["noticed"]) if "noticed" in part else NOTICED_AFTER
        if by and by == person:
            self.fault("year.by_oneself", (*path, "by"), name=by)
        return Sick(person, *span, span[0] + after, by) if span else None

    def lost(self, path: Path) -> LostPhone | None:
        part = self.mapping(path, ("person", "from", "until", "refused"), ("person", "from", "until"))
        refused = part.get("refused", False)
        if not isinstance(refused, bool):
            self.fault("year.yes_no", (*path, "refused"), got=_short(refused))
        span, person = self.span(path, part), self.person((*path, "person"), part.get("person", ""))
        return LostPhone(person, *span, refused is True) if span else None

    def outage(self, path: Path) -> tuple[Instant, Instant] | None:
        return self.span(path, self.mapping(path, ("from", "until"), ("from", "until")))

    # ---- parts and values

    def each(self, name: str, read: Callable[[Path], Any]) -> Iterator[Any]:
        value = self.tree.get(name)
        if value is not None and not isinstance(value, list):
            self.fault("year.list", (name,), got=_short(value))
            return
        for number in range(len(value or ())):
            found = read((name, number))
            if found is not None:
                yield found

    def mapping(self, path: Path, known: tuple[str, ...], needed: tuple[str, ...]) -> Mapping[str, Any]:
        value: Any = self.tree
        for name in path:
            value = value[name] if not isinstance(value, Mapping) or name in value else None
        if not isinstance(value, Mapping):
            self.fault("year.shape", path, got=_short(value), wants=", ".join(known))
            return {}
        self.known(path, value, known)
        for key in needed:
            if value.get(key) in (None, ""):
                self.fault("year.missing", path, key=key)
        return {key: one for key, one in value.items() if one is not None}

    def known(self, path: Path, value: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in value:
            if key not in known:
                near = next(iter(difflib.get_close_matches(str(key), known, 1)), "")
                self.fault("plan.unknown_key", (*path, key), key=str(key), near=near)

    def person(self, path: Path, value: Any) -> str:
        if value and value not in self.people:
            near = next(iter(difflib.get_close_matches(str(value), sorted(self.people), 1)), "")
            self.fault("drill.unknown_person", path, name=_short(value), near=near)
        return str(value)

    def span(self, path: Path, part: Mapping[str, Any]) -> tuple[Instant, Instant] | None:
        if "from" not in part or "until" not in part:
            return None
        starts, ends = (self.time((*path, key), part[key]) for key in ("from", "until"))
        if starts is None or ends is None:
            return None
        if starts >= ends:
            self.fault("year.reversed", (*path, "until"), first=str(part["from"]), last=str(part["until"]))
            return None
        return starts, ends

    def time(self, path: Path, value: Any) -> Instant | None:
        """`2027-03-03 08:00` in the site's zone; a date alone is its midnight."""
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        try:
            if found:
                return instant_of(date.fromisoformat(found[1]), found[2] or "00:00", self.zone)
        except ValueError:
            pass
        self.fault("year.time", path, got=_short(value))
        return None

    def day(self, path: Path, value: Any) -> date | None:
        try:
            return date.fromisoformat(value) if value is not None else None
        except (TypeError, ValueError):
            self.fault("year.day", path, got=_short(value))
            return None

    def duration(self, path: Path, value: Any) -> Milliseconds:
        try:
            return parse_duration(value)
        except (TypeError, ValueError):
            self.fault("year.duration", path, got=_short(value))
            return NOTICED_AFTER

    def fault(self, code: str, path: Path, **fields: Any) -> None:
        self.found.append(Finding(code, "error", place_of(self.tree, path), fields))


def _short(value: Any) -> str:
    return str(value)[:40]
