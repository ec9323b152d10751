"""The roster on the page: what the calendar shows, changes by consent and by leaders, absences, making, addresses."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from openpyxl import load_workbook

from dutyroom import wiring
from dutyroom.core.instants import DAY, HOUR
from dutyroom.store import rosterrules
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.rostering import Move
from dutyroom.web.roster.away import needed
from dutyroom.wiring.rostermaker import work
from tests.web.builder import House, execute, house, newcomer, one, rows
from tests.web.proved import proved, short_house


@pytest.fixture
def home(open_database: None) -> House:
    return house()


def turns(home: House, count: int = 8, place: int = 0) -> list[dict[str, Any]]:
    """Turns of officers from the one that runs on."""
    return rows(
        "SELECT d.id::text, d.person_id::text AS person, p.name, p.number, d.starts_at, d.ends_at FROM store_duty d "
        "JOIN store_person p ON p.id = d.person_id WHERE d.site_id = %s AND d.place = %s AND NOT d.standing "
        "AND d.ends_at > now() ORDER BY d.starts_at LIMIT %s",
        home.site, place, count,
    )  # fmt: skip


def seen(home: House, who: str, address: str, language: str = "zh", status: int = 200) -> str:
    answer = home.browser(who, language=language).get(f"/roster/{home.code}{address}")
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def sent(home: House, who: str, address: str, **typed: str) -> Any:
    return home.browser(who).post(f"/roster/{home.code}{address}", typed)


def today() -> date:
    return to_datetime(wiring.clock().now() + 8 * 3_600_000).date()


# ---- the calendar


def test_the_calendar_shows_who_stands_when_and_who_stands_now(home: House) -> None:
    now, later = turns(home)[:2]
    page = seen(home, "crew_1_leader", f"?at={later['starts_at']:%Y-%m-%d}")
    assert now["name"] in page.split('id="r-now"')[1].split("</section>")[0]
    cells = re.findall(r'<a class="turn[^>]*title="([^"]*)"', page)
    assert any(later["name"] in cell for cell in cells)


def test_a_span_without_anybody_is_drawn(home: House) -> None:
    gone = turns(home)[4]
    execute("DELETE FROM store_duty WHERE site_id = %s AND starts_at = %s", home.site, gone["starts_at"])
    page = seen(home, "project_manager", f"?view=week&at={gone['starts_at']:%Y-%m-%d}")
    assert "1 处没有人值班" in page and 'class="none"' in page


def test_days_off_days_worked_in_exchange_and_years_not_known_are_marked(home: House) -> None:
    page = seen(home, "project_manager", "?at=2026-10-01")
    assert "国庆节" in page and "调休上班" in page
    assert "National Day" in seen(home, "project_manager", "?at=2026-10-01", language="en")
    assert "2035 年的放假安排还没有发布" in seen(home, "project_manager", "?at=2035-03-01")


def test_days_on_which_the_proof_found_a_hole_lead_to_its_mending(open_database: None) -> None:
    made = short_house(3)
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'duty_officer' AND place > 0", made.site)
    execute(
        "DELETE FROM store_channel WHERE person_id IN (SELECT person_id FROM store_duty WHERE site_id = %s "
        "AND role IN ('superior_duty', 'quality_safety_supervisor'))",
        made.site,
    )
    assert "覆盖有漏洞" not in seen(made, "project_manager", f"?at={today()}")
    proved(made)
    page = seen(made, "project_manager", f"?at={today()}")
    assert "覆盖有漏洞" in page and f"/plan/{made.code}/cover" in page


@pytest.mark.parametrize(
    "address", ["?at=x&view=y&by=z", "?at=9999-12-31", "?at=0001-01-01", "?at=2026-02-30"]
)
def test_an_address_that_names_no_day_is_this_month(home: House, address: str) -> None:
    assert f"{today().year} 年 {today().month} 月" in seen(home, "project_manager", address)


def test_the_lines_of_people_are_those_who_take_turns(home: House) -> None:
    page = seen(home, "project_manager", f"?by=person&at={today() + timedelta(days=5)}")
    lines = re.findall(r'<th scope="row">([^<]+)', page)
    assert set(lines) == {row["name"] for place in (0, 1) for row in turns(home, 40, place)}


# ---- changes


def test_a_swap_from_asking_to_the_calendar(home: House) -> None:
    _, first, second, *_ = turns(home)
    asked = {"turn": first["id"], "onto": second["id"]}
    page = seen(home, first["person"], f"/change?turn={first['id']}&onto={second['id']}")
    assert "没有违反排班规则" in page and 'value="now"' not in page  # a holder asks, a leader decides
    assert sent(home, first["person"], "/change", do="ask", **asked).status_code == 303
    change = one("SELECT id::text FROM store_dutychange WHERE site_id = %s", home.site)["id"]
    asked_of = home.browser(second["person"]).get("/duty").content.decode()
    assert "等您答复的换班" in asked_of and f"/roster/{home.code}/changes" in asked_of
    assert "等您答复的换班" not in home.browser(first["person"]).get("/duty").content.decode()
    assert 'value="agree"' in seen(home, second["person"], "/changes")
    assert 'value="agree"' not in seen(home, first["person"], "/changes")
    assert sent(home, second["person"], f"/changes/{change}", do="agree").status_code == 303
    assert 'value="approve"' in seen(home, "project_manager", "/changes")
    assert sent(home, "crew_1_leader", f"/changes/{change}", do="approve").status_code == 409
    assert sent(home, "project_manager", f"/changes/{change}", do="approve").status_code == 303
    held = {row["starts_at"]: row["person"] for row in turns(home)}
    assert (held[first["starts_at"]], held[second["starts_at"]]) == (second["person"], first["person"])


def test_somebody_else_asks_for_no_turn_that_is_not_theirs(home: House) -> None:
    _, first, second, *_ = turns(home)
    answer = sent(home, "crew_1_leader", "/change", do="ask", turn=first["id"], onto=second["id"])
    assert answer.status_code == 409 and "这不是您的班" in answer.content.decode()
    answer = sent(
        home, first["person"], "/change", do="now", turn=first["id"], to=home.people["P007"], reason="x"
    )
    assert answer.status_code == 303  # asked for, whatever the form said
    row = one("SELECT kind, state FROM store_dutychange WHERE site_id = %s", home.site)
    assert row == {"kind": "swap", "state": "asked"}
    assert turns(home)[1]["person"] == first["person"]


def test_a_leader_puts_somebody_on_a_turn_with_a_reason(home: House) -> None:
    later = turns(home)[2]
    asked = {"turn": later["id"], "to": home.people["P005"]}
    page = seen(home, "project_manager", f"/change?turn={later['id']}&to={home.people['P005']}")
    assert "warning" in page and later["name"] in page  # the officer's post is none of this person's
    answer = sent(home, "project_manager", "/change", do="now", **asked)
    assert answer.status_code == 409 and "请写一句原因" in answer.content.decode()
    assert (
        sent(home, "project_manager", "/change", do="now", reason="外出培训 13800001234", **asked).status_code
        == 303
    )
    assert turns(home)[2]["person"] == home.people["P005"]
    row = one("SELECT reason, findings FROM store_dutychange WHERE site_id = %s", home.site)
    assert "13800001234" not in row["reason"] and row["findings"][0]["code"] == "rostering.not_of_post"


def test_a_leader_gives_away_no_turn_of_the_own_alone(home: House) -> None:
    leader, later = home.holder("project_manager"), turns(home)[2]
    execute("UPDATE store_duty SET person_id = %s WHERE id = %s", leader, int(later["id"]))
    asked = {"turn": later["id"], "to": home.people["P005"]}
    page = seen(home, leader, f"/change?turn={later['id']}&to={home.people['P005']}")
    assert 'value="now"' not in page and 'value="ask"' in page and "由另一位负责人批准" in page
    assert sent(home, leader, "/change", do="now", reason="有事", **asked).status_code == 303
    change = one("SELECT id::text, kind, state FROM store_dutychange WHERE site_id = %s", home.site)
    assert (change["kind"], change["state"]) == ("swap", "asked") and turns(home)[2]["person"] == leader
    answered = f"/changes/{change['id']}"
    assert sent(home, home.people["P005"], answered, do="agree").status_code == 303
    assert sent(home, leader, answered, do="approve", reason="我批准").status_code == 409
    assert turns(home)[2]["person"] == leader
    other = "quality_safety_supervisor"
    assert sent(home, other, answered, do="approve", reason="同意").status_code == 303
    assert turns(home)[2]["person"] == home.people["P005"]


def test_a_leader_still_steps_in_for_somebody_at_once(home: House) -> None:
    leader, later = home.holder("project_manager"), turns(home)[2]
    asked = {"turn": later["id"], "to": leader, "do": "now", "reason": "顶一班"}
    assert sent(home, leader, "/change", **asked).status_code == 303
    assert turns(home)[2]["person"] == leader


def test_nobody_is_put_on_two_places_at_one_time(home: House) -> None:
    first, second = turns(home)[2], turns(home, place=1)[2]
    page = seen(home, "project_manager", f"/change?turn={first['id']}&to={second['person']}")
    assert "不能这样排" in page and 'name="reason"' not in page
    answer = sent(
        home, "project_manager", "/change", do="now", turn=first["id"], to=second["person"], reason="急"
    )
    assert answer.status_code == 409 and turns(home)[2]["person"] == first["person"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("turn=x&to=y", "找不到这个班"),
        ("turn={id}&to=nobody", "找不到这个人"),
        ("turn={id}&to={person}", "等于没改"),
        ("turn={id}&by=person&line={other}&day=2026-01-01", "没有班可以对调"),
        ("turn={id}&by=post&line=duty_officer:0&day=2026-01-01", "没有空着的班"),
        ("turn={id}", "等于没改"),
    ],
)
def test_what_cannot_be_moved_is_said(home: House, query: str, words: str) -> None:
    later = turns(home)[2]
    given = query.format(id=later["id"], person=later["person"], other=home.people["P005"])
    assert words in seen(home, "project_manager", f"/change?{given}", status=409)


def test_what_a_drag_means(home: House) -> None:
    """On a person's line of the same day: that person takes it. On another turn: both are exchanged."""
    later, other = turns(home)[2:4]
    day = (later["starts_at"] + timedelta(hours=8)).date()
    on_line = seen(
        home, "project_manager", f"/change?turn={later['id']}&by=person&line={home.people['P005']}&day={day}"
    )
    assert on_line.count("<del>") == 1
    on_turn = seen(
        home,
        "project_manager",
        f"/change?turn={later['id']}&onto={other['id']}&by=post&line=duty_officer:0&day={day}",
    )
    assert on_turn.count("<del>") == 2


