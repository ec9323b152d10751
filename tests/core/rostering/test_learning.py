"""Lessons from holes: keep two posts apart, put one more on a turn; nothing where neither can help."""

from collections.abc import Sequence
from dataclasses import replace

from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.plan import Verb
from dutyroom.core.proof import Assumptions, Hole, Moment, Proof, Question
from dutyroom.core.rostering.learning import MOST_PLACES, Lessons, learnt
from dutyroom.core.rostering.problem import Assignment, Problem
from tests.core.rostering.small import START, person, problem, turn

QUESTION = Question("verify", "verify", ("verify",), "desk", Verb.RECEIVED, 5 * MINUTE)
DESK, FIELD = turn("desk", 0), turn("field", 0)
TWO_POSTS = problem([DESK, turn("desk", 1), FIELD], [person("P1", "desk", "field"), person("P2", "desk", "field")],
                    excludes=frozenset())  # fmt: skip


def proof(*holes: Hole) -> Proof:
    return Proof("p", "e", "r", START, START + 9 * DAY, 1, Assumptions(), (QUESTION,), holes, (), START, 0, 0)


def hole(silent: tuple[str, ...], called: Sequence[tuple[str, str]], starts: int, ends: int) -> Hole:
    course = tuple(Moment(0, "called", role, who, "sms") for role, who in called)
    return Hole("h", "verify", silent, "", ((starts, ends),), course, None)


def lessons(asked: Problem, assignment: Assignment, *holes: Hole, known: Lessons | None = None) -> Lessons:
    return learnt(known or Lessons(), asked, assignment, proof(*holes))


def test_everybody_on_the_turn_was_silent_so_it_gets_one_more() -> None:
    found = hole(("P1",), [("desk", "P1")], DESK.starts_at, DESK.starts_at + HOUR)
    assert dict(lessons(TWO_POSTS, {DESK.id: ("P1",)}, found).raised) == {DESK.id: 2}


def test_a_turn_that_begins_before_the_limit_is_over_is_concerned_too() -> None:
    found = hole(("P1",), [("desk", "P1")], DESK.ends_at - 2 * MINUTE, DESK.ends_at - MINUTE)
    assignment = {DESK.id: ("P1",), "desk@1.8": ("P1",)}
    assert set(lessons(TWO_POSTS, assignment, found).raised) == {DESK.id, "desk@1.8"}


def test_who_stands_for_two_posts_at_once_is_kept_apart_and_so_is_everybody() -> None:
    found = hole(("P1",), [("desk", "P1"), ("field", "P1")], DESK.starts_at, DESK.starts_at + HOUR)
    learned = lessons(TWO_POSTS, {DESK.id: ("P1",), FIELD.id: ("P1",)}, found)
    assert learned.no_goods == {frozenset({(who, DESK.id), (who, FIELD.id)}) for who in ("P1", "P2")}
    assert learned.raised == {}


def test_a_ladder_that_takes_too_long_is_no_matter_of_people() -> None:
    """P2 was there and was called, too late: one more would only make it longer."""
    found = hole(("P1",), [("desk", "P1"), ("desk", "P2")], DESK.starts_at, DESK.starts_at + HOUR)
    nothing = lessons(TWO_POSTS, {DESK.id: ("P1", "P2")}, found)
    assert nothing == Lessons()


def test_nobody_is_asked_for_who_does_not_exist_or_for_a_post_that_does_not_rotate() -> None:
    both = hole(("P1", "P2"), [("desk", "P1"), ("desk", "P2")], DESK.starts_at, DESK.starts_at + HOUR)
    assert lessons(TWO_POSTS, {DESK.id: ("P1", "P2")}, both) == Lessons()
    standing = hole(("C1",), [("chief", "C1")], DESK.starts_at, DESK.starts_at + HOUR)
    assert lessons(TWO_POSTS, {DESK.id: ("P1",)}, standing) == Lessons()


def test_a_turn_is_never_raised_without_end() -> None:
    people = [person(f"P{number}") for number in range(20)]
    asked = problem([DESK], people)
    seated = tuple(one.id for one in people[:MOST_PLACES])
    found = hole(seated, [("desk", one) for one in seated], DESK.starts_at, DESK.starts_at + HOUR)
    assert lessons(asked, {DESK.id: seated}, found) == Lessons()


def test_what_has_begun_is_not_raised() -> None:
    found = hole(("P1",), [("desk", "P1")], DESK.starts_at, DESK.starts_at + HOUR)
    begun = replace(TWO_POSTS, frozen={DESK.id: ("P1",)})
    assert lessons(begun, {DESK.id: ("P1",)}, found) == Lessons()


def test_lessons_are_kept_and_added_to() -> None:
    known = Lessons({"desk@1.8": 3}, frozenset({frozenset({("P1", DESK.id), ("P1", FIELD.id)})}))
    found = hole(("P1",), [("desk", "P1")], DESK.starts_at, DESK.starts_at + HOUR)
    more = lessons(TWO_POSTS, {DESK.id: ("P1",)}, found, known=known)
    assert dict(more.raised) == {"desk@1.8": 3, DESK.id: 2} and more.no_goods == known.no_goods
