"""A year of the reference plan rostered on the page for its sixty people, proved, published; and mended at night.

The longest test of the pages: the making alone is a year with every shift proved against anybody missing.
"""

import re
import time
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.instants import DAY
from dutyroom.store.calendars import calendar_of, take_in_notices
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.wiring import staffing
from dutyroom.wiring.rostermaker import work
from tests.web.builder import PLAN_FOLDER, House, execute, house, one, rows
from tests.web.proved import CHANNELS
from tests.web.serving import served
from tests.web.test_roster_in_chromium import DESK, PHONE, looked_at, opened, sound

YEAR = 2027


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """The reference project with sixty people who can be called, and the days off of the year to come."""
    made = house()
    text = (PLAN_FOLDER / "calendar.yaml").read_text(encoding="utf-8")
    own, _ = read_calendar(text)
    assert own is not None
    if YEAR not in calendar_of(wiring.pool(), made.site).calendar.years():
        now = wiring.clock().now()
        take_in_notices(wiring.pool(), made.site, own.notices, text, wiring.new_id, now)
    looked = staffing.look((PLAN_FOLDER / "people-60.xlsx").read_bytes(), made.site)
    assert looked.possible and looked.given is not None
    staffing.carry_out(looked.given, made.site)
    execute("DELETE FROM store_channel WHERE tenant = %s", made.tenant)
    for place, kind in enumerate(CHANNELS):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "SELECT tenant, id, %s, %s, 'x', 0 FROM store_person WHERE tenant = %s",
            place, kind, made.tenant,
        )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", made.site)
    return made


def sent(home: House, who: str, address: str, **typed: str) -> Any:
    return home.browser(who).post(address, typed)


def test_a_year_is_made_proved_approved_and_published(home: House) -> None:
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    rules = (PLAN_FOLDER / "rostering.yaml").read_text(encoding="utf-8")
    span = {"first": f"{YEAR}-01-01", "last": f"{YEAR}-12-31"}
    answer = sent(
        home, "project_manager", f"/roster/{home.code}/make", rules=rules, proved="yes", do="make", **span
    )  # fmt: skip
    place = answer.headers["location"]
    assert work(1)
    row = one("SELECT state, result, findings FROM store_rosterdraft WHERE site_id = %s", home.site)
    print(row)
    assert row["state"] == "draft" and row["findings"] == []
    assert row["result"]["missing"] == 1 and row["result"]["holes"] == 0 and row["result"]["empty"] == 0
    page = home.browser("project_manager").get(place).content.decode()
    assert "任何一个人缺席，都有人按时接手" in page
    for who, do in (
        ("project_manager", "propose"),
        ("quality_safety_supervisor", "approve"),
        ("project_manager", "publish"),
    ):
        assert sent(home, who, place, do=do).status_code == 303, do
    turns = one(
        "SELECT count(*) AS n, count(DISTINCT person_id) AS people FROM store_duty WHERE site_id = %s "
        "AND NOT standing AND starts_at >= '2027-01-01T00:00+08:00' AND starts_at < '2028-01-01T00:00+08:00'",
        home.site,
    )  # fmt: skip
    assert turns["n"] > 2000 and turns["people"] > 50
    month = home.browser("crew_1_leader").get(f"/roster/{home.code}?at={YEAR}-02-06&by=post").content.decode()
    assert "春节" in month


def test_somebody_ill_tonight_is_mended_in_one_press(home: House) -> None:
    """After the year above, an evening in it: an officer whose turn begins tonight."""
    tonight = rows(
        "SELECT d.person_id::text AS person, p.name, d.starts_at FROM store_duty d JOIN store_person p "
        "ON p.id = d.person_id WHERE d.site_id = %s AND d.role = 'duty_officer' AND d.place = 0 AND NOT d.standing "
        "AND d.starts_at > '2027-03-01' ORDER BY d.starts_at LIMIT 1",
        home.site,
    )[0]  # fmt: skip
    day = to_datetime(from_datetime(tonight["starts_at"]) + DAY // 3).date()
    browser = home.browser("project_manager")
    began = time.monotonic()
    page = browser.get(
        f"/roster/{home.code}/away?person={tonight['person']}&from={day}&until={day}"
    ).content.decode()
    ways = re.findall(r'name="way" value="([^"]+)"', page)
    looked = time.monotonic() - began
    assert ways and tonight["name"] in page and "<del>" in page, page[page.find("<h1>") :][:2000]
    given = {
        "person": tonight["person"],
        "from": f"{day}",
        "until": f"{day}",
        "way": ways[0],
        "reason": "补班",
    }
    assert browser.post(f"/roster/{home.code}/away", given).status_code == 303
    whole = time.monotonic() - began
    print(f"looked {looked:.2f} s, whole {whole:.2f} s, {len(ways)} ways")
    after = rows(
        "SELECT person_id::text AS person FROM store_duty WHERE site_id = %s AND role = 'duty_officer' AND place = 0 "
        "AND starts_at = %s",
        home.site, tonight["starts_at"],
    )  # fmt: skip
    assert [row["person"] for row in after] != [tonight["person"]] and len(after) == 1


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("look", ["view=month&by=post", "view=month&by=person", "view=week&by=post"])
def test_a_month_of_sixty_people_can_be_read(browser: Any, home: House, look: str, size: Any) -> None:
    with served() as address:
        page = opened(browser, home, address, size, "zh-CN", "project_manager")
        page.goto(f"{address}/roster/{home.code}?{look}&at={YEAR}-02-06")
        looked_at(page, f"year-{size['width']}-{look.replace('&', '-')}")
        sound(page, size)
        page.context.close()
