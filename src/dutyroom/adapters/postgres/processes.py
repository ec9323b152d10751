"""Which process serves a cluster, and its port; told from the system's process table, not from a file alone.

A file with a process number outlives kill -9 and a power cut, and the number is soon another program's:
PostgreSQL itself then refuses to start. So the number counts only if the process is PostgreSQL and stands in
this cluster.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

LEFTOVER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is up or coming up."""

    pid: int
    port: int


def running(cluster: Path) -> Running | None:
    """The server of this cluster, or None."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        found = Running(pid=abs(int(lines[0])), port=int(lines[3]))
    except (OSError, ValueError, IndexError):
        return None
    return found if _serves(found.pid, cluster, where_hidden=True) else None


def clear_leftovers(cluster: Path) -> bool:
    """After a server that was killed: wait for its remaining processes to notice, then remove its pid file.

    Removing it is safe: with the file gone PostgreSQL still recognises a living server by the shared memory
    it keeps for this folder. False if some process stays.
    """
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while any(_serves(process.pid, cluster, where_hidden=False) for process in _servers()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    return True


def _servers() -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["name"]) if _named_postgres(process.info["name"])]


def _named_postgres(name: str | None) -> bool:
    return (name or "").lower().startswith("postgres")


def _serves(pid: int, cluster: Path, *, where_hidden: bool) -> bool:
    """Every process of a server stands in its cluster. `where_hidden` answers for one that hides where it is.

    One of another account than the cluster's is never its server: many may run on one machine.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not _named_postgres(process.name()):
            return False
        if sys.platform != "win32" and process.uids().real != cluster.stat().st_uid:
            return False
        return os.path.samefile(process.cwd(), cluster)
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except (psutil.AccessDenied, PermissionError):
        return where_hidden
