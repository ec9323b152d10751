"""Kills: 30 at random under load, then one at each named failpoint; and a control build that must be caught.

Every number printed here is counted from outside (tests/torture/oracle.py). `DUTYROOM_TEST_SEED` repeats a storm.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.room import House, house
from dutyroom.store.failpoints import NAMES
from tests.torture.oracle import Verdict, judge
from tests.torture.storm import hurried_plan, weather

pytestmark = pytest.mark.slow

REPORTS, KILLS = 2_000, 30
FEWER = 200
# Each kills at the second passing: the load is running then, and a process that was just started gets there again.
ARMED = ",".join(f"{name}:2" for name in NAMES)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("DUTYROOM_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"\nseed {seed}")
    return random.Random(seed)


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[House]:
    """An installation under the hurried plan, not running yet."""
    with house(served=False, plan=hurried_plan(tmp_path)) as made:
        yield made


def nothing_is_lost(verdict: Verdict) -> bool:
    told = verdict.told
    lost = told.missing_reports + told.lost + told.strangers + verdict.acts_lost
    record = verdict.broken_chains + verdict.wrong_leaves + verdict.unsealed + verdict.holes_in_tree
    return lost + record == 0


def test_thirty_kills_at_random_lose_nothing(stopped: House, chance: random.Random) -> None:
    stopped.serve()
    seen, acts, kills = weather(stopped, REPORTS, KILLS, chance)
    verdict = judge(stopped, seen["receipts"], acts)
    print(f"{kills} kills: {verdict}; {len(acts)} acts confirmed; clients met {seen['trouble']}")
    assert kills == KILLS
    assert verdict.told.acknowledged == REPORTS
    assert acts
    assert nothing_is_lost(verdict), verdict
    # One process sends 16 at a time, so a kill can double no more than those.
    assert verdict.told.doubled <= 16 * KILLS


def test_one_death_at_each_failpoint_loses_nothing(stopped: House, chance: random.Random) -> None:
    assert len(NAMES) >= 15
    stopped.serve({"DUTYROOM_FAILPOINT": ARMED})
    seen, acts, _ = weather(stopped, FEWER, 0, chance)
    verdict = judge(stopped, seen["receipts"], acts)
    died = {name for name in NAMES if (stopped.folder / f"failpoint-{name}").exists()}
    print(f"{len(died)} failpoints: {verdict}")
    assert died == set(NAMES)
    assert verdict.told.acknowledged == FEWER
    assert nothing_is_lost(verdict), verdict


def test_an_outbox_outside_the_transaction_is_caught(stopped: House, chance: random.Random) -> None:
    """The same storm over the control build: if this passed as well, the two tests above would prove nothing."""
    stopped.program = "tests.torture.control"
    stopped.serve({"DUTYROOM_FAILPOINT": ARMED})
    seen, acts, _ = weather(stopped, FEWER, 0, chance)
    verdict = judge(stopped, seen["receipts"], acts)
    print(f"control build: {verdict}")
    assert verdict.told.acknowledged == FEWER
    assert verdict.told.lost > 0
    assert not nothing_is_lost(verdict)
