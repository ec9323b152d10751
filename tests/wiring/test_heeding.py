"""From a warning that comes to what follows by the plan: cases, waiting, updates, endings, periods; nothing twice."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.alerts import Alert, AlertPart, Place
from dutyroom.core.instants import DAY, HOUR, iso, parse_iso
from dutyroom.core.state import Case
from dutyroom.store import alerts
from dutyroom.store.alerts import Feed, Kept
from dutyroom.store.organise import SiteText
from dutyroom.wiring import heeding
from dutyroom.wiring.auditing import audit_case
from dutyroom.wiring.heeding import Received, confirm, dismiss, receive, take
from dutyroom.wiring.organising import set_up
from tests.web.builder import House, one, rows

PLANS = Path(__file__).parents[2] / "plans"
RIVER, CITY, ELSEWHERE = Place("沿江片区"), Place("城区其他片区"), Place("江岸区", ("990102",))
MAPPED = Feed(areas="990102 = river")


@pytest.fixture(scope="module", autouse=True)
def opened(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def site() -> House:
    code = "w" + uuid.uuid4().hex[:11]
    done = set_up(
        PLANS / "severe-weather", SiteText(code, "project", "预警项目部", "Warned project", "010-5550-0000")
    )
    assert done.site, done.findings
    return House(
        done.site, code, one("SELECT tenant::text FROM store_site WHERE id = %s", done.site)["tenant"]
    )


def part(colour: str, *places: Place, event: str = "暴雨", starts: int = 0, lasts: int = DAY) -> AlertPart:
    now = wiring.clock().now() + starts
    return AlertPart(event, colour, places, now, now + lasts, f"{event}{colour}")


def come(site: House, *parts: AlertPart, feed: Feed = MAPPED, **rest: Any) -> Received:
    given = {"identifier": uuid.uuid4().hex, "sender": "台", "kind": "alert", "status": "actual"} | rest
    alert = Alert(sent_at=wiring.clock().now(), parts=parts, **given)
    return take(site.site, alert, "<alert/>", "feed", feed)


def case_of(kept: Kept) -> Case:
    assert kept.case
    with wiring.record().hold(kept.case) as held:
        return held.case


def states(site: House) -> list[str]:
    return [row["state"] for row in rows("SELECT state FROM store_receivedwarning WHERE site_id = %s ORDER BY received_at, part", site.site)]  # fmt: skip  # noqa: E501


def test_an_automatic_rule_starts_the_plan_by_itself(site: House) -> None:
    (kept,) = come(site, part("red", RIVER)).kept
    case = case_of(kept)
    assert (kept.state, case.phase, case.level) == ("automatic", "response", "I")
    assert case.facts["warning.rainstorm.river"] == "red"
    assert case.open_obligations()


def test_a_rule_that_is_not_automatic_opens_readiness_and_calls_somebody_and_no_more(site: House) -> None:
    (kept,) = come(site, part("orange", ELSEWHERE)).kept
    case = case_of(kept)
    assert (kept.state, case.phase) == ("waiting", "readiness")
    assert case.facts["warning.rainstorm.river"] == "orange"
    called = [owed for owed in case.open_obligations() if owed.asked]
    assert called, "nobody was called about it"


def test_the_same_message_twice_is_once(site: House) -> None:
    first = come(site, part("orange", RIVER), identifier="twice")
    again = come(site, part("orange", RIVER), identifier="twice")
    assert (first.again, again.again) == (False, True)
    assert first.kept == again.kept
    assert one("SELECT count(*) AS n FROM store_case WHERE site_id = %s", site.site)["n"] == 1
    assert (
        one(
            "SELECT count(*) AS n FROM store_entry WHERE site_id = %s AND type = 'WarningReceived'", site.site
        )["n"]
        == 1
    )


def test_exercises_tests_and_what_is_over_are_shown_and_change_nothing(site: House) -> None:
    come(site, part("red", RIVER), status="exercise")
    come(site, part("red", RIVER), status="test")
    come(site, part("red", RIVER, starts=-2 * DAY))
    come(site, part("blue", RIVER, event="地震"))
    come(site, part("blue", RIVER))  # no rule for blue rain
    assert states(site) == ["noted"] * 5
    assert one("SELECT count(*) AS n FROM store_case WHERE site_id = %s", site.site)["n"] == 0


def test_an_exercise_cannot_cancel_an_actual_warning(site: House) -> None:
    (kept,) = come(site, part("red", RIVER)).kept
    come(site, kind="cancel", status="exercise", refers_to=(kept.identifier,))
    found = alerts.find(wiring.pool(), site.site, kept.id)
    assert found is not None and found.ended_at is None


def test_one_place_goes_down_while_another_stays(site: House) -> None:
    (kept,) = come(site, part("red", RIVER, CITY)).kept
    update = come(site, part("yellow", RIVER), part("red", CITY), kind="update", refers_to=(kept.identifier,))
    down, same = update.kept
    assert {down.case, same.case} == {kept.case}
    assert (down.state, same.state) == ("waiting", "waiting")
    by = site.holder("duty_officer")
    assert confirm(site.site, down, by, (), "zh") == ()
    assert confirm(site.site, same, by, (), "zh") == ()
    facts = case_of(kept).facts
    assert (facts["warning.rainstorm.river"], facts["warning.rainstorm.city"]) == ("yellow", "red")
    ended = alerts.find(wiring.pool(), site.site, kept.id)
    assert ended is not None and ended.ended_at is not None


def test_a_place_that_an_update_no_longer_names_is_lifted_there(site: House) -> None:
    (kept,) = come(site, part("red", RIVER, CITY)).kept
    (update,) = come(site, part("orange", RIVER), kind="update", refers_to=(kept.identifier,)).kept
    assert dict(update.facts) == {"warning.rainstorm.city": "none", "warning.rainstorm.river": "orange"}


def test_a_cancelling_lifts_by_a_persons_hand(site: House) -> None:
    (kept,) = come(site, part("red", RIVER)).kept
    (ending,) = come(site, kind="cancel", refers_to=(kept.identifier,)).kept
    assert (ending.state, ending.case, dict(ending.facts)) == (
        "waiting",
        kept.case,
        {"warning.rainstorm.river": "none"},
    )
    assert confirm(site.site, ending, site.holder("leader"), (), "en") == ()
    assert case_of(kept).facts["warning.rainstorm.river"] == "none"


def test_what_the_plan_lets_nobody_enter_now_is_said(site: House) -> None:
    """In readiness, before anything is prepared, only the checking step asks for a warning, and it asks for more."""
    (kept,) = come(site, part("orange", RIVER)).kept
    (update,) = come(site, part("yellow", RIVER), kind="update", refers_to=(kept.identifier,)).kept
    assert confirm(site.site, update, site.holder("duty_officer"), (), "zh") == ("rainstorm:river:yellow",)
    assert case_of(kept).facts["warning.rainstorm.river"] == "orange"


def test_a_red_update_of_a_watch_starts_the_plan_by_a_case_of_its_own(site: House) -> None:
    (kept,) = come(site, part("orange", RIVER)).kept
    (update,) = come(site, part("red", RIVER), kind="update", refers_to=(kept.identifier,)).kept
    assert update.state == "automatic" and update.case != kept.case
    assert case_of(update).phase == "response"


def test_an_update_that_overtakes_its_own_alert_ends_it_at_once(site: House) -> None:
    come(site, part("yellow", CITY), kind="update", refers_to=("late",))
    (kept,) = come(site, part("red", CITY), identifier="late").kept
    assert kept.ended_at is not None and kept.case == "" and case_count(site) == 1


def case_count(site: House) -> int:
    return int(one("SELECT count(*) AS n FROM store_case WHERE site_id = %s", site.site)["n"])


def test_a_place_nobody_told_us_about_waits_for_a_person_who_says_which_it_is(site: House) -> None:
    (kept,) = come(site, part("red", Place("武昌区")), feed=Feed()).kept
    assert (kept.state, kept.case) == ("waiting", "")
    assert confirm(site.site, kept, site.holder("duty_officer"), ("city",), "zh") == ()
    found = alerts.find(wiring.pool(), site.site, kept.id)
    assert found is not None and found.state == "confirmed"
    assert case_of(found).facts["warning.rainstorm.city"] == "red"


def test_a_place_outside_a_map_is_elsewhere(site: House) -> None:
    (kept,) = come(site, part("red", Place("远方市"))).kept
    assert (kept.state, kept.case) == ("noted", "")


def test_it_is_dismissed_once_with_a_reason(site: House) -> None:
    (kept,) = come(site, part("orange", RIVER)).kept
    by = site.holder("duty_officer")
    assert dismiss(kept, by, "不影响本项目") and not dismiss(kept, by, "又一次")
    decided = one(
        "SELECT body, actor FROM store_entry WHERE site_id = %s AND type = 'WarningDecided'", site.site
    )
    assert "不影响本项目" in decided["body"] and decided["actor"] == by


def test_a_warning_declares_the_period_that_the_organisation_says(site: House) -> None:
    feed = Feed(areas="990102 = river", period="flood_season", from_colour="red")
    come(site, part("orange", RIVER), feed=feed)
    assert rows("SELECT period FROM store_declaredperiod WHERE site_id = %s", site.site) == []
    (kept,) = come(site, part("red", RIVER, lasts=6 * HOUR), feed=feed).kept
    declared = one("SELECT * FROM store_declaredperiod WHERE site_id = %s", site.site)
    assert (declared["period"], declared["source"]) == ("flood_season", "warning")
    assert declared["ends_at"] - declared["starts_at"] == timedelta(hours=6)
    assert kept.state == "automatic"


def test_content_that_is_no_warning_comes_back_with_findings(site: House) -> None:
    answer = receive(site.site, b"<feed/>", "page", Feed())
    assert isinstance(answer, tuple) and answer[0].code == "alert.not_an_alert"
    assert states(site) == []


def test_a_file_as_it_came_is_kept_word_for_word(site: House) -> None:
    content = (Path(__file__).parents[1] / "adapters" / "alerts" / "good" / "cap-rainstorm.xml").read_bytes()
    answer = receive(site.site, content, "command", Feed())
    assert isinstance(answer, Received)
    row = one("SELECT text, sha256 FROM store_receivedwarning WHERE site_id = %s", site.site)
    assert row["text"].encode() == content and row["sha256"] == sha256(content).hexdigest()


def test_cases_by_warnings_fit_their_plan(site: House) -> None:
    """What a warning led to is audited like any case: nothing in it departs from the plan."""
    (red,) = come(site, part("red", RIVER, CITY)).kept
    (update,) = come(site, part("yellow", RIVER), kind="update", refers_to=(red.identifier,)).kept
    assert confirm(site.site, update, site.holder("duty_officer"), (), "zh") == ()
    (watch,) = come(site, part("orange", CITY, event="台风")).kept
    for case in (red.case, watch.case):
        assert audit_case(case).deviations == ()


def test_the_same_message_from_many_sides_at_once_is_one_case(site: House) -> None:
    alert = Alert("at-once", "台", wiring.clock().now(), "alert", "actual", (part("red", RIVER),))
    with ThreadPoolExecutor(8) as many:
        came = list(many.map(lambda _: take(site.site, alert, "<alert/>", "feed", MAPPED), range(8)))
    assert case_count(site) == 1
    assert {one.kept[0].id for one in came} == {came[0].kept[0].id}
    found = alerts.find(wiring.pool(), site.site, came[0].kept[0].id)
    assert found is not None and found.state == "automatic" and found.case


def test_what_was_kept_without_its_case_is_made_good_by_the_next_try(
    site: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between keeping the warning and opening its case: the feed sends again, or somebody does."""
    alert = Alert("crashed", "台", wiring.clock().now(), "alert", "actual", (part("red", RIVER),))
    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(heeding, "_open", _fails)
        take(site.site, alert, "<alert/>", "feed", MAPPED)
    (left,) = alerts.newest(wiring.pool(), site.site, 9)
    assert (left.state, left.case) == ("waiting", "")
    (kept,) = take(site.site, alert, "<alert/>", "feed", MAPPED).kept
    assert kept.state == "automatic" and case_of(kept).phase == "response"