def test_a_turn_is_moved_into_an_empty_place(home: House) -> None:
    gone, later = turns(home)[3], turns(home)[6]
    execute("DELETE FROM store_duty WHERE id = %s", int(gone["id"]))
    day = (gone["starts_at"] + timedelta(hours=8)).date()
    asked = {"turn": later["id"], "by": "post", "line": "duty_officer:0", "day": f"{day}"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    assert "这段时间没有人接替" in seen(home, "project_manager", f"/change?{query}")
    assert sent(home, "project_manager", "/change", do="now", reason="补空", **asked).status_code == 303
    held = {row["starts_at"]: row["person"] for row in turns(home)}
    assert held[gone["starts_at"]] == later["person"] and later["starts_at"] not in held


# ---- somebody cannot come


def test_who_cannot_come_tonight_is_replaced_in_one_press(home: House) -> None:
    now = turns(home)[0]
    query = f"person={now['person']}&from={today()}&until={today()}"
    page = seen(home, "project_manager", f"/away?{query}")
    ways = re.findall(r'name="way" value="([^"]+)"', page)
    assert len(ways) >= 2 and now["name"] in page
    given = {"person": now["person"], "from": f"{today()}", "until": f"{today()}", "way": ways[0]}
    assert sent(home, "project_manager", "/away", **given).status_code == 303
    held = turns(home, 3)
    assert held[0]["person"] != now["person"] and held[0]["ends_at"] == now["ends_at"]
    # What had passed by then stays as it was.
    past = one("SELECT ends_at FROM store_duty WHERE id = %s", int(now["id"]))
    assert past["ends_at"] <= to_datetime(wiring.clock().now())
    again = sent(home, "project_manager", "/away", **given)
    assert again.status_code == 409 and "刚才被别人改过" in again.content.decode()


def test_a_way_that_cannot_be_gone_is_not_offered(home: House) -> None:
    """Whoever stands at another site of the same organisation at that time cannot step in here."""
    now = turns(home)[0]
    query = f"/away?person={now['person']}&from={today()}&until={today()}"
    other = house(home.code)
    shown = r"<ins>.*?</span>([^<]+)</ins>"
    page = seen(home, "project_manager", query)
    able = set(re.findall(shown, page))
    assert able
    execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) SELECT "
        "p.tenant, %s, 'safety_officer', p.id, 7 + row_number() OVER (), false, now() - interval '1 hour', "
        "now() + interval '2 days' "
        "FROM store_person p WHERE p.tenant = %s AND p.name = ANY(%s)", other.site, home.tenant, list(able),
    )  # fmt: skip
    page = str(home.browser("project_manager").get(f"/roster/{home.code}{query}").content.decode())
    assert "不能这样排" not in page
    assert page.count('aria-labelledby="y-') == len(re.findall(r'name="way" value="', page))
    assert not able & set(re.findall(shown, page.split("<h1>")[1]))
    assert "没有人能补上" in page or 'name="way"' in page


