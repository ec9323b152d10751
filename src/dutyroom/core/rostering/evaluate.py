"""Which rules a roster breaks, each with person, turn and numbers; and what it costs, by part.

The only judge of solvers and of changes by hand: it reads the rules one by one from the problem and shares nothing
with any solver. Findings have the turn as their place; times in them are local.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR, Instant
from dutyroom.core.rostering.problem import SCALE, Assignment, Person, Problem, Turn, Wish

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """What is not as it should be, in hundredths of a point: the less the better."""

    empty: int
    wishes: int
    fairness: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.empty + self.wishes + sum(self.fairness.values())


def broken(problem: Problem, assignment: Assignment) -> tuple[Finding, ...]:
    """Every broken rule; none means that the roster keeps them all."""
    served = served_turns(problem, assignment)
    found = [*_cover(problem, assignment), *_seats(problem, assignment), *_agreed(problem, assignment)]
    for person in problem.people:
        turns = served.get(person.id, [])
        found += [*_clashes(problem, person, turns), *_limits(problem, person, turns)]
        found += _law(problem, person, turns)
    return tuple(found)


def cost(problem: Problem, assignment: Assignment) -> Cost:
    """The cost of a roster, whether or not it keeps the rules."""
    served = served_turns(problem, assignment)
    empty = sum(
        max(0, turn.ideal - len(assignment.get(turn.id, ())))
        for turn in problem.turns
        if turn.id not in problem.frozen
    )
    wishes = sum(
        SCALE * wish.weight * _unmet(wish, served.get(person.id, []))
        for person in problem.people
        for wish in person.wishes
    )
    return Cost(SCALE * problem.empty_weight * empty, wishes, _fairness(problem, served))


def served_turns(problem: Problem, assignment: Assignment) -> dict[str, list[Turn]]:
    """Each person's turns in order of time, those of the past included."""
    served: dict[str, list[Turn]] = defaultdict(list)
    for turn in problem.turns:
        for person in problem.frozen.get(turn.id, assignment.get(turn.id, ())):
            served[person].append(turn)
    for turns in served.values():
        turns.sort(key=lambda one: (one.starts_at, one.id))
    return served


def points(problem: Problem, served: Mapping[str, list[Turn]], person: Person, kind: str) -> int:
    """How often the person has stood in turns of this class, with what was carried."""
    counted = sum(kind in turn.classes for turn in served.get(person.id, []))
    return person.carried.get(kind, 0) + counted


def local(problem: Problem, at: Instant) -> str:
    """The instant as it stands on the wall: `2027-02-06 18:00`."""
    return f"{(_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(problem.zone)):%Y-%m-%d %H:%M}"


def _fairness(problem: Problem, served: Mapping[str, list[Turn]]) -> dict[str, int]:
    """Squared points: the same sum costs least where it is shared evenly, each by its share."""
    return {
        kind: sum(
            weight * person.weight * points(problem, served, person, kind) ** 2 for person in problem.people
        )
        for kind, weight in problem.weights.items()
    }


def _unmet(wish: Wish, turns: Iterable[Turn]) -> int:
    """How often the wish is passed over: each duty that was to be avoided, or one wanted that did not come."""
    touching = sum(
        turn.starts_at < wish.ends_at and wish.starts_at < turn.ends_at and wish.post in ("", turn.post)
        for turn in turns
    )
    return int(touching == 0) if wish.want else touching


def _finding(problem: Problem, code: str, turn: Turn, **fields: str | int) -> Finding:
    given = {"post": turn.post, "at": local(problem, turn.starts_at), **fields}
    return Finding(f"rostering.{code}", "error", turn.id, given)


