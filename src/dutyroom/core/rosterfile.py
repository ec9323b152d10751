"""How a roster is written: YAML text -> `Roster`, each fault with its line; and a roster against its plan.

Persons are staff numbers (工号). Who they are and how they are reached is the people list's: a name, a phone
number or an e-mail address in a roster is a fault, also in a comment. Knows no clock: "now" plays no part in
what a roster says. Periods are half-open UTC instants, computed in the zone the roster names, so a turn
across a change of the clocks has the length it really has.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import pairwise
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.roster import DutyPeriod, Roster

CHARACTERS = 500_000  # a roster of 500 posts has some 50,000
DAYS = 1_830  # five years: a longer block is a slip in the year
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS = 200_000  # of all blocks together; a group of 5,000 sites has a roster a site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_DATE = re.compile(r"(20\d\d-\d\d-\d\d)(?:[ T](\d\d:\d\d))?", re.ASCII)
_TIME = re.compile(r"\d{1,2}:\d\d", re.ASCII)
_CONTACT = re.compile(
    r"(?<![0-9A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])"  # mobile
    r"|(?<![0-9A-Za-z-])0\d{2,3}[ -]\d{7,8}(?![0-9A-Za-z])"  # landline
    r"|[\w.+-]+@[\w-]+\.\w+"  # e-mail
)


@dataclass(frozen=True, slots=True)
class _Block:
    """One duty block in local time: from `starts` to `ends`, a new turn at each of `handovers` between.

    With `weekdays` (0 is Monday) turns change on those days only: a turn of a week, or of half a week.
    """

    post: str
    starts: datetime
    ends: datetime
    handovers: tuple[time, ...]
    turns: tuple[tuple[str, ...], ...]
    node: Node
    weekdays: tuple[int, ...] = ()

    def size(self) -> int:
        """At most so many periods; known before any is made."""
        days = (self.ends - self.starts).days + 2
        return days * len(self.handovers) * max(len(turn) for turn in self.turns)

    def periods(self, zone: ZoneInfo) -> Iterator[DutyPeriod]:
        """The turns in order, the list begun again when it ends."""
        for number, (starts_at, ends_at) in enumerate(pairwise(self._borders(zone))):
            for place, person in enumerate(self.turns[number % len(self.turns)]):
                yield DutyPeriod(self.post, person, starts_at, ends_at, place)

    def _borders(self, zone: ZoneInfo) -> list[int]:
        """Instants at which a turn begins or ends. A set, because two local times can be one instant."""
        days = range((self.ends.date() - self.starts.date()).days + 1)
        moments = (
            datetime.combine(self.starts.date() + day * _DAY, at) for day in days for at in self.handovers
        )
        if self.weekdays:
            moments = (moment for moment in moments if moment.weekday() in self.weekdays)
        inside = {_instant(moment, zone) for moment in moments if self.starts < moment < self.ends}
        return sorted(inside | {_instant(self.starts, zone), _instant(self.ends, zone)})


def read_roster(text: str, plan_id: str = "") -> tuple[Roster | None, tuple[Finding, ...]]:
    """The roster a text holds, and what is wrong with the text, at `line:column`; None if anything is wrong.

    `from` and `until` are the first and the last day on which a turn begins; a block therefore ends at the
    first handover of the day after `until`. With a time (`2026-12-01 08:00`) they are exact instead, which
    joins two blocks with different handovers. `plan_id`, when given, must be the plan that the roster names.
    """
    reading = _Reading()
    standing: dict[str, tuple[str, ...]] = {}
    periods: tuple[DutyPeriod, ...] = ()
    root = reading.compose(text)
    if root is not None:
        parts = reading.mapping(root, needed=("roster",), known=("roster", "posts", "duty"))
        zone = _heading(reading, parts.get("roster"), plan_id)
        standing = _standing(reading, parts.get("posts"))
        periods = _expand(reading, _blocks(reading, parts.get("duty")), zone)
        _find_contacts(reading, text)
    if reading.faults:
        faults = sorted(reading.faults, key=lambda each: each[:2])
        return None, tuple(finding for _, _, finding in faults)
    return Roster(standing, periods), ()


def roster_zone(text: str) -> str:
    """The zone that a roster without faults names; "" where it cannot be read."""
    reading = _Reading()
    root = reading.compose(text)
    parts = reading.mapping(root) if root is not None else {}
    heading = reading.mapping(parts["roster"]) if "roster" in parts else {}
    return reading.text(heading["zone"]) or "" if "zone" in heading else ""


def check_roster(
    roster: Roster, people: Collection[str], plan: Plan, zone: str = "UTC"
) -> tuple[Finding, ...]:
    """What a well-written roster still lacks: roles nobody holds, strangers, unknown posts, holes in cover.

    A role that no step, ladder or last rung asks is only warned of. A hole is a time between a post's first
    and last duty period in which nobody holds it; a standing holder fills every hole. `zone` words the times.
    """
    return (
        *_unheld_roles(roster, plan),
        *_unknown_posts(roster, plan),
        *_unknown_people(roster, people),
        *_holes(roster, ZoneInfo(zone)),
    )


@dataclass(slots=True)
class _Reading:
    """One pass over one text, collecting faults. Walks composed nodes: only they know their lines."""

    faults: list[tuple[int, int, Finding]] = field(default_factory=list)

    def find(self, code: str, node: Node, **fields: str | int) -> None:
        self.find_at(code, _place(node.start_mark), **fields)

    def find_at(self, code: str, place: tuple[int, int], **fields: str | int) -> None:
        line, column = place
        self.faults.append((line, column, Finding(f"roster.{code}", "error", f"{line}:{column}", fields)))

    def compose(self, text: str) -> Node | None:
        if len(text) > CHARACTERS:
            self.find_at("too_large", (1, 1), limit=CHARACTERS)
            return None
        try:
            root: Node | None = YAML(typ="safe", pure=True).compose(text)
        except (YAMLError, ValueError, OverflowError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            self.find_at("not_yaml", _place(mark) if mark else (1, 1))
            return None
        if root is None:
            self.find_at("empty", (1, 1))
        return root

    def mapping(
        self, node: Node, needed: tuple[str, ...] = (), known: tuple[str, ...] | None = None
    ) -> dict[str, Node]:
        """The node's values by key; `known` None allows every key."""
        if not isinstance(node, MappingNode):
            self.find("not_mapping", node)
            return {}
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            if key in found:
                self.find("twice_key", key_node, key=key)
            elif known is not None and key not in known:
                self.find("unknown_key", key_node, key=key, known=", ".join(known))
            found[key] = value
            if _is_blank(value):  # its own mark would be that of whatever follows
                self.find("no_value", key_node, key=key)
        for key in needed:
            if key not in found:
                self.find("missing_key", node, key=key)
        return {key: value for key, value in found.items() if not _is_blank(value)}

    def items(self, node: Node) -> list[Node]:
        if not isinstance(node, SequenceNode):
            self.find("not_list", node)
            return []
        if not node.value:
            self.find("empty_list", node)
        return list(node.value)

    def text(self, node: Node) -> str | None:
        if isinstance(node, ScalarNode) and node.value not in ("", "~", "null"):
            return str(node.value)
        self.find("not_text", node)
        return None

    def persons(self, node: Node, post: str) -> tuple[str, ...]:
        """Staff numbers in order. What is not one is never repeated: it may be personal."""
        persons: list[str] = []
        for item in self.items(node):
            value = self.text(item)
            if value is None:
                continue
            if value in persons:
                self.find("person_twice", item, person=value, post=post)
            elif _CONTACT.fullmatch(unicodedata.normalize("NFKC", value)):
                continue  # `_find_contacts` names it
            elif not _PERSON.fullmatch(value):
                self.find("bad_number" if value.isascii() else "name", item, post=post)
            else:
                persons.append(value)
        return tuple(persons)

    def times(self, node: Node) -> tuple[time, ...]:
        """Handover times of a day, one or a list, ascending."""
        items = self.items(node) if isinstance(node, SequenceNode) else [node]
        times = [self._time(item) for item in items]
        good = [each for each in times if each is not None]
        if any(later <= earlier for earlier, later in pairwise(good)):
            self.find("handover_order", node)
        return tuple(good) if len(good) == len(times) else ()

    def _time(self, node: Node) -> time | None:
        value = self.text(node)
        if value is None:
            return None
        try:
            if _TIME.fullmatch(value):
                return time.fromisoformat(value.zfill(5))
        except ValueError:
            pass
        self.find("bad_time", node, value=value)
        return None

    def weekdays(self, node: Node) -> tuple[int, ...]:
        """Days of the week, one or a list; 0 is Monday."""
        found = set()
        for item in self.items(node) if isinstance(node, SequenceNode) else [node]:
            value = self.text(item)
            if value in WEEKDAYS:
                found.add(WEEKDAYS.index(value))
            elif value is not None:
                self.find("bad_weekday", item, value=value[:40], known=", ".join(WEEKDAYS))
        return tuple(sorted(found))

    def moment(self, node: Node) -> date | datetime | None:
        """A day, or a local date and time."""
        value = self.text(node)
        if value is None:
            return None
        parts = _DATE.fullmatch(value)
        try:
            if parts and parts[2]:
                return datetime.fromisoformat(f"{parts[1]} {parts[2]}")
            if parts:
                return date.fromisoformat(parts[1])
        except ValueError:
            pass
        self.find("bad_date", node, value=value)
        return None


