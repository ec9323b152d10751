"""A duty roster while it is being made: who may sit where, kept up to date move by move.

`Tables` is the problem by number, `State` an assignment in it. `State.can` answers for one seat against all that is
already seated, so that a search never has to look at the whole roster. Knows no way of searching; that it agrees with
the core's evaluator is held by tests, not by sharing code with it.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dutyroom.core.instants import MINUTE
from dutyroom.core.rostering.problem import SCALE, Assignment, Limits, Person, Problem, Turn, Wish

WEEK_TURNS, MONTH_TURNS, WEEK_HOURS, MONTH_HOURS, LAW_DAY, LAW_MONTH = range(6)

Use = tuple[int, object, int]  # kind of limit, the week or month or day it is counted in, how much


class Tables:
    """The problem by numbers: turns in order of time, people in their order, what stands between them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.turns = problem.turns
        self.people = problem.people
        self.number = {turn.id: index for index, turn in enumerate(problem.turns)}
        self.person = {person.id: index for index, person in enumerate(problem.people)}
        self.starts = [turn.starts_at for turn in problem.turns]
        self.busy = [turn.ends_at + problem.posts[turn.post].rest for turn in problem.turns]
        self.reach = max(
            (busy - starts for busy, starts in zip(self.busy, self.starts, strict=True)), default=0
        )
        self.free = [index for index, turn in enumerate(problem.turns) if turn.id not in problem.frozen]
        self.of_post: dict[str, list[int]] = defaultdict(list)
        for index in self.free:
            self.of_post[problem.turns[index].post].append(index)
        self.holders = {
            post: [index for index, person in enumerate(problem.people) if post in person.posts]
            for post in problem.posts
        }
        self.blocked = self._blocked()
        self.uses = [self._uses(turn) for turn in problem.turns]
        self.factor = [person.weight for person in problem.people]
        self.caps = [self._caps(person.limits) for person in problem.people]
        self.no_goods = self._no_goods()
        self.weights = [
            [(kind, weight) for kind, weight in problem.weights.items() if kind in turn.classes]
            for turn in problem.turns
        ]

    def allowed(self, person: int, turn: int) -> bool:
        """Whether the person may hold the turn at all, whatever else they hold."""
        return self.turns[turn].post in self.people[person].posts and person not in self.blocked[turn]

    def clash(self, one: int, other: int) -> bool:
        """Whether one person cannot hold both; `one` does not begin later."""
        return self.starts[other] < self.busy[one] and self.problem.exclude(
            self.turns[one].post, self.turns[other].post
        )

    def cap(self, person: int, use: Use) -> int | None:
        """The most that the person may use, None where there is no limit."""
        kind, bucket, _ = use
        law = self.problem.working
        if kind == LAW_DAY:
            return law.day_hours * 60 if law and law.day_hours else None
        if kind == LAW_MONTH:
            hours = law.month_hours.get(str(bucket), 0) if law else 0
            return hours * 60 if hours else None
        return self.caps[person].get(kind)

    def _blocked(self) -> list[set[int]]:
        """Who must not hold each turn: away, not there, not qualified, forbidden, or a no-good of this seat alone."""
        blocked: list[set[int]] = [set() for _ in self.turns]
        for index, person in enumerate(self.people):
            for post in person.posts:
                for turn in self._closed(person, self.of_post.get(post, [])):
                    blocked[turn].add(index)
        seats = {
            *self.problem.forbidden,
            *(seat for one in self.problem.no_goods if len(one) == 1 for seat in one),
        }
        for who, name in seats:
            if who in self.person and name in self.number:
                blocked[self.number[name]].add(self.person[who])
        return blocked

    def _closed(self, person: Person, turns: list[int]) -> Iterator[int]:
        starts = [self.starts[turn] for turn in turns]
        longest = max((self.turns[turn].ends_at - self.turns[turn].starts_at for turn in turns), default=0)
        for away in person.away:
            first, last = bisect_right(starts, away.starts_at - longest), bisect_left(starts, away.ends_at)
            yield from (one for one in turns[first:last] if self.turns[one].ends_at > away.starts_at)
        yield from turns[: bisect_left(starts, person.starts_at)]
        yield from (one for one in turns if self.turns[one].ends_at > person.ends_at)
        needs = self.problem.posts[self.turns[turns[0]].post].qualifications if turns else ()
        for needed in needs:
            spans = [(held.starts_at, held.ends_at) for held in person.qualifications if held.name == needed]
            for one in turns:
                turn = self.turns[one]
                if not any(first <= turn.starts_at and turn.ends_at <= last for first, last in spans):
                    yield one

    def _uses(self, turn: Turn) -> list[Use]:
        minutes = (turn.ends_at - turn.starts_at) // MINUTE
        uses: list[Use] = [
            (WEEK_TURNS, turn.week, 1),
            (MONTH_TURNS, turn.month, 1),
            (WEEK_HOURS, turn.week, minutes),
            (MONTH_HOURS, turn.month, minutes),
        ]
        if self.problem.working and turn.post in self.problem.working.posts:
            uses += [(LAW_DAY, turn.day, minutes), (LAW_MONTH, turn.month, minutes)]
        return uses

    def _caps(self, limits: Limits) -> dict[int, int]:
        caps = {
            WEEK_TURNS: limits.week_turns,
            MONTH_TURNS: limits.month_turns,
            WEEK_HOURS: limits.week_hours * 60,
            MONTH_HOURS: limits.month_hours * 60,
        }
        return {kind: most for kind, most in caps.items() if most}

    def _no_goods(self) -> dict[tuple[int, int], list[list[tuple[int, int]]]]:
        """By each of its seats, the other seats of a no-good."""
        found: dict[tuple[int, int], list[list[tuple[int, int]]]] = defaultdict(list)
        for one in sorted(sorted(each) for each in self.problem.no_goods):
            seats = [
                (self.person[who], self.number[name])
                for who, name in one
                if who in self.person and name in self.number
            ]
            if len(seats) == len(one) > 1:
                for seat in seats:
                    found[seat].append([other for other in seats if other != seat])
        return found


