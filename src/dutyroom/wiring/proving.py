"""Proofs of cover made beside the pages: asked for when due, claimed, proved in a process of its own, kept.

The worker keeps one child at low priority, so that a long proof never holds up a real call. The child remembers a
site's standing proof and goes on from it when a shift or a telephone has changed; it ends when nothing has waited for
a while, and with its worker. The verifier proves; only owners and times of holes are decided here.
"""

import hashlib
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom import settings, wiring
from dutyroom.core.covering import Cause, causes, shortened
from dutyroom.core.instants import DAY, HOUR, Instant, iso
from dutyroom.core.plan import Plan
from dutyroom.core.proof import Assumptions, Proof, proof_data
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.verify import Proved, prove, reprove
from dutyroom.store import proofs
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.proofs import FoundHole, Made, Work
from dutyroom.store.rosters import WholeRoster, ids_of, whole_roster
from dutyroom.wiring.beside import Beside

_LOG = logging.getLogger(__name__)
_NICE = 10
IDLE_SECONDS = 600.0
CALM_SECONDS = 60.0  # the first minute after a start belongs to what waited for it
# Without turns of duty nothing ends; then so far is looked ahead. Never farther than a year and a month.
STANDING_SPAN = 90 * DAY
LONGEST_SPAN = 400 * DAY
REMEMBERED = 8
KEPT_CAUSES = 40  # more than anybody mends at once; how many there are is kept too
FRESH = HOUR  # so long a standing proof is gone on from; then it is made whole again
LEADING_GROUP = "leading_group"
MEND_HOUR = 12  # of the day before the span begins


class Prover(Beside):
    """One worker's hand for proofs: asks for what is due and keeps the child that proves."""

    def __init__(self, lock: int) -> None:
        super().__init__(lock, proofs, "dutyroom.wiring.proving", "cover.failed.stopped")
        self.began = time.monotonic()

    def ask(self) -> None:
        """Ask for the proofs that are due; not in the first minute after a start, which belongs to what waited."""
        if time.monotonic() - self.began > CALM_SECONDS:
            proofs.ask_due(wiring.pool(), wiring.clock().now())


@dataclass
class Hand:
    """What proves: remembers the standing proofs of a few sites, to go on from them."""

    lock: int
    known: dict[str, Proved] = field(default_factory=dict)

    def work(self) -> bool:
        """Prove what has waited longest; False if nothing waits."""
        work = proofs.claim(wiring.pool(), self.lock)
        if work is None:
            return False
        now = wiring.clock().now()
        whole = whole_roster(wiring.pool(), work.site, now - FRESH)
        rules = whole.rules(wiring.record().plan(work.edition))
        proof = self._proved(work, rules, whole, now)
        made = _made(proof)
        found = _holes(work, proof, rules, now) if work.asked.stands else []
        proofs.finish(wiring.pool(), work, made, found, wiring.clock().now())
        return True

    def _proved(self, work: Work, rules: PlanInForce, whole: WholeRoster, now: Instant) -> Proof:
        span = span_of(whole, now)
        if not work.asked.stands:
            return self._made(work, rules, span, whole).proof
        before = self.known.pop(work.site, None)
        fresh = before is not None and now - before.proof.starts < FRESH and before.proof.ends == span[1]
        if before is not None and fresh and before.zone == work.zone:
            proved = reprove(before, rules, _telling(work.id))
        else:
            proved = self._made(work, rules, span, whole)
        self.known[work.site] = proved
        while len(self.known) > REMEMBERED:
            self.known.pop(next(iter(self.known)))
        return from_now(proved.proof, now)

    def _made(
        self, work: Work, rules: PlanInForce, span: tuple[Instant, Instant], whole: WholeRoster
    ) -> Proved:
        """A proof from the beginning. The plan's own course does not change with the roster: it is left out here."""
        given, told = assumptions_of(work, whole), _telling(work.id)
        return prove(rules, span, work.missing, given, told, work.zone, flow=False)


