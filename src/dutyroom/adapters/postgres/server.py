"""Starts and stops the embedded PostgreSQL, and recovers one that was killed.

`start` may be called by any number of processes at once, at any time, whatever was killed before: it ends
with one server running and the address of its database. The server outlives whoever started it.
"""

import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from dutyroom.adapters.postgres import programs
from dutyroom.adapters.postgres.errors import Busy, PasswordRefused, PortTaken, StartFailed
from dutyroom.adapters.postgres.lock import only_one
from dutyroom.adapters.postgres.place import REFUGE, Place, place_for, write_whole
from dutyroom.adapters.postgres.processes import Running, clear_leftovers, running

OWNER = DATABASE = "dutyroom"
PORTS = range(20000, 32000)  # below the ports that systems hand to outgoing connections
LOCK_SECONDS = 180.0
READY_SECONDS = 300  # recovery after a crash reads what was not yet in place


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `dsn` is the owner's address of the database; it contains the password."""

    dsn: str
    port: int
    folder: Path


def start(folder: Path, *, port: int | None = None, refuge: Path = REFUGE) -> Server:
    """The server of `folder`, started if it does not run, created if there is none.

    `port`: this one or none; otherwise the one last used, or a free one if that is taken. As root, data that
    an ordinary account could not reach goes below `refuge`; `Server.folder` says where it is. Raises a
    PostgresError.
    """
    place = place_for(folder, refuge)
    with _alone(place):
        for _ in range(3):
            found = running(place.cluster) or _launched(place, port)
            if port not in (None, found.port):
                raise PortTaken("postgres.other_port", port=port or 0, running=found.port)
            if _answers(place, found):
                return Server(_dsn(place, found.port, DATABASE), found.port, place.folder)
    raise StartFailed("postgres.start_failed", folder=str(place.folder), log=programs.last_words(place))


def is_running(folder: Path, *, refuge: Path = REFUGE) -> bool:
    """Whether the folder's server runs."""
    return folder.exists() and running(place_for(folder, refuge).cluster) is not None


def stop(server: Server | Path, mode: str = "fast", *, refuge: Path = REFUGE) -> None:
    """End the server if it runs: "smart" awaits clients, "fast" disconnects them, "immediate" is a crash."""
    place = place_for(server.folder if isinstance(server, Server) else server, refuge)
    with _alone(place):
        if running(place.cluster) is not None:
            done = programs.run(place, "pg_ctl", "stop", "-D", "cluster", "-m", mode, "-w", "-t", "120")
            if done.failed:
                raise StartFailed("postgres.stop_failed", folder=str(place.folder), log=done.output)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    with only_one(place.folder / "start.lock", LOCK_SECONDS) as held:
        if not held:
            raise Busy("postgres.busy", folder=str(place.folder))
        yield


def _launched(place: Place, port: int | None) -> Running:
    """Start what does not run. A port found free can be lost to another program meanwhile: three tries."""
    if not clear_leftovers(place.cluster):
        raise StartFailed("postgres.leftovers", folder=str(place.folder))
    if not place.cluster.exists():
        programs.create_cluster(place, OWNER)
    for _ in range(3):
        chosen = _chosen_port(place, port)
        programs.configure(place, chosen)
        outcome = programs.launch(place, READY_SECONDS)
        found = running(place.cluster)
        if not outcome.failed and found is not None:
            write_whole(place.folder / "port", f"{chosen}\n", place.account)
            return found
        if "could not bind" not in outcome.output:
            break
    raise StartFailed("postgres.start_failed", folder=str(place.folder), log=outcome.output)


def _chosen_port(place: Place, asked: int | None) -> int:
    if asked is not None:
        if not _free(asked):
            raise PortTaken("postgres.port_taken", port=asked)
        return asked
    remembered = _remembered_port(place)
    if remembered is not None and _free(remembered):
        return remembered
    for _ in range(200):
        candidate = secrets.choice(PORTS)
        if _free(candidate):
            return candidate
    raise PortTaken("postgres.no_port", first=PORTS[0], last=PORTS[-1])


def _remembered_port(place: Place) -> int | None:
    try:
        return int((place.folder / "port").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _free(port: int) -> bool:
    """Nobody listens there. We connect, since a port just given back still refuses to be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(1.0)
        return attempt.connect_ex(("127.0.0.1", port)) != 0


def _dsn(place: Place, port: int, database: str) -> str:
    password = (place.folder / "password").read_text(encoding="utf-8").strip()
    return f"postgresql://{OWNER}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def _answers(place: Place, found: Running) -> bool:
    """Wait until the server takes connections. False if it is gone: killed a moment ago, it still looked alive."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            _create_database(_dsn(place, found.port, "postgres"))
            return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PasswordRefused("postgres.password_refused", folder=str(place.folder)) from error
        if running(place.cluster) is None:
            return False
        time.sleep(0.05)
    return False


def _create_database(address: str) -> None:
    """Once a cluster; a start that was killed in between makes up for it at the next."""
    with psycopg.connect(address, autocommit=True, connect_timeout=30) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def remove(folder: Path, *, refuge: Path = REFUGE) -> None:
    """Stop the server and delete its data for good, also from a refuge. For data that may go, as a test's."""
    place = place_for(folder, refuge)
    stop(place.folder, "immediate", refuge=refuge)
    shutil.rmtree(place.folder)
    if folder.absolute() != place.folder:
        shutil.rmtree(folder)