@dataclass
class State:
    """An assignment in the making. `seats` are persons by turn, `held` turns by person, both by number."""

    tables: Tables
    seats: list[list[int]] = field(default_factory=list)
    held: list[list[int]] = field(default_factory=list)
    fixed: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        tables = self.tables
        self.seats = [[] for _ in tables.turns]
        self.held = [[] for _ in tables.people]
        self.used: dict[tuple[int, int, object], int] = defaultdict(int)
        self.days: list[dict[int, int]] = [defaultdict(int) for _ in tables.people]
        self.worked: list[dict[int, int]] = [defaultdict(int) for _ in tables.people]
        self.points = [dict(person.carried) for person in tables.people]
        for name, persons in tables.problem.frozen.items():
            for who in persons:
                if name in tables.number and who in tables.person:
                    self.put(tables.person[who], tables.number[name])

    # --- what may be done ---------------------------------------------------------------------------------

    def can(self, person: int, turn: int) -> bool:
        """Whether the person may take the turn with all that is seated now."""
        tables = self.tables
        return (
            tables.allowed(person, turn)
            and person not in self.seats[turn]
            and not self.clashes(person, turn)
            and self._within(person, turn)
            and self._row_holds(person, turn)
            and self._rest_days_hold(person, turn)
            and not any(
                all(who in self.seats[seat] for who, seat in others)
                for others in tables.no_goods.get((person, turn), ())
            )
        )

    def clashes(self, person: int, turn: int) -> bool:
        """Whether something that the person holds is too near."""
        tables, held = self.tables, self.held[person]
        place = bisect_left(held, turn)
        for index in range(place - 1, -1, -1):
            other = held[index]
            if tables.starts[other] + tables.reach <= tables.starts[turn]:
                break
            if tables.clash(other, turn):
                return True
        for index in range(place, len(held)):
            other = held[index]
            if tables.starts[other] >= tables.busy[turn]:
                break
            if tables.clash(turn, other):
                return True
        return False

    def _within(self, person: int, turn: int) -> bool:
        for use in self.tables.uses[turn]:
            most = self.tables.cap(person, use)
            if most is not None and self.used[person, use[0], use[1]] + use[2] > most:
                return False
        return True

    def _row_holds(self, person: int, turn: int) -> bool:
        most = self.tables.people[person].limits.in_row
        if not most:
            return True
        days, day = self.days[person], self.tables.turns[turn].day
        first, last = day, day
        while days.get(first - 1):
            first -= 1
        while days.get(last + 1):
            last += 1
        return last - first + 1 <= most

    def _rest_days_hold(self, person: int, turn: int) -> bool:
        law, one = self.tables.problem.working, self.tables.turns[turn]
        if law is None or not law.rest_days or one.post not in law.posts:
            return True
        worked = self.worked[person]
        for week in {(day - 1) // 7 for day in one.days}:
            days = range(week * 7 + 1, week * 7 + 8)
            if sum(bool(worked.get(day)) or day in one.days for day in days) > 7 - law.rest_days:
                return False
        return True

    # --- what it costs -------------------------------------------------------------------------------------

    def price(self, person: int, turn: int) -> int:
        """What taking the turn adds to the cost of fairness."""
        points, factor = self.points[person], self.tables.factor[person]
        return factor * sum(
            weight * (2 * points.get(kind, 0) + 1) for kind, weight in self.tables.weights[turn]
        )

    def refund(self, person: int, turn: int) -> int:
        """What leaving the turn saves."""
        points, factor = self.points[person], self.tables.factor[person]
        return factor * sum(
            weight * (2 * points.get(kind, 0) - 1) for kind, weight in self.tables.weights[turn]
        )

    def wish_price(self, person: int, turn: int) -> int:
        """What the turn adds for wishes passed over; negative where it meets one. The turn is not held now."""
        wishes = self.tables.people[person].wishes
        return sum(self._passed_over(person, turn, wish) for wish in wishes) if wishes else 0

    def _passed_over(self, person: int, turn: int, wish: Wish) -> int:
        if not touches(wish, self.tables.turns[turn]):
            return 0
        if not wish.want:
            return SCALE * wish.weight
        return 0 if self.meets(person, wish) else -SCALE * wish.weight

    def meets(self, person: int, wish: Wish) -> bool:
        return any(touches(wish, self.tables.turns[other]) for other in self.held[person])

    # --- moves ---------------------------------------------------------------------------------------------

    def put(self, person: int, turn: int) -> None:
        self.seats[turn].append(person)
        insort(self.held[person], turn)
        self._count(person, turn, 1)

    def take(self, person: int, turn: int) -> None:
        self.seats[turn].remove(person)
        self.held[person].remove(turn)
        self._count(person, turn, -1)

    def _count(self, person: int, turn: int, sign: int) -> None:
        one = self.tables.turns[turn]
        for kind, bucket, amount in self.tables.uses[turn]:
            self.used[person, kind, bucket] += sign * amount
        self.days[person][one.day] += sign
        if self.tables.problem.working and one.post in self.tables.problem.working.posts:
            for day in one.days:
                self.worked[person][day] += sign
        points = self.points[person]
        for name in one.classes:
            points[name] = points.get(name, 0) + sign

    def seat_all(self, seats: Iterable[tuple[int, int]]) -> None:
        for person, turn in seats:
            self.put(person, turn)

    def assignment(self) -> Assignment:
        """Who holds what; of those on one turn, who stood first the least goes first."""
        tables, firsts = self.tables, [0] * len(self.tables.people)
        found: dict[str, tuple[str, ...]] = {}
        for turn in tables.free:
            ordered = sorted(self.seats[turn], key=lambda one: (firsts[one], one))
            if ordered:
                firsts[ordered[0]] += 1
            found[tables.turns[turn].id] = tuple(tables.people[one].id for one in ordered)
        return found

    def unfilled(self) -> list[int]:
        return [turn for turn in self.tables.free if len(self.seats[turn]) < self.tables.turns[turn].least]


def touches(wish: Wish, turn: Turn) -> bool:
    return turn.starts_at < wish.ends_at and wish.starts_at < turn.ends_at and wish.post in ("", turn.post)
