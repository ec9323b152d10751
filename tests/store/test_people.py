"""The people of a site: a list is carried out whole, leave takes duty off, nobody is deleted, rostering reads it."""

import threading
import uuid
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from dutyroom import wiring
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.people import Held, roster_of
from dutyroom.core.roster import END
from dutyroom.store import leaves, own, people, staffing, tree
from dutyroom.store.dutythen import duty_then
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.listing import Given, compare
from dutyroom.store.organise import SiteText
from dutyroom.store.people import Known, Listed, Span
from dutyroom.store.rosters import whole_roster
from tests.web.builder import House, bare_site, execute, house, one, rows
from tests.web.proved import proved, short_house

CARRIED = frozenset({"inbox", "sms", "voice"})
FIELDS = frozenset(
    {"number", "name", "unit", "post", "mobile", "language", "certificates", "deputies", "starts", "ends"}
)
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def open_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    django_db_blocker.unblock()


@pytest.fixture
def home(open_database: None) -> House:
    return house()


def listed(number: str = "P1", **more: object) -> Listed:
    channels = (("inbox", number), ("sms", "13800000001"), ("voice", "13800000001"))
    base = Listed(
        number, f"某{number}", "质安部", posts=("a",), channels=channels, starts_on=date(2026, 1, 1)
    )
    return replace(base, **more)  # type: ignore[arg-type]


def known_of(*people_: Listed, leave: tuple[Span, ...] = (), **more: object) -> Known:
    ids = {each.number: str(uuid.uuid4()) for each in people_}
    base = Known(
        "s",
        "t",
        "e",
        people.ZoneInfo("Asia/Shanghai"),
        {p.number: p for p in people_},
        ids,
        leave,
        {},
        {},
        {},
    )
    return replace(base, **more)  # type: ignore[arg-type]


def given_of(*people_: Listed, leave: tuple[Span, ...] = (), fields: frozenset[str] = FIELDS) -> Given:
    return Given(people_, {}, leave, fields)


def codes(changes: object) -> list[str]:
    return [each.code for each in changes.findings]  # type: ignore[attr-defined]


def entries(site: str) -> list[tuple[str, str]]:
    """What the site's chain says of people, leave and nodes."""
    found = rows(
        "SELECT type, body FROM store_entry WHERE site_id = %s AND case_id IS NULL "
        "AND type ~ '^(Person|People|Leave|Site)' ORDER BY case_seq",
        site,
    )
    return [(each["type"], each["body"]) for each in found]


def today(home: House) -> date:
    return to_datetime(wiring.clock().now()).astimezone(people.ZoneInfo("Asia/Shanghai")).date()


def all_known(home: House) -> Known:
    with wiring.pool().connection() as connection:
        return people.known(connection, home.site, wiring.clock().now())


# ---- a list held against what is known


def test_the_same_list_changes_nothing() -> None:
    changes = compare(known_of(listed()), given_of(listed()), CARRIED, TODAY)
    assert changes.nothing and changes.possible and changes.unchanged == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "改名"}, "name"),
        ({"unit": "运营部"}, "unit"),
        ({"posts": ("a", "b")}, "posts"),
        ({"language": "en"}, "language"),
        ({"second_language": "en"}, "second_language"),
        ({"qualifications": (("急救证", None),)}, "qualifications"),
        ({"deputies": ("P2",)}, "deputies"),
        ({"ends_on": date(2026, 12, 31)}, "ends_on"),
        ({"channels": (("inbox", "P1"), ("sms", "13800000002"), ("voice", "13800000001"))}, "channels"),
    ],
)
def test_one_changed_field_is_named(more: dict[str, object], field: str) -> None:
    changes = compare(known_of(listed()), given_of(listed(**more)), CARRIED, TODAY)
    assert [each.fields for each in changes.changed] == [(field,)]


def test_what_the_list_has_no_column_for_stays() -> None:
    before = listed(qualifications=(("急救证", None),), deputies=("P2",), second_language="en")
    before = replace(before, channels=(*before.channels, ("wecom", "WeCom1")))
    given = listed()
    changes = compare(
        known_of(before), given_of(given, fields=frozenset({"number", "name", "mobile"})), CARRIED, TODAY
    )
    assert changes.nothing


