"""The pages of people in a real browser: readable by everybody, on a phone and on a desk, in both languages; and a list
taken in by hand, from choosing the file to confirming, also without script."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook

from dutyroom import wiring
from dutyroom.core.instants import DAY, HOUR
from dutyroom.store import leaves
from dutyroom.store.instants import to_datetime
from tests.adapters.spoiled import SPOILED, book
from tests.web.builder import House, device, execute, house, one
from tests.web.serving import served

pytestmark = pytest.mark.browser
SIZES = ({"width": 360, "height": 740}, {"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    """A project whose safety officer has telephones, leave and a wish."""
    made = house()
    officer, now = made.holder("safety_officer"), wiring.clock().now()
    execute("DELETE FROM store_sparechannel WHERE person_id = %s", officer)
    given = (
        ("sms", "13800000005", True),
        ("voice", "13800000005", True),
        ("email", "gong.yan@example.com", False),
    )
    for place, (kind, address, answered) in enumerate(given, 1):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds, answered_at) "
            "VALUES (%s, %s, %s, %s, %s, 0, %s)", made.tenant, officer, place, kind, address,
            to_datetime(now - 3 * HOUR) if answered else None,
        )  # fmt: skip
    execute(
        "INSERT INTO store_sparechannel (tenant, person_id, kind, address) VALUES (%s, %s, 'wecom', 'GongYan')",
        made.tenant, officer,
    )  # fmt: skip
    first = to_datetime(now + 20 * DAY).date()
    leaves.note(wiring.pool(), officer, "annual", first, first, now)
    later = to_datetime(now + 40 * DAY).date()
    leaves.wish(wiring.pool(), officer, "other", later, later, now)
    return made


@pytest.fixture(scope="module")
def address(open_database: None) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def lists(home: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A list that can be taken in, and a spoiled one."""
    folder = tmp_path_factory.mktemp("lists")
    data = home.browser("project_manager").get(f"/sites/{home.code}/people.xlsx").content
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook["花名册"]
    sheet.append(["P099", "新同事", "质安部", "安全员", "13800000099", None, None, None, "中文、英文"])
    for row in list(sheet.iter_rows()):
        if row[0].value == "P003":
            row[4].value, row[3].value = "13800000033", "运营主管、安全员"
        if row[0].value == "P036":
            sheet.delete_rows(int(row[0].row or 0))
    workbook.save(folder / "good.xlsx")

    def spoil(_: Any, page: Any) -> None:
        page["E4"], page["D5"], page["K5"], page["M1"], page["M2"] = (
            "1.38E+10",
            "安金员",
            "2月30日",
            "身份证号",
            "x",
        )

    (folder / "bad.xlsx").write_bytes(book(spoil))
    (folder / "gbk.csv").write_bytes(SPOILED["CSV in GBK"].data)
    return {
        name: folder / file for name, file in (("good", "good.xlsx"), ("bad", "bad.xlsx"), ("gbk", "gbk.csv"))
    }


def opened(
    browser: Any, home: House, address: str, person: str, size: Any, language: str, **more: Any
) -> Any:
    """A page signed in as the person, keeping what its console says as `said`."""
    context = browser.new_context(locale=language, viewport=size, **more)
    context.add_cookies([{"name": "device", "value": device(home, person), "url": address}])
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    return page


def judge(page: Any, size: Any) -> None:
    """Nobody is shut out of what is open now, nothing is wider than the window, nothing is refused by the browser."""
    for folded in page.query_selector_all("details:not([open]) > summary"):
        folded.click()
    found = Axe().run(page)
    grave = [each["id"] for each in found.response["violations"] if each["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main a.btn, main input:not([type=radio],[type=hidden])')]"
        ".filter(e => e.offsetParent && !e.classList.contains('sr') && e.getBoundingClientRect().height < 40)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []
    refused = [each for each in page.said if "400 (Bad Request)" not in each]  # a refusal is a 400 page
    assert refused == []


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("which", ["me", "people", "person", "sites", "import"])
def test_everybody_can_read_them(
    browser: Any, home: House, address: str, which: str, language: str, size: Any
) -> None:
    officer = home.holder("safety_officer")
    path = {"person": f"people/{officer}", "import": f"sites/{home.code}/people/import"}.get(which, which)
    who = officer if which == "me" else home.holder("project_manager")
    page = opened(browser, home, address, who, size, language)
    page.goto(f"{address}/{path}")
    judge(page, size)
    page.context.close()


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("which", ["good", "bad"])
def test_the_preview_can_be_read_by_everybody(
    browser: Any, home: House, address: str, lists: dict[str, Path], which: str, language: str, size: Any
) -> None:
    page = opened(browser, home, address, home.holder("project_manager"), size, language)
    page.goto(f"{address}/sites/{home.code}/people/import")
    page.set_input_files("#list", lists[which])
    page.click("form[enctype] button")
    page.wait_for_selector("#i-changes" if which == "good" else "#i-faults")
    if which == "good":
        sums = [each.inner_text() for each in page.query_selector_all(".sums b")]
        assert sums == ["1", "1", "1", "26"]
    if which == "bad":
        assert {each.inner_text() for each in page.query_selector_all(".faults code")} == {
            "人员!E4", "人员!D5", "人员!K5",
        }  # fmt: skip
    judge(page, size)
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_list_is_taken_in_by_hand(browser: Any, address: str, script: bool, lists: dict[str, Path]) -> None:
    home = house()
    page = opened(
        browser, home, address, home.holder("project_manager"), SIZES[0], "zh-CN", java_script_enabled=script
    )
    page.goto(f"{address}/sites/{home.code}/people/import")
    page.set_input_files("#list", lists["good"])
    page.click("form[enctype] button")
    page.click("form[action$=confirm] button")
    page.wait_for_selector(".notice.ok")
    assert one("SELECT ends_at FROM store_person WHERE id = %s", home.people["P036"])["ends_at"]
    assert (
        one("SELECT count(*) AS n FROM store_person WHERE tenant = %s AND number = 'P099'", home.tenant)["n"]
        == 1
    )
    page.context.close()


def test_ones_own_data_is_changed_with_one_hand(browser: Any, address: str) -> None:
    """On a phone without script: a telephone corrected by the return key, which saves and moves nothing."""
    home = house()
    officer = home.holder("safety_officer")
    execute(
        "UPDATE store_sparechannel SET address = '13800000005' WHERE person_id = %s AND kind = 'sms'", officer
    )
    page = opened(browser, home, address, officer, SIZES[0], "zh-CN", java_script_enabled=False)
    page.goto(f"{address}/me")
    field = page.locator("input[name^=address][inputmode=tel]").first
    field.fill("13800000066")
    field.press("Enter")
    page.wait_for_selector(".notice.ok")
    kept = one("SELECT address FROM store_sparechannel WHERE person_id = %s AND kind = 'sms'", officer)
    assert kept["address"] == "13800000066"
    page.context.close()
