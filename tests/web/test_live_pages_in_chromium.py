"""Board, case and my duty in a real browser: they bring themselves up to date, keep what is typed, and bar nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dutyroom.core.plan import Verb
from tests.web.builder import House, device, house
from tests.web.serving import served
from tests.web.test_case import respond
from tests.web.test_duty import steps

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def site(open_database: None) -> House:
    return house()


def signed_in(browser: Any, address: str, site: House, role: str, **options: Any) -> Any:
    """A page of a browser in which the role's first holder is signed in."""
    context = browser.new_context(**{"locale": "zh-CN", **options})
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "device", "value": device(site, site.holder(role)), "url": address}])
    return context.new_page()


def test_case_comes_up_to_date_by_itself(browser: Any, address: str, site: House) -> None:
    case = site.report()
    page = signed_in(browser, address, site, "project_manager")
    page.goto(f"{address}/c/{case}")
    respond(site, case)
    expect(page.locator(".phases .now")).to_have_text("响应", timeout=20_000)
    expect(page.locator("#acts")).to_contain_text("组长到场指挥")


def test_what_is_being_typed_is_not_taken_away(browser: Any, address: str, site: House) -> None:
    case = site.report()
    page = signed_in(browser, address, site, "duty_officer")
    page.goto(f"{address}/c/{case}")
    page.click("details.finish summary")
    page.fill("textarea[name='a.how_checked']", "正在核实")
    site.act(case, "duty_officer", "verify#1", Verb.TAKEN)
    expect(page.locator("#stale")).to_be_visible(timeout=20_000)
    expect(page.locator("textarea[name='a.how_checked']")).to_have_value("正在核实")
    expect(page.locator("#live")).to_contain_text("接手：接报并核实情况")


@pytest.mark.parametrize("script", [True, False])
def test_one_tap_on_my_duty(browser: Any, address: str, script: bool) -> None:
    own = house()
    own.report()
    page = signed_in(
        browser,
        address,
        own,
        "duty_officer",
        java_script_enabled=script,
        viewport={"width": 360, "height": 740},
    )
    page.goto(f"{address}/duty")
    page.click(".act button:has-text('收到')")
    expect(page.locator("#recorded")).to_contain_text("收到：接报并核实情况")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_have_no_serious_barrier(
    browser: Any, address: str, site: House, width: int, language: str
) -> None:
    running, over = site.report(), site.report()
    for case in (running, over):
        respond(site, case)
    steps(site, over)
    screen = {"width": width, "height": 900}
    page = signed_in(browser, address, site, "quality_safety_supervisor", viewport=screen, bypass_csp=True)
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    for path in ("/board", "/duty", f"/c/{running}", f"/c/{over}"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["target"])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
