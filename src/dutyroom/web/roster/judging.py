"""What a change of turns breaks: the rules of rostering, asked before and after it; only what is new is told.

The judge is the core's. What the database refuses anyway (one person at two places at one time) is an error and cannot
be approved; the rest are warnings, which a leader may overrule with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from zoneinfo import ZoneInfo

from dutyroom import wiring
from dutyroom.core.calendar.periods import instant_of, local_day
from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.people import Holder
from dutyroom.core.plan import Plan
from dutyroom.core.roster import BEGINNING, END
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Away, Held, Limits, Person, PostRule, Problem, Turn
from dutyroom.core.rostering.rules import RosterRules, Span
from dutyroom.store import models
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.people import for_rostering
from dutyroom.store.rostering import Move
from dutyroom.web.roster.rules import rules_of
from dutyroom.wiring.siteroster import HARD
from dutyroom.wording.narrate import role_name, tell

AROUND = 40 * DAY  # as far as the rules look: the turns of a month
_PLENTY = 99  # how many a turn has is not judged here


@dataclass(frozen=True, slots=True)
class Seat:
    """A span of a post that somebody holds, by staff number."""

    post: str
    starts_at: Instant
    ends_at: Instant
    person: str


def judged(site: models.Site, moves: Sequence[Move], now: Instant) -> tuple[Finding, ...]:
    """What the moves would newly break, the worst first."""
    if not moves:
        return ()
    people = _people(moves, site)
    before = _seats(site, list(people.values()), moves)
    after = list(_moved(before, moves, {str(one.pk): one.number for one in people.values()}, now))
    judge = _Judge(site, [one.number for one in people.values()], now)
    known = {_key(one) for one in judge.broken(before)}
    found = [one for one in judge.broken(after) if _key(one) not in known]
    weighed = [one if one.code in HARD else replace(one, severity="warning") for one in found]
    return (*sorted(weighed, key=lambda one: one.severity), *_left_empty(moves))


def told(
    plan: Plan, findings: Iterable[Finding], names: Mapping[str, str], language: str
) -> list[tuple[str, str]]:
    """The findings as they are shown: how grave, and the sentence with the names of posts and people."""
    shown = []
    for one in findings:
        fields = dict(one.fields)
        for name in ("post", "other"):
            if name in fields:
                fields[name] = role_name(plan, str(fields[name]).rpartition("/")[2], language)
        if "person" in fields:
            fields["person"] = names.get(str(fields["person"]), str(fields["person"]))
        shown.append((one.severity, tell(replace(one, fields=fields), language)))
    return shown


def _people(moves: Sequence[Move], site: models.Site) -> dict[str, models.Person]:
    ids = {one for move in moves for one in (move.leaves, move.takes) if one}
    return {str(one.pk): one for one in models.Person.objects.filter(tenant=site.tenant, pk__in=ids)}


def _seats(site: models.Site, people: Sequence[models.Person], moves: Sequence[Move]) -> list[Seat]:
    """The turns around the moves of everybody they concern, at all sites; elsewhere a post is named with its site."""
    since = min(one.starts_at for one in moves) - AROUND
    until = max(one.ends_at for one in moves) + AROUND
    rows = models.Duty.objects.filter(
        person__in=people, standing=False, starts_at__lt=to_datetime(until), ends_at__gt=to_datetime(since)
    ).select_related("person", "site")
    return [
        Seat(
            row.role if row.site_id == site.pk else f"{row.site.code}/{row.role}",
            from_datetime(row.starts_at),
            from_datetime(row.ends_at),
            row.person.number,
        )
        for row in rows
        if row.ends_at
    ]


def _moved(
    seats: Iterable[Seat], moves: Sequence[Move], numbers: Mapping[str, str], now: Instant
) -> Iterable[Seat]:
    """The seats after the moves; what has passed stays."""
    left = list(seats)
    for move in moves:
        since = max(move.starts_at, now)
        person = numbers.get(move.leaves, "")
        for seat in [one for one in left if (one.post, one.person) == (move.role, person)]:
            if seat.starts_at <= since and move.ends_at <= seat.ends_at:
                left.remove(seat)
                pieces = ((seat.starts_at, since), (move.ends_at, seat.ends_at))
                left += [
                    Seat(seat.post, starts, ends, seat.person) for starts, ends in pieces if starts < ends
                ]
                break
    taken = [
        Seat(one.role, max(one.starts_at, now), one.ends_at, numbers[one.takes]) for one in moves if one.takes
    ]
    return [*left, *taken]


class _Judge:
    """The rules of one site for some people, read once and asked of seats before and after."""

    def __init__(self, site: models.Site, numbers: Sequence[str], now: Instant) -> None:
        self.zone, self.now, self.numbers = site.zone, now, numbers
        self.rules, self.groups = rules_of(site), _groups(site)
        self.holders = {one.person: one for one in for_rostering(wiring.pool(), str(site.pk))}

    def broken(self, seats: Sequence[Seat]) -> tuple[Finding, ...]:
        """Every rule that the seats break."""
        turns: dict[str, Turn] = {}
        assignment: dict[str, tuple[str, ...]] = {}
        for seat in seats:
            turn = _turn(seat, ZoneInfo(self.zone))
            turns[turn.id] = turn
            assignment[turn.id] = (*assignment.get(turn.id, ()), seat.person)
        posts = {seat.post for seat in seats}
        people = [_person(one, self.holders.get(one, Holder(one)), self.rules, posts) for one in self.numbers]
        problem = Problem(
            self.zone,
            {post: _post(post, self.rules) for post in posts},
            tuple(sorted(turns.values(), key=lambda one: (one.starts_at, one.id))),
            tuple(people),
            excludes=_excludes(posts, self.rules, self.groups),
            frozen={name: assignment[name] for name, turn in turns.items() if turn.ends_at <= self.now},
        )
        return broken(problem, assignment)


def _turn(seat: Seat, zone: ZoneInfo) -> Turn:
    begins = local_day(seat.starts_at, zone)
    last = local_day(seat.ends_at - 1, zone)
    days = tuple(range(begins.toordinal(), last.toordinal() + 1))
    name = f"{seat.post}@{seat.starts_at}-{seat.ends_at}"
    return Turn(
        name, seat.post, seat.starts_at, seat.ends_at, 0, _PLENTY, days[0], days, f"{begins:%Y-%m}"
    )  # fmt: skip


def _post(post: str, rules: RosterRules | None) -> PostRule:
    known = rules.posts.get(post) if rules else None
    return PostRule(post, known.rest, known.needs) if known else PostRule(post)


def _excludes(
    posts: Iterable[str], rules: RosterRules | None, groups: Mapping[str, str]
) -> frozenset[frozenset[str]] | None:
    """The pairs of the rules, and those the database refuses; without either, every two turns exclude each other."""
    if rules is None or rules.excludes is None:
        return None
    refused = {
        frozenset(pair)
        for pair in combinations(sorted(posts), 2)
        if groups.get(pair[0]) and groups.get(pair[0]) == groups.get(pair[1])
    }
    return rules.excludes | refused


def _groups(site: models.Site) -> dict[str, str]:
    """The group of exclusion of each post of the tenant; posts of other sites are named with their site."""
    rows = models.PostExclusion.objects.filter(tenant=site.tenant).select_related("site")
    return {
        (row.role if row.site_id == site.pk else f"{row.site.code}/{row.role}"): row.excludes for row in rows
    }


def _person(number: str, holder: Holder, rules: RosterRules | None, posts: Iterable[str]) -> Person:
    """Somebody as the rules see them: what the people list says, and what the rules add."""
    zone = ZoneInfo(rules.zone) if rules else ZoneInfo("UTC")
    own = rules.people.get(number) if rules else None
    qualified = [one for one in rules.qualified if one.person == number] if rules else []
    away = [one for one in rules.away if one.person == number] if rules else []
    return Person(
        number,
        frozenset(holder.posts) | {post for post in posts if "/" in post},
        (
            *(
                Held(one.name, BEGINNING, END if one.until is None else one.until)
                for one in holder.qualifications
            ),
            *(Held(one.name, *_instants(one.span, zone)) for one in qualified),
        ),
        BEGINNING if holder.starts_at is None else holder.starts_at,
        END if holder.ends_at is None else holder.ends_at,
        (
            *(Away(one.starts_at, one.ends_at) for one in holder.leave if not one.wished),
            *(Away(*_instants(one.span, zone)) for one in away),
        ),
        limits=own.limits if own and own.limits else rules.limits if rules else Limits(),
    )


def _instants(span: Span, zone: ZoneInfo) -> tuple[Instant, Instant]:
    starts = instant_of(span.starts, zone) if span.starts is not None else BEGINNING
    return starts, instant_of(span.ends, zone) if span.ends is not None else END


def _left_empty(moves: Sequence[Move]) -> Iterable[Finding]:
    """Somebody leaves and nobody takes it: whoever is second on duty is then first, or nobody is."""
    for one in moves:
        if one.leaves and not one.takes:
            yield Finding("rosterpages.left_empty", "warning", one.role, {"post": one.role})


def _key(one: Finding) -> tuple[object, ...]:
    return (one.code, *sorted((name, str(value)) for name, value in one.fields.items()))


def deputies_first(
    site: models.Site, person: str, others: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Those who might step in, the person's own deputies first, in their order."""
    order = {
        str(row.deputy_id): row.place
        for row in models.Deputy.objects.filter(ended_at=None, person_id=person, tenant=site.tenant)
    }
    return sorted(
        (one for one in others if one[0] != person),
        key=lambda one: (order.get(one[0], len(order) + 1), one[1]),
    )
