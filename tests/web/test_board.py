"""The board: who is on duty, what is owed, what was missed, whether anybody watches; bounded however much there is."""

import html
import re
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.instants import HOUR, MINUTE, SECOND
from dutyroom.core.plan import Verb
from dutyroom.store.instants import to_datetime
from tests.web.builder import House, bare_site, execute, house, new_command
from tests.wiring.stepping import settle_site


@pytest.fixture(scope="module")
def site(open_database: None) -> House:
    return house()


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def pulse(age: int) -> None:
    """The only worker's last sign of life, so many milliseconds ago."""
    now = wiring.clock().now()
    execute("DELETE FROM store_pulse")
    execute(
        "INSERT INTO store_pulse (worker, lock, started_at, beat_at) VALUES (%s, 1, %s, %s)",
        new_command(), to_datetime(now - HOUR), to_datetime(now - age),
    )  # fmt: skip


def part(page: str, heading: str) -> str:
    """One panel of the board."""
    return page.split(f'id="{heading}"')[1].split("</section>")[0]


def test_posts_their_holders_and_the_last_answer(site: House) -> None:
    page = text(site.browser("duty_officer").get("/board"))
    names = part(page, "b-duty")
    assert "值班员" in names and "质安主管" in names and "常设" in names
    assert re.search(r"\d\d:\d\d – [\d -]*18:00", names)
    case = site.report()
    site.act(case, "duty_officer", "verify#1", Verb.RECEIVED)
    page = text(site.browser("duty_officer").get("/board"))
    assert re.search(r"最近一次真人应答\s*<b class=\"num\">\d\d:\d\d（\d+ 秒前", page)
    assert "应答：" in part(page, "b-duty")


def test_a_hole_is_said_aloud() -> None:
    empty = house()
    officer = empty.browser(empty.people["P001"])
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'spokesperson'", empty.site)
    panel = part(text(officer.get("/board")), "b-duty")
    first = panel.split("<li")[1]
    assert "无人担任！" in first and "新闻发言人" in first


def test_what_is_owed_by_whom_and_what_follows_a_miss(site: House) -> None:
    case = site.report()
    panel = part(text(site.browser("duty_officer").get("/board")), "b-owed")
    assert "接报并核实情况" in panel and "还没有人接手" in panel and "若不办：质安主管" in panel
    assert f'href="/c/{case}"' in panel
    site.act(case, "duty_officer", "verify#1", Verb.TAKEN)
    assert "值班" in part(text(site.browser("duty_officer").get("/board")), "b-owed")


def test_overdue_comes_first_and_misses_of_the_day_are_listed() -> None:
    late = house()
    case = late.report()
    rows_due(case, -HOUR)
    settle_site(late.site)
    page = text(late.browser("duty_officer").get("/board"))
    owed = part(page, "b-owed")
    assert "已逾期" in owed.split("</li>")[0]


def rows_due(case: str, shift: int) -> None:
    """Let an obligation's row look overdue: what a worker writes when it settles the case."""
    moment = to_datetime(wiring.clock().now() + shift)
    execute("UPDATE store_obligation SET overdue = true, due_at = %s WHERE case_id = %s", moment, case)


def test_nobody_watches_is_said_aloud(site: House) -> None:
    client = site.browser("duty_officer")
    pulse(2 * SECOND)
    assert "系统无人值守" not in text(client.get("/board"))
    pulse(2 * MINUTE)
    page = text(client.get("/board"))
    assert "系统无人值守" in page and 'role="alert"' in page
    pulse(2 * SECOND)


def test_unsent_messages_are_counted_with_their_age(site: House) -> None:
    site.report()
    execute(
        "UPDATE store_delivery SET state = 'queued', created_at = %s WHERE site_id = %s",
        to_datetime(wiring.clock().now() - 7 * MINUTE), site.site,
    )  # fmt: skip
    assert re.search(r"\d+ 条，最早 7 分钟前", text(site.browser("duty_officer").get("/board")))
    execute("UPDATE store_delivery SET state = 'failed' WHERE site_id = %s", site.site)
    assert re.search(r"24 小时内发送失败 \d+ 条", text(site.browser("duty_officer").get("/board")))


def test_unchanged_board_answers_empty_until_something_happens(
    site: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse(1 * SECOND)
    client = site.browser("duty_officer")
    page = text(client.get("/board"))
    address = re.search(r'hx-get="(/board[^"]*)"', page)[1]
    minute = wiring.clock().now() // MINUTE
    answer = client.get(address, headers={"HX-Request": "true"})
    if wiring.clock().now() // MINUTE == minute:
        assert answer.status_code == 204 and answer.content == b""
    site.report()
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in text(answer)


def test_other_tenants_and_sites_are_not_there(site: House, shared_house: House) -> None:
    client = site.browser("duty_officer")
    assert client.get(f"/board?site={shared_house.code}").status_code == 404
    assert client.get("/board?site=%00x").status_code == 404
    case = shared_house.report()
    assert case not in text(client.get("/board"))


def test_a_company_sees_its_projects_below_and_a_project_not_its_neighbour() -> None:
    company = bare_site()
    left, right = house(parent=company.code), house(parent=company.code)
    case = left.report()
    client = left.browser("duty_officer")  # the same people hold the posts of both
    assert case in text(client.get(f"/board?site={left.code}"))
    assert case not in text(client.get(f"/board?site={right.code}"))


def test_size_and_queries_do_not_grow(django_assert_max_num_queries: Any) -> None:
    busy = house()
    client = busy.browser("duty_officer")
    for _ in range(26):
        busy.report()
    with django_assert_max_num_queries(28):
        before = client.get("/board")
    for _ in range(40):
        busy.report()
    with django_assert_max_num_queries(28):
        after = client.get("/board")
    assert len(after.content) < 100_000
    assert abs(len(after.content) - len(before.content)) < 200
    assert "另有" in text(after)


def test_board_is_not_for_a_shared_phone(site: House) -> None:
    assert site.browser("duty_officer", level="duty").get("/board").status_code == 403
    assert site.browser().get("/board").status_code == 401
