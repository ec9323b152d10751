"""Turns of duty in the database: what it refuses by itself, changes by consent, rosters published, feeds.

Written against the session's real database, committed; each test makes its own tenant.
"""

import threading
import uuid
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, ExclusionViolation, InsufficientPrivilege, IntegrityError

from dutyroom import settings, wiring
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.roster import DutyPeriod
from dutyroom.store import rosterdrafts, rosterfeeds, rostering
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction
from dutyroom.store.rosterdrafts import Made, Publishing
from dutyroom.store.rostering import OVERRIDE, REPAIR, SWAP, Change, Move
from tests.web.builder import House, bare_site, execute, house, one, rows

pytestmark = pytest.mark.usefixtures("django_db_setup")

WARNED = Finding("rostering.rest", "warning", "x", {"person": "P010"})
HARD = Finding("rostering.overlap", "error", "x", {"person": "P010"})


@pytest.fixture
def home(django_db_setup: None) -> House:
    return house()


def now() -> int:
    return wiring.clock().now()


def turns(home: House, role: str = "duty_officer") -> list[dict[str, Any]]:
    """First officers in order of time."""
    return rows(
        "SELECT id, person_id::text AS person, place, starts_at, ends_at FROM store_duty WHERE site_id = %s "
        "AND role = %s AND place = 0 AND NOT standing ORDER BY starts_at",
        home.site, role,
    )  # fmt: skip


def move_of(row: dict[str, Any], takes: str, **other: int) -> Move:
    span = {"starts_at": from_datetime(row["starts_at"]), "ends_at": from_datetime(row["ends_at"])} | other
    return Move("duty_officer", row["place"], span["starts_at"], span["ends_at"], row["person"], takes)


def swap(home: House) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The second and third turn of the first officers, asked to be exchanged by who holds the second."""
    _, first, second, *_ = turns(home)
    identity = wiring.new_id()
    change = Change(
        SWAP, (move_of(first, second["person"]), move_of(second, first["person"])), first["person"]
    )
    assert rostering.ask(wiring.pool(), home.site, identity, change, now()) is None
    return identity, first, second


def entries(home: House) -> list[str]:
    return [
        row["type"]
        for row in rows(
            "SELECT type FROM store_entry WHERE site_id = %s AND case_id IS NULL ORDER BY case_seq", home.site
        )
    ]


def state(change: str) -> str:
    return str(one("SELECT state FROM store_dutychange WHERE id = %s", change)["state"])


# ---- what the database itself refuses


def enter(site: str, person: str, role: str, starts: int, ends: int, place: int = 7) -> None:
    execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "
        "SELECT tenant, id, %s, %s, %s, false, %s, %s FROM store_site WHERE id = %s",
        role, person, place, to_datetime(starts), to_datetime(ends), site,
    )  # fmt: skip


def exclude(home: House, groups: dict[str, str]) -> None:
    with transaction(wiring.pool()) as connection:
        rostering.set_exclusions(connection, home.site, groups, now())


def test_nobody_stands_on_two_posts_that_exclude_each_other(home: House) -> None:
    person, at = home.people["P005"], now() + 500 * DAY
    exclude(home, {"duty_officer": "g", "operations_manager": "g"})
    enter(home.site, person, "duty_officer", at, at + DAY)
    with pytest.raises(ExclusionViolation, match="duty_posts_exclude"):
        enter(home.site, person, "operations_manager", at + 23 * HOUR, at + 2 * DAY)
    enter(home.site, person, "operations_manager", at + DAY, at + 2 * DAY)  # one after the other is no clash
    enter(home.site, person, "crew_1_leader", at, at + DAY)  # not in the group


def test_the_group_holds_over_all_sites_of_a_tenant(django_db_setup: None) -> None:
    company = bare_site()
    here, there = house(company.code), house(company.code)
    person, at = here.people["P005"], now() + 500 * DAY
    execute("DELETE FROM store_duty WHERE site_id = %s AND NOT standing", there.site)  # the same people's
    for each in (here, there):
        exclude(each, {"duty_officer": "on_duty"})
    enter(here.site, person, "duty_officer", at, at + DAY)
    with pytest.raises(ExclusionViolation, match="duty_posts_exclude"):
        enter(there.site, person, "duty_officer", at + HOUR, at + DAY)


def test_no_writer_names_the_group_the_database_gives_it(home: House) -> None:
    """Raw SQL, also with another value for the column: the post's own group is written."""
    exclude(home, {"duty_officer": "g"})
    at = now() + 500 * DAY
    execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at, excludes) "
        "SELECT tenant, id, 'duty_officer', %s, 7, false, %s, %s, 'mine' FROM store_site WHERE id = %s",
        home.people["P005"], to_datetime(at), to_datetime(at + DAY), home.site,
    )  # fmt: skip
    row = one("SELECT excludes FROM store_duty WHERE site_id = %s AND place = 7", home.site)
    assert row["excludes"] == "g"


