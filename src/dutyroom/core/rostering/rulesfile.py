"""How an organisation's rostering rules are written: YAML text -> `RosterRules`, each fault with its line and column.

Persons are staff numbers, as in a roster. Why somebody is away is not asked. Knows no clock and no people list: what
the file says against plan and people is `check_rules`.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, parse_duration
from dutyroom.core.plan import Plan
from dutyroom.core.rosterfile import WEEKDAYS, contacts
from dutyroom.core.rostering.problem import CLASSES, Limits
from dutyroom.core.rostering.rules import (
    DEFAULT_WEIGHTS,
    AwayRule,
    PersonRule,
    PostTurns,
    QualifiedRule,
    RosterRules,
    SeatRule,
    Span,
    WishRule,
    WorkingRules,
)
from dutyroom.core.treereading import Path, TreeReading
from dutyroom.core.yamltree import Branch, Listing, read_tree

CHARACTERS = 500_000
MOST_PLACES = 50
MOST_WEIGHT = 1_000
LONGEST_REST = 60 * DAY
PARTS = (
    "rostering", "posts", "limits", "excludes", "fairness", "working_time", "qualifications", "people", "away",
    "wishes", "fixed", "forbidden",
)  # fmt: skip
LIMITS = ("in_row", "week_turns", "month_turns", "week_hours", "month_hours")

_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_TIME = re.compile(r"\d{1,2}:\d\d", re.ASCII)
_MOMENT = re.compile(r"(20\d\d-\d\d-\d\d)(?:[ T](\d\d:\d\d))?", re.ASCII)
_DAY = timedelta(days=1)

T = TypeVar("T")


def read_rules(text: str, plan_id: str = "") -> tuple[RosterRules | None, tuple[Finding, ...]]:
    """The rules a text holds, and what is wrong with it, at `line:column`; None if anything is."""
    if len(text) > CHARACTERS:
        return None, (Finding("rostering.too_large", "error", "1:1", {"limit": CHARACTERS}),)
    tree, faults = read_tree(text)
    if tree is None or faults:
        return None, faults
    reading = _Reading(tree)
    parts = reading.keys((), ("rostering", "posts"), PARTS)
    plan, zone = _heading(reading, parts, plan_id)
    rules = RosterRules(
        plan,
        zone,
        dict(reading.each_key("posts", parts, lambda path: _post(reading, path))),
        _limits(reading, ("limits",), parts["limits"]) if "limits" in parts else Limits(),
        _excludes(reading, parts),
        _fairness(reading, parts),
        _working(reading, parts),
        tuple(_qualified(reading, parts)),
        dict(reading.each_key("people", parts, lambda path: _person(reading, path))),
        tuple(reading.each("away", parts, lambda path: _away(reading, path))),
        tuple(reading.each("wishes", parts, lambda path: _wish(reading, path))),
        tuple(reading.each("fixed", parts, lambda path: _seat(reading, path))),
        tuple(reading.each("forbidden", parts, lambda path: _seat(reading, path))),
    )
    for line, column in contacts(text):
        reading.findings.append(Finding("roster.contact", "error", f"{line}:{column}"))
    if reading.findings:
        return None, tuple(sorted(reading.findings, key=_position))
    return rules, ()


def check_rules(rules: RosterRules, plan: Plan, people: Collection[str]) -> tuple[Finding, ...]:
    """Posts and periods that the plan does not know, qualifications that nobody has, strangers."""
    return (*_unknown_posts(rules, plan), *_unknown_periods(rules, plan), *_unknown_people(rules, people))


def _unknown_posts(rules: RosterRules, plan: Plan) -> Iterator[Finding]:
    seats = (seat.post for seat in (*rules.fixed, *rules.forbidden))
    wished = (wish.post for wish in rules.wishes if wish.post)
    excluded = (post for pair in rules.excludes or () for post in sorted(pair))
    counted = sorted(rules.working.posts) if rules.working else []
    for post in dict.fromkeys(rules.posts):
        if post not in plan.roles:
            yield Finding("rostering.unknown_post", "error", post, {"post": post})
    for post in dict.fromkeys((*seats, *wished, *excluded, *counted)):
        if post not in rules.posts:
            yield Finding("rostering.post_not_rotating", "error", post, {"post": post})


def _unknown_periods(rules: RosterRules, plan: Plan) -> Iterator[Finding]:
    known = ", ".join(plan.periods) or "-"
    for post in rules.posts.values():
        for period in post.in_period:
            if period not in plan.periods:
                fields = {"post": post.post, "period": period, "known": known}
                yield Finding("rostering.unknown_period", "error", post.post, fields)


def _unknown_people(rules: RosterRules, people: Collection[str]) -> Iterator[Finding]:
    named = [one.person for one in rules.qualified] + [one.person for one in rules.away]
    named += [one.person for one in rules.wishes]
    named += [one.person for one in (*rules.fixed, *rules.forbidden)]
    for person in dict.fromkeys([*rules.people, *named]):
        if person not in people:
            yield Finding("rostering.unknown_number", "error", person, {"person": person})


class _Reading(TreeReading):
    """One pass over one tree, collecting faults. A path leads to each value, so that a fault knows its line."""

    __slots__ = ()
    area: ClassVar[str] = "rostering"

    def each(self, name: str, parts: dict[str, Any], read: Callable[[Path], T | None]) -> Iterator[T]:
        if name in parts:
            for path in self.items((name,)):
                found = read(path)
                if found is not None:
                    yield found

    def each_key(
        self, name: str, parts: dict[str, Any], read: Callable[[Path], T | None]
    ) -> Iterator[tuple[str, T]]:
        if name not in parts:
            return
        if not isinstance(parts[name], Branch):
            self.find("not_mapping", (name,))
            return
        for key in parts[name]:
            found = read((name, key))
            if found is not None:
                yield key, found

    def number(self, path: Path, most: int, least: int = 0) -> int:
        value = self.at(path)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.find("bad_number", path, value=str(value)[:40], least=least, most=most)
            return least
        return value

    def duration(self, path: Path) -> int:
        value = self.at(path)
        try:
            found = parse_duration(str(value))
        except ValueError:
            found = -1
        if not 0 <= found <= LONGEST_REST:
            self.find("bad_duration", path, value=str(value)[:40])
            return 0
        return found

    def person(self, path: Path) -> str:
        """A staff number. What is none is never repeated: it may be personal."""
        value = self.at(path)
        if isinstance(value, bool) or not _PERSON.fullmatch(str(value)):
            self.find("bad_person", path)
            return ""
        return str(value)

    def text(self, path: Path) -> str:
        value = self.at(path)
        if isinstance(value, Branch | Listing):
            self.find("not_text", path)
            return ""
        return str(value)

    def texts(self, path: Path) -> tuple[str, ...]:
        """One text, or a list of them."""
        if isinstance(self.at(path), Listing):
            return tuple(self.text(each) for each in self.items(path))
        return (self.text(path),)

    def time(self, path: Path) -> time | None:
        value = self.text(path)
        try:
            if _TIME.fullmatch(value):
                return time.fromisoformat(value.zfill(5))
        except ValueError:
            pass
        self.find("bad_time", path, value=value[:40])
        return None

    def moment(self, path: Path, later: timedelta = timedelta(0)) -> datetime | None:
        """A local date and time; a day stands for its beginning, moved by `later`."""
        value = self.text(path)
        parts = _MOMENT.fullmatch(value)
        try:
            if parts and parts[2]:
                return datetime.fromisoformat(f"{parts[1]} {parts[2]}")
            if parts:
                return datetime.fromisoformat(parts[1]) + later
        except ValueError:
            pass
        self.find("bad_date", path, value=value[:40])
        return None

    def span(self, path: Path, parts: dict[str, Any]) -> Span:
        """`from` and `until` are days, both included, or exact local times."""
        starts = self.moment((*path, "from")) if "from" in parts else None
        ends = self.moment((*path, "until"), _DAY) if "until" in parts else None
        if starts is not None and ends is not None and ends <= starts:
            self.find("reversed", (*path, "from"), first=str(parts["from"]), last=str(parts["until"]))
        return Span(starts, ends)


def _heading(reading: _Reading, parts: dict[str, Any], plan_id: str) -> tuple[str, str]:
    if "rostering" not in parts:
        return "", ""
    given = reading.keys(("rostering",), ("plan", "zone"), ("plan", "zone"))
    plan = reading.text(("rostering", "plan")) if "plan" in given else ""
    zone = reading.text(("rostering", "zone")) if "zone" in given else ""
    if plan and plan_id and plan != plan_id:
        reading.find("other_plan", ("rostering", "plan"), plan=plan[:80], expected=plan_id)
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):  # unknown; not a plain key; a folder of the zone database
        reading.find("unknown_zone", ("rostering", "zone"), zone=zone[:40])
    return plan, zone


def _post(reading: _Reading, path: Path) -> PostTurns | None:
    known = ("handover", "weekdays", "length", "least", "ideal", "in_period", "rest", "needs")
    parts = reading.keys(path, ("handover",), known)
    if "handover" not in parts:
        return None
    least = reading.number((*path, "least"), MOST_PLACES, 1) if "least" in parts else 0
    ideal = reading.number((*path, "ideal"), MOST_PLACES, 1) if "ideal" in parts else 0
    if ideal and ideal < least:
        reading.find("ideal_below_least", (*path, "ideal"), least=least, ideal=ideal)
    in_period = {}
    if "in_period" in parts and reading.keys((*path, "in_period"), (), tuple(parts["in_period"])):
        for period in parts["in_period"]:
            in_period[period] = reading.number((*path, "in_period", period), MOST_PLACES, 1)
    return PostTurns(
        str(path[-1]),
        _handover(reading, (*path, "handover")),
        _weekdays(reading, (*path, "weekdays")) if "weekdays" in parts else (),
        reading.duration((*path, "length")) if "length" in parts else 0,
        least,
        ideal,
        in_period,
        reading.duration((*path, "rest")) if "rest" in parts else 0,
        reading.texts((*path, "needs")) if "needs" in parts else (),
    )


def _handover(reading: _Reading, path: Path) -> tuple[time, ...]:
    paths = list(reading.items(path)) if isinstance(reading.at(path), Listing) else [path]
    times = [reading.time(each) for each in paths]
    good = tuple(each for each in times if each is not None)
    if not times or any(later <= earlier for earlier, later in pairwise(good)):
        reading.find("handover_order", path)
    return good


def _weekdays(reading: _Reading, path: Path) -> tuple[int, ...]:
    found = set()
    for name in reading.texts(path):
        if name in WEEKDAYS:
            found.add(WEEKDAYS.index(name))
        else:
            reading.find("bad_weekday", path, value=name[:40], known=", ".join(WEEKDAYS))
    return tuple(sorted(found))


def _limits(reading: _Reading, path: Path, parts: dict[str, Any], beside: tuple[str, ...] = ()) -> Limits:
    given = reading.keys(path, (), (*beside, *LIMITS))
    found = {name: reading.number((*path, name), 400, 1) for name in LIMITS if name in given}
    return Limits(**found)


def _excludes(reading: _Reading, parts: dict[str, Any]) -> frozenset[frozenset[str]] | None:
    """Groups of posts that nobody holds at one time; `all`, or nothing, is every two."""
    if parts.get("excludes", "all") == "all":
        return None
    pairs: set[frozenset[str]] = set()
    for path in reading.items(("excludes",)):
        pairs |= {frozenset(pair) for pair in combinations(sorted(set(reading.texts(path))), 2)}
    return frozenset(pairs)


def _fairness(reading: _Reading, parts: dict[str, Any]) -> dict[str, int]:
    if "fairness" not in parts:
        return dict(DEFAULT_WEIGHTS)
    given = reading.keys(("fairness",), (), CLASSES)
    return {name: reading.number(("fairness", name), MOST_WEIGHT) for name in CLASSES if name in given}


def _working(reading: _Reading, parts: dict[str, Any]) -> WorkingRules | None:
    if "working_time" not in parts:
        return None
    path: Path = ("working_time",)
    given = reading.keys(path, ("posts",), ("posts", "day_hours", "month_overtime", "rest_days"))
    posts = frozenset(reading.texts((*path, "posts"))) if "posts" in given else frozenset()
    law = WorkingRules(posts)
    return WorkingRules(
        posts,
        reading.number((*path, "day_hours"), 24) if "day_hours" in given else law.day_hours,
        reading.number((*path, "month_overtime"), 400) if "month_overtime" in given else law.month_overtime,
        reading.number((*path, "rest_days"), 6) if "rest_days" in given else law.rest_days,
    )


def _qualified(reading: _Reading, parts: dict[str, Any]) -> Iterator[QualifiedRule]:
    if "qualifications" not in parts:
        return
    if not isinstance(parts["qualifications"], Branch):
        reading.find("not_mapping", ("qualifications",))
        return
    for name in parts["qualifications"]:
        for path in reading.items(("qualifications", name)):
            if isinstance(reading.at(path), Branch):
                given = reading.keys(path, ("who",), ("who", "from", "until"))
                if "who" in given:
                    yield QualifiedRule(reading.person((*path, "who")), name, reading.span(path, given))
            else:
                yield QualifiedRule(reading.person(path), name)


def _person(reading: _Reading, path: Path) -> PersonRule | None:
    if not _PERSON.fullmatch(str(path[-1])):
        reading.find("bad_person", path)
        return None
    parts = reading.keys(path, (), ("from", "until", "share", *LIMITS))
    own = any(name in parts for name in LIMITS)
    return PersonRule(
        str(path[-1]),
        reading.span(path, parts),
        reading.number((*path, "share"), 100, 1) if "share" in parts else 100,
        _limits(reading, path, parts, ("from", "until", "share")) if own else None,
    )


def _away(reading: _Reading, path: Path) -> AwayRule | None:
    parts = reading.keys(path, ("who", "from", "until"), ("who", "from", "until"))
    if len(parts) < 3:
        return None
    return AwayRule(reading.person((*path, "who")), reading.span(path, parts))


def _wish(reading: _Reading, path: Path) -> WishRule | None:
    parts = reading.keys(
        path, ("who", "wish", "from", "until"), ("who", "wish", "from", "until", "weight", "post")
    )
    if not {"who", "wish", "from", "until"} <= set(parts):
        return None
    if parts["wish"] not in ("duty", "free"):
        reading.find("bad_wish", (*path, "wish"), value=str(parts["wish"])[:40])
    return WishRule(
        reading.person((*path, "who")),
        reading.span(path, parts),
        parts["wish"] == "duty",
        reading.number((*path, "weight"), MOST_WEIGHT, 1) if "weight" in parts else 1,
        reading.text((*path, "post")) if "post" in parts else "",
    )


def _seat(reading: _Reading, path: Path) -> SeatRule | None:
    parts = reading.keys(path, ("who", "post", "on"), ("who", "post", "on"))
    if len(parts) < 3:
        return None
    moment = reading.moment((*path, "on"))
    if moment is None:
        return None
    exact = len(str(parts["on"])) > len("2027-01-01")
    return SeatRule(
        reading.person((*path, "who")),
        reading.text((*path, "post")),
        date(moment.year, moment.month, moment.day),
        moment.time() if exact else None,
    )


def _position(finding: Finding) -> tuple[int, int]:
    line, column = finding.place.split(":")
    return int(line), int(column)
