"""18:00: pages and worker are killed at 17:50 and started again at 18:40; the record is that of an unbroken evening.

Real PostgreSQL, real processes, a clock that runs sixty times as fast. Three installations live through the same
evening side by side: one unbroken, one killed, and a control whose timers are in memory only and which must be caught.
"""

import hashlib
import json
import secrets
import subprocess
import sys
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psutil
import pytest

from benchmarks.room import CHECKOUT, House, house, until
from dutyroom.core.codec import load_case
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.instants import HOUR, parse_iso
from dutyroom.core.state import Case

pytestmark = pytest.mark.slow

DAY, ZONE, SPEED = "2027-07-01", "Asia/Shanghai", 60
BEGINS = "16:30"  # so that the product runs before it is killed, on a machine that is busy with others too
REPORT, HANDOVER = "calendar.evening_report#1@crew_{}_leader", "handover.duty_officer#1"
_DEVICE = """
INSERT INTO store_device (tenant, id, person_id, secret_hash, level, signed_in_at, expires_at)
SELECT tenant, gen_random_uuid(), id, %s, 'full', now(), now() + interval '20 years' FROM store_person
WHERE number = %s RETURNING id
"""
_CASE = """
SELECT c.id::text, c.state::text FROM store_case c JOIN store_site s ON s.id = c.site_id
WHERE s.code = 'duty' AND c.kind = 'duty' AND c.state::jsonb ->> 'day' = %s
"""
_OUTAGES = "SELECT extract(epoch FROM starts_at) * 1000, extract(epoch FROM ends_at) * 1000 FROM store_outage"
_MISSES = "SELECT body FROM store_entry WHERE case_id = %s AND type = 'DeadlineMissed'"
_EXCUSED = "SELECT body FROM store_entry WHERE case_id = %s AND type = 'MissExcused'"
_COMING = """
SELECT p.number FROM store_duty d JOIN store_person p ON p.id = d.person_id
WHERE d.role = 'duty_officer' AND d.starts_at <= to_timestamp(%s) AND d.ends_at > to_timestamp(%s) ORDER BY d.place
"""


def at(shown: str) -> int:
    return instant_of(date.fromisoformat(DAY), shown, ZONE)