def test_a_new_group_is_refused_where_the_roster_breaks_it(home: House) -> None:
    person, at = home.people["P005"], now() + 500 * DAY
    enter(home.site, person, "duty_officer", at, at + DAY)
    enter(home.site, person, "operations_manager", at, at + DAY)
    with pytest.raises(ExclusionViolation):
        exclude(home, {"duty_officer": "g", "operations_manager": "g"})
    exclude(home, {"duty_officer": "g", "operations_manager": "h"})


@pytest.mark.parametrize(
    "table", ["store_dutychange", "store_dutymove", "store_dutyconsent", "store_rosterdraft"]
)
def test_the_application_deletes_no_change(home: House, table: str) -> None:
    swap(home)
    with (
        psycopg.connect(
            settings.DATABASE_URL, options=f"-c role={settings.APP_ROLE} -c app.tenant=*"
        ) as session,
        pytest.raises((InsufficientPrivilege, IntegrityError)),
    ):
        session.execute(f"DELETE FROM {table}".encode())


# ---- swaps


def test_a_swap_needs_both_and_a_leader(home: House) -> None:
    change, first, second = swap(home)
    leader = home.people["P001"]
    assert state(change) == "asked"
    refused = rostering.approve(wiring.pool(), change, leader, "", (), now())
    assert refused == Refusal("rosterpages.not_agreed")
    assert rostering.answer(wiring.pool(), change, second["person"], True, now()) is None
    assert state(change) == "agreed"
    assert rostering.approve(wiring.pool(), change, leader, "", (), now()) is None
    held = {row["starts_at"]: row["person"] for row in turns(home)}
    assert held[first["starts_at"]] == second["person"] and held[second["starts_at"]] == first["person"]
    assert entries(home)[-1] == "DutySwapped"


def test_one_who_does_not_agree_ends_it(home: House) -> None:
    change, _, second = swap(home)
    before = turns(home)
    assert rostering.answer(wiring.pool(), change, second["person"], False, now()) is None
    assert state(change) == "refused" and turns(home) == before
    assert rostering.answer(wiring.pool(), change, second["person"], True, now()) == Refusal(
        "rosterpages.change_over"
    )


def test_a_stranger_answers_nothing_and_who_asked_takes_it_back(home: House) -> None:
    change, first, second = swap(home)
    assert rostering.answer(wiring.pool(), change, home.people["P007"], True, now()) == Refusal(
        "rosterpages.not_asked"
    )
    assert rostering.withdraw(wiring.pool(), change, second["person"], now()) == Refusal(
        "rosterpages.not_yours"
    )
    assert rostering.withdraw(wiring.pool(), change, first["person"], now()) is None
    assert state(change) == "withdrawn"


def test_a_leader_does_not_approve_the_own_swap(home: House) -> None:
    change, _, second = swap(home)
    rostering.answer(wiring.pool(), change, second["person"], True, now())
    refused = rostering.approve(wiring.pool(), change, second["person"], "", (), now())
    assert refused == Refusal("rosterpages.own_swap")