def test_a_move_that_nobody_asked_for_is_told_from_those_that_fill_the_turns() -> None:
    zone, day = ZoneInfo("Asia/Shanghai"), date(2027, 2, 3)
    starts = 1_801_584_000_000  # midnight of that day there
    tonight = Move("duty_officer", 0, starts + 18 * HOUR, starts + 42 * HOUR, "ill", "other")
    assert needed(tonight, "ill", (day, day), zone)
    assert not needed(replace(tonight, leaves="other", takes="third"), "ill", (day, day), zone)
    later = replace(tonight, starts_at=starts + 42 * HOUR, ends_at=starts + 66 * HOUR)
    assert not needed(later, "ill", (day, day), zone) and needed(later, "ill", (day, date(2027, 2, 4)), zone)


def test_a_leader_who_cannot_come_asks_and_another_approves(home: House) -> None:
    mine = turns(home)[0]["person"]
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'project_manager'", home.site)
    execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at) SELECT tenant, id, "
        "'project_manager', %s, 0, true, now() - interval '1 day' FROM store_site WHERE id = %s", mine, home.site,
    )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", home.site)
    wiring.record.cache_clear()
    page = seen(home, mine, f"/away?person={mine}&from={today()}&until={today()}")
    assert "征求双方同意" in page and "用这种补法" not in page
    way = re.findall(r'name="way" value="([^"]+)"', page)[0]
    given = {"person": mine, "from": f"{today()}", "until": f"{today()}", "way": way}
    answer = sent(home, mine, "/away", **given)
    assert answer.status_code == 303 and answer.headers["location"].endswith("/changes?asked=1")
    assert turns(home)[0]["person"] == mine
    assert one("SELECT state FROM store_dutychange WHERE site_id = %s", home.site)["state"] == "asked"


