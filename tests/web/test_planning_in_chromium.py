"""The plan's pages in a real browser: findings as one types, a finding leads to its line, everybody can read them."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.builder import House, device, house
from tests.web.serving import served
from tests.web.test_planning import drafted

pytestmark = pytest.mark.browser
SIZES = ({"width": 360, "height": 740}, {"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A project with a draft that waits for its second person."""
    made = house()
    drafted(made)
    return made


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


def opened(browser: Any, home: House, address: str, path: str, role: str, **options: Any) -> Any:
    context = browser.new_context(locale="zh-CN", **options)
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "device", "value": device(home, home.holder(role)), "url": address}])
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/plan/{home.code}{path}")
    return page


def test_findings_come_while_one_types(browser: Any, home: House, address: str) -> None:
    page = opened(browser, home, address, "/edit", "project_manager", viewport=SIZES[1])
    text = page.locator("#text")
    before = text.input_value()
    at = before.index("who: duty_officer") + len("who: duty_")
    text.evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); }", at)
    page.keyboard.type("x")
    expect(page.locator("#found")).to_contain_text("duty_xofficer")
    line = before[:at].count("\n") + 1
    link = page.locator("#found .bad a[data-line]").first
    assert line - 8 <= int(link.get_attribute("data-line") or 0) <= line
    expect(page.locator("#gutter .error").first).to_be_visible()
    link.click()
    chosen = text.evaluate("box => box.value.slice(0, box.selectionStart).split('\\n').length")
    assert chosen == int(link.get_attribute("data-line") or 0)
    page.keyboard.press("Control+z")
    expect(page.locator("#found .bad")).to_have_count(0)
    assert page.said == []
    page.context.close()


def test_without_script_the_button_checks(browser: Any, home: House, address: str) -> None:
    page = opened(
        browser, home, address, "/edit", "project_manager", viewport=SIZES[0], java_script_enabled=False
    )
    page.fill("#text", "plan:\n\tid: x\n")
    page.click(".row button[value=check]")
    expect(page.locator("#found .bad").first).to_be_visible()
    assert page.input_value("#text") == "plan:\n\tid: x\n"
    page.context.close()


def test_a_form_is_filled_and_put_into_the_text(browser: Any, home: House, address: str) -> None:
    page = opened(browser, home, address, "/edit", "project_manager", viewport=SIZES[0])
    page.click("summary:has-text('步骤')")
    page.click("button.part:has-text('研判并定级')")
    field = page.locator('[name$="clocks.done.default"]')
    field.fill("11 min")
    page.click("button[value=apply]")
    expect(page.locator("#text")).to_have_value(page.input_value("#text"))
    assert "clocks: {done: {default: 11 min}}" in page.input_value("#text")
    page.context.close()


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "?q=报告",
        "/what-if?kind=injury&level=I&f.dead=1",
        "/editions",
        "/draft/changes",
        "/edit?part=steps.0",
    ],
)
def test_everybody_can_read_them(browser: Any, home: House, address: str, path: str, size: Any) -> None:
    role = "quality_safety_supervisor"
    page = opened(browser, home, address, path, role, viewport=size)
    found = Axe().run(page)
    grave = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.said == []
    page.context.close()
