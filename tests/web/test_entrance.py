"""Doors: links with a button, two levels of sign-in, signing out, invitations, languages."""

import re
import uuid

import pytest

from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.vault import new_token
from dutyroom.core.instants import HOUR
from dutyroom.store.instants import to_datetime
from tests.web.builder import House, bare_site, execute, house, newcomer, rows


def link(
    house: House, person: str, *, level: str = "full", purpose: str = "invitation", lasts: int = HOUR
) -> str:
    """A link of the person; its token."""
    token, stored = new_token()
    execute(
        "INSERT INTO store_link (tenant, token_hash, person_id, purpose, key, level, expires_at, reusable) "
        "VALUES (%s, %s, %s, %s, '', %s, %s, false)",
        house.tenant, stored, person, purpose, level, to_datetime(SystemClock().now() + lasts),
    )  # fmt: skip
    return token


def devices(person: str) -> int:
    return len(rows("SELECT 1 FROM store_device WHERE person_id = %s", person))


def test_opening_a_link_changes_nothing_and_pressing_the_button_signs_in() -> None:
    home = house()
    person = home.holder("project_manager")
    token, browser = link(home, person), home.browser()
    for look in (browser.get, browser.head):
        assert look(f"/in/{token}").status_code == 200
    assert devices(person) == 0
    assert not rows("SELECT 1 FROM store_link WHERE used_at IS NOT NULL AND tenant = %s", home.tenant)
    answer = browser.post(f"/in/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/duty")
    cookie = answer.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert not rows("SELECT 1 FROM store_device WHERE secret_hash = %s", cookie.value)
    assert browser.get(f"/plan/{home.code}").status_code == 200


def test_a_link_signs_in_one_browser_only(shared_house: House) -> None:
    token = link(shared_house, shared_house.holder("safety_officer"))
    first, second = shared_house.browser(), shared_house.browser()
    assert first.post(f"/in/{token}").status_code == 303
    assert second.post(f"/in/{token}").status_code == 410
    assert first.get(f"/in/{token}").status_code == 302, "who is signed in by it is led on"


@pytest.mark.parametrize(
    "spoil", ["expires_at = now() - interval '1 s'", "recalled_at = now()", "used_at = now()"]
)
def test_a_link_that_is_over_says_so(shared_house: House, spoil: str) -> None:
    person = shared_house.holder("spokesperson")
    token, browser = link(shared_house, person), shared_house.browser()
    before = devices(person)
    execute(f"UPDATE store_link SET {spoil} WHERE person_id = %s", person)
    assert browser.get(f"/in/{token}").status_code == 410
    assert browser.post(f"/in/{token}").status_code == 410
    assert devices(person) == before


def test_an_unknown_link_is_not_found(shared_house: House) -> None:
    assert shared_house.browser().get("/in/" + "x" * 32).status_code == 404


def test_who_has_left_is_signed_in_no_more() -> None:
    home = house()
    person = home.holder("project_manager")
    browser = home.browser(person)
    assert browser.get(f"/plan/{home.code}").status_code == 200
    execute("UPDATE store_person SET ends_at = now() WHERE id = %s", person)
    assert browser.get(f"/plan/{home.code}").status_code == 401


def test_an_expired_device_is_nobody() -> None:
    home = house()
    browser = home.browser("project_manager")
    execute("UPDATE store_device SET expires_at = now() - interval '1 second' WHERE tenant = %s", home.tenant)
    assert browser.get(f"/plan/{home.code}").status_code == 401


def test_signing_out_ends_the_device_on_the_server(shared_house: House) -> None:
    browser = shared_house.browser("project_manager")
    cookie = browser.cookies["device"].value
    assert browser.post("/out").status_code == 302
    browser.cookies["device"] = cookie
    assert browser.get(f"/plan/{shared_house.code}").status_code == 401


def test_a_call_leads_to_its_case_and_opens_no_more_than_its_own() -> None:
    home = house()
    person, case = home.holder("duty_officer"), home.report()
    token, stored = new_token()
    execute(
        "INSERT INTO store_link (tenant, token_hash, person_id, purpose, case_id, key, level, expires_at, reusable) "
        "VALUES (%s, %s, %s, 'call', %s, 'verify#1', 'duty', now() + interval '1 hour', false)",
        home.tenant, stored, person, case,
    )  # fmt: skip
    browser = home.browser()
    assert browser.post(f"/in/{token}").headers["Location"].startswith(f"/c/{case}")
    assert browser.get(f"/people/{person}/invite").status_code == 403


def test_a_call_does_not_take_a_full_sign_in_away(shared_house: House) -> None:
    person = shared_house.holder("project_manager")
    browser = shared_house.browser(person)
    secret = browser.cookies["device"].value
    assert browser.get("/in/" + link(shared_house, person, level="duty", purpose="call")).status_code == 302
    assert browser.cookies["device"].value == secret


def test_a_leader_invites_and_earlier_invitations_stop() -> None:
    home = house()
    invited, leader = home.holder("safety_officer"), home.browser("project_manager")
    assert leader.get(f"/people/{invited}/invite").status_code == 200
    old, new = (
        re.search(r"/in/([\w-]{32})<", leader.post(f"/people/{invited}/invite").content.decode())
        for _ in range(2)
    )
    assert old and new
    assert home.browser().get(f"/in/{old[1]}").status_code == 410
    assert home.browser().post(f"/in/{new[1]}").status_code == 303


def test_a_leader_finds_whom_to_invite_and_no_stranger(shared_house: House) -> None:
    page = shared_house.browser("project_manager").get("/people").content.decode()
    for person in rows("SELECT id::text, name FROM store_person WHERE tenant = %s", shared_house.tenant):
        assert person["name"] in page and f"/people/{person['id']}/invite" in page
    assert "安全员" in page
    strangers = rows("SELECT id::text FROM store_person WHERE tenant <> %s", shared_house.tenant)
    assert not [person for person in strangers if person["id"] in page]


def test_nobody_invites_into_another_tenant(shared_house: House) -> None:
    stranger = house()
    leader = shared_house.browser("project_manager")
    assert leader.get(f"/people/{stranger.holder('safety_officer')}/invite").status_code == 404
    assert leader.get(f"/people/{uuid.uuid4()}/invite").status_code == 404


def test_a_project_under_the_same_company_is_not_seen() -> None:
    company = bare_site()
    mine, other = house(company.code), house(company.code)
    browser = mine.browser(newcomer(mine))
    assert browser.get(f"/plan/{mine.code}").status_code == 200
    assert browser.get(f"/plan/{other.code}").status_code == 404


def test_the_company_sees_the_projects_below_it() -> None:
    company = bare_site()
    below = house(company.code)
    assert company.browser(newcomer(company)).get(f"/plan/{below.code}").status_code == 200


def test_the_language_is_chosen_and_kept(shared_house: House) -> None:
    browser = shared_house.browser()
    assert 'lang="zh-CN"' in browser.get("/").content.decode()
    answer = browser.post("/language", {"lang": "en", "next": "/health"})
    assert answer.headers["Location"] == "/health"
    assert '<html lang="en"' in browser.get("/").content.decode()


@pytest.mark.parametrize(
    "away", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"]
)
def test_the_language_form_leads_nowhere_else(shared_house: House, away: str) -> None:
    assert shared_house.browser().post("/language", {"lang": "en", "next": away}).headers["Location"] == "/"


def test_home_names_no_site_and_leads_who_is_signed_in_to_the_duty_page(shared_house: House) -> None:
    assert shared_house.code not in shared_house.browser().get("/").content.decode()
    assert shared_house.browser("duty_officer").get("/").headers["Location"] == "/duty"