def test_posts_that_only_the_rules_rotate_are_nobodys_to_fill_tonight(home: House) -> None:
    """The rules ask for turns of crew leaders too, but no such roster is in force yet."""
    rules = (
        "rostering: {plan: sanitation-project, zone: Asia/Shanghai}\nposts:\n"
        '  duty_officer: {handover: "18:00", least: 2}\n'
        '  crew_1_leader: {handover: "18:00", weekdays: mon, least: 2}\n'
    )
    rosterrules.save_rules(wiring.pool(), home.site, rules, home.people["P001"], wiring.clock().now())
    now = turns(home)[0]
    page = seen(home, "project_manager", f"/away?person={now['person']}&from={today()}&until={today()}")
    assert re.findall(r'name="way" value="([^"]+)"', page) and "班长" not in page.split("<h1>")[1]


def test_the_turn_of_somebody_on_leave_is_to_be_filled(home: House) -> None:
    """The calendar says that somebody is needed, and to nobody why."""
    later = turns(home)[2]
    day = (later["starts_at"] + timedelta(hours=8)).date()
    execute(
        "INSERT INTO store_leave (tenant, id, person_id, kind, first_on, last_on, starts_at, ends_at, state) "
        "VALUES (%s, %s, %s, 'sick', %s, %s, %s, %s, 'noted')",
        home.tenant, wiring.new_id(), later["person"], day, day, later["starts_at"], later["ends_at"],
    )  # fmt: skip
    page = seen(home, "project_manager", f"?at={day}")
    assert "要补的班：1 个" in page and "sick" not in page and "病" not in page
    query = re.findall(r'href="[^"]*/away\?([^"]+)"', page)[0].replace("&amp;", "&")
    ways = re.findall(r'name="way" value="([^"]+)"', seen(home, "project_manager", f"/away?{query}"))
    given = dict(part.split("=") for part in query.split("&")) | {"way": ways[0]}
    assert sent(home, "project_manager", "/away", **given).status_code == 303
    assert "要补的班" not in seen(home, "project_manager", f"?at={day}")
    assert turns(home)[2]["person"] != later["person"]
    # A leader who puts the person back is told so.
    put = f"/change?turn={turns(home)[2]['id']}&to={later['person']}"
    assert "warning" in seen(home, "project_manager", put)


