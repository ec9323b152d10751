"""Holes by what fails in them: one failure that leaves several steps untaken is one cause, told and mended once.

A cause is a matter of posts, not of who holds them: the first on duty tonight and tomorrow night is the same cause.
Where nothing fails and still nobody takes it, the post that owes it is. Judges nothing: the proof has done that.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dutyroom.core.instants import Instant
from dutyroom.core.proof import Hole, Proof, Question

Span = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class Cause:
    """What fails (whoever holds the `posts` then, the outage `down`; or nothing, at `role`) and the holes it opens.

    `spans` are those of all its holes, merged, ascending; `key` is the same in every proof that finds it.
    """

    key: str
    posts: tuple[str, ...]
    down: str
    role: str
    holes: tuple[Hole, ...]
    spans: tuple[Span, ...]

    @property
    def first(self) -> Hole:
        """The hole that opens first; of those, the one that lets the least time."""
        return self.holes[0]

    @property
    def steps(self) -> tuple[str, ...]:
        """The questions that are then not answered, in the holes' order."""
        return tuple(dict.fromkeys(hole.question for hole in self.holes))


def causes(proof: Proof) -> tuple[Cause, ...]:
    """The causes of the proof's holes: the one that opens first stands first, of those the likeliest."""
    asked = {question.id: question for question in proof.questions}
    grouped: dict[tuple[object, ...], list[Hole]] = {}
    for hole in proof.holes:
        grouped.setdefault(_cause(hole, asked), []).append(hole)
    found = [_made(proof, holes, asked) for holes in grouped.values()]
    return tuple(sorted(found, key=lambda one: (one.spans[0][0], len(one.posts), -len(one.steps), one.key)))


def shortened(proof: Proof, most: int) -> Proof:
    """The proof as it is kept and shown: the first `most` causes, each with one hole told whole and the dates of all.

    Of the other holes nothing is left but what fails, when, and for which posts: the same story is not kept twice.
    """
    found = causes(proof)[:most]
    holes = [one if one is cause.first else _bare(one) for cause in found for one in cause.holes]
    return replace(proof, holes=tuple(holes))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans ascending, with those that touch made one."""
    found: list[Span] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return tuple(found)


def posts_of(hole: Hole) -> tuple[str, ...]:
    """The posts for which the silent persons of the hole are called, in the order of their calls."""
    called = {one.person: one.role for one in reversed(hole.course) if one.what == "called"}
    order = {
        one.person: number for number, one in reversed(list(enumerate(hole.course))) if one.what == "called"
    }
    silent = sorted(hole.silent, key=lambda one: order.get(one, len(hole.course)))
    return tuple(called.get(person, "") for person in silent)


def _bare(hole: Hole) -> Hole:
    called = {
        one.person: one for one in reversed(hole.course) if one.what == "called" and one.person in hole.silent
    }
    course = tuple(one for one in hole.course if called.get(one.person) is one)
    return replace(hole, course=course, repairs=(), script="")


def _cause(hole: Hole, asked: dict[str, Question]) -> tuple[object, ...]:
    nothing = not hole.silent and not hole.down
    return (tuple(sorted(posts_of(hole))), hole.down, asked[hole.question].role if nothing else "")


def _made(proof: Proof, holes: list[Hole], asked: dict[str, Question]) -> Cause:
    ordered = sorted(holes, key=lambda one: (one.spans[0][0], asked[one.question].limit, one.question))
    posts, down, role = posts_of(ordered[0]), ordered[0].down, asked[ordered[0].question].role
    named = (proof.plan, down, *sorted(posts), "" if posts or down else role)
    key = hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
    return Cause(key, posts, down, role, tuple(ordered), merged(span for one in holes for span in one.spans))
