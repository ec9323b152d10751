"""Beginning a drill and sliding through it in a real browser; everybody can read the pages, on a phone too."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dutyroom import wiring
from dutyroom.store import rehearsals
from dutyroom.wiring.rehearsing import carry_out
from tests.web.builder import House, device, house
from tests.web.serving import served
from tests.web.test_drills import LOCK, MARKS, carried_out, exercise, report, with_telephones

pytestmark = pytest.mark.browser
SIZES = ({"width": 360, "height": 740}, {"width": 1440, "height": 900})
SHOTS = os.environ.get("DUTYROOM_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return with_telephones(house())


@pytest.fixture(scope="module")
def drills(home: House) -> dict[str, str]:
    """A drill of each sort: played by a script and signed, played by chance, exercised."""
    found = {
        "scripted": carried_out(home, script="1", duty="law_drill_plan"),
        "random": carried_out(home, script="made", kind="injury", level="II", runs="60", seed="7", hours="2"),
        "live": exercise(home)["Location"].rsplit("/", 1)[1],
    }
    report(home, found["scripted"], **MARKS, do="sign")
    return found


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


def opened(browser: Any, home: House, address: str, path: str, locale: str = "zh-CN", **options: Any) -> Any:
    context = browser.new_context(locale=locale, **options)
    context.set_default_timeout(15_000)
    secret = device(home, home.holder("project_manager"))
    context.add_cookies([{"name": "device", "value": secret, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/plan/{home.code}/drills{path}")
    return page


def test_a_drill_is_begun_carried_out_and_slid_through(browser: Any, home: House, address: str) -> None:
    page = opened(browser, home, address, "", viewport=SIZES[0])
    page.select_option("#s-script", "0")
    page.click("form[action$=start] > button")
    expect(page.get_by_role("status")).to_be_visible()
    drill = page.url.rsplit("/", 1)[1]
    while (claimed := rehearsals.claim(wiring.pool(), LOCK)) != drill:
        assert claimed
    carry_out(drill)
    page.click("text=在大屏上看")  # the page has looked again by itself
    first = page.locator("#board").inner_text()
    page.click("a[rel=next]")
    expect(page.locator(".slider .num").first).to_be_visible()
    slider = page.locator("#t")
    slider.evaluate("box => { box.value = 1800; box.dispatchEvent(new Event('change', {bubbles: true})); }")
    page.wait_for_url("**/board?t=1800")
    assert page.locator("#board").inner_text() != first
    page.context.close()


def test_the_slider_works_without_script(
    browser: Any, home: House, address: str, drills: dict[str, str]
) -> None:
    path = f"/{drills['scripted']}/board?t=60"
    page = opened(browser, home, address, path, viewport=SIZES[0], java_script_enabled=False)
    before = page.locator(".slider .lines").inner_text()
    page.click("a[rel=next]")
    assert page.locator(".slider .lines").inner_text() != before
    page.click(".slide button")
    assert "t=" in page.url
    page.context.close()


PATHS = (
    "", "/{scripted}", "/{random}", "/{scripted}/board?t=1500", "/{live}/board", "/{scripted}/report", "/{live}/report",
)  # fmt: skip
WAYS = [("zh-CN", SIZES[0]), ("en-GB", SIZES[1])]
if SHOTS:
    WAYS += [("en-GB", SIZES[0]), ("zh-CN", SIZES[1])]


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_everybody_can_read_them(
    browser: Any, home: House, address: str, drills: dict[str, str], locale: str, size: Any
) -> None:
    page = opened(browser, home, address, "", locale, viewport=size)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for path in PATHS:
        page.goto(f"{address}/plan/{home.code}/drills{path.format(**drills)}")
        found = Axe().run(page).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in grave] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert said == [], path
        if SHOTS:
            name = path.format(**{each: each for each in drills}).strip("/").replace("/", "-").split("?")[0]
            file = f"{name or 'list'}-{size['width']}-{locale[:2]}.png"
            page.screenshot(path=Path(SHOTS) / file, full_page=True)
    page.context.close()
