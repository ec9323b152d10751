"""The pages of holidays, periods and warnings: what they show, what they let whom do, and that nothing half happens."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dutyroom import wiring
from dutyroom.core.instants import DAY, iso
from dutyroom.store.instants import to_datetime
from dutyroom.store.organise import SiteText
from dutyroom.wiring.organising import set_up
from dutyroom.wording import say
from tests.web.builder import House, execute, house, one, rows

GOOD = Path(__file__).parents[1] / "adapters" / "alerts" / "good"
PLANS = Path(__file__).parents[2] / "plans"


def weather_house(parent: str = "") -> House:
    code = "w" + uuid.uuid4().hex[:11]
    site = SiteText(code, "project", "预警项目部", "Warned project", "010-5550-0000", parent)
    done = set_up(PLANS / "severe-weather", site)
    assert done.site, done.findings
    return House(
        done.site, code, one("SELECT tenant::text FROM store_site WHERE id = %s", done.site)["tenant"]
    )


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return house()


@pytest.fixture
def warned(open_database: None) -> House:
    return weather_house()


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return str(answer.content.decode())


def declaring(**changed: str) -> dict[str, str]:
    given = {
        "period": "special_period",
        "from": "2030-03-01T00:00",
        "until": "2030-03-05T18:00",
        "source": "superior",
        "reason": "全市检查",
    }
    return given | changed


def test_the_year_is_drawn_with_its_days(home: House) -> None:
    page = text_of(home.browser("crew_1_leader").get(f"/calendar/{home.code}?year=2026"))
    assert page.count('class="day holiday') == 13 + 1  # and the legend's
    assert page.count('class="day adjusted_workday') == 6 + 1
    assert "国办发明电〔2025〕7号" in page and "春节" in page
    assert "宣布特殊时期" not in page  # a crew leader declares nothing


def test_a_year_without_a_notice_says_so_and_draws_nothing_as_known(home: House) -> None:
    page = text_of(home.browser("project_manager", language="en").get(f"/calendar/{home.code}?year=2031"))
    assert "There is no notice of holidays for 2031" in page
    assert page.count('class="day unknown') == 365
    assert "bar bar-1" in page  # the plan's season needs no notice


def test_today_is_said_first_with_what_is_in_force(warned: House) -> None:
    now = wiring.clock().now()
    span = {
        name: f"{to_datetime(at):%Y-%m-%dT%H:%M}+00:00" for name, at in (("from", now), ("until", now + DAY))
    }
    leader = warned.browser("leader", language="en")
    assert "In force: none" in text_of(leader.get(f"/calendar/{warned.code}"))
    given = {"period": "flood_season", "reason": "x", "source": "superior", **span}
    assert leader.post(f"/calendar/{warned.code}/declare", given).status_code == 303
    assert "In force: Flood season" in text_of(leader.get(f"/calendar/{warned.code}"))


@pytest.mark.parametrize("year", ["0", "99999", "x", "1"])
def test_another_year_is_this_one(home: House, year: str) -> None:
    text_of(home.browser("project_manager").get(f"/calendar/{home.code}?year={year}"))


def test_a_leader_declares_and_withdraws(home: House) -> None:
    browser = home.browser("project_manager")
    answer = browser.post(f"/calendar/{home.code}/declare", declaring())
    assert answer.status_code == 303
    page = text_of(browser.get(answer["Location"]))
    assert "已宣布" in page and "全市检查" in page and "上级要求" in page
    row = one(
        "SELECT id::text, declared_by_id::text AS by FROM store_declaredperiod WHERE site_id = %s", home.site
    )
    assert row["by"] == home.holder("project_manager")
    answer = browser.post(f"/calendar/{home.code}/withdraw/{row['id']}")
    assert "said=withdrawn" in answer["Location"]
    assert "said=ended" in browser.post(f"/calendar/{home.code}/withdraw/{row['id']}")["Location"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"until": "2030-02-01T00:00"}, "input.before_start"),
        ({"from": "2020-02-01T00:00", "until": "2020-03-01T00:00"}, "input.is_past"),
        ({"period": "unheard_of"}, "input.not_an_option"),
        ({"from": ""}, "input.missing"),
        ({"from": "soon"}, "input.not_a_time"),
        ({"reason": ""}, "input.missing"),
        ({"source": "warning"}, "input.not_an_option"),
    ],
)
def test_what_cannot_be_declared_is_said_and_not_kept(
    home: House, changed: dict[str, str], code: str
) -> None:
    count = one("SELECT count(*) AS n FROM store_declaredperiod WHERE site_id = %s", home.site)["n"]
    browser = home.browser("project_manager")
    page = text_of(browser.post(f"/calendar/{home.code}/declare", declaring(**changed)), 400)
    assert "没有宣布" in page and say(code, "zh") in page
    assert one("SELECT count(*) AS n FROM store_declaredperiod WHERE site_id = %s", home.site)["n"] == count


def test_a_phone_number_in_a_reason_is_masked(home: House) -> None:
    home.browser("project_manager").post(f"/calendar/{home.code}/declare", declaring(reason="问 13912345678"))
    kept = [
        row["reason"] for row in rows("SELECT reason FROM store_declaredperiod WHERE site_id = %s", home.site)
    ]
    assert not any("13912345678" in each for each in kept)


def test_the_level_above_declares_for_all_below_that_know_the_period(open_database: None) -> None:
    company = house(kind="company")
    first, second, beside = house(company.code), weather_house(company.code), house()
    answer = company.browser("project_manager").post(
        f"/calendar/{company.code}/declare", declaring(below="yes")
    )
    assert answer.status_code == 303
    sites = [company.site, first.site, second.site, beside.site]
    found = rows("SELECT site_id::text FROM store_declaredperiod WHERE site_id = ANY(%s)", sites)
    assert {row["site_id"] for row in found} == {company.site, first.site}


def test_what_was_declared_in_one_go_is_withdrawn_in_one_go(open_database: None) -> None:
    company = house(kind="company")
    first, leader = house(company.code), company.browser("project_manager")
    leader.post(f"/calendar/{company.code}/declare", declaring(below="yes"))
    leader.post(f"/calendar/{first.code}/declare", declaring(reason="另一件事"))
    row = one("SELECT id::text FROM store_declaredperiod WHERE site_id = %s", company.site)
    leader.post(f"/calendar/{company.code}/withdraw/{row['id']}", {"below": "yes"})
    sites = [company.site, first.site]
    left = rows(
        "SELECT reason FROM store_declaredperiod WHERE site_id = ANY(%s) AND withdrawn_at IS NULL", sites
    )
    assert [each["reason"] for each in left] == ["另一件事"]


NOTICE = """\
calendar: {zone: Asia/Shanghai}
notices:
  - year: 2038
    number: 国办发明电〔2037〕9号
    published: 2037-11-05
    status: official
    holidays:
      - {id: new_year, name: {zh: 元旦, en: New Year}, from: 2038-01-01, until: 2038-01-03, statutory: [2038-01-01]}
