"""The stated baseline of `intake`: a tiny Django WSGI application that writes four rows a report (django4_app.py)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from benchmarks.room import CHECKOUT, House, crowd, free_port, house, until

CLIENTS = (1, 8, 32)


def run(small: bool) -> dict[str, Any]:
    """Reports a second, and by processor second of the application, by number of clients."""
    with house(served=False) as made, baseline(made) as (url, process):
        return {str(clients): measure(url, process, clients, 150 if small else 600) for clients in CLIENTS}


@contextmanager
def baseline(made: House) -> Iterator[tuple[str, psutil.Process]]:
    """The application running on the installation's database."""
    port = free_port()
    environment = {**made.environment(), "DATABASE_URL": made.dsn, "PORT": str(port)}
    arguments = [sys.executable, "-m", "benchmarks.django4"]
    with subprocess.Popen(arguments, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: _listens(port), 60)
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()


def measure(url: str, process: psutil.Process, clients: int, count: int) -> dict[str, float]:
    """One crowd against the application; warmed up first."""
    crowd(url, clients, 50).wait()
    before = cpu_seconds(process)
    seen = crowd(url, clients, count).wait()
    return {
        "per_second": round(count / seen["seconds"]),
        "per_cpu_second": round(count / (cpu_seconds(process) - before)),
    }


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time that the application has taken so far."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _listens(port: int) -> bool:
    return any(
        each.laddr.port == port for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN
    )


def serve(port: int) -> None:
    """Serve the application until killed."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "benchmarks.django4_app:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=1,
        backpressure=512,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    serve(int(os.environ["PORT"]))
