"""The case's page and its acts, through Django's client on the real database."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dutyroom import wiring
from dutyroom.core.instants import HOUR
from dutyroom.core.plan import Verb
from tests.web.builder import House, execute, house, new_command, rows

PRESENT = {
    "verify": {"kind": "collective_dispute", "affected": 12, "injured": 0, "how_checked": "电话核实"},
    "grade": {"level": "II", "proposal": "对话"},
    "activate": {"order": "启动"},
}


@pytest.fixture(scope="module")
def site(open_database: None) -> House:
    return house()


def respond(site: House, case: str) -> None:
    """From the report to the response, on the record."""
    for step, answers in PRESENT.items():
        role = "project_manager" if step == "activate" else "duty_officer"
        site.act(case, role, f"{step}#1", **answers)


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def form_for(page: str, key: str, verb: str) -> dict[str, str]:
    """The hidden fields of the form that marks the verb on the key, as a browser would send them."""
    for form in re.findall(r"<form.*?</form>", page, re.S):
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        verbs = re.findall(r'name="verb" value="(\w+)"', form)
        if hidden.get("key") == html.escape(key) and verb in verbs:
            return {**hidden, "verb": verb}
    raise AssertionError(f"no form offers {verb} on {key}")


def offered(page: str) -> set[tuple[str, str]]:
    """Every (key, verb) that the page has a form for."""
    found = set()
    for form in re.findall(r"<form.*?</form>", page, re.S):
        key = re.search(r'name="key" value="([^"]*)"', form)
        verbs = re.findall(r'name="verb" value="(\w+)"', form)
        found |= {(key[1], verb) for verb in verbs} if key else set()
    return found


def without_address(response: Any) -> str:
    """The page without the address it was asked at and the form token, which differs each time."""
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*|/c/[0-9a-f-]{36}', r"\1", response.content.decode())


def entries(case: str, kind: str) -> int:
    return len(rows("SELECT 1 FROM store_entry WHERE case_id = %s AND type = %s", case, kind))


def test_page_shows_what_is_known_with_its_times_and_only_offered_acts(site: House) -> None:
    case = site.report()
    page = text(site.browser("duty_officer").get(f"/c/{case}"))
    assert "工资没有按时发" in page and "人民路 12 号" in page
    assert "群体性纠纷" in page and "未定级" in page
    assert offered(page) >= {("verify#1", "received"), ("verify#1", "taken"), ("verify#1", "done")}
    assert not any(key.startswith(("grade", "activate", "dispatch")) for key, _ in offered(page))
    other = text(site.browser("spokesperson").get(f"/c/{case}"))
    assert offered(other) == set()


def test_clocks_say_where_their_number_comes_from(site: House) -> None:
    page = text(site.browser("duty_officer").get(f"/c/{site.report()}"))
    assert re.search(r"限时 [\d: -]+（软性）", page) and "“立即”" in page
    assert re.search(r"限时 [\d: -]+（缺省）", page)


def test_one_tap_is_recorded_and_said(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    form = form_for(text(client.get(f"/c/{case}")), "verify#1", "received")
    answer = client.post(f"/c/{case}/act", form)
    assert answer.status_code == 303
    page = text(client.get(answer["Location"].partition("#")[0]))
    assert "已记录" in page and "收到：接报并核实情况" in page


def test_the_same_form_twice_is_once(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    form = form_for(text(client.get(f"/c/{case}")), "verify#1", "taken")
    assert [client.post(f"/c/{case}/act", form).status_code for _ in range(3)] == [303, 303, 303]
    assert entries(case, "ActMarked") == 1


def test_form_of_a_step_is_typed_and_its_answers_are_recorded(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    page = text(client.get(f"/c/{case}"))
    assert (
        '<option value="collective_dispute" selected>' in page
    )  # what the report said is there to be confirmed
    form = form_for(page, "verify#1", "done")
    typed = {"a.kind": "collective_dispute", "a.affected": "１５", "a.injured": "0", "a.danger_now": "yes"}
    answer = client.post(f"/c/{case}/act", {**form, **typed, "a.how_checked": "回拨电话"})
    assert answer.status_code == 303
    page = text(client.get(f"/c/{case}"))
    assert "回拨电话" in page and "<b>15</b>" in page
    assert "按标准建议：二级（严重）" in page and '<option value="II" selected>' in page


def test_refused_form_is_shown_again_with_what_was_typed_and_every_reason(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    form = form_for(text(client.get(f"/c/{case}")), "verify#1", "done")
    answer = client.post(f"/c/{case}/act", {**form, "a.affected": "很多", "a.how_checked": "打过<b>电话</b>"})
    page = text(answer)
    assert answer.status_code == 409
    assert (
        "“事件种类”没有填" in page and "“涉及人数”填的内容不符合要求" in page and "“受伤人数”没有填" in page
    )
    assert "打过<b>电话</b>" in page and 'value="很多"' in page
    assert "打过<b>电话" not in answer.content.decode()  # as text, never as markup
    assert form["command"] in page  # the same form stays one command
    assert entries(case, "ActMarked") == 0


def test_an_act_that_is_not_offered_is_refused_with_words(site: House) -> None:
    case = site.report()
    client = site.browser("spokesperson")
    answer = client.post(f"/c/{case}/act", {"command": new_command(), "key": "verify#1", "verb": "received"})
    assert answer.status_code == 409 and "您现在不担任该岗位" in text(answer)
    english = site.browser("spokesperson", language="en")
    answer = english.post(f"/c/{case}/act", {"command": new_command(), "key": "verify#1", "verb": "received"})
    assert "you do not hold that post now" in text(answer)
    assert entries(case, "ActMarked") == 0


ODD = [{}, {"key": "x"}, {"key": "verify#1", "verb": "fly"}, {"key": "\0#1", "verb": "done"}]


@pytest.mark.parametrize("fields", ODD)
def test_odd_posts_are_refused_not_errors(site: House, fields: dict[str, str]) -> None:
    case = site.report()
    assert site.browser("duty_officer").post(f"/c/{case}/act", fields).status_code == 409


def test_odd_answers_are_refused_not_errors(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    form = form_for(text(client.get(f"/c/{case}")), "verify#1", "done")
    odd = {"a.kind": "\0", "a.affected": "9" * 5000, "a.nothing": "x", "happened": "0001-01-01T00:00"}
    assert client.post(f"/c/{case}/act", {**form, **odd}).status_code == 409


def test_nothing_is_done_by_get(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    before = entries(case, "ActMarked")
    for path in ("act", "waive", "archive"):
        assert (
            client.get(f"/c/{case}/{path}?key=verify%231&verb=received&command={new_command()}").status_code
            == 405
        )
    assert entries(case, "ActMarked") == before


def test_form_token_is_needed(site: House) -> None:
    case = site.report()
    client = Client(enforce_csrf_checks=True)
    client.cookies["device"] = site.browser("duty_officer").cookies["device"].value
    answer = client.post(f"/c/{case}/act", {"command": new_command(), "key": "verify#1", "verb": "received"})
    assert answer.status_code == 403


def test_other_tenants_and_unknown_cases_look_the_same(site: House, shared_house: House) -> None:
    theirs = site.report()
    client = shared_house.browser("project_manager")
    hidden, unknown = client.get(f"/c/{theirs}"), client.get("/c/00000000-0000-4000-8000-000000000000")
    assert hidden.status_code == unknown.status_code == 404
    assert without_address(hidden) == without_address(unknown)
    assert client.post(f"/c/{theirs}/act", {"key": "verify#1", "verb": "received"}).status_code == 404


def test_shared_duty_phone_sees_only_what_its_person_was_asked(site: House) -> None:
    case = site.report()
    assert site.browser("duty_officer", level="duty").get(f"/c/{case}").status_code == 200
    assert site.browser("spokesperson", level="duty").get(f"/c/{case}").status_code == 404
    assert site.browser("spokesperson").get(f"/c/{case}").status_code == 200


def test_unchanged_case_answers_empty(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    page = text(client.get(f"/c/{case}"))
    since = re.search(r"since=([\w-]+)", page)[1]
    row = rows("SELECT version FROM store_case WHERE id = %s", case)[0]
    fresh = f"{row['version']}-{wiring.clock().now() // 60_000}"
    assert client.get(f"/c/{case}?since={fresh}", headers={"HX-Request": "true"}).status_code == 204
    site.act(case, "duty_officer", "verify#1", Verb.RECEIVED)
    answer = client.get(f"/c/{case}?since={since}", headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in text(answer) and 'hx-swap-oob="true"' in text(answer)


def test_response_shows_streams_people_and_closing_conditions(site: House) -> None:
    case = site.report()
    respond(site, case)
    page = text(site.browser("project_manager").get(f"/c/{case}"))
    assert "0/7 已满足" in page
    for words in (
        "控制线",
        "联络线",
        "作业保障",
        "二级（严重）",
        "结束响应的条件",
        "现场危险已消除",
        "尚未提请",
    ):
        assert words in page
    assert ("propose_close", "done") in offered(page)
    form = form_for(page, "propose_close", "done")
    answer = site.browser("project_manager").post(f"/c/{case}/act", {**form, "a.summary": "想结束"})
    assert answer.status_code == 409
    assert "条件未满足：现场危险已消除" in text(answer) and "条件未满足：作业已恢复" in text(answer)
    assert "想结束" in text(answer)


def test_commitments_show_who_keeps_them_by_when(site: House) -> None:
    case = site.report()
    respond(site, case)
    boss = site.browser("quality_safety_supervisor")
    page = text(boss.get(f"/c/{case}"))
    boss.post(f"/c/{case}/act", {**form_for(page, "demand", "done"), "a.demand": "补发十月工资"})
    by = wiring.clock().now() + 2 * HOUR
    site.act(
        case,
        "quality_safety_supervisor",
        "commitment",
        promise="周五前补发",
        owner="operations_manager",
        due=by,
    )
    page = text(boss.get(f"/c/{case}"))
    assert "补发十月工资" in page and "周五前补发" in page and re.search(r"运营主管兑现，限时 [\d: -]+", page)


def test_time_fields_are_read_in_the_sites_zone_and_the_past_is_refused(site: House) -> None:
    case = site.report()
    respond(site, case)
    boss = site.browser("project_manager")
    form = form_for(text(boss.get(f"/c/{case}")), "commitment", "done")
    promise = {**form, "a.promise": "补发", "a.owner": "project_manager"}
    assert "必须是将来的时间" in text(boss.post(f"/c/{case}/act", {**promise, "a.due": "2020-01-01T08:00"}))
    assert boss.post(f"/c/{case}/act", {**promise, "a.due": "2090-01-01T08:00"}).status_code == 303
    body = rows("SELECT body FROM store_entry WHERE case_id = %s AND type = 'ActVolunteered'", case)[0][
        "body"
    ]
    assert "3786912000000" in body or "2090-01-01T00:00:00.000Z" in body  # 08:00 in Shanghai


def test_statement_runs_through_its_stages_in_the_open(site: House) -> None:
    case = site.report()
    respond(site, case)
    site.act(case, "duty_officer", "draft_statement", statement="第一稿：12 人反映工资问题")
    page = text(site.browser("spokesperson").get(f"/c/{case}"))
    assert "第 1 稿" in page and "第一稿：12 人反映工资问题" in page
    stages = [
        page.index(words, page.index("第 1 稿"))
        for words in ("对照已核实事实核对说明", "批准说明", "发布说明")
    ]
    assert stages == sorted(stages) and "尚未到" in page


def test_waive_needs_a_reason_and_the_authority(site: House) -> None:
    case = site.report()
    respond(site, case)
    superior = site.browser("superior_duty")
    page = text(superior.get(f"/c/{case}"))
    assert "免除这一项" in page
    wanted = {"command": new_command(), "key": "take_command#1"}
    assert "免除必须写明理由" in text(superior.post(f"/c/{case}/waive", {**wanted, "reason": " "}))
    officer = site.browser("duty_officer").post(f"/c/{case}/waive", {**wanted, "reason": "太远"})
    assert officer.status_code == 409 and "无权免除" in text(officer)
    assert superior.post(f"/c/{case}/waive", {**wanted, "reason": "远程指挥"}).status_code == 303
    assert "远程指挥" in text(superior.get(f"/c/{case}"))
    assert site.browser("superior_duty", level="duty").post(f"/c/{case}/waive", wanted).status_code == 403


def test_timeline_is_paged_newest_first(site: House) -> None:
    case = site.report()
    respond(site, case)
    for number in range(20):
        site.act(case, "quality_safety_supervisor", "demand", demand=f"诉求 {number}")
    client = site.browser("project_manager")
    page = text(client.get(f"/c/{case}"))
    older = re.search(r"\?before=(\d+)", page)
    lines = page.split('id="c-timeline"')[1]
    assert older and lines.index("诉求 19") < lines.index("诉求 18")
    second = text(client.get(f"/c/{case}?before={older[1]}"))
    assert (
        "收到报告" in second and "回到最新" in second and "hx-get" not in second.split('id="live"')[1][:200]
    )
    assert client.get(f"/c/{case}?before=abc").status_code == 200


def test_page_in_english_has_no_chinese_words_of_ours(site: House) -> None:
    case = site.report()
    respond(site, case)
    page = text(site.browser("project_manager", language="en").get(f"/c/{case}"))
    for words in ("Streams", "What is known", "Conditions for ending the response", "(hard)", "(default)"):
        assert words in page


def test_queries_do_not_grow_with_the_case(site: House, django_assert_max_num_queries: Any) -> None:
    case = site.report()
    client = site.browser("project_manager")
    with django_assert_max_num_queries(20):
        client.get(f"/c/{case}")
    respond(site, case)
    for number in range(5):
        site.act(case, "quality_safety_supervisor", "demand", demand=f"诉求 {number}")
    with django_assert_max_num_queries(20):
        client.get(f"/c/{case}")


def test_time_to_the_last_person_told_is_exact(site: House) -> None:
    case = site.report()
    opened = rows("SELECT opened_at FROM store_case WHERE id = %s", case)[0]["opened_at"]
    execute(
        "UPDATE store_delivery SET state = 'sent', told_at = %s WHERE case_id = %s",
        opened + timedelta(milliseconds=1234), case,
    )  # fmt: skip
    page = text(site.browser("duty_officer").get(f"/c/{case}"))
    assert re.search(r"最后一个应知人被通知到：<b class=\"num\">[\d: -]+，立案后 1 秒 234 毫秒", page)


def test_a_page_that_asks_for_a_part_gets_the_part(site: House) -> None:
    case, client = site.report(), site.browser("duty_officer")
    form = form_for(text(client.get(f"/c/{case}")), "verify#1", "taken")
    part = client.post(f"/c/{case}/act", form, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "<html" not in text(part) and "已记录" in text(part)
    again = {**form, "command": new_command()}
    refused = client.post(f"/c/{case}/act", again, headers={"HX-Request": "true"})
    assert refused.status_code == 409 and "已经有人接手" in text(refused) and "<html" not in text(refused)
