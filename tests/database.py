"""One embedded PostgreSQL a test session: started before Django is configured, removed at the end.

It answers where the tests' database is. A session that was killed leaves its server behind; the next one ends it.
`DUTYROOM_TEST_DATABASE_URL` names another server to use instead.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

from dutyroom.adapters.postgres import PostgresError, remove, start

PREFIX = "dutyroom-test-"


def begin() -> tuple[str, Path]:
    """The address of the tests' database, and the session's folder, to give to `end`."""
    reap()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)  # as root the server runs as an ordinary account, which must get in
    given = os.environ.get("DUTYROOM_TEST_DATABASE_URL")
    return given or start(folder / "postgres", refuge=folder / "refuge").dsn, folder


def end(folder: Path | None) -> None:
    """Stop the session's server and delete what it stored."""
    if folder is None:
        return
    if (folder / "postgres").exists():
        remove(folder / "postgres", refuge=folder / "refuge")
    shutil.rmtree(folder, ignore_errors=True)


def reap() -> None:
    """End the servers of sessions that were killed. Another user's are left to that user."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        if not _has_owner(folder):
            try:
                end(folder)
            except (OSError, PostgresError):
                continue


def _has_owner(folder: Path) -> bool:
    """The session that made the folder still runs: same process number, and older than the folder."""
    try:
        owner = psutil.Process(int(folder.name.removeprefix(PREFIX).split("-")[0]))
        return owner.create_time() <= folder.stat().st_mtime + 1
    except (ValueError, OSError, psutil.NoSuchProcess):
        return False
