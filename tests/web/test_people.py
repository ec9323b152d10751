"""Pages of people: a list is previewed and confirmed whole, leave is wished for and noted, own data is one's own."""

import io
import re
import uuid
from collections.abc import Callable
from itertools import cycle

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom import wiring
from dutyroom.store.instants import to_datetime
from tests.adapters.spoiled import SPOILED
from tests.web.builder import PHONE, House, bare_site, execute, house, newcomer, one, rows

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def spoilt(open_database: None) -> House:
    """A site that spoiled lists are brought to; none of them may change it."""
    return house()


def import_of(home: House) -> str:
    return f"/sites/{home.code}/people/import"


def bring(browser: Client, home: House, data: bytes, name: str = "people.xlsx") -> str:
    """The page that comes of an upload."""
    answer = browser.post(import_of(home), {"list": SimpleUploadedFile(name, data, SHEET)})
    assert answer.status_code in (200, 400)
    return answer.content.decode()


def exported(home: House, change: Callable[[Worksheet], object] | None = None) -> bytes:
    """The site's own list, after a change."""
    answer = home.browser("project_manager").get(f"/sites/{home.code}/people.xlsx")
    assert answer.status_code == 200
    if change is None:
        return answer.content
    book = load_workbook(io.BytesIO(answer.content))
    change(book["花名册"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def state_in(page: str) -> str:
    found = re.search(r'name="state" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def known(home: House) -> list[tuple[object, ...]]:
    """Everything a list could change."""
    people = rows("SELECT * FROM store_person WHERE tenant = %s ORDER BY number", home.tenant)
    channels = rows("SELECT * FROM store_channel WHERE tenant = %s ORDER BY id", home.tenant)
    spare = rows("SELECT * FROM store_sparechannel WHERE tenant = %s ORDER BY id", home.tenant)
    leave = rows("SELECT * FROM store_leave WHERE tenant = %s ORDER BY id", home.tenant)
    site = rows("SELECT version, headcounts::text FROM store_site WHERE tenant = %s ORDER BY id", home.tenant)
    return [tuple(each.values()) for part in (people, channels, spare, leave, site) for each in part]


def join(sheet: Worksheet) -> None:
    sheet.append(["P099", "新同事", "质安部", "安全员", "13800000099"])


# ---- taking a list in


@pytest.mark.parametrize(("name", "language"), list(zip(SPOILED, cycle(["zh", "en"]), strict=False)))
def test_a_spoiled_list_is_answered_by_cell_and_changes_nothing(
    spoilt: House, name: str, language: str
) -> None:
    before = known(spoilt)
    page = bring(spoilt.browser("project_manager", language=language), spoilt, SPOILED[name].data)
    spoiled = SPOILED[name]
    # Which plans and channels there are is this site's own: these two speak of others.
    if name not in ("post of another plan", "channel nobody carries"):
        for _, place in spoiled.found:
            assert place == "workbook" or f"<code>{place}</code>" in page
    assert ('name="state"' in page) == spoiled.taken
    assert known(spoilt) == before


def test_the_preview_says_who_joins_leaves_and_changes_and_confirming_does_it() -> None:
    home = house()
    browser = home.browser("project_manager")

    def change(sheet: Worksheet) -> None:
        join(sheet)
        sheet["B2"] = "沈国栋"
        for cells in list(sheet.iter_rows()):
            if cells[0].value == "P006":
                sheet.delete_rows(int(cells[0].row or 0))

    before = known(home)
    page = bring(browser, home, exported(home, change))
    for said in ("新同事", "毕海涛", "<del>沈国梁</del>", "<ins>沈国栋</ins>", "一班"):
        assert said in page
    assert known(home) == before
    answer = browser.post(f"/sites/{home.code}/people/confirm", {"state": state_in(page)})
    assert (answer.status_code, answer["Location"]) == (303, f"{import_of(home)}?done=1")
    assert one("SELECT name FROM store_person WHERE id = %s", home.people["P001"])["name"] == "沈国栋"
    assert one("SELECT ends_at FROM store_person WHERE id = %s", home.people["P006"])["ends_at"]
    actors = rows(
        "SELECT DISTINCT actor FROM store_entry WHERE site_id = %s AND type ~ '^Pe(rson|ople)'", home.site
    )
    assert [each["actor"] for each in actors] == [home.holder("project_manager")]


def test_the_list_given_out_changes_nothing() -> None:
    home = house()
    page = bring(home.browser("project_manager"), home, exported(home))
    assert "没有改动" in page and 'name="state"' not in page


def test_what_changed_meanwhile_is_shown_anew_and_not_overwritten() -> None:
    home = house()
    browser = home.browser("project_manager")
    state = state_in(bring(browser, home, exported(home, join)))
    execute("UPDATE store_person SET name = '另名' WHERE id = %s", home.people["P005"])
    before = known(home)
    answer = browser.post(f"/sites/{home.code}/people/confirm", {"state": state})
    page = answer.content.decode()
    assert answer.status_code == 400 and "预览之后" in page and "<del>另名</del>" in page
    assert known(home) == before
    assert browser.post(f"/sites/{home.code}/people/confirm", {"state": state_in(page)}).status_code == 303


def test_a_confirmation_is_good_for_its_own_site_only_and_not_by_hand() -> None:
    company = bare_site()
    home = house(company.code)
    other = house()
    state = state_in(bring(home.browser("project_manager"), home, exported(home, join)))
    before = known(home), known(other)
    for browser, site, given in (
        (other.browser("project_manager"), other, state),
        (home.browser("project_manager"), home, state[:-4] + "AAAA"),
        (home.browser("project_manager"), home, ""),
    ):
        answer = browser.post(f"/sites/{site.code}/people/confirm", {"state": given})
        assert answer.status_code == 400 and "重新选择文件" in answer.content.decode()
    assert (known(home), known(other)) == before


def test_nobody_without_a_post_travels_to_the_confirmation(spoilt: House) -> None:
    from django.core import signing

    page = bring(spoilt.browser("project_manager"), spoilt, SPOILED["comments"].data)
    held = str(signing.loads(state_in(page), salt="dutyroom.people.list"))
    assert "龚龑" in held
    for word in ("李春生", "王秀英", "C029", "高血压"):
        assert word not in held and word not in page


def test_an_upload_without_a_file_or_far_too_large_is_told(spoilt: House) -> None:
    browser = spoilt.browser("project_manager", language="en")
    answer = browser.post(import_of(spoilt), {})
    assert answer.status_code == 400 and "No file was chosen" in answer.content.decode()
    assert "larger than 10 MB" in bring(browser, spoilt, b"PK\x03\x04" + b"\0" * 10_000_001)


def test_a_site_without_a_plan_is_told_so() -> None:
    company = bare_site()
    home = house(company.code)
    leader = home.browser("project_manager")
    code = "k" + uuid.uuid4().hex[:9]
    typed = {
        "parent": home.code,
        "kind": "crew",
        "code": code,
        "name_zh": "甲班",
        "name_en": "Crew",
        "phone": PHONE,
    }
    assert leader.post("/sites/add", typed).status_code == 303
    answer = leader.post(
        f"/sites/{code}/people/import", {"list": SimpleUploadedFile("a.xlsx", exported(home), SHEET)}
    )
    assert answer.status_code == 400 and "没有生效的预案" in answer.content.decode()
    assert leader.get(f"/sites/{code}/people.xlsx").status_code == 400


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    home = house()
    execute("UPDATE store_person SET unit = '=HYPERLINK(\"http://x\")' WHERE id = %s", home.people["P005"])
    sheet = load_workbook(io.BytesIO(exported(home)))["花名册"]
    cells = [cell for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


# ---- people, leave, leaving


def test_a_leader_notes_leave_and_who_is_away_is_not_asked() -> None:
    home = house()
    browser, officer = home.browser("project_manager"), home.holder("safety_officer")
    day = to_datetime(wiring.clock().now()).date().isoformat()
    page = f"/people/{officer}"
    assert browser.get(page).status_code == 200
    answer = browser.post(
        f"{page}/change", {"do": "note", "kind": "sick", "first": day, "last": "2099-01-01"}
    )
    assert answer.status_code == 400 and "400 天" in answer.content.decode()
    later = to_datetime(wiring.clock().now() + 3 * 86_400_000).date().isoformat()
    answer = browser.post(f"{page}/change", {"do": "note", "kind": "sick", "first": day, "last": later})
    assert answer.status_code == 303
    assert "休假中" in browser.get("/people").content.decode()
    leave = one("SELECT id::text FROM store_leave WHERE person_id = %s", officer)["id"]
    assert browser.post(f"{page}/change", {"do": f"back:{leave}"}).status_code == 303
    assert browser.post(f"{page}/change", {"do": f"back:{leave}"}).status_code == 400


def test_a_person_wishes_for_leave_and_a_leader_answers() -> None:
    home = house()
    officer = home.holder("safety_officer")
    own, leader = home.browser(officer), home.browser("project_manager")
    answer = own.post(
        "/me/leave", {"do": "wish", "kind": "annual", "first": "2099-02-30", "last": "2099-03-01"}
    )
    assert answer.status_code == 400 and "请填写日期" in answer.content.decode()
    given = {"do": "wish", "kind": "annual", "first": "2099-02-01", "last": "2099-02-03"}
    assert own.post("/me/leave", given).status_code == 303
    assert "休假申请待答复" in leader.get("/people").content.decode()
    wish = one("SELECT id::text FROM store_leave WHERE person_id = %s", officer)["id"]
    assert leader.post(f"/people/{officer}/change", {"do": f"grant:{wish}"}).status_code == 303
    assert one("SELECT state FROM store_leave WHERE id = %s", wish)["state"] == "noted"
    assert "已登记" in own.get("/me").content.decode()


def test_nobody_answers_the_leave_of_somebody_else() -> None:
    home = house()
    officer, other = home.holder("safety_officer"), home.holder("crew_1_leader")
    given = {"do": "wish", "kind": "annual", "first": "2099-02-01", "last": "2099-02-03"}
    assert home.browser(officer).post("/me/leave", given).status_code == 303
    wish = one("SELECT id::text FROM store_leave WHERE person_id = %s", officer)["id"]
    assert home.browser(other).post("/me/leave", {"do": f"back:{wish}"}).status_code == 400
    assert home.browser(other).post(f"/people/{officer}/change", {"do": f"grant:{wish}"}).status_code == 403
    leader = home.browser("project_manager")
    assert leader.post(f"/people/{other}/change", {"do": f"grant:{wish}"}).status_code == 400
    assert one("SELECT state FROM store_leave WHERE id = %s", wish)["state"] == "wished"


def test_a_leader_neither_notes_nor_grants_the_own_leave() -> None:
    home = house()
    leader = home.holder("project_manager")
    own, other = home.browser(leader), home.browser("quality_safety_supervisor")
    note = {"do": "note", "kind": "annual", "first": "2099-02-01", "last": "2099-02-03"}
    page = own.get(f"/people/{leader}").content.decode()
    assert 'value="note"' not in page and "由另一位负责人答复" in page
    answer = own.post(f"/people/{leader}/change", note)
    assert answer.status_code == 400 and "自己的休假" in answer.content.decode()
    assert own.post("/me/leave", note | {"do": "wish"}).status_code == 303
    wish = one("SELECT id::text FROM store_leave WHERE person_id = %s", leader)["id"]
    assert "grant:" not in own.get(f"/people/{leader}").content.decode()
    answer = own.post(f"/people/{leader}/change", {"do": f"grant:{wish}"})
    assert answer.status_code == 400 and "自己的休假" in answer.content.decode()
    assert one("SELECT state FROM store_leave WHERE id = %s", wish)["state"] == "wished"
    assert other.post(f"/people/{leader}/change", {"do": f"grant:{wish}"}).status_code == 303
    assert one("SELECT state FROM store_leave WHERE id = %s", wish)["state"] == "noted"


def test_a_leader_does_not_note_the_own_leave_by_a_list_either() -> None:
    home = house()
    browser, leader = home.browser("project_manager"), home.holder("project_manager")
    number = one("SELECT number FROM store_person WHERE id = %s", leader)["number"]
    book = load_workbook(io.BytesIO(exported(home)))
    book["休假"].append([number, "年假", "2099-02-01", "2099-02-03"])
    out = io.BytesIO()
    book.save(out)
    before = known(home)
    state = state_in(bring(browser, home, out.getvalue()))
    answer = browser.post(f"/sites/{home.code}/people/confirm", {"state": state})
    assert answer.status_code == 400 and "您自己的新休假" in answer.content.decode()
    assert known(home) == before


def test_a_turn_at_another_site_does_not_show_who_of_it_is_away() -> None:
    company = bare_site()
    home = house(company.code)
    there = house(company.code)
    leader, day = home.holder("project_manager"), 86_400_000
    at = wiring.clock().now() + 300 * day
    stranger = newcomer(there)
    execute("UPDATE store_person SET name = '邻家的人' WHERE id = %s", stranger)
    execute("DELETE FROM store_duty WHERE site_id = %s AND person_id = %s", there.site, leader)
    for person in (leader, stranger):
        execute(
            "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at, ends_at) "
            "SELECT tenant, id, 'duty_officer', %s, 7, false, %s, %s FROM store_site WHERE id = %s",
            person, to_datetime(at), to_datetime(at + day), there.site,
        )  # fmt: skip
        at += day
    browser = home.browser(leader)
    assert browser.get(f"/roster/{there.code}").status_code == 200  # the project itself is theirs to see
    page = browser.get("/people").content.decode()
    assert "邻家的人" not in page and leader in page


def test_somebody_leaves_by_a_last_day_and_cannot_sign_in_after_it() -> None:
    home = house()
    officer, browser = home.holder("safety_officer"), home.browser("project_manager")
    own = home.browser(officer)
    answer = browser.post(f"/people/{officer}/change", {"do": "leave", "last": "2000-01-01"})
    assert answer.status_code == 400 and "早于到岗日期" in answer.content.decode()
    day = to_datetime(wiring.clock().now() + 8 * 3_600_000).date().isoformat()
    assert browser.post(f"/people/{officer}/change", {"do": "leave", "last": day}).status_code == 303
    assert own.get("/me").status_code == 200, "the last day is a whole day"
    execute("UPDATE store_person SET ends_at = now() WHERE id = %s", officer)
    assert own.get("/me").status_code == 401


# ---- one's own data


def test_a_changed_telephone_is_unproved_until_it_is_answered() -> None:
    home = house()
    person = home.holder("safety_officer")
    execute("DELETE FROM store_sparechannel WHERE person_id = %s", person)
    for place, kind in ((1, "sms"), (2, "voice")):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds, answered_at) "
            "VALUES (%s, %s, %s, %s, '13800000005', 0, now() - interval '1 hour')", home.tenant, person, place, kind,
        )  # fmt: skip
    browser = home.browser(person)
    assert "应答过" in browser.get("/me").content.decode()
    answer = browser.post("/me/change", {"do": "save", "address0": "138 0000 0066", "language": "zh"})
    assert answer.status_code == 303
    told = rows(
        "SELECT kind, address, answered_at FROM store_channel WHERE person_id = %s AND kind <> 'inbox'",
        person,
    )
    assert {(each["kind"], each["address"], each["answered_at"]) for each in told} == {
        ("sms", "13800000066", None), ("voice", "13800000066", None),
    }  # fmt: skip
    assert "还没有应答过" in browser.get("/me").content.decode()
    refused = browser.post("/me/change", {"do": "save", "address0": "12345", "language": "zh"})
    assert refused.status_code == 400 and "没有保存" in refused.content.decode()


def test_the_order_of_ways_can_be_changed_and_the_language_follows() -> None:
    home = house()
    person = home.holder("safety_officer")
    execute("DELETE FROM store_sparechannel WHERE person_id = %s", person)
    for place, (kind, address) in enumerate((("sms", "13800000005"), ("email", "a@example.com")), 1):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "VALUES (%s, %s, %s, %s, %s, 0)", home.tenant, person, place, kind, address,
        )  # fmt: skip
    browser = home.browser(person)
    answer = browser.post("/me/change", {"do": "up:1", "language": "en", "second": "zh"})
    assert answer.status_code == 303 and answer.cookies["lang"].value == "en"
    kinds = rows("SELECT kind FROM store_channel WHERE person_id = %s ORDER BY place", person)
    assert [each["kind"] for each in kinds] == ["inbox", "email", "sms"]
    stored = one("SELECT language, second_language FROM store_person WHERE id = %s", person)
    assert stored == {"language": "en", "second_language": "zh"}


def test_a_shared_duty_phone_shows_no_ones_own_data(shared_house: House) -> None:
    browser = shared_house.browser("duty_officer", level="duty")
    assert browser.get("/me").status_code == 403
    assert browser.post("/me/change", {"do": "save"}).status_code == 403


# ---- the tree


def test_a_leader_sees_the_tree_below_and_nothing_beside_it() -> None:
    company = bare_site()
    home, beside = house(company.code), house(company.code)
    page = home.browser("project_manager").get("/sites").content.decode()
    assert home.code in page and beside.code not in page and company.code not in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"code": "班组一"}, "小写字母"),
        ({"name_en": ""}, "两种语言"),
        ({"phone": "abc"}, "两种语言"),
        ({"kind": "group"}, "种类要在上级之下"),
    ],
)
def test_a_node_that_does_not_fit_is_told(more: dict[str, str], said: str, shared_house: House) -> None:
    typed = {"parent": shared_house.code, "kind": "crew", "code": "fits-not", "name_zh": "甲", "name_en": "A"}
    answer = shared_house.browser("project_manager").post("/sites/add", typed | {"phone": PHONE} | more)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not rows("SELECT 1 FROM store_site WHERE code = 'fits-not'")