def _heading(reading: _Reading, node: Node | None, plan_id: str) -> ZoneInfo | None:
    if node is None:
        return None
    parts = reading.mapping(node, needed=("plan", "zone"), known=("plan", "zone"))
    plan = reading.text(parts["plan"]) if "plan" in parts else None
    if plan is not None and plan_id and plan != plan_id:
        reading.find("other_plan", parts["plan"], plan=plan, expected=plan_id)
    zone = reading.text(parts["zone"]) if "zone" in parts else None
    if zone is None:
        return None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown; not a plain key; a folder of the zone database
        reading.find("unknown_zone", parts["zone"], zone=zone)
        return None


def _standing(reading: _Reading, node: Node | None) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    return {post: reading.persons(persons, post) for post, persons in reading.mapping(node).items()}


def _blocks(reading: _Reading, node: Node | None) -> list[_Block]:
    if node is None:
        return []
    found = (_block(reading, item) for item in reading.items(node))
    return [block for block in found if block is not None]


def _block(reading: _Reading, node: Node) -> _Block | None:
    keys = ("post", "from", "until", "handover", "turn")
    parts = reading.mapping(node, needed=keys, known=(*keys, "weekdays"))
    if any(key not in parts for key in keys):
        return None
    post = reading.text(parts["post"])
    first, last = reading.moment(parts["from"]), reading.moment(parts["until"])
    handovers = reading.times(parts["handover"])
    turns = tuple(reading.persons(turn, post or "?") for turn in reading.items(parts["turn"]))
    if post is None or first is None or last is None or not handovers or not all(turns) or not turns:
        return None
    block = _Block(
        post,
        _local(first, handovers[0]),
        _local(last, handovers[0], _DAY),
        handovers,
        turns,
        node,
        reading.weekdays(parts["weekdays"]) if "weekdays" in parts else (),
    )
    if block.starts >= block.ends:
        reading.find("reversed", parts["from"], first=str(first), last=str(last))
    elif block.ends - block.starts > DAYS * _DAY:
        reading.find("too_long", parts["until"], days=DAYS)
    else:
        return block
    return None