def _fails(*given: object) -> str:
    raise MemoryError


def test_the_same_number_of_another_sender_is_another_warning(site: House) -> None:
    (first,) = come(site, part("orange", CITY), identifier="2026-1", sender="市台").kept
    other = come(site, part("red", RIVER), identifier="2026-1", sender="省台")
    (kept,) = other.kept
    assert not other.again and kept.id != first.id
    assert kept.state == "automatic" and case_of(kept).phase == "response"


def rung_about(kept: Kept) -> Case:
    """The case that calls about a warning that opened none."""
    assert kept.asking, "nobody is called about it"
    with wiring.record().hold(kept.asking) as held:
        assert [owed for owed in held.case.open_obligations() if owed.asked], "nobody was called"
        return held.case


def ringing(case: str) -> list[str]:
    """The steps about which calls go on by themselves."""
    with wiring.record().hold(case) as held:
        return [owed.step for owed in held.case.open_obligations() if owed.next_call_at is not None]


def test_somebody_is_called_about_an_update_of_an_open_case(site: House) -> None:
    (kept,) = come(site, part("red", RIVER, CITY)).kept
    one_down = come(
        site, part("yellow", RIVER), part("red", CITY), kind="update", refers_to=(kept.identifier,)
    )
    down, same = one_down.kept
    assert down.asking == same.asking != kept.case
    case = rung_about(down)
    assert case.phase == "readiness" and dict(case.facts) == {}, "it must not start the plan a second time"
    assert kept.case_code in one("SELECT body FROM store_entry WHERE case_id = %s AND type = 'ReportReceived'", down.asking)["body"]  # fmt: skip  # noqa: E501