@dataclass
class Evening:
    """One installation through the evening. `began` is when its clock showed `BEGINS`, before and after a kill."""

    made: House
    began: float = field(default_factory=time.time)

    def clock(self, earlier: int = 0) -> dict[str, str]:
        return {
            "DUTYROOM_DEMO": "1",
            "DUTYROOM_SPEED": str(SPEED),
            "DUTYROOM_CLOCK": f"{round(self.began * 1000)}:{at(BEGINS) - earlier}",
        }

    def wait(self, shown: str) -> None:
        """Until the clock shows it."""
        real = self.began + (at(shown) - at(BEGINS)) / 1000 / SPEED
        time.sleep(max(0.0, real - time.time()))

    def set_up(self) -> None:
        environment = self.made.environment(self.clock(earlier=24 * HOUR))
        environment["DJANGO_SETTINGS_MODULE"] = "dutyroom.settings"
        ground = self.made.ground.environment
        environment |= {name: ground[name] for name in ("DATABASE_URL", "DUTYROOM_DATA")}
        subprocess.run(
            [sys.executable, "-m", "tests.torture.dutysite"], env=environment, cwd=CHECKOUT, check=True
        )

    def serve(self) -> None:
        self.made.serve(self.clock(), wait=False)

    def kill(self) -> None:
        """Everything of it dies at once, but for the database."""
        served = self.made.served
        assert served is not None
        family = [psutil.Process(served.pid), *psutil.Process(served.pid).children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        served.wait(30)
        psutil.wait_procs(family, 30)

    def case(self) -> tuple[str, Case]:
        rows = self.made.ask(_CASE, DAY)
        assert len(rows) == 1, rows
        return rows[0][0], load_case(rows[0][1])

    def misses(self) -> dict[tuple[str, str], bool]:
        """Deadlines that were missed, by due instant, and whether anybody was there; without those excused later."""
        case, _ = self.case()
        bodies = [json.loads(row[0]) for row in self.made.ask(_MISSES, case)]
        late_news = [json.loads(row[0]) for row in self.made.ask(_EXCUSED, case)]
        excused = {(one["key"], one["due_at"]) for one in late_news}
        found = {(one["key"], one["due_at"]): bool(one["while_down"]) for one in bodies}
        assert len(found) == len(bodies), "nothing is missed twice"
        return {name: down for name, down in found.items() if name not in excused}

    def act(self, number: str, key: str, **answers: Any) -> None:
        """The person does it on the page's own door; asked again until there is an answer, under the same command."""
        secret, case = secrets.token_urlsafe(24), self.case()[0]
        assert self.made.ask(_DEVICE, hashlib.sha256(secret.encode()).hexdigest(), number)
        body = json.dumps(
            {"command": str(uuid.uuid4()), "key": key, "verb": "done", "answers": answers}
        ).encode()
        asked = urllib.request.Request(
            f"{self.made.url}/api/cases/{case}/acts",
            body,
            {"Content-Type": "application/json", "Cookie": f"device={secret}"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200


@dataclass(frozen=True)
class Lived:
    """How the day's obligations stand in the end, what was missed, and when nobody was there."""

    statuses: dict[str, str]
    misses: dict[tuple[str, str], bool]
    outages: list[tuple[float, float]]

    def was_down(self, due_at: str) -> bool:
        return any(starts <= parse_iso(due_at) < ends for starts, ends in self.outages)


def live_through(program: str, killed: bool) -> Lived:
    """The evening to 19:30. What people do, they do before the kill, or so late that it is late in every run."""
    with house(served=False) as made:
        made.program = program
        evening = Evening(made, time.time())
        evening.set_up()
        evening.began = time.time()
        evening.serve()
        evening.wait("17:45")
        if program == "dutyroom":
            evening.act("P021", REPORT.format(1), nothing=True)
        evening.wait("17:50")
        assert list(evening.case()[1].open_obligations())
        if killed:
            evening.kill()
            evening.wait("18:40")
            evening.serve()
        evening.wait("19:20")
        until(lambda: made.answers("/r/duty"), 60)
        if program == "dutyroom":
            late(evening)
        evening.wait("19:30")
        outages = [(float(starts), float(ends)) for starts, ends in made.ask(_OUTAGES)]
        case = evening.case()[1]
        statuses = {key: owed.status for key, owed in case.obligations.items()}
        return Lived(statuses, evening.misses(), outages)


def late(evening: Evening) -> None:
    """Two crews report after all, and whoever comes on duty accepts it."""
    for crew in (2, 3):
        evening.act(f"P02{crew}", REPORT.format(crew), nothing=True)
    turn = at("18:30") / 1000
    coming = evening.made.ask(_COMING, turn, turn)
    evening.act(coming[0][0], HANDOVER, taken_over=True, on_post=2)


def test_killed_from_ten_to_six_until_twenty_to_seven_the_record_is_the_same_only_marked() -> None:
    runs = [("dutyroom", False), ("dutyroom", True), ("tests.torture.forgetful", True)]
    with ThreadPoolExecutor(3) as together:
        unbroken, killed, forgetful = together.map(lambda one: live_through(*one), runs)
    print(f"\n{len(unbroken.statuses)} obligations, unbroken: {sorted(unbroken.misses)}")
    print(f"killed: {sorted(killed.misses.items())}; control: {sorted(forgetful.misses)}")
    assert unbroken.statuses == killed.statuses
    assert {unbroken.statuses[key] for key in (HANDOVER, *map(REPORT.format, (1, 2, 3)))} == {"done"}
    assert set(unbroken.misses) == set(killed.misses)
    assert {key for key, _ in unbroken.misses} >= {HANDOVER, *map(REPORT.format, (2, 3, 4, 5, 6))}
    assert not any(unbroken.misses.values())
    assert killed.outages
    assert killed.misses == {(key, due): killed.was_down(due) for key, due in killed.misses}, (
        "marked as it was"
    )
    assert {down for (key, _), down in killed.misses.items() if key == HANDOVER} == {True}
    assert set(forgetful.misses) != set(unbroken.misses), "the control build must be caught"
    assert HANDOVER not in {key for key, _ in forgetful.misses}
