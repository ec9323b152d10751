"""The roster in a real browser: dragging on a desk, buttons on a phone, both languages, nothing grave for axe."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from dutyroom import wiring
from dutyroom.core.instants import DAY
from dutyroom.store.instants import to_datetime
from tests.web.builder import House, device, execute, house, rows
from tests.web.serving import served

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
SHOTS = os.environ.get("DUTYROOM_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A project whose officers have turns; a day of them is missing."""
    made = house()
    gone = to_datetime(wiring.clock().now() + 4 * DAY)
    execute(
        "DELETE FROM store_duty WHERE site_id = %s AND NOT standing AND starts_at <= %s AND ends_at > %s",
        made.site, gone, gone,
    )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


def opened(browser: Any, home: House, address: str, size: Any, language: str, role: str) -> Any:
    """A page of a browser that is signed in as who holds the role."""
    context = browser.new_context(locale=language, viewport=size)
    context.add_cookies([{"name": "device", "value": device(home, home.holder(role)), "url": address}])
    return context.new_page()


def looked_at(page: Any, name: str) -> None:
    """Kept as a picture where a folder for them is named."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def sound(page: Any, size: Any) -> None:
    """Nothing grave for axe, and nothing wider than the screen."""
    found = Axe().run(page)
    grave = [
        (each["id"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def soon() -> str:
    """A day of the next days, so that the month or week around it has turns."""
    return f"{to_datetime(wiring.clock().now() + 4 * DAY):%Y-%m-%d}"


def next_turns(home: House, count: int) -> list[dict[str, Any]]:
    """Turns of the first officer that are to come, each of another person than the one before."""
    return rows(
        "SELECT id::text, person_id::text AS person, starts_at FROM store_duty WHERE site_id = %s AND place = 0 "
        "AND NOT standing AND starts_at > now() + interval '1 day' ORDER BY starts_at LIMIT %s",
        home.site, count,
    )  # fmt: skip


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("look", ["view=month&by=post", "view=week&by=post", "view=month&by=person"])
def test_everybody_can_read_the_calendar(
    browser: Any, home: House, address: str, look: str, language: str, size: Any
) -> None:
    page = opened(browser, home, address, size, language, "project_manager")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/roster/{home.code}?{look}&at={soon()}")
    looked_at(page, f"calendar-{size['width']}-{language[:2]}-{look.replace('&', '-')}")
    sound(page, size)
    assert said == []
    page.context.close()
