"""The pages of holidays, periods and warnings in a real browser: a phone and a desk, both languages."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from dutyroom import wiring
from dutyroom.core.instants import DAY, HOUR
from tests.web.builder import House, device, one
from tests.web.serving import served
from tests.web.test_calendars import NOTICE, declaring, fresh, weather_house

pytestmark = pytest.mark.browser
SIZES = ({"width": 360, "height": 740}, {"width": 1440, "height": 900})
SHOTS = os.environ.get("DUTYROOM_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A project with a provisional year, a declared period, a warning that waits and one that started the plan."""
    made = weather_house()
    leader = made.browser("leader")
    assert leader.post(f"/calendar/{made.code}/notice", {"notice": NOTICE}).status_code == 303
    given = declaring(period="flood_season", **_span())
    assert leader.post(f"/calendar/{made.code}/declare", given).status_code == 303
    officer = made.browser("duty_officer")
    for name in ("chinese-typhoon.xml", "cap-rainstorm.xml", "cap-exercise.xml"):
        officer.post(f"/warnings/{made.code}/receive", {"text": fresh(name).decode()})
    return made


def _span() -> dict[str, str]:
    from dutyroom.store.instants import to_datetime

    now = wiring.clock().now()
    return {
        "from": f"{to_datetime(now):%Y-%m-%dT%H:%M}",
        "until": f"{to_datetime(now + 3 * DAY + HOUR):%Y-%m-%dT%H:%M}",
    }


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("which", ["calendar", "warnings"])
def test_everybody_can_read_them(
    browser: Any, home: House, address: str, which: str, language: str, size: Any
) -> None:
    context = browser.new_context(locale=language, viewport=size)
    context.add_cookies([{"name": "device", "value": device(home, home.holder("leader")), "url": address}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/{which}/{home.code}")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{which}-{language[:2]}-{size['width']}.png", full_page=True)
    for folded in page.query_selector_all("details:not([open]) > summary"):
        folded.click()
    found = Axe().run(page)
    grave = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert said == []
    context.close()


def test_a_leader_declares_and_withdraws_on_a_phone_without_scripts(
    browser: Any, home: House, address: str
) -> None:
    context = browser.new_context(locale="zh-CN", viewport=SIZES[0], java_script_enabled=False)
    context.add_cookies([{"name": "device", "value": device(home, home.holder("leader")), "url": address}])
    page = context.new_page()
    page.goto(f"{address}/calendar/{home.code}")
    page.fill("#d-from", "2031-03-01T08:00")
    page.fill("#d-until", "2031-03-05T18:00")
    page.fill("#d-reason", "全市大检查")
    page.click("text=上级要求")
    page.click("main button:text-is('宣布')")
    assert page.locator("text=已宣布，并记入台账").count() == 1
    assert page.locator("text=全市大检查").count() == 1
    page.locator(".card:has-text('全市大检查') button").click()
    assert page.locator("text=已撤销，并记入台账").count() == 1
    context.close()


def test_an_officer_confirms_a_warning_on_a_phone(browser: Any, home: House, address: str) -> None:
    context = browser.new_context(locale="zh-CN", viewport=SIZES[0], java_script_enabled=False)
    context.add_cookies(
        [{"name": "device", "value": device(home, home.holder("duty_officer")), "url": address}]
    )
    page = context.new_page()
    page.goto(f"{address}/warnings/{home.code}")
    page.click("button:has-text('确认有效')")
    assert page.locator("text=已确认。").count() == 1
    state = one("SELECT state FROM store_receivedwarning WHERE site_id = %s AND hazard = 'rainstorm' AND status = 'actual'", home.site)  # fmt: skip  # noqa: E501
    assert state["state"] == "confirmed"
    context.close()
