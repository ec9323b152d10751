"""The tests' own database: a session that was killed leaves nothing behind for long."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests import database

CHECKOUT = Path(__file__).parents[1]
KILLED = (
    "import os, signal; from tests import database\n"
    "print(*database.begin(), sep='\\n', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
)


def test_the_next_session_ends_the_server_of_a_killed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTYROOM_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("PYTHONPATH", f"{CHECKOUT / 'src'}:{CHECKOUT}")
    done = subprocess.run([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, check=False)
    dsn, folder = done.stdout.splitlines()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    database.reap()
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)