def test_a_node_under_somebody_elses_is_not_found() -> None:
    home, stranger = house(), house()
    typed = {
        "parent": stranger.code,
        "kind": "crew",
        "code": "x1",
        "name_zh": "甲",
        "name_en": "A",
        "phone": PHONE,
    }
    assert home.browser("project_manager").post("/sites/add", typed).status_code == 404


def test_a_node_ends_by_a_day_and_its_report_page_is_gone() -> None:
    home = house()
    leader, code = home.browser("project_manager"), "k" + uuid.uuid4().hex[:9]
    typed = {
        "parent": home.code,
        "kind": "crew",
        "code": code,
        "name_zh": "甲班",
        "name_en": "Crew",
        "phone": PHONE,
    }
    assert leader.post("/sites/add", typed).status_code == 303
    assert Client().get(f"/r/{code}/poster").status_code == 200
    refused = leader.post(f"/sites/{home.code}/end", {"last": "2099-01-01"})
    assert refused.status_code == 400 and "还不能结束" in refused.content.decode()
    assert leader.post(f"/sites/{code}/end", {"last": "2099-01-01"}).status_code == 303
    execute("UPDATE store_site SET ends_at = now() - interval '1 minute' WHERE code = %s", code)
    assert Client().get(f"/r/{code}").status_code == 404


def test_somebody_without_duty_is_listed_too(shared_house: House) -> None:
    person = newcomer(shared_house)
    assert f"/people/{person}" in shared_house.browser("project_manager").get("/people").content.decode()
