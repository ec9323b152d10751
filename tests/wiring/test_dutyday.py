"""Days of duty on the real database: opened once, brought up to date, handed over, caught up after an outage."""

import json
import uuid
from collections.abc import Iterator
from datetime import date

import pytest

from dutyroom import wiring
from dutyroom.core.codec import load_case
from dutyroom.core.commands import Act, Times
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Verb
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Roster
from dutyroom.core.state import Case
from dutyroom.store.calendars import Declaring, declare, withdraw
from dutyroom.store.instants import to_datetime
from dutyroom.store.record import PostgresRecord
from dutyroom.wiring.dutyday import look
from tests.web.builder import House, execute, house, one, rows
from tests.wiring.stepping import SteppedClock, settle_site

ZONE = "Asia/Shanghai"
ORDINARY, SUMMER = "2027-03-03", "2027-07-01"
HANDOVER = "handover.duty_officer#1"


@pytest.fixture
def place(stepped: SteppedClock) -> Iterator[House]:
    """A site with the reference plan in force since the end of February 2027."""
    stepped.at = at("2027-02-27", "09:00")
    made = house()
    stepped.site = made.site
    yield made


def at(day: str, time: str) -> int:
    return instant_of(date.fromisoformat(day), time, ZONE)


def roster_of(place: House) -> Roster:
    """As the database has it now: what a process has read a moment ago counts for a second of real time."""
    return PostgresRecord(wiring.pool(), wiring.clock()).rules(place.site).roster


def begin(place: House, clock: SteppedClock, day: str) -> str:
    """Duty ran until the evening before; the day's case, opened a second past midnight."""
    clock.at = at(day, "00:00") - 3_600_000
    while look(place.site):
        pass
    clock.at = at(day, "00:00") + 1_000
    return opened(place, day)


def opened(place: House, day: str) -> str:
    while look(place.site):
        pass
    found = rows(
        "SELECT id::text FROM store_case WHERE site_id = %s AND kind = 'duty' AND state::jsonb ->> 'day' = %s "
        "ORDER BY opened_at",
        place.site,
        day,
    )
    assert found, f"no duty on {day}"
    return str(found[-1]["id"])


def settle(clock: SteppedClock, moment: int) -> None:
    clock.at = moment
    settle_site(clock.site)


def state(case: str) -> Case:
    return load_case(one("SELECT state FROM store_case WHERE id = %s", case)["state"])


def do(case: str, by: str, key: str, verb: Verb = Verb.DONE, **answers: str | int | bool) -> Case:
    now = wiring.clock().now()
    done = wiring.live().act(case, Act(str(uuid.uuid4()), by, key, verb, Times(now, now), answers))
    assert not isinstance(done, Refusal), done
    return done


def test_a_day_is_opened_once_however_many_look(place: House, stepped: SteppedClock) -> None:
    case = begin(place, stepped, SUMMER)
    assert look(place.site) == 0, "everything is up to date"
    execute("UPDATE store_dutyclock SET opened_until = %s WHERE site_id = %s", date(2027, 6, 30), place.site)
    while look(place.site):
        pass
    found = rows("SELECT id FROM store_case WHERE site_id = %s AND state::jsonb ->> 'day' = %s AND kind = 'duty'",
                 place.site, SUMMER)  # fmt: skip
    assert [str(row["id"]) for row in found] == [case]
    assert {owed.role for owed in state(case).open_obligations()} >= {f"crew_{n}_leader" for n in range(1, 7)}


def test_where_duty_begins_today_nothing_of_the_past_is_owed(place: House, stepped: SteppedClock) -> None:
    stepped.at = at(SUMMER, "20:00")
    case = opened(place, SUMMER)
    assert all(due.due_at > stepped.at for owed in state(case).obligations.values() for due in owed.dues)


