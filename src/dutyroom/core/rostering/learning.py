"""What a roster must also keep so that the proof of cover holds: lessons from the holes that a proof found.

A hole names who is silent and which posts were called. Where one person stood for two of these posts, those two are
kept apart; where everybody on a turn was silent, the turn gets one more. What neither can mend (a person who was there
in vain, because the ladder took too long; a post that does not rotate) lies in the plan. Proves and solves nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dutyroom.core.instants import Instant
from dutyroom.core.proof import Hole, Proof, Question
from dutyroom.core.rostering.evaluate import served_turns
from dutyroom.core.rostering.problem import Assignment, Problem, Seat, Turn
from dutyroom.core.rostering.rosters import free_turns

MOST_PLACES = 6  # more people on one turn than this only make its ladder longer


@dataclass(frozen=True)
class Lessons:
    """What has been learnt so far: turns with a higher least, seats not to be taken together."""

    raised: Mapping[str, int] = field(default_factory=dict)
    no_goods: frozenset[frozenset[Seat]] = frozenset()


def learnt(known: Lessons, problem: Problem, assignment: Assignment, proof: Proof) -> Lessons:
    """The lessons with those of this proof; the same again where nothing more can be learnt from it."""
    learning = _Learning(problem, assignment, {one.id: one for one in proof.questions}, known)
    for hole in proof.holes:
        learning.look_at(hole)
    return Lessons(learning.raised, frozenset(learning.no_goods))


class _Learning:
    def __init__(
        self, problem: Problem, assignment: Assignment, questions: Mapping[str, Question], known: Lessons
    ) -> None:
        self.problem = problem
        self.assignment = assignment
        self.questions = questions
        self.raised = dict(known.raised)
        self.no_goods = set(known.no_goods)
        self.served = served_turns(problem, assignment)
        self.free = {post: [one for one in free_turns(problem) if one.post == post] for post in problem.posts}

    def look_at(self, hole: Hole) -> None:
        called = _called(hole, self.problem.posts)
        if self._keep_apart(hole, called):
            return
        for post in called:
            if self._raise(hole, post):
                return

    def _keep_apart(self, hole: Hole, called: list[str]) -> bool:
        """One of the silent stands for two of the posts at once: never again, for this post and hour."""
        limit = self.questions[hole.question].limit
        found = False
        for person in hole.silent:
            for starts, ends in hole.spans:
                held = [
                    turn
                    for turn in self.served.get(person, [])
                    if turn.post in called and turn.starts_at < ends + limit and turn.ends_at > starts
                ]
                found |= self._apart(person, held)
        return found

    def _apart(self, person: str, held: list[Turn]) -> bool:
        posts = {turn.post for turn in held}
        free = [turn for turn in held if turn.id not in self.problem.frozen]
        if len(posts) < 2 or not free:
            return False
        for one in held:
            for other in held:
                if one.post < other.post and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                    self._everybody(one, other)
        return True

    def _everybody(self, one: Turn, other: Turn) -> None:
        """What is wrong for one person is wrong for everybody who may hold both."""
        for person in self.problem.people:
            if one.post in person.posts and other.post in person.posts:
                self.no_goods.add(frozenset({(person.id, one.id), (person.id, other.id)}))

    def _raise(self, hole: Hole, post: str) -> bool:
        """One more on each turn of the post that the hole touches and on which everybody was silent."""
        limit = self.questions[hole.question].limit
        able = sum(post in person.posts for person in self.problem.people)
        found = False
        for turn in self.free[post]:
            holders = self.assignment.get(turn.id, ())
            more = len(holders) + 1
            if not _touches(turn, hole.spans, limit) or not set(holders) <= set(hole.silent):
                continue
            if more <= min(able, MOST_PLACES):
                self.raised[turn.id] = max(self.raised.get(turn.id, 0), more)
                found = True
        return found


def _called(hole: Hole, posts: Mapping[str, object]) -> list[str]:
    """The rotating posts that were called, or found empty, in the order of the calls."""
    roles = (one.role for one in hole.course if one.what in ("called", "empty") and one.role in posts)
    return list(dict.fromkeys(roles))


def _touches(turn: Turn, spans: Iterable[tuple[Instant, Instant]], limit: int) -> bool:
    return any(turn.starts_at < ends + limit and starts < turn.ends_at for starts, ends in spans)