def test_a_swap_of_turns_that_changed_meanwhile_is_not_approved(home: House) -> None:
    change, first, second = swap(home)
    rostering.answer(wiring.pool(), change, second["person"], True, now())
    made = Change(OVERRIDE, (move_of(first, home.people["P005"]),), home.people["P001"], "调整")
    assert rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now()) is None
    refused = rostering.approve(wiring.pool(), change, home.people["P001"], "", (), now())
    assert refused == Refusal("rosterpages.changed_meanwhile")


def test_what_has_ended_and_what_was_answered_never_change(home: House) -> None:
    change, _, second = swap(home)
    rostering.answer(wiring.pool(), change, second["person"], False, now())
    with pytest.raises(IntegrityError, match="has ended"):
        execute("UPDATE store_dutychange SET state = 'agreed' WHERE id = %s", change)
    with pytest.raises(IntegrityError, match="stays as it was given"):
        execute("UPDATE store_dutyconsent SET agrees = true WHERE change_id = %s AND agrees = false", change)
    with pytest.raises(InsufficientPrivilege):
        execute("UPDATE store_dutymove SET place = 9 WHERE change_id = %s", change)


# ---- somebody steps in


def test_stepping_in_cuts_at_the_instant_and_keeps_what_has_passed(home: House) -> None:
    running, at = turns(home)[0], now() + HOUR
    other = home.people["P005"]
    made = Change(OVERRIDE, (move_of(running, other),), home.people["P001"], "临时离开")
    assert rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, at) is None
    first, second, *_ = turns(home)
    assert (first["person"], first["ends_at"]) == (running["person"], to_datetime(at))
    assert (second["person"], second["starts_at"], second["ends_at"]) == (
        other,
        to_datetime(at),
        running["ends_at"],
    )
    assert first["starts_at"] == running["starts_at"]
    assert entries(home)[-1] == "DutyOverridden"


def test_a_part_of_a_turn_can_be_taken(home: House) -> None:
    later = turns(home)[2]
    starts = from_datetime(later["starts_at"])
    part = move_of(later, home.people["P005"], starts_at=starts + 2 * HOUR, ends_at=starts + 4 * HOUR)
    made = Change(OVERRIDE, (part,), home.people["P001"], "体检")
    assert rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now()) is None
    held = [
        (row["person"], from_datetime(row["starts_at"]) - starts, from_datetime(row["ends_at"]) - starts)
        for row in turns(home)[2:5]
    ]
    person = later["person"]
    assert held == [
        (person, 0, 2 * HOUR), (home.people["P005"], 2 * HOUR, 4 * HOUR), (person, 4 * HOUR, 24 * HOUR)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "reason", "findings", "code"),
    [
        (OVERRIDE, "", (), "rosterpages.reason_needed"),
        (REPAIR, "", (WARNED,), "rosterpages.reason_needed"),
        (OVERRIDE, "急", (HARD,), "rosterpages.hard"),
    ],
)
def test_what_is_not_carried_out(
    home: House, kind: str, reason: str, findings: tuple[Finding, ...], code: str
) -> None:
    before, version = turns(home), site_version(home)
    made = Change(kind, (move_of(before[1], home.people["P005"]),), home.people["P001"], reason, findings)
    assert rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now()) == Refusal(code)
    assert turns(home) == before and site_version(home) == version


def site_version(home: House) -> int:
    return int(one("SELECT version FROM store_site WHERE id = %s", home.site)["version"])


def test_a_warning_is_overruled_with_a_reason_which_stands_on_the_record(home: House) -> None:
    version = site_version(home)
    made = Change(
        REPAIR, (move_of(turns(home)[1], home.people["P005"]),), home.people["P001"], "没有别人", (WARNED,)
    )  # fmt: skip
    assert rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now()) is None
    body = one("SELECT body FROM store_entry WHERE site_id = %s AND type = 'DutyRepaired'", home.site)["body"]
    assert "rostering.rest" in body and "没有别人" not in body
    assert site_version(home) == version + 1  # so that the proof of cover is made anew


