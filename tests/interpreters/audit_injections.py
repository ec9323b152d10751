"""One deviation put into a clean record, and what an audit must say of it: that, and nothing else.

Each maker yields every place of the record where its deviation can be put. The record is edited as somebody might have
left it; only what no edit can show (a deadline passed, a timer run out at another time) is played through the core.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dutyroom.core import events as e
from dutyroom.core.audited import Kind
from dutyroom.core.commands import LetPass, Times
from dutyroom.core.evolve import replay
from dutyroom.core.instants import MINUTE, SECOND
from dutyroom.core.phases import CLOSED
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from tests.interpreters.audit_player import Decision, Player, flat


@dataclass(frozen=True)
class Injected:
    """A record with one deviation."""

    rules: PlanInForce
    events: Decision
    kind: Kind
    key: str


def _done(decision: Decision) -> e.ActMarked | None:
    return next((one for one in decision if isinstance(one, e.ActMarked) and one.verb is Verb.DONE), None)


def _opens(decision: Decision) -> list[str]:
    return [one.key for one in decision if isinstance(one, e.ObligationOpened)]


def late(clean: Player) -> Iterator[Injected]:
    """A step done twenty minutes after its deadline, everything else in time."""
    first = {act.step: act.key for decision in clean.decisions if (act := _done(decision))}
    for step, key in first.items():
        shape = clean.plan.step[step]
        alone = not shape.repeat and not shape.each and Verb.DONE in shape.clocks
        others = [one for one in clean.plan.steps if one.id != step]
        if alone and not any(step == clock.since for one in others for clock in one.clocks.values()):
            played = replayed_with(clean, delays={(step, Verb.DONE): 20 * MINUTE})
            missed = [one.key for one in played.events if isinstance(one, e.DeadlineMissed)]
            if missed == [key] and Verb.DONE in played.case.obligations[key].marks:
                yield Injected(clean.rules, played.events, Kind.LATE, key)


def replayed_with(clean: Player, **changes: object) -> Player:
    """The same case played again with something otherwise."""
    given = {
        "rules": clean.rules,
        "facts": clean.facts,
        "level": clean.level,
        "answer_after": clean.answer_after,
    }
    return Player(**{**given, **changes}).play()  # type: ignore[arg-type]


def skipped(clean: Player, *, whole: bool) -> Iterator[Injected]:
    """An act taken out of the record, with all that it brought about or alone, although what it leads to is there."""
    for place, decision in enumerate(clean.decisions):
        act, later = _done(decision), flat(clean.decisions[place + 1 :])
        led_on = any(isinstance(one, e.ActMarked) and one.key in _opens(decision) for one in later)
        if act is not None and led_on and not clean.plan.step[act.step].each:
            rest = () if whole else tuple(one for one in decision if one is not act)
            events = flat([*clean.decisions[:place], rest, *clean.decisions[place + 1 :]])
            yield Injected(clean.rules, events, Kind.SKIPPED, act.key)


def wrong_actor(clean: Player) -> Iterator[Injected]:
    """An act by somebody who holds neither its post nor a deputy's, and who was not asked."""
    for place, decision in enumerate(clean.decisions):
        act = _done(decision)
        if act is None:
            continue
        case = replay(list(flat(clean.decisions[:place])))
        roles = {role for role in clean.plan.roles if clean.rules.holds(act.by, (role,), act.at)}
        stranger = _stranger(clean.rules, case.obligations[act.key].role, act.at)
        if stranger and stranger not in case.obligations[act.key].asked and roles:
            changed = tuple(replace(one, by=stranger) if one is act else one for one in decision)
            events = flat([*clean.decisions[:place], changed, *clean.decisions[place + 1 :]])
            yield Injected(clean.rules, events, Kind.WRONG_ACTOR, act.key)


def _stranger(rules: PlanInForce, role: str, at: int) -> str:
    """Somebody of the plan who may not act for the role."""
    from dutyroom.core.decide.calling import with_deputies

    allowed = {
        person for name in with_deputies(rules.plan, role) for person in rules.roster.holders(name, at)
    }
    return next((person for person in rules.people if person not in allowed), "")