def test_moves_that_this_page_did_not_give_out_are_not_taken(home: House) -> None:
    given = {"person": turns(home)[0]["person"], "from": f"{today()}", "until": f"{today()}", "way": "x:y:z"}
    assert sent(home, "project_manager", "/away", **given).status_code == 409


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("from=x&until=y", "请写出从哪天到哪天"),
        ("from=2026-12-05&until=2026-12-01", "时间不对"),
        ("from=2026-01-01&until=2026-01-02", "没有班，不用补"),
    ],
)
def test_spans_that_mean_nothing_are_said(home: House, span: str, words: str) -> None:
    assert words in seen(
        home, "project_manager", f"/away?person={turns(home)[0]['person']}&{span}", status=409
    )


# ---- making


def make(home: House, **other: str) -> Any:
    first = today() + timedelta(days=3)
    given = {"first": f"{first}", "last": f"{first + timedelta(days=20)}", "rules": "", "do": "make"} | other
    return sent(home, "project_manager", "/make", **given)


def test_from_asking_for_a_roster_to_its_being_in_force(home: House) -> None:
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    answer = make(home, proved="yes")
    place = answer.headers["location"].removeprefix(f"/roster/{home.code}")
    assert "等待" in seen(home, "project_manager", place)
    assert work(1)
    page = seen(home, "project_manager", place)
    assert "提交批准" in page and "发布会改动" in page
    for who, do, status in (
        ("project_manager", "publish", 409),
        ("project_manager", "propose", 303),
        ("project_manager", "approve", 409),
        ("quality_safety_supervisor", "approve", 409),  # holes are left, so a reason is needed
        ("quality_safety_supervisor", "approve!", 303),
        ("project_manager", "publish", 303),
    ):
        reason = "先用着" if do.endswith("!") else ""
        answer = sent(home, who, place, do=do.rstrip("!"), reason=reason)
        assert answer.status_code == status, (who, do, answer.content.decode()[-3000:])
    state = one("SELECT state, result FROM store_rosterdraft WHERE site_id = %s", home.site)
    assert state["state"] == "published" and state["result"]["holes"] > 0
    groups = one("SELECT excludes FROM store_postexclusion WHERE site_id = %s", home.site)
    assert groups["excludes"] == "on_duty"
    assert seen(home, "project_manager", f"{place}/roster.yaml").startswith("#")


def test_rules_that_do_not_read_are_shown_with_their_place_and_not_kept(home: House) -> None:
    text = "rostering: {plan: sanitation-project, zone: Asia/Shanghai}\nposts:\n  nobody: {handover: 25:00}\n"
    answer = make(home, rules=text)
    page = answer.content.decode()
    assert answer.status_code == 409 and "第 3 行" in page and "nobody" in page
    assert rows("SELECT FROM store_rosterrulesedition WHERE site_id = %s", home.site) == []


