"""The embedded PostgreSQL, for real: started, reused, killed, moved, refused."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from dutyroom.adapters.postgres import PostgresError, Server, check_durability, place, remove, start, stop
from dutyroom.adapters.postgres.account import Account, can_reach
from dutyroom.adapters.postgres.errors import FolderRefused, PasswordRefused, PortTaken, StartFailed
from dutyroom.adapters.postgres.processes import running

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that every account can enter, with a space and Chinese characters in its name."""
    with tempfile.TemporaryDirectory(prefix="dutyroom 值班-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder
        for cluster in list(folder.rglob("postmaster.pid")):
            stop(cluster.parent.parent, "immediate", refuge=folder / "refuge")


@pytest.fixture(scope="module")
def pattern() -> Iterator[Path]:
    """A cluster made once, with a space and Chinese characters in its path, for the tests that leave it whole."""
    with tempfile.TemporaryDirectory(prefix="dutyroom-pattern-") as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "值班 room"
        start(folder)
        yield folder
        stop(folder, "immediate")


@pytest.fixture
def new(room: Path) -> Path:
    """Where no cluster is yet."""
    return room / "值班 room" / "数据"


@pytest.fixture
def data(new: Path, pattern: Path) -> Path:
    """A cluster of its own for a test that breaks it."""
    new.parent.mkdir()
    stop(pattern)
    subprocess.run(["cp", "-a", pattern, new], check=True)
    return new


@pytest.fixture
def served(pattern: Path) -> Path:
    """A cluster that is up, or comes up, with nothing kept in it."""
    with psycopg.connect(start(pattern).dsn) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
    return pattern


def rows(server: Server) -> list[int]:
    with psycopg.connect(server.dsn) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM kept ORDER BY id")]


def keep(server: Server, number: int) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (%s)", (number,))


def kill(server: Server) -> None:
    found = running(server.folder / "cluster")
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)


def test_a_second_start_finds_the_running_server(served: Path) -> None:
    first = start(served)
    assert start(served) == first
    keep(first, 1)
    assert rows(first) == [1]


def test_stop_and_start_keep_rows_port_and_password(served: Path) -> None:
    first = start(served)
    keep(first, 1)
    stop(first)
    assert running(served / "cluster") is None
    stop(first)  # nothing to stop is no fault
    assert start(served) == first
    assert rows(first) == [1]


def test_committed_rows_survive_kill_9(served: Path) -> None:
    for number in range(3):
        server = start(served)
        keep(server, number)
        kill(server)
    assert rows(start(served)) == [0, 1, 2]


def test_the_number_of_a_dead_server_may_be_another_programs_now(served: Path) -> None:
    """After a power cut the pid file names a process that is not PostgreSQL; ours, to make it the worst case."""
    server = start(served)
    keep(server, 7)
    pid_file = served / "cluster" / "postmaster.pid"
    written = pid_file.read_text().splitlines()
    kill(server)
    stranger = subprocess.Popen(["sleep", "60"], user=pid_file.stat().st_uid if ROOT else None)
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *written[1:]]) + "\n")
        assert rows(start(served)) == [7]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_creation_is_made_again(new: Path) -> None:
    half = new / "cluster.partial" / "base"
    half.mkdir(parents=True)
    (half / "1").write_text("half")
    keep(start(new), 1)
    assert not (new / "cluster.partial").exists()


