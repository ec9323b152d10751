"""A report written without signal is kept on the phone and sent when the signal is back: once, and on time."""

import re

import pytest

from tests.browser.people import DESK, PHONE, Town

pytestmark = pytest.mark.browser

STORY = "三名工人被困在河边作业平台"


def test_report_without_signal_arrives_once_and_on_time(town: Town) -> None:
    worker = town.person(PHONE)
    worker.keeps_page = True
    worker.page.clock.install()  # the phone's clock, so that it can be without signal for forty minutes
    worker.go("/r/demo").context.set_offline(True)
    form = worker.page.locator("form#report")
    form.locator("[name=where]").fill("滨河路二号平台")
    form.locator("[name=affected]").fill("3")
    form.locator("[name=what]").fill(STORY)
    form.locator("#send").click()
    worker.page.locator("#outbox").wait_for()
    assert worker.page.locator("#outbox-count").inner_text() == "1"
    assert worker.page.locator("#receipt").is_hidden(), "no receipt without the server"
    assert form.locator("[name=what]").input_value() == "", "the form is free for the next report"
    worker.page.clock.fast_forward("40:00")
    assert worker.page.locator("#outbox-count").inner_text() == "1", "tried again in vain, still kept"

    supervisor = town.holder("quality_safety_supervisor", DESK).go("/board")
    before = supervisor.page.locator(".case-row").count()
    worker.context.set_offline(False)
    for _ in range(3):  # pressing on while it is being sent must not send it again
        worker.page.evaluate("dispatchEvent(new Event('online'))")
    worker.page.locator("#outbox").wait_for(state="hidden")

    supervisor.go("/board")
    rows = supervisor.page.locator(".case-row")
    assert rows.count() == before + 1
    supervisor.go(rows.first.locator("a").get_attribute("href"))
    supervisor.sees(STORY)
    times = supervisor.text(".known .four")
    assert re.search(r"报出 4\d 分钟后才收到", times), times