def test_the_order_of_ways_is_the_persons_own() -> None:
    swapped = (("inbox", "P1"), ("voice", "13800000001"), ("sms", "13800000001"))
    assert compare(known_of(listed(channels=swapped)), given_of(listed()), CARRIED, TODAY).nothing


def test_who_is_not_in_the_list_leaves_and_many_leavers_are_asked_about() -> None:
    there = [listed(f"P{number}") for number in range(8)]
    changes = compare(known_of(*there), given_of(*there[:2]), CARRIED, TODAY)
    assert [each.number for each in changes.leaves] == [f"P{number}" for number in range(2, 8)]
    assert codes(changes) == ["people.import.many_leave"] and changes.possible
    assert codes(compare(known_of(*there), given_of(*there[:7]), CARRIED, TODAY)) == []


def test_who_is_listed_with_a_last_day_that_is_over_leaves_or_was_never_there() -> None:
    gone = listed(ends_on=date(2026, 5, 1))
    assert compare(known_of(listed()), given_of(gone), CARRIED, TODAY).leaves == (listed(),)
    assert codes(compare(known_of(), given_of(gone), CARRIED, TODAY)) == ["people.import.gone"]


def test_somebody_of_another_site_is_not_taken_from_it() -> None:
    changes = compare(known_of(elsewhere={"P1": "东项目"}), given_of(listed(place="人员!A2")), CARRIED, TODAY)
    assert [(each.code, each.place) for each in changes.findings] == [("people.import.elsewhere", "人员!A2")]
    assert not changes.possible


def test_who_has_begun_does_not_begin_later() -> None:
    changes = compare(known_of(listed()), given_of(listed(starts_on=date(2026, 9, 1))), CARRIED, TODAY)
    assert codes(changes) == ["people.import.started"] and not changes.changed


def test_leave_that_is_known_is_not_new_and_other_leave_may_not_cross_it() -> None:
    span = Span("P1", "annual", date(2026, 7, 1), date(2026, 7, 5))
    there = known_of(listed(), leave=(span,))
    assert compare(there, given_of(listed(), leave=(span,)), CARRIED, TODAY).nothing
    crossing = replace(span, first_on=date(2026, 7, 5), last_on=date(2026, 7, 9), place="休假!D2")
    changes = compare(there, given_of(listed(), leave=(crossing,)), CARRIED, TODAY)
    assert [(each.code, each.place) for each in changes.findings] == [
        ("people.import.leave_overlap", "休假!D2")
    ]


def test_what_nothing_carries_is_kept_aside_until_something_does() -> None:
    mail = (*listed().channels, ("email", "a@example.com"))
    fields = FIELDS | {"email"}
    (joined,) = compare(known_of(), given_of(listed(channels=mail), fields=fields), CARRIED, TODAY).joins
    assert joined.spare == ("email",)
    there = known_of(replace(joined, place=""))
    assert compare(there, given_of(listed(channels=mail), fields=fields), CARRIED, TODAY).nothing
    later = compare(there, given_of(listed(channels=mail), fields=fields), CARRIED | {"email"}, TODAY)
    assert [each.fields for each in later.changed] == [("channels",)]


# ---- a list carried out


def given_now(home: House, *more: Listed, without: str = "", leave: tuple[Span, ...] = ()) -> Given:
    there = all_known(home)
    stay = tuple(each for each in there.people.values() if each.number != without)
    return Given((*stay, *more), there.headcounts, leave, FIELDS | {"counts"})


def carry_out(home: House, given: Given, expected: str = "") -> object:
    carried = frozenset({"inbox"})
    return staffing.carry_out(wiring.pool(), home.site, given, carried, wiring.clock().now(), expected)


