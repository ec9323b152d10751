"""Why there is no roster: a smallest set of demands that cannot be met together.

A demand is something an organisation asks that it could give up: a turn's number of people, somebody's leave, the rest
of a post, a limit, the law, a fixed seat. What people may hold at all is no demand. `smallest` drops demands, whole
halves first and then one by one; what is left breaks as a whole and holds without any one of them. It asks whoever can
tell whether a problem has a roster; it solves nothing itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dutyroom.core.instants import Instant
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Limits, Person, Problem, Seat, Turn, WorkingTime
from dutyroom.core.rostering.rosters import free_turns

COVER, AWAY, EMPLOYED, REST, LIMIT, LAW = "cover", "away", "employed", "rest", "limit", "law"
FIXED, FORBIDDEN, NO_GOOD = "fixed", "forbidden", "no_good"
LIMITS = ("in_row", "week_turns", "month_turns", "week_hours", "month_hours")
LAWS = ("day_hours", "month_hours", "rest_days")


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """One thing asked. `what` is its kind; the rest says which: a turn, a person, a post, the name of a limit."""

    what: str
    turn: str = ""
    person: str = ""
    name: str = ""
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why somebody of the post cannot take the turn, by the demands of the conflict alone."""

    person: str
    why: str


def demands(problem: Problem) -> tuple[Demand, ...]:
    """Everything that is asked, in a fixed order."""
    return tuple(_demands(problem))


def _demands(problem: Problem) -> Iterator[Demand]:
    yield from (Demand(COVER, turn=turn.id) for turn in free_turns(problem) if turn.least)
    for person in problem.people:
        if person.away:
            yield Demand(AWAY, person=person.id)
        if any(turn.starts_at < person.starts_at or turn.ends_at > person.ends_at for turn in problem.turns):
            yield Demand(EMPLOYED, person=person.id)
    yield from (Demand(REST, name=post.id) for post in problem.posts.values() if post.rest)
    for name in LIMITS:
        if any(getattr(person.limits, name) for person in problem.people):
            yield Demand(LIMIT, name=name)
    if problem.working is not None:
        yield from (Demand(LAW, name=name) for name in LAWS if getattr(problem.working, name))
    yield from (Demand(FIXED, turn=turn, person=who) for who, turn in sorted(problem.fixed))
    yield from (Demand(FORBIDDEN, turn=turn, person=who) for who, turn in sorted(problem.forbidden))
    yield from (
        Demand(NO_GOOD, seats=one) for one in sorted(tuple(sorted(each)) for each in problem.no_goods)
    )


def only(problem: Problem, kept: Sequence[Demand]) -> Problem:
    """The problem with no more asked than `kept`; nothing is weighed any more."""
    held = frozenset(kept)
    return replace(
        problem,
        turns=tuple(_turn(turn, held) for turn in problem.turns),
        people=tuple(_person(person, held) for person in problem.people),
        posts={
            name: post if Demand(REST, name=name) in held else replace(post, rest=0)
            for name, post in problem.posts.items()
        },
        weights={},
        working=_working(problem, held),
        fixed=frozenset(seat for seat in problem.fixed if Demand(FIXED, seat[1], seat[0]) in held),
        forbidden=frozenset(
            seat for seat in problem.forbidden if Demand(FORBIDDEN, seat[1], seat[0]) in held
        ),
        no_goods=frozenset(
            one for one in problem.no_goods if Demand(NO_GOOD, seats=tuple(sorted(one))) in held
        ),
    )


def _turn(turn: Turn, held: frozenset[Demand]) -> Turn:
    if Demand(COVER, turn=turn.id) in held:
        return turn
    return replace(turn, least=0)


def _person(person: Person, held: frozenset[Demand]) -> Person:
    limits = {name: getattr(person.limits, name) for name in LIMITS if Demand(LIMIT, name=name) in held}
    bare = Person(person.id, person.posts, person.qualifications, limits=Limits(**limits))
    if Demand(AWAY, person=person.id) in held:
        bare = replace(bare, away=person.away)
    if Demand(EMPLOYED, person=person.id) in held:
        bare = replace(bare, starts_at=person.starts_at, ends_at=person.ends_at)
    return bare


def _working(problem: Problem, held: frozenset[Demand]) -> WorkingTime | None:
    law = problem.working
    if law is None:
        return None
    return WorkingTime(
        law.posts,
        law.day_hours if Demand(LAW, name="day_hours") in held else 0,
        law.rest_days if Demand(LAW, name="rest_days") in held else 0,
        law.month_hours if Demand(LAW, name="month_hours") in held else {},
    )


def smallest(problem: Problem, possible: Callable[[Problem], bool | None]) -> tuple[Demand, ...]:
    """A set of demands that cannot be met together, while each of its parts can. Empty if all can be met.

    Where `possible` cannot tell (None), the demand is kept: what is said then is true, though perhaps more than needed.
    """
    asked = list(demands(problem))
    if possible(only(problem, asked)) is not False:
        return ()
    kept = asked
    size = len(kept)
    while size >= 1:
        place = 0
        while place < len(kept):
            rest = kept[:place] + kept[place + size :]
            if possible(only(problem, rest)) is False:
                kept = rest
            else:
                place += size
        size //= 2
    return tuple(kept)


def window(problem: Problem, starts_at: Instant, ends_at: Instant) -> Problem:
    """The problem with no turns but those that begin within the span, and the facts. Harder than it nothing is."""
    kept = tuple(
        turn for turn in problem.turns if turn.id in problem.frozen or starts_at <= turn.starts_at < ends_at
    )
    names = {turn.id for turn in kept}
    return replace(
        problem,
        turns=kept,
        fixed=frozenset(seat for seat in problem.fixed if seat[1] in names),
        forbidden=frozenset(seat for seat in problem.forbidden if seat[1] in names),
        no_goods=frozenset(one for one in problem.no_goods if all(name in names for _, name in one)),
    )


def hindrances(problem: Problem, conflict: Sequence[Demand], turn: str) -> tuple[Hindrance, ...]:
    """For each person of the post: which rule, of those in conflict, forbids this one turn by itself; "" if none does.

    Found by the evaluator: the person is put on the turn alone, beside what has been served and what is fixed.
    """
    asked = only(problem, conflict)
    post = problem.turn[turn].post
    found = []
    for person in asked.people:
        if post not in person.posts:
            continue
        seated: dict[str, tuple[str, ...]] = {}
        for who, name in asked.fixed:
            seated[name] = (*seated.get(name, ()), who)
        seated[turn] = tuple(dict.fromkeys((*seated.get(turn, ()), person.id)))
        faults = [
            one.code.removeprefix("rostering.")
            for one in broken(asked, seated)
            if one.fields.get("person") == person.id
        ]
        found.append(Hindrance(person.id, faults[0] if faults else ""))
    return tuple(found)
