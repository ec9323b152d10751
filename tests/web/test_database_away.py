"""While the database is away the form still opens, nothing is promised, and the duty telephone stands large."""

from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool

from dutyroom import wiring
from dutyroom.web import errors, reporting
from tests.web.builder import PHONE, House
from tests.web.test_report import filled

NOBODY_THERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def away(shared_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page was opened before; now every connection to the database fails."""
    shared_house.browser().get(f"/r/{shared_house.code}")
    with ConnectionPool(NOBODY_THERE, min_size=0, max_size=1, timeout=0.3, open=True) as dead:
        sites = reporting.sites()
        card = sites._known[shared_house.code][1]
        monkeypatch.setattr(sites, "_pool", dead)
        monkeypatch.setitem(sites._known, shared_house.code, (0.0, card))
        yield


def test_the_form_opens_and_shows_the_phone(away: None, shared_house: House) -> None:
    page = shared_house.browser().get(f"/r/{shared_house.code}")
    assert page.status_code == 200
    assert f'class="phone" href="tel:{PHONE}"' in page.content.decode()
    assert "collective_dispute" in page.content.decode(), "the kinds of the plan last seen are still there"


def test_a_report_is_not_promised_and_what_was_typed_stays(away: None, shared_house: House) -> None:
    answer = shared_house.browser().post(f"/r/{shared_house.code}", filled(what="桥塌了"))
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "没有保存" in page and "桥塌了" in page and PHONE in page
    assert 'id="receipt-code"></p>' in page, "the receipt stays empty"


def test_the_outbox_is_told_to_keep_it(away: None, shared_house: House) -> None:
    answer = shared_house.browser().post(
        f"/r/{shared_house.code}", filled(), headers={"accept": "application/json"}
    )
    assert answer.status_code == 503
    assert "receipt" not in answer.json()


def test_a_database_that_goes_away_in_the_middle_is_told_too(
    shared_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ConnectionPool(NOBODY_THERE, min_size=0, max_size=1, timeout=0.3, open=True) as dead:
        monkeypatch.setattr(wiring.record()._intake, "_pool", dead)
        answer = shared_house.browser().post(f"/r/{shared_house.code}", filled(what="桥塌了"))
    assert answer.status_code == 503
    assert "桥塌了" in answer.content.decode()


def test_error_pages_of_a_site_show_its_phone(shared_house: House) -> None:
    errors.remember_phone(shared_house.code, PHONE)
    page = shared_house.browser().get(f"/r/{shared_house.code}/nothing-here")
    assert page.status_code == 404
    assert PHONE in page.content.decode()
