"""Who holds a post until the next one has accepted it: `held(roster, waiting) -> roster`.

The roster says who comes on duty when. Until the next one has accepted it the duty stays with who had it: they are
asked first, and those who should have come are asked behind them, so that a late handover never thins the cover.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyroom.core.duties.steps import HANDOVER, DutyStep, kind_of
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import END, HELD_OVER, DutyPeriod, Roster
from dutyroom.core.state import Case, Obligation


@dataclass(frozen=True, slots=True)
class Waiting:
    """A handover of the role that was due at `at` and is accepted at `until` (END: not yet).

    `away` are on leave or have left by then: nobody keeps a post who is not there.
    """

    role: str
    at: Instant
    until: Instant = END
    away: frozenset[str] = frozenset()


def held(roster: Roster, waiting: Iterable[Waiting]) -> Roster:
    """The roster with every duty that waits to be handed over kept by who has it."""
    kept = [period for one in waiting for period in kept_over(roster, one)]
    return Roster(roster.standing, (*roster.periods, *kept)) if kept else roster


def kept_over(roster: Roster, waiting: Waiting) -> tuple[DutyPeriod, ...]:
    """The periods for which those before stay on duty; none if it was accepted in time."""
    if waiting.until <= waiting.at:
        return ()
    standing = roster.standing.get(waiting.role, ())
    kept = (one for one in roster.planned(waiting.role, waiting.at - 1) if one not in standing)
    before = [one for one in kept if one not in waiting.away]
    return tuple(
        DutyPeriod(waiting.role, person, waiting.at, waiting.until, place + HELD_OVER)
        for place, person in enumerate(before)
    )


def waiting_in(case: Case) -> tuple[Waiting, ...]:
    """The handovers of a duty case that nobody has accepted yet."""
    return tuple(
        Waiting(owed.role, owed.begins_at or owed.opened_at)
        for owed in case.open_obligations()
        if kind_of(owed.step) == HANDOVER
    )


def may_come(plan: Plan, roster: Roster, owed: Obligation, person: str, now: Instant) -> bool:
    """Whether a step that only who comes on duty may do is the person's: as planned from its instant on, or now."""
    return not is_incoming(plan, owed) or person in coming(roster, owed, now)


def is_incoming(plan: Plan, owed: Obligation) -> bool:
    """Whether it is a step that only who comes on duty may do."""
    step = plan.step[owed.step]
    return isinstance(step, DutyStep) and step.incoming


def coming(roster: Roster, owed: Obligation, now: Instant) -> tuple[str, ...]:
    """Who comes on duty: as planned from the turn on, or now where that is later."""
    return roster.planned(owed.role, max(now, owed.begins_at or owed.opened_at))


def passed_on(cases: Mapping[str, Case], role: str, before: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(case, obligation) of every open promise of the role that those before have in hand: they pass with the duty."""
    outgoing = frozenset(before)
    return tuple(
        (name, owed.key)
        for name, case in cases.items()
        for owed in case.open_obligations()
        if owed.role == role and owed.owner in outgoing and kind_of(owed.step) != HANDOVER
    )