def out_of_order(clean: Player) -> Iterator[Injected]:
    """A step on record before the one it waits for."""
    waiting = [step for step in clean.plan.steps if step.after.all and not step.repeat and not step.each]
    at_once = [step.id for step in waiting if Verb.ON_SCENE not in step.clocks and not step.voluntary]
    for step in at_once:
        played = replayed_with(clean, straight=frozenset({step}))
        for place, decision in enumerate(played.decisions):
            act = _done(decision)
            if act is None or act.step != step:
                continue
            before = [
                number
                for number, one in enumerate(played.decisions[:place])
                if _done(one) and act.key in _opens(one)
            ]
            if before:
                order = list(range(len(played.decisions)))
                order.insert(before[-1], order.pop(place))
                events = flat([played.decisions[one] for one in order])
                yield Injected(clean.rules, events, Kind.OUT_OF_ORDER, act.key)


def twice(clean: Player) -> Iterator[Injected]:
    """The entry of an act that was done, once more a minute later."""
    for place, decision in enumerate(clean.decisions[:-1]):
        act = _done(decision)
        if act is not None:
            at = min(act.at + MINUTE, clean.decisions[place + 1][0].at)
            again = replace(act, command=f"{act.command}-again", at=at, times=Times(at, at))
            events = flat([*clean.decisions[: place + 1], (again,), *clean.decisions[place + 1 :]])
            yield Injected(clean.rules, events, Kind.TWICE, act.key)


def not_in_plan(clean: Player) -> Iterator[Injected]:
    """An act on a step that the plan does not have, or that has no place in the phase."""
    persons = [one.by for one in clean.events if isinstance(one, e.ActMarked)]
    for place in range(2, len(clean.decisions) - 1, 3):
        at = clean.decisions[place][-1].at
        act = e.ActMarked(
            at, "strange", persons[0], "paint_the_fence#1", "paint_the_fence", Verb.DONE, Times(at, at)
        )
        events = flat([*clean.decisions[: place + 1], (act,), *clean.decisions[place + 1 :]])
        yield Injected(clean.rules, events, Kind.NOT_IN_PLAN, act.key)


def open_at_end(clean: Player) -> Iterator[Injected]:
    """A corrective action is promised, the case is put into the archive, and the record says that it was closed."""
    for place, decision in enumerate(clean.decisions):
        act = _done(decision)
        if act is None or act.step != "review":
            continue
        at, begun = act.at, clean.decisions[: place + 1]
        going = replace_case(clean, begun)
        going.volunteer(going.plan.step["corrective_action"], at + MINUTE)
        archive = next((one for one in going.case.open_obligations() if one.step == "archive"), None)
        if archive is None:
            return
        going.act(archive, Verb.DONE, at + 2 * MINUTE)
        owed = [one for one in going.case.open_obligations() if not clean.plan.step[one.step].outlives]
        closing = e.PhaseMoved(going.case.last_at, going.case.phase, CLOSED)
        assert "archive" in going.case.done
        assert going.case.phase != CLOSED
        yield Injected(clean.rules, (*going.events, closing), Kind.OPEN_AT_END, owed[0].key)


def replace_case(clean: Player, decisions: list[Decision]) -> Player:
    """A player who goes on from these decisions."""
    going = replace(clean, decisions=list(decisions), case=replay(list(flat(decisions))), tries={})
    going.commands = 1_000
    return going


def at_another_time(clean: Player, by: int) -> Iterator[Injected]:
    """A call made before its time, or long after it; or never, where somebody answered first."""
    slow = replayed_with(clean, answer_after=150 * SECOND)
    called = [one for one in slow.events if isinstance(one, e.PersonCalled) and one.call == 2]
    for call in called:

        def timing(command: LetPass, call: e.PersonCalled = call) -> int:
            return (
                by if command.key == call.key and command.timer == "call" and command.due_at == call.at else 0
            )

        played = replayed_with(slow, timing=timing)
        made = any(
            isinstance(one, e.PersonCalled) and one.key == call.key and one.call == 2 for one in played.events
        )
        kind = Kind.TOO_EARLY if by < 0 else Kind.TOO_LATE if made else Kind.NOT_CALLED
        yield Injected(clean.rules, played.events, kind, call.key)
