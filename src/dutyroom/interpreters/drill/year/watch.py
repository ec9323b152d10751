"""What must hold at every instant of a year of duty, looked at while it is played; `Watch.broken`: where it did not.

Each rule here is said a second time, in another way than the engine keeps it: by counting calls, misses and holders as
they come. Refuses to mend anything.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dutyroom.core import events as e
from dutyroom.core.duties.keeping import Gap, gaps
from dutyroom.core.duties.localtime import local_of
from dutyroom.core.duties.occurring import holds_on
from dutyroom.core.duties.steps import LAPSES_AFTER
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case

RULES = (
    "owner", "timer", "order", "miss_first", "escalated", "post_kept", "night", "once", "reports",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that did not hold: which, when, and for which obligation or post."""

    rule: str
    at: Instant
    case: str
    key: str


class Watch:
    """Looks at one play. `checked` counts how often each rule was looked at, so that none holds for want of cases."""

    def __init__(self, plan: Plan, zone: str) -> None:
        self.plan, self.zone = plan, zone
        self.broken: list[Broken] = []
        self.checked: Counter[str] = Counter()
        self.misses: dict[tuple[str, str], e.DeadlineMissed] = {}
        self.gaps: list[Gap] = []
        self._calls: set[tuple[str, str, str, str, Instant]] = set()
        self._told: set[tuple[str, str]] = set()
        self._last: dict[str, Instant] = {}

    # ---- while it is played

    def took(self, name: str, case: Case, events: Iterable[e.Event], periods: Sequence[str]) -> None:
        """Events of a case, which is already as they left it; `periods` are those of the local day."""
        for event in events:
            self._holds("order", event.at >= self._last.get(name, event.at), event.at, name, "")
            self._last[name] = event.at
            self._one(name, event, periods)
        for owed in case.open_obligations():
            self._holds("timer", any(True for _ in owed.timers()), case.last_at, name, owed.key)

    def duty(self, rules: PlanInForce, periods: Sequence[str], now: Instant, until: Instant) -> None:
        """Who is on duty has changed: the gaps from now on are others."""
        kept = [one for one in self.gaps if one.starts_at < now]
        self.gaps = [replace(one, ends_at=now) if one.ends_at > now else one for one in kept]
        self.gaps += gaps(rules, periods, now, until)

    def posts(self, rules: PlanInForce, periods: Sequence[str], now: Instant) -> None:
        """Whoever counts the holders of a wanted post now finds one, or a gap on record that has an owner."""
        for post in self.plan.posts.values():
            if holds_on(post.during, periods):
                there = [one for one in rules.roster.holders(post.role, now) if _has_channels(rules, one)]
                known = any(
                    gap.post == post.id
                    and gap.starts_at <= now < gap.ends_at
                    and gap.owner in self.plan.roles
                    for gap in reversed(self.gaps)
                )
                self._holds("post_kept", bool(there) or known, now, "", post.id)

    def _one(self, name: str, event: e.Event, periods: Sequence[str]) -> None:
        match event:
            case e.ObligationOpened():
                self._holds("owner", event.role in self.plan.roles, event.at, name, event.key)
            case e.PersonCalled():
                call = (name, event.key, event.person, event.channel, event.at)
                self._holds("once", call not in self._calls, event.at, name, event.key)
                self._calls.add(call)
                self._holds("night", bool(periods) or not self._is_night(event.at), event.at, name, event.key)
                if (event.rung or event.ring) and (name, event.key) in self.misses:
                    self._told.add((name, event.key))
            case e.DeadlineMissed():
                self.misses[name, event.key] = event
            case e.Lapsed():
                self._holds("miss_first", self._may_lapse(name, event), event.at, name, event.key)

    def _may_lapse(self, name: str, lapsed: e.Lapsed) -> bool:
        """Its miss is on record and was told upward."""
        missed = self.misses.get((name, lapsed.key))
        return missed is not None and (_found_too_late(missed) or (name, lapsed.key) in self._told)

    def _is_night(self, at: Instant) -> bool:
        starts, _, ends = self.plan.defaults.quiet.partition("-")
        now = f"{local_of(at, self.zone):%H:%M}"
        if not ends or starts == ends:
            return False
        return starts <= now < ends if starts < ends else now >= starts or now < ends

    # ---- when it is over

    def missed(self, cases: Iterable[tuple[str, Case]]) -> None:
        """Each miss was brought before somebody on a higher rung, or was met by then, or still rings."""
        for name, case in cases:
            for owed in case.obligations.values():
                missed = self.misses.get((name, owed.key))
                if missed is not None:
                    rings = owed.is_open and owed.next_call_at is not None
                    fine = (
                        (name, owed.key) in self._told
                        or owed.status in ("done", "waived", "withdrawn")
                        or rings
                    )
                    self._holds("escalated", fine or _found_too_late(missed), missed.at, name, owed.key)

    def reported(self, day: date, wanted: Iterable[tuple[str, str]], owed: Iterable[tuple[str, str]]) -> None:
        """Each crew owed its report on a day that asks for one."""
        found = set(owed)
        for step, role in wanted:
            self._holds("reports", (step, role) in found, 0, str(day), f"{step}@{role}")

    def _holds(self, rule: str, holds: bool, at: Instant, case: str, key: str) -> None:
        self.checked[rule] += 1
        if not holds:
            self.broken.append(Broken(rule, at, case, key))


def _found_too_late(missed: e.DeadlineMissed) -> bool:
    """Found after an outage so long that the day is over: the record says so, and nobody is called for it any more."""
    return missed.while_down and missed.at - missed.due_at >= LAPSES_AFTER


def _has_channels(rules: PlanInForce, person: str) -> bool:
    responder = rules.people.get(person)
    return responder is not None and bool(responder.channels)
