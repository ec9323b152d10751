"""A load of reports and answers while processes die: what the torture tests share."""

import hashlib
import json
import random
import secrets
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from benchmarks.room import HERE, House, crowd, until
from benchmarks.told import drain

CLIENTS = 4
PATIENCE_SECONDS = 300
_DEVICE = """
INSERT INTO store_device (tenant, id, person_id, secret_hash, level, signed_in_at, expires_at)
SELECT tenant, gen_random_uuid(), id, %s, 'full', now(), now() + interval '1 day' FROM store_person WHERE number = 'P1'
RETURNING id
"""
_OPEN = """
SELECT o.case_id::text FROM store_obligation o WHERE o.key = 'verify#1' AND o.status = 'open' AND o.owner_id IS NULL
ORDER BY o.opened_at DESC LIMIT 5
"""


def hurried_plan(folder: Path) -> Path:
    """The benchmarks' plan with clocks that run out within seconds, so that timers fire in the storm too."""
    for name in ("plan.yaml", "roster.yaml"):
        text = (HERE / name).read_text("utf-8")
        (folder / name).write_text(text.replace("within: 24 h", "within: 4 s"), "utf-8")
    return folder


class Kills(threading.Thread):
    """Kills web and worker processes, spread over the whole load; `done` counts them."""

    def __init__(self, made: House, count: int, reports: int, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.done = 0
        self._made, self._count, self._reports, self._chance = made, count, reports, chance

    def run(self) -> None:
        moments = sorted(self._chance.uniform(0.02, 0.95) for _ in range(self._count))
        for moment in moments:
            self._await(moment * self._reports)
            self._kill(self._chance.choice(("web", "work")))

    def _await(self, reports: float) -> None:
        count = "SELECT count(*) FROM store_case"
        until(lambda: self._made.ask(count)[0][0] >= reports, PATIENCE_SECONDS, 0.03)

    def _kill(self, command: str) -> None:
        until(lambda: bool(self._made.children(command)), 60)
        while True:
            with suppress(IndexError, psutil.NoSuchProcess):  # it may die or be replaced under our hands
                self._chance.choice(self._made.children(command)).kill()
                self.done += 1
                return
            time.sleep(0.01)


class Answers(threading.Thread):
    """The duty officer answers what comes in; `confirmed` are the commands the product said yes to."""

    def __init__(self, made: House) -> None:
        super().__init__(daemon=True)
        self.confirmed: list[str] = []
        self.stop = threading.Event()
        self._made = made
        secret = secrets.token_urlsafe(24)
        made.ask(_DEVICE, hashlib.sha256(secret.encode()).hexdigest())
        self._cookie = f"device={secret}"

    def run(self) -> None:
        while not self.stop.wait(0.05):
            for (case,) in self._made.ask(_OPEN):
                self._answer(case)

    def _answer(self, case: str) -> None:
        command = str(uuid.uuid4())
        body = json.dumps({"command": command, "key": "verify#1", "verb": "received"}).encode()
        asked = urllib.request.Request(
            f"{self._made.url}/api/cases/{case}/acts",
            body,
            {"Content-Type": "application/json", "Cookie": self._cookie},
        )
        # No answer is no promise: only what was confirmed must be on record.
        with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(asked, timeout=10) as answer:
            if answer.status == 200:
                self.confirmed.append(command)


def weather(
    made: House, reports: int, kills: int, chance: random.Random
) -> tuple[dict[str, Any], list[str], int]:
    """Let the storm pass and everything settle: what the clients saw, the confirmed answers, the kills."""
    answers = Answers(made)
    storm = Kills(made, kills, reports, chance)
    people = crowd(made.url, CLIENTS, reports)
    answers.start()
    storm.start()
    seen = people.wait()
    storm.join(PATIENCE_SECONDS)
    answers.stop.set()
    answers.join(60)
    settle(made)
    return seen, answers.confirmed, storm.done


def settle(made: House) -> None:
    """Everything that was queued is sent, everything that is due has passed, everything on record is sealed."""
    due = "SELECT count(*) FROM store_obligation WHERE timer_at < now() + interval '1 minute'"
    until(lambda: made.ask(due)[0][0] == 0, PATIENCE_SECONDS, 0.2)
    drain(made, PATIENCE_SECONDS)
    unsealed = "SELECT count(*) FROM store_entry e WHERE NOT EXISTS (SELECT FROM store_seal s WHERE s.entry_id = e.id)"
    until(lambda: made.ask(unsealed)[0][0] == 0, PATIENCE_SECONDS, 0.2)