def from_now(proof: Proof, now: Instant) -> Proof:
    """The proof without what has passed since it was begun."""
    clipped = (
        replace(hole, spans=tuple((max(starts, now), ends) for starts, ends in hole.spans if ends > now))
        for hole in proof.holes
    )
    holes = tuple(hole for hole in clipped if hole.spans)
    until = min((hole.spans[0][0] for hole in holes), default=proof.ends)
    return replace(proof, starts=max(proof.starts, now), holes=holes, covered_until=until)


def span_of(whole: WholeRoster, now: Instant) -> tuple[Instant, Instant]:
    """From now to the end of the roster as it is written; a day at least."""
    starts = now
    ends = starts - starts % DAY + STANDING_SPAN if whole.until is None else whole.until
    return starts, min(max(ends, starts + DAY), starts + LONGEST_SPAN)


def assumptions_of(work: Work, whole: WholeRoster) -> Assumptions:
    """What was asked, as the verifier takes it."""
    evidence = dict(whole.evidence) if work.evidence else None
    return Assumptions(evidence=evidence, together=work.together, idle=work.idle)


def leading_post(plan: Plan) -> str:
    """Who answers for cover: the head of the leading group, else who signs the end, else the last rung."""
    group = plan.groups.get(LEADING_GROUP)
    if group is not None:
        return group.leader or group.members[0]
    return plan.signs[0] if plan.signs else plan.defaults.last_rung


def mend_by(opens_at: Instant, now: Instant, zone: str) -> Instant:
    """Noon of the day before the span begins; at once where that has passed."""
    local: datetime = to_datetime(opens_at).astimezone(ZoneInfo(zone))
    noon = (local - timedelta(days=1)).replace(hour=MEND_HOUR, minute=0, second=0, microsecond=0)
    return max(now, from_datetime(noon))


def _holes(work: Work, proof: Proof, rules: PlanInForce, now: Instant) -> list[FoundHole]:
    owner = _owner(work.site, rules, now)
    return [_found(cause, owner, mend_by(cause.spans[0][0], now, work.zone)) for cause in causes(proof)]


def _owner(site: str, rules: PlanInForce, now: Instant) -> str:
    """The person who holds the leading post now; where nobody does, the last rung; empty where nobody does either."""
    for role in (leading_post(rules.plan), rules.plan.defaults.last_rung):
        holders = rules.roster.holders(role, now)
        if holders:
            return ids_of(wiring.pool(), site).get(holders[0], "")
    return ""


def _found(cause: Cause, owner: str, owed_by: Instant) -> FoundHole:
    opens, closes = cause.spans[0][0], cause.spans[-1][1]
    return FoundHole(cause.key, cause.first.question, len(cause.steps), opens, closes, owner, owed_by)


def _made(proof: Proof) -> Made:
    evidence = proof.assumptions.evidence
    aged = sorted((*pair, iso(at)) for pair, at in evidence.items()) if evidence is not None else []
    made_of = hashlib.sha256(
        repr((proof.edition, proof.roster, proof.starts, proof.ends, aged)).encode()
    ).hexdigest()
    return Made(
        proof_data(shortened(proof, KEPT_CAUSES)),
        made_of,
        len(causes(proof)),
        proof.covered_until,
        proof.evidence_until,
        proof.ends,
    )


def _telling(proof: str) -> Callable[[int, int], None]:
    last = 0.0

    def told(done: int, questions: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5 or done == questions:
            last = time.monotonic()
            proofs.progress(wiring.pool(), proof, done, questions)

    return told


def main() -> None:
    """The child process: proves what waits; the worker's lock comes on the command line."""
    from dutyroom.wiring.service import end_with_parent

    if settings.PARENT:
        end_with_parent()
    os.nice(_NICE)
    hand, idle_since = Hand(int(sys.argv[1])), time.monotonic()
    while time.monotonic() - idle_since < IDLE_SECONDS:
        if hand.work():
            idle_since = time.monotonic()
        else:
            time.sleep(0.5)


if __name__ == "__main__":
    main()
