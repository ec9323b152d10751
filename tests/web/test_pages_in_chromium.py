"""The report page in a real browser: with and without script, with and without signal; and pages that all can read."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dutyroom.core.instants import parse_iso
from tests.web.builder import PHONE, House, device, one
from tests.web.serving import served

pytestmark = pytest.mark.browser
# The service worker runs, and the page, its style sheet and its script are kept.
KEPT_FOR_LATER = (
    "navigator.serviceWorker.ready.then(() => caches.open('report-1'))"
    ".then(c => c.keys()).then(k => k.length > 2)"
)
PHONE_SCREEN = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A cheap phone's browser."""
    context = browser.new_context(viewport=PHONE_SCREEN, locale="zh-CN", has_touch=True)
    context.set_default_timeout(15_000)
    yield context
    context.close()


def fill(page: Any, what: str = "路边的树倒了") -> None:
    page.fill("[name=where]", "人民路 12 号")
    page.fill("[name=affected]", "0")
    page.fill("[name=what]", what)


def report_of(code: str) -> dict[str, Any]:
    entry = one(
        "SELECT e.body FROM store_entry e JOIN store_case c ON c.id = e.case_id "
        "WHERE c.code = %s AND e.type = 'ReportReceived'",
        code,
    )
    return json.loads(entry["body"])


def cases(house: House) -> int:
    return int(one("SELECT count(*) AS n FROM store_case WHERE site_id = %s", house.site)["n"])


def until(page: Any, expression: str) -> None:
    """Ask until it is so. The page's own policy forbids Playwright's way of waiting for an expression."""
    for _ in range(150):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def receipt(page: Any) -> str:
    page.wait_for_selector("#receipt:not([hidden])")
    return str(page.inner_text("#receipt-code"))


def test_four_fields_and_one_tap_give_a_receipt(phone: Any, address: str, shared_house: House) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    fill(page)
    page.click("#send")
    assert report_of(receipt(page))["story"]["what"] == "路边的树倒了"


def test_without_script_it_works_the_same(browser: Any, address: str, shared_house: House) -> None:
    context = browser.new_context(viewport=PHONE_SCREEN, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    fill(page)
    page.click("#send")
    assert report_of(page.inner_text(".receipt"))["via"] == "page"
    context.close()


def test_written_without_signal_it_is_kept_and_sent_later(
    phone: Any, address: str, shared_house: House
) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    before = cases(shared_house)
    until(page, KEPT_FOR_LATER)
    phone.set_offline(True)
    for what in ("第一件", "第二件"):
        fill(page, what)
        page.click("#send")
        expect(page.locator("[name=what]")).to_have_value("")
    assert page.inner_text("#outbox-count") == "2"
    page.reload()
    page.wait_for_selector("#outbox:not([hidden])")
    assert cases(shared_house) == before
    phone.set_offline(False)
    times = report_of(receipt(page))["times"]
    assert parse_iso(times["reported_at"]) < parse_iso(times["received_at"])
    page.wait_for_selector("#outbox", state="hidden")
    assert cases(shared_house) == before + 2


def test_an_answer_that_is_lost_makes_no_second_report(phone: Any, address: str, shared_house: House) -> None:
    page, lost = phone.new_page(), []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().json()["receipt"])
            route.abort()
        else:
            route.continue_()

    page.route("**/r/*", lose)
    page.goto(f"{address}/r/{shared_house.code}")
    before = cases(shared_house)
    fill(page)
    page.click("#send")
    page.wait_for_selector("#outbox:not([hidden])")
    page.evaluate("dispatchEvent(new Event('online'))")
    assert receipt(page) == lost[0]
    assert cases(shared_house) == before + 1


def test_a_photo_waits_for_signal_with_its_report(phone: Any, address: str, shared_house: House) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    picture = page.screenshot()
    phone.set_offline(True)
    fill(page)
    page.click("summary")
    page.set_input_files("#photos", {"name": "a.png", "mimeType": "image/png", "buffer": picture})
    page.click("#send")
    page.wait_for_selector("#outbox:not([hidden])")
    phone.set_offline(False)
    assert len(report_of(receipt(page))["sealed"]) == 1


def test_the_page_opens_without_signal(phone: Any, address: str, shared_house: House) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    until(page, KEPT_FOR_LATER)
    phone.set_offline(True)
    page.reload()
    assert PHONE in page.inner_text("main")
    fill(page)
    page.click("#send")
    page.wait_for_selector("#outbox:not([hidden])")


def test_what_is_missing_is_shown_before_anything_is_sent(
    phone: Any, address: str, shared_house: House
) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    page.fill("[name=where]", "东门")
    page.click("#send")
    assert page.get_attribute("[name=affected]", "aria-invalid") == "true"
    assert page.get_attribute("[name=where]", "aria-invalid") is None


def test_a_fault_the_server_finds_is_said_and_the_text_stays(
    phone: Any, address: str, shared_house: House
) -> None:
    page = phone.new_page()
    page.goto(f"{address}/r/{shared_house.code}")
    fill(page)
    page.fill("[name=affected]", "abc")
    page.click("#send")
    page.wait_for_selector("#said:not([hidden])")
    assert "整数" in page.inner_text("#said")
    assert page.input_value("[name=what]") == "路边的树倒了"
    page.fill("[name=affected]", "3")
    page.click("#send")
    assert report_of(receipt(page))["facts"]["affected"] == 3


def test_the_first_visit_costs_four_requests_and_thirty_kilobytes(
    phone: Any, address: str, shared_house: House
) -> None:
    page, seen = phone.new_page(), []
    phone.on("request", lambda request: seen.append(request.url))
    page.goto(f"{address}/r/{shared_house.code}")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert {urlsplit(url).netloc for url in seen} == {urlsplit(address).netloc}
    assert len(set(seen)) <= 4, seen


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_pages_have_no_serious_barrier(
    browser: Any, address: str, shared_house: House, language: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
    leader = shared_house.holder("project_manager")
    public = ["/", f"/r/{shared_house.code}", f"/r/{shared_house.code}/poster", "/nothing", "/duty"]
    private = [
        f"/r/{shared_house.code}/phone",
        f"/plan/{shared_house.code}",
        "/people",
        f"/people/{leader}/invite",
    ]
    for path in (*public, *private):
        if path == private[0]:
            context.add_cookies([{"name": "device", "value": device(shared_house, leader), "url": address}])
        page = context.new_page()
        page.goto(address + path)
        for summary in page.query_selector_all("summary")[:3]:
            summary.click()
        found = Axe().run(page).response["violations"]
        grave = [each for each in found if each["impact"] in ("serious", "critical")]
        bad = [(each["id"], each["nodes"][0]["html"][:120]) for each in grave]
        assert not bad, (path, bad)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.close()
    context.close()


def test_sign_in_in_a_browser_with_its_form_token(browser: Any, address: str, shared_house: House) -> None:
    from tests.web.test_entrance import link

    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/in/{link(shared_house, shared_house.holder('operations_manager'))}")
    page.click("main button")
    assert urlsplit(page.url).path == "/duty"
    page.click(".foot button")
    assert urlsplit(page.url).path == "/"
    assert not [each for each in context.cookies() if each["name"] == "device"]
    context.close()
