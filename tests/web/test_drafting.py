"""The page from paper to draft: upload, decide on each rule, take the files away, hand the draft to the editor."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dutyroom.core.planfile import read_plan
from tests.core.drafting.papers import CHINESE
from tests.web.builder import House, house, rows


def upload(
    home: House, name: str = "plan.txt", data: bytes = CHINESE.encode("gbk"), language: str = "zh"
) -> tuple[Client, Any]:
    browser = home.browser("project_manager", language=language)
    page = browser.post(f"/plan/{home.code}/paper", {"paper": SimpleUploadedFile(name, data)})
    return browser, page


def desk_of(page: Any) -> str:
    match = re.search(r'name="desk" value="([^"]*)"', page.content.decode())
    assert match is not None
    return html.unescape(match[1])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_paper_and_rules_stand_side_by_side(shared_house: House, language: str) -> None:
    _, page = upload(shared_house, language=language)
    text = page.content.decode()
    assert page.status_code == 200
    assert "项目经理应在1小时内向区应急管理局和住建局报告" in text
    assert 'value="accept:steps.activate"' in text
    visible = text.replace(html.escape(desk_of(page)), "")
    assert "13800000001" not in visible


def test_accept_correct_leave_and_take_away(shared_house: House) -> None:
    browser, page = upload(shared_house)
    address = f"/plan/{shared_house.code}/paper"
    page = browser.post(address, {"desk": desk_of(page), "do": "accept:steps.activate"})
    page = browser.post(address, {"desk": desk_of(page), "do": "leave:calendar.drill_each_half_year"})
    given = {"title": "报告应急局", "within": "45 min", "who": "project_manager"}
    page = browser.post(
        address, {"desk": desk_of(page), "do": "correct:steps.report_emergency_bureau", **given}
    )
    made = browser.post(address, {"desk": desk_of(page), "do": "download:plan.yaml"})
    plan, findings = read_plan(made.content.decode())
    assert plan is not None, findings
    assert plan.step["activate"].confidence == ""
    assert [duty.id for duty in plan.calendar] == ["daily_report_each_day"]
    (drill,) = [clause for clause in plan.clauses if "应急演练" in clause.text.zh]
    assert drill.runs_as == "waits"
    report = plan.step["report_emergency_bureau"]
    assert (report.title.zh, report.clocks["done"].within) == ("报告应急局", 45 * 60_000)
    assert plan.id == shared_house.rules().plan.id
    people = browser.post(address, {"desk": desk_of(page), "do": "download:people.xlsx"})
    assert people.content.startswith(b"PK")


def test_a_correction_that_is_no_time_is_named_and_nothing_is_lost(shared_house: House) -> None:
    browser, page = upload(shared_house)
    before = desk_of(page)
    given = {"desk": before, "do": "correct:steps.activate", "within": "很快"}
    page = browser.post(f"/plan/{shared_house.code}/paper", given)
    assert page.status_code == 400
    assert "很快" in page.content.decode()
    assert desk_of(page) == before


@pytest.mark.parametrize("name", ["plan.doc", "plan.odt"])
def test_a_paper_that_cannot_be_read_says_why(shared_house: House, name: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) if name.endswith("doc") else b"text"
    _, page = upload(shared_house, name, data)
    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize("desk", ["", "[]", "{", '["x",[["p"]],{}]', '["x",[],{"a":["steal","","",""]}]'])
def test_a_desk_that_is_none_is_refused(shared_house: House, desk: str) -> None:
    browser = shared_house.browser("project_manager")
    assert (
        browser.post(f"/plan/{shared_house.code}/paper", {"desk": desk, "do": "hand_over"}).status_code == 400
    )


def test_the_draft_is_handed_to_the_editor_once() -> None:
    own_house = house()
    browser, page = upload(own_house)
    desk = desk_of(page)
    address = f"/plan/{own_house.code}/paper"
    done = browser.post(address, {"desk": desk, "do": "hand_over"})
    assert (done.status_code, done["Location"]) == (302, f"/plan/{own_house.code}/edit")
    (saved,) = rows("SELECT text FROM store_plandraftrevision WHERE tenant = %s", own_house.tenant)
    assert "沈国梁" not in saved["text"]
    assert "报告内容包括" in saved["text"]
    assert browser.post(address, {"desk": desk, "do": "hand_over"}).status_code == 400
