"""A site's roster as rostering takes it: sources from its rows, and ways to fill the turns of somebody who cannot come.

Staff numbers stand for people; a solver finds, the core's evaluator judges, people choose. Changes nothing.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom import wiring
from dutyroom.adapters.rostering.duty import DutySolver
from dutyroom.core.calendar.periods import day_span, local_day
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.people import Holder
from dutyroom.core.plan import Plan
from dutyroom.core.roster import DutyPeriod, Responder, Roster
from dutyroom.core.rostering.building import Sources, problem_of
from dutyroom.core.rostering.changes import difference, without_person
from dutyroom.core.rostering.evaluate import broken
from dutyroom.core.rostering.problem import Assignment, Problem, Turn
from dutyroom.core.rostering.rosters import assignment_of, frozen_until, misfits
from dutyroom.core.rostering.rules import AwayRule, PersonRule, PostTurns, QualifiedRule, RosterRules, Span
from dutyroom.core.rostering.rulesfile import read_rules
from dutyroom.store.calendars import calendar_of
from dutyroom.store.instants import to_datetime
from dutyroom.store.people import for_rostering
from dutyroom.store.rostering import Move, rostered
from dutyroom.store.rosterrules import newest_rules
from dutyroom.store.rosters import ids_of, whole_roster
from dutyroom.wiring.rostering import Folder

# What the database refuses anyway; all else that is broken is a warning, which a leader may overrule with a reason.
HARD = ("rostering.overlap", "rostering.twice", "rostering.unknown_person", "rostering.not_employed")
ALTERNATIVES = 4
# So far behind the absence turns may move to make room; farther would disturb people for nothing.
MAKES_ROOM = timedelta(days=21)
YEAR = 366 * DAY
LONGEST_AWAY = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to fill the turns: the moves by person id, whom it disturbs, which places stay empty, what it breaks."""

    moves: tuple[Move, ...]
    people: int
    empty: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SiteRoster:
    """What there is to roster from, as of `now`.

    `roster` has the turns as they were given, also to who is away; the sources' `before` is who really was on duty.
    `strangers` are those whom the rules name and who have left, or are not known here: their lines count for nothing.
    """

    site: str
    sources: Sources
    roster: Roster
    people: Mapping[str, Responder]
    now: Instant
    strangers: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return self.sources.zone

    @property
    def folder(self) -> Folder:
        """As `wiring.rostering` takes what it makes a roster from."""
        return Folder(self.sources, self.people)

    def day(self, at: Instant) -> date:
        return local_day(at, self.zone)


def site_roster(site: str, plan: Plan, now: Instant) -> SiteRoster:
    """Plan, rules, people, calendar and the roster of the year behind and of all that is to come."""
    pool = wiring.pool()
    holders = for_rostering(pool, site, now)
    whole = whole_roster(pool, site, now - YEAR, [one.person for one in holders])
    roster = rostered(pool, site, now - DAY)
    calendar = calendar_of(pool, site)
    text = newest_rules(pool, site)
    rules = read_rules(text)[0] if text else None
    rules = rules or rules_as_rostered(plan, roster, calendar.zone, now)
    rules, strangers = without_strangers(rules, {one.person for one in holders})
    rules = with_people(rules, holders)
    able = {one.person: frozenset(one.posts) for one in holders}
    sources = Sources(plan, rules, able, calendar.calendar, calendar.declared, whole.roster)
    return SiteRoster(site, sources, roster, whole.people, now, strangers)


def exclusion_groups(rules: RosterRules, code: str) -> dict[str, str]:
    """The group of each post, for the database: posts of a group exclude each other, the whole of it pair by pair.

    Where every two posts do, the group is the tenant's: nobody stands on duty at two sites either.
    """
    if rules.excludes is None:
        return dict.fromkeys(rules.posts, "on_duty")
    groups: list[set[str]] = []
    for post in rules.posts:
        others = [one for one in groups if all(frozenset((post, each)) in rules.excludes for each in one)]
        if others:
            others[0].add(post)
        else:
            groups.append({post})
    return {post: f"{code}:{min(one)}" for one in groups if len(one) > 1 for post in one}


def rules_as_rostered(plan: Plan, roster: Roster, zone: ZoneInfo, now: Instant) -> RosterRules:
    """The rules that a roster itself shows, where an organisation has written none: handovers and places, no more."""
    posts: dict[str, PostTurns] = {}
    for role in dict.fromkeys(one.role for one in roster.periods):
        own = [one for one in roster.periods if one.role == role and one.starts_at > now]
        if own and role in plan.roles:
            clocks = sorted({to_datetime(one.starts_at).astimezone(zone).time() for one in own})
            days = {to_datetime(one.starts_at).astimezone(zone).weekday() for one in own}
            weekdays = tuple(sorted(days)) if len(days) < 7 and len(own) > 8 else ()
            ideal = max(one.place for one in own) + 1
            posts[role] = PostTurns(role, tuple(clocks), weekdays, least=1, ideal=ideal)
    return RosterRules(plan.id, zone.key, posts)


