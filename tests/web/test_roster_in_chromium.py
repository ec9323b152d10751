"""The roster in a real browser: dragging on a desk, buttons on a phone, both languages, nothing grave for axe."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from dutyroom import wiring
from dutyroom.core.instants import DAY, HOUR
from dutyroom.store import rosterdrafts
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.wiring.rostermaker import work
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


def day_of(turn: dict[str, Any]) -> str:
    return f"{to_datetime(from_datetime(turn['starts_at']) + 8 * HOUR):%Y-%m-%d}"


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_turn_is_dragged_onto_another_on_a_desk(
    browser: Any, home: House, address: str, language: str
) -> None:
    first, second = next_turns(home, 8)[-2:]
    page = opened(browser, home, address, DESK, language, "project_manager")
    page.goto(f"{address}/roster/{home.code}?view=week&by=post&at={day_of(first)}")
    page.drag_and_drop(f'.roster [data-turn="{first["id"]}"]', f'.roster [data-turn="{second["id"]}"]')
    page.wait_for_url("**/change?**")
    assert page.locator(".diff li").count() == 2
    looked_at(page, f"change-1440-{language[:2]}")
    sound(page, DESK)
    page.fill("#g-reason", "Training" if language.startswith("en") else "培训")
    page.click('button[value="now"]')
    page.wait_for_url("**/roster/*?at=*")
    held = {row["starts_at"]: row["person"] for row in next_turns(home, 8)}
    assert (held[first["starts_at"]], held[second["starts_at"]]) == (second["person"], first["person"])
    page.context.close()


def test_a_turn_is_dragged_to_another_person(browser: Any, home: House, address: str) -> None:
    turn = next_turns(home, 6)[-1]
    page = opened(browser, home, address, DESK, "zh-CN", "project_manager")
    page.goto(f"{address}/roster/{home.code}?view=week&by=person&at={day_of(turn)}")
    other = page.locator(f'.roster td[data-day="{day_of(turn)}"]:not(:has(.turn))').first
    other.scroll_into_view_if_needed()
    line = other.get_attribute("data-line")
    page.drag_and_drop(
        f'.roster [data-turn="{turn["id"]}"]',
        f'.roster td[data-line="{line}"][data-day="{day_of(turn)}"]',
    )
    page.wait_for_url("**/change?**")
    assert page.locator(".diff li").count() == 1
    page.context.close()


def test_arrow_keys_move_between_turns(browser: Any, home: House, address: str) -> None:
    page = opened(browser, home, address, DESK, "zh-CN", "crew_1_leader")
    page.goto(f"{address}/roster/{home.code}?view=month&by=post&at={soon()}")
    page.locator(".roster a.turn").first.focus()
    before = page.evaluate("document.activeElement.dataset.turn")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.dataset.turn")
    assert after and after != before
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/turns/{after}")
    page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_swap_with_buttons_on_a_phone(browser: Any, home: House, address: str, language: str) -> None:
    """Asked for by one, agreed to by the other, approved by who leads; without a script at all."""
    first, second = next_turns(home, 12)[-2:]
    context = browser.new_context(locale=language, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()

    def as_person(person: str) -> None:
        context.add_cookies([{"name": "device", "value": device(home, person), "url": address}])

    as_person(first["person"])
    page.goto(f"{address}/roster/{home.code}/turns/{first['id']}")
    looked_at(page, f"turn-360-{language[:2]}")
    page.select_option("#t-onto", second["id"])
    page.locator("form:has(#t-onto) button").click()
    looked_at(page, f"change-360-{language[:2]}")
    page.click('button[value="ask"]')
    as_person(second["person"])
    page.goto(f"{address}/roster/{home.code}/changes")
    looked_at(page, f"changes-360-{language[:2]}")
    page.click('button[value="agree"]')
    as_person(home.holder("project_manager"))
    page.goto(f"{address}/roster/{home.code}/changes")
    page.click('button[value="approve"]')
    held = {row["starts_at"]: row["person"] for row in next_turns(home, 12)}
    assert (held[first["starts_at"]], held[second["starts_at"]]) == (second["person"], first["person"])
    context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_other_page_is_sound(browser: Any, home: House, address: str, language: str, size: Any) -> None:
    page = opened(browser, home, address, size, language, "project_manager")
    turn = next_turns(home, 3)[-1]
    draft = drafted(home)
    for name, path in {
        "turn": f"/turns/{turn['id']}",
        "away": f"/away?person={turn['person']}&from={day_of(turn)}&until={day_of(turn)}",
        "changes": "/changes",
        "make": "/make",
        "draft": f"/drafts/{draft}",
        "feeds": "/feeds",
    }.items():
        page.goto(f"{address}/roster/{home.code}{path}")
        for folded in page.query_selector_all("details:not([open]) > summary"):
            folded.click()
        looked_at(page, f"{name}-{size['width']}-{language[:2]}")
        sound(page, size)
    page.click('button[value="mine"]')
    assert "/feed/" in page.locator(".address").inner_text()
    page.context.close()


def drafted(home: House) -> str:
    """A roster that a worker has made, once."""
    made = rows("SELECT id::text FROM store_rosterdraft WHERE site_id = %s AND state = 'draft'", home.site)
    if made:
        return str(made[0]["id"])
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    now, identity = wiring.clock().now(), wiring.new_id()
    span = (now + 5 * DAY, now + 25 * DAY)
    rosterdrafts.ask(
        wiring.pool(), home.site, identity, span, {"proved": True}, home.holder("project_manager"), now
    )
    assert work(1)
    return identity
