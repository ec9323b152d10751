"""A worker's child makes rosters: it finds what waits, and what it leaves behind when it dies is said."""

import threading
import time
from collections.abc import Iterator

import pytest

from dutyroom import wiring
from dutyroom.core.instants import DAY
from dutyroom.store import rosterdrafts
from dutyroom.wiring.rostermaker import Maker
from tests.web.builder import House, execute, house, one


@pytest.fixture
def home(open_database: None) -> House:
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    return house()


@pytest.fixture
def maker() -> Iterator[Maker]:
    """A worker's hand at work, until the test is over."""
    found, stop, wake = Maker(lock=48_151), threading.Event(), threading.Event()
    hand = threading.Thread(target=lambda: found.run(stop, wake))
    hand.start()
    yield found
    stop.set()
    wake.set()
    hand.join(30)


def asked(home: House, days: int, *, proved: bool) -> str:
    now, identity = wiring.clock().now(), wiring.new_id()
    span = (now + DAY, now + days * DAY)
    refusal = rosterdrafts.ask(
        wiring.pool(), home.site, identity, span, {"proved": proved}, home.people["P001"], now
    )
    assert refusal is None
    return identity


def state(draft: str) -> str:
    return str(one("SELECT state FROM store_rosterdraft WHERE id = %s", draft)["state"])


def until(draft: str, *wanted: str) -> str:
    over = time.monotonic() + 90
    while state(draft) not in wanted and time.monotonic() < over:
        time.sleep(0.1)
    return state(draft)


def test_the_child_of_a_worker_makes_what_waits(home: House, maker: Maker) -> None:
    draft = asked(home, 15, proved=False)
    assert until(draft, "draft", "failed") == "draft"
    row = one("SELECT text, result, progress, lease_lock FROM store_rosterdraft WHERE id = %s", draft)
    assert "duty_officer" in row["text"] and row["progress"] == 100 and row["lease_lock"] is None
    assert "holes" not in row["result"]  # it was asked for without a proof


def test_a_child_that_dies_leaves_a_sentence_and_not_a_making_for_ever(home: House, maker: Maker) -> None:
    draft = asked(home, 390, proved=True)
    assert until(draft, "running") == "running"
    assert maker.child is not None
    maker.child.kill()
    assert until(draft, "failed") == "failed"
    row = one("SELECT failure FROM store_rosterdraft WHERE id = %s", draft)
    assert row["failure"] == "rosterpages.failed.stopped"
    page = home.browser("project_manager").get(f"/roster/{home.code}/drafts/{draft}").content.decode()
    assert "没有做完就停了" in page


def test_how_far_a_making_is_stands_on_the_page_and_brings_itself_up_to_date(home: House) -> None:
    draft = asked(home, 10, proved=True)
    assert rosterdrafts.claim(wiring.pool(), 9) is not None
    rosterdrafts.progress(wiring.pool(), draft, 40, "rosterpages.doing.proving")
    page = home.browser("project_manager").get(f"/roster/{home.code}/drafts/{draft}").content.decode()
    assert 'value="40"' in page and "正在证明" in page and 'hx-trigger="every 2s"' in page
    assert 'name="do"' not in page
    rosterdrafts.fail(wiring.pool(), 9, "rosterpages.failed.stopped", wiring.clock().now())
