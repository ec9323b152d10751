"""A duty day in a real browser: crew leader, duty officer and supervisor doing theirs, on a phone and on a desk."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dutyroom import wiring
from dutyroom.core.plan import Verb
from tests.web.builder import device, house, new_command
from tests.web.daybook import SUMMER, DutyDay, at
from tests.web.serving import served
from tests.wiring.stepping import step_time

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
SHOTS = os.environ.get("DUTYROOM_TEST_SHOTS", "")
SCREENS = [("zh-CN", PHONE), ("en-GB", PHONE), ("zh-CN", DESK), ("en-GB", DESK)]
KEPT = "caches.open('report-1').then(c => c.match('/today/kept')).then(Boolean)"


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def evening(open_database: None, patched: pytest.MonkeyPatch) -> DutyDay:
    """Ten past six: an incident runs, an issue is open, nobody has reported, the handover waits."""
    clock = step_time(patched)
    clock.at = at("2027-06-28", "09:00")
    day = DutyDay(house(), clock, SUMMER).begin().settle("16:00")
    day.place.report()
    officer = day.place.browser("safety_officer")
    begin = {"command": new_command(), "kind": "condition_round"}
    address = officer.post(f"/rounds/{day.place.code}/begin", begin)["Location"]
    found = {
        "command": new_command(), "key": "issue.raise", "verb": "done", "a.kind": "heat", "a.place": "人民路休息点",
        "a.finding": "没有遮阳棚", "a.owner": "operations_manager", "a.due": "2027-07-05T18:00",
    }  # fmt: skip
    assert officer.post(address, found).status_code == 303
    return day.settle("18:10")


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


def opened(browser: Any, day: DutyDay, address: str, person: str, screen: Any, **more: Any) -> Any:
    """A page of a browser that is signed in as the person (an id, or a role's first holder)."""
    language, size = screen
    context = browser.new_context(locale=language, viewport=size, **more)
    context.set_default_timeout(15_000)
    who = person if "-" in person else day.place.holder(person)
    context.add_cookies([{"name": "device", "value": device(day.place, who), "url": address}])
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    return page


def sound(page: Any, screen: Any, name: str) -> None:
    """Nothing grave for axe, nothing wider than the screen, no error; kept as a picture where a folder is named."""
    language, size = screen
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{size['width']}-{language[:2]}.png"), full_page=True)
    grave = [
        (each["id"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert grave == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
    assert page.said == [], name


def key_of(crew: int) -> str:
    return f"calendar.evening_report#1@crew_{crew}_leader"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda one: f"{one[0]}-{one[1]['width']}")
def test_the_duty_officers_day(browser: Any, evening: DutyDay, address: str, screen: Any) -> None:
    comes = evening.place.rules().roster.planned("duty_officer", evening.clock.at)[0]
    page = opened(browser, evening, address, comes, screen)
    page.goto(f"{address}/duty")
    sound(page, screen, "duty")
    page.goto(f"{address}/day/{evening.place.code}")
    sound(page, screen, "day")
    page.goto(f"{address}/today/day/{evening.case}/handover")
    sound(page, screen, "handover")
    page.goto(f"{address}/today/answer/{evening.case}")
    sound(page, screen, "answer")
    page.context.close()


@pytest.mark.parametrize(("crew", "screen"), list(enumerate(SCREENS, 1)))
def test_a_crew_leader_reports_in_one_press(
    browser: Any, evening: DutyDay, address: str, crew: int, screen: Any
) -> None:
    page = opened(browser, evening, address, f"crew_{crew}_leader", screen)
    page.goto(f"{address}/duty")
    page.click("a[href^='/today']")
    sound(page, screen, "report")
    page.fill("[name=present]", "12")
    box = page.locator("button[name=nothing]").bounding_box()
    assert box["height"] >= 88 and box["y"] + box["height"] <= screen[1]["height"], (
        "under the thumb, unscrolled"
    )
    page.click("button[name=nothing]")
    page.wait_for_selector("#daily-said.ok")
    owed = evening.state().obligations[key_of(crew)]
    assert owed.answers == {"nothing": True, "present": 12} and owed.status == "done"
    page.reload()
    sound(page, screen, "reported")
    assert page.locator(".given li.kept").count() == 1
    page.context.close()


def test_without_signal_it_is_kept_and_counts_from_when_it_was_pressed(
    browser: Any, evening: DutyDay, address: str
) -> None:
    screen = ("zh-CN", PHONE)
    page = opened(browser, evening, address, "crew_5_leader", screen)
    page.goto(f"{address}/today")
    for _ in range(100):
        if page.evaluate(f"navigator.serviceWorker.ready.then(() => {KEPT})"):
            break
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".notice.warn").first).to_contain_text("没有信号")
    page.said.clear()
    page.fill("[name=what]", "东门有树倒了")
    page.click("button[name=send]")
    page.wait_for_selector("#kept:not([hidden])")
    assert page.inner_text("#kept-count") == "1"
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "offline-360-zh.png"), full_page=True)
    page.wait_for_timeout(1_200)
    assert evening.state().obligations[key_of(5)].is_open
    page.context.set_offline(False)
    page.wait_for_selector("#daily-said.ok")
    page.wait_for_selector("#kept", state="hidden")
    owed = evening.state().obligations[key_of(5)]
    assert owed.answers == {"what": "东门有树倒了"}
    assert owed.marks[Verb.DONE].at <= evening.clock.at - 1_000, "when it was pressed, not when it came"
    page.context.close()


