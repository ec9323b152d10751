"""The first pages of an incident in English: by the browser's language, and by the switch on every page."""

import pytest

from tests.browser.people import PHONE, Town, until

pytestmark = pytest.mark.browser


def test_first_pages_in_english(town: Town) -> None:
    worker = town.person(PHONE, "en").go("/r/demo")
    worker.sees("Report what happened", "Where", "What happened")
    fields = {"where": "Riverside Road 12", "affected": "12", "what": "Twelve people wait at the gate"}
    for name, value in fields.items():
        worker.page.locator(f"[name={name}]").fill(value)
    worker.page.locator("#send").click()
    worker.page.locator("#receipt-code").wait_for()

    officer = town.person(PHONE)
    officer.sign_in(until(lambda: town.messages("核实情况"))[0]["link"])
    officer.case = officer.page.url.split("/c/")[1].split("?")[0]
    officer.page.locator(".tongue button").click()
    officer.sees("Take the report and check the facts", "Riverside Road 12")
    officer.press("verify", "taken")
    officer.does("verify", kind="collective_dispute", affected="12", injured="0", how_checked="called back")
    officer.sees("Judge and grade", "called back")
    officer.go("/duty").sees("Judge and grade")
    assert officer.page.locator("html").get_attribute("lang") == "en"
