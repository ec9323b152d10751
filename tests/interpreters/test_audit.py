"""A clean record audits clean; one deviation is found as that one and no other; a lie in an entry does not pass."""

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dutyroom.adapters.planfolder import load, scripts
from dutyroom.core import events as e
from dutyroom.core.audited import Kind
from dutyroom.core.codec import dump_event, event_type, load_event
from dutyroom.core.commands import Justify, Times
from dutyroom.core.decide import decide
from dutyroom.core.events import Event
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE, SECOND
from dutyroom.core.plan import Verb
from dutyroom.interpreters.audit import audit, replayed, search
from dutyroom.interpreters.drill import read_script, rehearse
from tests.interpreters import audit_injections as put
from tests.interpreters.audit_injections import Injected
from tests.interpreters.audit_player import PLANS, Player, in_force, starter_plans

DRILLS = [file for name in starter_plans() for file in scripts(PLANS / name)]


@cache
def clean(name: str) -> Player:
    rules = in_force(name)
    return Player(rules, {}, level=rules.plan.levels[0].id).play()


# ---- clean records


@pytest.mark.parametrize("name", starter_plans())
def test_a_record_in_which_everybody_was_in_time_has_no_deviation(name: str) -> None:
    played = clean(name)
    found = audit(played.rules, played.events)
    assert (found.deviations, found.cost, found.stuck_at) == ((), 0, 0)
    assert replayed(played.rules, played.events) == played.events
    assert {one.result for one in found.clauses} <= {"kept", "open", "not_applicable", "judgement"}


@pytest.mark.parametrize("file", DRILLS, ids=lambda file: file.stem)
def test_a_drill_deviates_only_by_what_its_people_were_late_for(file: Path) -> None:
    rules = load(file.parents[1]).in_force()
    assert rules is not None
    script, faults = read_script(file.read_text(encoding="utf-8"), rules.plan, rules.roster)
    assert script is not None, faults
    drilled = rehearse(script, rules)
    found = audit(drilled.rules, drilled.events)
    assert found.cost == 0
    assert {one.kind for one in found.deviations} <= {Kind.LATE, Kind.MISSED}
    assert replayed(drilled.rules, drilled.events) == drilled.events
    assert {position for one in found.deviations for position in one.entries} <= set(
        range(1, found.entries + 1)
    )


# ---- one deviation each

MAKERS: dict[str, Callable[[Player], Iterator[Injected]]] = {
    "late": put.late,
    "skipped": lambda player: put.skipped(player, whole=True),
    "entry_gone": lambda player: put.skipped(player, whole=False),
    "wrong_actor": put.wrong_actor,
    "out_of_order": put.out_of_order,
    "twice": put.twice,
    "not_in_plan": put.not_in_plan,
    "open_at_end": put.open_at_end,
    "too_early": lambda player: put.at_another_time(player, -30 * SECOND),
    "too_late": lambda player: put.at_another_time(player, 20 * SECOND),
}
PLACES = 6  # of each, over all the plans


@cache
def injected(kind: str) -> tuple[Injected, ...]:
    """Places spread over the plans: the first of each plan, then the second of each."""
    makers = [MAKERS[kind](clean(name)) for name in starter_plans()]
    found: list[Injected] = []
    while makers and len(found) < PLACES:
        for maker in list(makers):
            one = next(maker, None)
            found += [one] if one else []
            if one is None:
                makers.remove(maker)
    return tuple(found[:PLACES])


@pytest.mark.parametrize("place", range(PLACES))
@pytest.mark.parametrize("kind", MAKERS)
def test_one_deviation_is_found_and_no_other(kind: str, place: int) -> None:
    one = injected(kind)[place]
    found = audit(one.rules, one.events)
    assert [(each.kind, each.key) for each in found.deviations] == [(one.kind, one.key)]
    assert found.deviations[0].entries
    assert set(found.deviations[0].entries) <= set(range(1, len(one.events) + 1))


def test_late_says_by_how_much_against_which_clock() -> None:
    one = injected("late")[0]
    (found,) = audit(one.rules, one.events).deviations
    assert found.late == 20 * MINUTE
    assert found.due_at is not None
    assert found.at == found.due_at + 20 * MINUTE
    assert found.clock is not None
    result = next(each for each in audit(one.rules, one.events).clauses if each.clause == found.clauses[0])
    assert (result.result, max(result.hard_late, result.soft_late)) == ("late", 20 * MINUTE)


def test_a_deviation_has_the_same_name_when_the_record_grows() -> None:
    one = injected("twice")[0]
    (before,) = audit(one.rules, one.events).deviations
    case = replay(list(clean_events(one)))
    signing = one.rules.plan.step[one.rules.plan.signs[0]].who[0]
    by = one.rules.roster.holders(signing, case.last_at)[0]
    command = Justify(
        "why", by, before.id, "the first entry was not seen", True, Times(case.last_at, case.last_at)
    )
    events = decide(one.rules, case, command, case.last_at)
    assert not isinstance(events, Refusal)
    (after,) = audit(one.rules, (*one.events, *events)).deviations
    assert (after.id, after.justified, after.change_wanted) == (
        before.id,
        "the first entry was not seen",
        True,
    )


def clean_events(one: Injected) -> tuple[Event, ...]:
    return tuple(each for each in one.events if not getattr(each, "command", "").endswith("-again"))


