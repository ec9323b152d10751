"""Every page, for everybody who may open it, in both languages, on a small phone and on a room's screen.

On each: no serious finding of axe-core, nothing in the console, no request to anybody else, nothing to be scrolled
sideways on the phone.
"""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from dutyroom.adapters import postgres
from tests.browser.people import DESK, PHONE, Person, Town, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SERIOUS = {"serious", "critical"}
SIZES = {360: PHONE, 1440: DESK}
EVERYBODY = ("/r/{site}", "/r/{site}/poster", "/nothing-here")
SIGNED_IN = ("/duty", "/r/{site}/phone", "/plan/{site}")
# Who opens what, besides what everybody opens. "duty" is signed in by a call's link, on a shared phone.
OPENS: dict[str, tuple[str, ...]] = {
    "anonymous": ("/", "{invitation}", *EVERYBODY),
    "duty": (*SIGNED_IN, "/c/{case}"),
    "crew_1_leader": (*SIGNED_IN, "/board"),
    "project_manager": (*SIGNED_IN, "/board", "/c/{case}", "/people", "/people/{person}/invite"),
    "superior_duty": (*SIGNED_IN, "/board", "/c/{case}"),
}


@pytest.fixture(scope="module")
def running_case(demo: dict[str, Any], browser: Any) -> dict[str, str]:
    """A case far enough that its page shows most of its parts, and the link by which its officer was called."""
    town = Town(demo, browser)
    worker = town.person(PHONE).go("/r/demo")
    for name, value in {"where": "东环路", "affected": "12", "what": "十二人未出车"}.items():
        worker.page.locator(f"[name={name}]").fill(value)
    worker.page.locator("#send").click()
    worker.page.locator("#receipt-code").wait_for()
    call = until(lambda: town.messages("核实情况"))[0]
    officer = town.person(PHONE)
    officer.sign_in(call["link"])
    case = officer.page.url.split("/c/")[1].split("?")[0]
    officer.open_case(case)
    officer.press("verify", "taken")
    officer.does("verify", kind="collective_dispute", affected="12", injured="0", how_checked="通话")
    officer.does("grade", level="II", proposal="对话")
    leader = town.holder("project_manager").open_case(case)
    leader.does("activate", order="启动")
    leader.does("commitment", promise="明日发放", owner="operations_manager", due=leader.soon(1440))
    officer.does("draft_statement", statement="今日有员工反映工资发放问题")
    device = next(one["value"] for one in officer.context.cookies() if one["name"] == "device")
    town.close()
    return {"case": case, "duty": device}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("who", OPENS)
def test_pages_are_usable(
    town: Town, demo: dict[str, Any], running_case: dict[str, str], who: str, width: int, language: str
) -> None:
    person = visitor(town, demo, running_case, who, width, language)
    named = {
        "site": "demo",
        "case": running_case["case"],
        "invitation": demo["sign_in"]["crew_2_leader"],
        "person": anybody(demo),
    }
    for address in OPENS[who]:
        person.go(address.format(**named))
        open_everything(person.page)
        assert person.page.locator("html").get_attribute("lang").startswith(language), address
        assert findings(person.page) == [], (address, width, language)
        if width == 360:
            wide = person.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (address, wide)


def test_refused_form_and_receipt(town: Town, running_case: dict[str, str]) -> None:
    """Pages that only a posted form leads to."""
    leader = town.holder("project_manager", PHONE).open_case(running_case["case"])
    leader.is_refused("propose_close", summary="平稳")
    assert findings(leader.page) == []
    worker = town.person(PHONE, java_script_enabled=False).go("/r/demo")
    worker.page.locator("#send").click()
    assert findings_without_scripts(town, worker) == []
    for name, value in {"where": "东环路", "affected": "1", "what": "路面油污"}.items():
        worker.page.locator(f"[name={name}]").fill(value)
    worker.page.locator("#send").click()
    worker.page.locator(".receipt").wait_for()
    assert findings_without_scripts(town, worker) == []


def visitor(
    town: Town, demo: dict[str, Any], running_case: dict[str, str], who: str, width: int, language: str
) -> Person:
    if who == "anonymous":
        return town.person(SIZES[width], language)
    person = town.person(SIZES[width], language) if who == "duty" else town.holder(who, SIZES[width])
    cookies = {"lang": language} | ({"device": running_case["duty"]} if who == "duty" else {})
    person.context.add_cookies([{"name": n, "value": v, "url": town.url} for n, v in cookies.items()])
    return person


def anybody(demo: dict[str, Any]) -> str:
    """A person's id, which no page shows: from the demo's own database."""
    server = postgres.start(Path(demo["data"]) / "demo" / "postgres")
    with psycopg.connect(server.dsn, options="-c app.tenant=*") as connection:
        row = connection.execute("SELECT id::text FROM store_person ORDER BY number LIMIT 1").fetchone()
    assert row is not None
    return str(row[0])


def open_everything(page: Any) -> None:
    """Folded parts count as well."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def findings(page: Any) -> list[tuple[str, str, list[Any]]]:
    """What axe-core calls serious or critical: rule, impact, where."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]][:5])
        for one in found
        if one["impact"] in SERIOUS
    ]


def findings_without_scripts(town: Town, person: Person) -> list[tuple[str, str, list[Any]]]:
    """The same for a page that came without scripts: looked at in a browser that has them."""
    page = town.person(PHONE).page
    page.route("**/shown", lambda route: route.fulfill(body=person.page.content(), content_type="text/html"))
    page.goto(town.url + "/shown")
    return findings(page)