def test_who_has_left_stops_no_making_and_is_named(home: House) -> None:
    """Also where the rules put such a person on a turn for certain."""
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    execute("UPDATE store_person SET ends_at = now() - interval '1 day' WHERE id = %s", home.people["P010"])
    name = one("SELECT name FROM store_person WHERE id = %s", home.people["P010"])["name"]
    first = today() + timedelta(days=4)
    text = (
        "rostering: {plan: sanitation-project, zone: Asia/Shanghai}\n"
        'posts:\n  duty_officer: {handover: "18:00", least: 1}\n'
        f"fixed:\n  - {{who: P010, post: duty_officer, on: {first}}}\n"
        f"  - {{who: X999, post: duty_officer, on: {first}}}\n"
    )
    answer = make(home, rules=text, first=f"{first}", last=f"{first + timedelta(days=6)}")
    assert answer.status_code == 303, answer.content.decode()
    page = seen(home, "project_manager", "/make")
    assert "第 5 行" in page and "P010" in page and "第 6 行" in page and "X999" in page
    assert "line 5" in seen(home, "project_manager", "/make", language="en")
    assert work(1)
    draft = one("SELECT state, text FROM store_rosterdraft WHERE site_id = %s", home.site)
    assert draft["state"] == "draft" and "P010" not in draft["text"]
    page = seen(home, "project_manager", answer.headers["location"].removeprefix(f"/roster/{home.code}"))
    assert f"规则里写到 {name}" in page and "规则里写到 X999" in page


def test_rules_that_leave_nobody_are_told_as_demands_that_contradict(home: House) -> None:
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    text = (
        "rostering: {plan: sanitation-project, zone: Asia/Shanghai}\n"
        'posts:\n  duty_officer: {handover: "18:00", least: 5, rest: 48 h}\n'
    )
    place = make(home, rules=text).headers["location"].removeprefix(f"/roster/{home.code}")
    assert work(1)
    page = seen(home, "project_manager", place)
    assert "排不出值班表" in page and "要有足够的人" in page


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"first": "x"}, "请写出从哪天到哪天"),
        ({"last": "2020-01-01"}, "时间不对"),
        ({"last": "2031-01-01"}, "时间不对"),
    ],
)
def test_a_span_that_cannot_be_made_is_said(home: House, span: dict[str, str], words: str) -> None:
    answer = make(home, **span)
    assert answer.status_code == 409 and words in answer.content.decode()


def test_a_roster_that_somebody_wrote_goes_the_same_way(home: House) -> None:
    first = today() + timedelta(days=4)
    text = (
        "roster: {plan: sanitation-project, zone: Asia/Shanghai}\n"
        f"duty:\n  - post: duty_officer\n    from: {first}\n    until: {first + timedelta(days=2)}\n"
        '    handover: "18:00"\n    turn:\n      - [P010]\n      - [P005]\n'
    )
    answer = sent(home, "project_manager", "/make", do="enter", roster=text)
    assert answer.status_code == 303
    place = answer.headers["location"].removeprefix(f"/roster/{home.code}")
    page = seen(home, "project_manager", place)
    assert "warning" in page  # the second one holds no such post
    for who, do in (
        ("project_manager", "propose"),
        ("quality_safety_supervisor", "approve"),
        ("project_manager", "publish"),
    ):
        assert sent(home, who, place, do=do, reason="临时安排").status_code == 303, do
    held = [row["number"] for row in turns(home, 12) if row["starts_at"].date() >= first][:3]
    assert held == ["P010", "P005", "P010"]


def test_the_diff_says_who_comes_when_the_turn_that_runs_ends(home: House) -> None:
    first, running = today(), turns(home)[0]
    handover = to_datetime(wiring.clock().now() + 7 * 3_600_000)  # an hour ago, as the site's clock has it
    text = (
        "roster: {plan: sanitation-project, zone: Asia/Shanghai}\n"
        f"duty:\n  - post: duty_officer\n    from: {first - timedelta(days=1)}\n"
        f'    until: {first + timedelta(days=3)}\n    handover: "{handover:%H}:00"\n    turn:\n      - [P005]\n'
    )
    execute("UPDATE store_duty SET ends_at = now() + interval '10 minutes' WHERE id = %s", int(running["id"]))
    ends = one("SELECT ends_at FROM store_duty WHERE id = %s", int(running["id"]))["ends_at"]
    place = sent(home, "project_manager", "/make", do="enter", roster=text).headers["location"]
    page = seen(home, "project_manager", place.removeprefix(f"/roster/{home.code}"))
    lines = re.findall(r'<th scope="row" class="num">(.*?)</th>.*?<ins>(.*?)</ins>', page)
    name = one("SELECT name FROM store_person WHERE id = %s", home.people["P005"])["name"]
    at = f"{ends + timedelta(hours=8):%H:%M}"
    assert any(at in when and who == name for when, who in lines), lines[:4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "第 1 行"),
        ("roster: {plan: sanitation-project, zone: Asia/Shanghai}\nduty: []\n", "第 2 行"),
        ("roster: {plan: other, zone: Asia/Shanghai}\n", "第 1 行"),
        ("roster: {plan: sanitation-project, zone: Asia/Shanghai}\n", "没有今后的班"),
    ],
)
def test_a_roster_that_does_not_read_is_not_kept(home: House, text: str, words: str) -> None:
    answer = sent(home, "project_manager", "/make", do="enter", roster=text)
    assert answer.status_code == 409 and words in answer.content.decode()
    assert rows("SELECT FROM store_rosterdraft WHERE site_id = %s", home.site) == []


