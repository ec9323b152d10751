"""The cover and audit pages in a real browser: everybody can read them, on a phone and on a desk, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.builder import House, device, execute
from tests.web.proved import changed, proved, short_house
from tests.web.serving import served
from tests.web.test_audited import played

pytestmark = pytest.mark.browser
SIZES = ({"width": 360, "height": 740}, {"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A project where the officer on duty has nobody behind them."""
    made = short_house(3)
    execute("DELETE FROM store_duty WHERE site_id = %s AND role = 'duty_officer' AND place > 0", made.site)
    execute(
        "DELETE FROM store_channel WHERE person_id IN (SELECT person_id FROM store_duty WHERE site_id = %s "
        "AND role IN ('superior_duty', 'quality_safety_supervisor'))",
        made.site,
    )
    changed(made)
    proved(made)
    return made


@pytest.fixture(scope="module")
def paths(home: House) -> dict[str, str]:
    case = played(home, 50)
    return {
        "cover": f"/plan/{home.code}/cover",
        "audit": f"/c/{case}/audit",
        "audits": f"/plan/{home.code}/audits",
    }


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("which", ["cover", "audit", "audits"])
def test_everybody_can_read_them(
    browser: Any, home: House, paths: dict[str, str], address: str, which: str, language: str, size: Any
) -> None:
    context = browser.new_context(locale=language, viewport=size)
    context.add_cookies(
        [{"name": "device", "value": device(home, home.holder("project_manager")), "url": address}]
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(address + paths[which])
    for folded in page.query_selector_all("details:not([open]) > summary"):
        folded.click()
    found = Axe().run(page)
    grave = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert said == []
    context.close()
