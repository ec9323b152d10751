"""What every scenario needs: the product running as installed, a receiver, clients, and the machine's own limits."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from dutyroom.adapters import postgres
from dutyroom.wiring.service import Ground, prepare

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
_COURIERS = """[channels.sms]
kind = "gateway"
url = "{url}/sms"
slots = 16
body = {{ to = "{{address}}", text = "{{text}}", link = "{{link}}", id = "{{delivery_id}}", attempt = "{{attempt}}" }}
success = {{ status = [200], path = "code", equals = 0 }}
"""


@dataclass
class House:
    """A running installation: `serve` with its children, its database, the receiver."""

    folder: Path
    ground: Ground
    port: int
    receiver: str
    served: "subprocess.Popen[bytes] | None" = None
    more: list[str] = field(default_factory=list)
    program: str = "dutyroom"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dsn(self) -> str:
        return self.ground.environment["DATABASE_URL"]

    def serve(self, more: Mapping[str, str] | None = None, wait: bool = True) -> None:
        """Start the product; with `wait`, return once it answers."""
        arguments = [
            "-m",
            self.program,
            "serve",
            "--port",
            str(self.port),
            "--data",
            str(self.folder),
            *self.more,
        ]
        environment = self.environment(more)
        # Standard output is this run's own; what the product has to say of faults it says on the other one.
        self.served = subprocess.Popen(
            [sys.executable, *arguments], env=environment, cwd=CHECKOUT, stdout=subprocess.DEVNULL
        )
        if wait:
            until(lambda: self.answers("/r/bench"), 60)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """For a process of this installation. The database is found in its folder, not named."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUTYROOM_")}
        kept.pop("DATABASE_URL", None)
        return {**kept, "PYTHONPATH": f"{CHECKOUT / 'src'}{os.pathsep}{CHECKOUT}", **(more or {})}

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def children(self, command: str) -> list[psutil.Process]:
        """The processes of `dutyroom COMMAND`, with their own children: `web` or `work`."""
        if self.served is None:
            return []
        found = []
        with_parent = psutil.Process(self.served.pid).children()
        for child in with_parent:
            try:
                if command in child.cmdline():
                    found += [child, *child.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        return found

    def cpu_seconds(self, command: str = "web") -> float:
        """Processor time that the command's processes have taken so far; PostgreSQL is not among them."""
        return sum(
            times.user + times.system for times in (each.cpu_times() for each in self.children(command))
        )

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, as its owner and of every tenant."""
        with psycopg.connect(self.dsn, options="-c app.tenant=*", autocommit=True) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def do(self, statement: str) -> None:
        """A statement without rows, as the owner."""
        with psycopg.connect(self.dsn, options="-c app.tenant=*", autocommit=True) as connection:
            connection.execute(statement.encode())

    def received(self) -> list[tuple[int, dict[str, str]]]:
        """The receiver's log: when (ms) and what."""
        return [(at, message) for at, message in fetch(f"{self.receiver}/log")]

    def count_received(self) -> int:
        return int(fetch(f"{self.receiver}/count"))

    def stop(self) -> None:
        if self.served is not None and self.served.poll() is None:
            self.served.terminate()
            self.served.wait(60)
        self.served = None


@contextmanager
def house(*more: str, served: bool = True, plan: Path = HERE) -> Iterator[House]:
    """A fresh installation with a site under the plan of the folder, removed at the end. `more` goes to `serve`."""
    folder = Path(tempfile.mkdtemp(prefix="dutyroom-bench-"))
    folder.chmod(0o755)  # as root the database runs as an ordinary account, which must get in
    with _receiver() as receiver:
        (folder / "couriers.toml").write_text(_COURIERS.format(url=receiver), encoding="utf-8")
        made: House | None = None
        try:
            made = House(folder, prepare(folder, ""), free_port(), receiver, more=list(more))
            python(made, "benchmarks.site", str(plan))
            if served:
                made.serve()
            yield made
        finally:
            if made is not None:
                made.stop()
            postgres.remove(folder / "postgres")
            shutil.rmtree(folder, ignore_errors=True)


def python(made: House, module: str, *arguments: str) -> None:
    """Run a module against the installation's database, without the product running."""
    environment = {**made.environment(made.ground.environment), **made.environment()}
    environment |= {name: made.ground.environment[name] for name in ("DATABASE_URL", "DUTYROOM_DATA")}
    subprocess.run([sys.executable, "-m", module, *arguments], env=environment, cwd=CHECKOUT, check=True)


@contextmanager
def _receiver() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.receiver"], cwd=CHECKOUT, stdout=subprocess.PIPE
    ) as process:
        try:
            yield f"http://127.0.0.1:{int((process.stdout or sys.stdin.buffer).readline())}"
        finally:
            process.kill()


@dataclass(frozen=True)
class Crowd:
    """Clients that are reporting; `wait` gives what they saw."""

    process: "subprocess.Popen[bytes]"

    def wait(self) -> dict[str, Any]:
        seen: dict[str, Any] = json.loads(self.process.communicate()[0])
        return seen


def crowd(url: str, clients: int, count: int, per_second: float = 0.0) -> Crowd:
    """So many clients that send so many reports, in a process of their own."""
    arguments = [sys.executable, "-m", "benchmarks.clients", url, str(clients), str(count), str(per_second)]
    return Crowd(subprocess.Popen(arguments, cwd=CHECKOUT, stdout=subprocess.PIPE))


def fetch(url: str) -> Any:
    """JSON from an address on this machine."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.loads(answer.read())


def until(true: Callable[[], bool], seconds: float, pause: float = 0.02) -> float:
    """Wait until it is so; the seconds that took. Raises TimeoutError."""
    began = time.perf_counter()
    while not true():
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"not so after {seconds} s")
        time.sleep(pause)
    return time.perf_counter() - began


def quantile(values: list[float], share: float) -> float:
    """The value below which the share of the values lies (nearest rank), rounded to a tenth."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else float("nan")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