def _expand(reading: _Reading, blocks: list[_Block], zone: ZoneInfo | None) -> tuple[DutyPeriod, ...]:
    """All periods in order of time, unless blocks of one post overlap or the whole would be beyond reason."""
    _find_overlaps(reading, blocks)
    if sum(block.size() for block in blocks) > PERIODS:
        reading.find("too_many", blocks[0].node, limit=PERIODS)
    if zone is None or reading.faults:
        return ()
    periods = [period for block in blocks for period in block.periods(zone)]
    return tuple(sorted(periods, key=lambda period: (period.starts_at, period.role, period.place)))


def _find_overlaps(reading: _Reading, blocks: list[_Block]) -> None:
    longest: dict[str, _Block] = {}
    for block in sorted(blocks, key=lambda each: each.starts):
        before = longest.setdefault(block.post, block)
        if before is not block and block.starts < before.ends:
            ends = f"{before.ends:%Y-%m-%d %H:%M}"
            reading.find(
                "overlap", block.node, post=block.post, other=_place(before.node.start_mark)[0], ends=ends
            )
        if block.ends > before.ends:
            longest[block.post] = block


def _find_contacts(reading: _Reading, text: str) -> None:
    for place in contacts(text):
        reading.find_at("contact", place)


def contacts(text: str) -> Iterator[tuple[int, int]]:
    """Where a telephone number or an e-mail address stands: line and column."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _CONTACT.search(unicodedata.normalize("NFKC", line))
        if found:
            yield number, found.start() + 1


def _unheld_roles(roster: Roster, plan: Plan) -> Iterator[Finding]:
    held = {role for role, persons in roster.standing.items() if persons}
    held |= {period.role for period in roster.periods}
    asked = _asked(plan)
    for role in plan.roles.values():
        if role.id not in held:
            fields = {"role": role.id, "name": f"{role.name.zh} / {role.name.en}"}
            yield Finding("roster.nobody", "error" if role.id in asked else "warning", role.id, fields)


def _asked(plan: Plan) -> frozenset[str]:
    """Roles that somebody will be looked for in: those of steps and ladders, and the last rung."""
    names = {name for step in plan.steps for name in (*step.who, *step.ladder)} | {plan.defaults.last_rung}
    return frozenset(member for name in names for member in plan.members(name))


def _unknown_posts(roster: Roster, plan: Plan) -> Iterator[Finding]:
    posts = dict.fromkeys([*roster.standing, *(period.role for period in roster.periods)])
    for post in posts:
        if post in plan.roles:
            continue
        near = get_close_matches(post, plan.roles, n=1)
        if near:
            yield Finding("roster.unknown_post_near", "error", post, {"post": post, "near": near[0]})
        else:
            yield Finding("roster.unknown_post", "error", post, {"post": post})


def _unknown_people(roster: Roster, people: Collection[str]) -> Iterator[Finding]:
    """Each stranger once, with the first post they stand at."""
    posts: dict[str, str] = {}
    for post, persons in roster.standing.items():
        for person in persons:
            posts.setdefault(person, post)
    for period in roster.periods:
        posts.setdefault(period.person, period.role)
    for person, post in posts.items():
        if person not in people:
            yield Finding("roster.unknown_person", "error", post, {"person": person, "post": post})


def _holes(roster: Roster, zone: ZoneInfo) -> Iterator[Finding]:
    by_role: dict[str, list[DutyPeriod]] = {}
    for period in roster.periods:
        if not roster.standing.get(period.role):
            by_role.setdefault(period.role, []).append(period)
    for role, periods in by_role.items():
        covered_until = min(period.starts_at for period in periods)
        for period in sorted(periods, key=lambda each: each.starts_at):
            if period.starts_at > covered_until:
                fields = {"start": _worded(covered_until, zone), "end": _worded(period.starts_at, zone)}
                yield Finding("roster.hole", "error", role, {**fields, "post": role, "zone": str(zone)})
            covered_until = max(covered_until, period.ends_at)


def _local(moment: date | datetime, handover: time, later: timedelta = timedelta(0)) -> datetime:
    """A day stands for its first handover, moved by `later`; a date with a time stands for itself."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, handover) + later


def _instant(moment: datetime, zone: ZoneInfo) -> int:
    return (moment.replace(tzinfo=zone) - _EPOCH) // timedelta(milliseconds=1)


def _worded(instant: int, zone: ZoneInfo) -> str:
    return f"{(_EPOCH + timedelta(milliseconds=instant)).astimezone(zone):%Y-%m-%d %H:%M}"


def _is_blank(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.value and not node.style


def _place(mark: StreamMark) -> tuple[int, int]:
    """Line and column, counted from 1."""
    return int(mark.line) + 1, int(mark.column) + 1