def test_callers_at_once_get_one_server(new: Path) -> None:
    found: list[Server] = []
    callers = [threading.Thread(target=lambda: found.append(start(new))) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_port_taken_meanwhile_is_replaced(served: Path) -> None:
    first = start(served)
    stop(first)
    with socket.create_server(("127.0.0.1", first.port)):
        second = start(served)
        assert second.port != first.port
        keep(second, 1)


def test_a_port_that_was_asked_for_is_kept_or_refused(served: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied, pytest.raises(PortTaken):
        start(served, port=occupied.getsockname()[1])
    server = start(served)
    assert start(served, port=server.port) == server
    with pytest.raises(PortTaken):
        start(served, port=server.port + 1)


def test_only_this_machine_is_listened_to(served: Path) -> None:
    found = running(start(served).folder / "cluster")
    assert found is not None
    listening = [each for each in psutil.Process(found.pid).net_connections("all") if each.status == "LISTEN"]
    assert [each.laddr.ip for each in listening] == ["127.0.0.1"]
    assert not [each for each in psutil.Process(found.pid).net_connections("unix") if each.laddr]


@pytest.mark.parametrize("wrong", ["postgresql://dutyroom:wrong@", "postgresql://dutyroom@"])
def test_a_wrong_password_is_refused(served: Path, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    server = start(served)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"{wrong}127.0.0.1:{server.port}/dutyroom")


def test_a_replaced_password_file_is_named_as_the_fault(data: Path) -> None:
    start(data)
    (data / "password").write_text("another\n")
    with pytest.raises(PasswordRefused) as refusal:
        start(data)
    assert str(data) in refusal.value.sentence("zh")
    assert "another" not in str(refusal.value)


def test_passwords_differ_and_are_private(room: Path) -> None:
    words = set()
    for name in ("a", "b"):
        start(room / name)
        password = room / name / "password"
        assert password.stat().st_mode & 0o077 == 0
        words.add(password.read_text())
    assert len(words) == 2


def test_the_server_is_as_safe_as_the_check_demands(served: Path) -> None:
    with psycopg.connect(start(served).dsn, autocommit=True) as connection:
        assert check_durability(connection) == ()
        encoding = connection.execute("SHOW server_encoding").fetchone()
        assert encoding == ("UTF8",)


def test_settings_that_can_lose_reports_are_found(data: Path) -> None:
    unsafe = ["fsync", "full_page_writes", "synchronous_commit"]
    server = start(data)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        for setting in unsafe:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
    stop(server)
    with psycopg.connect(start(data).dsn) as connection:
        findings = check_durability(connection)
    assert [(each.code, each.place) for each in findings] == [
        ("postgres.unsafe_setting", each) for each in unsafe
    ]


def test_missing_checksums_are_found(data: Path) -> None:
    server = start(data)
    stop(server)
    lacking = place.place_for(data)
    from dutyroom.adapters.postgres import programs

    assert not programs.run(lacking, "pg_checksums", "--disable", "-D", "cluster").failed
    with psycopg.connect(start(data).dsn) as connection:
        assert [each.place for each in check_durability(connection)] == ["data_checksums"]


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    stop(start(data))
    (data / "cluster" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(StartFailed) as failure:
        start(data)
    assert "control file appears to be corrupt" in failure.value.sentence("zh")


def test_a_folder_with_other_things_in_it_is_left_alone(room: Path) -> None:
    (room / "holiday.jpg").write_text("a picture")
    with pytest.raises(FolderRefused) as refusal:
        start(room)
    assert "holiday.jpg" in refusal.value.sentence("zh")
    assert [each.name for each in room.iterdir()] == ["holiday.jpg"]


def test_removing_takes_the_server_along(data: Path) -> None:
    server = start(data)
    remove(data)
    assert not data.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn)


@as_root
def test_root_lends_the_server_an_ordinary_account(served: Path) -> None:
    found = running(start(served).folder / "cluster")
    assert found is not None
    assert psutil.Process(found.pid).uids().real != 0


@as_root
def test_data_below_roots_own_home_goes_to_the_refuge(room: Path) -> None:
    home, refuge = room / "home", room / "refuge"
    home.mkdir(mode=0o700)
    server = start(home / "数据", refuge=refuge)
    assert server.folder.parent == refuge
    keep(server, 1)
    kill(server)
    again = start(home / "数据", refuge=refuge)
    assert again.folder == server.folder
    assert rows(again) == [1]
    remove(home / "数据", refuge=refuge)
    assert not server.folder.exists()
    assert not (home / "数据").exists()


@as_root
def test_programs_out_of_reach_are_copied(served: Path, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout below root's home: the account cannot run what was installed there."""
    reach = place.can_reach
    installed = place._installed_programs()
    monkeypatch.setattr(place, "can_reach", lambda who, path: path.parent != installed and reach(who, path))
    stop(served)
    server = start(served, refuge=room / "refuge")
    found = running(server.folder / "cluster")
    assert found is not None
    assert psutil.Process(found.pid).exe().startswith(str(room / "refuge"))
    keep(server, 1)
    stop(server)  # before the copy of its programs goes


@as_root
def test_an_ordinary_user_needs_no_root(room: Path) -> None:
    """The whole life as an account without rights, in a folder of its own; root then serves it as its owner."""
    folder = room / "用户 home"
    folder.mkdir()
    stranger = Account("daemon", 1, 1)  # not the account of the other servers on this machine
    os.chown(folder, stranger.uid, stranger.gid)
    program = (
        "import sys; from pathlib import Path; from dutyroom.adapters.postgres import start, stop\n"
        "folder = Path(sys.argv[1]); first = start(folder); stop(first); print(start(folder).dsn)"
    )
    same = Path("/usr/bin") / "python{}.{}".format(*sys.version_info[:2])
    python = next((each for each in (Path(sys.executable), same) if can_reach(stranger, each)), None)
    if python is None:
        pytest.skip("no interpreter lies where another account can run it")
    paths = [str(Path(__file__).parents[2] / "src"), sysconfig.get_path("purelib")]
    done = subprocess.run(
        [python, "-c", program, str(folder / "db")],
        user=stranger.uid,
        group=stranger.gid,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(paths), "HOME": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    server = start(folder / "db")
    assert server.dsn == done.stdout.strip()
    keep(server, 1)
    assert (folder / "db" / "cluster").stat().st_uid == stranger.uid


@pytest.mark.skipif(ROOT, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(PostgresError) as refusal:
        start(Path("/值班-nowhere"))
    assert "/值班-nowhere" in refusal.value.sentence("zh")