def test_a_handover_keeps_the_duty_where_it_was_until_it_is_accepted(
    place: House, stepped: SteppedClock
) -> None:
    case = begin(place, stepped, ORDINARY)
    settle(stepped, at(ORDINARY, "17:59"))
    before = roster_of(place).holders("duty_officer", stepped.at)
    settle(stepped, at(ORDINARY, "18:10"))
    coming = roster_of(place).planned("duty_officer", stepped.at)
    assert roster_of(place).holders("duty_officer", stepped.at) == (*before, *coming)
    assert set(before) & set(coming) == set()
    do(case, coming[0], HANDOVER, taken_over=True, on_post=2)
    assert roster_of(place).holders("duty_officer", stepped.at) == coming
    kept = rows(
        "SELECT person_id::text, starts_at, ends_at FROM store_dutykept WHERE site_id = %s", place.site
    )
    assert {row["person_id"] for row in kept} == set(before)
    assert {(row["starts_at"], row["ends_at"]) for row in kept} == {
        (to_datetime(at(ORDINARY, "18:00")), to_datetime(at(ORDINARY, "18:10")))
    }


def test_open_promises_pass_with_the_duty(place: House, stepped: SteppedClock) -> None:
    case = begin(place, stepped, ORDINARY)
    settle(stepped, at(ORDINARY, "17:50"))
    before = roster_of(place).holders("duty_officer", stepped.at)
    incident = place.report()
    key = next(owed.key for owed in state(incident).open_obligations() if owed.role == "duty_officer")
    do(incident, before[0], key, Verb.TAKEN)
    settle(stepped, at(ORDINARY, "18:05"))
    coming = roster_of(place).planned("duty_officer", stepped.at)
    assert look(place.site) == 0 or state(incident).obligations[key].owner == before[0]
    do(case, coming[1], HANDOVER, taken_over=True, on_post=2)
    while look(place.site):
        pass
    assert state(incident).obligations[key].owner == coming[1]
    types = [
        row["type"]
        for row in rows("SELECT type FROM store_entry WHERE case_id = %s ORDER BY case_seq", incident)
    ]
    assert types.count("PromisePassed") == 1


def test_a_period_declared_at_noon_asks_for_the_evening_reports(place: House, stepped: SteppedClock) -> None:
    case = begin(place, stepped, ORDINARY)
    assert not [owed for owed in state(case).obligations.values() if owed.step.startswith("calendar.")]
    stepped.at = at(ORDINARY, "12:00")
    span = (at(ORDINARY, "12:00"), at("2027-03-05", "00:00"))
    declared = Declaring(str(uuid.uuid4()), place.site, "special_period", *span, "superior", "重大活动")
    declare(wiring.pool(), [declared], stepped.at)
    while look(place.site):
        pass
    reports = [owed for owed in state(case).open_obligations() if owed.step == "calendar.evening_report"]
    assert len(reports) == 6
    settle(stepped, at(ORDINARY, "18:31"))
    called = rows(
        "SELECT person_id FROM store_delivery WHERE case_id = %s AND step = %s",
        case,
        "calendar.evening_report",
    )
    assert called


def test_days_missed_while_the_server_was_off_are_opened_as_missed(
    place: House, stepped: SteppedClock
) -> None:
    begin(place, stepped, SUMMER)
    down_from, back_at = at(SUMMER, "12:00"), at("2027-07-04", "09:00")
    execute(
        "INSERT INTO store_outage (starts_at, ends_at) VALUES (%s, %s)",
        to_datetime(down_from),
        to_datetime(back_at),
    )
    stepped.at = back_at
    cases = [opened(place, day) for day in (SUMMER, "2027-07-02", "2027-07-03", "2027-07-04")]
    settle(stepped, back_at)
    bodies = [
        json.loads(row["body"])
        for row in rows(
            "SELECT body FROM store_entry WHERE case_id = ANY(%s::uuid[]) AND type = 'DeadlineMissed'", cases
        )
    ]
    reports = [body for body in bodies if body["step"] == "calendar.evening_report"]
    assert len(reports) == 18 and all(body["while_down"] for body in reports)
    assert state(cases[1]).phase == "closed", "what is long past is on record and no longer asked for"


def test_a_year_without_a_notice_is_somebodys_to_enter(place: House, stepped: SteppedClock) -> None:
    stepped.at = at("2029-12-05", "08:00")
    while look(place.site):
        pass
    found = rows("SELECT state FROM store_case WHERE site_id = %s AND kind = 'upkeep'", place.site)
    owed = [one for row in found for one in load_case(row["state"]).open_obligations()]
    assert [one.role for one in owed if one.step == "upkeep.calendar_year"] == ["superior_duty"]


