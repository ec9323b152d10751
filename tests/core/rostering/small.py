"""Small rostering problems: built by hand for one rule each, or drawn at random; and every roster of one, by force."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from math import comb, prod

from dutyroom.core.instants import DAY, HOUR, Instant
from dutyroom.core.rostering.evaluate import broken, cost
from dutyroom.core.rostering.problem import (
    ALL,
    HOLIDAY,
    Assignment,
    Away,
    Held,
    Limits,
    Person,
    PostRule,
    Problem,
    Turn,
    Wish,
    WorkingTime,
)

START: Instant = 1_798_761_600_000  # 2027-01-01T00:00Z, a Friday
FIRST = 739_982  # the ordinal of 2027-01-01


def turn(
    post: str,
    day: int,
    *,
    at: int = 8,
    hours: int = 24,
    least: int = 1,
    ideal: int = 0,
    classes: tuple[str, ...] = (ALL,),
) -> Turn:
    """A turn of the post on the day (0 is 2027-01-01, in UTC)."""
    starts_at = START + day * DAY + at * HOUR
    touched = range(day, (day * 24 + at + hours - 1) // 24 + 1)
    return Turn(
        f"{post}@{day}.{at}",
        post,
        starts_at,
        starts_at + hours * HOUR,
        least,
        max(ideal, least),
        FIRST + day,
        tuple(FIRST + one for one in touched),
        f"2027-{1 + day // 31:02d}",
        classes,
    )


def person(id: str, *posts: str, **rest: object) -> Person:
    return replace(Person(id, frozenset(posts or ("desk",))), **rest)  # type: ignore[arg-type]


def problem(turns: list[Turn], people: list[Person], **rest: object) -> Problem:
    """A problem in UTC; posts without rules of their own unless given."""
    names = dict.fromkeys(one.post for one in turns)
    given: dict[str, object] = {"posts": {name: PostRule(name) for name in names}, **rest}
    ordered = tuple(sorted(turns, key=lambda one: (one.starts_at, one.id)))
    return Problem("UTC", turns=ordered, people=tuple(people), **given)  # type: ignore[arg-type]


def rosters(asked: Problem) -> Iterator[Assignment]:
    """Every way to seat the people on the turns that are free, from the least to the ideal number."""
    free = [one for one in asked.turns if one.id not in asked.frozen]
    names = [one.id for one in asked.people]
    choices = [
        [seated for size in range(one.least, one.ideal + 1) for seated in combinations(names, size)]
        for one in free
    ]
    for chosen in product(*choices):
        yield {one.id: seated for one, seated in zip(free, chosen, strict=True)}


def best(asked: Problem) -> int | None:
    """The least cost of a roster that keeps every rule; None if there is none."""
    costs = [cost(asked, one).total for one in rosters(asked) if not broken(asked, one)]
    return min(costs, default=None)


MOST_ROSTERS = 1_500


def drawn(chance: random.Random) -> Problem:
    """Few enough seats to try them all: two posts, up to five turns, up to four people, a rule or two of every kind."""
    while True:
        asked = _drawn(chance)
        free = [one for one in asked.turns if one.id not in asked.frozen]
        ways = [
            sum(comb(len(asked.people), size) for size in range(one.least, one.ideal + 1)) for one in free
        ]
        if prod(ways) <= MOST_ROSTERS:
            return asked


def _drawn(chance: random.Random) -> Problem:
    turns = _turns(chance)
    people = [_person(chance, number) for number in range(chance.randint(2, 4))]
    posts = {
        name: PostRule(name, chance.choice((0, 12, 24)) * HOUR, ("trained",) if chance.random() < 0.2 else ())
        for name in ("desk", "field")
    }
    asked = problem(
        turns,
        people,
        posts=posts,
        weights={ALL: 1, HOLIDAY: chance.choice((1, 3))},
        empty_weight=chance.choice((1, 5, 50)),
        excludes=chance.choice((None, frozenset())),
        working=_law(chance),
    )
    seats = [(one.id, each.id) for one in people for each in turns]
    asked = replace(
        asked,
        fixed=frozenset(chance.sample(seats, chance.choice((0, 0, 0, 1)))),
        forbidden=frozenset(chance.sample(seats, chance.randint(0, 2))),
        no_goods=frozenset(frozenset(chance.sample(seats, 2)) for _ in range(chance.choice((0, 0, 2)))),
    )
    if chance.random() < 0.3:
        asked = replace(asked, frozen={asked.turns[0].id: (chance.choice(people).id,)})
    return asked


def _turns(chance: random.Random) -> list[Turn]:
    found = {}
    for _ in range(chance.randint(2, 5)):
        least = chance.choice((1, 1, 1, 2))
        one = turn(
            chance.choice(("desk", "field")),
            chance.randint(0, 3),
            at=chance.choice((8, 20)),
            hours=chance.choice((8, 12, 24)),
            least=least,
            ideal=least + chance.choice((0, 0, 1)),
            classes=(ALL, HOLIDAY) if chance.random() < 0.3 else (ALL,),
        )
        found[one.id] = one
    return list(found.values())


def _person(chance: random.Random, number: int) -> Person:
    posts = chance.choice((("desk",), ("field",), ("desk", "field"), ("desk", "field")))
    began, ended = (START + DAY * chance.randint(0, 3) for _ in range(2))
    return Person(
        f"P{number}",
        frozenset(posts),
        (Held("trained"),) if chance.random() < 0.7 else (),
        began if chance.random() < 0.1 else START - DAY,
        ended if chance.random() < 0.1 else START + 99 * DAY,
        (Away(began, began + DAY),) if chance.random() < 0.3 else (),
        tuple(
            Wish(began, began + DAY, chance.random() < 0.5, chance.randint(1, 5), chance.choice(("", "desk")))
            for _ in range(chance.choice((0, 0, 1, 2)))
        ),
        _limits(chance),
        chance.choice((100, 100, 50)),
        {ALL: chance.randint(0, 3)},
    )


def _limits(chance: random.Random) -> Limits:
    def some(*values: int) -> int:
        return chance.choice((0, 0, 0, *values))

    return Limits(some(1, 2), some(1, 2), some(1, 2, 3), some(12, 24, 36), some(24, 40))


def _law(chance: random.Random) -> WorkingTime | None:
    if chance.random() < 0.7:
        return None
    months = {"2027-01": chance.choice((12, 24, 36))}
    return WorkingTime(frozenset({"desk"}), chance.choice((0, 11, 12)), chance.choice((0, 5, 6)), months)
