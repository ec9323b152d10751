"""The machine's own limit: one-row commits of PostgreSQL, flushed, by 1, 8 and 32 clients over the bare driver."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.room import CHECKOUT
from dutyroom.adapters import postgres

CLIENTS = (1, 8, 32)


def run(small: bool) -> dict[str, Any]:
    """Commits a second by number of clients."""
    return {"commits_per_second": alone(0.5 if small else 2.0)}


def alone(seconds: float) -> dict[str, int]:
    """On a fresh database that nothing else uses."""
    with tempfile.TemporaryDirectory(prefix="dutyroom-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root the database runs as an ordinary account, which must get in
        try:
            return measure(postgres.start(folder / "postgres").dsn, seconds)
        finally:
            postgres.remove(folder / "postgres")


def measure(dsn: str, seconds: float = 0.7) -> dict[str, int]:
    """In a process of its own, on the database given."""
    arguments = [sys.executable, "-m", "benchmarks.limit", dsn, str(seconds)]
    done = subprocess.run(arguments, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def commits(dsn: str, clients: int, seconds: float) -> int:
    """Commits a second of so many clients."""
    counts = [0] * clients
    ends = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_client, args=(dsn, counts, number, ends)) for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(counts) / seconds)


def _client(dsn: str, counts: list[int], number: int, ends: float) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.perf_counter() < ends:
            connection.execute("INSERT INTO bench_limit (text) VALUES (%s)", ["one report"])
            counts[number] += 1


def main(dsn: str, seconds: float) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_limit (id bigserial PRIMARY KEY, text text)")
    found = {str(clients): commits(dsn, clients, seconds) for clients in CLIENTS}
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_limit")
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