# ---- addresses


def made_address(home: House, who: str, **typed: str) -> str:
    page = sent(home, who, "/feeds", **typed).content.decode()
    return str(re.findall(r"(/feed/[\w-]+\.ics)", page)[0])


def test_an_address_opens_without_a_sign_in_and_two_readers_agree(home: House) -> None:
    person = turns(home)[1]["person"]
    path = made_address(home, person, do="mine")
    answer = home.browser().get(path)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    one_way = Calendar.from_ical(answer.content).walk("VEVENT")
    first = {(event.decoded("dtstart"), event.decoded("dtend")) for event in one_way}
    other_way = IcsCalendarStream.calendar_from_ics(answer.content.decode()).events
    second = {(event.dtstart, event.dtend) for event in other_way}
    own = rows(
        "SELECT starts_at, ends_at FROM store_duty WHERE person_id = %s AND NOT standing AND starts_at < %s",
        person, to_datetime(wiring.clock().now() + 400 * DAY),
    )  # fmt: skip
    whole = {(row["starts_at"].replace(microsecond=0), row["ends_at"]) for row in own}
    assert first == second == whole
    again = home.browser().get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_an_address_follows_a_change_and_ends_when_told(home: House) -> None:
    later = turns(home)[2]
    path = made_address(home, later["person"], do="mine")
    before = home.browser().get(path)
    sent(
        home, "project_manager", "/change", do="now", turn=later["id"], to=home.people["P005"], reason="换人"
    )
    after = home.browser().get(path, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    gone = [
        event for event in Calendar.from_ical(after.content).walk("VEVENT") if event["STATUS"] == "CANCELLED"
    ]
    assert [from_datetime(event.decoded("dtstart")) for event in gone] == [from_datetime(later["starts_at"])]
    feed = one("SELECT id::text FROM store_rosterfeed WHERE site_id = %s", home.site)["id"]
    assert sent(home, newcomer(home), "/feeds", do="end", feed=feed).status_code == 404
    assert sent(home, later["person"], "/feeds", do="end", feed=feed).status_code == 200
    assert home.browser().get(path).status_code == 404


def test_only_who_leads_makes_an_address_of_a_post(home: House) -> None:
    assert sent(home, "crew_1_leader", "/feeds", do="post", role="duty_officer").status_code == 409
    assert sent(home, "project_manager", "/feeds", do="post", role="none").status_code == 409
    body = (
        home.browser()
        .get(made_address(home, "project_manager", do="post", role="duty_officer"))
        .content.decode()
    )
    assert turns(home)[1]["name"] in body


# ---- files


def test_the_duty_table_is_printed_and_opened_as_a_spreadsheet(home: House) -> None:
    later = turns(home)[1]
    asked = f"/roster/{home.code}/table?month={later['starts_at']:%Y-%m}"
    paper = home.browser("crew_1_leader").get(f"{asked}&form=pdf")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    sheet = home.browser("crew_1_leader").get(f"{asked}&form=xlsx")
    book = load_workbook(io.BytesIO(sheet.content))
    words = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(later["name"] in word for word in words)
    whole = home.browser("crew_1_leader").get(f"{asked}&form=xlsx&span=year")
    assert len(load_workbook(io.BytesIO(whole.content)).worksheets) == 12
