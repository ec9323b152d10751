"""Reporting and answering a call work with scripts switched off."""

import re

import pytest

from tests.browser.people import PHONE, Town, until

pytestmark = pytest.mark.browser


def test_report_and_answer_without_javascript(town: Town) -> None:
    worker = town.person(PHONE, java_script_enabled=False).go("/r/demo")
    form = worker.page.locator("form#report")
    form.locator("[name=where]").fill("西环路桥下")
    form.locator("[name=what]").fill("路面大片油污，车辆打滑")
    form.locator("#send").click()
    fault = worker.page.locator("#affected-fault")
    fault.wait_for()
    assert form.locator("[name=where]").input_value() == "西环路桥下", "what was typed is still there"
    form.locator("[name=affected]").fill("0")
    form.locator("#send").click()
    receipt = worker.page.locator(".receipt")
    receipt.wait_for()
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", receipt.inner_text().strip())

    calls = until(lambda: town.messages("核实情况"))
    officer = town.person(PHONE, java_script_enabled=False)
    officer.sign_in(calls[0]["link"])
    officer.sees("路面大片油污", "西环路桥下")
    officer.case = officer.page.url.split("/c/")[1].split("?")[0]
    officer.press("verify", "received")
    officer.press("verify", "taken")
    officer.go("/duty")
    officer.case = ""
    told = {"kind": "road_pollution", "affected": "0", "injured": "0", "how_checked": "到场查看"}
    officer.does("verify", **told)
    officer.sees("研判并定级")
