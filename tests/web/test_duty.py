"""My duty: what I owe, one tap, what was recorded; nothing of anybody else's."""

import html
import re
from typing import Any

import pytest

from dutyroom.core.plan import Verb
from tests.web.builder import House, execute, house, new_command, rows
from tests.web.test_case import form_for, offered, respond


@pytest.fixture(scope="module")
def site(open_database: None) -> House:
    return house()


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_own_duty_with_its_acts_calls_and_turn(site: House) -> None:
    case = site.report()
    page = text(site.browser("duty_officer").get("/duty"))
    assert {("verify#1", "received"), ("verify#1", "taken"), ("verify#1", "done")} <= offered(page)
    assert f"/duty/{case}/act" in page and "正在值班" in page and "值班员" in page
    assert "对我的呼叫" in page and f'href="/c/{case}"' in page


def test_one_tap_comes_back_with_what_was_recorded() -> None:
    own = house()
    case, client = own.report(), own.browser("duty_officer", level="duty")
    form = form_for(text(client.get("/duty")), "verify#1", "received")
    answer = client.post(f"/duty/{case}/act", form)
    assert answer.status_code == 303
    page = text(client.get(answer["Location"].partition("#")[0]))
    assert re.search(r"已记录 <span class=\"num\">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d</span>", page)
    assert client.post(f"/duty/{case}/act", form).status_code == 303
    assert len(rows("SELECT 1 FROM store_entry WHERE case_id = %s AND type = 'ActMarked'", case)) == 1


def test_refused_act_is_said_on_the_page_with_what_was_typed() -> None:
    own = house()
    case, client = own.report(), own.browser("duty_officer")
    form = form_for(text(client.get("/duty")), "verify#1", "done")
    answer = client.post(f"/duty/{case}/act", {**form, "a.how_checked": "看过现场"})
    assert answer.status_code == 409 and "“受伤人数”没有填" in text(answer) and "看过现场" in text(answer)


def test_others_owe_nothing_here(site: House) -> None:
    site.report()
    page = text(site.browser("spokesperson").get("/duty"))
    assert "现在没有要您办的事" in page and offered(page) == set()
    assert site.browser().get("/duty").status_code == 401


def test_signature_is_refused_on_a_shared_phone() -> None:
    own = house()
    case = own.report()
    respond(own, case)
    steps(own, case)
    phone = own.browser("project_manager", level="duty")
    page = text(phone.get("/duty"))
    assert "不能在共用值班手机上办" in page
    forged = {"command": new_command(), "key": "sign_leader#1", "verb": "done", "a.signed": "yes"}
    answer = phone.post(f"/duty/{case}/act", forged)
    assert answer.status_code == 409 and "不能在共用值班手机上办" in text(answer)
    assert own.browser("project_manager").post(f"/duty/{case}/act", forged).status_code == 303


def steps(own: House, case: str) -> None:
    """Everything the closing conditions ask for, then the proposal."""
    own.act(case, "safety_officer", "dispatch#1", Verb.ON_SCENE)
    own.act(case, "safety_officer", "dispatch#1", scene="平静")
    own.act(case, "safety_officer", "scene_plan#1", measures="隔离", milder="先谈")
    own.act(case, "safety_officer", "carry_out#1", result="完成", danger_over=True)
    own.act(case, "quality_safety_supervisor", "open_dialogue#1", Verb.ON_SCENE)
    own.act(case, "quality_safety_supervisor", "open_dialogue#1", people_present=12, main_demands="工资")
    own.act(case, "quality_safety_supervisor", "end_dialogue#1", result="达成一致", demands_answered=True)
    own.act(case, "duty_officer", "liaison#1", called="工会")
    own.act(case, "duty_officer", "phone_superior#1", told="值班员已记录")
    own.act(case, "duty_officer", "written_superior#1", report="经过")
    own.act(case, "project_manager", "take_command#1", Verb.ON_SCENE)
    own.act(case, "project_manager", "take_command#1", command_post="门岗")
    own.act(case, "operations_manager", "restore_service#1", service_restored=True, how="已恢复")
    own.act(case, "project_manager", "propose_close", summary="平息")


def test_case_in_recovery_shows_review_signatures_and_actions() -> None:
    own = house()
    case = own.report()
    respond(own, case)
    steps(own, case)
    own.act(case, "project_manager", "sign_leader#1", signed=True)
    assert "已签" in text(own.browser("project_manager").get(f"/c/{case}"))
    own.act(case, "quality_safety_supervisor", "sign_safety#1", signed=True)
    due = 3_786_912_000_000
    own.act(
        case,
        "project_manager",
        "corrective_action",
        action="按月核对工资表",
        owner="operations_manager",
        due=due,
    )
    page = text(own.browser("quality_safety_supervisor").get(f"/c/{case}"))
    assert "总结：对照条款" in page and "证据按强弱分级" in page and "结案前还有" in page
    assert "按月核对工资表" in page and "未见效，继续跟踪" in page and "检查整改效果" in page
    assert "生成并下载归档包" in page
    assert "生成并下载归档包" not in text(own.browser("safety_officer", level="duty").get(f"/c/{case}"))


def test_queries_do_not_grow_with_what_is_owed(django_assert_max_num_queries: Any) -> None:
    own = house()
    client = own.browser("duty_officer")
    for _ in range(9):
        own.report()
    with django_assert_max_num_queries(20):
        client.get("/duty")
    for _ in range(12):
        own.report()
    with django_assert_max_num_queries(20):
        page = client.get("/duty")
    assert "另有" in text(page)


def test_unchanged_duty_answers_empty(site: House) -> None:
    client = site.browser("duty_officer")
    address = re.search(r'hx-get="([^"]*)"', text(client.get("/duty")))[1]
    answers = {client.get(address, headers={"HX-Request": "true"}).status_code for _ in range(2)}
    assert 204 in answers
    execute(
        "UPDATE store_obligation SET overdue = NOT overdue WHERE site_id = %s AND status = 'open'", site.site
    )
    site.report()
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