def _cover(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    for turn in problem.turns:
        if turn.id in problem.frozen:
            continue
        persons = assignment.get(turn.id, ())
        if len(persons) < turn.least:
            yield _finding(problem, "too_few", turn, have=len(persons), least=turn.least)
        if len(persons) > max(turn.ideal, turn.least):
            yield _finding(problem, "too_many", turn, have=len(persons), most=max(turn.ideal, turn.least))
        for person, times in Counter(persons).items():
            if times > 1:
                yield _finding(problem, "twice", turn, person=person)


def _seats(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    """Whether each person may hold the turn at all."""
    for turn in problem.turns:
        if turn.id in problem.frozen:
            continue
        for person in assignment.get(turn.id, ()):
            known = problem.person.get(person)
            if known is None:
                yield _finding(problem, "unknown_person", turn, person=person)
            else:
                yield from _seat(problem, known, turn)


def _seat(problem: Problem, person: Person, turn: Turn) -> Iterator[Finding]:
    if turn.post not in person.posts:
        yield _finding(problem, "not_of_post", turn, person=person.id)
    for needed in problem.posts[turn.post].qualifications:
        if not any(
            held.name == needed and held.starts_at <= turn.starts_at and turn.ends_at <= held.ends_at
            for held in person.qualifications
        ):
            yield _finding(problem, "unqualified", turn, person=person.id, qualification=needed)
    if turn.starts_at < person.starts_at or turn.ends_at > person.ends_at:
        yield _finding(problem, "not_employed", turn, person=person.id)
    for away in person.away:
        if turn.starts_at < away.ends_at and away.starts_at < turn.ends_at:
            first, last = local(problem, away.starts_at), local(problem, away.ends_at)
            yield _finding(problem, "away", turn, person=person.id, first=first, last=last)
    if (person.id, turn.id) in problem.forbidden:
        yield _finding(problem, "forbidden", turn, person=person.id)


def _agreed(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    """Fixed seats that are not taken, and seats taken together that must not be."""
    for person, name in sorted(problem.fixed):
        if name in problem.turn and name not in problem.frozen and person not in assignment.get(name, ()):
            yield _finding(problem, "not_fixed", problem.turn[name], person=person)
    for no_good in sorted(sorted(one) for one in problem.no_goods):
        if all(person in problem.frozen.get(name, assignment.get(name, ())) for person, name in no_good):
            person, name = no_good[0]
            seats = "; ".join(f"{who} {seat}" for who, seat in no_good)
            yield _finding(problem, "no_good", problem.turn[name], person=person, seats=seats)


def _clashes(problem: Problem, person: Person, turns: list[Turn]) -> Iterator[Finding]:
    for first, second in combinations(turns, 2):
        if (first.id in problem.frozen and second.id in problem.frozen) or not problem.exclude(
            first.post, second.post
        ):
            continue
        rest = problem.posts[first.post].rest
        if second.starts_at < first.ends_at:
            yield _beside(problem, "overlap", person, first, second)
        elif second.starts_at < first.ends_at + rest:
            have = second.starts_at - first.ends_at
            yield _beside(problem, "rest", person, first, second, have=_hours(have), least=_hours(rest))


def _beside(
    problem: Problem, code: str, person: Person, first: Turn, second: Turn, **fields: str | int
) -> Finding:
    """A fault of the later turn, with the one that stands in its way."""
    other_at = local(problem, first.starts_at)
    return _finding(problem, code, second, person=person.id, other=first.post, other_at=other_at, **fields)


def _limits(problem: Problem, person: Person, turns: list[Turn]) -> Iterator[Finding]:
    limits = person.limits
    for name, most, groups in (
        ("week_turns", limits.week_turns, _grouped(turns, "week")),
        ("month_turns", limits.month_turns, _grouped(turns, "month")),
    ):
        for group in groups:
            if most and len(group) > most and not _past(problem, group):
                yield _finding(problem, name, group[-1], person=person.id, have=len(group), most=most)
    for name, most, groups in (
        ("week_hours", limits.week_hours, _grouped(turns, "week")),
        ("month_hours", limits.month_hours, _grouped(turns, "month")),
    ):
        for group in groups:
            have = sum(one.hours for one in group)
            if most and have > most and not _past(problem, group):
                yield _finding(problem, name, group[-1], person=person.id, have=f"{have:g}", most=most)
    if limits.in_row:
        yield from _in_row(problem, person, turns)


def _in_row(problem: Problem, person: Person, turns: list[Turn]) -> Iterator[Finding]:
    by_day: dict[int, Turn] = {}
    for turn in turns:
        by_day[turn.day] = turn
    row: list[Turn] = []
    for day in sorted(by_day):
        row = [*row, by_day[day]] if row and row[-1].day == day - 1 else [by_day[day]]
        if len(row) > person.limits.in_row and not _past(problem, row[-person.limits.in_row - 1 :]):
            yield _finding(problem, "in_row", row[-1], person=person.id, most=person.limits.in_row)


def _law(problem: Problem, person: Person, turns: list[Turn]) -> Iterator[Finding]:
    """Working time, for the posts that count as such."""
    law = problem.working
    if law is None:
        return
    work = [turn for turn in turns if turn.post in law.posts]
    for group in _grouped(work, "day"):
        have = sum(one.hours for one in group)
        if law.day_hours and have > law.day_hours and not _past(problem, group):
            yield _finding(
                problem, "law_day", group[-1], person=person.id, have=f"{have:g}", most=law.day_hours
            )
    for group in _grouped(work, "month"):
        have, most = sum(one.hours for one in group), law.month_hours.get(group[0].month, 0)
        if most and have > most and not _past(problem, group):
            yield _finding(problem, "law_month", group[-1], person=person.id, have=f"{have:g}", most=most)
    if law.rest_days:
        yield from _rest_days(problem, person, work, law.rest_days)


def _rest_days(problem: Problem, person: Person, work: list[Turn], least: int) -> Iterator[Finding]:
    weeks: dict[int, dict[int, Turn]] = defaultdict(dict)
    for turn in work:
        for day in turn.days:
            weeks[(day - 1) // 7][day] = turn
    for days in weeks.values():
        if 7 - len(days) < least and not _past(problem, days.values()):
            first = date.fromordinal(min(days) - (min(days) - 1) % 7)
            last = max(days.values(), key=lambda one: one.starts_at)
            yield _finding(problem, "law_rest_day", last, person=person.id, week=f"{first}", least=least)


def _grouped(turns: list[Turn], name: str) -> list[list[Turn]]:
    groups: dict[object, list[Turn]] = defaultdict(list)
    for turn in turns:
        groups[getattr(turn, name)].append(turn)
    return list(groups.values())


def _past(problem: Problem, turns: Iterable[Turn]) -> bool:
    """What has been served is a fact, not a fault of the roster that is made now."""
    return all(turn.id in problem.frozen for turn in turns)


def _hours(span: int) -> str:
    return f"{span / HOUR:g}"
