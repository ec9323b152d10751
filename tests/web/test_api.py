"""The API: the same reports and acts as on the pages, the same words when refused."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from dutyroom import wiring
from dutyroom.core.plan import Verb
from dutyroom.wording import say
from tests.web.builder import House, house


def post(browser: Client, address: str, given: Any) -> Any:
    return browser.post(address, json.dumps(given), content_type="application/json")


def report(house: House, **changed: Any) -> dict[str, Any]:
    given = {
        "site": house.code,
        "command": str(uuid.uuid4()),
        "where": "东门",
        "affected": 3,
        "what": "树倒了",
    }
    return given | changed


def test_a_report_gives_a_receipt_and_its_repeat_the_same(shared_house: House) -> None:
    given, browser = report(shared_house, danger_now=True), shared_house.browser()
    first, again = post(browser, "/api/reports", given), post(browser, "/api/reports", given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipt"] == again.json()["receipt"]


def test_every_fault_is_named_at_once(shared_house: House) -> None:
    answer = post(shared_house.browser(), "/api/reports", {"site": shared_house.code})
    assert answer.status_code == 400
    assert {fault["field"] for fault in answer.json()["faults"]} == {"command", "where", "affected", "what"}


def test_what_is_no_json_object_is_a_bad_request(shared_house: House) -> None:
    for body in (b"{", b"[]", b"\xff", b"[" * 50_000):
        answer = shared_house.browser().post("/api/reports", body, content_type="application/json")
        assert answer.status_code == 400, body[:10]


def test_an_unknown_site_is_not_found_and_a_large_body_is_refused(shared_house: House) -> None:
    browser = shared_house.browser()
    assert post(browser, "/api/reports", report(shared_house, site="nosuchsite")).status_code == 404
    assert post(browser, "/api/reports", report(shared_house, what="长" * 100_000)).status_code == 413


def test_a_form_is_taken_too(shared_house: House) -> None:
    assert shared_house.browser().post("/api/reports", report(shared_house)).status_code == 201


def test_the_front_door_answers_like_the_page(shared_house: House) -> None:
    from io import BytesIO

    from dutyroom.web.wsgi import application

    body, statuses = json.dumps(report(shared_house)).encode(), []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/reports", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    for _ in range(2):
        environ["wsgi.input"] = BytesIO(body)
        answer = b"".join(application(environ, lambda status, headers: statuses.append(status)))
        assert json.loads(answer)["receipt"]
    assert statuses == ["201 Created", "200 OK"]


def test_an_act_by_api_is_recorded_once(shared_house: House) -> None:
    case, officer = shared_house.report(), shared_house.browser("duty_officer")
    given = {"command": str(uuid.uuid4()), "key": "verify#1", "verb": "taken"}
    first = post(officer, f"/api/cases/{case}/acts", given)
    again = post(officer, f"/api/cases/{case}/acts", given)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["events"] == again.json()["events"]


def test_a_refused_act_is_told_in_the_words_of_the_page(shared_house: House) -> None:
    case, officer = shared_house.report(), shared_house.browser("duty_officer")
    given = {"command": str(uuid.uuid4()), "key": "verify#1", "verb": "done"}
    answer = post(officer, f"/api/cases/{case}/acts", given)
    assert answer.status_code == 409
    assert answer.json()["code"] == "act.unmet"
    assert any("怎样核实的" in line for line in answer.json()["says"])


def test_an_act_that_is_not_ones_own_is_forbidden(shared_house: House) -> None:
    case, leader = shared_house.report(), shared_house.browser("crew_1_leader")
    given = {"command": str(uuid.uuid4()), "key": "verify#1", "verb": "taken"}
    assert post(leader, f"/api/cases/{case}/acts", given).status_code == 403


def test_a_shared_phone_does_not_waive(shared_house: House) -> None:
    case, phone = shared_house.report(), shared_house.browser("duty_officer", level="duty")
    given = {"command": str(uuid.uuid4()), "key": "verify#1", "verb": "waive", "reason": "x"}
    answer = post(phone, f"/api/cases/{case}/acts", given)
    assert answer.status_code == 403
    assert answer.json()["says"] == [say("error.needs_full", "zh")]


@pytest.mark.parametrize("posted", [{"verb": "volunteer", "step": "regrade"}, {"key": "verify#1"}])
def test_a_shared_phone_signs_nothing(
    shared_house: House, posted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever sort of step a plan has its signatures given by."""
    case, phone = shared_house.report(), shared_house.browser("duty_officer", level="duty")
    signing = replace(shared_house.rules().plan, signs=("regrade", "verify"))
    monkeypatch.setattr(wiring, "case_rules", lambda row: replace(shared_house.rules(), plan=signing))
    answer = post(phone, f"/api/cases/{case}/acts", {"command": str(uuid.uuid4()), **posted})
    assert answer.status_code == 403 and answer.json()["code"] == "error.needs_full"


def test_a_case_of_another_tenant_does_not_exist(shared_house: House) -> None:
    case = house().report()
    given = {"command": str(uuid.uuid4()), "key": "verify#1", "verb": "taken"}
    assert post(shared_house.browser("duty_officer"), f"/api/cases/{case}/acts", given).status_code == 404


def test_odd_acts_are_never_a_fault_of_ours(shared_house: House) -> None:
    case, officer = shared_house.report(), shared_house.browser("duty_officer")
    command = str(uuid.uuid4())
    odd: list[Any] = [
        [], {}, {"command": command}, {"command": command, "key": "no#1", "verb": "done"},
        {"command": command, "key": "verify#1", "verb": "done", "answers": {"affected": 10**30}},
        {"command": command, "key": "verify#1", "verb": "done", "answers": {"kind": {"a": 1}}},
        {"command": command, "key": "verify#1\x00", "verb": "done", "answers": []},
        {"command": command, "step": "nothing", "verb": "volunteer"},
    ]  # fmt: skip
    for given in odd:
        assert post(officer, f"/api/cases/{case}/acts", given).status_code in (400, 403, 404, 409), given


def test_health_counts_what_nobody_serves() -> None:
    home = house()
    home.report()
    answer = home.browser().get("/health")
    assert answer.status_code in (200, 503)
    assert float(answer.content) >= 0
    with wiring.pool().connection() as connection:
        connection.execute(
            "UPDATE store_obligation SET timer_at = now() - interval '2 minutes' WHERE site_id = %s",
            [home.site],
        )
    late = home.browser().get("/health")
    assert late.status_code == 503 and float(late.content) >= 119
    with wiring.pool().connection() as connection:
        connection.execute("UPDATE store_obligation SET timer_at = NULL WHERE site_id = %s", [home.site])
    assert home.act(home.report(), "duty_officer", "verify#1", Verb.RECEIVED).phase == "readiness"
