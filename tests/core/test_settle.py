"""Time and a person's act that meet at one instant: who acts at the very instant of a timer is in time."""

from dutyroom.core import events as e
from dutyroom.core.plan import Verb
from dutyroom.core.settle import next_due, settle, settle_before
from tests.core.builder import MOVES, START, START_STEP, Play, hard, minutes, plan, step

LOOK = step("look", clocks={Verb.DONE: hard(1)})


def play() -> Play:
    return Play(plan(START_STEP, LOOK, moves=MOVES[:1]))


def missed(events: tuple[e.Event, ...]) -> list[e.DeadlineMissed]:
    return [one for one in events if isinstance(one, e.DeadlineMissed)]


def test_what_falls_due_at_the_instant_of_an_act_waits_for_the_act() -> None:
    one = play()
    due = next_due(one.case)
    assert due is not None
    assert due[0] == START + minutes(1)
    case, before = settle_before(one.rules, one.case, due[0])
    assert (case, before) == (one.case, ())
    assert len(missed(settle(one.rules, one.case, due[0])[1])) == 1


def test_what_fell_due_earlier_has_passed_before_the_act() -> None:
    one = play()
    now = START + minutes(1) + 1
    assert settle_before(one.rules, one.case, now) == settle(one.rules, one.case, now)
    assert len(missed(settle_before(one.rules, one.case, now)[1])) == 1


def test_at_the_end_of_an_outage_the_act_comes_before_what_fell_due_in_it() -> None:
    one, back = play(), START + minutes(9)
    outage = ((START + minutes(0.5), back),)
    assert settle_before(one.rules, one.case, back, outage)[1] == ()
    (miss,) = missed(settle_before(one.rules, one.case, back + 1, outage)[1])
    assert miss.while_down
    assert miss.at == back + 1


def test_what_fell_due_in_the_outage_before_the_act_was_made_was_missed() -> None:
    one, back = play(), START + minutes(9)
    outage = ((START + minutes(0.5), back),)
    due = next_due(one.case)
    assert due is not None and outage[0][0] < due[0] < back
    assert settle_before(one.rules, one.case, back, outage, due[0])[1] == (), (
        "at the very instant it is in time"
    )
    (miss,) = missed(settle_before(one.rules, one.case, back, outage, due[0] + 1)[1])
    assert miss.while_down and miss.at == back


def test_what_fell_due_before_the_outage_does_not_wait_for_its_end() -> None:
    one, back = play(), START + minutes(9)
    (miss,) = missed(settle_before(one.rules, one.case, back, ((START + minutes(2), back),))[1])
    assert not miss.while_down