def test_the_database_has_the_last_word(home: House) -> None:
    """The pages saw nothing wrong, and still nobody comes to stand on two posts."""
    first, second = turns(home)[1:3]
    span = (from_datetime(first["starts_at"]), from_datetime(second["ends_at"]))
    enter(home.site, home.people["P005"], "operations_manager", *span)
    exclude(home, {"duty_officer": "g", "operations_manager": "g"})
    made = Change(OVERRIDE, (move_of(first, home.people["P005"]),), home.people["P001"], "急")
    refused = rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now())
    assert refused == Refusal("rosterpages.excluded")
    assert turns(home)[1]["person"] == first["person"]
    assert rows("SELECT FROM store_dutychange WHERE site_id = %s", home.site) == []


def test_nobody_carries_out_alone_what_gives_the_own_turn_away(home: House) -> None:
    later = turns(home)[2]
    made = Change(REPAIR, (move_of(later, home.people["P005"]),), later["person"], "不去了")
    refused = rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now())
    assert refused == Refusal("rosterpages.own_swap") and turns(home)[2]["person"] == later["person"]


def test_of_two_who_change_the_same_turn_at_once_one_is_told(home: House) -> None:
    later, results = turns(home)[2], []
    barrier = threading.Barrier(2)

    def change(number: str) -> None:
        made = Change(OVERRIDE, (move_of(later, home.people[number]),), home.people["P001"], "同时")
        barrier.wait()
        results.append(rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, now()))

    hands = [threading.Thread(target=change, args=[number]) for number in ("P005", "P006")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(results, key=str) == [None, Refusal("rosterpages.changed_meanwhile")]
    assert one("SELECT count(*) AS n FROM store_dutychange WHERE site_id = %s", home.site)["n"] == 1


def test_a_turn_that_is_over_does_not_move(home: House) -> None:
    at = from_datetime(turns(home)[0]["ends_at"])
    made = Change(OVERRIDE, (move_of(turns(home)[0], home.people["P005"]),), home.people["P001"], "晚了")
    refused = rostering.carry_out(wiring.pool(), home.site, wiring.new_id(), made, at)
    assert refused == Refusal("rosterpages.turn_over")


# ---- rosters as work


def drafted(
    home: House, periods: list[DutyPeriod], span: tuple[int, int], findings: tuple[Finding, ...] = ()
) -> str:
    identity = wiring.new_id()
    made = Made("roster: {plan: x, zone: Asia/Shanghai}", findings, {"turns": len(periods)})
    rosterdrafts.enter(wiring.pool(), home.site, identity, span, made, home.people["P001"], now())
    return identity


def approved(home: House, draft: str, reason: str = "") -> None:
    assert rosterdrafts.propose(wiring.pool(), draft, home.people["P001"]) is None
    assert rosterdrafts.approve(wiring.pool(), draft, home.people["P002"], reason, now()) is None


def new_turns(home: House, start: int, days: int, numbers: list[str]) -> list[DutyPeriod]:
    return [
        DutyPeriod("duty_officer", home.people[numbers[day % len(numbers)]], start + day * DAY, start + (day + 1) * DAY)
        for day in range(days)
    ]  # fmt: skip


def test_publishing_replaces_what_has_not_begun(home: House) -> None:
    before = turns(home)
    running, after = before[0], before[6:]
    start = from_datetime(running["ends_at"])
    periods = new_turns(home, start, 5, ["P005", "P006"])
    draft = drafted(home, periods, (from_datetime(running["starts_at"]), start + 5 * DAY))
    approved(home, draft)
    one_more = Publishing(draft, tuple(periods), {"duty_officer": "on_duty"}, home.people["P002"])
    version = site_version(home)
    assert rosterdrafts.publish(wiring.pool(), one_more, now()) is None
    found = turns(home)
    assert found[0]["id"] == running["id"] and found[0]["ends_at"] == running["ends_at"]
    assert [row["person"] for row in found[1:6]] == [one.person for one in periods]
    assert [row["id"] for row in found[6:]] == [row["id"] for row in after]
    assert entries(home)[-1] == "RosterPublished" and site_version(home) == version + 1
    assert rosterdrafts.publish(wiring.pool(), one_more, now()) == Refusal("rosterpages.not_approved")


def test_the_night_between_the_old_roster_and_the_new_is_not_empty(home: House) -> None:
    """By day and by night until now, all day from today on: published at ten, the old night goes and nobody had it."""
    morning, officer, night = now() - 2 * HOUR, home.people["P005"], home.people["P006"]
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'duty_officer'", home.site)
    enter(home.site, officer, "duty_officer", morning, morning + 12 * HOUR, 0)
    enter(home.site, night, "duty_officer", morning + 12 * HOUR, morning + 24 * HOUR, 0)
    periods = new_turns(home, morning, 2, ["P010", "P005"])
    draft = drafted(home, periods, (morning - 8 * HOUR, morning + 2 * DAY))
    approved(home, draft)
    published = Publishing(draft, tuple(periods), {}, home.people["P002"])
    assert rosterdrafts.publish(wiring.pool(), published, now()) is None
    held = [
        (row["person"], from_datetime(row["starts_at"]) - morning, from_datetime(row["ends_at"]) - morning)
        for row in turns(home)
    ]
    assert held == [
        (officer, 0, 12 * HOUR), (home.people["P010"], 12 * HOUR, DAY), (officer, DAY, 2 * DAY)
    ]  # fmt: skip


def test_a_new_turn_that_ends_with_the_running_one_or_before_is_not_entered(home: House) -> None:
    running = turns(home)[0]
    start, end = from_datetime(running["starts_at"]), from_datetime(running["ends_at"])
    held = {("duty_officer", 0): end, ("duty_officer", 1): None}
    given = [
        DutyPeriod("duty_officer", "a", start, end),
        DutyPeriod("duty_officer", "b", start, end + DAY, 1),
    ]
    assert rosterdrafts.taking_force(given, held, (start + 1, end + DAY)) == []
    free = [DutyPeriod("duty_officer", "c", start, end, 2)]
    begun = rosterdrafts.taking_force(free, held, (start + 1, end + DAY))
    assert [(one.starts_at, one.ends_at) for one in begun] == [(start + 1, end)]


def test_a_post_that_was_standing_takes_turns_from_then_on(home: House) -> None:
    start = now() + 3 * DAY
    periods = [
        DutyPeriod("crew_1_leader", home.people["P021"], start, start + 7 * DAY),
        DutyPeriod("crew_1_leader", home.people["P031"], start + 7 * DAY, start + 14 * DAY),
    ]
    draft = drafted(home, periods, (start, start + 14 * DAY))
    approved(home, draft)
    assert (
        rosterdrafts.publish(wiring.pool(), Publishing(draft, tuple(periods), {}, home.people["P002"]), now())
        is None
    )
    standing = rows(
        "SELECT ends_at FROM store_duty WHERE site_id = %s AND role = 'crew_1_leader' AND standing", home.site
    )
    assert {row["ends_at"] for row in standing} == {to_datetime(start)}


def test_a_roster_that_puts_one_person_on_two_posts_is_not_published(home: House) -> None:
    start, before = now() + 3 * DAY, turns(home)
    periods = [
        DutyPeriod("duty_officer", home.people["P005"], start, start + DAY),
        DutyPeriod("operations_manager", home.people["P005"], start, start + DAY),
    ]
    draft = drafted(home, periods, (start, start + DAY))
    approved(home, draft)
    groups = {"duty_officer": "g", "operations_manager": "g"}
    refused = rosterdrafts.publish(
        wiring.pool(), Publishing(draft, tuple(periods), groups, home.people["P002"]), now()
    )
    assert refused == Refusal("rosterpages.roster_excluded")
    assert turns(home) == before


def test_who_made_a_roster_does_not_approve_it(home: House) -> None:
    draft = drafted(home, [], (now(), now() + DAY))
    rosterdrafts.propose(wiring.pool(), draft, home.people["P001"])
    refused = rosterdrafts.approve(wiring.pool(), draft, home.people["P001"], "", now())
    assert refused == Refusal("rosterpages.own_draft")
    with pytest.raises(CheckViolation, match="roster_draft_second_person"):
        execute("UPDATE store_rosterdraft SET approved_by_id = made_by_id WHERE id = %s", draft)


def test_warnings_need_a_reason_and_errors_are_not_proposed(home: House) -> None:
    warned = drafted(home, [], (now(), now() + DAY), (WARNED,))
    rosterdrafts.propose(wiring.pool(), warned, home.people["P001"])
    refused = rosterdrafts.approve(wiring.pool(), warned, home.people["P002"], "", now())
    assert refused == Refusal("rosterpages.reason_needed")
    assert rosterdrafts.approve(wiring.pool(), warned, home.people["P002"], "人手不够", now()) is None
    hard = drafted(home, [], (now(), now() + DAY), (HARD,))
    assert rosterdrafts.propose(wiring.pool(), hard, home.people["P001"]) == Refusal(
        "rosterpages.draft_errors"
    )


def test_what_was_approved_is_what_is_published(home: House) -> None:
    draft = drafted(home, [], (now(), now() + DAY))
    approved(home, draft)
    with pytest.raises(IntegrityError, match="its text does not change"):
        execute("UPDATE store_rosterdraft SET text = 'x' WHERE id = %s", draft)
    rosterdrafts.reject(wiring.pool(), draft, home.people["P001"], "", now())
    with pytest.raises(IntegrityError, match="has ended"):
        execute("UPDATE store_rosterdraft SET state = 'approved' WHERE id = %s", draft)


def test_one_making_at_a_time_and_a_dead_workers_is_given_back(home: House) -> None:
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    given = (home.site, wiring.new_id(), (now(), now() + DAY), {}, home.people["P001"], now())
    assert rosterdrafts.ask(wiring.pool(), *given) is None
    again = (home.site, wiring.new_id(), *given[2:])
    assert rosterdrafts.ask(wiring.pool(), *again) == Refusal("rosterpages.making_waits")
    work = rosterdrafts.claim(wiring.pool(), 991)
    assert work and work.id == given[1] and rosterdrafts.claim(wiring.pool(), 992) is None
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(991)")
        rosterdrafts.release_dead(wiring.pool(), 992)
        assert rosterdrafts.claim(wiring.pool(), 992) is None
        session.execute("SELECT pg_advisory_unlock(991)")  # as its end does, but only some time after `close`
    rosterdrafts.release_dead(wiring.pool(), 992)
    taken = rosterdrafts.claim(wiring.pool(), 992)
    assert taken and taken.id == work.id
    rosterdrafts.fail(wiring.pool(), 992, "rosterpages.failed.stopped", now())


# ---- feeds


def test_an_address_shows_one_persons_turns_until_it_is_ended(home: House) -> None:
    person, secret = home.people["P010"], str(uuid.uuid4())
    identity = wiring.new_id()
    rosterfeeds.make(wiring.pool(), home.site, identity, (person, ""), secret, person, now())
    feed = rosterfeeds.feed_of(wiring.pool(), secret, now())
    assert feed is not None
    found = rosterfeeds.turns_of(wiring.pool(), feed, now(), now() + 30 * DAY)
    assert len(found) > 5 and {one.name for one in found} == {feed.person_name}
    assert rosterfeeds.feed_of(wiring.pool(), "x", now()) is None
    assert rosterfeeds.revoke(wiring.pool(), identity, now()) and not rosterfeeds.revoke(
        wiring.pool(), identity, now()
    )
    assert rosterfeeds.feed_of(wiring.pool(), secret, now()) is None


def test_the_address_of_who_has_left_shows_nothing(home: House) -> None:
    person, secret = home.people["P010"], str(uuid.uuid4())
    rosterfeeds.make(wiring.pool(), home.site, wiring.new_id(), (person, ""), secret, person, now())
    execute("UPDATE store_person SET ends_at = now() - interval '1 s' WHERE id = %s", person)
    assert rosterfeeds.feed_of(wiring.pool(), secret, now()) is None
