"""The command that lets the first leader of a site in."""

import re

import pytest
from django.test import Client

from dutyroom.cli import main
from tests.web.builder import House, house


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> House:
    return house()


@pytest.fixture(autouse=True)
def open_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    django_db_blocker.unblock()


def test_the_printed_link_signs_the_person_in_once(site: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", site.code, "P001"]) == 0
    link = re.search(r"/in/[\w-]+", capsys.readouterr().out)
    assert link is not None
    browser = Client()
    assert browser.get(link[0]).status_code == 200
    assert "device" not in browser.cookies
    assert browser.post(link[0]).status_code == 303
    assert browser.get("/duty").status_code == 200
    assert Client().post(link[0]).status_code == 410


def test_nobody_is_invited_under_a_number_that_nobody_has(
    site: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invite", site.code, "X999"]) == 2
    assert "X999" in capsys.readouterr().err