def without_strangers(rules: RosterRules, known: Container[str]) -> tuple[RosterRules, tuple[str, ...]]:
    """The rules without the lines about people who are not known (any more), and whom those lines name."""
    named = [*rules.people, *(one.person for one in rules.qualified), *(one.person for one in rules.away)]
    named += [one.person for one in rules.wishes]
    named += [one.person for one in (*rules.fixed, *rules.forbidden)]
    kept = replace(
        rules,
        qualified=tuple(one for one in rules.qualified if one.person in known),
        people={number: one for number, one in rules.people.items() if number in known},
        away=tuple(one for one in rules.away if one.person in known),
        wishes=tuple(one for one in rules.wishes if one.person in known),
        fixed=tuple(one for one in rules.fixed if one.person in known),
        forbidden=tuple(one for one in rules.forbidden if one.person in known),
    )
    return kept, tuple(one for one in dict.fromkeys(named) if one not in known)


def with_people(rules: RosterRules, holders: Iterable[Holder]) -> RosterRules:
    """The rules with what is known of people: their leave, certificates, first and last day."""
    zone = ZoneInfo(rules.zone)
    known = list(holders)
    away = [
        AwayRule(one.person, Span(_local(leave.starts_at, zone), _local(leave.ends_at, zone)))
        for one in known
        for leave in one.leave
        if not leave.wished
    ]
    qualified = [
        QualifiedRule(
            one.person, each.name, Span(None, None if each.until is None else _local(each.until, zone))
        )
        for one in known
        for each in one.qualifications
    ]
    people = dict(rules.people)
    for one in known:
        starts = None if one.starts_at is None else _local(one.starts_at, zone)
        ends = None if one.ends_at is None else _local(one.ends_at, zone)
        own = people.get(one.person, PersonRule(one.person))
        span = Span(own.span.starts or starts, own.span.ends or ends)
        people[one.person] = replace(own, span=span)
    return replace(rules, away=(*rules.away, *away), qualified=(*rules.qualified, *qualified), people=people)


def judged_roster(here: SiteRoster, roster: Roster) -> tuple[Finding, ...]:
    """What a roster that somebody wrote breaks, of the turns to come that it fills. Raises YearMissing."""
    ahead = [one for one in roster.periods if one.ends_at > here.now]
    if not ahead:
        return ()
    first, last = (here.day(end(one.starts_at for one in ahead)) for end in (min, max))
    whole = problem_of(here.sources, first, last)
    posts = {one.role for one in ahead}
    problem = replace(whole, turns=tuple(turn for turn in whole.turns if turn.post in posts))
    strange = [
        Finding(
            "rosterpages.other_turns",
            "warning",
            one.role,
            {"post": one.role, "at": f"{here.day(one.starts_at)}"},
        )
        for one in misfits(problem, roster)
    ]
    known = ids_of(wiring.pool(), here.site)
    found = broken(problem, assignment_of(problem, roster))
    return (*(_weighed(one, known) for one in found), *strange)


def _weighed(one: Finding, known: Mapping[str, str]) -> Finding:
    """Somebody who is known and only holds no such post is no stranger."""
    if one.code == "rostering.unknown_person" and one.fields["person"] in known:
        return replace(one, code="rostering.not_of_post", severity="warning")
    return one if one.code in HARD else replace(one, severity="warning")


def alternatives(
    here: SiteRoster, person: str, first: date, last: date, barred: Collection[Move] = ()
) -> tuple[Alternative, ...] | Refusal:
    """Ways to fill the turns of somebody (a staff number) who cannot come from `first` to `last`, the calmest first.

    `barred` are moves that are known not to be possible, for a reason that does not lie at this site.
    """
    if last < first or last - first > LONGEST_AWAY:
        return Refusal("rosterpages.away_span")
    until = min(last + MAKES_ROOM, _last_day(here))
    begins = _first_day(here, person, first)
    if until < begins:
        return Refusal("rosterpages.away_none")
    problem, before = _problem(here, person, begins, until)
    span = (_instant(first, here.zone), _instant(last + timedelta(days=1), here.zone))
    away = without_person(problem, person, max(span[0], here.now), span[1])
    if not any(person in before.get(turn.id, ()) for turn in _within(away, span)):
        return Refusal("rosterpages.away_none")
    ids = ids_of(wiring.pool(), here.site)
    away = replace(away, forbidden=away.forbidden | _barred(away, barred, ids))
    found = DutySolver().repair(away, before, ALTERNATIVES)
    return tuple(_alternative(here, away, before, one, ids) for one in found)