def test_without_script_it_is_the_same(browser: Any, evening: DutyDay, address: str) -> None:
    screen = ("zh-CN", PHONE)
    page = opened(browser, evening, address, "crew_6_leader", screen, java_script_enabled=False)
    page.goto(f"{address}/today")
    page.click("button[name=nothing]")
    expect(page.locator("#recorded")).to_contain_text("无事")
    assert evening.state().obligations[key_of(6)].status == "done"
    page.context.close()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda one: f"{one[0]}-{one[1]['width']}")
def test_the_supervisors_day(browser: Any, evening: DutyDay, address: str, screen: Any) -> None:
    page = opened(browser, evening, address, "quality_safety_supervisor", screen)
    page.goto(f"{address}/board")
    sound(page, screen, "board")
    page.click(".strip a")
    page.goto(f"{address}/rounds/{evening.place.code}")
    sound(page, screen, "rounds")
    page.click(".day-list a")
    sound(page, screen, "round")
    page.goto(f"{address}/rounds/{evening.place.code}/trend")
    sound(page, screen, "trend")
    page.context.close()


def test_the_handover_is_accepted_on_a_phone(browser: Any, evening: DutyDay, address: str) -> None:
    screen = ("zh-CN", PHONE)
    goes = evening.place.rules().roster.planned("duty_officer", at(SUMMER, "17:59"))[0]
    comes = evening.place.rules().roster.planned("duty_officer", evening.clock.at)[0]
    page = opened(browser, evening, address, goes, screen)
    page.goto(f"{address}/today/day/{evening.case}/handover")
    page.fill("[name=text]", "二班在北街，八点前收工")
    page.click("form:has([name=text]) button")
    expect(page.locator("#h-notes ~ ul")).to_contain_text("二班在北街")
    page.context.close()
    page = opened(browser, evening, address, comes, screen)
    page.goto(f"{address}/duty")
    page.click("a[href*='/handover']")
    expect(page.locator(".notice.warn")).to_contain_text("尚未交接")
    page.check("[name='a.taken_over'][value=yes]")
    page.fill("[name='a.on_post']", "2")
    page.click("#h-accept ~ form button")
    expect(page.locator("#recorded")).to_be_visible()
    assert page.locator(".notice.warn").count() == 0
    sound(page, screen, "handed")
    assert comes in wiring.record().rules(evening.place.site).roster.holders("duty_officer", evening.clock.at)
    page.context.close()


@pytest.fixture
def earlier(evening: DutyDay) -> Iterator[DutyDay]:
    """Ten past seven two days before, elsewhere: five of six crews have reported."""
    evening.clock.at = at("2027-06-27", "09:00")
    day = DutyDay(house(), evening.clock, "2027-06-29").begin().settle("18:30")
    for crew in range(1, 6):
        day.do(day.place.holder(f"crew_{crew}_leader"), key_of(crew), nothing=True, present=crew)
    yield day.settle("19:10")
    evening.clock.at = at(SUMMER, "18:10")


def test_the_leader_receives_and_prints_the_summary(browser: Any, earlier: DutyDay, address: str) -> None:
    screen = ("zh-CN", PHONE)
    page = opened(browser, earlier, address, "project_manager", screen, accept_downloads=True)
    page.goto(f"{address}/duty")
    page.click(f"a[href='/today/day/{earlier.case}']")
    page.click("button.grow")
    expect(page.locator("#recorded")).to_be_visible()
    expect(page.locator(".big-code")).to_contain_text("校验码")
    sound(page, screen, "summary")
    with page.expect_download() as waited:
        page.click("form[action$='/mark'] button")
    assert Path(waited.value.path()).read_bytes()[:5] == b"%PDF-"
    if SHOTS:
        waited.value.save_as(str(Path(SHOTS) / "summary.pdf"))
    page.context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_the_trend_begins_at_the_newest_month(
    browser: Any, evening: DutyDay, address: str, width: int
) -> None:
    """Also without script; on a phone with a word that there is more to the left."""
    screen = ("zh-CN", {"width": width, "height": 800})
    page = opened(browser, evening, address, "safety_officer", screen, java_script_enabled=False)
    page.goto(f"{address}/rounds/{evening.place.code}/trend")
    frame = page.locator(".plot > .scroll").bounding_box()
    newest = page.locator(".plot svg text", has_text=re.compile("^27-07$")).bounding_box()
    assert frame["x"] <= newest["x"] and newest["x"] + newest["width"] <= frame["x"] + frame["width"]
    assert page.locator(".to-scroll").is_visible() is (width == 360)
    page.context.close()
