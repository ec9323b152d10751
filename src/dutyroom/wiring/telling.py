"""Carries queued deliveries out of the house, one loop a channel, so that a slow gateway holds up nobody else's.

Intent is written when a delivery is claimed, then it is sent, then the outcome is written. Whether the person knows is
not decided here: only the person's answer does that, and the plan goes on to the next channel meanwhile.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg_pool import PoolTimeout

from dutyroom.core.commands import NoteCallFailed
from dutyroom.core.duties.answering import is_daily_report
from dutyroom.core.duties.steps import ROLL_CALL, kind_of
from dutyroom.core.plan import Plan
from dutyroom.interpreters.live import Live
from dutyroom.ports import Clock, Courier, Outcome, Verdict, Written
from dutyroom.store.failpoints import hit
from dutyroom.store.outbox import Claimed, ExerciseCall, Finished, Outbox, ServiceCall
from dutyroom.wiring.lines import lines
from dutyroom.wording import say

DEADLINE_SECONDS = 10.0
# What one slot has before it: the message being sent, and the next.
CLAIMED_A_SLOT = 3
_LOG = logging.getLogger(__name__)


@dataclass
class Teller:
    """One channel's loop. `plan_of` gives the plan of an edition, for the step's title.

    `replies`: its gateway brings back what people answer, so that a text message may ask for an answer.
    """

    courier: Courier
    outbox: Outbox
    live: Live
    clock: Clock
    base_url: str
    plan_of: Callable[[str], Plan]
    slots: int
    replies: bool = False

    def run(self, stop: Event, wake: Event) -> None:
        """Send until told to stop. `wake` is set when something may have been queued.

        A few more than can be sent at once are claimed, so that no slot waits for the database; outcomes are written
        as many at a time as came in while the last ones were written.
        """
        landed: SimpleQueue[Finished] = SimpleQueue()
        flying = 0
        with ThreadPoolExecutor(self.slots, thread_name_prefix=f"send-{self.courier.channel}") as threads:
            while not stop.is_set():
                wake.clear()
                claimed = self._claim(flying)
                flying += len(claimed)
                for one in claimed:
                    threads.submit(self._carry, one, landed)
                if not flying:
                    wake.wait(0.5)
                    continue
                finished = _taken(landed)
                flying -= len(finished)
                self._finish_surely(finished, stop)

    def _claim(self, flying: int) -> list[Claimed]:
        # Claiming in handfuls costs one transaction for several; a few free places are worth waiting for.
        free = CLAIMED_A_SLOT * self.slots - flying
        return self.outbox.claim(self.courier.channel, free, self.clock.now()) if free >= self.slots else []

    def _carry(self, claimed: Claimed, landed: SimpleQueue[Finished]) -> None:
        landed.put(self._send(claimed))

    def _send(self, claimed: Claimed) -> Finished:
        hit("delivery.before_send")
        try:
            message, call = self.message(claimed), claimed.call
        except Exception as error:  # a message that cannot be worded must not stop the others
            _LOG.exception("delivery %s cannot be worded", claimed.id)
            return Finished(claimed, Outcome(Verdict.REFUSED, f"unwordable {type(error).__name__}"))
        if call is None:
            return Finished(claimed, Outcome(Verdict.REFUSED, "exercise"))
        if not call.to.address:
            return Finished(claimed, Outcome(Verdict.REFUSED, "address"))
        try:
            outcome = self._carried(call, message)
        except Exception as error:  # a bug of ours in one channel: to be tried again, and the others go on
            _LOG.exception("delivery %s failed", claimed.id)
            outcome = Outcome(Verdict.FAILED, f"fault {type(error).__name__}")
        hit("delivery.after_send")
        return Finished(claimed, outcome)

    def _carried(self, call: ServiceCall | ExerciseCall, message: Written) -> Outcome:
        service, exercise = lines(self.courier)
        if isinstance(call, ExerciseCall):
            return exercise.send(call.to, message, DEADLINE_SECONDS)
        return service.send(call.to, message, DEADLINE_SECONDS)

    def _finish_surely(self, finished: list[Finished], stop: Event) -> None:
        """What was sent must not be sent again for want of a database that is away for a moment."""
        while finished:
            try:
                return self._finish(finished)
            except (psycopg.OperationalError, PoolTimeout):
                _LOG.warning("outcomes of %s not written; trying again", self.courier.channel)
                if stop.wait(0.5):
                    return

    def _finish(self, finished: list[Finished]) -> None:
        for lost in self.outbox.finish(finished, self.clock.now()):
            row = lost.row
            why = NoteCallFailed(row["key"], row["person"], self.courier.channel, "courier")
            self.live.act(row["case"], why)

    def message(self, claimed: Claimed) -> Written:
        """A pointer and a severity: which site, which step, by when, where to answer. Never the story."""
        row, language = claimed.row, claimed.row["language"]
        fields = self._fields(row, language) | {"link": f"{self.base_url}/in/{claimed.token}"}
        return Written(
            delivery_id=row["identity"],
            attempt=row["tries"],
            language=language,
            severity=row["severity"],
            subject=say("message.subject", language, **fields),
            text=self._reply_text(row, language, fields) or self._text(row["message"], language, fields),
            link=fields["link"],
        )

    def _text(self, code: str, language: str, fields: dict[str, str]) -> str:
        """A voice call cannot say a link, and a text message should fit into one."""
        if self.courier.channel == "voice":
            return say("message.voice", language, **fields)
        if self.courier.channel == "sms" and code == "message.call":
            return say("message.call.sms", language, **fields) + " " + fields["link"]
        return say(code, language, **fields)

    def _reply_text(self, row: Any, language: str, fields: dict[str, str]) -> str:
        """How to answer in one text message, for who owes a daily report or a roll call; else "".

        Not for those who are asked behind them: their answer would not be the report.
        """
        if not (self.replies and self.courier.channel == "sms" and row.get("own")):
            return ""
        step = self.plan_of(row["edition"]).step[row["step"]]
        kind = "rollcall" if kind_of(step.id) == ROLL_CALL else "report" if is_daily_report(step) else ""
        late = ".late" if row["message"] == "message.missed" else ""
        return say(f"message.{kind}.sms{late}", language, **fields) if kind else ""

    def _fields(self, row: Any, language: str) -> dict[str, str]:
        step = self.plan_of(row["edition"]).step[row["step"]].title.in_language(language)
        due: datetime | None = row["due_at"]
        return {
            "severity": say(f"message.severity.{row['severity']}", language),
            "site": row["name_en"] if language == "en" else row["name_zh"],
            "step": step,
            "due": due.astimezone(ZoneInfo(row["zone"])).strftime("%m-%d %H:%M") if due else "",
            "time": due.astimezone(ZoneInfo(row["zone"])).strftime("%H:%M") if due else "",
        }


def _taken(landed: SimpleQueue[Finished]) -> list[Finished]:
    """Everything that has landed, after waiting a moment for the first."""
    finished: list[Finished] = []
    try:
        finished.append(landed.get(timeout=0.05))
        while True:
            finished.append(landed.get_nowait())
    except Empty:
        return finished