def test_somebody_is_called_about_an_upgrade_of_a_watch_and_about_a_cancelling(site: House) -> None:
    (watch,) = come(site, part("yellow", RIVER)).kept
    (up,) = come(site, part("orange", RIVER), kind="update", refers_to=(watch.identifier,)).kept
    (ending,) = come(site, kind="cancel", refers_to=(up.identifier,)).kept
    assert watch.asking == "" and rung_about(up) and up.case == watch.case
    assert rung_about(ending) and ending.asking != up.asking


def test_somebody_is_called_about_a_place_nobody_told_us_about(site: House) -> None:
    (kept,) = come(site, part("red", Place("武昌区")), feed=Feed()).kept
    assert rung_about(kept).phase == "readiness"


def test_whoever_decides_it_has_taken_the_calls_on(site: House) -> None:
    (kept,) = come(site, part("red", RIVER, CITY)).kept
    update = come(site, part("yellow", RIVER), part("red", CITY), kind="update", refers_to=(kept.identifier,))
    first, second = update.kept
    by = site.holder("duty_officer")
    assert "verify" in ringing(first.asking)
    confirm(site.site, first, by, (), "zh")
    assert "verify" in ringing(first.asking), "a part of it still waits"
    dismiss(second, by, "没有变化")
    assert "verify" not in ringing(first.asking)


