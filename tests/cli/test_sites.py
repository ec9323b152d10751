"""The command for the tree of sites."""

import pytest

from dutyroom.cli import main
from tests.web.builder import bare_site, house, one


@pytest.fixture(autouse=True)
def open_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    django_db_blocker.unblock()


def test_the_tree_is_listed_and_a_node_ends_only_when_nobody_needs_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    company = bare_site()
    home, spare = house(company.code), bare_site(company.code, "project")
    assert main(["sites", "list", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith(company.code))
    assert {line.split()[0] for line in lines[at + 1 : at + 3]} == {home.code, spare.code}
    assert all(line.startswith("  ") for line in lines[at + 1 : at + 3])
    assert main(["sites", "end", company.code]) == 2
    assert "2 个未结束" in capsys.readouterr().err
    assert main(["sites", "end", spare.code, "--on", "2099-06-30"]) == 0
    assert "2099-06-30" in capsys.readouterr().out
    assert one("SELECT ends_at FROM store_site WHERE id = %s", spare.site)["ends_at"]


@pytest.mark.parametrize(("arguments", "said"), [(["nowhere"], "nowhere"), (["x", "--on", "2月30日"], "x")])
def test_what_cannot_be_done_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sites", "end", *arguments]) == 2
    assert said in capsys.readouterr().err
