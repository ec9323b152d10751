"""What runs beside the pages: lets time pass, carries messages out, seals the record, and shows that it lives.

Any number of workers may run, on any number of machines; each piece of work is claimed, so no two do the same. A worker
that dies at any instruction leaves nothing that another does not find: timers and deliveries are rows, not memory.
"""

import logging
import secrets
import select
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from dutyroom import settings, wiring
from dutyroom.adapters.couriers.building import callback_secret
from dutyroom.core.instants import SECOND
from dutyroom.store.erasing import erase_due
from dutyroom.store.instants import to_datetime
from dutyroom.store.outbox import Outbox
from dutyroom.store.pulse import beat
from dutyroom.store.sealer import Sealer
from dutyroom.wiring.dutyday import DutyDays
from dutyroom.wiring.proving import Prover
from dutyroom.wiring.rehearser import Rehearser
from dutyroom.wiring.rostermaker import Maker
from dutyroom.wiring.telling import Teller

_LOG = logging.getLogger(__name__)
_BEAT_SECONDS = 1.0
# Hundreds of reports a second say "look now" each: looking at the timers once for all of them is soon enough.
_GATHER_SECONDS = 0.02
_ZONE = ZoneInfo("Asia/Shanghai")


class Worker:
    """One worker process: a thread for timers, one for seals, one a channel."""

    def __init__(self) -> None:
        self.identity = wiring.new_id()
        self.lock = secrets.randbelow(2**62)
        self.stop = threading.Event()
        self.outbox = Outbox(wiring.pool(), self.lock, wiring.clock().speed)
        self._wakers: list[threading.Event] = []
        self._last_beat = 0.0

    def run(self) -> None:
        """Work until `stop` is set. Raises what the first connection raises; later faults are logged and retried."""
        connection = self._listen()
        self._beat()
        self.outbox.release_dead(wiring.clock().now())
        threads = [self._thread("timers", self._timers), self._thread("seals", self._seals)]
        threads += [self._thread(name, self._teller(name)) for name in wiring.couriers()]
        rehearser = Rehearser(self.lock)
        threads.append(self._thread("drills", lambda wake: rehearser.run(self.stop, wake)))
        prover = Prover(self.lock)
        threads.append(self._thread("proofs", lambda wake: prover.run(self.stop, wake)))
        maker = Maker(self.lock)
        threads.append(self._thread("rosters", lambda wake: maker.run(self.stop, wake)))
        threads.append(self._thread("duty", lambda wake: DutyDays().run(self.stop, wake)))
        while not self.stop.is_set():
            try:
                self._hear(connection)
            except psycopg.OperationalError:
                _LOG.warning("connection lost; connecting again")
                self.stop.wait(0.5)
                connection = self._again(connection)
        for thread in threads:
            thread.join(timeout=15)

    def _thread(self, name: str, work: Callable[[threading.Event], None]) -> threading.Thread:
        wake = threading.Event()
        self._wakers.append(wake)
        thread = threading.Thread(target=self._forever, args=(name, work, wake), name=name, daemon=True)
        thread.start()
        return thread

    def _forever(self, name: str, work: Callable[[threading.Event], None], wake: threading.Event) -> None:
        """A fault of the world, or of ours, ends one round, never the loop: somebody may be waiting to be told."""
        while not self.stop.is_set():
            try:
                work(wake)
            except Exception:
                _LOG.exception("%s: trying again", name)
                self.stop.wait(0.5)

    def _timers(self, wake: threading.Event) -> None:
        wake.clear()
        self._beat()
        clock = wiring.clock()
        first = wiring.record().next_timer()
        if first is not None and first <= clock.now() and wiring.live().settle_due():
            return
        pause = _BEAT_SECONDS if first is None else clock.real_seconds(first - clock.now())
        if wake.wait(min(_BEAT_SECONDS, max(0.002, pause))):
            self.stop.wait(_GATHER_SECONDS)

    def _seals(self, wake: threading.Event) -> None:
        sealer = Sealer(wiring.pool())
        while not self.stop.is_set():
            sealer.seal()
            self.outbox.release_dead(wiring.clock().now())
            erase_due(wiring.pool(), wiring.clock().now())
            self._checkpoints(sealer)
            self.stop.wait(1.0)

    def _checkpoints(self, sealer: Sealer) -> None:
        """One signed checkpoint a site and day, for the day that is over."""
        now: datetime = to_datetime(wiring.clock().now()).astimezone(_ZONE)
        yesterday = now.date() - timedelta(days=1)
        for site in sealer.sites_without_checkpoint(yesterday):
            sealer.checkpoint(site, yesterday, wiring.vault().sign_checkpoint)

    def _teller(self, channel: str) -> Callable[[threading.Event], None]:
        teller = Teller(
            wiring.couriers()[channel],
            self.outbox,
            wiring.live(),
            wiring.clock(),
            settings.BASE_URL,
            wiring.record().plan,
            wiring.courier_settings().channels[channel].slots,
            callback_secret(wiring.courier_settings(), channel) is not None,
        )
        return lambda wake: teller.run(self.stop, wake)

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat >= _BEAT_SECONDS:
            clock = wiring.clock()
            began = beat(wiring.pool(), self.identity, self.lock, clock.now(), clock.speed)
            if began is not None:
                _LOG.warning("nobody watched for %d s", (clock.now() - began) // SECOND)
            self._last_beat = time.monotonic()

    def _listen(self) -> "psycopg.Connection[tuple[object, ...]]":
        """The session that holds this worker's lock and hears of new work."""
        connection = psycopg.connect(settings.DATABASE_URL, autocommit=True)
        connection.execute("SELECT pg_advisory_lock(%s)", [self.lock])
        connection.execute("LISTEN dutyroom")
        return connection

    def _again(
        self, old: "psycopg.Connection[tuple[object, ...]]"
    ) -> "psycopg.Connection[tuple[object, ...]]":
        old.close()
        try:
            return self._listen()
        except psycopg.OperationalError:
            return old

    def _hear(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        if select.select([connection], [], [], 0.5)[0] or connection.closed:
            for _ in connection.notifies(timeout=0.001):
                pass
        else:
            connection.execute("SELECT 1")  # notices a dead server even when nobody says anything
            return
        for waker in self._wakers:
            waker.set()
