"""Drills from the plan's pages: beginning, carrying out, watching, exercising with real calls, and what is owed."""

import json
import re
import uuid
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.codec import load_case
from dutyroom.store import rehearsals
from dutyroom.wiring.rehearsing import carry_out
from tests.web.builder import House, execute, house, new_command, one, rows

LOCK = 4711


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return house()


def begin(home: House, **given: str) -> str:
    """A simulated drill put on the list by the project manager; its id."""
    form = {"script": "0", "how": "scripted"} | given
    answer = home.browser("project_manager").post(f"/plan/{home.code}/drills/start", form)
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"].rsplit("/", 1)[1]


def carried_out(home: House, **given: str) -> str:
    """A drill that a worker has claimed and carried out."""
    drill = begin(home, **given)
    while (claimed := rehearsals.claim(wiring.pool(), LOCK)) != drill:
        assert claimed, "the drill was not on the list"
        rehearsals.fail(wiring.pool(), claimed, "drills.failed.stopped", wiring.clock().now())
    carry_out(drill)
    return drill


@pytest.fixture(scope="module")
def played(home: House) -> str:
    return carried_out(home)


def read(home: House, address: str, language: str = "zh") -> str:
    answer = home.browser("project_manager", language=language).get(f"/plan/{home.code}/drills{address}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_drill_waits_for_a_worker_and_says_so(home: House) -> None:
    drill = begin(home)
    page = read(home, f"/{drill}")
    assert "排队中" in page
    row = one("SELECT state, result FROM store_rehearsal WHERE id = %s", drill)
    assert row == {"state": "queued", "result": ""}
    assert home.browser("project_manager").get(
        f"/plan/{home.code}/drills/{drill}?since=queued-0"
    ).status_code == 204


def test_what_a_worker_carried_out_is_what_the_command_line_prints(home: House, played: str) -> None:
    result = json.loads(one("SELECT result FROM store_rehearsal WHERE id = %s", played)["result"])
    assert result["transcript"]["zh"].splitlines()[0] in read(home, f"/{played}").replace("&quot;", '"')
    assert len(result["events"]) > 20
    assert not any(re.search(r"P0\d\d", line) for line in result["transcript"]["zh"].splitlines())


def test_a_drill_makes_no_case_and_calls_nobody(home: House, played: str) -> None:
    assert rows("SELECT 1 AS x FROM store_delivery WHERE site_id = %s", home.site) == []
    assert rows("SELECT 1 AS x FROM store_case WHERE site_id = %s", home.site) == []


def test_the_board_shows_the_drill_as_it_stood_at_the_instant(home: House, played: str) -> None:
    first, later = read(home, f"/{played}/board?t=0"), read(home, f"/{played}/board?t=3000")
    assert "演练" in first and "虚拟时间" in first
    assert "核实" in first
    assert first != later and "已报告" not in first
    assert 'type="range"' in first and "rel=\"next\"" in first
    assert "hx-get" not in first


@pytest.mark.parametrize("text", ["x", "-5", "99999999999999", "٣", "%00"])
def test_a_strange_instant_is_an_instant(home: House, played: str, text: str) -> None:
    read(home, f"/{played}/board?t={text}")
