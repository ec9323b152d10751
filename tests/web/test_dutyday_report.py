"""The daily report at its page: one press, a few words, written without signal, and what is refused."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dutyroom.core.plan import Verb
from tests.web.builder import House, house, new_command, rows
from tests.web.daybook import SUMMER, DutyDay, at
from tests.wiring.stepping import SteppedClock, step_time

KEY = "calendar.evening_report#1@crew_1_leader"


@pytest.fixture(scope="module")
def place(open_database: None) -> House:
    return house()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    return step_time(monkeypatch)


@pytest.fixture
def evening(clock: SteppedClock) -> Iterator[DutyDay]:
    """Five past six in the evening of a day in a special period."""
    clock.at = at("2027-06-28", "09:00")
    yield DutyDay(house(), clock, SUMMER).begin().settle("18:05")


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def hidden(page: str, number: int = 0) -> dict[str, str]:
    form = re.findall(r'<form method="post" action="/today".*?</form>', page, re.DOTALL)[number]
    return dict(re.findall(r'<input type="hidden" name="(command|case|key)" value="([^"]*)"', form))


def test_one_press_is_the_report_and_twice_is_once(evening: DutyDay) -> None:
    client = evening.place.browser("crew_1_leader", level="duty")
    form = hidden(text(client.get("/today"))) | {"nothing": "yes", "present": "１２"}
    assert form["key"] == KEY
    answer = client.post("/today", form)
    assert answer.status_code == 303
    page = text(client.get(answer["Location"].partition("#")[0]))
    assert "已记录" in page and "无事 · 在岗人数 12" in page and "19:00 前报告" in page
    assert client.post("/today", form).status_code == 303
    owed = evening.state().obligations[KEY]
    assert owed.answers == {"nothing": True, "present": 12} and owed.marks[Verb.DONE].at == evening.clock.at
    assert len(rows("SELECT 1 FROM store_entry WHERE case_id = %s AND type = 'ActMarked'", evening.case)) == 1


def test_words_are_recorded_and_numbers_of_persons_masked(evening: DutyDay) -> None:
    client = evening.place.browser("crew_2_leader", language="en")
    page = text(client.get("/today"))
    assert "Nothing to report" in page and "Due by 19:00" in page
    client.post("/today", hidden(page) | {"send": "yes", "what": "东门树倒，联系 13800138000"})
    said = evening.state().obligations["calendar.evening_report#1@crew_2_leader"].answers["what"]
    assert said == "东门树倒，联系 ***"


def test_nothing_said_is_asked_again_with_what_was_typed(evening: DutyDay) -> None:
    client = evening.place.browser("crew_1_leader")
    form = hidden(text(client.get("/today")))
    answer = client.post("/today", form | {"send": "yes", "present": "十二"})
    assert answer.status_code == 409 and "十二" in text(answer)
    assert evening.state().obligations[KEY].is_open


def test_written_without_signal_it_counts_from_when_it_was_written(evening: DutyDay) -> None:
    written = evening.clock.at
    evening.settle("20:30")
    assert Verb.DONE in evening.state().obligations[KEY].missed
    client = evening.place.browser("crew_1_leader", level="duty")
    ago = evening.clock.at - written
    body = {"command": new_command(), "nothing": "yes", "reported_at": 1_000, "device_now": 1_000 + ago}
    answer = client.post("/today/send", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200 and "无事" in answer.json()["recorded"]
    owed = evening.state().obligations[KEY]
    assert owed.marks[Verb.DONE].at == written and Verb.DONE in owed.excused
    again = client.post("/today/send", json.dumps(body), content_type="application/json")
    assert again.status_code == 200 and again.json() == answer.json()
    assert 'class="excused"' in text(client.get("/today"))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"command": 1}', b'{"nothing": "yes"}', b"\xff" * 20_000]
)
def test_what_cannot_be_read_is_said_and_never_fails(place: House, body: bytes) -> None:
    client = place.browser("crew_1_leader")
    answer = client.post("/today/send", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["says"]


def test_nobody_reports_for_another_crew_there(evening: DutyDay) -> None:
    client = evening.place.browser("crew_3_leader")
    body = {"command": new_command(), "nothing": "yes", "case": evening.case, "key": KEY}
    answer = client.post("/today/send", json.dumps(body), content_type="application/json")
    assert answer.status_code == 409 and evening.state().obligations[KEY].is_open
    assert (
        evening.place.browser().post("/today/send", "{}", content_type="application/json").status_code == 401
    )


def test_the_page_kept_on_a_phone_names_nobody(place: House) -> None:
    page = text(place.browser("crew_1_leader").get("/today/kept"))
    own = rows("SELECT name FROM store_person WHERE id = %s", place.holder("crew_1_leader"))[0]["name"]
    assert "没有信号" in page and own not in page and place.code not in page and "退出" not in page


def test_before_its_time_nothing_can_be_pressed(clock: SteppedClock) -> None:
    clock.at = at("2027-06-28", "09:00")
    day = DutyDay(house(), clock, SUMMER).begin().settle("10:00")
    page = text(day.place.browser("crew_1_leader").get("/today"))
    assert "17:00 起可以报告" in page and 'name="nothing"' not in page


def test_my_duty_says_before_its_time_when_it_can_be_made(clock: SteppedClock) -> None:
    clock.at = at("2027-06-28", "09:00")
    day = DutyDay(house(), clock, SUMMER).begin().settle("10:00")
    leader = day.place.browser("crew_1_leader")
    page = text(leader.get("/duty"))
    early = page.split('class="notice early"')[1].split("</p>")[0]
    assert page.count('class="notice early"') == 1, "the own crew's, nobody else's"
    assert "17:00 起可以报告" in early and f"case={day.case}" in early
    assert "17:00 起可以报告" in text(leader.get(re.findall(r'href="([^"]+)"', early)[0]))
    day.settle("18:05")
    assert 'class="notice early"' not in text(leader.get("/duty"))


def test_who_answers_the_telephone_finds_where_a_report_is_taken_down(evening: DutyDay) -> None:
    """While crews' reports are wanted; beside the way to enter an incident, with words that tell the two apart."""
    officer = evening.place.browser("duty_officer")
    phone = text(officer.get("/duty")).split('id="d-phone"')[1].split("</section>")[0]
    assert (
        f'href="/today/day/{evening.case}#y-reports"' in phone and "代记班组的每日报告（还缺 6 份）" in phone
    )
    assert f'href="/r/{evening.place.code}/phone"' in phone and "替人录入电话报来的突发事件" in phone
    assert "电话报：无事" in text(officer.get(f"/today/day/{evening.case}"))
    crew = text(evening.place.browser("crew_1_leader").get("/duty"))
    assert "代记班组的每日报告" not in crew, "who leads a crew takes nothing down for another"
    owed = [key for key in evening.state().obligations if key.startswith("calendar.evening_report#")]
    for key in owed:
        evening.do(evening.place.holder("duty_officer"), key, nothing=True)
    assert len(owed) == 6 and "代记班组的每日报告" not in text(officer.get("/duty"))