def test_it_is_written_whole_and_each_change_is_on_the_chain(home: House) -> None:
    newcomer = listed(
        "P099",
        posts=("safety_officer",),
        starts_on=None,
        qualifications=(("急救证", date(2027, 1, 1)),),
        deputies=("P005",),
    )
    first = today(home) + timedelta(days=3)
    span = Span("P099", "sick", first, first)
    carry_out(home, given_now(home, newcomer, without="P006", leave=(span,)))
    there = all_known(home)
    assert "P006" in there.gone and there.people["P099"].deputies == ("P005",)
    assert there.people["P099"].qualifications == (("急救证", date(2027, 1, 1)),)
    assert there.leave == (span,)
    kinds = [kind for kind, _ in entries(home.site)]
    assert kinds == ["PersonJoined", "PersonLeft", "LeaveNoted", "PeopleListTaken"]


def test_the_chain_names_no_one_and_nothing_medical(home: House) -> None:
    newcomer = listed("P099", posts=("safety_officer",))
    span = Span("P099", "sick", today(home), today(home))
    carry_out(home, given_now(home, newcomer, leave=(span,)))
    bodies = "".join(body for _, body in entries(home.site))
    for word in ("某P099", "P099", "13800000001", "sick", span.first_on.isoformat()):
        assert word not in bodies


def test_a_list_that_was_looked_at_before_something_changed_is_not_carried_out(home: House) -> None:
    given = given_now(home, listed("P099", posts=("safety_officer",)))
    looked = staffing.preview(wiring.pool(), home.site, given, frozenset({"inbox"}), wiring.clock().now())
    execute("UPDATE store_person SET name = '另名' WHERE id = %s", home.people["P005"])
    assert carry_out(home, given, looked.known) == Refusal("people.import.changed_meanwhile")
    assert "P099" not in all_known(home).people and entries(home.site) == []


def test_a_failure_in_the_middle_leaves_nothing_behind(home: House) -> None:
    """The second newcomer's name is longer than the column: the database refuses, and the first is not there either."""
    given = given_now(home, listed("P098"), listed("P099", name="长" * 90))
    with pytest.raises(psycopg.DataError):
        carry_out(home, given)
    assert not {"P098", "P099"} & set(all_known(home).people)
    assert entries(home.site) == []


