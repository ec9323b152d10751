"""Rounds on conditions, their issues from noting to checking, the list, the trend; and the board's strip of the day."""

import html
import re
import uuid
from datetime import date
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.codec import load_case
from dutyroom.core.instants import DAY
from dutyroom.store.calendars import enter_notice
from dutyroom.web.dutyday.trend import banded, months_until
from dutyroom.wiring.dutyday import look
from tests.web.builder import House, house, new_command, rows
from tests.web.daybook import SUMMER, DutyDay, at
from tests.wiring.stepping import SteppedClock, settle_site, step_time


@pytest.fixture
def clock(open_database: None, monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    clock = step_time(monkeypatch)
    clock.at = at("2027-06-28", "09:00")
    return clock


@pytest.fixture
def place(clock: SteppedClock) -> House:
    return house()


def text(response: Any) -> str:
    assert response.status_code < 500, response.status_code
    return html.unescape(response.content.decode())


def begun(place: House, role: str = "safety_officer") -> tuple[Any, str]:
    """A round that the role begins out of turn: the browser, and the round's address."""
    client = place.browser(role)
    page = text(client.get(f"/rounds/{place.code}"))
    form = dict(re.findall(r'<input type="hidden" name="(command|kind)" value="([^"]*)"', page))
    answer = client.post(f"/rounds/{place.code}/begin", form)
    assert answer.status_code == 303
    assert client.post(f"/rounds/{place.code}/begin", form)["Location"] == answer["Location"], (
        "twice is one round"
    )
    return client, answer["Location"]


def raise_issue(client: Any, address: str, due: str = "2027-07-05T18:00", **more: str) -> Any:
    form = {
        "command": new_command(), "key": "issue.raise", "verb": "done", "a.kind": "heat", "a.place": "人民路休息点",
        "a.finding": "没有遮阳棚", "a.owner": "operations_manager", "a.due": due,
    } | more  # fmt: skip
    return client.post(address, form)


def fields_of(page: str) -> dict[str, str]:
    """The checklist's answers: everything is in order."""
    names = set(re.findall(r'name="(a\.[a-z0-9_]+)" value="yes"', page))
    return dict.fromkeys(names, "yes")


def test_a_round_from_the_checklist_to_the_last_check(place: House, clock: SteppedClock) -> None:
    client, address = begun(place)
    page = text(client.get(address))
    assert "先登记" in page and "登记问题" in page and "作业条件" in page
    raised = page.split('id="o-raise"')[1].split("</section>")[0]
    assert re.findall(r"<(?:summary|button)[^>]*>([^<]+)<", raised) == ["登记", "登记"]
    english = place.browser("safety_officer", language="en")
    raised = text(english.get(address)).split('id="o-raise"')[1].split("</section>")[0]
    assert "Note it" in raised and "Do it" not in raised
    assert raise_issue(client, address).status_code == 303
    key = re.findall(r'name="key" value="(calendar\.[^"]+)"', text(client.get(address)))[0]
    checked = {"command": new_command(), "key": key, "verb": "done", "a.note": "其余正常"}
    assert client.post(address, checked | fields_of(page)).status_code == 303
    fixer = place.browser("operations_manager")
    page = text(fixer.get(address))
    assert "没有遮阳棚" in page and "待整改" in page
    fix = {"command": new_command(), "key": "issue.fix#1", "verb": "done", "a.proof": "已搭好，见收据 12 号"}
    assert fixer.post(address, fix).status_code == 303
    check = {
        "command": new_command(),
        "key": "issue.check#1",
        "verb": "done",
        "a.effective": "yes",
        "a.seen": "有遮阳棚",
    }
    assert fixer.post(address, check | {"command": new_command()}).status_code == 409, (
        "not by who put it right"
    )
    checker = place.browser("quality_safety_supervisor")
    assert "待复查" in text(checker.get(f"/rounds/{place.code}"))
    assert checker.post(address, check).status_code == 303
    page = text(checker.get(address))
    assert "这次检查已经办完" in page and "没有未解决的问题" in page


def test_an_issue_wants_everything_said(place: House) -> None:
    client, address = begun(place)
    answer = raise_issue(client, address, due="2020-01-01T00:00", **{"a.place": "", "a.finding": "漏电"})
    page = text(answer)
    assert answer.status_code == 409 and "地点" in page and "漏电" in page
    assert not rows("SELECT 1 FROM store_obligation WHERE site_id = %s AND step = 'issue.fix'", place.site)


def test_the_list_is_filtered_by_kind_place_and_lateness(place: House, clock: SteppedClock) -> None:
    client, address = begun(place)
    raise_issue(client, address)
    raise_issue(
        client,
        address,
        due="2027-06-29T18:00",
        **{"a.kind": "gear", "a.place": "二班仓库", "a.finding": "手套破了"},
    )
    clock.at += 3 * DAY
    settle_site(place.site)
    listing = f"/rounds/{place.code}"
    assert all(one in text(client.get(listing)) for one in ("没有遮阳棚", "手套破了"))
    for query, seen, hidden in (
        ("kind=heat", "没有遮阳棚", "手套破了"),
        ("place=仓库", "手套破了", "没有遮阳棚"),
        ("late=yes", "手套破了", "没有遮阳棚"),
    ):
        page = text(client.get(f"{listing}?{query}"))
        assert seen in page and hidden not in page, query
    board = text(place.browser("project_manager").get("/board"))
    assert "超期的检查与问题" in board and "整改问题" in board
    assert "现在没有进行中的" not in board.split("b-missed")[1]


def test_only_who_makes_rounds_begins_one(place: House) -> None:
    client = place.browser("crew_1_leader")
    assert "现在开始一次" not in text(client.get(f"/rounds/{place.code}"))
    form = {"command": new_command(), "kind": "condition_round"}
    answer = client.post(f"/rounds/{place.code}/begin", form)
    assert answer.status_code == 409 and "不由您的岗位开始" in text(answer)


def test_the_trend_is_by_kind_and_month_and_never_a_small_number(place: House) -> None:
    client, address = begun(place)
    for number in range(7):
        kind = "heat" if number < 5 else "gear"
        assert raise_issue(client, address, **{"a.kind": kind}).status_code == 303
    page = text(client.get(f"/rounds/{place.code}/trend"))
    assert "<svg" in page and "高温措施" in page and "2027-06" in page
    row = page.split("2027-06</td>")[1].split("</tr>")[0]
    assert ">5<" in row and ">1–4<" in row and ">2<" not in row
    assert [banded(count) for count in (0, 1, 4, 5)] == ["0", "1–4", "1–4", "5"]


def test_months_are_the_last_twelve() -> None:
    assert (
        months_until(date(2027, 2, 28))[0] == "2026-03" and months_until(date(2027, 12, 1))[-1] == "2027-12"
    )
    assert len(months_until(date(2027, 1, 1))) == 12


def test_the_board_has_one_strip_and_no_flood(clock: SteppedClock) -> None:
    day = DutyDay(house(), clock, SUMMER).begin().settle("18:30")
    day.do(day.place.holder("crew_1_leader"), "calendar.evening_report#1@crew_1_leader", nothing=True)
    page = text(day.place.browser("project_manager").get("/board"))
    strip = page.split('class="strip"')[1].split("</section>")[0]
    assert (
        f'href="/day/{day.place.code}"' in strip
        and "报告 1/6" in strip
        and "缺 " in strip
        and "特殊时期" in strip
    )
    assert f'href="/c/{day.case}"' not in page, "a duty day is no incident"
    case = day.place.report()
    page = text(day.place.browser("project_manager").get("/board"))
    assert f'href="/c/{case}"' in page


def test_a_board_that_is_up_to_date_is_not_sent_again(clock: SteppedClock) -> None:
    day = DutyDay(house(), clock, SUMMER).begin().settle("18:30")
    client = day.place.browser("project_manager")
    version = re.findall(r"since=([0-9a-f]{16})", text(client.get("/board")))[0]
    assert client.get(f"/board?since={version}").status_code == 204
    day.do(day.place.holder("crew_1_leader"), "calendar.evening_report#1@crew_1_leader", nothing=True)
    assert client.get(f"/board?since={version}").status_code == 200


def test_a_year_is_not_entered_by_saying_so(place: House, clock: SteppedClock) -> None:
    """The upkeep for next year's notice is done once the notice is there, at every door."""
    clock.at = at("2027-12-05", "08:00")
    while look(place.site):
        pass
    found = rows(
        "SELECT id::text, state FROM store_case WHERE site_id = %s AND kind = 'upkeep' AND state LIKE %s",
        place.site, "%upkeep.calendar_year%",
    )  # fmt: skip
    case, key = found[0]["id"], "upkeep.calendar_year#1"
    clock.at = at("2027-12-05", "10:00")
    client, form = place.browser("superior_duty"), {"command": new_command(), "key": key, "verb": "done"}
    answer = client.post(f"/c/{case}/act", form)
    assert answer.status_code == 409 and "没有 2028 年的放假通知" in text(answer)
    posted = client.post(f"/api/cases/{case}/acts", form, content_type="application/json")
    assert posted.status_code == 409 and posted.json()["code"] == "calendar.year_missing"
    notice = (
        "calendar: {zone: Asia/Shanghai}\nnotices:\n  - {year: 2028, status: provisional, holidays: [{id: new_year, "
        "name: 元旦, from: 2028-01-01, until: 2028-01-01, statutory: [2028-01-01]}]}\n"
    )
    read, faults = read_calendar(notice)
    assert read is not None, faults
    enter_notice(wiring.pool(), place.site, str(uuid.uuid4()), read.notices[0], notice, "", clock.now())
    assert client.post(f"/c/{case}/act", form | {"command": new_command()}).status_code == 303
    assert load_case(rows("SELECT state FROM store_case WHERE id = %s", case)[0]["state"]).phase == "closed"
