"""Starts and keeps what the product needs: database, tables, keys, then pages and workers as child processes.

The parent only watches: a child that dies is started again, and children end when their parent is gone, however it
went. PostgreSQL runs on its own and outlives a killed parent; the next start finds it and goes on with it.
"""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dutyroom import settings
from dutyroom.adapters import postgres
from dutyroom.adapters.vault import Vault

_MIGRATIONS = Path(__file__).parents[1] / "store" / "migrations"


@dataclass(frozen=True)
class Ground:
    """A database with its tables and a folder with keys: everything a process needs, as environment variables."""

    environment: Mapping[str, str]
    embedded: Path | None


def prepare(data: Path, database_url: str, more: Mapping[str, str] | None = None) -> Ground:
    """Start the embedded database if no other is named, bring its tables up to date, make the keys."""
    data.mkdir(parents=True, exist_ok=True)
    Vault.open(data / "keys")
    embedded = None
    if not database_url:
        server = postgres.start(data / "postgres")
        database_url, embedded = server.dsn, data / "postgres"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dutyroom.settings",
        "DATABASE_URL": database_url,
        "DUTYROOM_DATA": str(data),
        **(more or {}),
    }
    _migrate_if_needed(data, environment, database_url)
    return Ground(environment, embedded)


@contextmanager
def borrowed(data: Path) -> Iterator[Mapping[str, str]]:
    """The environment of a command that works on the embedded database, which is stopped again if it did not run."""
    ran = postgres.is_running(data / "postgres")
    ground = prepare(data, "")
    try:
        yield ground.environment
    finally:
        if not ran:
            postgres.stop(data / "postgres")


def _migrate_if_needed(data: Path, environment: Mapping[str, str], url: str) -> None:
    """Loading Django only to learn that nothing changed costs most of a start; a stamp says so for nothing."""
    files = sorted(_MIGRATIONS.glob("0*.py"))
    stamp = hashlib.sha256(b"".join(file.read_bytes() for file in files) + url.encode()).hexdigest()
    file = data / "migrated"
    if file.is_file() and file.read_text() == stamp:
        return
    subprocess.run(
        [sys.executable, "-m", "dutyroom", "migrate"],
        env={**environment, "DUTYROOM_DB_OWNER": "1"},
        check=True,
    )
    file.write_text(stamp)


@dataclass
class Child:
    """A process that is kept running."""

    arguments: list[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = field(default=0.2)

    def keep(self) -> None:
        """Start it if it does not run; one that dies within two seconds is given longer pauses, up to five."""
        if self.process is not None and self.process.poll() is None:
            return
        lived = time.monotonic() - self.started
        if self.process is not None and lived < self.pause:
            return
        self.pause = 0.2 if lived > 2 else min(5.0, self.pause * 2)
        self.started = time.monotonic()
        # What children say goes to our standard error: standard output is ours alone (`demo --json`).
        self.process = subprocess.Popen(
            self.arguments,
            env={**self.environment, "DUTYROOM_PARENT": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def run(ground: Ground, host: str, port: int, stop: threading.Event, webs: int = 1, workers: int = 1) -> None:
    """Keep pages and workers running until `stop` is set, then end them, and the embedded database with them."""
    python = [sys.executable, "-m", "dutyroom"]
    web = [*python, "web", "--host", host, "--port", str(port), "--processes", str(webs)]
    children = [Child(web, ground.environment)]
    children += [Child([*python, "work"], ground.environment) for _ in range(workers)]
    try:
        while not stop.is_set():
            for child in children:
                child.keep()
            stop.wait(0.1)
    finally:
        for child in children:
            child.end()
        if ground.embedded is not None:
            postgres.stop(ground.embedded)


def end_with_parent(end: Callable[[], None] = lambda: os._exit(1)) -> None:
    """Call `end` once the process that started this one is gone: nobody would restart or stop this one any more.

    The keeper's number comes with the environment as well: it may be gone before this process first looks.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent and (not settings.PARENT or psutil.pid_exists(settings.PARENT)):
            time.sleep(0.5)
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()