"""


def test_a_notice_is_entered_for_the_whole_organisation() -> None:
    made = house()
    browser = made.browser("project_manager")
    assert "没有 2038 年的放假通知" in text_of(browser.get(f"/calendar/{made.code}?year=2038"))
    answer = browser.post(f"/calendar/{made.code}/notice", {"notice": NOTICE})
    assert answer.status_code == 303, answer.content.decode()[-1500:]
    page = text_of(browser.get(f"/calendar/{made.code}?year=2038"))
    assert "国办发明电〔2037〕9号" in page and "没有 2038 年的放假通知" not in page


def test_a_provisional_year_says_so_everywhere(home: House) -> None:
    made = house()
    text = (PLANS / "sanitation-project" / "calendar.yaml").read_text("utf-8")
    assert (
        made.browser("project_manager").post(f"/calendar/{made.code}/notice", {"notice": text}).status_code
        == 303
    )
    assert "暂定" in text_of(made.browser("crew_1_leader").get(f"/calendar/{made.code}?year=2027"))
    english = text_of(made.browser("crew_1_leader", language="en").get(f"/calendar/{made.code}?year=2027"))
    assert english.count("Provisional: only the 13 days") == 1 and "Provisional." not in english


def test_a_faulty_notice_is_told_by_line_and_not_kept(home: House) -> None:
    browser = home.browser("project_manager", language="en")
    page = text_of(
        browser.post(f"/calendar/{home.code}/notice", {"notice": NOTICE.replace("2038-01-03", "2038-01-33")}),
        400,
    )
    assert "8:" in page and "is no date" in page and "2038-01-33" in page  # what was typed is still there
    kept = rows("SELECT year FROM store_calendarnotice WHERE tenant = %s", home.tenant)
    assert {row["year"] for row in kept} <= {2027}


def test_a_doubtful_notice_needs_a_second_look() -> None:
    made = house()
    browser = made.browser("project_manager")
    doubtful = NOTICE.replace("until: 2038-01-03", "until: 2038-01-05")
    page = text_of(browser.post(f"/calendar/{made.code}/notice", {"notice": doubtful}), 400)
    assert "有一处可疑" in page
    answer = browser.post(f"/calendar/{made.code}/notice", {"notice": doubtful, "sure": "yes"})
    assert answer.status_code == 303


# ---- warnings


def fresh(name: str) -> bytes:
    """A good file, as if it were sent now."""
    now = wiring.clock().now()
    text = (GOOD / name).read_text("utf-8")
    for old, at in (
        ("2026-07-20T08:00:00+08:00", now), ("2026-07-20T10:00:00+08:00", now),
        ("2026-07-20T22:00:00+08:00", now + DAY), ("2026-07-20T14:00:00+08:00", now),
        ("2026-09-12 09:30:00+08:00", now),
    ):  # fmt: skip
        text = text.replace(old, iso(at).replace("Z", "+00:00"))
    return text.encode()


def test_a_pasted_warning_waits_and_is_confirmed(warned: House) -> None:
    browser = warned.browser("duty_officer")
    answer = browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-rainstorm.xml").decode()})
    page = text_of(browser.get(answer["Location"]))
    assert "已收下" in page and "暴雨 橙色" in page and "沿江片区" in page and "确认有效" in page
    row = one("SELECT id::text, case_id FROM store_receivedwarning WHERE site_id = %s", warned.site)
    assert row["case_id"]
    answer = browser.post(f"/warnings/{warned.code}/{row['id']}", {"do": "confirm"})
    assert "said=confirmed" in answer["Location"]
    assert (
        "said=decided" in browser.post(f"/warnings/{warned.code}/{row['id']}", {"do": "confirm"})["Location"]
    )


def test_an_uploaded_warning_in_the_chinese_form_starts_the_plan(warned: House) -> None:
    upload = SimpleUploadedFile("a.xml", fresh("chinese-typhoon.xml"))
    browser = warned.browser("duty_officer", language="en")
    browser.post(f"/warnings/{warned.code}/receive", {"file": upload})
    page = text_of(browser.get(f"/warnings/{warned.code}"))
    assert "plan started by itself" in page and "Typhoon Red" in page
    assert one("SELECT phase FROM store_case WHERE site_id = %s", warned.site)["phase"] == "response"


def test_a_warning_typed_by_hand(warned: House) -> None:
    typed = {"hazard": "rainstorm", "colour": "yellow", "area": ["river"], "sender": "市气象台 电话"}
    browser = warned.browser("duty_officer")
    assert "said=received" in browser.post(f"/warnings/{warned.code}/receive", typed)["Location"]
    row = one(
        "SELECT heeded, expires_at - onset_at AS lasts FROM store_receivedwarning WHERE site_id = %s",
        warned.site,
    )
    assert row["heeded"] == {"warning.rainstorm.river": "yellow"} and row["lasts"].days == 1


@pytest.mark.parametrize(
    "changed",
    [{"colour": ""}, {"area": []}, {"sender": ""}, {"expires": "2020-01-01T00:00"}, {"colour": "green"}],
)
def test_a_warning_typed_badly_is_not_taken(warned: House, changed: dict[str, Any]) -> None:
    typed = {"hazard": "rainstorm", "colour": "yellow", "area": ["river"], "sender": "x"} | changed
    page = text_of(warned.browser("duty_officer").post(f"/warnings/{warned.code}/receive", typed), 400)
    assert 'class="fault"' in page
    assert rows("SELECT id FROM store_receivedwarning WHERE site_id = %s", warned.site) == []


def test_what_is_no_warning_comes_back_with_what_to_mend(warned: House) -> None:
    browser = warned.browser("duty_officer")
    page = text_of(browser.post(f"/warnings/{warned.code}/receive", {"text": "<alert><x/></alert>"}), 400)
    assert "没有收下" in page and "缺少“identifier”" in page
    huge = SimpleUploadedFile("a.xml", b"<" * 600_000)
    assert "没有读取" in text_of(browser.post(f"/warnings/{warned.code}/receive", {"file": huge}), 400)


def test_it_is_dismissed_with_a_reason_only(warned: House) -> None:
    browser = warned.browser("duty_officer")
    browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-rainstorm.xml").decode()})
    row = one("SELECT id::text FROM store_receivedwarning WHERE site_id = %s", warned.site)
    address = f"/warnings/{warned.code}/{row['id']}"
    assert "said=reason" in browser.post(address, {"do": "dismiss"})["Location"]
    assert "said=dismissed" in browser.post(address, {"do": "dismiss", "reason": "不在我们这里"})["Location"]
    assert (
        one("SELECT state FROM store_receivedwarning WHERE site_id = %s", warned.site)["state"] == "dismissed"
    )


def test_who_takes_no_reports_decides_nothing(home: House) -> None:
    answer = home.browser("crew_1_leader").post(f"/warnings/{home.code}/receive", {"text": "<alert/>"})
    assert "said=not_yours" in answer["Location"]


def feed_of(warned: House, **given: str) -> tuple[str, str]:
    page = text_of(warned.browser("leader").post(f"/warnings/{warned.code}/feeds", given))
    return page.split('<code class="address">')[1].split("<")[0], page


def test_a_feed_sends_by_its_secret(warned: House) -> None:
    token, page = feed_of(
        warned, areas="990102 = river\n990103 = city", period="flood_season", from_colour="orange"
    )
    assert "/api/warnings" in page
    stored = one("SELECT token_hash FROM store_warningfeed WHERE site_id = %s", warned.site)["token_hash"]
    assert token not in stored
    headers = {"authorization": f"Bearer {token}"}
    content = fresh("cap-rainstorm.xml")
    first = Client(headers=headers).post("/api/warnings", content, content_type="application/xml")
    assert first.status_code == 201, first.content
    told = first.json()
    assert [(each["hazard"], each["colour"], each["state"]) for each in told["warnings"]] == [
        ("rainstorm", "orange", "waiting")
    ]
    assert told["warnings"][0]["case"]
    again = Client(headers=headers).post("/api/warnings", content, content_type="application/xml")
    assert (again.status_code, again.json()["again"]) == (200, True)
    bad = Client(headers=headers).post("/api/warnings", b"<alert/>", content_type="application/xml")
    assert bad.status_code == 400 and bad.json()["findings"][0]["says"]


def test_a_closed_feed_and_a_wrong_secret_let_nobody_in(warned: House) -> None:
    token, _ = feed_of(warned)
    row = one("SELECT id::text FROM store_warningfeed WHERE site_id = %s", warned.site)
    warned.browser("leader").post(f"/warnings/{warned.code}/feeds", {"close": row["id"]})
    for headers in (
        {"authorization": f"Bearer {token}"},
        {"authorization": "Bearer nonsense"},
        {"authorization": token},
        {},
    ):
        answer = Client(headers=headers).post("/api/warnings", b"<alert/>", content_type="application/xml")
        assert answer.status_code == 403 and answer.json()["error"]


def test_a_map_with_slips_opens_no_feed(warned: House) -> None:
    answer = warned.browser("leader").post(
        f"/warnings/{warned.code}/feeds", {"areas": "江岸区 river\nx = moon"}
    )
    page = text_of(answer, 400)
    assert "moon" in page
    assert rows("SELECT id FROM store_warningfeed WHERE site_id = %s", warned.site) == []


def test_a_waiting_warning_stands_on_the_board(warned: House) -> None:
    browser = warned.browser("duty_officer")
    assert "预警待确认" not in text_of(browser.get(f"/board?site={warned.code}"))
    browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-rainstorm.xml").decode()})
    assert "预警待确认" in text_of(browser.get(f"/board?site={warned.code}"))
    row = one("SELECT id::text FROM store_receivedwarning WHERE site_id = %s", warned.site)
    browser.post(f"/warnings/{warned.code}/{row['id']}", {"do": "dismiss", "reason": "x"})
    assert "预警待确认" not in text_of(browser.get(f"/board?site={warned.code}"))


def test_when_a_warning_is_over_the_page_asks_to_stand_down(warned: House) -> None:
    browser = warned.browser("duty_officer")
    browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-rainstorm.xml").decode()})
    row = one("SELECT id::text, sender FROM store_receivedwarning WHERE site_id = %s", warned.site)
    browser.post(f"/warnings/{warned.code}/{row['id']}", {"do": "confirm"})
    assert "请在案件中核实后解除" not in text_of(browser.get(f"/warnings/{warned.code}"))
    browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-cancel.xml").decode()})
    page = text_of(browser.get(f"/warnings/{warned.code}"))
    assert "请在案件中核实后解除" in page and "解除预警" in page


def test_a_waiting_warning_is_not_pushed_off_the_page_by_others(warned: House) -> None:
    browser = warned.browser("duty_officer")
    browser.post(f"/warnings/{warned.code}/receive", {"text": fresh("cap-rainstorm.xml").decode()})
    execute(
        "INSERT INTO store_receivedwarning (tenant, id, site_id, identifier, part, sender, sent_at, kind, status, "
        "event, hazard, colour, areas, heeded, headline, onset_at, expires_at, supersedes, sha256, text, received_at, "
        "via, state, reason) SELECT tenant, gen_random_uuid(), id, n::text, 0, 'x', now(), 'alert', 'test', 'x', "
        "'', '', '[]', '{}', '', now(), now(), '[]', '', 'x', now() + interval '1 h', 'feed', 'noted', '' "
        "FROM store_site, generate_series(1, 100) n WHERE id = %s",
        warned.site,
    )
    assert "确认有效" in text_of(browser.get(f"/warnings/{warned.code}"))


def test_what_is_typed_by_hand_is_kept_without_personal_data(warned: House) -> None:
    typed = {"hazard": "rainstorm", "colour": "yellow", "area": ["river"], "sender": "李工 13812345678",
             "headline": "请联系 13812345678", "identifier": "13812345678"}  # fmt: skip
    browser = warned.browser("duty_officer")
    for _ in range(2):  # masked identifiers are no reason to take two warnings for the same
        answer = browser.post(f"/warnings/{warned.code}/receive", typed)
        assert "said=received" in answer["Location"]
    found = rows(
        "SELECT headline, sender, identifier, text FROM store_receivedwarning WHERE site_id = %s", warned.site
    )
    assert [(row["headline"], row["sender"]) for row in found] == [("请联系 ***", "李工 ***")] * 2
    entries = rows("SELECT body FROM store_entry WHERE site_id = %s", warned.site)
    assert entries and "13812345678" not in str(found) + str(entries)


def test_the_page_leads_to_the_case_that_calls_about_a_warning(warned: House) -> None:
    browser = warned.browser("duty_officer")
    typed = {"hazard": "rainstorm", "colour": "red", "area": ["river"], "sender": "市台", "identifier": "n1"}
    browser.post(f"/warnings/{warned.code}/receive", typed)
    text = fresh("cap-cancel.xml").decode().replace("weather@example.org", "市台")
    browser.post(f"/warnings/{warned.code}/receive", {"text": text.replace("example-2026-07-20-001", "n1")})
    row = one(
        "SELECT asking_id::text AS asking FROM store_receivedwarning WHERE site_id = %s AND kind = 'cancel'",
        warned.site,
    )
    page = text_of(browser.get(f"/warnings/{warned.code}"))
    assert "正由此案件呼叫值班员" in page and f"/{row['asking']}" in page
