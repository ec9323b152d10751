"""Whether somebody is always reachable: proofs as work, holes with owners, the page, the board's and duty's lines."""

import dataclasses
import json
import threading
import time

import psycopg
import pytest

from dutyroom import wiring
from dutyroom.core.covering import causes, merged, posts_of, shortened
from dutyroom.core.instants import DAY, HOUR
from dutyroom.core.plan import Verb
from dutyroom.core.proof import Assumptions, Hole, Moment, Proof, Question, read_proof
from dutyroom.interpreters.drill import read_script, rehearse
from dutyroom.store import proofs
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.rosters import whole_roster
from dutyroom.wiring import proving
from dutyroom.wiring.proving import Hand, Prover, from_now, mend_by
from tests.web.builder import House, execute, one, rows
from tests.web.proved import changed, proved, short_house


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A site whose standing proof has been made: where the officer on duty is silent, nobody else can be called."""
    made = short_house()
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'duty_officer' AND place > 0", made.site)
    execute(
        "DELETE FROM store_channel WHERE person_id IN (SELECT person_id FROM store_duty WHERE site_id = %s "
        "AND role IN ('superior_duty', 'project_manager', 'quality_safety_supervisor', 'operations_manager'))",
        made.site,
    )
    proved(made)
    return made


def newest(home: House, evidence: bool = False) -> dict[str, object]:
    return one(
        "SELECT * FROM store_proof WHERE site_id = %s AND missing = 1 AND NOT together AND NOT idle AND evidence = %s "
        "AND state = 'done' ORDER BY made_at DESC LIMIT 1",
        home.site, evidence,
    )  # fmt: skip


def result(home: House) -> Proof:
    return read_proof(json.loads(str(newest(home)["result"])))


def page(home: House, role: str = "project_manager", query: str = "", language: str = "zh") -> str:
    answer = home.browser(role, language=language).get(f"/plan/{home.code}/cover{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


# ---- the work


def test_a_proof_is_due_once_for_each_version_and_once_a_day(open_database: None) -> None:
    made, now = short_house(3), wiring.clock().now()
    count = "SELECT count(*) AS n FROM store_proof WHERE site_id = %s"
    proofs.ask_due(wiring.pool(), now)
    proofs.ask_due(wiring.pool(), now)
    assert one(count, made.site)["n"] == 2  # as listed, and by evidence
    execute(
        "UPDATE store_proof SET state = 'done', covered_until = now(), made_at = now() WHERE state = 'queued'"
    )
    proofs.ask_due(wiring.pool(), now + HOUR)
    assert one(count, made.site)["n"] == 2
    proofs.ask_due(wiring.pool(), now + DAY + HOUR)
    assert one(count, made.site)["n"] == 4
    execute(
        "UPDATE store_proof SET state = 'done', covered_until = now(), made_at = now() WHERE state = 'queued'"
    )
    changed(made)
    proofs.ask_due(wiring.pool(), now)
    assert one(count, made.site)["n"] == 6
    execute("UPDATE store_proof SET state = 'failed' WHERE state = 'queued'")


def test_no_two_workers_claim_the_same(home: House) -> None:
    asked = [proofs.Asked(2), proofs.Asked(3)]
    for each in asked:
        proofs.ask(wiring.pool(), home.site, each, wiring.clock().now())
    first, second = proofs.claim(wiring.pool(), 7), proofs.claim(wiring.pool(), 8)
    assert first and second and {first.missing, second.missing} == {2, 3}
    proofs.release(wiring.pool(), 7)
    again = proofs.claim(wiring.pool(), 9)
    assert again and again.id == first.id
    proofs.fail(wiring.pool(), 8, "cover.failed.stopped", wiring.clock().now())
    proofs.fail(wiring.pool(), 9, "cover.failed.stopped", wiring.clock().now())
    assert "没有做完就停了" in page(home, query="?missing=2")


def test_what_a_dead_worker_had_is_given_back(home: House) -> None:
    proofs.ask(wiring.pool(), home.site, proofs.Asked(3, True), wiring.clock().now())
    held = proofs.claim(wiring.pool(), 11)
    assert held
    with psycopg.connect(wiring.settings.DATABASE_URL, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(11)")
        proofs.release_dead(wiring.pool(), 12)
        assert one("SELECT state FROM store_proof WHERE id = %s", held.id)["state"] == "running"
        session.execute("SELECT pg_advisory_unlock(11)")
    proofs.release_dead(wiring.pool(), 12)
    assert one("SELECT state FROM store_proof WHERE id = %s", held.id)["state"] == "queued"
    execute("UPDATE store_proof SET state = 'failed' WHERE state = 'queued'")


def test_the_child_of_a_worker_proves(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs.ask(wiring.pool(), home.site, proofs.Asked(idle=True), wiring.clock().now())
    monkeypatch.setattr(proving, "CALM_SECONDS", 1e9)  # other tests' sites are not this one's
    stop, wake, lock = threading.Event(), threading.Event(), 4711
    hand = threading.Thread(target=lambda: Prover(lock).run(stop, wake))
    hand.start()
    state, until = "queued", time.monotonic() + 60
    while state in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.2)
        state = one("SELECT state FROM store_proof WHERE site_id = %s AND idle", home.site)["state"]
    stop.set()
    wake.set()
    hand.join(20)
    assert state == "done"
    assert not hand.is_alive()


def test_the_whole_roster_is_read_not_only_the_days_around_now(home: House) -> None:
    now = wiring.clock().now()
    whole = whole_roster(wiring.pool(), home.site, now)
    assert whole.until is not None and whole.until > now + 12 * DAY
    assert {one.role for one in whole.roster.periods} == {"duty_officer"}
    assert result(home).ends == whole.until


def test_a_proof_that_is_made_never_changes(home: House) -> None:
    for change in ("holes = 0", "result = ''", "state = 'queued'"):
        with pytest.raises(psycopg.errors.IntegrityError, match="does not change"):
            execute(f"UPDATE store_proof SET {change} WHERE site_id = %s AND state = 'done'", home.site)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute("DELETE FROM store_coverhole WHERE site_id = %s", home.site)


# ---- holes


def test_each_cause_is_a_hole_with_an_owner_and_a_time(home: House) -> None:
    found = {cause.key: cause for cause in causes(result(home))}
    kept = rows("SELECT * FROM store_coverhole WHERE site_id = %s AND ended_at IS NULL", home.site)
    assert {row["key"] for row in kept} == set(found) and found
    for row in kept:
        assert str(row["owner_id"]) == home.holder("project_manager")
        assert from_datetime(row["opens_at"]) == found[row["key"]].spans[0][0]
        assert row["owed_by"] <= max(row["found_at"], row["opens_at"])


def test_holes_come_with_a_change_and_go_when_it_is_undone(open_database: None) -> None:
    made = short_house(3)
    hand = proved(made)
    standing = "SELECT key FROM store_coverhole WHERE site_id = %s AND ended_at IS NULL"
    before = {row["key"] for row in rows(standing, made.site)}
    gone = "role IN ('superior_duty', 'project_manager', 'quality_safety_supervisor') AND site_id = %s"
    execute(f"UPDATE store_duty SET ends_at = starts_at + interval '1 second' WHERE {gone}", made.site)
    changed(made)
    proved(made, hand)
    more = {row["key"] for row in rows(standing, made.site)} - before
    assert more
    execute(f"UPDATE store_duty SET ends_at = NULL WHERE {gone}", made.site)
    changed(made)
    proved(made, hand)
    assert {row["key"] for row in rows(standing, made.site)} == before
    ended = rows(
        "SELECT key, state FROM store_coverhole WHERE site_id = %s AND ended_at IS NOT NULL", made.site
    )
    assert {row["key"] for row in ended if row["state"] == "mended"} >= more


def test_every_hole_replays_as_a_drill_that_fails(home: House) -> None:
    rules = whole_roster(wiring.pool(), home.site, wiring.clock().now() - HOUR).rules(home.rules().plan)
    for hole in [cause.first for cause in causes(result(home))][:6]:
        answer = home.browser("project_manager").get(
            f"/plan/{home.code}/cover/{newest(home)['id']}/{hole.id}.yaml"
        )
        script, faults = read_script(answer.content.decode(), rules.plan, rules.roster)
        assert script is not None, faults
        assert not rehearse(script, rules).passed
    assert (
        home.browser("project_manager")
        .get(f"/plan/{home.code}/cover/{newest(home)['id']}/no.yaml")
        .status_code
        == 404
    )


def test_a_leader_accepts_a_hole_with_a_reason_only(home: House) -> None:
    hole = one(
        "SELECT id::text, key FROM store_coverhole WHERE site_id = %s AND state = 'open' LIMIT 1", home.site
    )
    address = f"/plan/{home.code}/cover/holes/{hole['id']}"
    assert home.browser("crew_1_leader").post(address, {"reason": "x"}).status_code == 403
    refused = home.browser("project_manager").post(address, {"reason": "  "}, follow=True)
    assert "必须写明理由" in refused.content.decode()
    home.browser("project_manager").post(address, {"reason": "下周补第二人，电话 13800000001"})
    row = one("SELECT state, reason FROM store_coverhole WHERE id = %s", hole["id"])
    assert row["state"] == "accepted" and "13800000001" not in row["reason"]
    proved(home)
    assert one("SELECT state FROM store_coverhole WHERE id = %s", hole["id"])["state"] == "accepted"
    assert "领导已知悉并接受：下周补第二人" in page(home)


# ---- the page


def test_the_answer_comes_first_then_each_hole_with_story_dates_and_mending(home: House) -> None:
    text = page(home)
    assert text.index("不总是。有") < text.index("哪些情况会没有人接手")
    assert "如果值班员联系不上" in text and "没有应答" in text and "时限到了，没有人接手" in text
    assert "立即补" in text and "下载演练脚本" in text and "涂黑的日子" in text
    assert "style=" not in text and text.count("<svg") > 10
    english = page(home, language="en")
    assert "Not always." in english and "cannot be reached" in english and "不总是" not in english


def test_the_page_names_no_staff_numbers(home: House) -> None:
    text = page(home)
    assert not [number for number in home.people if number in text]


def test_before_the_first_proof_the_page_says_so_and_a_leader_asks(open_database: None) -> None:
    made = short_house(3)
    assert "还没有检查过" in page(made)
    address = f"/plan/{made.code}/cover/ask"
    assert made.browser("crew_1_leader").post(address).status_code == 403
    answer = made.browser("project_manager").post(address, {"missing": "2", "outages": "together"})
    assert answer.status_code == 303 and "missing=2&outages=together" in answer["Location"]
    waiting = page(made, query="?missing=2&outages=together")
    assert "已排队" in waiting and 'hx-trigger="every 3s"' in waiting
    row = one("SELECT missing, together, state FROM store_proof WHERE site_id = %s", made.site)
    assert (row["missing"], row["together"], row["state"]) == (2, True, "queued")
    execute("UPDATE store_proof SET state = 'failed' WHERE state = 'queued'")


@pytest.mark.parametrize("query", ["?missing=9", "?missing=x&how=y", "?outages=\x00", "?counts=answered"])
def test_odd_questions_are_answered(home: House, query: str) -> None:
    assert home.browser("project_manager").get(f"/plan/{home.code}/cover{query}").status_code == 200


def test_a_changed_roster_is_said_on_the_old_proof(open_database: None) -> None:
    made = short_house(2)
    proved(made)
    assert "之后改过" not in page(made)
    changed(made)
    assert "之后改过" in page(made)


def test_the_board_and_the_owners_duty_page_show_it(home: House) -> None:
    board = home.browser("project_manager").get("/board").content.decode()
    assert "已覆盖至" in board and f"/plan/{home.code}/cover" in board and "现在就有漏洞" in board
    assert "要我补的值班漏洞" in home.browser("project_manager").get("/duty").content.decode()
    assert "要我补的值班漏洞" not in home.browser("crew_1_leader").get("/duty").content.decode()
    shared = home.browser("project_manager", level="duty").get("/duty").content.decode()
    assert "要我补的值班漏洞" not in shared


# ---- small parts


def test_a_hole_is_mended_by_noon_of_the_day_before() -> None:
    def moment(text: str) -> int:
        from dutyroom.core.instants import parse_iso

        return parse_iso(text)

    opens, zone = moment("2027-03-10T18:00:00+08:00"), "Asia/Shanghai"
    assert mend_by(opens, moment("2027-03-01T00:00:00+08:00"), zone) == moment("2027-03-09T12:00:00+08:00")
    late = moment("2027-03-10T01:00:00+08:00")
    assert mend_by(opens, late, zone) == late


def hole(name: str, question: str, silent: tuple[str, ...], spans: tuple[tuple[int, int], ...]) -> Hole:
    course = tuple(Moment(0, "called", f"post_of_{one}", one, "sms") for one in silent)
    return Hole(name, question, silent, "", spans, course, None)


def a_proof(*holes: Hole) -> Proof:
    asked = (Question("a", "a", ("a",), "x", Verb.TAKEN, 5), Question("b", "b", ("b",), "y", Verb.TAKEN, 3))
    return Proof("p", "e", "r", 0, 100, 1, Assumptions(), asked, holes, (), 10, 1, 1)


def test_holes_of_the_same_posts_are_one_cause() -> None:
    found = causes(
        a_proof(hole("1", "a", ("P1",), ((10, 20),)), hole("2", "b", ("P1",), ((20, 30), (50, 60))))
    )
    assert len(found) == 1
    assert found[0].posts == ("post_of_P1",) and found[0].spans == ((10, 30), (50, 60))
    assert found[0].steps == ("a", "b")
    assert len(causes(a_proof(hole("1", "a", (), ((1, 2),)), hole("2", "b", (), ((1, 2),))))) == 2
    assert merged([(5, 6), (1, 3), (2, 4)]) == ((1, 4), (5, 6))
    assert posts_of(hole("1", "a", ("P2", "P1"), ((1, 2),))) == ("post_of_P2", "post_of_P1")


def test_a_long_proof_is_kept_short_without_losing_a_date() -> None:
    told = dataclasses.replace(hole("2", "b", ("P1",), ((50, 60),)), script="x")
    whole = a_proof(hole("1", "a", ("P1",), ((10, 20),)), told, hole("3", "b", ("P2",), ((30, 40),)))
    kept = shortened(whole, 1)
    assert [one.id for one in kept.holes] == ["1", "2"]
    assert [one.script for one in kept.holes] == ["", ""]
    assert causes(kept)[0].spans == causes(whole)[0].spans and causes(kept)[0].key == causes(whole)[0].key


def test_what_has_passed_is_left_out() -> None:
    whole = a_proof(hole("1", "a", ("P1",), ((10, 20), (40, 50))), hole("2", "b", ("P2",), ((10, 20),)))
    later = from_now(whole, 45)
    assert [one.spans for one in later.holes] == [((45, 50),)] and later.covered_until == 45
    assert from_now(whole, 60).covered_until == 100


def test_a_hand_goes_on_from_what_it_knows(open_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made, again = short_house(2), []
    hand = proved(made)
    real = proving.reprove
    monkeypatch.setattr(proving, "reprove", lambda *given: again.append(1) or real(*given))
    ends = to_datetime(wiring.clock().now() + 3 * HOUR)
    execute(
        "UPDATE store_duty SET ends_at = %s WHERE site_id = %s AND role = 'spokesperson'", ends, made.site
    )
    changed(made)
    proved(made, hand)
    assert again
    after = result(made)
    fresh = Hand(lock=1)
    proved(made, fresh)
    whole = result(made)
    assert {(h.question, h.silent, h.down) for h in after.holes} == {
        (h.question, h.silent, h.down) for h in whole.holes
    }