def test_where_the_plan_lets_them_deciding_stands_the_calling_case_down(site: House) -> None:
    (kept,) = come(site, part("red", Place("武昌区")), feed=Feed()).kept
    site.act(
        kept.asking, "duty_officer", "verify#1", kind="rainstorm", affected=0, injured=0, how_checked="打电话"
    )
    dismiss(kept, site.holder("leader"), "不在我们这里")
    row = one("SELECT phase FROM store_case WHERE id = %s", kept.asking)
    assert row["phase"] == "closed" and audit_case(kept.asking).deviations == ()


def test_a_plan_that_people_started_from_the_call_is_not_started_twice(site: House) -> None:
    (kept,) = come(site, part("orange", Place("武昌区")), feed=Feed()).kept
    site.act(
        kept.asking, "duty_officer", "verify#1", kind="rainstorm", affected=0, injured=0, how_checked="打电话"
    )
    site.act(kept.asking, "duty_officer", "grade#1", level="II", proposal="启动")
    site.act(kept.asking, "leader", "activate#1", order="启动")
    assert confirm(site.site, kept, site.holder("duty_officer"), ("city",), "zh") == ()
    found = alerts.find(wiring.pool(), site.site, kept.id)
    assert found is not None and found.case == kept.asking and case_count(site) == 1
    assert case_of(found).facts["warning.rainstorm.city"] == "orange"


def test_the_same_update_twice_calls_once(site: House) -> None:
    (kept,) = come(site, part("red", RIVER)).kept
    alert = Alert(
        "up", "台", wiring.clock().now(), "update", "actual", (part("red", RIVER),), (kept.identifier,)
    )
    came = [take(site.site, alert, "<alert/>", "feed", MAPPED).kept[0] for _ in range(3)]
    assert case_count(site) == 2 and len({one.asking for one in came}) == 1


def test_what_looks_like_personal_data_does_not_reach_the_record(site: House) -> None:
    text = "联系张工 13812345678"
    feed = Feed(areas="990102 = river", period="flood_season", from_colour="yellow")
    said = AlertPart("暴雨", "red", (RIVER,), wiring.clock().now(), wiring.clock().now() + DAY, text)
    (kept,) = come(site, said, feed=feed).kept
    update = come(site, said, kind="update", refers_to=(kept.identifier,)).kept
    confirm(site.site, update[0], site.holder("duty_officer"), (), "zh")
    entries = rows("SELECT body FROM store_entry WHERE site_id = %s", site.site)
    assert len(entries) > 5 and not [row for row in entries if "13812345678" in row["body"]]
    assert [row for row in entries if "联系张工 ***" in row["body"]]
    declared = rows("SELECT reason FROM store_declaredperiod WHERE site_id = %s", site.site)
    assert {row["reason"] for row in declared} == {"联系张工 ***"}


def test_times_without_offset_are_the_sites(site: House) -> None:
    with wiring.pool().connection() as connection:
        connection.execute("UPDATE store_site SET zone = 'Europe/Berlin' WHERE id = %s", [site.site])
    content = (Path(__file__).parents[1] / "adapters" / "alerts" / "good" / "cap-rainstorm.xml").read_text(
        "utf-8"
    )
    answer = receive(site.site, content.replace("+08:00", "").encode(), "command", Feed())
    assert isinstance(answer, Received)
    assert answer.alert.sent_at == parse_iso("2026-07-20T08:00:00+02:00")


def test_a_feed_in_json_cannot_trip_the_store(site: House) -> None:
    now = iso(wiring.clock().now())
    content = json.dumps({"identifier": "a\0b", "sender": "\ud800台", "sent": now, "warnings": [
        {"event": "暴雨\0", "colour": "橙", "headline": "\udfff", "areas": ["沿江片区\0"]}]})  # fmt: skip
    answer = receive(site.site, content.encode(), "feed", Feed())
    assert isinstance(answer, Received) and answer.kept[0].state == "waiting"