def test_declared_withdrawn_and_declared_again_the_reports_are_asked_for_again(
    place: House, stepped: SteppedClock
) -> None:
    case = begin(place, stepped, ORDINARY)
    stepped.at = at(ORDINARY, "12:00")
    for number in range(2):
        declared = str(uuid.uuid4())
        span = (stepped.at, at("2027-03-05", "00:00"))
        period = Declaring(declared, place.site, "special_period", *span, "superior", "重大活动")
        declare(wiring.pool(), [period], stepped.at)
        while look(place.site):
            pass
        reports = [owed for owed in state(case).open_obligations() if owed.step == "calendar.evening_report"]
        assert len(reports) == 6
        stepped.at += 60_000
        if number == 0:
            assert withdraw(wiring.pool(), place.site, declared, "", stepped.at)
            while look(place.site):
                pass
            stepped.at += 60_000


def test_the_night_after_a_special_period_is_quiet_again(place: House, stepped: SteppedClock) -> None:
    case = begin(place, stepped, "2027-10-08")  # the last day of the reference plan's season
    assert state(case).quiet == ""
    settle(stepped, at("2027-10-08", "23:59"))
    assert state(case).phase == "duty", "nobody reported"
    stepped.at = at("2027-10-09", "00:00") + 1_000
    while look(place.site):
        pass
    assert state(case).quiet == "22:00-06:00"


# ---- what a hostile reading found


def duties(place: House, day: str) -> list[Case]:
    """Every case of the day's duty, oldest first."""
    found = rows(
        "SELECT state FROM store_case WHERE site_id = %s AND kind = 'duty' AND state::jsonb ->> 'day' = %s "
        "ORDER BY opened_at, id",
        place.site,
        day,
    )
    return [load_case(row["state"]) for row in found]


def open_names(place: House, day: str) -> list[tuple[str, str, int]]:
    return sorted(
        (owed.step, owed.role, owed.dues[0].due_at)
        for case in duties(place, day)
        for owed in case.open_obligations()
    )


def keep_looking(place: House) -> int:
    """Look until nothing is due; how often. What never comes to rest fails here."""
    for number in range(20):
        if not look(place.site):
            return number
    raise AssertionError("every look finds something new")


def declaring(place: House, clock: SteppedClock, until: str) -> str:
    identity = str(uuid.uuid4())
    span = (clock.at, at(until, "00:00"))
    declare(
        wiring.pool(),
        [Declaring(identity, place.site, "special_period", *span, "superior", "重大活动")],
        clock.at,
    )
    return identity


def test_a_day_that_has_ended_never_owes_anything_twice(place: House, stepped: SteppedClock) -> None:
    case = begin(place, stepped, ORDINARY)
    settle(stepped, at(ORDINARY, "17:40"))
    coming = roster_of(place).planned("duty_officer", at(ORDINARY, "18:00"))[0]
    do(case, coming, HANDOVER, taken_over=True, on_post=2)
    keep_looking(place)
    assert state(case).phase == "closed"
    stepped.at = at(ORDINARY, "17:45")
    period = declaring(place, stepped, "2027-03-05")
    keep_looking(place)
    first = open_names(place, ORDINARY)
    assert len(first) == len(set(first)) > 6 and len(duties(place, ORDINARY)) == 2
    for minute in ("18:10", "18:40", "20:00"):
        stepped.at = at(ORDINARY, minute)
        execute("UPDATE store_site SET version = version + 1 WHERE id = %s", place.site)
        keep_looking(place)
        names = open_names(place, ORDINARY)
        assert len(names) == len(set(names)), f"something is owed twice at {minute}"
    assert len(duties(place, ORDINARY)) == 2
    assert withdraw(wiring.pool(), place.site, period, "", stepped.at)
    keep_looking(place)
    left = [
        name
        for name in open_names(place, ORDINARY)
        if name[2] > at(ORDINARY, "20:00") and "rollcall" in name[0]
    ]
    assert left == [], "what the period asked is withdrawn in every case of the day"


