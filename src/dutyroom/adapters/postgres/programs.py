"""Runs PostgreSQL's own programs for one place: makes a cluster, sets it up, launches it.

It knows their options and why each was chosen; it refuses to know whether a server should run.

Programs are run in the server's folder with relative paths, so that no name of a folder, whatever is in it,
has to pass through a shell or an option.
"""

import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

from dutyroom.adapters.postgres.account import give
from dutyroom.adapters.postgres.errors import StartFailed
from dutyroom.adapters.postgres.place import Place, write_whole

# The same on every machine, whatever its locale: the built-in UTF-8 rules, and messages in English.
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--data-checksums",
    "--auth=scram-sha-256",
)

# On Windows: no console window, and so no Ctrl-C meant for us; elsewhere nothing.
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

SETTINGS = """\
# Written anew at each start; change the server's settings with ALTER SYSTEM.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
max_connections = 100
password_encryption = 'scram-sha-256'

# What was acknowledged is on the disk. `dutyroom` refuses to run with less.
fsync = on
full_page_writes = on
synchronous_commit = on

# Modest: an office PC does other work too. Short queries gain nothing from parallel workers or jit.
shared_buffers = '32MB'
jit = off
max_parallel_workers_per_gather = 0

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended, and the last of what it said."""

    failed: bool
    output: str


def create_cluster(place: Place, owner: str) -> None:
    """An empty cluster with a random password. One that was interrupted is thrown away and made again."""
    password = place.folder / "password"
    if not password.exists():
        write_whole(password, secrets.token_urlsafe(32) + "\n", place.account)
    partial = place.folder / "cluster.partial"
    shutil.rmtree(partial, ignore_errors=True)
    named = (f"--username={owner}", "--pwfile=password", "--pgdata=cluster.partial")
    done = run(place, "initdb", *INITDB, *named)
    if done.failed:
        raise StartFailed("postgres.create_failed", folder=str(place.folder), log=done.output)
    with open(partial / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("\ninclude 'dutyroom.conf'\n")
        file.flush()
        os.fsync(file.fileno())
    partial.rename(place.cluster)


def configure(place: Place, port: int) -> None:
    """Write our settings, which come before whatever an administrator set by ALTER SYSTEM."""
    write_whole(place.cluster / "dutyroom.conf", SETTINGS.format(port=port), place.account)
    (place.folder / "log").mkdir(mode=0o700, exist_ok=True)
    give(place.account, place.folder / "log")


def launch(place: Place, seconds: int) -> Outcome:
    """Start the server in the background and wait until it answers, at most so many seconds."""
    log = place.folder / "log" / "start.log"
    log.unlink(missing_ok=True)
    done = run(place, "pg_ctl", "start", "-D", "cluster", "-l", "log/start.log", "-w", "-t", str(seconds))
    if not done.failed:
        return done
    return Outcome(True, f"{last_words(place)}\n{done.output}")


def last_words(place: Place) -> str:
    """The end of the newest log, and of what came before the server had its own log."""
    folder = place.folder / "log"
    logs = sorted(folder.glob("postgresql-*.log"), key=os.path.getmtime)[-1:]
    said = [each for each in (*logs, folder / "start.log") if each.exists()]
    return "\n".join(_last_lines(each.read_text(encoding="utf-8", errors="replace")) for each in said)


def run(place: Place, program: str, *arguments: str) -> Outcome:
    """Run one of PostgreSQL's programs to its end, as the account of the place.

    Its output goes to a file: a pipe would be held open by a server it leaves behind.
    """
    # Whatever names another server or another language is kept from it.
    strange = ("PG", "LC_", "LANG", "TZ")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    environment |= {"LC_ALL": "C", "HOME": str(place.folder)}
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [place.program(program), *arguments],
            cwd=place.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=place.account.uid if place.account else None,
            group=place.account.gid if place.account else None,
            extra_groups=[] if place.account else None,
            creationflags=NO_WINDOW,
            check=False,
        )
        output.seek(0)
        return Outcome(done.returncode != 0, _last_lines(output.read().decode("utf-8", "replace")))


def _last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-10:])