def _barred(problem: Problem, moves: Iterable[Move], ids: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """The seats that those moves would have taken."""
    numbers = {identity: number for number, identity in ids.items()}
    return frozenset(
        (numbers[one.takes], turn.id)
        for one in moves
        for turn in problem.turns
        if turn.post == one.role and turn.starts_at < one.ends_at and one.starts_at < turn.ends_at
    )


def _within(problem: Problem, span: tuple[Instant, Instant]) -> list[Turn]:
    free = [one for one in problem.turns if one.id not in problem.frozen]
    return [one for one in free if one.starts_at < span[1] and span[0] < one.ends_at]


def _problem(here: SiteRoster, person: str, first: date, last: date) -> tuple[Problem, Assignment]:
    """The problem from `first` on. What has begun is fact, but what is left of that person's turn is free."""
    whole = problem_of(here.sources, first, last)
    # Posts that the rules rotate and the roster does not (yet) are not this absence's to fill.
    turning = {one.role for one in here.roster.periods if one.ends_at > here.now}
    whole = replace(whole, turns=tuple(turn for turn in whole.turns if turn.post in turning))
    before = dict(assignment_of(whole, here.roster))
    for turn in whole.turns:
        if turn.id in before and turn.starts_at <= here.now < turn.ends_at:
            standing = here.roster.standing.get(turn.post, ())
            holders = here.roster.holders(turn.post, here.now)
            before[turn.id] = tuple(one for one in holders if one not in standing)
    problem = frozen_until(whole, before, here.now)
    cut = {
        turn.id: replace(turn, starts_at=here.now)
        for turn in whole.turns
        if turn.starts_at <= here.now < turn.ends_at and person in before.get(turn.id, ())
    }
    turns = tuple(cut.get(turn.id, turn) for turn in problem.turns)
    frozen = {name: people for name, people in problem.frozen.items() if name not in cut}
    return replace(problem, turns=turns, frozen=frozen), before


def _alternative(
    here: SiteRoster, problem: Problem, before: Assignment, after: Assignment, ids: Mapping[str, str]
) -> Alternative:
    order = [turn.id for turn in problem.turns if turn.id not in problem.frozen]
    moved = difference(before, after, order)
    moves: list[Move] = []
    for one in moved:
        moves += _moves(here, problem.turn[one.turn], one.leaves, one.comes, ids)
    people = {name for one in moved for name in (one.leaves, one.comes) if name}
    empty = sum(1 for one in moved if not one.comes)
    return Alternative(tuple(moves), len(people), empty, broken(problem, after))


def _moves(here: SiteRoster, turn: Turn, leaves: str, comes: str, ids: Mapping[str, str]) -> Sequence[Move]:
    """A move on the turns as they stand in the roster, which a hand may have cut otherwise than the rules do."""
    since = max(turn.starts_at, here.now)
    there = [
        one
        for one in here.roster.periods
        if one.role == turn.post and one.starts_at < turn.ends_at and since < one.ends_at
    ]
    if not leaves:
        place = _free_place(there)
        return [Move(turn.post, place, since, turn.ends_at, "", ids[comes])]
    return [
        Move(
            turn.post,
            one.place,
            max(one.starts_at, since),
            min(one.ends_at, turn.ends_at),
            ids[leaves],
            ids[comes] if comes else "",
        )
        for one in there
        if one.person == leaves
    ]


def _free_place(periods: Iterable[DutyPeriod]) -> int:
    taken = {one.place for one in periods}
    return next(place for place in range(len(taken) + 1) if place not in taken)


def _last_day(here: SiteRoster) -> date:
    """The last day on which a turn begins."""
    return max((here.day(one.starts_at) for one in here.roster.periods), default=date.min)


def _first_day(here: SiteRoster, person: str, first: date) -> date:
    """The day before the absence or before today, because turns run overnight; of a longer turn that has begun, its."""
    day = max(first, here.day(here.now)) - timedelta(days=1)
    running = [
        here.day(one.starts_at)
        for one in here.roster.periods
        if one.person == person and one.starts_at <= here.now < one.ends_at
    ]
    return min([day, *(one for one in running if first <= here.day(here.now))])


def _instant(day: date, zone: ZoneInfo) -> Instant:
    return day_span(day, zone)[0]


def _local(at: Instant, zone: ZoneInfo) -> datetime:
    return to_datetime(at).astimezone(zone).replace(tzinfo=None)