def test_another_edition_in_the_day_comes_to_rest_and_its_duty_is_asked(
    place: House, stepped: SteppedClock
) -> None:
    case = begin(place, stepped, ORDINARY)
    stepped.at = at(ORDINARY, "10:00")
    text = one("SELECT text FROM store_edition WHERE site_id = %s", place.site)["text"]
    changed = text.replace(
        "calendar:\n",
        "calendar:\n  - {id: noon_check, title: {zh: 午间检查, en: Noon check}, who: safety_officer, every: day, "
        'kind: check, at: "14:00", within: 60 min, clauses: [S3]}\n'
        "  - {id: telling, title: {zh: 告知本版预案, en: Tell of this edition}, who: safety_officer, every: edition, "
        "kind: review, clauses: [S3]}\n",
    )
    plan, findings = read_plan(changed)
    assert plan is not None, findings
    execute(
        "INSERT INTO store_edition (id, tenant, site_id, plan, version, sha256, text, roster_text, drills, "
        "in_force_at) SELECT gen_random_uuid(), tenant, site_id, plan, '2', %s, %s, roster_text, drills, %s "
        "FROM store_edition WHERE site_id = %s LIMIT 1",
        plan.source_sha256, changed, to_datetime(stepped.at), place.site,
    )  # fmt: skip
    stepped.at += 2_000
    place_rules = PostgresRecord(wiring.pool(), stepped)
    assert "calendar.noon_check" in place_rules.rules(place.site).plan.step
    wiring.record()._rules._sites.clear()  # what was read a moment ago counts for a second of real time
    keep_looking(place)
    names = open_names(place, ORDINARY)
    assert len(names) == len(set(names))
    assert [name for name in names if name[0] == "calendar.noon_check"]
    assert state(case).phase == "duty", "the day goes on under the edition under which it was opened"
    upkeep = rows("SELECT state FROM store_case WHERE site_id = %s AND kind = 'upkeep'", place.site)
    steps = [owed.step for row in upkeep for owed in load_case(row["state"]).obligations.values()]
    assert steps.count("calendar.telling") == 1
    assert len(steps) == len(set(steps)), "no span is opened twice by an edition"


def test_promises_pass_on_every_turn_to_whoever_accepts(place: House, stepped: SteppedClock) -> None:
    begin(place, stepped, ORDINARY)
    settle(stepped, at(ORDINARY, "17:50"))
    incident = place.report()
    key = next(owed.key for owed in state(incident).open_obligations() if owed.role == "duty_officer")
    do(incident, roster_of(place).holders("duty_officer", stepped.at)[0], key, Verb.TAKEN)
    owners = []
    for day in ("2027-03-03", "2027-03-04", "2027-03-05", "2027-03-06"):
        case = opened(place, day)
        stepped.at = at(day, "18:05")
        coming = roster_of(place).planned("duty_officer", stepped.at)[0]
        settle(stepped, stepped.at)
        do(case, coming, HANDOVER, taken_over=True, on_post=2)
        keep_looking(place)
        owners.append(state(incident).obligations[key].owner)
        assert owners[-1] == coming
        stepped.at = at(day, "23:59") + 61_000
    assert owners[0] == owners[3], "three pairs take turns: the same one comes again"


def test_a_clock_that_ran_ahead_stops_no_day(place: House, stepped: SteppedClock) -> None:
    begin(place, stepped, ORDINARY)
    stepped.at = at("2028-03-03", "12:00")
    keep_looking(place)
    stepped.at = at("2027-03-05", "00:01")
    keep_looking(place)
    assert duties(place, "2027-03-05"), "the day is opened all the same"


def test_who_is_on_leave_keeps_no_post(place: House, stepped: SteppedClock) -> None:
    begin(place, stepped, ORDINARY)
    stepped.at = at(ORDINARY, "14:00")
    first, second = roster_of(place).holders("duty_officer", stepped.at)
    execute(
        "INSERT INTO store_leave (id, tenant, person_id, kind, first_on, last_on, starts_at, ends_at, state) "
        "SELECT gen_random_uuid(), tenant, id, 'sick', %s, %s, %s, %s, 'noted' FROM store_person WHERE id = %s",
        date(2027, 3, 3), date(2027, 3, 5), to_datetime(stepped.at), to_datetime(at("2027-03-06", "00:00")), first,
    )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", place.site)
    keep_looking(place)
    settle(stepped, at(ORDINARY, "14:05"))
    assert roster_of(place).holders("duty_officer", stepped.at) == (second,)
    settle(stepped, at(ORDINARY, "18:05"))
    assert first not in roster_of(place).holders("duty_officer", stepped.at), "the sick are not kept on duty"
    assert roster_of(place).holders("duty_officer", stepped.at)[0] == second