def test_three_deviations_in_one_record_are_three() -> None:
    player = clean("sanitation-project")
    acts = list(put.twice(player))
    first, last = acts[2], acts[-3]
    extra = [one for one in last.events if getattr(one, "command", "").endswith("-again")]
    place = last.events.index(extra[0])
    events = list(first.events)
    events[place + 1 : place + 1] = extra
    strange = e.ActMarked(events[60].at, "x", extra[0].by, "dance#1", "dance", Verb.DONE, extra[0].times)  # type: ignore[union-attr]
    boundary = next(i for i in range(60, len(events)) if isinstance(events[i], e.ActMarked))
    events.insert(boundary, dataclasses.replace(strange, at=events[boundary - 1].at))
    found = audit(player.rules, events)
    assert sorted(one.kind for one in found.deviations) == [Kind.NOT_IN_PLAN, Kind.TWICE, Kind.TWICE]


def test_where_the_search_gives_up_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    one = injected("wrong_actor")[0]
    found = audit(one.rules, one.events)
    assert found.stuck_at > 0
    assert found.deviations == ()


# ---- lies


def lies(events: tuple[Event, ...]) -> Iterator[tuple[int, str, Event]]:
    """Every field of every entry with another value of its kind, one at a time."""
    for place, event in enumerate(events):
        body = dump_event(event)
        for name, value in body.items():
            other = _otherwise(name, value)
            if other is not None:
                try:
                    yield place, name, load_event(event_type(event), {**body, name: other})
                except ValueError:
                    continue


EVERY = 3  # one in three is tried here; all of them hold as well


def _otherwise(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value.endswith("Z") and "T" in value:
        return value[:-2] + ("1Z" if value[-2] != "1" else "2Z")
    if name in ("kind", "verb") and value:
        return {"received": "taken", "taken": "done", "done": "received", "hard": "soft"}.get(value, "hard")
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{**value[0], "due_at": _otherwise("at", value[0]["due_at"])}, *value[1:]]
    if isinstance(value, dict) and name == "facts":
        return {**value, "invented": 1}
    return None


def test_a_lie_in_an_entry_that_the_replay_contradicts_is_found() -> None:
    player = clean("heat")
    slow = put.replayed_with(player, answer_after=150 * SECOND)
    contradicted = 0
    for place, name, event in islice(lies(slow.events), 0, None, EVERY):
        events = (*slow.events[:place], event, *slow.events[place + 1 :])
        try:
            again = replayed(player.rules, events)
        except KeyError:
            again = ()
        if again == events:
            continue  # it does not follow that it is true, only that nothing in the record speaks against it
        contradicted += 1
        found = audit(player.rules, events)
        assert found.deviations or found.stuck_at, (place, name, event)
    assert contradicted > 300 // EVERY


def test_what_a_person_says_freely_is_not_a_lie_to_the_record() -> None:
    player = clean("heat")
    place = next(number for number, one in enumerate(player.events) if isinstance(one, e.ReportReceived))
    said = player.events[place]
    assert isinstance(said, e.ReportReceived)
    report = dataclasses.replace(said, story={"what": "other words"})
    events = (*player.events[:place], report, *player.events[place + 1 :])
    assert audit(player.rules, events).deviations == ()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_was_done_to_a_record_it_is_audited_and_said(seed: int) -> None:
    """Entries dropped, doubled, exchanged, altered, from another case: an answer, never an exception."""
    chance = Random(seed)
    player, other = clean("heat"), clean("traffic-accident")
    events, altered = list(player.events), list(lies(player.events))
    for _ in range(1 + seed % 3):
        place, what = chance.randrange(2, len(events)), chance.randrange(5)
        if what == 0:
            del events[place]
        elif what == 1:
            events.insert(chance.randrange(2, len(events)), events[place])
        elif what == 2:
            events[place], events[2] = events[2], events[place]
        elif what == 3:
            events.insert(place, chance.choice(other.events))
        else:
            number, _, event = chance.choice(altered)
            events[min(number, len(events) - 1)] = event
    found = audit(player.rules, events)
    replayed(player.rules, events)
    assert found.entries == len(events)
    assert found.deviations or found.stuck_at or replayed(player.rules, events) == tuple(events)
    assert all(1 <= position <= len(events) for one in found.deviations for position in one.entries)


# ---- without who could be reached


@pytest.mark.parametrize("name", ["heat", "sanitation-project"])
def test_without_the_people_calls_are_taken_as_recorded(name: str) -> None:
    player = clean(name)
    nobody = dataclasses.replace(player.rules, people={})
    slow = put.replayed_with(player, answer_after=150 * SECOND)
    found = audit(nobody, slow.events, exact=False)
    assert (found.cost, found.exact) == (0, False)


def test_people_who_are_plainly_not_those_of_then_are_not_held_against_the_record() -> None:
    player = clean("heat")
    nobody = dataclasses.replace(player.rules, people={})
    found = audit(nobody, put.replayed_with(player, answer_after=150 * SECOND).events)
    assert (found.exact, found.cost, found.stuck_at) == (False, 0, 0)


def test_nothing_at_all_is_audited_as_nothing() -> None:
    found = audit(in_force("heat"), ())
    assert (found.entries, found.deviations, found.cost) == (0, (), 0)
    assert {one.result for one in found.clauses} <= {"not_applicable", "judgement"}