def test_two_lists_at_once_are_carried_out_one_after_the_other(home: House) -> None:
    given = given_now(home, listed("P099", posts=("safety_officer",)))
    looked = staffing.preview(wiring.pool(), home.site, given, frozenset({"inbox"}), wiring.clock().now())
    came: list[object] = []
    threads = [
        threading.Thread(target=lambda: came.append(carry_out(home, given, looked.known))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(each, Refusal) for each in came) == [False, True]
    assert [kind for kind, _ in entries(home.site)] == ["PersonJoined", "PeopleListTaken"]


def test_who_comes_back_is_the_same_person(home: House) -> None:
    person = home.people["P006"]
    back = all_known(home).people["P006"]
    carry_out(home, given_now(home, without="P006"))
    assert "P006" not in all_known(home).people
    carry_out(home, given_now(home, back))
    assert all_known(home).ids["P006"] == person and "P006" in all_known(home).people


def test_a_number_that_stays_keeps_its_proof_and_a_changed_one_loses_it(home: House) -> None:
    person = home.people["P005"]
    execute("DELETE FROM store_sparechannel WHERE person_id = %s", person)
    execute(
        "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds, answered_at) "
        "SELECT tenant, id, 5, 'sms', '13800000005', 40, now() FROM store_person WHERE id = %s", person,
    )  # fmt: skip
    proved = "SELECT answered_at, wait_seconds FROM store_channel WHERE person_id = %s AND kind = 'sms'"
    before = all_known(home).people["P005"]
    renamed = replace(before, name="龚龑二", channels=(("inbox", "P005"), ("sms", "13800000005")))
    carry_out(home, given_now(home, renamed, without="P005"))
    assert one(proved, person)["answered_at"] and one(proved, person)["wait_seconds"] == 40
    moved = replace(renamed, channels=(("inbox", "P005"), ("sms", "13800000055")))
    carry_out(home, given_now(home, moved, without="P005"))
    assert one(proved, person)["answered_at"] is None


# ---- leave, and what it does to duty


def test_who_is_on_leave_is_not_asked_and_who_is_back_is(home: House) -> None:
    officer, now = home.holder("safety_officer"), wiring.clock().now()
    version = one("SELECT version FROM store_site WHERE id = %s", home.site)["version"]
    leave = leaves.note(wiring.pool(), officer, "annual", today(home), today(home), now)
    assert isinstance(leave, str)
    assert one("SELECT version FROM store_site WHERE id = %s", home.site)["version"] > version
    fresh = wiring.PostgresRecord(wiring.pool(), wiring.clock()).rules(home.site)
    assert officer not in fresh.roster.holders("safety_officer", wiring.clock().now())
    assert officer in fresh.roster.holders("safety_officer", now + DAY)
    leaves.take_back(wiring.pool(), leave, wiring.clock().now(), officer)
    back = wiring.PostgresRecord(wiring.pool(), wiring.clock()).rules(home.site)
    assert back.roster.holders("safety_officer", wiring.clock().now() + MINUTE)[0] == officer


def test_leave_to_come_is_a_hole_to_whoever_looks_ahead(home: House) -> None:
    officer = home.holder("safety_officer")
    number = one("SELECT number FROM store_person WHERE id = %s", officer)["number"]
    now = wiring.clock().now()
    first = today(home) + timedelta(days=10)
    leaves.note(wiring.pool(), officer, "annual", first, first, now)
    ahead = whole_roster(wiring.pool(), home.site, now).roster
    noon = people.first_instant(first, people.ZoneInfo("Asia/Shanghai")) + 12 * HOUR
    before, during, after = (ahead.holders("safety_officer", at) for at in (noon - DAY, noon, noon + DAY))
    assert before == after and before[0] == number
    assert during == tuple(each for each in before if each != number)


def test_leave_that_is_noted_late_changes_nothing_of_what_was(home: House) -> None:
    officer, now = home.holder("safety_officer"), wiring.clock().now()
    leaves.note(
        wiring.pool(), officer, "sick", today(home) - timedelta(days=5), today(home) + timedelta(days=5), now
    )
    row = one("SELECT first_on, starts_at FROM store_leave WHERE person_id = %s", officer)
    assert row["first_on"] == today(home) - timedelta(days=5)
    assert from_datetime(row["starts_at"]) == now
    with wiring.pool().connection() as connection:
        then = duty_then(connection, home.site, now - 2 * HOUR, now + HOUR).roster
    assert officer not in then.holders("safety_officer", now + MINUTE)


def test_who_has_left_holds_nothing_and_is_not_deleted(home: House) -> None:
    officer = home.holder("safety_officer")
    number = one("SELECT number FROM store_person WHERE id = %s", officer)["number"]
    gone = staffing.leave_site(
        wiring.pool(), home.site, number, today(home) + timedelta(days=1), wiring.clock().now()
    )
    assert isinstance(gone, int)
    ahead = whole_roster(wiring.pool(), home.site, wiring.clock().now()).roster
    assert number in ahead.holders("safety_officer", gone - MINUTE)
    assert number not in ahead.holders("safety_officer", gone)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute("DELETE FROM store_person WHERE id = %s", officer)


def test_who_begins_later_is_not_asked_before(home: House) -> None:
    officer = home.holder("safety_officer")
    execute("UPDATE store_person SET starts_at = now() + interval '3 days' WHERE id = %s", officer)
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", home.site)
    fresh = wiring.PostgresRecord(wiring.pool(), wiring.clock()).rules(home.site)
    assert officer not in fresh.roster.holders("safety_officer", wiring.clock().now())


def test_the_order_of_a_standing_post_survives_the_leave_of_its_second() -> None:
    def held(person: str, place: int, starts: int, ends: int) -> Held:
        return Held("post", person, place, True, starts, ends)

    spans = [held("A", 0, 0, END), held("B", 1, 0, 100), held("B", 1, 200, END)]
    ahead = roster_of(spans, 10, END - 1)
    assert [ahead.holders("post", at) for at in (50, 150, 250)] == [("A", "B"), ("A",), ("A", "B")]
    assert roster_of(spans[:1], 10, END - 1).standing == {"post": ("A",)}


@pytest.mark.parametrize(
    ("kind", "first", "last", "code"),
    [
        ("holiday", 1, 2, "kind"),
        ("annual", 2, 1, "reversed"),
        ("annual", 1, 900, "too_long"),
        ("annual", -9, -8, "over"),
        ("annual", 12, 14, "overlap"),
    ],
)
def test_leave_that_cannot_be_is_refused(home: House, kind: str, first: int, last: int, code: str) -> None:
    officer, now, day = home.holder("safety_officer"), wiring.clock().now(), today(home)
    leaves.note(wiring.pool(), officer, "annual", day + timedelta(days=10), day + timedelta(days=12), now)
    given = (day + timedelta(days=first), day + timedelta(days=last))
    for ask in (leaves.note, leaves.wish):
        refused = ask(wiring.pool(), officer, kind, *given, now)
        assert isinstance(refused, Refusal) and refused.code == f"people.leave.{code}"


def test_a_wish_counts_once_it_is_granted_and_is_answered_once(home: House) -> None:
    officer, leader, now = home.holder("safety_officer"), home.holder("project_manager"), wiring.clock().now()
    wish = leaves.wish(wiring.pool(), officer, "annual", today(home), today(home), now)
    assert isinstance(wish, str)
    (holder,) = (
        each for each in people.for_rostering(wiring.pool(), home.site) if any(x.wished for x in each.leave)
    )
    assert home.people[holder.person] == officer
    record = wiring.PostgresRecord(wiring.pool(), wiring.clock())
    assert officer in record.rules(home.site).roster.holders("safety_officer", wiring.clock().now())
    assert leaves.answer(wiring.pool(), wish, True, wiring.clock().now(), leader) == wish
    assert isinstance(leaves.answer(wiring.pool(), wish, True, wiring.clock().now(), leader), Refusal)
    fresh = wiring.PostgresRecord(wiring.pool(), wiring.clock())
    assert officer not in fresh.rules(home.site).roster.holders("safety_officer", wiring.clock().now())
    assert [kind for kind, _ in entries(home.site)] == ["LeaveWished", "LeaveNoted"]


def test_the_database_itself_keeps_leave_apart(home: House) -> None:
    statement = (
        "INSERT INTO store_leave (tenant, id, person_id, kind, first_on, last_on, starts_at, ends_at, state) "
        "SELECT tenant, gen_random_uuid(), id, 'annual', '2099-01-01', '2099-01-02', '2099-01-01', '2099-01-03', "
        "'noted' FROM store_person WHERE id = %s"
    )
    execute(statement, home.people["P005"])
    with pytest.raises(psycopg.errors.ExclusionViolation):
        execute(statement, home.people["P005"])


# ---- reading for rostering, own data, the tree


def test_rostering_reads_posts_certificates_leave_dates_and_no_name(home: House) -> None:
    newcomer = listed(
        "P099", posts=("safety_officer",), starts_on=today(home) + timedelta(days=1), second_language="en",
        ends_on=date(2099, 12, 31), qualifications=(("急救证", date(2027, 1, 1)),), deputies=("P005",),
    )  # fmt: skip
    first = today(home) + timedelta(days=3)
    carry_out(home, given_now(home, newcomer, leave=(Span("P099", "sick", first, first),)))
    found = {each.person: each for each in people.for_rostering(wiring.pool(), home.site)}
    zone = people.ZoneInfo("Asia/Shanghai")
    new = found["P099"]
    assert (new.posts, new.deputies, new.languages) == (("safety_officer",), ("P005",), ("zh", "en"))
    assert new.starts_at == people.first_instant(today(home) + timedelta(days=1), zone)
    assert new.ends_at == people.end_instant(date(2099, 12, 31), zone)
    (leave,) = new.leave
    assert (leave.starts_at, leave.ends_at, leave.kind) == (
        people.first_instant(first, zone), people.end_instant(first, zone), "sick",
    )  # fmt: skip
    (certificate,) = new.qualifications
    assert certificate.counts_at(people.end_instant(date(2027, 1, 1), zone) - 1)
    assert not certificate.counts_at(people.end_instant(date(2027, 1, 1), zone))
    assert "某P099" not in repr(found) and "1380000" not in repr(found)
    assert found["P005"].posts == ("safety_officer",)


def test_a_person_changes_only_the_own_row(home: House) -> None:
    person, now = home.people["P005"], wiring.clock().now()
    others = rows(
        "SELECT person_id, kind, address FROM store_sparechannel WHERE person_id <> %s ORDER BY 1, 2", person
    )
    known = own.channels_of(wiring.pool(), person)
    channels = [(each.kind, "13800000055" if each.kind == "sms" else each.address) for each in known]
    assert own.change_own(wiring.pool(), person, "en", "zh", channels, now) == ("channels", "language")
    assert dict(own.as_pairs(own.channels_of(wiring.pool(), person)))["sms"] == "13800000055"
    assert own.change_own(wiring.pool(), person, "en", "zh", channels, now) == ()
    again = rows(
        "SELECT person_id, kind, address FROM store_sparechannel WHERE person_id <> %s ORDER BY 1, 2", person
    )
    assert again == others
    ((kind, body),) = entries(home.site)
    assert kind == "PersonChanged" and "1380000" not in body


def test_a_node_is_added_where_it_fits_and_ends_when_nobody_needs_it() -> None:
    company = bare_site()
    home, now = house(company.code), wiring.clock().now()
    crew = SiteText("c" + uuid.uuid4().hex[:10], "crew", "一班", "Crew 1", "010-5550-0000", home.code)
    made = tree.add_node(wiring.pool(), crew, str(uuid.uuid4()), now)
    assert isinstance(made, str)
    path = one("SELECT path FROM store_site WHERE id = %s", company.site)["path"]
    assert [(each.code, each.depth) for each in tree.nodes(wiring.pool(), path, now)] == [
        (company.code, 0), (home.code, 1), (crew.code, 2),
    ]  # fmt: skip
    for wrong, code in (
        (replace(crew, code="other", parent="nowhere"), "no_parent"),
        (replace(crew, code="other", kind="company"), "kind"),
        (crew, "code_taken"),
    ):
        refused = tree.add_node(wiring.pool(), wrong, str(uuid.uuid4()), now)
        assert isinstance(refused, Refusal) and refused.code == f"people.site.{code}"
    needed = tree.end_node(wiring.pool(), home.site, today(home), now)
    assert isinstance(needed, Refusal) and needed.fields["people"] == 28
    assert isinstance(tree.end_node(wiring.pool(), made, today(home), now), int)
    assert one("SELECT ends_at FROM store_site WHERE id = %s", made)["ends_at"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute("DELETE FROM store_site WHERE id = %s", made)
    assert [kind for kind, _ in entries(made)] == ["SiteEnded"]


# ---- the proof of cover


def test_leave_of_somebody_rostered_is_a_hole_that_the_next_proof_finds() -> None:
    """A silent post climbs; once everybody whom it could climb to is away, the proof, which is due again, says so."""
    home = short_house(2)
    hand = proved(home)
    asked = "SELECT holes, site_version FROM store_proof WHERE site_id = %s AND state = 'done' ORDER BY made_at DESC"
    before, now = one(asked, home.site), wiring.clock().now()
    for role in ("superior_duty", "project_manager", "quality_safety_supervisor", "operations_manager"):
        for person in home.rules().roster.holders(role, now):
            leaves.note(wiring.pool(), person, "sick", today(home), today(home) + timedelta(days=1), now)
    version = one("SELECT version FROM store_site WHERE id = %s", home.site)["version"]
    assert version > before["site_version"], "the standing proof is due again"
    proved(home, hand)
    after = one(asked, home.site)
    assert after["site_version"] == version
    assert after["holes"] > before["holes"]
